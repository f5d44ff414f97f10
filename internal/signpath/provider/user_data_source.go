package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// userRecord is what data sources tell of an interactive user.
type userRecord struct {
	ID                    types.String `tfsdk:"id"`
	Member                types.String `tfsdk:"member"`
	Name                  types.String `tfsdk:"name"`
	Email                 types.String `tfsdk:"email"`
	NotificationEmail     types.String `tfsdk:"notification_email"`
	Identity              types.String `tfsdk:"identity"`
	Role                  types.String `tfsdk:"role"`
	Active                types.Bool   `tfsdk:"active"`
	Status                types.String `tfsdk:"status"`
	Support               types.Bool   `tfsdk:"support"`
	DirectorySynchronized types.Bool   `tfsdk:"directory_synchronized"`
}

func newUserRecord(p access.Principal, member access.Reference) userRecord {
	return userRecord{
		ID: types.StringValue(p.ID), Member: types.StringValue(member.String()),
		Name: types.StringValue(p.Name), Email: types.StringValue(p.Email),
		NotificationEmail: textOrNull(p.NotificationEmail), Identity: textOrNull(p.Identity),
		Role: types.StringValue(string(p.Role)), Active: types.BoolValue(p.Active),
		Status: types.StringValue(string(p.Status())), Support: types.BoolValue(p.Support),
		DirectorySynchronized: types.BoolValue(p.Synchronized),
	}
}

// textOrNull is null for a text that SignPath does not have.
func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

const (
	describeMember       = "Member reference, for access lists and role assignments."
	describeRole         = "Global role, such as `RegularUser`; the data source `signpath_roles` lists them."
	describeActive       = "Whether the account is active."
	describeNotification = "E-mail address for notifications; null if none is set."
)

func userRecordAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		attrID:                schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the user, a UUID."},
		attrMember:            schema.StringAttribute{Computed: true, MarkdownDescription: describeMember},
		attrName:              schema.StringAttribute{Computed: true, MarkdownDescription: "Display name."},
		attrEmail:             schema.StringAttribute{Computed: true, MarkdownDescription: "E-mail address of the account."},
		attrNotificationEmail: schema.StringAttribute{Computed: true, MarkdownDescription: describeNotification},
		attrIdentity: schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "Identity at the organization's identity provider, as `<sso-identifier>:<subject>`; null if there is none.",
		},
		attrRole:   schema.StringAttribute{Computed: true, MarkdownDescription: describeRole},
		attrActive: schema.BoolAttribute{Computed: true, MarkdownDescription: describeActive},
		"status": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "`invited`, `active` or `inactive`, as far as the server tells: a user without an identity counts as invited (inferred).",
		},
		"support": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether this is the account of SignPath's support staff, which has administrative privileges. False where the server does not tell.",
		},
		"directory_synchronized": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the user is synchronized from the organization's directory and cannot be edited by hand.",
		},
	}
}

// lookupAttributes makes the id and the natural key settable, to look one
// principal up by either.
func lookupAttributes(attributes map[string]schema.Attribute, key, describeKey string, check validator.String) map[string]schema.Attribute {
	attributes[attrID] = schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: fmt.Sprintf("Id, a UUID. Set exactly one of `id` and `%s`.", key),
		Validators:          []validator.String{isID()},
	}
	attributes[key] = schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: fmt.Sprintf("%s Set exactly one of `id` and `%s`.", describeKey, key),
		Validators:          []validator.String{check},
	}
	return attributes
}

// userDataSource looks up one interactive user.
type userDataSource struct{ configuredDataSource }

var _ datasource.DataSourceWithConfigValidators = (*userDataSource)(nil)

func newUserDataSource() datasource.DataSource { return &userDataSource{} }

// Metadata implements [datasource.DataSource].
func (d *userDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user"
}

// Schema implements [datasource.DataSource].
func (d *userDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Looks up one interactive user by e-mail address or id. A user that does not exist is an error that names the nearest.",
		Attributes:          lookupAttributes(userRecordAttributes(), attrEmail, "E-mail address of the account, compared without case.", isEmail()),
	}
}

// ConfigValidators implements [datasource.DataSourceWithConfigValidators].
func (d *userDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot(attrID), path.MatchRoot(attrEmail))}
}

// Read implements [datasource.DataSource].
func (d *userDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config userRecord
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	p, ok := d.lookUp(ctx, access.KindUser, config.ID, attrEmail, config.Email, resp)
	if !ok {
		return
	}
	record := newUserRecord(p, d.client.Known().ReferenceTo(p.ID))
	if !config.Email.IsNull() {
		record.Email = config.Email // A data source must return what was configured.
	}
	if !config.ID.IsNull() {
		record.ID = config.ID
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, record)...)
}

// lookUp finds the principal with the id or the natural key that is set.
func (d *configuredDataSource) lookUp(ctx context.Context, kind access.Kind, id types.String, keyAttribute string, key types.String, resp *datasource.ReadResponse) (access.Principal, bool) {
	at, wanted := path.Root(keyAttribute), key.ValueString()
	if !id.IsNull() {
		at, wanted = path.Root(attrID), id.ValueString()
	}
	p, err := d.client.Resolve(ctx, access.Reference{Kind: kind, Key: wanted})
	addFailure(&resp.Diagnostics, failure{at: at, doing: fmt.Sprintf("Looking up the %s %q", kind.Noun(), wanted), needs: needsAnyRole}, err)
	return p, err == nil
}

// usersDataSource lists interactive users.
type usersDataSource struct{ configuredDataSource }

var _ datasource.DataSourceWithConfigure = (*usersDataSource)(nil)

func newUsersDataSource() datasource.DataSource { return &usersDataSource{} }

// principalFilter are the arguments that select among users.
type principalFilter struct {
	Active       types.Bool   `tfsdk:"active"`
	Role         types.String `tfsdk:"role"`
	NameContains types.String `tfsdk:"name_contains"`
}

func filterAttributes(searched string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		attrActive:      schema.BoolAttribute{Optional: true, MarkdownDescription: "Only active users (`true`) or only inactive ones (`false`). Both if it is not set."},
		attrRole:        schema.StringAttribute{Optional: true, MarkdownDescription: "Only users with this global role, such as `GlobalAdministrator` or `RegularUser`. All if it is not set."},
		"name_contains": schema.StringAttribute{Optional: true, MarkdownDescription: "Only users with this text in the " + searched + ", compared without case. All if it is not set."},
	}
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

// selectPrincipals returns the principals of the kind that match, with the
// reference by which each can be named without doubt.
func (d *configuredDataSource) selectPrincipals(ctx context.Context, kind access.Kind, f principalFilter, resp *datasource.ReadResponse, use func(access.Principal, access.Reference)) {
	directory, err := d.client.Directory(ctx, kind)
	if err != nil {
		addFailure(&resp.Diagnostics, failure{doing: "Listing " + kind.Noun() + "s", needs: needsAnyRole}, err)
		return
	}
	for _, p := range directory.All(kind) {
		if f.matches(p) {
			use(p, directory.ReferenceTo(p.ID))
		}
	}
}

// usersModel is the state of the data source signpath_users.
type usersModel struct {
	principalFilter
	Users []userRecord `tfsdk:"users"`
}

// Metadata implements [datasource.DataSource].
func (d *usersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_users"
}

// Schema implements [datasource.DataSource].
func (d *usersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := filterAttributes("name or e-mail address")
	attributes["users"] = schema.ListNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The users that match, ordered by e-mail address.",
		NestedObject:        schema.NestedAttributeObject{Attributes: userRecordAttributes()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the interactive users of the organization, all or those that match every filter.",
		Attributes:          attributes,
	}
}

// Read implements [datasource.DataSource].
func (d *usersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model usersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	model.Users = []userRecord{}
	d.selectPrincipals(ctx, access.KindUser, model.principalFilter, resp, func(p access.Principal, member access.Reference) {
		model.Users = append(model.Users, newUserRecord(p, member))
	})
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	}
}
