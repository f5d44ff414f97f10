package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/wire"
)

// token has the characters of base64 that JSON encoders like to escape.
const token = "bW9jay10b2tlbi1vbmx5LWZvci1kZW1vLW5vLXZhbHU="

// The settings of a made-up vendor.
const (
	fieldToken     httpapi.Field = "api_token"
	fieldTokenFile httpapi.Field = "token_file"
)

// service is a made-up vendor's.
var service = httpapi.Service{
	Name:       "Example",
	DefaultURL: "https://app.example.com/Api",
	URLEnding:  "/v1",
	Environment: map[httpapi.Field]string{
		httpapi.FieldURL: "EXAMPLE_API_URL", fieldToken: "EXAMPLE_API_TOKEN", fieldTokenFile: "EXAMPLE_API_TOKEN_FILE",
		httpapi.FieldRequestTimeout: "EXAMPLE_TIMEOUT", httpapi.FieldRetryTimeout: "EXAMPLE_RETRY",
	},
	Secret: httpapi.Secret{
		Field: fieldToken, File: fieldTokenFile, Noun: "API token", Wanted: "the token of a robot",
		Refused: "The token is wrong, was regenerated since, is that of another installation, or its user is inactive.",
		Refuse: func(token string) string {
			if strings.Contains(token, ":") {
				return "A token of ours has no colon."
			}
			return ""
		},
	},
	UnusableAdvice: "Tell us.",
	NotFound:       "We answer 403.",
	ReadProblem: func(body []byte) (p httpapi.Problem) {
		if json.Unmarshal(body, &p) != nil {
			return httpapi.Problem{}
		}
		return p
	},
}

func config(url string) httpapi.Config {
	return httpapi.Config{Service: service, URL: url, Secret: token, UserAgent: "test"}
}

// The requests of these tests. All have the same base.
const base = "/v1/acme"

var (
	list   = httpapi.Request{Method: http.MethodGet, Base: base, Path: "/Things"}
	other  = httpapi.Request{Method: http.MethodGet, Base: base, Path: "/Others"}
	edit   = httpapi.Request{Method: http.MethodPost, Base: base, Path: "/Things/1/Edit", Body: map[string]string{"name": "secret-plan"}}
	create = httpapi.Request{Method: http.MethodPost, Base: base, Path: "/Things", Class: httpapi.Once}
)

// A fault is what happens in the place of an answer, or before it.
type fault struct {
	// of is the request that it happens to, as "GET /Things"; empty for every one.
	of string
	// times is how often it happens; 0 is always.
	times int
	// delay is waited for before whatever else.
	delay time.Duration
	// before is called before whatever else.
	before func()
	// status is answered, with the headers and the body; 0 for no such answer.
	status  int
	headers map[string]string
	body    string
	// cut breaks the connection before the answer, cutBody in the middle of it.
	cut, cutBody bool
}

// answerOnce is a fault that answers one request.
func answerOnce(status int, headers map[string]string) fault {
	return fault{status: status, times: 1, headers: headers}
}

// A server answers every request with an empty list, but for its faults.
type server struct {
	*wire.Wire
	t      testing.TB
	config httpapi.Config
	client *httpapi.Client

	mu          sync.Mutex
	latency     time.Duration
	faults      []*fault
	requests    []string
	now, atOnce int
	connections int
}

func newServer(t testing.TB) *server {
	t.Helper()
	s := &server{t: t, config: config("http://127.0.0.1:9/Api")}
	s.Wire = &wire.Wire{Handler: s}
	return s
}

// inProcess makes a server that is called without a network.
func inProcess(t testing.TB) *server {
	t.Helper()
	s := newServer(t)
	s.config.Transport = s.Wire
	s.restart()
	return s
}

// listen starts a server on the loopback interface.
func listen(t testing.TB) *server {
	t.Helper()
	s := newServer(t)
	open := httptest.NewUnstartedServer(s)
	open.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.connections++
		}
	}
	open.Start()
	t.Cleanup(open.Close)
	s.config.URL = open.URL + "/Api"
	s.restart()
	return s
}

// restart makes a new client.
func (s *server) restart() {
	s.t.Helper()
	client, err := httpapi.New(s.config)
	s.must(err)
	s.client = client
}

func (s *server) do(ctx context.Context, r httpapi.Request) error {
	_, _, err := s.client.Do(ctx, r)
	return err
}

func (s *server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// check is must for goroutines, which cannot end the test.
func (s *server) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Error(err)
	}
}

func (s *server) inject(f fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

func (s *server) clearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// count returns how many requests came, or how many of one.
func (s *server) count(of ...string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, request := range s.requests {
		if len(of) == 0 || request == of[0] {
			n++
		}
	}
	return n
}

func (s *server) expectRequests(want int, of ...string) {
	s.t.Helper()
	if got := s.count(of...); got != want {
		s.t.Errorf("%d requests %q, want %d", got, of, want)
	}
}

// ServeHTTP implements [http.Handler].
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	what := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/Api"+base)
	f, latency := s.enter(what)
	defer s.leave()
	time.Sleep(latency)
	if f.before != nil {
		f.before()
	}
	select {
	case <-time.After(f.delay):
	case <-r.Context().Done():
		return
	}
	for name, value := range f.headers {
		w.Header().Set(name, value)
	}
	switch {
	case f.cut:
		panic(http.ErrAbortHandler)
	case f.cutBody:
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("["))
		panic(http.ErrAbortHandler)
	case f.status != 0:
		w.WriteHeader(f.status)
		_, _ = w.Write([]byte(f.body))
	default:
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write([]byte("[]"))
	}
}

func (s *server) enter(what string) (fault, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, what)
	s.now++
	s.atOnce = max(s.atOnce, s.now)
	for i, f := range s.faults {
		if f.of != "" && f.of != what {
			continue
		}
		if f.times--; f.times == 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		return *f, s.latency
	}
	return fault{}, s.latency
}

func (s *server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now--
}

// expectError checks that err is there and has all the words, and never the
// token.
func expectError(t testing.TB, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("there is no error; want one with %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error lacks %q: %v", word, err)
		}
	}
	if strings.Contains(err.Error(), token) {
		t.Errorf("the error has the token: %v", err)
	}
}

func answered(t testing.TB, err error) *httpapi.Error {
	t.Helper()
	var failure *httpapi.Error
	if !errors.As(err, &failure) {
		t.Fatalf("the error is no answer: %v", err)
	}
	return failure
}

// expectNotSent checks that the server certainly did not act.
func expectNotSent(t testing.TB, err error) {
	t.Helper()
	if answered(t, err).Sent {
		t.Errorf("what was never sent may have been acted on: %v", err)
	}
}

// inFakeTime is [inFakeTime] for a new client that calls the server over the network.
// Time stands still while a connection is open, and passes while the client waits to send
// again what got none, or lost it. None may be left open in the end.
func (s *server) inFakeTime(t *testing.T, test func(*testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s.t = t
		s.restart()
		test(t)
	})
}

// inFakeTime runs a test in which waiting takes no time, and lets what the client
// has begun come to its end.
func inFakeTime(t *testing.T, test func(*testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(time.Hour)
		test(t)
	})
}
