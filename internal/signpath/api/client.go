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
	"regexp"
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
	// token finds the token in what a server echoes.
	token *regexp.Regexp

	snapshot *snapshot
	editors  editors
	notice   notice
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
	c := &Client{config: config, base: base, token: tokenPattern(config.Token), snapshot: newSnapshot()}
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
	tried := &attempts{class: r.class}
	ctx, cancel := context.WithTimeoutCause(withAttempts(ctx, tried), c.config.RetryBudget, errBudgetSpent)
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
		return nil, nil, c.unanswered(ctx, failure, tried, err)
	}
	defer response.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(response.Body); err != nil {
		failure.Cause = err
		return nil, nil, failure
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, nil, c.refusal(failure, response, answer.Bytes())
	}
	// So that who finds the answer unusable can name it.
	response.Header.Set(headerRequestID, failure.RequestID)
	return answer.Bytes(), response.Header, nil
}

func (c *Client) newRequest(ctx context.Context, r route, failure *Error, body any) (*retryablehttp.Request, error) {
	var raw any
	if r.method != http.MethodGet {
		if body == nil {
			body = struct{}{}
		}
		var encoded bytes.Buffer
		encoder := json.NewEncoder(&encoded)
		// What was read goes back as it came, also where it has markup in it.
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(body); err != nil {
			return nil, fmt.Errorf("the request could not be written: %w", err)
		}
		raw = bytes.TrimSpace(encoded.Bytes())
	}
	target := c.base.String() + "/v1/" + c.OrganizationID() + failure.Path
	if r.global {
		target = c.base.String() + failure.Path
	}
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
	request.Header.Set(headerRequestID, failure.RequestID)
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
	failure.describe(response.Header.Get("Content-Type"), c.token.ReplaceAll(body, []byte("(token)")))
	return failure
}

func hostOf(location string) string {
	if u, err := url.Parse(location); err == nil && u.Host != "" {
		return u.Host
	}
	return "another path"
}

// unanswered completes the error of a request that ended without an answer, or
// with one that was worth another attempt until the budget was spent.
func (c *Client) unanswered(ctx context.Context, failure *Error, tried *attempts, err error) *Error {
	failure.Sent = tried.received
	if !errors.Is(context.Cause(ctx), errBudgetSpent) {
		failure.Cause = c.withoutToken(err)
		return failure
	}
	if tried.status != 0 {
		failure.Status = tried.status
		failure.Detail = fmt.Sprintf("(gave up after %s)", c.config.RetryBudget)
		return failure
	}
	if tried.err != nil {
		err = tried.err // The end of the budget says less.
	}
	failure.Cause = fmt.Errorf("gave up after %s: %w", c.config.RetryBudget, c.withoutToken(err))
	return failure
}

// withoutToken takes the method and URL off an error of the HTTP client, which
// the message has already, and the token, which an error about a malformed
// answer could quote.
func (c *Client) withoutToken(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if text := err.Error(); c.token.MatchString(text) {
		return errors.New(c.token.ReplaceAllString(text, "(token)"))
	}
	return err
}

// tokenPattern matches the token as it is, and with its special characters
// escaped as JSON and URLs may have them.
func tokenPattern(token string) *regexp.Regexp {
	var pattern strings.Builder
	for _, r := range token {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			pattern.WriteRune(r)
		default:
			fmt.Fprintf(&pattern, `(?:\\?%s|(?i:\\u%04x|%%%02x))`, regexp.QuoteMeta(string(r)), r, r)
		}
	}
	return regexp.MustCompile(pattern.String())
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
		fields["error"] = c.withoutToken(err).Error()
	}
	c.config.Log(ctx, "SignPath request", fields)
}

// getObject reads one JSON object.
func (c *Client) getObject(ctx context.Context, r route, parameters ...string) (object, error) {
	body, header, err := c.call(ctx, r, parameters, nil)
	if err != nil {
		return nil, err
	}
	o, err := decodeObject(body)
	if err != nil {
		return nil, unusableAnswer(r, parameters, header, err)
	}
	return o, nil
}

// getList reads a list of JSON objects.
func (c *Client) getList(ctx context.Context, r route, parameters ...string) ([]object, error) {
	body, header, err := c.call(ctx, r, parameters, nil)
	if err != nil {
		return nil, err
	}
	list, err := decodeList(body)
	if err != nil {
		return nil, unusableAnswer(r, parameters, header, err)
	}
	return list, nil
}

// unusable reports an answer of status 200 that does not say what it should.
func unusable(r route, parameters []string, cause error) *Error {
	return &Error{Route: r.String(), Path: r.expand(parameters), Status: http.StatusOK, Cause: cause}
}

// unusableAnswer is unusable for an answer that is at hand.
func unusableAnswer(r route, parameters []string, header http.Header, cause error) *Error {
	failure := unusable(r, parameters, cause)
	failure.RequestID = header.Get(headerRequestID)
	return failure
}

const headerRequestID = "X-Request-ID"

// errBudgetSpent ends a request whose attempts have used up the retry budget.
var errBudgetSpent = errors.New("the retry budget is spent")

// attempts is what is known of the attempts of one request so far.
type attempts struct {
	class retryClass
	// received is true once SignPath may have received an attempt that it did
	// not answer.
	received bool
	// status and err are how the last attempt ended.
	status int
	err    error
}

type attemptsKey struct{}

func withAttempts(ctx context.Context, tried *attempts) context.Context {
	return context.WithValue(ctx, attemptsKey{}, tried)
}

// note takes down how an attempt ended, unless the context ended it.
func (a *attempts) note(ctx context.Context, response *http.Response, err error) {
	if err != nil && !certainlyNotSent(err) {
		a.received = true
	}
	if ctx.Err() != nil {
		return
	}
	a.status, a.err = 0, err
	if err == nil {
		a.status = response.StatusCode
	}
}

// checkRetry decides whether another attempt is made: never after the end of
// the context or when the wait would outlast the budget, and for a request that
// acts each time it is sent only if SignPath certainly did not act.
func checkRetry(ctx context.Context, response *http.Response, err error) (bool, error) {
	tried, ok := ctx.Value(attemptsKey{}).(*attempts)
	if !ok {
		return false, err
	}
	tried.note(ctx, response, err)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		return !isFinal(err) && (tried.class == idempotent || certainlyNotSent(err)), nil
	}
	if !isRetryable(tried.class, response.StatusCode) {
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
