package datasource

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/principal"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
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
	// told is what is told of each, beside its settings.
	told map[string]toldAttribute
}

// A toldAttribute is something that data sources tell of a principal, whom reference names: a
// text, which may be null, or a boolean.
type toldAttribute struct {
	description string
	of          func(p access.Principal, reference access.Reference) attr.Value
}

func toldText(description string, of func(access.Principal) string) toldAttribute {
	return toldAttribute{description, func(p access.Principal, _ access.Reference) attr.Value { return types.StringValue(of(p)) }}
}

func toldFlag(description string, of func(access.Principal) bool) toldAttribute {
	return toldAttribute{description, func(p access.Principal, _ access.Reference) attr.Value { return types.BoolValue(of(p)) }}
}

func toldSetting(setting access.Setting) toldAttribute {
	text := func(p access.Principal, _ access.Reference) attr.Value { return run.TextOrNull(*setting.Of(&p)) }
	return toldAttribute{principal.DescribedSettings[setting.Attribute].Told, text}
}

// describe completes a description by what is told of all kinds.
func describe(d describedPrincipals) describedPrincipals {
	d.told[run.AttrID] = toldText(fmt.Sprintf("Id of the %s, a UUID.", d.kind.Noun()), func(p access.Principal) string { return p.ID })
	d.told[run.AttrMember] = toldAttribute{
		map[bool]string{true: "Member reference, for access lists and other groups.", false: describeMember}[d.kind == access.KindGroup],
		func(_ access.Principal, reference access.Reference) attr.Value {
			return types.StringValue(reference.String())
		},
	}
	if d.told[run.AttrName].of == nil {
		d.told[run.AttrName] = toldText("Name.", func(p access.Principal) string { return p.Name })
	}
	for _, setting := range vocabulary.SignPath.SettingsOf(d.kind) {
		d.told[setting.Attribute] = toldSetting(setting)
	}
	if d.kind == access.KindGroup {
		return d
	}
	d.told[run.AttrRole] = toldAttribute{describeRole, func(p access.Principal, _ access.Reference) attr.Value { return run.RoleValue(p.Role) }}
	d.told[run.AttrActive] = toldFlag("Whether the account is active.", func(p access.Principal) bool { return p.Active })
	return d
}

// attributes are those of one principal.
func (d describedPrincipals) attributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for name, told := range d.told {
		if _, isFlag := told.of(access.Principal{}, access.Reference{}).(types.Bool); isFlag {
			attributes[name] = schema.BoolAttribute{Computed: true, MarkdownDescription: told.description}
			continue
		}
		attributes[name] = schema.StringAttribute{Computed: true, MarkdownDescription: told.description}
	}
	return attributes
}

// record is what is told of a principal.
func (d describedPrincipals) record(p access.Principal, reference access.Reference) map[string]attr.Value {
	record := map[string]attr.Value{}
	for name, told := range d.told {
		record[name] = told.of(p, reference)
	}
	return record
}

// object is the record as an element of a list.
func (d describedPrincipals) object(p access.Principal, reference access.Reference) types.Object {
	record, kinds := d.record(p, reference), map[string]attr.Type{}
	for name, value := range record {
		kinds[name] = value.Type(context.Background())
	}
	return types.ObjectValueMust(kinds, record)
}

const (
	describeMember = "Member reference, for access lists and role assignments."
	describeRole   = "Global role, such as `RegularUser`; the data source `signpath_roles` lists them. " +
		"One that is not in that list stands as SignPath spells it; null where SignPath states none and no mapping says that this is a Regular User."
)

// principalDataSource looks up one principal.
type principalDataSource struct {
	run.ConfiguredDataSource
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
	attributes[run.AttrID] = schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: fmt.Sprintf("Id, a UUID. Set exactly one of `id` and `%s`.", d.key),
		Validators:          []validator.String{run.IsID()},
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
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot(run.AttrID), path.MatchRoot(d.key))}
}

// Read implements [datasource.DataSource].
func (d *principalDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if p, at, ok := d.lookUp(ctx, req, resp); ok {
		d.NoticeRoles(ctx, &resp.Diagnostics)
		d.tell(ctx, p, at, req, resp)
	}
}

// tell writes the state, but for what is configured at the path: a data source must return
// that, also where SignPath spells it otherwise.
func (d *principalDataSource) tell(ctx context.Context, p access.Principal, at path.Path, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	resp.State.Raw = req.Config.Raw
	for name, value := range d.record(p, d.Client.Known().ReferenceTo(p.ID)) {
		if !path.Root(name).Equal(at) {
			resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
		}
	}
}

// lookUp finds the principal with the id or the natural key that is set, at the path.
func (d *principalDataSource) lookUp(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) (p access.Principal, at path.Path, ok bool) {
	at = path.Root(run.AttrID)
	var wanted types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at, &wanted)...)
	if wanted.IsNull() {
		at = path.Root(d.key)
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at, &wanted)...)
	}
	if resp.Diagnostics.HasError() {
		return p, at, false
	}
	p, err := d.Client.Resolve(ctx, access.Reference{Kind: d.kind, Key: wanted.ValueString()})
	doing := fmt.Sprintf("Looking up the %s %q", d.kind.Noun(), wanted.ValueString())
	run.AddFailure(&resp.Diagnostics, run.Failure{At: at, Doing: doing, Needs: run.NeedsAnyRole}, err)
	return p, at, err == nil
}

// principalsDataSource lists principals.
type principalsDataSource struct {
	run.ConfiguredDataSource
	describedPrincipals
}

var _ datasource.DataSourceWithConfigure = (*principalsDataSource)(nil)

func filterAttributes(searched string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		run.AttrActive:       schema.BoolAttribute{Optional: true, MarkdownDescription: run.DescribeActiveFilter},
		run.AttrRole:         schema.StringAttribute{Optional: true, MarkdownDescription: run.DescribeRoleFilter(run.AnyRole)},
		run.AttrNameContains: schema.StringAttribute{Optional: true, MarkdownDescription: run.DescribeNameFilter("users", searched)},
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
	filter := run.NewPrincipalFilter(ctx, d.filters, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	principals, err := d.list(ctx)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Listing " + d.kind.Noun() + "s", Needs: run.NeedsAnyRole}, err)
		return
	}
	d.NoticeRoles(ctx, &resp.Diagnostics)
	records := []types.Object{}
	for _, p := range principals {
		if filter.Matches(p) {
			records = append(records, d.object(p, d.Client.Known().ReferenceTo(p.ID)))
		}
	}
	resp.State.Raw = req.Config.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(d.plural()), records)...)
}

func (d *principalsDataSource) list(ctx context.Context) ([]access.Principal, error) {
	d.Client.LearnLists(ctx)
	if d.kind == access.KindGroup {
		return d.Client.Groups(ctx)
	}
	directory, err := d.Client.Directory(ctx, d.kind)
	if err != nil {
		return nil, err
	}
	return directory.All(d.kind), nil
}
