package httpapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-cleanhttp"
)

// maxBodyBytes bounds an answer. A list of 50,000 objects has about 20 MB.
const maxBodyBytes = 64 << 20

// newHTTPTransport returns a transport for the client's only host.
func newHTTPTransport(concurrent int, proxy proxyFunc, tlsConfig *tls.Config) *connectedTransport {
	pooled := cleanhttp.DefaultPooledTransport()
	// Go keeps 2 idle connections per host by default, and then opens one for
	// nearly every request of a parallel run.
	pooled.MaxIdleConnsPerHost = 2 * concurrent
	pooled.MaxIdleConns = pooled.MaxIdleConnsPerHost
	pooled.MaxConnsPerHost = concurrent
	// Servers and load balancers close idle connections after a minute or more. What
	// is on its way to a closed one is lost: nobody knows whether it was acted on.
	pooled.IdleConnTimeout = 45 * time.Second
	// HTTP/1.1 alone: over HTTP/2, net/http by itself sends a POST again after
	// the server reset its stream with PROTOCOL_ERROR, which is no promise that
	// the server did not act.
	pooled.Protocols = &http.Protocols{}
	pooled.Protocols.SetHTTP1(true)
	pooled.Proxy = proxy
	pooled.OnProxyConnectResponse = refusedByProxy
	pooled.TLSClientConfig = tlsConfig
	return &connectedTransport{pooled: pooled}
}

// closedIdle is the error of net/http, which does not export it, where the server had
// closed the connection before net/http began to write the request to it. net/http
// itself then takes another connection only for what is idempotent.
const closedIdle = "http: server closed idle connection"

// connectedTransport knows which requests got a connection that was open. One that
// got none, for whatever reason and whatever ended it, was certainly not sent.
type connectedTransport struct{ pooled *http.Transport }

// RoundTrip implements [http.RoundTripper]. The error of a request that got no open
// connection is a [*notSentError].
func (t *connectedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	var connected atomic.Bool
	// A connection is reported after its way through the proxy and its TLS
	// handshake, and before the first byte of the request.
	ctx := httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	response, err := t.pooled.RoundTrip(request.WithContext(ctx))
	if err == nil || connected.Load() && err.Error() != closedIdle {
		return response, err
	}
	var noTLS tls.RecordHeaderError
	if errors.As(err, &noTLS) && string(noTLS.RecordHeader[:]) == "HTTP/" {
		err = http.ErrSchemeMismatch // As http.Client has it, where nothing is around the error.
	}
	return nil, &notSentError{cause: err}
}

// attemptTransport carries out one attempt of a request: it waits for its turn,
// bounds the attempt in time, and reads the answer whole, so that a connection
// that breaks in the middle of a body counts as a failed attempt and can be
// tried again.
type attemptTransport struct {
	next    http.RoundTripper
	pace    *pace
	timeout time.Duration
	// host is the only host that the token is ever sent to.
	host  string
	trace *trace
}

func newAttemptTransport(config resolvedConfig) *attemptTransport {
	return &attemptTransport{
		next:    config.transport,
		pace:    newPace(config),
		timeout: config.AttemptTimeout,
		host:    config.base.Host,
		trace:   newTrace(config),
	}
}

// RoundTrip implements [http.RoundTripper].
func (t *attemptTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Host != t.host {
		return nil, &notSentError{cause: fmt.Errorf("refused to send the API token to %s", request.URL.Host), final: true}
	}
	leave, err := t.pace.enter(request.Context())
	if err != nil {
		return nil, err
	}
	defer leave()
	t.trace.request(request)
	response, err := t.attempt(request)
	if err != nil {
		return nil, err
	}
	t.trace.response(request, response)
	if _, err := response.Location(); err != nil && isRedirect(response.StatusCode) {
		// http.Client would take an answer with a malformed one for no answer.
		response.Header.Del("Location")
	}
	if response.StatusCode == http.StatusTooManyRequests {
		wait, _ := retryAfter(response.Header, time.Now())
		t.pace.gate.closeFor(wait)
	}
	return response, nil
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func (t *attemptTransport) attempt(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(request.Context(), t.timeout, errAttemptTimeout)
	defer cancel()
	response, err := t.next.RoundTrip(request.WithContext(ctx))
	if err != nil {
		return nil, attemptError(ctx, request.Context(), t.timeout, err)
	}
	if response.ContentLength > maxBodyBytes {
		_ = response.Body.Close()
		return nil, &answerTooLargeError{}
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
	if whole.Err() != nil || !errors.Is(context.Cause(attempt), errAttemptTimeout) {
		return err
	}
	timedOut := fmt.Errorf("%w after %s", errAttemptTimeout, timeout)
	if certainlyNotSent(err) {
		return &notSentError{cause: timedOut}
	}
	return timedOut
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
