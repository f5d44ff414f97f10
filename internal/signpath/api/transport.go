package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-cleanhttp"
	"golang.org/x/sync/semaphore"
)

// maxConcurrentRequests is how many requests are under way at once. It is
// Terraform's default parallelism: more would only queue at SignPath.
const maxConcurrentRequests = 10

// maxBodyBytes bounds an answer. A directory of 50,000 users has about 20 MB.
const maxBodyBytes = 64 << 20

// attemptTransport carries out one attempt of a request: it waits for the gate
// and for a place, bounds the attempt in time, and reads the answer whole, so
// that a connection that breaks in the middle of a body counts as a failed
// attempt and can be tried again.
type attemptTransport struct {
	next    http.RoundTripper
	gate    *gate
	places  *semaphore.Weighted
	timeout time.Duration
	// host is the only host that the token is ever sent to.
	host string
}

func newAttemptTransport(next http.RoundTripper, host string, timeout time.Duration) *attemptTransport {
	if next == nil {
		pooled := cleanhttp.DefaultPooledTransport()
		// Go keeps 2 idle connections per host by default, and then opens one
		// for nearly every request of a parallel run.
		pooled.MaxIdleConnsPerHost = 2 * maxConcurrentRequests
		pooled.MaxConnsPerHost = maxConcurrentRequests
		// A connection may idle for as long as a run may wait for SignPath.
		pooled.IdleConnTimeout = DefaultRetryBudget
		next = pooled
	}
	return &attemptTransport{
		next: next, gate: &gate{}, places: semaphore.NewWeighted(maxConcurrentRequests),
		timeout: timeout, host: host,
	}
}

// RoundTrip implements [http.RoundTripper].
func (t *attemptTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Host != t.host {
		return nil, &notSentError{cause: fmt.Errorf("refused to send the API token to %s", request.URL.Host), final: true}
	}
	ctx := request.Context()
	if err := t.places.Acquire(ctx, 1); err != nil {
		return nil, &notSentError{cause: err}
	}
	defer t.places.Release(1)
	if err := t.gate.wait(ctx); err != nil {
		return nil, err
	}
	response, err := t.attempt(request)
	if err == nil && response.StatusCode == http.StatusTooManyRequests {
		wait, _ := retryAfter(response.Header, time.Now())
		t.gate.closeFor(wait)
	}
	return response, err
}

func (t *attemptTransport) attempt(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(request.Context(), t.timeout, errAttemptTimeout)
	defer cancel()
	response, err := t.next.RoundTrip(request.WithContext(ctx))
	if err != nil {
		return nil, attemptError(ctx, request.Context(), t.timeout, err)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBodyBytes+1))
	closeErr := response.Body.Close()
	if err = errors.Join(err, closeErr); err != nil {
		return nil, attemptError(ctx, request.Context(), t.timeout, fmt.Errorf("the connection broke in the middle of the answer: %w", err))
	}
	if len(body) > maxBodyBytes {
		return nil, &answerTooLargeError{}
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

var errAttemptTimeout = errors.New("attempt timed out")

// attemptError tells a time-out of the attempt, after which another may be
// made, from the end of the whole request.
func attemptError(attempt, whole context.Context, timeout time.Duration, err error) error {
	if whole.Err() == nil && errors.Is(context.Cause(attempt), errAttemptTimeout) {
		return fmt.Errorf("%w after %s", errAttemptTimeout, timeout)
	}
	return err
}

// answerTooLargeError stops a server, or a proxy, from filling the memory.
type answerTooLargeError struct{}

func (*answerTooLargeError) Error() string {
	return fmt.Sprintf("the answer is larger than %d MiB", maxBodyBytes>>20)
}

// A notSentError is why a request was not sent at all.
type notSentError struct {
	cause error
	// final is true if another attempt would end the same way.
	final bool
}

func (e *notSentError) Error() string { return e.cause.Error() }

// Unwrap returns the cause.
func (e *notSentError) Unwrap() error { return e.cause }

// certainlyNotSent tells whether the error came before SignPath could have
// received the request.
func certainlyNotSent(err error) bool {
	var op *net.OpError
	var notSent *notSentError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &notSent) || errors.As(err, &certificate) || (errors.As(err, &op) && op.Op == "dial")
}

// isFinal tells whether another attempt would end with the same error.
func isFinal(err error) bool {
	var notSent *notSentError
	var certificate *tls.CertificateVerificationError
	var tooLarge *answerTooLargeError
	var lookup *net.DNSError
	switch {
	case errors.As(err, &tooLarge), errors.As(err, &certificate):
		return true
	case errors.As(err, &lookup):
		return lookup.IsNotFound // A misspelled host stays unknown.
	}
	return errors.As(err, &notSent) && notSent.final
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

// A gate holds back all requests of a client while SignPath asks for a pause:
// a 429 to one of ten parallel requests is meant for all of them.
type gate struct {
	mu    sync.Mutex
	until time.Time
}

func (g *gate) closeFor(wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := time.Now().Add(wait); until.After(g.until) {
		g.until = until
	}
}

// wait returns when the gate is open, or with a [*notSentError].
func (g *gate) wait(ctx context.Context) error {
	for {
		g.mu.Lock()
		wait := time.Until(g.until)
		g.mu.Unlock()
		if wait <= 0 {
			return nil
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
			return &notSentError{
				cause: fmt.Errorf("SignPath asked to wait for %s, longer than the time that is left", wait.Round(time.Second)),
				final: true,
			}
		}
		if err := sleep(ctx, wait); err != nil {
			return &notSentError{cause: err}
		}
	}
}

func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
