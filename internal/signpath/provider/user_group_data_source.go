package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

var userGroups = describedPrincipals{
	kind: access.KindGroup, typeName: "user_group",
	one: "Looks up one user group by name or id, with who is in it: directly, and through groups in it. One that does not exist is an error that names the nearest; a name that fits several is an error that lists their ids.",
	key: attrName, describeKey: "Name.", checkKey: isName(),
	all:         "Lists the user groups of the organization, all or those that match the filter. The data source `signpath_user_group` tells who is in one.",
	describeAll: "The groups that match, ordered by name.",
	filters: map[string]schema.Attribute{
		attrNameContains: schema.StringAttribute{Optional: true, MarkdownDescription: describeNameFilter("groups", "name")},
	},
	attributes: userGroupRecordAttributes,
	record:     func(p access.Principal, member access.Reference) any { return newUserGroupRecord(p, member) },
}

func newUserGroupsDataSource() datasource.DataSource {
	return &principalsDataSource{describedPrincipals: userGroups}
}

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

// userGroupDataSource looks up one user group, and who is in it.
type userGroupDataSource struct{ principalDataSource }

func newUserGroupDataSource() datasource.DataSource {
	return &userGroupDataSource{principalDataSource{describedPrincipals: userGroups}}
}

// userGroupLookup is the state of the data source signpath_user_group.
type userGroupLookup struct {
	userGroupRecord
	Members  types.Set        `tfsdk:"members"`
	Expanded []expandedMember `tfsdk:"expanded_members"`
}

// Schema implements [datasource.DataSource].
func (d *userGroupDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := d.lookupAttributes()
	attributes[vocabulary.GroupMembers.Plural] = membersAttribute(vocabulary.GroupMembers)
	attributes[expandedName(vocabulary.GroupMembers)] = expandedAttribute(vocabulary.GroupMembers)
	resp.Schema = schema.Schema{MarkdownDescription: d.one, Attributes: attributes}
}

// Read implements [datasource.DataSource].
func (d *userGroupDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	p, at, ok := d.lookUp(ctx, req, resp)
	if !ok {
		return
	}
	p, err := d.client.Group(ctx, p.ID)
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: "Reading " + p.String(), needs: needsAnyRole}, err)
		return
	}
	model := userGroupLookup{userGroupRecord: newUserGroupRecord(p, d.client.Known().ReferenceTo(p.ID))}
	model.Members, model.Expanded = d.members(ctx, d.groupTarget(vocabulary.GroupMembers, p), &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
		keepConfigured(ctx, at, req, resp)
	}
}
