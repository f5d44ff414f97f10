package review

import (
	"cmp"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A placedList is everybody who holds a role at a place by an entry.
type placedList struct {
	role  *access.RoleDescription
	place access.Place
	// direct are the keys of the entries.
	direct []string
	// unfinished is true where there may be more entries than those.
	unfinished bool
	*expansion
}

// An expansion is everybody who is on a list in the end.
type expansion struct {
	// ways lead to the accounts on the list, ordered by account; who is on it by
	// several memberships has several.
	ways []way
	// groups are the keys of the groups on the list, also those in groups.
	groups []string
	// hides is true where not all accounts on the list are known: of a group not
	// all members are, or an entry fits no principal.
	hides bool
}

// A way is one membership by which an account is on a list.
type way struct {
	account int
	// via are the groups from the list to the account; empty for an entry.
	via []access.Reference
}

// incomplete tells whether there may be more accounts on the list.
func (l *placedList) incomplete() bool { return l.unfinished || l.hides }

// holder is what whoever is on the list has.
func (l *placedList) holder() Holder { return Holder{description: l.role} }

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

// An expander expands lists. The same entries are expanded once, because many lists
// hold the same groups.
type expander struct {
	roster *roster
	groups groupMembers
	// number is where each account stands in the order of accounts.
	number map[string]int
	done   map[string]*expansion
}

func newExpander(org Organization) *expander {
	roster := newRoster(org)
	return &expander{
		roster: roster, groups: roster.groupMembers(org.Members),
		number: map[string]int{}, done: map[string]*expansion{},
	}
}

// numberAccounts returns the accounts in order. Only when the keys of all entries
// were asked for does it know those that fit nobody.
func (e *expander) numberAccounts() []*Account {
	accounts := e.roster.accounts()
	for i, account := range accounts {
		e.number[account.key] = i
	}
	return accounts
}

func (e *expander) expand(keys []string) *expansion {
	entries := strings.Join(keys, "\x00")
	if done, ok := e.done[entries]; ok {
		return done
	}
	expanded := &expansion{}
	spelled := map[string][]access.Reference{}
	for _, path := range e.groups.nesting.Expand(keys) {
		if e.roster.isGroup(path.Key) {
			expanded.groups = append(expanded.groups, path.Key)
			expanded.hides = expanded.hides || !e.groups.knows(path.Key)
			continue
		}
		_, stranger := e.roster.strangers[path.Key]
		expanded.hides = expanded.hides || stranger
		expanded.ways = append(expanded.ways, way{e.number[path.Key], e.roster.spellVia(path.Via, spelled)})
	}
	slices.Sort(expanded.groups)
	expanded.groups = slices.Compact(expanded.groups)
	slices.SortStableFunc(expanded.ways, func(a, b way) int { return cmp.Compare(a.account, b.account) })
	e.done[entries] = expanded
	return expanded
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
