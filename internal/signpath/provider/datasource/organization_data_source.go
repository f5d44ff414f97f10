package datasource

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// organizationDataSource tells of the organization itself.
type organizationDataSource struct{ run.ConfiguredDataSource }

var _ datasource.DataSourceWithConfigure = (*organizationDataSource)(nil)

func newOrganizationDataSource() datasource.DataSource { return &organizationDataSource{} }

// organizationModel is the state of the data source signpath_organization.
type organizationModel struct {
	ID                       types.String `tfsdk:"id"`
	Name                     types.String `tfsdk:"name"`
	YearlyArtifactBytesQuota types.Int64  `tfsdk:"yearly_max_size_of_artifacts_in_bytes"`
	YearlySignaturesQuota    types.Int64  `tfsdk:"yearly_max_number_of_individual_signatures"`
	QuotaPeriodStart         types.String `tfsdk:"quota_period_start"`
	QuotaPeriodEnd           types.String `tfsdk:"quota_period_end"`
}

// Metadata implements [datasource.DataSource].
func (d *organizationDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_organization"
}

// Schema implements [datasource.DataSource].
func (d *organizationDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	const untold = " Null if the server does not tell, as self-hosted installations may not."
	resp.Schema = schema.Schema{
		MarkdownDescription: "The organization that the provider is configured for, with its quotas.",
		Attributes: map[string]schema.Attribute{
			run.AttrID:   schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the organization, a UUID."},
			run.AttrName: schema.StringAttribute{Computed: true, MarkdownDescription: "Name." + untold},
			"yearly_max_size_of_artifacts_in_bytes": schema.Int64Attribute{
				Computed: true, MarkdownDescription: "How many bytes of artifacts may be signed in a quota period." + untold,
			},
			"yearly_max_number_of_individual_signatures": schema.Int64Attribute{
				Computed: true, MarkdownDescription: "How many signatures may be made in a quota period." + untold,
			},
			"quota_period_start": schema.StringAttribute{Computed: true, MarkdownDescription: "Start of the quota period, as SignPath writes it." + untold},
			"quota_period_end":   schema.StringAttribute{Computed: true, MarkdownDescription: "End of the quota period, as SignPath writes it." + untold},
		},
	}
}

// Read implements [datasource.DataSource].
func (d *organizationDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	organization, err := d.Client.Organization(ctx)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Reading the organization", Needs: run.NeedsAnyRole}, err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, organizationModel{
		ID: types.StringValue(organization.ID), Name: run.TextOrNull(organization.Name),
		YearlyArtifactBytesQuota: types.Int64PointerValue(organization.YearlyMaxSizeOfArtifactsInBytes),
		YearlySignaturesQuota:    types.Int64PointerValue(organization.YearlyMaxNumberOfIndividualSignatures),
		QuotaPeriodStart:         run.TextOrNull(organization.QuotaPeriodStart),
		QuotaPeriodEnd:           run.TextOrNull(organization.QuotaPeriodEnd),
	})...)
}
