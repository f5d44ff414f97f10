package vocabulary

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// The names of roles that Signicat's pages mention: these, and no other.
const (
	RoleOrganisationAdmin        access.Role = "Organisation Admin"
	RoleAccountAdmin             access.Role = "Account Admin"
	RolePartnerOrganisationAdmin access.Role = "Partner Organisation Admin"
	RoleUsageViewer              access.Role = "Usage Viewer"
)

// A Level is where a role is granted, in the words of the pages.
type Level string

// The levels. Of one role none is stated.
const (
	LevelOrganisation Level = "organisation"
	LevelAccount      Level = "account"
	LevelNotStated    Level = ""
)

// A Role is one that the pages mention.
type Role struct {
	Role  access.Role
	Level Level
	// States is what the pages state of it.
	States []string
	// Source is where they do.
	Source string
}

// Roles returns the roles that the pages mention.
func Roles() []Role {
	return []Role{
		{RoleOrganisationAdmin, LevelOrganisation, []string{
			"All the permissions for the organisation, and all the accounts belonging to that organisation",
			"Access to create/update/delete accounts and configurations",
			"Can invite/edit/delete users on the Organisation and child accounts",
			"Gives billing rights to purchase products on Signicat Marketplace",
		}, adminSection + `; ` + assignSection + `; ` + usersPage},
		{RoleAccountAdmin, LevelAccount, []string{
			"All the permissions for a given account but not for the overlying organisation",
			"Access to update account and account configurations",
			"Allowed to invite users and remove users not inherited from parent Organisation",
		}, adminSection + `; ` + assignSection + `; ` + usersPage},
		{RolePartnerOrganisationAdmin, LevelOrganisation, []string{
			"Manages and invites users within its organisation(s)",
		}, usersPage},
		{RoleUsageViewer, LevelNotStated, []string{"Access to view usage and invoices"}, assignSection},
	}
}

// roleNamed returns what the pages state of a role.
func roleNamed(name access.Role) (Role, bool) {
	all := Roles()
	i := slices.IndexFunc(all, func(r Role) bool { return r.Role == name })
	if i < 0 {
		return Role{}, false
	}
	return all[i], true
}

// A Recommendation is which role the page recommends for a kind of users.
type Recommendation struct {
	UserType string
	Role     access.Role
	Details  string
}

// Recommendations returns what the page recommends.
// Source: the roles page, "Which roles to assign" (documented).
func Recommendations() []Recommendation {
	return []Recommendation{
		{
			"Business owner", RoleOrganisationAdmin,
			"Access to create/update/delete accounts and configurations. Can invite/edit/delete users on the Organisation and child accounts. " +
				"Gives billing rights to purchase products on Signicat Marketplace.",
		},
		{"Technical owner", RoleOrganisationAdmin, "Same rights as Business owner."},
		{"Financial owner", RoleUsageViewer, "Access to view usage and invoices."},
		{
			"Developer/Technical consultant", RoleAccountAdmin,
			"Access to update account and account configurations. Allowed to invite users and remove users not inherited from parent Organisation.",
		},
	}
}
