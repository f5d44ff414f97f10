package rulebook

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Weakening says of one rule what lets more pass than by default.
type Weakening struct {
	Rule     string
	Sentence string
}

// laxer says of each parameter whether the rule finds less the greater it is.
var laxer = map[string]bool{"minimum": false, "maximum": true, "days": true}

// Weaker tells in the order of the catalogue what a rulebook lets pass that the rules
// would find by default.
func Weaker(b review.Rulebook) []Weakening {
	found := []Weakening{}
	for _, rule := range b.Catalogue {
		set := b.Rules[rule.ID]
		note := func(format string, args ...any) {
			found = append(found, Weakening{rule.ID, rule.ID + " " + fmt.Sprintf(format, args...) + "."})
		}
		if isMilder(set.Severity, strictest(rule)) {
			note("has the severity %s, and by default %s", set.Severity, strictest(rule))
		}
		for _, parameter := range rule.Parameters {
			value, isSet := set.Parameters[parameter.Name]
			if isSet && value != parameter.Default && (value > parameter.Default) == laxer[parameter.Name] {
				note("has %s: %d, and by default %d", parameter.Name, value, parameter.Default)
			}
		}
		for _, exception := range set.Exceptions {
			if isOver := !b.Now.Before(exception.Until.AddDate(0, 0, 1)); isOver {
				continue
			}
			note("has an exception for %s until %s: %s", exception, exception.Until.Format(time.DateOnly), strings.TrimSuffix(exception.Reason, "."))
		}
	}
	return found
}

// strictest is the severity of a rule by default, where it judges what a plan introduces.
func strictest(rule review.Rule) review.Severity {
	if isMilder(rule.Severity, rule.Introduced) {
		return rule.Introduced
	}
	return rule.Severity
}

// isMilder is false where one of the two is not set.
func isMilder(severity, than review.Severity) bool {
	ranks := []review.Severity{review.Deny, review.Warn, review.Ignore}
	return than != "" && slices.Index(ranks, severity) > slices.Index(ranks, than)
}
