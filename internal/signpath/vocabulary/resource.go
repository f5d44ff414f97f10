package vocabulary

import (
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// The types of resources, which the provider offers, an export writes and messages name, that are
// not made of a kind of principals or of an access list.
const (
	typePrefix         = "signpath_"
	RoleAssignmentType = typePrefix + "role_assignment"
	RoleHoldersType    = typePrefix + "role_holders"
	CIUserTokenType    = typePrefix + "ci_user_token"
)

// ResourceNoun is the kind of principals in the type of its resource: "user_group".
func ResourceNoun(kind access.Kind) string {
	if kind == access.KindGroup {
		return "user_group"
	}
	return string(kind)
}

// ResourceType is the type of the resource that manages one principal of the kind.
func ResourceType(kind access.Kind) string { return typePrefix + ResourceNoun(kind) }

// Type is the type of the resource that manages the whole list.
func (l List) Type() string { return l.typeOf(l.Plural) }

// EntryType is the type of the resource that manages one entry.
func (l List) EntryType() string { return l.typeOf(l.Singular) }

func (l List) typeOf(noun string) string {
	return typePrefix + strings.ReplaceAll(string(l.Parent), " ", "_") + "_" + noun
}

// A Manager is who manages a principal that SignPath's API lets nobody manage.
type Manager string

const (
	// Directory manages whoever is synchronized from it.
	Directory Manager = "synchronized from the organization's directory, which manages it"
	// SupportStaff is for the account of SignPath's support staff, which is authorized and
	// withdrawn on the organization page of the web application.
	SupportStaff Manager = "the account of SignPath's support staff"
)

// ManagedBy tells who else manages the principal; empty where Terraform can.
func ManagedBy(p access.Principal) Manager {
	switch {
	case p.Synchronized:
		return Directory
	case p.Support:
		return SupportStaff
	}
	return ""
}
