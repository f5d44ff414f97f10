package planreview

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A ListChange says who comes onto one access list and who leaves it, also through
// groups, and which entries it then has.
type ListChange struct {
	// List is the plural of the list: "approvers".
	List          string   `json:"list"`
	Project       string   `json:"project,omitempty"`
	SigningPolicy string   `json:"signing_policy,omitempty"`
	Group         string   `json:"group,omitempty"`
	Gains         []string `json:"gains"`
	Loses         []string `json:"loses"`
	// GainsGroups are the groups that come onto the list themselves, with whoever is
	// in them now and later, and LosesGroups those that leave it.
	GainsGroups []GroupEntry `json:"gains_groups"`
	LosesGroups []GroupEntry `json:"loses_groups"`
	// MayLose is instead of Loses and LosesGroups where the plan does not tell who is on the list
	// after the apply.
	MayLose []string `json:"may_lose"`
	// Entries are those after the apply.
	Entries []string `json:"entries"`
	// Complete is false where there may be more entries than the plan knows.
	Complete bool `json:"complete"`
	// BeforeComplete is the same of the entries before, or says that the plan tells all of
	// those who leave. Where it is false and Complete is true, the apply may take more off the
	// list than Loses says.
	BeforeComplete bool `json:"before_complete"`
	// mayLoseGroups are the groups among those of MayLose.
	mayLoseGroups []GroupEntry
}

// A GroupEntry is a group on a list.
type GroupEntry struct {
	Group string `json:"group"`
	// MembersKnown is false where others may be in the group, or in one within it, than
	// those whom gains and losses name.
	MembersKnown bool `json:"members_known"`
}

// String spells the group, and what is not known of it.
func (g GroupEntry) String() string {
	if g.MembersKnown {
		return g.Group
	}
	return g.Group + " (members not known)"
}

// Place spells where the list is: "acme/release-signing", or the group.
func (c ListChange) Place() string {
	if c.Group != "" {
		return c.Group
	}
	return access.PlaceOf(c.Project, c.SigningPolicy).String()
}

// String tells the change in a sentence without a full stop.
func (c ListChange) String() string {
	then := "nobody of whom this plan tells"
	if len(c.Entries) > 0 {
		then = strings.Join(c.Entries, ", ")
		if !c.Complete {
			then += ", and whoever else is on it"
		}
	}
	if c.endsEmpty() {
		then = "no entry"
	}
	return c.List + " of " + c.Place() + ": " + c.moves() + "then has " + then + c.takenOff()
}

// endsEmpty tells whether nobody is on the list afterwards.
func (c ListChange) endsEmpty() bool { return len(c.Entries) == 0 && c.Complete }

// takenOff tells of those who leave the list and whom the plan does not tell.
func (c ListChange) takenOff() string {
	if c.Complete && !c.BeforeComplete {
		return "; who else was on it before, which this plan does not tell, is taken off"
	}
	return ""
}

// moves tells who comes onto the list and who leaves it, each with a semicolon.
func (c ListChange) moves() string {
	text := ""
	if gains := slices.Concat(access.Spell(c.GainsGroups), c.Gains); len(gains) > 0 {
		text += "gains " + strings.Join(gains, ", ") + "; "
	}
	if loses := slices.Concat(access.Spell(c.LosesGroups), c.Loses); len(loses) > 0 {
		text += "loses " + strings.Join(loses, ", ") + "; "
	}
	if len(c.MayLose) > 0 {
		text += "may lose " + strings.Join(c.MayLose, ", ") + "; "
	}
	return text
}

// listChanges returns the lists of which an entry changes.
func (m *model) listChanges() []ListChange {
	earlier, later := m.lists[before].known, m.lists[after].known
	all := maps.Clone(earlier)
	maps.Copy(all, later)
	found := []ListChange{}
	var entries []review.ListEntries
	var keys []listKey
	for _, key := range slices.SortedFunc(maps.Keys(all), compareLists) {
		had, has := earlier[key], later[key]
		if had == nil && m.lists[after].created[key] {
			had = &entryList{complete: true}
		}
		if differs(had, has) {
			// A principal that is renamed stays the same entry.
			change := review.ListEntries{Before: m.people[after].entriesOf(had), After: m.people[after].entriesOf(has)}
			entries = append(entries, change)
			c := m.listChange(key, change)
			c.GainsGroups, c.LosesGroups = m.groupsOnlyOf(has, had, after), m.groupsOnlyOf(had, has, before)
			c.BeforeComplete = c.BeforeComplete || had != nil && had.told
			found, keys = append(found, c), append(keys, key)
		}
	}
	for i, change := range review.ChangesOfLists(m.orgs[after], entries) {
		found[i].Gains, found[i].Loses = access.Spell(change.Gains), access.Spell(change.Loses)
		if has := later[keys[i]]; has != nil && has.uncertain {
			found[i].doubt()
		}
		m.veilList(&found[i], keys[i])
	}
	return found
}

// doubt says of those who leave that they may.
func (c *ListChange) doubt() {
	c.MayLose = append(access.Spell(c.LosesGroups), c.Loses...)
	c.mayLoseGroups, c.LosesGroups, c.Loses = c.LosesGroups, []GroupEntry{}, []string{}
}

// veilList takes the names out that may not be told of the list.
func (m *model) veilList(c *ListChange, key listKey) {
	names := map[string]access.Reference{}
	m.veil.on(names, key)
	m.veil.overAll(names, c.Gains, c.Loses, c.MayLose, c.Entries)
	for _, groups := range [][]GroupEntry{c.GainsGroups, c.LosesGroups, c.mayLoseGroups} {
		for i := range groups {
			m.veil.over(names, &groups[i].Group)
		}
	}
}

func differs(had, has *entryList) bool {
	if had == nil || has == nil {
		return (had == nil) != (has == nil)
	}
	same := func(_, _ access.Reference) bool { return true }
	return had.complete != has.complete || !maps.EqualFunc(had.entries, has.entries, same)
}

// listChange tells of a list what its entries tell.
func (m *model) listChange(key listKey, entries review.ListEntries) ListChange {
	c := ListChange{
		List: m.plural(key), Project: key.place.Slug(0), SigningPolicy: key.place.Slug(1),
		Entries: access.Spell(entries.After.References), MayLose: []string{},
		Complete: !entries.After.Incomplete, BeforeComplete: !entries.Before.Incomplete,
	}
	if key.group != "" {
		c.Group = m.group(after, key).String()
	}
	slices.Sort(c.Entries)
	return c
}

// groupsOnlyOf returns the groups on the one list, which is of the side, and not on the
// other. Either may be nil.
func (m *model) groupsOnlyOf(list, other *entryList, at side) []GroupEntry {
	found := []GroupEntry{}
	if list == nil {
		return found
	}
	for _, key := range sortedKeys(list.entries) {
		if list.entries[key].Kind != access.KindGroup || other.has(key) {
			continue
		}
		found = append(found, GroupEntry{m.people[at].spell(key, list.entries[key]).String(), m.lists[at].tellsMembers(key)})
	}
	return found
}

// has tells whether an entry is known to be on the list. A nil list has none.
func (l *entryList) has(key string) bool {
	if l == nil {
		return false
	}
	_, ok := l.entries[key]
	return ok
}

// tellsMembers tells whether everybody in a group is known, also in the groups within it.
func (l *lists) tellsMembers(group string) bool {
	for _, list := range l.reached(membersOf(group)) {
		if !l.known[list].complete {
			return false
		}
		for entry, reference := range l.known[list].entries {
			if reference.Kind == access.KindGroup && l.known[membersOf(entry)] == nil {
				return false
			}
		}
	}
	return l.known[membersOf(group)] != nil
}

// plural names a list.
func (m *model) plural(key listKey) string {
	if key.group != "" {
		return memberLists.plural
	}
	return m.plan.vocabulary.Description(key.role).Plural
}

// roleOf is what somebody has who is on the list; nil for the members of a group.
func (m *model) roleOf(list ListChange) *access.RoleDescription {
	for _, role := range m.plan.vocabulary.RolesAt(access.PlaceOf(list.Project, list.SigningPolicy)) {
		if role.Plural == list.List && list.Group == "" {
			return role
		}
	}
	return nil
}

// unseenGains are what groups gain and lose of which the members are not known: who
// may do what by that cannot be said.
func (m *model) unseenGains(lists []ListChange) []AccessChange {
	var found []AccessChange
	for _, list := range lists {
		role := m.roleOf(list)
		if role == nil {
			continue
		}
		for _, side := range []struct {
			direction Direction
			groups    []GroupEntry
		}{{Direction(review.Gains), list.GainsGroups}, {Direction(review.Loses), list.LosesGroups}, {MayLose, list.mayLoseGroups}} {
			for _, group := range side.groups {
				if !group.MembersKnown {
					found = append(found, AccessChange{
						Principal: group.Group, who: group.String(), Direction: side.direction, Permission: role.For.String(),
						Project: list.Project, SigningPolicy: list.SigningPolicy,
						Sentence: fmt.Sprintf("%s %s %s on %s", group, side.direction, role.For.Noun, list.Place()),
					})
				}
			}
		}
	}
	return found
}
