package role

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// planEnded plans a role that has ended by its day, and tells whether there is nothing else to plan:
// not where the user is another one, nor where the end is not carried out. The role stays in the plan as it was read: the plan
// gives nobody that of the configuration, and takes whichever one there is.
func (r *roleAssignmentResource) planEnded(
	ctx context.Context, plan *roleAssignmentModel, state roleAssignmentModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) bool {
	if !state.validity().IsEndedIn(plan.validity()) {
		return false
	}
	p, err := r.principal(ctx, state)
	switch {
	case api.IsGone(err) && plan.Member.Equal(state.Member): // With the user, the role has gone.
		return true
	case err != nil || !r.isStill(ctx, p, *plan, state):
		return false // To be told as if nothing had ended.
	}
	if !plan.Member.IsUnknown() { // The same user in another spelling: nothing to show.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(run.AttrMember), state.Member)...)
	}
	if r.claim(ctx, p, plan.Role, resp); resp.Diagnostics.HasError() {
		return true
	}
	if !plan.Role.IsUnknown() && !state.Role.IsNull() {
		plan.Role = state.Role
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(run.AttrRole), state.Role)...)
	}
	if !state.validity().IsGranted() || p.Role == vocabulary.RoleRegularUser {
		return true
	}
	r.Client.LearnLists(ctx) // The plan of an update begins with that, and this one has changed nothing so far.
	end := run.End{
		Member: p.Reference(), Of: "the global role " + vocabulary.SignPath.Spell(p.Role), Until: plan.ValidUntil,
		Loses: told([]access.Principal{p}),
	}
	if because := r.keepsRole(ctx, p, plan.AllowLockout.ValueBool()); because != "" {
		run.KeepEnd(end, because, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(run.AttrGranted), types.BoolValue(true))...)
		return false
	}
	if len(r.GivenUp(ctx, req.Private, run.HeldRoles, []string{p.ID})) > 0 {
		at := path.Root(run.AttrValidUntil)
		checkRole(p, state, vocabulary.RoleRegularUser, at, &resp.Diagnostics)
		r.GuardEndOfRole(ctx, p, plan.AllowLockout.ValueBool(), at, &resp.Diagnostics)
		settle(ctx, r.Session, p, vocabulary.RoleRegularUser, at, &resp.Diagnostics)
		r.TellEnd(end, &resp.Diagnostics)
	}
	return true
}

// isStill tells whether the plan is about the user of the state.
func (r *roleAssignmentResource) isStill(ctx context.Context, p access.Principal, plan, state roleAssignmentModel) bool {
	if plan.Member.IsUnknown() || plan.Member.Equal(state.Member) {
		return true
	}
	reference, err := access.ParseReference(plan.Member.ValueString())
	if err != nil {
		return false
	}
	meant, err := r.Resolve(ctx, reference)
	return err == nil && meant.ID == p.ID
}

// keepsRole says in a sentence why the role of the user does not end; it is empty where it does.
func (r *roleAssignmentResource) keepsRole(ctx context.Context, p access.Principal, allowed bool) string {
	switch {
	case p.Synchronized:
		return "it is synchronized from your organization's directory, and SignPath refuses to edit it. Take it away there."
	case allowed:
		return ""
	}
	return r.EndLocksOut(ctx, p)
}

// end takes the role of the state, as far as the plan says so, and tells whether nobody has it by this
// resource any more. Who is gone has none.
func (r *roleAssignmentResource) end(
	ctx context.Context, p access.Principal, err error, state roleAssignmentModel, private tfkit.PrivateReader, diags *diag.Diagnostics,
) bool {
	isGivenUp := len(r.GivenUp(ctx, private, run.HeldRoles, []string{state.ID.ValueString()})) > 0
	if !state.validity().IsGranted() || !isGivenUp || api.IsGone(err) {
		return true
	}
	if err != nil {
		run.AddFailure(diags, run.LookingUp(run.AttrMember, state.Member.ValueString()), err)
		return false
	}
	return takeRole(ctx, r.Session, p, stateRole(state), diags)
}
