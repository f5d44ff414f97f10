package datasource

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

var userGroups = describe(describedPrincipals{
	kind: access.KindGroup, typeName: "user_group",
	one: "Looks up one user group by name or id, with who is in it: directly, and through groups in it. " +
		"One that does not exist is an error that names the nearest; a name that fits several is an error that lists their ids.",
	key: run.AttrName, describeKey: "Name.", checkKey: run.IsName(),
	all:         "Lists the user groups of the organization, all or those that match the filter. The data source `signpath_user_group` tells who is in one.",
	describeAll: "The groups that match, ordered by name.",
	filters: map[string]schema.Attribute{
		run.AttrNameContains: schema.StringAttribute{Optional: true, MarkdownDescription: run.DescribeNameFilter("groups", "name")},
	},
	told: map[string]toldAttribute{
		run.AttrDirectorySynchronized: toldFlag("Whether the group is synchronized from the organization's directory. It can then be given rights, but not edited.",
			func(p access.Principal) bool { return p.Synchronized }),
	},
})

func newUserGroupsDataSource() datasource.DataSource {
	return &principalsDataSource{describedPrincipals: userGroups}
}

// userGroupDataSource looks up one user group, and who is in it.
type userGroupDataSource struct{ principalDataSource }

func newUserGroupDataSource() datasource.DataSource {
	return &userGroupDataSource{principalDataSource{describedPrincipals: userGroups}}
}

// Schema implements [datasource.DataSource].
func (d *userGroupDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := d.lookupAttributes()
	attributes[vocabulary.GroupMembers.Plural] = membersAttribute(vocabulary.GroupMembers)
	attributes[run.ExpandedName(vocabulary.GroupMembers)] = run.ExpandedAttribute(vocabulary.GroupMembers)
	resp.Schema = schema.Schema{MarkdownDescription: d.one, Attributes: attributes}
}

// Read implements [datasource.DataSource].
func (d *userGroupDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	p, at, ok := d.lookUp(ctx, req, resp)
	if !ok {
		return
	}
	p, err := d.Client.Group(ctx, p.ID)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Reading " + p.String(), Needs: run.NeedsAnyRole}, err)
		return
	}
	members, expanded := tellMembers(ctx, d.Session, d.GroupTarget(vocabulary.GroupMembers, p), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	d.tell(ctx, p, at, req, resp)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(vocabulary.GroupMembers.Plural), members)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(run.ExpandedName(vocabulary.GroupMembers)), expanded)...)
}
