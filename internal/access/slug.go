package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
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

// NearestSlugs returns the slugs that come close to the wanted one, or all if there
// are few.
func NearestSlugs(wanted string, slugs []string) []string {
	const few = 5
	if len(slugs) <= few {
		return slices.Clone(slugs)
	}
	distance := func(slug string) int {
		return levenshtein.Distance(strings.ToLower(wanted), strings.ToLower(slug), nil)
	}
	near := slices.Clone(slugs)
	slices.SortStableFunc(near, func(a, b string) int { return distance(a) - distance(b) })
	return near[:maxSuggestions]
}
