package principal

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// The settings of users, as the resources have them and as the data sources tell them. Whatever
// is done with settings goes by the maps.

// ciUserSettings are the attributes of the settings of a CI user.
type ciUserSettings struct {
	NotificationEmail types.String `tfsdk:"notification_email"`
}

func (s *ciUserSettings) settings() map[string]*types.String {
	return map[string]*types.String{vocabulary.NotificationEmail.Attribute: &s.NotificationEmail}
}

// userSettings are the attributes of the settings of an interactive user.
type userSettings struct {
	NotificationEmail types.String `tfsdk:"notification_email"`
	Identity          types.String `tfsdk:"identity"`
}

func (s *userSettings) settings() map[string]*types.String {
	return map[string]*types.String{
		vocabulary.NotificationEmail.Attribute: &s.NotificationEmail,
		vocabulary.Identity.Attribute:          &s.Identity,
	}
}

// userGroupSettings are the attributes of the settings of a user group.
type userGroupSettings struct {
	Description types.String `tfsdk:"description"`
}

func (s *userGroupSettings) settings() map[string]*types.String {
	return map[string]*types.String{vocabulary.Description.Attribute: &s.Description}
}

// DescribedSettings are what the documentation says of settings: of one that is managed,
// and of one that is told.
var DescribedSettings = map[string]struct {
	managed, Told string
	checks        []validator.String
	// isAddress is true for an e-mail address, which is compared without case.
	isAddress bool
}{
	vocabulary.NotificationEmail.Attribute: {
		managed: "E-mail address to which SignPath sends notifications about signing requests; compared without case. " +
			"If it is not set, Terraform does not manage it, leaves it as it is, and shows what SignPath has; null if there is none. " +
			"`\"\"` takes it away.",
		Told:      "E-mail address for notifications; null if none is set.",
		checks:    []validator.String{run.IsEmailOrNone()},
		isAddress: true,
	},
	vocabulary.Identity.Attribute: {
		managed: "Identity at the organization's identity provider, as `<sso-identifier>:<subject>`, for organizations with single sign-on. " +
			"With which kind of account somebody signs in (Google, Microsoft, a password, or single sign-on) is that person's choice when accepting the invitation; " +
			"what SignPath shows here for accounts without single sign-on is not documented. " +
			"Whether SignPath then sends no invitation is not documented for today's API; it once was. " +
			"If it is not set, Terraform does not manage it and shows what SignPath has; null if there is none. " +
			"It cannot be taken away here: what becomes of an account without one is not documented.",
		Told:   "Identity at the organization's identity provider, as `<sso-identifier>:<subject>`; null if there is none.",
		checks: []validator.String{run.IsIdentity()},
	},
	vocabulary.Description.Attribute: {
		managed: "Description. If it is not set, Terraform does not manage it, leaves it as it is, and shows what SignPath has; null if there is none. " +
			"`\"\"` clears it.",
		Told: "Description; null if there is none.",
	},
}

// managedSettings are the attributes of a resource.
func managedSettings(kind access.Kind) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for _, setting := range vocabulary.SignPath.SettingsOf(kind) {
		described := DescribedSettings[setting.Attribute]
		modifiers := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
		if described.isAddress {
			modifiers = append(modifiers, keepSpellingOfEmail{})
		}
		attributes[setting.Attribute] = schema.StringAttribute{
			Optional: true, Computed: true, MarkdownDescription: described.managed,
			Validators:    described.checks,
			PlanModifiers: modifiers,
		}
	}
	return attributes
}

// readSettings makes settings what SignPath says.
func readSettings(settings map[string]*types.String, p access.Principal) {
	for _, setting := range vocabulary.SignPath.SettingsOf(p.Kind) {
		text, told := settings[setting.Attribute], run.TextOrNull(*setting.Of(&p))
		if told.ValueString() != text.ValueString() || text.IsUnknown() { // What is configured as "" is none.
			*text = told
		}
	}
}
