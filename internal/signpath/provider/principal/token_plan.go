package principal

import (
	"context"
	"fmt"

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

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (r *ciUserTokenResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Session == nil {
		return
	}
	r.Look(ctx, req)
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, req, resp)
		return
	}
	var plan ciUserTokenModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	isReplacing := tfkit.GetPrivate[string](ctx, resp.Private, tfkit.PrivateMark) != ""
	p, known := r.planCIUser(ctx, plan.CIUser, req, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		plan.planForm(ctx, &resp.Diagnostics)
		doing := run.Failure{At: path.Root(run.AttrCIUser), Doing: "Planning to generate an API token", Needs: run.NeedsUserAdmin}
		r.Settled(&resp.Diagnostics, doing, false, r.Client.SettleToken(ctx))
		if known {
			plan.ID = run.IDValue(p.ID)
			r.checkOwnToken(ctx, p, plan.AllowLockout, &resp.Diagnostics)
			if !isReplacing { // Else the plan of the update has said it.
				r.planMade(p, plan.CIUser, &resp.Diagnostics)
			}
		}
	} else {
		r.planChange(ctx, &plan, p, req, resp)
	}
	plan.RotatesAt = plan.rotatesAt()
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// planCIUser finds the CI user and claims the token. It is not known as long as
// the reference is not.
func (r *ciUserTokenResource) planCIUser(
	ctx context.Context, member types.String, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) (p access.Principal, known bool) {
	reference, err := access.ParseReference(member.ValueString())
	if member.IsUnknown() || err != nil { // Validation has reported the error.
		return p, false
	}
	var state ciUserTokenModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	id := ""
	if member.Equal(state.CIUser) {
		id = state.ID.ValueString()
	}
	p, err = r.ResolveMeant(ctx, reference, id)
	if err != nil {
		if !r.TellDeparted(member.ValueString(), err, path.Root(run.AttrCIUser), &resp.Diagnostics) {
			run.AddFailure(&resp.Diagnostics, run.LookingUp(run.AttrCIUser, member.ValueString()), err)
		}
		return p, false
	}
	token := "the API token of CI user " + run.MemberKey(p)
	r.Claim(ctx, resp.Private, token, run.Claim{By: vocabulary.CIUserTokenType, Of: token}, path.Root(run.AttrCIUser), &resp.Diagnostics)
	return p, true
}

// checkOwnToken refuses to regenerate the token that Terraform uses. The create
// half of a replacement is planned like any other, so this is asked for every
// rotation.
func (r *ciUserTokenResource) checkOwnToken(ctx context.Context, p access.Principal, allowed types.Bool, diags *diag.Diagnostics) {
	if allowed.IsUnknown() { // It is asked again right before the apply.
		return
	}
	me, err := r.Client.Me(ctx)
	switch {
	case err != nil && !allowed.ValueBool():
		run.AddFailure(diags, run.Failure{
			At: path.Root(run.AttrCIUser), Doing: "Checking that this is not the token that Terraform uses", Needs: run.NeedsAnyRole,
		}, err)
	case err != nil || me.ID != p.ID:
	case allowed.ValueBool():
		diags.AddAttributeWarning(path.Root(run.AttrAllowLockout), "Terraform's own token will be regenerated: "+p.String(), fmt.Sprintf(
			"Terraform uses the API token of %s. "+
				"As soon as it is regenerated, SignPath refuses every later request of the same run, and the apply fails where it makes one. "+
				"Apply this alone, with -target, and give Terraform the new token before the next run.", p))
	default:
		diags.AddAttributeError(path.Root(run.AttrCIUser), "Terraform would lock itself out", fmt.Sprintf(
			"Terraform uses the API token of %s. As soon as it is regenerated, SignPath refuses every later request of the same run. "+
				"Rotate it with the token of somebody else, or set allow_lockout = true if you mean it.", p))
	}
}

// planMade notes that an instance generates the token of a CI user of whom it had none,
// and says what that costs, where the CI user may have one that is in use. One that the
// same plan creates has none.
func (r *ciUserTokenResource) planMade(p access.Principal, member types.String, diags *diag.Diagnostics) {
	if p.ID == "" {
		return
	}
	r.Tokens.Made.Add(p.ID)
	if r.Tokens.Ended.Has(p.ID) && r.refuseHandOver(p, path.Root(run.AttrCIUser), diags) {
		return
	}
	if r.Tokens.Forgotten.Has(p.ID) || r.isCreatedHere(member) {
		return
	}
	diags.AddAttributeWarning(path.Root(run.AttrCIUser), "The present API token will stop working: "+p.String(), fmt.Sprintf(
		"%s exists already, and may have an API token that is in use. A CI user has only one: it is refused as soon as this apply has generated another.", p))
}

// planEnd notes that an instance gives up the token of a CI user, which stays valid unless
// its CI user is not.
func (r *ciUserTokenResource) planEnd(ctx context.Context, state ciUserTokenModel, at path.Path, diags *diag.Diagnostics) {
	id := state.ID.ValueString()
	r.Tokens.Ended.Add(id)
	p, err := r.Client.Principal(ctx, access.KindCIUser, id)
	if api.IsGone(err) || (err == nil && !p.Active) {
		return
	}
	if err == nil && r.Tokens.Made.Has(id) && r.refuseHandOver(p, at, diags) {
		return
	}
	run.AddWarning(diags, at, "The API token is not revoked: "+state.CIUser.ValueString(), fmt.Sprintf(
		"SignPath's API is not known to revoke tokens, so the destroy only forgets the API token of %s: whoever has it can go on using it, as long as no other one is generated. "+
			"To make it useless, deactivate the CI user, as the destroy of a signpath_ci_user does, or generate another token in SignPath's web application.", state.CIUser.ValueString()))
}

// refuseHandOver refuses that one instance gives up what another one makes: nobody who
// renames a resource means to end the token. It looks only after a refresh, and so never
// in an apply, in which an instance that was set aside is planned to end beside the new one.
// Where the state has several, an earlier run has left one of them, whose token has ended already.
func (r *ciUserTokenResource) refuseHandOver(p access.Principal, at path.Path, diags *diag.Diagnostics) (refused bool) {
	if !r.Tokens.Read.Has(p.ID) || r.Holdings.IsBesideAnother(run.HeldTokens, p.ID) {
		return false
	}
	run.AddError(diags, at, fmt.Sprintf("Handed to another resource: the API token of %s", p), fmt.Sprintf(
		"This plan ends one signpath_ci_user_token of %[1]s and creates another. A token cannot be read back, so the new one generates another token, "+
			"and whatever uses the present one is refused. If the resource was only renamed, say so, and nothing happens:\n\n"+
			"moved {\n  from = signpath_ci_user_token.OLD\n  to   = signpath_ci_user_token.NEW\n}\n\n"+
			"If resources have moved by their index, use for_each with names that stay. "+
			"If another token is meant, do it in two applies: first without the resource of %[1]s, and then with it.", p))
	return true
}

// isCreatedHere tells whether this run has planned to create the CI user. In
// the apply it may exist by now.
func (r *ciUserTokenResource) isCreatedHere(member types.String) bool {
	reference, err := access.ParseReference(member.ValueString())
	if err != nil {
		return false
	}
	planned, found := r.Planned.Find(reference)
	return found && planned.ID == ""
}

// planChange plans a replacement where the token has to be regenerated.
func (r *ciUserTokenResource) planChange(
	ctx context.Context, plan *ciUserTokenModel, p access.Principal, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	var state ciUserTokenModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	switch {
	case plan.CIUser.IsUnknown():
		r.StayUnlessOther(ctx, req, path.Root(run.AttrCIUser), &resp.Diagnostics)
	case p.ID == "" || p.ID != state.ID.ValueString():
		// The name may be the same, of somebody else.
		resp.RequiresReplace.Append(path.Root(run.AttrCIUser), path.Root(run.AttrID))
		plan.ID = types.StringUnknown()
		r.planMade(p, plan.CIUser, &resp.Diagnostics)
		r.planEnd(ctx, state, path.Root(run.AttrCIUser), &resp.Diagnostics)
	default:
		plan.CIUser = state.CIUser // The same one in another spelling: nothing to show.
	}
	if !plan.RotationTriggers.Equal(state.RotationTriggers) {
		resp.RequiresReplace.Append(path.Root(attrRotationTriggers))
	}
	if !plan.EncryptionRecipients.Equal(state.EncryptionRecipients) {
		resp.RequiresReplace.Append(path.Root(attrEncryptionRecipients))
	}
	if plan.hasOtherRecipients(state) {
		resp.RequiresReplace.Append(path.Root(attrGitHubRecipients))
	}
	if len(resp.RequiresReplace) == 0 {
		r.planRotation(plan, state, p, resp)
	}
	if len(resp.RequiresReplace) == 0 && !state.GitHubRecipients.IsNull() {
		r.keepGitHubKeys(plan, state, resp)
	}
}

// planDestroy claims nothing: a destroy changes nothing at SignPath, and with
// create_before_destroy the old half of a replacement is planned again after the
// new one was made, which is also when its token is not valid any more.
func (r *ciUserTokenResource) planDestroy(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state ciUserTokenModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if !resp.Diagnostics.HasError() && !r.Tokens.Regenerated.Has(state.ID.ValueString()) {
		r.planEnd(ctx, state, path.Empty(), &resp.Diagnostics)
	}
}
