package review

import (
	"maps"
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// An Organization is what a review looks at: principals, and who of them holds which role
// where. Whoever fills it names principals by any reference that fits one: by natural key,
// by id, or as "unknown:UUID".
type Organization struct {
	// Vocabulary says which roles there are, and what they allow.
	Vocabulary *access.Vocabulary
	// Caller is the id of the user whose token told all this; empty where that is not known, or
	// nobody's.
	Caller string
	// Principals are the users, CI users and groups, with the role that each has in the
	// organization.
	Principals []Principal
	// PrincipalsIncomplete is true where there may be more of them. A user who is
	// named on a list and not here is then taken to exist and to be active; and
	// rules that count the principals of the organization do not fire.
	PrincipalsIncomplete bool
	// Members are the direct members of each group. Of a group that is not in it,
	// the members are not known.
	Members map[access.Reference]Entries
	// Places are those within the organization, with their settings, which are of the
	// vendor's own type or nil; see [SettingsAt].
	Places map[access.Place]any
	// PlaceIDs are the ids of places, which stay when a place is renamed, as far as the server
	// tells them.
	PlaceIDs map[access.Place]string
	// Grants are who holds each role at each place, by an entry. Nobody holds one that is
	// not in it.
	Grants map[Seat]Entries
}

// A Seat is what an entry gives: a role at a place, or membership in a group.
type Seat struct {
	Role  access.Role
	Place access.Place
	// Group is the group, where an entry makes a member of one; then the others are empty.
	Group access.Reference
}

// A Principal is a user, a CI user or a group, with the dates that few servers
// tell. A nil date is unknown.
type Principal struct {
	access.Principal
	// InvitationExpires is when the invitation of an invited user runs out.
	InvitationExpires *time.Time
	// TokenGenerated is when the API token was generated.
	TokenGenerated *time.Time
}

// Entries are the direct entries of an access list, or the members of a group. The
// zero value is a list that is known to be empty.
type Entries struct {
	References []access.Reference
	// Incomplete is true where there may be more entries than these, such as
	// those that a plan does not know yet. Rules about who is missing from the
	// list then do not fire.
	Incomplete bool
}

// EntriesOf returns a list that is known to hold these, and nobody else.
func EntriesOf(references ...access.Reference) Entries { return Entries{References: references} }

// Grant puts the entries in the place of those of the seat.
func (o *Organization) Grant(role access.Role, place access.Place, entries Entries) {
	if o.Grants == nil {
		o.Grants = map[Seat]Entries{}
	}
	o.Grants[Seat{Role: role, Place: place}] = entries
}

// Has tells whether the organization has the place.
func (o Organization) Has(place access.Place) bool {
	_, ok := o.Places[place]
	return ok || place == access.Place{}
}

// PlacesOf returns the places of a kind, in order.
func (o Organization) PlacesOf(kind string) []access.Place {
	var places []access.Place
	for place := range o.Places {
		if o.Vocabulary.KindAt(place) == kind {
			places = append(places, place)
		}
	}
	slices.SortFunc(places, access.Place.Compare)
	return places
}

// SettingsAt returns the settings of a place, which is the zero value if it has none of
// the type.
func SettingsAt[T any](o Organization, place access.Place) T {
	settings, _ := o.Places[place].(T)
	return settings
}

// AssumingMore returns the organization as if there might be more who hold the roles,
// everywhere. Whoever then is missing is missing before the first one comes, who is not to
// blame for that.
func (o Organization) AssumingMore(roles ...access.Role) Organization {
	o.Grants = maps.Clone(o.Grants)
	for place := range o.Places {
		for _, role := range o.Vocabulary.RolesAt(place) {
			if slices.Contains(roles, role.Role) {
				entries := o.Grants[Seat{Role: role.Role, Place: place}]
				entries.Incomplete = true
				o.Grant(role.Role, place, entries)
			}
		}
	}
	return o
}

// MayHold tells whether somebody holds one of the roles at the place and is in force, or
// will be without anybody's doing; or may be there, because not everybody is known.
func (o Organization) MayHold(roles []access.Role, place access.Place) bool {
	o.Places = map[access.Place]any{place: o.Places[place]}
	a := analyze(o)
	return slices.ContainsFunc(roles, func(role access.Role) bool { return a.mayHold(role, place) })
}
