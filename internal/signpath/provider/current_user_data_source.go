package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// currentUserDataSource tells who Terraform acts as.
type currentUserDataSource struct{ configuredDataSource }

var _ datasource.DataSourceWithConfigure = (*currentUserDataSource)(nil)

func newCurrentUserDataSource() datasource.DataSource { return &currentUserDataSource{} }

// currentUserModel is the state of the data source signpath_current_user.
type currentUserModel struct {
	ID     types.String `tfsdk:"id"`
	Kind   types.String `tfsdk:"kind"`
	Member types.String `tfsdk:"member"`
	Name   types.String `tfsdk:"name"`
	Email  types.String `tfsdk:"email"`
	Role   types.String `tfsdk:"role"`
}

// Metadata implements [datasource.DataSource].
func (d *currentUserDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_current_user"
}

// Schema implements [datasource.DataSource].
func (d *currentUserDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The user whose API token the provider uses: a CI user or an interactive user. Useful to check, in a `check` block or a postcondition, that a pipeline acts as whom it should.",
		Attributes: map[string]schema.Attribute{
			attrID:     schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the user, a UUID."},
			"kind":     schema.StringAttribute{Computed: true, MarkdownDescription: "`ci_user` or `user`."},
			attrMember: schema.StringAttribute{Computed: true, MarkdownDescription: describeMember},
			attrName:   schema.StringAttribute{Computed: true, MarkdownDescription: "Name."},
			attrEmail:  schema.StringAttribute{Computed: true, MarkdownDescription: "E-mail address of the account; null for a CI user."},
			attrRole:   schema.StringAttribute{Computed: true, MarkdownDescription: describeRole},
		},
	}
}

// Read implements [datasource.DataSource].
func (d *currentUserDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	me, err := d.client.Me(ctx)
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: "Reading the token's own user", needs: needsAnyRole}, err)
		return
	}
	d.noticeRoles(ctx, &resp.Diagnostics, me.Principal)
	model := currentUserModel{
		ID: types.StringValue(me.ID), Kind: types.StringValue(string(me.Kind)), Member: types.StringValue(me.Reference().String()),
		Name: types.StringValue(me.Name), Role: roleValue(me.Role),
	}
	if me.Kind == access.KindUser {
		model.Email = types.StringValue(me.Email)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
