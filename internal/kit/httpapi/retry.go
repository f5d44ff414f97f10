package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// errBudgetSpent ends a request whose attempts have used up the retry budget.
var errBudgetSpent = errors.New("the retry budget is spent")

// attempts is what is known of the attempts of one request so far.
type attempts struct {
	class Class
	// noRetries is true if the first attempt is the only one.
	noRetries bool
	// received is true once the server may have received an attempt that it did
	// not answer.
	received bool
	// answer, with its body, or err are how the last attempt ended.
	answer *http.Response
	body   []byte
	err    error
}

type attemptsKey struct{}

func withAttempts(ctx context.Context, tried *attempts) context.Context {
	return context.WithValue(ctx, attemptsKey{}, tried)
}

// attemptsOf returns what is known of the attempts of the request that ctx
// belongs to. A request of unknown origin is not sent again.
func attemptsOf(ctx context.Context) *attempts {
	if tried, ok := ctx.Value(attemptsKey{}).(*attempts); ok {
		return tried
	}
	return &attempts{class: Once, noRetries: true}
}

// note takes down how an attempt ended, unless the context ended it.
func (a *attempts) note(ctx context.Context, response *http.Response, err error) {
	if err != nil && !certainlyNotSent(err) {
		a.received = true
	}
	if ctx.Err() != nil {
		return
	}
	a.answer, a.body, a.err = nil, nil, err
	if err == nil && response.StatusCode > 299 {
		// The body is in memory; the transport has read it whole.
		a.body, _ = io.ReadAll(response.Body)
		response.Body = io.NopCloser(bytes.NewReader(a.body))
		a.answer = response
	}
}

// checkRetry decides whether another attempt is made: never after the end of
// the context or when the wait would outlast the budget, and for a request that
// acts each time it is sent only if the server certainly did not act.
func checkRetry(ctx context.Context, response *http.Response, err error) (bool, error) {
	tried := attemptsOf(ctx)
	tried.note(ctx, response, err)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if tried.noRetries {
		return false, nil
	}
	if err != nil {
		return !isFinal(err) && (tried.class == Idempotent || certainlyNotSent(err)), nil
	}
	if !isRetryable(tried.class, response.StatusCode) {
		return false, nil
	}
	wait, _ := retryAfter(response.Header, time.Now())
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > wait, nil
}

func isRetryable(class Class, status int) bool {
	switch status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return class == Idempotent
	}
	return false
}

// backoff doubles the wait with each attempt, spreads it by up to a half so
// that parallel requests do not come back together, and waits at least as long
// as the server asks for.
func backoff(shortest, longest time.Duration, attempt int, response *http.Response) time.Duration {
	wait := min(longest, shortest<<min(attempt, 10))
	wait = wait/2 + rand.N(wait/2+1) //nolint:gosec // Jitter needs no secrecy.
	if response == nil {
		return wait
	}
	if asked, found := retryAfter(response.Header, time.Now()); found {
		return asked + rand.N(shortest/2) //nolint:gosec // As above.
	}
	return wait
}

// retryAfter reads the Retry-After header in both its forms, seconds and HTTP
// date.
func retryAfter(header http.Header, now time.Time) (wait time.Duration, found bool) {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil {
		return time.Duration(min(seconds, math.MaxInt64/uint64(2*time.Second))) * time.Second, true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now)), true
	}
	return 0, false
}
