package vocabulary_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary/vocabularytest"
)

// findings reviews an organization by the defaults, but for the settings.
func findings(t *testing.T, org review.Organization, settings map[string]review.RuleSetting) review.Report {
	t.Helper()
	report, err := review.Review(org, review.Rulebook{Catalogue: vocabulary.Rules, Now: now, Rules: settings})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func ofRule(report review.Report, rule string) []review.Finding {
	return slices.DeleteFunc(slices.Clone(report.Findings), func(f review.Finding) bool { return f.Rule != rule })
}

// theFinding returns the one finding of the rule, or fails.
func theFinding(t *testing.T, org review.Organization, rule, sentence string) review.Finding {
	t.Helper()
	found := ofRule(findings(t, org, nil), rule)
	if len(found) != 1 || found[0].Sentence != sentence {
		t.Fatalf("got  %s\nwant %q", sentences(found), sentence)
	}
	return found[0]
}

func sentences(findings []review.Finding) []string {
	var texts []string
	for _, f := range findings {
		texts = append(texts, f.Rule+": "+f.Sentence)
	}
	return texts
}

func TestASoundOrganizationHasNoFinding(t *testing.T) {
	if found := findings(t, soundOrganization(), nil).Findings; len(found) > 0 {
		t.Errorf("got %q", sentences(found))
	}
}

// expiredException has tests of its own, because it looks at the rulebook and not at
// the organization. So have the rules about plans, and those about attestations.
const expiredException = "expired-exception"

func isApart(rule string) bool {
	_, isOfPlans := review.PlanRules.ByID(rule)
	_, isOfAttestations := review.AttestationRules.ByID(rule)
	return isOfPlans || isOfAttestations || rule == expiredException
}

func TestEveryRuleHasItsCases(t *testing.T) {
	for _, rule := range vocabulary.Rules {
		if isApart(rule.ID) {
			continue
		}
		c, ok := ruleCases[rule.ID]
		if !ok || len(c.direct) == 0 || c.sentence == "" || len(c.quiet) == 0 {
			t.Errorf("rule %s lacks a case in which it fires, or one in which it does not", rule.ID)
		}
		reachable := len(rule.Roles) > 0
		if reachable && (len(c.nested) == 0 || c.nestedSentence == "" || c.nestedWay == "") {
			t.Errorf("rule %s lacks the case in which it fires only through nested groups", rule.ID)
		}
		if !reachable && c.onlyRole == "" {
			t.Errorf("rule %s does not say why no list leads to it", rule.ID)
		}
	}
	for id := range ruleCases {
		if _, ok := vocabulary.Rules.ByID(id); !ok {
			t.Errorf("there are cases for %s, and no such rule", id)
		}
	}
}

func TestRulesFireDirectly(t *testing.T) {
	for id, c := range ruleCases {
		t.Run(id, func(t *testing.T) {
			finding := theFinding(t, soundOrganization(c.direct...), id, c.sentence)
			rule, _ := vocabulary.Rules.ByID(id)
			if finding.Severity != rule.Severity || finding.Advice != rule.Advice {
				t.Errorf("got %+v", finding)
			}
		})
	}
}

func TestRulesFireThroughNestedGroups(t *testing.T) {
	for id, c := range ruleCases {
		if c.onlyRole != "" {
			continue
		}
		t.Run(id, func(t *testing.T) {
			org := soundOrganization(c.nested...)
			finding := theFinding(t, org, id, c.nestedSentence)
			if !slices.ContainsFunc(finding.Reasons, func(r review.Reason) bool { return r.String() == c.nestedWay }) {
				t.Errorf("the reasons are %q", finding.Reasons)
			}
			org.Members[ref("group:Inner")] = entries(c.innerInstead...)
			if found := ofRule(findings(t, org, nil), id); len(found) > 0 {
				t.Errorf("it also fires without the nested membership: %q", sentences(found))
			}
		})
	}
}

func TestRulesKeepQuiet(t *testing.T) {
	for id, c := range ruleCases {
		for name, edits := range c.quiet {
			t.Run(id+"/"+name, func(t *testing.T) {
				if found := ofRule(findings(t, soundOrganization(edits...), nil), id); len(found) > 0 {
					t.Errorf("got %q", sentences(found))
				}
			})
		}
	}
}

// A rule does not fire while a setting that it needs is unknown, and does not care
// for the others.
func TestUnknownSettingsMakeNoRuleFire(t *testing.T) {
	forget := map[review.Setting]func(*vocabularytest.SigningPolicy){
		vocabulary.SettingApprovalProcess:    func(p *vocabularytest.SigningPolicy) { p.UsesApprovalProcess = nil },
		vocabulary.SettingRequiredApprovals:  func(p *vocabularytest.SigningPolicy) { p.RequiredApprovals = nil },
		vocabulary.SettingTrustedBuildSystem: func(p *vocabularytest.SigningPolicy) { p.VerifiesTrustedBuildSystem = nil },
		vocabulary.SettingOriginVerification: func(p *vocabularytest.SigningPolicy) { p.VerifiesOrigin = nil },
	}
	for id, c := range ruleCases {
		rule, _ := vocabulary.Rules.ByID(id)
		for setting, forget := range forget {
			t.Run(id+"/"+string(setting), func(t *testing.T) {
				org := soundDraft(c.direct...)
				forget(release(&org))
				forget(test(&org))
				fires := len(ofRule(findings(t, org.organization(), nil), id)) > 0
				if needs := slices.Contains(rule.Needs, setting); fires == needs {
					t.Errorf("it needs the setting: %t; without it, it fires: %t", needs, fires)
				}
			})
		}
	}
}

func TestExceptionsCountUntilTheirLastDay(t *testing.T) {
	for id, c := range ruleCases {
		t.Run(id, func(t *testing.T) {
			exception := c.exception
			exception.Reason = "the second build server comes in July"
			exception.Until = day(2026, 6, 15)
			org := soundOrganization(c.direct...)
			settings := map[string]review.RuleSetting{id: {Exceptions: []review.Exception{exception}}}
			report := findings(t, org, settings)
			if len(ofRule(report, id)) > 0 || len(report.Excepted) != 1 || report.Excepted[0].Rule != id || report.Excepted[0].Exception != exception {
				t.Errorf("on its last day, the exception leaves %q, and covers %v", sentences(report.Findings), report.Excepted)
			}
			if found := ofRule(report, expiredException); len(found) > 0 {
				t.Errorf("on its last day, the exception has ended: %q", sentences(found))
			}
			settings[id].Exceptions[0].Until = day(2026, 6, 14)
			report = findings(t, org, settings)
			if len(ofRule(report, id)) != 1 || len(report.Excepted) > 0 {
				t.Errorf("on the day after, the exception still covers %v", report.Excepted)
			}
			if len(ofRule(report, expiredException)) != 1 {
				t.Errorf("that the exception has ended is not reported: %q", sentences(report.Findings))
			}
		})
	}
}

func TestExpiredExceptionsAreReported(t *testing.T) {
	settings := map[string]review.RuleSetting{
		"submit-and-approve": {Exceptions: []review.Exception{
			{Member: ref("user:dev@example.com"), Place: access.PlaceOf("acme"), Reason: "the team is small", Until: day(2026, 1, 31)},
			{Place: access.PlaceOf("acme"), Reason: "it is new", Until: day(2026, 12, 31)},
		}},
		"few-global-administrators": {Exceptions: []review.Exception{{Reason: "a deputy is sought", Until: day(2026, 2, 28)}}},
	}
	got := sentences(findings(t, soundOrganization(), settings).Findings)
	want := []string{
		"expired-exception: The exception of the organization from few-global-administrators ended on 2026-02-28. Its reason was: a deputy is sought.",
		"expired-exception: The exception of user:dev@example.com at acme from submit-and-approve ended on 2026-01-31. Its reason was: the team is small.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestCatalogue(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	seen := map[string]bool{}
	denying := []string{}
	for _, rule := range vocabulary.Rules {
		if !kebab.MatchString(rule.ID) || seen[rule.ID] {
			t.Errorf("%q is no id of its own", rule.ID)
		}
		seen[rule.ID] = true
		if rule.Summary == "" || rule.Advice == "" || rule.Source == "" || (rule.Evidence != access.Documented && rule.Evidence != access.Inferred) {
			t.Errorf("%s says too little: %+v", rule.ID, rule)
		}
		if rule.Severity == review.Deny {
			denying = append(denying, rule.ID)
		}
	}
	if want := []string{"approval-quorum", "no-global-administrator", review.UnreadableChange}; !slices.Equal(denying, want) {
		t.Errorf("lockouts, and what nobody can read, alone are denied by default, got %q", denying)
	}
}

// Somebody who is not known may be a submitter, so that the quorum matters.
func TestQuorumWhereSubmittersAreNotKnown(t *testing.T) {
	org := soundDraft(only(releaseApprovers), only(releaseSubmitters))
	release(&org).Submitters.Incomplete = true
	theFinding(t, org.organization(), "approval-quorum", "acme/release-signing requires 2 approvals, and nobody can approve, so no request can be approved.")
	place := access.PlaceOf("acme", "release-signing")
	submitters := []access.Role{vocabulary.Submitters.Role()}
	if !org.organization().MayHold(submitters, place) {
		t.Error("nobody may submit, although not all submitters are known")
	}
	release(&org).Submitters.Incomplete = false
	if org.organization().MayHold(submitters, place) {
		t.Error("somebody may submit, although the list is empty")
	}
}

// What a plan newly introduces against the live organization may be graver than what is
// found, unless the rulebook says how grave it is.
func TestIntroducedFindings(t *testing.T) {
	org := soundOrganization(grant(releaseApprovers, "user:dev@example.com"), grant(releaseSubmitters, "user:dev@example.com"))
	for set, want := range map[review.Severity]review.Severity{"": review.Deny, review.Warn: review.Warn, review.Deny: review.Deny} {
		rulebook := review.Rulebook{Catalogue: vocabulary.Rules, Now: now, Rules: map[string]review.RuleSetting{"submit-and-approve": {Severity: set}}}
		report, err := review.Review(org, rulebook)
		if err != nil {
			t.Fatal(err)
		}
		introduced := rulebook.AsIntroduced(report.Findings)
		found := slices.IndexFunc(introduced, func(f review.Finding) bool { return f.Rule == "submit-and-approve" })
		if found < 0 || introduced[found].Severity != want || want == review.Deny && found != 0 {
			t.Errorf("with severity %q: got %q at %d, want %q", set, introduced[found].Severity, found, want)
		}
		if set == "" && ofRule(report, "submit-and-approve")[0].Severity != review.Warn {
			t.Error("what is there already is graver, too")
		}
	}
}

// Who is invited needs nobody's consent to come, so rules against too much count
// them, and rules against too little do not.
func TestInvitedUsersCountAgainstAndNotFor(t *testing.T) {
	approving := soundOrganization(grant(releaseApprovers, "user:dev@example.com"), grant(releaseSubmitters, "user:dev@example.com"),
		invited("user:dev@example.com"))
	theFinding(t, approving, "submit-and-approve", "user:dev@example.com can both submit to and approve acme/release-signing, once the invitation is accepted.")
	missing := soundOrganization(invited("user:lead@example.com"), invited("user:manager@example.com"))
	theFinding(t, missing, "approval-quorum",
		"acme/release-signing requires 2 approvals, and only 1 user can approve, so no request can be approved: user:officer@example.com.")
}

// A plan may name users of whom it knows nothing else.
func TestUsersBesideAnIncompleteDirectoryAreTakenToBeActive(t *testing.T) {
	org := soundOrganization(grant(releaseApprovers, "user:new@example.com"), grant(releaseSubmitters, "user:new@example.com"))
	if found := ofRule(findings(t, org, nil), "submit-and-approve"); len(found) > 0 {
		t.Errorf("nobody has the name, but got %q", sentences(found))
	}
	org.PrincipalsIncomplete = true
	theFinding(t, org, "submit-and-approve", "user:new@example.com can both submit to and approve acme/release-signing.")
}

func TestGroupOutsideTheDirectoryIsReported(t *testing.T) {
	org := soundOrganization(grant(testSubmitters, "group:Gone"))
	theFinding(t, org, "unidentified-entry", "group:Gone fits no group and is among the submitters of acme/test-signing.")
	org.Members[ref("group:Gone")] = entries("user:dev@example.com")
	if found := ofRule(findings(t, org, nil), "unidentified-entry"); len(found) > 0 {
		t.Errorf("its members are known, but got %q", sentences(found))
	}
}

func TestReleaseAndTestAreToldByWords(t *testing.T) {
	for name, test := range map[string]struct {
		policy vocabulary.SigningPolicy
		fires  bool
	}{
		"slug":             {vocabulary.SigningPolicy{Slug: "release-signing"}, true},
		"slug in capitals": {vocabulary.SigningPolicy{Slug: "Release_Certificate"}, true},
		"name":             {vocabulary.SigningPolicy{Slug: "p", Name: "Signing of releases"}, true},
		"purpose":          {vocabulary.SigningPolicy{Slug: "p", Purpose: "ReleaseSigning"}, true},
		"another word":     {vocabulary.SigningPolicy{Slug: "unreleased", Name: "Released later"}, false},
		"tests":            {vocabulary.SigningPolicy{Slug: "test-signing"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			policy := test.policy
			policy.UsesApprovalProcess, policy.VerifiesOrigin = ptr(false), ptr(false)
			org := soundOrganization(func(org *draft) {
				org.Projects = []vocabularytest.Project{{Slug: "acme", SigningPolicies: []vocabularytest.SigningPolicy{{SigningPolicy: policy}}}}
			})
			if fires := len(ofRule(findings(t, org, nil), "release-without-control")) > 0; fires != test.fires {
				t.Errorf("it fires: %t", fires)
			}
		})
	}
}

func TestOriginVerificationTellsOfTrustedBuildSystems(t *testing.T) {
	org := soundDraft(grant(releaseSubmitters, "user:dev@example.com"), verifiesOrigin)
	release(&org).VerifiesTrustedBuildSystem = nil
	if len(ofRule(findings(t, org.organization(), nil), "interactive-submitter")) != 1 {
		t.Error("origin verification requires trusted build systems, but the interactive submitter is not reported")
	}
}

// One membership is one finding, however many lists it leads to.
func TestEntryInAGroupIsOneFinding(t *testing.T) {
	org := soundOrganization(throughGroups(testSubmitters, "user:owner@example.com"), grant(releaseApprovers, "group:Outer"),
		grant(releaseSubmitters, "group:Inner"), grant(configurators, "group:Inner"), deactivated("user:owner@example.com"))
	finding := theFinding(t, org, "inactive-entry", "user:owner@example.com is deactivated and in group:Inner, and so among the configurators of acme, "+
		"submitters of acme/release-signing, approvers of acme/release-signing and 1 other list.")
	if len(finding.Reasons) != 4 || !slices.Equal(finding.Principals, []access.Reference{ref("user:owner@example.com"), ref("group:Inner")}) {
		t.Errorf("got %+v", finding)
	}
}

// A CI user of many test policies is told with the first few of them.
func TestFewTestPoliciesAreNamed(t *testing.T) {
	org := soundDraft(grant(releaseSubmitters, "ci_user:acme-test"))
	for n := range 4 {
		org.Projects[0].SigningPolicies = append(org.Projects[0].SigningPolicies,
			vocabularytest.Policy(fmt.Sprintf("test-%d", n), entries("ci_user:acme-test"), entries()))
	}
	finding := theFinding(t, org.organization(), "ci-user-test-and-release", "ci_user:acme-test submits to acme/release-signing and also to "+
		"acme/test-0, acme/test-1, acme/test-2 and 2 other test policies.")
	if len(finding.Reasons) != 4 {
		t.Errorf("reasons %v", finding.Reasons)
	}
}
