package review

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// FindExpiredExceptions reports what somebody wanted to come back to.
func FindExpiredExceptions(i *Inspection) []Finding {
	var found []Finding
	for _, id := range slices.Sorted(maps.Keys(i.rulebook.Rules)) {
		for _, exception := range i.rulebook.Rules[id].Exceptions {
			if exception.Expired(i.Now()) {
				found = append(found, expiredException(id, exception))
			}
		}
	}
	return found
}

func expiredException(id string, exception Exception) Finding {
	finding := Finding{About: id, Sentence: fmt.Sprintf("The exception of %s from %s ended on %s. Its reason was: %s.",
		exception, id, exception.Until.Format(time.DateOnly), exception.Reason)}
	if exception.Member != (access.Reference{}) {
		finding.Principals = []access.Reference{exception.Member}
	}
	if exception.Place != (access.Place{}) {
		finding.Places = []access.Place{exception.Place}
	}
	return finding
}
