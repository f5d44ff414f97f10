package vocabulary

import (
	"strings"
	"time"
)

// InvitationValidity is how long an invitation can be accepted. Source: the
// users page of SignPath's documentation.
const InvitationValidity = 14 * 24 * time.Hour

// IsIdentity tells whether text has the form <sso-identifier>:<subject> of an
// identity (observed).
func IsIdentity(text string) bool {
	identifier, subject, found := strings.Cut(text, ":")
	return found && identifier != "" && subject != "" && !strings.ContainsAny(text, " \t\r\n")
}
