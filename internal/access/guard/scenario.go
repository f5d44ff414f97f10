package guard

import (
	"maps"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A scenario is the organization as far as it counts what the plan has done so far.
type scenario struct {
	// has tells whether an entry is there.
	has func(*entry) bool
	// gains and losses tell which changes of accounts count.
	gains, losses bool
	// finds tells whether a finding can be judged by the scenario.
	finds func(review.Rule) bool
	// whole is true where those count who are missing, so that lists have to be whole.
	// It begins as if somebody could use what is judged, so that whoever comes to use it is
	// not blamed for those who were missing before.
	whole bool
}

var (
	// with has what the plan gives, and without lacks what it takes: what others of the plan
	// grant counts against a change, and what they take away does not count for it; and
	// where somebody must not be missing, it is the other way round. Whoever is put in
	// another's place by one change is there all the same, because that is done at once.
	with = scenario{has: func(e *entry) bool { return e.was || e.gained }, gains: true, finds: isOfPresence}
	// less is with, and what the plan takes from accounts, because whoever is deactivated
	// is found on lists, too.
	less    = scenario{has: with.has, gains: true, losses: true, finds: isOfPresence}
	without = scenario{has: func(e *entry) bool { return (e.was || e.exchanged) && !e.lost }, losses: true, finds: isOfAbsence, whole: true}
	// now is as it is.
	now = scenario{has: func(e *entry) bool { return e.was }}
	// ended is less, without what the plan takes away with a list that it destroys: of that
	// there is nothing to warn of.
	ended = scenario{has: func(e *entry) bool { return (e.was || e.gained) && !e.ended }, gains: true, losses: true, finds: isOfPresence}
	// left has whoever the plan leaves there, or puts there.
	left = func(e *entry) bool { return e.gained || e.was && !e.lost }
)

// isOfAbsence is true for what is found missing: no right that is granted brings that
// about, and what others of the plan grant may mend it, such as members of a new group.
func isOfAbsence(rule review.Rule) bool  { return rule.Absence }
func isOfPresence(rule review.Rule) bool { return !rule.Absence }

// scenarios are those in which the change can cause something. isLess is true where the plan
// takes something from an account.
func (c Change) scenarios(isLess bool) []scenario {
	var all []scenario
	if !c.Gains.IsEmpty() {
		all = append(all, with)
	}
	if len(c.Losses.Accounts) > 0 || !c.Gains.IsEmpty() && isLess {
		all = append(all, less)
	}
	if !c.Losses.IsEmpty() {
		all = append(all, without)
	}
	return all
}

// state is the principal as the scenario has it.
func (s scenario) state(n *node) review.Principal {
	p := *n.principal
	for _, one := range n.steps {
		if (!one.gain || !s.gains) && (!one.loss || !s.losses) {
			continue
		}
		if one.Role != nil {
			p.Role = *one.Role
		}
		if one.Active != nil {
			p.Active = *one.Active
		}
	}
	return p
}

// A part is what of an organization a change can be felt in.
type part struct {
	ledger *ledger
	// of are those whom the change is about, with their groups and members.
	of map[*node]bool
	// places are where they hold something, and what is changed.
	places map[access.Place]bool
	// all adds those who hold a role in the organization.
	all bool
}

// around returns the part that a change can be felt in, of what the reach has.
func (l *ledger) around(r Reach, c Change) part {
	changed, people := map[*node]bool{}, map[*node]bool{}
	p := part{ledger: l, places: map[access.Place]bool{}, all: len(c.Account) > 0}
	for _, entries := range [][]review.Entry{c.Gains.Added, c.Gains.Removed, c.Losses.Added, c.Losses.Removed} {
		for _, e := range entries {
			people[l.node(e.Member)] = true
			if e.Group != (access.Reference{}) {
				changed[l.node(e.Group)] = true
			} else {
				p.add(r, e.Place)
			}
		}
	}
	for _, reference := range c.Account {
		people[l.node(reference)] = true
	}
	p.of = above(below(people))
	for n := range changed {
		p.of[n] = true
	}
	p.of = above(p.of)
	for n := range p.of {
		for s := range n.on {
			if s.group == nil {
				p.add(r, s.key.Place)
			}
		}
	}
	return p
}

func (p *part) add(r Reach, place access.Place) {
	if _, known := p.ledger.places[place]; known && r.has(place) {
		for _, outer := range place.Enclosing() {
			p.places[outer] = true
		}
	}
}

// organization is the part in a scenario. Where lists have to be whole, everybody on them is
// in it.
func (p part) organization(s scenario, users []access.Role) review.Organization {
	l := p.ledger
	people := p.people(s)
	org := review.Organization{
		Vocabulary: l.vocabulary, PrincipalsIncomplete: l.incomplete,
		Members: map[access.Reference]review.Entries{}, Places: map[access.Place]any{}, Grants: map[review.Seat]review.Entries{},
	}
	for place := range p.places {
		if settings, known := l.places[place]; known {
			org.Places[place] = settings
			for _, list := range l.listsAt(place) {
				org.Grants[list.key] = list.in(s, people)
			}
		}
	}
	for n := range people {
		if n.members != nil {
			org.Members[n.name()] = n.members.in(s, people)
		}
		if n.principal != nil {
			org.Principals = append(org.Principals, s.state(n))
		}
	}
	if s.whole {
		return org.AssumingMore(users...)
	}
	return org
}

// people are those of the part whom a scenario has to know.
func (p part) people(s scenario) map[*node]bool {
	if !s.whole && !p.all {
		return p.of
	}
	people := maps.Clone(p.of)
	if p.all {
		for n, isSpecial := range p.ledger.special {
			people[n] = people[n] || isSpecial
		}
		maps.DeleteFunc(people, func(_ *node, is bool) bool { return !is })
	}
	if !s.whole {
		return people
	}
	for place := range p.places {
		for _, list := range p.ledger.listsAt(place) {
			for _, e := range list.entries {
				people[e.member] = true
			}
		}
	}
	return below(people)
}

// listsAt are those of a place.
func (l *ledger) listsAt(place access.Place) []*seat {
	var lists []*seat
	for _, role := range l.vocabulary.RolesAt(place) {
		lists = append(lists, l.seat(review.Seat{Role: role.Role, Place: place}))
	}
	return lists
}

// name is a reference to whoever the node is.
func (n *node) name() access.Reference {
	switch {
	case n.principal == nil:
		return n.reference
	case n.principal.ID != "":
		return n.principal.IDReference()
	}
	return n.principal.Reference()
}

// in returns the entries that are there and of the people.
func (s *seat) in(of scenario, people map[*node]bool) review.Entries {
	found := review.Entries{Incomplete: !s.known || s.incomplete}
	for _, e := range s.entries {
		if people[e.member] && of.has(e) {
			found.References = append(found.References, e.reference)
		}
	}
	return found
}
