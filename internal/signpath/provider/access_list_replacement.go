package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// A resource of another list is replaced. Terraform plans that as an update, which says
// that it takes a replacement, and once more as a create, of which it shows no warnings.
// It asks for no plan of the destroy. So everything there is to say is said at first.

// leftTarget returns the list that a resource was about, where its plan is about
// another one. ok is false where the resource stays with its list.
func (s *session) leftTarget(ctx context.Context, list access.List, req resource.ModifyPlanRequest, diags *diag.Diagnostics) (left api.Target, ok bool) {
	if req.State.Raw.IsNull() {
		return left, false
	}
	planned := getParent(ctx, req.Plan, list, diags)
	if planned.isUnknown() || planned == getParent(ctx, req.State, list, diags) {
		return left, false
	}
	left, err := s.target(ctx, req.State, req.Private, list, diags)
	if err != nil || list.Parent != access.ParentUserGroup {
		return left, err == nil
	}
	reference, err := access.ParseReference(planned.Group.ValueString())
	if err != nil {
		return left, false // Validation has reported it.
	}
	group, err := s.resolve(ctx, reference)
	return left, err == nil && group.ID != left.Group
}

// planCreate makes of an update, which is about another list, the create of that.
func planCreate(list access.List, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) resource.ModifyPlanRequest {
	if list.Parent == access.ParentUserGroup {
		resp.RequiresReplace.Append(path.Root(attrGroup)) // Slugs require it by themselves.
	}
	req.State.Raw = tftypes.NewValue(req.State.Raw.Type(), nil)
	return req
}
