package provider

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

var ciUsers = describedPrincipals{
	kind: access.KindCIUser, typeName: "ci_user",
	one: "Looks up one CI user by name or id. One that does not exist is an error that names the nearest; a name that fits several is an error that lists their ids.",
	key: attrName, describeKey: "Name.", checkKey: isName(),
	all:         "Lists the CI users of the organization, all or those that match every filter.",
	describeAll: "The CI users that match, ordered by name.",
	filters:     filterAttributes("name"),
	attributes:  ciUserRecordAttributes,
	record:      func(p access.Principal, member access.Reference) any { return newCIUserRecord(p, member) },
}

func newCIUserDataSource() datasource.DataSource {
	return &principalDataSource{describedPrincipals: ciUsers}
}

func newCIUsersDataSource() datasource.DataSource {
	return &principalsDataSource{describedPrincipals: ciUsers}
}

// ciUserRecord is what data sources tell of a CI user.
type ciUserRecord struct {
	ciUserSettings
	ID     types.String `tfsdk:"id"`
	Member types.String `tfsdk:"member"`
	Name   types.String `tfsdk:"name"`
	Role   types.String `tfsdk:"role"`
	Active types.Bool   `tfsdk:"active"`
}

func newCIUserRecord(p access.Principal, member access.Reference) ciUserRecord {
	record := ciUserRecord{
		ID: types.StringValue(p.ID), Member: types.StringValue(member.String()), Name: types.StringValue(p.Name),
		Role: roleValue(p.Role), Active: types.BoolValue(p.Active),
	}
	readSettings(record.settings(), p)
	return record
}

func ciUserRecordAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		attrID:     schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the CI user, a UUID."},
		attrMember: schema.StringAttribute{Computed: true, MarkdownDescription: describeMember},
		attrName:   schema.StringAttribute{Computed: true, MarkdownDescription: "Name."},
		attrRole:   schema.StringAttribute{Computed: true, MarkdownDescription: describeRole},
		attrActive: schema.BoolAttribute{Computed: true, MarkdownDescription: describeActive},
	}
	maps.Copy(attributes, toldSettings(access.KindCIUser))
	return attributes
}
