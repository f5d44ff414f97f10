package run

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// PrincipalFilter are the arguments that select among principals.
type PrincipalFilter struct {
	Active       types.Bool
	Role         types.String
	NameContains types.String
}

// NewPrincipalFilter reads the arguments that there are.
func NewPrincipalFilter[A any](ctx context.Context, arguments map[string]A, config Attributes, diags *diag.Diagnostics) (f PrincipalFilter) {
	targets := map[string]any{AttrActive: &f.Active, AttrRole: &f.Role, AttrNameContains: &f.NameContains}
	for name := range arguments {
		diags.Append(config.GetAttribute(ctx, path.Root(name), targets[name])...)
	}
	return f
}

// Matches tells whether the filter lets a principal through.
func (f PrincipalFilter) Matches(p access.Principal) bool {
	if !f.Active.IsNull() && f.Active.ValueBool() != p.Active {
		return false
	}
	if !f.Role.IsNull() && f.Role.ValueString() != string(p.Role) {
		return false
	}
	part := strings.ToLower(f.NameContains.ValueString())
	return strings.Contains(strings.ToLower(p.Name), part) || strings.Contains(strings.ToLower(p.Email), part)
}

// AnyRole says which roles there are to select by.
const AnyRole = ", such as `GlobalAdministrator` or `RegularUser`"

// DescribeActiveFilter describes the argument for activity.
const DescribeActiveFilter = "Only active users (`true`) or only inactive ones (`false`). Both if it is not set."

// DescribeRoleFilter describes that for the role; role says which there are.
func DescribeRoleFilter(role string) string {
	return "Only users with this global role" + role + ". All if it is not set."
}

// DescribeNameFilter describes that for a text which is searched.
func DescribeNameFilter(of, searched string) string {
	return "Only " + of + " with this text in the " + searched + ", compared without case. All if it is not set."
}
