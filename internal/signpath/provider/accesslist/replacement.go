package accesslist

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A resource of another list is replaced. Terraform plans that as an update, which says
// that it takes a replacement, and once more as a create, of which it shows no warnings.
// It asks for no plan of the destroy. So everything there is to say is said at first.

// leftTarget returns the list that a resource was about, where its plan is about
// another one. ok is false where the resource stays with its list.
func (l *managedList) leftTarget(ctx context.Context, req resource.ModifyPlanRequest, diags *diag.Diagnostics) (left api.Target, ok bool) {
	if req.State.Raw.IsNull() {
		return left, false
	}
	planned := getParent(ctx, req.Plan, l.list, diags)
	reference, _ := access.ParseReference(planned.Group.ValueString()) // Validation has reported the error.
	isSame := planned == getParent(ctx, req.State, l.list, diags) && !l.IsNameMoved(reference, groupID(ctx, req.Private))
	if planned.isUnknown() || isSame {
		return left, false
	}
	left, err := l.target(ctx, req.State, req.Private, diags)
	if err != nil || l.list.Parent != vocabulary.ParentUserGroup {
		return left, err == nil
	}
	group, err := l.Resolve(ctx, reference)
	return left, err == nil && group.ID != left.Group
}

// planCreate makes of an update, which is about another list, the create of that.
func planCreate(ctx context.Context, list vocabulary.List, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) resource.ModifyPlanRequest {
	if list.Parent == vocabulary.ParentUserGroup {
		// Slugs require it by themselves. The name may be the same, of another group.
		resp.RequiresReplace.Append(path.Root(run.AttrGroup), path.Root(attrGroupID))
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(attrGroupID), types.StringUnknown())...)
	}
	req.State.Raw = tftypes.NewValue(req.State.Raw.Type(), nil)
	return req
}
