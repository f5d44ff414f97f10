package provider

import (
	"context"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
)

// A reach is a part of the organization: all of it, one project with all its signing
// policies, one signing policy with the lists of its project, or a project's own lists.
type reach struct {
	everywhere      bool
	project, policy string
	allPolicies     bool
}

func (r reach) survey(ctx context.Context, client *api.Client) (*survey.Survey, error) {
	switch {
	case r.everywhere:
		return survey.Read(ctx, client, nil)
	case r.policy != "":
		return survey.ReadProject(ctx, client, r.project, r.policy)
	case r.allPolicies:
		policies, err := client.SigningPolicies(ctx, r.project)
		if err != nil {
			return nil, err
		}
		return survey.ReadProject(ctx, client, r.project, policies...)
	}
	return survey.ReadProject(ctx, client, r.project)
}

// feels tells whether a change of access means anything to what the reach holds.
func (r reach) feels(c accessChange) bool {
	if r.everywhere || len(c.gains.Accounts)+len(c.losses.Accounts) > 0 {
		return true
	}
	return slices.ContainsFunc(slices.Concat(c.gains.Added, c.losses.Removed), func(entry review.Entry) bool {
		return entry.Place == (access.Place{}) || entry.Place.Slug(0) == r.project
	})
}

// peopleOf leaves those whom the reach can be about: who is on its lists, and whoever is
// in a group. Large organizations have thousands of others.
func (r reach) peopleOf(org review.Organization) []review.Principal {
	if r.everywhere {
		return org.Principals
	}
	isNamed := org.Named()
	return slices.DeleteFunc(slices.Clone(org.Principals), func(p review.Principal) bool { return !isNamed(p) })
}
