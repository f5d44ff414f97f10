package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// tokenHidden stands where the token was.
const tokenHidden = "(token)"

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

// bearer matches the value of an Authorization header, whosever it is.
var bearer = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9+/=_.~:%\\-]+`)

// Secrets returns patterns of what must not stand in a log: the token, as it is
// and as JSON and URLs escape it, the password of the proxy, and whatever
// follows "Bearer" or "Basic".
func (c *Client) Secrets() []*regexp.Regexp {
	patterns := []*regexp.Regexp{c.token, bearer}
	if proxy, ok := parseProxy(c.config.ProxyURL); ok && proxy.User != nil {
		if password, _ := proxy.User.Password(); password != "" {
			patterns = append(patterns, tokenPattern(password))
		}
	}
	return patterns
}

func (c *Client) withoutToken(text string) string {
	return c.token.ReplaceAllString(text, tokenHidden)
}

// causeWithoutToken takes the method and URL off an error of the HTTP client,
// which the message has already, and the token, which an error about a malformed
// answer could quote.
func (c *Client) causeWithoutToken(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if text := err.Error(); c.token.MatchString(text) {
		return errors.New(c.withoutToken(text))
	}
	return err
}

// A trace passes on the headers of every attempt, without secrets, and no body.
type trace struct {
	write func(ctx context.Context, message string, fields map[string]any)
	token *regexp.Regexp
}

// newTrace returns nil, which is a trace that does nothing, if nobody reads it.
func newTrace(write func(context.Context, string, map[string]any), token *regexp.Regexp) *trace {
	if write == nil {
		return nil
	}
	return &trace{write, token}
}

func (t *trace) request(request *http.Request) {
	if t == nil {
		return
	}
	t.write(request.Context(), "SignPath request headers", map[string]any{
		"request_id": request.Header.Get(headerRequestID), "method": request.Method, "path": request.URL.Path, "headers": t.headers(request.Header, false),
	})
}

func (t *trace) response(request *http.Request, response *http.Response) {
	if t == nil {
		return
	}
	// The answer to a request that acts may hold a new token, in a header too.
	hide := attemptsOf(request.Context()).class == httpapi.Once
	t.write(request.Context(), "SignPath response headers", map[string]any{
		"request_id": request.Header.Get(headerRequestID), "status": response.StatusCode, "headers": t.headers(response.Header, hide),
	})
}

// secretHeaders hold nothing but secrets.
var secretHeaders = []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"}

func (t *trace) headers(header http.Header, hide bool) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(header)) {
		value := strings.Join(header[name], ", ")
		switch {
		case slices.Contains(secretHeaders, http.CanonicalHeaderKey(name)):
			value = hidden
		case hide:
			value = hideSecrets(value)
		}
		lines = append(lines, name+": "+t.token.ReplaceAllString(value, tokenHidden))
	}
	return cmp.Or(strings.Join(lines, "; "), "none")
}
