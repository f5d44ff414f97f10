package vendors

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/procedure"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

var signicat = &baselinereview.Vendor{
	Name: "Signicat", Provider: "signicat",
	Declared: []string{"organisation_id", "accounts", "roles"},
	Declare: func(v baselinereview.Values) baselinereview.Declaration {
		accounts, roles := map[string]vocabulary.Account{}, map[access.Role]vocabulary.Declaration{}
		for key, account := range v.Objects("accounts") {
			accounts[key] = vocabulary.Account{ID: account.Text("id"), Type: vocabulary.AccountType(account.Text("type"))}
		}
		for name, role := range v.Objects("roles") {
			roles[access.Role(name)] = vocabulary.Declaration{BasicType: vocabulary.BasicType(role.Text("basic_type")), Product: role.Text("product")}
		}
		return baselinereview.Declaration{
			Model: procedure.Model(vocabulary.Declare(roles)), Organization: v.Text("organisation_id"), Places: procedure.Places(accounts),
		}
	},
	Outline: func(organization string, o baseline.Observation) string {
		text := optional("organisation_id", organization, "required: the id of the organisation") + "\naccounts = {\n"
		for _, key := range keysOf(o) {
			text += baselinereview.Literal(key) + " = {\n" + baselinereview.Missing(`id = "a-…"`, "its id, if you like") + "\n" +
				baselinereview.Missing(`type = "sandbox"`, "or production: without it, rules about production say nothing of it") + "\n}\n"
		}
		text += "}\n"
		unpublished := undeclared(o)
		if len(unpublished) == 0 {
			return text
		}
		text += "\n# Roles that Signicat's pages do not name. Look each up in IAM → Roles.\nroles = {\n"
		for _, role := range unpublished {
			text += baselinereview.Literal(string(role)) + " = {\n" + baselinereview.Missing(`basic_type = "Editor"`, "or Viewer, Writer, Admin, if you like") + "\n}\n"
		}
		return text + "}\n"
	},
}

func undeclared(o baseline.Observation) (roles []access.Role) {
	for _, row := range o.Rows {
		if !vocabulary.Published.Knows(row.Role) {
			roles = append(roles, row.Role)
		}
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}
