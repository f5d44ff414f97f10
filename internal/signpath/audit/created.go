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
	switch {
	case s.object.isPlace:
		parts = r.listsOfNew(s, chains)
	case s.object.principal != nil && s.object.principal.Kind == access.KindGroup:
		parts = r.listOfNew(s, chains, vocabulary.GroupMembers.Plural, r.found.Members[s.object.principal.IDReference()], "")
	case s.object.principal != nil:
		if role := r.firstRole(s, chains); role != "" && role != vocabulary.SignPath.Least {
			parts = []string{"the global role " + vocabulary.SignPath.Title(role)}
		}
	}
	if len(parts) == 0 {
		return s.told
	}
	return s.told.Telling(s.told.Fact() + " with " + strings.Join(parts, " and "))
}

// firstRole is the role before the first change that the audit log has of it.
func (r *reading) firstRole(s step, chains map[thing][]step) access.Role {
	if chain := chains[thing{object: s.object.id, attribute: "role"}]; len(chain) > 0 {
		return access.Role(contract.Text(chain[0].change.Before))
	}
	return s.object.principal.Role
}

// listsOfNew are those of a new place, and of the signing policies of a new project that the
// audit log does not tell by themselves.
func (r *reading) listsOfNew(s step, chains map[thing][]step) []string {
	var parts []string
	for _, place := range slices.SortedFunc(maps.Keys(r.found.Places), access.Place.Compare) {
		id := r.placeIDs[place.String()]
		isItself := place == s.object.place
		if !isItself && (!s.object.place.Contains(place) || len(chains[thing{object: id, attribute: attributeExistence}]) > 0) {
			continue
		}
		of := ""
		if !isItself {
			of = " of " + place.String()
		}
		at := s
		at.object.id = id
		for _, role := range vocabulary.SignPath.RolesAt(place) {
			entries := r.found.Grants[review.Seat{Role: role.Role, Place: place}]
			parts = append(parts, r.listOfNew(at, chains, role.Plural, entries, of)...)
		}
	}
	return parts
}

// listOfNew is who was on a list at first: whoever is on it now and came not later, and who
// left it later.
func (r *reading) listOfNew(s step, chains map[thing][]step, list string, entries review.Entries, of string) []string {
	if len(chains[thing{object: s.object.id, list: list}]) > 0 {
		return nil // It was changed in a way that the audit log does not tell.
	}
	first := map[string]bool{}
	for _, entry := range entries.References {
		id, _ := entry.ID()
		first[id] = true
	}
	for what, chain := range chains {
		if what.object == s.object.id && what.list == list && what.member != "" {
			delete(first, what.member)
			if !chain[0].on {
				first[what.member] = true
			}
		}
	}
	if len(first) == 0 {
		return nil
	}
	var names []string
	for id := range first {
		names = append(names, r.spell(id, api.AuditParty{ID: id}))
	}
	slices.Sort(names)
	return []string{"the " + list + of + " " + strings.Join(names, ", ")}
}
