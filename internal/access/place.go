package access

import (
	"slices"
	"strings"
)

// A Place is where somebody holds a role, and where a permission holds: the organization,
// which is the zero value, or a place within it, by the slugs that lead there from the
// outermost. Places compare by ==.
type Place struct{ path string }

// placeSeparator is in no slug; see [Place.String].
const placeSeparator = "\x00"

// PlaceOf returns the place to which the slugs lead. They end with the first empty one.
func PlaceOf(slugs ...string) Place {
	if end := slices.Index(slugs, ""); end >= 0 {
		slugs = slugs[:end]
	}
	return Place{strings.Join(slugs, placeSeparator)}
}

// Slugs returns what leads to the place; nothing for the organization.
func (p Place) Slugs() []string {
	if p.path == "" {
		return nil
	}
	return strings.Split(p.path, placeSeparator)
}

// Slug returns one of the slugs, from the outermost, which is 0. It is empty if the place
// is further out.
func (p Place) Slug(depth int) string {
	if slugs := p.Slugs(); depth < len(slugs) {
		return slugs[depth]
	}
	return ""
}

// Depth is how far in the place is: 0 for the organization.
func (p Place) Depth() int {
	if p.path == "" {
		return 0
	}
	return 1 + strings.Count(p.path, placeSeparator)
}

// String spells the place as import ids do: "acme/release-signing".
func (p Place) String() string {
	if p.path == "" {
		return "the organization"
	}
	return strings.ReplaceAll(p.path, placeSeparator, "/")
}

// Contains tells whether the other place is this one or inside it.
func (p Place) Contains(other Place) bool {
	return p.path == "" || p == other || strings.HasPrefix(other.path, p.path+placeSeparator)
}

// Enclosing returns the places that contain this one, the widest first and this one last.
func (p Place) Enclosing() []Place {
	all := make([]Place, 1, 1+p.Depth())
	for i := range p.path {
		if p.path[i] == placeSeparator[0] {
			all = append(all, Place{p.path[:i]})
		}
	}
	if p.path != "" {
		all = append(all, p)
	}
	return all
}

// Compare orders places by slugs, a place before what is inside it.
func (p Place) Compare(other Place) int { return strings.Compare(p.path, other.path) }
