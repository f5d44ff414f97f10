package api_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestRequestsAreMadeAsSignPathWantsThem(t *testing.T) {
	o := inProcess(t)
	o.config.UserAgent = "terraform-provider-signpath/1.2.3"
	o.restart()
	var seen []*http.Request
	o.Before = func(r *http.Request) { seen = append(seen, r) }
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

func TestSignPathsOwnWords(t *testing.T) {
	long := strings.Repeat("ü", 400)
	tests := map[string]struct{ contentType, body, want string }{
		"validation": {
			"application/problem+json",
			`{"errors":{"Name":["Too short."],"":["All wrong."]},"title":"One or more validation errors occurred.","status":400}`,
			": One or more validation errors occurred. All wrong. Name: Too short. (request id",
		},
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

// Whoever is interrupted waits no longer, wherever it waits. Merged edits, which
// do not end with one of their callers, end with the last.
func TestAnInterruptEndsEveryWait(t *testing.T) {
	for name, prepare := range map[string]func(*organization){
		"at the gate": func(o *organization) {
			o.inject(mock.Fault{Action: mock.FaultAnswer, Status: 429, Headers: map[string]string{"Retry-After": "60"}})
		},
		"for a turn": func(o *organization) {
			o.config.MaxRequestsPerSecond = 0.01
			o.restart()
			o.must(doOrganization(o.t.Context(), o)) // The first turn comes at once.
		},
		"for a place": func(o *organization) {
			o.config.MaxConcurrentRequests = 1
			o.restart()
			o.inject(mock.Fault{Action: mock.FaultDelay, DelayMilliseconds: 29_000})
		},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				prepare(o)
				ctx, interrupt := context.WithCancel(t.Context())
				var group sync.WaitGroup
				for _, member := range []string{officer, manager, lead} {
					group.Go(func() {
						_, err := o.client.ChangeMembers(ctx, approvers(releaseA), o.ids(member), nil)
						if !errors.Is(err, context.Canceled) {
							t.Errorf("got %v", err)
						}
					})
				}
				group.Go(func() {
					if err := doProjects(ctx, o); !errors.Is(err, context.Canceled) {
						t.Errorf("got %v", err)
					}
				})
				time.Sleep(10 * time.Second)
				sent, interrupted := o.CountRequests(), time.Now()
				interrupt()
				group.Wait()
				if waited := time.Since(interrupted); waited > 0 {
					t.Errorf("they waited for another %s", waited)
				}
				o.ClearFaults()
				time.Sleep(10 * time.Minute)
				if got := o.CountRequests("POST *"); got > 0 || o.CountRequests() > sent+1 {
					t.Errorf("%d requests after the interrupt, %d of them writing", o.CountRequests()-sent, got)
				}
			})
		})
	}
}

// A page in the place of SignPath's answer must not pass for a mail that was sent.
func TestReinviteThatAPageAnswers(t *testing.T) {
	o := inProcess(t)
	o.inject(mock.Fault{
		Route: "POST */Reinvite", Action: mock.FaultAnswer, Status: http.StatusOK,
		Headers: map[string]string{"Content-Type": "text/html"}, Body: "\n<html>Log in first</html>",
	})
	expectError(t, o.client.Reinvite(t.Context(), o.id(outsider)), "/Reinvite", "a page", "whether the invitation was sent")
	if mails := o.Mails(); len(mails) > 0 {
		t.Errorf("mails were sent, so this test shows nothing: %+v", mails)
	}
}
