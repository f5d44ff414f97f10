package role

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A holdersPlan is one planning of the holders of a role.
type holdersPlan struct {
	run.MemberPlan
	role    access.Role
	allowed bool
	// moves is true where the resource leaves another role for this one.
	moves bool
	// all are the users there are.
	all []access.Principal
}

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (r *roleHoldersResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Session == nil {
		return
	}
	r.Look(ctx, req)
	defer r.NoticeRoles(ctx, &resp.Diagnostics)
	var from run.Attributes = req.Plan
	if req.Plan.Raw.IsNull() {
		from = req.State
	}
	var allowed types.Bool
	resp.Diagnostics.Append(from.GetAttribute(ctx, path.Root(run.AttrAllowLockout), &allowed)...)
	run.NoteAllowLockout(ctx, resp.Private, allowed.ValueBool(), &resp.Diagnostics)
	role := roleIn(ctx, from, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if role.IsUnknown() {
		r.StayUnlessOther(ctx, req, path.Root(run.AttrRole), &resp.Diagnostics)
		return
	}
	all, err := allUsers(ctx, r.Session)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{At: path.Root(run.AttrRole), Doing: "Planning " + holdersOf(access.Role(role.ValueString())), Needs: run.NeedsAnyRole}, err)
		return
	}
	p := holdersPlan{
		MemberPlan: run.MemberPlan{Session: r.Session, Req: req, Resp: resp}, role: access.Role(role.ValueString()), allowed: allowed.ValueBool(), all: all,
	}
	switch left := r.leftRole(ctx, req, resp); {
	case req.Plan.Raw.IsNull():
		p.end(ctx, p.role)
	case left != "":
		// Of a replacement, Terraform shows this plan alone; see accesslist. Who has a role after
		// it keeps the one that is left until then, which end notes.
		state := p.Req.State
		p.Req.State.Raw, p.moves = tftypes.NewValue(req.State.Raw.Type(), nil), true
		p.run(ctx)
		p.Req.State = state
		p.end(ctx, left)
	default:
		p.run(ctx)
	}
}

// leftRole is the role that a replacement leaves; empty where there is none.
func (r *roleHoldersResource) leftRole(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) access.Role {
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		return ""
	}
	left := roleIn(ctx, req.State, &resp.Diagnostics)
	if left.Equal(roleIn(ctx, req.Plan, &resp.Diagnostics)) {
		return ""
	}
	return access.Role(left.ValueString())
}

// end plans that the members of the state lose the role, as far as nobody else holds them.
func (p *holdersPlan) end(ctx context.Context, role access.Role) {
	prior := p.PriorIDs(ctx, p.Req.State, p.Req.Private, &p.Resp.Diagnostics)
	prior = p.NoteKept(ctx, p.Resp.Private, run.HeldRoles, prior, &p.Resp.Diagnostics)
	p.lose(ctx, role, prior, path.Empty())
	p.tell(role, nil, p.having(role, prior), path.Empty(), "")
}

// having returns those of the users who have the role.
func (p *holdersPlan) having(role access.Role, ids []string) []access.Principal {
	return slices.DeleteFunc(holders(p.all, role), func(u access.Principal) bool { return !slices.Contains(ids, u.ID) })
}

// lose judges that users lose the role, as far as they have it.
func (p *holdersPlan) lose(ctx context.Context, role access.Role, ids []string, at path.Path) {
	for _, u := range p.having(role, ids) {
		p.GuardRole(ctx, u, vocabulary.RoleRegularUser, p.allowed, at, &p.Resp.Diagnostics)
		settle(ctx, p.Session, u, vocabulary.RoleRegularUser, at, &p.Resp.Diagnostics)
	}
}

func (p *holdersPlan) run(ctx context.Context) {
	diags := &p.Resp.Diagnostics
	object := holdersOf(p.role)
	p.Claim(ctx, p.Resp.Private, object, run.Claim{By: vocabulary.RoleHoldersType, Of: object}, path.Root(run.AttrRole), diags)
	if diags.HasError() {
		return
	}
	complete := p.Known(ctx)
	wanted := p.Check(ctx, func(member, id string, at path.Path) (access.Principal, bool) {
		return p.planMember(ctx, member, id, at)
	})
	if diags.HasError() {
		return
	}
	ids := slices.Sorted(maps.Keys(wanted))
	p.Holdings.Hold(run.HeldRoles, ids...)
	isCreate := p.Req.State.Raw.IsNull()
	if isCreate {
		s := run.Successor{Object: object}
		if complete {
			s.Members = append([]string{}, ids...)
		}
		run.NoteSuccessor(ctx, p.Resp.Private, s, diags)
	}
	p.planOthers(ctx, wanted)
	replaced := p.planReplaced(ctx)
	gaining := p.gaining()
	for _, u := range gaining {
		at := run.MemberPath(wanted[run.MemberKey(u)])
		p.GuardRole(ctx, u, p.role, p.allowed, at, diags)
		settle(ctx, p.Session, u, p.role, at, diags)
		if before, replaces := replaced[u.ID]; replaces {
			warnOfReplaced(u, before, p.role, at, diags)
		}
	}
	if !complete { // Of nobody it is known that they lose.
		return
	}
	p.KeepSpelling(ctx, wanted)
	p.PlanIDs(ctx)
	leaving, takeover := p.leaving(ctx, ids, isCreate)
	p.lose(ctx, p.role, p.GivenUp(ctx, p.Req.Private, run.HeldRoles, leaving), path.Root(run.AttrMembers))
	p.tell(p.role, gaining, p.having(p.role, leaving), path.Root(run.AttrMembers), takeover)
}

// planMember finds the user whom a member names, and claims the role of that user.
func (p *holdersPlan) planMember(ctx context.Context, member, id string, at path.Path) (access.Principal, bool) {
	diags := &p.Resp.Diagnostics
	reference, err := access.ParseReference(member)
	if err != nil {
		return access.Principal{}, false // Validation has reported it.
	}
	u, err := p.ResolveMeant(ctx, reference, id)
	if err != nil {
		if !p.TellDeparted(member, err, at, diags) {
			run.AddFailure(diags, run.Failure{At: at, Doing: fmt.Sprintf("Looking up %q", member), Needs: run.NeedsAnyRole, Granting: true}, err)
		}
		return u, false
	}
	if existing, known := p.Client.Known().Get(u.ID); known {
		u = existing // The plan may change who it is, and not what it may.
	}
	claimRole(ctx, p.Session, p.Resp.Private, u, vocabulary.RoleHoldersType, at, diags)
	if u.Role == p.role && (!u.Support || u.ID == id) {
		return u, true // There is nothing to edit.
	}
	return u, !refuseUneditable(u, at, diags)
}

// gaining returns the members who do not have the role now.
func (p *holdersPlan) gaining() []access.Principal {
	return slices.DeleteFunc(slices.Clone(p.Principals), func(u access.Principal) bool { return u.ID != "" && u.Role == p.role })
}

// planReplaced plans which other privileged roles members lose, that they had when the run
// began, and returns them by id. Where nobody does, the attribute stays as it is.
func (p *holdersPlan) planReplaced(ctx context.Context) map[string]access.Role {
	replaced, planned := map[string]access.Role{}, map[string]attr.Value{}
	for _, u := range p.Principals {
		if before := p.Taken.RoleBefore(u); u.ID != "" && before != p.role && before != vocabulary.RoleRegularUser {
			replaced[u.ID], planned[u.ID] = before, run.RoleValue(before)
		}
	}
	if len(replaced) > 0 {
		p.Resp.Diagnostics.Append(p.Resp.Plan.SetAttribute(ctx, path.Root(attrReplacesRoles), types.MapValueMust(types.StringType, planned))...)
	}
	return replaced
}

// planOthers plans that who becomes a member is none of the others any more.
func (p *holdersPlan) planOthers(ctx context.Context, wanted map[string]string) {
	if p.Req.State.Raw.IsNull() {
		return // Somebody may come among them until the apply, which is no reason to refuse it.
	}
	diags := &p.Resp.Diagnostics
	before := run.Texts(ctx, p.Req.State, attrOthers, diags)
	left := slices.DeleteFunc(slices.Clone(before), func(other string) bool {
		u, err := p.ExistingMember(ctx, other)
		return err == nil && wanted[u.ID] != ""
	})
	if len(left) < len(before) {
		diags.Append(p.Resp.Plan.SetAttribute(ctx, path.Root(attrOthers), run.MemberSet(left))...)
	}
}

// leaving returns who loses the role: by an update those of the state, and by a create, of
// which it says so, those who had the role when the run began.
func (p *holdersPlan) leaving(ctx context.Context, ids []string, isCreate bool) (leaving []string, takeover string) {
	diags := &p.Resp.Diagnostics
	if !isCreate {
		return run.Without(p.PriorIDs(ctx, p.Req.State, p.Req.Private, diags), ids), ""
	}
	var names []string
	for _, u := range p.all {
		if p.Taken.RoleBefore(u) == p.role && isTakeable(u) && !slices.Contains(ids, u.ID) {
			leaving, names = append(leaving, u.ID), append(names, p.NameOf(u.ID))
		}
	}
	diags.Append(p.Resp.Plan.SetAttribute(ctx, path.Root(run.AttrRemoves), run.IDSetOf(leaving))...)
	if len(leaving) > 0 {
		takeover = fmt.Sprintf("\n\nThis resource takes over the role as a whole. Who has it now and is not in the configuration becomes a Regular User:\n  - %s\n\n"+
			"To let them keep it, add them to members, or import the resource instead of creating it.", strings.Join(names, "\n  - ")) + run.RefusedNote
	}
	return leaving, takeover
}

// tell says in one line who gains the role and who loses it.
func (p *holdersPlan) tell(role access.Role, gaining, losing []access.Principal, at path.Path, takeover string) {
	if len(gaining)+len(losing) == 0 {
		return
	}
	change := review.ListChange{Gains: told(gaining), Loses: told(losing)}
	p.TellChange(run.ToldChange{
		Of: holdersOf(role), ListChange: change, TakesOver: takeover != "", Moves: p.moves, Detail: fmt.Sprintf("Of %s, %s.%s", holdersOf(role), change, takeover),
	}, at, &p.Resp.Diagnostics)
}

func told(users []access.Principal) []review.ListMember {
	members := make([]review.ListMember, len(users))
	for i, u := range users {
		members[i] = review.ListMember{Principal: u.Reference(), Ways: [][]access.Reference{nil}}
	}
	slices.SortFunc(members, func(a, b review.ListMember) int { return strings.Compare(a.String(), b.String()) })
	return members
}
