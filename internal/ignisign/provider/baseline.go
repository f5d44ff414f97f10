package provider

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/procedure"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

// The attributes of ignisign_access_baseline that no other vendor has.
const (
	attrOrganization = "organization_id"
	attrApplications = "applications"
	attrID           = "id"
	attrNeeds        = "needs"
	attrSeparate     = "separate_duties"
)

func attributes() map[string]schema.Attribute {
	texts := types.SetType{ElemType: types.StringType}
	return map[string]schema.Attribute{
		attrApplications: schema.MapNestedAttribute{
			Optional: true,
			MarkdownDescription: "The applications of the organization, by a key of your own, which stands in the keys of places. " +
				"Each has the three environments that every application has. " +
				"Who keeps the id may change the key: the application is then the same.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				attrID: schema.StringAttribute{Optional: true, MarkdownDescription: "Id of the application, such as `appId_…`. Nothing is asked with it."},
			}},
		},
		attrNeeds: schema.MapAttribute{
			Optional: true, ElementType: texts,
			MarkdownDescription: "Which permissions people need, by principal: the rule `least-role` then tells where a smaller role would do. " +
				"The permissions are those of the data source `ignisign_permissions`.",
		},
		attrSeparate: schema.SetAttribute{
			Optional: true, ElementType: texts,
			MarkdownDescription: "Pairs of permissions that must not meet in one person at one place, for the rule `separate-duties`: `[[\"API_KEYS_MANAGEMENT\", \"ORG_BILLING\"]]`.",
		},
	}
}

// declare reads the attributes.
func declare(a *baselineprovider.Attributes) baselineprovider.Declared {
	declared := declareApplications(a)
	declared.Wishes = baseline.Wishes{Needs: needs(a), Separate: separate(a)}
	return declared
}

// declareApplications reads the places.
func declareApplications(a *baselineprovider.Attributes) baselineprovider.Declared {
	ids, used := map[string]string{}, map[string]string{}
	table := a.Table(attrApplications)
	for _, key := range slices.Sorted(maps.Keys(table)) {
		ids[key] = table[key][attrID]
		baselineprovider.CheckPlace(a, procedure.Model, vocabulary.PlaceApplication, attrApplications, key, ids[key], used)
	}
	return baselineprovider.Declared{Model: procedure.Model, Places: procedure.Places(ids)}
}

func needs(a *baselineprovider.Attributes) map[access.Reference][]access.Permission {
	all := map[access.Reference][]access.Permission{}
	written := a.Sets(attrNeeds)
	for _, text := range slices.Sorted(maps.Keys(written)) {
		at := path.Root(attrNeeds).AtMapKey(text)
		principal, err := procedure.Model.ParsePrincipal(text)
		if err != nil {
			a.Refuse(at, "Invalid needs", "%s.", err)
			continue
		}
		for _, name := range written[text] {
			if permission, ok := parsePermission(a, at, "Invalid needs", name); ok {
				all[principal.Folded()] = append(all[principal.Folded()], permission)
			}
		}
	}
	return all
}

func separate(a *baselineprovider.Attributes) (pairs [][2]access.Permission) {
	at := path.Root(attrSeparate)
	for _, names := range a.Groups(attrSeparate) {
		if len(names) != 2 {
			a.Refuse(at, "Invalid pair of duties", "%q are %d permissions: a pair has two.", names, len(names))
			continue
		}
		one, isOne := parsePermission(a, at, "Invalid pair of duties", names[0])
		other, isOther := parsePermission(a, at, "Invalid pair of duties", names[1])
		if isOne && isOther {
			pairs = append(pairs, [2]access.Permission{one, other})
		}
	}
	return pairs
}

func parsePermission(a *baselineprovider.Attributes, at path.Path, summary, name string) (access.Permission, bool) {
	permission, err := permissionNamed(name)
	if err != nil {
		a.Refuse(at, summary, "%s.", err)
	}
	return permission, err == nil
}
