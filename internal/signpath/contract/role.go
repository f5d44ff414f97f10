package contract

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// IsNull tells whether a value is the JSON null, and not absent.
func IsNull(raw json.RawMessage) bool { return string(raw) == "null" }

// NullIsRegularUser tells whether the server's document says that a user without a
// global role is answered as null: the role of users is nullable, or an enumeration of
// roles that are all known and of which none is that of a Regular User. The first of the
// routes whose answer has a role decides; without a document, nothing says so.
func (n Negotiation) NullIsRegularUser(routes ...*Route) bool {
	for _, r := range routes {
		found, ok := n.document.of(r)
		if !ok || found.answer == nil {
			continue
		}
		if name, ok := found.answer.find(PropRole.AnswerNames()); ok {
			role := found.answer.properties[name]
			return role.nullable || lacksRegularUser(role.values)
		}
	}
	return false
}

// TakesRole tells whether an edit takes the role under its name, as far as the server's
// document says.
func (n Negotiation) TakesRole(edit *Route, role access.Role) bool {
	found, ok := n.document.of(edit)
	if !ok || found.request == nil {
		return true
	}
	name, ok := found.request.find(PropRole.requestNames())
	return !ok || found.request.properties[name].refuses(MustMarshal(role)) == ""
}

// lacksRegularUser takes the values of an enumeration, as JSON. It goes by the case of no
// letter, as servers differ in that. Among words that are not known, one may well mean a
// Regular User.
func lacksRegularUser(values []string) bool {
	isKnown := func(value string) bool {
		return slices.ContainsFunc(vocabulary.PrivilegedRoles(), func(r access.Role) bool {
			return strings.EqualFold(string(r), Text(json.RawMessage(value)))
		})
	}
	return len(values) > 0 && !slices.ContainsFunc(values, func(value string) bool { return !isKnown(value) })
}
