package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// An Error is a request that failed: the server refused it, answered something
// that cannot be used, or did not answer.
type Error struct {
	// Method and Path are what was asked for.
	Method, Path string
	// RequestID is the X-Request-ID that was sent, to find the request in logs.
	RequestID string
	// Status is the HTTP status; 0 if there was no answer.
	Status int
	// Problem has the server's own words, if any.
	Problem
	// RetryAfter is how long the server asks to wait; 0 if it does not say.
	RetryAfter time.Duration
	// GaveUpAfter is for how long the request was repeated, if that ended it.
	GaveUpAfter time.Duration
	// Cause is why there is no usable answer; nil if the server refused.
	Cause error
	// Sent is true if the server may have acted on the request although no
	// answer arrived.
	Sent bool
	// Hint is what the vendor's client found out about a refusal beyond the answer.
	Hint Hint

	// service is whose server it is, and asked is where requests go.
	service *Service
	asked   *asked
}

// A Hint says why a server refused a request, and what to do about it.
type Hint struct {
	// Text is one or more sentences; empty if nothing was found out.
	Text string
	// Sure is true if that is why. Otherwise it is one of several possible reasons.
	Sure bool
	// OfAll is true if the server refuses every request of the client alike.
	OfAll bool
}

// beside returns the hint with the usual advice, unless it makes that wrong.
func (h Hint) beside(usual string) string {
	if h.Sure {
		return h.Text
	}
	return strings.TrimSpace(usual + " " + h.Text)
}

// Error says what was asked, what the server answered, and how to find the
// request in logs.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", e.Method, e.Path)
	switch {
	case e.Cause != nil && e.Status == 0:
		fmt.Fprintf(&b, "no answer from %s: %v", e.service.Name, e.Cause)
	case e.Cause != nil:
		fmt.Fprintf(&b, "%s's answer (%s) cannot be used: %v", e.service.Name, statusText(e.Status), e.Cause)
	default:
		fmt.Fprintf(&b, "%s answered %s", e.service.Name, statusText(e.Status))
	}
	if words := e.words(); words != "" {
		fmt.Fprintf(&b, ": %s", words)
	}
	if notes := e.notes(); len(notes) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(notes, ", "))
	}
	return text.Visible(b.String()) // A server's words are of no more trust than names.
}

func (e *Error) notes() []string {
	var notes []string
	if e.GaveUpAfter > 0 {
		notes = append(notes, fmt.Sprintf("gave up after %s", e.GaveUpAfter))
	}
	if e.RetryAfter > 0 && e.Status != 0 { // Without an answer, the cause says it.
		notes = append(notes, fmt.Sprintf("%s asks to wait for %s", e.service.Name, e.RetryAfter.Round(time.Second)))
	}
	if e.RequestID != "" {
		notes = append(notes, "request id "+e.RequestID)
	}
	if e.TraceID != "" {
		notes = append(notes, e.service.Name+"'s trace id "+e.TraceID)
	}
	return notes
}

// words returns the server's own words: title, detail and messages per property.
func (e *Error) words() string {
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

// IsOfAll tells whether every request of the client fails alike: nobody answered, the token was
// refused, or the requests go to the wrong place. Then nothing of what was asked for is wrong.
func (e *Error) IsOfAll() bool {
	return e.Status == 0 || e.Status == http.StatusUnauthorized || e.Hint.OfAll || e.IsWebPage()
}

// IsWebPage tells whether a web page answered, so that the address is probably not
// that of the API.
func (e *Error) IsWebPage() bool { return errors.Is(e.Cause, errWebPage) }

// notSent is the error of a request that was not sent for want of a token, or whose last attempt was
// not: received tells whether the server may have acted on one before.
func notSent(err error, received bool) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	failed := *e
	failed.Sent = received
	return &failed
}

// IsRefusal tells whether the server understood the request and said no, so that
// nothing was changed.
func IsRefusal(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status >= 400 && e.Status < 500 && e.Status != http.StatusRequestTimeout && e.Status != http.StatusTooManyRequests
}

var (
	// ErrNotJSON is for an answer that cannot be decoded.
	ErrNotJSON = errors.New("it is not the JSON that was expected")
	// errWebPage is for an answer of a web application, of a proxy or of a page to
	// sign in: the request did not reach the API.
	errWebPage = fmt.Errorf("%w, but a web page", ErrNotJSON)
)

// NotJSON says what a body is that cannot be decoded.
func NotJSON(body []byte, found string) error {
	if bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("<")) {
		return errWebPage
	}
	return fmt.Errorf("%w: %s", ErrNotJSON, found)
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return fmt.Sprintf("%d %s", status, text)
	}
	return fmt.Sprint(status)
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

// with returns the problem with all its words changed.
func (p Problem) with(change func(string) string) Problem {
	fields := map[string][]string{}
	for name, messages := range p.Fields {
		for _, message := range messages {
			fields[change(name)] = append(fields[change(name)], change(message))
		}
	}
	return Problem{Title: change(p.Title), Detail: change(p.Detail), Fields: fields, TraceID: p.TraceID}
}

// describe takes in what the body of a refusal says. Not every refusal of a server
// is a problem, and a proxy answers in HTML.
func (e *Error) describe(p Problem, contentType string, body []byte) {
	e.Problem = p.with(func(text string) string { return clip(text, maxWords) })
	e.TraceID = clip(p.TraceID, maxPlainText)
	if e.Title != "" || e.Detail != "" || len(e.Fields) > 0 {
		return
	}
	text := strings.Join(strings.Fields(string(body)), " ")
	switch {
	case text == "" || !utf8.ValidString(text):
	case strings.Contains(contentType, "html") || strings.HasPrefix(text, "<"):
		e.Detail = "(the body is HTML, so the answer may come from a proxy and not from " + e.service.Name + ")"
	default:
		e.Detail = clip(text, maxPlainText)
	}
}
