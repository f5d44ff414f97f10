package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
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
	// noticed is true once ContractNotice has spoken.
	noticed atomic.Bool
	// answered has, by path, the id of the last request that succeeded.
	answered sync.Map
}

// New returns a client. It sends nothing. The error joins one [*ConfigError]
// per wrong setting.
func New(config Config) (*Client, error) {
	resolved, wrong := config.resolve()
	if len(wrong) > 0 {
		errs := make([]error, len(wrong))
		for i, w := range wrong {
			errs[i] = w
		}
		return nil, errors.Join(errs...)
	}
	c := &Client{config: resolved.Config, base: resolved.base, token: tokenPattern(resolved.Token), snapshot: newSnapshot()}
	c.http = &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: newAttemptTransport(resolved, c.token),
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
func (c *Client) call(ctx context.Context, r *contract.Route, parameters []string, body any) ([]byte, http.Header, error) {
	failure := &Error{Route: r.String(), Path: r.Expand(parameters), RequestID: uuid.NewString()}
	tried := &attempts{class: r.Class, noRetries: c.config.RetryBudget < 0}
	ctx, cancel := c.withBudget(withAttempts(ctx, tried))
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
	c.answered.Store(failure.Path, failure.RequestID)
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

func (c *Client) newRequest(ctx context.Context, r *contract.Route, failure *Error, body any) (*retryablehttp.Request, error) {
	var raw any
	if r.Method != http.MethodGet {
		encoded, err := encodeBody(body)
		if err != nil {
			return nil, fmt.Errorf("the request could not be written: %w", err)
		}
		raw = encoded
	}
	target := c.base.String() + "/" + r.Version() + "/" + c.OrganizationID() + failure.Path
	if r.Global {
		target = c.base.String() + failure.Path
	}
	request, err := retryablehttp.NewRequestWithContext(ctx, r.Method, target, raw)
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

// refusal completes the error with what SignPath answered.
func (c *Client) refusal(failure *Error, response *http.Response, body []byte) *Error {
	failure.Status = response.StatusCode
	failure.Sent = response.StatusCode >= 500
	failure.RetryAfter, _ = retryAfter(response.Header, time.Now())
	// A server that echoes the request must not put the token into a message.
	failure.describe(response.Header.Get("Content-Type"), c.token.ReplaceAll(body, []byte(tokenHidden)))
	if isRedirect(response.StatusCode) {
		failure.Title, failure.Fields = "", nil
		failure.Detail = c.withoutToken(c.redirect(failure, response.Header.Get("Location")))
	}
	return failure
}

// unanswered completes the error of a request that ended without an answer, or
// with one that was worth another attempt until the budget was spent.
func (c *Client) unanswered(ctx context.Context, failure *Error, tried *attempts, err error) *Error {
	var pause *pauseError
	if errors.As(err, &pause) {
		failure.RetryAfter = pause.asked
	}
	if !errors.Is(context.Cause(ctx), errBudgetSpent) {
		failure.Sent, failure.Cause = tried.received, c.causeWithoutToken(err)
		return failure
	}
	failure.GaveUpAfter = c.config.RetryBudget
	if tried.answer != nil {
		failure = c.refusal(failure, tried.answer, tried.body)
		failure.Sent = tried.received
		return failure
	}
	if tried.err != nil {
		err = tried.err // The end of the budget says less.
	}
	failure.Sent, failure.Cause = tried.received, c.causeWithoutToken(err)
	return failure
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
		fields["error"] = c.causeWithoutToken(err).Error()
	}
	c.config.Log(ctx, "SignPath request", fields)
}

// getObject reads one JSON object.
func (c *Client) getObject(ctx context.Context, r *contract.Route, parameters ...string) (contract.Object, error) {
	body, _, err := c.call(ctx, r, parameters, nil)
	if err != nil {
		return nil, err
	}
	o, err := contract.DecodeObject(body)
	if err != nil {
		return nil, c.unusable(r, parameters, err)
	}
	return o, nil
}

// getList reads a list of JSON objects.
func (c *Client) getList(ctx context.Context, r *contract.Route, parameters ...string) ([]contract.Object, error) {
	body, _, err := c.call(ctx, r, parameters, nil)
	if err != nil {
		return nil, err
	}
	list, err := contract.DecodeList(body)
	if err != nil {
		return nil, c.unusable(r, parameters, err)
	}
	return list, nil
}

// unusable reports an answer of status 200 that does not say what it should.
func (c *Client) unusable(r *contract.Route, parameters []string, cause error) *Error {
	failure := &Error{Route: r.String(), Path: r.Expand(parameters), Status: http.StatusOK, Cause: cause}
	if id, ok := c.answered.Load(failure.Path); ok {
		failure.RequestID, _ = id.(string)
	}
	return failure
}

const headerRequestID = "X-Request-ID"
