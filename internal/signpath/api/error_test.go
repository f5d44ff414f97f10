package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// Whatever fails can be found in the logs of both sides.
func TestEveryErrorNamesTheRequest(t *testing.T) {
	const trace, problem = "00-f00-ba4-00", `{"title":"Busy","detail":"The frobnicator is off.","traceId":"00-f00-ba4-00"}`
	oddErrors := `{"title":"Busy","errors":["Too short."],"traceId":"00-f00-ba4-00"}`
	for name, c := range map[string]struct {
		fault mock.Fault
		words []string
		trace string
	}{
		"refusal":     {mock.Fault{Action: mock.FaultAnswer, Status: 400, Body: problem}, []string{"400 Bad Request", "The frobnicator is off."}, trace},
		"odd refusal": {mock.Fault{Action: mock.FaultAnswer, Status: 400, Body: oddErrors}, []string{"Busy", "Too short."}, trace},
		"failure":     {mock.Fault{Action: mock.FaultAnswer, Status: 500, Body: problem}, []string{"500 Internal Server Error"}, trace},
		"exhausted retries": {
			mock.Fault{Action: mock.FaultAnswer, Status: 503, Body: problem},
			[]string{"503 Service Unavailable", "The frobnicator is off.", "(gave up after 1m0s, request id"},
			trace,
		},
		"a pause too long": {
			mock.Fault{Action: mock.FaultAnswer, Status: 429, Body: problem, Headers: map[string]string{"Retry-After": "61"}},
			[]string{"SignPath asks to wait for 1m1s"},
			trace,
		},
		"redirect": {
			mock.Fault{Action: mock.FaultAnswer, Status: 307, Body: problem, Headers: map[string]string{"Location": "/elsewhere"}},
			[]string{"307 Temporary Redirect", "not followed"},
			trace,
		},
		"connection cut":    {mock.Fault{Action: mock.FaultCutBeforeActing}, []string{"no answer from SignPath"}, ""},
		"answer cut":        {mock.Fault{Action: mock.FaultCutBody}, []string{"no answer from SignPath", "in the middle of the answer"}, ""},
		"malformed body":    {mock.Fault{Action: mock.FaultMalformedBody}, []string{"cannot be used"}, ""},
		"no answer in time": {mock.Fault{Action: mock.FaultDelay, DelayMilliseconds: 3_600_000}, []string{"attempt timed out after 30s", "(gave up after 1m0s"}, ""},
		"a web page": {
			mock.Fault{Action: mock.FaultMalformedBody, Body: "\ufeff\r\n<!doctype html>"},
			[]string{"cannot be used", "not the JSON that was expected, but a web page"},
			"",
		},
		"a list of no lists": {mock.Fault{Action: mock.FaultMalformedBody, Body: `{"a":1}`}, []string{"cannot be used"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				o.config.RetryBudget = time.Minute
				o.restart()
				o.inject(c.fault)
				id := ""
				o.Before = func(r *http.Request) { id = r.Header.Get("X-Request-ID") }
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
