package vocabulary_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func TestRulebookIsChecked(t *testing.T) {
	valid := review.Exception{Member: ref("user:dev@example.com"), Reason: "the team is small", Until: now}
	without := func(change func(*review.Exception)) review.RuleSetting {
		exception := valid
		change(&exception)
		return review.RuleSetting{Exceptions: []review.Exception{exception}}
	}
	tests := map[string]struct {
		rule    string
		setting review.RuleSetting
		want    string
	}{
		"fine":         {"submit-and-approve", review.RuleSetting{Severity: review.Deny, Exceptions: []review.Exception{valid}}, ""},
		"no such rule": {"submit-approve", review.RuleSetting{}, `there is no rule "submit-approve"; did you mean "submit-and-approve"?`},
		"no such severity": {
			"submit-and-approve",
			review.RuleSetting{Severity: "error"},
			`rule submit-and-approve: "error" is no severity; valid are "deny", "warn" and "ignore"`,
		},
		"no such parameter": {"old-token", review.RuleSetting{Parameters: map[string]int{"weeks": 3}}, `rule old-token: it has no parameter "weeks"; there is days`},
		"no sensible value": {
			"old-token",
			review.RuleSetting{Parameters: map[string]int{"days": 0}},
			`rule old-token: parameter days is 0 and must be at least 1`,
		},
		"no reason": {
			"submit-and-approve", without(func(e *review.Exception) { e.Reason = "" }),
			`rule submit-and-approve: exception 1: it needs a reason`,
		},
		"no end": {
			"submit-and-approve", without(func(e *review.Exception) { e.Until = day(1, 1, 1) }),
			`rule submit-and-approve: exception 1: it needs an end date`,
		},
		"no subject": {
			"submit-and-approve", without(func(e *review.Exception) { e.Member.Kind, e.Member.Key = "", "" }),
			`rule submit-and-approve: exception 1: it names neither a member nor a place; to switch the rule off, ignore it`,
		},
		"subject out of place": {
			"few-global-administrators",
			review.RuleSetting{Exceptions: []review.Exception{valid}},
			`rule few-global-administrators: exception 1: it names a subject, and the rule is about the organization as a whole`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rulebook := review.Rulebook{Catalogue: vocabulary.Rules, Now: now, Rules: map[string]review.RuleSetting{test.rule: test.setting}}
			_, err := review.Review(soundOrganization(), rulebook)
			if got := errorText(err); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	if _, err := review.Review(soundOrganization(), review.Rulebook{Catalogue: vocabulary.Rules}); err == nil {
		t.Error("a review at no time is accepted")
	}
}

func TestRulebookReportsAllProblems(t *testing.T) {
	settings := map[string]review.RuleSetting{"nonsense": {}, "old-token": {Exceptions: []review.Exception{{}}}}
	err := review.Rulebook{Catalogue: vocabulary.Rules, Rules: settings}.Validate()
	if lines := strings.Split(errorText(err), "\n"); len(lines) != 5 {
		t.Errorf("got %q", lines)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestSeverityOfARuleCanBeSet(t *testing.T) {
	org := soundOrganization(grant(releaseApprovers, "ci_user:acme-test"), requiredApprovals(5))
	if report := findings(t, org, nil); !report.Denied() || report.Findings[0].Rule != "approval-quorum" || report.Findings[1].Severity != review.Warn {
		t.Errorf("what denies comes first: %q", sentences(report.Findings))
	}
	report := findings(t, org, map[string]review.RuleSetting{"approval-quorum": {Severity: review.Ignore}, "ci-user-approves": {Severity: review.Deny}})
	if len(report.Findings) != 1 || report.Findings[0].Rule != "ci-user-approves" || report.Findings[0].Severity != review.Deny {
		t.Errorf("got %q", sentences(report.Findings))
	}
	report = findings(t, org, map[string]review.RuleSetting{"approval-quorum": {Severity: review.Warn}, "ci-user-approves": {Severity: review.Deny}})
	if report.Findings[0].Rule != "ci-user-approves" {
		t.Errorf("what denies does not come first: %q", sentences(report.Findings))
	}
	report = findings(t, org, map[string]review.RuleSetting{"approval-quorum": {Severity: review.Warn}})
	if report.Denied() {
		t.Errorf("warnings deny: %q", sentences(report.Findings))
	}
}

func TestParametersOfRulesCanBeSet(t *testing.T) {
	tests := map[string]struct {
		rule, parameter string
		fires, quiet    int
		edits           []orgEdit
	}{
		"few":      {"few-global-administrators", "minimum", 3, 2, nil},
		"many":     {"many-global-administrators", "maximum", 1, 2, nil},
		"policies": {"ci-user-many-policies", "maximum", 1, 2, edits(grant(releaseSubmitters, "ci_user:acme-test"))},
		"token":    {"old-token", "days", 13, 14, edits(tokenOf("ci_user:acme-test", now.AddDate(0, 0, -14)))},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			org := soundOrganization(test.edits...)
			for value, want := range map[int]int{test.fires: 1, test.quiet: 0} {
				report := findings(t, org, map[string]review.RuleSetting{test.rule: {Parameters: map[string]int{test.parameter: value}}})
				if got := len(ofRule(report, test.rule)); got != want {
					t.Errorf("with %d, there are %d findings", value, got)
				}
			}
		})
	}
}

// An exception covers nothing but its subjects.
func TestExceptionsCoverOnlyTheirSubjects(t *testing.T) {
	org := soundOrganization(func(org *draft) {
		account(&org.Organization, "user:dev@example.com").ID = "11111111-1111-4111-8111-111111111111"
	}, grant(releaseApprovers, "user:dev@example.com"), grant(releaseSubmitters, "user:dev@example.com"))
	tests := map[string]struct {
		exception review.Exception
		covers    bool
	}{
		"member":                {memberException("user:dev@example.com"), true},
		"member by id":          {memberException("user:11111111-1111-4111-8111-111111111111"), true},
		"another member":        {memberException("user:lead@example.com"), false},
		"project":               {review.Exception{Place: access.PlaceOf("acme")}, true},
		"another project":       {review.Exception{Place: access.PlaceOf("beta")}, false},
		"policy":                {releaseException, true},
		"another policy":        {review.Exception{Place: access.PlaceOf("acme", "test-signing")}, false},
		"member elsewhere":      {review.Exception{Member: ref("user:dev@example.com"), Place: access.PlaceOf("beta")}, false},
		"another at the policy": {review.Exception{Member: ref("user:lead@example.com"), Place: access.PlaceOf("acme")}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.exception.Reason, test.exception.Until = "the team is small", now
			report := findings(t, org, map[string]review.RuleSetting{"submit-and-approve": {Exceptions: []review.Exception{test.exception}}})
			if covered := len(ofRule(report, "submit-and-approve")) == 0; covered != test.covers {
				t.Errorf("the finding is covered: %t", covered)
			}
		})
	}
}

// A finding that has no place is not covered by an exception for a project.
func TestExceptionForAProjectCoversNoRole(t *testing.T) {
	org := soundOrganization(role("user:dev@example.com", "UserAdministrator"))
	exception := review.Exception{Place: access.PlaceOf("acme"), Reason: "the team is small", Until: now}
	report := findings(t, org, map[string]review.RuleSetting{"user-administrator": {Exceptions: []review.Exception{exception}}})
	if len(ofRule(report, "user-administrator")) != 1 {
		t.Error("the exception for a project covers a role in the organization")
	}
}

func TestCompare(t *testing.T) {
	before := findings(t, soundOrganization(requiredApprovals(4), grant(releaseApprovers, "ci_user:acme-test")), nil)
	after := findings(t, soundOrganization(requiredApprovals(9), role("user:dev@example.com", "UserAdministrator")), nil)
	c := review.Compare(before.Findings, after.Findings)
	rules := func(findings []review.Finding) []string {
		var ids []string
		for _, f := range findings {
			ids = append(ids, f.Rule)
		}
		return ids
	}
	if got, want := rules(c.Introduced), []string{"approval-quorum", "user-administrator"}; !slices.Equal(got, want) {
		t.Errorf("introduced are %q", got)
	}
	if got, want := rules(c.Resolved), []string{"approval-quorum-no-spare", "ci-user-approves"}; !slices.Equal(got, want) {
		t.Errorf("resolved are %q", got)
	}
	later := findings(t, soundOrganization(requiredApprovals(8)), nil)
	// The sentence counts another number, and it is the same finding.
	if c := review.Compare(after.Findings, later.Findings); len(c.Left) != 1 || c.Left[0].Sentence != later.Findings[0].Sentence || len(c.Introduced) > 0 {
		t.Errorf("got %+v", c)
	}
}

// Fingerprints are kept outside of this program, so they must not change.
func TestFingerprintsAreStable(t *testing.T) {
	finding := theFinding(t, soundOrganization(grant(releaseApprovers, "ci_user:acme-test")), "ci-user-approves",
		"ci_user:acme-test can approve acme/release-signing.")
	if got := finding.Fingerprint(); got != "cc245c85e9d7496b5d9538420aa0828b" {
		t.Errorf("got %s", got)
	}
	finding.Principals = append(finding.Principals, ref("user:DEV@example.com"))
	capitals := finding.Fingerprint()
	finding.Principals[1] = ref("user:dev@example.com")
	if finding.Fingerprint() != capitals {
		t.Error("the case of an e-mail makes another fingerprint")
	}
	subjects := map[string]string{}
	for _, c := range ruleCases {
		for _, finding := range findings(t, soundOrganization(c.direct...), nil).Findings {
			subject := fmt.Sprint(finding.Rule, finding.Principals, finding.Places)
			if other, ok := subjects[finding.Fingerprint()]; ok && other != subject {
				t.Errorf("%s has the fingerprint of %s", subject, other)
			}
			subjects[finding.Fingerprint()] = subject
		}
	}
}
