package httpapi

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-cleanhttp"
)

// maxBodyBytes bounds an answer. A list of 50,000 objects has about 20 MB.
const maxBodyBytes = 64 << 20

// newHTTPTransport returns a transport for the client's only host.
func newHTTPTransport(concurrent int, proxy func(*http.Request) (*url.URL, error), tlsConfig *tls.Config) *connectedTransport {
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

// An answer is how an attempt ended: the server's answer, read whole, or an error.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error
	// attempts is how many there were, this one included.
	attempts int
	// noToken is why there was no token to send with it.
	noToken error
	// release ends the turn of a large answer that succeeded. It is nil if there is no
	// answer.
	release func()
}

func (a answer) succeeded() bool { return a.err == nil && a.status >= 200 && a.status <= 299 }

// attempt sends a request once: it waits for its turn, bounds the attempt in time,
// and reads the answer whole, so that a connection that breaks in the middle of a
// body counts as a failed attempt and can be tried again. A redirect is an answer
// and is never followed: it could carry the token to another host, or turn a POST
// into a GET.
func (c *Client) attempt(whole context.Context, r Request, id string, content []byte, token string) answer {
	leave, err := c.pace.enter(whole)
	if err != nil {
		return answer{err: err}
	}
	defer leave()
	if r.Unbroken {
		var cancel context.CancelFunc
		whole, cancel = unbroken(whole)
		defer cancel()
	}
	ctx, watch, end := startStopwatch(whole, c.config.AttemptTimeout)
	defer end()
	request, err := c.newRequest(ctx, r, id, content, token)
	if err != nil {
		return answer{err: &notSentError{cause: err, final: true}}
	}
	c.trace(ctx, "request", map[string]any{"request_id": id, "method": r.Method, "path": request.URL.Path}, request.Header, false)
	var result answer
	response, err := c.config.Transport.RoundTrip(request)
	if err != nil {
		result.err = err
	} else {
		reader := &turnReader{ctx: ctx, body: response.Body, turn: c.turn, watch: watch}
		result = reader.readAnswer(response)
	}
	if result.err != nil {
		// Another attempt may be made after the end of this one, not after that of
		// the whole request.
		if whole.Err() == nil && errors.Is(context.Cause(ctx), errAttemptTimeout) {
			timedOut := fmt.Errorf("%w after %s", errAttemptTimeout, c.config.AttemptTimeout)
			if certainlyNotSent(result.err) {
				timedOut = &notSentError{cause: timedOut}
			}
			result.err = timedOut
		}
		return result
	}
	// The answer to a request that acts may hold a new token, in a header too.
	c.trace(ctx, "response", map[string]any{"request_id": id, "status": result.status}, result.header, r.Class == Once || r.SecretAnswer)
	if result.status == http.StatusTooManyRequests {
		wait, _ := retryAfter(result.header, time.Now())
		c.pace.pauseFor(wait)
	}
	return result
}

// unbroken returns a context that ends when the budget of a request does, and not when it is canceled.
func unbroken(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, _ := ctx.Deadline() // Each request has a budget.
	return context.WithDeadlineCause(context.WithoutCancel(ctx), deadline, errBudgetSpent)
}

func brokenAnswer(err error) error {
	return fmt.Errorf("the connection broke in the middle of the answer: %w", err)
}

var errAttemptTimeout = errors.New("attempt timed out")

// errAnswerTooLarge stops a server, or a proxy, from filling the memory.
var errAnswerTooLarge = fmt.Errorf("the answer is larger than %d MiB", maxBodyBytes>>20)

// A notSentError is why a request was not sent at all.
type notSentError struct {
	cause error
	// final is true if another attempt would end the same way.
	final bool
}

func (e *notSentError) Error() string { return e.cause.Error() }

// Unwrap returns the cause.
func (e *notSentError) Unwrap() error { return e.cause }
