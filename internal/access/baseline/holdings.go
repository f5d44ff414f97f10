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

// isBeyond tells whether the principal of a step holds something further out than whoever
// does the step by what is held at a place. To remove somebody may take all that the principal
// has, so there it is beyond wherever it is not within.
func (h holdings) isBeyond(principal access.Reference, step *Step, by access.Place) bool {
	return slices.ContainsFunc(h.by[principal.Folded()], func(g access.Grant) bool {
		return !by.Contains(g.Place) && (step.Kind == KindRemove || g.Place.Contains(step.Place))
	})
}
