package report_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review/rulebook"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

const someRules = `
rules:
  submit-and-approve:
    severity: deny
  inactive-entry:
    severity: ignore
  few-global-administrators:
    parameters: {minimum: 3}
  approver-configures:
    exceptions:
      - member: user:dev.lead@example.com
        project: app
        signing_policy: release-signing
        reason: The only developer
        until: 2026-06-15
`

func TestRulebookChangesRules(t *testing.T) {
	parsed, err := rulebook.Reader{Vocabulary: vocabulary.SignPath, Catalogue: vocabulary.Rules}.Parse([]byte(someRules), now)
	must(t, err)
	r, err := report.New(start(t, seed()).read(t, token), parsed, review.Filter{})
	must(t, err)
	want := []string{"approval-quorum", "submit-and-approve", "few-global-administrators", "release-without-control", "invited-entry"}
	if got := rules(r); !slices.Equal(got, want) {
		t.Errorf("findings %v, want %v", got, want)
	}
	if r.Findings[1].Severity != review.Deny {
		t.Errorf("severity %s", r.Findings[1].Severity)
	}
	for _, format := range report.Formats() {
		text := written(t, r, format)
		if !strings.Contains(text, "The only developer") || !strings.Contains(text, "2026-06-15") {
			t.Errorf("%s does not tell the exception", format)
		}
		if !strings.Contains(text, "inactive-entry") {
			t.Errorf("%s does not tell the rule that is switched off", format)
		}
	}
	for _, format := range report.Formats() {
		if text := written(t, reviewed(t, r.Survey, review.Filter{}), format); strings.Contains(text, "switched off") {
			t.Errorf("%s tells of a rule that is switched off, and there is none", format)
		}
	}
}

// TestExceptionOfNobody has an exception for somebody whose name is misspelled.
func TestExceptionOfNobody(t *testing.T) {
	parsed, err := rulebook.Reader{Vocabulary: vocabulary.SignPath, Catalogue: vocabulary.Rules}.Parse(
		[]byte(strings.Replace(someRules, "dev.lead@", "dev.laed@", 1)), now)
	must(t, err)
	r, err := report.New(start(t, seed()).read(t, token), parsed, review.Filter{})
	must(t, err)
	const want = "The exception of user:dev.laed@example.com at app/release-signing from approver-configures matches nothing: " +
		`the organization has no interactive user "dev.laed@example.com"; did you mean "user:dev.lead@example.com"`
	if len(r.Unmatched) != 1 || !strings.HasPrefix(r.Unmatched[0], want) {
		t.Errorf("it says %q", r.Unmatched)
	}
}
