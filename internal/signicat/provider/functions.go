package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/procedure"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

func functions() []func() function.Function {
	set := types.SetType{ElemType: types.StringType}
	return []func() function.Function{
		baselineprovider.NewFunction("basic_type", function.Definition{
			Summary: "The basic type that the name of a role suggests", Return: function.StringReturn{},
			MarkdownDescription: "Returns `Viewer`, `Writer`, `Editor` or `Admin` if the name ends so, else null. The page says that names are so for about 90% of possible roles: it is a guess, which a declaration in `roles` overrides.",
			Parameters:          []function.Parameter{function.StringParameter{Name: "name", MarkdownDescription: "The name of a role, such as `Usage Viewer`."}},
		}, basicType),
		baselineprovider.NewFunction("effective_roles", function.Definition{
			Summary: "Which roles hold for a principal at a place",
			MarkdownDescription: "Returns the roles that hold for a principal at a place, by grants there and on the organisation: each with the places of its grants, and whether it is inherited alone, so that there is nothing to take away at this place. " +
				"Nothing is known of parent organisations.",
			Parameters: []function.Parameter{
				function.MapParameter{Name: "grants", ElementType: types.MapType{ElemType: set}, MarkdownDescription: "Grants as in `signicat_access_baseline`."},
				function.SetParameter{Name: "accounts", ElementType: types.StringType, MarkdownDescription: "The keys of the accounts: `keys(local.accounts)`."},
				function.StringParameter{Name: "principal", MarkdownDescription: "`user:E-MAIL`, `api_client:ID` or `domain:NAME`."},
				function.StringParameter{Name: "place", MarkdownDescription: "`organisation` or `account:KEY`."},
			},
			Return: function.ListReturn{ElementType: types.ObjectType{AttrTypes: map[string]attr.Type{
				"role": types.StringType, "inherited": types.BoolType, "from": types.ListType{ElemType: types.StringType},
			}}},
		}, effectiveRoles),
		baselineprovider.NewFunction("can_invite", function.Definition{
			Summary: "Whether somebody may invite users to a place", Return: function.BoolReturn{},
			MarkdownDescription: "Returns whether whoever holds the roles may invite users to a place; null where the pages are silent, or say it in two ways.",
			Parameters: []function.Parameter{
				function.MapParameter{Name: "roles", ElementType: set, MarkdownDescription: "The roles that somebody holds: sets of names, by place."},
				function.StringParameter{Name: "place", MarkdownDescription: "`organisation` or `account:KEY`."},
			},
		}, canInvite),
	}
}

func argumentError(position int64, err error) *function.FuncError {
	return function.NewArgumentFuncError(position, err.Error())
}

func basicType(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var name string
	if err := arguments.Get(ctx, &name); err != nil {
		return nil, err
	}
	suggested, _ := vocabulary.TypeOfName(access.Role(name))
	if suggested == vocabulary.TypeUnknown {
		return types.StringNull(), nil
	}
	return types.StringValue(string(suggested)), nil
}

// effectiveRole is an element of the result of effective_roles.
type effectiveRole struct {
	Role      string   `tfsdk:"role"`
	Inherited bool     `tfsdk:"inherited"`
	From      []string `tfsdk:"from"`
}

func effectiveRoles(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var grants map[string]map[string][]types.String
	var keys []types.String
	var principalText, placeText string
	if err := arguments.Get(ctx, &grants, &keys, &principalText, &placeText); err != nil {
		return nil, err
	}
	model := procedure.Model(vocabulary.Published)
	written := baseline.Written{}
	for place, roles := range grants {
		written[place] = map[string][]string{}
		for role, principals := range roles {
			written[place][role] = texts(principals)
		}
	}
	accounts := map[string]vocabulary.Account{}
	for _, key := range texts(keys) {
		if _, err := model.Vocabulary.ParsePlaceKey(vocabulary.PlaceAccount + ":" + key); err != nil {
			return nil, argumentError(1, err)
		}
		accounts[key] = vocabulary.Account{}
	}
	b, problems := model.Parse("", procedure.Places(accounts), written)
	if len(problems) > 0 {
		return nil, argumentError(0, problems[0])
	}
	principal, err := model.ParsePrincipal(principalText)
	if err != nil {
		return nil, argumentError(2, err)
	}
	place, err := model.Vocabulary.ParsePlaceKey(placeText)
	if err != nil || place != (access.Place{}) && !slices.Contains(texts(keys), place.Slug(0)) {
		return nil, function.NewArgumentFuncError(3, "There is no place "+placeText+": valid are \"organisation\" and \"account:KEY\", with a key of accounts.")
	}
	result := []effectiveRole{}
	for _, held := range b.Effective() {
		if held.Place == place && held.Principal.Same(principal) {
			one := effectiveRole{Role: string(held.Role), Inherited: held.Inherited()}
			for _, from := range held.From {
				one.From = append(one.From, model.Vocabulary.PlaceKey(from))
			}
			result = append(result, one)
		}
	}
	return result, nil
}

func texts(values []types.String) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = value.ValueString()
	}
	return all
}

func canInvite(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var roles map[string][]types.String
	var placeText string
	if err := arguments.Get(ctx, &roles, &placeText); err != nil {
		return nil, err
	}
	var held []access.RoleAt
	for key, names := range roles {
		place, err := vocabulary.Signicat.ParsePlaceKey(key)
		if err != nil {
			return nil, argumentError(0, err)
		}
		for _, name := range texts(names) {
			held = append(held, access.RoleAt{Role: access.Role(name), Place: place})
		}
	}
	place, err := vocabulary.Signicat.ParsePlaceKey(placeText)
	if err != nil {
		return nil, argumentError(1, err)
	}
	switch vocabulary.Published.May(held, vocabulary.Invite, place).Answer {
	case access.AnswerYes:
		return types.BoolValue(true), nil
	case access.AnswerNo:
		return types.BoolValue(false), nil
	}
	return types.BoolNull(), nil
}
