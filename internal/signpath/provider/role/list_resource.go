package role

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/principal"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func newRoleAssignmentListResource() list.ListResource {
	filters := principal.UserFilters("name or e-mail address", ": one of `"+run.JoinRoles("`, `")+"`", run.IsRole())
	return &principal.ListResource{
		Resource: newRoleAssignmentResource(), Kinds: run.RoleKinds,
		Finds: "global roles of interactive users and CI users. Regular Users are left out, because they have no assignment; " +
			"so are users who are synchronized from the organization's directory, and SignPath's support user: their roles cannot be managed here",
		Filters:  filters,
		Includes: func(p access.Principal) bool { return p.Role != vocabulary.RoleRegularUser },
		Describe: func(p access.Principal, name string) string {
			return fmt.Sprintf("%s of %s", vocabulary.SignPath.Spell(p.Role), name)
		},
		State: func(p access.Principal, member string) any {
			return roleAssignmentModel{ID: types.StringValue(p.ID), Member: types.StringValue(member), Role: run.RoleValue(p.Role)}
		},
	}
}
