package run

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// What resources share that own a set of members as a whole.

// A MemberPlan is one planning of the members of such a resource.
type MemberPlan struct {
	*Session
	Req  resource.ModifyPlanRequest
	Resp *resource.ModifyPlanResponse
	// Members are those that are known, and Principals those that can be members.
	Members    []string
	Principals []access.Principal
}

// Known notes the members that are known, and tells whether all are.
func (p *MemberPlan) Known(ctx context.Context) (complete bool) {
	var set types.Set
	p.Resp.Diagnostics.Append(p.Req.Plan.GetAttribute(ctx, path.Root(AttrMembers), &set)...)
	if set.IsUnknown() {
		return false
	}
	complete = true
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok && !text.IsUnknown() {
			p.Members = append(p.Members, text.ValueString())
			continue
		}
		complete = false
	}
	return complete
}

// Check notes the principals whom the members name, as find has it, which reports those
// that cannot be members and is told whom the state means. It returns which members they
// are, by MemberKey.
func (p *MemberPlan) Check(ctx context.Context, find func(member, id string, at path.Path) (access.Principal, bool)) map[string]string {
	keys := map[string]string{}
	var known map[string]string
	if !p.Req.State.Raw.IsNull() {
		known = MemberIDs(ctx, p.Req.Private)
	}
	for _, member := range p.Members {
		at := MemberPath(member)
		principal, ok := find(member, known[member], at)
		if !ok {
			continue
		}
		p.Principals = append(p.Principals, principal)
		key := MemberKey(principal)
		if other, twice := keys[key]; twice {
			p.Resp.Diagnostics.AddAttributeError(at, "Member named twice",
				fmt.Sprintf("%q and %q are the same principal. Keep one of the two.", other, member))
		}
		keys[key] = member
	}
	return keys
}

// MemberPath points at one of the members.
func MemberPath(member string) path.Path {
	return path.Root(AttrMembers).AtSetValue(types.StringValue(member))
}

// IsUnchanged tells whether nothing is planned.
func (p *MemberPlan) IsUnchanged() bool { return p.Req.State.Raw.Equal(p.Resp.Plan.Raw) }

// KeepSpelling plans no change if the configuration only spells the same
// members differently: a plan must show nothing where nobody gains or loses.
func (p *MemberPlan) KeepSpelling(ctx context.Context, wanted map[string]string) {
	if p.Req.State.Raw.IsNull() {
		return
	}
	prior := p.PriorIDs(ctx, p.Req.State, p.Req.Private, &p.Resp.Diagnostics)
	if len(prior) != len(wanted) || len(p.Members) != len(wanted) { // Somebody is gone.
		return
	}
	for _, id := range prior {
		if wanted[id] == "" {
			return
		}
	}
	var members types.Set
	p.Resp.Diagnostics.Append(p.Req.State.GetAttribute(ctx, path.Root(AttrMembers), &members)...)
	p.Resp.Diagnostics.Append(p.Resp.Plan.SetAttribute(ctx, path.Root(AttrMembers), members)...)
}

// PlanIDs says whom the members mean.
func (p *MemberPlan) PlanIDs(ctx context.Context) {
	var planned, prior types.Set
	p.Resp.Diagnostics.Append(p.Resp.Plan.GetAttribute(ctx, path.Root(AttrMemberIDs), &planned)...)
	if !planned.IsUnknown() && !p.meansOthers(ctx) {
		return // Nothing changes.
	}
	ids := make([]string, len(p.Principals))
	for i, principal := range p.Principals {
		ids[i] = principal.ID
	}
	planned = IDSetOf(ids)
	if !p.Req.State.Raw.IsNull() {
		p.Resp.Diagnostics.Append(p.Req.State.GetAttribute(ctx, path.Root(AttrMemberIDs), &prior)...)
	}
	if prior.Equal(planned) { // In another order it would count as another set.
		planned = prior
	}
	p.Resp.Diagnostics.Append(p.Resp.Plan.SetAttribute(ctx, path.Root(AttrMemberIDs), planned)...)
}

// meansOthers tells whether this run gives the name of a member of the state to somebody
// else, whom the same text means then.
func (p *MemberPlan) meansOthers(ctx context.Context) bool {
	known := MemberIDs(ctx, p.Req.Private)
	return slices.ContainsFunc(p.Members, func(member string) bool {
		reference, err := access.ParseReference(member)
		return err == nil && known[member] != "" && p.IsNameMoved(reference, known[member])
	})
}

// Members are the members in a state or a plan, in order.
func Members(ctx context.Context, from Attributes, diags *diag.Diagnostics) []string {
	return Texts(ctx, from, AttrMembers, diags)
}

// Texts are the elements of a set of texts, in order.
func Texts(ctx context.Context, from Attributes, name string, diags *diag.Diagnostics) []string {
	var set types.Set
	diags.Append(from.GetAttribute(ctx, path.Root(name), &set)...)
	var texts []string
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok {
			texts = append(texts, text.ValueString())
		}
	}
	slices.Sort(texts)
	return texts
}

// IDsOf finds the principals that members of a plan name, which is carried out. Those of
// the state are known.
func (s *Session) IDsOf(ctx context.Context, members []string, known map[string]string, diags *diag.Diagnostics) (ids []string, ok bool) {
	ok = true
	for _, member := range members {
		reference, _ := access.ParseReference(member) // Validation has reported the error.
		if id := known[member]; id != "" && !s.IsNameMoved(reference, id) {
			ids = append(ids, id)
			continue
		}
		p, err := s.AppliedMember(ctx, member)
		if err != nil {
			AddFailure(diags, Failure{At: MemberPath(member), Doing: fmt.Sprintf("Looking up %q", member), Needs: NeedsAnyRole, Granting: true}, err)
			ok = false
			continue
		}
		ids = append(ids, p.ID)
	}
	return ids, ok
}

// RememberIDs keeps which ids the members in the state have. A reference may name
// nobody any more when its principal was renamed, also by the same apply, and
// its entry must still be found to be removed.
func RememberIDs(ctx context.Context, members, ids []string, state SettableAttributes, private tfkit.PrivateState, diags *diag.Diagnostics) {
	known := map[string]string{}
	for i, member := range members {
		known[member] = ids[i]
	}
	tfkit.SetPrivate(ctx, private, PrivateMemberIDs, known, diags)
	diags.Append(state.SetAttribute(ctx, path.Root(AttrMemberIDs), IDSetOf(ids))...)
}

// PriorIDs returns who the members in the state are.
func (s *Session) PriorIDs(ctx context.Context, state Attributes, private tfkit.PrivateReader, diags *diag.Diagnostics) []string {
	known := MemberIDs(ctx, private) // Without it, the references have to do.
	var ids []string
	for _, member := range Members(ctx, state, diags) {
		if id := known[member]; id != "" {
			ids = append(ids, id)
			continue
		}
		p, err := s.ExistingMember(ctx, member)
		switch {
		case err == nil:
			ids = append(ids, p.ID)
		case !IsNobody(err):
			AddFailure(diags, Failure{At: MemberPath(member), Doing: fmt.Sprintf("Looking up %q", member), Needs: NeedsAnyRole}, err)
		}
	}
	return ids
}
