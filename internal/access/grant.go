package access

import (
	"cmp"
	"fmt"
	"slices"
)

// A Grant says that a principal holds a role at a place, by an entry of its own. A principal
// can have any number of them. Grants compare by == once they are [Grant.Folded].
type Grant struct {
	Principal Reference
	Role      Role
	Place     Place
}

// Folded returns the grant with its principal in the form that compares with ==.
func (g Grant) Folded() Grant {
	g.Principal = g.Principal.Folded()
	return g
}

// Compare orders grants by place, then by role and principal.
func (g Grant) Compare(other Grant) int {
	return cmp.Or(g.Place.Compare(other.Place), cmp.Compare(g.Role, other.Role), g.Principal.Compare(other.Principal))
}

// A RoleAt is a role at the place where it is held.
type RoleAt struct {
	Role  Role
	Place Place
}

// An EffectiveRole says that a role holds for a principal at a place, and why.
type EffectiveRole struct {
	// Grant has the place where the role holds.
	Grant
	// From are the places at which the role was granted, the widest first: this one, or
	// places around it. Taking one of those grants away leaves the others.
	From []Place
}

// Inherited tells whether the role holds there by a grant further out alone, so that there
// is nothing to take away at this place.
func (e EffectiveRole) Inherited() bool { return !slices.Contains(e.From, e.Place) }

// EffectiveRoles returns which roles hold for whom at the organization and at each of the
// places: a role holds at its place and at all places within, and nowhere else. They are in
// order, each once, also where grants spell a principal in several ways; the spelling is that
// of the first grant.
func EffectiveRoles(grants []Grant, places []Place) []EffectiveRole {
	spelled := map[Reference]Reference{}
	granted := map[Place]map[Grant]bool{}
	for _, g := range grants {
		folded := g.Folded()
		if _, ok := spelled[folded.Principal]; !ok {
			spelled[folded.Principal] = g.Principal
		}
		if granted[g.Place] == nil {
			granted[g.Place] = map[Grant]bool{}
		}
		granted[g.Place][folded] = true
	}
	var effective []EffectiveRole
	for _, place := range WithOrganization(places) {
		at := map[Grant]int{}
		for _, outer := range place.Enclosing() {
			for folded := range granted[outer] {
				folded.Place = place
				i, ok := at[folded]
				if !ok {
					i = len(effective)
					at[folded] = i
					holds := folded
					holds.Principal = spelled[folded.Principal]
					effective = append(effective, EffectiveRole{Grant: holds})
				}
				effective[i].From = append(effective[i].From, outer)
			}
		}
	}
	slices.SortFunc(effective, func(a, b EffectiveRole) int { return a.Compare(b.Grant) })
	return effective
}

// WithOrganization returns the places in order, each once, with the organization before them.
func WithOrganization(places []Place) []Place {
	all := append([]Place{{}}, places...)
	slices.SortFunc(all, Place.Compare)
	return slices.Compact(all)
}

// MayBeHeldAt tells whether the role can be granted at the place. Of a role that the vendor
// does not publish, and of another kind of places than the one that it names for the role,
// that is unknown where the vocabulary is open.
func (v *Vocabulary) MayBeHeldAt(role Role, place Place) Answer {
	description := v.roles[role]
	switch {
	case description != nil && description.By != ByEntry:
		return AnswerNo
	case description != nil && !description.AtNotStated && description.At == v.KindAt(place):
		return AnswerYes
	case v.Open || description != nil && description.AtNotStated:
		return AnswerUnknown
	}
	return AnswerNo
}

// Dominates tells whether whoever has the role may do all that the other one allows. It says
// nothing of roles whose rights the vendor does not publish.
func (v *Vocabulary) Dominates(role, other Role) bool {
	if len(v.Permissions) == 0 {
		return false
	}
	return !slices.ContainsFunc(v.granted[other], func(r *Right) bool { return !v.roles[role].Rights[r.Permission].Granted })
}

// LeastRoles returns the roles by which somebody gets all of the permissions at the place, and
// of which none gives less than another one of them: each with the place where it has to be
// held, which is this one or one around it. There are several where two roles give the same,
// and none where no role that can be granted gives all of them. For no permission, no role is
// needed.
func (v *Vocabulary) LeastRoles(permissions []Permission, place Place) ([]RoleAt, error) {
	if len(v.Permissions) == 0 {
		return nil, fmt.Errorf("the vendor does not publish what its roles allow")
	}
	for _, p := range permissions {
		if !v.IsToldAt(p, place) {
			return nil, fmt.Errorf("%s is of the whole %s: nobody can have it for %s alone", p, v.nounOf(v.Permission(p).Narrowest), v.PlaceKey(place))
		}
	}
	var sufficient []RoleAt
	for _, outer := range place.Enclosing() {
		for _, role := range v.RolesAt(outer) {
			if len(permissions) > 0 && !slices.ContainsFunc(permissions, func(p Permission) bool { return !role.Rights[p].Granted }) {
				sufficient = append(sufficient, RoleAt{role.Role, outer})
			}
		}
	}
	covers := func(a, b RoleAt) bool { return a.Place.Contains(b.Place) && v.Dominates(a.Role, b.Role) }
	var least []RoleAt
	for _, one := range sufficient {
		if !slices.ContainsFunc(sufficient, func(other RoleAt) bool { return covers(one, other) && !covers(other, one) }) {
			least = append(least, one)
		}
	}
	return least, nil
}

// nounOf names a kind of places, also the organization.
func (v *Vocabulary) nounOf(kind string) string {
	return cmp.Or(v.PlaceKind(kind).Noun, v.OrganizationNoun())
}
