package review

import (
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// ListEntries are the direct entries of one list before and after a change.
type ListEntries struct{ Before, After Entries }

// A ListChange says who comes onto one list and who leaves it, in the end: also
// through groups. Who stays by another way is in neither.
type ListChange struct {
	Gains, Loses []ListMember
}

// A ListMember is somebody on a list, by one way or several.
type ListMember struct {
	Principal access.Reference
	// Ways are the groups on each way, as in [Reason]. One is empty for an entry of
	// one's own.
	Ways [][]access.Reference
}

// String spells the member with the ways: "user:a@example.com (through
// group:Release Managers)". That an entry is one's own goes without saying.
func (m ListMember) String() string {
	var ways []string
	for _, via := range m.Ways {
		if len(via) == 0 && len(m.Ways) == 1 {
			return m.Principal.String()
		}
		ways = append(ways, spellVia(via))
	}
	return m.Principal.String() + " (" + strings.Join(ways, " and ") + ")"
}

// String tells the change in one line: "gains: user:a@example.com; loses:
// user:b@example.com".
func (c ListChange) String() string {
	var parts []string
	for _, side := range []struct {
		verb    Direction
		members []ListMember
	}{{Gains, c.Gains}, {Loses, c.Loses}} {
		if len(side.members) == 0 {
			continue
		}
		parts = append(parts, string(side.verb)+": "+strings.Join(access.Spell(side.members), ", "))
	}
	if len(parts) == 0 {
		return "nobody gains or loses"
	}
	return strings.Join(parts, "; ")
}

// ChangeOfList compares the direct entries of one list before and after. The
// organization says who the principals are and whom the groups hold; its projects do
// not matter. Members are in it whether or not their accounts are active.
func ChangeOfList(org Organization, before, after Entries) ListChange {
	return ChangesOfLists(org, []ListEntries{{before, after}})[0]
}

// ChangesOfLists is [ChangeOfList] for many lists, and learns of the organization
// once.
func ChangesOfLists(org Organization, lists []ListEntries) []ListChange {
	e := newExpander(org)
	had, has := make([][]string, len(lists)), make([][]string, len(lists))
	for i, list := range lists {
		had[i], has[i] = e.roster.keys(list.Before.References), e.roster.keys(list.After.References)
	}
	accounts := e.numberAccounts()
	changes := make([]ListChange, len(lists))
	for i := range lists {
		earlier, later := e.expand(had[i]), e.expand(has[i])
		changes[i] = ListChange{Gains: membersOnlyOf(later, earlier, accounts), Loses: membersOnlyOf(earlier, later, accounts)}
	}
	return changes
}

// membersOnlyOf returns who is on the one list and not on the other, ordered by
// reference.
func membersOnlyOf(list, other *expansion, accounts []*Account) []ListMember {
	onOther := map[int]bool{}
	for _, way := range other.ways {
		onOther[way.account] = true
	}
	var members []ListMember
	last := -1
	for _, way := range list.ways {
		if onOther[way.account] {
			continue
		}
		if way.account != last {
			members = append(members, ListMember{Principal: accounts[way.account].Reference})
			last = way.account
		}
		member := &members[len(members)-1]
		member.Ways = append(member.Ways, way.via)
	}
	return members
}
