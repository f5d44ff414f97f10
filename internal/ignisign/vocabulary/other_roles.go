package vocabulary

import (
	"fmt"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// An InvitationRole is an application role of an invitation, of which an invitation has a list
// for each environment. Documented (API reference 3.0.0) and observed (data models).
type InvitationRole string

// The roles of invitations.
const (
	InvitationAdmin  InvitationRole = "ADMIN"
	InvitationUser   InvitationRole = "USER"
	InvitationReader InvitationRole = "READER"
)

// InvitationRoles returns the roles of invitations.
func InvitationRoles() []InvitationRole {
	return []InvitationRole{InvitationAdmin, InvitationUser, InvitationReader}
}

// The statuses of invitations. Documented (API reference 3.0.0).
const (
	StatusPending  = "PENDING"
	StatusAccepted = "ACCEPTED"
	StatusDeclined = "DECLINED"
	StatusCanceled = "CANCELED"
)

// An OldOrganizationRole is a role of the members of an organization in models that were
// withdrawn in 2023. Observed.
type OldOrganizationRole string

// The old roles of organizations.
const (
	OldOrganizationAdmin   OldOrganizationRole = "ADMIN"
	OldOrganizationBilling OldOrganizationRole = "BILLING"
	// OldOrganizationReader is "only used by api", in the words of the models.
	OldOrganizationReader OldOrganizationRole = "READER"
	// OldOrganizationOwner was called deprecated even then.
	OldOrganizationOwner OldOrganizationRole = "OWNER"
)

// OldOrganizationRoles returns the old roles of organizations.
func OldOrganizationRoles() []OldOrganizationRole {
	return []OldOrganizationRole{OldOrganizationAdmin, OldOrganizationBilling, OldOrganizationReader, OldOrganizationOwner}
}

// NotOfIAM says of a word that is no IAM role in which other vocabulary IgniSign has it, for
// messages; it is empty for any other word. It names no role that the word might stand for,
// because how the vocabularies relate is not published.
func NotOfIAM(word string) string {
	const unrelated = "how it relates to the roles of users is not published"
	switch {
	case IgniSign.Description(access.Role(word)) != nil:
		return ""
	case slices.Contains(InvitationRoles(), InvitationRole(word)):
		return fmt.Sprintf("%s is a role of an invitation; %s", word, unrelated)
	case slices.Contains(OldOrganizationRoles(), OldOrganizationRole(word)):
		return fmt.Sprintf("%s is a role of organizations in data models that were withdrawn in 2023; %s", word, unrelated)
	}
	return ""
}
