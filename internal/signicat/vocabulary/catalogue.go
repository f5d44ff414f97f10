package vocabulary

import (
	"maps"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Declaration is what somebody has read of a role in the Dashboard, under IAM > Roles.
type Declaration struct {
	// BasicType wins over what the ending of the name suggests, unless it is unknown.
	BasicType BasicType
	// Product is what the role is for; empty for none, or for all.
	Product string
}

// A Catalogue is the roles that are known: the published ones, and those that somebody has
// declared.
type Catalogue struct {
	// Vocabulary has them all.
	Vocabulary *access.Vocabulary

	declared map[access.Role]Declaration
}

// Published has the roles that the pages mention, and no other.
var Published = Declare(nil)

// Signicat is who may do what at Signicat, as far as the pages say: which roles hold where.
var Signicat = Published.Vocabulary

// Declare returns a catalogue that has the roles as well.
func Declare(declared map[access.Role]Declaration) *Catalogue {
	c := &Catalogue{declared: maps.Clone(declared)}
	var roles []access.RoleDescription
	for _, role := range Roles() {
		description := access.RoleDescription{
			Role: role.Role, By: access.ByEntry, Title: string(role.Role), Plural: string(role.Role),
			AtNotStated: role.Level == LevelNotStated, Permissions: role.States,
		}
		if role.Level == LevelAccount {
			description.At = PlaceAccount
		}
		for _, recommended := range Recommendations() {
			if recommended.Role == role.Role {
				description.ConsiderFor += separated(description.ConsiderFor, recommended.UserType)
			}
		}
		roles = append(roles, description)
	}
	for _, role := range slices.Sorted(maps.Keys(declared)) {
		if _, published := roleNamed(role); !published {
			roles = append(roles, access.RoleDescription{Role: role, By: access.ByEntry, Title: string(role), Plural: string(role), AtNotStated: true})
		}
	}
	c.Vocabulary = access.Define(access.Vocabulary{
		Organization: organisation,
		Places:       []access.PlaceKind{{Key: PlaceAccount, Noun: "account", Plural: "accounts"}},
		Principals:   []access.Kind{access.KindUser, access.KindAPIClient, access.KindDomain},
		Open:         true,
		Inheritance:  access.Yes(scenarioOne),
		Contains:     c.contains,
		Roles:        roles,
	})
	return c
}

func separated(before, next string) string {
	if before == "" {
		return next
	}
	return ", " + next
}

// Knows tells whether the role is published or declared. One that is neither may be a typing
// error.
func (c *Catalogue) Knows(role access.Role) bool { return c.Vocabulary.Description(role) != nil }

// TypeOf returns the basic type of a role, and whether that is a guess by its name.
func (c *Catalogue) TypeOf(role access.Role) (basicType BasicType, guessed bool) {
	if declared := c.declared[role].BasicType; declared != TypeUnknown {
		return declared, false
	}
	suggested, _ := TypeOfName(role)
	return suggested, suggested != TypeUnknown
}

// settled is TypeOf for where more is concluded from the type: what a Viewer role is that the
// page makes an exception for is not known, whoever has declared that it is one.
func (c *Catalogue) settled(role access.Role) BasicType {
	basicType, _ := c.TypeOf(role)
	if basicType == TypeViewer && IsViewerException(role) {
		return TypeUnknown
	}
	return basicType
}

// something is what the role is about, so that roles of several types about the same thing are
// found. It is empty where the name does not tell, or contradicts the declaration.
func (c *Catalogue) something(role access.Role) string {
	suggested, something := TypeOfName(role)
	if basicType, _ := c.TypeOf(role); basicType != suggested {
		return ""
	}
	return something
}

// contains tells whether whoever was granted one role has all that the other would give.
//
// Whatever is granted where somebody is administrator of the organisation or the account adds
// nothing, but for Partner Organisation Admin: what that has beyond inviting is not published.
// An Editor has what the Viewer of the same thing has, and an Admin what both have; none of
// them is said to have what a Writer has.
func (c *Catalogue) contains(outer, inner access.Grant) access.Cell {
	inherited := outer.Place != inner.Place
	switch {
	case inner.Role == RolePartnerOrganisationAdmin:
		return access.No(usersPage + ` says no more of it than that it manages and invites users`)
	case outer.Role == RoleOrganisationAdmin && outer.Place == access.Place{}:
		return access.Yes(adminSection)
	case outer.Role == RoleAccountAdmin && inner.Place != access.Place{}:
		return weakerIf(inherited, access.Yes(adminSection))
	}
	something := c.something(outer.Role)
	if something == "" || something != c.something(inner.Role) || !c.settled(outer.Role).Contains(c.settled(inner.Role)) {
		return access.No(namingSection)
	}
	_, outerGuessed := c.TypeOf(outer.Role)
	_, innerGuessed := c.TypeOf(inner.Role)
	return weakerIf(inherited || outerGuessed || innerGuessed, access.Yes(namingSection))
}

func weakerIf(inferred bool, cell access.Cell) access.Cell {
	if inferred {
		return cell.Inferred()
	}
	return cell
}
