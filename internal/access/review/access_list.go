package review

import (
	"cmp"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A placedList is one access list of one project or signing policy, expanded.
type placedList struct {
	list  access.List
	place Place
	// direct are the keys of the entries.
	direct []string
	// ways lead to the accounts on the list, ordered by account; who is on it by
	// several memberships has several.
	ways []way
	// groups are the keys of the groups on the list, also those in groups.
	groups []string
	// incomplete is true where there may be more accounts than those.
	incomplete bool
}

// A way is one membership by which an account is on a list.
type way struct {
	account int
	// via are the groups from the list to the account; empty for an entry.
	via []access.Reference
}

// holder returns what the list is in the table of rights.
func (l *placedList) holder() Holder { return Holder{List: l.list.Plural} }

// groupMembers are the direct members of the groups, by key.
type groupMembers struct {
	nesting access.Nesting
	// incomplete are the groups of which not all members are known. A group that
	// is neither here nor in complete is not known at all.
	incomplete, complete map[string]bool
}

func (r *roster) groupMembers(members map[access.Reference]Entries) groupMembers {
	g := groupMembers{nesting: access.Nesting{}, incomplete: map[string]bool{}, complete: map[string]bool{}}
	for reference, entries := range members {
		key := r.key(reference)
		g.nesting[key] = append(g.nesting[key], r.keys(entries.References)...)
		g.complete[key] = true
		if entries.Incomplete {
			g.incomplete[key] = true
		}
	}
	for _, keys := range g.nesting {
		// Expanding sorts the members for each list: sorted ones are fast.
		slices.Sort(keys)
	}
	return g
}

func (g groupMembers) knows(group string) bool { return g.complete[group] && !g.incomplete[group] }

// expand finds the accounts on the list. number gives each account's place in the
// order of accounts.
func (l *placedList) expand(r *roster, g groupMembers, entries Entries, number map[string]int) {
	l.incomplete = entries.Incomplete
	spelled := map[string][]access.Reference{}
	for _, path := range g.nesting.Expand(l.direct) {
		via := r.spellVia(path.Via, spelled)
		if r.isGroup(path.Key) {
			l.groups = append(l.groups, path.Key)
			l.incomplete = l.incomplete || !g.knows(path.Key)
			continue
		}
		account := number[path.Key]
		if _, stranger := r.strangers[path.Key]; stranger {
			l.incomplete = true
		}
		l.ways = append(l.ways, way{account, via})
	}
	slices.Sort(l.groups)
	l.groups = slices.Compact(l.groups)
	slices.SortStableFunc(l.ways, func(a, b way) int { return cmp.Compare(a.account, b.account) })
}

// spellVia names the groups of a path. Paths through one group share the result,
// because a group is walked through once.
func (r *roster) spellVia(via []string, spelled map[string][]access.Reference) []access.Reference {
	if len(via) == 0 {
		return nil
	}
	last := via[len(via)-1]
	if references, ok := spelled[last]; ok {
		return references
	}
	references := make([]access.Reference, len(via))
	for i, group := range via {
		references[i] = r.reference(group)
	}
	spelled[last] = references
	return references
}
