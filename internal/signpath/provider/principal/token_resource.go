package principal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// ciUserTokenResource manages the API token of a CI user: it regenerates it on
// create, and every rotation is a replacement. Its plans are in
// token_plan.go.
type ciUserTokenResource struct{ run.Configured }

var _ run.PlannedResource = (*ciUserTokenResource)(nil)

func newCIUserTokenResource() run.PlannedResource { return &ciUserTokenResource{} }

// ciUserTokenModel is the state of signpath_ci_user_token.
type ciUserTokenModel struct {
	ID                   types.String `tfsdk:"id"`
	CIUser               types.String `tfsdk:"ci_user"`
	RotationTriggers     types.Map    `tfsdk:"rotation_triggers"`
	RotateAfter          types.String `tfsdk:"rotate_after"`
	RotateEarly          types.String `tfsdk:"rotate_early"`
	EncryptionRecipients types.Set    `tfsdk:"encryption_recipients"`
	GitHubRecipients     types.Map    `tfsdk:"github_recipients"`
	AllowLockout         types.Bool   `tfsdk:"allow_lockout"`
	Token                types.String `tfsdk:"token"`
	EncryptedToken       types.String `tfsdk:"encrypted_token"`
	GitHubTokens         types.Map    `tfsdk:"github_tokens"`
	GeneratedAt          types.String `tfsdk:"generated_at"`
	RotatesAt            types.String `tfsdk:"rotates_at"`
	OrganizationID       types.String `tfsdk:"organization_id"`
}

const (
	attrRotationTriggers     = "rotation_triggers"
	attrRotateAfter          = "rotate_after"
	attrRotateEarly          = "rotate_early"
	attrEncryptionRecipients = "encryption_recipients"
	attrGitHubRecipients     = "github_recipients"
	attrToken                = "token"
	attrEncryptedToken       = "encrypted_token"
	attrGitHubTokens         = "github_tokens" //nolint:gosec // It is a name, and what has it is sealed.
	attrGeneratedAt          = "generated_at"
	attrRotatesAt            = "rotates_at"
)

// Metadata implements [resource.Resource].
func (r *ciUserTokenResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_ci_user_token"
}

// Schema implements [resource.Resource].
func (r *ciUserTokenResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	kept := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Generates the API token of a CI user, and rotates it.\n\n" +
			"A CI user has one token. SignPath shows it only when it is generated, and the one before stops working in that moment. " +
			"So this resource **regenerates the token when it is created**, " +
			"and every rotation is a replacement that the plan shows: when `rotation_triggers` change, when the token is due by `rotate_after`, " +
			"when `encryption_recipients` or the names of `github_recipients` change, or for another CI user. " +
			"Neither a refresh nor a plan ever rotates.\n\n" +
			"With `create_before_destroy` or without it, the old token stops working as soon as the new one is generated: SignPath has no second place for it. " +
			"Builds that run between that and the delivery of the new token are refused. " +
			"The guide [Tokens](../guides/tokens.md) shows how to deliver and rotate tokens.\n\n" +
			"**Without `github_recipients` and `encryption_recipients`, the token is in the state in the clear.** With either, the state, the plan and the log have it only encrypted.\n\n" +
			"The request is never sent twice. If its answer is lost, the apply fails, and nobody knows the new token; the resource is then tainted, and the next apply regenerates it.\n\n" +
			"On destroy, the resource is forgotten and **the token stays valid** until another is generated, because SignPath's API is not known to revoke tokens. " +
			"Deactivate the CI user to make it useless.\n\n" +
			"It cannot be imported, because a token cannot be read back. There is no ephemeral form, " +
			"because Terraform opens one in every plan and every apply, and each time would rotate the token. " +
			"Two of these resources for one CI user are an error in the plan, and so is a plan that ends one and creates another: " +
			"a renamed resource needs a `moved` block, because the new one would generate another token.\n\n" +
			"Needs the role User Administrator or Global Administrator. That the route is called with POST and answers `apiToken` is inferred; " +
			"if the answer lacks it, the error says what it has instead.",
		Attributes: map[string]schema.Attribute{
			run.AttrID: schema.StringAttribute{
				Computed: true, PlanModifiers: kept,
				MarkdownDescription: "Id of the CI user at SignPath, a UUID; known in the plan if the CI user exists." + run.RefusedIfChanged,
			},
			run.AttrCIUser: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The CI user, as a member reference: `ci_user:NAME`, or `ci_user:` with a UUID. " +
					"Another CI user replaces the resource, and so does a value that is only known after apply; another spelling of the same one changes nothing. " +
					"A CI user that does not exist or fits several is an error in the plan.",
				Validators: []validator.String{run.IsMemberOfPlan(access.KindCIUser)},
			},
			attrRotationTriggers: schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Any values. A change of them, or one that may come with the apply, rotates the token: the plan shows a replacement.",
			},
			attrRotateAfter: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How old the token may become, as a period above zero: `90d` are 90 days of 24 hours, `720h` are 30, `1d12h` are a day and a half. " +
					"The first plan that refreshes after `rotates_at` shows a replacement, and a warning with the reason. " +
					"A plan that nobody makes rotates nothing, a plan with `-refresh=false` does not look, " +
					"and one with `token_rotation = \"hold\"` in the provider block only warns. " +
					"The period itself can be changed in place.",
				Validators: []validator.String{isRotationPeriod()},
			},
			attrRotateEarly: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The last part of `rotate_after`, in which the token falls due, as a period below it. Each token has a moment of its own in it, which nobody chooses, " +
					"so that tokens which were generated in one apply do not all rotate in one run. A token gets no older than `rotate_after` by this. " +
					"Defaults to a tenth of `rotate_after`; `0s` lets the token fall due at its very end. It can be changed in place.",
				Validators: []validator.String{isEarlyPeriod(), isBelowRotateAfter{}},
			},
			attrEncryptionRecipients: schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Public keys for [age](https://age-encryption.org): X25519 (`age1…`) or SSH (`ssh-ed25519 …`, " +
					"`ssh-rsa …` of 2048 bits or more). If they are set, `token` is null, and `encrypted_token` can be opened with any one of the private keys. " +
					"Another set, also with another comment in an SSH key, replaces the resource: the token that was generated is not there any more to be encrypted again. " +
					"An empty set, a private key, a key of another kind and several keys in one element are errors in the plan.",
				Validators: []validator.Set{setvalidator.SizeAtLeast(1), run.NoNulls(), setvalidator.ValueStringsAre(isEncryptionRecipient())},
			},
			attrGitHubRecipients: githubRecipientsAttribute(),
			run.AttrAllowLockout: schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the token may be the one that Terraform itself uses. Without it, such a plan is an error: " +
					"as soon as the token is regenerated, SignPath refuses every later request of the same run. " +
					"With it, the plan warns of that. Defaults to `false`.",
			},
			attrToken: schema.StringAttribute{
				Computed: true, Sensitive: true, PlanModifiers: kept,
				MarkdownDescription: "The API token. Null with `github_recipients` or `encryption_recipients`. It cannot be read back, so a token that was regenerated elsewhere does not show as drift.",
			},
			attrEncryptedToken: schema.StringAttribute{
				Computed: true, PlanModifiers: kept,
				MarkdownDescription: "The API token as an ASCII-armored age file; null without `encryption_recipients`. It is not a secret, " +
					"and not marked as sensitive: only the private keys open it. `age -d -i key.txt` does.",
			},
			attrGitHubTokens: githubTokensAttribute(),
			attrGeneratedAt: schema.StringAttribute{
				Computed: true, PlanModifiers: kept,
				MarkdownDescription: "When the token was generated, by the clock of the machine that applied: RFC 3339, in UTC, such as `2026-01-31T12:00:00Z`. " +
					"If it is more than five minutes after now, a plan warns of it: a clock is wrong, and the token would get too old.",
			},
			attrRotatesAt: schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "From when on the token is due for rotation, in the form of `generated_at`; null without `rotate_after`. " +
					"It follows from the CI user, `generated_at`, `rotate_after` and `rotate_early`.",
			},
		},
	}
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *ciUserTokenResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = run.PrincipalIdentitySchema("CI user")
}

// Create implements [resource.Resource]: it regenerates the token. If SignPath
// refuses that, there is no state. If the token is lost, there is one without it, which
// Terraform marks as tainted, so that the next apply does the same again. Without a state,
// Terraform puts back the object that create_before_destroy has set aside, and what made it
// replace that may not come again: -replace, or replace_triggered_by.
func (r *ciUserTokenResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	var plan ciUserTokenModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	recipients := plan.recipients(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	p, err := r.ExistingMember(ctx, plan.CIUser.ValueString())
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.LookingUp(run.AttrCIUser, plan.CIUser.ValueString()), err)
		return
	}
	token, err := r.Client.RegenerateToken(ctx, p.ID)
	if err != nil {
		addTokenFailure(&resp.Diagnostics, p, err)
		if !isLost(err) {
			return
		}
	}
	r.Tokens.Regenerated.Add(p.ID)
	plan.ID = types.StringValue(p.ID)
	plan.GeneratedAt = types.StringValue(r.Now().UTC().Format(time.RFC3339))
	plan.RotatesAt = plan.rotatesAt()
	if err != nil {
		plan.keepNone()
	} else if err := plan.keep(ctx, token, recipients); err != nil {
		resp.Diagnostics.AddError("API token lost", tfkit.Sentence(fmt.Sprintf(
			"The API token of %s was regenerated, but it could not be encrypted, and is not kept in the clear. The old one is invalid. Apply again: "+
				"that regenerates it once more. The encryption failed: %s", p, err)))
		plan.keepNone()
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	run.PrincipalIdentity(p.ID).Set(ctx, resp.Identity, &resp.Diagnostics)
}

// recipients returns the public keys that age encrypts to, nil if there are none.
func (m *ciUserTokenModel) recipients(ctx context.Context, diags *diag.Diagnostics) []string {
	if m.EncryptionRecipients.IsNull() {
		return nil
	}
	recipients := []string{}
	diags.Append(m.EncryptionRecipients.ElementsAs(ctx, &recipients, false)...)
	return recipients
}

// keepNone makes a state without a token.
func (m *ciUserTokenModel) keepNone() {
	m.Token, m.EncryptedToken, m.GitHubTokens = types.StringNull(), types.StringNull(), types.MapNull(githubTokenType)
}

// keep takes the token into the model in the forms that are asked for: in the clear only
// where there is no other.
func (m *ciUserTokenModel) keep(ctx context.Context, token string, recipients []string) (err error) {
	m.keepNone()
	if m.GitHubTokens, err = m.githubTokens(ctx, func(key githubKey) (types.String, error) {
		sealed, err := seal(token, key.Key.ValueString())
		return types.StringValue(sealed), err
	}); err != nil {
		return err
	}
	if recipients != nil {
		encrypted, err := encrypt(token, recipients)
		m.EncryptedToken = types.StringValue(encrypted)
		return err
	}
	if m.GitHubRecipients.IsNull() {
		m.Token = types.StringValue(token)
	}
	return nil
}

// isLost tells whether a failed regeneration may have cost the old token.
func isLost(err error) bool {
	var lost *api.LostTokenError
	return errors.As(err, &lost)
}

// addTokenFailure reports a failed regeneration, and whether it may have cost
// the old token.
func addTokenFailure(diags *diag.Diagnostics, p access.Principal, err error) {
	f := run.Failure{At: path.Root(run.AttrCIUser), Doing: fmt.Sprintf("Regenerating the API token of %s", p), Needs: run.NeedsUserAdmin}
	if !isLost(err) {
		run.AddFailure(diags, f, err)
		return
	}
	diags.AddAttributeError(f.At, "API token may be lost", tfkit.Sentence(fmt.Sprintf("%s failed: %s", f.Doing, err))+
		"\n\nThe old token may be invalid by now, and builds that use it may be refused. No token was stored. Apply again: the resource is tainted, so that regenerates the token once more. "+
		"If the answer is the same then, generate the token in SignPath's web application, and report this message to this provider's project.")
}

// Read implements [resource.Resource]. A token cannot be read back, so only the
// end of the CI user shows.
func (r *ciUserTokenResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state ciUserTokenModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Departed.Note(state.CIUser.ValueString(), state.ID.ValueString())
	p, err := r.Client.Principal(ctx, access.KindCIUser, state.ID.ValueString())
	if api.IsGone(err) {
		run.RemoveFromState(ctx, resp)
		return
	}
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{At: path.Root(run.AttrCIUser), Doing: "Reading " + state.CIUser.ValueString(), Needs: run.NeedsAnyRole}, err)
		return
	}
	r.Tokens.Read.Add(p.ID)
	r.Holdings.Read(run.HeldTokens, []string{p.ID}, tfkit.InstanceMark(ctx, resp.Private, &resp.Diagnostics))
	state.CIUser = r.spellCIUser(state.CIUser, p)
	state.RotatesAt = state.rotatesAt()
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	run.PrincipalIdentity(p.ID).Set(ctx, resp.Identity, &resp.Diagnostics)
}

// spellCIUser keeps the spelling of the configuration as long as it means the
// CI user, who may have been renamed.
func (r *ciUserTokenResource) spellCIUser(known types.String, p access.Principal) types.String {
	directory := r.Client.Known()
	if reference, err := access.ParseReference(known.ValueString()); err == nil {
		if found, err := directory.Resolve(reference); err == nil && found.ID == p.ID {
			return known
		}
	}
	return types.StringValue(directory.ReferenceTo(p.ID).String())
}

// Update implements [resource.Resource]. What changes in place is how Terraform
// goes on, not the token.
func (r *ciUserTokenResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	var plan ciUserTokenModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
		run.PrincipalIdentity(plan.ID.ValueString()).Set(ctx, resp.Identity, &resp.Diagnostics)
	}
}

// Delete implements [resource.Resource]: it forgets the token. The plan of a
// destroy has said that it stays valid.
func (r *ciUserTokenResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state ciUserTokenModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if !resp.Diagnostics.HasError() {
		r.Tokens.Forgotten.Add(state.ID.ValueString())
	}
}

// ImportState implements [resource.ResourceWithImportState], to say why not.
func (r *ciUserTokenResource) ImportState(_ context.Context, _ resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Diagnostics.AddError("An API token cannot be imported",
		"SignPath shows a token only when it is generated, so there is nothing to import. Leave the import out: the resource is then created, "+
			"which regenerates the token, and the present one stops working.")
}
