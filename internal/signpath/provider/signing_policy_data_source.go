package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// signingPolicyDataSource looks up one signing policy.
type signingPolicyDataSource struct{ configuredDataSource }

var _ datasource.DataSourceWithConfigure = (*signingPolicyDataSource)(nil)

func newSigningPolicyDataSource() datasource.DataSource { return &signingPolicyDataSource{} }

// signingPolicyModel is the state of the data source signpath_signing_policy.
type signingPolicyModel struct {
	ID                         types.String `tfsdk:"id"`
	Project                    types.String `tfsdk:"project"`
	Slug                       types.String `tfsdk:"slug"`
	Name                       types.String `tfsdk:"name"`
	Description                types.String `tfsdk:"description"`
	Purpose                    types.String `tfsdk:"purpose"`
	Active                     types.Bool   `tfsdk:"active"`
	VerifiesTrustedBuildSystem types.Bool   `tfsdk:"verifies_trusted_build_system"`
	VerifiesOrigin             types.Bool   `tfsdk:"verifies_origin"`
	UsesApprovalProcess        types.Bool   `tfsdk:"uses_approval_process"`
	RequiredApprovals          types.Int64  `tfsdk:"required_approvals"`
	Submitters                 types.Set    `tfsdk:"submitters"`
	Approvers                  types.Set    `tfsdk:"approvers"`

	ExpandedSubmitters []expandedMember `tfsdk:"expanded_submitters"`
	ExpandedApprovers  []expandedMember `tfsdk:"expanded_approvers"`
}

// Metadata implements [datasource.DataSource].
func (d *signingPolicyDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_signing_policy"
}

// Schema implements [datasource.DataSource].
func (d *signingPolicyDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	const untold = " Null if the server does not tell."
	resp.Schema = schema.Schema{
		MarkdownDescription: "Looks up one signing policy by the slugs of its project and itself, with who may submit and approve.",
		Attributes: map[string]schema.Attribute{
			attrID:      schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the signing policy, a UUID." + untold},
			attrProject: schema.StringAttribute{Required: true, MarkdownDescription: "Slug of the project.", Validators: []validator.String{isSlug()}},
			attrSlug: schema.StringAttribute{
				Required: true, MarkdownDescription: "Slug of the signing policy, as in its web address.", Validators: []validator.String{isSlug()},
			},
			attrName:                            schema.StringAttribute{Computed: true, MarkdownDescription: "Display name."},
			"description":                       schema.StringAttribute{Computed: true, MarkdownDescription: "Description; null if there is none."},
			"purpose":                           schema.StringAttribute{Computed: true, MarkdownDescription: "Purpose as SignPath says it; its values are not documented." + untold},
			attrActive:                          schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the policy is active." + untold},
			"verifies_trusted_build_system":     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether requests must come from a trusted build system. Interactive users can then not be submitters." + untold},
			"verifies_origin":                   schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the origin of what is signed is verified, which needs trusted build system verification." + untold},
			"uses_approval_process":             schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether signing requests need approval." + untold},
			"required_approvals":                schema.Int64Attribute{Computed: true, MarkdownDescription: "How many approvers must approve a request." + untold},
			vocabulary.Submitters.Plural:        membersAttribute(vocabulary.Submitters),
			vocabulary.Approvers.Plural:         membersAttribute(vocabulary.Approvers),
			expandedName(vocabulary.Submitters): expandedAttribute(vocabulary.Submitters),
			expandedName(vocabulary.Approvers):  expandedAttribute(vocabulary.Approvers),
		},
	}
}

// Read implements [datasource.DataSource].
func (d *signingPolicyDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var project, slug types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attrProject), &project)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attrSlug), &slug)...)
	if resp.Diagnostics.HasError() {
		return
	}
	policy, err := d.client.SigningPolicy(ctx, project.ValueString(), slug.ValueString())
	if err != nil {
		doing := fmt.Sprintf("Reading signing policy %q", project.ValueString()+"/"+slug.ValueString())
		addFailure(&resp.Diagnostics, failure{at: path.Root(attrSlug), doing: doing, needs: needsProjectRead}, err)
		return
	}
	target := func(list vocabulary.List) api.Target {
		return api.Target{List: list, Project: project.ValueString(), Policy: slug.ValueString()}
	}
	model := signingPolicyModel{
		ID: textOrNull(policy.ID), Project: project, Slug: slug, Name: types.StringValue(policy.Name),
		Description: textOrNull(policy.Description), Purpose: textOrNull(policy.Purpose), Active: types.BoolPointerValue(policy.Active),
		VerifiesTrustedBuildSystem: types.BoolPointerValue(policy.VerifiesTrustedBuildSystem),
		VerifiesOrigin:             types.BoolPointerValue(policy.VerifiesOrigin),
		UsesApprovalProcess:        types.BoolPointerValue(policy.UsesApprovalProcess),
		RequiredApprovals:          types.Int64PointerValue(policy.RequiredApprovals),
	}
	model.Submitters, model.ExpandedSubmitters = d.members(ctx, target(vocabulary.Submitters), &resp.Diagnostics)
	model.Approvers, model.ExpandedApprovers = d.members(ctx, target(vocabulary.Approvers), &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	}
}
