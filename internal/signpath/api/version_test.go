package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const infoRoute = "GET /Meta/SystemInfo"

// without makes the server answer the route as one that does not have it.
func (o *organization) without(route string, status int) {
	o.t.Helper()
	o.inject(mock.Fault{Route: route, Action: mock.FaultAnswer, Status: status})
}

// telling makes the server answer the question for its version.
func (o *organization) telling(status int, body string) {
	o.t.Helper()
	o.inject(mock.Fault{Route: infoRoute, Action: mock.FaultAnswer, Status: status, Body: body})
}

// adviceAbout is what the provider says of an error.
func adviceAbout(t *testing.T, err error) string {
	t.Helper()
	_, advice := answered(t, err).Explain(httpapi.Audience{Spell: httpapi.Field.String, Run: "Terraform", Forbidden: "Ask."})
	return advice
}

const usualAdvice = "Check api_url, which is https://app.signpath.io/Api or the like: SignPath itself answers 403 for an unknown object. " +
	"The request went to http://127.0.0.1:9/Api (from api_url)."

// A server that does not have a route is told since when others have it.
func TestAnOldServerIsToldWhatItLacks(t *testing.T) {
	const (
		mayBeOld = "The installation may also be too old: " + policyRoute + " exists since SignPath 1.177.0 (changelog). " +
			"It does not tell its version, as it does since 1.186.1, so it may be older than 1.177.0. Then update it."
		isOld = "This installation is SignPath 1.176.0. " + policyRoute + " exists since 1.177.0 (changelog). " +
			"Update it, or do without what needs this route."
	)
	tests := map[string]struct {
		status, infoStatus int
		info, want         string
		asked              int
	}{
		"its version is told":         {404, 200, `{"applicationVersion":"1.176.0"}`, isOld, 1},
		"another method is there":     {405, 200, `{"applicationVersion":"1.176.0"}`, isOld, 1},
		"it is new enough":            {404, 200, `{"applicationVersion":"1.177.0"}`, usualAdvice, 1},
		"it is newer":                 {404, 200, `{"applicationVersion":"1.220.0"}`, usualAdvice, 1},
		"it does not tell":            {404, 404, ``, usualAdvice + " " + mayBeOld, 1},
		"it does not tell the token":  {404, 403, ``, usualAdvice + " " + mayBeOld, 1},
		"its answer has no version":   {404, 200, `{"name":"SignPath"}`, usualAdvice + " " + mayBeOld, 1},
		"its answer is a web page":    {404, 200, `<html>`, usualAdvice + " " + mayBeOld, 1},
		"it fails":                    {404, 503, ``, usualAdvice + " " + mayBeOld, 1},
		"with another method, silent": {405, 404, ``, mayBeOld, 1},
		"it refuses":                  {403, 200, `{"applicationVersion":"1.176.0"}`, "Ask.", 0},
		"it refuses what was asked":   {400, 200, `{"applicationVersion":"1.176.0"}`, "", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				o.without(policyRoute, test.status)
				o.telling(test.infoStatus, test.info)
				for _, policy := range []string{"release-signing", "test-signing"} {
					_, err := o.client.SigningPolicy(t.Context(), "project-a", policy)
					if got := adviceAbout(t, err); got != test.want {
						t.Errorf("got  %q\nwant %q", got, test.want)
					}
					if old := api.OldServer(err); (old != "") != (test.want == isOld) {
						t.Errorf("what it is certainly too old for is %q", old)
					}
				}
				o.expectRequests(test.asked, infoRoute)
			})
		})
	}
}

// Of a route of which nobody knows since when it exists, nothing is said.
func TestNothingIsSaidOfARouteOfUnknownAge(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.telling(http.StatusOK, `{"applicationVersion":"1.0.0"}`)
		o.without("POST /CIUsers/{id}/Deactivate", http.StatusNotFound)
		if got := adviceAbout(t, doSetActive(builder, false)(t.Context(), o)); got != usualAdvice {
			t.Errorf("got %q", got)
		}
		o.expectRequests(0, infoRoute)
	})
}

// Below a wrong address there is nothing at all: that comes first.
func TestAWrongAddressIsNoOldServer(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.without("*", http.StatusNotFound)
		_, err := o.client.Me(t.Context())
		if got := adviceAbout(t, err); !strings.HasPrefix(got, usualAdvice+" The installation may also be too old") {
			t.Errorf("got %q", got)
		}
		o.expectRequests(1, infoRoute)
	})
}

// The version is asked for once, whatever becomes of it, and nobody waits long for it.
func TestVersion(t *testing.T) {
	for name, test := range map[string]struct {
		fault *mock.Fault
		want  string
	}{
		"told":        {nil, "1.220.0"},
		"refused":     {&mock.Fault{Action: mock.FaultAnswer, Status: http.StatusUnauthorized}, ""},
		"busy":        {&mock.Fault{Action: mock.FaultAnswer, Status: http.StatusServiceUnavailable}, ""},
		"no answer":   {&mock.Fault{Action: mock.FaultDelay, DelayMilliseconds: 3_600_000}, ""},
		"cut":         {&mock.Fault{Action: mock.FaultCutAfterActing}, ""},
		"a long wait": {&mock.Fault{Action: mock.FaultAnswer, Status: http.StatusTooManyRequests, Headers: map[string]string{"Retry-After": "60"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				if test.fault != nil {
					test.fault.Route = infoRoute
					o.inject(*test.fault)
				}
				began := time.Now()
				for range 2 {
					if got := o.client.Version(t.Context()); got != test.want {
						t.Errorf("got %q", got)
					}
				}
				if waited := time.Since(began); waited > 10*time.Second {
					t.Errorf("waited for %s", waited)
				}
				o.expectRequests(1, infoRoute)
			})
		})
	}
}

// The mock server is a second reading of what the changelog tells of old versions.
func TestOldServersOfTheMock(t *testing.T) {
	for version, want := range map[string]string{
		"1.176.0": "it may be older than 1.177.0", "1.169.0": "it may be older than 1.177.0", "1.186.1": "", "1.220.0": "",
	} {
		t.Run(version, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				dialect, err := mock.ParseDialect("version=" + version)
				if err != nil {
					t.Fatal(err)
				}
				watched := judgedIn(t, dialect)
				if want != "" {
					watched = judged(t, contracttest.Unwatched("it is asked for routes that it does not have"))
				}
				o := inProcess(t, mock.WithDialect(dialect), watched)
				_, err = o.client.SigningPolicy(t.Context(), "project-a", "release-signing")
				if want == "" {
					o.must(err)
					if got := o.client.Version(t.Context()); got != version {
						t.Errorf("it is %q", got)
					}
					return
				}
				if got := adviceAbout(t, err); !strings.Contains(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		})
	}
}
