package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/guard"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// What each kind of resource changes about access, for the guard.

// listChange is the change of a list by whom it gains and, by memberKey, whom it loses.
func (s *session) listChange(t api.Target, added []access.Principal, removed []string) accessChange {
	list := s.reviewedList(t)
	change := accessChange{
		Change: guard.Change{Principals: slices.Clone(added), Reach: reachOf(t, added)},
		list:   t.String(), at: func(review.Finding) path.Path { return path.Empty() },
	}
	if group, planned := s.planned.find(list.Group); planned {
		change.Principals = append(change.Principals, group)
	}
	for _, p := range added {
		change.Gains.Added = append(change.Gains.Added, list.Entries(s.idReference(memberKey(p)))...)
	}
	for _, key := range removed {
		change.Losses.Removed = append(change.Losses.Removed, list.Entries(s.idReference(key))...)
	}
	return change
}

// reviewedList is the list as a review names it.
func (s *session) reviewedList(t api.Target) review.Seat {
	if t.List.Parent == vocabulary.ParentUserGroup {
		return review.Seat{Group: s.idReference(groupKey(t))}
	}
	return review.Seat{Role: t.List.Role(), Place: access.PlaceOf(t.Project, t.Policy)}
}

// idReference names a principal by id, if it has one; see memberKey.
func (s *session) idReference(key string) access.Reference {
	reference := s.spellKey(key)
	if access.IsID(key) {
		reference.Key = key
	}
	return reference
}

// guardRole judges that the user has the role from now on: by lock-outs, which may be
// allowed, and by the guardrails. Whatever gives or takes a role plans it by this.
func (s *session) guardRole(ctx context.Context, p access.Principal, role access.Role, allowed bool, at path.Path, diags *diag.Diagnostics) {
	has := vocabulary.RoleRegularUser // of whom the same plan creates
	if p.ID != "" {
		existing, err := s.client.Principal(ctx, p.Kind, p.ID)
		if err != nil {
			addFailure(diags, failure{at: at, doing: fmt.Sprintf("Reading the role of %s", p), needs: needsAnyRole}, err)
			return
		}
		s.checkDemotion(ctx, existing, role, allowed, at, diags)
		has = existing.Role
	}
	if has == role {
		return
	}
	s.guardAccess(ctx, roleChange(p, s.idReference(memberKey(p)), has, role, at), diags)
}

func roleChange(p access.Principal, member access.Reference, has, role access.Role, at path.Path) accessChange {
	change := accountChange(p, review.AccountChange{Member: member, Role: &role}, at)
	// Between the least and the most, a role gives something and takes something.
	if role == vocabulary.RoleRegularUser || has == vocabulary.RoleGlobalAdministrator {
		change.Gains = review.Delta{}
	}
	if has == vocabulary.RoleRegularUser || role == vocabulary.RoleGlobalAdministrator {
		change.Losses = review.Delta{}
	}
	return change
}

// guardActivity judges that a user who exists is active, or not, from now on: by
// lock-outs, which may be allowed, and by the guardrails.
func (s *session) guardActivity(ctx context.Context, p access.Principal, active, allowed bool, at path.Path, diags *diag.Diagnostics) {
	if p.Active == active {
		return
	}
	if !active {
		s.checkDeactivation(ctx, p, allowed, at, diags)
	}
	s.guardAccess(ctx, activityChange(p, active, at), diags)
}

// tellReturn says what comes back with an account that is activated.
func (s *session) tellReturn(ctx context.Context, p access.Principal, at path.Path, diags *diag.Diagnostics) {
	if held, ok := s.whatItHolds(ctx, p, at, diags); ok {
		addWarning(diags, at, fmt.Sprintf("Active again: %s", p),
			fmt.Sprintf("%s is deactivated now. With this plan, %s is active again, %s.", p, p.Reference(), held))
	}
}

// whatItHolds says what a principal has with the plan, as far as that has got: what others
// of the plan take away may be taken later, or never.
func (s *session) whatItHolds(ctx context.Context, p access.Principal, at path.Path, diags *diag.Diagnostics) (text string, ok bool) {
	held, isPart, err := s.guard.HoldingsOf(ctx, p.IDReference())
	if err != nil {
		addFailure(diags, failure{at: at, doing: fmt.Sprintf("Looking up what %s was given", p), needs: needsAnyRole}, err)
		return "", false
	}
	text = "with no global role and on no list of a project or signing policy"
	if p.Kind == access.KindGroup {
		text = "on no list of a project or signing policy"
	}
	if len(held) > 0 {
		text = strings.Join(access.Spell(held), ", ")
	}
	if isPart {
		text += ", and with what the token may not see"
	}
	return text, true
}

// guardEnd judges that a user is deactivated by a destroy or a replacement, as
// guardActivity does.
func (s *session) guardEnd(ctx context.Context, p access.Principal, allowed bool, at path.Path, diags *diag.Diagnostics) {
	if !p.Active {
		return
	}
	s.checkDeactivation(ctx, p, allowed, at, diags)
	change := activityChange(p, false, at)
	change.Replaceable = true
	s.guardAccess(ctx, change, diags)
}

func activityChange(p access.Principal, active bool, at path.Path) accessChange {
	change := accountChange(p, review.AccountChange{Member: p.IDReference(), Active: &active}, at)
	if active {
		change.Losses = review.Delta{}
	} else {
		change.Gains = review.Delta{}
	}
	return change
}

// accountChange is both a gain and a loss.
func accountChange(p access.Principal, change review.AccountChange, at path.Path) accessChange {
	delta := review.Delta{Accounts: []review.AccountChange{change}}
	return accessChange{
		Change: guard.Change{
			Principals: []access.Principal{p}, Gains: delta, Losses: delta, Reach: guard.Reach{Everywhere: true},
			Account: []access.Reference{p.Reference(), change.Member},
		},
		at: func(review.Finding) path.Path { return at },
	}
}

// membersAfter returns, by memberKey, who will be on the list. Who came onto it after
// the state was read stays.
func (p *listPlan) membersAfter(ctx context.Context, current []string, wanted map[string]string) []string {
	leaving := current
	if !p.req.State.Raw.IsNull() {
		leaving = p.priorIDs(ctx, p.req.State, p.req.Private, &p.resp.Diagnostics)
	}
	after := without(current, leaving)
	for key := range wanted {
		if !slices.Contains(after, key) {
			after = append(after, key)
		}
	}
	slices.Sort(after)
	return after
}

// change is what becomes of the list, by memberKey, judged on the attribute of members.
func (p *listPlan) change(t api.Target, before, after []string) accessChange {
	isNew := func(m access.Principal) bool { return !slices.Contains(before, memberKey(m)) }
	added := slices.DeleteFunc(slices.Clone(p.principals), func(m access.Principal) bool { return !isNew(m) })
	change := p.listChange(t, added, without(before, after))
	change.at = p.memberPath
	return change
}

// memberPath points at the member that a finding is about, or at all of them.
func (p *listPlan) memberPath(finding review.Finding) path.Path {
	for _, member := range p.members {
		reference, err := access.ParseReference(member)
		if err == nil && slices.ContainsFunc(finding.Principals, reference.Same) {
			return path.Root(attrMembers).AtSetValue(types.StringValue(member))
		}
	}
	return path.Root(attrMembers)
}

// tellChange judges what becomes of the list, and says in one line who gains and who
// loses.
func (p *listPlan) tellChange(ctx context.Context, t api.Target, before, after []string, at path.Path) {
	change := p.change(t, before, after)
	if isDestroy := at.Equal(path.Empty()); isDestroy {
		change.Replaceable, change.Ends = true, true
		change.at = func(review.Finding) path.Path { return at }
	}
	takeover := ""
	if p.req.State.Raw.IsNull() {
		takeover = p.takeover(ctx, t, before, after)
	}
	if !p.guardAccess(ctx, change, &p.resp.Diagnostics) {
		return
	}
	had, has := p.entries(before), p.entries(after)
	told := review.ChangeOfList(p.guard.People(change.Change, slices.Concat(had.References, has.References)...), had, has)
	// Of warnings with one summary, Terraform shows only the first.
	detail := fmt.Sprintf("Of %s, %s.", t, told) + p.whoeverJoins(before) + takeover
	addWarning(&p.resp.Diagnostics, at, "Who gains and who loses: "+t.String(), detail)
}

// whoeverJoins names the groups that come onto the list: more of the plan may fill them.
func (p *listPlan) whoeverJoins(before []string) string {
	var groups []string
	for _, m := range p.principals {
		if m.Kind == access.KindGroup && !slices.Contains(before, memberKey(m)) {
			groups = append(groups, m.Reference().String())
		}
	}
	if len(groups) == 0 {
		return ""
	}
	slices.Sort(groups)
	return fmt.Sprintf(" Whoever joins %s from now on gains it, too.", strings.Join(groups, " or "))
}

func (p *listPlan) entries(keys []string) review.Entries {
	references := make([]access.Reference, len(keys))
	for i, key := range keys {
		references[i] = p.idReference(key)
	}
	return review.EntriesOf(references...)
}

// without returns the keys that are not among the others.
func without(keys, others []string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return slices.Contains(others, key) })
}
