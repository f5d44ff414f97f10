package httpapi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// errBudgetSpent ends a request whose attempts have used up the retry budget.
var errBudgetSpent = errors.New("the retry budget is spent")

// The waits between attempts, without what the server asks for.
const (
	shortestWait = 500 * time.Millisecond
	longestWait  = 30 * time.Second
)

// firstContactAttempts is how often a request is sent of a client that never got an answer, where
// nobody takes the connection. Then an address is wrong, as a rule, or something that was to be
// started is not. A server that has answered is waited for as long as a request may take.
const firstContactAttempts = 4

// longWait is after which time of a request somebody who waits for it wants to know, and then again.
const longWait = 30 * time.Second

// repeat sends a request until nothing is gained by sending it again, and returns
// how the last attempt ended, and whether the server may have received one that it
// did not answer.
func (c *Client) repeat(ctx context.Context, r Request, id string, content []byte) (last answer, received bool) {
	told := time.Now()
	for attempt := 0; ; attempt++ {
		result := c.authorized(ctx, r, id, content)
		if result.noToken != nil {
			return result, received
		}
		result.attempts = attempt + 1
		if result.err == nil {
			c.isReached.Store(true)
		}
		told = c.tellWait(ctx, r, id, result, told)
		received = received || result.err != nil && !certainlyNotSent(result.err)
		if attempt == 0 || result.succeeded() || ctx.Err() == nil { // The end of the time says less.
			last = result
		}
		if c.isOutOfReach(attempt, result) {
			last.err = &unreachedError{cause: last.err, attempts: attempt + 1}
			break
		}
		if !c.again(ctx, r.Class, result) || Sleep(ctx, backoff(attempt, result.header)) != nil {
			break
		}
	}
	if !last.succeeded() && isBrokenOff(ctx, r) {
		last = answer{err: ctx.Err()}
	}
	return last, received
}

// isOutOfReach tells whether it is no use to go on, because nobody is there.
func (c *Client) isOutOfReach(attempt int, result answer) bool {
	return result.err != nil && isUnreachable(result.err) && !c.isReached.Load() && attempt+1 >= firstContactAttempts
}

// An unreachedError says that nobody took the connection, and nobody ever did.
type unreachedError struct {
	cause    error
	attempts int
}

func (e *unreachedError) Error() string {
	return fmt.Sprintf("%v (%d attempts, and no answer before)", e.cause, e.attempts)
}

// Unwrap returns the cause.
func (e *unreachedError) Unwrap() error { return e.cause }

// isBrokenOff tells whether a request has ended because nobody waits for its answer any more.
func isBrokenOff(ctx context.Context, r Request) bool {
	return ctx.Err() != nil && !isSpent(ctx) && !r.Unbroken
}

func isSpent(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errBudgetSpent) }

// again decides whether another attempt is made: never after the end of the
// context or when the wait would outlast the budget, and for a request that acts
// each time it is sent only if the server certainly did not act.
func (c *Client) again(ctx context.Context, class Class, result answer) bool {
	switch {
	case ctx.Err() != nil || c.config.RetryBudget < 0:
		return false
	case result.err != nil:
		return !c.isFinal(result.err) && (class == Idempotent || certainlyNotSent(result.err))
	case !isRetryable(class, result.status):
		return false
	}
	wait, _ := retryAfter(result.header, time.Now())
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > wait
}

// passing are the statuses after which another attempt may be answered.
var passing = []int{http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

func isRetryable(class Class, status int) bool {
	return status == http.StatusTooManyRequests || class == Idempotent && slices.Contains(passing, status)
}

// backoff doubles the wait with each attempt, spreads it by up to a half so
// that parallel requests do not come back together, and waits at least as long
// as the server asks for.
func backoff(attempt int, header http.Header) time.Duration {
	if asked, found := retryAfter(header, time.Now()); found {
		return asked + rand.N(shortestWait/2) //nolint:gosec // Jitter needs no secrecy.
	}
	wait := min(longestWait, shortestWait<<min(attempt, 10))
	return wait/2 + rand.N(wait/2+1) //nolint:gosec // As above.
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
