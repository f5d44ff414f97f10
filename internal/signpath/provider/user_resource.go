package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// userResource manages an interactive user.
type userResource struct{ principalResource }

var (
	_ resource.ResourceWithConfigure   = (*userResource)(nil)
	_ resource.ResourceWithImportState = (*userResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*userResource)(nil)
)

func newUserResource() resource.Resource {
	return &userResource{principalResource{
		kind: access.KindUser, keyAttribute: attrEmail,
		newModel: func() principalModel { return &userModel{} },
	}}
}

// userModel is the state of signpath_user.
type userModel struct {
	principalFields
	Email                 types.String `tfsdk:"email"`
	DirectorySynchronized types.Bool   `tfsdk:"directory_synchronized"`
}

func (m *userModel) key() types.String            { return m.Email }
func (m *userModel) describe(p *access.Principal) { p.Email = m.Email.ValueString() }

func (m *userModel) read(p access.Principal) {
	if !strings.EqualFold(m.Email.ValueString(), p.Email) {
		m.Email = types.StringValue(p.Email)
	}
	m.DirectorySynchronized = types.BoolValue(p.Synchronized)
}

// Metadata implements [resource.Resource].
func (r *userResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user"
}

// Schema implements [resource.Resource].
func (r *userResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := principalAttributes(access.KindUser)
	attributes[attrName] = schema.StringAttribute{
		Required:            true,
		MarkdownDescription: "Display name.",
		Validators:          []validator.String{isName()},
	}
	attributes[attrEmail] = schema.StringAttribute{
		Required: true,
		MarkdownDescription: "E-mail address of the account with which the person signs in; compared without case. " +
			"Another address is another account, so it replaces the resource: the old user is deactivated and a new one invited.",
		Validators: []validator.String{isEmail()},
		PlanModifiers: []planmodifier.String{
			keepSpellingOfEmail{},
			stringplanmodifier.RequiresReplace(),
		},
	}
	attributes["directory_synchronized"] = schema.BoolAttribute{
		Computed: true,
		MarkdownDescription: "Whether the user is synchronized from the organization's directory. Such a user cannot be managed here; " +
			"it can be named on access lists.",
		PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages an interactive user: a person who submits, approves or administers.\n\n" +
			"**Creating a user sends an invitation** to the e-mail address, as adding one in SignPath's web application does; it is valid for 14 days. " +
			"A new user has no rights: grant them with the access list resources and `signpath_role_assignment`.\n\n" +
			"On destroy, the user is deactivated, because SignPath's API is not known to delete users.\n\n" +
			"Needs the role User Administrator or Global Administrator.",
		Attributes: attributes,
	}
}

// keepSpellingOfEmail plans no change if the address differs in case only.
type keepSpellingOfEmail struct{}

// Description implements [planmodifier.Describer].
func (keepSpellingOfEmail) Description(context.Context) string { return "compared without case" }

// MarkdownDescription implements [planmodifier.Describer].
func (m keepSpellingOfEmail) MarkdownDescription(ctx context.Context) string {
	return m.Description(ctx)
}

// PlanModifyString implements [planmodifier.String].
func (keepSpellingOfEmail) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if !req.StateValue.IsNull() && strings.EqualFold(req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}
