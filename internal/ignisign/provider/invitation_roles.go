package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

// rolesType is that of each environment's roles.
var rolesType = types.SetType{ElemType: types.StringType}

// rolesOf reads roles; false if a part of them is not known. What is null counts as absent: the
// validation reports it.
func rolesOf(value types.Map) (api.Roles, bool) {
	if value.IsUnknown() {
		return nil, false
	}
	roles := api.Roles{}
	for environment, element := range value.Elements() {
		set, _ := element.(types.Set)
		if set.IsUnknown() {
			return nil, false
		}
		roles[environment] = nil
		for _, role := range set.Elements() {
			text, _ := role.(types.String)
			if text.IsUnknown() {
				return nil, false
			}
			if !text.IsNull() {
				roles[environment] = append(roles[environment], text.ValueString())
			}
		}
	}
	return roles, true
}

// rolesValue is the attribute with the roles that an invitation has, without environments in which
// it has none.
func rolesValue(roles api.Roles) types.Map {
	environments := map[string]attr.Value{}
	for environment, names := range roles {
		if len(names) == 0 {
			continue
		}
		var values []attr.Value
		for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
			values = append(values, types.StringValue(name))
		}
		environments[environment] = types.SetValueMust(types.StringType, values)
	}
	return types.MapValueMust(rolesType, environments)
}

// spellRoles names roles in messages: "ADMIN in DEVELOPMENT, USER in STAGING".
func spellRoles(roles api.Roles) string {
	var texts []string
	for _, environment := range slices.SortedFunc(maps.Keys(roles), compareEnvironments) {
		for _, role := range slices.Compact(slices.Sorted(slices.Values(roles[environment]))) {
			texts = append(texts, role+" in "+environment)
		}
	}
	if len(texts) == 0 {
		return "no role"
	}
	return strings.Join(texts, ", ")
}

func compareEnvironments(a, b string) int {
	known := vocabulary.Environments()
	if i, j := slices.Index(known, a), slices.Index(known, b); i >= 0 && j >= 0 {
		return i - j
	}
	return strings.Compare(a, b)
}

// validateRoles reports each environment and role that there is not, each at its place, and roles
// that give nothing. What is not known yet is looked at again when it is.
func validateRoles(at path.Path, value types.Map, diags *diag.Diagnostics) {
	if value.IsUnknown() || value.IsNull() {
		return
	}
	isEmpty := true
	for _, environment := range slices.Sorted(maps.Keys(value.Elements())) {
		here := at.AtMapKey(environment)
		if !slices.Contains(vocabulary.Environments(), environment) {
			diags.AddAttributeError(here, "Unknown environment",
				fmt.Sprintf("%q is no environment: there are %s.", environment, strings.Join(vocabulary.Environments(), ", ")))
		}
		set, _ := value.Elements()[environment].(types.Set)
		if set.IsNull() {
			diags.AddAttributeError(here, "No roles", fmt.Sprintf("The roles in %s are null. "+
				"Leave the environment out, or give it an empty set, where the person has no role.", environment))
		}
		isEmpty = isEmpty && !set.IsUnknown() && len(set.Elements()) == 0
		for _, element := range set.Elements() {
			if role, _ := element.(types.String); !role.IsUnknown() {
				validateRole(here, role, diags)
			}
		}
	}
	if isEmpty {
		diags.AddAttributeError(at, "An invitation without a role", "No environment has a role. An invitation has at least one role in one environment.")
	}
}

func validateRole(at path.Path, role types.String, diags *diag.Diagnostics) {
	const takes = "the invitation API takes ADMIN, USER or READER for each environment"
	name := role.ValueString()
	switch {
	case role.IsNull():
		diags.AddAttributeError(at, "No role", "A role is null; "+takes+".")
	case slices.Contains(vocabulary.InvitationRoles(), vocabulary.InvitationRole(name)):
	case vocabulary.IgniSign.Description(access.Role(name)) != nil:
		diags.AddAttributeError(at, "An IAM role in an invitation", fmt.Sprintf("%s is a role of IAM; %s. "+
			"How these relate to the IAM roles is not published, so no role is taken in its place.", name, takes))
	default:
		diags.AddAttributeError(at, "Unknown role", fmt.Sprintf("%q is no role of an invitation; %s.", name, takes))
	}
}

// sameRoles keeps the spelling of the state where the configuration means the same: an environment
// that is left out has no role.
type sameRoles struct{}

// Description implements [planmodifier.Map].
func (sameRoles) Description(context.Context) string {
	return "An environment that is left out has no role."
}

// MarkdownDescription implements [planmodifier.Map].
func (m sameRoles) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

// PlanModifyMap implements [planmodifier.Map].
func (sameRoles) PlanModifyMap(_ context.Context, req planmodifier.MapRequest, resp *planmodifier.MapResponse) {
	state, _ := rolesOf(req.StateValue)
	if plan, isKnown := rolesOf(req.PlanValue); isKnown && !req.StateValue.IsNull() && plan.Equal(state) {
		resp.PlanValue = req.StateValue
	}
}
