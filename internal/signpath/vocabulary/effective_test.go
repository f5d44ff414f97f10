package vocabulary_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// accessOf spells what one principal may do, one line for each access.
func accessOf(org review.Organization, text string) []string {
	var lines []string
	for _, a := range review.Effective(org) {
		if !a.Principal.Same(ref(text)) {
			continue
		}
		reasons := make([]string, len(a.Reasons))
		for i, reason := range a.Reasons {
			reasons[i] = reason.String()
		}
		line := fmt.Sprintf("%s on %s: %s", a.Permission, a.Place, strings.Join(reasons, " + "))
		if !a.InForce() {
			line += fmt.Sprintf(" (%s)", a.Status)
		}
		lines = append(lines, line)
	}
	return lines
}

func compareLines(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestEffectiveAccessHasEveryReason(t *testing.T) {
	org := soundOrganization(grant(releaseApprovers, "user:dev@example.com", "group:Outer"), role("user:dev@example.com", vocabulary.RoleGlobalReader))
	reading := "reader of acme, through group:Developers + configurator of acme, directly + " +
		"approver of acme/release-signing, directly + approver of acme/release-signing, through group:Outer + approver of acme/release-signing, " +
		"through group:Outer > group:Inner + submitter of acme/test-signing, directly"
	compareLines(t, accessOf(org, "user:dev@example.com"), []string{
		"read-artifacts on the organization: Global Reader",
		"read-artifacts on acme: Global Reader + " + reading,
		"configure on acme: configurator of acme, directly",
		"approve on acme/release-signing: approver of acme/release-signing, directly + approver of acme/release-signing, through group:Outer + " +
			"approver of acme/release-signing, through group:Outer > group:Inner",
		"read-artifacts on acme/release-signing: Global Reader + " + reading,
		"submit on acme/test-signing: submitter of acme/test-signing, directly",
		"read-artifacts on acme/test-signing: Global Reader + " + reading,
	})
}

func TestEffectiveAccessOfRoles(t *testing.T) {
	everywhere := []string{
		"read-artifacts on the organization: %s", "configure on the organization: %s", "administer-projects on the organization: %s",
		"administer-users on the organization: %s", "administer-certificates on the organization: %s", "everything on the organization: %s",
		"read-artifacts on acme: %s", "configure on acme: %s", "read-artifacts on acme/release-signing: %s", "read-artifacts on acme/test-signing: %s",
	}
	by := func(holder string) []string {
		lines := make([]string, len(everywhere))
		for i, line := range everywhere {
			lines[i] = fmt.Sprintf(line, holder)
		}
		return lines
	}
	org := soundOrganization(func(org *draft) {
		support := principal("user:support@example.com")
		support.Support = true
		org.Principals = append(org.Principals, support)
	}, role("user:deputy@example.com", vocabulary.RoleUserAdministrator), role("ci_user:acme-test", "RoleOfANewerServer"))
	compareLines(t, accessOf(org, "user:owner@example.com"), by("Global Administrator"))
	compareLines(t, accessOf(org, "user:support@example.com"), by("support user"))
	compareLines(t, accessOf(org, "user:deputy@example.com"), []string{"administer-users on the organization: User Administrator"})
	// What is not known of may be everything that any role gives.
	unknown := by(`"RoleOfANewerServer" (unknown), which counts as Global Administrator`)
	for i, line := range unknown {
		if strings.HasPrefix(line, "read-artifacts on acme") {
			unknown[i] += " + submitter of acme/test-signing, directly"
		}
	}
	unknown = slices.Insert(unknown, len(unknown)-1, "submit on acme/test-signing: submitter of acme/test-signing, directly")
	compareLines(t, accessOf(org, "ci_user:acme-test"), unknown)
}

// A role that nobody knows gives all that any role gives, and nothing that none does.
func TestAnUnknownRoleGivesWhatAnyRoleGives(t *testing.T) {
	gives := func(holder access.Role) map[access.Permission]bool {
		permissions := map[access.Permission]bool{}
		org := soundOrganization(role("user:officer@example.com", holder))
		for _, row := range review.Effective(org) {
			if row.Principal.Same(ref("user:officer@example.com")) && row.Place == (access.Place{}) {
				permissions[row.Permission] = true
			}
		}
		return permissions
	}
	want := map[access.Permission]bool{}
	for _, description := range vocabulary.GlobalRoles() {
		maps.Copy(want, gives(description.Role))
	}
	for _, unknown := range []access.Role{"GlobalAdmin", "globalReader", access.RoleUnstated} {
		if got := gives(unknown); !maps.Equal(got, want) {
			t.Errorf("%s gives %v, want %v", unknown, got, want)
		}
	}
}

// Whoever is not active has no access, but the entry stands.
func TestEffectiveAccessOfWhoIsNotActive(t *testing.T) {
	org := soundOrganization(deactivated("ci_user:acme-release"), invited("user:owner@example.com"),
		grant(testSubmitters, "unknown:11111111-1111-4111-8111-111111111111"))
	compareLines(t, accessOf(org, "ci_user:acme-release"), []string{
		"read-artifacts on acme: submitter of acme/release-signing, directly (inactive)",
		"submit on acme/release-signing: submitter of acme/release-signing, directly (inactive)",
		"read-artifacts on acme/release-signing: submitter of acme/release-signing, directly (inactive)",
		"read-artifacts on acme/test-signing: submitter of acme/release-signing, directly (inactive)",
	})
	compareLines(t, accessOf(org, "user:owner@example.com")[:1], []string{"read-artifacts on the organization: Global Administrator (invited)"})
	compareLines(t, accessOf(org, "unknown:11111111-1111-4111-8111-111111111111"), []string{
		"read-artifacts on acme: submitter of acme/test-signing, directly ()",
		"read-artifacts on acme/release-signing: submitter of acme/test-signing, directly ()",
		"submit on acme/test-signing: submitter of acme/test-signing, directly ()",
		"read-artifacts on acme/test-signing: submitter of acme/test-signing, directly ()",
	})
}

// A synchronized principal cannot be edited, but holds rights like any other.
func TestSynchronizedPrincipalsHaveAccess(t *testing.T) {
	plain := soundOrganization()
	synchronized := soundOrganization(func(org *draft) {
		for i := range org.Principals {
			org.Principals[i].Synchronized = true
		}
	})
	compareLines(t, accessOf(synchronized, "user:lead@example.com"), accessOf(plain, "user:lead@example.com"))
}

// However an entry names a principal, it is the same one.
func TestEntriesByID(t *testing.T) {
	const id = "11111111-1111-4111-8111-111111111111"
	want := accessOf(soundOrganization(), "user:lead@example.com")
	for _, text := range []string{"user:" + id, "user:LEAD@example.com", "unknown:" + id} {
		org := soundOrganization(func(org *draft) {
			account(&org.Organization, "user:lead@example.com").ID = id
			org.Members[ref("group:Release Managers")] = entries(text)
		})
		compareLines(t, accessOf(org, "user:lead@example.com"), want)
	}
}

func TestGroupsThatContainEachOther(t *testing.T) {
	org := soundOrganization(only(releaseApprovers, "group:Outer"), func(org *draft) {
		org.Members[ref("group:Inner")] = entries("group:Outer", "user:lead@example.com")
	})
	compareLines(t, accessOf(org, "user:lead@example.com"), []string{
		"read-artifacts on acme: approver of acme/release-signing, through group:Outer > group:Inner",
		"approve on acme/release-signing: approver of acme/release-signing, through group:Outer > group:Inner",
		"read-artifacts on acme/release-signing: approver of acme/release-signing, through group:Outer > group:Inner",
		"read-artifacts on acme/test-signing: approver of acme/release-signing, through group:Outer > group:Inner",
	})
}

func TestReasonsNameTheirEvidence(t *testing.T) {
	for _, a := range review.Effective(soundOrganization()) {
		for _, reason := range a.Reasons {
			if reason.Evidence() != access.Documented || reason.Source() == "" || reason.Holder() == (review.Holder{}) {
				t.Errorf("%s may %s by %q: %s, %s", a.Principal, a.Permission, reason, reason.Evidence(), reason.Source())
			}
		}
	}
}

// The order of what comes in does not show in what comes out.
func TestOutputIsInOneOrder(t *testing.T) {
	edits := []orgEdit{
		grant(releaseApprovers, "user:dev@example.com", "group:Outer", "ci_user:acme-test"), grant(releaseSubmitters, "group:Outer", "ci_user:acme-test"),
		deactivated("user:owner@example.com"), deactivated("user:deputy@example.com"),
		grant(testSubmitters, "user:owner@example.com", "user:deputy@example.com", "group:Inner"),
	}
	spell := func(org review.Organization) string {
		var lines []string
		for _, a := range review.Effective(org) {
			lines = append(lines, fmt.Sprint(a.Permission, a.Place, a.Principal, a.Reasons))
		}
		return strings.Join(append(lines, sentences(findings(t, org, nil).Findings)...), "\n")
	}
	want := spell(soundOrganization(edits...))
	for range 20 {
		org := soundDraft(edits...)
		slices.Reverse(org.Principals)
		slices.Reverse(release(&org).Approvers.References)
		slices.Reverse(org.Projects[0].SigningPolicies)
		if got := spell(org.organization()); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestInputIsLeftAlone(t *testing.T) {
	org := soundOrganization()
	before := fmt.Sprint(org)
	review.Effective(org)
	findings(t, org, nil)
	if after := fmt.Sprint(org); after != before {
		t.Errorf("the review changed its input:\n%s\n%s", before, after)
	}
}
