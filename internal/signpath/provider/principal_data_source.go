package provider

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// describedPrincipals are the principals of one kind, as data sources tell of them: one
// that is looked up, or all that match.
type describedPrincipals struct {
	kind     access.Kind
	typeName string
	// one and all say what the two data sources do.
	one, all string
	// key is the natural key, by which one is looked up.
	key, describeKey string
	checkKey         validator.String
	// filters select among the list, which describeAll is about.
	filters     map[string]schema.Attribute
	describeAll string
	// attributes describe what record makes of a principal.
	attributes func() map[string]schema.Attribute
	record     func(access.Principal, access.Reference) any
}

// textOrNull is null for a text that SignPath does not have.
func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

const (
	describeMember = "Member reference, for access lists and role assignments."
	describeRole   = "Global role, such as `RegularUser`; the data source `signpath_roles` lists them. " +
		"One that is not in that list stands as SignPath spells it; null where SignPath states none and does not say that this is a Regular User."
	describeActive = "Whether the account is active."
)

// principalDataSource looks up one principal.
type principalDataSource struct {
	configuredDataSource
	describedPrincipals
}

var _ datasource.DataSourceWithConfigValidators = (*principalDataSource)(nil)

// Metadata implements [datasource.DataSource].
func (d *principalDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.typeName
}

// Schema implements [datasource.DataSource].
func (d *principalDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{MarkdownDescription: d.one, Attributes: d.lookupAttributes()}
}

// lookupAttributes makes the id and the natural key settable, to look one
// principal up by either.
func (d *principalDataSource) lookupAttributes() map[string]schema.Attribute {
	attributes := d.attributes()
	attributes[attrID] = schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: fmt.Sprintf("Id, a UUID. Set exactly one of `id` and `%s`.", d.key),
		Validators:          []validator.String{isID()},
	}
	attributes[d.key] = schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: fmt.Sprintf("%s Set exactly one of `id` and `%s`.", d.describeKey, d.key),
		Validators:          []validator.String{d.checkKey},
	}
	return attributes
}

// ConfigValidators implements [datasource.DataSourceWithConfigValidators].
func (d *principalDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot(attrID), path.MatchRoot(d.key))}
}

// Read implements [datasource.DataSource].
func (d *principalDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if p, at, ok := d.lookUp(ctx, req, resp); ok {
		d.noticeRoles(ctx, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.State.Set(ctx, d.record(p, d.client.Known().ReferenceTo(p.ID)))...)
		keepConfigured(ctx, at, req, resp)
	}
}

// lookUp finds the principal with the id or the natural key that is set, at the path.
func (d *principalDataSource) lookUp(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) (p access.Principal, at path.Path, ok bool) {
	at = path.Root(attrID)
	var wanted types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at, &wanted)...)
	if wanted.IsNull() {
		at = path.Root(d.key)
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at, &wanted)...)
	}
	if resp.Diagnostics.HasError() {
		return p, at, false
	}
	p, err := d.client.Resolve(ctx, access.Reference{Kind: d.kind, Key: wanted.ValueString()})
	doing := fmt.Sprintf("Looking up the %s %q", d.kind.Noun(), wanted.ValueString())
	addFailure(&resp.Diagnostics, failure{at: at, doing: doing, needs: needsAnyRole}, err)
	return p, at, err == nil
}

// keepConfigured leaves an attribute as it is configured: a data source must return that,
// also where SignPath spells it otherwise.
func keepConfigured(ctx context.Context, at path.Path, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var configured types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at, &configured)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, at, configured)...)
}

// principalsDataSource lists principals.
type principalsDataSource struct {
	configuredDataSource
	describedPrincipals
}

var _ datasource.DataSourceWithConfigure = (*principalsDataSource)(nil)

// principalFilter are the arguments that select among principals.
type principalFilter struct {
	Active       types.Bool
	Role         types.String
	NameContains types.String
}

// newPrincipalFilter reads the arguments that there are.
func newPrincipalFilter[A any](ctx context.Context, arguments map[string]A, config attributes, diags *diag.Diagnostics) (f principalFilter) {
	targets := map[string]any{attrActive: &f.Active, attrRole: &f.Role, attrNameContains: &f.NameContains}
	for name := range arguments {
		diags.Append(config.GetAttribute(ctx, path.Root(name), targets[name])...)
	}
	return f
}

func (f principalFilter) matches(p access.Principal) bool {
	if !f.Active.IsNull() && f.Active.ValueBool() != p.Active {
		return false
	}
	if !f.Role.IsNull() && f.Role.ValueString() != string(p.Role) {
		return false
	}
	part := strings.ToLower(f.NameContains.ValueString())
	return strings.Contains(strings.ToLower(p.Name), part) || strings.Contains(strings.ToLower(p.Email), part)
}

func filterAttributes(searched string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		attrActive:       schema.BoolAttribute{Optional: true, MarkdownDescription: describeActiveFilter},
		attrRole:         schema.StringAttribute{Optional: true, MarkdownDescription: describeRoleFilter(anyRole)},
		attrNameContains: schema.StringAttribute{Optional: true, MarkdownDescription: describeNameFilter("users", searched)},
	}
}

// Metadata implements [datasource.DataSource].
func (d *principalsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.plural()
}

// plural is the attribute that lists them, and ends the name of the type.
func (d *principalsDataSource) plural() string { return d.typeName + "s" }

// Schema implements [datasource.DataSource].
func (d *principalsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := maps.Clone(d.filters)
	attributes[d.plural()] = schema.ListNestedAttribute{
		Computed:            true,
		MarkdownDescription: d.describeAll,
		NestedObject:        schema.NestedAttributeObject{Attributes: d.attributes()},
	}
	resp.Schema = schema.Schema{MarkdownDescription: d.all, Attributes: attributes}
}

// Read implements [datasource.DataSource].
func (d *principalsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	filter := newPrincipalFilter(ctx, d.filters, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	principals, err := d.list(ctx)
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: "Listing " + d.kind.Noun() + "s", needs: needsAnyRole}, err)
		return
	}
	d.noticeRoles(ctx, &resp.Diagnostics)
	records := []any{}
	for _, p := range principals {
		if filter.matches(p) {
			records = append(records, d.record(p, d.client.Known().ReferenceTo(p.ID)))
		}
	}
	resp.State.Raw = req.Config.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(d.plural()), records)...)
}

func (d *principalsDataSource) list(ctx context.Context) ([]access.Principal, error) {
	d.client.LearnLists(ctx)
	if d.kind == access.KindGroup {
		return d.client.Groups(ctx)
	}
	directory, err := d.client.Directory(ctx, d.kind)
	if err != nil {
		return nil, err
	}
	return directory.All(d.kind), nil
}
