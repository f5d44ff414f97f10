package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

func newSite(t *testing.T, day string) *providertest.Site {
	t.Helper()
	return providertest.InProcess(t, "ignisign", provider.NewServer, day)
}

func acme(grants, more string) string {
	return fmt.Sprintf(`
resource "ignisign_access_baseline" "acme" {
  applications = { contracts = { id = "appId_11111111-2222-3333-4444-555555555555" } }
  grants       = %s
%s
}
`, grants, more)
}

const (
	owners = `organization = { ORG_OWNER = ["user:owner@example.com"], ORG_ADMIN = ["user:deputy@example.com"] }`
	grants = `{ ` + owners + `, "environment:contracts/PRODUCTION" = { APP_OPERATOR = ["user:ops@example.com"] } }`
)

func observed(day, grants string) string {
	return fmt.Sprintf("  attestation = { by = \"user:security.officer@example.com\", on = %q, observed = %s }", day, grants)
}

// TestBaseline leads one through its life.
func TestBaseline(t *testing.T) {
	s := newSite(t, "2026-11-20").Configure(acme(grants, ""))
	s.PlanIs(true, "admin-is-owner (note): user:deputy@example.com has ORG_ADMIN", "for a person: this apply changes nothing at IgniSign.",
		`user:ops@example.com is to have "APP_OPERATOR" at environment:contracts/PRODUCTION`)
	s.MustApply(testkit.Options{})
	steps := strings.Join(s.Texts("steps"), "\n")
	if !testkit.Says("No page of the vendor says where that page is", "If it looks otherwise there, stop and ask.").MatchString(steps) {
		t.Errorf("the steps do not say what no page words:\n%s", steps)
	}
	s.On("2026-11-21").Configure(acme(grants, observed("2026-11-21", grants))).MustApply(testkit.Options{})
	s.Is("confirmation", "confirmed by user:security.officer@example.com on 2026-11-21")
	if planned := s.Plan(testkit.Options{}); planned.Err != nil || planned.Changes || strings.Contains(planned.Said, "for a person") {
		t.Errorf("the plan after the attestation: %s", planned)
	}
	// The id of the organization, told later, is no other organization.
	s.Configure(acme(grants, observed("2026-11-21", grants)+"\n  organization_id = \"65a0c0ffee0000000000abcd\""))
	if planned := s.Plan(testkit.Options{}); planned.Err != nil || planned.Summary.Change != 1 {
		t.Errorf("to tell the id: %s", planned)
	}
	s.MustApply(testkit.Options{})
	s.Configure(acme(grants, "  organization_id = \"65a0c0ffee0000000000dcba\""))
	if planned := s.Plan(testkit.Options{}); planned.Err != nil || planned.Summary.Add != 1 {
		t.Errorf("another organization: %s", planned)
	}
	s.Configure("")
	s.PlanIs(true, "Nobody loses anything at IgniSign")
}

// TestWishes: what people need, and what must not meet.
func TestWishes(t *testing.T) {
	s := newSite(t, "2026-11-20").Configure(acme(`{ `+owners+`, "environment:contracts/PRODUCTION" = { APP_MANAGER = ["user:ops@example.com"] } }`,
		`  needs           = { "user:OPS@example.com" = ["SIGNATURE_REQUEST_READ"] }
  separate_duties = [["WEBHOOKS_MANAGEMENT", "SIGNERS_MANAGEMENT"]]`))
	s.PlanIs(true, "least-role (warn): user:ops@example.com has \"APP_MANAGER\" at environment:contracts/PRODUCTION, and \"APP_READER\" would do")
	s.PlanIs(true, "separate-duties (warn): user:ops@example.com has")
}

// TestBadInput: each is an error on its attribute, with what comes near.
func TestBadInput(t *testing.T) {
	with := func(more string) string { return acme(`{ `+owners+`, `+more+` }`, "") }
	for name, c := range map[string]struct {
		config, attribute string
		want              []string
	}{
		"application role for an environment": {
			with(`"environment:contracts/PRODUCTION" = { APP_ADMIN = ["user:a@example.com"] }`), "grants",
			[]string{"APP_ADMIN (Application Admin) is a role for one application"},
		},
		"organization role at an application": {
			with(`"application:contracts" = { ORG_USER = ["user:a@example.com"] }`), "grants", []string{"can be given at the organization alone"},
		},
		"role of the platform": {
			acme(`{ organization = { SUPER_ADMIN = ["user:a@example.com"] } }`, ""), "grants", []string{"is for the staff and the programs of IgniSign"},
		},
		"role of outsiders": {
			with(`"environment:contracts/PRODUCTION" = { SIGNERS = ["user:a@example.com"] }`), "grants", []string{"invited to take part in one thing"},
		},
		"role of an invitation": {
			with(`"application:contracts" = { ADMIN = ["user:a@example.com"] }`),
			"grants",
			[]string{"ADMIN is a role of an invitation; how it relates to the roles of users is not published"},
		},
		"unknown role": {
			with(`"application:contracts" = { APP_ADMN = ["user:a@example.com"] }`), "grants", []string{`there is no role "APP_ADMN"`, `"APP_ADMIN"`},
		},
		"unknown environment": {with(`"environment:contracts/PROD" = {}`), "grants", []string{"there are DEVELOPMENT, STAGING, PRODUCTION"}},
		"unknown application": {with(`"application:contract" = {}`), "grants", []string{`there is no place "application:contract"`, `"application:contracts"`}},
		"API client":          {with(`"application:contracts" = { APP_ADMIN = ["api_client:x"] }`), "grants", []string{`"api_client:x" is no principal`}},
		"unknown permission":  {acme(grants, `  needs = { "user:ops@example.com" = ["SIGNERS_REED"] }`), "needs", []string{`did you mean "SIGNERS_READ"?`}},
		"needs of nobody":     {acme(grants, `  needs = { "ops@example.com" = [] }`), "needs", []string{`did you mean "user:ops@example.com"?`}},
		"three duties": {
			acme(grants, `  separate_duties = [["ORG_BILLING", "API_KEYS_MANAGEMENT", "SIGNERS_READ"]]`),
			"separate_duties",
			[]string{"are 3 permissions: a pair has two"},
		},
		"unknown duty": {
			acme(grants, `  separate_duties = [["ORG_BILLING", "API_KEY_MANAGEMENT"]]`), "separate_duties", []string{`did you mean "API_KEYS_MANAGEMENT"?`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			planned := newSite(t, "2026-11-20").Configure(c.config).Plan(testkit.Options{})
			if planned.Err == nil {
				t.Fatalf("it is accepted: %s", planned)
			}
			if said := planned.Err.Error(); !testkit.Says(c.want...).MatchString(said) || !strings.Contains(said, c.attribute) {
				t.Errorf("the error does not say %q of %s:\n%s", c.want, c.attribute, said)
			}
		})
	}
}

// TestFunctions and data sources tell what is published.
func TestFunctions(t *testing.T) {
	for _, c := range [][2]string{
		{`length(provider::ignisign::role_permissions("APP_MANAGER"))`, "11"},
		{`join(" ", provider::ignisign::role_permissions("ORG_BILLING"))`, "ORG_BASICINFORMATION_READ ORG_BILLING"},
		{`tostring(provider::ignisign::role_allows("APP_OPERATOR", "SIGNERS_READ"))`, "true"},
		{`tostring(provider::ignisign::role_allows("SUPER_ADMIN", "DOCUMENT_PROVIDER"))`, "false"},
		{
			`jsonencode(provider::ignisign::least_roles(["SIGNERS_READ"], "environment:contracts/STAGING"))`,
			`[{"place":"environment:contracts/STAGING","role":"APP_READER"}]`,
		},
		{
			`jsonencode(provider::ignisign::least_roles(["API_KEYS_MANAGEMENT"], "environment:contracts/STAGING"))`,
			`[{"place":"application:contracts","role":"APP_ADMIN"}]`,
		},
		{`join(" ", provider::ignisign::effective_permissions(["ORG_USER", "SIGNERS"]))`, "ORG_BASICINFORMATION_READ SIGNATURE_SESSION_EXECUTION"},
		{
			`jsonencode(provider::ignisign::observed("principal;role;place\nuser:a@example.com;ORG_USER;organization"))`,
			`{"organization":{"ORG_USER":["user:a@example.com"]}}`,
		},
		{`tostring(length(data.ignisign_roles.all.roles))`, "13"},
		{`[for r in data.ignisign_roles.all.roles : r.wire if r.role == "INVITED_DOCUMENT_PROVIDER"][0]`, "INVITED_PROOF_PROVIDER"},
		{`tostring([for r in data.ignisign_roles.all.roles : r.title if r.role == "INTERNAL_API"][0] == null)`, "true"},
		{`[for p in data.ignisign_permissions.all.permissions : p.evidence if p.permission == "SIGNERS_READ"][0]`, "inferred"},
		{`tostring([for p in data.ignisign_permissions.all.permissions : p.roles_on_page if p.permission == "ORG_BILLING"][0])`, "4"},
		{`tostring(length([for p in data.ignisign_permissions.all.permissions : p.contradictions if p.permission == "ORG_ARCHIVING"][0]))`, "1"},
		{`join(" ", [for u in data.ignisign_user_types.all.user_types : u.title if !u.platform])`, "Signers"},
	} {
		expression, want := c[0], c[1]
		t.Run(expression, func(t *testing.T) {
			s := newSite(t, "2026-11-20").Configure(fmt.Sprintf(`
data "ignisign_roles" "all" {}
data "ignisign_permissions" "all" {}
data "ignisign_user_types" "all" {}
resource "terraform_data" "result" {
  input = %s
}`, expression))
			s.MustApply(testkit.Options{})
			for _, o := range s.Objects() {
				if o.Address == "terraform_data.result" && fmt.Sprint(o.Values["input"]) != want {
					t.Errorf("it is %v, want %s", o.Values["input"], want)
				}
			}
		})
	}
	for _, c := range [][2]string{
		{`role_permissions("ADMIN")`, "how it relates to the roles of users is not published"},
		{`role_permissions("APP_READR")`, `did you mean "APP_READER"?`},
		{`role_allows("APP_READER", "SIGNERS_REED")`, `did you mean "SIGNERS_READ"?`},
		{`least_roles(["ORG_BILLING"], "application:contracts")`, "nobody can have it for application:contracts alone"},
		{`least_roles([], "environment:contracts/PROD")`, "there are DEVELOPMENT, STAGING, PRODUCTION"},
		{`effective_permissions([null])`, "there is no role"},
		{`observed("place,role,principal\norganization,ORG_USER,a")`, "line 2, column principal"},
		{`observed("place,role,principal\norganization,SIGNERS,user:a@example.com")`, "line 2, column role"},
	} {
		call, want := c[0], c[1]
		t.Run(call, func(t *testing.T) {
			newSite(t, "2026-11-20").Configure("resource \"terraform_data\" \"result\" {\n  input = provider::ignisign::" + call + "\n}").PlanFails(want)
		})
	}
}
