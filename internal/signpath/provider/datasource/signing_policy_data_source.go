package datasource

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// signingPolicyDataSource looks up one signing policy.
type signingPolicyDataSource struct{ run.ConfiguredDataSource }

var _ datasource.DataSourceWithConfigure = (*signingPolicyDataSource)(nil)

func newSigningPolicyDataSource() datasource.DataSource { return &signingPolicyDataSource{} }

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
			run.AttrID:      schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the signing policy, a UUID." + untold},
			run.AttrProject: schema.StringAttribute{Required: true, MarkdownDescription: "Slug of the project.", Validators: []validator.String{run.IsSlug()}},
			attrSlug: schema.StringAttribute{
				Required: true, MarkdownDescription: "Slug of the signing policy, as in its web address.", Validators: []validator.String{run.IsSlug()},
			},
			run.AttrName:   schema.StringAttribute{Computed: true, MarkdownDescription: "Display name."},
			"description":  schema.StringAttribute{Computed: true, MarkdownDescription: "Description; null if there is none."},
			"purpose":      schema.StringAttribute{Computed: true, MarkdownDescription: "Purpose as SignPath says it; its values are not documented." + untold},
			run.AttrActive: schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the policy is active." + untold},
			"verifies_trusted_build_system": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether requests must come from a trusted build system. " +
				"Interactive users can then not be submitters." + untold},
			"verifies_origin":       schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the origin of what is signed is verified, which needs trusted build system verification." + untold},
			"uses_approval_process": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether signing requests need approval." + untold},
			"required_approvals":    schema.Int64Attribute{Computed: true, MarkdownDescription: "How many approvers must approve a request." + untold},
		},
	}
	maps.Copy(resp.Schema.Attributes, listAttributes(vocabulary.ParentSigningPolicy))
}

// Read implements [datasource.DataSource].
func (d *signingPolicyDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var project, slug types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(run.AttrProject), &project)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attrSlug), &slug)...)
	if resp.Diagnostics.HasError() {
		return
	}
	policy, err := d.Client.SigningPolicy(ctx, project.ValueString(), slug.ValueString())
	if err != nil {
		doing := fmt.Sprintf("Reading signing policy %q", project.ValueString()+"/"+slug.ValueString())
		run.AddFailure(&resp.Diagnostics, run.Failure{At: path.Root(attrSlug), Doing: doing, Needs: run.NeedsProjectRead}, err)
		return
	}
	tellWithLists(ctx, d.Session, vocabulary.ParentSigningPolicy, api.Target{Project: project.ValueString(), Policy: slug.ValueString()}, map[string]any{
		run.AttrID: run.TextOrNull(policy.ID), run.AttrProject: project, attrSlug: slug, run.AttrName: policy.Name,
		"description": run.TextOrNull(policy.Description), "purpose": run.TextOrNull(policy.Purpose), run.AttrActive: policy.Active,
		"verifies_trusted_build_system": policy.VerifiesTrustedBuildSystem, "verifies_origin": policy.VerifiesOrigin,
		"uses_approval_process": policy.UsesApprovalProcess, "required_approvals": policy.RequiredApprovals,
	}, req, resp)
}
