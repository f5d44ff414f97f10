package access

import "slices"

// A Redundancy says that whoever has a grant would have all that it gives without it.
//
// Of two grants that give the same, one alone is called redundant, so that all that are can
// be taken away together.
type Redundancy struct {
	Grant
	// Covers are the other grants of the principal that give it: each of them all of it.
	Covers []Cover
}

// A CoverReason says why one grant gives all that another one does.
type CoverReason string

const (
	// CoverSameRole is for the same role at a place around.
	CoverSameRole CoverReason = "same-role"
	// CoverContained is for a role of which the vendor says that it contains the other.
	CoverContained CoverReason = "contained"
	// CoverPermissions is for a role that gives every permission of the other one.
	CoverPermissions CoverReason = "permissions"
)

// A Cover is a grant that gives all that another one of the same principal gives.
type Cover struct {
	Grant
	Reason   CoverReason
	Evidence Evidence
	Source   string
}

// Redundant returns the grants that are redundant, in order. What is not known makes none
// redundant.
func (v *Vocabulary) Redundant(grants []Grant) []Redundancy {
	held := map[seatOf][]Grant{}
	done := map[Grant]bool{}
	for _, g := range grants {
		if folded := g.Folded(); !done[folded] {
			done[folded] = true
			of := seatOf{folded.Principal, g.Place}
			held[of] = append(held[of], g)
		}
	}
	var redundant []Redundancy
	for _, all := range held {
		for _, g := range all {
			var covers []Cover
			for _, outer := range g.Place.Enclosing() {
				for _, other := range held[seatOf{g.Principal.Folded(), outer}] {
					if cover, ok := v.cover(other, g); ok && !v.yields(other, g) {
						covers = append(covers, cover)
					}
				}
			}
			if len(covers) > 0 {
				slices.SortFunc(covers, func(a, b Cover) int { return a.Compare(b.Grant) })
				redundant = append(redundant, Redundancy{Grant: g, Covers: covers})
			}
		}
	}
	slices.SortFunc(redundant, func(a, b Redundancy) int { return a.Compare(b.Grant) })
	return redundant
}

// A seatOf is where a principal holds something.
type seatOf struct {
	Principal Reference
	Place     Place
}

// cover tells whether the outer grant gives all that the inner one does.
func (v *Vocabulary) cover(outer, inner Grant) (Cover, bool) {
	if outer.Folded() == inner.Folded() || !outer.Place.Contains(inner.Place) || v.MayBeHeldAt(outer.Role, outer.Place) == AnswerNo {
		return Cover{}, false
	}
	if outer.Role == inner.Role {
		return Cover{outer, CoverSameRole, v.Inheritance.Evidence, v.Inheritance.Source}, true
	}
	if v.Contains != nil {
		cell := v.Contains(outer, inner)
		return Cover{outer, CoverContained, cell.Evidence, cell.Source}, cell.Granted
	}
	if v.roles[outer.Role] == nil || v.roles[inner.Role] == nil || !v.Dominates(outer.Role, inner.Role) {
		return Cover{}, false
	}
	return v.coverByPermissions(outer, inner), true
}

// coverByPermissions rests on each cell of the outer role that the inner one has, and on
// inheritance where the places differ. It has the source of what is least well known.
func (v *Vocabulary) coverByPermissions(outer, inner Grant) Cover {
	cover := Cover{Grant: outer, Reason: CoverPermissions}
	rest := func(cell Cell) {
		if weaker := cover.Evidence.Weaker(cell.Evidence); weaker != cover.Evidence || cover.Source == "" {
			cover.Evidence, cover.Source = weaker, cell.Source
		}
	}
	for _, right := range v.granted[inner.Role] {
		rest(v.roles[outer.Role].Rights[right.Permission])
	}
	if outer.Place != inner.Place {
		rest(v.Inheritance)
	}
	return cover
}

// yields tells whether of two grants that cover each other this is the one that is called
// redundant: the one whose role stands later in the vocabulary.
func (v *Vocabulary) yields(grant, other Grant) bool {
	if _, mutual := v.cover(other, grant); !mutual {
		return false
	}
	position := func(role Role) int {
		return slices.IndexFunc(v.Roles, func(r RoleDescription) bool { return r.Role == role })
	}
	return position(grant.Role) > position(other.Role)
}
