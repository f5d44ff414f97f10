package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/wire"
)

const (
	appUUID = "11111111-2222-3333-4444-555555555555"
	appID   = "appId_" + appUUID
	secret  = "s3cr3t-Of-The-Key-0123456789"
	newKey  = "skv2_development_" + appUUID + "_" + secret
	oldKey  = "sk_development_" + secret

	pendingID  = "65a0c0ffee00000000000001"
	acceptedID = "65a0c0ffee00000000000002"
	declinedID = "65a0c0ffee00000000000003"
	webhookID  = "66bf00000000000000000003"
)

// A server is a small IgniSign: one application. It is the test's own reading of what is known.
type server struct {
	t  *testing.T
	mu sync.Mutex
	// invitations are those of the application, and mails the addresses that were written to.
	invitations []map[string]any
	mails       []string
	// requests are "METHOD /path" in order.
	requests []string
	// answer replaces the answer to a request if it returns true.
	answer func(w http.ResponseWriter, r *http.Request) bool
	// fault befalls requests of a route, "METHOD /path"; hits is how many it befell.
	fault *testkit.FaultCase
	route string
	hits  int
	// apiVersion is what the application says of itself.
	apiVersion string
	events     []map[string]any
	firstPage  int
	// tokens are those that were given for an old key.
	tokens []string
}

func newServer(t *testing.T) *server {
	t.Helper()
	invitation := func(id, email, status string) map[string]any {
		return map[string]any{
			"_id": id, "email": email, "appId": appID, "status": status,
			"roles": map[string]any{"DEVELOPMENT": []any{"ADMIN"}, "STAGING": []any{"USER"}, "PRODUCTION": []any{}},
		}
	}
	s := &server{t: t, apiVersion: "V4", firstPage: 1, invitations: []map[string]any{
		invitation(pendingID, "pending@example.com", "PENDING"),
		invitation(acceptedID, "accepted@example.com", "ACCEPTED"),
		invitation(declinedID, "declined@example.com", "DECLINED"),
	}}
	for i := range 5 {
		s.events = append(s.events, map[string]any{
			"_id": fmt.Sprintf("66bf0000000000000000001%d", i), "webhookId": webhookID, "appEnv": "PRODUCTION", "topic": "APP", "action": "MEMBERSHIP_UPDATED",
			"content": map[string]any{"userId": "66bf00000000000000000099"}, "_createdAt": fmt.Sprintf("2026-11-2%dT08:15:00.000Z", i),
		})
	}
	return s
}

// client returns a client of the server, with a key and by a version; a test may change more of it.
func (s *server) client(change ...func(*api.Config)) *api.Client {
	s.t.Helper()
	config := api.Config{Config: httpapi.Config{Secret: newKey, Transport: &wire.Wire{Handler: s}}}
	for _, c := range change {
		c(&config)
	}
	client, err := api.New(config)
	if err != nil {
		s.t.Fatal(err)
	}
	return client
}

func byVersion(version api.Version) func(*api.Config) {
	return func(c *api.Config) { c.APIVersion = version }
}

func withOldKey(c *api.Config) {
	c.Secret, c.AppSecret, c.AppID, c.AppEnv = "", oldKey, appID, "DEVELOPMENT"
}

// ServeHTTP implements [http.Handler].
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	if s.answer != nil && s.answer(w, r) {
		return
	}
	if s.fault != nil && r.Method+" "+r.URL.Path == s.route && (s.fault.Always || s.hits == 0) {
		s.hits++
		s.fail(w, r)
		return
	}
	s.serve(w, r)
}

// fail does what the fault says.
func (s *server) fail(w http.ResponseWriter, r *http.Request) {
	body := s.fault.Body
	if s.fault.BodyBytes > 0 {
		body = strings.Repeat("x", s.fault.BodyBytes)
	}
	answer := func() {
		for name, value := range s.fault.Headers {
			w.Header().Set(name, value)
		}
		w.WriteHeader(s.fault.Status)
		_, _ = fmt.Fprint(w, body)
	}
	switch s.fault.Kind {
	case testkit.FaultAnswer:
		answer()
	case testkit.FaultAnswerAfterActing:
		s.serve(discard{}, r)
		answer()
	case testkit.FaultDelay:
		s.serve(w, r)
	case testkit.FaultCutBeforeActing:
		panic(http.ErrAbortHandler)
	case testkit.FaultCutAfterActing:
		s.serve(discard{}, r)
		panic(http.ErrAbortHandler)
	case testkit.FaultCutBody:
		s.serve(discard{}, r)
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(http.StatusOK)
		_, _ = fmt.Fprint(w, `[{"_id":`)
	case testkit.FaultMalformedBody:
		s.serve(discard{}, r)
		w.WriteHeader(http.StatusOK)
		if body == "" {
			body = `[{"_id":`
		}
		_, _ = fmt.Fprint(w, body)
	default:
		s.t.Errorf("there is no fault %q", s.fault.Kind)
	}
}

type discard struct{}

func (discard) Header() http.Header            { return http.Header{} }
func (discard) Write(text []byte) (int, error) { return len(text), nil }
func (discard) WriteHeader(int)                {}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/v4"), "/v3")
	var body map[string]any
	_ = json.NewDecoder(r.Body).Decode(&body)
	if path == "/auth/app-api" {
		s.exchange(w, r, body)
		return
	}
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if bearer != newKey && !slices.Contains(s.tokens, bearer) {
		refuse(w, http.StatusUnauthorized, "INVALID_AUTH_JWT_TOKEN")
		return
	}
	invitations := "/applications/" + appID + "/users-invitations"
	switch {
	case path == "/applications/"+appID+"/context":
		reply(w, s.context())
	case path == invitations && r.Method == http.MethodGet:
		reply(w, s.invitations)
	case path == invitations && r.Method == http.MethodPost:
		s.invite(w, body)
	case strings.HasPrefix(path, invitations+"/"):
		s.change(w, r.Method, strings.TrimPrefix(path, invitations+"/"), body)
	case path == "/applications/"+appID+"/envs/PRODUCTION/webhooks":
		reply(w, []any{map[string]any{"_id": webhookID, "url": "https://hooks.example.com/ignisign", "description": "Members"}})
	case path == "/webhooks/"+webhookID+"/events":
		s.page(w, r)
	default:
		refuse(w, http.StatusNotFound, "UNKNOWN_ERROR")
	}
}

func reply(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	_ = json.NewEncoder(w).Encode(value)
}

func answerText(w http.ResponseWriter, status int, body string) bool {
	w.WriteHeader(status)
	_, err := w.Write([]byte(body))
	return err == nil
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"message": "It is refused.", "timestamp": "2026-11-28 12:00:00 +0000", "status": status, "code": code, "stack": "at secret.js:1",
	})
}

func (s *server) exchange(w http.ResponseWriter, r *http.Request, body map[string]any) {
	if r.Header.Get("Authorization") != "" {
		s.t.Error("a token is asked for with a credential")
	}
	if body["appId"] != appID || body["appEnv"] != "DEVELOPMENT" || body["secret"] != oldKey {
		refuse(w, http.StatusUnauthorized, "AUTHENTICATION_FAILED")
		return
	}
	token := fmt.Sprintf("header%d.eyJleHAiOjQxMDI0NDQ4MDB9.signature", len(s.tokens))
	s.tokens = append(s.tokens, token)
	reply(w, map[string]any{"jwtToken": token})
}

func (s *server) context() map[string]any {
	return map[string]any{
		"appId": appID, "orgId": "66bf00000000000000000001", "appName": "Contracts", "status": "ACTIVE", "appType": "SIGNATURE", "ignisignApiVersion": s.apiVersion,
		"envSettings": map[string]any{
			"PRODUCTION": map[string]any{
				"apiKeys": []any{
					map[string]any{
						"_id": "66bf00000000000000000002", "name": "backend", "isRestricted": false, "displayableSecret": "skv2-displayable-9f3c", "status": "ACTIVE",
					},
				},
				"webhooks": []any{map[string]any{"_id": webhookID, "url": "https://hooks.example.com/ignisign"}},
				"ssoConfigs": []any{map[string]any{
					"_id": "66bf00000000000000000004", "name": "Staff", "type": "OAUTH2", "status": "ACTIVE",
					"settingsOAuth2": map[string]any{"clientId": "staff", "clientSecret": "client-secret-value", "serverUrl": "https://login.example.com"},
				}},
			},
			"DEVELOPMENT": map[string]any{"apiKeys": []any{}},
		},
	}
}

func (s *server) find(id string) map[string]any {
	for _, invitation := range s.invitations {
		if invitation["_id"] == id {
			return invitation
		}
	}
	return nil
}

func (s *server) invite(w http.ResponseWriter, body map[string]any) {
	invitation := map[string]any{
		"_id": fmt.Sprintf("65a0c0ffee0000000000001%d", len(s.invitations)), "email": body["email"], "appId": appID, "status": "PENDING", "roles": body["roles"],
	}
	s.invitations = append(s.invitations, invitation)
	s.mails = append(s.mails, body["email"].(string))
	reply(w, invitation)
}

func (s *server) change(w http.ResponseWriter, method, id string, body map[string]any) {
	id, isResend := strings.CutSuffix(id, "/resend")
	invitation := s.find(id)
	switch {
	case invitation == nil || invitation["status"] != "PENDING":
		refuse(w, http.StatusBadRequest, "NO_PENDING_USER_INVITATION")
		return
	case isResend && method == http.MethodPost:
		s.mails = append(s.mails, invitation["email"].(string))
	case method == http.MethodPut:
		invitation["roles"] = body["roles"]
	case method == http.MethodDelete:
		invitation["status"] = "CANCELED"
	default:
		refuse(w, http.StatusMethodNotAllowed, "NOT_YET_IMPLEMENTED")
		return
	}
	reply(w, invitation)
}

// page answers two events a page.
func (s *server) page(w http.ResponseWriter, r *http.Request) {
	var number int
	_, _ = fmt.Sscan(r.URL.Query().Get("page"), &number)
	number -= s.firstPage
	if number < 0 {
		refuse(w, http.StatusBadRequest, "QUERY_VALIDATION_FAILED")
		return
	}
	from := min(2*number, len(s.events))
	reply(w, map[string]any{
		"events":     s.events[from:min(from+2, len(s.events))],
		"searchData": map[string]any{"total": len(s.events), "page": number, "nbEventsPerPage": 2},
	})
}

// count returns how many requests of a route there were.
func (s *server) count(route string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, request := range s.requests {
		if request == route {
			n++
		}
	}
	return n
}
