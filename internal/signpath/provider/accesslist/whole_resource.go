package accesslist

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// accessListResource manages all members of one access list, such as
// signpath_signing_policy_approvers. It is authoritative: a member that is not
// in the configuration is drift, and is removed.
type accessListResource struct{ managedList }

var _ run.PlannedResource = (*accessListResource)(nil)

func newAccessListResource(list vocabulary.List) run.PlannedResource {
	return &accessListResource{managedList{list: list}}
}

// Metadata implements [resource.Resource].
func (r *accessListResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.list.Type()
}

// Schema implements [resource.Resource].
func (r *accessListResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	entryType := r.list.EntryType()
	attributes := parentAttributes(r.list)
	attributes[run.AttrMembers] = schema.SetAttribute{
		ElementType: types.StringType,
		Required:    true,
		MarkdownDescription: fmt.Sprintf("All %s of the %s, as member references: %s. `[]` means nobody. "+
			"E-mails and UUIDs are compared without case. %s",
			r.list.Plural, r.list.Parent, run.MemberForms(r.list.Kinds), memberErrors(r.list)),
		Validators: []validator.Set{run.NoNulls(), setvalidator.ValueStringsAre(run.IsMemberOfPlan(access.Kinds()...))},
	}
	attributes[run.AttrRemoves] = schema.SetAttribute{
		ElementType:   types.StringType,
		Computed:      true,
		PlanModifiers: []planmodifier.Set{run.OfCreate{}},
		MarkdownDescription: fmt.Sprintf("Ids of those whom the create takes off the list: who is on it, and not in `members`. The create removes exactly these. "+
			"It is known in every plan: empty where there is nobody, and also where the list or a member is only known after apply; such a create removes nobody. "+
			"After the create it stays as it is; whom an update removes, `members` shows. Null after an import.%s", run.RefusedIfChanged),
	}
	attributes[run.AttrMemberIDs] = schema.SetAttribute{
		ElementType: types.StringType,
		Computed:    true,
		MarkdownDescription: fmt.Sprintf("Ids of the principals that `members` means, of each that exists known in the plan. A reference that is in the state means whom it meant there, "+
			"also if its name has gone to somebody else since.%s", run.RefusedIfChanged),
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("Manages **all** %[1]s of a %[2]s: who may %[3]s.\n\n"+
			"This resource owns the whole list. A member that somebody else added shows as drift in the next plan and is removed by the next apply. "+
			"Every plan that changes the list says in one line who gains and who loses, also through groups. "+
			"To manage single entries and leave the others alone, use `%[4]s`; never use both for one list.\n\n"+
			"On destroy, the members in the state are removed from the list.\n\n"+besides(r.list)+listNeeds(r.list)+"\n\n"+concurrencyNote(r.list),
			r.list.Plural, r.list.Parent, r.list.Grants, entryType),
		Attributes: attributes,
	}
}

// concurrencyNote says what cannot be guaranteed.
func concurrencyNote(list vocabulary.List) string {
	const note = "SignPath's API has no way to say \"change this only if nobody else did meanwhile\". "
	if list.Parent == vocabulary.ParentUserGroup {
		return note + "This provider reads the group right before it changes the members and again after it, and writes its own entries again if they are gone. " +
			"Members are added and removed by name, which leaves others alone; only where a whole list holds nobody but those that Terraform knows is it written as a whole, " +
			"and somebody who is added in the moment between that read and the write is then lost without a trace. " +
			"A change made right after the second read can overwrite ours; the next plan shows that as drift."
	}
	return note + "This provider reads the object right before an edit and again after it, writes its own entries again if they are gone, and reports settings that were lost. " +
		"A change that somebody else makes in the moment between that read and the write can still be overwritten, and one made right after the second read can overwrite ours; the next plan shows either as drift, " +
		"but for an entry that a resource of a single one has removed: it is nobody's then, and where somebody else's write puts it back, only the resource of the whole list shows it."
}

func memberErrors(list vocabulary.List) string {
	text := "A member that does not exist, is inactive or fits several principals is an error in the plan"
	if list.Refuses != "" {
		text += "; so is " + list.Refuses
	}
	return text + "."
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *accessListResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = listIdentitySchema(r.list, false)
}

// ModifyPlan implements [resource.ResourceWithModifyPlan]: it checks every
// member that is known, and says who will lose access.
func (r *accessListResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Session == nil {
		return
	}
	r.Look(ctx, req)
	p := listPlan{managedList: &r.managedList, MemberPlan: run.MemberPlan{Session: r.Session, Req: req, Resp: resp}}
	if req.Plan.Raw.IsNull() {
		p.destroy(ctx)
		return
	}
	if t, ok := r.leftTarget(ctx, req, &resp.Diagnostics); ok {
		p.leave(ctx, t)
		req = planCreate(ctx, r.list, req, resp)
		p.Req, p.moves = req, true
	}
	r.settleUnknownList(ctx, true, req, &resp.Diagnostics)
	if r.isOfUnknown(ctx, req, &resp.Diagnostics) {
		return
	}
	if t, ok := r.planTarget(ctx, req, &resp.Diagnostics); ok && !planGroup(ctx, r.list, t, req, resp) {
		p.run(ctx, t)
	}
}

// Create implements [resource.Resource].
func (r *accessListResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	t, ok := r.applyTarget(ctx, req.Plan, nil, &resp.Diagnostics)
	wanted := run.Members(ctx, req.Plan, &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ids, ok := r.IDsOf(ctx, wanted, nil, &resp.Diagnostics)
	if !ok || !r.apply(ctx, t, ids, run.Texts(ctx, req.Plan, run.AttrRemoves, &resp.Diagnostics), true, &resp.Diagnostics) {
		return
	}
	resp.State.Raw = req.Plan.Raw
	keepGroupID(ctx, t, &resp.State, &resp.Diagnostics)
	r.listIdentity(t, "").Set(ctx, resp.Identity, &resp.Diagnostics)
	rememberGroup(ctx, resp.Private, t, &resp.Diagnostics)
	run.RememberIDs(ctx, wanted, ids, &resp.State, resp.Private, &resp.Diagnostics)
}

// Update implements [resource.Resource].
func (r *accessListResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	t, ok := r.applyTarget(ctx, req.Plan, req.Private, &resp.Diagnostics)
	wanted := run.Members(ctx, req.Plan, &resp.Diagnostics)
	prior := r.PriorIDs(ctx, req.State, req.Private, &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ids, ok := r.IDsOf(ctx, wanted, run.MemberIDs(ctx, req.Private), &resp.Diagnostics)
	if !ok || !r.apply(ctx, t, ids, prior, false, &resp.Diagnostics) {
		return
	}
	resp.State.Raw = req.Plan.Raw
	keepGroupID(ctx, t, &resp.State, &resp.Diagnostics)
	r.listIdentity(t, "").Set(ctx, resp.Identity, &resp.Diagnostics)
	run.RememberIDs(ctx, wanted, ids, &resp.State, resp.Private, &resp.Diagnostics)
}

// Delete implements [resource.Resource].
func (r *accessListResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	defer r.NoticeContract(&resp.Diagnostics)
	t, err := r.target(ctx, req.State, req.Private, &resp.Diagnostics)
	prior := r.PriorIDs(ctx, req.State, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if prior = r.GivenUp(ctx, req.Private, run.ListKey(t), run.Leaving(ctx, req.Private, run.ListKey(t), prior)); err == nil && len(prior) > 0 {
		var warnings api.Warnings
		r.Taken.Entries.Hold(run.ListKey(t), prior...) // Before it: a plan may read the list while it is written.
		warnings, err = r.Client.SetMembers(ctx, t, nil, prior)
		run.AddEditWarnings(&resp.Diagnostics, t.String(), warnings)
	}
	if !run.IsNobody(err) {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Emptying " + t.String(), Needs: run.ChangeNeeds(r.list)}, err)
	}
}

// apply adds who is wanted and removes who was known and is not wanted. A member
// that the plan did not know of stays, and shows in the next plan: an apply
// must not take more than the plan said. It returns whether those who are wanted are on
// the list.
func (r *accessListResource) apply(ctx context.Context, t api.Target, ids, known []string, creating bool, diags *diag.Diagnostics) (ok bool) {
	r.Taken.Entries.Hold(run.ListKey(t), run.Without(known, ids)...) // Before it: nobody puts them back.
	warnings, err := r.Client.SetMembers(ctx, t, ids, known)
	run.AddEditWarnings(diags, t.String(), warnings)
	if err != nil {
		run.AddFailure(diags, run.Failure{At: path.Root(run.AttrMembers), Doing: "Changing " + t.String(), Needs: run.ChangeNeeds(r.list), Creating: creating}, err)
		return run.IsInForce(err)
	}
	r.warnOfStrangers(ctx, t, ids, diags)
	return true
}

// warnOfStrangers names members who came onto the list after the plan.
func (r *accessListResource) warnOfStrangers(ctx context.Context, t api.Target, wanted []string, diags *diag.Diagnostics) {
	current, err := r.Client.Members(ctx, t)
	if err != nil {
		return
	}
	strangers := slices.DeleteFunc(slices.Clone(current), func(id string) bool { return slices.Contains(wanted, id) })
	if len(strangers) == 0 {
		return
	}
	names, err := r.SpellMembers(ctx, strangers, nil)
	if err != nil {
		return
	}
	diags.AddAttributeWarning(path.Root(run.AttrMembers), "Somebody was added after the plan: "+t.String(),
		fmt.Sprintf("%s also holds %s, who came onto it after this plan was made. The plan did not announce their removal, so they were left there. "+
			"Plan again to see and remove them.",
			t, strings.Join(names, ", ")))
}

// Read implements [resource.Resource].
func (r *accessListResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	t, ids, ok := r.readMembers(ctx, req, resp)
	known := run.Members(ctx, req.State, &resp.Diagnostics)
	for _, member := range known {
		r.Departed.Note(member, run.MemberIDs(ctx, req.Private)[member])
	}
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	members, err := r.SpellMembers(ctx, ids, known)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{At: run.ParentPath(r.list, err), Doing: "Reading " + t.String(), Needs: run.ReadNeeds(r.list)}, err)
		return
	}
	r.NoteRead(ctx, resp.Private, run.ListKey(t), ids, &resp.Diagnostics)
	r.NoteGoneMembers(ctx, req.Private, resp.Private, &resp.Diagnostics)
	r.keepTarget(ctx, t, "", req, resp)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(run.AttrMembers), run.MemberSet(members))...)
	run.RememberIDs(ctx, members, ids, &resp.State, resp.Private, &resp.Diagnostics)
}

// ImportState implements [resource.ResourceWithImportState].
func (r *accessListResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	parent, _, ok := r.importParent(ctx, false, req, &resp.Diagnostics)
	if !ok {
		return
	}
	if t, _, ok := r.importTarget(ctx, parent, run.ImportForm(req.ID, importForm(r.list, false)), resp); ok {
		r.listIdentity(t, "").Set(ctx, resp.Identity, &resp.Diagnostics)
	}
}
