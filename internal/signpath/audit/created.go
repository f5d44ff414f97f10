package audit

import (
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// describe adds to a new object what it had from the beginning.
func (r *reading) describe(s step, chains map[thing][]step) planreview.DriftChange {
	if s.told.Kind != planreview.DriftCreated {
		return s.told
	}
	var parts []string
	for _, list := range r.listsOfNew(s, chains) {
		parts = append(parts, list.String())
	}
	if p := s.object.principal; p != nil && p.Kind != access.KindGroup {
		if role := r.firstRole(s, chains); role != "" && role != vocabulary.SignPath.Least {
			parts = append(parts, "the global role "+vocabulary.SignPath.Title(role))
		}
	}
	if len(parts) == 0 {
		return s.told
	}
	return s.told.Telling(s.told.Fact() + " with " + strings.Join(parts, " and "))
}

// firstRole is the role before the first change that the audit log has of it.
func (r *reading) firstRole(s step, chains map[thing][]step) access.Role {
	if chain := chains[thing{object: s.object.id, attribute: attributeRole}]; len(chain) > 0 {
		return access.Role(contract.Text(chain[0].change.Before))
	}
	return s.object.principal.Role
}

// A newList is a list of a new object, or of what came with it, on which somebody was from the
// beginning.
type newList struct {
	// plural is how the list is called, with what has it where that is not the new object itself.
	plural string
	// ids are those of the members, and names how they are spelled, in order.
	ids, names []string
}

func (l newList) String() string { return "the " + l.plural + " " + strings.Join(l.names, ", ") }

// listsOfNew are those of a new group or place, and of the signing policies of a new project that
// the audit log does not tell by themselves.
func (r *reading) listsOfNew(s step, chains map[thing][]step) []newList {
	var lists []newList
	add := func(owner, plural, of string, entries review.Entries) {
		if list := r.listOfNew(owner, plural, entries, chains); len(list.ids) > 0 {
			list.plural += of
			lists = append(lists, list)
		}
	}
	if p := s.object.principal; p != nil && p.Kind == access.KindGroup {
		add(p.ID, vocabulary.GroupMembers.Plural, "", r.found.Members[p.IDReference()])
	}
	if !s.object.isPlace || s.object.id != r.placeIDs[s.object.place.String()] {
		return lists // Of a place that is gone, nobody knows who was on its lists; another one may have its slug now.
	}
	for _, place := range slices.SortedFunc(maps.Keys(r.found.Places), access.Place.Compare) {
		id, of := r.placeIDs[place.String()], ""
		if place != s.object.place {
			if !s.object.place.Contains(place) || len(chains[thing{object: id, attribute: attributeExistence}]) > 0 {
				continue
			}
			of = " of " + place.String()
		}
		for _, role := range vocabulary.SignPath.RolesAt(place) {
			add(id, role.Plural, of, r.found.Grants[review.Seat{Role: role.Role, Place: place}])
		}
	}
	return lists
}

// listOfNew is who was on a list at first: whoever is on it now and came not later, and who
// left it later.
func (r *reading) listOfNew(owner, plural string, entries review.Entries, chains map[thing][]step) newList {
	made := newList{plural: plural}
	if len(chains[thing{object: owner, list: plural}]) > 0 {
		return made // It was changed in a way that the audit log does not tell.
	}
	first := map[string]bool{}
	for _, entry := range entries.References {
		id, _ := entry.ID()
		first[id] = true
	}
	for what, chain := range chains {
		if what.object == owner && what.list == plural && what.member != "" {
			delete(first, what.member)
			if !chain[0].on {
				first[what.member] = true
			}
		}
	}
	for id := range first {
		made.ids, made.names = append(made.ids, id), append(made.names, r.spell(id, api.AuditParty{ID: id}))
	}
	slices.Sort(made.names)
	return made
}
