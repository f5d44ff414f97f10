package baseline

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Change is a grant that is to come or to go.
type Change struct {
	access.Grant
	// Outer are the places further out where the principal will hold the same role: by
	// inheritance it holds here too, so that this change makes no difference.
	Outer []access.Place
	// Within are the places of the baseline further in where the role comes or goes with
	// this, because nothing else will give it there.
	Within []access.Place
}

// A Difference is what changes from one set of grants to another, in order.
type Difference struct {
	Given, Taken []Change
}

// IsEmpty tells whether both are the same.
func (d Difference) IsEmpty() bool { return len(d.Given) == 0 && len(d.Taken) == 0 }

// Compare tells what has to change from grants until they are those of the baseline.
func (b Baseline) Compare(from []access.Grant) Difference {
	return Difference{Given: b.changes(b.Grants, from), Taken: b.changes(from, b.Grants)}
}

// changes returns the grants that the others lack.
func (b Baseline) changes(grants, others []access.Grant) []Change {
	held, wanted := set(others), holdingsOf(b.Grants)
	inside := map[access.Place][]access.Place{}
	var all []Change
	for _, g := range grants {
		folded := g.Folded()
		if held[folded] {
			continue
		}
		change := Change{Grant: g}
		// between are places further in that keep the role by themselves.
		var between []access.Place
		for _, other := range wanted.by[folded.Principal] {
			switch {
			case other.Role != g.Role || other.Place == g.Place:
			case other.Place.Contains(g.Place):
				change.Outer = append(change.Outer, other.Place)
			case g.Place.Contains(other.Place):
				between = append(between, other.Place)
			}
		}
		slices.SortFunc(change.Outer, access.Place.Compare)
		if len(change.Outer) == 0 {
			change.Within = b.within(g.Place, between, inside)
		}
		all = append(all, change)
	}
	slices.SortFunc(all, func(a, b Change) int { return a.Compare(b.Grant) })
	return all
}

// within returns the places of the baseline inside of one, but for those inside of others. It
// remembers what is inside of a place.
func (b Baseline) within(outer access.Place, but []access.Place, inside map[access.Place][]access.Place) []access.Place {
	all, ok := inside[outer]
	if !ok {
		for _, declared := range b.Places {
			if declared.Place != outer && outer.Contains(declared.Place) {
				all = append(all, declared.Place)
			}
		}
		inside[outer] = all
	}
	if len(but) == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(inner access.Place) bool {
		return slices.ContainsFunc(but, func(p access.Place) bool { return p.Contains(inner) })
	})
}

func set(grants []access.Grant) map[access.Grant]bool {
	all := make(map[access.Grant]bool, len(grants))
	for _, g := range grants {
		all[g.Folded()] = true
	}
	return all
}

// Sentences tell a reviewer how the baseline differs from the grants, what is given first.
// Where nothing is known of them, which is nil, nobody can say that somebody gains.
func (b Baseline) Sentences(from []access.Grant) []string {
	d, verb := b.Compare(from), "gains"
	if from == nil {
		verb = "is to have"
	}
	var all []string
	for _, c := range d.Given {
		all = append(all, b.TellGiven(c, verb))
	}
	for _, c := range d.Taken {
		all = append(all, b.TellTaken(c))
	}
	return all
}

// TellGiven tells in a sentence what somebody "gains", or whatever the verb is.
func (b Baseline) TellGiven(c Change, verb string) string {
	sentence := c.Principal.String() + " " + verb + " " + quoteRole(c.Role) + " at " + b.Tell(c.Place)
	if len(c.Outer) > 0 {
		sentence += ", and has it there already by the grant at " + b.tellAll(c.Outer)
	} else if len(c.Within) > 0 {
		sentence += ", and so at " + b.tellAll(c.Within)
	}
	return sentence + "."
}

// TellTaken tells in a sentence what somebody loses.
func (b Baseline) TellTaken(c Change) string {
	sentence := c.Principal.String() + " loses " + quoteRole(c.Role) + " at " + b.Tell(c.Place)
	if len(c.Outer) > 0 {
		sentence += ", and keeps it there by the grant at " + b.tellAll(c.Outer)
	} else if len(c.Within) > 0 {
		sentence += ", and so at " + b.tellAll(c.Within)
	}
	return sentence + "."
}

func (b Baseline) tellAll(places []access.Place) string {
	texts := make([]string, len(places))
	for i, place := range places {
		texts[i] = b.Tell(place)
	}
	return review.SpellFew(texts, "other place", "other places")
}

// Deviations say in sentences who has what the baseline does not give, and who lacks what it
// does, if somebody saw the rows. They are in order, first what is too much.
func (b Baseline) Deviations(observed []access.Grant) []string {
	difference := b.Compare(observed)
	all := []string{}
	for _, c := range difference.Taken {
		all = append(all, c.Principal.String()+" has "+quoteRole(c.Role)+" at "+b.Tell(c.Place)+" and should not.")
	}
	for _, c := range difference.Given {
		all = append(all, c.Principal.String()+" lacks "+quoteRole(c.Role)+" at "+b.Tell(c.Place)+".")
	}
	return all
}
