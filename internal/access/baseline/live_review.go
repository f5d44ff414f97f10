package baseline

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// A LiveFinding is one thing that a rule has to say of what a vendor's API shows.
type LiveFinding struct {
	Rule     string
	Severity review.Severity
	// Note is true where nobody has to act.
	Note bool
	// Subject is what it is about, as the vendor's room names such things: the key of a place, or an id.
	Subject  string
	Sentence string
	Advice   string
}

// Word is what people are told of the severity: "note" where nobody has to act.
func (f LiveFinding) Word() string {
	if f.Note {
		return "note"
	}
	return string(f.Severity)
}

// A LiveReport is what a comparison of a baseline with a vendor's API tells. That API shows little of
// who has access, so it says what it cannot see as well.
type LiveReport struct {
	// Findings are in order: what denies before what warns, and that before notes, then as the rules are.
	Findings []LiveFinding
	// Gaps are sentences on what should have been compared and could not be.
	Gaps []string
	// CannotSee are sentences on what no comparison of this kind can see.
	CannotSee []string
}

// Complete tells whether everything was compared that a comparison of this kind can compare.
func (r LiveReport) Complete() bool { return len(r.Gaps) == 0 }

// DayIsOfUTC says which day is meant where something is told since the day of an attestation, which has
// no zone. Every such comparison has it among what it cannot see.
const DayIsOfUTC = "What happened after somebody looked and before that day began in UTC, where they are east of Greenwich: what is told since the day of the attestation is told since its midnight in UTC."

// InUTC is the attestation with a day that has begun in UTC, where its own has begun in the east alone.
func (a Attestation) InUTC(now time.Time) Attestation {
	a.On = min(a.On, DayOf(now))
	return a
}

// A LiveReviewer collects what a comparison tells. What is not known makes no rule fire; it is a gap.
type LiveReviewer struct {
	Rules    Catalogue
	Settings Settings
	report   LiveReport
}

// Find adds what a rule has to say of a subject, unless the rule is ignored.
func (r *LiveReviewer) Find(id, subject, format string, args ...any) {
	severity := r.Rules.SeverityOf(id, r.Settings)
	if severity == review.Ignore {
		return
	}
	rule, _ := r.Rules.ByID(id)
	r.report.Findings = append(r.report.Findings, LiveFinding{
		Rule: id, Severity: severity, Note: rule.Note && r.Settings[id].Severity == "",
		Subject: subject, Sentence: text.Visible(fmt.Sprintf(format, args...)), Advice: rule.Advice,
	})
}

// Gap adds what could not be compared.
func (r *LiveReviewer) Gap(format string, args ...any) {
	r.report.Gaps = append(r.report.Gaps, text.Visible(fmt.Sprintf(format, args...)))
}

// Report ends the comparison.
func (r *LiveReviewer) Report(cannotSee ...string) LiveReport {
	position := func(id string) int {
		return slices.IndexFunc(r.Rules, func(rule Rule) bool { return rule.ID == id })
	}
	slices.SortStableFunc(r.report.Findings, func(a, b LiveFinding) int {
		return cmp.Or(cmp.Compare(rank(a.Severity, a.Note), rank(b.Severity, b.Note)), cmp.Compare(position(a.Rule), position(b.Rule)))
	})
	r.report.CannotSee = cannotSee
	return r.report
}
