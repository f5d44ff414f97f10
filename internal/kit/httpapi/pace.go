package httpapi

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"
)

// A pace decides when a request may go out: when there is a place, when the server
// asks for no pause, and when the rate allows it.
type pace struct {
	config resolvedConfig
	places *semaphore.Weighted
	// rate is nil if there is no limit.
	rate *rate.Limiter

	mu sync.Mutex
	// paused is until when the server asks for a pause: a 429 to one of ten parallel
	// requests is meant for all of them.
	paused time.Time
}

func newPace(config resolvedConfig) *pace {
	p := &pace{config: config, places: semaphore.NewWeighted(int64(config.MaxConcurrentRequests))}
	if config.MaxRequestsPerSecond > 0 {
		// Without a burst: one would let the first second have twice as many.
		p.rate = rate.NewLimiter(rate.Limit(config.MaxRequestsPerSecond), 1)
	}
	return p
}

// enter waits for the request's turn. The caller calls leave when the request
// has ended. An error is a [*notSentError].
func (p *pace) enter(ctx context.Context) (leave func(), err error) {
	if err := p.places.Acquire(ctx, 1); err != nil {
		return nil, &notSentError{cause: err}
	}
	leave = func() { p.places.Release(1) }
	if err := p.waitForTurn(ctx); err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}

func (p *pace) waitForTurn(ctx context.Context) error {
	if err := p.waitForPause(ctx); err != nil || p.rate == nil {
		return err
	}
	if err := p.rate.Wait(ctx); err != nil {
		if ctx.Err() == nil { // The limiter does not begin a wait that outlasts the context.
			err = fmt.Errorf("%s leaves no turn for this request in the time that is left", FieldMaxRequestsPerSecond)
		}
		return &notSentError{cause: err, final: true}
	}
	// The server may have asked for a pause meanwhile.
	return p.waitForPause(ctx)
}

// pauseFor holds back all requests of a client.
func (p *pace) pauseFor(wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(wait); until.After(p.paused) {
		p.paused = until
	}
}

// A pauseError says that the server asked for a longer pause than a request may
// wait.
type pauseError struct {
	service string
	asked   time.Duration
}

func (e *pauseError) Error() string {
	return fmt.Sprintf("%s asked to wait for %s, longer than the time that is left", e.service, e.asked)
}

func (p *pace) waitForPause(ctx context.Context) error {
	for {
		p.mu.Lock()
		wait := time.Until(p.paused)
		p.mu.Unlock()
		if wait <= 0 {
			return nil
		}
		deadline, bounded := ctx.Deadline()
		if p.config.RetryBudget < 0 || (bounded && time.Until(deadline) < wait) {
			return &notSentError{cause: &pauseError{p.config.Service.Name, wait.Round(time.Second)}, final: true}
		}
		if err := Sleep(ctx, wait); err != nil {
			return &notSentError{cause: err}
		}
	}
}

// Sleep waits, or returns why the context ended first.
func Sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
