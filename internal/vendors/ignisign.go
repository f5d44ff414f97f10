package vendors

import (
	"maps"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/procedure"
)

var ignisign = &baselinereview.Vendor{
	Name: "IgniSign", Provider: "ignisign", Inviting: "application_invitation",
	Declared: []string{"organization_id", "applications", "needs", "separate_duties"},
	Declare: func(v baselinereview.Values) baselinereview.Declaration {
		applications := map[string]string{}
		for key, application := range v.Objects("applications") {
			applications[key] = application.Text("id")
		}
		return baselinereview.Declaration{
			Model: procedure.Model, Organization: v.Text("organization_id"), Places: procedure.Places(applications), Wishes: ignisignWishes(v),
		}
	},
	Outline: func(organization string, o baseline.Observation) string {
		text := optional("organization_id", organization, "the id of the organization") + "\napplications = {\n"
		for _, key := range keysOf(o) {
			text += baselinereview.Literal(key) + " = {\n" + baselinereview.Missing(`id = "appId_…"`, "its id, if you like") + "\n}\n"
		}
		return text + "}\n"
	},
}

// ignisignWishes leaves out what is not understood: that was for the provider to refuse.
func ignisignWishes(v baselinereview.Values) baseline.Wishes {
	wishes := baseline.Wishes{Needs: map[access.Reference][]access.Permission{}}
	permissions := func(names []string) (all []access.Permission) {
		for _, name := range names {
			if permission, err := procedure.Model.Vocabulary.ParsePermission(name); err == nil {
				all = append(all, permission)
			}
		}
		return all
	}
	for _, written := range slices.Sorted(maps.Keys(v.Object("needs"))) {
		if principal, err := procedure.Model.ParsePrincipal(written); err == nil {
			wishes.Needs[principal.Folded()] = permissions(v.Object("needs").Texts(written))
		}
	}
	for _, names := range v.Groups("separate_duties") {
		if pair := permissions(names); len(pair) == 2 {
			wishes.Separate = append(wishes.Separate, [2]access.Permission{pair[0], pair[1]})
		}
	}
	return wishes
}
