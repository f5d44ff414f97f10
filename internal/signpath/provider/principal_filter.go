package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// principalFilter are the arguments that select among principals.
type principalFilter struct {
	Active       types.Bool
	Role         types.String
	NameContains types.String
}

// newPrincipalFilter reads the arguments that there are.
func newPrincipalFilter[A any](ctx context.Context, arguments map[string]A, config attributes, diags *diag.Diagnostics) (f principalFilter) {
	targets := map[string]any{attrActive: &f.Active, attrRole: &f.Role, attrNameContains: &f.NameContains}
	for name := range arguments {
		diags.Append(config.GetAttribute(ctx, path.Root(name), targets[name])...)
	}
	return f
}

func (f principalFilter) matches(p access.Principal) bool {
	if !f.Active.IsNull() && f.Active.ValueBool() != p.Active {
		return false
	}
	if !f.Role.IsNull() && f.Role.ValueString() != string(p.Role) {
		return false
	}
	part := strings.ToLower(f.NameContains.ValueString())
	return strings.Contains(strings.ToLower(p.Name), part) || strings.Contains(strings.ToLower(p.Email), part)
}

// anyRole says which roles there are to select by.
const anyRole = ", such as `GlobalAdministrator` or `RegularUser`"

const describeActiveFilter = "Only active users (`true`) or only inactive ones (`false`). Both if it is not set."

func describeRoleFilter(role string) string {
	return "Only users with this global role" + role + ". All if it is not set."
}

func describeNameFilter(of, searched string) string {
	return "Only " + of + " with this text in the " + searched + ", compared without case. All if it is not set."
}
