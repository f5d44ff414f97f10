package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
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
		ID: textOrNull(p.ID), Slug: types.StringValue(p.Slug), Name: types.StringValue(p.Name),
		Description: textOrNull(p.Description), Status: textOrNull(p.Status),
	}
}

const attrSlug = "slug"

func projectRecordAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		attrID:        schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the project, a UUID."},
		attrSlug:      schema.StringAttribute{Computed: true, MarkdownDescription: "Slug, as in the web address."},
		attrName:      schema.StringAttribute{Computed: true, MarkdownDescription: "Display name."},
		"description": schema.StringAttribute{Computed: true, MarkdownDescription: "Description; null if there is none."},
		"status":      schema.StringAttribute{Computed: true, MarkdownDescription: "Status as SignPath says it, such as `Valid`; null if the server does not tell."},
	}
}

// projectDataSource looks up one project.
type projectDataSource struct{ configuredDataSource }

var _ datasource.DataSourceWithConfigure = (*projectDataSource)(nil)

func newProjectDataSource() datasource.DataSource { return &projectDataSource{} }

// projectModel is the state of the data source signpath_project.
type projectModel struct {
	projectRecord
	Readers               types.Set        `tfsdk:"readers"`
	ExpandedReaders       []expandedMember `tfsdk:"expanded_readers"`
	Configurators         types.Set        `tfsdk:"configurators"`
	ExpandedConfigurators []expandedMember `tfsdk:"expanded_configurators"`
	SigningPolicies       types.List       `tfsdk:"signing_policies"`
}

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
		Validators:          []validator.String{isSlug()},
	}
	attributes[vocabulary.Readers.Plural] = membersAttribute(vocabulary.Readers)
	attributes[vocabulary.Configurators.Plural] = membersAttribute(vocabulary.Configurators)
	attributes[expandedName(vocabulary.Readers)] = expandedAttribute(vocabulary.Readers)
	attributes[expandedName(vocabulary.Configurators)] = expandedAttribute(vocabulary.Configurators)
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

// members reads an access list for a data source, as it is and with its groups
// resolved.
func (d *configuredDataSource) members(ctx context.Context, t api.Target, diags *diag.Diagnostics) (types.Set, []expandedMember) {
	ids, err := d.client.Members(ctx, t)
	var members []string
	var expanded []expandedMember
	if err == nil {
		members, err = d.spellMembers(ctx, ids, nil)
	}
	if err == nil {
		expanded, err = d.expand(ctx, ids)
	}
	addFailure(diags, failure{doing: "Reading " + t.String(), needs: readNeeds(t.List)}, err)
	return memberSet(members), expanded
}

// Read implements [datasource.DataSource].
func (d *projectDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var slug types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attrSlug), &slug)...)
	if resp.Diagnostics.HasError() {
		return
	}
	project, err := d.client.Project(ctx, slug.ValueString())
	if err != nil {
		addFailure(&resp.Diagnostics, failure{at: path.Root(attrSlug), doing: fmt.Sprintf("Reading project %q", slug.ValueString()), needs: needsProjectRead}, err)
		return
	}
	policies, diags := types.ListValueFrom(ctx, types.StringType, append([]string{}, project.SigningPolicies...))
	resp.Diagnostics.Append(diags...)
	model := projectModel{
		projectRecord:   newProjectRecord(project),
		SigningPolicies: policies,
	}
	model.Readers, model.ExpandedReaders = d.members(ctx, api.Target{List: vocabulary.Readers, Project: project.Slug}, &resp.Diagnostics)
	model.Configurators, model.ExpandedConfigurators = d.members(ctx, api.Target{List: vocabulary.Configurators, Project: project.Slug}, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	}
}

// projectsDataSource lists projects.
type projectsDataSource struct{ configuredDataSource }

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
	d.client.LearnLists(ctx)
	projects, err := d.client.Projects(ctx)
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: "Listing the projects", needs: needsAnyRole}, err)
		return
	}
	model := projectsModel{Projects: make([]projectRecord, len(projects))}
	for i, p := range projects {
		model.Projects[i] = newProjectRecord(p)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
