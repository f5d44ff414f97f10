package principal

import (
	"context"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// userResource manages an interactive user.
type userResource struct{ principalResource }

var _ run.PlannedResource = (*userResource)(nil)

func newUserResource() run.PlannedResource {
	return &userResource{principalResource{
		kind: access.KindUser, keyAttribute: run.AttrEmail, newModel: newUserModel,
	}}
}

// userModel is the state of signpath_user.
type userModel struct {
	principalFields
	accountFields
	userSettings
	Email                 types.String `tfsdk:"email"`
	AccountEmail          types.String `tfsdk:"account_email"`
	Status                types.String `tfsdk:"status"`
	InvitationExpiresAt   types.String `tfsdk:"invitation_expires_at"`
	ReinviteTriggers      types.Map    `tfsdk:"reinvite_triggers"`
	DirectorySynchronized types.Bool   `tfsdk:"directory_synchronized"`
}

const (
	attrAccountEmail        = "account_email"
	attrReinviteTriggers    = "reinvite_triggers"
	attrInvitationExpiresAt = "invitation_expires_at"
)

// newUserModel returns an empty model.
func newUserModel() principalModel {
	return &userModel{ReinviteTriggers: types.MapNull(types.StringType)}
}

func (m *userModel) key() types.String { return m.Email }

// read leaves the address of the configuration, which the account may have no more: another one
// would replace the resource, and deactivate the person.
func (m *userModel) read(p access.Principal) {
	if m.Email.IsNull() {
		m.Email = types.StringValue(p.Email)
	}
	m.AccountEmail = types.StringValue(p.Email)
	m.Status = types.StringValue(string(p.Status()))
	if p.Status() != access.StatusInvited {
		m.InvitationExpiresAt = types.StringNull()
	}
	m.DirectorySynchronized = types.BoolValue(p.Synchronized)
}

// plan says what is known of a user in the plan: a new one is invited, unless the
// identity says that the account is known.
func (m *userModel) plan(prior principalModel, existing *access.Principal) {
	before, isUpdate := prior.(*userModel)
	if isUpdate && existing != nil {
		m.planAddress(before, existing.Email)
	}
	switch {
	case !isUpdate && existing == nil:
		m.planNew()
	case !isUpdate:
		m.InvitationExpiresAt = types.StringNull() // Nobody is invited who is there already.
	case m.Active.Equal(before.Active) && m.Identity.Equal(before.Identity):
		m.Status = before.Status
	case !m.Active.IsUnknown() && !m.Active.ValueBool():
		m.Status = types.StringValue(string(access.StatusInactive))
	}
	if isUpdate && !m.isReinvited(before) {
		m.InvitationExpiresAt = before.InvitationExpiresAt
	}
}

// planAddress keeps what the state says of the account, also where that is out of date, so that a plan which changes
// nothing is empty; an update of the address takes over what SignPath has.
func (m *userModel) planAddress(before *userModel, address string) {
	m.Member = before.Member
	if !before.AccountEmail.IsNull() {
		m.AccountEmail = before.AccountEmail
	}
	if reference := (access.Reference{Kind: access.KindUser, Key: address}); !m.Email.Equal(before.Email) {
		m.AccountEmail = types.StringValue(address)
		if !sameReference(m.Member, reference) {
			m.Member = types.StringValue(reference.String())
		}
	}
}

// isOther tells whether the address of the configuration is that of another account than the one of the state,
// which has an address at SignPath by now.
func (m *userModel) isOther(before *userModel, address string) bool {
	return !strings.EqualFold(m.Email.ValueString(), before.Email.ValueString()) && !strings.EqualFold(m.Email.ValueString(), address)
}

func (m *userModel) planNew() {
	m.DirectorySynchronized = types.BoolValue(false)
	if m.Identity.IsUnknown() || m.Active.IsUnknown() {
		return
	}
	status := access.Principal{Active: m.Active.ValueBool(), Invited: m.Identity.IsNull()}.Status()
	m.Status = types.StringValue(string(status))
	if !m.Identity.IsNull() {
		m.InvitationExpiresAt = types.StringNull()
	}
}

// isReinvited tells whether an update from the state to m sends an invitation:
// where the triggers change, and the user has not accepted the last one.
func (m *userModel) isReinvited(before *userModel) bool {
	return !m.ReinviteTriggers.Equal(before.ReinviteTriggers) && before.Status.ValueString() == string(access.StatusInvited)
}

// settle fills in what the plan left unknown.
func (m *userModel) settle(p access.Principal) {
	if m.AccountEmail.IsUnknown() {
		m.AccountEmail = types.StringValue(p.Email)
	}
	m.DirectorySynchronized = types.BoolValue(p.Synchronized)
	if m.Status.IsUnknown() {
		m.Status = types.StringValue(string(p.Status()))
	}
	if m.InvitationExpiresAt.IsUnknown() {
		m.InvitationExpiresAt = types.StringNull()
		if p.Status() == access.StatusInvited {
			m.InvitationExpiresAt = expiryOfInvitation()
		}
	}
}

// expiryOfInvitation is when an invitation that was sent now expires.
func expiryOfInvitation() types.String {
	return types.StringValue(time.Now().UTC().Add(vocabulary.InvitationValidity).Format(time.RFC3339))
}

// Schema implements [resource.Resource].
func (r *userResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := accountAttributes(access.KindUser)
	attributes[run.AttrName] = schema.StringAttribute{
		Required:            true,
		MarkdownDescription: "Display name.",
		Validators:          []validator.String{run.IsName()},
	}
	attributes[run.AttrEmail] = schema.StringAttribute{
		Required: true,
		MarkdownDescription: "E-mail address of the account with which the person signs in; compared without case. " +
			"Another address is another account, so it replaces the resource: the old user is deactivated and a new one invited. " +
			"But an address that was changed at SignPath, or by accepting the invitation with another account, replaces nothing: " +
			"the plan is empty and says in a warning which address to write here, and to write it changes nothing at SignPath.",
		Validators:    []validator.String{run.IsEmail()},
		PlanModifiers: []planmodifier.String{keepSpellingOfEmail{}},
	}
	attributes[attrAccountEmail] = schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "E-mail address that the account has at SignPath. It differs from `email` where it was changed there since. " +
			"`member` is made of it.",
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
	attributes["status"] = schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "`invited`, `active` or `inactive`, as far as the server tells: a user without an identity counts as invited (inferred). " +
			"It never shows as drift by itself.",
	}
	attributes[attrInvitationExpiresAt] = schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "When the invitation that Terraform sent last expires, 14 days after it was sent, as an RFC 3339 time in UTC. " +
			"Null if the user is not invited, or the invitation was not sent by Terraform. An expired invitation is not drift: send a new one with `reinvite_triggers` or the action `signpath_reinvite_user`.",
	}
	attributes[attrReinviteTriggers] = schema.MapAttribute{
		Optional:    true,
		ElementType: types.StringType,
		MarkdownDescription: "Any values; a change sends the user a new invitation, as long as the last one is not accepted, and shows in the plan as an update. " +
			"Where Terraform or OpenTofu [has no actions](../index.md#what-needs-which-version). It sends nothing at the create, which invites by itself.",
	}
	attributes["directory_synchronized"] = schema.BoolAttribute{
		Computed: true,
		MarkdownDescription: "Whether the user is synchronized from the organization's directory. Such a user cannot be managed here; " +
			"it can be named on access lists.",
		PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages an interactive user: a person who submits, approves or administers.\n\n" +
			"**Creating a user sends an invitation** to the e-mail address, as adding one in SignPath's web application does; it is valid for 14 days. Nothing else sends one, unless the plan says so by `reinvite_triggers`. " +
			"A new user has no rights: grant them with the access list resources and `signpath_role_assignment`. " +
			"An account may be used for several organizations, each of which has a user for it: one resource for each, with the provider block of its organization.\n\n" +
			"On destroy, the user is deactivated, because SignPath's API is not known to delete users.\n\n" +
			"Needs the role User Administrator or Global Administrator.",
		Attributes: attributes,
	}
}

// Update implements [resource.Resource]. It sends a new invitation where the plan
// says so.
func (r *userResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	var plan, state userModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.isReinvited(&state) {
		err := r.Client.Reinvite(ctx, state.ID.ValueString())
		doing := "Inviting " + state.Member.ValueString() + " again"
		run.AddFailure(&resp.Diagnostics, run.Failure{At: path.Root(attrReinviteTriggers), Doing: doing, Needs: run.NeedsUserAdmin}, err)
		if err == nil {
			// Saved at once: if the rest of the update fails, the next apply must not
			// send another mail.
			resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attrReinviteTriggers), plan.ReinviteTriggers)...)
			resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attrInvitationExpiresAt), expiryOfInvitation())...)
		}
	}
	if !resp.Diagnostics.HasError() {
		r.principalResource.Update(ctx, req, resp)
	}
}

// keepSpellingOfEmail plans no change if the address differs in case only.
type keepSpellingOfEmail struct{}

// Description implements [planmodifier.Describer].
func (keepSpellingOfEmail) Description(context.Context) string { return "compared without case" }

// MarkdownDescription implements [planmodifier.Describer].
func (m keepSpellingOfEmail) MarkdownDescription(ctx context.Context) string {
	return m.Description(ctx)
}

// PlanModifyString implements [planmodifier.String].
func (keepSpellingOfEmail) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if !req.StateValue.IsNull() && strings.EqualFold(req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}
