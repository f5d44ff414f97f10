package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
)

// A Report is the access matrix and the findings of one organization.
type Report struct {
	Survey *survey.Survey
	// Day is when the review took place: without a time, so that reports of one day
	// differ only where the organization does.
	Day string
	// Findings are what is to be looked at, what denies first.
	Findings []review.Finding
	// Excepted are the findings that an exception of the rulebook lets pass.
	Excepted []review.ExceptedFinding
	// Ignored are the ids of the rules that the rulebook switches off: what they would
	// have found is nowhere in the report.
	Ignored []string
	// Unmatched says of the exceptions of the rulebook which are about nothing.
	Unmatched []string
	// Attestations are those by which rules judged; nil if there is no file of them.
	Attestations *Attestations
	// Access is who may do what, ordered by place, permission and principal.
	Access []review.Access
	// View is how the text tells the access; empty for what fits the size.
	View View
	// Outside is how many findings the filter leaves out, by severity.
	Outside map[review.Severity]int

	shown *review.Selection
	// origins are nil where the report does not tell since when anybody has access, and appliers
	// are whose changes count as Terraform's.
	origins  evidence.Origins
	appliers []string
}

// Attestations are the file by which the rules about them judged.
type Attestations struct {
	// SHA256 is that of the file, in hexadecimal digits.
	SHA256 string `json:"sha256"`
	// Number is how many statements it has.
	Number int `json:"number"`
}

// New reviews what was surveyed by the rulebook and keeps what the filter shows.
func New(found *survey.Survey, rulebook review.Rulebook, filter review.Filter) (*Report, error) {
	shown, err := filter.On(found.Organization)
	if err != nil {
		return nil, err
	}
	outcome, err := review.Review(found.Organization, rulebook)
	if err != nil {
		return nil, fmt.Errorf("the rules do not hold: %w", err)
	}
	unmatched := rulebook.Unmatched(outcome)
	outside := map[review.Severity]int{}
	for _, finding := range outcome.Findings {
		outside[finding.Severity]++
	}
	outcome = shown.Report(outcome)
	for _, finding := range outcome.Findings {
		outside[finding.Severity]--
	}
	return &Report{
		Survey: found, Day: rulebook.Now.Format(time.DateOnly), shown: shown,
		Findings: outcome.Findings, Excepted: outcome.Excepted, Ignored: rulebook.Ignored(), Unmatched: unmatched,
		Outside: outside, Access: shown.Access(review.Effective(found.Organization)),
	}, nil
}

// Has tells whether there is a finding of the severity, or of a worse one.
func (r *Report) Has(severity review.Severity) bool {
	return slices.ContainsFunc(r.Findings, func(f review.Finding) bool {
		return f.Severity == severity || f.Severity == review.Deny
	})
}

// A Count is a number of things of one kind.
type Count struct {
	What   string `json:"what"`
	Number int    `json:"number"`
}

// findingCounts is how many of the counts are of findings. They come first.
const findingCounts = 3

// Counts returns how much there is of everything: in the organization, and in this
// report as it was filtered.
func (r *Report) Counts() []Count {
	counts := []Count{
		{"findings that deny", r.count(review.Deny)},
		{"findings that warn", r.count(review.Warn)},
		{"findings with an exception", len(r.Excepted)},
	}
	// What is not of the filtered part says so.
	ofAll := ""
	if !r.shown.IsWhole() {
		ofAll = " in the whole organization"
	}
	for _, kind := range access.Kinds() {
		counts = append(counts, Count{kind.Noun() + "s" + ofAll, len(r.Survey.Directory.All(kind))})
	}
	for _, kind := range r.vocabulary().Places {
		counts = append(counts, Count{kind.Plural + ofAll, len(r.Survey.Organization.PlacesOf(kind.Key))})
	}
	shown := r.permissions()
	for _, permission := range r.vocabulary().Permissions {
		// A zero would speak of what the filter leaves out, such as who administrates.
		if r.shown.IsWhole() || slices.Contains(shown, permission.Permission) {
			counts = append(counts, Count{"principals with " + permission.Noun, r.holders(permission.Permission)})
		}
	}
	return counts
}

func (r *Report) count(severity review.Severity) int {
	n := 0
	for _, finding := range r.Findings {
		if finding.Severity == severity {
			n++
		}
	}
	return n
}

// holders counts who has the permission somewhere, and can use it now.
func (r *Report) holders(permission access.Permission) int {
	holders := map[access.Reference]bool{}
	for _, row := range r.Access {
		if row.Permission == permission && row.InForce() {
			holders[row.Principal] = true
		}
	}
	return len(holders)
}

// nameOf returns the display name behind a reference, where it says more.
func (r *Report) nameOf(reference access.Reference) string {
	p, err := r.Survey.Directory.Find(reference)
	if err != nil || strings.EqualFold(p.Name, reference.Key) {
		return ""
	}
	return p.Name
}

func (r *Report) vocabulary() *access.Vocabulary { return r.Survey.Organization.Vocabulary }
