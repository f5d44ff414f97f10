package datasource

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// rolesDataSource is the catalogue of global roles. It asks SignPath nothing.
type rolesDataSource struct{}

var _ datasource.DataSource = (*rolesDataSource)(nil)

func newRolesDataSource() datasource.DataSource { return &rolesDataSource{} }

// rolesModel is the state of the data source signpath_roles.
type rolesModel struct {
	Roles []roleRecord `tfsdk:"roles"`
}

type roleRecord struct {
	Role        types.String   `tfsdk:"role"`
	Title       types.String   `tfsdk:"title"`
	Permissions []types.String `tfsdk:"permissions"`
	ConsiderFor types.String   `tfsdk:"consider_for"`
	Privileged  types.Bool     `tfsdk:"privileged"`
}

// Metadata implements [datasource.DataSource].
func (d *rolesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_roles"
}

// Schema implements [datasource.DataSource].
func (d *rolesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The catalogue of global roles with what each allows, after SignPath's user documentation. It sends no request.\n\n" +
			"Beside the role, lists give rights on projects and signing policies. " + vocabulary.ReadRule + " Whoever submitted a request reads it in any case.",
		Attributes: map[string]schema.Attribute{
			"roles": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The roles, the most powerful first.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					run.AttrRole: schema.StringAttribute{Computed: true, MarkdownDescription: "The role as `signpath_role_assignment` takes it. The spelling of `DirectorySynchronizer` is inferred."},
					"title":      schema.StringAttribute{Computed: true, MarkdownDescription: "Name in SignPath's web application."},
					"permissions": schema.ListAttribute{
						Computed: true, ElementType: types.StringType,
						MarkdownDescription: "What the role allows in the whole organization.",
					},
					"consider_for": schema.StringAttribute{Computed: true, MarkdownDescription: "SignPath's advice on whom to assign it to."},
					"privileged":   schema.BoolAttribute{Computed: true, MarkdownDescription: "False for `RegularUser`, which is what remains without an assignment."},
				}},
			},
		},
	}
}

// Read implements [datasource.DataSource].
func (d *rolesDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model rolesModel
	for _, role := range vocabulary.GlobalRoles() {
		record := roleRecord{
			Role: types.StringValue(string(role.Role)), Title: types.StringValue(role.Title),
			ConsiderFor: types.StringValue(role.ConsiderFor), Privileged: types.BoolValue(role.Role != vocabulary.RoleRegularUser),
		}
		for _, permission := range role.Permissions {
			record.Permissions = append(record.Permissions, types.StringValue(permission))
		}
		model.Roles = append(model.Roles, record)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
