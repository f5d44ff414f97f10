package provider

import (
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
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// principalResource is what the resources for interactive users and CI users
// share: their whole life, from create to deactivation.
type principalResource struct {
	configured
	kind access.Kind
	// keyAttribute is the attribute that the member reference is made of.
	keyAttribute string
	// newModel returns an empty model of the resource.
	newModel func() principalModel
}

// A principalModel is the state of one user.
type principalModel interface {
	// fields returns the attributes that all kinds have.
	fields() *principalFields
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
	// settle fills in what the plan left unknown, after the user was written.
	settle(p access.Principal)
}

// principalFields are the attributes that all kinds of users have.
type principalFields struct {
	ID             types.String `tfsdk:"id"`
	Name           types.String `tfsdk:"name"`
	Active         types.Bool   `tfsdk:"active"`
	Member         types.String `tfsdk:"member"`
	AdoptExisting  types.Bool   `tfsdk:"adopt_existing"`
	AllowLockout   types.Bool   `tfsdk:"allow_lockout"`
	TakesOver      types.String `tfsdk:"takes_over"`
	WasActive      types.Bool   `tfsdk:"was_active"`
	OrganizationID types.String `tfsdk:"organization_id"`
}

func (f *principalFields) fields() *principalFields { return f }

const (
	attrID     = "id"
	attrName   = "name"
	attrEmail  = "email"
	attrActive = "active"
)

func principalAttributes(kind access.Kind) map[string]schema.Attribute {
	noun := kind.Noun()
	attributes := map[string]schema.Attribute{
		attrID: schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: fmt.Sprintf("Id of the %s at SignPath, a UUID.", noun),
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		},
		attrAdoptExisting: adoptExistingAttribute(articleOf(noun) + " that exists already, active or inactive, and activates it if it has to be active"),
		attrTakesOver:     takesOverAttribute(articleOf(noun)),
		attrWasActive: schema.BoolAttribute{
			Computed: true,
			MarkdownDescription: fmt.Sprintf("Whether the %s whom the create takes over was active before it. Null where `takes_over` is. "+
				"It is known in every plan, and stays as it is after the create.%s", noun, refusedIfChanged),
			PlanModifiers: []planmodifier.Bool{ofCreate{}},
		},
		attrAllowLockout: allowLockoutAttribute("deactivates the user that Terraform acts as, or the last active Global Administrator"),
		attrActive: schema.BoolAttribute{
			Optional: true,
			Computed: true,
			Default:  booldefault.StaticBool(true),
			MarkdownDescription: "Whether the account may be used. Defaults to `true`. A deactivated user keeps its rights, and has them again when it is activated. " +
				"Deactivation outside Terraform shows as drift.",
		},
		attrMember: schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: fmt.Sprintf("Member reference, for access lists and role assignments: `%s:…`. Known in the plan, also for one that the same plan creates; referring to it makes Terraform create it first.", kind),
		},
	}
	maps.Copy(attributes, managedSettings(kind))
	return attributes
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *principalResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = principalIdentitySchema(r.kind.Noun())
}

// Create implements [resource.Resource].
func (r *principalResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.noticeContract(&resp.Diagnostics)
	model := r.newModel()
	resp.Diagnostics.Append(req.Plan.Get(ctx, model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	fields := model.fields()
	wanted := r.principalOf(model)
	if r.refuseLeft(wanted, path.Root(r.keyAttribute), &resp.Diagnostics) {
		return
	}
	created, err := r.create(ctx, wanted, *fields, &resp.Diagnostics)
	if created.ID == "" && err == nil { // It is reported.
		return
	}
	doing := failure{at: path.Root(r.keyAttribute), doing: fmt.Sprintf("Creating %s", wanted), needs: needsUserAdmin, creating: true}
	var lost *api.LostCreateError
	if err != nil && !errors.As(err, &lost) && !isInForce(err) {
		addFailure(&resp.Diagnostics, doing, err)
		return
	}
	// The id is saved before anything else is asked of SignPath. If it is not
	// known whether there is one, the next refresh looks for it; see find.
	r.save(ctx, req.Plan, created, resp)
	r.noteCreated(ctx, resp.Private, &resp.Diagnostics)
	if err != nil {
		addFailure(&resp.Diagnostics, doing, err)
		return
	}
	active := fields.Active.ValueBool()
	if active == created.Active {
		return
	}
	if err := r.client.SetActive(ctx, r.kind, created.ID, active); err != nil {
		addFailure(&resp.Diagnostics, failure{at: path.Root(attrActive), doing: activation(active) + " " + wanted.String(), needs: needsUserAdmin}, err)
		return
	}
	if p, err := r.client.Principal(ctx, r.kind, created.ID); err == nil {
		r.save(ctx, req.Plan, p, resp)
	}
}

// save writes the state of a create: the plan, with what it left unknown.
func (r *principalResource) save(ctx context.Context, plan tfsdk.Plan, p access.Principal, resp *resource.CreateResponse) {
	model := r.newModel()
	resp.Diagnostics.Append(plan.Get(ctx, model)...)
	fields := model.fields()
	fields.ID = textOrNull(p.ID)
	fields.Member = types.StringValue(access.Reference{Kind: r.kind, Key: model.key().ValueString()}.String())
	settle(model, p)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	principalIdentity(p.ID).set(ctx, resp.Identity, &resp.Diagnostics)
}

// create makes the user, or takes up the one whom the plan names: SignPath has no second
// place for the same e-mail or name.
func (r *principalResource) create(ctx context.Context, wanted access.Principal, plan principalFields, diags *diag.Diagnostics) (access.Principal, error) {
	if plan.TakesOver.IsNull() {
		if r.awaitName(ctx, wanted, access.Principal{}, path.Root(r.keyAttribute), diags); diags.HasError() {
			return wanted, nil
		}
		return r.client.CreatePrincipal(ctx, wanted)
	}
	defer r.accounts.lock(plan.TakesOver.ValueString())() // An end that is under way is over then.
	existing, err := r.client.Principal(ctx, r.kind, plan.TakesOver.ValueString())
	if err != nil {
		return wanted, err
	}
	// A plan only warns of a create that takes over and cannot be carried out: half of it
	// would be written.
	if active := plan.Active.ValueBool(); active != existing.Active {
		if err := r.client.SettleActive(ctx, r.kind, active); err != nil {
			return existing, err
		}
	}
	if plan.AdoptExisting.ValueBool() {
		warnOfAdoption(existing, diags)
	}
	r.accounts.created.add(existing.ID)
	warnings, err := r.client.EditPrincipal(ctx, r.kind, existing.ID, r.adoption(wanted))
	addEditWarnings(diags, existing.String(), warnings)
	return existing, err
}

// adoption says what to edit of a user who exists and is taken up.
func (r *principalResource) adoption(wanted access.Principal) api.PrincipalChange {
	change := api.PrincipalChange{Name: &wanted.Name, Settings: map[string]string{}}
	for _, setting := range vocabulary.SignPath.SettingsOf(r.kind) {
		if text := *setting.Of(&wanted); text != "" {
			change.Settings[setting.Attribute] = text
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
	r.noticeRoles(ctx, &resp.Diagnostics)
	if isNobody(err) {
		p, err = r.awaitCreated(ctx, req.Private, r.kind, fields.ID.ValueString(), err)
	}
	if isNobody(err) {
		removeFromState(ctx, resp)
		return
	}
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: fmt.Sprintf("Reading %s %s", r.kind.Noun(), fields.ID.ValueString()), needs: needsAnyRole}, err)
		return
	}
	r.replaced.add(p.ID)
	r.noteRead(ctx, resp.Private, heldAccounts, []string{p.ID}, &resp.Diagnostics)
	readPrincipal(model, p)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	principalIdentity(p.ID).set(ctx, resp.Identity, &resp.Diagnostics)
}

// find returns the user of a state. After a create whose answer was lost the
// state has no id, and the user is looked for by the natural key.
func (r *principalResource) find(ctx context.Context, model principalModel) (access.Principal, error) {
	if id := model.fields().ID; !id.IsNull() {
		return r.client.Principal(ctx, r.kind, id.ValueString())
	}
	return r.client.Resolve(ctx, access.Reference{Kind: r.kind, Key: model.key().ValueString()})
}

// read takes over what SignPath says.
func (f *principalFields) read(p access.Principal) {
	f.ID = types.StringValue(p.ID)
	f.Name = types.StringValue(p.Name)
	f.Active = types.BoolValue(p.Active)
	if reference := p.Reference(); !sameReference(f.Member, reference) {
		f.Member = types.StringValue(reference.String())
	}
}

// readPrincipal makes a model what SignPath says.
func readPrincipal(m principalModel, p access.Principal) {
	m.fields().read(p)
	readSettings(m.settings(), p)
	m.read(p)
}

// settle fills in what the plan left unknown.
func settle(m principalModel, p access.Principal) {
	for _, setting := range vocabulary.SignPath.Settings {
		if text := m.settings()[setting.Attribute]; text != nil && text.IsUnknown() {
			*text = textOrNull(*setting.Of(&p))
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
	defer r.noticeContract(&resp.Diagnostics)
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
	p, err := r.client.Principal(ctx, r.kind, state.fields().ID.ValueString())
	addFailure(&resp.Diagnostics, failure{doing: "Reading " + state.fields().Member.ValueString(), needs: needsAnyRole}, err)
	settle(plan, p)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	principalIdentity(state.fields().ID.ValueString()).set(ctx, resp.Identity, &resp.Diagnostics)
}

// update brings the user from the state to the plan.
func (r *principalResource) update(ctx context.Context, plan, state principalModel, diags *diag.Diagnostics) {
	want, have := plan.fields(), state.fields()
	id, name := have.ID.ValueString(), have.Member.ValueString()
	change := changeOf(plan, state)
	if wanted, present := r.principalOf(plan), r.principalOf(state); !wanted.Reference().Same(present.Reference()) {
		wanted.ID = id
		r.awaitName(ctx, wanted, present, path.Root(r.keyAttribute), diags)
	}
	if !change.IsEmpty() && !diags.HasError() {
		warnings, err := r.client.EditPrincipal(ctx, r.kind, id, change)
		addEditWarnings(diags, name, warnings)
		addFailure(diags, failure{doing: "Editing " + name, needs: needsUserAdmin}, err)
	}
	defer r.accounts.lock(id)()
	isDeactivated := r.accounts.deactivated.has(id) && want.Active.ValueBool()
	if !diags.HasError() && (isDeactivated || !want.Active.Equal(have.Active)) {
		err := r.client.SetActive(ctx, r.kind, id, want.Active.ValueBool())
		addFailure(diags, failure{at: path.Root(attrActive), doing: activation(want.Active.ValueBool()) + " " + name, needs: needsUserAdmin}, err)
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
		if text := want.ValueString(); text != have[attribute].ValueString() {
			change.Settings[attribute] = text
		}
	}
	return change
}

// articleOf puts the indefinite article before a noun.
func articleOf(noun string) string {
	if strings.ContainsAny(noun[:1], "aeiou") {
		return "an " + noun
	}
	return "a " + noun
}

func activation(active bool) string {
	if active {
		return "Activating"
	}
	return "Deactivating"
}

// Delete implements [resource.Resource]: it deactivates, as nothing else is
// known to exist.
func (r *principalResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	defer r.noticeContract(&resp.Diagnostics)
	state := r.newModel()
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.replaced.add(state.fields().ID.ValueString())
	id := state.fields().ID.ValueString()
	if !state.fields().Active.ValueBool() || id == "" || isSucceeded(ctx, req.Private, id) {
		return
	}
	defer r.accounts.lock(id)()
	if len(r.givenUp(ctx, req.Private, heldAccounts, []string{id})) == 0 {
		return
	}
	if p, err := r.find(ctx, state); err == nil {
		r.checkDeactivation(ctx, p, allowedLockout(ctx, req.Private), path.Empty(), &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
	}
	r.accounts.deactivated.add(id)
	err := r.client.SetActive(ctx, r.kind, id, false)
	addFailure(&resp.Diagnostics, failure{doing: "Deactivating " + state.fields().Member.ValueString(), needs: needsUserAdmin}, err)
}

// ImportState implements [resource.ResourceWithImportState].
func (r *principalResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importPrincipal(ctx, r.kind, r.keyAttribute, req, resp)
}

// importPrincipal imports by id or natural key, with or without the kind in
// front, or by identity.
func (s *session) importPrincipal(ctx context.Context, kind access.Kind, keyAttribute string, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	wanted := req.ID
	if wanted == "" {
		wanted = importedID(ctx, req.Identity, attrID, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	prefix := string(kind) + ":"
	reference, err := access.ParseReference(prefix + strings.TrimPrefix(wanted, prefix))
	if err != nil {
		resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("%q is not valid: give the %s or the UUID of the %s.", wanted, keyAttribute, kind.Noun()))
		return
	}
	p, err := s.client.Resolve(ctx, reference)
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: fmt.Sprintf("Importing %q", wanted), needs: needsAnyRole}, err)
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attrID), p.ID)...)
	principalIdentity(p.ID).set(ctx, resp.Identity, &resp.Diagnostics)
}
