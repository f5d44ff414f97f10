package procedure

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

// rules judge a baseline of Signicat. What is not known makes none of them fire.
func rules(c *vocabulary.Catalogue) baseline.Catalogue {
	isOf := func(kinds ...redundancyKind) func(access.Redundancy) bool {
		return func(r access.Redundancy) bool { return slices.Contains(kinds, kindOf(r)) }
	}
	own := baseline.Catalogue{
		{Rule: review.Rule{
			ID: "no-organisation-admin", Severity: review.Deny, OfOrganization: true, Absence: true,
			Summary: "Nobody would be Organisation Admin or Partner Organisation Admin.",
			Advice:  "Give Organisation Admin to at least two users.",
			Source:  usersPage + ": to invite to an organisation takes one of both roles", Evidence: access.Documented,
		}, Judge: baseline.FindNoAdministrator},
		{Rule: review.Rule{
			ID: "domain-admin", Severity: review.Deny,
			Summary: "An Admin role is given to a domain.",
			Advice:  "Give it to the users who need it.",
			Source:  "who is meant by a domain is not documented", Evidence: access.Inferred,
		}, Judge: baseline.FindPowerful(access.KindDomain, "who that is, no page says")},
		{Rule: review.Rule{
			ID: "few-organisation-admins", Severity: review.Warn, OfOrganization: true, Absence: true,
			Summary:    "Too few users would administer the organisation: if one leaves, nobody may be left.",
			Advice:     "Give Organisation Admin to a second user.",
			Source:     "what happens when the last one is gone is not documented",
			Evidence:   access.Inferred,
			Parameters: []review.Parameter{{Name: baseline.Minimum, Meaning: "how many users there have to be", Default: 2}},
		}, Judge: baseline.FindFewAdministrators},
		{Rule: review.Rule{
			ID: "only-partner-admins", Severity: review.Warn, OfOrganization: true,
			Summary: "All who would administer the organisation are Partner Organisation Admins.",
			Advice:  "Give Organisation Admin to at least one user: what a Partner Organisation Admin has beyond inviting is not published.",
			Source:  usersPage, Evidence: access.Documented,
		}, Note: true, Judge: findOnlyPartners},
		{Rule: review.Rule{
			ID: "undeclared-role", Severity: review.Warn,
			Summary: "A role has a name that the pages do not mention and nobody has declared: it may be misspelled.",
			Advice:  "Look in IAM → Roles and declare it in roles, spelled as it is there.",
			Source:  "the list of roles is not published", Evidence: access.Documented,
		}, Judge: baseline.FindUndeclared(func() []access.Role {
			var known []access.Role
			for _, role := range c.Vocabulary.Roles {
				known = append(known, role.Role)
			}
			return known
		})},
		{Rule: review.Rule{
			ID: "account-admin-elsewhere", Severity: review.Warn,
			Summary: "A role is given at another level than the page names for it.",
			Advice:  "Give Account Admin for accounts, and Organisation Admin for the organisation.",
			Source:  rolesPage, Evidence: access.Documented,
		}, Judge: findElsewhere},
		{Rule: review.Rule{
			ID: "machine-admin", Severity: review.Warn,
			Summary: "An API client has an Admin role.",
			Advice:  "Give it what it needs for its product.",
			Source:  rolesPage + ": an Admin role can invite, remove and grant access to users", Evidence: access.Documented,
		}, Judge: baseline.FindPowerful(access.KindAPIClient, "a program could invite people")},
		{Rule: review.Rule{
			ID: "environment-isolation", Severity: review.Warn,
			Summary: "A principal changes things in a production account and in a sandbox, other than as administrator.",
			Advice:  "Use two principals, or take one of both.",
			Source:  `page "Accounts": sandboxes are for tests with made-up data`, Evidence: access.Inferred,
		}, Judge: baseline.FindMixedStages(func(role access.Role, _ access.Place) bool {
			basicType, _ := c.TypeOf(role)
			return basicType == vocabulary.TypeWriter || basicType == vocabulary.TypeEditor
		})},
		{Rule: review.Rule{
			ID: "redundant-grant", Severity: review.Warn,
			Summary: "A role is given on an account and on the organisation, where it holds in every account.",
			Advice:  "Take one of both out.",
			Source:  rolesPage + ", scenario 1", Evidence: access.Documented,
		}, Judge: baseline.FindRedundant(isOf(sameRole))},
		{Rule: review.Rule{
			ID: "redundant-beside-admin", Severity: review.Warn,
			Summary: "A role is given to who is Organisation Admin, or Account Admin there, and has all permissions.",
			Advice:  "Take the role out, or that of the administrator.",
			Source:  rolesPage, Evidence: access.Documented,
		}, Judge: baseline.FindRedundant(isOf(besideAdmin))},
		{Rule: review.Rule{
			ID: "redundant-type", Severity: review.Warn,
			Summary: "Of one thing a smaller role is given beside a larger one, at the same place.",
			Advice:  "Take the smaller role out.",
			Source:  rolesPage + `, "Naming conventions": which cover about 90% of roles`, Evidence: access.Documented,
		}, Judge: baseline.FindRedundant(isOf(sameThing))},
		{Rule: review.Rule{
			ID: "wider-than-meant", Severity: review.Warn,
			Summary: "Of one thing a larger role is given on the organisation, and a smaller one on an account, where the larger one holds as well.",
			Advice:  "If the smaller one is meant there, give the larger one on the accounts that it is meant for.",
			Source:  rolesPage + ", scenario 1; there is no form for denying", Evidence: access.Inferred,
		}, Note: true, Judge: baseline.FindRedundant(isOf(widerThing))},
		{Rule: review.Rule{
			ID: "viewer-exception", Severity: review.Warn,
			Summary: "A Viewer role is about secrets or the audit log, for which the page makes an exception without saying what it is.",
			Advice:  "Read what the role allows in IAM → Roles.",
			Source:  rolesPage + `, "Naming conventions"`, Evidence: access.Documented,
		}, Note: true, Judge: findViewerExceptions},
	}
	return append(own, baseline.AttestationRules...)
}

// A redundancyKind is why a grant gives nothing beside others.
type redundancyKind string

const (
	sameRole    redundancyKind = "same role"
	besideAdmin redundancyKind = "beside admin"
	sameThing   redundancyKind = "same thing"
	widerThing  redundancyKind = "wider thing"
)

// kindOf returns the reason that says most.
func kindOf(r access.Redundancy) redundancyKind {
	has := func(is func(access.Cover) bool) bool { return slices.ContainsFunc(r.Covers, is) }
	switch {
	case has(func(c access.Cover) bool { return c.Reason == access.CoverSameRole }):
		return sameRole
	case has(func(c access.Cover) bool {
		return c.Role == vocabulary.RoleOrganisationAdmin || c.Role == vocabulary.RoleAccountAdmin
	}):
		return besideAdmin
	case has(func(c access.Cover) bool { return c.Place == r.Place }):
		return sameThing
	}
	return widerThing
}

func findOnlyPartners(i *baseline.Inspection) []review.Finding {
	if len(i.Model.Administrators(i.Grants)) == 0 {
		return nil
	}
	for _, g := range i.Grants {
		if g.Role == vocabulary.RoleOrganisationAdmin && g.Principal.Kind == access.KindUser && (g.Place == access.Place{}) {
			return nil
		}
	}
	return []review.Finding{{Sentence: "Nobody is Organisation Admin: whether a Partner Organisation Admin can do all that has to be done, no page says."}}
}

func findElsewhere(i *baseline.Inspection) []review.Finding {
	var found []review.Finding
	for _, g := range i.Grants {
		isOrganisation := g.Place == access.Place{}
		switch {
		case g.Role == vocabulary.RoleAccountAdmin && isOrganisation:
			found = append(found, baseline.About(g, string(g.Role), "%s has %q on the organisation: the pages speak of it for one account.",
				g.Principal, g.Role))
		case (g.Role == vocabulary.RoleOrganisationAdmin || g.Role == vocabulary.RolePartnerOrganisationAdmin) && !isOrganisation:
			found = append(found, baseline.About(g, string(g.Role), "%s has %q on %s: the pages speak of it for the organisation.",
				g.Principal, g.Role, i.Tell(g.Place)))
		}
	}
	return found
}

func findViewerExceptions(i *baseline.Inspection) []review.Finding {
	var found []review.Finding
	for _, g := range i.Grants {
		if vocabulary.IsViewerException(g.Role) {
			found = append(found, baseline.About(g, string(g.Role), "%s has %q at %s: it may allow more than to read what is harmless.",
				g.Principal, g.Role, i.Tell(g.Place)))
		}
	}
	return found
}
