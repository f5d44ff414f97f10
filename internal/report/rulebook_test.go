package report_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
)

const rulebook = `
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
	parsed, err := report.ParseRulebook([]byte(rulebook), now)
	must(t, err)
	r, err := report.New(start(t, seed()).read(t, token), parsed, review.Filter{})
	must(t, err)
	if got, want := rules(r), []string{"approval-quorum", "submit-and-approve", "few-global-administrators", "release-without-control", "invited-entry"}; !slices.Equal(got, want) {
		t.Errorf("findings %v, want %v", got, want)
	}
	if r.Findings[1].Severity != review.Deny {
		t.Errorf("severity %s", r.Findings[1].Severity)
	}
	for _, format := range report.Formats() {
		if text := written(t, r, format); !strings.Contains(text, "The only developer") || !strings.Contains(text, "2026-06-15") {
			t.Errorf("%s does not tell the exception", format)
		}
	}
}

func TestRulebookMayBeJSON(t *testing.T) {
	parsed, err := report.ParseRulebook([]byte(`{"rules": {"old-token": {"parameters": {"days": 30}}}}`), now)
	if err != nil || parsed.Rules["old-token"].Parameters["days"] != 30 {
		t.Errorf("rulebook %+v, error %v", parsed, err)
	}
}

func TestRulebookIsStrict(t *testing.T) {
	for document, want := range map[string]string{
		"":                                           "it is empty",
		"rules: {old-token: {sevrity: deny}}":        "sevrity",
		"rules: {old-tokens: {severity: deny}}":      `there is no rule "old-tokens"`,
		"rules: {old-token: {severity: fatal}}":      `"fatal" is no severity`,
		"rules: {old-token: {parameters: {day: 3}}}": `no parameter "day"`,
		"rules: {old-token: {exceptions: [{member: nobody, reason: x, until: 2026-12-31}]}}":    "has no kind",
		"rules: {old-token: {exceptions: [{member: 'ci_user:b', reason: x, until: tomorrow}]}}": `"tomorrow" is no date`,
		"rules: {old-token: {exceptions: [{member: 'ci_user:b', until: 2026-12-31}]}}":          "needs a reason",
		"rules: {old-token: {severity: deny}}\n---\nrules: {}":                                  "behind the first document",
		"rules: {old-token: {severity: deny}, old-token: {severity: warn}}":                     "already defined",
	} {
		if _, err := report.ParseRulebook([]byte(document), now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q in it", document, err, want)
		}
	}
}
