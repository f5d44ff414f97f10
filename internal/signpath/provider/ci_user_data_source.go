package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// ciUserRecord is what data sources tell of a CI user.
type ciUserRecord struct {
	ID                types.String `tfsdk:"id"`
	Member            types.String `tfsdk:"member"`
	Name              types.String `tfsdk:"name"`
	NotificationEmail types.String `tfsdk:"notification_email"`
	Role              types.String `tfsdk:"role"`
	Active            types.Bool   `tfsdk:"active"`
}

func newCIUserRecord(p access.Principal, member access.Reference) ciUserRecord {
	return ciUserRecord{
		ID: types.StringValue(p.ID), Member: types.StringValue(member.String()), Name: types.StringValue(p.Name),
		NotificationEmail: textOrNull(p.NotificationEmail),
		Role:              types.StringValue(string(p.Role)), Active: types.BoolValue(p.Active),
	}
}

func ciUserRecordAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		attrID:                schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the CI user, a UUID."},
		attrMember:            schema.StringAttribute{Computed: true, MarkdownDescription: describeMember},
		attrName:              schema.StringAttribute{Computed: true, MarkdownDescription: "Name."},
		attrNotificationEmail: schema.StringAttribute{Computed: true, MarkdownDescription: describeNotification},
		attrRole:              schema.StringAttribute{Computed: true, MarkdownDescription: describeRole},
		attrActive:            schema.BoolAttribute{Computed: true, MarkdownDescription: describeActive},
	}
}

// ciUserDataSource looks up one CI user.
type ciUserDataSource struct{ configuredDataSource }

var _ datasource.DataSourceWithConfigValidators = (*ciUserDataSource)(nil)

func newCIUserDataSource() datasource.DataSource { return &ciUserDataSource{} }

// Metadata implements [datasource.DataSource].
func (d *ciUserDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_ci_user"
}

// Schema implements [datasource.DataSource].
func (d *ciUserDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Looks up one CI user by name or id. One that does not exist is an error that names the nearest; a name that fits several is an error that lists their ids.",
		Attributes:          lookupAttributes(ciUserRecordAttributes(), attrName, "Name.", isName()),
	}
}

// ConfigValidators implements [datasource.DataSourceWithConfigValidators].
func (d *ciUserDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot(attrID), path.MatchRoot(attrName))}
}

// Read implements [datasource.DataSource].
func (d *ciUserDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config ciUserRecord
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	p, ok := d.lookUp(ctx, access.KindCIUser, config.ID, attrName, config.Name, resp)
	if !ok {
		return
	}
	record := newCIUserRecord(p, d.client.Known().ReferenceTo(p.ID))
	if !config.ID.IsNull() {
		record.ID = config.ID
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, record)...)
}

// ciUsersDataSource lists CI users.
type ciUsersDataSource struct{ configuredDataSource }

var _ datasource.DataSourceWithConfigure = (*ciUsersDataSource)(nil)

func newCIUsersDataSource() datasource.DataSource { return &ciUsersDataSource{} }

// ciUsersModel is the state of the data source signpath_ci_users.
type ciUsersModel struct {
	principalFilter
	CIUsers []ciUserRecord `tfsdk:"ci_users"`
}

// Metadata implements [datasource.DataSource].
func (d *ciUsersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_ci_users"
}

// Schema implements [datasource.DataSource].
func (d *ciUsersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := filterAttributes("name")
	attributes["ci_users"] = schema.ListNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The CI users that match, ordered by name.",
		NestedObject:        schema.NestedAttributeObject{Attributes: ciUserRecordAttributes()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the CI users of the organization, all or those that match every filter.",
		Attributes:          attributes,
	}
}

// Read implements [datasource.DataSource].
func (d *ciUsersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model ciUsersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	model.CIUsers = []ciUserRecord{}
	d.selectPrincipals(ctx, access.KindCIUser, model.principalFilter, resp, func(p access.Principal, member access.Reference) {
		model.CIUsers = append(model.CIUsers, newCIUserRecord(p, member))
	})
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	}
}
