package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

const (
	roleWords       = "A role of IAM by its constant, such as `APP_OPERATOR`."
	permissionWords = "A permission by its constant, such as `SIGNATURE_REQUEST_MANAGEMENT`."
	evidenceWords   = " Cells are observed in the vendor's published data models, reading that goes with managing is inferred, and the page confirms how many roles have a permission, not which."
)

func functions() []func() function.Function {
	texts := function.SetReturn{ElementType: types.StringType}
	return []func() function.Function{
		baselineprovider.NewFunction("role_permissions", function.Definition{
			Summary: "What a role of IAM allows", Return: texts,
			MarkdownDescription: "Returns the permissions that a role has, by their constants: those of its policy, and the reading that goes with them." + evidenceWords,
			Parameters:          []function.Parameter{function.StringParameter{Name: "role", MarkdownDescription: roleWords}},
		}, rolePermissions),
		baselineprovider.NewFunction("role_allows", function.Definition{
			Summary: "Whether a role of IAM has a permission", Return: function.BoolReturn{},
			MarkdownDescription: "Returns whether a role has a permission, listed in its policy or implied." + evidenceWords,
			Parameters: []function.Parameter{
				function.StringParameter{Name: "role", MarkdownDescription: roleWords}, function.StringParameter{Name: "permission", MarkdownDescription: permissionWords},
			},
		}, roleAllows),
		baselineprovider.NewFunction("least_roles", function.Definition{
			Summary: "The smallest roles that have all of some permissions",
			MarkdownDescription: "Returns the roles by which somebody gets all of the permissions at a place, and of which none gives less than another one: each with the kind of place where it has to be held, " +
				"which is this one or one around it. There are several where two roles give the same, and none where no role that can be given gives all of them. " +
				"A permission that nobody can have for that place alone is an error." + evidenceWords,
			Parameters: []function.Parameter{
				function.SetParameter{Name: "permissions", ElementType: types.StringType, MarkdownDescription: "Permissions by their constants."},
				function.StringParameter{Name: "place", MarkdownDescription: "`organization`, `application:KEY` or `environment:KEY/PRODUCTION`, as in `grants`."},
			},
			Return: function.ListReturn{ElementType: types.ObjectType{AttrTypes: map[string]attr.Type{"role": types.StringType, "place": types.StringType}}},
		}, leastRoles),
		baselineprovider.NewFunction("effective_permissions", function.Definition{
			Summary: "What several roles of IAM allow together", Return: texts,
			MarkdownDescription: "Returns the permissions of whoever has all of the roles at one place: roles of one user add up. It does not look at where a permission is told apart; see `least_roles`." + evidenceWords,
			Parameters: []function.Parameter{
				function.SetParameter{Name: "roles", ElementType: types.StringType, MarkdownDescription: "Roles of IAM by their constants."},
			},
		}, effectivePermissions),
	}
}

// roleNamed finds a role of IAM, and tells what comes near to a name that is none.
func roleNamed(name string) (access.Role, error) {
	role := access.Role(name)
	if vocabulary.IgniSign.Description(role) != nil {
		return role, nil
	}
	if elsewhere := vocabulary.NotOfIAM(name); elsewhere != "" {
		return role, fmt.Errorf("there is no role %q: %s", name, elsewhere)
	}
	var names []string
	for _, r := range vocabulary.Roles() {
		names = append(names, string(r.Role))
	}
	if len(name) <= 256 {
		if near := access.Nearest(name, names); near != "" {
			return role, fmt.Errorf("there is no role %q; did you mean %q?", name, near)
		}
	}
	return role, fmt.Errorf("there is no role %.256q; the data source ignisign_roles has them all", name)
}

func argumentError(position int64, err error) *function.FuncError {
	return function.NewArgumentFuncError(position, err.Error())
}

func rolePermissions(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var name string
	if err := arguments.Get(ctx, &name); err != nil {
		return nil, err
	}
	role, err := roleNamed(name)
	if err != nil {
		return nil, argumentError(0, err)
	}
	return permissionsOf(role), nil
}

func roleAllows(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var name, permissionName string
	if err := arguments.Get(ctx, &name, &permissionName); err != nil {
		return nil, err
	}
	role, err := roleNamed(name)
	if err != nil {
		return nil, argumentError(0, err)
	}
	permission, err := permissionNamed(permissionName)
	if err != nil {
		return nil, argumentError(1, err)
	}
	return vocabulary.IgniSign.Description(role).Rights[permission].Granted, nil
}

// leastRole is an element of the result of least_roles.
type leastRole struct {
	Role  string `tfsdk:"role"`
	Place string `tfsdk:"place"`
}

func leastRoles(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var names []types.String
	var key string
	if err := arguments.Get(ctx, &names, &key); err != nil {
		return nil, err
	}
	var permissions []access.Permission
	for _, name := range names {
		permission, err := permissionNamed(name.ValueString())
		if err != nil {
			return nil, argumentError(0, err)
		}
		permissions = append(permissions, permission)
	}
	place, err := vocabulary.IgniSign.ParsePlaceKey(key)
	if err != nil {
		return nil, argumentError(1, err)
	}
	least, err := vocabulary.IgniSign.LeastRoles(vocabulary.IgniSign.SortPermissions(permissions), place)
	if err != nil {
		return nil, argumentError(0, err)
	}
	result := []leastRole{}
	for _, one := range least {
		result = append(result, leastRole{string(one.Role), vocabulary.IgniSign.PlaceKey(one.Place)})
	}
	return result, nil
}

func effectivePermissions(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
	var names []types.String
	if err := arguments.Get(ctx, &names); err != nil {
		return nil, err
	}
	all := []string{}
	for _, name := range names {
		role, err := roleNamed(name.ValueString())
		if err != nil {
			return nil, argumentError(0, err)
		}
		all = append(all, permissionsOf(role)...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
