package run

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A StringValidator checks the form of a known string without asking SignPath.
type StringValidator struct {
	// Valid says what is valid, to follow "value must be".
	Valid   string
	Summary string
	Check   func(value string) error
}

var _ validator.String = StringValidator{}

// Description implements [validator.Describer].
func (v StringValidator) Description(context.Context) string {
	return "value must be " + v.Valid
}

// MarkdownDescription implements [validator.Describer].
func (v StringValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString implements [validator.String].
func (v StringValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := v.Check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, v.Summary, tfkit.Sentence(err.Error()))
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

// IsMemberReference accepts the spellings of a member reference.
func IsMemberReference(kinds ...access.Kind) validator.String {
	return StringValidator{
		Valid:   "a member reference: " + access.ReferenceForms,
		Summary: "Invalid member reference",
		Check: func(value string) error {
			reference, err := access.ParseReference(value)
			switch isBareName := !strings.Contains(value, ":") && access.IsName(value) && !access.IsEmail(value) && !access.IsID(value); {
			case isBareName && len(kinds) == 1:
				return fmt.Errorf("%q has no kind; did you mean %q? %s", value, string(kinds[0])+":"+value, referToMember)
			case isBareName:
				return fmt.Errorf("%w. %s", err, referToMember)
			case err != nil:
				return err
			case !slices.Contains(kinds, reference.Kind):
				return fmt.Errorf("%q is %s, which cannot stand here. Valid is %s%s", value, WithArticle(reference.Kind.Noun()), kindForms(kinds), map[bool]string{
					true: ". A group has no global role: give it to whoever is in the group",
				}[slices.Equal(kinds, RoleKinds)])
			}
			return nil
		},
	}
}

// referToMember is for the name of a resource in the place of its reference.
const referToMember = "Of a resource in the configuration, refer to the attribute `member`, and not to `name`"

// WithArticle puts the indefinite article before a noun.
func WithArticle(noun string) string {
	if strings.ContainsAny(noun[:1], "aeio") {
		return "an " + noun
	}
	return "a " + noun
}

// kindForms names kinds, with the form of their references.
func kindForms(kinds []access.Kind) string {
	forms := make([]string, len(kinds))
	for i, kind := range kinds {
		key := "NAME"
		if kind == access.KindUser {
			key = "EMAIL"
		}
		forms[i] = fmt.Sprintf("%s, as %q", WithArticle(kind.Noun()), string(kind)+":"+key)
	}
	return strings.Join(forms, ", or ")
}

// IsMemberOfPlan is IsMemberReference, but that it lets the bare UUID of a principal pass: only a
// plan can say whose it is, and does; see refuseBareIDs.
func IsMemberOfPlan(kinds ...access.Kind) validator.String {
	v, _ := IsMemberReference(kinds...).(StringValidator)
	check := v.Check
	v.Check = func(value string) error {
		if access.IsID(value) {
			return nil
		}
		return check(value)
	}
	return v
}

// noNulls refuses null among the elements of a set, which Terraform would hand on as a member, and of
// other collections.
type noNulls struct{}

// NoNulls refuses null among the elements of a set.
func NoNulls() validator.Set { return noNulls{} }

// NoNullsInList refuses null among the elements of a list.
func NoNullsInList() validator.List { return noNulls{} }

// NoNullsInMap refuses null among the values of a map.
func NoNullsInMap() validator.Map { return noNulls{} }

// Description implements [validator.Describer].
func (noNulls) Description(context.Context) string { return "no element may be null" }

// MarkdownDescription implements [validator.Describer].
func (v noNulls) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateSet implements [validator.Set].
func (noNulls) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	refuseNulls(req.ConfigValue.Elements(), req.Path, &resp.Diagnostics)
}

// ValidateList implements [validator.List].
func (noNulls) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	refuseNulls(req.ConfigValue.Elements(), req.Path, &resp.Diagnostics)
}

// ValidateMap implements [validator.Map].
func (noNulls) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	refuseNulls(slices.Collect(maps.Values(req.ConfigValue.Elements())), req.Path, &resp.Diagnostics)
}

func refuseNulls(elements []attr.Value, at path.Path, diags *diag.Diagnostics) {
	if slices.ContainsFunc(elements, attr.Value.IsNull) {
		diags.AddAttributeError(at, "Null element", fmt.Sprintf("An element of %s is null. "+
			"Leave it out, such as with compact([...]), or correct what it comes from: a module's output, an optional attribute, or try().", at))
	}
}

// IsEntry accepts an entry of an access list as data sources show it: a member
// reference, or that of an entry which fits no principal.
func IsEntry() validator.String {
	return StringValidator{
		Valid:   "a member reference: " + access.ReferenceForms,
		Summary: "Invalid member reference",
		Check: func(value string) error {
			_, err := access.ParseEntry(value)
			return err
		},
	}
}

// IsDate accepts a day.
func IsDate() validator.String {
	return StringValidator{
		Valid:   "a date like 2026-12-31",
		Summary: "Invalid date",
		Check: func(value string) error {
			_, err := ParseDate(value)
			return err
		},
	}
}

// ParseDate reads a day, also in the form that yamldecode makes of one that stands in
// a YAML file without quotes.
func ParseDate(value string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, strings.TrimSuffix(value, "T00:00:00Z"))
	if err != nil {
		return day, fmt.Errorf("%q is no date like 2026-12-31: a day, UTC, without a time and a time zone", value)
	}
	return day, nil
}

// IsEmail accepts an e-mail address.
func IsEmail() validator.String {
	return StringValidator{
		Valid:   "an e-mail address",
		Summary: "Invalid e-mail address",
		Check:   satisfies(access.IsEmail, "%q is not an e-mail address"),
	}
}

// IsEmailOrNone accepts an e-mail address, and the empty text, which takes one away.
func IsEmailOrNone() validator.String {
	return StringValidator{
		Valid:   "an e-mail address, or empty for none",
		Summary: "Invalid e-mail address",
		Check: satisfies(func(text string) bool { return text == "" || access.IsEmail(text) },
			"%q is not an e-mail address; \"\" takes it away"),
	}
}

// IsIdentity accepts an identity at an identity provider.
func IsIdentity() validator.String {
	return StringValidator{
		Valid:   "an identity of the form <sso-identifier>:<subject>",
		Summary: "Invalid identity",
		Check:   satisfies(vocabulary.IsIdentity, `%q is not of the form <sso-identifier>:<subject>, such as "acme:S-1-2-34"`),
	}
}

// IsName accepts what [access.IsName] does.
func IsName() validator.String {
	return StringValidator{
		Valid:   "a name on one line, without white space around it",
		Summary: "Invalid name",
		Check:   CheckName,
	}
}

// CheckName reports what no name can be.
func CheckName(value string) error {
	if !access.IsName(value) {
		switch trimmed := strings.TrimSpace(value); {
		case trimmed == "":
			return fmt.Errorf("%q is empty, and a name is not", value)
		case strings.Contains(trimmed, "\n"):
			return fmt.Errorf("%q has a line feed in it", value)
		default:
			return fmt.Errorf("%q has white space around it; did you mean %q?", value, trimmed)
		}
	}
	return nil
}

// IsID accepts a UUID.
func IsID() validator.String {
	return StringValidator{
		Valid:   "a UUID",
		Summary: "Invalid id",
		Check:   satisfies(access.IsID, "%q is not a UUID, or the empty one"),
	}
}

// IsSlug accepts what can be the slug of a project or signing policy.
func IsSlug() validator.String {
	return StringValidator{
		Valid:   "a slug, as it stands in the web address of the object",
		Summary: "Invalid slug",
		Check:   vocabulary.CheckSlug,
	}
}

// IsRole accepts the privileged global roles.
func IsRole() validator.String {
	return StringValidator{
		Valid:   "one of " + roleNames(),
		Summary: "Invalid role",
		Check:   CheckRole,
	}
}

// CheckRole reports what is no privileged global role.
func CheckRole(value string) error {
	if slices.Contains(vocabulary.PrivilegedRoles(), access.Role(value)) {
		return nil
	}
	if value == string(vocabulary.RoleRegularUser) {
		return fmt.Errorf("%s is what a user is without a role. Leave this resource out; valid are %s", value, roleNames())
	}
	if role := access.Meant(value, vocabulary.PrivilegedRoles()); role != "" {
		return fmt.Errorf("SignPath has no global role %q that this provider knows; did you mean %q? Valid are %s", value, role, roleNames())
	}
	return fmt.Errorf("SignPath has no global role %q that this provider knows; valid are %s", value, roleNames())
}

func roleNames() string { return JoinRoles(", ") }

// JoinRoles names the roles that a configuration can assign.
func JoinRoles(separator string) string {
	roles := vocabulary.PrivilegedRoles()
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = string(role)
	}
	return strings.Join(names, separator)
}
