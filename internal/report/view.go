package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A View is how the text tells who may do what: every right, or so briefly that a person reads it.
type View string

// The views. The text tells each right with its reasons, or how many may do what in each of the widest
// places within the organization, or in how many of these each person may do what.
const (
	ViewRight  View = "right"
	ViewPlace  View = "place"
	ViewPerson View = "person"
)

// Views returns all views.
func Views() []View { return []View{ViewRight, ViewPlace, ViewPerson} }

// rightsInText is how many lines of access the text tells each for itself, if nobody asks for a view.
const rightsInText = 500

// view is the one asked for, or what fits the size.
func (r *Report) view() View {
	switch {
	case r.View != "":
		return r.View
	case len(r.ownCells()) <= rightsInText:
		return ViewRight
	}
	return ViewPlace
}

// How much of each kind a brief text shows.
const (
	briefRows     = 100
	briefFindings = 5
	briefLines    = 20
)

// A summary is a table of which each row is of many rights. The rows that need a look come first.
type summary struct {
	// noun is what a row is of, in the plural.
	noun string
	head []string
	rows [][]string
}

// A tally is what a row of a summary counts.
type tally struct {
	first []string
	// counted is what is counted for each permission, each once: people, or places.
	counted  map[access.Permission]map[string]bool
	findings map[review.Severity]int
	// everywhere is what somebody may do in the organization.
	everywhere []access.Permission
}

func newTally(first ...string) *tally {
	return &tally{first: first, counted: map[access.Permission]map[string]bool{}, findings: map[review.Severity]int{}}
}

func (t *tally) count(permission access.Permission, what string) {
	if t.counted[permission] == nil {
		t.counted[permission] = map[string]bool{}
	}
	t.counted[permission][what] = true
}

func (t *tally) rights() int {
	n := 0
	for _, counted := range t.counted {
		n += len(counted)
	}
	return n
}

// compare puts first who may do more in the organization, then what has more findings, then what has more rights.
func (t *tally) compare(other *tally) int {
	return cmp.Or(
		cmp.Compare(len(other.everywhere), len(t.everywhere)), cmp.Compare(other.findings[review.Deny], t.findings[review.Deny]),
		cmp.Compare(other.findings[review.Warn], t.findings[review.Warn]), cmp.Compare(other.rights(), t.rights()), slices.Compare(t.first, other.first),
	)
}

func (t *tally) spellFindings() string {
	var spelled []string
	for _, severity := range []review.Severity{review.Deny, review.Warn} {
		if n := t.findings[severity]; n > 0 {
			spelled = append(spelled, fmt.Sprintf("%d %s", n, severity))
		}
	}
	if len(spelled) == 0 {
		return "-"
	}
	return strings.Join(spelled, ", ")
}

func (t *tally) row(permissions []access.Permission) []string {
	row := append(slices.Clone(t.first), t.spellFindings())
	for _, permission := range permissions {
		if n := len(t.counted[permission]); n > 0 {
			row = append(row, fmt.Sprint(n))
		} else {
			row = append(row, "-")
		}
	}
	return row
}

// widest is the place itself, where it is the organization, or else the widest one around it.
func widest(place access.Place) access.Place {
	if place.Depth() == 0 {
		return place
	}
	return access.PlaceOf(place.Slug(0))
}

// inPlaces are the permissions that somebody has in a place within the organization.
func (r *Report) inPlaces() []access.Permission {
	var all []access.Permission
	for _, row := range r.Access {
		if row.Place.Depth() > 0 {
			all = append(all, row.Permission)
		}
	}
	return r.vocabulary().SortPermissions(all)
}

// byPlace counts for each of the widest places, with all that is in it, who may do what and can now.
func (r *Report) byPlace() summary {
	tallies := map[access.Place]*tally{}
	of := func(place access.Place) *tally {
		place = widest(place)
		if tallies[place] == nil {
			tallies[place] = newTally(place.String())
		}
		return tallies[place]
	}
	for _, row := range r.Access {
		if counted := of(row.Place); row.InForce() {
			counted.count(row.Permission, row.Principal.String())
		}
	}
	for _, finding := range r.Findings {
		for place := range placesOf(finding) {
			of(place).findings[finding.Severity]++
		}
	}
	organization := tallies[access.Place{}]
	delete(tallies, access.Place{})
	permissions := r.inPlaces()
	made := summary{noun: r.placeNoun(), head: append([]string{"WHERE", "FINDINGS"}, access.Spell(permissions)...)}
	if organization != nil {
		made.rows = append(made.rows, organization.row(permissions))
	}
	for _, counted := range slices.SortedFunc(maps.Values(tallies), (*tally).compare) {
		made.rows = append(made.rows, counted.row(permissions))
	}
	return made
}

// placeNoun names the widest places within an organization.
func (r *Report) placeNoun() string { return r.vocabulary().Places[0].Plural }

// placesOf are the widest places that a finding is about, also by its reasons: the organization, if it is about none.
func placesOf(finding review.Finding) map[access.Place]bool {
	all := map[access.Place]bool{}
	for _, place := range finding.Places {
		all[widest(place)] = true
	}
	for _, reason := range finding.Reasons {
		all[widest(reason.Place)] = true
	}
	if len(all) == 0 {
		all[access.Place{}] = true
	}
	return all
}

// byPerson counts for each user and CI user in how many of the widest places which right is, whether it can be used or not.
func (r *Report) byPerson() summary {
	tallies := map[access.Reference]*tally{}
	for _, row := range r.Access {
		if tallies[row.Principal] == nil {
			tallies[row.Principal] = newTally(row.Principal.String(), inForce(row.Status))
		}
		counted := tallies[row.Principal]
		if row.Place.Depth() == 0 {
			counted.everywhere = append(counted.everywhere, row.Permission)
		} else {
			counted.count(row.Permission, widest(row.Place).String())
		}
	}
	for _, finding := range r.Findings {
		for _, principal := range finding.Principals {
			if counted := tallies[principal]; counted != nil {
				counted.findings[finding.Severity]++
			}
		}
	}
	permissions := r.inPlaces()
	made := summary{
		noun: "users and CI users",
		head: slices.Concat([]string{"WHO", "IN FORCE", "FINDINGS"}, access.Spell(permissions), []string{"IN THE ORGANIZATION"}),
	}
	for _, counted := range slices.SortedFunc(maps.Values(tallies), (*tally).compare) {
		everywhere := cmp.Or(spellPermissions(r.vocabulary().SortPermissions(counted.everywhere)), "-")
		made.rows = append(made.rows, append(counted.row(permissions), everywhere))
	}
	return made
}
