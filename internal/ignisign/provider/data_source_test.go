package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// told keeps what an expression tells in the state.
func told(name, expression string) string {
	return fmt.Sprintf("resource \"terraform_data\" %q {\n  input = %s\n}\n", name, expression)
}

func (a *application) told(name string) any {
	a.t.Helper()
	for _, o := range a.Objects() {
		if o.Address == "terraform_data."+name {
			return o.Values["input"]
		}
	}
	a.t.Fatalf("nothing is told of %s", name)
	return nil
}

// expectNoSecret searches for each secret of the demo.
func (a *application) expectNoSecret(texts ...string) {
	a.t.Helper()
	for _, secret := range mock.DemoSeed().Secrets() {
		for _, text := range texts {
			if strings.Contains(text, secret) {
				a.t.Errorf("a secret is told: %s in %s", secret, text)
			}
		}
	}
}

const dataSources = `
data "ignisign_application" "this" {}
data "ignisign_application_invitations" "all" {}
data "ignisign_webhooks" "production" { environment = "PRODUCTION" }
data "ignisign_webhooks" "own" {}
data "ignisign_membership_changes" "all" { webhook_id = "66bf00000000000000000003" }
data "ignisign_membership_changes" "later" {
  webhook_id = "66bf00000000000000000003"
  since      = "2026-11-21"
}
`

// TestDataSources: each tells all that is known, null for what IgniSign does not tell, and no secret.
func TestDataSources(t *testing.T) {
	t.Parallel()
	a := startQuietly(t, "").configure(dataSources + told("application", "data.ignisign_application.this") + told("invitations",
		"data.ignisign_application_invitations.all.invitations") +
		told("webhooks", "data.ignisign_webhooks.production.webhooks") + told("own", "data.ignisign_webhooks.own.webhooks") +
		told("changes", "data.ignisign_membership_changes.all") + told("later", "data.ignisign_membership_changes.later.changes"))
	applied := a.Apply(testkit.Options{})
	if applied.Err != nil {
		t.Fatal(applied)
	}
	a.expectNoSecret(applied.Said, fmt.Sprint(a.Objects()))
	app := a.told("application").(map[string]any)
	if app["name"] != "Contracts" || app["status"] != "ACTIVE" || app["api_version"] != "V4" || app["organization_id"] != "66bf00000000000000000001" {
		t.Errorf("the application is %v", app)
	}
	environments := app["environments"].([]any)
	if len(environments) != 3 {
		t.Fatalf("the environments are %v", environments)
	}
	production := environments[2].(map[string]any)
	keys, sso := production["api_keys"].([]any), production["single_sign_on"].([]any)
	if len(keys) != 2 || keys[1].(map[string]any)["status"] != "REVOCATED" || keys[0].(map[string]any)["is_restricted"] != false {
		t.Errorf("the keys are %v", keys)
	}
	if login := sso[0].(map[string]any); login["server_url"] != "https://login.example.com" || login["client_id"] != "contracts" ||
		login["metadata_url"] != nil || login["is_from_organization"] != true {
		t.Errorf("the way to sign in is %v", login)
	}
	invited := a.told("invitations").([]any)
	if second := invited[1].(map[string]any); len(invited) != 4 || second["email"] != "dev.lead@example.com" || second["status"] != "PENDING" ||
		fmt.Sprint(second["roles"]) != "map[DEVELOPMENT:[ADMIN] PRODUCTION:[] STAGING:[USER]]" {
		t.Errorf("the invitations are %v", invited)
	}
	if hooks := a.told("webhooks").([]any); len(hooks) != 1 || hooks[0].(map[string]any)["url"] != "https://hooks.example.com/ignisign" {
		t.Errorf("the webhooks are %v", hooks)
	}
	if hooks := a.told("own").([]any); len(hooks) != 1 || hooks[0].(map[string]any)["url"] != "https://hooks-dev.example.com/ignisign" {
		t.Errorf("the webhooks of the key's environment are %v", hooks)
	}
	changes := a.told("changes").(map[string]any)
	if all := changes["changes"].([]any); len(all) != 1 || changes["complete"] != true || all[0].(map[string]any)["user_id"] != "66bf00000000000000000099" ||
		all[0].(map[string]any)["time"] != "2026-11-20T08:15:00Z" {
		t.Errorf("the changes are %v", changes)
	}
	if later := a.told("later").([]any); len(later) != 0 {
		t.Errorf("the later changes are %v", later)
	}

	// What the context does not show is null, which is not the same as that there is nothing.
	own := startQuietly(t, "context-of-own-environment").configure("data \"ignisign_application\" \"this\" {}\n" + told("names",
		"data.ignisign_application.this.environments[*].name"))
	if applied := own.Apply(testkit.Options{}); applied.Err != nil || fmt.Sprint(own.told("names")) != "[DEVELOPMENT]" {
		t.Errorf("it tells %v: %s", own.told("names"), applied)
	}
}

// TestDataSourceFailures: what goes wrong is an error that says what to do, and tells no secret.
func TestDataSourceFailures(t *testing.T) {
	t.Parallel()
	const body = `{"message":"%s","timestamp":"2026-11-28 12:00:00 +0000","status":%d,"code":"%s","context":%s}`
	for source, c := range map[string]struct{ config, route string }{
		"application": {"data \"ignisign_application\" \"this\" {}", "GET */context"},
		"invitations": {"data \"ignisign_application_invitations\" \"all\" {}", "GET " + invitations},
		"webhooks":    {"data \"ignisign_webhooks\" \"own\" {}", "GET */envs/*/webhooks"},
		"changes":     {`data "ignisign_membership_changes" "all" { webhook_id = "66bf00000000000000000003" }`, "GET */webhooks/*/events"},
	} {
		for name, f := range map[string]struct {
			fault   mockserver.Fault
			phrases []string
		}{
			"401": {
				mockserver.Fault{Status: http.StatusUnauthorized, Body: fmt.Sprintf(body, "No", 401, "INVALID_AUTH_JWT_TOKEN", "{}")},
				[]string{"IgniSign refused the API key", "INVALID_AUTH_JWT_TOKEN", "IGNISIGN_API_KEY"},
			},
			"403": {
				mockserver.Fault{Status: http.StatusForbidden, Body: fmt.Sprintf(body, "No", 403, "INVALID_CONTEXT_RIGHT_NOT_ALLOWED", "{}")},
				[]string{"Not allowed by IgniSign", "INVALID_CONTEXT_RIGHT_NOT_ALLOWED", "not published"},
			},
			"403 feature": {
				mockserver.Fault{Status: http.StatusForbidden, Body: fmt.Sprintf(body, "Forbidden", 403, "ORGANIZATION_FEATURE_FORBIDDEN",
					`{"missing":[{"feature":"API","claims":["READ"]}]}`)},
				[]string{"ORGANIZATION_FEATURE_FORBIDDEN", "API"},
			},
			"404": {mockserver.Fault{Status: http.StatusNotFound, Body: fmt.Sprintf(body, "No", 404, "UNKNOWN_ERROR", "{}")}, []string{"Not found by IgniSign"}},
			"429": {mockserver.Fault{Status: http.StatusTooManyRequests, Headers: map[string]string{"Retry-After": "3600"}}, []string{"Too many requests"}},
			"500": {
				mockserver.Fault{Status: http.StatusInternalServerError, Body: fmt.Sprintf(body, "No", 500, "INTERNAL_ERROR", "{}")},
				[]string{"IgniSign failed", "INTERNAL_ERROR"},
			},
			"malformed": {mockserver.Fault{Action: mockserver.FaultMalformedBody}, []string{"Unexpected answer from IgniSign"}},
			"a secret in the refusal": {
				mockserver.Fault{Status: http.StatusForbidden, Body: fmt.Sprintf(body, "Bearer "+demoKey, 403, "INVALID_CONTEXT", "{}")}, []string{"INVALID_CONTEXT"},
			},
		} {
			t.Run(source+", "+name, func(t *testing.T) {
				t.Parallel()
				a := startQuietly(t, "").configure(c.config)
				f.fault.Route = c.route
				if f.fault.Action == "" {
					f.fault.Action = mockserver.FaultAnswer
				}
				testkit.Must(t, a.Inject(f.fault))
				a.planFails(f.phrases...)
				if a.CountRequests(c.route) == 0 {
					t.Error("nothing was asked")
				}
				a.expectNoSecret(a.Plan(testkit.Options{}).String())
			})
		}
	}
}

// TestDataSourcesRefuse bad input on its attribute, and without a key say which setting is missing.
func TestDataSourcesRefuse(t *testing.T) {
	for name, c := range map[string]struct {
		config  string
		phrases []string
	}{
		"environment": {`data "ignisign_webhooks" "x" { environment = "TEST" }`, []string{"environment", "TEST"}},
		"webhook": {`data "ignisign_membership_changes" "x" { webhook_id = "https://hooks.example.com" }`, []string{
			"Invalid id of a webhook",
			"24 hexadecimal digits",
		}},
		"time": {
			"data \"ignisign_membership_changes\" \"x\" {\n  webhook_id = \"66bf00000000000000000003\"\n  since = \"yesterday\"\n}",
			[]string{"Invalid time", `"yesterday" is no time`},
		},
		"no such hook": {`data "ignisign_membership_changes" "x" { webhook_id = "66bf0000000000000000ffff" }`, []string{
			"Not found by IgniSign",
			"66bf0000000000000000ffff",
		}},
	} {
		a := startApplication(t, "").configure(c.config)
		t.Run(name, func(t *testing.T) {
			a.t = t
			a.planFails(c.phrases...)
		})
	}
	a := startApplication(t, "")
	a.Write("main.tf", `data "ignisign_application" "this" {}`)
	a.planFails("No API key is set", "IGNISIGN_API_KEY", "api_key")
	a.Write("main.tf", "resource \"terraform_data\" \"key\" {\n  input = \"x\"\n}\n"+
		"provider \"ignisign\" {\n  api_key = terraform_data.key.output\n}\ndata \"ignisign_application\" \"this\" {}")
	a.planFails("Setting not known at plan time", "api_key depends on something")
}
