package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func newRoleAssignmentListResource() list.ListResource {
	filters := userFilters("name or e-mail address", ": one of `"+joinRoles("`, `")+"`", isRole())
	return &principalListResource{
		resource: newRoleAssignmentResource(), kinds: roleKinds,
		finds: "global roles of interactive users and CI users. Regular Users are left out, because they have no assignment; " +
			"so are users who are synchronized from the organization's directory, and SignPath's support user: their roles cannot be managed here",
		filters:  filters,
		includes: func(p access.Principal) bool { return p.Role != vocabulary.RoleRegularUser },
		describe: func(p access.Principal, name string) string {
			return fmt.Sprintf("%s of %s", vocabulary.SignPath.Spell(p.Role), name)
		},
		state: func(p access.Principal, member string) any {
			return roleAssignmentModel{ID: types.StringValue(p.ID), Member: types.StringValue(member), Role: roleValue(p.Role)}
		},
	}
}
