package api_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// lag shows objects as they were some time ago, from the first read after a write on.
func (o *organization) lag(route string, by time.Duration) {
	type state struct {
		at   time.Time
		body []byte
	}
	var mu sync.Mutex
	seen := map[string][]state{}
	previous := o.After
	o.After = func(r *http.Request, response *http.Response) {
		if previous != nil {
			previous(r, response)
		}
		hits := o.Requests(route)
		if r.Method != http.MethodGet || len(hits) == 0 || hits[len(hits)-1].Path != r.URL.Path {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		body, err := io.ReadAll(response.Body)
		o.check(err)
		states := append(seen[r.URL.Path], state{time.Now(), body})
		seen[r.URL.Path] = states
		shown := states[0].body
		for i, state := range states {
			if i > 0 && bytes.Equal(state.body, states[i-1].body) {
				state.at = states[i-1].at
				states[i].at = state.at
			}
			if time.Since(state.at) >= by {
				shown = state.body
			}
		}
		response.Body = io.NopCloser(bytes.NewReader(shown))
	}
}

// Reads that lag behind do not fail an edit, and are not written on top of.
func TestReadsThatLag(t *testing.T) {
	for _, e := range editings() {
		for _, by := range []time.Duration{0, 150 * time.Millisecond, time.Second, 2 * time.Second} {
			t.Run(fmt.Sprint(e.name, ", ", by), func(t *testing.T) {
				inFakeTime(t, func(t *testing.T) {
					o := inProcess(t)
					o.lag(e.read, by)
					if e.before == 0 { // Somebody has to see the old state.
						_, err := o.another().ConfirmPrincipal(t.Context(), access.KindCIUser, o.id(builder))
						o.must(err)
						o.ResetRequests()
					}
					started := time.Now()
					o.must(e.do(t.Context(), o))
					o.expectRequests(1, e.write)
					if by == 0 {
						o.expectRequests(e.before+1, e.read)
					}
					if took := time.Since(started); took > 5*time.Second {
						t.Errorf("it took %s", took)
					}
				})
			})
		}
	}
}

// Who was taken off a list stays off it, though a read before the next edit lags behind.
func TestWhoWasRevokedIsNotWrittenBack(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").AddMembers(releaseA, "approvers", lead, outsider))
		var old []byte
		o.alter(policyRoute, 0, 0, func(body []byte) []byte { old = body; return body })
		_, err := o.client.ChangeMembers(t.Context(), approvers(releaseA), nil, o.ids(lead))
		o.must(err)
		o.ResetRequests()
		o.alter(policyRoute, 0, 0, func([]byte) []byte { return old })
		_, err = o.approve(releaseA, officer)
		o.must(err)
		o.expectMembers(releaseA, "approvers", officer, outsider)
		// Who asks for it again gets it.
		_, err = o.approve(releaseA, lead)
		o.must(err)
		o.expectMembers(releaseA, "approvers", lead, officer, outsider)
	})
}
