package planreview

import (
	"cmp"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// of returns the addresses of the instances that bring about a finding of one side,
// which the other side does not have: what makes a step of it, or an account of it.
func (c *causes) of(f review.Finding, at side) []string {
	found := addresses{}
	rule, _ := c.catalogue.ByID(f.Rule)
	for _, own := range c.own {
		if own.rule == f.Rule && own.About == f.About && slices.Equal(own.Places, f.Places) && slices.Equal(own.Principals, f.Principals) {
			return own.addresses
		}
	}
	switch {
	case len(f.Principals) > 0:
		c.addPrincipals(found, f, rule, at)
	case len(f.Places) > 0:
		c.addCount(found, c.changesOf(rule, f.Places))
		for _, list := range c.listsOf(f, rule) {
			c.addRevealed(found, c.lists[at].reached(list), at)
		}
		c.addUse(found, f, rule, at)
	default:
		c.addAdministrators(found, rule)
	}
	if len(found) == 0 {
		c.addTouching(found, f, rule)
	}
	return append([]string{}, sortedKeys(found)...)
}

// addPrincipals adds what somebody is found for.
func (c *causes) addPrincipals(found addresses, f review.Finding, rule review.Rule, at side) {
	for _, principal := range f.Principals {
		key := c.people[at].key(principal)
		found.addAll(c.accounts[key])
		switch {
		case len(rule.Roles) > 0:
		case rule.OfToken:
			found.addAll(c.tokens[key])
		default:
			found.addAll(c.roles[key])
		}
	}
	c.addReasons(found, f.Reasons, f.Principals[0], at)
	if rule.Absence {
		// The group holds nobody.
		members := membersOf(c.people[at].key(f.Principals[0]))
		c.addEntries(found, c.lists[1-at].reached(members), 1-at)
		c.addRevealed(found, c.lists[at].reached(members), at)
	}
}

// addReasons adds what makes a step of the ways to a principal on one side only.
func (c *causes) addReasons(found addresses, reasons []review.Reason, principal access.Reference, at side) {
	for _, reason := range reasons {
		list, ok := listOfReason(reason)
		if !ok {
			found.addAll(c.roles[c.people[at].key(principal)])
			continue
		}
		for _, step := range append(slices.Clone(reason.Via), principal) {
			key := c.people[at].key(step)
			found.addAll(c.difference(at)[listEntry{list, key}])
			list = membersOf(key)
		}
	}
}

// listOfReason returns the list on which a reason stands; a role stands on none.
func listOfReason(reason review.Reason) (listKey, bool) {
	holder := reason.Holder()
	return listKey{role: holder.Role(), place: reason.Place}, holder.By() == access.ByEntry
}

// addEntries adds what makes somebody be on the lists on one side only.
func (c *causes) addEntries(found addresses, lists []listKey, at side) {
	for _, list := range lists {
		for entry := range c.lists[at].known[list].entries {
			found.addAll(c.difference(at)[listEntry{list, entry}])
		}
	}
}

// difference returns the entries that are on a list on this side only.
func (c *causes) difference(at side) map[listEntry]addresses {
	if at == before {
		return c.left
	}
	return c.came
}

// addRevealed adds what makes known who is on the lists, so that somebody can be missed
// there on one side only.
func (c *causes) addRevealed(found addresses, lists []listKey, at side) {
	for _, list := range lists {
		if c.lists[at].isWhole(list) && !c.lists[1-at].isWhole(list) {
			found.addAll(c.touched[list])
		}
	}
}

func (l *lists) isWhole(list listKey) bool { return l.known[list] != nil && l.known[list].complete }

// reached returns a list, and the lists of members of the groups on it and in those; but
// none that is not known.
func (l *lists) reached(list listKey) []listKey {
	found := []listKey{}
	seen := map[listKey]bool{}
	waiting := []listKey{list}
	for len(waiting) > 0 {
		list, waiting = waiting[0], waiting[1:]
		if l.known[list] == nil || seen[list] {
			continue
		}
		seen[list] = true
		found = append(found, list)
		for entry := range l.known[list].entries {
			waiting = append(waiting, membersOf(entry))
		}
	}
	return found
}

// membersOf returns the list of members of a group. That of anybody else is not known.
func membersOf(group string) listKey {
	return listKey{group: group}
}

// changesOf returns who gains and loses what a rule counts at the places.
func (c *causes) changesOf(rule review.Rule, places []access.Place) []review.Change {
	var found []review.Change
	for _, place := range places {
		for _, change := range c.changes[place] {
			for _, role := range rule.Roles {
				if c.plan.vocabulary.Description(role).For == change.Permission {
					found = append(found, change)
				}
			}
		}
	}
	return found
}

// addCount adds what makes those more who are counted, or fewer: whichever it is.
func (c *causes) addCount(found addresses, changes []review.Change) {
	more := 0
	for _, change := range changes {
		more += sign(change)
	}
	for _, change := range changes {
		if sign(change) == 0 || sign(change)*more < 0 {
			continue
		}
		at := after
		if sign(change) < 0 {
			at = before
		}
		found.addAll(c.accounts[c.people[at].key(change.Principal)])
		c.addReasons(found, change.Reasons, change.Principal, at)
	}
}

// sign is 1 for who is one more, and -1 for who is one fewer. Whoever is not in force is
// neither.
func sign(change review.Change) int {
	switch change.Direction {
	case review.Gains:
		return 1
	case review.Loses:
		return -1
	}
	return 0
}

// addUse adds what puts somebody on the lists without which a rule is silent, where nobody
// is there on the other side.
func (c *causes) addUse(found addresses, f review.Finding, rule review.Rule, at side) {
	for _, place := range f.Places {
		if len(rule.Unless) == 0 || c.orgs[1-at].MayHold(rule.Unless, place) {
			continue
		}
		for _, role := range rule.Unless {
			key := listKey{role: role, place: place}
			lists := c.lists[at].reached(key)
			c.addEntries(found, lists, at)
			c.addRevealed(found, slices.Concat(lists, c.lists[1-at].reached(key)), 1-at)
			for _, reached := range lists {
				for entry := range c.lists[at].known[reached].entries {
					found.addAll(c.accounts[entry])
				}
			}
		}
	}
}

// addAdministrators adds what makes those more or fewer who have the role that allows most,
// as the rule counts them: an unknown role is one too many, and not one who is left.
func (c *causes) addAdministrators(found addresses, rule review.Rule) {
	countsAs := c.plan.vocabulary.AtMost
	if rule.Absence {
		countsAs = c.plan.vocabulary.AtLeast
	}
	difference := map[string]int{}
	more := 0
	for _, noted := range []map[string]addresses{c.roles, c.accounts} {
		for key := range noted {
			difference[key] = c.administers(after, key, countsAs) - c.administers(before, key, countsAs)
		}
	}
	for _, by := range difference {
		more += by
	}
	for key, by := range difference {
		if by != 0 && by*more >= 0 {
			found.addAll(c.roles[key])
			found.addAll(c.accounts[key])
		}
	}
}

func (c *causes) administers(at side, key string, countsAs func(access.Role) access.Role) int {
	p := c.people[at].byKey(key)
	if p == nil || countsAs(p.Role) != c.plan.vocabulary.Most || p.Status() != access.StatusActive {
		return 0
	}
	return 1
}

// addTouching adds whatever touches the subjects of a finding, for where nothing can
// be made out to be the cause: such as a list of which the plan tells only now who is
// on it.
func (c *causes) addTouching(found addresses, f review.Finding, rule review.Rule) {
	for _, list := range c.listsOf(f, rule) {
		for _, lists := range c.lists {
			for _, reached := range lists.reached(list) {
				found.addAll(c.touched[reached])
				for entry := range lists.known[reached].entries {
					found.addAll(c.accounts[entry])
				}
			}
		}
	}
	if len(f.Principals)+len(f.Places) > 0 {
		return
	}
	for _, noted := range []map[string]addresses{c.roles, c.accounts} {
		for _, touching := range noted {
			found.addAll(touching)
		}
	}
}

// listsOf returns the lists that a finding is about.
func (c *causes) listsOf(f review.Finding, rule review.Rule) []listKey {
	var found []listKey
	for _, place := range f.Places {
		for _, role := range rule.Roles {
			for _, outer := range place.Enclosing() {
				if c.plan.vocabulary.KindAt(outer) == c.plan.vocabulary.Description(role).At {
					found = append(found, listKey{role: role, place: outer})
				}
			}
		}
	}
	for _, reason := range f.Reasons {
		if list, ok := listOfReason(reason); ok {
			found = append(found, list)
		}
	}
	return found
}

// managers are the instances that manage a list, or a principal, be they changed or not.
type managers struct {
	lists  map[listKey][]*instance
	people map[string][]*instance
}

func (m *model) managers() managers {
	found := managers{map[listKey][]*instance{}, map[string][]*instance{}}
	for _, i := range m.plan.managed {
		if i.after == nil {
			continue
		}
		if i.list != nil {
			if key, ok := m.lists[after].place(i.list, i.after); ok {
				found.lists[key] = append(found.lists[key], i)
			}
			continue
		}
		key := m.people[after].who(i.after, cmp.Or(aboutWhom[i.kind], attributeMember)).key()
		found.people[key] = append(found.people[key], i)
	}
	return found
}

// managing are the instances that manage the lists and the principals of a finding. A single
// entry does only if it is of one of them.
func (c *causes) managing(f review.Finding, all managers) []string {
	rule, _ := c.catalogue.ByID(f.Rule)
	found, people := addresses{}, map[string]bool{}
	for _, principal := range f.Principals {
		key := c.people[after].key(principal)
		people[key] = true
		for _, i := range all.people[key] {
			found[i.address] = true
		}
	}
	for _, list := range c.listsOf(f, rule) {
		for _, reached := range c.lists[after].reached(list) {
			for _, i := range all.lists[reached] {
				if i.list.whole || len(people) == 0 || people[c.people[after].who(i.after, attributeMember).key()] {
					found[i.address] = true
				}
			}
		}
	}
	return sortedKeys(found)
}
