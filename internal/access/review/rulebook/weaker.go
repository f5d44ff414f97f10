package rulebook

import (
	"fmt"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Weakening says of one rule what lets more pass than by default.
type Weakening struct {
	Rule     string
	Sentence string
}

// Weaker tells in the order of the catalogue what a rulebook lets pass that the rules
// would find by default.
func Weaker(b review.Rulebook) []Weakening {
	found := []Weakening{}
	for _, rule := range b.Catalogue {
		set := b.Rules[rule.ID]
		note := func(format string, args ...any) {
			found = append(found, Weakening{rule.ID, rule.ID + " " + fmt.Sprintf(format, args...) + "."})
		}
		if set.Severity.IsMilderThan(strictest(rule)) {
			note("has the severity %s, and by default %s", set.Severity, strictest(rule))
		}
		for _, parameter := range rule.Parameters {
			value, isSet := set.Parameters[parameter.Name]
			if isSet && value != parameter.Default && (value > parameter.Default) == parameter.MoreIsLaxer {
				note("has %s: %d, and by default %d", parameter.Name, value, parameter.Default)
			}
		}
		for _, exception := range set.Exceptions {
			if exception.Expired(b.Now) {
				continue
			}
			note("has an exception for %s until %s: %s", exception, exception.Until.Format(time.DateOnly), strings.TrimSuffix(exception.Reason, "."))
		}
	}
	return found
}

// strictest is the severity of a rule by default, where it judges what a plan introduces.
func strictest(rule review.Rule) review.Severity {
	if rule.Severity.IsMilderThan(rule.Introduced) {
		return rule.Introduced
	}
	return rule.Severity
}
