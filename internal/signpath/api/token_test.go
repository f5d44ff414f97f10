package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestRegenerateToken(t *testing.T) {
	o := inProcess(t)
	old, err := o.Administrator("").IssueToken(builder)
	o.must(err)
	token, err := o.client.RegenerateToken(t.Context(), o.id(builder))
	o.must(err)
	if !o.Accepts(token) || o.Accepts(old) {
		t.Errorf("the new token is accepted: %t, the old one: %t", o.Accepts(token), o.Accepts(old))
	}
	o.expectRequests(1)
}

// watched makes the client's log and the tokens that are generated visible.
type watched struct {
	*organization
	log   strings.Builder
	token string
}

func watch(t *testing.T) *watched {
	t.Helper()
	w := &watched{organization: inProcess(t)}
	w.config.Log = func(_ context.Context, message string, fields map[string]any) {
		fmt.Fprintln(&w.log, message, fields)
	}
	w.restart()
	return w
}

// answer puts another answer in the place of the one with the new token.
func (w *watched) answer(status int, contentType string, body func(token string) string) {
	w.After = func(_ *http.Request, response *http.Response) {
		raw, err := io.ReadAll(response.Body)
		w.must(err)
		var answer struct {
			APIToken string `json:"apiToken"`
		}
		w.must(json.Unmarshal(raw, &answer))
		w.token = answer.APIToken
		response.StatusCode = status
		response.Header.Set("Content-Type", contentType)
		response.Body = io.NopCloser(strings.NewReader(body(w.token)))
	}
}

// expectNoToken checks that no part of the token that would help anybody is in
// the error or the log.
func (w *watched) expectNoToken(err error) {
	w.t.Helper()
	if w.token == "" || !w.Accepts(w.token) {
		w.t.Fatal("no token was generated, so this test shows nothing")
	}
	for name, text := range map[string]string{"error": err.Error(), "log": w.log.String(), "error's structure": fmt.Sprintf("%+v", answered(w.t, err))} {
		for start := 0; start+8 <= len(w.token); start++ {
			if strings.Contains(text, w.token[start:start+8]) {
				w.t.Fatalf("the %s has a part of the token: %s", name, text)
			}
		}
	}
}

// A server that generates a token and then answers something else must not
// bring it into an error.
func TestAMalformedAnswerIsNotQuoted(t *testing.T) {
	const jsonType, problemType, plain = "application/json", "application/problem+json", "text/plain"
	escaped := func(token string) string {
		return strings.NewReplacer("/", `\/`, "+", `\u002B`, "=", `\u003D`).Replace(token)
	}
	for name, c := range map[string]struct {
		status      int
		contentType string
		body        func(token string) string
		want        []string
	}{
		"another name": {
			200, jsonType, func(s string) string { return `{"regeneratedApiToken":"` + s + `","id":1}` },
			[]string{`no property "apiToken"`, "inferred", "only id, regeneratedApiToken"},
		},
		"as a name":         {200, jsonType, func(s string) string { return `{"` + s + `":true}` }, []string{"only (hidden)"}},
		"bare":              {200, jsonType, func(s string) string { return `"` + s + `"` }, []string{"no JSON object"}},
		"not quoted":        {200, plain, func(s string) string { return s }, []string{"no JSON object"}},
		"in a list":         {200, jsonType, func(s string) string { return `["` + s + `"]` }, []string{"no JSON object"}},
		"cut off":           {200, jsonType, func(s string) string { return `{"apiToken":"` + s }, []string{"no JSON object"}},
		"nested":            {200, jsonType, func(s string) string { return `{"apiToken":{"value":"` + s + `"}}` }, []string{"holds no token"}},
		"with white space":  {200, jsonType, func(s string) string { return `{"apiToken":"Bearer ` + s + `"}` }, []string{"holds no token"}},
		"with a line break": {200, jsonType, func(s string) string { return `{"apiToken":"` + s + `\n"}` }, []string{"holds no token"}},
		"empty":             {200, jsonType, func(string) string { return `{"apiToken":""}` }, []string{"holds no token"}},
		"null":              {200, jsonType, func(string) string { return `{"apiToken":null}` }, []string{"holds no token"}},
		"nothing":           {204, jsonType, func(string) string { return `` }, []string{"no JSON object"}},
		"500 with it":       {500, jsonType, func(s string) string { return `{"apiToken":"` + s + `"}` }, []string{"500"}},
		"500 with a part":   {500, jsonType, func(s string) string { return `{"apiToken":"` + s[:18] + `"}` }, []string{"500"}},
		"500 escaped":       {500, jsonType, func(s string) string { return `["` + escaped(s) + `"]` }, []string{"500"}},
		"500 in plain text": {500, plain, func(s string) string { return "I made " + s + " and fell." }, []string{"500", "I made (hidden) and fell."}},
		"500 in a problem": {
			500, problemType,
			func(s string) string {
				return `{"title":"T ` + s + `","detail":"D ` + s + `","errors":{"` + s + `":["E ` + s + `"]},"traceId":"00-f00-ba4-00"}`
			},
			[]string{"T (hidden)", "D (hidden)", "(hidden): E (hidden)", "trace id 00-f00-ba4-00"},
		},
		"408 in plain text": {408, plain, func(s string) string { return s }, []string{"408"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := watch(t)
			w.answer(c.status, c.contentType, c.body)
			_, err := w.client.RegenerateToken(t.Context(), w.id(builder))
			expectError(t, err, append(c.want, "may have been regenerated", "not sent again")...)
			var lost *api.LostTokenError
			if !errors.As(err, &lost) {
				t.Errorf("it does not count as lost: %v", err)
			}
			w.expectNoToken(err)
			w.expectRequests(1, "POST *")
		})
	}
}

// net/http quotes an answer that is no HTTP.
func TestAnAnswerThatIsNoHTTPIsNotQuoted(t *testing.T) {
	const token = "c2VjcmV0LXRva2VuLW9mLXRoZS1uZXctY2ktdXNlcg=="
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = connection.Read(make([]byte, 1<<16))
			_, _ = io.WriteString(connection, token+"\r\n\r\n")
			_ = connection.Close()
		}
	}()
	var log bytes.Buffer
	client, err := api.New(api.Config{
		OrganizationID: organizationID, Contract: api.ContractAssumed,
		Config: httpapi.Config{
			URL: "http://" + listener.Addr().String() + "/Api", Secret: demoToken,
			Log: func(_ context.Context, message string, fields map[string]any) { fmt.Fprintln(&log, message, fields) },
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.RegenerateToken(t.Context(), "8e0b6d1c-42f7-4a95-b3c8-0d9e5f7a1263")
	expectError(t, err, "may have been regenerated", `malformed HTTP response "(hidden)"`)
	if !strings.Contains(log.String(), `malformed HTTP response "(hidden)"`) {
		t.Errorf("the log is %s", &log)
	}
}

// After a refusal the old token is valid, and SignPath's words are all there.
func TestARefusalLosesNoToken(t *testing.T) {
	o := inProcess(t)
	old, err := o.Administrator("").IssueToken(builder)
	o.must(err)
	id := o.id(builder)
	o.inject(mock.Fault{Route: "POST *", Action: mock.FaultAnswer, Status: 403, Body: `{"title":"Forbidden","detail":"The CI user '` + id + `' is not yours."}`})
	_, err = o.client.RegenerateToken(t.Context(), id)
	expectError(t, err, "The CI user '"+id+"' is not yours.")
	var lost *api.LostTokenError
	if errors.As(err, &lost) || !o.Accepts(old) {
		t.Errorf("it counts as lost: %v", err)
	}
}

// Whoever interrupts a request that has been sent gets its answer, whatever that is. Before it,
// and in the pause before another attempt, an interrupt ends it.
func TestAnInterruptLosesNoToken(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		isLost  bool
		refusal string
	}{
		"answered":            {status: http.StatusOK},
		"refused":             {status: http.StatusForbidden, refusal: "403 Forbidden"},
		"failed":              {status: http.StatusInternalServerError, isLost: true, refusal: "500 Internal Server Error"},
		"told to come back":   {status: http.StatusTooManyRequests, refusal: "429 Too Many Requests"},
		"before it is begun":  {refusal: "context canceled"},
		"no answer in a time": {status: -1, isLost: true, refusal: "timed out"},
	} {
		t.Run(name, func(t *testing.T) {
			o := inProcess(t)
			o.config.AttemptTimeout = 300 * time.Millisecond
			o.restart()
			id := o.id(builder)
			old, err := o.Administrator("").IssueToken(builder)
			o.must(err)
			o.ResetRequests()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			switch {
			case c.status == 0:
				cancel()
			case c.status < 0:
				o.inject(mock.Fault{Route: "POST *", Action: mock.FaultDelay, DelayMilliseconds: 60_000})
			case c.status != http.StatusOK:
				o.inject(mock.Fault{Route: "POST *", Action: mock.FaultAnswer, Status: c.status, Headers: map[string]string{"Retry-After": "30"}})
			}
			o.Before = func(*http.Request) { cancel() }
			token, err := o.client.RegenerateToken(ctx, id)
			var lost *api.LostTokenError
			if errors.As(err, &lost) != c.isLost {
				t.Errorf("it counts as lost: %t, %v", !c.isLost, err)
			}
			if c.refusal != "" {
				expectError(t, err, c.refusal)
				return
			}
			if o.must(err); !o.Accepts(token) || o.Accepts(old) {
				t.Errorf("the new token is accepted: %t, the old one: %t", o.Accepts(token), o.Accepts(old))
			}
		})
	}
}
