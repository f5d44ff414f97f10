package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// readUnknown asks for CI users that do not exist: each is a request.
func readUnknown(t *testing.T, o *organization, count int) {
	t.Helper()
	var group sync.WaitGroup
	for i := range count {
		group.Go(func() {
			_, err := o.client.Principal(t.Context(), access.KindCIUser, fmt.Sprintf("1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d%04d", i))
			if !api.IsGone(err) {
				t.Errorf("got %v", err)
			}
		})
	}
	group.Wait()
}

func TestRequestsAtOnce(t *testing.T) {
	for _, most := range []int{1, 3, 25} {
		inFakeTime(t, func(t *testing.T) {
			o := inProcess(t)
			o.config.MaxConcurrentRequests = most
			o.restart()
			o.SetLatency(time.Second)
			readUnknown(t, o, 60)
			if got := o.MaxConcurrentRequests(); got != most {
				t.Errorf("%d requests at once, want %d", got, most)
			}
		})
	}
}

// Requests are spaced evenly: no second has more of them than allowed.
func TestRequestsPerSecond(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.config.MaxRequestsPerSecond = 4
		o.restart()
		var mu sync.Mutex
		var sent []time.Time
		o.before = func(*http.Request) {
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, time.Now())
		}
		readUnknown(t, o, 20)
		for i := 1; i < len(sent); i++ {
			if apart := sent[i].Sub(sent[i-1]); apart < 249*time.Millisecond || apart > 251*time.Millisecond {
				t.Errorf("request %d came %s after the one before it", i+1, apart)
			}
		}
	})
}

// A pause that SignPath asks for while requests wait for their turn is kept.
func TestAPauseHoldsBackThoseWhoWaitForTheirTurn(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.config.MaxRequestsPerSecond = 1
		o.restart()
		o.SetLatency(500 * time.Millisecond) // So that the others have passed the gate by then.
		o.inject(answerOnce(http.StatusTooManyRequests, map[string]string{"Retry-After": "60"}))
		var group sync.WaitGroup
		group.Go(func() { o.check(doProjects(t.Context(), o)) })
		group.Go(func() { o.check(doOrganization(t.Context(), o)) })
		group.Go(func() { o.check(doSigningPolicy(t.Context(), o)) })
		time.Sleep(59 * time.Second)
		o.expectRequests(1)
		group.Wait()
		o.expectRequests(4)
	})
}

// Whoever is interrupted waits no longer, wherever it waits. Merged edits, which
// do not end with one of their callers, end with the last.
func TestAnInterruptEndsEveryWait(t *testing.T) {
	for name, prepare := range map[string]func(*organization){
		"at the gate": func(o *organization) {
			o.inject(mock.Fault{Action: mock.FaultAnswer, Status: 429, Headers: map[string]string{"Retry-After": "60"}})
		},
		"for a turn": func(o *organization) {
			o.config.MaxRequestsPerSecond = 0.01
			o.restart()
			o.must(doOrganization(o.t.Context(), o)) // The first turn comes at once.
		},
		"for a place": func(o *organization) {
			o.config.MaxConcurrentRequests = 1
			o.restart()
			o.inject(mock.Fault{Action: mock.FaultDelay, DelayMilliseconds: 29_000})
		},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				prepare(o)
				ctx, interrupt := context.WithCancel(t.Context())
				var group sync.WaitGroup
				for _, member := range []string{officer, manager, lead} {
					group.Go(func() {
						_, err := o.client.ChangeMembers(ctx, approvers(releaseA), o.ids(member), nil)
						if !errors.Is(err, context.Canceled) {
							t.Errorf("got %v", err)
						}
					})
				}
				group.Go(func() {
					if err := doProjects(ctx, o); !errors.Is(err, context.Canceled) {
						t.Errorf("got %v", err)
					}
				})
				time.Sleep(10 * time.Second)
				sent, interrupted := o.CountRequests(), time.Now()
				interrupt()
				group.Wait()
				if waited := time.Since(interrupted); waited > 0 {
					t.Errorf("they waited for another %s", waited)
				}
				o.ClearFaults()
				time.Sleep(10 * time.Minute)
				if got := o.CountRequests("POST *"); got > 0 || o.CountRequests() > sent+1 {
					t.Errorf("%d requests after the interrupt, %d of them writing", o.CountRequests()-sent, got)
				}
			})
		})
	}
}
