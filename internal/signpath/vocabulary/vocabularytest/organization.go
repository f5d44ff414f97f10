// Package vocabularytest describes organizations of SignPath for tests, as people draw them:
// projects with their lists and signing policies.
package vocabularytest

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A Project is a project with its lists and signing policies.
type Project struct {
	vocabulary.Project
	Slug                   string
	Readers, Configurators review.Entries
	SigningPolicies        []SigningPolicy
}

// A SigningPolicy is a signing policy with its lists.
type SigningPolicy struct {
	vocabulary.SigningPolicy
	Submitters, Approvers review.Entries
}

// Policy is a signing policy without settings.
func Policy(slug string, submitters, approvers review.Entries) SigningPolicy {
	return SigningPolicy{vocabulary.SigningPolicy{Slug: slug}, submitters, approvers}
}

// With returns the organization with the projects, and no others.
func With(org review.Organization, projects ...Project) review.Organization {
	org.Vocabulary = vocabulary.SignPath
	org.Places, org.Grants = map[access.Place]any{}, nil
	for _, p := range projects {
		place := access.PlaceOf(p.Slug)
		org.Places[place] = p.Project
		org.Grant(vocabulary.Readers.Role(), place, p.Readers)
		org.Grant(vocabulary.Configurators.Role(), place, p.Configurators)
		for _, policy := range p.SigningPolicies {
			place := access.PlaceOf(p.Slug, policy.Slug)
			org.Places[place] = policy.SigningPolicy
			org.Grant(vocabulary.Submitters.Role(), place, policy.Submitters)
			org.Grant(vocabulary.Approvers.Role(), place, policy.Approvers)
		}
	}
	return org
}
