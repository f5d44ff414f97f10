package access

import (
	"fmt"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// A Principal is anyone who can be granted something: an interactive user, a
// CI user or a user group.
type Principal struct {
	Kind Kind
	// ID is the UUID that the vendor gave, in lower case. It is empty for a
	// principal that a plan is only about to create.
	ID string
	// Name is the display name of a user, and the natural key of a CI user or
	// a group.
	Name string
	// Email is the account e-mail of an interactive user, its natural key.
	Email string
	// NotificationEmail is where mail about signing requests goes;
	// empty where none is set.
	NotificationEmail string
	// Identity links an interactive user to an identity provider, as
	// "<sso-identifier>:<subject>"; empty for others.
	Identity string
	// Description is a group's; empty for others.
	Description string
	// Role is the global role; empty for groups, which have none, and where
	// nobody has told it.
	Role Role
	// Active is false for a deactivated user. Groups are always active.
	Active bool
	// Invited is true for an interactive user who has not accepted the invitation
	// yet, also while the account is deactivated.
	Invited bool
	// Support is true for the account of the vendor's support staff, where the
	// server tells.
	Support bool
	// Synchronized principals come from the organization's directory and
	// cannot be edited by hand (documented), only granted rights.
	Synchronized bool
}

// A Setting is a text of principals that may be empty, and that people choose: an attribute
// of their resources.
type Setting struct {
	// Attribute names it in a configuration, and Noun in a sentence: "notification_email",
	// "notification e-mail address".
	Attribute, Noun string
	// Kinds are the kinds of principals that have it.
	Kinds []Kind
	// IsValid tells whether a configuration may have a text.
	IsValid func(string) bool
	// Changes tells of another text in words, to follow a name: "signs in with another
	// identity"; empty where that is told by the old and the new text.
	Changes string
	// Of is where a principal has it.
	Of func(*Principal) *string
}

// Reference names the principal by its natural key; by its id where that has a line feed, so
// that no name begins a line of a message.
func (p Principal) Reference() Reference {
	key := p.Name
	if p.Kind == KindUser {
		key = p.Email
	}
	if strings.Contains(key, "\n") {
		key = p.ID
	}
	return Reference{Kind: p.Kind, Key: key}
}

// IDReference names the principal by its id, for where the natural key is
// ambiguous.
func (p Principal) IDReference() Reference { return Reference{Kind: p.Kind, Key: p.ID} }

// Status is where a user is in their life, as the web application shows it.
type Status string

// The states of an interactive user.
const (
	StatusInvited  Status = "invited"
	StatusActive   Status = "active"
	StatusInactive Status = "inactive"
)

// Status returns where the user is in their life.
func (p Principal) Status() Status {
	switch {
	case !p.Active:
		return StatusInactive
	case p.Invited:
		return StatusInvited
	}
	return StatusActive
}

// String describes the principal for messages: its reference, and the name where that has
// none.
func (p Principal) String() string {
	if p.Name != "" && p.Reference().Key != p.Name {
		return fmt.Sprintf("%s (%s)", p.Reference(), text.Visible(p.Name))
	}
	return p.Reference().String()
}
