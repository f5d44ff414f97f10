package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// stated is what a baseline and its review say of the demo, which is so.
const stated = `
locals {
  applications = { contracts = { id = "appId_11111111-2222-3333-4444-555555555555" } }
  grants = {
    "organization"          = { ORG_OWNER = ["user:owner@example.com", "user:deputy@example.com"] }
    "application:contracts" = { APP_ADMIN = ["user:app.admin@example.com"] }
    "environment:contracts/PRODUCTION"  = { APP_OPERATOR = ["user:Release.Manager@example.com"] }
    "environment:contracts/DEVELOPMENT" = { APP_MANAGER = ["user:dev.lead@example.com"] }
    "environment:contracts/STAGING"     = { APP_READER = ["user:dev.lead@example.com"] }
  }
  attestation = { by = "user:security.officer@example.com", on = "2026-11-21", observed = local.grants }
}
`

// reviewed is the review, with more arguments or others.
func reviewed(others ...string) string {
	arguments := map[string]string{
		"applications": "local.applications", "grants": "local.grants", "attestation": "local.attestation",
		"api_keys":       `{ DEVELOPMENT = ["terraform", "old pipeline"], STAGING = ["66bf00000000000000000011"], PRODUCTION = ["backend"] }`,
		"single_sign_on": `{ PRODUCTION = ["company login"], STAGING = ["partner login"] }`,
		"webhooks":       `{ PRODUCTION = ["https://hooks.example.com/ignisign"], DEVELOPMENT = ["66bf00000000000000000004"] }`,
	}
	for _, other := range others {
		name, value, _ := strings.Cut(other, "=")
		arguments[strings.TrimSpace(name)] = value
	}
	text := "data \"ignisign_access_review\" \"contracts\" {\n"
	for name, value := range arguments {
		if strings.TrimSpace(value) != "" {
			text += "  " + name + " = " + value + "\n"
		}
	}
	return text + `}
resource "terraform_data" "review" {
  input = {
    findings   = [for f in data.ignisign_access_review.contracts.findings :
      "${f.severity} ${f.rule} ${f.subject}: ${f.sentence}" if f.rule != "unrestricted-key"]
    gaps       = data.ignisign_access_review.contracts.gaps
    cannot_see = data.ignisign_access_review.contracts.cannot_see
  }
}
`
}

// startReviewed starts the demo on the 22nd, after the attestation.
func startReviewed(t *testing.T, dialect string) *application {
	t.Helper()
	parsed, err := mock.ParseDialect(dialect)
	testkit.Must(t, err)
	now, err := time.Parse(time.RFC3339, "2026-11-22T09:00:00Z")
	testkit.Must(t, err)
	server, err := mock.New(mock.DemoSeed(), mock.WithDialect(parsed), mock.WithClock(func() time.Time { return now }), mock.WithMiddleware(openAPI.Middleware(t)))
	testkit.Must(t, err)
	root, stop, err := server.Start()
	testkit.Must(t, err)
	t.Cleanup(stop)
	return &application{
		Server: server, Console: server.Console(), Terraform: providertest.InProcess(t, "ignisign", provider.NewServer, "2026-11-28"),
		t: t, root: root,
	}
}

type toldReview struct{ findings, gaps, cannotSee string }

func (a *application) review(others ...string) toldReview {
	a.t.Helper()
	a.configure(stated + reviewed(others...))
	if applied := a.Apply(testkit.Options{}); applied.Err != nil {
		a.t.Fatalf("the review fails: %s", applied)
	}
	var told map[string]any
	for _, o := range a.Objects() {
		if o.Address == "terraform_data.review" {
			told, _ = o.Values["input"].(map[string]any)
		}
	}
	lines := func(name string) string {
		var all []string
		for _, one := range told[name].([]any) {
			all = append(all, one.(string))
		}
		return strings.Join(all, "\n")
	}
	for _, secret := range mock.DemoSeed().Secrets() {
		if strings.Contains(fmt.Sprint(a.Objects()), secret) {
			a.t.Errorf("the state has %s", secret)
		}
	}
	return toldReview{lines("findings"), lines("gaps"), lines("cannot_see")}
}

// TestReviewOfChangesByHand: what a review tells of each change that somebody makes in the Console,
// and what it says it cannot see of it.
func TestReviewOfChangesByHand(t *testing.T) {
	t.Parallel()
	const (
		noMembers = "no API of IgniSign shows it, so no role of the baseline was compared with anything"
		changed   = "warn changed-since-attestation appId_11111111-2222-3333-4444-555555555555: " +
			"IgniSign has 1 record of changed members of the application on or after 2026-11-21, when user:security.officer@example.com looked: " +
			"the first of 2026-11-22T09:00:00Z, the last of 2026-11-22T09:00:00Z. By their ids at IgniSign: "
	)
	roles := func(environment, role string) mock.Roles { return mock.Roles{environment: {role}} }
	for name, c := range map[string]struct {
		act              func(*application) error
		finds, cannotSee string
	}{
		"nothing": {func(*application) error { return nil }, "", noMembers},
		"a key is made": {func(a *application) error {
			_, _, err := a.MakeKey("PRODUCTION", "night job")
			return err
		}, `deny key-outside-baseline PRODUCTION: PRODUCTION has the API key "night job" (`, "who holds an API key"},
		"a key of the same name is made": {func(a *application) error {
			_, _, err := a.MakeKey("PRODUCTION", "backend")
			return err
		}, `deny key-outside-baseline PRODUCTION: PRODUCTION has 2 API keys called "backend", and one name covers one alone. ` +
			`Name by id which it is: "66bf00000000000000000012", `, noMembers},
		"a key is revoked": {
			func(a *application) error { return a.RevokeKey("66bf00000000000000000011") },
			`warn key-missing STAGING: STAGING has no active API key "66bf00000000000000000011".`, noMembers,
		},
		"a way to sign in is set up": {
			func(a *application) error {
				_, err := a.AddSSO(mock.SSOConfig{Name: "shadow", Environment: "PRODUCTION", Type: "OAUTH2", ClientID: "x", ServerURL: "https://shadow.example.com"})
				return err
			}, `deny sso-outside-baseline PRODUCTION: PRODUCTION has the way to sign in "shadow"`, noMembers,
		},
		"a way to sign in is archived": {
			func(a *application) error { return a.ArchiveSSO("company login") },
			`warn sso-missing PRODUCTION: PRODUCTION has no active way to sign in "company login".`, noMembers,
		},
		"somebody is invited": {
			func(a *application) error {
				_, err := a.Invite("mallory@example.com", mock.Roles{"PRODUCTION": {"ADMIN"}, "STAGING": {"READER"}})
				return err
			}, "warn invited-outside-baseline user:mallory@example.com: " +
				"user:mallory@example.com is invited to PRODUCTION and STAGING, where the baseline has no role for them.",
			"Which roles an invitation stands for",
		},
		"somebody is invited to more": {
			func(a *application) error {
				return a.ChangeInvitation("dev.lead@example.com", mock.Roles{"DEVELOPMENT": {"ADMIN"}, "PRODUCTION": {"ADMIN"}})
			}, "warn invited-outside-baseline user:dev.lead@example.com: " +
				"user:dev.lead@example.com is invited to PRODUCTION, where the baseline has no role for them.", noMembers,
		},
		"somebody accepts, whom the baseline has": {
			func(a *application) error { return a.Accept("dev.lead@example.com") }, changed,
			"An invitation that was accepted says nothing of what the member may do now",
		},
		"a member is added": {
			func(a *application) error {
				_, err := a.AddMember("mallory@example.com", roles("PRODUCTION", "ADMIN"))
				return err
			}, changed, noMembers,
		},
		"a member gets other roles": {
			func(a *application) error {
				return a.ChangeMember("release.manager@example.com", roles("PRODUCTION", "ADMIN"))
			}, changed + "66bf00000000000000000098.", noMembers,
		},
		"a member is removed": {
			func(a *application) error { return a.RemoveMember("release.manager@example.com") }, changed + "66bf00000000000000000098.",
			noMembers,
		},
		"the webhook is removed": {
			func(a *application) error { return a.RemoveWebhook("66bf00000000000000000003") },
			`warn webhook-missing PRODUCTION: PRODUCTION has no active webhook "https://hooks.example.com/ignisign".`,
			"Changes of members that no webhook of PRODUCTION recorded",
		},
		"a webhook is added": {
			func(a *application) error {
				_, err := a.AddWebhook(mock.Webhook{Environment: "STAGING", URL: "https://listener.example.com/x"})
				return err
			}, `warn webhook-outside-baseline STAGING: STAGING has the webhook "https://listener.example.com/x"`, noMembers,
		},
		"the application is blocked": {
			func(a *application) error { return a.SetStatus("ARCHIVED") }, "", noMembers,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startReviewed(t, "")
			testkit.Must(t, c.act(a))
			if name == "the application is blocked" { // Nothing else is answered then.
				a.configure(stated + reviewed())
				a.planFails("Not allowed by IgniSign", "Listing the invitations failed")
				return
			}
			told := a.review()
			if c.finds == "" && told.findings != "" || !strings.Contains(told.findings, c.finds) || strings.Contains(told.findings, "\n") {
				t.Errorf("it finds\n%s\nwant\n%s", told.findings, c.finds)
			}
			gaps := ""
			if name == "the webhook is removed" {
				gaps = "The application has no webhook in PRODUCTION that this key is shown, and IgniSign keeps a record of changed members for those alone."
			}
			if !strings.Contains(told.cannotSee, c.cannotSee) || told.gaps != gaps {
				t.Errorf("it cannot see\n%s\nwant\n%s\nand the gaps are %q", told.cannotSee, c.cannotSee, told.gaps)
			}
		})
	}
}

// TestReviewInEachDialect: whichever of what is not known is so, a review finds the key that was made,
// who was invited and that a member changed, or says why it cannot: in a gap, or as an error.
func TestReviewInEachDialect(t *testing.T) {
	t.Parallel()
	fails := map[string]string{
		"v3-only": "api_version", "v4-invitations-403": "Not allowed by IgniSign", "feature-forbidden": "ORGANIZATION_FEATURE_FORBIDDEN",
		"feature-unauthorized": "UNAUTHORIZED_ERROR", "other-environment-refused": "Not allowed by IgniSign",
	}
	gaps := map[string]string{
		"v4-invitations-404":         "No invitation is compared",
		"context-of-own-environment": "IgniSign does not show the settings of PRODUCTION to this key",
	}
	for _, deviation := range mock.Deviations() {
		t.Run(deviation.Name, func(t *testing.T) {
			t.Parallel()
			a := startReviewed(t, deviation.Name)
			_, _, err := a.MakeKey("PRODUCTION", "night job")
			testkit.Must(t, err)
			_, err = a.Invite("mallory@example.com", mock.Roles{"PRODUCTION": {"ADMIN"}, "STAGING": {}, "DEVELOPMENT": {}})
			testkit.Must(t, err)
			testkit.Must(t, a.ChangeMember("release.manager@example.com", mock.Roles{"PRODUCTION": {"ADMIN"}}))
			if want := fails[deviation.Name]; want != "" {
				a.configure(stated + reviewed())
				a.planFails(want)
				return
			}
			told := a.review()
			if !strings.Contains(told.gaps, gaps[deviation.Name]) || gaps[deviation.Name] == "" && told.gaps != "" {
				t.Errorf("the gaps are\n%s", told.gaps)
			}
			for what, found := range map[string]string{
				"context-of-own-environment": `"night job"`, "v4-invitations-404": "user:mallory@example.com", "": "1 record of changed members",
			} {
				if (what != deviation.Name) != strings.Contains(told.findings, found) {
					t.Errorf("it finds %q: %t\n%s", found, what == deviation.Name, told.findings)
				}
			}
		})
	}
}

// TestReviewRefuses what is wrong with its arguments, on each attribute.
func TestReviewRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		argument string
		phrases  []string
	}{
		"an environment that is none":      {`api_keys = { PROD = ["x"] }`, []string{"api_keys", "PROD"}},
		"a key without a name":             {`api_keys = { PRODUCTION = [""] }`, []string{"api_keys", "at least 1"}},
		"a key that is null":               {`api_keys = { PRODUCTION = [null] }`, []string{"Null Set Value", "api_keys"}},
		"an environment that is null":      {`environments = [null]`, []string{"Null Set Value", "environments"}},
		"a role that is none":              {`grants = { organization = { ORG_BOSS = ["user:a@example.com"] } }`, []string{"ORG_BOSS"}},
		"a day that is not yet":            {`attestation = { by = "user:a@example.com", on = "2027-01-01", observed = {} }`, []string{"2027-01-01"}},
		"a rule that is none":              {`rules = { "key-outside" = { severity = "warn" } }`, []string{"key-outside"}},
		"an environment to compare":        {`environments = ["PROD"]`, []string{"environments", "PROD"}},
		"an application that is not there": {`applications = {}`, []string{"contracts"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startReviewed(t, "")
			a.configure(stated + reviewed(c.argument))
			a.planFails(c.phrases...)
		})
	}
	a := startReviewed(t, "")
	if told := a.review(`applications = { contracts = { id = "appId_99999999-2222-3333-4444-555555555555" } }`); !strings.Contains(told.gaps,
		"No application of the baseline has the id appId_11111111") {
		t.Errorf("another application is compared: %+v", told)
	}
	const other = `applications = { contracts = local.applications.contracts, another = { id = "APPID_11111111-2222-3333-4444-555555555555" } }`
	if told := startReviewed(t, "").review(other); told.findings != "" || told.gaps != "" {
		t.Errorf("the application whose id is in another case is compared: %+v", told)
	}
	told := startReviewed(t, "").review("attestation =", `environments = ["DEVELOPMENT"]`, `api_keys = { DEVELOPMENT = ["terraform"] }`)
	if !strings.Contains(told.findings, `"old pipeline"`) || strings.Contains(told.findings, "PRODUCTION") || told.gaps != "" {
		t.Errorf("of one environment it tells %+v", told)
	}
}

// TestReviewOfPartialAnswers: what IgniSign leaves out or tells in another way is found all the same, or
// is a gap.
func TestReviewOfPartialAnswers(t *testing.T) {
	t.Parallel()
	const (
		contexts = `{"appId":"appId_11111111-2222-3333-4444-555555555555","status":"ACTIVE","ignisignApiVersion":"V4",` +
			`"envSettings":{"PRODUCTION":{"apiKeys":[],"ssoConfigs":[],"webhooks":[]}}}`
		webhooks = `[{"_id":"66bf00000000000000000003","url":"https://hooks.example.com/ignisign","isDisabled":%t,"_createdAt":"%s"}]`
		events   = `{"events":[{"_id":"e1"%s,"_createdAt":"2026-11-22T08:00:00Z"}],"searchData":{"total":1}}`
		listed   = `PRODUCTION has the webhook "https://hooks.example.com/ignisign"`
	)
	for name, c := range map[string]struct {
		webhooks, events string
		finds, gap       string
	}{
		"the webhooks of the application are none": {fmt.Sprintf(webhooks, false, "2026-11-01T00:00:00Z"), fmt.Sprintf(events, `,"topic":"SIGNATURE"`), listed, ""},
		"the webhook is disabled": {
			fmt.Sprintf(webhooks, true, ""), fmt.Sprintf(events, `,"topic":"SIGNATURE"`), listed,
			"Each webhook of PRODUCTION is disabled",
		},
		"the webhook is new": {
			fmt.Sprintf(webhooks, false, "2026-11-22T07:00:00Z"), fmt.Sprintf(events, `,"topic":"SIGNATURE"`),
			listed, "was made on 2026-11-22",
		},
		"an event does not tell what happened": {fmt.Sprintf(webhooks, false, ""), fmt.Sprintf(events, ``), listed, "1 events since do not tell what happened"},
		"an event is in another case": {
			fmt.Sprintf(webhooks, false, ""), fmt.Sprintf(events, `,"topic":"app","action":"Membership_Updated"`), "1 record of changed members", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startReviewed(t, "")
			for route, body := range map[string]string{"GET */context": contexts, "GET */webhooks": c.webhooks, "GET */events": c.events} {
				testkit.Must(t, a.Inject(mockserver.Fault{Route: route, Action: mockserver.FaultAnswer, Status: 200, Body: body, Times: 9}))
			}
			told := a.review(`environments = ["PRODUCTION"]`, "api_keys = {}", "single_sign_on = {}", "webhooks = {}")
			if !strings.Contains(told.findings, c.finds) || !strings.Contains(told.gaps, c.gap) || c.gap == "" && told.gaps != "" {
				t.Errorf("it finds\n%s\nwith the gaps\n%s", told.findings, told.gaps)
			}
		})
	}
}
