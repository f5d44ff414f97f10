// Package role has the resources that manage global roles.
package role

import (
	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// Resources are the constructors of the resources.
func Resources() []func() run.PlannedResource {
	return []func() run.PlannedResource{newRoleAssignmentResource, newRoleHoldersResource}
}

// ListResources are those of the list resources.
func ListResources() []func() list.ListResource {
	return []func() list.ListResource{newRoleAssignmentListResource, newRoleHoldersListResource}
}
