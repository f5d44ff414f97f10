package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// The last answer counts, not the first.
func TestExhaustedRetriesTellTheLastAnswer(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := inProcess(t)
		s.inject(fault{status: 502, body: "first", times: 3})
		s.inject(fault{status: 504, body: "last"})
		err := s.do(t.Context(), list)
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
		"login page": {"/login?return=" + token, []string{"redirects to http://127.0.0.1:9/login, which is not followed.", "login page or a proxy"}},
		"elsewhere": {
			"https://ada:hunter2@elsewhere.example.com/a#b",
			[]string{"redirects to https://elsewhere.example.com/a,", "Check api_url: the server wants https."},
		},
		"https":            {"https://127.0.0.1:9/", []string{"redirects to https://127.0.0.1:9/,", "the server wants https"}},
		"same call":        {"https://api.example.com/New/v1/acme/Things", []string{"If that is your Example, set api_url to https://api.example.com/New."}},
		"token in a path":  {"/" + token + "/x", []string{"/(token)/x"}},
		"no URL":           {"https://%zz", []string{"redirects without saying where to"}},
		"nothing":          {"", []string{"redirects without saying where to"}},
		"endless location": {"/" + strings.Repeat("x", 5000), []string{"xxx…"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := inProcess(t)
			s.inject(fault{status: 302, headers: map[string]string{"Location": test.location}})
			err := s.do(t.Context(), list)
			expectError(t, err, append(test.want, "302 Found", "not followed")...)
			if strings.Contains(err.Error(), "hunter2") || len(err.Error()) > 1500 {
				t.Errorf("the error has more than it should: %v", err)
			}
			s.expectRequests(1)
		})
	}
}

// Of an answer that says itself that it is too large, nothing is read.
func TestAnAnswerThatIsTooLargeIsNotRead(t *testing.T) {
	for _, status := range []int{200, 400} {
		s := inProcess(t)
		s.inject(fault{status: status})
		body := &closedBody{t: t}
		s.After = func(_ *http.Request, response *http.Response) { response.ContentLength, response.Body = 64<<20+1, body }
		expectError(t, s.do(t.Context(), list), "the answer is larger than 64 MiB")
		if s.expectRequests(1); !body.isClosed {
			t.Error("the connection stays in use")
		}
	}
}

// closedBody is a body that must not be read, but closed.
type closedBody struct {
	t        *testing.T
	isClosed bool
}

func (b *closedBody) Read([]byte) (int, error) {
	b.t.Error("the body is read")
	return 0, io.EOF
}

func (b *closedBody) Close() error {
	b.isClosed = true
	return nil
}

// A server that compresses what it sends does not get around the limit.
func TestACompressedAnswerIsBounded(t *testing.T) {
	compressed := compressedMiB(t)
	for name, status := range map[string]int{"answer": 200, "refusal": 400} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Accept-Encoding") != "gzip" {
					t.Error("the client takes no compressed answer, so this test shows nothing")
				}
				w.Header().Set("Content-Encoding", "gzip")
				w.WriteHeader(status)
				var err error
				for ; sent < 1000 && err == nil; sent++ {
					_, err = w.Write(compressed)
				}
			}))
			defer server.Close()
			c := config(server.URL)
			c.AttemptTimeout = 10 * time.Minute // A machine that is busy needs more than the usual.
			client, err := httpapi.New(c)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = client.Do(t.Context(), list)
			expectError(t, err, "the answer is larger than 64 MiB")
			server.Close()
			if sent > 500 {
				t.Errorf("the client let the server send %d MiB", sent)
			}
		})
	}
}

// compressedMiB is a MiB in an eighth of the size, and no less: what is on its way to a
// slow client is in buffers. An eighth of it is noise, because that is faster to
// decompress than text of this density.
func compressedMiB(t *testing.T) []byte {
	t.Helper()
	noise := make([]byte, 1<<17)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	for _, part := range [][]byte{noise, make([]byte, 1<<20-len(noise))} {
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return compressed.Bytes()
}

func TestLongRefusalsAreCut(t *testing.T) {
	long := strings.Repeat("ü", 5_000)
	var properties []string
	for i := range 500 {
		properties = append(properties, fmt.Sprintf(`"Property%03d%s":["%s","%s"]`, i, long, long, long))
	}
	s := inProcess(t)
	s.inject(fault{
		status: 400,
		body:   `{"title":"T` + long + `","detail":"D` + long + `","traceId":"` + long + `","fields":{` + strings.Join(properties[:50], ",") + `}}`,
	})
	err := s.do(t.Context(), list)
	expectError(t, err, "Tüü", "…", "Düü", "Property000ü", "(and messages on 30 more properties)")
	if length := len(err.Error()); length > 50_000 {
		t.Errorf("the error has %d characters", length)
	}
	var failure *httpapi.Error
	if !errors.As(err, &failure) || len(failure.TraceID) > 400 {
		t.Errorf("got %d characters of a trace id", len(failure.TraceID))
	}
}

// A server's words stay on the line of the error, and move no cursor.
func TestAServersWordsAreSpelledOut(t *testing.T) {
	for _, body := range []string{
		`{"title":"Refused\n::add-mask::x","detail":"\u001b[2K\r##vso[task.setvariable variable=a]b","errors":{"name\n::error::":["\u202ex\u200b"]}}`,
		"plain\n::error::words\x1b[1A",
	} {
		s := inProcess(t)
		s.inject(fault{status: 400, body: body})
		err := s.do(t.Context(), list)
		if said := err.Error(); text.Visible(said) != said {
			t.Errorf("it says %q", said)
		}
	}
}
