package review

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Report is the outcome of a review.
type Report struct {
	// Findings are what is to be looked at, ordered by severity, rule and subject.
	Findings []Finding
	// Excepted are the findings that an exception lets pass.
	Excepted []ExceptedFinding
	// nobody has why exceptions are of nobody, by whom they name.
	nobody map[access.Reference]error
}

// An ExceptedFinding is one that an exception covers.
type ExceptedFinding struct {
	Finding
	Exception Exception
}

// Denied tells whether any finding denies.
func (r Report) Denied() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == Deny })
}

// Review judges an organization. The error says what is wrong with the rulebook.
func Review(org Organization, rulebook Rulebook) (Report, error) {
	if err := rulebook.Validate(); err != nil {
		return Report{}, err
	}
	a := analyze(org)
	report := Report{nobody: rulebook.nobody(a.roster)}
	for position, rule := range rulebook.Catalogue {
		severity := rulebook.severity(rule)
		if severity == Ignore || rule.Find == nil {
			continue
		}
		for _, finding := range rule.Find(&Inspection{analysis: a, rulebook: rulebook, rule: rule}) {
			finding.Rule, finding.Severity, finding.Advice = rule.ID, severity, rule.Advice
			finding.Summary, finding.Source, finding.Evidence, finding.position = rule.Summary, rule.Source, rule.Evidence, position
			report.add(finding, rulebook, a.roster)
		}
	}
	slices.SortStableFunc(report.Findings, compareFindings)
	slices.SortStableFunc(report.Excepted, func(a, b ExceptedFinding) int { return compareFindings(a.Finding, b.Finding) })
	return report, nil
}

func (r *Report) add(finding Finding, rulebook Rulebook, roster *roster) {
	for _, principal := range finding.Principals {
		finding.keys = append(finding.keys, roster.lasting(principal))
	}
	for _, exception := range rulebook.Rules[finding.Rule].Exceptions {
		if !exception.Expired(rulebook.Now) && exception.covers(finding, roster) {
			r.Excepted = append(r.Excepted, ExceptedFinding{finding, exception})
			return
		}
	}
	r.Findings = append(r.Findings, finding)
}
