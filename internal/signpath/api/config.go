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
	EnvRequestTimeout = "SIGNPATH_HTTP_REQUEST_TIMEOUT_IN_SECONDS"
	EnvRetryTimeout   = "SIGNPATH_SERVICE_UNAVAILABLE_TIMEOUT_IN_SECONDS"
)

// EnvTokenFile is this client's own: SignPath's tools take no token from a file.
const EnvTokenFile = "SIGNPATH_API_TOKEN_FILE" //nolint:gosec // The name of a variable, not a credential.

const (
	// DefaultAttemptTimeout bounds one attempt of a request, as in SignPath's
	// own tools (documented).
	DefaultAttemptTimeout = 30 * time.Second
	// DefaultRetryBudget bounds one request with all its attempts and waits, as
	// in SignPath's own tools (documented).
	DefaultRetryBudget = 600 * time.Second
	// DefaultMaxConcurrentRequests is Terraform's default parallelism: more
	// would only queue at SignPath.
	DefaultMaxConcurrentRequests = 10
)

// Field names a setting of [Config], so that a caller can point at it.
type Field string

// The settings, by the names that a user knows.
const (
	FieldURL                   Field = "api_url"
	FieldOrganizationID        Field = "organization_id"
	FieldToken                 Field = "api_token"
	FieldTokenFile             Field = "token_file"
	FieldRequestTimeout        Field = "request_timeout_seconds"
	FieldRetryTimeout          Field = "retry_timeout_seconds"
	FieldMaxConcurrentRequests Field = "max_concurrent_requests"
	FieldMaxRequestsPerSecond  Field = "max_requests_per_second"
	FieldProxyURL              Field = "proxy_url"
	FieldCACertificateFile     Field = "ca_certificate_file"
	FieldClientCertificateFile Field = "client_certificate_file"
	FieldClientKeyFile         Field = "client_key_file"
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
	// TokenFile is the path of a file that holds the token; white space around
	// it does not count. Either Token or TokenFile is set.
	TokenFile string
	// UserAgent is sent with every request.
	UserAgent string

	// AttemptTimeout bounds one attempt; [DefaultAttemptTimeout] if it is not
	// positive.
	AttemptTimeout time.Duration
	// RetryBudget bounds a request with all its attempts and waits;
	// [DefaultRetryBudget] if zero. If it is negative, nothing is sent again.
	RetryBudget time.Duration
	// MaxConcurrentRequests bounds how many requests are under way at once;
	// [DefaultMaxConcurrentRequests] if it is not positive.
	MaxConcurrentRequests int
	// MaxRequestsPerSecond spaces the requests evenly; no limit if it is not
	// positive.
	MaxRequestsPerSecond float64

	// ProxyURL is the proxy for every request, as http://host:port or host:port,
	// with or without credentials; those of the environment if empty.
	ProxyURL string
	// CACertificateFile is the path of a PEM file with authorities that are
	// trusted beside those of the system.
	CACertificateFile string
	// ClientCertificateFile and ClientKeyFile are the paths of PEM files; both
	// are set, or neither. SignPath itself does not support client certificates
	// (documented): they are for a proxy in front of it.
	ClientCertificateFile, ClientKeyFile string

	// Log receives one line per request: never a token, a header or a body.
	// Nil means no log.
	Log func(ctx context.Context, message string, fields map[string]any)
	// Trace receives the headers of every attempt, without secrets, and never a
	// body. Nil means no trace.
	Trace func(ctx context.Context, message string, fields map[string]any)
	// Transport replaces the HTTP transport, for tests; nil means one by the
	// settings.
	Transport http.RoundTripper
}

// A ConfigError says which setting is wrong, and how to set it right. It never
// contains the token.
type ConfigError struct {
	Field  Field
	Reason string
}

func (e *ConfigError) Error() string { return e.Reason }

// Validate checks every setting, reads the files that they name, and returns all
// that is wrong.
func (c Config) Validate() []*ConfigError {
	_, wrong := c.resolve()
	return wrong
}

// A resolvedConfig is a Config that was checked, with its defaults and with what
// its files hold.
type resolvedConfig struct {
	Config
	base      *url.URL
	transport http.RoundTripper
}

func (c Config) resolve() (resolvedConfig, []*ConfigError) {
	var wrong configErrors
	r := resolvedConfig{Config: c.withDefaults()}
	var reason string
	r.base, reason = normalizeURL(c.URL)
	wrong.add(FieldURL, reason)
	wrong.add(FieldOrganizationID, refuseOrganization(c.OrganizationID))
	r.Token = c.readToken(&wrong)
	proxy := c.proxy(&wrong)
	tlsConfig := c.tls(&wrong)
	if r.transport = c.Transport; r.transport == nil {
		r.transport = newHTTPTransport(r.MaxConcurrentRequests, proxy, tlsConfig)
	}
	return r, wrong
}

func (c Config) withDefaults() Config {
	if c.AttemptTimeout <= 0 {
		c.AttemptTimeout = DefaultAttemptTimeout
	}
	if c.RetryBudget == 0 {
		c.RetryBudget = DefaultRetryBudget
	}
	if c.MaxConcurrentRequests <= 0 {
		c.MaxConcurrentRequests = DefaultMaxConcurrentRequests
	}
	return c
}

// configErrors collects what is wrong.
type configErrors []*ConfigError

// add adds a reason, if there is one.
func (e *configErrors) add(field Field, reason string) {
	if reason != "" {
		*e = append(*e, &ConfigError{field, reason})
	}
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
		return nil, fmt.Sprintf("%s is not a URL such as %s. Check %s, or the environment variable %s.", quoteSetting(redactUserInfo(text)), DefaultURL, FieldURL, EnvURL)
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
		return fmt.Sprintf("No API token is set. Set the environment variable %s (or api_token) to the token of a CI user, or of an interactive user, or token_file to the path of a file that holds it.", EnvToken)
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
