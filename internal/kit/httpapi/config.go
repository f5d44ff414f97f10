package httpapi

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Field names a setting of [Config], so that a caller can point at it.
type Field string

// String returns the setting as a provider block names it.
func (f Field) String() string { return string(f) }

// The settings, by the names that a user knows.
const (
	FieldURL                   Field = "api_url"
	FieldRequestTimeout        Field = "request_timeout_seconds"
	FieldRetryTimeout          Field = "retry_timeout_seconds"
	FieldMaxConcurrentRequests Field = "max_concurrent_requests"
	FieldMaxRequestsPerSecond  Field = "max_requests_per_second"
	FieldProxyURL              Field = "proxy_url"
	FieldCACertificateFile     Field = "ca_certificate_file"
	FieldClientCertificateFile Field = "client_certificate_file"
	FieldClientKeyFile         Field = "client_key_file"
)

// A WholeNumber is a setting with bounds, which hold wherever it is set.
type WholeNumber struct {
	Field                    Field
	Default, Lowest, Highest int64
}

var (
	// RequestTimeout bounds one attempt of a request.
	RequestTimeout = WholeNumber{FieldRequestTimeout, 30, 1, 3_600}
	// RetryTimeout bounds a request with all its attempts and waits.
	RetryTimeout = WholeNumber{FieldRetryTimeout, 600, 0, 86_400}
	// MaxConcurrentRequests has Terraform's own parallelism as its default: more
	// would only queue at the server.
	MaxConcurrentRequests = WholeNumber{FieldMaxConcurrentRequests, 10, 1, 100}
)

// Seconds returns a setting of time as [Config] has it, where 0 is not set and less
// is none.
func Seconds(n int64) time.Duration { return cmp.Or(time.Duration(n)*time.Second, -1) }

// Config says which server to talk to, as whom, and how.
type Config struct {
	// Service is whose API it is.
	Service Service
	// URL is the API URL; that of the service if empty.
	URL string
	// Secret is that of the service, such as an API token.
	Secret string
	// SecretFile is the path of a file that holds it; white space around it does not
	// count. Either Secret or SecretFile is set.
	SecretFile string
	// Exchange gets the token that requests carry. Nil sends the secret itself.
	Exchange Exchange
	// Anonymous sends no token, whatever is set, to whatever URL: for what a server
	// shows to everybody.
	Anonymous bool
	// Tenant is what of the server is asked, as messages name it. The vendor's client sends it.
	Tenant Setting
	// Variables are the environment variables that settings came from; see FromEnvironment.
	Variables map[Field]string
	// UserAgent is sent with every request.
	UserAgent string

	// AttemptTimeout bounds one attempt; the default of [RequestTimeout] if it is
	// not positive.
	AttemptTimeout time.Duration
	// RetryBudget bounds a request with all its attempts and waits; the default of
	// [RetryTimeout] if zero. If it is negative, nothing is sent again.
	RetryBudget time.Duration
	// MaxConcurrentRequests bounds how many requests are under way at once; its
	// default if it is not positive.
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
	// are set, or neither.
	ClientCertificateFile, ClientKeyFile string

	// Log receives one line per request: never a token, a header or a body.
	// Nil means no log.
	Log func(ctx context.Context, message string, fields map[string]any)
	// Warn receives a line where a request has to wait for long, and again while it does. Nil means
	// no warning.
	Warn func(ctx context.Context, message string, fields map[string]any)
	// Trace receives the headers of every attempt, without secrets, and never a
	// body. Nil means no trace.
	Trace func(ctx context.Context, message string, fields map[string]any)
	// Transport replaces the HTTP transport, for tests; nil means one by the
	// settings.
	Transport http.RoundTripper

	// wrong is what is wrong with the environment.
	wrong ConfigErrors
}

// FromEnvironment takes what is not set from the environment variables of the
// service, and of these a secret or a file with one only if neither is set. What is
// wrong with them, [New] says.
func (c Config) FromEnvironment() Config {
	variable := func(field Field) string { return os.Getenv(c.Service.Environment[field]) }
	c.Variables = maps.Clone(c.Variables)
	// White space around a text, such as the line break of a file, is no part of it.
	take := func(field Field) string {
		text := strings.TrimSpace(variable(field))
		if text != "" {
			c.noteVariable(field)
		}
		return text
	}
	if c.URL == "" {
		c.URL = take(FieldURL)
	}
	c.URL = strings.TrimSpace(c.URL)
	if c.Secret = strings.TrimSpace(c.Secret); c.Secret == "" && c.SecretFile == "" {
		c.Secret, c.SecretFile = take(c.Service.Secret.Field), take(c.Service.Secret.File)
	}
	if c.Tenant.Field != "" && c.Tenant.Value == "" {
		c.Tenant.Value = take(c.Tenant.Field)
	}
	seconds := func(n WholeNumber, target *time.Duration) {
		text := strings.TrimSpace(variable(n.Field))
		if *target != 0 || text == "" {
			return
		}
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil || number < n.Lowest || number > n.Highest {
			c.wrong.add(n.Field, fmt.Sprintf("The environment variable %s is not a whole number from %d to %d.", c.Service.Environment[n.Field], n.Lowest, n.Highest))
		}
		*target = Seconds(number)
	}
	seconds(RequestTimeout, &c.AttemptTimeout)
	seconds(RetryTimeout, &c.RetryBudget)
	return c
}

// noteVariable notes that a setting came from its environment variable.
func (c *Config) noteVariable(field Field) {
	if c.Variables == nil {
		c.Variables = map[Field]string{}
	}
	c.Variables[field] = c.Service.Environment[field]
}

// A ConfigError says which setting is wrong, and how to set it right. It never
// contains the secret.
type ConfigError struct {
	Field  Field
	Reason string
}

// ConfigErrors are all settings that are wrong.
type ConfigErrors []ConfigError

func (e ConfigErrors) Error() string {
	var reasons []string
	for _, wrong := range e {
		reasons = append(reasons, wrong.Reason)
	}
	return strings.Join(reasons, "\n")
}

// add adds a reason, if there is one.
func (e *ConfigErrors) add(field Field, reason string) {
	if reason != "" {
		*e = append(*e, ConfigError{field, reason})
	}
}

// A resolvedConfig is a Config that was checked, with its defaults, its transport and
// with what its files hold.
type resolvedConfig struct {
	Config
	base       *url.URL
	credential credential
}

func (c Config) resolve() (resolvedConfig, ConfigErrors) {
	wrong := slices.Clone(c.wrong)
	c.AttemptTimeout = cmp.Or(max(c.AttemptTimeout, 0), Seconds(RequestTimeout.Default))
	c.RetryBudget = cmp.Or(c.RetryBudget, Seconds(RetryTimeout.Default))
	c.MaxConcurrentRequests = cmp.Or(max(c.MaxConcurrentRequests, 0), int(MaxConcurrentRequests.Default))
	base, reason := c.Service.normalizeURL(c.URL)
	if reason == "" && !c.Anonymous {
		reason = c.Service.refusePlainHTTP(base)
	}
	wrong.add(FieldURL, reason)
	r := resolvedConfig{Config: c, base: base, credential: newCredential(c.readSecret(&wrong), c.Service.Secret)}
	proxy, tlsConfig := c.proxy(&wrong), c.tls(&wrong)
	if r.Transport == nil {
		r.Transport = newHTTPTransport(c.MaxConcurrentRequests, proxy, tlsConfig)
	}
	return r, wrong
}

// normalizeURL returns the API URL without a trailing slash or the ending that
// does not count, or the reason why it cannot be used.
func (s Service) normalizeURL(text string) (base *url.URL, reason string) {
	if text == "" {
		text = s.DefaultURL
	}
	base, err := url.Parse(strings.TrimSpace(text))
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, fmt.Sprintf("%s is not a URL such as %s. "+
			"Check %s, or the environment variable %s.", QuoteSetting(redactUserInfo(text)), s.DefaultURL, FieldURL, s.Environment[FieldURL])
	}
	if base.User != nil || base.RawQuery != "" || base.ForceQuery || base.Fragment != "" {
		return nil, "The API URL must not carry credentials, a query or a fragment."
	}
	path := strings.TrimRight(base.Path, "/")
	if cut := len(path) - len(s.URLEnding); cut >= 0 && strings.EqualFold(path[cut:], s.URLEnding) {
		path = strings.TrimRight(path[:cut], "/")
	}
	base.Path, base.RawPath = path, ""
	if usual, err := url.Parse(s.DefaultURL); err == nil && strings.EqualFold(base.Host, usual.Host) && base.Path != usual.Path {
		return nil, fmt.Sprintf("%s is not the API of %s: that is at %s. "+
			"Check %s, or the environment variable %s.", base, s.Name, s.DefaultURL, FieldURL, s.Environment[FieldURL])
	}
	return base, ""
}

func (s Service) refusePlainHTTP(base *url.URL) (reason string) {
	if base.Scheme == "https" || isLoopback(base.Hostname()) {
		return ""
	}
	return fmt.Sprintf("Plain http would send the %s in the clear to %s. Use https; http is accepted for loopback addresses only.", s.Secret.Noun, base.Host)
}

// redactUserInfo cuts what stands before an @, which may be a password.
func redactUserInfo(text string) string {
	if at := strings.LastIndex(text, "@"); at >= 0 {
		return "…" + text[at:]
	}
	return text
}

// QuoteSetting quotes a wrong setting, unless it is so long, without the marks
// of a URL, that it may be the secret in the wrong place.
func QuoteSetting(text string) string {
	if len(text) >= 40 && !strings.ContainsAny(text, ".:@") {
		return fmt.Sprintf("A text of %d characters", len(text))
	}
	return strconv.Quote(text)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
