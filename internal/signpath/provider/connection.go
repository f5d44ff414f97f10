package provider

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
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

func wholeNumberAttribute(n httpapi.WholeNumber, description string) schema.Int64Attribute {
	fallback := fmt.Sprintf("Defaults to %d.", n.Default)
	if variable := api.Service.Environment[n.Field]; variable != "" {
		fallback = fmt.Sprintf("Defaults to the environment variable `%s`, then to %d.", variable, n.Default)
	}
	return schema.Int64Attribute{
		Optional:            true,
		Validators:          []validator.Int64{int64validator.Between(n.Lowest, n.Highest)},
		MarkdownDescription: fmt.Sprintf("%s A whole number from %d to %d. %s", description, n.Lowest, n.Highest, fallback),
	}
}

func connectionAttributes() map[string]schema.Attribute {
	file := func(description string, more ...validator.String) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: more}
	}
	beside := func(field httpapi.Field) validator.String {
		return stringvalidator.AlsoRequires(path.MatchRoot(string(field)))
	}
	return map[string]schema.Attribute{
		string(api.FieldTokenFile): file(fmt.Sprintf("Path of a file that holds the API token and nothing else but white space around it, in place of `%s`. "+
			"It is read when the provider starts. Defaults to the environment variable `%s`. Set a token or a file, not both; "+
			"what is set here takes precedence over both environment variables.",
			api.FieldToken, api.EnvTokenFile), stringvalidator.ConflictsWith(path.MatchRoot(string(api.FieldToken)))),
		string(httpapi.FieldRequestTimeout): wholeNumberAttribute(httpapi.RequestTimeout,
			"How many seconds one attempt of a request may take, until its answer has arrived."),
		string(httpapi.FieldRetryTimeout): wholeNumberAttribute(httpapi.RetryTimeout, "How many seconds a request may take with all its attempts and the waits between them. "+
			"Reads, and writes that state the whole result, are sent again after a connection error or one of the answers 408, 429, 502, 503 and 504; a `Retry-After` is kept. "+
			"What creates or generates something is sent again only if SignPath certainly did not act. "+
			"A pause that is longer than the time that is left is an error at once. With 0, nothing is sent again. "+
			"Where nobody takes the connection, and nobody ever answered in this run, there are four attempts within seconds: the address is wrong, then, or the server is not up."),
		string(httpapi.FieldMaxConcurrentRequests): wholeNumberAttribute(httpapi.MaxConcurrentRequests,
			"How many requests are under way at once. Terraform's own `-parallelism` also limits them."),
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
				"the scheme may also be `https`, `socks5` or `socks5h`. Defaults to the environment variables `HTTPS_PROXY` and `NO_PROXY` " +
				"(and `HTTP_PROXY` for a plain `http` address), " +
				"in upper or lower case. `NO_PROXY` does not apply to a proxy that is set here. SignPath's own tools use `http_proxy` for https, too; this provider does not.",
		},
		string(httpapi.FieldCACertificateFile): file("Path of a PEM file with the certificates of authorities " +
			"that may sign the server's certificate, beside those that the system trusts: " +
			"for a self-hosted SignPath with an authority of its own, or for a proxy that looks into connections. TLS 1.2 is the oldest version that is accepted."),
		string(httpapi.FieldClientCertificateFile): file("Path of a PEM file with the client certificate for TLS, and the intermediate certificates after it. "+
			"SignPath does not support client certificates directly: this is for a proxy in front of it that asks for one.", beside(httpapi.FieldClientKeyFile)),
		string(httpapi.FieldClientKeyFile): file(fmt.Sprintf("Path of a PEM file with the key of the certificate in `%s`, not encrypted.", httpapi.FieldClientCertificateFile),
			beside(httpapi.FieldClientCertificateFile)),
	}
}

// config returns the settings as they are configured, which was validated.
func (m configModel) config() httpapi.Config {
	seconds := func(value types.Int64) time.Duration {
		if value.IsNull() {
			return 0
		}
		return httpapi.Seconds(value.ValueInt64())
	}
	return httpapi.Config{
		URL:                   m.URL.ValueString(),
		Secret:                m.Token.ValueString(),
		SecretFile:            m.TokenFile.ValueString(),
		AttemptTimeout:        seconds(m.RequestTimeout),
		RetryBudget:           seconds(m.RetryTimeout),
		MaxConcurrentRequests: int(m.MaxConcurrentRequests.ValueInt64()),
		MaxRequestsPerSecond:  m.MaxRequestsPerSecond.ValueFloat64(),
		ProxyURL:              m.ProxyURL.ValueString(),
		CACertificateFile:     m.CACertificateFile.ValueString(),
		ClientCertificateFile: m.ClientCertificateFile.ValueString(),
		ClientKeyFile:         m.ClientKeyFile.ValueString(),
	}
}
