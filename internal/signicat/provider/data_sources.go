package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

func dataSources() []func() datasource.DataSource {
	return []func() datasource.DataSource{
		baselineprovider.NewTables("roles", "The roles that Signicat's pages mention, the basic types of roles, and where a role holds. It asks Signicat nothing. "+
			"This is no list of all roles: Signicat publishes none, and not what a role allows. *IAM → Roles* in the Dashboard has them.",
			rolesTable(), basicTypesTable(), inheritanceTable()),
		baselineprovider.NewTables("user_types", "Which role Signicat's page recommends for a kind of users. It asks Signicat nothing.", userTypesTable()),
	}
}

var (
	evidenceColumn = baselineprovider.Column{Name: "evidence", Type: types.StringType, Description: "How well it is known; null for what is unknown."}
	sourceColumn   = baselineprovider.Column{Name: "source", Type: types.StringType, Description: "Where it is from, or which pages are silent."}
)

func rolesTable() baselineprovider.Table {
	table := baselineprovider.Table{Name: "roles", Description: "The roles that the pages mention: these, and no other.", Columns: []baselineprovider.Column{
		{Name: "role", Type: types.StringType, Description: "Its name, as in `grants`."},
		{Name: "level", Type: types.StringType, Description: "Where it is granted: `organisation` or `account`; null if that is not stated."},
		{Name: "statements", Type: baselineprovider.Texts, Description: "What the pages state of it."},
		{Name: "recommended_for", Type: baselineprovider.Texts, Description: "The kinds of users for which the page recommends it."},
		{Name: "basic_type", Type: types.StringType, Description: "The basic type that the ending of its name suggests: a guess, which fits about 90% of possible roles; null if it suggests none."},
		evidenceColumn, sourceColumn,
	}}
	for _, r := range vocabulary.Roles() {
		recommended := []string{}
		for _, one := range vocabulary.Recommendations() {
			if one.Role == r.Role {
				recommended = append(recommended, one.UserType)
			}
		}
		suggested, _ := vocabulary.TypeOfName(r.Role)
		table.Rows = append(table.Rows, []any{string(r.Role), string(r.Level), r.States, recommended, string(suggested), string(access.Documented), r.Source})
	}
	return table
}

func basicTypesTable() baselineprovider.Table {
	table := baselineprovider.Table{Name: "basic_types", Description: "The basic types of roles.", Columns: []baselineprovider.Column{
		{Name: "basic_type", Type: types.StringType, Description: "The ending of the names of such roles."},
		{Name: "description", Type: types.StringType, Description: "What the page says of such a role."},
		{Name: "methods", Type: types.StringType, Description: "The request methods, as the older text of the page prints them."},
		{Name: "actions", Type: types.StringType, Description: "The actions, as the newer text prints them."},
		{Name: "contains", Type: baselineprovider.Texts, Description: "The types of which such a role has all permissions. No type is said to contain Writer."},
		{Name: "exceptions", Type: types.StringType, Description: "What the page says such a role does not tell by its name; null if it names nothing. " +
			"What that means is unknown."},
		evidenceColumn, sourceColumn,
	}}
	for _, d := range vocabulary.BasicTypes() {
		contains := []string{}
		for _, t := range d.Contains {
			contains = append(contains, string(t))
		}
		table.Rows = append(table.Rows, []any{string(d.Type), d.Words, d.Methods, d.Actions, contains, d.Except, string(access.Documented), d.Source})
	}
	return table
}

func inheritanceTable() baselineprovider.Table {
	table := baselineprovider.Table{Name: "inheritance", Description: "Where a role holds that was granted somewhere.", Columns: []baselineprovider.Column{
		{Name: "granted_on", Type: types.StringType, Description: "On what it was granted."},
		{Name: "asked_of", Type: types.StringType, Description: "Where it is asked whether it holds."},
		{Name: "holds", Type: types.StringType, Description: "`yes` or `no`; null for what is unknown."},
		evidenceColumn, sourceColumn,
	}}
	for _, rule := range vocabulary.InheritanceRules() {
		holds := string(rule.Answer)
		if rule.Answer == access.AnswerUnknown {
			holds = ""
		}
		table.Rows = append(table.Rows, []any{rule.Granted, rule.Asked, holds, string(rule.Evidence), rule.Source})
	}
	return table
}

func userTypesTable() baselineprovider.Table {
	table := baselineprovider.Table{Name: "user_types", Description: "The kinds of users, in the order of the page.", Columns: []baselineprovider.Column{
		{Name: "user_type", Type: types.StringType, Description: "The kind of users."},
		{Name: "role", Type: types.StringType, Description: "The role that the page recommends."},
		{Name: "details", Type: types.StringType, Description: "What the page says of it."},
		evidenceColumn, sourceColumn,
	}}
	for _, one := range vocabulary.Recommendations() {
		table.Rows = append(table.Rows, []any{
			one.UserType, string(one.Role), one.Details, string(access.Documented), `page "Managing roles and permissions", "Which roles to assign"`,
		})
	}
	return table
}
