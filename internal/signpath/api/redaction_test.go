package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestTheTraceHasHeadersAndNoSecrets(t *testing.T) {
	o := inProcess(t)
	var lines []string
	o.config.Trace = func(_ context.Context, message string, fields map[string]any) {
		lines = append(lines, fmt.Sprint(message, " ", fields))
	}
	o.restart()
	const newToken = "c2VjcmV0LXRva2VuLW9mLXRoZS1uZXctY2ktdXNlcg=="
	o.after = func(r *http.Request, response *http.Response) {
		response.Header.Set("Set-Cookie", "session=hunter2")
		response.Header.Set("X-Echo", url.QueryEscape(demoToken)+" "+demoToken)
		if r.Method == http.MethodPost {
			response.Header.Set("X-New", newToken)
		}
	}
	o.inject(answerOnce(503, map[string]string{"Retry-After": "0"}))
	o.must(doMe(t.Context(), o))
	o.must(doCreate(access.Principal{Kind: access.KindCIUser, Name: "acme-new"})(t.Context(), o))
	o.must(doRegenerateToken(t.Context(), o))
	all := strings.Join(lines, "\n")
	for _, want := range []string{
		"SignPath request headers", "method:GET", "Accept: application/json", "Authorization: (hidden)", "User-Agent: test", "X-Request-Id: ",
		"SignPath response headers", "status:503", "Retry-After: 0", "Set-Cookie: (hidden)", "X-Echo: (token) (token)", "X-New: (hidden)", "status:201",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the trace lacks %q:\n%s", want, all)
		}
	}
	if want := 2 * (2 + 1 + 1); len(lines) != want {
		t.Errorf("%d lines, want %d: one for each request and each answer", len(lines), want)
	}
	for _, secret := range []string{demoToken, url.QueryEscape(demoToken), "hunter2", newToken, "acme-new", "apiToken"} {
		if strings.Contains(all, secret) {
			t.Errorf("the trace has %q:\n%s", secret, all)
		}
	}
}

// Secrets tells a log what to mask.
func TestSecrets(t *testing.T) {
	o := inProcess(t)
	o.config.Token = "ab+cd/efg=="
	o.config.ProxyURL = "http://build:" + url.QueryEscape("p@ss/w+rd") + "@proxy.example.com"
	o.restart()
	hide := func(text string) string {
		for _, secret := range o.client.Secrets() {
			text = secret.ReplaceAllString(text, "***")
		}
		return text
	}
	for text, want := range map[string]string{
		"the token ab+cd/efg==.":           "the token ***.",
		`{"t":"ab\u002Bcd\/efg\u003d="}`:   `{"t":"***"}`,
		"?t=ab%2Bcd%2fefg%3D%3d&x=1":       "?t=***&x=1",
		"the proxy's p@ss/w+rd":            "the proxy's ***",
		"http://build:p%40ss%2Fw%2Brd@x":   "http://build:***@x",
		"Authorization: Bearer another":    "Authorization: ***",
		"proxy-authorization: basic YTpi=": "proxy-authorization: ***",
		"nothing secret":                   "nothing secret",
	} {
		if got := hide(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// A request that nobody traces costs nothing, and one that fails leaves a trace
// of what was sent.
func TestTraceOfARequestWithoutAnAnswer(t *testing.T) {
	o := inProcess(t)
	count := 0
	o.config.Trace = func(context.Context, string, map[string]any) { count++ }
	o.config.RetryBudget = -1
	o.restart()
	o.inject(mock.Fault{Action: mock.FaultCutBeforeActing})
	expectError(t, doProjects(t.Context(), o), "no answer from SignPath")
	if count != 1 {
		t.Errorf("%d lines", count)
	}
}
