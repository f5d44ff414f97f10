package role

import (
	"context"
	"fmt"
	"maps"

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
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// roleAssignmentResource manages the global role of one user.
type roleAssignmentResource struct{ run.Configured }

var _ run.PlannedResource = (*roleAssignmentResource)(nil)

func newRoleAssignmentResource() run.PlannedResource { return &roleAssignmentResource{} }

// roleAssignmentModel is the state of signpath_role_assignment.
type roleAssignmentModel struct {
	ID     types.String `tfsdk:"id"`
	Member types.String `tfsdk:"member"`
	Role   types.String `tfsdk:"role"`

	ReplacesRole   types.String `tfsdk:"replaces_role"`
	AllowLockout   types.Bool   `tfsdk:"allow_lockout"`
	OrganizationID types.String `tfsdk:"organization_id"`

	ValidUntil types.String `tfsdk:"valid_until"`
	Ended      types.Bool   `tfsdk:"ended"`
	Granted    types.Bool   `tfsdk:"granted"`
}

func (m *roleAssignmentModel) validity() run.Validity {
	return run.Validity{Until: m.ValidUntil, Ended: m.Ended, Granted: m.Granted}
}

func (m *roleAssignmentModel) setValidity(v run.Validity) { m.Ended, m.Granted = v.Ended, v.Granted }

// Metadata implements [resource.Resource].
func (r *roleAssignmentResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_role_assignment"
}

// Schema implements [resource.Resource].
func (r *roleAssignmentResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages the global role of an interactive user or a CI user.\n\n" +
			"A user has one global role. Who has none of the privileged ones is a Regular User, which needs no resource: " +
			"so every privileged role that Terraform gave stands out as a resource of its own. One that somebody gives by hand has none, and shows in no plan: `signpath_role_holders` names all who have a role. " +
			"The data source `signpath_roles` says what each role may do. Groups have no global role.\n\n" +
			"On destroy, the user becomes a Regular User; where the role has ended by `valid_until`, nothing changes.\n\n" +
			"With `valid_until`, the role ends after a day, and the user becomes a Regular User, whichever role somebody gave them by hand by then: the plan shows that one as `role`, and `granted` changes to `false`. " +
			"Where it is that of the last active Global Administrator or of the user that Terraform acts as, it stays (`ended` and `granted` are `true` then), each plan warns of that, and `allow_lockout` ends it.\n\n" +
			"An update and a destroy take only the role that their plan has shown: if the user has another one when a saved plan is applied, an update fails, " +
			"and a destroy leaves the user that role and says so.\n\n" +
			"Needs the role User Administrator or Global Administrator. A User Administrator may assign any role, also to themselves.",
		Attributes: map[string]schema.Attribute{
			run.AttrID: schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the user who has the role, a UUID; known in the plan if the user exists." + run.RefusedIfChanged,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			run.AttrReplacesRole: schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The global role that the user has before the create and loses by it; null for a Regular User, after an import, " +
					"and where the user or the role is only known after apply. It is known in every plan, and stays as it is after the create." + run.RefusedIfChanged,
				PlanModifiers: []planmodifier.String{run.OfCreate{}},
			},
			run.AttrMember: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The user, as a member reference: " + run.MemberForms(run.RoleKinds) + ". Another user replaces the resource; " +
					"another spelling of the same one changes nothing. " +
					"A user that does not exist or fits several is an error in the plan; so is a second role assignment for the same user.",
				Validators: []validator.String{run.IsMemberOfPlan(run.RoleKinds...)},
			},
			run.AttrRole: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The global role: one of `" + run.JoinRoles("`, `") + "`. It can be changed in place. The spelling of " +
					"`DirectorySynchronizer` is inferred, and SignPath may refuse it.",
				Validators: []validator.String{run.IsRole()},
			},
			run.AttrAllowLockout: run.AllowLockoutAttribute("takes a role from the user that Terraform acts as, or from the last active Global Administrator"),
		},
	}
	maps.Copy(resp.Schema.Attributes, run.ValidityAttributes("the role"))
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *roleAssignmentResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = run.PrincipalIdentitySchema("user who has the role")
}

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (r *roleAssignmentResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Session == nil {
		return
	}
	r.Look(ctx, req)
	defer r.NoticeRoles(ctx, &resp.Diagnostics)
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, req, resp)
		return
	}
	var plan roleAssignmentModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	run.NoteAllowLockout(ctx, resp.Private, plan.AllowLockout.ValueBool(), &resp.Diagnostics)
	var state roleAssignmentModel
	isCreate := req.State.Raw.IsNull()
	if !isCreate {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	plan.validity().Planned(state.validity()).Set(ctx, &resp.Plan, &resp.Diagnostics)
	if r.RefusePastDay(ctx, req.Private, state.validity(), plan.validity(), isCreate, &resp.Diagnostics) {
		return
	}
	if plan.Member.IsUnknown() {
		r.StayUnlessOther(ctx, req, path.Root(run.AttrMember), &resp.Diagnostics)
	}
	if r.planEnded(ctx, &plan, state, req, resp) || plan.Member.IsUnknown() {
		return
	}
	r.plan(ctx, plan, req, resp)
}

// planDestroy refuses to lock out.
func (r *roleAssignmentResource) planDestroy(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state roleAssignmentModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !state.validity().IsGranted() || len(r.NoteKept(ctx, resp.Private, run.HeldRoles, []string{state.ID.ValueString()}, &resp.Diagnostics)) == 0 {
		return
	}
	run.NoteAllowLockout(ctx, resp.Private, state.AllowLockout.ValueBool(), &resp.Diagnostics)
	r.planEnd(ctx, state, state.AllowLockout.ValueBool(), path.Empty(), resp)
}

// checkRole refuses to take a role that the plan has not shown: that of the state is the
// one that it takes, and somebody may have given the user another since.
func checkRole(p access.Principal, state roleAssignmentModel, wanted access.Role, at path.Path, diags *diag.Diagnostics) {
	if p.Role == wanted || p.Role == vocabulary.RoleRegularUser || run.RoleValue(p.Role).Equal(state.Role) {
		return
	}
	run.AddError(diags, at, "The role has changed since the plan", fmt.Sprintf(
		"The global role of %s was %s in the plan, and is %s now. "+
			"Nothing was changed, because the plan does not say that this role is taken: plan again, with a refresh.", p, vocabulary.SignPath.Spell(stateRole(state)), vocabulary.SignPath.Spell(p.Role)))
}

// stateRole is the role that the state has.
func stateRole(state roleAssignmentModel) access.Role {
	if state.Role.IsNull() {
		return access.RoleUnstated
	}
	return access.Role(state.Role.ValueString())
}

// planEnd judges that the user of the state loses the role, by a destroy or by the old
// half of a replacement.
func (r *roleAssignmentResource) planEnd(ctx context.Context, state roleAssignmentModel, allowed bool, at path.Path, resp *resource.ModifyPlanResponse) {
	p, err := r.principal(ctx, state)
	if err != nil {
		return // Who is gone has no role, and what cannot be read now is reported by the destroy.
	}
	if p.Role != stateRole(state) {
		return // The destroy leaves that.
	}
	r.GuardRole(ctx, p, vocabulary.RoleRegularUser, allowed, at, &resp.Diagnostics)
	settle(ctx, r.Session, p, vocabulary.RoleRegularUser, at, &resp.Diagnostics)
}

func (r *roleAssignmentResource) plan(ctx context.Context, plan roleAssignmentModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	reference, err := access.ParseReference(plan.Member.ValueString())
	if err != nil {
		return // Validation has reported it.
	}
	var state roleAssignmentModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	id := ""
	if plan.Member.Equal(state.Member) {
		id = state.ID.ValueString()
	}
	p, err := r.ResolveMeant(ctx, reference, id)
	if err != nil {
		if !r.TellDeparted(plan.Member.ValueString(), err, path.Root(run.AttrMember), &resp.Diagnostics) {
			run.AddFailure(&resp.Diagnostics, run.LookingUp(run.AttrMember, plan.Member.ValueString()), err)
		}
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(run.AttrID), types.StringUnknown())...)
		return
	}
	r.claim(ctx, p, plan.Role, resp)
	r.Holdings.Hold(run.HeldRoles, run.MemberKey(p))
	r.checkEditable(ctx, p, plan, req, resp)
	if !plan.Role.IsUnknown() && !resp.Diagnostics.HasError() {
		r.GuardRole(ctx, p, access.Role(plan.Role.ValueString()), plan.AllowLockout.ValueBool(), path.Root(run.AttrRole), &resp.Diagnostics)
	}
	if req.State.Raw.IsNull() {
		run.NoteSuccessor(ctx, resp.Private, run.Successor{Object: run.MemberKey(p)}, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(run.AttrID), run.IDValue(p.ID))...)
		return
	}
	switch {
	case p.ID == "" || p.ID != state.ID.ValueString():
		isGranted := state.validity().IsGranted()
		if isGranted && len(r.NoteKept(ctx, resp.Private, run.HeldRoles, []string{state.ID.ValueString()}, &resp.Diagnostics)) > 0 {
			r.planEnd(ctx, state, plan.AllowLockout.ValueBool(), path.Root(run.AttrMember), resp)
		}
		// The name may be the same, of somebody new.
		resp.RequiresReplace.Append(path.Root(run.AttrMember), path.Root(run.AttrID))
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(run.AttrID), types.StringUnknown())...)
	default:
		r.checkUpdate(ctx, plan, state, resp)
		// The same user in another spelling: nothing to show.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(run.AttrMember), state.Member)...)
	}
}

// checkUpdate reports an update that would take another role than that of
// the state.
func (r *roleAssignmentResource) checkUpdate(ctx context.Context, plan, state roleAssignmentModel, resp *resource.ModifyPlanResponse) {
	wanted := access.Role(plan.Role.ValueString())
	if p, err := r.principal(ctx, state); err == nil && !plan.Role.Equal(state.Role) && !plan.Role.IsUnknown() {
		checkRole(p, state, wanted, path.Root(run.AttrRole), &resp.Diagnostics)
	}
}

// checkEditable reports a user whose role cannot be changed, and warns where a role
// is replaced that Terraform did not assign.
func (r *roleAssignmentResource) checkEditable(
	ctx context.Context, p access.Principal, plan roleAssignmentModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if p.ID == "" && plan.Role.IsUnknown() {
		return
	}
	if p.ID == "" { // The same plan creates the user.
		settle(ctx, r.Session, p, access.Role(plan.Role.ValueString()), path.Root(run.AttrRole), &resp.Diagnostics)
		return
	}
	existing, err := r.Client.Principal(ctx, p.Kind, p.ID)
	if err != nil {
		return // GuardRole reports it.
	}
	isChange := plan.Role.IsUnknown() || string(existing.Role) != plan.Role.ValueString()
	if existing.Support && (isChange || req.State.Raw.IsNull()) {
		run.RefuseUnmanageable(existing, path.Root(run.AttrMember), &resp.Diagnostics)
		return
	}
	if plan.Role.IsUnknown() || !isChange {
		return
	}
	if refuseUneditable(existing, path.Root(run.AttrMember), &resp.Diagnostics) {
		return
	}
	settle(ctx, r.Session, existing, access.Role(plan.Role.ValueString()), path.Root(run.AttrRole), &resp.Diagnostics)
	before := r.Taken.RoleBefore(existing)
	if req.State.Raw.IsNull() && before != vocabulary.RoleRegularUser && string(before) != plan.Role.ValueString() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(run.AttrReplacesRole), run.RoleValue(before))...)
		warnOfReplaced(existing, before, access.Role(plan.Role.ValueString()), path.Root(run.AttrRole), &resp.Diagnostics)
	}
}

// claim notes that nobody may own the role as a whole, and that the role of the user is managed. The resource that
// owns a role claims in the same order: so one of the two is refused, and not each by the other.
func (r *roleAssignmentResource) claim(ctx context.Context, p access.Principal, role types.String, resp *resource.ModifyPlanResponse) {
	diags := &resp.Diagnostics
	if !role.IsUnknown() {
		object := holdersOf(access.Role(role.ValueString()))
		r.Claim(ctx, resp.Private, object, run.Claim{By: vocabulary.RoleAssignmentType, Of: object, Shared: true}, path.Root(run.AttrRole), diags)
	}
	if !diags.HasError() {
		claimRole(ctx, r.Session, resp.Private, p, vocabulary.RoleAssignmentType, path.Root(run.AttrMember), diags)
	}
}

// Create implements [resource.Resource].
func (r *roleAssignmentResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	var plan roleAssignmentModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	p, err := r.AppliedMember(ctx, plan.Member.ValueString())
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.LookingUp(run.AttrMember, plan.Member.ValueString()), err)
		return
	}
	if !assign(ctx, r.Session, p, access.Role(plan.Role.ValueString()), path.Root(run.AttrRole), true, &resp.Diagnostics) {
		return
	}
	plan.ID = types.StringValue(p.ID)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	run.PrincipalIdentity(p.ID).Set(ctx, resp.Identity, &resp.Diagnostics)
}

// principal finds the user of a state, by id, whatever kind it is.
func (r *roleAssignmentResource) principal(ctx context.Context, state roleAssignmentModel) (access.Principal, error) {
	reference, err := access.ParseReference(state.Member.ValueString())
	if err != nil {
		return access.Principal{}, err
	}
	return r.Client.Principal(ctx, reference.Kind, state.ID.ValueString())
}

// Read implements [resource.Resource].
func (r *roleAssignmentResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state roleAssignmentModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Departed.Note(state.Member.ValueString(), state.ID.ValueString())
	p, err := r.principal(ctx, state)
	r.NoticeRoles(ctx, &resp.Diagnostics)
	if err == nil && p.Role == vocabulary.RoleRegularUser {
		p, err = r.Client.ConfirmPrincipal(ctx, p.Kind, p.ID)
	}
	isGone := api.IsGone(err) // The plan tells; see IsGone.
	if without := r.ReadValidity(state.validity(), false); isGone || err == nil && p.Role == vocabulary.RoleRegularUser {
		if !isGone && !without.Ended.ValueBool() {
			run.RemoveFromState(ctx, resp)
			return
		}
		if without.Ended.ValueBool() {
			without.Set(ctx, &resp.State, &resp.Diagnostics)
			r.NoteRead(ctx, resp.Private, run.HeldRoles, nil, &resp.Diagnostics)
		}
		run.PrincipalIdentity(state.ID.ValueString()).Set(ctx, resp.Identity, &resp.Diagnostics)
		return
	}
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{
			At: path.Root(run.AttrMember), Doing: "Reading the role of " + state.Member.ValueString(), Needs: run.NeedsAnyRole,
		}, err)
		return
	}
	r.NoteRead(ctx, resp.Private, run.HeldRoles, []string{p.ID}, &resp.Diagnostics)
	state.Role = run.RoleValue(p.Role)
	spelled, err := r.SpellMembers(ctx, []string{p.ID}, []string{state.Member.ValueString()})
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.LookingUp(run.AttrMember, state.Member.ValueString()), err)
		return
	}
	state.Member = types.StringValue(spelled[0])
	state.setValidity(r.ReadValidity(state.validity(), true))
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	run.PrincipalIdentity(p.ID).Set(ctx, resp.Identity, &resp.Diagnostics)
}

// Update implements [resource.Resource].
func (r *roleAssignmentResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	var plan, state roleAssignmentModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	p, err := r.principal(ctx, state)
	if !plan.validity().IsGranted() {
		if r.end(ctx, p, err, state, req.Private, &resp.Diagnostics) {
			resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
			run.PrincipalIdentity(state.ID.ValueString()).Set(ctx, resp.Identity, &resp.Diagnostics)
		}
		return
	}
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.LookingUp(run.AttrMember, state.Member.ValueString()), err)
		return
	}
	checkRole(p, state, access.Role(plan.Role.ValueString()), path.Root(run.AttrRole), &resp.Diagnostics)
	if !resp.Diagnostics.HasError() && assign(ctx, r.Session, p, access.Role(plan.Role.ValueString()), path.Root(run.AttrRole), false, &resp.Diagnostics) {
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
		run.PrincipalIdentity(p.ID).Set(ctx, resp.Identity, &resp.Diagnostics)
	}
}

// Delete implements [resource.Resource].
func (r *roleAssignmentResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	var state roleAssignmentModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	p, err := r.principal(ctx, state)
	if !state.validity().IsGranted() || api.IsGone(err) || run.IsSucceeded(ctx, req.Private, state.ID.ValueString()) {
		return
	}
	if len(r.GivenUp(ctx, req.Private, run.HeldRoles, []string{state.ID.ValueString()})) == 0 {
		return
	}
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.LookingUp(run.AttrMember, state.Member.ValueString()), err)
		return
	}
	checkEnd(ctx, r.Session, p, stateRole(state), run.AllowedLockout(ctx, req.Private), &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		takeRole(ctx, r.Session, p, stateRole(state), &resp.Diagnostics)
	}
}

// ImportState implements [resource.ResourceWithImportState].
func (r *roleAssignmentResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	member, ok := r.importedUser(ctx, req, &resp.Diagnostics)
	if !ok {
		return
	}
	p, err := r.ExistingMember(ctx, member)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: fmt.Sprintf("Importing %q", member), Needs: run.NeedsAnyRole, ImportForm: run.ImportForm(req.ID, importForm)}, err)
		return
	}
	if p.Support {
		run.RefuseUnmanageable(p, path.Empty(), &resp.Diagnostics)
		return
	}
	if p.Kind == access.KindGroup || p.Role == vocabulary.RoleRegularUser {
		resp.Diagnostics.AddError("No role to import", fmt.Sprintf("%s has no privileged global role. Leave the import out: the create gives the role. "+
			"%s", p, importForm))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, roleAssignmentModel{
		ID: types.StringValue(p.ID), Member: types.StringValue(member), Role: run.RoleValue(p.Role),
	})...)
	run.PrincipalIdentity(p.ID).Set(ctx, resp.Identity, &resp.Diagnostics)
}

const importForm = "The import id of a role assignment is the user alone, as in \"user:org.admin@example.com\" or \"ci_user:NAME\": " +
	"which role that is, SignPath says."

// importedUser finds out whose role is to be imported: an id is a member
// reference, and an identity has the id of the user.
func (r *roleAssignmentResource) importedUser(ctx context.Context, req resource.ImportStateRequest, diags *diag.Diagnostics) (member string, ok bool) {
	if req.ID == "" {
		member = r.ImportedMember(ctx, req.Identity, run.AttrID, run.RoleKinds, diags)
		return member, !diags.HasError()
	}
	if _, err := access.ParseReference(req.ID); err != nil {
		diags.AddError("Invalid import id", tfkit.Sentence(err.Error())+" "+importForm)
		return "", false
	}
	return req.ID, true
}
