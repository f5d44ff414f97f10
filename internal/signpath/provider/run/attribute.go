package run

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
	AttrID                    = "id"
	AttrName                  = "name"
	AttrEmail                 = "email"
	AttrActive                = "active"
	AttrMember                = "member"
	AttrMembers               = "members"
	AttrRole                  = "role"
	AttrProject               = "project"
	AttrSigningPolicy         = "signing_policy"
	AttrGroup                 = "group"
	AttrDirectorySynchronized = "directory_synchronized"
	AttrNameContains          = "name_contains"
	AttrIncludeEmpty          = "include_empty"
)

// TextOrNull is null for a text that SignPath does not have.
func TextOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// Attributes is what a plan, a state or a configuration offers for reading one
// attribute.
type Attributes interface {
	GetAttribute(ctx context.Context, path path.Path, target any) diag.Diagnostics
}

// SettableAttributes is what a plan or a state offers for writing one.
type SettableAttributes interface {
	SetAttribute(ctx context.Context, path path.Path, val any) diag.Diagnostics
}

// PlanAttributes is what a plan offers for reading and writing one attribute.
type PlanAttributes interface {
	Attributes
	SettableAttributes
}

// IsKnown lets another value replace a resource once it is known; see StayUnlessOther.
func IsKnown(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	resp.RequiresReplace = !req.PlanValue.IsUnknown()
}

// WhenKnown describes IsKnown.
const WhenKnown = "another value, once it is known"
