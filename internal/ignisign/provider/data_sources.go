package provider

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

// How what the data sources tell is known, as far as it is the same for all rows.
const (
	pageAndModels = `titles and descriptions: documented, page "Users, Roles, and Rights"; the rest: observed, published data models (@ignisign/public 4.1.14)`
	typesSource   = `page "Users, Roles, and Rights"; who is a user of the platform: an earlier text of it`
)

func dataSources() []func() datasource.DataSource {
	return []func() datasource.DataSource{
		baselineprovider.NewTables("roles", "The roles of IAM, and what they allow, as far as IgniSign publishes it. "+
			"It asks IgniSign nothing, so whether the server enforces all this is unknown. "+
			"The roles of invitations (`ADMIN`, `USER`, `READER`) are another vocabulary, and how both relate is not published.", rolesTable()),
		baselineprovider.NewTables("permissions", "The permissions of IAM, and which roles have them, as far as IgniSign publishes it. "+
			"It asks IgniSign nothing.", permissionsTable()),
		baselineprovider.NewTables("user_types", "The kinds of users, as IgniSign publishes them. It asks IgniSign nothing.", userTypesTable()),
	}
}

func rolesTable() baselineprovider.Table {
	table := baselineprovider.Table{Name: "roles", Description: "The roles, in the order of the vendor's page.", Columns: []baselineprovider.Column{
		{Name: "role", Type: types.StringType, Description: "Its constant, as in `grants`."},
		{Name: "wire", Type: types.StringType, Description: "The value that is sent: the constant, but for one role."},
		{Name: "title", Type: types.StringType, Description: "How the page calls it; null if the page does not have it."},
		{Name: "group", Type: types.StringType, Description: "The heading under which the page has it; null if the page does not have it."},
		{Name: "description", Type: types.StringType, Description: "What the page says of it; null if the page does not have it."},
		{Name: "scope", Type: types.StringType, Description: "The kind of object that it is held at."},
		{Name: "recordable", Type: types.BoolType, Description: "Whether it can stand in a baseline: not if it is for the vendor's staff, or for outsiders who take part in one thing."},
		{Name: "policy", Type: baselineprovider.Texts, Description: "The permissions that its policy lists."},
		{Name: "permissions", Type: baselineprovider.Texts, Description: "The permissions that it has: those of its policy, and the reading that goes with them (inferred)."},
		{Name: "contradictions", Type: baselineprovider.Texts, Description: "What the vendor's sources say in two ways about it."},
		{Name: "evidence", Type: types.StringType, Description: "How well its permissions are known: the weakest of their cells."},
		{Name: "source", Type: types.StringType, Description: "Where all this is from."},
	}}
	for _, r := range vocabulary.Roles() {
		policy := []string{}
		for _, key := range r.Policy {
			policy = append(policy, string(key))
		}
		evidence := access.Observed
		for _, right := range vocabulary.IgniSign.RightsOf(r.Role) {
			evidence = evidence.Weaker(right.Evidence)
		}
		table.Rows = append(table.Rows, []any{
			string(r.Role), r.Wire, r.Title, r.Group, r.Words, string(r.Scope), vocabulary.IsRecordable(r.Role), policy, permissionsOf(r.Role),
			contradictions(func(c vocabulary.Contradiction) bool { return slices.Contains(c.Roles, r.Role) }), string(evidence), pageAndModels,
		})
	}
	return table
}

func permissionsTable() baselineprovider.Table {
	table := baselineprovider.Table{Name: "permissions", Description: "The permissions, in the order of the vendor's page.", Columns: []baselineprovider.Column{
		{Name: "permission", Type: types.StringType, Description: "Its constant."},
		{Name: "wire", Type: types.StringType, Description: "The value that is sent: the constant, but for one permission."},
		{Name: "title", Type: types.StringType, Description: "How the page calls it."},
		{Name: "function", Type: types.StringType, Description: "What it is about."},
		{Name: "function_group", Type: types.StringType, Description: "The heading under which the page has the function; null if the page does not have it."},
		{Name: "scope", Type: types.StringType, Description: "The kind of object that the function is about."},
		{Name: "rights", Type: baselineprovider.Texts, Description: "What it allows to do with the function."},
		{Name: "rough_grade", Type: types.StringType, Description: "The accreditation level, as a rough grade of how sensitive it is. " +
			"What a level demands or blocks is unknown, and no access is computed from it."},
		{Name: "listed_by", Type: baselineprovider.Texts, Description: "The roles whose policy lists it (observed)."},
		{Name: "implied_by", Type: baselineprovider.Texts, Description: "The roles that have it because reading goes with what their policy lists (inferred)."},
		{Name: "roles_on_page", Type: types.Int64Type, Description: "How many of the 12 roles of the page have it (documented). " +
			"The page proves this number; which roles they are is observed."},
		{Name: "contradictions", Type: baselineprovider.Texts, Description: "What the vendor's sources say in two ways about it."},
		{Name: "evidence", Type: types.StringType, Description: "How well it is known that roles have it: the weakest of its cells."},
		{Name: "source", Type: types.StringType, Description: "Where all this is from."},
	}}
	for _, p := range vocabulary.Permissions() {
		rights, listed, implied, evidence := []string{}, []string{}, []string{}, access.Observed
		for _, right := range p.Rights {
			rights = append(rights, string(right))
		}
		for _, r := range vocabulary.Roles() {
			switch r.How(p.Key) {
			case vocabulary.Listed:
				listed = append(listed, string(r.Role))
			case vocabulary.Implied:
				implied, evidence = append(implied, string(r.Role)), access.Inferred
			}
		}
		table.Rows = append(table.Rows, []any{
			string(p.Key), p.Wire, p.Title, p.Function.Key, p.Function.Group, string(p.Function.Scope), rights, string(p.RoughGrade), listed, implied, p.RolesOnPage,
			contradictions(func(c vocabulary.Contradiction) bool { return slices.Contains(c.Permissions, p.Key) }), string(evidence), pageAndModels,
		})
	}
	return table
}

func userTypesTable() baselineprovider.Table {
	table := baselineprovider.Table{Name: "user_types", Description: "The kinds of users, in the order of the vendor's page.", Columns: []baselineprovider.Column{
		{Name: "title", Type: types.StringType, Description: "How the page calls them."},
		{Name: "description", Type: types.StringType, Description: "What the page says of them."},
		{Name: "platform", Type: types.BoolType, Description: "Whether being one gives access to the platform as a user of it. Whoever only signs has none."},
		{Name: "evidence", Type: types.StringType, Description: "How well it is known."},
		{Name: "source", Type: types.StringType, Description: "Where it is from."},
	}}
	for _, u := range vocabulary.UserTypes() {
		table.Rows = append(table.Rows, []any{u.Title, u.Words, u.Platform, string(access.Documented), typesSource})
	}
	return table
}

func contradictions(about func(vocabulary.Contradiction) bool) []string {
	texts := []string{}
	for _, c := range vocabulary.Contradictions() {
		if about(c) {
			texts = append(texts, fmt.Sprintf("%s (%s); but %s (%s).", c.Statement, c.Source, c.Against, cmp.Or(c.AgainstSource, "absence")))
		}
	}
	return texts
}

// permissionsOf are the names of what a role has, in the order of the page.
func permissionsOf(role access.Role) []string {
	names := []string{}
	for _, right := range vocabulary.IgniSign.RightsOf(role) {
		names = append(names, right.Permission.ID)
	}
	return names
}
