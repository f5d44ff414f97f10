package api_test

import (
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

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// The cuts of TestRemoteCalls once more, over a real connection.
func TestCutConnections(t *testing.T) {
	for _, action := range []mock.FaultAction{mock.FaultCutBeforeActing, mock.FaultCutAfterActing, mock.FaultCutBody} {
		t.Run(string(action), func(t *testing.T) {
			t.Parallel()
			o := listen(t)
			o.inject(mock.Fault{Route: "GET /Projects/{project}", Action: action, Times: 1})
			o.inject(mock.Fault{Route: editRoute, Action: action, Times: 1})
			o.must(doProject(t.Context(), o))
			o.must(doChangeMembers(t.Context(), o))
		})
	}
}

func TestRequestsAreMadeAsSignPathWantsThem(t *testing.T) {
	o := inProcess(t)
	o.config.UserAgent = "terraform-provider-signpath/1.2.3"
	o.restart()
	var seen []*http.Request
	o.before = func(r *http.Request) { seen = append(seen, r) }
	o.must(doMe(t.Context(), o))
	o.must(doSetActive(builder, false)(t.Context(), o))
	ids := map[string]bool{}
	for _, r := range seen {
		want := map[string]string{
			"Authorization": "Bearer " + demoToken, "Accept": "application/json", "Content-Type": "application/json",
			"User-Agent": "terraform-provider-signpath/1.2.3",
		}
		for name, value := range want {
			if got := r.Header.Values(name); !slices.Equal(got, []string{value}) {
				t.Errorf("%s: the header %s is %q", r.URL, name, got)
			}
		}
		ids[r.Header.Get("X-Request-ID")] = true
		if strings.Contains(r.URL.String(), demoToken) || !strings.HasPrefix(r.URL.Path, "/Api/v1/"+organizationID+"/") {
			t.Errorf("the URL is %s", r.URL)
		}
	}
	if len(ids) != len(seen) || ids[""] {
		t.Errorf("%d requests have the ids %v", len(seen), ids)
	}
	// Servers before 1.179.0 refuse an empty body.
	if posts := o.Requests("POST *"); len(posts) != 1 || posts[0].RequestBody != "{}" {
		t.Errorf("got %+v", posts)
	}
}

func TestSlugsAreEscaped(t *testing.T) {
	demo := seed()
	demo.Projects = append(demo.Projects, mock.ProjectSeed{
		Slug: "v2.4/Größe ?#%2F", Name: "Odd", SigningPolicies: []mock.SigningPolicySeed{{Slug: "Release_{policy}", Name: "Odd"}},
	})
	o := listenWith(t, demo)
	got, err := o.client.SigningPolicy(t.Context(), "v2.4/Größe ?#%2F", "Release_{policy}")
	if err != nil || got.Slug != "Release_{policy}" {
		t.Errorf("got %+v, %v", got, err)
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
		o := listen(t)
		o.inject(mock.Fault{Action: mock.FaultAnswer, Status: status, Headers: map[string]string{"Location": stranger.URL + "/Api?" + demoToken}})
		host := strings.TrimPrefix(stranger.URL, "http://")
		calls := map[string]func() error{
			"GET":       func() error { return doProjects(t.Context(), o) },
			"POST Edit": func() error { return doEditPrincipal(t.Context(), o) },
			"POST creating": func() error {
				return doCreate(access.Principal{Kind: access.KindCIUser, Name: "acme-new"})(t.Context(), o)
			},
		}
		for name, call := range calls {
			t.Run(fmt.Sprint(status, " ", name), func(t *testing.T) {
				expectError(t, call(), fmt.Sprint(status), host, "not followed", "Check api_url")
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
		"problem":          {"application/problem+json", `{"title":"Bearer ` + token + `","detail":"` + token + ` is wrong","errors":{"` + token + `":["` + token + `"]},"traceId":"` + token + `"}`, "(token) is wrong"},
		"escaped":          {"application/problem+json", `{"detail":"` + escaped.Replace(token) + ` is wrong"}`, "(token) is wrong"},
		"escaped in lower": {"application/problem+json", `{"detail":"` + strings.ToLower(escaped.Replace(token)) + ` is wrong"}`, "(token) is wrong"},
		"percent":          {"text/plain", "GET /?token=ab%2Bcd%2fefg%3D= is wrong", "token=(token) is wrong"},
		"plain":            {"text/plain", "the token '" + token + "' is wrong", "'(token)' is wrong"},
		"at the cut":       {"text/plain", strings.Repeat("x", 295) + token, "xxx"},
		"odd JSON":         {"application/json", `["` + escaped.Replace(token) + `"]`, "(token)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := inProcess(t)
			o.config.Token = token
			var logged []map[string]any
			o.config.Log = func(_ context.Context, _ string, fields map[string]any) { logged = append(logged, fields) }
			o.restart()
			o.inject(mock.Fault{Action: mock.FaultAnswer, Status: 400, Headers: map[string]string{"Content-Type": test.contentType}, Body: test.body})
			_, err := o.client.Projects(t.Context())
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
		if text := fmt.Sprint(fields); strings.Contains(text, demoToken) {
			t.Errorf("the log has the token: %s", text)
		}
	}
	client, err := api.New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Projects(t.Context())
	expectError(t, err, "malformed HTTP", "(token)")
	_, err = client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
	expectError(t, err, "malformed HTTP", "(token)")
}

func TestSignPathsOwnWords(t *testing.T) {
	long := strings.Repeat("ü", 400)
	tests := map[string]struct{ contentType, body, want string }{
		"validation":     {"application/problem+json", `{"errors":{"Name":["Too short."],"":["All wrong."]},"title":"One or more validation errors occurred.","status":400}`, ": One or more validation errors occurred. All wrong. Name: Too short. (request id"},
		"bare title":     {"application/problem+json", `{"title":"Bad Request","detail":"No."}`, "400 Bad Request: No. (request id"},
		"plain text":     {"text/plain", "You may\n  not.", ": You may not. (request id"},
		"HTML":           {"text/html", "<p>Blocked</p>", "may come from a proxy"},
		"HTML unlabeled": {"", "<!DOCTYPE html><p>Blocked</p>", "may come from a proxy"},
		"a gateway's":    {"application/json", `{"statusCode":401,"message":"Missing key"}`, `: {"statusCode":401,"message":"Missing key"} (request id`},
		"odd errors":     {"application/json", `{"title":"No","errors":["Too short."]}`, `Too short.`},
		"nothing":        {"", "", "SignPath answered 400 Bad Request (request id"},
		"binary":         {"", "\xff\xfe\x00", "SignPath answered 400 Bad Request (request id"},
		"long":           {"text/plain", long, strings.Repeat("ü", 150) + "… (request id"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := inProcess(t)
			o.inject(mock.Fault{Action: mock.FaultAnswer, Status: 400, Headers: map[string]string{"Content-Type": test.contentType}, Body: test.body})
			_, err := o.client.Projects(t.Context())
			expectError(t, err, "GET /Projects: SignPath answered 400 Bad Request", test.want)
			if strings.Contains(err.Error(), "<") {
				t.Errorf("the error quotes HTML: %v", err)
			}
		})
	}
}

// A 429 to one of many parallel requests holds back all of them.
func TestTooManyRequestsHoldsBackAll(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Route: "GET /Organization", Action: mock.FaultAnswer, Status: 429, Times: 1, Headers: map[string]string{"Retry-After": "30"}})
		started := time.Now()
		var group sync.WaitGroup
		group.Go(func() { o.check(doOrganization(t.Context(), o)) })
		synctest.Wait()
		o.expectRequests(1)
		for _, do := range []func(context.Context, *organization) error{doProjects, doProject, doMe, doResolve, doChangeMembers} {
			group.Go(func() { o.check(do(t.Context(), o)) })
		}
		time.Sleep(29 * time.Second)
		synctest.Wait()
		o.expectRequests(1)
		group.Wait()
		if waited := time.Since(started); waited > 31*time.Second {
			t.Errorf("it took %s", waited)
		}
		o.expectRequests(1, "GET /Projects")
	})
}

// A longer pause is kept, though a shorter one is asked for after it.
func TestTheLongestPauseCounts(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		release := make(chan struct{})
		o.inject(mock.Fault{Route: "GET /Projects", Action: mock.FaultAnswer, Status: 429, Times: 1, Headers: map[string]string{"Retry-After": "60"}})
		o.inject(mock.Fault{
			Route: "GET /Organization", Action: mock.FaultAnswer, Status: 429, Times: 1, Headers: map[string]string{"Retry-After": "1"},
			Before: func() { <-release },
		})
		var group sync.WaitGroup
		group.Go(func() { o.check(doOrganization(t.Context(), o)) })
		synctest.Wait()
		group.Go(func() { o.check(doProjects(t.Context(), o)) })
		synctest.Wait()
		close(release)
		time.Sleep(59 * time.Second)
		synctest.Wait()
		o.expectRequests(2)
		group.Wait()
		o.expectRequests(4)
	})
}

func TestAtMostTenRequestsAtOnce(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.SetLatency(time.Second)
		var group sync.WaitGroup
		for i := range 40 {
			group.Go(func() {
				_, err := o.client.Principal(t.Context(), access.KindCIUser, fmt.Sprintf("1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d%04d", i))
				if !api.IsGone(err) {
					t.Errorf("got %v", err)
				}
			})
		}
		group.Wait()
		if got := o.MaxConcurrentRequests(); got != 10 {
			t.Errorf("%d requests at once", got)
		}
	})
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	o := listen(t)
	for range 5 {
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() { o.check(doEditPrincipal(t.Context(), o)) })
			group.Go(func() { o.check(doChangeMembers(t.Context(), o)) })
			group.Go(func() { o.check(doSetActive(builder, false)(t.Context(), o)) })
		}
		group.Wait()
	}
	if got := o.Connections(); got > 10 {
		t.Errorf("%d connections for %d requests", got, o.CountRequests())
	}
}

// There is no use in waiting if SignPath asks for more time than there is.
func TestAPauseBeyondTheBudgetEndsAtOnce(t *testing.T) {
	for _, retryAfter := range []string{"601", "86400", "9300000000", "99999999999999", "Sat, 01 Jan 2000 01:00:00 GMT"} {
		t.Run(retryAfter, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				o.inject(mock.Fault{Route: "GET /Projects", Action: mock.FaultAnswer, Status: 429, Body: "slow down", Headers: map[string]string{"Retry-After": retryAfter}})
				started := time.Now()
				err := doProjects(t.Context(), o)
				expectError(t, err, "429 Too Many Requests", "slow down")
				// Nor is there for those that would have to wait at the gate.
				err = doOrganization(t.Context(), o)
				expectError(t, err, "SignPath asked to wait for")
				_, err = o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
				expectError(t, err, "SignPath asked to wait for")
				var lost *api.LostCreateError
				if errors.As(err, &lost) {
					t.Errorf("what was never sent counts as lost: %v", err)
				}
				if waited := time.Since(started); waited > 0 {
					t.Errorf("it took %s", waited)
				}
				o.expectRequests(1)
			})
		})
	}
}

func TestThePauseIsOver(t *testing.T) {
	for _, retryAfter := range []string{"0", "-5", "soon", "", "Fri, 31 Dec 1999 00:00:00 GMT"} {
		t.Run(retryAfter, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				o.inject(mock.Fault{Action: mock.FaultAnswer, Status: 429, Times: 2, Headers: map[string]string{"Retry-After": retryAfter}})
				started := time.Now()
				o.must(doProjects(t.Context(), o))
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
		o := inProcess(t)
		o.inject(mock.Fault{Action: mock.FaultAnswer, Status: 503})
		var attempts []time.Time
		o.before = func(*http.Request) { attempts = append(attempts, time.Now()) }
		expectError(t, doProjects(t.Context(), o), "gave up after 10m0s")
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
		o := inProcess(t)
		o.config.RetryBudget = 20 * time.Second
		o.restart()
		o.inject(mock.Fault{Action: mock.FaultCutBeforeActing})
		err := doProjects(t.Context(), o)
		expectError(t, err, "no answer from SignPath: EOF (gave up after 20s")
		started := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		// The caller's own limit is not the budget.
		err = doChangeMembers(ctx, o)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(started) != 5*time.Second {
			t.Errorf("after %s: %v", time.Since(started), err)
		}
	})
}

func TestOneAttemptIsBounded(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Route: "GET /Projects", Action: mock.FaultDelay, DelayMilliseconds: 3_600_000, Times: 1})
		started := time.Now()
		o.must(doProjects(t.Context(), o))
		if waited := time.Since(started); waited < 30*time.Second || waited > 31*time.Second {
			t.Errorf("it took %s", waited)
		}
		o.expectRequests(2)
		o.inject(mock.Fault{Route: "GET /Organization", Action: mock.FaultDelay, DelayMilliseconds: 3_600_000})
		expectError(t, doOrganization(t.Context(), o), "attempt timed out after 30s (gave up after 10m0s")
	})
}

func TestCancellingEndsEveryWait(t *testing.T) {
	newCIUser := access.Principal{Kind: access.KindCIUser, Name: "acme-new"}
	waits := map[string]mock.Fault{
		"between attempts": {Action: mock.FaultAnswer, Status: 503, Headers: map[string]string{"Retry-After": "500"}},
		"at the gate":      {Action: mock.FaultAnswer, Status: 429, Headers: map[string]string{"Retry-After": "500"}},
		"for an answer":    {Action: mock.FaultDelay, DelayMilliseconds: 500_000},
	}
	calls := map[string]func(context.Context, *organization) error{
		"reading": doProject, "changing members": doChangeMembers, "editing": doEditPrincipal, "creating": doCreate(newCIUser),
	}
	for wait, fault := range waits {
		for name, call := range calls {
			if name == "creating" && fault.Status == 503 {
				continue // It is not sent again, so there is no wait.
			}
			t.Run(wait+", "+name, func(t *testing.T) {
				inFakeTime(t, func(t *testing.T) {
					o := inProcess(t)
					o.inject(fault)
					ctx, cancel := context.WithCancel(t.Context())
					time.AfterFunc(10*time.Second, cancel)
					started := time.Now()
					err := call(ctx, o)
					if !errors.Is(err, context.Canceled) || time.Since(started) != 10*time.Second {
						t.Errorf("after %s: %v", time.Since(started), err)
					}
				})
			})
		}
	}
}

// A create that waited and was then cancelled was never sent.
func TestWhatWasNotSentIsNotLost(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Route: "GET /Projects", Action: mock.FaultAnswer, Status: 429, Times: 1, Headers: map[string]string{"Retry-After": "60"}})
		go func() { _ = doProjects(t.Context(), o) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 120*time.Second)
		time.AfterFunc(10*time.Second, cancel)
		_, err := o.client.CreatePrincipal(ctx, access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
		var lost *api.LostCreateError
		if !errors.Is(err, context.Canceled) || errors.As(err, &lost) {
			t.Errorf("got %v", err)
		}
		o.expectRequests(0, "POST *", "GET /CIUsers")
	})
}

// nobody is an address at which nobody listens. No system gives that port away; one
// that was free a moment ago may be another test's.
const nobody = "127.0.0.1:1"

// Nobody listens, so nothing was sent, and a create may be tried again.
func TestServerThatIsDown(t *testing.T) {
	c := config("http://" + nobody)
	c.RetryBudget = time.Second
	client, err := api.New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Projects(t.Context())
	expectError(t, err, "no answer from SignPath", "connect", "(gave up after 1s")
	_, err = client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
	expectError(t, err, "no answer from SignPath", "connect", "(gave up after 1s")
	var lost *api.LostCreateError
	if errors.As(err, &lost) {
		t.Errorf("what was never sent counts as lost: %v", err)
	}
}

// The time ends before there is a connection: during a TLS handshake that never
// goes on, or while a proxy makes up its mind. A create that timed out there is
// tried again, and one that was given up is not lost.
func TestNothingIsSentWithoutAConnection(t *testing.T) {
	const impatient = 300 * time.Millisecond
	for name, c := range map[string]struct {
		setup       func(c *api.Config, silent string)
		connections int32
	}{
		"handshake": {func(c *api.Config, silent string) { c.URL, c.RetryBudget = "https://"+silent, impatient }, 1},
		"proxy": {func(c *api.Config, silent string) {
			c.URL, c.ProxyURL, c.RetryBudget = "https://signpath.example.com", silent, impatient
		}, 1},
		"again": {func(c *api.Config, silent string) { c.URL, c.AttemptTimeout = "https://"+silent, impatient }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			silent := acceptAndKeep(t, func(connections int32) {
				if connections > 1 {
					cancel()
				}
			})
			settings := config("")
			c.setup(&settings, silent.Addr().String())
			client, err := api.New(settings)
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.CreatePrincipal(ctx, access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
			expectError(t, err, "no answer from SignPath")
			var lost *api.LostCreateError
			if errors.As(err, &lost) || answered(t, err).Sent {
				t.Errorf("what was never sent counts as lost: %v", err)
			}
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
	client, err := api.New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Projects(t.Context())
	expectError(t, err, "no answer from SignPath", "certificate")
	if strings.Contains(err.Error(), "gave up") {
		t.Errorf("it was tried again: %v", err)
	}
	_, err = client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
	expectError(t, err, "no answer from SignPath", "certificate")
	var lost *api.LostCreateError
	if errors.As(err, &lost) {
		t.Errorf("what was never sent counts as lost: %v", err)
	}
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
		c := config("https://signpath.invalid")
		c.Transport = resolver
		client, err := api.New(c)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Projects(t.Context())
		expectError(t, err, "no answer from SignPath", "lookup signpath.invalid: no such host")
		if resolver.asked != 1 {
			t.Errorf("the host was asked for %d times", resolver.asked)
		}
	})
}

func TestLogHasNoSecrets(t *testing.T) {
	o := inProcess(t)
	var lines []string
	o.config.Log = func(_ context.Context, message string, fields map[string]any) {
		lines = append(lines, fmt.Sprint(message, fields))
	}
	o.restart()
	o.must(doCreate(access.Principal{Kind: access.KindCIUser, Name: "acme-new"})(t.Context(), o))
	o.must(doMe(t.Context(), o))
	if len(lines) != 2 || !strings.Contains(lines[0], "POST /CIUsers") || !strings.Contains(lines[0], "status:201") {
		t.Errorf("got %q", lines)
	}
	for _, line := range lines {
		if strings.Contains(line, demoToken) || strings.Contains(line, "acme-new") || strings.Contains(line, "apiToken") {
			t.Errorf("the log has more than it should: %s", line)
		}
	}
}
