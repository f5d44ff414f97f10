package vocabulary

import (
	"fmt"
	"strings"
)

// notInSlug are characters that would make another URL of that of an object.
const notInSlug = "/\\ \t\r\n?#%"

// CheckSlug refuses what cannot be the slug of a project or signing policy: one
// segment of a URL. SignPath's exact rule is not documented; dots, underscores
// and upper case occur in its examples.
func CheckSlug(text string) error {
	if text != "" && text != "." && text != ".." && !strings.ContainsAny(text, notInSlug) {
		return nil
	}
	meant := ""
	if slug := slugOf(text); slug != "" {
		meant = fmt.Sprintf("; did you mean %q?", slug)
	}
	return fmt.Errorf("%q is not a slug. "+
		"A slug is the last part of the object's web address in SignPath, such as \"release-signing\"; it is not the display name%s", text, meant)
}

// slugOf is what the slug may be where somebody wrote an address or a display name. How SignPath
// makes slugs of names is not documented, so it is no more than a suggestion.
func slugOf(text string) string {
	text = strings.Trim(text, notInSlug)
	text = text[strings.LastIndexAny(text, "/\\")+1:]
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(notInSlug, r) })
	return strings.Trim(strings.Join(words, "-"), ".-")
}
