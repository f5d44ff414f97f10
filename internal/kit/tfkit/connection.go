package tfkit

import (
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// Connection is the part of a provider block that says how the vendor's server is reached. A
// model of the block embeds it.
type Connection struct {
	RequestTimeout        types.Int64   `tfsdk:"request_timeout_seconds"`
	RetryTimeout          types.Int64   `tfsdk:"retry_timeout_seconds"`
	MaxConcurrentRequests types.Int64   `tfsdk:"max_concurrent_requests"`
	MaxRequestsPerSecond  types.Float64 `tfsdk:"max_requests_per_second"`
	ProxyURL              types.String  `tfsdk:"proxy_url"`
	CACertificateFile     types.String  `tfsdk:"ca_certificate_file"`
	ClientCertificateFile types.String  `tfsdk:"client_certificate_file"`
	ClientKeyFile         types.String  `tfsdk:"client_key_file"`
}

// Notes are what descriptions of a vendor's settings say beside what they say of all: sentences.
type Notes map[httpapi.Field]string

// ConnectionAttributes are those of [Connection], and the one for a file with the secret.
func ConnectionAttributes(service *httpapi.Service, notes Notes) map[string]schema.Attribute {
	say := func(field httpapi.Field, format string, args ...any) string {
		return strings.TrimSpace(fmt.Sprintf(format, args...) + " " + notes[field])
	}
	number := func(n httpapi.WholeNumber, description string) schema.Int64Attribute {
		fallback := fmt.Sprintf("Defaults to %d.", n.Default)
		if variable := service.Environment[n.Field]; variable != "" {
			fallback = fmt.Sprintf("Defaults to the environment variable `%s`, then to %d.", variable, n.Default)
		}
		return schema.Int64Attribute{
			Optional: true, Validators: []validator.Int64{int64validator.Between(n.Lowest, n.Highest)},
			MarkdownDescription: say(n.Field, "%s A whole number from %d to %d. %s", description, n.Lowest, n.Highest, fallback),
		}
	}
	file := func(description string, more ...validator.String) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: more}
	}
	beside := func(field httpapi.Field) validator.String {
		return stringvalidator.AlsoRequires(path.MatchRoot(string(field)))
	}
	secret := service.Secret
	return map[string]schema.Attribute{
		string(secret.File): file(say(secret.File, "Path of a file that holds the %s and nothing else but white space around it, in place of `%s`. "+
			"It is read when the provider starts. Defaults to the environment variable `%s`. Set the %s or a file, not both; "+
			"what is set here takes precedence over both environment variables.",
			secret.Noun, secret.Field, service.Environment[secret.File], secret.Noun), stringvalidator.ConflictsWith(path.MatchRoot(string(secret.Field)))),
		string(httpapi.FieldRequestTimeout): number(httpapi.RequestTimeout,
			"How many seconds one attempt of a request may take, until its answer has arrived."),
		string(httpapi.FieldRetryTimeout): number(httpapi.RetryTimeout, "How many seconds a request may take with all its attempts and the waits between them. "+
			"Reads, and writes that state the whole result, are sent again after a connection error or one of the answers 408, 429, 502, 503 and 504; a `Retry-After` is kept. "+
			"What creates or generates something is sent again only if "+service.Name+" certainly did not act. "+
			"A pause that is longer than the time that is left is an error at once. With 0, nothing is sent again. "+
			"Where nobody takes the connection, and nobody ever answered in this run, there are four attempts within seconds: the address is wrong, then, or the server is not up."),
		string(httpapi.FieldMaxConcurrentRequests): number(httpapi.MaxConcurrentRequests,
			"How many requests are under way at once. Terraform's own `-parallelism` also limits them."),
		string(httpapi.FieldMaxRequestsPerSecond): schema.Float64Attribute{
			Optional: true, Validators: []validator.Float64{float64validator.AtLeast(0.01)},
			MarkdownDescription: say(httpapi.FieldMaxRequestsPerSecond, "How many requests are sent per second at most, evenly spaced: a number from 0.01, such as 2.5. The wait for a turn counts against `%s`. "+
				"No limit by default. %s is not known to publish one.", httpapi.FieldRetryTimeout, service.Name),
		},
		string(httpapi.FieldProxyURL): schema.StringAttribute{
			Optional: true, Sensitive: true,
			MarkdownDescription: say(httpapi.FieldProxyURL, "Proxy for all requests to %s, as `http://host:port` or `host:port`, with credentials as `http://user:password@host:port`; "+
				"the scheme may also be `https`, `socks5` or `socks5h`. Defaults to the environment variables `HTTPS_PROXY` and `NO_PROXY` "+
				"(and `HTTP_PROXY` for a plain `http` address), "+
				"in upper or lower case. `NO_PROXY` does not apply to a proxy that is set here.", service.Name),
		},
		string(httpapi.FieldCACertificateFile): file(say(httpapi.FieldCACertificateFile, "Path of a PEM file with the certificates of authorities "+
			"that may sign the server's certificate, beside those that the system trusts, such as for a proxy that looks into connections. "+
			"TLS 1.2 is the oldest version that is accepted.")),
		string(httpapi.FieldClientCertificateFile): file(say(httpapi.FieldClientCertificateFile, "Path of a PEM file with the client certificate for TLS, and the intermediate certificates after it: "+
			"for a proxy in front of %s that asks for one.", service.Name), beside(httpapi.FieldClientKeyFile)),
		string(httpapi.FieldClientKeyFile): file(say(httpapi.FieldClientKeyFile, "Path of a PEM file with the key of the certificate in `%s`, not encrypted.", httpapi.FieldClientCertificateFile),
			beside(httpapi.FieldClientCertificateFile)),
	}
}

// Set adds the settings to those of a client. They were validated.
func (c Connection) Set(config *httpapi.Config) {
	seconds := func(value types.Int64) time.Duration {
		if value.IsNull() {
			return 0
		}
		return httpapi.Seconds(value.ValueInt64())
	}
	config.AttemptTimeout, config.RetryBudget = seconds(c.RequestTimeout), seconds(c.RetryTimeout)
	config.MaxConcurrentRequests = int(c.MaxConcurrentRequests.ValueInt64())
	config.MaxRequestsPerSecond = c.MaxRequestsPerSecond.ValueFloat64()
	config.ProxyURL = c.ProxyURL.ValueString()
	config.CACertificateFile = c.CACertificateFile.ValueString()
	config.ClientCertificateFile, config.ClientKeyFile = c.ClientCertificateFile.ValueString(), c.ClientKeyFile.ValueString()
}
