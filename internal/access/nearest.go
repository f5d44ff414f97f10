package access

import (
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest returns the name that the wanted one may be a slip of: it differs from it, in no
// more than a third of its letters. It is empty if there is none.
func Nearest(wanted string, names []string) string {
	nearest, least := "", max(2, len(wanted)/3)+1
	for _, name := range names {
		if distance := levenshtein.Distance(strings.ToLower(wanted), strings.ToLower(name), nil); name != wanted && distance < least {
			nearest, least = name, distance
		}
	}
	return nearest
}
