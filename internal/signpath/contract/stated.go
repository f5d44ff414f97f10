package contract

import (
	"cmp"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// A Stated is something of which a mapping file says where answers have it.
type Stated struct {
	// Concept is what the file calls it, and Property what an object does.
	Concept  string
	Property Property
	Path     mapping.Path
	Line     int
}

// Stated returns what the file says of answers about a thing, in the order of lines.
func (m *Mapping) Stated(t mapping.Thing) []Stated {
	var stated []Stated
	for concept, place := range m.orAssumed().of(t).Answer {
		if place.Path != nil {
			stated = append(stated, Stated{concept, propertyOf(t, concept), place.Path, place.Line})
		}
	}
	slices.SortFunc(stated, func(a, b Stated) int { return cmp.Or(a.Line-b.Line, cmp.Compare(a.Concept, b.Concept)) })
	return stated
}

// States tells whether the file says where answers to the route have the property.
func (m *Mapping) States(r *Route, p Property) bool {
	known, _ := m.orAssumed().placeOf(r.thing(), p)
	return known.line > 0
}

// Maps tells whether answers to the route are turned into the assumed names.
func (m *Mapping) Maps(r *Route) bool {
	m = m.orAssumed()
	return !m.plain[r.thing()]
}

// PropertyAt returns the property that answers to the route have at a path, inside it or
// around it; "" if that is nothing known.
func (m *Mapping) PropertyAt(r *Route, path mapping.Path) Property {
	for _, p := range m.orAssumed().places[r.thing()] {
		if p.path.Begins(path) || path.Begins(p.path) {
			return p.property
		}
	}
	return ""
}
