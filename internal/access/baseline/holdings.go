package baseline

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// holdings are grants, to be found by what is held where and by whom.
type holdings struct {
	// at has who holds a role at a place, as spelled, by the folded reference.
	at map[access.RoleAt]map[access.Reference]access.Reference
	by map[access.Reference][]access.Grant
}

func holdingsOf(grants []access.Grant) holdings {
	h := holdings{map[access.RoleAt]map[access.Reference]access.Reference{}, map[access.Reference][]access.Grant{}}
	for _, g := range grants {
		h.add(g)
	}
	return h
}

func (h holdings) add(g access.Grant) {
	key, seat := g.Principal.Folded(), access.RoleAt{Role: g.Role, Place: g.Place}
	if h.at[seat] == nil {
		h.at[seat] = map[access.Reference]access.Reference{}
	}
	if _, ok := h.at[seat][key]; !ok {
		h.at[seat][key] = g.Principal
		h.by[key] = append(h.by[key], g)
	}
}

func (h holdings) remove(g access.Grant) {
	key := g.Principal.Folded()
	delete(h.at[access.RoleAt{Role: g.Role, Place: g.Place}], key)
	h.by[key] = slices.DeleteFunc(h.by[key], func(other access.Grant) bool { return other.Role == g.Role && other.Place == g.Place })
}

// isFurtherOut tells whether the principal holds something at a place around this one.
func (h holdings) isFurtherOut(principal access.Reference, place access.Place) bool {
	return slices.ContainsFunc(h.by[principal.Folded()], func(g access.Grant) bool { return g.Place != place && g.Place.Contains(place) })
}
