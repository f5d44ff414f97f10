package vocabulary

import (
	"cmp"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// IgniSign is who may do what at IgniSign.
//
// A role holds at its place and at everything within, for each permission whose function is
// told apart there or further in: a permission of a whole application is nothing that somebody
// can have for one environment. Scopes further in than an environment are no places here,
// because nobody is given a role of users there.
var IgniSign = access.Define(access.Vocabulary{
	Places: []access.PlaceKind{
		{Key: PlaceApplication, Noun: "application", Plural: "applications"},
		{Key: PlaceEnvironment, Noun: "environment", Plural: "environments", Within: PlaceApplication, Slugs: Environments()},
	},
	Principals:  []access.Kind{access.KindUser},
	Inheritance: access.Yes(scopes).Inferred(),
	Permissions: permissions(),
	Roles:       roles(),
})

func permissions() []access.PermissionDescription {
	gravity := map[RoughGrade]int{GradeBasic: 1, GradeAdvanced: 2, GradeCritical: 3}
	var all []access.PermissionDescription
	for _, p := range permissionTable {
		description := access.PermissionDescription{Permission: p.Key.Of(), Narrowest: p.Function.Scope.PlaceKind(), Gravity: gravity[p.RoughGrade]}
		for _, implied := range p.ImpliedReading() {
			description.Includes = append(description.Includes, implied.Of())
		}
		all = append(all, description)
	}
	return all
}

func roles() []access.RoleDescription {
	var all []access.RoleDescription
	for _, r := range roleTable {
		description := access.RoleDescription{
			Role: r.Role, By: r.holding(), Title: cmp.Or(r.Title, string(r.Role)), Plural: cmp.Or(r.Title, string(r.Role)),
			At: r.Scope.PlaceKind(), Rights: map[access.Permission]access.Cell{},
		}
		if r.Words != "" {
			description.Permissions = []string{r.Words}
		}
		for _, p := range permissionTable {
			description.Rights[p.Key.Of()] = r.cell(p.Key)
		}
		all = append(all, description)
	}
	return all
}

// ManagementOf returns the permission to manage the members of a place: who holds it can carry
// out what changes access there, as far as names tell. Inferred from the names of permissions
// and functions.
func ManagementOf(place access.Place) PermissionKey {
	if IgniSign.KindAt(place) == "" {
		return OrgMemberManagement
	}
	return AppMemberManagement
}
