package procedure_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/procedure"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

var (
	ada = "user:ada@example.com"
	cy  = []string{"user:cy@example.com"}
)

// two is an organization with two administrators and nothing that a rule finds.
func two(more baseline.Written) baseline.Written {
	written := baseline.Written{"organization": {"ORG_OWNER": {ada, "user:ben@example.com"}}}
	for place, roles := range more {
		if written[place] == nil {
			written[place] = map[string][]string{}
		}
		for role, principals := range roles {
			written[place][role] = principals
		}
	}
	return written
}

// TestRules: each rule finds what it is about and tells it with names.
func TestRules(t *testing.T) {
	of := func(keys ...vocabulary.PermissionKey) []access.Permission {
		var all []access.Permission
		for _, key := range keys {
			all = append(all, key.Of())
		}
		return all
	}
	needs := func(keys ...vocabulary.PermissionKey) baseline.Wishes {
		return baseline.Wishes{Needs: map[access.Reference][]access.Permission{{Kind: access.KindUser, Key: "CY@example.com"}: of(keys...)}}
	}
	apart := baseline.Wishes{Separate: [][2]access.Permission{{vocabulary.SignatureRequestManagement.Of(), vocabulary.WebhooksManagement.Of()}}}
	for name, c := range map[string]struct {
		written baseline.Written
		wishes  baseline.Wishes
		want    []string
	}{
		"nothing": {two(nil), baseline.Wishes{}, nil},
		"no admin": {
			baseline.Written{"organization": {"ORG_BILLING": cy}},
			baseline.Wishes{},
			[]string{"no-organization-administrator (deny): No user administers the whole organization: nobody could give anybody access again."},
		},
		"one admin": {
			baseline.Written{"organization": {"ORG_OWNER": {ada}}},
			baseline.Wishes{},
			[]string{"few-administrators (warn): Only user:ada@example.com administers the whole organization, and 2 users should."},
		},
		"redundant at another place": {
			two(baseline.Written{"application:contracts": {"APP_ADMIN": cy}, "environment:contracts/STAGING": {"APP_READER": cy}}),
			baseline.Wishes{},
			[]string{`redundant-role (warn): user:cy@example.com has "APP_READER" at environment:contracts/STAGING, and ` +
				`"APP_ADMIN" at application:contracts gives all of that already.`},
		},
		"not redundant in another application": {
			two(baseline.Written{"application:contracts": {"APP_ADMIN": cy}, "environment:seals/STAGING": {"APP_READER": cy}}), baseline.Wishes{}, nil,
		},
		"production and staging": {
			two(baseline.Written{"environment:contracts/PRODUCTION": {"APP_OPERATOR": cy}, "environment:contracts/STAGING": {"APP_MANAGER": cy}}),
			baseline.Wishes{},
			[]string{`environment-isolation (warn): user:cy@example.com changes things at environment:contracts/PRODUCTION ` +
				`by "APP_OPERATOR", and at environment:contracts/STAGING by "APP_MANAGER".`},
		},
		"a reader of production": {
			two(baseline.Written{"environment:contracts/PRODUCTION": {"APP_READER": cy}, "environment:contracts/STAGING": {"APP_MANAGER": cy}}), baseline.Wishes{}, nil,
		},
		"an administrator of all environments": {two(baseline.Written{"application:contracts": {"APP_ADMIN": cy}}), baseline.Wishes{}, nil},
		"a smaller role would do": {
			two(baseline.Written{"environment:contracts/STAGING": {"APP_MANAGER": cy}}), needs(vocabulary.SignersManagement),
			[]string{`least-role (warn): user:cy@example.com has "APP_MANAGER" at environment:contracts/STAGING, and "APP_OPERATOR" ` +
				`would do for what is needed there: SIGNERS_MANAGEMENT.`},
		},
		"nothing of it is needed": {
			two(baseline.Written{"environment:contracts/STAGING": {"APP_MANAGER": cy}}), needs(vocabulary.OrgBilling),
			[]string{`least-role (warn): user:cy@example.com needs nothing of what "APP_MANAGER" at environment:contracts/STAGING allows.`},
		},
		"all of it is needed": {two(baseline.Written{"environment:contracts/STAGING": {"APP_MANAGER": cy}}), needs(vocabulary.WebhooksManagement), nil},
		"nobody says what is needed": {
			two(baseline.Written{"environment:contracts/STAGING": {"APP_MANAGER": {"user:dee@example.com"}}}), needs(vocabulary.SignersManagement), nil,
		},
		"duties that somebody wants apart": {
			two(baseline.Written{"environment:contracts/STAGING": {"APP_MANAGER": cy}, "environment:seals/STAGING": {"APP_OPERATOR": cy}}), apart,
			[]string{
				`separate-duties (warn): user:ada@example.com has SIGNATURE_REQUEST_MANAGEMENT by "ORG_OWNER" and WEBHOOKS_MANAGEMENT ` +
					`by "ORG_OWNER" at the organization.`,
				`separate-duties (warn): user:ben@example.com has SIGNATURE_REQUEST_MANAGEMENT by "ORG_OWNER" and WEBHOOKS_MANAGEMENT ` +
					`by "ORG_OWNER" at the organization.`,
				`separate-duties (warn): user:cy@example.com has SIGNATURE_REQUEST_MANAGEMENT by "APP_MANAGER" and WEBHOOKS_MANAGEMENT ` +
					`by "APP_MANAGER" at environment:contracts/STAGING.`,
			},
		},
		"duties that meet further out are told once": {
			baseline.Written{
				"organization": {"ORG_ADMIN": cy}, "application:contracts": {"APP_ADMIN": cy}, "environment:contracts/STAGING": {"APP_MANAGER": cy},
			},
			apart,
			[]string{
				"few-administrators (warn): Only user:cy@example.com administers the whole organization, and 2 users should.",
				`redundant-role (warn): user:cy@example.com has "APP_ADMIN" at application:contracts, and "ORG_ADMIN" at the organization gives all of that already.`,
				`redundant-role (warn): user:cy@example.com has "APP_MANAGER" at environment:contracts/STAGING, and "ORG_ADMIN" ` +
					`at the organization gives all of that already.`,
				`separate-duties (warn): user:cy@example.com has SIGNATURE_REQUEST_MANAGEMENT by "ORG_ADMIN" and WEBHOOKS_MANAGEMENT by "ORG_ADMIN" at the organization.`,
				"admin-is-owner (note): user:cy@example.com has ORG_ADMIN: the published models give it every permission of ORG_OWNER.",
			},
		},
		"admins like owners": {
			two(baseline.Written{"organization": {"ORG_ADMIN": cy}}),
			baseline.Wishes{},
			[]string{"admin-is-owner (note): user:cy@example.com has ORG_ADMIN: the published models give it every permission of ORG_OWNER."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, finding := range parse(t, c.written).Review(nil, c.wishes) {
				got = append(got, finding.String())
				if finding.Advice == "" || finding.Source == "" || finding.Summary == "" || finding.Evidence == "" {
					t.Errorf("%s does not say what it rests on", finding.Rule)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("findings are\n%s\nand should be\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestWhatIsNoGrant: what IgniSign has beside the roles of users is refused with what it is.
func TestWhatIsNoGrant(t *testing.T) {
	for _, c := range [][3]string{
		{"environment:contracts/PRODUCTION", "APP_ADMIN", "APP_ADMIN (Application Admin) is a role for one application, " +
			"and environment:contracts/PRODUCTION is one environment: it can be given at applications alone"},
		{"application:contracts", "APP_MANAGER", "a role for one environment"},
		{"application:contracts", "ORG_OWNER", "a role for one organization, and application:contracts is one application: " +
			"it can be given at the organization alone"},
		{"organization", "SUPER_ADMIN", "the staff and the programs of IgniSign"},
		{"organization", "INTERNAL_API", "the staff and the programs of IgniSign"},
		{"environment:contracts/PRODUCTION", "SIGNERS", "no lasting access"},
		{"organization", "ADMIN", `there is no role "ADMIN": ADMIN is a role of an invitation`},
		{"environment:contracts/PRODUCTION", "APP_OPERATER", `did you mean "APP_OPERATOR"?`},
		{"environment:contracts/PROD", "APP_OPERATOR", "there are DEVELOPMENT, STAGING, PRODUCTION"},
		{"application:contract", "APP_ADMIN", `did you mean "application:contracts"?`},
		{"organisation", "ORG_OWNER", `did you mean "organization"?`},
	} {
		_, problems := procedure.Model.Parse("", procedure.Places(applications), baseline.Written{c[0]: {c[1]: {ada}}})
		if len(problems) != 1 || !strings.Contains(problems[0].Text, c[2]) {
			t.Errorf("%s at %s: %v", c[1], c[0], problems)
		}
	}
	ofProgram := baseline.Written{"organization": {"ORG_OWNER": {"api_client:bot"}}}
	if _, problems := procedure.Model.Parse("", procedure.Places(applications), ofProgram); len(problems) != 1 {
		t.Errorf("a program has a role: %v", problems)
	}
}

// TestProductionIsAnEnvironment: the one that counts as production is one of those there are.
func TestProductionIsAnEnvironment(t *testing.T) {
	stages := map[baseline.Stage]int{}
	for _, place := range procedure.Places(applications) {
		stages[place.Stage]++
	}
	if stages[baseline.StageProduction] != len(applications) || stages[baseline.StageTest] != 2*len(applications) {
		t.Errorf("stages are %v", stages)
	}
}
