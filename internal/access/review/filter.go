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
	// Projects are slugs. What is in a project counts with it.
	Projects []string
	// SigningPolicies are "PROJECT/POLICY", or the slug of a policy in any project.
	SigningPolicies []string
	// Principals fit themselves, and groups also whoever has something through them.
	Principals []access.Reference
	// Permissions narrow the access alone: findings are about several at once.
	Permissions []Permission
}

// A FilterField is a field of a [Filter] of which a value can fit nothing.
type FilterField int

// The fields that name something of the organization.
const (
	FilterProject FilterField = iota
	FilterSigningPolicy
	FilterPrincipal
)

// A FilterError says that a filter names what the organization, as far as it is
// known, does not have.
type FilterError struct {
	Field FilterField
	err   error
}

func (e *FilterError) Error() string { return e.err.Error() }

// Unwrap returns the [access.NotFoundError] or [access.AmbiguousError] of a
// principal.
func (e *FilterError) Unwrap() error { return e.err }

// A Selection is a filter at work on one organization.
type Selection struct {
	filter Filter
	roster *roster
}

// On puts the filter to work. It refuses what the organization does not have, with a
// [*FilterError] for each: a typo must not look like a place where nobody may do
// anything.
func (f Filter) On(org Organization) (*Selection, error) {
	s := &Selection{filter: f, roster: newRoster(org)}
	var problems []error
	refuse := func(field FilterField, err error) {
		if err != nil {
			problems = append(problems, &FilterError{field, err})
		}
	}
	for _, slug := range f.Projects {
		refuse(FilterProject, checkProject(slug, org))
	}
	for _, wanted := range f.SigningPolicies {
		refuse(FilterSigningPolicy, checkSigningPolicy(wanted, org))
	}
	for _, reference := range f.Principals {
		if reference.Kind == access.KindUnknown {
			continue // It is in no directory, or it would have a name.
		}
		_, err := s.roster.directory.Resolve(reference)
		refuse(FilterPrincipal, err)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return s, nil
}

func checkProject(slug string, org Organization) error {
	var slugs []string
	for _, project := range org.Projects {
		slugs = append(slugs, project.Slug)
	}
	return checkSlug("project", slug, slugs)
}

// checkSigningPolicy says what there is in the way in which the policy was named.
func checkSigningPolicy(wanted string, org Organization) error {
	var paths []string
	for _, project := range org.Projects {
		for _, policy := range project.SigningPolicies {
			place := Place{project.Slug, policy.Slug}
			if isPolicy(wanted, place) {
				return nil
			}
			paths = append(paths, place.String())
		}
	}
	return checkSlug("signing policy", wanted, paths)
}

func checkSlug(noun, wanted string, known []string) error {
	if slices.Contains(known, wanted) {
		return nil
	}
	text := fmt.Sprintf("the token sees no %s %q", noun, wanted)
	if len(known) > 0 {
		text += "; there is " + strings.Join(access.NearestSlugs(wanted, known), ", ")
	}
	return errors.New(text)
}

func isPolicy(wanted string, place Place) bool {
	return place.SigningPolicy != "" && (wanted == place.SigningPolicy || wanted == place.String())
}

// IsWhole tells whether the filter shows everything.
func (s *Selection) IsWhole() bool {
	f := s.filter
	return len(f.Projects)+len(f.SigningPolicies)+len(f.Principals)+len(f.Permissions) == 0
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

// ShowsPlace tells whether the filter shows what holds at the place.
func (s *Selection) ShowsPlace(place Place) bool {
	return (len(s.filter.Projects) == 0 || slices.Contains(s.filter.Projects, place.Project)) &&
		(len(s.filter.SigningPolicies) == 0 || slices.ContainsFunc(s.filter.SigningPolicies, func(wanted string) bool { return isPolicy(wanted, place) }))
}

func (s *Selection) showsFinding(finding Finding) bool {
	return s.showsFindingPlace(finding) && s.showsAnyOf(finding.Principals, finding.Reasons)
}

// showsFindingPlace also looks at where the reasons stand: a finding about a member
// of a group is about no place of its own.
func (s *Selection) showsFindingPlace(finding Finding) bool {
	if len(s.filter.Projects) == 0 && len(s.filter.SigningPolicies) == 0 {
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
