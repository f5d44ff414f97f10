package vendors

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
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
}
