package procedure

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

const (
	models = "the vendor's published data models"
	advice = rightsPage + ", best practices"
)

// rules judge a baseline of IgniSign.
func rules() baseline.Catalogue {
	own := baseline.Catalogue{
		{Rule: review.Rule{
			ID: "no-organization-administrator", Severity: review.Deny, OfOrganization: true, Absence: true,
			Summary: "Nobody would administer the organization.",
			Advice:  "Give Organization Owner or Organization Admin to at least two users.",
			Source:  models + ": AN_ORGANIZATION_MUST_HAVE_AT_LEAST_ONE_ADMIN", Evidence: access.Observed,
		}, Judge: baseline.FindNoAdministrator},
		{Rule: review.Rule{
			ID: "few-administrators", Severity: review.Warn, OfOrganization: true, Absence: true,
			Summary:    "Too few users would administer the organization: if one leaves, nobody may be left.",
			Advice:     "Give Organization Admin to a second user.",
			Source:     "what happens when the last one is gone is not documented",
			Evidence:   access.Inferred,
			Parameters: []review.Parameter{{Name: baseline.Minimum, Meaning: "how many users there have to be", Default: 2}},
		}, Judge: baseline.FindFewAdministrators},
		{Rule: review.Rule{
			ID: "redundant-role", Severity: review.Warn,
			Summary: "A role gives nothing beside another one, at the same place or further out.",
			Advice:  "Take one of both out.",
			Source:  models + ", and the number of roles in each row of the page", Evidence: access.Observed,
		}, Judge: baseline.FindRedundant(func(access.Redundancy) bool { return true })},
		{Rule: review.Rule{
			ID: "least-role", Severity: review.Warn,
			Summary: "A role allows more than its user needs, and a smaller one would do.",
			Advice:  "Give the smaller role.",
			Source:  advice + ": least privilege; " + models, Evidence: access.Observed,
		}, Judge: baseline.FindLargerRoles},
		{Rule: review.Rule{
			ID: "environment-isolation", Severity: review.Warn,
			Summary: "A user changes things in PRODUCTION and in DEVELOPMENT or STAGING, other than as administrator.",
			Advice:  "Let different people do that.",
			Source:  advice + ": environment isolation", Evidence: access.Documented,
		}, Judge: baseline.FindMixedStages(changes)},
		{Rule: review.Rule{
			ID: "separate-duties", Severity: review.Warn,
			Summary: "A user has two permissions at one place that somebody wants apart.",
			Advice:  "Give one of both to somebody else.",
			Source:  advice + ": role separation; the pairs are your own", Evidence: access.Documented,
		}, Judge: baseline.FindJoinedDuties},
		{Rule: review.Rule{
			ID: "admin-is-owner", Severity: review.Warn,
			Summary: `Organization Admin is given, which the page calls one "with some limitations" without naming any.`,
			Advice:  "Think of it as of an owner.",
			Source:  models, Evidence: access.Observed,
		}, Note: true, Judge: findAdminsLikeOwners},
	}
	return append(own, baseline.AttestationRules...)
}

// changes tells whether a role has at a place a permission with a right beyond reading.
func changes(role access.Role, at access.Place) bool {
	description := vocabulary.IgniSign.Description(role)
	return description != nil && slices.ContainsFunc(vocabulary.Permissions(), func(p vocabulary.Permission) bool {
		return description.Rights[p.Key.Of()].Granted && vocabulary.IgniSign.IsToldAt(p.Key.Of(), at) &&
			slices.ContainsFunc(p.Rights, func(r vocabulary.Right) bool { return r != vocabulary.RightRead })
	})
}

func findAdminsLikeOwners(i *baseline.Inspection) []review.Finding {
	var found []review.Finding
	for _, g := range i.Grants {
		if g.Role == vocabulary.RoleOrgAdmin {
			found = append(found, baseline.About(g, string(g.Role), "%s has %s: the published models give it every permission of %s.",
				g.Principal, g.Role, vocabulary.RoleOrgOwner))
		}
	}
	return found
}
