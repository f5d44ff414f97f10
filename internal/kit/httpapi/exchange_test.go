package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/wire"
)

// A tokenServer gives tokens for the secret, and takes those that it gave.
type tokenServer struct {
	mutex    sync.Mutex
	lifetime time.Duration
	// given is how many tokens there were, refused how many requests had none that is good.
	given, refused int
	// good are the tokens with their ends.
	good map[string]time.Time
	// status is answered to who asks for a token, if it is not 0.
	status int
	// form is the last one.
	form url.Values
	// acted is how many requests with a good token there were.
	acted int
}

// ServeHTTP implements [http.Handler].
func (s *tokenServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if strings.HasSuffix(r.URL.Path, "/token") {
		s.give(w, r)
		return
	}
	if end, ok := s.good[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]; !ok || !time.Now().Before(end) {
		s.refused++
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprintf(w, `{"Title":"No good: %s"}`, r.Header.Get("Authorization"))
		return
	}
	s.acted++
	w.WriteHeader(http.StatusOK)
	_, _ = fmt.Fprintf(w, "%q", r.Header.Get("Example-Tenant"))
}

func (s *tokenServer) give(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	if s.form = r.PostForm; s.status != 0 || r.Header.Get("Authorization") != "" {
		w.WriteHeader(max(s.status, http.StatusBadRequest))
		_, _ = fmt.Fprintf(w, `{"Title":"No token for %s"}`, r.PostForm.Get("secret"))
		return
	}
	s.given++
	value := fmt.Sprintf("eyJhbGciOiJub25lIn0.token-%d.x", s.given)
	s.good[value] = time.Now().Add(s.lifetime)
	w.WriteHeader(http.StatusOK)
	_, _ = fmt.Fprintf(w, `{"token":%q,"seconds":%d}`, value, int(s.lifetime.Seconds()))
}

var read = httpapi.Request{Method: http.MethodGet, Path: "/Things", Header: http.Header{"Example-Tenant": {"acme"}}}

// exchanging makes a client that gets its tokens from a server.
func exchanging(t *testing.T, s *tokenServer) *httpapi.Client {
	t.Helper()
	s.good = map[string]time.Time{}
	c := config("http://127.0.0.1:9/Api")
	c.Transport = &wire.Wire{Handler: s}
	c.Exchange = func(ctx context.Context, secret string, send func(context.Context, httpapi.Request) ([]byte, error)) (httpapi.Token, error) {
		body, err := send(ctx, httpapi.Request{Method: http.MethodPost, Path: "/token", Form: url.Values{"secret": {secret}}, Open: true, SecretAnswer: true})
		if err != nil {
			return httpapi.Token{}, err
		}
		var answer struct {
			Token   string
			Seconds int
		}
		err = json.Unmarshal(body, &answer)
		return httpapi.Token{Value: answer.Token, Lifetime: time.Duration(answer.Seconds) * time.Second}, err
	}
	client, err := httpapi.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (s *tokenServer) expect(t *testing.T, given, refused, acted int) {
	t.Helper()
	if s.given != given || s.refused != refused || s.acted != acted {
		t.Errorf("%d tokens, %d refused and %d acted, want %d, %d and %d", s.given, s.refused, s.acted, given, refused, acted)
	}
}

// TestExchange: a token is asked for once, kept until shortly before its end, and renewed once if
// the server takes it back.
func TestExchange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{lifetime: time.Hour}
		client := exchanging(t, s)
		send := func(r httpapi.Request) error {
			_, _, err := client.Do(t.Context(), r)
			return err
		}
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if err := send(read); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		s.expect(t, 1, 0, 8)
		if s.form.Get("secret") != token {
			t.Errorf("the form is %v", s.form)
		}

		// Shortly before the end.
		time.Sleep(58 * time.Minute)
		_ = send(read)
		s.expect(t, 1, 0, 9)
		time.Sleep(90 * time.Second)
		_ = send(read)
		s.expect(t, 2, 0, 10)

		// Taken back: also what acts each time it is sent is sent again, because it was refused.
		clear(s.good)
		if err := send(httpapi.Request{Method: http.MethodPost, Path: "/Things", Class: httpapi.Once}); err != nil {
			t.Error(err)
		}
		s.expect(t, 3, 1, 11)
	})
}

// TestExchangeIsRefused: no token is asked for again that the server does not give, and a new one
// that it does not take is not exchanged for another.
func TestExchangeIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{lifetime: time.Hour, status: http.StatusUnauthorized}
		client := exchanging(t, s)
		for range 2 {
			_, _, err := client.Do(t.Context(), read)
			expectError(t, err, "POST /token", "401", "No token for")
			if answered(t, err).Sent {
				t.Error("the request counts as sent")
			}
		}
		s.expect(t, 0, 0, 0)

		s = &tokenServer{lifetime: -time.Hour}
		client = exchanging(t, s)
		_, _, err := client.Do(t.Context(), read)
		expectError(t, err, "GET /Things", "401", "No good")
		if strings.Contains(err.Error(), "token-1") {
			t.Errorf("the error has the token: %v", err)
		}
		s.expect(t, 1, 1, 0)
	})
}

// TestExchangeFails: whoever waits for an exchange learns how it ended, and the end of who began it
// is no end for the others.
func TestExchangeFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{lifetime: time.Hour, status: http.StatusInternalServerError}
		client := exchanging(t, s)
		_, _, err := client.Do(t.Context(), read)
		expectError(t, err, "POST /token", "500")
		s.status = 0
		if _, _, err = client.Do(t.Context(), read); err != nil {
			t.Error(err)
		}

		s.status = http.StatusServiceUnavailable
		client = exchanging(t, s)
		first, cancel := context.WithCancel(t.Context())
		failed := make(chan error)
		go func() {
			_, _, err := client.Do(first, read)
			failed <- err
		}()
		synctest.Wait()
		second := make(chan error)
		go func() {
			_, _, err := client.Do(t.Context(), read)
			second <- err
		}()
		synctest.Wait()
		s.mutex.Lock()
		s.status = 0
		s.mutex.Unlock()
		cancel()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("the first ends with %v", err)
		}
		if err := <-second; err != nil {
			t.Errorf("the second ends with %v", err)
		}
	})
}

// TestTokensAreMasked in logs, whatever they look like.
func TestTokensAreMasked(t *testing.T) {
	t.Parallel()
	client := exchanging(t, &tokenServer{lifetime: time.Hour})
	line := "got eyJhbGciOiJub25lIn0.token-1.x for " + token
	for _, secret := range client.Secrets() {
		line = secret.ReplaceAllString(line, "***")
	}
	if line != "got *** for ***" {
		t.Errorf("the line is %q", line)
	}
}
