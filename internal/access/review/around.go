package review

import (
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// Around returns the organization without the places in which, and around which, nobody has
// an entry by these references, also through groups, and without the users and CI users who
// then have no entry and no role: what changes about one account cannot be felt there. It
// costs far less than a review.
func (o Organization) Around(references ...access.Reference) Organization {
	wanted := o.withGroupsOf(references)
	about, wantedPlaces := map[access.Place]bool{}, map[access.Place]bool{}
	for seat, entries := range o.Grants {
		if !about[seat.Place] && holdsAny(entries, wanted) {
			about[seat.Place] = true
		}
	}
	for place := range about {
		for _, outer := range place.Enclosing() {
			wantedPlaces[outer] = true
		}
	}
	o.Places = maps.Clone(o.Places)
	maps.DeleteFunc(o.Places, func(place access.Place, _ any) bool {
		return !wantedPlaces[place] && !slices.ContainsFunc(place.Enclosing(), func(outer access.Place) bool { return about[outer] })
	})
	o.Grants = maps.Clone(o.Grants)
	maps.DeleteFunc(o.Grants, func(seat Seat, _ Entries) bool { return !o.Has(seat.Place) })
	isNamed := o.Named()
	o.Principals = slices.DeleteFunc(slices.Clone(o.Principals), func(p Principal) bool {
		isOrdinary := !p.Support && (p.Role == "" || p.Role == o.Vocabulary.Least)
		return isOrdinary && !isNamed(p) && !wanted[p.Reference().Folded()] && !wanted[p.IDReference().Folded()]
	})
	return o
}

// Named returns a function that tells whether a principal is a group, or is named by an
// access list or as a member of a group.
func (o Organization) Named() func(Principal) bool {
	natural, ids := map[access.Reference]bool{}, map[string]bool{}
	note := func(lists ...Entries) {
		for _, list := range lists {
			for _, r := range list.References {
				if access.IsID(r.Key) {
					ids[strings.ToLower(r.Key)] = true
				} else {
					natural[r.Folded()] = true
				}
			}
		}
	}
	for _, members := range o.Members {
		note(members)
	}
	for _, entries := range o.Grants {
		note(entries)
	}
	return func(p Principal) bool {
		return p.Kind == access.KindGroup || p.ID != "" && ids[strings.ToLower(p.ID)] || natural[p.Reference().Folded()]
	}
}

// withGroupsOf adds the groups that hold one of the references, in the end, by each
// reference to them.
func (o Organization) withGroupsOf(references []access.Reference) map[access.Reference]bool {
	other := map[access.Reference]access.Reference{}
	for _, p := range o.Principals {
		if p.Kind == access.KindGroup && p.ID != "" {
			natural, id := p.Reference().Folded(), p.IDReference().Folded()
			other[natural], other[id] = id, natural
		}
	}
	wanted := map[access.Reference]bool{}
	for _, reference := range references {
		wanted[reference.Folded()] = true
	}
	for grown := true; grown; {
		grown = false
		for group, members := range o.Members {
			group = group.Folded()
			if !wanted[group] && holdsAny(members, wanted) {
				wanted[group], grown = true, true
				if name, ok := other[group]; ok {
					wanted[name] = true
				}
			}
		}
	}
	return wanted
}

func holdsAny(list Entries, wanted map[access.Reference]bool) bool {
	return slices.ContainsFunc(list.References, func(r access.Reference) bool { return wanted[r.Folded()] })
}
