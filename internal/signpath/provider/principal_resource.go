package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
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
	// describe fills what only this kind has into a principal to be created.
	describe(p *access.Principal)
	// read takes what only this kind has from a principal that was read.
	read(p access.Principal)
}

// principalFields are the attributes that all kinds of users have.
type principalFields struct {
	ID                types.String `tfsdk:"id"`
	Name              types.String `tfsdk:"name"`
	NotificationEmail types.String `tfsdk:"notification_email"`
	Active            types.Bool   `tfsdk:"active"`
	Member            types.String `tfsdk:"member"`
}

func (f *principalFields) fields() *principalFields { return f }

const (
	attrID                = "id"
	attrName              = "name"
	attrEmail             = "email"
	attrNotificationEmail = "notification_email"
	attrActive            = "active"
)

func principalAttributes(kind access.Kind) map[string]schema.Attribute {
	noun := kind.Noun()
	return map[string]schema.Attribute{
		attrID: schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: fmt.Sprintf("Id of the %s at SignPath, a UUID.", noun),
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		},
		attrNotificationEmail: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "E-mail address to which SignPath sends notifications about signing requests. " +
				"If it is not set, Terraform does not manage it and leaves it as it is.",
			Validators: []validator.String{isEmail()},
		},
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
}

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (r *principalResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, req, resp)
		return
	}
	plan := r.newModel()
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	if resp.Diagnostics.HasError() || plan.key().IsUnknown() {
		return
	}
	member := access.Reference{Kind: r.kind, Key: plan.key().ValueString()}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(attrMember), member.String())...)
	if r.session == nil {
		return
	}
	r.check(ctx, plan, req, resp)
}

// check compares the plan with what exists, and registers the principal for the
// access lists that are planned after it.
func (r *principalResource) check(ctx context.Context, plan principalModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	planned := access.Principal{
		Kind: r.kind, Name: plan.fields().Name.ValueString(),
		Active: plan.fields().Active.IsUnknown() || plan.fields().Active.ValueBool(),
	}
	plan.describe(&planned)
	at := path.Root(r.keyAttribute)
	if req.State.Raw.IsNull() {
		r.refuseExisting(ctx, &planned, at, &resp.Diagnostics)
	} else {
		r.checkUpdate(ctx, &planned, req, resp)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	mark := instanceMark(ctx, resp.Private, &resp.Diagnostics)
	r.claim(r.object(memberKey(planned)), claim{mark: mark, by: "signpath_" + string(r.kind)}, at, &resp.Diagnostics)
	r.planned.put(planned)
}

// object names a user for the claims on it.
func (r *principalResource) object(key string) string { return r.kind.Noun() + " " + key }

// refuseExisting reports a user to be created who exists: Terraform must not
// take over what it did not make without being told. One that this run replaces
// by itself, as after a create that failed half-way, comes back instead.
func (r *principalResource) refuseExisting(ctx context.Context, planned *access.Principal, at path.Path, diags *diag.Diagnostics) {
	doing := failure{at: at, doing: fmt.Sprintf("Looking for an existing %s", planned), needs: needsAnyRole}
	directory, err := r.client.Directory(ctx, r.kind)
	if err != nil {
		addFailure(diags, doing, err)
		return
	}
	existing, err := directory.Resolve(planned.Reference())
	switch {
	case isNobody(err):
	case err != nil:
		addFailure(diags, doing, err)
	case existing.Synchronized:
		r.refuseSynchronized(existing, at, diags)
	case r.replaced.has(existing.ID):
		planned.ID = existing.ID
	default:
		diags.AddAttributeError(at, "Already exists", fmt.Sprintf(
			"The organization has %s already%s. To manage it with Terraform, import it, with the address of this resource as \"to\":\n\n"+
				"import {\n  to = signpath_%s.NAME\n  id = %q\n}", existing, inactiveNote(existing), r.kind, existing.Reference().Key))
	}
}

func inactiveNote(p access.Principal) string {
	if p.Active {
		return ""
	}
	return ", deactivated"
}

func (r *principalResource) refuseSynchronized(p access.Principal, at path.Path, diags *diag.Diagnostics) {
	diags.AddAttributeError(at, "Synchronized from a directory", fmt.Sprintf(
		"%s is synchronized from your organization's directory, and SignPath refuses to edit it. Change it in the directory. To grant it rights, name it on an access list as %q, without this resource.",
		p, p.Reference()))
}

func (r *principalResource) checkUpdate(ctx context.Context, planned *access.Principal, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	state := r.newModel()
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	if !r.sameKey(state, *planned) && r.kind == access.KindUser {
		return // It will be replaced; the create is planned next.
	}
	existing, err := r.client.Principal(ctx, r.kind, state.fields().ID.ValueString())
	if err != nil {
		addFailure(&resp.Diagnostics, failure{at: path.Root(r.keyAttribute), doing: "Reading " + planned.String(), needs: needsAnyRole}, err)
		return
	}
	if existing.Synchronized {
		r.refuseSynchronized(existing, path.Root(r.keyAttribute), &resp.Diagnostics)
	}
	planned.ID = existing.ID
}

func (r *principalResource) sameKey(state principalModel, planned access.Principal) bool {
	return planned.Reference().Same(access.Reference{Kind: r.kind, Key: state.key().ValueString()})
}

// planDestroy says that SignPath's API cannot delete users.
func (r *principalResource) planDestroy(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	state := r.newModel()
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.session != nil {
		mark := instanceMark(ctx, resp.Private, &resp.Diagnostics)
		r.claim(r.object(state.fields().ID.ValueString()), claim{mark: mark, by: "signpath_" + string(r.kind)}, path.Empty(), &resp.Diagnostics)
	}
	if !state.fields().Active.ValueBool() {
		return
	}
	resp.Diagnostics.AddWarning("Users are deactivated, not deleted", fmt.Sprintf(
		"SignPath's API offers no way to delete a user, so the destroy of %s deactivates the account. It stays visible as inactive, and on the access lists that still name it.",
		state.fields().Member.ValueString()))
}

// Create implements [resource.Resource].
func (r *principalResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	model := r.newModel()
	resp.Diagnostics.Append(req.Plan.Get(ctx, model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	fields := model.fields()
	wanted := access.Principal{Kind: r.kind, Name: fields.Name.ValueString(), NotificationEmail: fields.NotificationEmail.ValueString()}
	model.describe(&wanted)
	created, err := r.create(ctx, wanted, &resp.Diagnostics)
	if err != nil {
		addFailure(&resp.Diagnostics, failure{at: path.Root(r.keyAttribute), doing: fmt.Sprintf("Creating %s", wanted), needs: needsUserAdmin}, err)
		return
	}
	fields.ID = types.StringValue(created.ID)
	fields.Member = types.StringValue(wanted.Reference().String())
	model.read(created)
	// The id is saved before anything else is asked of SignPath.
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	if !fields.Active.ValueBool() {
		err := r.client.SetActive(ctx, r.kind, created.ID, false)
		addFailure(&resp.Diagnostics, failure{at: path.Root(attrActive), doing: fmt.Sprintf("Deactivating %s", wanted), needs: needsUserAdmin}, err)
	}
}

// create makes the user, or brings back the one that the destroy half of a
// replacement has just deactivated: SignPath has no second place for the same
// e-mail or name.
func (r *principalResource) create(ctx context.Context, wanted access.Principal, diags *diag.Diagnostics) (access.Principal, error) {
	directory, err := r.client.Directory(ctx, r.kind)
	if err != nil {
		return wanted, err
	}
	existing, err := directory.Resolve(wanted.Reference())
	if err != nil || !r.replaced.has(existing.ID) {
		return r.client.CreatePrincipal(ctx, wanted)
	}
	change := api.PrincipalChange{Name: &wanted.Name}
	if wanted.NotificationEmail != "" {
		change.NotificationEmail = &wanted.NotificationEmail
	}
	warnings, err := r.client.EditPrincipal(ctx, r.kind, existing.ID, change)
	addEditWarnings(diags, warnings)
	if err == nil {
		err = r.client.SetActive(ctx, r.kind, existing.ID, true)
	}
	return existing, err
}

// Read implements [resource.Resource].
func (r *principalResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	model := r.newModel()
	resp.Diagnostics.Append(req.State.Get(ctx, model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	fields := model.fields()
	p, err := r.client.Principal(ctx, r.kind, fields.ID.ValueString())
	if api.IsGone(err) {
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: fmt.Sprintf("Reading %s %s", r.kind.Noun(), fields.ID.ValueString()), needs: needsAnyRole}, err)
		return
	}
	r.replaced.add(p.ID)
	fields.read(p)
	model.read(p)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// read takes over what SignPath says. A notification e-mail that is not in the
// state is not managed; an import has no name yet, and takes it over.
func (f *principalFields) read(p access.Principal) {
	imported := f.Name.IsNull()
	if p.NotificationEmail != "" && (imported || !f.NotificationEmail.IsNull()) {
		f.NotificationEmail = types.StringValue(p.NotificationEmail)
	} else {
		f.NotificationEmail = types.StringNull()
	}
	f.Name = types.StringValue(p.Name)
	f.Active = types.BoolValue(p.Active)
	if reference := p.Reference(); !sameReference(f.Member, reference) {
		f.Member = types.StringValue(reference.String())
	}
}

// sameReference tells whether the text is a spelling of the reference.
func sameReference(text types.String, reference access.Reference) bool {
	known, err := access.ParseReference(text.ValueString())
	return err == nil && known.Same(reference)
}

// Update implements [resource.Resource].
func (r *principalResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, state := r.newModel(), r.newModel()
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	want, have := plan.fields(), state.fields()
	id, name := have.ID.ValueString(), have.Member.ValueString()
	change := api.PrincipalChange{}
	if !want.Name.Equal(have.Name) {
		change.Name = want.Name.ValueStringPointer()
	}
	if !want.NotificationEmail.IsNull() && !want.NotificationEmail.Equal(have.NotificationEmail) {
		change.NotificationEmail = want.NotificationEmail.ValueStringPointer()
	}
	if change != (api.PrincipalChange{}) {
		warnings, err := r.client.EditPrincipal(ctx, r.kind, id, change)
		addEditWarnings(&resp.Diagnostics, warnings)
		addFailure(&resp.Diagnostics, failure{doing: "Editing " + name, needs: needsUserAdmin}, err)
	}
	if !resp.Diagnostics.HasError() && !want.Active.Equal(have.Active) {
		err := r.client.SetActive(ctx, r.kind, id, want.Active.ValueBool())
		addFailure(&resp.Diagnostics, failure{at: path.Root(attrActive), doing: activation(want.Active.ValueBool()) + " " + name, needs: needsUserAdmin}, err)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
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
	state := r.newModel()
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.replaced.add(state.fields().ID.ValueString())
	if !state.fields().Active.ValueBool() {
		return
	}
	err := r.client.SetActive(ctx, r.kind, state.fields().ID.ValueString(), false)
	addFailure(&resp.Diagnostics, failure{doing: "Deactivating " + state.fields().Member.ValueString(), needs: needsUserAdmin}, err)
}

// ImportState implements [resource.ResourceWithImportState]: by id or natural
// key, with or without the kind in front.
func (r *principalResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	text := strings.TrimPrefix(req.ID, string(r.kind)+":")
	reference, err := access.ParseReference(string(r.kind) + ":" + text)
	if err != nil {
		resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("%q is not valid: give the %s or the UUID of the %s.", req.ID, r.keyAttribute, r.kind.Noun()))
		return
	}
	p, err := r.client.Resolve(ctx, reference)
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: fmt.Sprintf("Importing %q", req.ID), needs: needsAnyRole}, err)
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attrID), p.ID)...)
}
