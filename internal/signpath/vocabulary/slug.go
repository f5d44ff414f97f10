package vocabulary

import (
	"fmt"
	"strings"
)

// CheckSlug refuses what cannot be the slug of a project or signing policy: one
// segment of a URL. SignPath's exact rule is not documented; dots, underscores
// and upper case occur in its examples.
func CheckSlug(text string) error {
	if text == "" || text == "." || text == ".." || strings.ContainsAny(text, "/\\ \t\r\n?#%") {
		return fmt.Errorf("%q is not a slug. A slug is the last part of the object's web address in SignPath, such as \"release-signing\"; it is not the display name", text)
	}
	return nil
}
