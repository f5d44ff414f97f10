// Package accesslist has the resources that manage access lists: whole ones, and single entries.
package accesslist

import (
	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// Resources are the constructors of the resources: two for each access list.
func Resources() (all []func() run.PlannedResource) {
	for _, l := range vocabulary.Lists() {
		all = append(all,
			func() run.PlannedResource { return newAccessListResource(l) },
			func() run.PlannedResource { return newAccessListEntryResource(l) },
		)
	}
	return all
}

// ListResources are those of the list resources.
func ListResources() (all []func() list.ListResource) {
	for _, l := range vocabulary.Lists() {
		all = append(all,
			func() list.ListResource { return newAccessListListResource(l) },
			func() list.ListResource { return newAccessListEntryListResource(l) },
		)
	}
	return all
}
