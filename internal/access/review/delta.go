package review

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Delta is a change of an organization: what one resource of a plan does, or several
// together. The accounts change after the principals came.
type Delta struct {
	// Principals come, unless they are there already. Who was there without an id
	// has it from now on.
	Principals []Principal
	// Accounts are users and CI users with another role, or activated or not.
	Accounts []AccountChange
	// Added and Removed are entries, members of groups included.
	Added, Removed []Entry
}

// An AccountChange says what is different about one user or CI user. What is nil
// stays.
type AccountChange struct {
	Member access.Reference
	Role   *access.Role
	Active *bool
}

// An Entry puts somebody in a seat. An entry that is there already can be added again, and
// one that is not there removed: neither changes anything.
type Entry struct {
	Seat
	Member access.Reference
}

// Entries returns entries of one seat.
func (l Seat) Entries(members ...access.Reference) []Entry {
	entries := make([]Entry, len(members))
	for i, member := range members {
		entries[i] = Entry{l, member}
	}
	return entries
}

// IsEmpty tells whether the delta changes nothing, but for who is there.
func (d Delta) IsEmpty() bool {
	return len(d.Accounts)+len(d.Added)+len(d.Removed) == 0
}

// And returns both changes as one.
func (d Delta) And(other Delta) Delta {
	return Delta{
		Principals: slices.Concat(d.Principals, other.Principals),
		Accounts:   slices.Concat(d.Accounts, other.Accounts),
		Added:      slices.Concat(d.Added, other.Added),
		Removed:    slices.Concat(d.Removed, other.Removed),
	}
}

// With returns the organization as the change leaves it. What it says of places that the
// organization does not have is left out. The organization itself stays as it is.
func (o Organization) With(d Delta) Organization {
	if d.IsEmpty() && len(d.Principals) == 0 {
		return o
	}
	o.Principals = withAccounts(withPrincipals(o.Principals, d.Principals), d.Accounts)
	o.Members = maps.Clone(o.Members)
	if o.Members == nil {
		o.Members = map[access.Reference]Entries{}
	}
	o.Grants = maps.Clone(o.Grants)
	names := newGroupNames(o)
	for _, p := range d.Principals {
		// Of a group that is only about to come, it is known that it is empty.
		group := names.of(p.Reference())
		if _, known := o.Members[group]; p.Kind == access.KindGroup && p.ID == "" && !known {
			o.Members[group] = EntriesOf()
		}
	}
	known := sync.OnceValue(func() *roster { return newRoster(o) })
	for _, entry := range d.Removed {
		o.change(names, entry.Seat, func(e Entries) Entries { return e.without(entry.Member, known) })
	}
	for _, entry := range d.Added {
		o.change(names, entry.Seat, func(e Entries) Entries { return e.with(entry.Member) })
	}
	return o
}

// withPrincipals adds those who are not there, by id or else by natural key.
func withPrincipals(all, newcomers []Principal) []Principal {
	if len(newcomers) == 0 {
		return all
	}
	all = slices.Clone(all)
	at := positions(all)
	for _, p := range newcomers {
		i, known := at[p.IDReference().Folded()]
		if p.ID == "" || !known {
			i, known = at[p.Reference().Folded()]
		}
		switch {
		case !known:
			i, all = len(all), append(all, p)
		case all[i].ID == "":
			all[i].ID = p.ID
		}
		note(at, i, all[i])
	}
	return all
}

func withAccounts(all []Principal, changes []AccountChange) []Principal {
	if len(changes) == 0 {
		return all
	}
	all = slices.Clone(all)
	at := positions(all)
	for _, change := range changes {
		i, known := at[change.Member.Folded()]
		if !known {
			continue
		}
		if change.Role != nil {
			all[i].Role = *change.Role
		}
		if change.Active != nil {
			all[i].Active = *change.Active
		}
	}
	return all
}

// positions says where each principal stands, by both references.
func positions(all []Principal) map[access.Reference]int {
	at := map[access.Reference]int{}
	for i, p := range all {
		note(at, i, p)
	}
	return at
}

func note(at map[access.Reference]int, i int, p Principal) {
	at[p.Reference().Folded()] = i
	if p.ID != "" {
		at[p.IDReference().Folded()] = i
	}
}

// groupNames finds the reference by which the members of a group are kept.
type groupNames map[access.Reference]access.Reference

func newGroupNames(o Organization) groupNames {
	names := groupNames{}
	for group := range o.Members {
		names[group.Folded()] = group
	}
	for _, p := range o.Principals {
		if p.Kind != access.KindGroup || p.ID == "" {
			continue
		}
		natural, id := p.Reference().Folded(), p.IDReference().Folded()
		if kept, ok := names[id]; ok {
			names[natural] = kept
		} else if kept, ok := names[natural]; ok {
			names[id] = kept
		}
	}
	return names
}

func (n groupNames) of(group access.Reference) access.Reference {
	if kept, ok := n[group.Folded()]; ok {
		return kept
	}
	n[group.Folded()] = group
	return group
}

// change puts other entries in the place of those of a seat. Of a group whose members were
// not known, they still are not.
func (o *Organization) change(names groupNames, seat Seat, apply func(Entries) Entries) {
	if seat.Group != (access.Reference{}) {
		group := names.of(seat.Group)
		members, known := o.Members[group]
		members.Incomplete = members.Incomplete || !known
		o.Members[group] = apply(members)
		return
	}
	if o.Has(seat.Place) {
		o.Grant(seat.Role, seat.Place, apply(o.Grants[seat]))
	}
}

func (e Entries) with(member access.Reference) Entries {
	if !slices.ContainsFunc(e.References, func(r access.Reference) bool { return sameEntry(r, member) }) {
		e.References = append(slices.Clip(e.References), member)
	}
	return e
}

// without asks the roster only where one reference is an id and the other is not.
func (e Entries) without(member access.Reference, known func() *roster) Entries {
	e.References = slices.DeleteFunc(slices.Clone(e.References), func(r access.Reference) bool {
		return sameEntry(r, member) || access.IsID(r.Key) != access.IsID(member.Key) && known().same(r, member)
	})
	return e
}

// sameEntry compares ids without their kinds, because of an entry that fits nobody the
// kind is not known.
func sameEntry(a, b access.Reference) bool {
	return a.Same(b) || access.IsID(a.Key) && strings.EqualFold(a.Key, b.Key)
}
