package baseline

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Model is what a baseline has to know of a vendor. The vendor's package makes it.
type Model struct {
	// Vendor is what the vendor is called in sentences.
	Vendor string
	// Vocabulary has the kinds of places and principals, and the roles.
	Vocabulary *access.Vocabulary
	// IsKnown tells whether a role is published, or somebody has declared it. One that is
	// neither has to be looked up before it is given.
	IsKnown func(access.Role) bool
	// Elsewhere says in which other vocabulary the vendor has a word that is no role here; it
	// is empty for any other word, and nil if there is no such vocabulary.
	Elsewhere func(word string) string
	// PowerOf tells what a role allows to do with the access of others.
	PowerOf func(access.Role) Power
	// Procedure is how a person gives and takes access.
	Procedure Procedure
	// Rules are those that judge a baseline, in the order of reports.
	Rules Catalogue
}

// A Power is what a role allows to do with the access of others.
type Power int

const (
	// NoPower is for roles that give and take nothing, as far as is known.
	NoPower Power = iota
	// PowerAtPlace is for roles whose holders give and take access at the place where they
	// hold them.
	PowerAtPlace
	// PowerOverAll is for roles whose holders, where they hold them at the organization, give
	// and take access everywhere in it.
	PowerOverAll
)

// power is that of a grant: who holds at a place within the organization what is meant for
// the whole of it has no power but there.
func (m *Model) power(g access.Grant) Power {
	power := m.PowerOf(g.Role)
	if power == PowerOverAll && g.Place != (access.Place{}) {
		return PowerAtPlace
	}
	return power
}

// isAdministrator tells whether the grant makes a person an administrator of the whole
// organization. Programs and domains are none: nobody can count on them to log in.
func (m *Model) isAdministrator(g access.Grant) bool {
	return g.Principal.Kind == access.KindUser && m.power(g) == PowerOverAll && g.Place == access.Place{}
}

// Administrators returns who administers the whole organization by the grants, in order.
func (m *Model) Administrators(grants []access.Grant) []access.Reference {
	var all []access.Reference
	for _, g := range grants {
		if m.isAdministrator(g) {
			all = append(all, g.Principal)
		}
	}
	return distinct(all)
}

// A Stage says whether what happens at a place is meant.
type Stage string

const (
	// StageUnknown is for places of which nobody says it.
	StageUnknown Stage = ""
	// StageProduction is for places with real data.
	StageProduction Stage = "production"
	// StageTest is for places with data that nobody misses.
	StageTest Stage = "test"
)

// A DeclaredPlace is a place that a baseline knows of.
type DeclaredPlace struct {
	Place access.Place
	// ID is the vendor's, and empty if nobody has told it.
	ID string
	// Type is what the vendor calls this kind of such places, to tell readers: "sandbox".
	Type  string
	Stage Stage
}

// A Baseline is what access should be. [Model.Parse] makes one.
type Baseline struct {
	Model *Model
	// Organization is the vendor's id of the organization, and empty if nobody has told it.
	Organization string
	// Places are all within the organization, in order.
	Places []DeclaredPlace
	// Grants are in order, each once, with the principals as they are spelled first.
	Grants []access.Grant
}

// places returns all places within the organization.
func (b Baseline) places() []access.Place {
	all := make([]access.Place, len(b.Places))
	for i, declared := range b.Places {
		all[i] = declared.Place
	}
	return all
}

// declared returns what is known of a place; nothing of the organization.
func (b Baseline) declared(place access.Place) DeclaredPlace {
	for _, declared := range b.Places {
		if declared.Place == place {
			return declared
		}
	}
	return DeclaredPlace{Place: place}
}

// Tell names a place in a sentence: as a configuration does, and with its type.
func (b Baseline) Tell(place access.Place) string {
	if declared := b.declared(place); declared.Type != "" {
		return b.Model.Vocabulary.PlaceKey(place) + " (" + declared.Type + ")"
	}
	if place == (access.Place{}) {
		return "the " + b.Model.Vocabulary.OrganizationNoun()
	}
	return b.Model.Vocabulary.PlaceKey(place)
}

// Effective returns which roles hold where for whom, with what inheritance makes of the
// grants.
func (b Baseline) Effective() []access.EffectiveRole {
	return access.EffectiveRoles(b.Grants, b.places())
}
