package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// userGroupRecord is what data sources tell of a user group in a list.
type userGroupRecord struct {
	ID                    types.String `tfsdk:"id"`
	Member                types.String `tfsdk:"member"`
	Name                  types.String `tfsdk:"name"`
	Description           types.String `tfsdk:"description"`
	DirectorySynchronized types.Bool   `tfsdk:"directory_synchronized"`
}

func newUserGroupRecord(p access.Principal, member access.Reference) userGroupRecord {
	return userGroupRecord{
		ID: types.StringValue(p.ID), Member: types.StringValue(member.String()), Name: types.StringValue(p.Name),
		Description: textOrNull(p.Description), DirectorySynchronized: types.BoolValue(p.Synchronized),
	}
}

func userGroupRecordAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		attrID:          schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the group, a UUID."},
		attrMember:      schema.StringAttribute{Computed: true, MarkdownDescription: "Member reference, for access lists and other groups."},
		attrName:        schema.StringAttribute{Computed: true, MarkdownDescription: "Name."},
		attrDescription: schema.StringAttribute{Computed: true, MarkdownDescription: "Description; null if there is none."},
		attrDirectorySynchronized: schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the group is synchronized from the organization's directory. It can then be given rights, but not edited.",
		},
	}
}

// userGroupDataSource looks up one user group.
type userGroupDataSource struct{ configuredDataSource }

var _ datasource.DataSourceWithConfigValidators = (*userGroupDataSource)(nil)

func newUserGroupDataSource() datasource.DataSource { return &userGroupDataSource{} }

// userGroupLookup is the state of the data source signpath_user_group.
type userGroupLookup struct {
	userGroupRecord
	Members  types.Set        `tfsdk:"members"`
	Expanded []expandedMember `tfsdk:"expanded_members"`
}

// Metadata implements [datasource.DataSource].
func (d *userGroupDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_group"
}

// Schema implements [datasource.DataSource].
func (d *userGroupDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := lookupAttributes(userGroupRecordAttributes(), attrName, "Name.", isName())
	attributes[access.GroupMembers.Plural] = membersAttribute(access.GroupMembers)
	attributes[expandedName(access.GroupMembers)] = expandedAttribute(access.GroupMembers)
	resp.Schema = schema.Schema{
		MarkdownDescription: "Looks up one user group by name or id, with who is in it: directly, and through groups in it. One that does not exist is an error that names the nearest; a name that fits several is an error that lists their ids.",
		Attributes:          attributes,
	}
}

// ConfigValidators implements [datasource.DataSourceWithConfigValidators].
func (d *userGroupDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot(attrID), path.MatchRoot(attrName))}
}

// Read implements [datasource.DataSource].
func (d *userGroupDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config userGroupLookup
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	p, ok := d.lookUp(ctx, access.KindGroup, config.ID, attrName, config.Name, resp)
	if !ok {
		return
	}
	p, err := d.client.Group(ctx, p.ID)
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: "Reading " + p.String(), needs: needsAnyRole}, err)
		return
	}
	record := newUserGroupRecord(p, d.client.Known().ReferenceTo(p.ID))
	if !config.ID.IsNull() {
		record.ID = config.ID // A data source must return what was configured.
	}
	model := userGroupLookup{userGroupRecord: record}
	model.Members, model.Expanded = d.members(ctx, d.groupTarget(access.GroupMembers, p), &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	}
}

// userGroupsDataSource lists user groups.
type userGroupsDataSource struct{ configuredDataSource }

var _ datasource.DataSourceWithConfigure = (*userGroupsDataSource)(nil)

func newUserGroupsDataSource() datasource.DataSource { return &userGroupsDataSource{} }

// userGroupsModel is the state of the data source signpath_user_groups.
type userGroupsModel struct {
	NameContains types.String      `tfsdk:"name_contains"`
	UserGroups   []userGroupRecord `tfsdk:"user_groups"`
}

// Metadata implements [datasource.DataSource].
func (d *userGroupsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_groups"
}

// Schema implements [datasource.DataSource].
func (d *userGroupsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the user groups of the organization, all or those that match the filter. The data source `signpath_user_group` tells who is in one.",
		Attributes: map[string]schema.Attribute{
			"name_contains": schema.StringAttribute{Optional: true, MarkdownDescription: "Only groups with this text in the name, compared without case. All if it is not set."},
			"user_groups": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The groups that match, ordered by name.",
				NestedObject:        schema.NestedAttributeObject{Attributes: userGroupRecordAttributes()},
			},
		},
	}
}

// Read implements [datasource.DataSource].
func (d *userGroupsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	model := userGroupsModel{UserGroups: []userGroupRecord{}}
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("name_contains"), &model.NameContains)...)
	if resp.Diagnostics.HasError() {
		return
	}
	groups, err := d.client.Groups(ctx)
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: "Listing user groups", needs: needsAnyRole}, err)
		return
	}
	part := strings.ToLower(model.NameContains.ValueString())
	for _, p := range groups {
		if strings.Contains(strings.ToLower(p.Name), part) {
			model.UserGroups = append(model.UserGroups, newUserGroupRecord(p, d.client.Known().ReferenceTo(p.ID)))
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
