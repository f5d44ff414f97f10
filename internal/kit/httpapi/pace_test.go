package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// sendMany sends requests at the same time.
func sendMany(t *testing.T, s *server, count int) {
	t.Helper()
	var group sync.WaitGroup
	for range count {
		group.Go(func() { s.check(s.do(t.Context(), list)) })
	}
	group.Wait()
}

func TestRequestsAtOnce(t *testing.T) {
	for _, most := range []int{1, 3, 10, 25} {
		inFakeTime(t, func(t *testing.T) {
			s := inProcess(t)
			if most != int(httpapi.MaxConcurrentRequests.Default) {
				s.config.MaxConcurrentRequests = most
			}
			s.restart()
			s.latency = time.Second
			sendMany(t, s, 60)
			if s.atOnce != most {
				t.Errorf("%d requests at once, want %d", s.atOnce, most)
			}
		})
	}
}

// Requests are spaced evenly: no second has more of them than allowed.
func TestRequestsPerSecond(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := inProcess(t)
		s.config.MaxRequestsPerSecond = 4
		s.restart()
		var mu sync.Mutex
		var sent []time.Time
		s.Before = func(*http.Request) {
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, time.Now())
		}
		sendMany(t, s, 20)
		for i := 1; i < len(sent); i++ {
			if apart := sent[i].Sub(sent[i-1]); apart < 249*time.Millisecond || apart > 251*time.Millisecond {
				t.Errorf("request %d came %s after the one before it", i+1, apart)
			}
		}
	})
}

// A pause that Example asks for while requests wait for their turn is kept.
func TestAPauseHoldsBackThoseWhoWaitForTheirTurn(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := inProcess(t)
		s.config.MaxRequestsPerSecond = 1
		s.restart()
		s.latency = 500 * time.Millisecond // So that the others have passed the gate by then.
		s.inject(answerOnce(http.StatusTooManyRequests, map[string]string{"Retry-After": "60"}))
		var group sync.WaitGroup
		group.Go(func() { s.check(s.do(t.Context(), list)) })
		group.Go(func() { s.check(s.do(t.Context(), other)) })
		group.Go(func() { s.check(s.do(t.Context(), edit)) })
		time.Sleep(59 * time.Second)
		s.expectRequests(1)
		group.Wait()
		s.expectRequests(4)
	})
}

// Whoever is interrupted waits no longer, wherever it waits.
func TestAnInterruptEndsEveryWait(t *testing.T) {
	for name, prepare := range map[string]func(*server){
		"between attempts": func(s *server) { s.inject(fault{status: 503, headers: map[string]string{"Retry-After": "500"}}) },
		"at the gate":      func(s *server) { s.inject(fault{status: 429, headers: map[string]string{"Retry-After": "60"}}) },
		"for an answer":    func(s *server) { s.inject(fault{delay: 29 * time.Second}) },
		"for a turn": func(s *server) {
			s.config.MaxRequestsPerSecond = 0.01
			s.restart()
			s.must(s.do(s.t.Context(), other)) // The first turn comes at once.
		},
		"for a place": func(s *server) {
			s.config.MaxConcurrentRequests = 1
			s.restart()
			s.inject(fault{delay: 29 * time.Second})
		},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				s := inProcess(t)
				prepare(s)
				ctx, interrupt := context.WithCancel(t.Context())
				var group sync.WaitGroup
				for _, request := range []httpapi.Request{list, edit, edit} {
					group.Go(func() {
						if err := s.do(ctx, request); !errors.Is(err, context.Canceled) {
							t.Errorf("got %v", err)
						}
					})
				}
				time.Sleep(10 * time.Second)
				interrupted := time.Now()
				interrupt()
				group.Wait()
				// A context ends for one request after the other: what the first one leaves
				// free, the next one may have taken.
				sent := s.count()
				if waited := time.Since(interrupted); waited > 0 {
					t.Errorf("they waited for another %s", waited)
				}
				s.clearFaults()
				time.Sleep(10 * time.Minute)
				s.expectRequests(sent)
			})
		})
	}
}
