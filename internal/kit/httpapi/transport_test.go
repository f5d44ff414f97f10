package httpapi_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

func TestCutConnections(t *testing.T) {
	for name, f := range map[string]fault{"before the answer": {cut: true}, "in the answer": {cutBody: true}} {
		t.Run(name, func(t *testing.T) {
			s := listen(t)
			for _, of := range []string{"GET /Things", "POST /Things/1/Edit", "POST /Things"} {
				f.of, f.times = of, 1
				s.inject(f)
			}
			s.inFakeTime(t, func(t *testing.T) {
				s.must(s.do(t.Context(), list))
				s.must(s.do(t.Context(), edit))
				err := s.do(t.Context(), create)
				expectError(t, err, "no answer from Example")
				if s.expectRequests(1, "POST /Things"); !answered(t, err).Sent {
					t.Errorf("the server may have acted: %v", err)
				}
			})
		})
	}
}

func TestHeadersAndBody(t *testing.T) {
	s := inProcess(t)
	var seen []*http.Request
	var bodies []string
	s.Before = func(r *http.Request) {
		body, err := io.ReadAll(cmp.Or[io.ReadCloser](r.Body, http.NoBody))
		s.check(err)
		seen, bodies = append(seen, r), append(bodies, string(body))
	}
	for _, request := range []httpapi.Request{list, edit, create} {
		s.must(s.do(t.Context(), request))
	}
	ids := map[string]bool{}
	for _, r := range seen {
		want := map[string]string{
			"Authorization": "Bearer " + token, "Accept": "application/json", "Content-Type": "application/json", "User-Agent": "test",
		}
		for name, value := range want {
			if got := r.Header.Values(name); !slices.Equal(got, []string{value}) {
				t.Errorf("%s: the header %s is %q", r.URL, name, got)
			}
		}
		ids[r.Header.Get("X-Request-ID")] = true
		if !strings.HasPrefix(r.URL.String(), "http://127.0.0.1:9/Api/v1/acme/") {
			t.Errorf("the URL is %s", r.URL)
		}
	}
	if len(ids) != len(seen) || ids[""] {
		t.Errorf("%d requests have the ids %v", len(seen), ids)
	}
	if want := []string{"", `{"name":"secret-plan"}`, "{}"}; !slices.Equal(bodies, want) {
		t.Errorf("the bodies are %q, want %q", bodies, want)
	}
}

func TestTheTokenGoesToNoOtherHost(t *testing.T) {
	strangers := 0
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		strangers++
		_, _ = w.Write([]byte("[]"))
	}))
	defer stranger.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := listen(t)
		s.inject(fault{status: status, headers: map[string]string{"Location": stranger.URL + "/Api?" + token}})
		host := strings.TrimPrefix(stranger.URL, "http://")
		for name, request := range map[string]httpapi.Request{"reading": list, "editing": edit, "creating": create} {
			t.Run(fmt.Sprint(status, " ", name), func(t *testing.T) {
				expectError(t, s.do(t.Context(), request), fmt.Sprint(status), host, "not followed", "Check api_url")
			})
		}
	}
	if strangers > 0 {
		t.Errorf("%d requests went to another host", strangers)
	}
}

func TestEchoesOfTheTokenAreHidden(t *testing.T) {
	escaped := strings.NewReplacer("+", `\u002B`, "=", `\u003D`, "/", `\/`)
	const token = "ab+cd/efg=="
	tests := map[string]struct{ contentType, body, want string }{
		"problem": {
			"application/problem+json",
			`{"title":"Bearer ` + token + `","detail":"` + token + ` is wrong","fields":{"` + token + `":["` + token + `"]},"traceId":"` + token + `"}`,
			"(token) is wrong",
		},
		"escaped":          {"application/problem+json", `{"detail":"` + escaped.Replace(token) + ` is wrong"}`, "(token) is wrong"},
		"escaped in lower": {"application/problem+json", `{"detail":"` + strings.ToLower(escaped.Replace(token)) + ` is wrong"}`, "(token) is wrong"},
		"percent":          {"text/plain", "GET /?token=ab%2Bcd%2fefg%3D= is wrong", "token=(token) is wrong"},
		"plain":            {"text/plain", "the token '" + token + "' is wrong", "'(token)' is wrong"},
		"at the cut":       {"text/plain", strings.Repeat("x", 295) + token, "xxx"},
		"odd JSON":         {"application/json", `["` + escaped.Replace(token) + `"]`, "(token)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := inProcess(t)
			s.config.Secret = token
			var logged []map[string]any
			s.config.Log = func(_ context.Context, _ string, fields map[string]any) { logged = append(logged, fields) }
			s.restart()
			s.inject(fault{status: 400, headers: map[string]string{"Content-Type": test.contentType}, body: test.body})
			err := s.do(t.Context(), list)
			expectError(t, err, test.want)
			text := fmt.Sprintf("%v %+v %v", err, answered(t, err), logged)
			for _, part := range []string{token, token[:5], escaped.Replace(token)} {
				if strings.Contains(text, part) {
					t.Errorf("%q is in %s", part, text)
				}
			}
			if len(logged) == 0 {
				t.Error("nothing was logged")
			}
		})
	}
}

// An error about a malformed answer quotes it.
func TestEchoesOfTheTokenInMalformedAnswersAreHidden(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = fmt.Fprintf(conn, "%s\r\n\r\n", r.Header.Get("Authorization"))
			_ = conn.Close()
		}
	}))
	defer server.Close()
	c := config(server.URL)
	c.RetryBudget = -1
	c.Log = func(_ context.Context, _ string, fields map[string]any) {
		if text := fmt.Sprint(fields); strings.Contains(text, token) {
			t.Errorf("the log has the token: %s", text)
		}
	}
	client, err := httpapi.New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = client.Do(t.Context(), list)
	expectError(t, err, "malformed HTTP", "(token)")
	_, _, err = client.Do(t.Context(), create)
	expectError(t, err, "malformed HTTP", "(token)")
}

// A 429 to one of many parallel requests holds back all of them.
func TestTooManyRequestsHoldsBackAll(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := inProcess(t)
		s.inject(fault{of: "GET /Others", status: 429, times: 1, headers: map[string]string{"Retry-After": "30"}})
		started := time.Now()
		var group sync.WaitGroup
		group.Go(func() { s.check(s.do(t.Context(), other)) })
		synctest.Wait()
		s.expectRequests(1)
		for _, request := range []httpapi.Request{list, list, edit, create, other} {
			group.Go(func() { s.check(s.do(t.Context(), request)) })
		}
		time.Sleep(29 * time.Second)
		synctest.Wait()
		s.expectRequests(1)
		group.Wait()
		if waited := time.Since(started); waited > 31*time.Second {
			t.Errorf("it took %s", waited)
		}
		s.expectRequests(2, "GET /Things")
	})
}

// A longer pause is kept, though a shorter one is asked for after it.
func TestTheLongestPauseCounts(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := inProcess(t)
		release := make(chan struct{})
		s.inject(fault{of: "GET /Things", status: 429, times: 1, headers: map[string]string{"Retry-After": "60"}})
		s.inject(fault{
			of: "GET /Others", status: 429, times: 1, headers: map[string]string{"Retry-After": "1"},
			before: func() { <-release },
		})
		var group sync.WaitGroup
		group.Go(func() { s.check(s.do(t.Context(), other)) })
		synctest.Wait()
		group.Go(func() { s.check(s.do(t.Context(), list)) })
		synctest.Wait()
		close(release)
		time.Sleep(59 * time.Second)
		synctest.Wait()
		s.expectRequests(2)
		group.Wait()
		s.expectRequests(4)
	})
}

// A busy machine costs a connection now and then: net/http gives one up on which the server
// answers 50 ms before net/http hears that it wrote the request.
func TestConnectionsAreUsedAgain(t *testing.T) {
	s := listen(t)
	for range 5 {
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() { s.check(s.do(t.Context(), list)) })
			group.Go(func() { s.check(s.do(t.Context(), edit)) })
			group.Go(func() { s.check(s.do(t.Context(), create)) })
		}
		group.Wait()
	}
	if s.connections > s.count()/10 {
		t.Errorf("%d connections for %d requests", s.connections, s.count())
	}
}

// There is no use in waiting if Example asks for more time than there is.
func TestAPauseBeyondTheBudgetEndsAtOnce(t *testing.T) {
	for _, retryAfter := range []string{"601", "86400", "9300000000", "99999999999999", "Sat, 01 Jan 2000 01:00:00 GMT"} {
		t.Run(retryAfter, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				s := inProcess(t)
				s.inject(fault{of: "GET /Things", status: 429, body: "slow down", headers: map[string]string{"Retry-After": retryAfter}})
				started := time.Now()
				err := s.do(t.Context(), list)
				expectError(t, err, "429 Too Many Requests", "slow down")
				// Nor is there for those that would have to wait at the gate.
				err = s.do(t.Context(), other)
				expectError(t, err, "Example asked to wait for")
				err = s.do(t.Context(), create)
				expectError(t, err, "Example asked to wait for")
				expectNotSent(t, err)
				if waited := time.Since(started); waited > 0 {
					t.Errorf("it took %s", waited)
				}
				s.expectRequests(1)
			})
		})
	}
}

func TestThePauseIsOver(t *testing.T) {
	for _, retryAfter := range []string{"0", "-5", "soon", "", "Fri, 31 Dec 1999 00:00:00 GMT"} {
		t.Run(retryAfter, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				s := inProcess(t)
				s.inject(fault{status: 429, times: 2, headers: map[string]string{"Retry-After": retryAfter}})
				started := time.Now()
				s.must(s.do(t.Context(), list))
				if waited := time.Since(started); waited > 2*time.Second {
					t.Errorf("it took %s", waited)
				}
			})
		})
	}
}

// The waits between attempts grow, so that a server that is down is not hammered
// by everyone who waits for it.
func TestAttemptsBecomeRare(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := inProcess(t)
		s.inject(fault{status: 503})
		var attempts []time.Time
		s.Before = func(*http.Request) { attempts = append(attempts, time.Now()) }
		expectError(t, s.do(t.Context(), list), "gave up after 10m0s")
		longest := 500 * time.Millisecond
		for i := 1; i < len(attempts); i++ {
			wait := attempts[i].Sub(attempts[i-1])
			if wait < longest/2 || wait > longest {
				t.Errorf("the wait before attempt %d is %s, want between %s and %s", i+1, wait, longest/2, longest)
			}
			longest = min(2*longest, 30*time.Second)
		}
		if last := attempts[len(attempts)-1].Sub(attempts[0]); last < 9*time.Minute {
			t.Errorf("the last attempt was after %s", last)
		}
	})
}

func TestTheBudgetIsTheOnlyLimit(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := inProcess(t)
		s.config.RetryBudget = 20 * time.Second
		s.restart()
		s.inject(fault{cut: true})
		err := s.do(t.Context(), list)
		expectError(t, err, "no answer from Example: EOF (gave up after 20s")
		started := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		// The caller's own limit is not the budget.
		err = s.do(ctx, edit)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(started) != 5*time.Second {
			t.Errorf("after %s: %v", time.Since(started), err)
		}
	})
}

func TestOneAttemptIsBounded(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := inProcess(t)
		s.inject(fault{of: "GET /Things", delay: time.Hour, times: 1})
		started := time.Now()
		s.must(s.do(t.Context(), list))
		if waited := time.Since(started); waited < 30*time.Second || waited > 31*time.Second {
			t.Errorf("it took %s", waited)
		}
		s.expectRequests(2)
		s.inject(fault{of: "GET /Others", delay: time.Hour})
		expectError(t, s.do(t.Context(), other), "attempt timed out after 30s (gave up after 10m0s")
	})
}

// A create that waited and was then cancelled was never sent.
func TestWhatWasNotSentIsNotLost(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := inProcess(t)
		s.inject(fault{of: "GET /Things", status: 429, times: 1, headers: map[string]string{"Retry-After": "60"}})
		go func() { _ = s.do(t.Context(), list) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 120*time.Second)
		time.AfterFunc(10*time.Second, cancel)
		err := s.do(ctx, create)
		if !errors.Is(err, context.Canceled) || answered(t, err).Sent {
			t.Errorf("got %v", err)
		}
		s.expectRequests(0, "POST /Things")
	})
}

// nobody is an address at which nobody listens. No system gives that port away; one
// that was free a moment ago may be another test's.
const nobody = "127.0.0.1:1"

// Nobody listens, so nothing was sent, and a create may be tried again.
func TestServerThatIsDown(t *testing.T) {
	s := newServer(t)
	s.config.URL = "http://" + nobody
	s.config.RetryBudget = time.Second
	s.inFakeTime(t, func(t *testing.T) {
		err := s.do(t.Context(), list)
		expectError(t, err, "no answer from Example", "connect", "(gave up after 1s")
		err = s.do(t.Context(), create)
		expectError(t, err, "no answer from Example", "connect", "(gave up after 1s")
		expectNotSent(t, err)
	})
}

// The time ends before there is a connection: during a TLS handshake that never
// goes on, or while a proxy makes up its mind. A create that timed out there is
// tried again, and one that was given up is not lost.
func TestNothingIsSentWithoutAConnection(t *testing.T) {
	const impatient = 100 * time.Millisecond // Of real time, because there is a connection.
	for name, c := range map[string]struct {
		setup       func(c *httpapi.Config, silent string)
		connections int32
	}{
		"handshake": {func(c *httpapi.Config, silent string) { c.URL, c.RetryBudget = "https://"+silent, impatient }, 1},
		"proxy": {func(c *httpapi.Config, silent string) {
			c.URL, c.ProxyURL, c.RetryBudget = "https://api.example.com", silent, impatient
		}, 1},
		"again": {func(c *httpapi.Config, silent string) { c.URL, c.AttemptTimeout = "https://"+silent, impatient }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			silent := acceptAndKeep(t, func(connections int32) {
				if connections > 1 {
					cancel()
				}
			})
			settings := config("")
			c.setup(&settings, silent.Addr().String())
			client, err := httpapi.New(settings)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = client.Do(ctx, create)
			expectError(t, err, "no answer from Example")
			expectNotSent(t, err)
			if got := silent.accepted.Load(); got > c.connections {
				t.Errorf("%d connections, of at most %d", got, c.connections)
			}
		})
	}
}

// silence is a server that accepts connections and says nothing.
type silence struct {
	net.Listener
	accepted atomic.Int32
}

func acceptAndKeep(t *testing.T, onAccept func(connections int32)) *silence {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &silence{Listener: listener}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			defer func() { _ = connection.Close() }()
			onAccept(s.accepted.Add(1))
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-ended
	})
	return s
}

// A certificate does not become valid by asking again, and nothing was sent.
func TestUntrustedCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	c := config(server.URL)
	c.RetryBudget = 2 * time.Second
	client, err := httpapi.New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = client.Do(t.Context(), list)
	expectError(t, err, "no answer from Example", "certificate")
	if strings.Contains(err.Error(), "gave up") {
		t.Errorf("it was tried again: %v", err)
	}
	_, _, err = client.Do(t.Context(), create)
	expectError(t, err, "no answer from Example", "certificate")
	expectNotSent(t, err)
}

// noSuchHost answers as a resolver that does not know the host.
type noSuchHost struct{ asked int }

func (n *noSuchHost) RoundTrip(request *http.Request) (*http.Response, error) {
	n.asked++
	return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: request.URL.Hostname(), IsNotFound: true}}
}

// A misspelled host stays unknown, so it is not asked for again for minutes.
func TestUnknownHost(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		resolver := &noSuchHost{}
		c := config("https://example.invalid")
		c.Transport = resolver
		client, err := httpapi.New(c)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = client.Do(t.Context(), list)
		expectError(t, err, "no answer from Example", "lookup example.invalid: no such host")
		if resolver.asked != 1 {
			t.Errorf("the host was asked for %d times", resolver.asked)
		}
	})
}

func TestLogHasNoSecrets(t *testing.T) {
	s := inProcess(t)
	var lines []string
	s.config.Log = func(_ context.Context, message string, fields map[string]any) {
		lines = append(lines, fmt.Sprint(message, fields))
	}
	s.restart()
	s.inject(fault{of: "POST /Things", status: 201, body: `{"apiToken":"x"}`})
	s.must(s.do(t.Context(), create))
	s.must(s.do(t.Context(), edit))
	if len(lines) != 2 || !strings.Contains(lines[0], "Example request") || !strings.Contains(lines[0], "POST /Things") ||
		!strings.Contains(lines[0], "status:201") {
		t.Errorf("got %q", lines)
	}
	for _, line := range lines {
		if strings.Contains(line, token) || strings.Contains(line, "secret-plan") || strings.Contains(line, "apiToken") {
			t.Errorf("the log has more than it should: %s", line)
		}
	}
}
