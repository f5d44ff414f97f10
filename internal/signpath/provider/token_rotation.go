package provider

import (
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const (
	attrTokenRotation = "token_rotation"
	envTokenRotation  = "SIGNPATH_TOKEN_ROTATION" //nolint:gosec // It is the name of a setting, and no token.
)

// What token_rotation can be.
const (
	rotateDueTokens = "due"
	holdTokens      = "hold"
)

func tokenRotationAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true,
		MarkdownDescription: fmt.Sprintf("What a plan does with API tokens that are due for rotation by `rotate_after`:\n"+
			"  - `due` (the default): it replaces them.\n"+
			"  - `hold`: it leaves them as they are, and warns. So a pull request about something else rotates no token.\n\n"+
			"  Other rotations, such as by `rotation_triggers`, are not switched by this; an apply does what its plan says. "+
			"Defaults to the environment variable `%s`, by which each job of a pipeline can have its own: see the guide [Tokens](guides/tokens.md#rotation-in-a-pipeline).", envTokenRotation),
		Validators: []validator.String{stringvalidator.OneOf(rotateDueTokens, holdTokens)},
	}
}

// holdsTokens tells whether plans leave tokens as they are that are due. The setting of the
// provider block counts, and then the environment variable, of which an empty one is none.
func holdsTokens(setting types.String, diags *diag.Diagnostics) bool {
	if !setting.IsNull() {
		return setting.ValueString() == holdTokens
	}
	switch value := os.Getenv(envTokenRotation); value {
	case holdTokens:
		return true
	case rotateDueTokens, "":
	default:
		diags.AddAttributeError(path.Root(attrTokenRotation), "Invalid provider configuration",
			fmt.Sprintf("The environment variable %s is %q, and can be %q or %q.", envTokenRotation, value, rotateDueTokens, holdTokens))
	}
	return false
}
