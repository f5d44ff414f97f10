package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

// The attributes of an invitation, beside its id.
const (
	attrApplicationID     = "application_id"
	attrEmail             = "email"
	attrInvitationRoles   = "roles"
	attrStatus            = "status"
	attrAcceptedOnDestroy = "accepted_on_destroy"
	attrReinviteTriggers  = "reinvite_triggers"
)

// What becomes of an invitation that was accepted when its resource is destroyed.
const (
	onDestroyError  = "error"
	onDestroyForget = "forget"
)

// invitationResource is an invitation of an application user: of a person, by mail.
type invitationResource struct{ session *session }

var (
	_ resource.ResourceWithConfigure      = (*invitationResource)(nil)
	_ resource.ResourceWithIdentity       = (*invitationResource)(nil)
	_ resource.ResourceWithImportState    = (*invitationResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*invitationResource)(nil)
	_ resource.ResourceWithValidateConfig = (*invitationResource)(nil)
)

// invitationModel is the state of one.
type invitationModel struct {
	ID                types.String `tfsdk:"id"`
	ApplicationID     types.String `tfsdk:"application_id"`
	Email             types.String `tfsdk:"email"`
	Roles             types.Map    `tfsdk:"roles"`
	Status            types.String `tfsdk:"status"`
	AcceptedOnDestroy types.String `tfsdk:"accepted_on_destroy"`
	ReinviteTriggers  types.Map    `tfsdk:"reinvite_triggers"`
}

// Metadata implements [resource.Resource].
func (r *invitationResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_invitation"
	// An id says which invitation it is, and an invitation that is sent after a decline is another one.
	resp.ResourceBehavior.MutableIdentity = true
}

// Schema implements [resource.Resource].
func (r *invitationResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "**Experimental.** Invites a person to become a user of the application, by an e-mail that IgniSign sends. " +
			"It manages the *invitation*, and not what the person may do: no API of IgniSign tells who has access, and none takes it away.\n\n" +
			"The invitation API is documented for version 3 of IgniSign's API only, and whether it is still served is not known: nobody has tried this resource on a live server.\n\n" +
			"* While an invitation is `PENDING`, its roles can be changed, and to destroy it cancels it.\n" +
			"* One that was `ACCEPTED` stays as it is. Another role for the person is given in the Console. To destroy it is an error that says what to do.\n" +
			"* One that was `DECLINED` is never sent again, unless `reinvite_triggers` change.\n" +
			"* One that was cancelled, or is not in the list any more, leaves the state, unless it was declined; the next plan sends a new one, and says so. " +
			"If the list still has one that was declined before, that plan is an error, which says how to go on.\n" +
			"* It is not replaced by another one for the same address, by `-replace` or `replace_triggered_by`: that is an error in the plan. `reinvite_triggers` have it mailed again.",
		Attributes: map[string]schema.Attribute{
			attrID: schema.StringAttribute{
				Computed: true, MarkdownDescription: "Id of the invitation.", PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			attrApplicationID: schema.StringAttribute{
				Computed: true, MarkdownDescription: "Id of the application, which is that of the API key.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			attrEmail: schema.StringAttribute{
				Required: true, Validators: []validator.String{isAddress{}}, PlanModifiers: []planmodifier.String{sameAddress{}},
				MarkdownDescription: "E-mail address of the person. Case does not count. Another address is another invitation.",
			},
			attrInvitationRoles: schema.MapAttribute{
				Required: true, ElementType: rolesType, PlanModifiers: []planmodifier.Map{sameRoles{}},
				MarkdownDescription: fmt.Sprintf("Roles of the invitation by environment (%s): sets of `ADMIN`, `USER` and `READER`. At least one is not empty; an environment that is left out has no role. "+
					"How these roles relate to the IAM roles that the Console shows is not published, nor whether the person gets a mail when they change.", quoted(vocabulary.Environments())),
			},
			attrAcceptedOnDestroy: schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(onDestroyError),
				Validators: []validator.String{stringvalidator.OneOf(onDestroyError, onDestroyForget)},
				MarkdownDescription: "What to do when this is destroyed after the invitation was accepted: `error`, the default, or `forget`, which takes it out of the state and leaves the person's access as it is. " +
					"`forget` counts once it is applied: set it, apply, then destroy.",
			},
			attrReinviteTriggers: schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Any texts. When they change, the person gets another mail: the invitation is sent again while it is `PENDING`, and a new one is sent after it was `DECLINED`. " +
					"After it was accepted, nothing is sent.",
			},
			attrStatus: schema.StringAttribute{
				Computed: true, MarkdownDescription: "`PENDING`, `ACCEPTED`, `DECLINED`, or another word that IgniSign answers.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
		},
	}
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *invitationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		attrApplicationID: identityschema.StringAttribute{RequiredForImport: true, Description: "Id of the application."},
		attrID:            identityschema.StringAttribute{RequiredForImport: true, Description: "Id of the invitation."},
	}}
}

// Configure implements [resource.ResourceWithConfigure].
func (r *invitationResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.session, _ = req.ProviderData.(*session)
}

// ValidateConfig implements [resource.ResourceWithValidateConfig].
func (r *invitationResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var roles types.Map
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attrInvitationRoles), &roles)...)
	validateRoles(path.Root(attrInvitationRoles), roles, &resp.Diagnostics)
}

// Create implements [resource.Resource].
func (r *invitationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m invitationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	client, ok := r.session.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	roles, _ := rolesOf(m.Roles)
	invited, err := client.Invite(ctx, api.NewInvitation{Email: m.Email.ValueString(), Roles: roles})
	if err != nil {
		addFailure(&resp.Diagnostics, path.Root(attrEmail), fmt.Sprintf("Inviting %q", m.Email.ValueString()), err)
		return
	}
	m.take(client, invited)
	r.save(ctx, m, &resp.State, resp.Identity, &resp.Diagnostics)
}

// Read implements [resource.Resource].
func (r *invitationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m invitationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	client, ok := r.session.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	if !r.isOfApplication(client, m, &resp.Diagnostics) {
		return
	}
	invitation, found, err := client.Invitation(ctx, m.ID.ValueString())
	if err != nil {
		addFailure(&resp.Diagnostics, path.Empty(), fmt.Sprintf("Reading the invitation of %q", m.Email.ValueString()), err)
		return
	}
	if !found || invitation.Status == vocabulary.StatusCanceled {
		if m.Status.ValueString() != vocabulary.StatusDeclined {
			r.leaveState(ctx, m, found, resp)
			return
		}
		// Whoever declined is not to be asked again because the record of it went.
		invitation = api.Invitation{ID: m.ID.ValueString(), Email: m.Email.ValueString(), Status: vocabulary.StatusDeclined}
	}
	r.session.manage(invitation.ID)
	m.Status = types.StringValue(invitation.Status)
	if m.Email.IsNull() || !invitation.IsFor(m.Email.ValueString()) {
		m.Email = types.StringValue(invitation.Email)
	}
	// What the roles of an invitation say after its end is not documented: then they are no drift.
	known, _ := rolesOf(m.Roles)
	isEnded := invitation.Status == vocabulary.StatusAccepted || invitation.Status == vocabulary.StatusDeclined
	if m.Roles.IsNull() || !isEnded && !invitation.Roles.Equal(known) {
		m.Roles = rolesValue(invitation.Roles)
	}
	if invitation.Status == vocabulary.StatusDeclined {
		resp.Diagnostics.AddWarning("An invitation was declined: "+invitation.Email, fmt.Sprintf(
			"%s declined the invitation %s. It is not sent again, unless %s change. "+
				"If that is to stay so, take the resource out of the configuration: nothing is sent then.", invitation.Email, invitation.ID, attrReinviteTriggers))
	}
	r.save(ctx, m, &resp.State, resp.Identity, &resp.Diagnostics)
}

// isOfApplication refuses a state of another application than that of the key, in whose list the
// invitation is not.
func (r *invitationResource) isOfApplication(client *api.Client, m invitationModel, diags *diag.Diagnostics) bool {
	if m.ApplicationID.IsNull() || strings.EqualFold(m.ApplicationID.ValueString(), client.AppID()) {
		return true
	}
	diags.AddError("An invitation of another application", fmt.Sprintf("The invitation %s is of the application %s, and the API key is for %s. "+
		"Use a key of the application of the invitation.",
		m.ID.ValueString(), m.ApplicationID.ValueString(), client.AppID()))
	return false
}

// leaveState forgets an invitation that a list which was answered shows as cancelled, or not at all.
// The framework wants an identity in the answer all the same.
func (r *invitationResource) leaveState(ctx context.Context, m invitationModel, isCanceled bool, resp *resource.ReadResponse) {
	if m.Status.ValueString() == vocabulary.StatusAccepted {
		addAcceptedBefore(&resp.Diagnostics, m.Email.ValueString())
	}
	if !isCanceled {
		resp.Diagnostics.AddWarning("An invitation is not in the list any more: "+m.Email.ValueString(), fmt.Sprintf(
			"IgniSign's list has no invitation %s of %s, whose status was %s. Whether it was cancelled, or taken out of the list after its end, is not known. "+
				"It leaves the state, and the resource in the configuration means a new invitation: if the person has access, or is to have none, take the resource out of the configuration.",
			m.ID.ValueString(), m.Email.ValueString(), m.Status.ValueString()))
	}
	resp.State.RemoveResource(ctx)
	setIdentity(ctx, m, resp.Identity, &resp.Diagnostics)
}

// save writes the state and the identity.
func (r *invitationResource) save(ctx context.Context, m invitationModel, state *tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	diags.Append(state.Set(ctx, m)...)
	setIdentity(ctx, m, identity, diags)
}

func setIdentity(ctx context.Context, m invitationModel, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	if identity != nil {
		diags.Append(identity.SetAttribute(ctx, path.Root(attrApplicationID), m.ApplicationID)...)
		diags.Append(identity.SetAttribute(ctx, path.Root(attrID), m.ID)...)
	}
}

// take takes over what IgniSign says of the invitation.
func (m *invitationModel) take(client *api.Client, invitation api.Invitation) {
	m.ID, m.ApplicationID, m.Status = types.StringValue(invitation.ID), types.StringValue(client.AppID()), types.StringValue(invitation.Status)
}

// Update implements [resource.Resource]. Each step that was done is in the state, whatever becomes of the next.
func (r *invitationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan invitationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client, ok := r.session.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	change := changeOf(state, plan)
	state.AcceptedOnDestroy = plan.AcceptedOnDestroy
	switch {
	case change.isNew:
		r.inviteAgain(ctx, client, &state, plan, &resp.Diagnostics)
	default:
		if change.roles {
			r.edit(ctx, client, &state, plan, &resp.Diagnostics)
		}
		if change.isResent && !resp.Diagnostics.HasError() {
			r.resend(ctx, client, &state, plan, &resp.Diagnostics)
		}
		if !change.isResent {
			state.ReinviteTriggers = plan.ReinviteTriggers
		}
	}
	r.save(ctx, state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// inviteAgain sends a new invitation after one was declined.
func (r *invitationResource) inviteAgain(ctx context.Context, client *api.Client, state *invitationModel, plan invitationModel, diags *diag.Diagnostics) {
	roles, _ := rolesOf(plan.Roles)
	email := state.Email.ValueString()
	invited, err := client.Invite(ctx, api.NewInvitation{Email: email, Roles: roles, AfterDecline: true})
	var (
		unclear *api.UnclearError
		other   *api.OtherRolesError
		already *api.AlreadyInvitedError
	)
	if errors.As(err, &other) { // It was sent, and is the one to manage.
		state.take(client, other.Invitation)
		state.Roles = rolesValue(other.Invitation.Roles)
	}
	if err == nil || other != nil || errors.As(err, &unclear) {
		state.ReinviteTriggers = plan.ReinviteTriggers // So that it is not sent again.
	}
	switch {
	case errors.As(err, &already):
		addInvitedSince(diags, already.Invitation)
	case err != nil:
		addFailure(diags, path.Root(attrReinviteTriggers), fmt.Sprintf("Inviting %q again", email), err)
	default:
		state.take(client, invited)
		state.Roles = plan.Roles
	}
}

// edit changes the roles.
func (r *invitationResource) edit(ctx context.Context, client *api.Client, state *invitationModel, plan invitationModel, diags *diag.Diagnostics) {
	roles, _ := rolesOf(plan.Roles)
	edited, err := client.Edit(ctx, state.ID.ValueString(), roles)
	if err != nil {
		addFailure(diags, path.Root(attrInvitationRoles), fmt.Sprintf("Changing the roles of the invitation of %q", state.Email.ValueString()), err)
		return
	}
	state.Roles, state.Status = plan.Roles, types.StringValue(edited.Status)
}

// resend has the mail sent again. One of which it is not known whether it was sent is an error, and
// the triggers are in the state then, so that no apply sends another by itself.
func (r *invitationResource) resend(ctx context.Context, client *api.Client, state *invitationModel, plan invitationModel, diags *diag.Diagnostics) {
	err := client.Resend(ctx, state.ID.ValueString())
	var unclear *api.UnclearError
	var notPending *api.NotPendingError
	isAccepted := errors.As(err, &notPending) && notPending.Invitation.Status == vocabulary.StatusAccepted
	if err == nil || errors.As(err, &unclear) || isAccepted {
		state.ReinviteTriggers = plan.ReinviteTriggers
	}
	switch {
	case isAccepted:
		state.Status = types.StringValue(vocabulary.StatusAccepted)
		diags.AddWarning("An invitation was accepted: "+state.Email.ValueString(), "It was accepted since the plan was made, so it was not sent again.")
	case err != nil:
		addFailure(diags, path.Root(attrReinviteTriggers), fmt.Sprintf("Sending the invitation of %q again", state.Email.ValueString()), err)
	}
}

// Delete implements [resource.Resource]. A list that is read now decides, and not the state alone.
func (r *invitationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var m invitationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	client, ok := r.session.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() || !r.isOfApplication(client, m, &resp.Diagnostics) {
		return
	}
	err := client.Cancel(ctx, m.ID.ValueString())
	var notPending *api.NotPendingError
	switch {
	case err == nil && m.Status.ValueString() == vocabulary.StatusAccepted:
		addAcceptedBefore(&resp.Diagnostics, m.Email.ValueString())
	case err == nil:
	case errors.As(err, &notPending) && m.AcceptedOnDestroy.ValueString() == onDestroyForget:
		addForgotten(&resp.Diagnostics, notPending.Invitation.Email)
	case errors.As(err, &notPending):
		addNotTaken(&resp.Diagnostics, notPending.Invitation.Email, notPending.Invitation.Status)
	default:
		addFailure(&resp.Diagnostics, path.Empty(), fmt.Sprintf("Cancelling the invitation of %q", m.Email.ValueString()), err)
	}
}
