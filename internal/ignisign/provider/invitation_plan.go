package provider

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// An invitationChange is what an update of an invitation does.
type invitationChange struct {
	// roles is true if they change, and triggers if these do.
	roles, triggers bool
	// isRolesKnown and isTriggersKnown are false where it is only known after apply whether they do.
	isRolesKnown, isTriggersKnown bool
	// isResent is true if the invitation is mailed again, isNew if another one is sent.
	isResent, isNew bool
}

// triggersOf are the texts; false if a part of them is not known. No map is one without a text.
func triggersOf(value types.Map) (map[string]string, bool) {
	triggers := map[string]string{}
	for name, element := range value.Elements() {
		text, _ := element.(types.String)
		if text.IsUnknown() {
			return nil, false
		}
		if !text.IsNull() {
			triggers[name] = text.ValueString()
		}
	}
	return triggers, !value.IsUnknown()
}

func changeOf(state, plan invitationModel) invitationChange {
	status := state.Status.ValueString()
	before, _ := rolesOf(state.Roles)
	after, isKnown := rolesOf(plan.Roles)
	triggersBefore, _ := triggersOf(state.ReinviteTriggers)
	triggersAfter, isSettled := triggersOf(plan.ReinviteTriggers)
	c := invitationChange{
		roles: !isKnown || !after.Equal(before), triggers: !isSettled || !maps.Equal(triggersAfter, triggersBefore),
		isRolesKnown: isKnown, isTriggersKnown: isSettled,
	}
	c.isNew = c.triggers && status == vocabulary.StatusDeclined
	c.isResent = c.triggers && status != vocabulary.StatusDeclined && status != vocabulary.StatusAccepted
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
		return
	}
	// Of a create, the values may be known only now, in the apply.
	validateRoles(path.Root(attrInvitationRoles), plan.Roles, &resp.Diagnostics)
	if !plan.Email.IsUnknown() {
		r.claim(plan.Email.ValueString(), tfkit.InstanceMark(ctx, resp.Private, &resp.Diagnostics), isCreate, &resp.Diagnostics)
	}
	switch {
	case resp.Diagnostics.HasError():
	case isCreate || isReplaced:
		r.planCreate(ctx, plan, &resp.Diagnostics)
	default:
		r.planUpdate(ctx, state, plan, resp)
	}
}

// claim refuses a second resource for an address, and a new invitation in the place of one for the same address.
func (r *invitationResource) claim(email, mark string, isCreate bool, diags *diag.Diagnostics) {
	isClaimed, isEnding := r.session.claim(email, mark)
	switch {
	case isCreate && r.session.isKept(email, mark):
		addReplaced(diags, email)
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
	if r.session.end(state.Email.ValueString()) {
		addRenamed(diags, path.Empty(), state.Email.ValueString())
	}
	client, ok := r.session.Get(diags)
	if !ok || !r.isOfApplication(client, state, diags) {
		return
	}
	invitation, found, err := client.Invitation(ctx, state.ID.ValueString())
	switch {
	case err != nil:
		addFailure(diags, path.Empty(), fmt.Sprintf("Reading the invitation of %q", state.Email.ValueString()), err)
	case (!found || !invitation.IsLive()) && state.Status.ValueString() == vocabulary.StatusAccepted:
		addAcceptedBefore(diags, state.Email.ValueString())
	case !found || !invitation.IsLive() || invitation.Status == vocabulary.StatusPending:
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
		// One of this run may be about to be cancelled; whether it was, the apply looks.
		isHere := r.session.isManaged(invitation.ID) && invitation.Status == vocabulary.StatusPending
		if invitation.IsFor(email) && invitation.Status != vocabulary.StatusCanceled && !isHere {
			addFailure(diags, path.Root(attrEmail), fmt.Sprintf("Inviting %q", email), &api.AlreadyInvitedError{Invitation: invitation})
			return
		}
	}
	addMail(diags, email, "The apply sends an invitation", plan.Roles)
}

// planUpdate refuses what cannot be done, and announces mails.
func (r *invitationResource) planUpdate(ctx context.Context, state, plan invitationModel, resp *resource.ModifyPlanResponse) {
	r.session.keep(plan.Email.ValueString(), tfkit.InstanceMark(ctx, resp.Private, &resp.Diagnostics))
	change := changeOf(state, plan)
	status, email := state.Status.ValueString(), state.Email.ValueString()
	at := path.Root(attrInvitationRoles)
	switch {
	case !change.roles || !change.isRolesKnown || change.isNew || status == vocabulary.StatusPending: // What is not known is judged in the apply.
	case status == vocabulary.StatusDeclined:
		resp.Diagnostics.AddAttributeError(at, "The invitation was declined", fmt.Sprintf(
			"%s declined the invitation, so its roles cannot be changed. To invite them again with these roles, change %s, too.", email, attrReinviteTriggers))
	default:
		before, _ := rolesOf(state.Roles)
		resp.Diagnostics.AddAttributeError(at, "The invitation is not pending any more", fmt.Sprintf(
			"The invitation of %s has the status %s. What the roles of an invitation do after it was accepted is not documented, so they are not changed any more: "+
				"change the member in the Console, and leave the roles here as they were: %s.", email, status, spellRoles(before)))
	}
	switch {
	case !change.isTriggersKnown:
	case change.isNew:
		r.refuseInvitedSince(ctx, state, &resp.Diagnostics)
	case change.isResent && status != vocabulary.StatusPending:
		addNotResent(&resp.Diagnostics, email, status)
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
		addMail(&resp.Diagnostics, email, "The apply sends a new invitation"+change.condition()+", although one was declined,", plan.Roles)
	case change.isResent:
		set(attrStatus, types.StringUnknown())
		addMail(&resp.Diagnostics, email, "The apply sends the invitation again"+change.condition(), plan.Roles)
	case change.roles:
		set(attrStatus, types.StringUnknown())
	}
}

// refuseInvitedSince refuses to invite somebody again whom somebody else invited since the decline.
func (r *invitationResource) refuseInvitedSince(ctx context.Context, state invitationModel, diags *diag.Diagnostics) {
	client, ok := r.session.Get(diags)
	if !ok {
		return
	}
	list, err := client.Invitations(ctx)
	if err != nil {
		addFailure(diags, path.Empty(), "Reading the invitations", err)
		return
	}
	for _, invitation := range list {
		if invitation.IsFor(state.Email.ValueString()) && invitation.IsLive() && invitation.ID != state.ID.ValueString() {
			addInvitedSince(diags, invitation)
			return
		}
	}
}

// condition is one where it is not known yet whether the triggers change.
func (c invitationChange) condition() string {
	if c.isTriggersKnown {
		return ""
	}
	return fmt.Sprintf(", if %s are then others than before,", attrReinviteTriggers)
}
