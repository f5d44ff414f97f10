package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/procedure"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

// The attributes of signicat_access_baseline that no other vendor has.
const (
	attrOrganisation = "organisation_id"
	attrAccounts     = "accounts"
	attrID           = "id"
	attrType         = "type"
	attrRoles        = "roles"
	attrBasicType    = "basic_type"
	attrProduct      = "product"
)

func attributes() map[string]schema.Attribute {
	var types, basicTypes []string
	for _, t := range vocabulary.AccountTypes() {
		types = append(types, string(t))
	}
	for _, t := range vocabulary.BasicTypes() {
		basicTypes = append(basicTypes, string(t.Type))
	}
	return map[string]schema.Attribute{
		attrAccounts: schema.MapNestedAttribute{
			Optional: true,
			MarkdownDescription: "The accounts of the organisation, by a key of your own, which stands in the keys of places. " +
				"A role on the organisation holds in all of them. " +
				"Who keeps the id may change the key: the account is then the same.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				attrID: schema.StringAttribute{Optional: true, MarkdownDescription: "Id of the account, such as `a-ppge-…`. Nothing is asked with it."},
				attrType: schema.StringAttribute{
					Optional: true, Validators: []validator.String{stringvalidator.OneOf(types...)},
					MarkdownDescription: fmt.Sprintf("What the account is for: `%s`. It stands in what plans say; if it is not told, the rule `environment-isolation` says nothing of the account.", strings.Join(types, "` or `")),
				},
			}},
		},
		attrRoles: schema.MapNestedAttribute{
			Optional: true,
			MarkdownDescription: "Roles that somebody has seen in *IAM → Roles*, by their names there, beside the published ones. " +
				"Signicat publishes no list of roles and not what they allow, so a name that is not declared may be misspelled: the rule `undeclared-role` says so, and the steps begin with looking it up.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				attrBasicType: schema.StringAttribute{
					Optional: true, Validators: []validator.String{stringvalidator.OneOf(basicTypes...)},
					MarkdownDescription: fmt.Sprintf("What the role basically does: `%s`. It wins over what the ending of the name suggests.", strings.Join(basicTypes, "`, `")),
				},
				attrProduct: schema.StringAttribute{Optional: true, MarkdownDescription: "What the role is for. Nothing is done with it."},
			}},
		},
	}
}

// declare reads the attributes.
func declare(a *baselineprovider.Attributes) baselineprovider.Declared {
	declared := map[access.Role]vocabulary.Declaration{}
	for name, row := range a.Table(attrRoles) {
		if name == "" || name != strings.TrimSpace(name) || len(name) > 256 {
			a.Refuse(path.Root(attrRoles).AtMapKey(name), "Invalid role", "%.256q is no name of a role: it is empty, too long, or has white space around it.", name)
			continue
		}
		declared[access.Role(name)] = vocabulary.Declaration{BasicType: vocabulary.BasicType(row[attrBasicType]), Product: row[attrProduct]}
	}
	model := procedure.Model(vocabulary.Declare(declared))
	return baselineprovider.Declared{Model: model, Places: procedure.Places(declareAccounts(a, model))}
}

// declareAccounts reads the accounts, by their keys.
func declareAccounts(a *baselineprovider.Attributes, model *baseline.Model) map[string]vocabulary.Account {
	accounts, used := map[string]vocabulary.Account{}, map[string]string{}
	table := a.Table(attrAccounts)
	for _, key := range slices.Sorted(maps.Keys(table)) {
		accounts[key] = vocabulary.Account{ID: table[key][attrID], Type: vocabulary.AccountType(table[key][attrType])}
		baselineprovider.CheckPlace(a, model, vocabulary.PlaceAccount, attrAccounts, key, table[key][attrID], used)
	}
	return accounts
}
