package httpapi

import (
	"net/http"
	"testing"
)

// Nothing in the client makes a request to another host. If something ever does,
// the token must not go there.
func TestTheTransportSendsNothingToAnotherHost(t *testing.T) {
	config := Config{Service: Service{DefaultURL: "https://app.example.com/Api"}, Token: "token", Transport: nobody{t}}
	resolved, wrong := config.resolve()
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	transport := newAttemptTransport(resolved)
	for _, url := range []string{
		"https://elsewhere.example.com/Api", "https://app.example.com.example.org/", "https://app.example.com:8443/Api",
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
