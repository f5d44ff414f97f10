package contract_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
)

const (
	application = "/v4/applications/appId_11111111-2222-3333-4444-555555555555"
	invitations = application + "/users-invitations"
	invitation  = `{"_id":"65a0c0ffee0000000000abcd","email":"dev.lead@example.com","appId":"appId_11111111-2222-3333-4444-555555555555",` +
		`"status":"PAUSED","roles":{"STAGING":["USER"],"TEST":["GUEST"]},"note":"new"}`
	edit       = `{"roles":{"STAGING":["USER"]}}`
	hookEvents = "/v4/webhooks/65a0c0ffee0000000000abcd/events"
	noEvents   = `{"events":[],"searchData":{"total":0,"page":0,"nbEventsPerPage":20}}`
	badSecret  = `{"appId":"appId_11111111-2222-3333-4444-555555555555","envSettings":{"STAGING":{"ssoConfigs":[{"settingsOAuth2":{"clientSecret":7}}]}}}`
	invite     = `{"email":"dev.lead@example.com","roles":{"DEVELOPMENT":["ADMIN"],"STAGING":[],"PRODUCTION":[]}}`
)

// What a client sends is closed: vocabularies of roles are not mixed, and the contradictory method is not tried. What a server
// answers is open, but for the names that are read.
func TestWhatTheDocumentPermits(t *testing.T) {
	openAPI := contracttest.MustNew(contract.OpenAPI())
	for name, test := range map[string]struct {
		method, path, body, answer string
		want                       string // "" if nothing is refused
	}{
		"an invitation":                 {"POST", invitations, invite, invitation, ""},
		"an invitation on v3":           {"POST", strings.Replace(invitations, "v4", "v3", 1), invite, invitation, ""},
		"IAM roles":                     {"POST", invitations, strings.Replace(invite, "ADMIN", "APP_ADMIN", 1), invitation, "/roles/DEVELOPMENT"},
		"a list of IAM roles":           {"POST", invitations, `{"email":"dev.lead@example.com","roles":["APP_ADMIN"]}`, invitation, "/roles"},
		"names":                         {"POST", invitations, strings.Replace(invite, "{", `{"firstName":"D",`, 1), invitation, `"firstName" is unsupported`},
		"an edit by POST":               {"POST", invitations + "/65a0c0ffee0000000000abcd", edit, invitation, "does not have the method"},
		"an edit of the address":        {"PUT", invitations + "/65a0c0ffee0000000000abcd", invite, invitation, `"email" is unsupported`},
		"another application's id":      {"GET", "/v4/applications/contracts/context", "", `{}`, "appId"},
		"a context with a wrong secret": {"GET", application + "/context", "", badSecret, "clientSecret"},
		"a context of nothing but ids":  {"GET", application + "/context", "", `{"appId":"appId_11111111-2222-3333-4444-555555555555"}`, ""},
		"a list in an envelope":         {"GET", invitations, "", `{"invitations":[]}`, "array"},
		"an invitation without a state": {"GET", invitations, "", `[` + strings.Replace(invitation, `"status":"PAUSED",`, "", 1) + `]`, `"status" is missing`},
		"another filter":                {"GET", hookEvents + "?filter=NEW", "", noEvents, "filter"},
		"one event":                     {"GET", hookEvents + "/65a0c0ffee0000000000abcd", "", `{}`, "does not have the method"},
	} {
		t.Run(name, func(t *testing.T) {
			recorder := contracttest.Record(t)
			watched := openAPI.Watch(recorder, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, test.answer)
			}))
			request := httptest.NewRequest(test.method, test.path, strings.NewReader(test.body))
			request.Header.Set("Authorization", "Bearer token")
			request.Header.Set("Content-Type", "application/json")
			watched.ServeHTTP(httptest.NewRecorder(), request)
			if refused := recorder.End(); (refused == "") != (test.want == "") || !strings.Contains(refused, test.want) {
				t.Errorf("got %q, want %q", refused, test.want)
			}
		})
	}
}
