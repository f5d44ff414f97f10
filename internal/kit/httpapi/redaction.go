package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// secretPattern matches a secret as it is, and with its special characters escaped
// as JSON and URLs may have them.
func secretPattern(secret string) *regexp.Regexp {
	var pattern strings.Builder
	for _, r := range secret {
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

// jsonWebToken matches a token as servers give them for a secret.
var jsonWebToken = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`)

// Secrets returns patterns of what must not stand in a log: the secret, as it is
// and as JSON and URLs escape it, the password of the proxy, and whatever
// follows "Bearer" or "Basic"; where tokens are exchanged, whatever looks like one.
func (c *Client) Secrets() []*regexp.Regexp {
	patterns := []*regexp.Regexp{bearer}
	if c.config.credential.secret != "" {
		patterns = append(patterns, c.config.credential.shape)
	}
	if c.config.credential.others != nil {
		patterns = append(patterns, c.config.credential.others)
	}
	if c.exchanger != nil {
		patterns = append(patterns, jsonWebToken)
	}
	if proxy, ok := parseProxy(c.config.ProxyURL); ok && proxy.User != nil {
		if password, _ := proxy.User.Password(); password != "" {
			patterns = append(patterns, secretPattern(password))
		}
	}
	return patterns
}

// Hidden stands where something that could be a secret was.
const Hidden = "(hidden)"

// secretShape matches every long run of the characters that tokens consist of,
// also as JSON escapes them.
var secretShape = regexp.MustCompile(`(?:\\?[A-Za-z0-9+/=_.~%-]){20,}`)

// constantShape matches the constants of an API, which are no secrets: "ORGANIZATION_FEATURE_FORBIDDEN".
var constantShape = regexp.MustCompile(`^[A-Z]+(_[A-Z]+)+[.:,]?$`)

// hideSecrets takes out what could be a secret: anything long but ids and constants.
func hideSecrets(text string) string {
	return secretShape.ReplaceAllStringFunc(text, func(found string) string {
		if len(found) == len(uuid.Nil.String()) && uuid.Validate(found) == nil || constantShape.MatchString(found) {
			return found
		}
		return Hidden
	})
}

// hideSecrets takes what could be a secret out of what a server answered. A
// refusal of a careful server has none, but a server that failed in the middle
// may answer anything.
func (e *Error) hideSecrets() {
	if e.Sent && e.Cause != nil {
		if text := hideSecrets(e.Cause.Error()); text != e.Cause.Error() {
			e.Cause = errors.New(text)
		}
	}
	if e.Status < http.StatusBadRequest {
		return
	}
	if e.Title == "" && strings.HasPrefix(e.Detail, "{") { // JSON, but no problem document.
		e.Detail = ""
	}
	e.Problem = e.with(hideSecrets)
}

// secretHeaders hold nothing but secrets.
var secretHeaders = []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"}

// trace passes on the headers of a request or an answer, without secrets, and no
// body.
func (c *Client) trace(ctx context.Context, what string, fields map[string]any, header http.Header, hide bool) {
	if c.config.Trace == nil {
		return
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(header)) {
		value := strings.Join(header[name], ", ")
		switch {
		case slices.Contains(secretHeaders, http.CanonicalHeaderKey(name)):
			value = Hidden
		case hide:
			value = hideSecrets(value)
		}
		lines = append(lines, name+": "+c.config.credential.hide(value))
	}
	fields["headers"] = cmp.Or(strings.Join(lines, "; "), "none")
	c.config.Trace(ctx, c.config.Service.Name+" "+what+" headers", fields)
}
