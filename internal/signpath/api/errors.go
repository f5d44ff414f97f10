package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// An Error is a request that failed: SignPath refused it, answered something
// that cannot be used, or did not answer.
type Error struct {
	// Route is the operation, such as "POST /CIUsers/{id}/Edit".
	Route string
	// Path is what was asked for, relative to the organization.
	Path string
	// RequestID is the X-Request-ID that was sent, to find the request in logs.
	RequestID string
	// Status is the HTTP status; 0 if there was no answer.
	Status int
	// Title and Detail are SignPath's own words, if any.
	Title, Detail string
	// Fields are SignPath's messages per property; the empty name is for the
	// object as a whole (observed).
	Fields map[string][]string
	// TraceID identifies the request in SignPath's logs, if it said so.
	TraceID string
	// RetryAfter is how long SignPath asks to wait; 0 if it does not say.
	RetryAfter time.Duration
	// GaveUpAfter is for how long the request was repeated, if that ended it.
	GaveUpAfter time.Duration
	// Cause is why there is no usable answer; nil if SignPath refused.
	Cause error
	// Sent is true if SignPath may have acted on the request although no
	// answer arrived.
	Sent bool
}

// Error says what was asked, what SignPath answered, and how to find the request
// in logs.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: ", e.operation())
	switch {
	case e.Cause != nil && e.Status == 0:
		fmt.Fprintf(&b, "no answer from SignPath: %v", e.Cause)
	case e.Cause != nil:
		fmt.Fprintf(&b, "SignPath's answer (%s) cannot be used: %v", statusText(e.Status), e.Cause)
	default:
		fmt.Fprintf(&b, "SignPath answered %s", statusText(e.Status))
	}
	if words := e.Words(); words != "" {
		fmt.Fprintf(&b, ": %s", words)
	}
	if notes := e.notes(); len(notes) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(notes, ", "))
	}
	return b.String()
}

func (e *Error) notes() []string {
	var notes []string
	if e.GaveUpAfter > 0 {
		notes = append(notes, fmt.Sprintf("gave up after %s", e.GaveUpAfter))
	}
	if e.RetryAfter > 0 && e.Status != 0 { // Without an answer, the cause says it.
		notes = append(notes, fmt.Sprintf("SignPath asks to wait for %s", e.RetryAfter.Round(time.Second)))
	}
	if e.RequestID != "" {
		notes = append(notes, "request id "+e.RequestID)
	}
	if e.TraceID != "" {
		notes = append(notes, "SignPath's trace id "+e.TraceID)
	}
	return notes
}

func (e *Error) operation() string {
	method, _, _ := strings.Cut(e.Route, " ")
	return method + " " + e.Path
}

// Words returns SignPath's own words: title, detail and messages per property.
func (e *Error) Words() string {
	var words []string
	if e.Title != "" && !strings.EqualFold(e.Title, http.StatusText(e.Status)) {
		words = append(words, e.Title)
	}
	if e.Detail != "" {
		words = append(words, e.Detail)
	}
	names := slices.Sorted(maps.Keys(e.Fields))
	for i, field := range names {
		if i == maxMessages {
			words = append(words, fmt.Sprintf("(and messages on %d more properties)", len(names)-i))
			break
		}
		message := clip(strings.Join(e.Fields[field], " "), maxWords)
		if field != "" {
			message = field + ": " + message
		}
		words = append(words, message)
	}
	return strings.Join(words, " ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// IsWebPage tells whether a web page answered, so that the address is probably not
// that of the API.
func (e *Error) IsWebPage() bool { return errors.Is(e.Cause, contract.ErrWebPage) }

// refused tells whether SignPath understood the request and said no, so that
// nothing was changed.
func (e *Error) refused() bool {
	return e.Status >= 400 && e.Status < 500 && e.Status != http.StatusRequestTimeout && e.Status != http.StatusTooManyRequests
}

// IsUnknownOrForbidden tells whether the error is one with which SignPath
// answers for an object that does not exist: 403 (documented), or 404. Both
// also stand for an object that the token may not see, so neither proves
// absence.
func IsUnknownOrForbidden(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusForbidden || e.Status == http.StatusNotFound)
}

// IsRefusal tells whether SignPath understood the request and refused it.
func IsRefusal(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.refused()
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return fmt.Sprintf("%d %s", status, text)
	}
	return fmt.Sprint(status)
}

// redirect says where the answer redirects to, and what api_url may be instead.
// The query of the location is left out, because it may repeat what was sent.
func (c *Client) redirect(failure *Error, location string) string {
	target, err := c.base.Parse(location)
	if err != nil || location == "" {
		return "It redirects without saying where to. Redirects are not followed. Check api_url."
	}
	shown := url.URL{Scheme: target.Scheme, Host: target.Host, Path: target.Path}
	text := fmt.Sprintf("It redirects to %s, which is not followed.", clip(shown.String(), maxWords))
	base, isSameCall := strings.CutSuffix(target.Path, "/v1/"+c.OrganizationID()+failure.Path)
	switch {
	case isSameCall:
		shown.Path = base
		return text + fmt.Sprintf(" If that is your SignPath, set api_url to %s.", shown.String())
	case c.base.Scheme == "http" && target.Scheme == "https":
		return text + " Check api_url: the server wants https."
	}
	return text + " Check api_url: the answer may come from a login page or a proxy."
}

// problem is RFC 9457's body, with the errors map of ASP.NET (observed). All
// 4xx bodies have this form since 1.195.0 (documented).
type problem struct {
	Title   string          `json:"title"`
	Detail  string          `json:"detail"`
	TraceID string          `json:"traceId"`
	Errors  json.RawMessage `json:"errors"`
}

// fields returns the messages per property; what has another form than the
// observed one is a message on the object as a whole.
func (p problem) fields() map[string][]string {
	if contract.IsEmptyJSON(p.Errors) {
		return nil
	}
	var fields map[string][]string
	if json.Unmarshal(p.Errors, &fields) != nil {
		return map[string][]string{"": {clip(string(p.Errors), maxWords)}}
	}
	for name, messages := range fields {
		for i, message := range messages {
			messages[i] = clip(message, maxWords)
		}
		if len(name) > maxWords {
			delete(fields, name)
			fields[clip(name, maxWords)] = messages
		}
	}
	return fields
}

// What of an answer is quoted, in bytes and in messages: an error is to be read.
const (
	maxWords     = 1000
	maxPlainText = 300
	maxMessages  = 20
)

// clip cuts a text to a length at which it can be read.
func clip(text string, longest int) string {
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}

// describe reads what the body of a refusal says. Servers before 1.195.0
// answered 401 and 403 in plain text (documented); a proxy answers in HTML.
func (e *Error) describe(contentType string, body []byte) {
	var p problem
	if err := json.Unmarshal(body, &p); err == nil {
		e.Title, e.Detail, e.TraceID, e.Fields = clip(p.Title, maxWords), clip(p.Detail, maxWords), clip(p.TraceID, maxPlainText), p.fields()
	}
	if e.Title != "" || e.Detail != "" || len(e.Fields) > 0 {
		return
	}
	text := strings.Join(strings.Fields(string(body)), " ")
	switch {
	case text == "" || !utf8.ValidString(text):
	case strings.Contains(contentType, "html") || strings.HasPrefix(text, "<"):
		e.Detail = "(the body is HTML, so the answer may come from a proxy and not from SignPath)"
	default:
		e.Detail = clip(text, maxPlainText)
	}
}

// A GoneError says that an object is proven not to exist: a list that the
// token is known to see whole does not hold it.
type GoneError struct {
	// Object names what is gone: `project "a"`.
	Object string
	// Project is true if it is a project, be it the project of the signing
	// policy that was asked for.
	Project bool
	// Nearest are existing names that come close, for messages.
	Nearest []string
}

func (e *GoneError) Error() string {
	text := fmt.Sprintf("the organization has no %s", e.Object)
	if len(e.Nearest) > 0 {
		text += fmt.Sprintf("; there is %s", strings.Join(e.Nearest, ", "))
	}
	return text
}

// IsGone tells whether the error proves that the object does not exist.
func IsGone(err error) bool {
	var gone *GoneError
	return errors.As(err, &gone)
}
