package planreview

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// findGivenUp notes what Terraform forgets and no other resource of the plan has from then
// on, with who is there. Entries of one list are one finding.
func (m *model) findGivenUp() {
	givenUp := map[listKey][]*instance{}
	for _, i := range m.plan.managed {
		switch {
		case !i.forgotten() || i.strange || i.of != nil:
		case i.list != nil:
			if key, ok := m.lists[before].place(i.list, i.before); ok && !m.isKept(i, key) {
				givenUp[key] = append(givenUp[key], i)
			}
		case i.kind == "role_assignment":
			m.giveUpRole(i)
		case i.kind == kindHolders:
			m.giveUpHolders(i)
		case i.kind == "user_group":
			m.giveUpGroup(i)
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(givenUp), compareLists) {
		m.giveUpList(key, givenUp[key])
	}
}

// isHeld tells whether another resource of the kind has from then on what the test finds.
func (m *model) isHeld(i *instance, has func(*object) bool) bool {
	return slices.ContainsFunc(m.plan.managed, func(other *instance) bool {
		return other.kind == i.kind && !other.forgotten() && other.after != nil && has(other.after)
	})
}

func (m *model) giveUpRole(i *instance) {
	one := m.people[before].who(i.before, attributeMember)
	if !i.before.grants() {
		return
	}
	if m.isHeld(i, func(o *object) bool { return m.people[after].who(o, attributeMember).key() == one.key() }) {
		return
	}
	name := m.people[before].reference(one)
	if reference, covered := m.veil.roles[one.key()]; covered {
		name = m.veil.label(one.key(), reference)
	}
	m.giveUp(review.Finding{
		Principals: []access.Reference{name}, About: "role",
		Sentence: fmt.Sprintf("Terraform gives up the global role %s of %s, which stays.", m.plan.vocabulary.Title(i.before.role()), name),
	}, i)
}

func (m *model) giveUpGroup(i *instance) {
	id := i.before.id("id")
	one := m.people[before].sameAs(principalOf(access.KindGroup, i.before))
	if one == nil || id != "" && m.isHeld(i, func(o *object) bool { return o.id("id") == id }) {
		return
	}
	name := m.people[before].reference(one)
	m.giveUp(review.Finding{
		Principals: []access.Reference{name}, About: "group",
		Sentence: fmt.Sprintf("Terraform gives up %s, which stays. In it %s.", name, m.spellHolders(membersOf(one.key()), nil)),
	}, i)
}

func (m *model) giveUp(f review.Finding, by ...*instance) {
	m.own = append(m.own, ownFinding{f, review.NoLongerManaged, each(by, func(i *instance) string { return i.address })})
}

// isKept tells whether another resource has what this one gives up of the list.
func (m *model) isKept(i *instance, key listKey) bool {
	return slices.ContainsFunc(m.plan.managed, func(other *instance) bool {
		if other == i || other.list == nil || other.forgotten() || other.after == nil {
			return false
		}
		at, ok := m.lists[after].place(other.list, other.after)
		if !ok || at != key || i.list.whole && !other.list.whole {
			return false
		}
		had, has := m.people[before].named(i.list, i.before), m.people[after].named(other.list, other.after)
		return other.list.whole || !slices.ContainsFunc(sortedKeys(had.entries), func(entry string) bool { return !has.has(entry) })
	})
}

func (m *model) giveUpList(key listKey, by []*instance) {
	f := review.Finding{About: m.plural(key)}
	if key.group != "" {
		f.Principals = []access.Reference{m.group(before, key)}
	} else {
		f.Places = []access.Place{key.place}
	}
	entries := newEntries()
	isWhole := slices.ContainsFunc(by, func(i *instance) bool { return i.list.whole })
	for _, i := range by {
		entries.join(m.people[before].named(i.list, i.before))
	}
	if isWhole {
		f.Sentence = fmt.Sprintf("Terraform gives up the list of %s, which stays. On it %s.", m.spellList(key), m.spellHolders(key, entries))
	} else {
		f.About += " entries"
		f.Sentence = fmt.Sprintf("Terraform gives up %s among the %s: they stay.", review.Enumerate(m.spelled(key, entries)), m.spellList(key))
	}
	m.giveUp(f, by...)
}

// spellHolders says who is on a list, or else who is on it by the entries that the plan has.
func (m *model) spellHolders(key listKey, entries *entryList) string {
	list := cmp.Or(m.lists[before].known[key], entries)
	switch {
	case list == nil:
		return "is nobody of whom the plan tells"
	case len(list.entries) == 0 && list.complete:
		return "is nobody"
	}
	names := m.spelled(key, list)
	if !list.complete {
		names = append(names, "whoever else is there")
	}
	if len(names) == 1 {
		return "is " + names[0]
	}
	return "are " + review.Enumerate(names)
}

// spelled names the entries of a list, as far as they may be.
func (m *model) spelled(key listKey, list *entryList) []string {
	names := access.Spell(m.people[before].entriesOf(list).References)
	covered := map[string]access.Reference{}
	m.veil.on(covered, key)
	m.veil.overAll(covered, names)
	slices.Sort(names)
	return names
}
