package api_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/wire"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
)

const (
	clientID     = "org-round-apple-123"
	clientSecret = "a-client-secret/with+special=characters"
	organisation = "o-p-BBBBBBBBBBBBBBBBBBBB"
	production   = "a-ppge-AAAAAAAAAAAAAAAAAAAA"
	sandbox      = "a-spge-CCCCCCCCCCCCCCCCCCCC"
	baseURL      = "https://api.example.com"
)

// jwt returns a token with claims, whose signature nobody checks.
func jwt(claims string) string {
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	return encode(`{"alg":"RS256"}`) + "." + encode(claims) + "." + encode("signature")
}

// A request is one that the server got.
type request struct {
	route, body string
	query       url.Values
	header      http.Header
}

// A server answers as the contract says, as far as these tests need it.
type server struct {
	t *testing.T
	*wire.Wire
	mutex    sync.Mutex
	requests []request
	// answers are the bodies by route, of the first request and so on; the last is repeated.
	answers map[string][]string
	// fault befalls requests of a route: the first, or all.
	route string
	fault *testkit.FaultCase
	hit   int
	// acted counts by route how often the server carried a request out.
	acted map[string]int
}

const (
	routeToken    = "POST /auth/open/connect/token"
	routeAccounts = "GET /account-management/accounts"
	routeMetadata = "GET /audit/query/metadata"
	routeQuery    = "POST /audit/query"
)

func newServer(t *testing.T) *server {
	s := &server{t: t, acted: map[string]int{}, answers: map[string][]string{
		routeToken:    {fmt.Sprintf(`{"access_token":%q,"expires_in":3600,"token_type":"Bearer"}`, jwt(`{"account_id":"`+production+`"}`))},
		routeAccounts: {`{"data":[{"id":"` + production + `","name":"Shop"}],"next":null}`},
		routeMetadata: {`{"extended":false,"targets":["a"]}`},
		routeQuery:    {`{"data":[{"cursor":"c1","timestamp":"2026-11-20T09:00:00Z"}],"next":null}`},
	}}
	s.Wire = &wire.Wire{Handler: s}
	return s
}

func (s *server) client() *api.Client {
	s.t.Helper()
	return s.clientWith(func(*api.Config) {})
}

func (s *server) clientWith(change func(*api.Config)) *api.Client {
	s.t.Helper()
	config := api.Config{
		Config:   httpapi.Config{URL: baseURL, Secret: clientSecret, Transport: s.Wire},
		ClientID: clientID, OrganisationID: organisation,
	}
	change(&config)
	client, err := api.New(config)
	if err != nil {
		s.t.Fatal(err)
	}
	return client
}

// on lets a fault befall requests of a route.
func (s *server) on(route string, fault testkit.FaultCase) { s.route, s.fault = route, &fault }

// sent returns the requests of a route.
func (s *server) sent(route string) []request {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.DeleteFunc(slices.Clone(s.requests), func(r request) bool { return r.route != route })
}

// ServeHTTP implements [http.Handler].
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Host != "api.example.com" {
		s.t.Errorf("a request went to %s", r.Host)
	}
	route := r.Method + " " + r.URL.EscapedPath()
	var body strings.Builder
	_ = r.Write(&body) // With the head, of which the header is looked at alone.
	_, content, _ := strings.Cut(body.String(), "\r\n\r\n")
	s.mutex.Lock()
	before := len(slices.DeleteFunc(slices.Clone(s.requests), func(r request) bool { return r.route != route }))
	s.requests = append(s.requests, request{route, content, r.URL.Query(), r.Header.Clone()})
	isHit := s.fault != nil && s.route == route && (s.fault.Always || s.hit == 0)
	if isHit {
		s.hit++
	}
	s.mutex.Unlock()
	act := func() *httptest.ResponseRecorder {
		answer := httptest.NewRecorder()
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.acted[route]++
		answers := s.answers[route]
		if len(answers) == 0 {
			answer.WriteHeader(http.StatusNotFound)
			return answer
		}
		text := answers[min(before, len(answers)-1)]
		if isHit {
			before-- // What the client did not get comes again.
		}
		_, _ = answer.WriteString(text)
		return answer
	}
	if isHit {
		s.fail(w, act)
		return
	}
	answer := act()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// fail does to a request what the fault says.
func (s *server) fail(w http.ResponseWriter, act func() *httptest.ResponseRecorder) {
	fault := s.fault
	body := fault.Body
	if fault.BodyBytes > 0 {
		body = strings.Repeat("x", fault.BodyBytes)
	}
	status := fault.Status
	for name, value := range fault.Headers {
		w.Header().Set(name, value)
	}
	switch fault.Kind {
	case testkit.FaultDelay:
		time.Sleep(fault.Delay)
		status, body = http.StatusOK, act().Body.String()
	case testkit.FaultCutBeforeActing:
		panic(http.ErrAbortHandler)
	case testkit.FaultCutAfterActing:
		act()
		panic(http.ErrAbortHandler)
	case testkit.FaultCutBody:
		whole := act().Body.String()
		w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
		status, body = http.StatusOK, whole[:len(whole)/2]
	case testkit.FaultMalformedBody:
		whole := act().Body.String()
		if status = http.StatusOK; body == "" {
			body = whole[:len(whole)/2]
		}
	case testkit.FaultAnswerAfterActing:
		act()
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// inFakeTime runs a test in which waits cost nothing.
func inFakeTime(t *testing.T, test func(*testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(time.Hour)
		test(t)
	})
}

// expectError checks that there is an error, that it says something, and that it has no secret in it.
func expectError(t *testing.T, err error, says ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("it succeeded, but should say %q", says)
	}
	told := err.Error()
	var failure *httpapi.Error
	if errors.As(err, &failure) {
		_, advice := failure.Explain(httpapi.Audience{
			Spell: func(f httpapi.Field) string { return f.String() }, Run: "it", Token: "Give another.", Forbidden: api.ForbiddenAdvice,
		})
		told += "\n" + advice
	}
	for _, words := range says {
		if !strings.Contains(told, words) {
			t.Errorf("it does not say %q: %s", words, told)
		}
	}
	for _, secret := range []string{clientSecret, url.QueryEscape(clientSecret), "eyJhbGciOiJSUzI1NiJ9"} {
		if strings.Contains(told, secret) {
			t.Errorf("it shows a secret: %s", told)
		}
	}
}

// calls are all uses of the client that ask something, by the route that they ask.
func calls() map[string]func(context.Context, *api.Client) (any, error) {
	return map[string]func(context.Context, *api.Client) (any, error){
		routeToken:    func(ctx context.Context, c *api.Client) (any, error) { return c.Accounts(ctx, false) },
		routeAccounts: func(ctx context.Context, c *api.Client) (any, error) { return c.AllAccounts(ctx) },
		routeMetadata: func(ctx context.Context, c *api.Client) (any, error) { return c.AuditMetadata(ctx) },
		routeQuery:    func(ctx context.Context, c *api.Client) (any, error) { return c.Events(ctx, api.EventQuery{}) },
	}
}

// spell shows what a call returned.
func spell(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
