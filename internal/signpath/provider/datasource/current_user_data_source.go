package datasource

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// currentUserDataSource tells who Terraform acts as.
type currentUserDataSource struct{ run.ConfiguredDataSource }

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
			run.AttrID:     schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the user, a UUID."},
			"kind":         schema.StringAttribute{Computed: true, MarkdownDescription: "`ci_user` or `user`."},
			run.AttrMember: schema.StringAttribute{Computed: true, MarkdownDescription: describeMember},
			run.AttrName:   schema.StringAttribute{Computed: true, MarkdownDescription: "Name."},
			run.AttrEmail:  schema.StringAttribute{Computed: true, MarkdownDescription: "E-mail address of the account; null for a CI user."},
			run.AttrRole:   schema.StringAttribute{Computed: true, MarkdownDescription: describeRole},
		},
	}
}

// Read implements [datasource.DataSource].
func (d *currentUserDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	me, err := d.Client.Me(ctx)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Reading the token's own user", Needs: run.NeedsAnyRole}, err)
		return
	}
	d.NoticeRoles(ctx, &resp.Diagnostics, me.Principal)
	model := currentUserModel{
		ID: types.StringValue(me.ID), Kind: types.StringValue(string(me.Kind)), Member: types.StringValue(me.Reference().String()),
		Name: types.StringValue(me.Name), Role: run.RoleValue(me.Role),
	}
	if me.Kind == access.KindUser {
		model.Email = types.StringValue(me.Email)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
