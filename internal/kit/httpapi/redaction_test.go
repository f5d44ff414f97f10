package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestTheTraceHasHeadersAndNoSecrets(t *testing.T) {
	s := inProcess(t)
	var lines []string
	s.config.Trace = func(_ context.Context, message string, fields map[string]any) {
		lines = append(lines, fmt.Sprint(message, " ", fields))
	}
	s.restart()
	const newToken = "c2VjcmV0LXRva2VuLW9mLXRoZS1uZXctY2ktdXNlcg=="
	s.After = func(r *http.Request, response *http.Response) {
		response.Header.Set("Set-Cookie", "session=hunter2")
		response.Header.Set("X-Echo", url.QueryEscape(token)+" "+token)
		if r.Method == create.Method && strings.HasSuffix(r.URL.Path, create.Path) {
			response.Header.Set("X-New", newToken)
		}
	}
	s.inject(answerOnce(503, map[string]string{"Retry-After": "0"}))
	s.inject(fault{of: "POST /Things", status: 201, body: `{"apiToken":"x"}`})
	s.must(s.do(t.Context(), list))
	s.must(s.do(t.Context(), edit))
	s.must(s.do(t.Context(), create))
	all := strings.Join(lines, "\n")
	for _, want := range []string{
		"Example request headers", "method:GET", "Accept: application/json", "Authorization: (hidden)", "User-Agent: test", "X-Request-Id: ",
		"Example response headers", "status:503", "Retry-After: 0", "Set-Cookie: (hidden)", "X-Echo: (token) (token)", "X-New: (hidden)", "status:201",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the trace lacks %q:\n%s", want, all)
		}
	}
	if want := 2 * (2 + 1 + 1); len(lines) != want {
		t.Errorf("%d lines, want %d: one for each request and each answer", len(lines), want)
	}
	for _, secret := range []string{token, url.QueryEscape(token), "hunter2", newToken, "secret-plan", "apiToken"} {
		if strings.Contains(all, secret) {
			t.Errorf("the trace has %q:\n%s", secret, all)
		}
	}
}

// Secrets tells a log what to mask.
func TestSecrets(t *testing.T) {
	s := inProcess(t)
	s.config.Secret = "ab+cd/efg=="
	s.config.ProxyURL = "http://build:" + url.QueryEscape("p@ss/w+rd") + "@proxy.example.com"
	s.restart()
	hide := func(text string) string {
		for _, secret := range s.client.Secrets() {
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
	s := inProcess(t)
	count := 0
	s.config.Trace = func(context.Context, string, map[string]any) { count++ }
	s.config.RetryBudget = -1
	s.restart()
	s.inject(fault{cut: true})
	expectError(t, s.do(t.Context(), list), "no answer from Example")
	if count != 1 {
		t.Errorf("%d lines", count)
	}
}

// An answer that is a secret is not quoted, whatever the server makes of it.
func TestASecretAnswerIsNotQuoted(t *testing.T) {
	const newToken = "c2VjcmV0LXRva2VuLW9mLXRoZS1uZXctY2ktdXNlcg=="
	request := create
	request.SecretAnswer = true
	for name, body := range map[string]string{
		"in a problem": `{"title":"T ` + newToken + `","detail":"D ` + newToken + `","fields":{"` + newToken + `":["E ` + newToken + `"]}}`,
		"as JSON":      `{"apiToken":"` + newToken + `"}`,
		"as text":      "I made " + newToken + " and fell.",
	} {
		t.Run(name, func(t *testing.T) {
			s := inProcess(t)
			s.inject(fault{status: 500, body: body})
			err := s.do(t.Context(), request)
			expectError(t, err, "500 Internal Server Error")
			if text := fmt.Sprintf("%v %+v", err, answered(t, err)); strings.Contains(text, newToken[:8]) {
				t.Errorf("it is in %s", text)
			}
		})
	}
}
