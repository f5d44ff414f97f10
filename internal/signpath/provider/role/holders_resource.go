package role

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// roleHoldersResource manages everybody who has one global role. It is authoritative: who
// has the role and is not in the configuration is drift, and loses it.
type roleHoldersResource struct{ run.Configured }

var _ run.PlannedResource = (*roleHoldersResource)(nil)

func newRoleHoldersResource() run.PlannedResource { return &roleHoldersResource{} }

const (
	attrOthers        = "others"
	attrReplacesRoles = "replaces_roles"
)

// Metadata implements [resource.Resource].
func (r *roleHoldersResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_role_holders"
}

// Schema implements [resource.Resource].
func (r *roleHoldersResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages **all** holders of a global role: these users have it, and nobody else.\n\n" +
			"Who is given the role elsewhere shows as drift in the next plan, by name, and becomes a Regular User with the next apply. " +
			"Every plan that changes who has the role says in one line who gains and who loses it. " +
			"To manage the role of single users and leave the others alone, use `signpath_role_assignment`. There is one such resource for each role, " +
			"none for `RegularUser`, which is what a user is without a role, and a user has one role: a user in two of them, or in one and in a role assignment, " +
			"is an error in the plan, and so is a role assignment of a role that one of them owns.\n\n" +
			"A role is taken only from who still has it, so a user can go from one of these resources to another, or to a role assignment and back, in one apply.\n\n" +
			"Deactivated and invited users hold their role, too: it is in force as soon as they are active.\n\n" +
			"On destroy, the members in the state become Regular Users; `others` keep the role.\n\n" +
			"Needs the role User Administrator or Global Administrator. A User Administrator may assign any role, also to themselves.",
		Attributes: map[string]schema.Attribute{
			run.AttrRole: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The global role: one of `" + run.JoinRoles("`, `") + "`. Another one replaces the resource. " +
					"The spelling of `DirectorySynchronizer` is inferred, and SignPath may refuse it.",
				Validators:    []validator.String{run.IsRole()},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIf(run.IsKnown, run.WhenKnown, run.WhenKnown)},
			},
			run.AttrMembers: schema.SetAttribute{
				ElementType: types.StringType,
				Required:    true,
				MarkdownDescription: "All users who have the role, as member references: " + run.MemberForms(run.RoleKinds) + ". `[]` means nobody, " +
					"which for `GlobalAdministrator` is an error unless somebody else can give the role back. E-mails and UUIDs are compared without case. " +
					"Groups have no global role. A user that does not exist or fits several is an error in the plan.",
				Validators: []validator.Set{run.NoNulls(), setvalidator.ValueStringsAre(run.IsMemberOfPlan(run.RoleKinds...))},
			},
			run.AttrRemoves: schema.SetAttribute{
				ElementType:   types.StringType,
				Computed:      true,
				PlanModifiers: []planmodifier.Set{run.OfCreate{}},
				MarkdownDescription: "Ids of those from whom the create takes the role: who has it, and is in neither `members` nor `others`. The create takes it from exactly these. " +
					"It is known in every plan: empty where there is nobody, and also where the role or a member is only known after apply; such a create takes it from nobody. " +
					"After the create it stays as it is; who loses the role by an update, `members` shows. Null after an import." + run.RefusedIfChanged,
			},
			attrReplacesRoles: schema.MapAttribute{
				ElementType:   types.StringType,
				Computed:      true,
				PlanModifiers: []planmodifier.Map{run.OfCreate{}},
				MarkdownDescription: "The other privileged roles that members have before the create or the update that gives them this one, and lose by it, by the id of the user. " +
					"It is known in every plan, and empty also where the role or a member is only known after apply. " +
					"It stays as it is until somebody else loses a role so. Null after an import." +
					run.RefusedIfChanged,
			},
			run.AttrMemberIDs: schema.SetAttribute{
				ElementType: types.StringType,
				Computed:    true,
				MarkdownDescription: "Ids of the users that `members` means, of each that exists known in the plan. A reference that is in the state means whom it meant there, " +
					"also if its name has gone to somebody else since." + run.RefusedIfChanged,
			},
			attrOthers: schema.SetAttribute{
				ElementType:   types.StringType,
				Computed:      true,
				PlanModifiers: []planmodifier.Set{setplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "Who else has the role, and cannot be taken it by Terraform: users that are synchronized from the organization's directory, which SignPath refuses to edit, " +
					"and SignPath's support user. Where somebody new is among them, the plan warns.",
			},
			run.AttrAllowLockout: run.AllowLockoutAttribute("takes the role from the user that Terraform acts as, or from the last active Global Administrator"),
		},
	}
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *roleHoldersResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		run.AttrRole: identityschema.StringAttribute{RequiredForImport: true, Description: "The global role, such as GlobalAdministrator."},
		run.AttrOrganizationID: identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "Id of the SignPath organization, a UUID. An import may leave it out: it is that of the provider.",
		},
	}}
}

func holdersIdentity(s *run.Session, role access.Role) run.IdentityData {
	return run.IdentityData{run.AttrRole: string(role), run.AttrOrganizationID: s.Client.OrganizationID()}
}

// holdersOf names all holders of a role, for messages and claims.
func holdersOf(role access.Role) string { return fmt.Sprintf("the holders of %s", role) }

func roleIn(ctx context.Context, from run.Attributes, diags *diag.Diagnostics) (role types.String) {
	diags.Append(from.GetAttribute(ctx, path.Root(run.AttrRole), &role)...)
	return role
}

// allUsers returns all users of the organization.
func allUsers(ctx context.Context, s *run.Session) (all []access.Principal, err error) {
	directory, err := s.Client.Directory(ctx, run.RoleKinds...)
	if err != nil {
		return nil, err
	}
	for _, kind := range run.RoleKinds {
		all = append(all, directory.All(kind)...)
	}
	return all, nil
}

// holders returns those of the users who have the role.
func holders(all []access.Principal, role access.Role) []access.Principal {
	return slices.DeleteFunc(slices.Clone(all), func(p access.Principal) bool { return p.Role != role })
}

func isTakeable(p access.Principal) bool { return vocabulary.ManagedBy(p) == "" }

func idsOf(principals []access.Principal) []string {
	ids := make([]string, len(principals))
	for i, p := range principals {
		ids[i] = p.ID
	}
	return ids
}

// Create implements [resource.Resource].
func (r *roleHoldersResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	wanted := run.Members(ctx, req.Plan, &resp.Diagnostics)
	removed := run.Texts(ctx, req.Plan, run.AttrRemoves, &resp.Diagnostics)
	role := access.Role(roleIn(ctx, req.Plan, &resp.Diagnostics).ValueString())
	ids, ok := r.IDsOf(ctx, wanted, nil, &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() || !r.apply(ctx, role, ids, removed, true, &resp.Diagnostics) {
		return
	}
	resp.State.Raw = req.Plan.Raw
	r.setOthers(ctx, role, ids, &resp.State, &resp.Diagnostics)
	holdersIdentity(r.Session, role).Set(ctx, resp.Identity, &resp.Diagnostics)
	run.RememberIDs(ctx, wanted, ids, &resp.State, resp.Private, &resp.Diagnostics)
}

// Update implements [resource.Resource].
func (r *roleHoldersResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	wanted := run.Members(ctx, req.Plan, &resp.Diagnostics)
	prior := r.PriorIDs(ctx, req.State, req.Private, &resp.Diagnostics)
	role := access.Role(roleIn(ctx, req.Plan, &resp.Diagnostics).ValueString())
	ids, ok := r.IDsOf(ctx, wanted, run.MemberIDs(ctx, req.Private), &resp.Diagnostics)
	leaving := r.GivenUp(ctx, req.Private, run.HeldRoles, run.Without(prior, ids))
	if !ok || resp.Diagnostics.HasError() || !r.apply(ctx, role, ids, leaving, false, &resp.Diagnostics) {
		return
	}
	resp.State.Raw = req.Plan.Raw
	holdersIdentity(r.Session, role).Set(ctx, resp.Identity, &resp.Diagnostics)
	run.RememberIDs(ctx, wanted, ids, &resp.State, resp.Private, &resp.Diagnostics)
}

// Delete implements [resource.Resource].
func (r *roleHoldersResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	role := access.Role(roleIn(ctx, req.State, &resp.Diagnostics).ValueString())
	prior := r.PriorIDs(ctx, req.State, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	prior = r.GivenUp(ctx, req.Private, run.HeldRoles, run.Leaving(ctx, req.Private, holdersOf(role), prior))
	for _, p := range r.users(ctx, prior, &resp.Diagnostics) {
		checkEnd(ctx, r.Session, p, role, run.AllowedLockout(ctx, req.Private), &resp.Diagnostics)
	}
	if !resp.Diagnostics.HasError() {
		r.take(ctx, role, prior, &resp.Diagnostics)
	}
}

// apply gives the role to who is wanted and takes it from who was known and is not. Nobody
// loses it where somebody could not be given it. Who has it by now without the plan
// knowing it stays, and shows in the next plan. It returns whether all is done.
func (r *roleHoldersResource) apply(ctx context.Context, role access.Role, ids, leaving []string, creating bool, diags *diag.Diagnostics) bool {
	isGiven := r.each(ctx, ids, diags, func(p access.Principal, diags *diag.Diagnostics) bool {
		return assign(ctx, r.Session, p, role, path.Root(run.AttrMembers), creating, diags)
	})
	if !isGiven || !r.take(ctx, role, leaving, diags) {
		return false
	}
	r.warnOfStrangers(ctx, role, ids, diags)
	return true
}

// take takes the role from those of the users who have it, and tells whether that is done.
func (r *roleHoldersResource) take(ctx context.Context, role access.Role, ids []string, diags *diag.Diagnostics) bool {
	return r.each(ctx, ids, diags, func(p access.Principal, diags *diag.Diagnostics) bool {
		return takeRole(ctx, r.Session, p, role, diags)
	})
}

// each does something to users, to several at a time, and tells whether it was done to all.
// The user whose token Terraform uses comes last: without the role, nothing else can be done.
func (r *roleHoldersResource) each(ctx context.Context, ids []string, diags *diag.Diagnostics, do func(access.Principal, *diag.Diagnostics) bool) bool {
	found := r.users(ctx, ids, diags)
	if diags.HasError() {
		return false
	}
	me, err := r.Client.Me(ctx)
	own := slices.IndexFunc(found, func(p access.Principal) bool { return err == nil && p.ID == me.ID })
	done, said := make([]bool, len(found)), make([]diag.Diagnostics, len(found))
	var wait sync.WaitGroup
	for i, p := range found {
		if i != own {
			wait.Go(func() { done[i] = do(p, &said[i]) })
		}
	}
	wait.Wait()
	if own >= 0 {
		done[own] = do(found[own], &said[own])
	}
	for _, one := range said {
		diags.Append(one...)
	}
	return !slices.Contains(done, false)
}

// users returns the users with the ids, but for those who are gone.
func (r *roleHoldersResource) users(ctx context.Context, ids []string, diags *diag.Diagnostics) []access.Principal {
	var found []access.Principal
	for _, id := range ids {
		p, err := r.user(ctx, id)
		if err == nil {
			found = append(found, p)
		} else if !run.IsNobody(err) {
			run.AddFailure(diags, run.Failure{Doing: "Looking up " + r.NameOf(id), Needs: run.NeedsAnyRole}, err)
		}
	}
	return found
}

// user finds the user with the id, of whichever kind. That somebody is gone, whom none of
// the lists has, is proven by the list of those kinds of which there is anybody.
func (r *roleHoldersResource) user(ctx context.Context, id string) (p access.Principal, err error) {
	all, err := allUsers(ctx, r.Session)
	if err != nil {
		return p, err
	}
	if p, known := r.Client.Known().Get(id); known {
		return p, nil
	}
	for _, kind := range run.RoleKinds {
		if slices.ContainsFunc(all, func(u access.Principal) bool { return u.Kind == kind }) {
			if p, err = r.Client.Principal(ctx, kind, id); !run.IsNobody(err) {
				return p, err
			}
		}
	}
	return p, err
}

// warnOfStrangers names those who got the role after the plan.
func (r *roleHoldersResource) warnOfStrangers(ctx context.Context, role access.Role, wanted []string, diags *diag.Diagnostics) {
	all, err := allUsers(ctx, r.Session)
	if err != nil {
		return
	}
	var names []string
	for _, p := range holders(all, role) {
		if isTakeable(p) && !slices.Contains(wanted, p.ID) {
			names = append(names, r.NameOf(p.ID))
		}
	}
	if len(names) > 0 {
		diags.AddAttributeWarning(path.Root(run.AttrMembers), fmt.Sprintf("Somebody got the role after the plan: %s", role), fmt.Sprintf(
			"%s is also the role of %s, who got it after this plan was made. The plan did not announce that they lose it, so it was left to them. "+
				"Plan again to see and take it.",
			role, strings.Join(names, ", ")))
	}
}

// otherHolders returns the references of those who have the role and are no members, because
// nobody can take it from them.
func (r *roleHoldersResource) otherHolders(ctx context.Context, role access.Role, members []string) ([]string, error) {
	all, err := allUsers(ctx, r.Session)
	others := []string{}
	for _, p := range holders(all, role) {
		if !isTakeable(p) && !slices.Contains(members, p.ID) {
			others = append(others, r.Client.Known().ReferenceTo(p.ID).String())
		}
	}
	return others, err
}

// setOthers writes who else has the role.
func (r *roleHoldersResource) setOthers(ctx context.Context, role access.Role, members []string, state run.SettableAttributes, diags *diag.Diagnostics) {
	others, err := r.otherHolders(ctx, role, members)
	run.AddFailure(diags, run.Failure{Doing: "Reading " + holdersOf(role), Needs: run.NeedsAnyRole}, err)
	diags.Append(state.SetAttribute(ctx, path.Root(attrOthers), run.MemberSet(others))...)
}

// Read implements [resource.Resource].
func (r *roleHoldersResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	diags := &resp.Diagnostics
	role := access.Role(roleIn(ctx, req.State, diags).ValueString())
	known := run.Members(ctx, req.State, diags)
	for _, member := range known {
		r.Departed.Note(member, run.MemberIDs(ctx, req.Private)[member])
	}
	prior := r.PriorIDs(ctx, req.State, req.Private, diags)
	if diags.HasError() {
		return
	}
	ids, err := r.readMembers(ctx, role, prior)
	r.NoticeRoles(ctx, diags)
	var members []string
	if err == nil {
		members, err = r.SpellMembers(ctx, ids, known)
	}
	if err != nil {
		run.AddFailure(diags, run.Failure{At: path.Root(run.AttrRole), Doing: "Reading " + holdersOf(role), Needs: run.NeedsAnyRole}, err)
		return
	}
	r.NoteRead(ctx, resp.Private, run.HeldRoles, ids, diags)
	r.NoteGoneMembers(ctx, req.Private, resp.Private, diags)
	diags.Append(resp.State.SetAttribute(ctx, path.Root(run.AttrMembers), run.MemberSet(members))...)
	r.setOthers(ctx, role, ids, &resp.State, diags)
	r.warnOfOthers(ctx, role, req.State, resp.State, diags)
	holdersIdentity(r.Session, role).Set(ctx, resp.Identity, diags)
	run.RememberIDs(ctx, members, ids, &resp.State, resp.Private, diags)
}

// readMembers returns who has the role, but for those who are others: who was a member
// stays one, also when nobody can edit that user any more. Lists may lag behind, so who
// had the role by the state and has it no more by the list is read once.
func (r *roleHoldersResource) readMembers(ctx context.Context, role access.Role, prior []string) ([]string, error) {
	for _, id := range prior {
		p, err := r.user(ctx, id)
		if err == nil && p.Role != role {
			_, err = r.Client.ConfirmPrincipal(ctx, p.Kind, p.ID)
		}
		if err != nil && !run.IsNobody(err) {
			return nil, err
		}
	}
	all, err := allUsers(ctx, r.Session)
	if err != nil {
		return nil, err
	}
	return idsOf(slices.DeleteFunc(holders(all, role), func(p access.Principal) bool { return !isTakeable(p) && !slices.Contains(prior, p.ID) })), nil
}

// warnOfOthers names those who are new among the others: no plan can take the role from
// them, so it does not show as a change.
func (r *roleHoldersResource) warnOfOthers(ctx context.Context, role access.Role, before, after run.Attributes, diags *diag.Diagnostics) {
	var known types.Set
	diags.Append(before.GetAttribute(ctx, path.Root(attrOthers), &known)...)
	if known.IsNull() { // An import shows them.
		return
	}
	for _, other := range run.Without(run.Texts(ctx, after, attrOthers, diags), run.Texts(ctx, before, attrOthers, diags)) {
		p, err := r.ExistingMember(ctx, other)
		if err != nil {
			continue
		}
		diags.AddAttributeWarning(path.Root(attrOthers), fmt.Sprintf("Has %s, and Terraform cannot take it: %s", role, other), fmt.Sprintf(
			"%s got the global role %s since the last apply. It is %s, so nobody can edit it by SignPath's API, and nothing is planned. "+
				"Take the role away there, if it was not meant.",
			p, role, vocabulary.ManagedBy(p)))
	}
}

// ImportState implements [resource.ResourceWithImportState].
func (r *roleHoldersResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	text := req.ID
	if text == "" {
		text = run.IdentityAttribute(ctx, req.Identity, run.AttrRole)
	}
	if err := run.CheckRole(text); err != nil {
		resp.Diagnostics.AddError("Invalid role to import", tfkit.Sentence(err.Error())+" The import id is the role alone.")
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(run.AttrRole), text)...)
	holdersIdentity(r.Session, access.Role(text)).Set(ctx, resp.Identity, &resp.Diagnostics)
}
