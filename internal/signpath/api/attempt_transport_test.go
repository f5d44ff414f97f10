package api

import (
	"net/http"
	"testing"
)

// Nothing in the client makes a request to another host. If something ever does,
// the token must not go there.
func TestTheTransportSendsNothingToAnotherHost(t *testing.T) {
	config := Config{OrganizationID: "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90", Token: "token", Transport: nobody{t}}
	resolved, wrong := config.resolve()
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	transport := newAttemptTransport(resolved, tokenPattern("token"))
	for _, url := range []string{
		"https://elsewhere.example.com/Api", "https://app.signpath.io.example.com/", "https://app.signpath.io:8443/Api",
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := transport.RoundTrip(request)
		if err == nil {
			_ = response.Body.Close()
			t.Errorf("a request went to %s", url)
			continue
		}
		if !certainlyNotSent(err) || !isFinal(err) {
			t.Errorf("it would be tried again: %v", err)
		}
	}
}

// nobody answers, but must not be asked.
type nobody struct{ t *testing.T }

func (n nobody) RoundTrip(request *http.Request) (*http.Response, error) {
	n.t.Errorf("a request went to %s", request.URL)
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}
