package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// A Request is what a server is asked for.
type Request struct {
	Method string
	// Base is what the paths of one kind have in common, such as a version and a
	// tenant: messages leave it out. It follows the API URL.
	Base string
	// Path follows Base, with its segments escaped.
	Path string
	// Query is sent after the path, encoded and without its question mark. Messages
	// leave it out, too.
	Query string
	Class Class
	// Body is sent as JSON, unless the method is GET; nil is {}, because some
	// servers refuse an empty one.
	Body any
	// Form is sent as a form in place of a body, if it is not nil.
	Form url.Values
	// Header is sent beside the headers that each request has.
	Header http.Header
	// Open requests carry no token, such as one that asks for it.
	Open bool
	// SecretAnswer keeps whatever could be a secret of the answer out of the error
	// and the log: also of a malformed one, which net/http quotes.
	SecretAnswer bool
	// Unbroken lets an attempt that has begun go on when the context is canceled, for a
	// request whose answer nobody could get again. It ends with the time that it has.
	// Waits, and attempts that have not begun, end with the context.
	Unbroken bool
}

// A Client sends requests to one server as one user. It is safe for concurrent
// use.
type Client struct {
	config resolvedConfig
	asked  asked
	// exchanger gets the tokens; nil where the secret itself is sent.
	exchanger *exchanger
	pace      *pace
	// answered has, by path, the id of the last request that succeeded.
	answered sync.Map
	// isReached is true once there was an answer, whatever it said.
	isReached atomic.Bool
	// longestWait is how long the request took, in nanoseconds, that had to be sent again for longest.
	longestWait atomic.Int64
	// turn is full while a large answer is read and used.
	turn  chan struct{}
	clock serverClock
}

// New returns a client. It sends nothing. The error is a [ConfigErrors], with those
// that are handed over, of settings that are the vendor's own.
func New(config Config, wrong ...ConfigError) (*Client, error) {
	resolved, more := config.resolve()
	if wrong = append(wrong, more...); len(wrong) > 0 {
		return nil, ConfigErrors(wrong)
	}
	c := &Client{config: resolved, asked: resolved.asked(), pace: newPace(resolved), turn: make(chan struct{}, 1)}
	if config.Exchange != nil && resolved.credential.secret != "" {
		c.exchanger = &exchanger{get: c.exchange}
	}
	return c, nil
}

// URL returns the API URL, as it was normalized.
func (c *Client) URL() string { return c.config.base.String() }

// LongestWait returns how long the request took that had to be sent again for longest before it
// succeeded; 0 if none had to for long.
func (c *Client) LongestWait() time.Duration { return time.Duration(c.longestWait.Load()) }

// MaxConcurrentRequests returns how many requests are under way at once. More
// that are begun only wait, and that counts as a part of their time.
func (c *Client) MaxConcurrentRequests() int { return c.config.MaxConcurrentRequests }

// Do sends one request, with retries, and returns the answer's body and header.
// Every failure is an [*Error].
func (c *Client) Do(ctx context.Context, r Request) (body []byte, header http.Header, err error) {
	err = c.Use(ctx, r, func(answered []byte, with http.Header) { body, header = answered, with })
	return body, header, err
}

func (c *Client) exchange(ctx context.Context) (Token, error) {
	send := func(ctx context.Context, r Request) ([]byte, error) {
		body, _, err := c.Do(ctx, r)
		return body, err
	}
	token, err := c.config.Exchange(ctx, c.config.credential.secret, send)
	if err == nil {
		c.config.credential.issued.note(token.Value)
	}
	return token, err
}

// Use is [Client.Do] for what may answer much: it hands the answer over before the next
// large answer of this client is read, so that only one of them is in memory beside what
// was made of it. The function must not wait for another request.
func (c *Client) Use(ctx context.Context, r Request, use func(body []byte, header http.Header)) error {
	failure := c.failure(r)
	failure.RequestID = uuid.NewString()
	content, err := encodeBody(r)
	if err == nil && leadsElsewhere(r.Path) {
		err = errors.New("a name in its path leads to another place than it names")
	}
	if err != nil {
		failure.Cause = fmt.Errorf("the request could not be written: %w", err)
		return failure
	}
	budget := c.config.RetryBudget
	if budget < 0 {
		budget = math.MaxInt64 // There is nothing to bound but the one attempt.
	}
	ctx, cancel := context.WithTimeoutCause(ctx, budget, errBudgetSpent)
	defer cancel()
	started := time.Now()
	last, received := c.repeat(ctx, r, failure.RequestID, content)
	if last.noToken != nil {
		return notSent(last.noToken, received)
	}
	took := time.Since(started)
	c.log(ctx, r, failure.RequestID, last, took)
	if last.succeeded() {
		// So that who finds the answer unusable can name it.
		c.answered.Store(r.Path, failure.RequestID)
		c.clock.note(last.header, time.Now())
		if last.attempts > 1 && took >= longWait && int64(took) > c.longestWait.Load() {
			c.longestWait.Store(int64(took))
		}
		defer last.release()
		use(last.body, last.header)
		return nil
	}
	failure.Sent = received || last.status >= http.StatusInternalServerError
	if isSpent(ctx) {
		failure.GaveUpAfter = c.config.RetryBudget
	}
	if last.err == nil {
		c.refuse(failure, r, last)
	} else {
		failure.Cause = c.config.credential.hideIn(last.err)
		var pause *pauseError
		if errors.As(last.err, &pause) {
			failure.RetryAfter = pause.asked
		}
	}
	if r.SecretAnswer {
		failure.hideSecrets()
	}
	return failure
}

// leadsElsewhere tells whether a path has a segment that servers and proxies take for the place
// around it: an answer may name an object so.
func leadsElsewhere(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "/"), func(segment string) bool { return segment == "." || segment == ".." })
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
	return &Error{Method: r.Method, Path: r.Path, service: &c.config.Service, asked: &c.asked}
}

const headerRequestID = "X-Request-ID"

func (c *Client) newRequest(ctx context.Context, r Request, id string, content []byte, token string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, r.Method, c.URL()+r.Base+r.Path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	request.URL.RawQuery = r.Query
	// With every request, also without a body: some servers mishandle its absence.
	request.Header.Set("Content-Type", r.contentType())
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.config.UserAgent)
	request.Header.Set(headerRequestID, id)
	maps.Copy(request.Header, r.Header)
	authorize(request.Header, token)
	return request, nil
}

func (r Request) contentType() string {
	if r.Form != nil {
		return "application/x-www-form-urlencoded"
	}
	return "application/json"
}

func encodeBody(r Request) ([]byte, error) {
	if r.Method == http.MethodGet {
		return nil, nil
	}
	if r.Form != nil {
		return []byte(r.Form.Encode()), nil
	}
	if r.Body == nil {
		return []byte("{}"), nil
	}
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	// What was read goes back as it came, also where it has markup in it.
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(r.Body)
	return bytes.TrimSpace(encoded.Bytes()), err
}

// refuse completes the error with what the server answered.
func (c *Client) refuse(failure *Error, r Request, last answer) {
	failure.Status = last.status
	failure.RetryAfter, _ = retryAfter(last.header, time.Now())
	// A server that echoes the request must not put the token into a message.
	body := []byte(c.config.credential.hide(string(last.body)))
	failure.describe(c.config.Service.ReadProblem(body), last.header.Get("Content-Type"), body)
	switch last.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		failure.Title, failure.Fields = "", nil
		failure.Detail = c.config.credential.hide(c.redirect(r, last.header.Get("Location")))
	}
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

// tellWait says that a request has to wait, if it has for long since that was told, and returns when
// it was told last.
func (c *Client) tellWait(ctx context.Context, r Request, id string, result answer, told time.Time) time.Time {
	if result.attempts == 1 || c.config.Warn == nil || time.Since(told) < longWait {
		return told
	}
	fields := map[string]any{"operation": r.Method + " " + r.Path, "request_id": id, "server": c.URL()}
	c.tellOutcome(fields, r, result)
	c.config.Warn(ctx, "waiting for "+c.config.Service.Name+", which does not answer as it should", fields)
	return time.Now()
}

func (c *Client) log(ctx context.Context, r Request, id string, last answer, took time.Duration) {
	if c.config.Log == nil {
		return
	}
	fields := map[string]any{"operation": r.Method + " " + r.Path, "request_id": id, "milliseconds": took.Milliseconds()}
	c.tellOutcome(fields, r, last)
	c.config.Log(ctx, c.config.Service.Name+" request", fields)
}

// tellOutcome adds to the fields of a line how an attempt ended.
func (c *Client) tellOutcome(fields map[string]any, r Request, result answer) {
	if result.err == nil {
		fields["status"] = result.status
		return
	}
	text := c.config.credential.hide(result.err.Error())
	if r.SecretAnswer {
		text = hideSecrets(text)
	}
	fields["error"] = text
}
