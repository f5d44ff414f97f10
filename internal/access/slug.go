package access

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

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
