package principal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// principalResource is what the resources for interactive users, CI users and user groups
// share: their whole life, from create to end.
type principalResource struct {
	run.Configured
	kind access.Kind
	// keyAttribute is the attribute that the member reference is made of.
	keyAttribute string
	// newModel returns an empty model of the resource.
	newModel func() principalModel
}

// A principalModel is the state of one principal.
type principalModel interface {
	// fields returns the attributes that all kinds have.
	fields() *principalFields
	// account returns those of an account; nil for a group.
	account() *accountFields
	// key is the natural key.
	key() types.String
	// settings are the attributes of the settings that this kind has.
	settings() map[string]*types.String
	// read takes what only this kind has from a principal that was read.
	read(p access.Principal)
	// plan fills in what only this kind computes and what is known of it in the
	// plan. prior is the state, nil for a create; existing is what the server
	// has, nil if nothing.
	plan(prior principalModel, existing *access.Principal)
	// settle fills in what the plan left unknown, after the principal was written.
	settle(p access.Principal)
}

// principalFields are the attributes that all kinds of principals have.
type principalFields struct {
	ID             types.String `tfsdk:"id"`
	Name           types.String `tfsdk:"name"`
	Member         types.String `tfsdk:"member"`
	AdoptExisting  types.Bool   `tfsdk:"adopt_existing"`
	TakesOver      types.String `tfsdk:"takes_over"`
	OrganizationID types.String `tfsdk:"organization_id"`
}

func (f *principalFields) fields() *principalFields { return f }

// accountFields are the attributes that all kinds of users have. Groups are always active.
type accountFields struct {
	Active       types.Bool `tfsdk:"active"`
	AllowLockout types.Bool `tfsdk:"allow_lockout"`
	WasActive    types.Bool `tfsdk:"was_active"`
}

func (f *accountFields) account() *accountFields { return f }

// isActive is true for an account of which it is not known yet.
func (f *accountFields) isActive() bool {
	return f == nil || f.Active.IsUnknown() || f.Active.ValueBool()
}

// allowsLockout is false for a group, which locks nobody out by itself.
func (f *accountFields) allowsLockout() bool { return f != nil && f.AllowLockout.ValueBool() }

// principalAttributes are those of all kinds; adopts says what adopt_existing takes over.
func principalAttributes(kind access.Kind, adopts string) map[string]schema.Attribute {
	noun := kind.Noun()
	attributes := map[string]schema.Attribute{
		run.AttrID: schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: fmt.Sprintf("Id of the %s at SignPath, a UUID.", noun),
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		},
		run.AttrAdoptExisting: run.AdoptExistingAttribute(adopts),
		run.AttrTakesOver:     run.TakesOverAttribute(run.WithArticle(noun)),
	}
	maps.Copy(attributes, managedSettings(kind))
	return attributes
}

// accountAttributes are those of interactive users and CI users.
func accountAttributes(kind access.Kind) map[string]schema.Attribute {
	noun := kind.Noun()
	attributes := principalAttributes(kind, run.WithArticle(noun)+" that exists already, active or inactive, and activates it if it has to be active")
	attributes[run.AttrWasActive] = schema.BoolAttribute{
		Computed: true,
		MarkdownDescription: fmt.Sprintf("Whether the %s whom the create takes over was active before it. Null where `takes_over` is. "+
			"It is known in every plan, and stays as it is after the create.%s", noun, run.RefusedIfChanged),
		PlanModifiers: []planmodifier.Bool{run.OfCreate{}},
	}
	attributes[run.AttrAllowLockout] = run.AllowLockoutAttribute("deactivates the user that Terraform acts as, or the last active Global Administrator")
	attributes[run.AttrActive] = schema.BoolAttribute{
		Optional: true,
		Computed: true,
		Default:  booldefault.StaticBool(true),
		MarkdownDescription: "Whether the account may be used. Defaults to `true`. A deactivated user keeps its rights, and has them again when it is activated. " +
			"Deactivation outside Terraform shows as drift.",
	}
	attributes[run.AttrMember] = schema.StringAttribute{
		Computed:            true,
		MarkdownDescription: fmt.Sprintf("Member reference, for access lists and role assignments: `%s:…`. Known in the plan, also for one that the same plan creates; referring to it makes Terraform create it first.", kind),
	}
	return attributes
}

// Metadata implements [resource.Resource].
func (r *principalResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = vocabulary.ResourceType(r.kind)
}

// needs says which role managing the principals needs.
func (r *principalResource) needs() string {
	if r.kind == access.KindGroup {
		return run.NeedsGroupAdmin
	}
	return run.NeedsUserAdmin
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *principalResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = run.PrincipalIdentitySchema(r.kind.Noun())
}

// Create implements [resource.Resource].
func (r *principalResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	model := r.newModel()
	resp.Diagnostics.Append(req.Plan.Get(ctx, model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	wanted := r.principalOf(model)
	if r.RefuseLeft(wanted, path.Root(r.keyAttribute), &resp.Diagnostics) {
		return
	}
	created, err := r.create(ctx, wanted, model, &resp.Diagnostics)
	if created.ID == "" && err == nil { // It is reported.
		return
	}
	doing := run.Failure{At: path.Root(r.keyAttribute), Doing: fmt.Sprintf("Creating %s", wanted), Needs: r.needs(), Creating: true}
	var lost *api.LostCreateError
	if err != nil && !errors.As(err, &lost) && !run.IsInForce(err) {
		run.AddFailure(&resp.Diagnostics, doing, err)
		return
	}
	// The id is saved before anything else is asked of SignPath. If it is not
	// known whether there is one, the next refresh looks for it; see find.
	r.save(ctx, model, created, resp)
	r.NoteCreated(ctx, resp.Private, &resp.Diagnostics)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, doing, err)
		return
	}
	account := model.account()
	if account == nil || account.Active.ValueBool() == created.Active {
		return
	}
	active := account.Active.ValueBool()
	if err := r.Client.SetActive(ctx, r.kind, created.ID, active); err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{
			At: path.Root(run.AttrActive), Doing: activation(active) + " " + wanted.String(), Needs: run.NeedsUserAdmin,
		}, err)
		return
	}
	if p, err := r.Client.Principal(ctx, r.kind, created.ID); err == nil {
		resp.Diagnostics.Append(req.Plan.Get(ctx, model)...)
		r.save(ctx, model, p, resp)
	}
}

// save writes the state of a create: the plan, with what it left unknown.
func (r *principalResource) save(ctx context.Context, model principalModel, p access.Principal, resp *resource.CreateResponse) {
	fields := model.fields()
	fields.ID = run.TextOrNull(p.ID)
	fields.Member = types.StringValue(access.Reference{Kind: r.kind, Key: model.key().ValueString()}.String())
	settle(model, p)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	run.PrincipalIdentity(p.ID).Set(ctx, resp.Identity, &resp.Diagnostics)
}

// create makes the principal, or takes up the one that the plan names: SignPath keeps what a
// replacement has just destroyed, and has no second place for the same e-mail or name.
func (r *principalResource) create(ctx context.Context, wanted access.Principal, plan principalModel, diags *diag.Diagnostics) (access.Principal, error) {
	fields := plan.fields()
	if fields.TakesOver.IsNull() {
		if r.AwaitName(ctx, wanted, access.Principal{}, path.Root(r.keyAttribute), diags); diags.HasError() {
			return wanted, nil
		}
		return r.Client.CreatePrincipal(ctx, wanted)
	}
	defer r.Accounts.Lock(fields.TakesOver.ValueString())() // An end that is under way is over then.
	existing, err := r.Whole(ctx, r.kind, fields.TakesOver.ValueString())
	if err != nil {
		return wanted, err
	}
	// A plan only warns of a create that takes over and cannot be carried out: half of it
	// would be written.
	if wanted.Active != existing.Active {
		if err := r.Client.SettleActive(ctx, r.kind, wanted.Active); err != nil {
			return existing, err
		}
	}
	if fields.AdoptExisting.ValueBool() {
		run.WarnOfAdoption(existing, diags)
	}
	r.Accounts.Created.Add(existing.ID)
	if r.kind == access.KindGroup {
		r.refill(ctx, existing, diags)
	}
	change := adoption(plan)
	if change.IsEmpty() {
		return existing, nil
	}
	warnings, err := r.Client.EditPrincipal(ctx, r.kind, existing.ID, change)
	run.AddEditWarnings(diags, existing.String(), warnings)
	return existing, err
}

// adoption says what to edit of somebody who exists and is taken up: what the configuration sets.
func adoption(plan principalModel) api.PrincipalChange {
	change := api.PrincipalChange{Settings: map[string]string{}}
	if plan.account() != nil { // A group is looked for by its name.
		change.Name = plan.fields().Name.ValueStringPointer()
	}
	for attribute, text := range plan.settings() {
		if !text.IsUnknown() && !text.IsNull() {
			change.Settings[attribute] = text.ValueString()
		}
	}
	return change
}

// Read implements [resource.Resource].
func (r *principalResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	model := r.newModel()
	resp.Diagnostics.Append(req.State.Get(ctx, model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	fields := model.fields()
	p, err := r.find(ctx, model)
	r.NoticeRoles(ctx, &resp.Diagnostics)
	if run.IsNobody(err) {
		p, err = r.AwaitCreated(ctx, req.Private, r.kind, fields.ID.ValueString(), err)
	}
	if run.IsNobody(err) {
		run.RemoveFromState(ctx, resp)
		return
	}
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: fmt.Sprintf("Reading %s %s", r.kind.Noun(), fields.ID.ValueString()), Needs: run.NeedsAnyRole}, err)
		return
	}
	r.Replaced.Add(p.ID)
	r.NoteRead(ctx, resp.Private, run.HeldAccounts, []string{p.ID}, &resp.Diagnostics)
	readPrincipal(model, p)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	run.PrincipalIdentity(p.ID).Set(ctx, resp.Identity, &resp.Diagnostics)
}

// find returns the principal of a state. After a create whose answer was lost the
// state has no id, and the principal is looked for by the natural key.
func (r *principalResource) find(ctx context.Context, model principalModel) (access.Principal, error) {
	if id := model.fields().ID; !id.IsNull() {
		return r.Whole(ctx, r.kind, id.ValueString())
	}
	p, err := r.Client.Resolve(ctx, access.Reference{Kind: r.kind, Key: model.key().ValueString()})
	if err != nil {
		return p, err
	}
	return r.Complete(ctx, p)
}

// read takes over what SignPath says.
func (f *principalFields) read(p access.Principal) {
	f.ID = types.StringValue(p.ID)
	f.Name = types.StringValue(p.Name)
	if reference := p.Reference(); !sameReference(f.Member, reference) {
		f.Member = types.StringValue(reference.String())
	}
}

// readPrincipal makes a model what SignPath says.
func readPrincipal(m principalModel, p access.Principal) {
	m.fields().read(p)
	if account := m.account(); account != nil {
		account.Active = types.BoolValue(p.Active)
	}
	readSettings(m.settings(), p)
	m.read(p)
}

// settle fills in what the plan left unknown.
func settle(m principalModel, p access.Principal) {
	for _, setting := range vocabulary.SignPath.Settings {
		if text := m.settings()[setting.Attribute]; text != nil && text.IsUnknown() {
			*text = run.TextOrNull(*setting.Of(&p))
		}
	}
	m.settle(p)
}

// sameReference tells whether the text is a spelling of the reference.
func sameReference(text types.String, reference access.Reference) bool {
	known, err := access.ParseReference(text.ValueString())
	return err == nil && known.Same(reference)
}

// Update implements [resource.Resource].
func (r *principalResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	plan, state := r.newModel(), r.newModel()
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.update(ctx, plan, state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	p, err := r.Whole(ctx, r.kind, state.fields().ID.ValueString())
	run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Reading " + state.fields().Member.ValueString(), Needs: run.NeedsAnyRole}, err)
	settle(plan, p)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	run.PrincipalIdentity(state.fields().ID.ValueString()).Set(ctx, resp.Identity, &resp.Diagnostics)
}

// update brings the principal from the state to the plan.
func (r *principalResource) update(ctx context.Context, plan, state principalModel, diags *diag.Diagnostics) {
	id, name := state.fields().ID.ValueString(), state.fields().Member.ValueString()
	wanted, present := r.principalOf(plan), r.principalOf(state)
	wanted.ID = id
	if r.kind != access.KindUser && !wanted.Reference().Same(present.Reference()) { // No update changes an address.
		r.AwaitName(ctx, wanted, present, path.Root(r.keyAttribute), diags)
	}
	if change := changeOf(plan, state); !change.IsEmpty() && !diags.HasError() {
		warnings, err := r.Client.EditPrincipal(ctx, r.kind, id, change)
		run.AddEditWarnings(diags, name, warnings)
		run.AddFailure(diags, run.Failure{Doing: "Editing " + name, Needs: r.needs()}, err)
	}
	if diags.HasError() {
		return
	}
	defer r.Accounts.Lock(id)()
	if r.kind == access.KindGroup {
		r.refill(ctx, wanted, diags)
		return
	}
	isDeactivated := r.Accounts.Deactivated.Has(id) && wanted.Active
	if isDeactivated || wanted.Active != present.Active {
		err := r.Client.SetActive(ctx, r.kind, id, wanted.Active)
		run.AddFailure(diags, run.Failure{At: path.Root(run.AttrActive), Doing: activation(wanted.Active) + " " + name, Needs: run.NeedsUserAdmin}, err)
	}
}

// changeOf says what to edit. What the configuration does not set is in the plan
// as it is in the state.
func changeOf(plan, state principalModel) api.PrincipalChange {
	change := api.PrincipalChange{Settings: map[string]string{}}
	if want := plan.fields().Name; !want.Equal(state.fields().Name) {
		change.Name = want.ValueStringPointer()
	}
	have := state.settings()
	for attribute, want := range plan.settings() {
		if text := want.ValueString(); !want.IsUnknown() && text != have[attribute].ValueString() {
			change.Settings[attribute] = text
		}
	}
	return change
}

func activation(active bool) string {
	if active {
		return "Activating"
	}
	return "Deactivating"
}

// Delete implements [resource.Resource]: it deactivates a user and empties a group, as
// nothing else is known to exist.
func (r *principalResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	state := r.newModel()
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Replaced.Add(state.fields().ID.ValueString())
	if !state.account().isActive() {
		return
	}
	existing, err := r.find(ctx, state)
	if run.IsNobody(err) {
		return
	}
	id := cmp.Or(existing.ID, state.fields().ID.ValueString())
	if run.IsSucceeded(ctx, req.Private, id) {
		return
	}
	defer r.Accounts.Lock(id)()
	if len(r.GivenUp(ctx, req.Private, run.HeldAccounts, []string{id})) == 0 {
		return
	}
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Reading " + state.fields().Member.ValueString(), Needs: run.NeedsAnyRole}, err)
		return
	}
	if r.kind == access.KindGroup {
		r.empty(ctx, req.Private, existing, &resp.Diagnostics)
		return
	}
	r.deactivate(ctx, existing, run.AllowedLockout(ctx, req.Private), &resp.Diagnostics)
}

func (r *principalResource) deactivate(ctx context.Context, existing access.Principal, allowed bool, diags *diag.Diagnostics) {
	if r.CheckDeactivation(ctx, existing, allowed, path.Empty(), diags); diags.HasError() {
		return
	}
	r.Accounts.Deactivated.Add(existing.ID)
	err := r.Client.SetActive(ctx, r.kind, existing.ID, false)
	run.AddFailure(diags, run.Failure{Doing: "Deactivating " + existing.Reference().String(), Needs: run.NeedsUserAdmin}, err)
}

// ImportState implements [resource.ResourceWithImportState]: by id or natural key, with or
// without the kind in front, or by identity.
func (r *principalResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	wanted := req.ID
	if wanted == "" {
		wanted = run.ImportedID(ctx, req.Identity, run.AttrID, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	prefix := string(r.kind) + ":"
	reference, err := access.ParseReference(prefix + strings.TrimPrefix(wanted, prefix))
	if err != nil {
		resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("%q cannot be one. %s", wanted, r.importForm()))
		return
	}
	p, err := r.Client.Resolve(ctx, reference)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: fmt.Sprintf("Importing %q", wanted), Needs: run.NeedsAnyRole, ImportForm: run.ImportForm(req.ID, r.importForm())}, err)
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(run.AttrID), p.ID)...)
	run.PrincipalIdentity(p.ID).Set(ctx, resp.Identity, &resp.Diagnostics)
}

// importForm says what an import id is like.
func (r *principalResource) importForm() string {
	by := r.keyAttribute
	if r.kind == access.KindUser {
		by = "account's e-mail"
	}
	return fmt.Sprintf("The import id of %s is its %s or its UUID, and nothing else.", run.WithArticle(r.kind.Noun()), by)
}
