package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// organization is the key of the outermost place where a vendor has no other word.
const organization = "organization"

// OrganizationNoun is what the vendor calls the organization.
func (v *Vocabulary) OrganizationNoun() string { return cmp.Or(v.Organization, organization) }

// PlaceKey spells a place as a configuration does: "organization" alone, else the kind and
// the way to it, as in "environment:contracts/PRODUCTION".
func (v *Vocabulary) PlaceKey(place Place) string {
	if place == (Place{}) {
		return v.OrganizationNoun()
	}
	return v.KindAt(place) + ":" + place.String()
}

// ParsePlaceKey reads what [Vocabulary.PlaceKey] spells. Whether there is such a place is not
// looked at, but for kinds of which all names are known.
func (v *Vocabulary) ParsePlaceKey(text string) (Place, error) {
	if text == v.OrganizationNoun() {
		return Place{}, nil
	}
	key, way, found := strings.Cut(text, ":")
	kind := v.PlaceKind(key)
	if !found || kind.Key == "" {
		return Place{}, fmt.Errorf("%q is no place; valid are %s", text, strings.Join(v.placeForms(), ", "))
	}
	slugs := strings.Split(way, "/")
	if len(slugs) != v.depth(key) || slices.ContainsFunc(slugs, func(slug string) bool { return !isSlug(slug) }) {
		return Place{}, fmt.Errorf("%q is no %s; the form is %q", text, kind.Noun, v.placeForm(kind))
	}
	if last := slugs[len(slugs)-1]; len(kind.Slugs) > 0 && !slices.Contains(kind.Slugs, last) {
		return Place{}, fmt.Errorf("%q is no %s: there are %s", text, kind.Noun, strings.Join(kind.Slugs, ", "))
	}
	return PlaceOf(slugs...), nil
}

// isSlug tells whether text can be a step on the way to a place.
func isSlug(text string) bool { return IsName(text) && !strings.ContainsAny(text, placeSeparator+"/") }

// placeForms spells the form of the key of each kind of places, the organization first.
func (v *Vocabulary) placeForms() []string {
	forms := []string{fmt.Sprintf("%q", v.OrganizationNoun())}
	for _, kind := range v.Places {
		forms = append(forms, fmt.Sprintf("%q", v.placeForm(kind)))
	}
	return forms
}

// placeForm is as "environment:APPLICATION/ENVIRONMENT".
func (v *Vocabulary) placeForm(kind PlaceKind) string {
	var steps []string
	for k := kind; k.Key != ""; k = v.PlaceKind(k.Within) {
		steps = append(steps, strings.ToUpper(k.Key))
	}
	slices.Reverse(steps)
	return kind.Key + ":" + strings.Join(steps, "/")
}
