package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The attributes that several resources and data sources have.
const (
	attrID                    = "id"
	attrName                  = "name"
	attrEmail                 = "email"
	attrActive                = "active"
	attrMember                = "member"
	attrMembers               = "members"
	attrRole                  = "role"
	attrProject               = "project"
	attrSigningPolicy         = "signing_policy"
	attrGroup                 = "group"
	attrDirectorySynchronized = "directory_synchronized"
	attrNameContains          = "name_contains"
)

// textOrNull is null for a text that SignPath does not have.
func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// attributes is what a plan, a state or a configuration offers for reading one
// attribute.
type attributes interface {
	GetAttribute(ctx context.Context, path path.Path, target any) diag.Diagnostics
}

// settableAttributes is what a plan or a state offers for writing one.
type settableAttributes interface {
	SetAttribute(ctx context.Context, path path.Path, val any) diag.Diagnostics
}

// planAttributes is what a plan offers for reading and writing one attribute.
type planAttributes interface {
	attributes
	settableAttributes
}

// isKnown lets another value replace a resource once it is known; see stayUnlessOther.
func isKnown(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	resp.RequiresReplace = !req.PlanValue.IsUnknown()
}

const whenKnown = "another value, once it is known"
