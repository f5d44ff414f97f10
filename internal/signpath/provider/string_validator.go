package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A stringValidator checks the form of a known string without asking SignPath.
type stringValidator struct {
	// description says what is valid, to follow "value must be".
	description string
	summary     string
	check       func(value string) error
}

var _ validator.String = stringValidator{}

// Description implements [validator.Describer].
func (v stringValidator) Description(context.Context) string {
	return "value must be " + v.description
}

// MarkdownDescription implements [validator.Describer].
func (v stringValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString implements [validator.String].
func (v stringValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := v.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, v.summary, sentence(err.Error()))
	}
}

// satisfies makes a check of a test, and of the words for a value that fails it.
func satisfies(test func(string) bool, otherwise string) func(string) error {
	return func(value string) error {
		if test(value) {
			return nil
		}
		return fmt.Errorf(otherwise, value)
	}
}

// isMemberReference accepts the spellings of a member reference.
func isMemberReference(kinds ...access.Kind) validator.String {
	return stringValidator{
		description: "a member reference: " + access.ReferenceForms,
		summary:     "Invalid member reference",
		check: func(value string) error {
			reference, err := access.ParseReference(value)
			if err != nil {
				return err
			}
			if !slices.Contains(kinds, reference.Kind) {
				return fmt.Errorf("%q is a %s, and that cannot stand here", value, reference.Kind.Noun())
			}
			return nil
		},
	}
}

// isEntry accepts an entry of an access list as data sources show it: a member
// reference, or that of an entry which fits no principal.
func isEntry() validator.String {
	return stringValidator{
		description: "a member reference: " + access.ReferenceForms,
		summary:     "Invalid member reference",
		check: func(value string) error {
			_, err := access.ParseEntry(value)
			return err
		},
	}
}

// isDate accepts a day.
func isDate() validator.String {
	return stringValidator{
		description: "a date like 2026-12-31",
		summary:     "Invalid date",
		check: func(value string) error {
			_, err := parseDate(value)
			return err
		},
	}
}

// parseDate reads a day, also in the form that yamldecode makes of one that stands in
// a YAML file without quotes.
func parseDate(value string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, strings.TrimSuffix(value, "T00:00:00Z"))
	if err != nil {
		return day, fmt.Errorf("%q is no date like 2026-12-31", value)
	}
	return day, nil
}

// isEmail accepts an e-mail address.
func isEmail() validator.String {
	return stringValidator{
		description: "an e-mail address",
		summary:     "Invalid e-mail address",
		check:       satisfies(access.IsEmail, "%q is not an e-mail address"),
	}
}

// isIdentity accepts an identity at an identity provider.
func isIdentity() validator.String {
	return stringValidator{
		description: "an identity of the form <sso-identifier>:<subject>",
		summary:     "Invalid identity",
		check:       satisfies(vocabulary.IsIdentity, `%q is not of the form <sso-identifier>:<subject>, such as "acme:S-1-2-34"`),
	}
}

// isName accepts what can be a display name: something, with no white space
// around it, which two spellings of one name could differ in unseen.
func isName() validator.String {
	return stringValidator{
		description: "a name without white space around it",
		summary:     "Invalid name",
		check:       checkName,
	}
}

func checkName(value string) error {
	if value == "" || value != strings.TrimSpace(value) {
		return fmt.Errorf("%q is empty or has white space around it", value)
	}
	return nil
}

// isID accepts a UUID.
func isID() validator.String {
	return stringValidator{
		description: "a UUID",
		summary:     "Invalid id",
		check:       satisfies(access.IsID, "%q is not a UUID, or the empty one"),
	}
}

// isSlug accepts what can be the slug of a project or signing policy.
func isSlug() validator.String {
	return stringValidator{
		description: "a slug, as it stands in the web address of the object",
		summary:     "Invalid slug",
		check:       vocabulary.CheckSlug,
	}
}

// isRole accepts the privileged global roles.
func isRole() validator.String {
	return stringValidator{
		description: "one of " + roleNames(),
		summary:     "Invalid role",
		check: func(value string) error {
			if slices.Contains(vocabulary.PrivilegedRoles(), access.Role(value)) {
				return nil
			}
			if value == string(vocabulary.RoleRegularUser) {
				return fmt.Errorf("%s is what a user is without a role assignment. Leave this resource out; valid are %s", value, roleNames())
			}
			if role, ok := roleTitled(value); ok {
				return fmt.Errorf("SignPath has no global role %q that this provider knows; did you mean %q? Valid are %s", value, role, roleNames())
			}
			return fmt.Errorf("SignPath has no global role %q that this provider knows; valid are %s", value, roleNames())
		},
	}
}

// roleTitled finds the role that is written as in the web application, or in
// other case.
func roleTitled(text string) (access.Role, bool) {
	squeezed := strings.NewReplacer(" ", "", "_", "", "-", "").Replace(text)
	for _, role := range vocabulary.PrivilegedRoles() {
		if strings.EqualFold(squeezed, string(role)) {
			return role, true
		}
	}
	return "", false
}

func roleNames() string { return joinRoles(", ") }

func joinRoles(separator string) string {
	roles := vocabulary.PrivilegedRoles()
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = string(role)
	}
	return strings.Join(names, separator)
}
