package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/accesslist"
	datasources "github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/datasource"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/principal"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/role"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// signpathProvider implements the provider.
type signpathProvider struct {
	version string
	// now replaces the clock in tests; nil is the real one.
	now func() time.Time
}

var (
	_ provider.ProviderWithActions        = (*signpathProvider)(nil)
	_ provider.ProviderWithFunctions      = (*signpathProvider)(nil)
	_ provider.ProviderWithListResources  = (*signpathProvider)(nil)
	_ provider.ProviderWithValidateConfig = (*signpathProvider)(nil)
)

// New returns the provider's constructor. The version goes into the user agent.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &signpathProvider{version: version} }
}

// Metadata implements [provider.Provider].
func (p *signpathProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "signpath"
	resp.Version = p.version
}

// Schema implements [provider.Provider].
func (p *signpathProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages who may sign software at [SignPath](https://signpath.io), who may approve it, and who may change that: " +
			"users, CI users, user groups, global roles, and the access lists of projects and signing policies.",
		Attributes: map[string]schema.Attribute{
			string(httpapi.FieldURL): schema.StringAttribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("URL of the SignPath API, without `/v1`. Defaults to the environment variable `%s`, then to `%s`. "+
					"A trailing `/` or `/v1` is ignored. Plain `http` is refused unless the host is a loopback address, because it would send the token in the clear.", api.EnvURL, api.DefaultURL),
			},
			string(api.FieldOrganizationID): schema.StringAttribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("Id of the SignPath organization, a UUID, as shown on the organization page. Defaults to the environment variable `%s`. "+
					"Required in one of the two places.", api.EnvOrganizationID),
			},
			string(api.FieldToken): schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: fmt.Sprintf("API token of the user that Terraform acts as: a CI user or an interactive user. Defaults to the environment variable `%s`, which is the better place, "+
					"because it keeps the token out of the configuration. Required there, here, or in `token_file`. "+
					"To manage users *and* access lists with one token, its user needs the role Global Administrator.", api.EnvToken),
			},
			run.AttrAPIContract: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How the provider learns the names in SignPath's API that are not published. `auto`, the default, " +
					"reads the installation's own OpenAPI document (`<api_url>/swagger/v1/swagger.json`) " +
					"before the first change of a run is planned, and before everybody is read, and compares; where it contradicts what is assumed, or what `api_mapping` says, " +
					"or an edit could lose a setting, nothing is written, " +
					"and where there is no document, the assumed names are used and a warning says so. " +
					"`assumed` uses the assumed names and reads no document. See the guide [What is verified about the API](guides/api-contract.md).",
				Validators: []validator.String{stringvalidator.OneOf(string(api.ContractAuto), string(api.ContractAssumed))},
			},
			string(api.FieldMapping): schema.StringAttribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("Path of a mapping file, which says in what the names, forms and routes of the installation's API differ from the assumed ones: "+
					"see the guide [The mapping file](guides/api-mapping.md). It is read when the provider starts. "+
					"While a line of it is marked as not confirmed, nothing is written. "+
					"Defaults to the environment variable `%s`; `\"\"` uses no file, whatever the variable says.", api.EnvMapping),
			},
			attrTokenRotation: tokenRotationAttribute(),
		},
		Blocks: map[string]schema.Block{attrGuardrails: guardrailsBlock()},
	}
	maps.Copy(resp.Schema.Attributes, tfkit.ConnectionAttributes(&api.Service, connectionNotes))
}

// connectionNotes is what there is to say of connections to SignPath.
var connectionNotes = tfkit.Notes{
	httpapi.FieldProxyURL:              "SignPath's own tools use `http_proxy` for https, too; this provider does not.",
	httpapi.FieldCACertificateFile:     "A self-hosted SignPath may have an authority of its own.",
	httpapi.FieldClientCertificateFile: "SignPath does not support client certificates directly.",
}

// configModel is the provider block.
type configModel struct {
	tfkit.Connection
	TokenFile      types.String `tfsdk:"token_file"`
	URL            types.String `tfsdk:"api_url"`
	OrganizationID types.String `tfsdk:"organization_id"`
	Token          types.String `tfsdk:"api_token"`
	APIContract    types.String `tfsdk:"api_contract"`
	Mapping        types.String `tfsdk:"api_mapping"`
	TokenRotation  types.String `tfsdk:"token_rotation"`
	Guardrails     types.Object `tfsdk:"guardrails"`
}

// mappingPath is where the mapping file is; empty if there is to be none.
func (c configModel) mappingPath() string {
	if c.Mapping.IsNull() {
		return api.MappingFromEnvironment()
	}
	return c.Mapping.ValueString()
}

// Configure implements [provider.Provider]. It sends nothing.
func (p *signpathProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config configModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	refuseUnknown(req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	now := p.now
	if now == nil {
		now = time.Now
	}
	connection := httpapi.Config{
		URL: config.URL.ValueString(), Secret: config.Token.ValueString(), SecretFile: config.TokenFile.ValueString(),
		UserAgent: tfkit.UserAgent("signpath", p.version, req.TerraformVersion),
	}
	config.Set(&connection)
	log := tfkit.NewClientLog("signpath", &connection)
	mapped, err := api.ReadMapping(config.mappingPath())
	tfkit.AddConfigErrors(&resp.Diagnostics, err)
	clientConfig := api.Config{
		Config:         connection,
		OrganizationID: config.OrganizationID.ValueString(),
		Contract:       api.ContractMode(config.APIContract.ValueString()),
		Mapping:        mapped.MappingOf(),
	}.FromEnvironment()
	rules, warnings := readGuardrails(ctx, config.Guardrails, &resp.Diagnostics)
	holds := holdsTokens(config.TokenRotation, &resp.Diagnostics)
	client, err := api.New(clientConfig)
	tfkit.AddConfigErrors(&resp.Diagnostics, err)
	if resp.Diagnostics.HasError() {
		return
	}
	log.Mask(client.Secrets())
	s := run.NewSession(client, now, rules, warnings)
	s.HoldsTokens = holds
	resp.ResourceData, resp.DataSourceData, resp.ActionData, resp.ListResourceData = s, s, s, s
}

// refuseUnknown reports every setting that is only known after apply.
func refuseUnknown(config tfsdk.Config, diags *diag.Diagnostics) {
	names, err := tfkit.Unknown(config)
	if err != nil {
		diags.AddError("Invalid provider configuration", err.Error())
	}
	for _, name := range names {
		summary, detail := tfkit.NotKnown(name, "SignPath")
		diags.AddAttributeError(path.Root(name), summary, detail)
	}
}

// Resources implements [provider.Provider].
func (p *signpathProvider) Resources(context.Context) (all []func() resource.Resource) {
	for _, newResource := range slices.Concat(principal.Resources(), role.Resources(), accesslist.Resources()) {
		all = append(all, run.Bound(newResource))
	}
	return all
}

// ListResources implements [provider.ProviderWithListResources], for terraform query since
// Terraform 1.14.
func (p *signpathProvider) ListResources(context.Context) []func() list.ListResource {
	return slices.Concat(principal.ListResources(), role.ListResources(), accesslist.ListResources())
}

// DataSources implements [provider.Provider].
func (p *signpathProvider) DataSources(context.Context) []func() datasource.DataSource {
	return datasources.All()
}

// Actions implements [provider.ProviderWithActions].
func (p *signpathProvider) Actions(context.Context) []func() action.Action {
	return principal.Actions()
}

// Functions implements [provider.ProviderWithFunctions].
func (p *signpathProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{newMemberFunction, newParseMemberFunction, newCIUsersFunction}
}
