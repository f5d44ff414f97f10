package httpapi_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// A stranger answers the requests whose number is in its list, and takes no other connection.
type stranger struct {
	http.RoundTripper
	answers  map[int]bool
	requests int
	cause    error
}

func (s *stranger) RoundTrip(request *http.Request) (*http.Response, error) {
	s.requests++
	if s.answers[s.requests] {
		return s.RoundTripper.RoundTrip(request)
	}
	return nil, s.cause
}

func dial(cause error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: cause} }

// An address at which nobody is gets a few attempts, as long as nobody ever was there.
func TestNobodyThere(t *testing.T) {
	for name, c := range map[string]struct {
		cause        error
		first, later int // How many requests there are without an answer before, and about how many with one.
	}{
		"refused":          {dial(syscall.ECONNREFUSED), 4, 26},
		"no such network":  {dial(syscall.ENETUNREACH), 4, 26},
		"refused by proxy": {&net.OpError{Op: "proxyconnect", Net: "tcp", Err: dial(syscall.ECONNREFUSED)}, 4, 26},
		"no such host":     {dial(&net.DNSError{Err: "no such host", IsNotFound: true}), 1, 26},
		"broken":           {errors.New("EOF"), 26, 26},
	} {
		for answered, want := range map[bool]int{false: c.first, true: c.later} {
			inFakeTime(t, func(t *testing.T) {
				s := inProcess(t)
				server := &stranger{RoundTripper: s.Wire, cause: c.cause}
				s.config.Transport = server
				s.restart()
				if answered {
					server.answers = map[int]bool{1: true}
					s.must(s.do(t.Context(), list))
					server.requests = 0
					server.answers = nil
				}
				began := time.Now()
				err := s.do(t.Context(), list)
				expectError(t, err, "no answer from Example", "(")
				if took := time.Since(began); want < 10 && (server.requests != want || took > 5*time.Second) || want > 10 && took < 9*time.Minute {
					t.Errorf("%s, answered before: %t: %d requests in %s: %v", name, answered, server.requests, took, err)
				}
			})
		}
	}
}

// What failed at the first contact names the address and where it comes from, and what it was asked
// through.
func TestAddressIsNamed(t *testing.T) {
	t.Setenv("EXAMPLE_API_URL", "http://127.0.0.1:9/Api")
	t.Setenv("EXAMPLE_API_TOKEN", token)
	t.Setenv("HTTPS_PROXY", "http://somebody:secret@127.0.0.1")
	to := httpapi.Audience{Spell: httpapi.Field.String, Run: "it"}
	for name, c := range map[string]struct {
		url, proxy string
		says       []string
	}{
		"variable": {"", "", []string{"Nobody listens there", "http://127.0.0.1:9/Api (from the environment variable EXAMPLE_API_URL)"}},
		"setting":  {"http://localhost:9/Api", "", []string{"http://localhost:9/Api (from api_url)"}},
		"proxy":    {"", "http://somebody:secret@127.0.0.1:9", []string{"The proxy could not be reached", "http://127.0.0.1:9 (from proxy_url)"}},
		"no port": {"https://example.com/Api", "", []string{
			"http://127.0.0.1:80 (from the environment variable HTTPS_PROXY, which names no port, so this is the usual one)",
		}},
	} {
		inFakeTime(t, func(t *testing.T) {
			set := httpapi.Config{Service: service, URL: c.url, ProxyURL: c.proxy, UserAgent: "test"}.FromEnvironment()
			client, err := httpapi.New(set)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = client.Do(t.Context(), list)
			_, advice := answered(t, err).Explain(to)
			for _, words := range append(c.says, "http") {
				if !strings.Contains(advice, words) {
					t.Errorf("%s: it does not say %q: %s", name, words, advice)
				}
			}
			if strings.Contains(advice+err.Error(), "secret") || strings.Contains(advice+err.Error(), token) {
				t.Errorf("%s: it has a secret: %s %v", name, advice, err)
			}
		})
	}
}

// A request that has to wait says so while it does, and the client knows for how long in the end.
func TestLongWaitIsTold(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := inProcess(t)
		var told []string
		s.config.Warn = func(_ context.Context, message string, fields map[string]any) {
			told = append(told, message)
			if fields["status"] != 503 || fields["operation"] != "GET /Things" {
				t.Errorf("the line has %v", fields)
			}
		}
		s.restart()
		s.must(s.do(t.Context(), list))
		s.inject(fault{status: 503, times: 12})
		s.must(s.do(t.Context(), list))
		if len(told) < 2 || s.client.LongestWait() < time.Minute {
			t.Errorf("it told %q, and says that it waited for %s", told, s.client.LongestWait())
		}
	})
}
