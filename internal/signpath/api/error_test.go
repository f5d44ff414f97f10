package api_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// answerOnce is a fault that answers one request.
func answerOnce(status int, headers map[string]string) mock.Fault {
	return mock.Fault{Action: mock.FaultAnswer, Status: status, Times: 1, Headers: headers}
}

// Whatever fails can be found in the logs of both sides.
func TestEveryErrorNamesTheRequest(t *testing.T) {
	const trace, problem = "00-f00-ba4-00", `{"title":"Busy","detail":"The frobnicator is off.","traceId":"00-f00-ba4-00"}`
	oddErrors := `{"title":"Busy","errors":["Too short."],"traceId":"00-f00-ba4-00"}`
	for name, c := range map[string]struct {
		fault mock.Fault
		words []string
		trace string
	}{
		"refusal":            {mock.Fault{Action: mock.FaultAnswer, Status: 400, Body: problem}, []string{"400 Bad Request", "The frobnicator is off."}, trace},
		"odd refusal":        {mock.Fault{Action: mock.FaultAnswer, Status: 400, Body: oddErrors}, []string{"Busy", "Too short."}, trace},
		"failure":            {mock.Fault{Action: mock.FaultAnswer, Status: 500, Body: problem}, []string{"500 Internal Server Error"}, trace},
		"exhausted retries":  {mock.Fault{Action: mock.FaultAnswer, Status: 503, Body: problem}, []string{"503 Service Unavailable", "The frobnicator is off.", "(gave up after 1m0s, request id"}, trace},
		"a pause too long":   {mock.Fault{Action: mock.FaultAnswer, Status: 429, Body: problem, Headers: map[string]string{"Retry-After": "61"}}, []string{"SignPath asks to wait for 1m1s"}, trace},
		"redirect":           {mock.Fault{Action: mock.FaultAnswer, Status: 307, Body: problem, Headers: map[string]string{"Location": "/elsewhere"}}, []string{"307 Temporary Redirect", "not followed"}, trace},
		"connection cut":     {mock.Fault{Action: mock.FaultCutBeforeActing}, []string{"no answer from SignPath"}, ""},
		"answer cut":         {mock.Fault{Action: mock.FaultCutBody}, []string{"no answer from SignPath", "in the middle of the answer"}, ""},
		"malformed body":     {mock.Fault{Action: mock.FaultMalformedBody}, []string{"cannot be used"}, ""},
		"no answer in time":  {mock.Fault{Action: mock.FaultDelay, DelayMilliseconds: 3_600_000}, []string{"attempt timed out after 30s", "(gave up after 1m0s"}, ""},
		"a web page":         {mock.Fault{Action: mock.FaultMalformedBody, Body: "\ufeff\r\n<!doctype html>"}, []string{"cannot be used", "not the JSON that was expected, but a web page"}, ""},
		"a list of no lists": {mock.Fault{Action: mock.FaultMalformedBody, Body: `{"a":1}`}, []string{"cannot be used"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				o.config.RetryBudget = time.Minute
				o.restart()
				o.inject(c.fault)
				id := ""
				o.before = func(r *http.Request) { id = r.Header.Get("X-Request-ID") }
				err := doProjects(t.Context(), o)
				expectError(t, err, append(c.words, "request id "+id)...)
				if id == "" || answered(t, err).TraceID != c.trace {
					t.Errorf("the request id is %q, the trace id %q", id, answered(t, err).TraceID)
				}
				if c.trace != "" {
					expectError(t, err, "SignPath's trace id "+c.trace)
				}
			})
		})
	}
}

// The last answer counts, not the first.
func TestExhaustedRetriesTellTheLastAnswer(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Action: mock.FaultAnswer, Status: 502, Body: "first", Times: 3})
		o.inject(mock.Fault{Action: mock.FaultAnswer, Status: 504, Body: "last"})
		err := doProjects(t.Context(), o)
		expectError(t, err, "504 Gateway Timeout: last (gave up after 10m0s")
		if strings.Contains(err.Error(), "first") {
			t.Errorf("got %v", err)
		}
	})
}

func TestRedirectsSayWhereTo(t *testing.T) {
	tests := map[string]struct {
		location string
		want     []string
	}{
		"login page":       {"/login?return=" + demoToken, []string{"redirects to http://127.0.0.1:9/login, which is not followed.", "login page or a proxy"}},
		"elsewhere":        {"https://ada:hunter2@elsewhere.example.com/a#b", []string{"redirects to https://elsewhere.example.com/a,", "Check api_url: the server wants https."}},
		"https":            {"https://127.0.0.1:9/", []string{"redirects to https://127.0.0.1:9/,", "the server wants https"}},
		"same call":        {"https://signpath.example.com/New/v1/" + organizationOf(t) + "/Projects", []string{"If that is your SignPath, set api_url to https://signpath.example.com/New."}},
		"token in a path":  {"/" + demoToken + "/x", []string{"/(token)/x"}},
		"no URL":           {"https://%zz", []string{"redirects without saying where to"}},
		"nothing":          {"", []string{"redirects without saying where to"}},
		"endless location": {"/" + strings.Repeat("x", 5000), []string{"xxx…"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := inProcess(t)
			o.inject(mock.Fault{Action: mock.FaultAnswer, Status: 302, Headers: map[string]string{"Location": test.location}})
			err := doProjects(t.Context(), o)
			expectError(t, err, append(test.want, "302 Found", "not followed")...)
			if strings.Contains(err.Error(), "hunter2") || len(err.Error()) > 1500 {
				t.Errorf("the error has more than it should: %v", err)
			}
			o.expectRequests(1)
		})
	}
}

func organizationOf(t *testing.T) string {
	t.Helper()
	return inProcess(t).OrganizationID()
}

// A server that compresses what it sends does not get around the limit.
func TestACompressedAnswerIsBounded(t *testing.T) {
	for name, status := range map[string]int{"answer": 200, "refusal": 400} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Accept-Encoding") != "gzip" {
					t.Error("the client takes no compressed answer, so this test shows nothing")
				}
				w.Header().Set("Content-Encoding", "gzip")
				w.WriteHeader(status)
				// An eighth of the size: what is on its way to a slow client is in buffers.
				compressed, err := gzip.NewWriterLevel(w, gzip.HuffmanOnly)
				if err != nil {
					t.Error(err)
				}
				for ; sent < 1000 && err == nil; sent++ {
					_, err = compressed.Write(blank)
				}
			}))
			defer server.Close()
			client, err := api.New(config(server.URL))
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Projects(t.Context())
			expectError(t, err, "the answer is larger than 64 MiB")
			server.Close()
			if sent > 500 {
				t.Errorf("the client let the server send %d MiB", sent)
			}
		})
	}
}

func TestLongRefusalsAreCut(t *testing.T) {
	long := strings.Repeat("ü", 5_000)
	var properties []string
	for i := range 500 {
		properties = append(properties, fmt.Sprintf(`"Property%03d%s":["%s","%s"]`, i, long, long, long))
	}
	o := inProcess(t)
	o.inject(mock.Fault{Action: mock.FaultAnswer, Status: 400, Body: `{"title":"T` + long + `","detail":"D` + long + `","traceId":"` + long + `","errors":{` + strings.Join(properties[:50], ",") + `}}`})
	err := doProjects(t.Context(), o)
	expectError(t, err, "Tüü", "…", "Düü", "Property000ü", "(and messages on 30 more properties)")
	if length := len(err.Error()); length > 50_000 {
		t.Errorf("the error has %d characters", length)
	}
	var failure *api.Error
	if !errors.As(err, &failure) || len(failure.TraceID) > 400 {
		t.Errorf("got %d characters of a trace id", len(failure.TraceID))
	}
}
