package review

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// Severity is what a finding of a rule leads to.
type Severity string

const (
	// Deny is for what must not be: a plan with it should not be applied.
	Deny Severity = "deny"
	// Warn is for what somebody should look at.
	Warn Severity = "warn"
	// Ignore switches a rule off.
	Ignore Severity = "ignore"
)

// IsMilderThan compares two severities. It is false where one of them is not set.
func (s Severity) IsMilderThan(other Severity) bool { return other != "" && s.rank() > other.rank() }

func (s Severity) rank() int { return slices.Index([]Severity{Deny, Warn, Ignore}, s) }

// A Rulebook says how the rules of a catalogue apply. Without settings each applies by its
// defaults.
type Rulebook struct {
	// Catalogue has the rules.
	Catalogue Catalogue
	// Now is when the review takes place.
	Now time.Time
	// Rules are the settings of rules, by id.
	Rules map[string]RuleSetting
}

// A RuleSetting changes one rule.
type RuleSetting struct {
	// Severity replaces the rule's; empty keeps it.
	Severity Severity
	// Parameters replace those of the rule, by name.
	Parameters map[string]int
	Exceptions []Exception
}

// An Exception lets findings of one rule pass for a time. It covers a finding if
// each subject that it names is the finding's.
type Exception struct {
	// Member is a principal that the finding is about; the zero value is any. An
	// exception names a member or a place, unless the rule is about the
	// organization as a whole.
	Member access.Reference
	// Place is where the finding is; the zero value is anywhere. A finding about several
	// places is covered only if all of them are.
	Place access.Place
	// Reason says why. It is required.
	Reason string
	// Until is the last day on which the exception counts. It is required.
	Until time.Time
}

// Validate reports everything that is wrong with the rulebook.
func (b Rulebook) Validate() error {
	if len(b.Catalogue) == 0 {
		return errors.New("the rulebook has no rules to apply")
	}
	var problems []error
	if b.Now.IsZero() {
		problems = append(problems, errors.New("the rulebook does not say when the review takes place"))
	}
	for _, id := range slices.Sorted(maps.Keys(b.Rules)) {
		rule, ok := b.Catalogue.ByID(id)
		if !ok {
			problems = append(problems, fmt.Errorf("there is no rule %q; %s", id, meant(id, b.Catalogue.IDs())))
			continue
		}
		if err := b.Rules[id].validate(rule); err != nil {
			problems = append(problems, fmt.Errorf("rule %s: %w", id, err))
		}
	}
	return errors.Join(problems...)
}

// meant says what somebody may have meant by a name that is none of those there are.
func meant(name string, names []string) string {
	switch near := access.Meant(name, names); {
	case near != "":
		return fmt.Sprintf("did you mean %q?", near)
	case len(names) == 0:
		return "there is none"
	}
	return "there is " + strings.Join(names, ", ")
}

func (s RuleSetting) validate(rule Rule) error {
	var problems []error
	if s.Severity != "" && s.Severity.rank() < 0 {
		problems = append(problems, fmt.Errorf("%q is no severity; valid are %q, %q and %q", s.Severity, Deny, Warn, Ignore))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Parameters)) {
		if _, ok := rule.parameter(name); !ok {
			problems = append(problems, fmt.Errorf("it has no parameter %q; %s", name, meant(name, rule.parameterNames())))
		} else if s.Parameters[name] < 1 {
			problems = append(problems, fmt.Errorf("parameter %s is %d and must be at least 1", name, s.Parameters[name]))
		}
	}
	for i, exception := range s.Exceptions {
		if err := exception.validate(rule); err != nil {
			problems = append(problems, fmt.Errorf("exception %d: %w", i+1, err))
		}
	}
	return errors.Join(problems...)
}

func (e Exception) validate(rule Rule) error {
	var problems []error
	if e.Reason == "" {
		problems = append(problems, errors.New("it needs a reason"))
	}
	if e.Until.IsZero() {
		problems = append(problems, errors.New("it needs an end date"))
	}
	switch named := e.Member != (access.Reference{}) || e.Place != (access.Place{}); {
	case named && rule.OfOrganization:
		problems = append(problems, errors.New("it names a subject, and the rule is about the organization as a whole"))
	case !named && !rule.OfOrganization:
		// It would be a way to switch the rule off unseen.
		problems = append(problems, errors.New("it names neither a member nor a place; to switch the rule off, ignore it"))
	}
	return errors.Join(problems...)
}

// Expired tells whether the last day is over, where Until is.
func (e Exception) Expired(now time.Time) bool {
	year, month, day := e.Until.Date()
	return !now.Before(time.Date(year, month, day+1, 0, 0, 0, 0, e.Until.Location()))
}

// covers tells whether the exception is about the finding.
func (e Exception) covers(finding Finding, roster *roster) bool {
	if e.Member != (access.Reference{}) && !slices.ContainsFunc(finding.Principals, func(p access.Reference) bool { return roster.same(p, e.Member) }) {
		return false
	}
	if e.Place == (access.Place{}) {
		return true
	}
	for _, place := range finding.Places {
		if !e.Place.Contains(place) {
			return false
		}
	}
	return len(finding.Places) > 0
}

// Unmatched tells in the order of the catalogue which exceptions are about no finding of any
// of the reviews: whom or what they name may be misspelled, or in order by now. Those that
// have ended are findings themselves.
func (b Rulebook) Unmatched(reports ...Report) []string {
	found := []string{}
	for _, rule := range b.Catalogue {
		set := b.Rules[rule.ID]
		for _, exception := range set.Exceptions {
			isUsed := slices.ContainsFunc(reports, func(r Report) bool {
				return slices.ContainsFunc(r.Excepted, func(f ExceptedFinding) bool { return f.Rule == rule.ID && f.Exception == exception })
			})
			if !isUsed && !exception.Expired(b.Now) && set.Severity != Ignore {
				found = append(found, fmt.Sprintf("The exception of %s from %s matches nothing%s.", exception, rule.ID, whyNobody(exception, reports)))
			}
		}
	}
	return found
}

// whyNobody says that the exception names nobody of any of the reviews, and who may be meant.
func whyNobody(exception Exception, reports []Report) string {
	why := ""
	for _, report := range reports {
		err, isNobody := report.nobody[exception.Member]
		if !isNobody {
			return ""
		}
		why = ": " + strings.TrimSuffix(err.Error(), "?")
	}
	return why
}

// nobody returns why exceptions name nobody in the roster. Of one that is a part, nothing is known.
func (b Rulebook) nobody(roster *roster) map[access.Reference]error {
	found := map[access.Reference]error{}
	for _, set := range b.Rules {
		for _, exception := range set.Exceptions {
			var notFound *access.NotFoundError
			if exception.Member.Kind == "" || exception.Member.Kind == access.KindUnknown || roster.incomplete {
				continue
			}
			if _, err := roster.directory.Resolve(exception.Member); errors.As(err, &notFound) {
				found[exception.Member] = notFound
			}
		}
	}
	return found
}

// String names the subjects of the exception.
func (e Exception) String() string {
	switch {
	case e.Member == (access.Reference{}):
		return e.Place.String()
	case e.Place == access.Place{}:
		return e.Member.String()
	}
	return e.Member.String() + " at " + e.Place.String()
}

// Ignored returns the ids of the rules that are switched off, in the order of the
// catalogue.
func (b Rulebook) Ignored() []string {
	return slices.DeleteFunc(b.Catalogue.IDs(), func(id string) bool { return b.Rules[id].Severity != Ignore })
}

// SwitchedOff says in a sentence which rules did not judge, or nothing if all did.
func SwitchedOff(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return "Rules that are switched off: " + strings.Join(ids, ", ") + "."
}

// AsIntroduced returns findings that a plan newly introduces against the live
// organization, with the severity that they then have, in the order of reports.
func (b Rulebook) AsIntroduced(found []Finding) []Finding {
	found = slices.Clone(found)
	for i, finding := range found {
		rule, _ := b.Catalogue.ByID(finding.Rule)
		if rule.Introduced != "" && b.Rules[rule.ID].Severity == "" {
			found[i].Severity = rule.Introduced
		}
	}
	slices.SortStableFunc(found, compareFindings)
	return found
}

func (b Rulebook) severity(rule Rule) Severity {
	if set := b.Rules[rule.ID].Severity; set != "" {
		return set
	}
	return rule.Severity
}
