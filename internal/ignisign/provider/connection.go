package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// connectionModel is the provider block.
type connectionModel struct {
	APIKey     types.String `tfsdk:"api_key"`
	APIKeyFile types.String `tfsdk:"api_key_file"`
	AppID      types.String `tfsdk:"app_id"`
	AppEnv     types.String `tfsdk:"app_env"`
	AppSecret  types.String `tfsdk:"app_secret"`
	URL        types.String `tfsdk:"api_url"`
	APIVersion types.String `tfsdk:"api_version"`
	tfkit.Connection
}

// connection is how the provider asks IgniSign.
func connection() *baselineprovider.API {
	text := func(field httpapi.Field, description string, validators ...validator.String) schema.StringAttribute {
		if variable := api.Service.Environment[field]; variable != "" {
			description += fmt.Sprintf(" Defaults to the environment variable `%s`.", variable)
		}
		return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: validators}
	}
	secret := func(attribute schema.StringAttribute) schema.StringAttribute {
		attribute.Sensitive = true
		return attribute
	}
	attributes := tfkit.ConnectionAttributes(&api.Service, nil)
	attributes[string(api.FieldAPIKey)] = secret(text(api.FieldAPIKey, "API key of the application, which begins with `skv2_` and says itself for which application and environment it is."))
	attributes[string(api.FieldAppID)] = text(api.FieldAppID, "Id of the application, `appId_` and a UUID. Only an old key needs it; beside another key it has to agree.")
	attributes[string(api.FieldAppEnv)] = text(api.FieldAppEnv, fmt.Sprintf("Environment that the key is for: %s. "+
		"Only an old key needs it; beside another key it has to agree.",
		quoted(vocabulary.Environments())), stringvalidator.OneOf(vocabulary.Environments()...))
	attributes[string(api.FieldAppSecret)] = secret(text(api.FieldAppSecret, "Old key of the application, as they were made before November 2024, which is exchanged for a token. "+
		"Set this or `api_key`.", stringvalidator.ConflictsWith(path.MatchRoot(string(api.FieldAPIKey)))))
	attributes[string(httpapi.FieldURL)] = text(httpapi.FieldURL, fmt.Sprintf("URL of the API, without a version, where it is not `%s`.", api.DefaultURL))
	attributes[string(api.FieldAPIVersion)] = text(api.FieldAPIVersion, "Version of the API: `v4`, `v3`, or `auto`, the default, which is the one that the application says of itself. "+
		"No other one is tried. The invitation API is documented for `v3` only.", stringvalidator.OneOf(string(api.VersionAuto), string(api.Version3), string(api.Version4)))
	return &baselineprovider.API{Attributes: attributes, Configure: configure}
}

// configure makes the client, if there is a key, and what resources share.
func configure(ctx context.Context, version string, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var m connectionModel
	if unknown, err := tfkit.Unknown(req.Config); err == nil && len(unknown) == 0 {
		resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	config := api.Config{
		Config: httpapi.Config{URL: m.URL.ValueString(), Secret: m.APIKey.ValueString(), SecretFile: m.APIKeyFile.ValueString()},
		AppID:  m.AppID.ValueString(), AppEnv: m.AppEnv.ValueString(), AppSecret: m.AppSecret.ValueString(), APIVersion: api.Version(m.APIVersion.ValueString()),
	}
	m.Set(&config.Config)
	config = config.FromEnvironment()
	config.UserAgent = tfkit.UserAgent("ignisign", version, req.TerraformVersion)
	log := tfkit.NewClientLog("ignisign", &config.Config)
	source := tfkit.ClientSource[*api.Client]{
		Service: &api.Service, Config: config.Config, HasSecret: config.AppSecret != "", Log: log,
		New: func(httpapi.Config) (*api.Client, error) { return api.New(config) },
	}
	source.Configure(ctx, req, resp)
	if optional := tfkit.ClientOf[*api.Client](resp.ResourceData); optional != nil {
		resp.ResourceData = newSession(optional)
	}
}

func quoted(texts []string) string { return "`" + strings.Join(texts, "`, `") + "`" }
