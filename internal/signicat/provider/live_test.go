package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
)

// A scripted server answers what a test says, by route; a route without an answer is 404.
type scripted struct {
	url     string
	mutex   sync.Mutex
	answers map[string]string
	status  map[string]int
	asked   []string
	// query answers queries for events in place of the rest, if it is set.
	query func(eventQuery) (status int, answer string)
}

// An eventQuery is what a query for events asks.
type eventQuery struct{ From, To string }

const (
	accountsRoute = "GET /account-management/accounts"
	metadataRoute = "GET /audit/query/metadata"
	queryRoute    = "POST /audit/query"
	tokenRoute    = "POST /auth/open/connect/token"

	secretOfTest = "a-client-secret-of-a-test"
)

func newScripted(t *testing.T) *scripted {
	t.Helper()
	s := &scripted{status: map[string]int{}, answers: map[string]string{
		tokenRoute:                      `{"access_token":"opaque-token-of-a-test","expires_in":3600,"token_type":"Bearer"}`,
		accountsRoute:                   `{"data":[` + shopAccount + `,` + ciAccount + `]}`,
		accountsRoute + "?deleted=true": `{"data":[]}`,
		metadataRoute:                   `{"extended":true,"targets":["user",{"name":"api","fields":["a"]}]}`,
		queryRoute:                      `{"data":[]}`,
	}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

const (
	shopAccount = `{"id":"a-ppge-AAAAAAAAAAAAAAAAAAAA","name":"Shop","createdDate":"2024-02-01T09:00:00Z","lastModifiedDate":"","isSandbox":false,` +
		`"enabled":true,"isDeleteProtected":true,"region":"EU","cloud":"GCP","products":["signature"],` +
		`"organization":{"id":"o-p-BBBBBBBBBBBBBBBBBBBB","country":"NO"}}`
	ciAccount = `{"id":"a-spge-CCCCCCCCCCCCCCCCCCCC","name":"Shop CI","isSandbox":true,"enabled":null,"organization":{"id":"o-p-BBBBBBBBBBBBBBBBBBBB"}}`
)

// ServeHTTP implements [http.Handler].
func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	route := r.Method + " " + r.URL.Path
	s.asked = append(s.asked, route)
	if r.URL.Query().Get("deleted") == "true" {
		route += "?deleted=true"
	}
	answer, ok := s.answers[route]
	status := s.status[route]
	switch {
	case status != 0:
	case !ok:
		status = http.StatusNotFound
	default:
		status = http.StatusOK
	}
	if route == queryRoute && s.query != nil {
		var asked eventQuery
		_ = json.NewDecoder(r.Body).Decode(&asked)
		status, answer = s.query(asked)
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(answer))
}

func (s *scripted) count(route string) (n int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, asked := range s.asked {
		if asked == route {
			n++
		}
	}
	return n
}

// block is a provider block for a server.
func block(url string) string {
	return fmt.Sprintf(`
provider "signicat" {
  api_url         = %q
  client_id       = "org-round-apple-123"
  client_secret   = %q
  organisation_id = "o-p-BBBBBBBBBBBBBBBBBBBB"
}
`, url, secretOfTest)
}

// stated are the local values of a review and its baseline.
const stated = `
locals {
  accounts = {
    shop    = { id = "a-ppge-AAAAAAAAAAAAAAAAAAAA", type = "production" }
    shop_ci = { id = "a-spge-CCCCCCCCCCCCCCCCCCCC", type = "sandbox" }
  }
  grants      = { organisation = { "Organisation Admin" = ["user:owner@example.com", "user:deputy@example.com"] } }
  attestation = { by = "user:security.officer@example.com", on = "2026-11-20", observed = local.grants }
}
`

// reviewed is a review of them, with more arguments.
func reviewed(more string) string {
	return `
data "signicat_access_review" "acme" {
  organisation_id = "o-p-BBBBBBBBBBBBBBBBBBBB"
  accounts        = local.accounts
  grants          = local.grants
  attestation     = local.attestation
` + more + `
}
resource "terraform_data" "review" {
  input = {
    findings   = [for f in data.signicat_access_review.acme.findings : "${f.severity} ${f.rule} ${f.subject}: ${f.sentence}"]
    gaps       = data.signicat_access_review.acme.gaps
    cannot_see = data.signicat_access_review.acme.cannot_see
    complete   = data.signicat_access_review.acme.complete
  }
}
`
}

// filter asks for events by a field that the test makes up.
const filter = `  audit = [{ name = "grants", filter = [{ field = "serviceName", operator = "eq", value = "made-up" }] }]`

// expectNoSecret looks for the secret and the token in what was said and kept.
func expectNoSecret(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(text, secretOfTest) || strings.Contains(text, "opaque-token-of-a-test") {
			t.Errorf("a secret is shown: %s", text)
		}
	}
}

func newLiveSite(t *testing.T) *providertest.Site {
	t.Helper()
	for _, name := range []string{api.EnvURL, api.EnvClientID, api.EnvClientSecret, api.EnvClientSecretFile, api.EnvOrganisationID} {
		t.Setenv(name, "")
	}
	return newSite(t, "2026-11-28")
}

// told keeps a value in the state, where a test finds it.
func told(name, value string) string {
	return fmt.Sprintf("resource \"terraform_data\" %q {\n  input = %s\n}\n", name, value)
}

// value is one that was told.
func value(t *testing.T, site *providertest.Site, name string) any {
	t.Helper()
	for _, o := range site.Objects() {
		if o.Address == "terraform_data."+name {
			return o.Values["input"]
		}
	}
	t.Fatalf("nothing is told of %s", name)
	return nil
}

// TestLiveDataSources: each tells all that is documented, and null for what Signicat does not tell.
func TestLiveDataSources(t *testing.T) {
	s := newScripted(t)
	s.answers[queryRoute] = `{"data":[{"cursor":"c1","timestamp":"2026-11-21T09:00:00Z","serviceName":"x","userId":"u-1","sandbox":false,` +
		`"data":{"a":1},"indexedData":null}],"next":"c2"}`
	site := newLiveSite(t).Configure(block(s.url) + `
data "signicat_accounts" "all" {}
data "signicat_accounts" "deleted" { deleted = true }
data "signicat_audit_metadata" "all" {}
data "signicat_audit_events" "some" {
  filter = [{ field = "serviceName", operator = "eq", value = "x" }]
  from   = "2026-11-20T00:00:00Z"
  limit  = 1
}
` + told("accounts", "data.signicat_accounts.all.accounts") + told("deleted", "data.signicat_accounts.deleted.accounts") +
		told("metadata", "data.signicat_audit_metadata.all") + told("events", "data.signicat_audit_events.some"))
	said := site.MustApply(testkit.Options{})
	accounts := value(t, site, "accounts").([]any)
	if len(accounts) != 2 {
		t.Fatalf("there are %v", accounts)
	}
	shop, ci := accounts[0].(map[string]any), accounts[1].(map[string]any)
	for name, want := range map[string]any{
		"id": "a-ppge-AAAAAAAAAAAAAAAAAAAA", "type": "production", "is_sandbox": false, "enabled": true, "is_delete_protected": true, "is_soft_deleted": nil,
		"created_date": "2024-02-01T09:00:00Z", "last_modified_date": nil, "soft_deleted_at": nil, "region": "EU", "cloud": "GCP", "of_organisation": true,
	} {
		if shop[name] != want {
			t.Errorf("%s is %v, want %v", name, shop[name], want)
		}
	}
	if o := shop["organisation"].(map[string]any); o["country"] != "NO" || o["name"] != nil {
		t.Errorf("the organisation is %v", o)
	}
	if ci["enabled"] != nil || ci["type"] != "sandbox" {
		t.Errorf("got %v", ci)
	}
	if got := value(t, site, "deleted").([]any); len(got) != 0 {
		t.Errorf("deleted are %v", got)
	}
	metadata := value(t, site, "metadata").(map[string]any)
	if got := fmt.Sprint(metadata["targets"]); got != `[user {"name":"api","fields":["a"]}]` || metadata["extended"] != "true" {
		t.Errorf("the metadata are %v", metadata)
	}
	events := value(t, site, "events").(map[string]any)
	event := events["events"].([]any)[0].(map[string]any)
	if events["whole"] != false || event["user_id"] != "u-1" || event["data"] != `{"a":1}` || event["indexed_data"] != nil || event["client_id"] != nil ||
		event["sandbox"] != false {
		t.Errorf("the events are %v", events)
	}
	expectNoSecret(t, said, fmt.Sprint(site.Objects()))
}

// TestLiveFailures: what goes wrong is an error that says what to do, and no secret. Nothing is
// concluded from a refusal.
func TestLiveFailures(t *testing.T) {
	review := stated + reviewed(filter)
	accounts := `data "signicat_accounts" "all" {}`
	for name, c := range map[string]struct {
		config string
		change func(*scripted)
		want   []string
	}{
		"no client": {accounts, nil, []string{"No client secret is set", "SIGNICAT_CLIENT_SECRET"}},
		"403 on accounts": {
			review, func(s *scripted) {
				s.status[accountsRoute], s.answers[accountsRoute] = 403, `{"title":"Forbidden","code":"IAM-1"}`
			},
			[]string{"Not allowed by Signicat", "code IAM-1", "lacks a permission or a role", "Nothing is concluded"},
		},
		"403 on events": {
			review, func(s *scripted) { s.status[queryRoute] = 403 }, []string{"Not allowed by Signicat", `by the filter "grants"`, "lacks a permission or a role"},
		},
		"404 on events": {review, func(s *scripted) { s.status[queryRoute] = 404 }, []string{"Not found by Signicat", "POST /audit/query"}},
		"400 on events": {
			review, func(s *scripted) {
				s.status[queryRoute], s.answers[queryRoute] = 400, `{"title":"Bad","invalidParams":[{"name":"operator","reason":"is unknown"}]}`
			},
			[]string{`by the filter "grants"`, "operator: is unknown"},
		},
		"401 for the client": {accounts, func(s *scripted) {
			s.status[tokenRoute], s.answers[tokenRoute] = 401, `{"error":"invalid_client","error_description":"`+secretOfTest+` is wrong"}`
		}, []string{"Signicat refused the client secret", "invalid_client"}},
		"400 for the client": {
			accounts, func(s *scripted) { s.status[tokenRoute], s.answers[tokenRoute] = 400, `{"error":"invalid_client"}` },
			[]string{"Check client_id and client_secret"},
		},
		"malformed": {review, func(s *scripted) { s.answers[accountsRoute] = `{"data":[` }, []string{"Unexpected answer from Signicat"}},
		"another host": {accounts, func(s *scripted) {
			s.answers[accountsRoute] = `{"data":[],"next":"http://evil.example.com/account-management/accounts?page=2"}`
		}, []string{"on another host", "nothing was sent there"}},
		"deleted is not heeded": {
			`data "signicat_accounts" "gone" { deleted = true }`, func(s *scripted) { s.answers[accountsRoute+"?deleted=true"] = s.answers[accountsRoute] },
			[]string{"does not tell deleted accounts apart", "a-ppge-AAAAAAAAAAAAAAAAAAAA"},
		},
		"two filters of one name": {
			stated + reviewed(strings.Replace(filter, "[{ name", `[{ name = "grants", filter = [{ field = "a", operator = "b", value = "c" }] }, { name`, 1)), nil,
			[]string{`two filters with the name "grants"`},
		},
		"another organisation": {
			strings.Replace(review, "o-p-BBBB", "o-p-CCCC", 1), nil, []string{"Another organisation", "the provider asks for o-p-BBBBBBBBBBBBBBBBBBBB"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t)
			if c.change != nil {
				c.change(s)
			}
			head := block(s.url)
			if name == "no client" {
				head = ""
			}
			planned := newLiveSite(t).Configure(head + c.config).Plan(testkit.Options{})
			if planned.Err == nil || !testkit.Says(c.want...).MatchString(planned.Err.Error()) {
				t.Errorf("it does not fail with %q: %s", c.want, planned)
			}
			expectNoSecret(t, planned.String())
		})
	}
}

// TestBadLiveInput: each is an error on its attribute, before anything is asked.
func TestBadLiveInput(t *testing.T) {
	change := func(old, text string) string { return strings.Replace(stated+reviewed(filter), old, text, 1) }
	events := func(arguments string) string {
		return "data \"signicat_audit_events\" \"some\" {\n" + arguments + "\n}"
	}
	for name, c := range map[string]struct{ config, attribute, want string }{
		"role with spaces": {change(`"Organisation Admin"`, `"Organisation Admin "`), "grants", "did you mean"},
		"unknown account":  {change("{ organisation =", `{ "account:shp" = {}, organisation =`), "grants", `there is no place "account:shp"`},
		"attested by none": {change(`by = "user:security.officer@example.com"`, `by = ""`), "attestation", "names nothing"},
		"attested ahead":   {change(`on = "2026-11-20"`, `on = "2026-12-20"`), "attestation", "has not come yet"},
		"one id twice":     {change("a-spge-CCCCCCCCCCCCCCCCCCCC", "a-ppge-AAAAAAAAAAAAAAAAAAAA"), "accounts", "have the same id"},
		"type":             {change(`type = "sandbox"`, `type = "sandbx"`), "accounts", `["sandbox" "production"]`},
		"key":              {change("shop_ci =", `"shop/ci" =`), "accounts", "cannot be a key"},
		"no organisation":  {change(`organisation_id = "o-p-BBBBBBBBBBBBBBBBBBBB"`, `organisation_id = ""`), "organisation_id", "string length"},
		"unknown rule":     {stated + reviewed(`  rules = { "unknown-acount" = { severity = "warn" } }`), "rules", `did you mean "unknown-account"?`},
		"severity":         {stated + reviewed(`  rules = { "unknown-account" = { severity = "error" } }`), "rules", `["deny" "warn" "ignore"]`},
		"no filters":       {stated + reviewed(`  audit = []`), "audit", "at least 1"},
		"empty filter":     {stated + reviewed(`  audit = [{ name = "x", filter = [] }]`), "audit", "at least 1"},
		"no field":         {stated + reviewed(`  audit = [{ name = "x", filter = [{ field = "", operator = "eq", value = "" }] }]`), "audit", "at least 1"},
		"path":             {stated + reviewed(`  query_path = "/account-management/accounts"`), "query_path", "no path of the audit API"},
		"path with host":   {events(`query_path = "https://evil.example.com/audit/query"`), "query_path", "no path of the audit API"},
		"time":             {events(`from = "yesterday"`), "from", "RFC3339"},
		"no time between":  {events("from = \"2026-11-21T00:00:00Z\"\nto = \"2026-11-20T00:00:00Z\""), "to", `not after "from"`},
		"limit":            {events(`limit = 0`), "limit", "between 1 and 10000"},
		"limit above":      {events(`limit = 10001`), "limit", "between 1 and 10000"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t)
			planned := newLiveSite(t).Configure(block(s.url) + c.config).Plan(testkit.Options{})
			if planned.Err == nil || !strings.Contains(planned.Err.Error(), c.want) || !strings.Contains(planned.Err.Error(), c.attribute) {
				t.Errorf("it does not fail with %q on %s: %s", c.want, c.attribute, planned)
			}
			if len(s.asked) > 0 {
				t.Errorf("Signicat was asked %q", s.asked)
			}
		})
	}
}

// TestBadConnection: each is an error on its setting, and a baseline needs no connection at all.
func TestBadConnection(t *testing.T) {
	for name, c := range map[string]struct{ old, text, want string }{
		"client":       {`client_id       = "org-round-apple-123"`, ``, "No client id is set"},
		"organisation": {`"o-p-BBBBBBBBBBBBBBBBBBBB"`, `"a-ppge-AAAAAAAAAAAAAAAAAAAA"`, "is the id of an account"},
		"plain http":   {`http://127.0.0.1`, `http://signicat.example.com`, "in the clear"},
	} {
		t.Run(name, func(t *testing.T) {
			planned := newLiveSite(t).Configure(strings.Replace(block("http://127.0.0.1:1"), c.old, c.text, 1) + acme(justAdmins, "")).Plan(testkit.Options{})
			if planned.Err == nil || !strings.Contains(planned.Err.Error(), c.want) {
				t.Errorf("it does not fail with %q: %s", c.want, planned)
			}
			expectNoSecret(t, planned.String())
		})
	}
	newLiveSite(t).Configure(`provider "signicat" { organisation_id = "o-p-BBBBBBBBBBBBBBBBBBBB" }` + acme(justAdmins, "")).PlanIs(true)
	// The secret is for the night alone, and what asks then says that it is missing.
	withoutSecret := newLiveSite(t).Configure(strings.Replace(block("http://127.0.0.1:1"), `client_secret   = "`+secretOfTest+`"`, "", 1) + acme(justAdmins, ""))
	withoutSecret.PlanIs(true)
	withoutSecret.Configure(strings.Replace(block("http://127.0.0.1:1"), `client_secret   = "`+secretOfTest+`"`, "", 1) + `data "signicat_accounts" "all" {}`)
	withoutSecret.PlanFails("No client secret is set", "SIGNICAT_CLIENT_SECRET")
}

// TestReviewOfUnknownValues: what is only known after apply makes a review wait, and is no error.
func TestReviewOfUnknownValues(t *testing.T) {
	s := newScripted(t)
	config := strings.Replace(stated, `type = "production"`, `type = terraform_data.type.output`, 1)
	site := newLiveSite(t).Configure(block(s.url) + `resource "terraform_data" "type" { input = "production" }` + config + reviewed(""))
	site.PlanIs(true)
	if s.count(accountsRoute) > 0 {
		t.Error("Signicat was asked for what is not known")
	}
	site.MustApply(testkit.Options{})
	if s.count(accountsRoute) != 2 {
		t.Errorf("Signicat was asked %q", s.asked)
	}
}
