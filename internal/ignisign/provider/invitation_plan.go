package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
)

// An invitationChange is what an update of an invitation does.
type invitationChange struct {
	// roles is true if they change, and triggers if these do.
	roles, triggers bool
	// isResent is true if the invitation is mailed again, isNew if another one is sent.
	isResent, isNew bool
}

func changeOf(state, plan invitationModel) invitationChange {
	status := state.Status.ValueString()
	before, _ := rolesOf(state.Roles)
	after, isKnown := rolesOf(plan.Roles)
	c := invitationChange{roles: !isKnown || !after.Equal(before), triggers: !plan.ReinviteTriggers.Equal(state.ReinviteTriggers)}
	c.isNew = c.triggers && status == api.StatusDeclined
	c.isResent = c.triggers && status != api.StatusDeclined && status != api.StatusAccepted
	return c
}

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (r *invitationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state, plan invitationModel
	isCreate, isDestroy := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	if !isCreate {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if !isDestroy {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	// Of a replacement, Terraform shows the warnings of the plan that begins with the state alone.
	isReplaced := !isCreate && !isDestroy && !isSameAddress(state, plan)
	if isDestroy || isReplaced {
		r.planEnd(ctx, state, &resp.Diagnostics)
	}
	if isDestroy {
		if r.session.end(state.Email.ValueString()) {
			addRenamed(&resp.Diagnostics, path.Empty(), state.Email.ValueString())
		}
		return
	}
	// Of a create, the values may be known only now, in the apply.
	validateRoles(path.Root(attrInvitationRoles), plan.Roles, &resp.Diagnostics)
	if !plan.Email.IsUnknown() {
		r.claim(plan.Email.ValueString(), instanceMark(ctx, resp.Private, &resp.Diagnostics), &resp.Diagnostics)
	}
	switch {
	case resp.Diagnostics.HasError():
	case isCreate || isReplaced:
		r.planCreate(ctx, plan, &resp.Diagnostics)
	default:
		r.planUpdate(ctx, state, plan, resp)
	}
}

// claim refuses a second resource for an address.
func (r *invitationResource) claim(email, mark string, diags *diag.Diagnostics) {
	isClaimed, isEnding := r.session.claim(email, mark)
	switch {
	case isClaimed:
		diags.AddAttributeError(path.Root(attrEmail), "Invited twice", fmt.Sprintf(
			"Another resource of this plan already invites %q. An address has one invitation for all environments: write the roles together.", email))
	case isEnding:
		addRenamed(diags, path.Root(attrEmail), email)
	}
}

func isSameAddress(state, plan invitationModel) bool {
	return !plan.Email.IsUnknown() && strings.EqualFold(plan.Email.ValueString(), state.Email.ValueString())
}

// planEnd says what the end of an invitation means. The list decides, and not the state alone, which
// Terraform 1.11 hands over as it was before the refresh where the configuration has lost the resource.
func (r *invitationResource) planEnd(ctx context.Context, state invitationModel, diags *diag.Diagnostics) {
	client, ok := r.session.Get(diags)
	if !ok || !r.isOfApplication(client, state, diags) {
		return
	}
	invitation, found, err := client.Invitation(ctx, state.ID.ValueString())
	switch {
	case err != nil:
		addFailure(diags, path.Empty(), fmt.Sprintf("Reading the invitation of %q", state.Email.ValueString()), err)
	case !found || !invitation.IsLive() || invitation.Status == api.StatusPending:
	case state.AcceptedOnDestroy.ValueString() == onDestroyForget:
		addForgotten(diags, invitation.Email)
	default:
		addNotTaken(diags, invitation.Email, invitation.Status)
	}
}

// planCreate announces the mail, and refuses what there is already.
func (r *invitationResource) planCreate(ctx context.Context, plan invitationModel, diags *diag.Diagnostics) {
	client, ok := r.session.Get(diags)
	if !ok {
		return
	}
	diags.AddWarning("Invitations at IgniSign are experimental", "The invitation API is documented for version 3 of IgniSign's API only. "+
		"Whether it is still served is not known, and nobody has tried this resource on a live server. It manages invitations, and tells nothing of who has access.")
	if plan.Email.IsUnknown() {
		diags.AddWarning("An invitation is going to be mailed", "The apply sends an e-mail to an address that is only known after apply.")
		return
	}
	email := plan.Email.ValueString()
	list, err := client.Invitations(ctx)
	if err != nil {
		addFailure(diags, path.Empty(), "Reading the invitations", err)
		return
	}
	for _, invitation := range list {
		// One of this run may be about to end; whether it has, the apply looks.
		isHere := r.session.isManaged(invitation.ID) && invitation.IsLive()
		if invitation.IsFor(email) && invitation.Status != api.StatusCanceled && !isHere {
			addFailure(diags, path.Root(attrEmail), fmt.Sprintf("Inviting %q", email), &api.AlreadyInvitedError{Invitation: invitation})
			return
		}
	}
	addMail(diags, email, "The apply sends an invitation", plan.Roles)
}

// planUpdate refuses what cannot be done, and announces mails.
func (r *invitationResource) planUpdate(ctx context.Context, state, plan invitationModel, resp *resource.ModifyPlanResponse) {
	change := changeOf(state, plan)
	status, email := state.Status.ValueString(), state.Email.ValueString()
	at := path.Root(attrInvitationRoles)
	switch {
	case !change.roles || change.isNew || status == api.StatusPending:
	case status == api.StatusDeclined:
		resp.Diagnostics.AddAttributeError(at, "The invitation was declined", fmt.Sprintf(
			"%s declined the invitation, so its roles cannot be changed. To invite them again with these roles, change %s, too.", email, attrReinviteTriggers))
	default:
		before, _ := rolesOf(state.Roles)
		resp.Diagnostics.AddAttributeError(at, "The invitation is not pending any more", fmt.Sprintf(
			"The invitation of %s has the status %s. What the roles of an invitation do after it was accepted is not documented, so they are not changed any more: "+
				"change the member in the Console, and leave the roles here as they were: %s.", email, status, spellRoles(before)))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	set := func(name string, value any) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(name), value)...)
	}
	switch {
	case change.isNew:
		set(attrID, types.StringUnknown())
		set(attrStatus, types.StringUnknown())
		addMail(&resp.Diagnostics, email, "The apply sends a new invitation"+ifChanged(plan)+", although one was declined,", plan.Roles)
	case change.isResent:
		set(attrStatus, types.StringUnknown())
		addMail(&resp.Diagnostics, email, "The apply sends the invitation again"+ifChanged(plan), plan.Roles)
	case change.roles:
		set(attrStatus, types.StringUnknown())
	}
}

// ifChanged is a condition where it is not known yet whether the triggers change.
func ifChanged(plan invitationModel) string {
	triggers := plan.ReinviteTriggers
	isKnown := !triggers.IsUnknown()
	for _, value := range triggers.Elements() {
		isKnown = isKnown && !value.IsUnknown()
	}
	if isKnown {
		return ""
	}
	return fmt.Sprintf(", if %s are then others than before,", attrReinviteTriggers)
}
