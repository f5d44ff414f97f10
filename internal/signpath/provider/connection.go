package provider

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// connectionModel is the part of the provider block that says how SignPath is
// reached.
type connectionModel struct {
	TokenFile             types.String  `tfsdk:"token_file"`
	RequestTimeout        types.Int64   `tfsdk:"request_timeout_seconds"`
	RetryTimeout          types.Int64   `tfsdk:"retry_timeout_seconds"`
	MaxConcurrentRequests types.Int64   `tfsdk:"max_concurrent_requests"`
	MaxRequestsPerSecond  types.Float64 `tfsdk:"max_requests_per_second"`
	ProxyURL              types.String  `tfsdk:"proxy_url"`
	CACertificateFile     types.String  `tfsdk:"ca_certificate_file"`
	ClientCertificateFile types.String  `tfsdk:"client_certificate_file"`
	ClientKeyFile         types.String  `tfsdk:"client_key_file"`
}

func (m connectionModel) settings() map[httpapi.Field]attr.Value {
	return map[httpapi.Field]attr.Value{
		httpapi.FieldTokenFile: m.TokenFile, httpapi.FieldRequestTimeout: m.RequestTimeout, httpapi.FieldRetryTimeout: m.RetryTimeout,
		httpapi.FieldMaxConcurrentRequests: m.MaxConcurrentRequests, httpapi.FieldMaxRequestsPerSecond: m.MaxRequestsPerSecond,
		httpapi.FieldProxyURL: m.ProxyURL, httpapi.FieldCACertificateFile: m.CACertificateFile,
		httpapi.FieldClientCertificateFile: m.ClientCertificateFile, httpapi.FieldClientKeyFile: m.ClientKeyFile,
	}
}

// A wholeNumber is a setting with bounds, which hold for the attribute and for
// the environment variable alike.
type wholeNumber struct {
	field         httpapi.Field
	variable      string // empty if there is none
	standard      int64
	lowest, upper int64
}

var (
	requestTimeout = wholeNumber{httpapi.FieldRequestTimeout, api.EnvRequestTimeout, int64(httpapi.DefaultAttemptTimeout / time.Second), 1, 3_600}
	retryTimeout   = wholeNumber{httpapi.FieldRetryTimeout, api.EnvRetryTimeout, int64(httpapi.DefaultRetryBudget / time.Second), 0, 86_400}
	concurrency    = wholeNumber{httpapi.FieldMaxConcurrentRequests, "", httpapi.DefaultMaxConcurrentRequests, 1, 100}
)

func (n wholeNumber) attribute(description string) schema.Int64Attribute {
	fallback := fmt.Sprintf("Defaults to %d.", n.standard)
	if n.variable != "" {
		fallback = fmt.Sprintf("Defaults to the environment variable `%s`, then to %d.", n.variable, n.standard)
	}
	return schema.Int64Attribute{
		Optional:            true,
		Validators:          []validator.Int64{int64validator.Between(n.lowest, n.upper)},
		MarkdownDescription: fmt.Sprintf("%s A whole number from %d to %d. %s", description, n.lowest, n.upper, fallback),
	}
}

// resolve returns the configured value, which was validated, or else that of the
// environment variable, or else the standard.
func (n wholeNumber) resolve(value types.Int64, diags *diag.Diagnostics) int64 {
	text := strings.TrimSpace(os.Getenv(n.variable))
	switch {
	case !value.IsNull():
		return value.ValueInt64()
	case text == "":
		return n.standard
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < n.lowest || number > n.upper {
		diags.AddAttributeError(path.Root(string(n.field)), "Invalid provider configuration",
			fmt.Sprintf("The environment variable %s is not a whole number from %d to %d.", n.variable, n.lowest, n.upper))
		return n.standard
	}
	return number
}

func connectionAttributes() map[string]schema.Attribute {
	file := func(description string, more ...validator.String) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: more}
	}
	beside := func(field httpapi.Field) validator.String {
		return stringvalidator.AlsoRequires(path.MatchRoot(string(field)))
	}
	return map[string]schema.Attribute{
		string(httpapi.FieldTokenFile): file(fmt.Sprintf("Path of a file that holds the API token and nothing else but white space around it, in place of `%s`. "+
			"It is read when the provider starts. Defaults to the environment variable `%s`. Set a token or a file, not both; what is set here takes precedence over both environment variables.",
			httpapi.FieldToken, api.EnvTokenFile), stringvalidator.ConflictsWith(path.MatchRoot(string(httpapi.FieldToken)))),
		string(httpapi.FieldRequestTimeout): requestTimeout.attribute("How many seconds one attempt of a request may take, until its answer has arrived."),
		string(httpapi.FieldRetryTimeout): retryTimeout.attribute("How many seconds a request may take with all its attempts and the waits between them. " +
			"Reads, and writes that state the whole result, are sent again after a connection error or one of the answers 408, 429, 502, 503 and 504; a `Retry-After` is kept. " +
			"What creates or generates something is sent again only if SignPath certainly did not act. " +
			"A pause that is longer than the time that is left is an error at once. With 0, nothing is sent again."),
		string(httpapi.FieldMaxConcurrentRequests): concurrency.attribute("How many requests are under way at once. Terraform's own `-parallelism` also limits them."),
		string(httpapi.FieldMaxRequestsPerSecond): schema.Float64Attribute{
			Optional:   true,
			Validators: []validator.Float64{float64validator.AtLeast(0.01)},
			MarkdownDescription: fmt.Sprintf("How many requests are sent per second at most, evenly spaced: a number from 0.01, such as 2.5. The wait for a turn counts against `%s`. "+
				"No limit by default. SignPath is not known to publish one.", httpapi.FieldRetryTimeout),
		},
		string(httpapi.FieldProxyURL): schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "Proxy for all requests to SignPath, as `http://host:port` or `host:port`, with credentials as `http://user:password@host:port`; " +
				"the scheme may also be `https`, `socks5` or `socks5h`. Defaults to the environment variables `HTTPS_PROXY` and `NO_PROXY` (and `HTTP_PROXY` for a plain `http` address), " +
				"in upper or lower case. `NO_PROXY` does not apply to a proxy that is set here. SignPath's own tools use `http_proxy` for https, too; this provider does not.",
		},
		string(httpapi.FieldCACertificateFile): file("Path of a PEM file with the certificates of authorities that may sign the server's certificate, beside those that the system trusts: " +
			"for a self-hosted SignPath with an authority of its own, or for a proxy that looks into connections. TLS 1.2 is the oldest version that is accepted."),
		string(httpapi.FieldClientCertificateFile): file("Path of a PEM file with the client certificate for TLS, and the intermediate certificates after it. "+
			"SignPath does not support client certificates directly: this is for a proxy in front of it that asks for one.", beside(httpapi.FieldClientKeyFile)),
		string(httpapi.FieldClientKeyFile): file(fmt.Sprintf("Path of a PEM file with the key of the certificate in `%s`, not encrypted.", httpapi.FieldClientCertificateFile),
			beside(httpapi.FieldClientCertificateFile)),
	}
}

// connect sets how SignPath is reached.
func (m connectionModel) connect(config *api.Config, diags *diag.Diagnostics) {
	config.AttemptTimeout = time.Duration(requestTimeout.resolve(m.RequestTimeout, diags)) * time.Second
	config.RetryBudget = time.Duration(retryTimeout.resolve(m.RetryTimeout, diags)) * time.Second
	if config.RetryBudget == 0 {
		config.RetryBudget = -1 // The client takes 0 for its default.
	}
	config.MaxConcurrentRequests = int(concurrency.resolve(m.MaxConcurrentRequests, diags))
	config.MaxRequestsPerSecond = m.MaxRequestsPerSecond.ValueFloat64()
	config.ProxyURL = m.ProxyURL.ValueString()
	config.CACertificateFile = m.CACertificateFile.ValueString()
	config.ClientCertificateFile = m.ClientCertificateFile.ValueString()
	config.ClientKeyFile = m.ClientKeyFile.ValueString()
}

// credentials returns the token, or the file that holds it. What is configured
// takes precedence over the environment, be it the token or the file.
func (m configModel) credentials() (token, file string) {
	token, file = strings.TrimSpace(m.Token.ValueString()), m.TokenFile.ValueString()
	if cmp.Or(token, file) != "" {
		return token, file
	}
	return strings.TrimSpace(os.Getenv(api.EnvToken)), os.Getenv(api.EnvTokenFile)
}
