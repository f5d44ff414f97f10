package datasource

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// projectRecord is what data sources tell of a project in a list.
type projectRecord struct {
	ID          types.String `tfsdk:"id"`
	Slug        types.String `tfsdk:"slug"`
	Name        types.String `tfsdk:"name"`
	Description types.String `tfsdk:"description"`
	Status      types.String `tfsdk:"status"`
}

func newProjectRecord(p api.Project) projectRecord {
	return projectRecord{
		ID: run.TextOrNull(p.ID), Slug: types.StringValue(p.Slug), Name: types.StringValue(p.Name),
		Description: run.TextOrNull(p.Description), Status: run.TextOrNull(p.Status),
	}
}

const attrSlug = "slug"

func projectRecordAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		run.AttrID:    schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the project, a UUID."},
		attrSlug:      schema.StringAttribute{Computed: true, MarkdownDescription: "Slug, as in the web address."},
		run.AttrName:  schema.StringAttribute{Computed: true, MarkdownDescription: "Display name."},
		"description": schema.StringAttribute{Computed: true, MarkdownDescription: "Description; null if there is none."},
		"status":      schema.StringAttribute{Computed: true, MarkdownDescription: "Status as SignPath says it, such as `Valid`; null if the server does not tell."},
	}
}

// projectDataSource looks up one project.
type projectDataSource struct{ run.ConfiguredDataSource }

var _ datasource.DataSourceWithConfigure = (*projectDataSource)(nil)

func newProjectDataSource() datasource.DataSource { return &projectDataSource{} }

// Metadata implements [datasource.DataSource].
func (d *projectDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_project"
}

// Schema implements [datasource.DataSource].
func (d *projectDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := projectRecordAttributes()
	attributes[attrSlug] = schema.StringAttribute{
		Required:            true,
		MarkdownDescription: "Slug, as in the web address.",
		Validators:          []validator.String{run.IsSlug()},
	}
	maps.Copy(attributes, listAttributes(vocabulary.ParentProject))
	attributes["signing_policies"] = schema.ListAttribute{
		Computed: true, ElementType: types.StringType,
		MarkdownDescription: "Slugs of the project's signing policies, ordered.",
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Looks up one project by slug, with who may read and configure it.",
		Attributes:          attributes,
	}
}

// membersAttribute is an access list in a data source.
func membersAttribute(list vocabulary.List) schema.Attribute {
	return schema.SetAttribute{
		Computed: true, ElementType: types.StringType,
		MarkdownDescription: fmt.Sprintf("Member references of the %s: who may %s.", list.Plural, list.Grants),
	}
}

// listAttributes are the access lists of a kind of object in its data source.
func listAttributes(parent vocabulary.Parent) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for _, list := range vocabulary.ListsOf(parent) {
		attributes[list.Plural], attributes[run.ExpandedName(list)] = membersAttribute(list), run.ExpandedAttribute(list)
	}
	return attributes
}

// tellWithLists makes the state of a data source of an object what is known of it, with the access
// lists of the object.
func tellWithLists(
	ctx context.Context, s *run.Session, parent vocabulary.Parent, of api.Target, known map[string]any, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	for _, of.List = range vocabulary.ListsOf(parent) {
		known[of.List.Plural], known[run.ExpandedName(of.List)] = tellMembers(ctx, s, of, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.State.Raw = req.Config.Raw
	for name, value := range known {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// tellMembers reads an access list for a data source, as it is and with its groups
// resolved.
func tellMembers(ctx context.Context, s *run.Session, t api.Target, diags *diag.Diagnostics) (types.Set, []run.ExpandedMember) {
	ids, err := s.Client.Members(ctx, t)
	var members []string
	var expanded []run.ExpandedMember
	if err == nil {
		members, err = s.SpellMembers(ctx, ids, nil)
	}
	if err == nil {
		expanded, err = s.Expand(ctx, ids)
	}
	run.AddFailure(diags, run.Failure{Doing: "Reading " + t.String(), Needs: run.ReadNeeds(t.List)}, err)
	return run.MemberSet(members), expanded
}

// Read implements [datasource.DataSource].
func (d *projectDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var slug types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attrSlug), &slug)...)
	if resp.Diagnostics.HasError() {
		return
	}
	project, err := d.Client.Project(ctx, slug.ValueString())
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{
			At: path.Root(attrSlug), Doing: fmt.Sprintf("Reading project %q", slug.ValueString()), Needs: run.NeedsProjectRead,
		}, err)
		return
	}
	record := newProjectRecord(project)
	tellWithLists(ctx, d.Session, vocabulary.ParentProject, api.Target{Project: project.Slug}, map[string]any{
		run.AttrID: record.ID, attrSlug: record.Slug, run.AttrName: record.Name, "description": record.Description, "status": record.Status,
		"signing_policies": append([]string{}, project.SigningPolicies...),
	}, req, resp)
}

// projectsDataSource lists projects.
type projectsDataSource struct{ run.ConfiguredDataSource }

var _ datasource.DataSourceWithConfigure = (*projectsDataSource)(nil)

func newProjectsDataSource() datasource.DataSource { return &projectsDataSource{} }

// projectsModel is the state of the data source signpath_projects.
type projectsModel struct {
	Projects []projectRecord `tfsdk:"projects"`
}

// Metadata implements [datasource.DataSource].
func (d *projectsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_projects"
}

// Schema implements [datasource.DataSource].
func (d *projectsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the projects that the token's user may see: all for a Global Administrator, Project Administrator or Global Reader, " +
			"and those that the user has a right on for others.",
		Attributes: map[string]schema.Attribute{
			"projects": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The projects, ordered by slug.",
				NestedObject:        schema.NestedAttributeObject{Attributes: projectRecordAttributes()},
			},
		},
	}
}

// Read implements [datasource.DataSource].
func (d *projectsDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.Client.LearnLists(ctx)
	projects, err := d.Client.Projects(ctx)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Listing the projects", Needs: run.NeedsAnyRole}, err)
		return
	}
	model := projectsModel{Projects: make([]projectRecord, len(projects))}
	for i, p := range projects {
		model.Projects[i] = newProjectRecord(p)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
