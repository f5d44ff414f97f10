package accesslist

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A listPlan is one planning of a whole list.
type listPlan struct {
	*managedList
	req  resource.ModifyPlanRequest
	resp *resource.ModifyPlanResponse
	// members are those that are known, and principals those that can be on the list.
	members    []string
	principals []access.Principal
}

func (p *listPlan) claim(ctx context.Context, t api.Target) {
	by := p.list.Type()
	p.Claim(ctx, p.resp.Private, run.ListKey(t), run.Claim{By: by, Of: t.String()}, run.ParentPath(p.list, nil), &p.resp.Diagnostics)
}

func (p *listPlan) destroy(ctx context.Context) {
	diags := &p.resp.Diagnostics
	t, err := p.target(ctx, p.req.State, p.req.Private, diags)
	prior := p.priorIDs(ctx, p.req.State, p.req.Private, diags)
	if err != nil || !p.planRemoval(ctx, t, prior, diags) {
		return // What is gone needs no removal.
	}
	p.end(ctx, t, prior)
}

// end plans that the members leave the list, as far as nobody else holds them there.
func (p *listPlan) end(ctx context.Context, t api.Target, prior []string) {
	prior = p.NoteKept(ctx, p.resp.Private, run.ListKey(t), prior, &p.resp.Diagnostics)
	p.tellRemoval(ctx, t, prior)
	p.settleRemoval(ctx, t, prior)
}

// settleRemoval finds out whether the members can be taken off the list.
func (p *listPlan) settleRemoval(ctx context.Context, t api.Target, prior []string) {
	if len(prior) > 0 {
		p.settleMembers(ctx, t, true, nil, path.Empty(), &p.resp.Diagnostics)
	}
}

// leave says who loses by a replacement, which takes its members off the list that
// the resource was about.
func (p *listPlan) leave(ctx context.Context, t api.Target) {
	diags := &p.resp.Diagnostics
	prior := p.priorIDs(ctx, p.req.State, p.req.Private, diags)
	if p.planRemoval(ctx, t, prior, diags) {
		p.end(ctx, t, prior)
	}
}

func (p *listPlan) tellRemoval(ctx context.Context, t api.Target, prior []string) {
	if current, err := p.currentMembers(ctx, t); err == nil {
		p.tellChange(ctx, t, current, run.Without(current, prior), path.Empty())
	}
}

func (p *listPlan) run(ctx context.Context, t api.Target) {
	diags := &p.resp.Diagnostics
	p.claim(ctx, t)
	planGroupID(ctx, t, &p.resp.Plan, diags)
	current, err := p.currentMembers(ctx, t)
	if p.TellGoneList(run.ListKey(t), err, run.ParentPath(p.list, err), diags) {
		return
	}
	if err != nil {
		run.AddFailure(diags, run.Failure{At: run.ParentPath(p.list, err), Doing: "Reading " + t.String(), Needs: run.ReadNeeds(p.list)}, err)
		return
	}
	members, complete := p.plannedMembers(ctx)
	p.members = members
	ids := p.checkMembers(ctx, t, current, members)
	if diags.HasError() {
		return
	}
	p.checkNesting(ctx, t, ids, complete)
	if diags.HasError() {
		return
	}
	p.Holdings.Hold(run.ListKey(t), slices.Collect(maps.Keys(ids))...)
	if p.req.State.Raw.IsNull() {
		s := run.Successor{Object: run.ListKey(t)}
		if complete {
			s.Members = append([]string{}, slices.Collect(maps.Keys(ids))...)
		}
		run.NoteSuccessor(ctx, p.resp.Private, s, diags)
	}
	defer func() {
		if !p.isUnchanged() {
			p.settleMembers(ctx, t, true, p.principals, path.Root(run.AttrMembers), diags)
		}
	}()
	if !complete { // Of nobody it is known that they leave.
		p.GuardAccess(ctx, p.change(t, current, current), diags)
		return
	}
	p.keepSpelling(ctx, ids)
	p.planIDs(ctx)
	p.warnOfEmptyList(t, members)
	p.tellChange(ctx, t, current, p.membersAfter(ctx, current, ids), path.Root(run.AttrMembers))
	if !diags.HasError() {
		p.warnOfTooFewApprovers(ctx, t, members)
	}
}

// plannedMembers returns the members that are known, and whether all are.
func (p *listPlan) plannedMembers(ctx context.Context) (members []string, complete bool) {
	var set types.Set
	p.resp.Diagnostics.Append(p.req.Plan.GetAttribute(ctx, path.Root(run.AttrMembers), &set)...)
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
// which principals the others are; see MemberKey.
func (p *listPlan) checkMembers(ctx context.Context, t api.Target, current, members []string) map[string]string {
	keys := map[string]string{}
	var known map[string]string
	if !p.req.State.Raw.IsNull() {
		known = run.MemberIDs(ctx, p.req.Private)
	}
	for _, member := range members {
		at := path.Root(run.AttrMembers).AtSetValue(types.StringValue(member))
		principal, ok := p.planMember(ctx, t, current, member, known[member], at, &p.resp.Diagnostics)
		if !ok {
			continue
		}
		p.principals = append(p.principals, principal)
		key := run.MemberKey(principal)
		if other, twice := keys[key]; twice {
			p.resp.Diagnostics.AddAttributeError(at, "Member named twice",
				fmt.Sprintf("%q and %q are the same principal. Keep one of the two.", other, member))
		}
		keys[key] = member
	}
	return keys
}

// checkNesting notes who will be in the group and checks that it does not contain
// itself.
func (p *listPlan) checkNesting(ctx context.Context, t api.Target, ids map[string]string, complete bool) {
	if p.list.Parent != vocabulary.ParentUserGroup {
		return
	}
	keys := slices.Collect(maps.Keys(ids))
	if complete {
		p.Memberships.Own(run.GroupKey(t), keys)
	} else {
		for _, key := range keys {
			p.Memberships.Change(run.GroupKey(t), key, true)
		}
	}
	at := func(key string) path.Path { return path.Root(run.AttrMembers).AtSetValue(types.StringValue(ids[key])) }
	p.CheckNesting(ctx, t, keys, at, &p.resp.Diagnostics)
}

// keepSpelling plans no change if the configuration only spells the same
// members differently: a plan must show nothing where nobody gains or loses.
func (p *listPlan) keepSpelling(ctx context.Context, wanted map[string]string) {
	if p.req.State.Raw.IsNull() {
		return
	}
	prior := p.priorIDs(ctx, p.req.State, p.req.Private, &p.resp.Diagnostics)
	if len(prior) != len(wanted) || len(p.members) != len(wanted) { // Somebody is gone.
		return
	}
	for _, id := range prior {
		if wanted[id] == "" {
			return
		}
	}
	var members types.Set
	p.resp.Diagnostics.Append(p.req.State.GetAttribute(ctx, path.Root(run.AttrMembers), &members)...)
	p.resp.Diagnostics.Append(p.resp.Plan.SetAttribute(ctx, path.Root(run.AttrMembers), members)...)
}

// planIDs says whom the members mean.
func (p *listPlan) planIDs(ctx context.Context) {
	var planned, prior types.Set
	p.resp.Diagnostics.Append(p.resp.Plan.GetAttribute(ctx, path.Root(run.AttrMemberIDs), &planned)...)
	if !planned.IsUnknown() && !p.meansOthers(ctx) {
		return // Nothing changes.
	}
	ids := make([]string, len(p.principals))
	for i, principal := range p.principals {
		ids[i] = principal.ID
	}
	planned = run.IDSetOf(ids)
	if !p.req.State.Raw.IsNull() {
		p.resp.Diagnostics.Append(p.req.State.GetAttribute(ctx, path.Root(run.AttrMemberIDs), &prior)...)
	}
	if prior.Equal(planned) { // In another order it would count as another set.
		planned = prior
	}
	p.resp.Diagnostics.Append(p.resp.Plan.SetAttribute(ctx, path.Root(run.AttrMemberIDs), planned)...)
}

// meansOthers tells whether this run gives the name of a member of the state to somebody
// else, whom the same text means then.
func (p *listPlan) meansOthers(ctx context.Context) bool {
	known := run.MemberIDs(ctx, p.req.Private)
	return slices.ContainsFunc(p.members, func(member string) bool {
		reference, err := access.ParseReference(member)
		return err == nil && known[member] != "" && p.IsNameMoved(reference, known[member])
	})
}

func (p *listPlan) warnOfEmptyList(t api.Target, members []string) {
	if len(members) > 0 || p.isUnchanged() {
		return
	}
	if p.list.Parent == vocabulary.ParentUserGroup {
		p.resp.Diagnostics.AddAttributeWarning(path.Root(run.AttrMembers), "Nobody is left on the list: "+t.String(),
			fmt.Sprintf("With members = [], %s will be empty: whatever right the group was given, nobody has it through the group.", t))
		return
	}
	p.resp.Diagnostics.AddAttributeWarning(path.Root(run.AttrMembers), "Nobody is left on the list: "+t.String(),
		fmt.Sprintf("With members = [], %s will be empty: the list lets nobody %s.%s", t, p.list.Grants,
			map[bool]string{true: " Global roles may still allow it."}[p.list.Parent == vocabulary.ParentProject]))
}

func (p *listPlan) isUnchanged() bool { return p.req.State.Raw.Equal(p.resp.Plan.Raw) }

// warnOfTooFewApprovers warns where fewer people may approve than have to, also where
// that is not newly caused, so that no guardrail says it. With a group among them that
// cannot be told.
func (p *listPlan) warnOfTooFewApprovers(ctx context.Context, t api.Target, members []string) {
	if p.list.Plural != vocabulary.Approvers.Plural || len(members) == 0 || p.isUnchanged() {
		return
	}
	if slices.ContainsFunc(members, func(m string) bool { return strings.HasPrefix(m, string(access.KindGroup)+":") }) {
		return
	}
	policy, err := p.Client.SigningPolicy(ctx, t.Project, t.Policy)
	if err != nil || policy.RequiredApprovals == nil || int64(len(members)) >= *policy.RequiredApprovals {
		return
	}
	p.resp.Diagnostics.AddAttributeWarning(path.Root(run.AttrMembers), "Fewer approvers than required approvals: "+t.Project+"/"+t.Policy,
		fmt.Sprintf("Signing policy %q requires %d approvals and will have %d approvers, so no request can be approved.",
			t.Project+"/"+t.Policy, *policy.RequiredApprovals, len(members)))
}

// takeover plans whose entries a create removes, and names them.
func (p *listPlan) takeover(ctx context.Context, t api.Target, before, after []string) string {
	losers := run.Without(p.Taken.Before(run.ListKey(t), before), after)
	p.resp.Diagnostics.Append(p.resp.Plan.SetAttribute(ctx, path.Root(run.AttrRemoves), run.IDSetOf(losers))...)
	if len(losers) == 0 {
		return ""
	}
	names, err := p.SpellMembers(ctx, losers, nil)
	if err != nil {
		run.AddFailure(&p.resp.Diagnostics, run.Failure{At: path.Root(run.AttrMembers), Doing: "Naming the members of " + t.String(), Needs: run.NeedsAnyRole}, err)
		return ""
	}
	slices.Sort(names)
	return fmt.Sprintf("\n\nThis resource takes over the list as a whole. Who is on it now and not in the configuration loses the entry, which lets them %s:\n  - %s\n\n"+
		"To keep them, add them to members, or import the list instead of creating it.", p.list.Grants, strings.Join(names, "\n  - ")) + run.RefusedNote
}
