package api

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// DefaultURL is the API URL of SignPath's own service (documented).
const DefaultURL = "https://app.signpath.io/Api"

// The environment variables that SignPath's own tools read (documented).
const (
	EnvURL            = "SIGNPATH_API_URL"
	EnvOrganizationID = "SIGNPATH_ORGANIZATION_ID"
	EnvToken          = "SIGNPATH_API_TOKEN" //nolint:gosec // The name of a variable, not a credential.
)

// The vendor's own figures (documented).
const (
	// DefaultAttemptTimeout bounds one attempt of a request.
	DefaultAttemptTimeout = 30 * time.Second
	// DefaultRetryBudget bounds one request with all its attempts and waits.
	DefaultRetryBudget = 600 * time.Second
)

// Field names a setting of [Config], so that a caller can point at it.
type Field string

// The settings that [Config.Validate] can refuse.
const (
	FieldURL            Field = "api_url"
	FieldOrganizationID Field = "organization_id"
	FieldToken          Field = "api_token"
)

// Config says which organization to talk to, and as whom.
type Config struct {
	// URL is the API URL without /v1; [DefaultURL] if empty.
	URL string
	// OrganizationID is the UUID of the organization.
	OrganizationID string
	// Token is the API token of a CI user or an interactive user.
	Token string
	// Contract says how the names in requests are settled; [ContractAuto] if
	// empty.
	Contract ContractMode
	// UserAgent is sent with every request.
	UserAgent string
	// AttemptTimeout bounds one attempt; [DefaultAttemptTimeout] if zero.
	AttemptTimeout time.Duration
	// RetryBudget bounds a request with all its attempts; [DefaultRetryBudget]
	// if zero.
	RetryBudget time.Duration
	// Log receives one line per request: never a token, a header or a body.
	// Nil means no log.
	Log func(ctx context.Context, message string, fields map[string]any)
	// Transport replaces the HTTP transport, for tests; nil means the default.
	Transport http.RoundTripper
}

// A ConfigError says which setting is wrong, and how to set it right. It never
// contains the token.
type ConfigError struct {
	Field  Field
	Reason string
}

func (e *ConfigError) Error() string { return e.Reason }

// Validate checks every setting and returns all that is wrong, as
// [*ConfigError] values.
func (c Config) Validate() []*ConfigError {
	var wrong []*ConfigError
	report := func(field Field, reason string) {
		if reason != "" {
			wrong = append(wrong, &ConfigError{field, reason})
		}
	}
	_, reason := normalizeURL(c.URL)
	report(FieldURL, reason)
	report(FieldOrganizationID, refuseOrganization(c.OrganizationID))
	report(FieldToken, refuseToken(c.Token))
	return wrong
}

// normalizeURL returns the API URL without a trailing slash or /v1, or the
// reason why it cannot be used. Tools disagree on whether the variable includes
// /v1 (observed), so both are taken.
func normalizeURL(text string) (base *url.URL, reason string) {
	if text == "" {
		text = DefaultURL
	}
	base, err := url.Parse(strings.TrimSpace(text))
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, fmt.Sprintf("%s is not a URL such as %s.", quoteSetting(redactUserInfo(text)), DefaultURL)
	}
	if base.User != nil || base.RawQuery != "" || base.ForceQuery || base.Fragment != "" {
		return nil, "The API URL must not carry credentials, a query or a fragment."
	}
	if base.Scheme == "http" && !isLoopback(base.Hostname()) {
		return nil, fmt.Sprintf("Plain http would send the API token in the clear to %s. Use https; http is accepted for loopback addresses only.", base.Host)
	}
	path := strings.TrimRight(base.Path, "/")
	if len(path) >= 3 && strings.EqualFold(path[len(path)-3:], "/v1") {
		path = strings.TrimRight(path[:len(path)-3], "/")
	}
	base.Path, base.RawPath = path, ""
	return base, ""
}

// redactUserInfo cuts what stands before an @, which may be a password.
func redactUserInfo(text string) string {
	if at := strings.LastIndex(text, "@"); at >= 0 {
		return "…" + text[at:]
	}
	return text
}

// quoteSetting quotes a wrong setting, unless it is so long, without the marks
// of a URL, that it may be the token in the wrong place.
func quoteSetting(text string) string {
	if len(text) >= 40 && !strings.ContainsAny(text, ".:@") {
		return fmt.Sprintf("A text of %d characters", len(text))
	}
	return strconv.Quote(text)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func refuseOrganization(id string) string {
	switch {
	case id == "":
		return fmt.Sprintf("No organization is set. Set organization_id or the environment variable %s to the organization's UUID, which SignPath shows on the organization page.", EnvOrganizationID)
	case !access.IsID(id):
		return fmt.Sprintf("%s is not an organization id. It is a UUID such as 4c2a60b0-f9a1-4b0e-8a2c-0f6d9b1c7e11; SignPath shows it on the organization page.", quoteSetting(id))
	}
	return ""
}

// refuseToken never quotes the token, not even a wrong one.
func refuseToken(token string) string {
	switch {
	case token == "":
		return fmt.Sprintf("No API token is set. Set the environment variable %s (or api_token) to the token of a CI user, or of an interactive user.", EnvToken)
	case strings.Contains(token, ":"):
		return "The API token contains a colon, so it is probably a composite token (<API token>:<trusted build system token>), as a trusted build system sends it. Use only the part before the colon."
	case strings.HasPrefix(strings.ToLower(token), "bearer "):
		return "The API token begins with \"Bearer\". Leave that word out; it belongs to the HTTP header."
	case strings.IndexFunc(token, isNotPrintableASCII) >= 0:
		return "The API token contains white space or another character that no token has. It was probably copied with something around it."
	}
	return ""
}

func isNotPrintableASCII(r rune) bool { return r <= ' ' || r > '~' }
