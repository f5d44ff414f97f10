package accesslist

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A listPlan is one planning of a whole list.
type listPlan struct {
	*managedList
	run.MemberPlan
	// moves is true where the resource leaves another list for this one.
	moves bool
}

func (p *listPlan) claim(ctx context.Context, t api.Target) {
	by := p.list.Type()
	p.Claim(ctx, p.Resp.Private, run.ListKey(t), run.Claim{By: by, Of: t.String()}, run.ParentPath(p.list, nil), &p.Resp.Diagnostics)
}

func (p *listPlan) destroy(ctx context.Context) {
	diags := &p.Resp.Diagnostics
	t, err := p.target(ctx, p.Req.State, p.Req.Private, diags)
	prior := p.PriorIDs(ctx, p.Req.State, p.Req.Private, diags)
	if err != nil || !p.planRemoval(ctx, t, prior, diags) {
		return // What is gone needs no removal.
	}
	p.end(ctx, t, prior)
}

// end plans that the members leave the list, as far as nobody else holds them there.
func (p *listPlan) end(ctx context.Context, t api.Target, prior []string) {
	prior = p.NoteKept(ctx, p.Resp.Private, run.ListKey(t), prior, &p.Resp.Diagnostics)
	p.tellRemoval(ctx, t, prior)
	p.settleRemoval(ctx, t, prior)
}

// settleRemoval finds out whether the members can be taken off the list.
func (p *listPlan) settleRemoval(ctx context.Context, t api.Target, prior []string) {
	if len(prior) > 0 {
		p.settleMembers(ctx, t, true, nil, path.Empty(), &p.Resp.Diagnostics)
	}
}

// leave says who loses by a replacement, which takes its members off the list that
// the resource was about.
func (p *listPlan) leave(ctx context.Context, t api.Target) {
	diags := &p.Resp.Diagnostics
	prior := p.PriorIDs(ctx, p.Req.State, p.Req.Private, diags)
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
	diags := &p.Resp.Diagnostics
	p.claim(ctx, t)
	planGroupID(ctx, t, &p.Resp.Plan, diags)
	current, err := p.currentMembers(ctx, t)
	if p.TellGoneList(run.ListKey(t), err, run.ParentPath(p.list, err), diags) {
		return
	}
	if err != nil {
		run.AddFailure(diags, run.Failure{At: run.ParentPath(p.list, err), Doing: "Reading " + t.String(), Needs: run.ReadNeeds(p.list)}, err)
		return
	}
	complete := p.Known(ctx)
	ids := p.Check(ctx, func(member, id string, at path.Path) (access.Principal, bool) {
		return p.planMember(ctx, t, current, member, id, at, diags)
	})
	if diags.HasError() {
		return
	}
	p.checkNesting(ctx, t, ids, complete)
	if diags.HasError() {
		return
	}
	p.Holdings.Hold(run.ListKey(t), slices.Collect(maps.Keys(ids))...)
	if p.Req.State.Raw.IsNull() {
		s := run.Successor{Object: run.ListKey(t)}
		if complete {
			s.Members = append([]string{}, slices.Collect(maps.Keys(ids))...)
		}
		run.NoteSuccessor(ctx, p.Resp.Private, s, diags)
	}
	defer func() {
		if !p.IsUnchanged() {
			p.settleMembers(ctx, t, true, p.Principals, path.Root(run.AttrMembers), diags)
		}
	}()
	if !complete { // Of nobody it is known that they leave.
		p.GuardAccess(ctx, p.change(t, current, current), diags)
		return
	}
	p.KeepSpelling(ctx, ids)
	p.PlanIDs(ctx)
	p.warnOfEmptyList(t, p.Members)
	p.tellChange(ctx, t, current, p.membersAfter(ctx, current, ids), path.Root(run.AttrMembers))
	if !diags.HasError() {
		p.warnOfTooFewApprovers(ctx, t, p.Members)
	}
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
	at := func(key string) path.Path { return run.MemberPath(ids[key]) }
	p.CheckNesting(ctx, t, keys, at, &p.Resp.Diagnostics)
}

func (p *listPlan) warnOfEmptyList(t api.Target, members []string) {
	if len(members) > 0 || p.IsUnchanged() {
		return
	}
	if p.list.Parent == vocabulary.ParentUserGroup {
		p.Resp.Diagnostics.AddAttributeWarning(path.Root(run.AttrMembers), "Nobody is left on the list: "+t.String(),
			fmt.Sprintf("With members = [], %s will be empty: whatever right the group was given, nobody has it through the group.", t))
		return
	}
	p.Resp.Diagnostics.AddAttributeWarning(path.Root(run.AttrMembers), "Nobody is left on the list: "+t.String(),
		fmt.Sprintf("With members = [], %s will be empty: the list lets nobody %s.%s", t, p.list.Grants,
			map[bool]string{true: " Global roles may still allow it."}[p.list.Parent == vocabulary.ParentProject]))
}

// warnOfTooFewApprovers warns where fewer people may approve than have to, also where
// that is not newly caused, so that no guardrail says it. With a group among them that
// cannot be told.
func (p *listPlan) warnOfTooFewApprovers(ctx context.Context, t api.Target, members []string) {
	if p.list.Plural != vocabulary.Approvers.Plural || len(members) == 0 || p.IsUnchanged() {
		return
	}
	if slices.ContainsFunc(members, func(m string) bool { return strings.HasPrefix(m, string(access.KindGroup)+":") }) {
		return
	}
	policy, err := p.Client.SigningPolicy(ctx, t.Project, t.Policy)
	if err != nil || policy.RequiredApprovals == nil || int64(len(members)) >= *policy.RequiredApprovals {
		return
	}
	p.Resp.Diagnostics.AddAttributeWarning(path.Root(run.AttrMembers), "Fewer approvers than required approvals: "+t.Project+"/"+t.Policy,
		fmt.Sprintf("Signing policy %q requires %d approvals and will have %d approvers, so no request can be approved.",
			t.Project+"/"+t.Policy, *policy.RequiredApprovals, len(members)))
}

// takeover plans whose entries a create removes, and names them.
func (p *listPlan) takeover(ctx context.Context, t api.Target, before, after []string) string {
	losers := run.Without(p.Taken.Before(run.ListKey(t), before), after)
	p.Resp.Diagnostics.Append(p.Resp.Plan.SetAttribute(ctx, path.Root(run.AttrRemoves), run.IDSetOf(losers))...)
	if len(losers) == 0 {
		return ""
	}
	names, err := p.SpellMembers(ctx, losers, nil)
	if err != nil {
		run.AddFailure(&p.Resp.Diagnostics, run.Failure{At: path.Root(run.AttrMembers), Doing: "Naming the members of " + t.String(), Needs: run.NeedsAnyRole}, err)
		return ""
	}
	slices.Sort(names)
	return fmt.Sprintf("\n\nThis resource takes over the list as a whole. "+
		"Who is on it now and not in the configuration loses the entry, which lets them %s:\n  - %s\n\n"+
		"To keep them, add them to members, or import the list instead of creating it.", p.list.Grants, strings.Join(names, "\n  - ")) + run.RefusedNote
}
