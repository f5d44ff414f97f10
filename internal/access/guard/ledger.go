package guard

import (
	"maps"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A ledger is the organization, and what the changes of a plan have done to it so far. It is
// kept once. Of each entry it knows whether it was there, whether the plan gives it and
// whether the plan takes it, so that every scenario can be read from it.
type ledger struct {
	vocabulary *access.Vocabulary
	// incomplete is true where there may be more principals.
	incomplete bool
	// nodes are principals and strangers, by every reference that names them.
	nodes map[access.Reference]*node
	// special are the principals that have another role than the least, or come to have one.
	special map[*node]bool
	seats   map[review.Seat]*seat
	places  map[access.Place]any
}

// A node is a principal, or whoever an entry means that fits none.
type node struct {
	// principal is nil for a stranger.
	principal *review.Principal
	reference access.Reference
	// on are the seats that the node has an entry for.
	on map[*seat]bool
	// steps are what the plan does to the account, in order.
	steps []step
	// members are those of a group; nil if nothing is known of them.
	members *seat
}

// A step is a change of an account that counts as a gain, as a loss, or as both.
type step struct {
	review.AccountChange
	gain, loss bool
}

// A seat is a list of entries.
type seat struct {
	key review.Seat
	// group is whose members the entries are; nil for a list of a place.
	group *node
	// known is true where the entries that there were have been read, and incomplete where
	// there may be others all the same.
	known, incomplete bool
	entries           []*entry
	of                map[*node]*entry
}

// An entry is one member of a list.
type entry struct {
	member    *node
	reference access.Reference
	// was tells whether the entry was there, gained and lost whether the plan gives and
	// takes it, exchanged whether it is given by a change that takes another, and ended
	// whether the last of that is that the plan destroys a list with it.
	was, gained, lost, exchanged, ended bool
}

func newLedger(vocabulary *access.Vocabulary) *ledger {
	return &ledger{
		vocabulary: vocabulary, nodes: map[access.Reference]*node{}, special: map[*node]bool{},
		seats: map[review.Seat]*seat{}, places: map[access.Place]any{},
	}
}

// normal is the form in which references compare: of ids the kind does not count, because
// of an entry that fits nobody it is not known.
func normal(r access.Reference) access.Reference {
	r = r.Folded()
	if access.IsID(r.Key) {
		r.Kind = ""
	}
	return r
}

// node returns whom the reference names, and notes a stranger if that is nobody yet.
func (l *ledger) node(r access.Reference) *node {
	key := normal(r)
	if l.nodes[key] == nil {
		l.nodes[key] = &node{reference: r, on: map[*seat]bool{}}
	}
	return l.nodes[key]
}

// meet notes a principal, unless it is known. Who was known without an id has it from now on.
func (l *ledger) meet(p review.Principal) {
	n := l.nodeOf(p)
	switch {
	case n.principal == nil:
		n.principal = &p
	case n.principal.ID == "":
		known := *n.principal
		known.ID = p.ID
		n.principal = &known
	default:
		return
	}
	l.special[n] = l.special[n] || p.Support || p.Role != "" && p.Role != l.vocabulary.Least
	if p.Kind == access.KindGroup && p.ID == "" && n.members == nil {
		// Of a group that is only about to come, it is known that it is empty.
		l.seat(review.Seat{Group: p.Reference()}).known = true
	}
}

// nodeOf returns the node of a principal, under both references.
func (l *ledger) nodeOf(p review.Principal) *node {
	natural, id := normal(p.Reference()), normal(p.IDReference())
	named, byID := l.nodes[natural], l.nodes[id]
	switch {
	case p.ID == "":
		return l.node(p.Reference())
	case byID != nil && byID.principal != nil:
		return byID
	case named == nil:
		l.nodes[natural] = l.node(p.IDReference())
	case named.principal != nil && named.principal.ID != "":
		// Nobody knows which of the two the name means.
		l.nodes[natural] = &node{reference: p.Reference(), on: map[*seat]bool{}}
		return l.node(p.IDReference())
	case byID != nil && byID != named:
		l.merge(named, byID)
	}
	l.nodes[id] = l.nodes[natural]
	return l.nodes[id]
}

// merge makes one of two nodes that turn out to be the same.
func (l *ledger) merge(n, other *node) {
	for s := range other.on {
		e := s.of[other]
		delete(s.of, other)
		if known := s.of[n]; known != nil {
			known.was, known.gained, known.lost = known.was || e.was, known.gained || e.gained, known.lost || e.lost
			known.exchanged, known.ended = known.exchanged || e.exchanged, known.ended || e.ended
			s.entries = slices.DeleteFunc(s.entries, func(one *entry) bool { return one == e })
		} else {
			e.member, s.of[n], n.on[s] = n, e, true
		}
	}
	if n.members == nil && other.members != nil {
		n.members, other.members.group = other.members, n
	}
	n.steps = append(n.steps, other.steps...)
	for key, one := range l.nodes {
		if one == other {
			l.nodes[key] = n
		}
	}
}

// seat returns a list, which is empty if it was not known.
func (l *ledger) seat(key review.Seat) *seat {
	if key.Group != (access.Reference{}) {
		group := l.node(key.Group)
		if group.members == nil {
			group.members = &seat{key: key, group: group, of: map[*node]*entry{}}
		}
		return group.members
	}
	if l.seats[key] == nil {
		l.seats[key] = &seat{key: key, of: map[*node]*entry{}}
	}
	return l.seats[key]
}

func (l *ledger) entry(s *seat, reference access.Reference) *entry {
	member := l.node(reference)
	if s.of[member] == nil {
		s.of[member] = &entry{member: member, reference: reference}
		s.entries = append(s.entries, s.of[member])
		member.on[s] = true
	}
	return s.of[member]
}

// learn notes what was read, but nothing twice: accounts are as they were before the first
// change. What the plan has done to lists so far may be carried out by the time that one is
// read, of which the plan saw what was there before: that is taken back.
func (l *ledger) learn(org review.Organization) {
	l.incomplete = l.incomplete || org.PrincipalsIncomplete
	for _, p := range org.Principals {
		l.meet(p)
	}
	for group, entries := range org.Members {
		if members := l.node(group).members; members == nil || !members.known {
			l.read(review.Seat{Group: group}, entries)
		}
	}
	for place, settings := range org.Places {
		if _, known := l.places[place]; known {
			continue
		}
		l.places[place] = settings
		for _, role := range l.vocabulary.RolesAt(place) {
			key := review.Seat{Role: role.Role, Place: place}
			l.read(key, org.Grants[key])
		}
	}
}

func (l *ledger) read(key review.Seat, entries review.Entries) {
	s := l.seat(key)
	s.known, s.incomplete = true, entries.Incomplete
	for _, reference := range entries.References {
		e := l.entry(s, reference)
		e.was = !e.gained
	}
	for _, e := range s.entries {
		e.was = e.was || e.lost
	}
}

// add notes a change.
func (l *ledger) add(c Change) {
	for _, e := range l.entries(c.Losses.Removed) {
		e.lost, e.ended = true, c.Ends
	}
	for _, e := range l.entries(c.Gains.Added) {
		e.gained, e.ended, e.exchanged = true, false, e.exchanged || len(c.Losses.Removed) > 0
	}
	for _, change := range c.Gains.Accounts {
		n := l.node(change.Member)
		n.steps = append(n.steps, step{change, true, slices.Contains(c.Losses.Accounts, change)})
		l.special[n] = l.special[n] || change.Role != nil
	}
	for _, change := range c.Losses.Accounts {
		if !slices.Contains(c.Gains.Accounts, change) {
			n := l.node(change.Member)
			n.steps = append(n.steps, step{change, false, true})
			l.special[n] = l.special[n] || change.Role != nil
		}
	}
}

func (l *ledger) entries(all []review.Entry) []*entry {
	entries := make([]*entry, len(all))
	for i, one := range all {
		s := l.seat(one.Seat)
		entries[i] = l.entry(s, one.Member)
	}
	return entries
}

// above returns the nodes and all groups that they may be in.
func above(nodes map[*node]bool) map[*node]bool {
	all := maps.Clone(nodes)
	waiting := slices.Collect(maps.Keys(nodes))
	for len(waiting) > 0 {
		n := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		for s := range n.on {
			if s.group != nil && !all[s.group] {
				all[s.group] = true
				waiting = append(waiting, s.group)
			}
		}
	}
	return all
}

// below returns the nodes and all who may be in them.
func below(nodes map[*node]bool) map[*node]bool {
	all := maps.Clone(nodes)
	waiting := slices.Collect(maps.Keys(nodes))
	for len(waiting) > 0 {
		n := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		if n.members == nil {
			continue
		}
		for _, e := range n.members.entries {
			if !all[e.member] {
				all[e.member] = true
				waiting = append(waiting, e.member)
			}
		}
	}
	return all
}
