package report

import (
	"errors"
	"fmt"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Filter narrows a report. Values of one field are alternatives, and each field
// that is set must fit. The zero value shows everything.
type Filter struct {
	// Projects are slugs. What is in a project counts with it.
	Projects []string
	// Policies are "PROJECT/POLICY", or the slug of a policy in any project.
	Policies []string
	// Principals fit themselves, and groups also whoever has something through them.
	Principals []access.Reference
	// Permissions narrow the matrix alone: findings are about several at once.
	Permissions []review.Permission
}

// check refuses what the organization does not have: a typo must not look like a
// place where nobody may do anything.
func (f Filter) check(o *Organization) error {
	var problems []error
	for _, slug := range f.Projects {
		if !slices.ContainsFunc(o.Reviewed.Projects, func(p review.Project) bool { return p.Slug == slug }) {
			problems = append(problems, fmt.Errorf("the token sees no project %q", slug))
		}
	}
	for _, wanted := range f.Policies {
		if !o.hasPolicy(wanted) {
			problems = append(problems, fmt.Errorf("the token sees no signing policy %q", wanted))
		}
	}
	for _, reference := range f.Principals {
		if reference.Kind == access.KindUnknown {
			continue // It is on no directory, or it would have a name.
		}
		if _, err := o.directory.Find(reference); err != nil {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

func (o *Organization) hasPolicy(wanted string) bool {
	for _, project := range o.Reviewed.Projects {
		for _, policy := range project.SigningPolicies {
			if isPolicy(wanted, review.Place{Project: project.Slug, SigningPolicy: policy.Slug}) {
				return true
			}
		}
	}
	return false
}

func isPolicy(wanted string, place review.Place) bool {
	return place.SigningPolicy != "" && (wanted == place.SigningPolicy || wanted == place.String())
}

func (f Filter) showsPlace(place review.Place) bool {
	return (len(f.Projects) == 0 || slices.Contains(f.Projects, place.Project)) &&
		(len(f.Policies) == 0 || slices.ContainsFunc(f.Policies, func(wanted string) bool { return isPolicy(wanted, place) }))
}

func (f Filter) showsAccess(o *Organization, row review.Access) bool {
	return f.showsPlace(row.Place) &&
		(len(f.Permissions) == 0 || slices.Contains(f.Permissions, row.Permission)) &&
		f.showsAnyOf(o, []access.Reference{row.Principal}, row.Reasons)
}

func (f Filter) showsFinding(o *Organization, finding review.Finding) bool {
	return f.showsFindingPlace(finding) && f.showsAnyOf(o, finding.Principals, finding.Reasons)
}

// showsFindingPlace also looks at where the reasons stand: a finding about a member
// of a group is about no place of its own.
func (f Filter) showsFindingPlace(finding review.Finding) bool {
	if len(f.Projects) == 0 && len(f.Policies) == 0 {
		return true
	}
	return slices.ContainsFunc(finding.Places, f.showsPlace) ||
		slices.ContainsFunc(finding.Reasons, func(reason review.Reason) bool { return f.showsPlace(reason.Place) })
}

// showsAnyOf tells whether one of the principals, or a group on the way, is wanted.
func (f Filter) showsAnyOf(o *Organization, principals []access.Reference, reasons []review.Reason) bool {
	if len(f.Principals) == 0 {
		return true
	}
	wanted := func(p access.Reference) bool {
		return slices.ContainsFunc(f.Principals, func(other access.Reference) bool { return o.same(p, other) })
	}
	return slices.ContainsFunc(principals, wanted) ||
		slices.ContainsFunc(reasons, func(reason review.Reason) bool { return slices.ContainsFunc(reason.Via, wanted) })
}
