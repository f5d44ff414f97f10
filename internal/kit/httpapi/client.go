package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/go-retryablehttp"
)

// A Request is what a server is asked for.
type Request struct {
	Method string
	// Base is what the paths of one kind have in common, such as a version and a
	// tenant: messages leave it out. It follows the API URL.
	Base string
	// Path follows Base, with its segments escaped.
	Path  string
	Class Class
	// Body is sent as JSON, unless the method is GET; nil is {}, because some
	// servers refuse an empty one.
	Body any
	// SecretAnswer keeps whatever could be a secret of the answer out of the error
	// and the log: also of a malformed one, which net/http quotes.
	SecretAnswer bool
}

// A Client sends requests to one server as one user. It is safe for concurrent
// use.
type Client struct {
	config resolvedConfig
	http   *retryablehttp.Client
	// answered has, by path, the id of the last request that succeeded.
	answered sync.Map
}

// New returns a client. It sends nothing. The error joins one [*ConfigError] per
// wrong setting: those that are handed over, of settings that are the vendor's
// own, and those that are found here.
func New(config Config, wrong ...*ConfigError) (*Client, error) {
	resolved, more := config.resolve()
	if wrong = append(wrong, more...); len(wrong) > 0 {
		errs := make([]error, len(wrong))
		for i, w := range wrong {
			errs[i] = w
		}
		return nil, errors.Join(errs...)
	}
	return &Client{config: resolved, http: &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: newAttemptTransport(resolved),
			// A redirect is answered to the caller, never followed: it could
			// carry the token to another host, or turn a POST into a GET.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		RetryMax:     1 << 20, // The budget ends the attempts, not their number.
		RetryWaitMin: 500 * time.Millisecond,
		RetryWaitMax: 30 * time.Second,
		CheckRetry:   checkRetry,
		Backoff:      backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}}, nil
}

// URL returns the API URL, as it was normalized.
func (c *Client) URL() string { return c.config.base.String() }

// MaxConcurrentRequests returns how many requests are under way at once. More
// that are begun only wait, and that counts as a part of their time.
func (c *Client) MaxConcurrentRequests() int { return c.config.MaxConcurrentRequests }

// Do sends one request, with retries, and returns the answer's body and header.
// Every failure is an [*Error].
func (c *Client) Do(ctx context.Context, r Request) ([]byte, http.Header, error) {
	failure := c.failure(r)
	failure.RequestID = uuid.NewString()
	body, header, err := c.send(ctx, r, failure)
	if err == nil {
		// So that who finds the answer unusable can name it.
		c.answered.Store(r.Path, failure.RequestID)
		return body, header, nil
	}
	if r.SecretAnswer {
		err.hideSecrets()
	}
	return nil, nil, err
}

// Unusable reports an answer that does not say what it should.
func (c *Client) Unusable(r Request, cause error) *Error {
	failure := c.failure(r)
	failure.Status, failure.Cause = http.StatusOK, cause
	if id, ok := c.answered.Load(r.Path); ok {
		failure.RequestID, _ = id.(string)
	}
	return failure
}

func (c *Client) failure(r Request) *Error {
	return &Error{Method: r.Method, Path: r.Path, service: &c.config.Service}
}

func (c *Client) send(ctx context.Context, r Request, failure *Error) ([]byte, http.Header, *Error) {
	tried := &attempts{class: r.Class, noRetries: c.config.RetryBudget < 0}
	ctx, cancel := c.withBudget(withAttempts(ctx, tried))
	defer cancel()

	request, err := c.newRequest(ctx, r, failure.RequestID)
	if err != nil {
		failure.Cause = err
		return nil, nil, failure
	}
	started := time.Now()
	response, err := c.http.Do(request)
	c.log(ctx, r, failure.RequestID, response, err, time.Since(started))
	if err != nil {
		return nil, nil, c.unanswered(ctx, r, failure, tried, err)
	}
	defer response.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(response.Body); err != nil {
		failure.Cause = err
		return nil, nil, failure
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, nil, c.refusal(r, failure, response, answer.Bytes())
	}
	return answer.Bytes(), response.Header, nil
}

// withBudget bounds a request with all its attempts and waits. Without retries
// there is nothing to bound but the one attempt.
func (c *Client) withBudget(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.config.RetryBudget < 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, c.config.RetryBudget, errBudgetSpent)
}

const headerRequestID = "X-Request-ID"

func (c *Client) newRequest(ctx context.Context, r Request, id string) (*retryablehttp.Request, error) {
	var raw any
	if r.Method != http.MethodGet {
		encoded, err := encodeBody(r.Body)
		if err != nil {
			return nil, fmt.Errorf("the request could not be written: %w", err)
		}
		raw = encoded
	}
	request, err := retryablehttp.NewRequestWithContext(ctx, r.Method, c.URL()+r.Base+r.Path, raw)
	if err != nil {
		return nil, err
	}
	// With every request, also without a body: some servers mishandle its absence.
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.config.UserAgent)
	request.Header.Set(headerRequestID, id)
	c.config.credential.authorize(request.Header)
	return request, nil
}

// encodeBody writes the body of a request, {} for nil.
func encodeBody(body any) ([]byte, error) {
	if body == nil {
		body = struct{}{}
	}
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	// What was read goes back as it came, also where it has markup in it.
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(encoded.Bytes()), nil
}

// refusal completes the error with what the server answered.
func (c *Client) refusal(r Request, failure *Error, response *http.Response, body []byte) *Error {
	failure.Status = response.StatusCode
	failure.Sent = response.StatusCode >= 500
	failure.RetryAfter, _ = retryAfter(response.Header, time.Now())
	// A server that echoes the request must not put the token into a message.
	body = []byte(c.config.credential.hide(string(body)))
	failure.describe(c.config.Service.problem(body), response.Header.Get("Content-Type"), body)
	if isRedirect(response.StatusCode) {
		failure.Title, failure.Fields = "", nil
		failure.Detail = c.config.credential.hide(c.redirect(r, response.Header.Get("Location")))
	}
	return failure
}

// redirect says where the answer redirects to, and what the API URL may be instead.
// The query of the location is left out, because it may repeat what was sent.
func (c *Client) redirect(r Request, location string) string {
	target, err := c.config.base.Parse(location)
	if err != nil || location == "" {
		return fmt.Sprintf("It redirects without saying where to. Redirects are not followed. Check %s.", FieldURL)
	}
	shown := url.URL{Scheme: target.Scheme, Host: target.Host, Path: target.Path}
	text := fmt.Sprintf("It redirects to %s, which is not followed.", clip(shown.String(), maxWords))
	base, isSameCall := strings.CutSuffix(target.Path, r.Base+r.Path)
	switch {
	case isSameCall:
		shown.Path = base
		return text + fmt.Sprintf(" If that is your %s, set %s to %s.", c.config.Service.Name, FieldURL, shown.String())
	case c.config.base.Scheme == "http" && target.Scheme == "https":
		return text + fmt.Sprintf(" Check %s: the server wants https.", FieldURL)
	}
	return text + fmt.Sprintf(" Check %s: the answer may come from a login page or a proxy.", FieldURL)
}

// unanswered completes the error of a request that ended without an answer, or
// with one that was worth another attempt until the budget was spent.
func (c *Client) unanswered(ctx context.Context, r Request, failure *Error, tried *attempts, err error) *Error {
	var pause *pauseError
	if errors.As(err, &pause) {
		failure.RetryAfter = pause.asked
	}
	if errors.Is(context.Cause(ctx), errBudgetSpent) {
		failure.GaveUpAfter = c.config.RetryBudget
		if tried.answer != nil {
			failure = c.refusal(r, failure, tried.answer, tried.body)
			failure.Sent = tried.received
			return failure
		}
		if tried.err != nil {
			err = tried.err // The end of the budget says less.
		}
	}
	failure.Sent, failure.Cause = tried.received, c.config.credential.cause(err)
	return failure
}

func (c *Client) log(ctx context.Context, r Request, id string, response *http.Response, err error, took time.Duration) {
	if c.config.Log == nil {
		return
	}
	fields := map[string]any{"operation": r.Method + " " + r.Path, "request_id": id, "milliseconds": took.Milliseconds()}
	if response != nil {
		fields["status"] = response.StatusCode
	}
	if err != nil {
		text := c.config.credential.cause(err).Error()
		if r.SecretAnswer {
			text = hideSecrets(text)
		}
		fields["error"] = text
	}
	c.config.Log(ctx, c.config.Service.Name+" request", fields)
}
