package review

import "github.com/signpath-community/terraform-provider-signpath/internal/access"

// OfGrants returns the organization in which somebody holds these roles at these places, and
// nobody holds anything else. Whoever is named exists and is in force. A role that cannot be
// held at its place gives nothing there.
//
// [Effective] then tells which permissions the grants give, with each reason.
func OfGrants(vocabulary *access.Vocabulary, grants []access.Grant, places []access.Place) Organization {
	org := Organization{Vocabulary: vocabulary, PrincipalsIncomplete: true, Places: map[access.Place]any{}, Grants: map[Seat]Entries{}}
	for _, place := range places {
		if (place != access.Place{}) {
			org.Places[place] = nil
		}
	}
	for _, g := range grants {
		seat := Seat{Role: g.Role, Place: g.Place}
		entries := org.Grants[seat]
		entries.References = append(entries.References, g.Principal)
		org.Grants[seat] = entries
	}
	return org
}

// Inherited tells whether the reason stands further out than the place where it gives
// somebody a permission.
func (a Access) Inherited(r Reason) bool { return r.Place != a.Place }
