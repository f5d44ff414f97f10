package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// userGroupResource manages a user group, but for its members.
type userGroupResource struct{ configured }

var _ plannedResource = (*userGroupResource)(nil)

func newUserGroupResource() plannedResource { return &userGroupResource{} }

// userGroupModel is the state of signpath_user_group.
type userGroupModel struct {
	ID                    types.String `tfsdk:"id"`
	Name                  types.String `tfsdk:"name"`
	Description           types.String `tfsdk:"description"`
	Member                types.String `tfsdk:"member"`
	DirectorySynchronized types.Bool   `tfsdk:"directory_synchronized"`
	AdoptExisting         types.Bool   `tfsdk:"adopt_existing"`
	TakesOver             types.String `tfsdk:"takes_over"`
	OrganizationID        types.String `tfsdk:"organization_id"`
}

const (
	typeUserGroup             = "signpath_user_group"
	attrDescription           = "description"
	attrDirectorySynchronized = "directory_synchronized"
)

// Metadata implements [resource.Resource].
func (r *userGroupResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_group"
}

// Schema implements [resource.Resource].
func (r *userGroupResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages a user group: a name under which several members are given rights. " +
			"Who is in it is managed with `signpath_user_group_members` or `signpath_user_group_member`.\n\n" +
			"A group that is synchronized from the organization's directory cannot be managed here: name it on access lists instead.\n\n" +
			"On destroy, the members that the plan names are taken out of the group, because SignPath's API is not known to delete groups. " +
			"The empty group stays, also on the access lists that name it.\n\n" +
			needsGroupAdmin + " User groups are not part of every SignPath edition.",
		Attributes: map[string]schema.Attribute{
			attrID: schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the group at SignPath, a UUID.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			attrName: schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Name, by which access lists refer to the group. It can be changed in place: the group keeps its id, its members and its rights.",
				Validators:          []validator.String{isName()},
			},
			attrDescription: schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "Description. If it is not set, Terraform does not manage it, leaves it as it is, and shows what SignPath has; null if there is none. " +
					"`\"\"` clears it.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			attrAdoptExisting: adoptExistingAttribute("a group of this name that exists already, with the members that it has"),
			attrTakesOver:     takesOverAttribute("a group"),
			attrMember: schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "Member reference `group:NAME`, for access lists, for other groups, and for the attribute `group` of the resources for the group's members. " +
					"Known in the plan, also for a group that the same plan creates; referring to it makes Terraform create it first.",
			},
			attrDirectorySynchronized: schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the group is synchronized from the organization's directory. Such a group cannot be managed here.",
				PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
		},
	}
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *userGroupResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = principalIdentitySchema(access.KindGroup.Noun())
}

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (r *userGroupResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.session != nil {
		r.look(ctx, req)
	}
	var prior *userGroupModel
	if !req.State.Raw.IsNull() {
		prior = &userGroupModel{}
		resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
	}
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, *prior, resp)
		return
	}
	var plan userGroupModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || plan.Name.IsUnknown() {
		return
	}
	plan.Member = types.StringValue(plan.principal().Reference().String())
	if r.session != nil {
		r.plan(ctx, &plan, prior, resp)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

func (m *userGroupModel) principal() access.Principal {
	return access.Principal{
		Kind: access.KindGroup, ID: m.ID.ValueString(), Name: m.Name.ValueString(), Description: m.Description.ValueString(), Active: true,
	}
}

// plan checks a create (prior is nil) or an update, and registers the group for
// the lists that are planned after it.
func (r *userGroupResource) plan(ctx context.Context, plan, prior *userGroupModel, resp *resource.ModifyPlanResponse) {
	planned := plan.principal()
	at := path.Root(attrName)
	if prior == nil {
		existing := r.checkCreate(ctx, planned, plan.AdoptExisting.ValueBool(), resp)
		if planned.ID = existing.ID; planned.ID != "" && !resp.Diagnostics.HasError() {
			r.tellTakeover(ctx, existing, true, &resp.Diagnostics)
		}
		plan.TakesOver = textOrNull(planned.ID)
		if planned.ID == "" && plan.Description.IsUnknown() {
			plan.Description = types.StringNull() // A new group has none.
		}
	} else {
		existing, err := r.find(ctx, *prior)
		addFailure(&resp.Diagnostics, failure{at: at, doing: "Reading " + planned.String(), needs: needsAnyRole}, err)
		refuseUnmanageable(existing, at, &resp.Diagnostics)
		planned.ID = existing.ID
		r.planned.put(planned)
		r.planName(ctx, planned, existing, at, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	r.settle(ctx, *plan, prior, planned, &resp.Diagnostics)
	r.claimGroup(ctx, memberKey(planned), at, resp)
	r.holdings.hold(heldAccounts, memberKey(planned))
	r.planned.put(planned)
}

// settle finds out whether what the apply will send can be sent.
func (r *userGroupResource) settle(ctx context.Context, plan userGroupModel, prior *userGroupModel, planned access.Principal, diags *diag.Diagnostics) {
	doing := failure{at: path.Root(attrName), doing: "Planning to create " + planned.String(), needs: needsGroupAdmin}
	var err error
	switch {
	case planned.ID == "":
		err = r.client.SettleCreate(ctx, planned)
	case prior == nil:
		if !plan.Description.IsUnknown() {
			err = r.client.SettleEdit(ctx, access.KindGroup, planned.ID, describedAs(planned.Description))
		}
	default:
		doing.doing = "Planning to change " + planned.String()
		if change := plan.changeOf(*prior); !change.IsEmpty() {
			err = r.client.SettleEdit(ctx, access.KindGroup, planned.ID, change)
		}
	}
	settled(diags, doing, prior == nil && planned.ID != "", err)
}

func describedAs(text string) api.PrincipalChange {
	return api.PrincipalChange{Settings: map[string]string{vocabulary.Description.Attribute: text}}
}

// changeOf says what to edit of the group of a state.
func (m *userGroupModel) changeOf(state userGroupModel) api.PrincipalChange {
	var change api.PrincipalChange
	if !m.Name.Equal(state.Name) {
		change.Name = m.Name.ValueStringPointer()
	}
	if !m.Description.IsUnknown() && !m.Description.Equal(state.Description) {
		change.Settings = describedAs(m.Description.ValueString()).Settings
	}
	return change
}

func (r *userGroupResource) claimGroup(ctx context.Context, key string, at path.Path, resp *resource.ModifyPlanResponse) {
	r.claim(ctx, resp.Private, access.KindGroup.Noun()+" "+key, claim{by: typeUserGroup, of: access.KindGroup.Noun() + " " + key}, at, &resp.Diagnostics)
}

// checkCreate looks for a group to be created, and returns one that exists already.
func (r *userGroupResource) checkCreate(ctx context.Context, planned access.Principal, adopt bool, resp *resource.ModifyPlanResponse) access.Principal {
	at, diags := path.Root(attrName), &resp.Diagnostics
	existing, err := r.existing(ctx, planned)
	switch {
	case isNobody(err):
		return access.Principal{}
	case err != nil:
		addFailure(diags, failure{at: at, doing: fmt.Sprintf("Looking for an existing %s", planned), needs: needsAnyRole}, err)
		return access.Principal{}
	}
	if r.awaitFate(ctx, existing, resp.Private) {
		return access.Principal{}
	}
	r.checkExisting(ctx, existing, adopt, at, diags)
	return existing
}

// existing finds the group that a group to be created would be in the way of.
func (r *userGroupResource) existing(ctx context.Context, planned access.Principal) (access.Principal, error) {
	directory, err := r.client.Directory(ctx, access.KindGroup)
	if err != nil {
		return planned, err
	}
	found, err := directory.Find(planned.Reference())
	if err != nil {
		return planned, err
	}
	return r.client.Group(ctx, found.ID)
}

// find returns the group of a state. After a create whose answer was lost the
// state has no id, and the group is looked for by its name.
func (r *userGroupResource) find(ctx context.Context, state userGroupModel) (access.Principal, error) {
	if !state.ID.IsNull() {
		return r.client.Group(ctx, state.ID.ValueString())
	}
	p, err := r.client.Resolve(ctx, state.principal().Reference())
	if err != nil {
		return p, err
	}
	return r.client.Group(ctx, p.ID)
}

// Create implements [resource.Resource].
func (r *userGroupResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.noticeContract(&resp.Diagnostics)
	var model userGroupModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	wanted := model.principal()
	if r.refuseLeft(wanted, path.Root(attrName), &resp.Diagnostics) {
		return
	}
	created, err := r.create(ctx, model, &resp.Diagnostics)
	if created.ID == "" && err == nil { // It is reported.
		return
	}
	doing := failure{at: path.Root(attrName), doing: fmt.Sprintf("Creating %s", wanted), needs: needsGroupAdmin, creating: true}
	var lost *api.LostCreateError
	if err != nil && !errors.As(err, &lost) && !isInForce(err) {
		addFailure(&resp.Diagnostics, doing, err)
		return
	}
	model.ID = textOrNull(created.ID)
	model.settle(created)
	// If it is not known whether there is a group, the next refresh looks for it;
	// see find.
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	principalIdentity(created.ID).set(ctx, resp.Identity, &resp.Diagnostics)
	r.noteCreated(ctx, resp.Private, &resp.Diagnostics)
	addFailure(&resp.Diagnostics, doing, err)
}

// create makes the group, or takes up the one that the plan names: SignPath keeps what a
// replacement has just destroyed, and has no second place for its name.
func (r *userGroupResource) create(ctx context.Context, model userGroupModel, diags *diag.Diagnostics) (access.Principal, error) {
	wanted := model.principal()
	if model.TakesOver.IsNull() {
		if r.awaitName(ctx, wanted, access.Principal{}, path.Root(attrName), diags); diags.HasError() {
			return wanted, nil
		}
		return r.client.CreatePrincipal(ctx, wanted)
	}
	existing, err := r.client.Group(ctx, model.TakesOver.ValueString())
	if err != nil {
		return wanted, err
	}
	if model.AdoptExisting.ValueBool() {
		warnOfAdoption(existing, diags)
	}
	r.accounts.created.add(existing.ID)
	r.restore(ctx, existing, diags)
	if !model.Description.IsUnknown() {
		var warnings api.Warnings
		warnings, err = r.client.EditPrincipal(ctx, access.KindGroup, existing.ID, describedAs(wanted.Description))
		addEditWarnings(diags, existing.String(), warnings)
	}
	return existing, err
}

// settle fills in what the plan left unknown.
func (m *userGroupModel) settle(p access.Principal) {
	if m.Description.IsUnknown() {
		m.Description = textOrNull(p.Description)
	}
	if m.DirectorySynchronized.IsUnknown() {
		m.DirectorySynchronized = types.BoolValue(p.Synchronized)
	}
	m.Member = types.StringValue(m.principal().Reference().String())
}

// Read implements [resource.Resource].
func (r *userGroupResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var model userGroupModel
	resp.Diagnostics.Append(req.State.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	p, err := r.find(ctx, model)
	if isNobody(err) {
		p, err = r.awaitCreated(ctx, req.Private, access.KindGroup, model.ID.ValueString(), err)
	}
	if isNobody(err) {
		removeFromState(ctx, resp)
		return
	}
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: fmt.Sprintf("Reading %s %s", access.KindGroup.Noun(), model.ID.ValueString()), needs: needsAnyRole}, err)
		return
	}
	r.replaced.add(p.ID)
	r.noteRead(ctx, resp.Private, heldAccounts, []string{p.ID}, &resp.Diagnostics)
	model.read(p)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	principalIdentity(p.ID).set(ctx, resp.Identity, &resp.Diagnostics)
}

// read takes over what SignPath says. A description that is configured as "" is
// none.
func (m *userGroupModel) read(p access.Principal) {
	m.ID = types.StringValue(p.ID)
	m.Name = types.StringValue(p.Name)
	if p.Description != "" || m.Description.ValueString() != "" {
		m.Description = textOrNull(p.Description)
	}
	m.DirectorySynchronized = types.BoolValue(p.Synchronized)
	m.Member = types.StringValue(p.Reference().String())
}

// Update implements [resource.Resource].
func (r *userGroupResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.noticeContract(&resp.Diagnostics)
	var plan, state userGroupModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.ID.ValueString()
	change := plan.changeOf(state)
	if change.Name != nil {
		present := state.principal()
		wanted := plan.principal()
		wanted.ID = id
		r.awaitName(ctx, wanted, present, path.Root(attrName), &resp.Diagnostics)
	}
	if !change.IsEmpty() && !resp.Diagnostics.HasError() {
		warnings, err := r.client.EditPrincipal(ctx, access.KindGroup, id, change)
		addEditWarnings(&resp.Diagnostics, state.Member.ValueString(), warnings)
		addFailure(&resp.Diagnostics, failure{doing: "Editing " + state.Member.ValueString(), needs: needsGroupAdmin}, err)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	p, err := r.client.Group(ctx, id)
	addFailure(&resp.Diagnostics, failure{doing: "Reading " + state.Member.ValueString(), needs: needsAnyRole}, err)
	r.restore(ctx, p, &resp.Diagnostics)
	plan.settle(p)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	principalIdentity(id).set(ctx, resp.Identity, &resp.Diagnostics)
}

// ImportState implements [resource.ResourceWithImportState].
func (r *userGroupResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importPrincipal(ctx, access.KindGroup, attrName, req, resp)
}
