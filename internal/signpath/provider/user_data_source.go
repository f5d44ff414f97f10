package provider

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

var interactiveUsers = describedPrincipals{
	kind: access.KindUser, typeName: "user",
	one: "Looks up one interactive user by e-mail address or id. A user that does not exist is an error that names the nearest.",
	key: attrEmail, describeKey: "E-mail address of the account, compared without case.", checkKey: isEmail(),
	all:         "Lists the interactive users of the organization, all or those that match every filter.",
	describeAll: "The users that match, ordered by e-mail address.",
	filters:     filterAttributes("name or e-mail address"),
	attributes:  userRecordAttributes,
	record:      func(p access.Principal, member access.Reference) any { return newUserRecord(p, member) },
}

func newUserDataSource() datasource.DataSource {
	return &principalDataSource{describedPrincipals: interactiveUsers}
}

func newUsersDataSource() datasource.DataSource {
	return &principalsDataSource{describedPrincipals: interactiveUsers}
}

// userRecord is what data sources tell of an interactive user.
type userRecord struct {
	userSettings
	ID                    types.String `tfsdk:"id"`
	Member                types.String `tfsdk:"member"`
	Name                  types.String `tfsdk:"name"`
	Email                 types.String `tfsdk:"email"`
	Role                  types.String `tfsdk:"role"`
	Active                types.Bool   `tfsdk:"active"`
	Status                types.String `tfsdk:"status"`
	Support               types.Bool   `tfsdk:"support"`
	DirectorySynchronized types.Bool   `tfsdk:"directory_synchronized"`
}

func newUserRecord(p access.Principal, member access.Reference) userRecord {
	record := userRecord{
		ID: types.StringValue(p.ID), Member: types.StringValue(member.String()),
		Name: types.StringValue(p.Name), Email: types.StringValue(p.Email),
		Role: roleValue(p.Role), Active: types.BoolValue(p.Active),
		Status: types.StringValue(string(p.Status())), Support: types.BoolValue(p.Support),
		DirectorySynchronized: types.BoolValue(p.Synchronized),
	}
	readSettings(record.settings(), p)
	return record
}

func userRecordAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		attrID:     schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the user, a UUID."},
		attrMember: schema.StringAttribute{Computed: true, MarkdownDescription: describeMember},
		attrName:   schema.StringAttribute{Computed: true, MarkdownDescription: "Display name."},
		attrEmail:  schema.StringAttribute{Computed: true, MarkdownDescription: "E-mail address of the account."},
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
	maps.Copy(attributes, toldSettings(access.KindUser))
	return attributes
}
