package baseline

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Rule judges a baseline.
type Rule struct {
	// Rule has what stands in every catalogue. Its Find is nil, because that judges an
	// organization.
	review.Rule
	// Note is true where a finding is only told, and nobody has to act on it, unless the
	// settings of the rule say otherwise.
	Note bool
	// Judge does the work. Rule, severity, advice and source are filled in. It is nil for rules
	// about attestations; see [Verdict].
	Judge func(*Inspection) []review.Finding
}

// A Catalogue is all rules of a vendor, in the order of reports.
type Catalogue []Rule

// Settings change rules, by id.
type Settings map[string]review.RuleSetting

// rules are the catalogue as a review knows it.
func (c Catalogue) rules() review.Catalogue {
	rules := make(review.Catalogue, len(c))
	for i, rule := range c {
		rules[i] = rule.Rule
	}
	return rules
}

// ByID finds one rule.
func (c Catalogue) ByID(id string) (Rule, bool) {
	i := slices.IndexFunc(c, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return c[i], true
}

// Check reports everything that is wrong with settings.
func (c Catalogue) Check(settings Settings) error {
	// What is checked does not depend on the time.
	problems := []error{review.Rulebook{Catalogue: c.rules(), Now: time.Unix(0, 0), Rules: settings}.Validate()}
	for _, id := range slices.Sorted(maps.Keys(settings)) {
		if len(settings[id].Exceptions) > 0 {
			problems = append(problems, fmt.Errorf("rule %s: a baseline has no exceptions, because they end, and what a plan says would change with the day", id))
		}
	}
	return errors.Join(problems...)
}

// SeverityOf returns what a finding of the rule leads to.
func (c Catalogue) SeverityOf(id string, settings Settings) review.Severity {
	if set := settings[id].Severity; set != "" {
		return set
	}
	rule, _ := c.ByID(id)
	return rule.Severity
}

// A Finding is one thing that a rule has to say of a baseline.
type Finding struct {
	review.Finding
	// Note is true where nobody has to act.
	Note bool
}

// Wishes are what people say of a baseline beside it, for rules that cannot know it.
type Wishes struct {
	// Needs are the permissions that a principal needs, by its reference.
	Needs map[access.Reference][]access.Permission
	// Separate are permissions that must not meet in one principal at one place.
	Separate [][2]access.Permission
}

// An Inspection is a baseline under review.
type Inspection struct {
	Baseline
	Wishes Wishes

	rule     Rule
	settings Settings
}

// Parameter returns the value of a parameter of the rule that judges.
func (i *Inspection) Parameter(name string) int {
	if value, ok := i.settings[i.rule.ID].Parameters[name]; ok {
		return value
	}
	for _, p := range i.rule.Parameters {
		if p.Name == name {
			return p.Default
		}
	}
	return 0
}

// Review judges the baseline. The findings are in order: what denies before what warns, and
// that before notes, then as the catalogue has it.
func (b Baseline) Review(settings Settings, wishes Wishes) []Finding {
	i := &Inspection{Baseline: b, Wishes: wishes, settings: settings}
	var all []Finding
	for _, rule := range b.Model.Rules {
		if rule.Judge == nil || b.Model.Rules.SeverityOf(rule.ID, settings) == review.Ignore {
			continue
		}
		i.rule = rule
		found := rule.Judge(i)
		slices.SortStableFunc(found, func(x, y review.Finding) int {
			if places := slices.CompareFunc(x.Places, y.Places, access.Place.Compare); places != 0 {
				return places
			}
			return slices.CompareFunc(x.Principals, y.Principals, access.Reference.Compare)
		})
		for _, finding := range found {
			all = append(all, b.Model.Rules.complete(rule, finding, settings))
		}
	}
	slices.SortStableFunc(all, func(x, y Finding) int { return rank(x.Severity, x.Note) - rank(y.Severity, y.Note) })
	return all
}

func (c Catalogue) complete(rule Rule, finding review.Finding, settings Settings) Finding {
	finding.Rule, finding.Severity = rule.ID, c.SeverityOf(rule.ID, settings)
	finding.Summary, finding.Advice, finding.Source, finding.Evidence = rule.Summary, rule.Advice, rule.Source, rule.Evidence
	return Finding{Finding: finding, Note: rule.Note && settings[rule.ID].Severity == ""}
}

// rank orders findings: what denies, what warns, what is only told.
func rank(severity review.Severity, note bool) int {
	switch {
	case severity == review.Deny:
		return 0
	case note:
		return 2
	}
	return 1
}

// String is the finding in one line.
func (f Finding) String() string {
	word := string(f.Severity)
	if f.Note {
		word = "note"
	}
	return fmt.Sprintf("%s (%s): %s", f.Rule, word, f.Sentence)
}

// About makes a finding of one grant.
func About(g access.Grant, about, format string, args ...any) review.Finding {
	return review.Finding{
		Principals: []access.Reference{g.Principal}, Places: []access.Place{g.Place}, About: about, Sentence: fmt.Sprintf(format, args...),
	}
}
