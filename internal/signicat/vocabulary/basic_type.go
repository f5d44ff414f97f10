package vocabulary

import (
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A BasicType is what a role basically does. The zero value is for a role of which that is
// not known.
type BasicType string

// The basic types. The older text of the page lists three, and has Admin among the names.
const (
	TypeUnknown BasicType = ""
	TypeViewer  BasicType = "Viewer"
	TypeWriter  BasicType = "Writer"
	TypeEditor  BasicType = "Editor"
	TypeAdmin   BasicType = "Admin"
)

// A BasicTypeDescription is what the pages say of a basic type.
type BasicTypeDescription struct {
	Type BasicType
	// Methods are the request methods as the older text prints them, and Actions what the
	// newer one has in their place.
	Methods, Actions string
	// Words are those of the older text.
	Words string
	// Contains are the types of which a role of this type has all permissions.
	Contains []BasicType
	// Except is what the names do not say of such a role, in the words of the page; empty if
	// it names nothing. What that means for the roles that it is about is unknown.
	Except string
	Source string
}

// BasicTypes returns the basic types. No type is said to contain Writer: Editor has "create"
// among its actions, which is all.
func BasicTypes() []BasicTypeDescription {
	source := namingSection + `; ` + newerRolesPage
	return []BasicTypeDescription{
		{
			TypeViewer, "GET", "read",
			"Permissions for read-only actions that do not affect state, such as viewing (but not modifying) existing resources or data.",
			nil, "Exceptions are secrets and auditlog", source,
		},
		{
			TypeWriter, "POST", "Action tags",
			"Permissions for write-only actions, but not read or update.", nil, "", source,
		},
		{
			TypeEditor, "PUT/CREATE/DELETE", "create, update, delete",
			"All viewer permissions, plus permissions for actions that modify state, such as changing existing resources.",
			[]BasicType{TypeViewer},
			"", source,
		},
		{
			TypeAdmin, "Editor + invite users", "*",
			"All editor permissions, plus permission to invite, remove and grant access to users.",
			[]BasicType{TypeViewer, TypeEditor},
			"", source,
		},
	}
}

// NameShare is for how many of the possible roles the names tell the type, as the page says.
// So the ending of a name is a guess.
const NameShare = "about 90% of possible roles"

// Contains tells whether a role of the type has all permissions of a role of the other one
// that is about the same thing.
func (t BasicType) Contains(other BasicType) bool {
	for _, d := range BasicTypes() {
		if d.Type == t {
			return slices.Contains(d.Contains, other)
		}
	}
	return false
}

// TypeOfName returns the type that the ending of a role's name suggests, and what comes before
// it: "Usage Viewer" is a Viewer of "Usage". The type is unknown, and nothing comes before it,
// if the name has no such ending.
func TypeOfName(role access.Role) (suggested BasicType, something string) {
	for _, d := range BasicTypes() {
		something, found := strings.CutSuffix(string(role), " "+string(d.Type))
		if something = strings.TrimSpace(something); found && something != "" {
			return d.Type, something
		}
	}
	return TypeUnknown, ""
}

// IsViewerException tells whether the name of a Viewer role is about secrets or the audit log,
// for which the page makes an exception without saying what it is.
func IsViewerException(role access.Role) bool {
	suggested, something := TypeOfName(role)
	something = strings.ToLower(something)
	return suggested == TypeViewer && (strings.Contains(something, "secret") || strings.Contains(something, "audit"))
}
