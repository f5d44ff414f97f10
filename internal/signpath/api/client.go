package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/go-retryablehttp"
)

// A Client talks to one organization as one user. It is safe for concurrent
// use, and answers reads from one snapshot: make a new Client for a new run.
type Client struct {
	config Config
	base   *url.URL
	http   *retryablehttp.Client

	snapshot *snapshot
	editors  editors
}

// New returns a client. It sends nothing. The error joins one [*ConfigError]
// per wrong setting.
func New(config Config) (*Client, error) {
	if wrong := config.Validate(); len(wrong) > 0 {
		errs := make([]error, len(wrong))
		for i, w := range wrong {
			errs[i] = w
		}
		return nil, errors.Join(errs...)
	}
	if config.AttemptTimeout == 0 {
		config.AttemptTimeout = DefaultAttemptTimeout
	}
	if config.RetryBudget == 0 {
		config.RetryBudget = DefaultRetryBudget
	}
	base, _ := normalizeURL(config.URL)
	c := &Client{config: config, base: base, snapshot: newSnapshot()}
	c.http = &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: newAttemptTransport(config.Transport, base.Host, config.AttemptTimeout),
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
	}
	return c, nil
}

// OrganizationID returns the id of the organization that the client talks to.
func (c *Client) OrganizationID() string { return strings.ToLower(c.config.OrganizationID) }

// URL returns the API URL, without /v1.
func (c *Client) URL() string { return c.base.String() }

// call sends one request, with retries, and returns the answer's body and
// header. Every failure is an [*Error]. A nil body sends {} with a POST,
// because servers before 1.179.0 refused an empty one (documented).
func (c *Client) call(ctx context.Context, r route, parameters []string, body any) ([]byte, http.Header, error) {
	failure := &Error{Route: r.String(), Path: r.expand(parameters), RequestID: uuid.NewString()}
	ctx, cancel := context.WithTimeout(withRetryClass(ctx, r.class), c.config.RetryBudget)
	defer cancel()

	request, err := c.newRequest(ctx, r, failure, body)
	if err != nil {
		failure.Cause = err
		return nil, nil, failure
	}
	started := time.Now()
	response, err := c.http.Do(request)
	c.log(ctx, failure, response, err, time.Since(started))
	if err != nil {
		failure.Cause = c.giveUpReason(ctx, err)
		failure.Sent = !certainlyNotSent(err)
		return nil, nil, failure
	}
	defer response.Body.Close() //nolint:errcheck // The body is in memory already.
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(response.Body); err != nil {
		failure.Cause = err
		return nil, nil, failure
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, nil, c.refusal(failure, response, answer.Bytes())
	}
	return answer.Bytes(), response.Header, nil
}

func (c *Client) newRequest(ctx context.Context, r route, failure *Error, body any) (*retryablehttp.Request, error) {
	var raw any
	if r.method == http.MethodPost {
		if body == nil {
			body = struct{}{}
		}
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("the request could not be written: %w", err)
		}
		raw = encoded
	}
	target := c.base.String() + "/v1/" + c.OrganizationID() + failure.Path
	request, err := retryablehttp.NewRequestWithContext(ctx, r.method, target, raw)
	if err != nil {
		return nil, err
	}
	// Content-Type goes with every request: servers before 1.206.0 mishandle
	// its absence (documented).
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+c.config.Token)
	request.Header.Set("User-Agent", c.config.UserAgent)
	request.Header.Set("X-Request-ID", failure.RequestID)
	return request, nil
}

// refusal completes the error with what SignPath answered.
func (c *Client) refusal(failure *Error, response *http.Response, body []byte) *Error {
	failure.Status = response.StatusCode
	failure.Sent = response.StatusCode >= 500
	if location := response.Header.Get("Location"); response.StatusCode >= 300 && response.StatusCode < 400 && location != "" {
		failure.Detail = fmt.Sprintf("It redirects to %s, which is not followed. Check api_url.", hostOf(location))
		return failure
	}
	// A server that echoes the request must not put the token into a message.
	body = bytes.ReplaceAll(body, []byte(c.config.Token), []byte("(token)"))
	failure.describe(response.Header.Get("Content-Type"), body)
	return failure
}

func hostOf(location string) string {
	if u, err := url.Parse(location); err == nil && u.Host != "" {
		return u.Host
	}
	return "another path"
}

// giveUpReason explains the end of the budget, which otherwise reads "context
// deadline exceeded".
func (c *Client) giveUpReason(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("gave up after %s: %w", c.config.RetryBudget, err)
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

func (c *Client) log(ctx context.Context, request *Error, response *http.Response, err error, took time.Duration) {
	if c.config.Log == nil {
		return
	}
	fields := map[string]any{"operation": request.operation(), "request_id": request.RequestID, "milliseconds": took.Milliseconds()}
	if response != nil {
		fields["status"] = response.StatusCode
	}
	if err != nil {
		fields["error"] = err.Error()
	}
	c.config.Log(ctx, "SignPath request", fields)
}

// getObject reads one JSON object.
func (c *Client) getObject(ctx context.Context, r route, parameters ...string) (object, error) {
	body, _, err := c.call(ctx, r, parameters, nil)
	if err != nil {
		return nil, err
	}
	o, err := decodeObject(body)
	if err != nil {
		return nil, unusable(r, parameters, err)
	}
	return o, nil
}

// getList reads a list of JSON objects.
func (c *Client) getList(ctx context.Context, r route, parameters ...string) ([]object, error) {
	body, _, err := c.call(ctx, r, parameters, nil)
	if err != nil {
		return nil, err
	}
	list, err := decodeList(body)
	if err != nil {
		return nil, unusable(r, parameters, err)
	}
	return list, nil
}

// unusable reports an answer of status 200 that does not say what it should.
func unusable(r route, parameters []string, cause error) *Error {
	return &Error{Route: r.String(), Path: r.expand(parameters), Status: http.StatusOK, Cause: cause}
}

type retryClassKey struct{}

func withRetryClass(ctx context.Context, class retryClass) context.Context {
	return context.WithValue(ctx, retryClassKey{}, class)
}

// checkRetry decides whether another attempt is made: never after the end of
// the context or when the wait would outlast the budget, and for a request that
// acts each time it is sent only if SignPath certainly did not act.
func checkRetry(ctx context.Context, response *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	class, _ := ctx.Value(retryClassKey{}).(retryClass)
	if err != nil {
		var tooLarge *answerTooLargeError
		if errors.As(err, &tooLarge) {
			return false, err
		}
		return class == idempotent || certainlyNotSent(err), nil
	}
	if !isRetryable(class, response.StatusCode) {
		return false, nil
	}
	wait, _ := retryAfter(response.Header, time.Now())
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > wait, nil
}

func isRetryable(class retryClass, status int) bool {
	switch status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return class == idempotent
	}
	return false
}

// backoff doubles the wait with each attempt, spreads it by up to a half so
// that parallel requests do not come back together, and waits at least as long
// as SignPath asks for.
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
