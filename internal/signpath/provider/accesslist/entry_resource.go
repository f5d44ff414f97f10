package accesslist

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// accessListEntryResource manages one member of one access list, such as
// signpath_signing_policy_approver. It is additive: it leaves the other members
// alone.
type accessListEntryResource struct{ managedList }

var _ run.PlannedResource = (*accessListEntryResource)(nil)

func newAccessListEntryResource(list vocabulary.List) run.PlannedResource {
	return &accessListEntryResource{managedList{list: list}}
}

// Metadata implements [resource.Resource].
func (r *accessListEntryResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.list.EntryType()
}

// Schema implements [resource.Resource].
func (r *accessListEntryResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := parentAttributes(r.list)
	attributes[run.AttrMember] = schema.StringAttribute{
		Required: true,
		MarkdownDescription: fmt.Sprintf("The %s, as a member reference: %s. E-mails and UUIDs are compared without case. "+
			"Another principal replaces the resource; another spelling of the same one changes nothing. %s",
			r.list.Singular, run.MemberForms(r.list.Kinds), memberErrors(r.list)),
		Validators: []validator.String{run.IsMemberOfPlan(access.Kinds()...)},
	}
	attributes[attrMemberID] = schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "Id of the principal that `member` means, a UUID; known in the plan if the principal exists. " +
			"A reference that is in the state means whom it meant there, also if its name has gone to somebody else since." + run.RefusedIfChanged,
	}
	maps.Copy(attributes, run.ValidityAttributes("the entry"))
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("Manages **one** of the %[1]s of a %[2]s: who may %[3]s.\n\n"+
			"This resource owns one entry and leaves all others alone; many of them on one list are written in few edits. "+
			"An entry that is already on the list is taken over, and then removed on destroy like one that Terraform added. To own the whole list, and to see and remove foreign entries, use `%[4]s`; never use both for one list.\n\n"+
			"On destroy, the entry is removed from the list, in one edit with others of it that the same plan destroys where that is possible; where it has ended by `valid_until`, nothing changes.\n\n"+besides(r.list)+listNeeds(r.list)+"\n\n"+concurrencyNote(r.list),
			r.list.Plural, r.list.Parent, r.list.Grants, r.list.Type()),
		Attributes: attributes,
	}
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *accessListEntryResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = listIdentitySchema(r.list, true)
}

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (r *accessListEntryResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Session == nil {
		return
	}
	r.Look(ctx, req)
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, req, resp)
		return
	}
	if left, ok := r.leftTarget(ctx, req, &resp.Diagnostics); ok {
		r.planRemovalFrom(ctx, left, req, resp)
		req = planCreate(ctx, r.list, req, resp)
	}
	r.settleUnknownList(ctx, false, req, &resp.Diagnostics)
	var member types.String
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root(run.AttrMember), &member)...)
	if resp.Diagnostics.HasError() {
		return
	}
	isEnded := planValidity(ctx, req, resp)
	if isListUnknown := r.isOfUnknown(ctx, req, &resp.Diagnostics); isListUnknown || member.IsUnknown() {
		r.planUnknown(ctx, isListUnknown, isEnded, req, resp)
		return
	}
	if t, ok := r.planTarget(ctx, req, &resp.Diagnostics); ok && !planGroup(ctx, r.list, t, req, resp) {
		if isEnded && r.isStill(ctx, member, req, resp) {
			r.planEnd(ctx, t, req, resp)
			return
		}
		r.plan(ctx, t, member.ValueString(), req, resp)
	}
}

// planUnknown plans an entry of which it is known only after apply whom or what it is about by then. What has
// ended is that of the state.
func (r *accessListEntryResource) planUnknown(
	ctx context.Context, isListUnknown, isEnded bool, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if !isListUnknown {
		r.StayUnlessOther(ctx, req, path.Root(run.AttrMember), &resp.Diagnostics)
	}
	switch {
	case r.refusePastDay(ctx, req, &resp.Diagnostics) || resp.Diagnostics.HasError():
	case isEnded:
		r.planEndOfState(ctx, req, resp)
	case !isListUnknown:
		if t, ok := r.planTarget(ctx, req, &resp.Diagnostics); ok {
			r.settleMembers(ctx, t, false, nil, path.Root(run.AttrMember), &resp.Diagnostics)
		}
	}
}

// planRemovalFrom plans that the entry leaves the list of the state, if it is there.
func (r *accessListEntryResource) planRemovalFrom(ctx context.Context, t api.Target, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) bool {
	ids, diags := []string{entryID(ctx, req.Private)}, &resp.Diagnostics
	if !run.ValidityIn(ctx, req.State, diags).IsGranted() || !r.planRemoval(ctx, t, ids, diags) ||
		len(r.NoteKept(ctx, resp.Private, run.ListKey(t), ids, diags)) == 0 {
		return false
	}
	r.guardRemoval(ctx, t, ids[0], diags)
	return true
}

func (r *accessListEntryResource) planDestroy(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	t, err := r.target(ctx, req.State, req.Private, &resp.Diagnostics)
	if err == nil && r.planRemovalFrom(ctx, t, req, resp) {
		r.NoteAlong(ctx, resp.Private, t, entryID(ctx, req.Private), &resp.Diagnostics)
	}
}

// guardRemoval judges that the entry leaves the list.
func (r *accessListEntryResource) guardRemoval(ctx context.Context, t api.Target, id string, diags *diag.Diagnostics) {
	if current, err := r.currentMembers(ctx, t); err == nil && slices.Contains(current, id) {
		r.guardEntry(ctx, t, nil, []string{id}, path.Empty(), diags)
		r.settleMembers(ctx, t, false, nil, path.Empty(), diags)
	}
}

func (r *accessListEntryResource) requireReplaceOnUpdate(req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if !req.State.Raw.IsNull() {
		resp.RequiresReplace.Append(path.Root(run.AttrMember))
	}
}

func (r *accessListEntryResource) plan(ctx context.Context, t api.Target, member string, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	current, err := r.currentMembers(ctx, t)
	if r.TellGoneList(run.ListKey(t), err, run.ParentPath(r.list, err), &resp.Diagnostics) {
		return
	}
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{At: run.ParentPath(r.list, err), Doing: "Reading " + t.String(), Needs: run.ReadNeeds(r.list)}, err)
		return
	}
	if r.refusePastDay(ctx, req, &resp.Diagnostics) {
		return
	}
	var prior types.String
	meantID := ""
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root(run.AttrMember), &prior)...)
	}
	if prior.ValueString() == member {
		meantID = entryID(ctx, req.Private)
	}
	p, ok := r.planMember(ctx, t, current, member, meantID, path.Root(run.AttrMember), &resp.Diagnostics)
	if !ok { // Where the member is gone, there is an update that the apply refuses.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(attrMemberID), types.StringUnknown())...)
		return
	}
	r.planIDs(ctx, t, p, resp)
	r.claim(ctx, t, run.MemberKey(p), resp)
	r.Holdings.Hold(run.ListKey(t), run.MemberKey(p))
	if req.State.Raw.IsNull() {
		run.NoteSuccessor(ctx, resp.Private, run.Successor{Object: run.ListKey(t), Members: []string{run.MemberKey(p)}}, &resp.Diagnostics)
	}
	r.planNesting(ctx, t, run.MemberKey(p), req, resp)
	if !resp.Diagnostics.HasError() {
		r.planAccess(ctx, t, p, current, priorEntry(ctx, req), resp.Private, &resp.Diagnostics)
	}
	granted := entryID(ctx, req.Private)
	switch isSame := prior.ValueString() == member; {
	case req.State.Raw.IsNull(), isSame && (granted == "" || p.ID == granted):
		return
	case isSame: // The name is now that of somebody new.
		resp.RequiresReplace.Append(path.Root(attrMemberID))
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(attrMemberID), run.IDValue(p.ID))...)
		return
	}
	if p.ID != "" && p.ID == granted {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(run.AttrMember), prior)...)
		return
	}
	r.requireReplaceOnUpdate(req, resp)
}

// planIDs says whom the reference means.
func (r *accessListEntryResource) planIDs(ctx context.Context, t api.Target, p access.Principal, resp *resource.ModifyPlanResponse) {
	planGroupID(ctx, t, &resp.Plan, &resp.Diagnostics)
	var planned types.String
	resp.Diagnostics.Append(resp.Plan.GetAttribute(ctx, path.Root(attrMemberID), &planned)...)
	if planned.IsUnknown() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(attrMemberID), run.IDValue(p.ID))...)
	}
}

// planAccess judges what the entry changes: prior is who it was for, if anybody.
func (r *accessListEntryResource) planAccess(
	ctx context.Context, t api.Target, p access.Principal, current []string, prior string, private tfkit.PrivateState, diags *diag.Diagnostics,
) {
	var added []access.Principal
	var removed []string
	if !slices.Contains(current, p.ID) {
		added = append(added, p)
	}
	if prior != "" && prior != p.ID && slices.Contains(current, prior) {
		removed = r.NoteKept(ctx, private, run.ListKey(t), []string{prior}, diags)
	}
	r.guardEntry(ctx, t, added, removed, path.Root(run.AttrMember), diags)
	if len(added)+len(removed) > 0 {
		r.settleMembers(ctx, t, false, added, path.Root(run.AttrMember), diags)
	}
}

func (r *accessListEntryResource) guardEntry(
	ctx context.Context, t api.Target, added []access.Principal, removed []string, at path.Path, diags *diag.Diagnostics,
) {
	change := r.ListChange(t, added, removed)
	change.Replaceable, change.Ends = true, at.Equal(path.Empty())
	change.At = func(review.Finding) path.Path { return at }
	r.GuardAccess(ctx, change, diags)
}

// planNesting notes who joins the group, and who leaves it by a replacement, and
// checks that it does not contain itself.
func (r *accessListEntryResource) planNesting(
	ctx context.Context, t api.Target, key string, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.list.Parent != vocabulary.ParentUserGroup {
		return
	}
	if prior := priorEntry(ctx, req); prior != "" && prior != key {
		r.Memberships.Change(run.GroupKey(t), prior, false)
	}
	r.Memberships.Change(run.GroupKey(t), key, true)
	at := func(string) path.Path { return path.Root(run.AttrMember) }
	r.CheckNesting(ctx, t, []string{key}, at, &resp.Diagnostics)
}

// claim notes that this resource manages the entry, and that nobody may own the
// whole list.
func (r *accessListEntryResource) claim(ctx context.Context, t api.Target, key string, resp *resource.ModifyPlanResponse) {
	by := r.list.EntryType()
	r.Claim(ctx, resp.Private, run.ListKey(t), run.Claim{By: by, Of: t.String(), Shared: true}, run.ParentPath(r.list, nil), &resp.Diagnostics)
	entry := run.Claim{By: by, Of: fmt.Sprintf("the entry %s of %s", key, t)}
	r.Claim(ctx, resp.Private, key+" on "+run.ListKey(t), entry, path.Root(run.AttrMember), &resp.Diagnostics)
}

const privateID = "principal_id"

// entryID returns the id of the principal whose entry the resource manages: it
// stays the same when the principal is renamed.
func entryID(ctx context.Context, private tfkit.PrivateReader) string {
	return tfkit.GetPrivate[string](ctx, private, privateID)
}

// priorEntry is who leaves the list if the member is another one. The create half of a
// replacement gets the private state of what is replaced, which may be of another list.
func priorEntry(ctx context.Context, req resource.ModifyPlanRequest) string {
	if req.State.Raw.IsNull() {
		return ""
	}
	return entryID(ctx, req.Private)
}

func setEntryID(ctx context.Context, private tfkit.PrivateState, id string, diags *diag.Diagnostics) {
	tfkit.SetPrivate(ctx, private, privateID, id, diags)
}

// Create implements [resource.Resource].
func (r *accessListEntryResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	t, ok := r.applyTarget(ctx, req.Plan, nil, &resp.Diagnostics)
	member := entryMember(ctx, req.Plan, &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	p, err := r.AppliedMember(ctx, member)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.LookingUp(run.AttrMember, member), err)
		return
	}
	warnings, err := r.Client.ChangeMembers(ctx, t, []string{p.ID}, nil)
	run.AddEditWarnings(&resp.Diagnostics, t.String(), warnings)
	doing := run.Failure{At: path.Root(run.AttrMember), Doing: fmt.Sprintf("Adding %q to %s", member, t), Needs: run.ChangeNeeds(r.list), Creating: true}
	run.AddFailure(&resp.Diagnostics, doing, err)
	if err != nil && !run.IsInForce(err) {
		return
	}
	setEntryID(ctx, resp.Private, p.ID, &resp.Diagnostics)
	rememberGroup(ctx, resp.Private, t, &resp.Diagnostics)
	r.listIdentity(t, p.ID).Set(ctx, resp.Identity, &resp.Diagnostics)
	resp.State.Raw = req.Plan.Raw
	keepIDs(ctx, t, p.ID, &resp.State, &resp.Diagnostics)
}

// keepIDs writes who the entry is for, which the plan may have left unknown.
func keepIDs(ctx context.Context, t api.Target, id string, state run.SettableAttributes, diags *diag.Diagnostics) {
	diags.Append(state.SetAttribute(ctx, path.Root(attrMemberID), id)...)
	keepGroupID(ctx, t, state, diags)
}

func entryMember(ctx context.Context, from run.Attributes, diags *diag.Diagnostics) string {
	var member types.String
	diags.Append(from.GetAttribute(ctx, path.Root(run.AttrMember), &member)...)
	return member.ValueString()
}

// Read implements [resource.Resource].
func (r *accessListEntryResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	t, ids, ok := r.readMembers(ctx, req, resp)
	member := entryMember(ctx, req.State, &resp.Diagnostics)
	r.Departed.Note(member, entryID(ctx, req.Private))
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	id, err := r.currentID(ctx, member, entryID(ctx, req.Private))
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{At: path.Root(run.AttrMember), Doing: fmt.Sprintf("Looking up %q", member), Needs: run.NeedsAnyRole}, err)
		return
	}
	if id != "" && !slices.Contains(ids, id) {
		if ids, err = r.Client.ConfirmMembers(ctx, t); err != nil {
			run.AddFailure(&resp.Diagnostics, run.Failure{At: run.ParentPath(r.list, err), Doing: "Reading " + t.String(), Needs: run.ReadNeeds(r.list)}, err)
			return
		}
	}
	isOnList := id != "" && slices.Contains(ids, id)
	validity := r.ReadValidity(run.ValidityIn(ctx, req.State, &resp.Diagnostics), isOnList)
	if !isOnList {
		if !validity.Ended.ValueBool() && !r.IsGone(ctx, member, id) {
			run.RemoveFromState(ctx, resp)
			return
		}
		if validity.Ended.ValueBool() {
			validity.Set(ctx, &resp.State, &resp.Diagnostics)
			r.NoteRead(ctx, resp.Private, run.ListKey(t), nil, &resp.Diagnostics)
		}
		r.listIdentity(t, id).Set(ctx, resp.Identity, &resp.Diagnostics)
		return
	}
	spelled, err := r.SpellMembers(ctx, []string{id}, []string{member})
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{At: path.Root(run.AttrMember), Doing: fmt.Sprintf("Looking up %q", member), Needs: run.NeedsAnyRole}, err)
		return
	}
	setEntryID(ctx, resp.Private, id, &resp.Diagnostics)
	r.NoteRead(ctx, resp.Private, run.ListKey(t), []string{id}, &resp.Diagnostics)
	r.keepTarget(ctx, t, id, req, resp)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(run.AttrMember), spelled[0])...)
	validity.Set(ctx, &resp.State, &resp.Diagnostics)
	keepIDs(ctx, t, id, &resp.State, &resp.Diagnostics)
}

// currentID returns the id of the entry's principal: the one that was granted,
// or after an import the one that the reference names. It is empty if there is
// no such principal.
func (r *accessListEntryResource) currentID(ctx context.Context, member, granted string) (string, error) {
	if granted != "" {
		return granted, nil
	}
	p, err := r.ExistingMember(ctx, member)
	if run.IsNobody(err) {
		return "", nil
	}
	return p.ID, err
}

// Update implements [resource.Resource]. The entry stays the same one, and is there
// afterwards.
func (r *accessListEntryResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	if !run.ValidityIn(ctx, req.Plan, &resp.Diagnostics).IsGranted() {
		r.end(ctx, req, resp)
		return
	}
	t, ok := r.applyTarget(ctx, req.Plan, req.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	if member := entryMember(ctx, req.State, &resp.Diagnostics); r.IsGone(ctx, member, entryID(ctx, req.Private)) {
		_, err := r.ExistingMember(ctx, member)
		run.AddFailure(&resp.Diagnostics, run.LookingUp(run.AttrMember, member), err)
		return
	}
	warnings, err := r.Client.ChangeMembers(ctx, t, []string{entryID(ctx, req.Private)}, nil)
	run.AddEditWarnings(&resp.Diagnostics, t.String(), warnings)
	doing := run.Failure{At: path.Root(run.AttrMember), Doing: "Changing " + t.String(), Needs: run.ChangeNeeds(r.list)}
	if run.AddFailure(&resp.Diagnostics, doing, err); err != nil && !run.IsInForce(err) {
		return
	}
	resp.State.Raw = req.Plan.Raw
	keepIDs(ctx, t, entryID(ctx, req.Private), &resp.State, &resp.Diagnostics)
	r.listIdentity(t, entryID(ctx, req.Private)).Set(ctx, resp.Identity, &resp.Diagnostics)
}

// Delete implements [resource.Resource].
func (r *accessListEntryResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	if !run.ValidityIn(ctx, req.State, &resp.Diagnostics).IsGranted() {
		return // What is there by now, somebody else has put there.
	}
	t, err := r.target(ctx, req.State, req.Private, &resp.Diagnostics)
	member := entryMember(ctx, req.State, &resp.Diagnostics)
	along := r.TakeAlong(ctx, resp.Private, t, &resp.Diagnostics)
	id := ""
	if err == nil {
		id, err = r.currentID(ctx, member, entryID(ctx, req.Private))
	}
	if err == nil && id != "" && len(r.GivenUp(ctx, req.Private, run.ListKey(t), run.Leaving(ctx, req.Private, run.ListKey(t), []string{id}))) > 0 {
		var warnings api.Warnings
		r.Taken.Entries.Hold(run.ListKey(t), append([]string{id}, along...)...) // Before it: a plan may read the list while it is written.
		warnings, err = r.Client.EndEntry(ctx, t, id, along)
		run.AddEditWarnings(&resp.Diagnostics, t.String(), warnings)
	}
	if !run.IsNobody(err) {
		run.AddFailure(&resp.Diagnostics, run.Failure{
			At: path.Root(run.AttrMember), Doing: fmt.Sprintf("Removing %q from %s", member, t), Needs: run.ChangeNeeds(r.list),
		}, err)
	}
}

// ImportState implements [resource.ResourceWithImportState].
func (r *accessListEntryResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	parent, member, ok := r.importParent(ctx, true, req, &resp.Diagnostics)
	if !ok {
		return
	}
	form := run.ImportForm(req.ID, importForm(r.list, true))
	t, ids, ok := r.importTarget(ctx, parent, form, resp)
	if !ok {
		return
	}
	p, err := r.ExistingMember(ctx, member)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: fmt.Sprintf("Importing %q on %s", member, t), Needs: run.NeedsAnyRole, ImportForm: form}, err)
		return
	}
	if !slices.Contains(ids, p.ID) {
		names, _ := r.SpellMembers(ctx, ids, nil)
		resp.Diagnostics.AddError("Not on the list", fmt.Sprintf("%q is not on %s, which holds %s.", member, t, run.JoinOrNobody(names)))
		return
	}
	setEntryID(ctx, resp.Private, p.ID, &resp.Diagnostics)
	r.listIdentity(t, p.ID).Set(ctx, resp.Identity, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(run.AttrMember), member)...)
}
