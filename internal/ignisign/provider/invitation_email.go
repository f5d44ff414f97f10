package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// isAddress refuses what is no e-mail address.
type isAddress struct{}

// Description implements [validator.String].
func (isAddress) Description(context.Context) string { return "an e-mail address" }

// MarkdownDescription implements [validator.String].
func (v isAddress) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString implements [validator.String].
func (isAddress) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if value := req.ConfigValue; !value.IsNull() && !value.IsUnknown() && !access.IsEmail(value.ValueString()) {
		resp.Diagnostics.AddAttributeError(req.Path, "Not an e-mail address",
			fmt.Sprintf("%q is not an e-mail address such as dev.lead@example.com.", value.ValueString()))
	}
}

// sameAddress keeps the spelling of the state where the configuration has the same address in
// another case, and replaces the invitation where it has another one.
type sameAddress struct{}

// Description implements [planmodifier.String].
func (sameAddress) Description(context.Context) string {
	return "Another address is another invitation. Case does not count."
}

// MarkdownDescription implements [planmodifier.String].
func (m sameAddress) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

// PlanModifyString implements [planmodifier.String].
func (sameAddress) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	switch {
	case req.StateValue.IsNull() || req.Plan.Raw.IsNull():
	case !req.PlanValue.IsUnknown() && strings.EqualFold(req.PlanValue.ValueString(), req.StateValue.ValueString()):
		resp.PlanValue = req.StateValue
	default:
		resp.RequiresReplace = true
	}
}
