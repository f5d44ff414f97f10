package httpapi_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// Settings are called in advice what whoever reads it calls them.
func TestExplain(t *testing.T) {
	const went = "The request went to http://127.0.0.1:9/Api (from <api_url>)"
	operator := httpapi.Audience{Spell: func(f httpapi.Field) string { return "<" + string(f) + ">" }, Run: "it", Token: "Get one.", Forbidden: "Ask."}
	for status, want := range map[int][2]string{
		400: {"Example refused the request", ""},
		401: {
			"Example refused the API token",
			"The token is wrong, was regenerated since, is that of another installation, or its user is inactive. Get one. " +
				went + ", with the API token from <api_token>.",
		},
		403: {"Not allowed by Example", "Ask."},
		404: {"Not found by Example", "Check <api_url>, which is https://app.example.com/Api or the like: We answer 403. " + went + "."},
		407: {
			"Refused by the proxy",
			"The proxy wants credentials, or others than those it got. Set <proxy_url>, or the environment variable HTTPS_PROXY, to http://user:password@host:port.",
		},
		429: {"Too many requests", "Example asks for a longer pause than the time that is left for a request. Run it again later, or raise <retry_timeout_seconds>."},
		500: {"Example failed", "Run it again. If it stays, give Example's support the trace id."},
	} {
		s := inProcess(t)
		s.config.RetryBudget = -1
		s.restart()
		s.inject(fault{status: status})
		summary, advice := answered(t, s.do(t.Context(), list)).Explain(operator)
		if got := [2]string{summary, advice}; got != want {
			t.Errorf("%d: got %q", status, got)
		}
	}
	explainHints(t, operator)
	s := inProcess(t)
	for cause, want := range map[error]string{
		httpapi.NotJSON([]byte("{"), "no list"): "Tell us.",
		httpapi.NotJSON([]byte("<"),
			"no list"): "Check <api_url>, and the proxy if there is one: that is not Example's API, which is at https://app.example.com/Api or the like. " + went + ".",
	} {
		if summary, advice := s.client.Unusable(list, cause).Explain(operator); summary != "Unexpected answer from Example" || advice != want {
			t.Errorf("%v: got %q, %q", cause, summary, advice)
		}
	}
	s.inject(fault{cut: true})
	s.config.RetryBudget = -1
	s.restart()
	summary, advice := answered(t, s.do(t.Context(), list)).Explain(operator)
	if summary != "No answer from Example" || advice != "Check <api_url> and the network, then run it again. "+went+"." {
		t.Errorf("got %q, %q", summary, advice)
	}
}

// What the vendor's client found out stands beside the usual advice, unless that would
// be wrong.
func explainHints(t *testing.T, operator httpapi.Audience) {
	t.Helper()
	const usual = "Check <api_url>, which is https://app.example.com/Api or the like: We answer 403. The request went to http://127.0.0.1:9/Api (from <api_url>)."
	for hint, want := range map[httpapi.Hint]string{
		{}:                               usual,
		{Text: "It may be old."}:         usual + " It may be old.",
		{Text: "It is old.", Sure: true}: "It is old.",
	} {
		s := inProcess(t)
		s.inject(fault{status: 404})
		refused := answered(t, s.do(t.Context(), list))
		refused.Hint = hint
		if _, advice := refused.Explain(operator); advice != want {
			t.Errorf("%+v: got %q", hint, advice)
		}
	}
}
