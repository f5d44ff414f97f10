package vocabulary

import (
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// The settings of principals.
var (
	NotificationEmail = access.Setting{
		Attribute: "notification_email", Noun: "notification e-mail address", Kinds: []access.Kind{access.KindUser, access.KindCIUser},
		IsValid: access.IsEmail, Of: func(p *access.Principal) *string { return &p.NotificationEmail },
	}
	Identity = access.Setting{
		Attribute: "identity", Noun: "identity", Kinds: []access.Kind{access.KindUser},
		IsValid: IsIdentity, Changes: "signs in with another identity", Of: func(p *access.Principal) *string { return &p.Identity },
	}
	Description = access.Setting{
		Attribute: "description", Noun: "description", Kinds: []access.Kind{access.KindGroup},
		IsValid: func(string) bool { return true }, Of: func(p *access.Principal) *string { return &p.Description },
	}
)

var settings = []access.Setting{NotificationEmail, Identity, Description}

// InvitationValidity is how long an invitation can be accepted. Source: the
// users page of SignPath's documentation.
const InvitationValidity = 14 * 24 * time.Hour

// IsIdentity tells whether text has the form <sso-identifier>:<subject> of an
// identity (observed).
func IsIdentity(text string) bool {
	identifier, subject, found := strings.Cut(text, ":")
	return found && identifier != "" && subject != "" && !strings.ContainsAny(text, " \t\r\n")
}
