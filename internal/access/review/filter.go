package review

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Filter narrows a review. Values of one field are alternatives, and each field
// that is set must fit. The zero value shows everything.
type Filter struct {
	// Places are slugs, or paths of them such as "acme/release-signing", by the key of the
	// kind of places. What is inside a place counts with it.
	Places map[string][]string
	// Principals fit themselves, and groups also whoever has something through them.
	Principals []access.Reference
	// Permissions narrow the access alone: findings are about several at once.
	Permissions []access.Permission
}

// A FilterError says that a filter names what the organization, as far as it is
// known, does not have.
type FilterError struct {
	// Kind is the key of a kind of places; empty for a principal.
	Kind string
	err  error
}

func (e *FilterError) Error() string { return e.err.Error() }

// Unwrap returns the [access.NotFoundError] or [access.AmbiguousError] of a
// principal.
func (e *FilterError) Unwrap() error { return e.err }

// A Selection is a filter at work on one organization.
type Selection struct {
	filter     Filter
	roster     *roster
	vocabulary *access.Vocabulary
}

// On puts the filter to work. It refuses what the organization does not have, with a
// [*FilterError] for each: a typo must not look like a place where nobody may do
// anything.
func (f Filter) On(org Organization) (*Selection, error) {
	s := &Selection{filter: f, roster: newRoster(org), vocabulary: org.Vocabulary}
	var problems []error
	refuse := func(kind string, err error) {
		if err != nil {
			problems = append(problems, &FilterError{kind, err})
		}
	}
	for _, kind := range org.Vocabulary.Places {
		for _, wanted := range f.Places[kind.Key] {
			refuse(kind.Key, checkPlace(kind, wanted, org))
		}
	}
	for _, reference := range f.Principals {
		if reference.Kind == access.KindUnknown {
			continue // It is in no directory, or it would have a name.
		}
		_, err := s.roster.directory.Resolve(reference)
		refuse("", err)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return s, nil
}

// checkPlace says what there is in the way in which the place was named.
func checkPlace(kind access.PlaceKind, wanted string, org Organization) error {
	var known []string
	for _, place := range org.PlacesOf(kind.Key) {
		if isNamed(wanted, place) {
			return nil
		}
		known = append(known, place.String())
	}
	text := fmt.Sprintf("the token sees no %s %q", kind.Noun, wanted)
	if len(known) > 0 {
		text += "; there is " + strings.Join(access.NearestSlugs(wanted, known), ", ")
	}
	return errors.New(text)
}

// isNamed tells whether the text is the path of the place, or its slug.
func isNamed(text string, place access.Place) bool {
	return place.Depth() > 0 && (text == place.String() || text == place.Slug(place.Depth()-1))
}

// IsWhole tells whether the filter shows everything.
func (s *Selection) IsWhole() bool {
	f := s.filter
	return !f.namesPlaces() && len(f.Principals)+len(f.Permissions) == 0
}

// Access returns the rows that the filter shows.
func (s *Selection) Access(rows []Access) []Access {
	return only(rows, func(row Access) bool {
		return s.ShowsPlace(row.Place) &&
			(len(s.filter.Permissions) == 0 || slices.Contains(s.filter.Permissions, row.Permission)) &&
			s.showsAnyOf([]access.Reference{row.Principal}, row.Reasons)
	})
}

// Report returns the findings that the filter shows.
func (s *Selection) Report(report Report) Report {
	return Report{
		Findings: only(report.Findings, s.showsFinding),
		Excepted: only(report.Excepted, func(f ExceptedFinding) bool { return s.showsFinding(f.Finding) }),
	}
}

// namesPlaces tells whether the filter is about some places only.
func (f Filter) namesPlaces() bool {
	for _, wanted := range f.Places {
		if len(wanted) > 0 {
			return true
		}
	}
	return false
}

// ShowsPlace tells whether the filter shows what holds at the place.
func (s *Selection) ShowsPlace(place access.Place) bool {
	enclosing := place.Enclosing()
	for kind, wanted := range s.filter.Places {
		isWanted := func(outer access.Place) bool {
			return s.vocabulary.KindAt(outer) == kind && slices.ContainsFunc(wanted, func(text string) bool { return isNamed(text, outer) })
		}
		if len(wanted) > 0 && !slices.ContainsFunc(enclosing, isWanted) {
			return false
		}
	}
	return true
}

func (s *Selection) showsFinding(finding Finding) bool {
	return s.showsFindingPlace(finding) && s.showsAnyOf(finding.Principals, finding.Reasons)
}

// showsFindingPlace also looks at where the reasons stand: a finding about a member
// of a group is about no place of its own.
func (s *Selection) showsFindingPlace(finding Finding) bool {
	if !s.filter.namesPlaces() {
		return true
	}
	return slices.ContainsFunc(finding.Places, s.ShowsPlace) ||
		slices.ContainsFunc(finding.Reasons, func(reason Reason) bool { return s.ShowsPlace(reason.Place) })
}

// showsAnyOf tells whether one of the principals, or a group on the way, is wanted.
func (s *Selection) showsAnyOf(principals []access.Reference, reasons []Reason) bool {
	if len(s.filter.Principals) == 0 {
		return true
	}
	wanted := func(p access.Reference) bool {
		return slices.ContainsFunc(s.filter.Principals, func(other access.Reference) bool { return s.roster.same(p, other) })
	}
	return slices.ContainsFunc(principals, wanted) ||
		slices.ContainsFunc(reasons, func(reason Reason) bool { return slices.ContainsFunc(reason.Via, wanted) })
}

// only returns what is shown, in order.
func only[T any](all []T, shown func(T) bool) []T {
	var some []T
	for _, item := range all {
		if shown(item) {
			some = append(some, item)
		}
	}
	return some
}
