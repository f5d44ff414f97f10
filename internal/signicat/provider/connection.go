package provider

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
)

// A providerBlock is what a configuration says of the connection.
type providerBlock struct {
	tfkit.Connection
	URL              types.String `tfsdk:"api_url"`
	ClientID         types.String `tfsdk:"client_id"`
	ClientSecret     types.String `tfsdk:"client_secret"`
	ClientSecretFile types.String `tfsdk:"client_secret_file"`
	OrganisationID   types.String `tfsdk:"organisation_id"`
}

// connection is how Signicat is asked, by the data sources that need it.
func connection() *baselineprovider.API {
	attributes := map[string]schema.Attribute{
		string(httpapi.FieldURL): schema.StringAttribute{
			Optional: true,
			MarkdownDescription: fmt.Sprintf("URL of Signicat's APIs. Defaults to the environment variable `%s`, then to `%s`. The client secret and the token are sent there alone, "+
				"so plain `http` is refused unless the host is a loopback address.", api.EnvURL, api.DefaultURL),
		},
		string(api.FieldClientID): schema.StringAttribute{
			Optional: true,
			MarkdownDescription: fmt.Sprintf("Id of an API client, such as `org-round-apple-123`: *Settings → API clients* in the Dashboard. Defaults to the environment variable `%s`. "+
				"Only the data sources that ask Signicat need it. Give the client no more than they need: one that reads.", api.EnvClientID),
		},
		string(api.FieldClientSecret): schema.StringAttribute{
			Optional: true, Sensitive: true,
			MarkdownDescription: fmt.Sprintf("Secret of the API client. Defaults to the environment variable `%s`, which is the better place, because it keeps the secret out of the configuration.", api.EnvClientSecret),
		},
		string(api.FieldOrganisationID): schema.StringAttribute{
			Optional: true,
			MarkdownDescription: fmt.Sprintf("Id of the organisation that is asked for, such as `o-p-…`. Defaults to the environment variable `%s`. It is sent as the vendor's SDK does, in a header and in the query: "+
				"which of them the account and audit APIs need is not documented. A client of one account may need none.", api.EnvOrganisationID),
		},
	}
	maps.Copy(attributes, tfkit.ConnectionAttributes(&api.Service, nil))
	return &baselineprovider.API{Attributes: attributes, Configure: configure}
}

// configure makes the client, if there is a secret. It sends nothing.
func configure(ctx context.Context, version string, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var block providerBlock
	resp.Diagnostics.Append(req.Config.Get(ctx, &block)...)
	if resp.Diagnostics.HasError() {
		return
	}
	config := httpapi.Config{
		URL: block.URL.ValueString(), Secret: block.ClientSecret.ValueString(), SecretFile: block.ClientSecretFile.ValueString(),
		UserAgent: tfkit.UserAgent("signicat", version, req.TerraformVersion),
	}
	block.Set(&config)
	log := tfkit.NewClientLog("signicat", &config)
	whole := api.Config{Config: config, ClientID: block.ClientID.ValueString(), OrganisationID: block.OrganisationID.ValueString()}.FromEnvironment()
	tfkit.ClientSource[*api.Client]{
		Service: &api.Service, Config: whole.Config, Log: log,
		New: func(httpapi.Config) (*api.Client, error) { return api.New(whole) },
	}.Configure(ctx, req, resp)
}
