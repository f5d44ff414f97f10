package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// accessListResource manages all members of one access list, such as
// signpath_signing_policy_approvers. It is authoritative: a member that is not
// in the configuration is drift, and is removed.
type accessListResource struct {
	configured
	list access.List
}

var (
	_ resource.ResourceWithConfigure   = (*accessListResource)(nil)
	_ resource.ResourceWithImportState = (*accessListResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*accessListResource)(nil)
)

func newAccessListResource(list access.List) resource.Resource {
	return &accessListResource{list: list}
}

// listTypeName returns the type name of a resource for the list.
func listTypeName(provider string, list access.List, noun string) string {
	return provider + "_" + strings.ReplaceAll(string(list.Parent), " ", "_") + "_" + noun
}

// Metadata implements [resource.Resource].
func (r *accessListResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = listTypeName(req.ProviderTypeName, r.list, r.list.Plural)
}

const attrMembers = "members"

// Schema implements [resource.Resource].
func (r *accessListResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	entryType := listTypeName("signpath", r.list, r.list.Singular)
	attributes := parentAttributes(r.list)
	attributes[attrMembers] = schema.SetAttribute{
		ElementType: types.StringType,
		Required:    true,
		MarkdownDescription: fmt.Sprintf("All %s of the %s, as member references: %s. `[]` means nobody. "+
			"E-mails and UUIDs are compared without case. %s",
			r.list.Plural, r.list.Parent, memberForms(r.list.Kinds), memberErrors(r.list)),
		Validators: []validator.Set{setvalidator.ValueStringsAre(isMemberReference(access.Kinds()...))},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("Manages **all** %[1]s of a %[2]s: who may %[3]s.\n\n"+
			"This resource owns the whole list. A member that somebody else added shows as drift in the next plan and is removed by the next apply. "+
			"Creating it over a list that is not empty warns, and names who will lose access. "+
			"To manage single entries and leave the others alone, use `%[4]s`; never use both for one list.\n\n"+
			"On destroy, the members in the state are removed from the list.\n\n"+listNeeds(r.list)+"\n\n"+concurrencyNote,
			r.list.Plural, r.list.Parent, r.list.Grants, entryType),
		Attributes: attributes,
	}
}

// concurrencyNote says what cannot be guaranteed.
const concurrencyNote = "SignPath's API has no way to say \"change this only if nobody else did meanwhile\". " +
	"This provider reads the object right before an edit and again after it, writes its own entries again if they are gone, and reports settings that were lost. " +
	"A change that somebody else makes in the moment between that read and the write can still be overwritten, and one made right after the second read can overwrite ours; the next plan shows either as drift."

func memberForms(kinds []access.Kind) string {
	forms := map[access.Kind]string{
		access.KindUser:   "`user:EMAIL` (an interactive user's account e-mail)",
		access.KindCIUser: "`ci_user:NAME`",
		access.KindGroup:  "`group:NAME`",
	}
	var texts []string
	for _, kind := range kinds {
		texts = append(texts, forms[kind])
	}
	return strings.Join(texts, ", ") + ", or any of these kinds with a UUID in place of the e-mail or name"
}

func memberErrors(list access.List) string {
	text := "A member that does not exist, is inactive or fits several principals is an error in the plan"
	switch list.Plural {
	case access.Submitters.Plural:
		text += "; so is an interactive user where the signing policy verifies trusted build systems"
	case access.Approvers.Plural:
		text += "; so is a CI user that is not on the list yet, because SignPath documents only interactive users and groups as approvers"
	}
	return text + "."
}

// ModifyPlan implements [resource.ResourceWithModifyPlan]: it checks every
// member that is known, and says who will lose access.
func (r *accessListResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.session == nil {
		return
	}
	p := listPlan{session: r.session, list: r.list, req: req, resp: resp}
	if req.Plan.Raw.IsNull() {
		p.claim(ctx, getParent(ctx, req.State, r.list, &resp.Diagnostics).target(r.list))
		return
	}
	parent := getParent(ctx, req.Plan, r.list, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || parent.isUnknown() {
		return
	}
	p.run(ctx, parent.target(r.list))
}

// A listPlan is one planning of a whole list.
type listPlan struct {
	*session
	list access.List
	req  resource.ModifyPlanRequest
	resp *resource.ModifyPlanResponse
}

func (p *listPlan) claim(ctx context.Context, t api.Target) {
	mark := instanceMark(ctx, p.resp.Private, &p.resp.Diagnostics)
	p.session.claim(t.String(), claim{mark: mark, by: listTypeName("signpath", p.list, p.list.Plural)}, parentPath(p.list, nil), &p.resp.Diagnostics)
}

func (p *listPlan) run(ctx context.Context, t api.Target) {
	diags := &p.resp.Diagnostics
	p.claim(ctx, t)
	current, err := p.client.Members(ctx, t)
	if err != nil {
		addFailure(diags, failure{at: parentPath(p.list, err), doing: "Reading " + t.String(), needs: needsProjectRead}, err)
		return
	}
	members, complete := p.plannedMembers(ctx)
	ids := p.checkMembers(ctx, t, current, members)
	if diags.HasError() || !complete {
		return
	}
	p.keepSpelling(ctx, ids)
	p.warnOfEmptyList(t, members)
	p.warnOfTooFewApprovers(ctx, t, members)
	if p.req.State.Raw.IsNull() {
		p.warnOfLosses(ctx, t, current, ids)
	}
}

// plannedMembers returns the members that are known, and whether all are.
func (p *listPlan) plannedMembers(ctx context.Context) (members []string, complete bool) {
	var set types.Set
	p.resp.Diagnostics.Append(p.req.Plan.GetAttribute(ctx, path.Root(attrMembers), &set)...)
	if set.IsUnknown() {
		return nil, false
	}
	complete = true
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok && !text.IsUnknown() {
			members = append(members, text.ValueString())
			continue
		}
		complete = false
	}
	return members, complete
}

// checkMembers reports every member that cannot be on the list, and returns
// which principals the others are; see memberKey.
func (p *listPlan) checkMembers(ctx context.Context, t api.Target, current, members []string) map[string]string {
	keys := map[string]string{}
	for _, member := range members {
		at := path.Root(attrMembers).AtSetValue(types.StringValue(member))
		principal, ok := p.planMember(ctx, t, current, member, at, &p.resp.Diagnostics)
		if !ok {
			continue
		}
		key := memberKey(principal)
		if other, twice := keys[key]; twice {
			p.resp.Diagnostics.AddAttributeError(at, "Member named twice",
				fmt.Sprintf("%q and %q are the same principal. Keep one of the two.", other, member))
		}
		keys[key] = member
	}
	return keys
}

// keepSpelling plans no change if the configuration only spells the same
// members differently: a plan must show nothing where nobody gains or loses.
func (p *listPlan) keepSpelling(ctx context.Context, wanted map[string]string) {
	if p.req.State.Raw.IsNull() {
		return
	}
	prior := p.priorIDs(ctx, p.req.State, p.req.Private, &p.resp.Diagnostics)
	if len(prior) != len(wanted) {
		return
	}
	for _, id := range prior {
		if wanted[id] == "" {
			return
		}
	}
	var members types.Set
	p.resp.Diagnostics.Append(p.req.State.GetAttribute(ctx, path.Root(attrMembers), &members)...)
	p.resp.Diagnostics.Append(p.resp.Plan.SetAttribute(ctx, path.Root(attrMembers), members)...)
}

func (p *listPlan) warnOfEmptyList(t api.Target, members []string) {
	if len(members) > 0 || p.isUnchanged() {
		return
	}
	p.resp.Diagnostics.AddAttributeWarning(path.Root(attrMembers), "Nobody is left on the list",
		fmt.Sprintf("With members = [], %s will be empty: the list lets nobody %s. Administrators may still do so through their global role.", t, p.list.Grants))
}

func (p *listPlan) isUnchanged() bool { return p.req.State.Raw.Equal(p.resp.Plan.Raw) }

// warnOfTooFewApprovers warns where fewer people may approve than have to. With
// a group among them that cannot be told. It is no error, because the names of
// the settings are inferred.
func (p *listPlan) warnOfTooFewApprovers(ctx context.Context, t api.Target, members []string) {
	if p.list.Plural != access.Approvers.Plural || len(members) == 0 || p.isUnchanged() {
		return
	}
	if slices.ContainsFunc(members, func(m string) bool { return strings.HasPrefix(m, string(access.KindGroup)+":") }) {
		return
	}
	policy, err := p.client.SigningPolicy(ctx, t.Project, t.Policy)
	if err != nil || policy.RequiredApprovals == nil || int64(len(members)) >= *policy.RequiredApprovals {
		return
	}
	p.resp.Diagnostics.AddAttributeWarning(path.Root(attrMembers), "Fewer approvers than required approvals",
		fmt.Sprintf("Signing policy %q requires %d approvals and will have %d approvers, so no request can be approved.",
			t.Project+"/"+t.Policy, *policy.RequiredApprovals, len(members)))
}

// warnOfLosses names who is on the list now and will not be after the create,
// which the plan of a create cannot show.
func (p *listPlan) warnOfLosses(ctx context.Context, t api.Target, current []string, wanted map[string]string) {
	losers := slices.DeleteFunc(slices.Clone(current), func(id string) bool { return wanted[id] != "" })
	p.losses.announce(t.String(), losers)
	if len(losers) == 0 {
		return
	}
	names, err := p.spellMembers(ctx, losers, nil)
	if err != nil {
		addFailure(&p.resp.Diagnostics, failure{at: path.Root(attrMembers), doing: "Naming the members of " + t.String(), needs: needsAnyRole}, err)
		return
	}
	slices.Sort(names)
	p.resp.Diagnostics.AddAttributeWarning(path.Root(attrMembers), "Existing members will lose access",
		fmt.Sprintf("This resource takes over %s as a whole. Who is on it now and not in the configuration loses the entry, which lets them %s:\n  - %s\n\n"+
			"To keep them, add them to members, or import the list instead of creating it.", t, p.list.Grants, strings.Join(names, "\n  - ")))
}

func stateMembers(ctx context.Context, from attributes, diags *diag.Diagnostics) []string {
	var set types.Set
	diags.Append(from.GetAttribute(ctx, path.Root(attrMembers), &set)...)
	var members []string
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok {
			members = append(members, text.ValueString())
		}
	}
	slices.Sort(members)
	return members
}

// Create implements [resource.Resource].
func (r *accessListResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	parent := getParent(ctx, req.Plan, r.list, &resp.Diagnostics)
	t := parent.target(r.list)
	wanted := stateMembers(ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || !r.apply(ctx, t, wanted, r.losses.announced(t.String()), &resp.Diagnostics) {
		return
	}
	resp.State.Raw = req.Plan.Raw
	r.rememberIDs(ctx, wanted, resp.Private, &resp.Diagnostics)
}

// Update implements [resource.Resource].
func (r *accessListResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	parent := getParent(ctx, req.Plan, r.list, &resp.Diagnostics)
	wanted := stateMembers(ctx, req.Plan, &resp.Diagnostics)
	prior := r.priorIDs(ctx, req.State, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || !r.apply(ctx, parent.target(r.list), wanted, prior, &resp.Diagnostics) {
		return
	}
	resp.State.Raw = req.Plan.Raw
	r.rememberIDs(ctx, wanted, resp.Private, &resp.Diagnostics)
}

// Delete implements [resource.Resource].
func (r *accessListResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	t := getParent(ctx, req.State, r.list, &resp.Diagnostics).target(r.list)
	prior := r.priorIDs(ctx, req.State, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	warnings, err := r.client.ChangeMembers(ctx, t, nil, prior)
	addEditWarnings(&resp.Diagnostics, warnings)
	if !api.IsGone(err) {
		addFailure(&resp.Diagnostics, failure{doing: "Emptying " + t.String(), needs: needsProjectAdmin}, err)
	}
}

// apply adds who is wanted and removes who was known and is not wanted. A member
// that the plan did not know of stays, and shows in the next plan: an apply
// must not take more than the plan said.
func (r *accessListResource) apply(ctx context.Context, t api.Target, wanted, known []string, diags *diag.Diagnostics) bool {
	add, ok := r.idsOf(ctx, wanted, diags)
	if !ok {
		return false
	}
	remove := slices.DeleteFunc(slices.Clone(known), func(id string) bool { return slices.Contains(add, id) })
	warnings, err := r.client.ChangeMembers(ctx, t, add, remove)
	addEditWarnings(diags, warnings)
	if err != nil {
		addFailure(diags, failure{at: path.Root(attrMembers), doing: "Changing " + t.String(), needs: needsProjectAdmin}, err)
		return false
	}
	r.warnOfStrangers(ctx, t, add, diags)
	return true
}

// warnOfStrangers names members who came onto the list after the plan.
func (r *accessListResource) warnOfStrangers(ctx context.Context, t api.Target, wanted []string, diags *diag.Diagnostics) {
	current, err := r.client.Members(ctx, t)
	if err != nil {
		return
	}
	strangers := slices.DeleteFunc(slices.Clone(current), func(id string) bool { return slices.Contains(wanted, id) })
	if len(strangers) == 0 {
		return
	}
	names, err := r.spellMembers(ctx, strangers, nil)
	if err != nil {
		return
	}
	diags.AddAttributeWarning(path.Root(attrMembers), "Somebody was added after the plan",
		fmt.Sprintf("%s also holds %s, who came onto it after this plan was made. The plan did not announce their removal, so they were left there. Plan again to see and remove them.",
			t, strings.Join(names, ", ")))
}

// idsOf finds the principals that members name.
func (r *accessListResource) idsOf(ctx context.Context, members []string, diags *diag.Diagnostics) (ids []string, ok bool) {
	ok = true
	for _, member := range members {
		p, err := r.existingMember(ctx, member)
		if err != nil {
			at := path.Root(attrMembers).AtSetValue(types.StringValue(member))
			addFailure(diags, failure{at: at, doing: fmt.Sprintf("Looking up %q", member), needs: needsAnyRole, granting: true}, err)
			ok = false
			continue
		}
		ids = append(ids, p.ID)
	}
	return ids, ok
}

const privateMemberIDs = "member_ids"

// rememberIDs keeps who the members in the state are. A reference may name
// nobody any more when its principal was renamed, also by the same apply, and
// its entry must still be found to be removed.
func (r *accessListResource) rememberIDs(ctx context.Context, members []string, private privateState, diags *diag.Diagnostics) {
	ids := map[string]string{}
	for _, member := range members {
		if p, err := r.existingMember(ctx, member); err == nil {
			ids[member] = p.ID
		} else if id, isUnknown := strings.CutPrefix(member, string(access.KindUnknown)+":"); isUnknown {
			ids[member] = id
		}
	}
	raw, err := json.Marshal(ids)
	if err != nil {
		return
	}
	diags.Append(private.SetKey(ctx, privateMemberIDs, raw)...)
}

// priorIDs returns who the members in the state are.
func (s *session) priorIDs(ctx context.Context, state attributes, private privateReader, diags *diag.Diagnostics) []string {
	raw, d := private.GetKey(ctx, privateMemberIDs)
	diags.Append(d...)
	known := map[string]string{}
	_ = json.Unmarshal(raw, &known) // Without it, the references have to do.
	var ids []string
	for _, member := range stateMembers(ctx, state, diags) {
		if id := known[member]; id != "" {
			ids = append(ids, id)
			continue
		}
		p, err := s.existingMember(ctx, member)
		switch {
		case err == nil:
			ids = append(ids, p.ID)
		case !isNobody(err):
			at := path.Root(attrMembers).AtSetValue(types.StringValue(member))
			addFailure(diags, failure{at: at, doing: fmt.Sprintf("Looking up %q", member), needs: needsAnyRole, granting: true}, err)
		}
	}
	return ids
}

// Read implements [resource.Resource].
func (r *accessListResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	t := getParent(ctx, req.State, r.list, &resp.Diagnostics).target(r.list)
	known := stateMembers(ctx, req.State, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ids, err := r.client.Members(ctx, t)
	if api.IsGone(err) {
		resp.State.RemoveResource(ctx)
		return
	}
	var members []string
	if err == nil {
		members, err = r.spellMembers(ctx, ids, known)
	}
	if err != nil {
		addFailure(&resp.Diagnostics, failure{at: parentPath(r.list, err), doing: "Reading " + t.String(), needs: needsProjectRead}, err)
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attrMembers), memberSet(members))...)
	r.rememberIDs(ctx, members, resp.Private, &resp.Diagnostics)
}

func memberSet(members []string) types.Set {
	elements := make([]attr.Value, len(members))
	for i, member := range members {
		elements[i] = types.StringValue(member)
	}
	return types.SetValueMust(types.StringType, elements)
}

// ImportState implements [resource.ResourceWithImportState].
func (r *accessListResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	parent, _, err := parseImportID(req.ID, r.list, false)
	if err != nil {
		resp.Diagnostics.AddError("Invalid import id", sentence(err.Error()))
		return
	}
	parent.set(ctx, &resp.State, r.list, &resp.Diagnostics)
	r.checkParent(ctx, parent.target(r.list), &resp.Diagnostics)
}

// checkParent reports a parent that does not exist, which Terraform would else
// report without saying which exist.
func (s *session) checkParent(ctx context.Context, t api.Target, diags *diag.Diagnostics) {
	_, err := s.client.Members(ctx, t)
	addFailure(diags, failure{doing: "Importing " + t.String(), needs: needsProjectRead}, err)
}
