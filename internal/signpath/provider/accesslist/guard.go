package accesslist

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// membersAfter returns, by MemberKey, who will be on the list. Who came onto it after
// the state was read stays.
func (p *listPlan) membersAfter(ctx context.Context, current []string, wanted map[string]string) []string {
	leaving := current
	if !p.Req.State.Raw.IsNull() {
		leaving = p.PriorIDs(ctx, p.Req.State, p.Req.Private, &p.Resp.Diagnostics)
	}
	after := run.Without(current, leaving)
	for key := range wanted {
		if !slices.Contains(after, key) {
			after = append(after, key)
		}
	}
	slices.Sort(after)
	return after
}

// change is what becomes of the list, by MemberKey, judged on the attribute of members.
func (p *listPlan) change(t api.Target, before, after []string) run.AccessChange {
	isNew := func(m access.Principal) bool { return !slices.Contains(before, run.MemberKey(m)) }
	added := slices.DeleteFunc(slices.Clone(p.Principals), func(m access.Principal) bool { return !isNew(m) })
	change := p.ListChange(t, added, run.Without(before, after))
	change.At = p.memberPath
	return change
}

// memberPath points at the member that a finding is about, or at all of them.
func (p *listPlan) memberPath(finding review.Finding) path.Path {
	for _, member := range p.Members {
		reference, err := access.ParseReference(member)
		if err == nil && slices.ContainsFunc(finding.Principals, reference.Same) {
			return run.MemberPath(member)
		}
	}
	return path.Root(run.AttrMembers)
}

// tellChange judges what becomes of the list, and says in one line who gains and who
// loses.
func (p *listPlan) tellChange(ctx context.Context, t api.Target, before, after []string, at path.Path) {
	change := p.change(t, before, after)
	if isDestroy := at.Equal(path.Empty()); isDestroy {
		change.Replaceable, change.Ends = true, true
		change.At = func(review.Finding) path.Path { return at }
	}
	takeover := ""
	if p.Req.State.Raw.IsNull() {
		takeover = p.takeover(ctx, t, before, after)
	}
	if !p.GuardAccess(ctx, change, &p.Resp.Diagnostics) {
		return
	}
	had, has := p.entriesOf(before), p.entriesOf(after)
	told := review.ChangeOfList(p.Guard.People(change.Change, slices.Concat(had.References, has.References)...), had, has)
	joining, given := p.joining(before), p.givenThrough(ctx, t, at)
	detail := fmt.Sprintf("Of %s, %s.", t, told)
	if len(joining) > 0 {
		if len(told.Gains)+len(told.Loses) == 0 {
			detail = "" // More of the plan may fill the group.
		}
		detail += fmt.Sprintf(" Whoever joins %s, by this plan or later, gains it, too.", strings.Join(access.Spell(joining), " or "))
	}
	p.TellChange(run.ToldChange{
		Of: t.String(), ListChange: told, Groups: joining, TakesOver: takeover != "", GivesOn: given != "", Moves: p.moves, Detail: strings.TrimSpace(detail + given + takeover),
	}, at, &p.Resp.Diagnostics)
}

// givenThrough says what the members of a group have through it, with the plan so far: of a list
// and a group that it names, whichever is planned later has all.
func (p *listPlan) givenThrough(ctx context.Context, t api.Target, at path.Path) string {
	if t.List.Parent != vocabulary.ParentUserGroup {
		return ""
	}
	held, isPart, err := p.Guard.HoldingsOf(ctx, p.KeyReference(run.GroupKey(t)))
	run.AddFailure(&p.Resp.Diagnostics, run.Failure{At: at, Doing: "Looking up what " + t.GroupName + " was given", Needs: run.NeedsAnyRole}, err)
	if len(held) == 0 {
		return ""
	}
	const most = 10
	names := access.Spell(held[:min(len(held), most)])
	if rest := len(held) - most; rest > 0 {
		names = append(names, fmt.Sprintf("and %d more", rest))
	}
	given := fmt.Sprintf(" Whoever is in it counts %s", strings.Join(names, ", "))
	if isPart {
		given += ", and with what the token may not see"
	}
	return given + "."
}

// joining returns the groups that come onto the list: more of the plan may fill them.
func (p *listPlan) joining(before []string) (groups []access.Reference) {
	for _, m := range p.Principals {
		if m.Kind == access.KindGroup && !slices.Contains(before, run.MemberKey(m)) {
			groups = append(groups, m.Reference())
		}
	}
	slices.SortFunc(groups, func(a, b access.Reference) int { return strings.Compare(a.String(), b.String()) })
	return groups
}

// entriesOf are those of the members, by MemberKey.
func (l *managedList) entriesOf(keys []string) review.Entries {
	references := make([]access.Reference, len(keys))
	for i, key := range keys {
		references[i] = l.KeyReference(key)
	}
	return review.EntriesOf(references...)
}
