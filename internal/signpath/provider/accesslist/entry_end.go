package accesslist

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// An entry that ends by its day stays in the state, and leaves the list.

// priorValidity is what the state says of the day; nothing of a create.
func priorValidity(ctx context.Context, req resource.ModifyPlanRequest, diags *diag.Diagnostics) run.Validity {
	if req.State.Raw.IsNull() {
		return run.Validity{}
	}
	return run.ValidityIn(ctx, req.State, diags)
}

// planValidity plans what the day computes, and tells whether the entry has ended.
func planValidity(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) bool {
	prior, plan := priorValidity(ctx, req, &resp.Diagnostics), run.ValidityIn(ctx, req.Plan, &resp.Diagnostics)
	plan.Planned(prior).Set(ctx, &resp.Plan, &resp.Diagnostics)
	return prior.IsEndedIn(plan)
}

// refusePastDay reports a new day that has passed, and tells whether it did.
func (r *accessListEntryResource) refusePastDay(ctx context.Context, req resource.ModifyPlanRequest, diags *diag.Diagnostics) bool {
	return r.RefusePastDay(ctx, req.Private, priorValidity(ctx, req, diags), run.ValidityIn(ctx, req.Plan, diags), req.State.Raw.IsNull(), diags)
}

// planEndOfState plans the end of the entry of the state, whatever the plan is about.
func (r *accessListEntryResource) planEndOfState(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	t, err := r.target(ctx, req.State, req.Private, &resp.Diagnostics)
	if run.IsNobody(err) {
		return
	}
	run.AddFailure(&resp.Diagnostics, run.Failure{At: run.ParentPath(r.list, err), Doing: "Looking for " + t.String(), Needs: run.ReadNeeds(r.list)}, err)
	if err == nil {
		r.planEnd(ctx, t, req, resp)
	}
}

// isStill tells whether the plan is about the member of the state, in whichever spelling.
func (r *accessListEntryResource) isStill(ctx context.Context, member types.String, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) bool {
	prior := entryMember(ctx, req.State, &resp.Diagnostics)
	if prior == member.ValueString() {
		return true
	}
	reference, err := access.ParseReference(member.ValueString())
	if err != nil {
		return false
	}
	p, err := r.Resolve(ctx, reference)
	if err != nil || p.ID == "" || p.ID != entryID(ctx, req.Private) {
		return false
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(run.AttrMember), prior)...)
	return true
}

// planEnd plans that an entry which has ended is not on the list.
func (r *accessListEntryResource) planEnd(ctx context.Context, t api.Target, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	id, diags := entryID(ctx, req.Private), &resp.Diagnostics
	r.claim(ctx, t, id, resp)
	prior := priorValidity(ctx, req, diags)
	if diags.HasError() || !prior.IsGranted() {
		return
	}
	r.Client.LearnLists(ctx) // The plan of an update begins with that, and this one has changed nothing so far.
	current, err := r.currentMembers(ctx, t)
	if run.IsNobody(err) {
		return
	}
	if err != nil {
		run.AddFailure(diags, run.Failure{At: run.ParentPath(r.list, err), Doing: "Reading " + t.String(), Needs: run.ReadNeeds(r.list)}, err)
		return
	}
	if !r.planRemoval(ctx, t, []string{id}, diags) || !slices.Contains(current, id) ||
		len(r.GivenUp(ctx, req.Private, run.ListKey(t), []string{id})) == 0 {
		return
	}
	at := path.Root(run.AttrValidUntil)
	change := r.ListChange(t, nil, []string{id})
	change.Replaceable, change.Expires = true, true
	change.At = func(review.Finding) path.Path { return at }
	r.GuardAccess(ctx, change, diags)
	r.settleMembers(ctx, t, false, nil, at, diags)
	had, has := r.entriesOf(current), r.entriesOf(run.Without(current, []string{id}))
	told := review.ChangeOfList(r.Guard.People(change.Change, had.References...), had, has)
	r.TellEnd(run.End{Member: r.Client.Known().ReferenceTo(id), Of: t.String(), Until: prior.Until, Loses: told.Loses}, diags)
}

// end takes the entry off the list, as far as the plan says so. Where there is no list, or nobody,
// any more, there is nothing to take.
func (r *accessListEntryResource) end(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	id := entryID(ctx, req.Private)
	t, err := r.target(ctx, req.State, req.Private, &resp.Diagnostics)
	isGiven := run.ValidityIn(ctx, req.State, &resp.Diagnostics).IsGranted()
	if err == nil && isGiven && len(r.GivenUp(ctx, req.Private, run.ListKey(t), []string{id})) > 0 {
		var warnings api.Warnings
		r.Taken.Entries.Hold(run.ListKey(t), id) // Before it: a plan may read the list while it is written.
		warnings, err = r.Client.EndEntry(ctx, t, id, nil)
		run.AddEditWarnings(&resp.Diagnostics, t.String(), warnings)
	}
	if !run.IsNobody(err) {
		run.AddFailure(&resp.Diagnostics, run.Failure{
			At: path.Root(run.AttrValidUntil), Doing: fmt.Sprintf("Removing %q from %s", entryMember(ctx, req.State, &resp.Diagnostics), t), Needs: run.ChangeNeeds(r.list),
		}, err)
		if err != nil && !run.IsInForce(err) {
			return
		}
	}
	resp.State.Raw = req.Plan.Raw
	keepIDs(ctx, t, id, &resp.State, &resp.Diagnostics)
	r.listIdentity(t, id).Set(ctx, resp.Identity, &resp.Diagnostics)
}
