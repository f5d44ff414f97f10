package baseline

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// holdings are grants, to be found by what is held where and by whom.
type holdings struct {
	// at has who holds a role at a place, in order.
	at map[access.RoleAt][]holder
	// by has the grants of a principal, by its folded reference.
	by map[access.Reference][]access.Grant
}

// A holder is a principal, folded and as it is spelled.
type holder struct{ folded, spelled access.Reference }

func compareHolders(a, b holder) int { return a.folded.Compare(b.folded) }

func holdingsOf(grants []access.Grant) holdings {
	h := holdings{map[access.RoleAt][]holder{}, map[access.Reference][]access.Grant{}}
	for _, g := range grants {
		one, seat := holder{g.Principal.Folded(), g.Principal}, access.RoleAt{Role: g.Role, Place: g.Place}
		h.at[seat] = append(h.at[seat], one)
		h.by[one.folded] = append(h.by[one.folded], g)
	}
	for _, holders := range h.at {
		slices.SortStableFunc(holders, compareHolders)
	}
	return h
}

func (h holdings) add(g access.Grant) {
	one, seat := holder{g.Principal.Folded(), g.Principal}, access.RoleAt{Role: g.Role, Place: g.Place}
	if i, found := slices.BinarySearchFunc(h.at[seat], one, compareHolders); !found {
		h.at[seat] = slices.Insert(h.at[seat], i, one)
		h.by[one.folded] = append(h.by[one.folded], g)
	}
}

func (h holdings) remove(g access.Grant) {
	one, seat := holder{folded: g.Principal.Folded()}, access.RoleAt{Role: g.Role, Place: g.Place}
	if i, found := slices.BinarySearchFunc(h.at[seat], one, compareHolders); found {
		h.at[seat] = slices.Delete(h.at[seat], i, i+1)
	}
	h.by[one.folded] = slices.DeleteFunc(h.by[one.folded], func(other access.Grant) bool { return other.Role == g.Role && other.Place == g.Place })
}

// has tells whether a principal holds the role there.
func (h holdings) has(one holder, seat access.RoleAt) bool {
	_, found := slices.BinarySearchFunc(h.at[seat], one, compareHolders)
	return found
}

// isBeyond tells whether the principal of a step holds something further out than whoever
// does the step by what is held at a place. To remove somebody may take all that the principal
// has, so there it is beyond wherever it is not within.
func (h holdings) isBeyond(principal access.Reference, step *Step, by access.Place) bool {
	return slices.ContainsFunc(h.by[principal.Folded()], func(g access.Grant) bool {
		return !by.Contains(g.Place) && (step.Kind == KindRemove || g.Place.Contains(step.Place))
	})
}
