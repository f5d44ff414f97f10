package vocabulary_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func changes(before, after review.Organization) []string {
	var lines []string
	for _, change := range review.Changes(before, after) {
		lines = append(lines, change.String())
	}
	return lines
}

func TestChanges(t *testing.T) {
	tests := map[string]struct {
		before, after []orgEdit
		want          []string
	}{
		"nothing": {nil, nil, nil},
		"an entry": {nil, edits(grant(releaseApprovers, "user:dev@example.com")), []string{
			"user:dev@example.com gains approval on acme/release-signing, directly",
		}},
		"an entry less": {nil, edits(only(testSubmitters, "ci_user:acme-test")), []string{
			"user:dev@example.com loses submission on acme/test-signing, directly",
		}},
		"through a group": {nil, edits(func(org *draft) {
			org.Members[ref("group:Release Managers")] = entries("user:lead@example.com", "user:manager@example.com", "user:dev@example.com")
		}), []string{
			"user:dev@example.com gains approval on acme/release-signing, through group:Release Managers",
			"user:officer@example.com loses reading of artifacts on acme, as approver of acme/release-signing, through group:Release Managers",
			"user:officer@example.com loses approval on acme/release-signing, through group:Release Managers",
		}},
		"a test submitter reads releases": {edits(hired), edits(hired, grant(testSubmitters, "user:newcomer@example.com")), []string{
			"user:newcomer@example.com gains reading of artifacts on acme, as submitter of acme/test-signing, directly",
			"user:newcomer@example.com gains submission on acme/test-signing, directly",
		}},
		"that goes without saying where there is no other policy": {
			edits(hired, withoutTestPolicy), edits(hired, withoutTestPolicy, grant(releaseSubmitters, "user:newcomer@example.com")), []string{
				"user:newcomer@example.com gains submission on acme/release-signing, directly",
			},
		},
		"or where each lets the same one do something": {edits(hired), edits(
			hired, grant(testSubmitters, "user:newcomer@example.com"), grant(releaseApprovers, "user:newcomer@example.com"),
		), []string{
			"user:newcomer@example.com gains approval on acme/release-signing, directly",
			"user:newcomer@example.com gains submission on acme/test-signing, directly",
		}},
		"through groups in groups": {nil, edits(throughGroups(releaseApprovers, "user:dev@example.com")), []string{
			"user:dev@example.com gains approval on acme/release-signing, through group:Outer > group:Inner",
		}},
		"two ways": {nil, edits(grant(releaseApprovers, "user:dev@example.com", "group:Inner")), []string{
			"user:dev@example.com gains approval on acme/release-signing, directly and through group:Inner",
		}},
		"another way is no change":         {nil, edits(grant(releaseApprovers, "user:lead@example.com")), nil},
		"one way less is no change":        {edits(grant(releaseApprovers, "user:lead@example.com")), nil, nil},
		"from an entry to a group is none": {nil, edits(only(testSubmitters, "ci_user:acme-test", "group:Developers")), nil},
		"a reader reads every policy": {edits(hired), edits(hired, func(org *draft) {
			org.Projects[0].Readers = entries("group:Developers", "user:owner@example.com", "user:newcomer@example.com")
		}), []string{
			"user:newcomer@example.com gains reading of artifacts on acme, as reader of acme, directly",
		}},
		"a submitter reads already": {nil, edits(grant(readers, "ci_user:acme-test")), nil},
		"a reader who also submits": {edits(hired), edits(
			hired, grant(readers, "user:newcomer@example.com"), grant(testSubmitters, "user:newcomer@example.com"),
		), []string{
			"user:newcomer@example.com gains reading of artifacts on acme, as reader of acme, directly and as submitter of acme/test-signing, directly",
			"user:newcomer@example.com gains submission on acme/test-signing, directly",
		}},
		"a configurator reads, too": {nil, edits(grant(configurators, "user:lead@example.com")), []string{
			"user:lead@example.com gains configuration on acme, directly",
		}},
		"a role": {nil, edits(role("user:dev@example.com", vocabulary.RoleGlobalAdministrator)), []string{
			"user:dev@example.com gains control of everything in the organization, by the role Global Administrator",
		}},
		"another role": {
			edits(role("user:dev@example.com", vocabulary.RoleProjectAdministrator)),
			edits(role("user:dev@example.com", vocabulary.RoleUserAdministrator)),
			[]string{
				"user:dev@example.com gains administration of users in the organization, by the role User Administrator",
				"user:dev@example.com loses administration of projects in the organization, by the role Project Administrator",
			},
		},
		"the support user": {nil, edits(func(org *draft) {
			support := principal("user:support@example.com")
			support.Support = true
			org.Principals = append(org.Principals, support)
		}), []string{
			"user:support@example.com gains control of everything in the organization, as the support user",
		}},
		"deactivated": {nil, edits(deactivated("user:lead@example.com")), []string{
			"user:lead@example.com loses reading of artifacts on acme, as approver of acme/release-signing, through group:Release Managers, " +
				"because the account is no longer active",
			"user:lead@example.com loses approval on acme/release-signing, through group:Release Managers, because the account is no longer active",
		}},
		"activated": {edits(deactivated("user:lead@example.com")), nil, []string{
			"user:lead@example.com gains reading of artifacts on acme, as approver of acme/release-signing, through group:Release Managers, " +
				"because the account is now active",
			"user:lead@example.com gains approval on acme/release-signing, through group:Release Managers, because the account is now active",
		}},
		"activated, with another entry": {edits(deactivated("user:lead@example.com")), edits(grant(releaseSubmitters, "user:lead@example.com")), []string{
			"user:lead@example.com gains reading of artifacts on acme, as submitter of acme/release-signing, directly and " +
				"as approver of acme/release-signing, through group:Release Managers, because the account is now active",
			"user:lead@example.com gains submission on acme/release-signing, directly",
			"user:lead@example.com gains approval on acme/release-signing, through group:Release Managers, because the account is now active",
		}},
		"an entry of who is invited": {
			edits(invited("user:dev@example.com")), edits(invited("user:dev@example.com"), grant(releaseApprovers, "user:dev@example.com")),
			[]string{
				"user:dev@example.com will gain approval on acme/release-signing, directly, once the invitation is accepted",
			},
		},
		"an entry of who is inactive": {
			edits(deactivated("user:lead@example.com"), grant(releaseSubmitters, "user:lead@example.com")),
			edits(deactivated("user:lead@example.com")),
			[]string{
				"user:lead@example.com will no longer gain submission on acme/release-signing, directly",
			},
		},
		"an entry nobody knows": {edits(grant(testSubmitters, "unknown:11111111-1111-4111-8111-111111111111")), nil, []string{
			"unknown:11111111-1111-4111-8111-111111111111 loses reading of artifacts on acme, as submitter of acme/test-signing, directly",
			"unknown:11111111-1111-4111-8111-111111111111 loses submission on acme/test-signing, directly",
		}},
		"a policy that goes": {nil, edits(withoutTestPolicy), []string{
			"ci_user:acme-test loses reading of artifacts on acme, as submitter of acme/test-signing, directly",
			"ci_user:acme-test loses submission on acme/test-signing, directly",
			"user:dev@example.com loses submission on acme/test-signing, directly",
		}},
		"a project that comes": {nil, edits(func(org *draft) {
			project := otherProject("user:lead@example.com")
			project.Readers = entries("user:manager@example.com")
			org.Projects = append(org.Projects, project)
		}), []string{
			"ci_user:acme-release gains submission on beta/release-signing, directly",
			"user:lead@example.com gains configuration on beta, directly",
			"user:manager@example.com gains reading of artifacts on beta, as reader of beta, directly",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			compareLines(t, changes(soundOrganization(test.before...), soundOrganization(test.after...)), test.want)
		})
	}
}

// hired is somebody who is on no list.
func hired(org *draft) {
	org.Principals = append(org.Principals, principal("user:newcomer@example.com"))
}

func withoutTestPolicy(org *draft) {
	org.Projects[0].SigningPolicies = org.Projects[0].SigningPolicies[:1]
}

// Reading that has another reason than the approval is told by itself.
func TestChangesTellReadingThatIsNotImplied(t *testing.T) {
	after := soundOrganization(hired, grant(releaseApprovers, "user:owner@example.com"), func(org *draft) {
		org.Projects[0].Readers = entries("group:Developers", "user:newcomer@example.com")
	}, grant(releaseSubmitters, "user:newcomer@example.com"))
	compareLines(t, changes(soundOrganization(hired), after), []string{
		"user:newcomer@example.com gains reading of artifacts on acme, as reader of acme, directly and as submitter of acme/release-signing, directly",
		"user:newcomer@example.com gains submission on acme/release-signing, directly",
		"user:owner@example.com gains approval on acme/release-signing, directly",
	})
}

// Who is renamed is the same by id, and who has no id yet is the same by name.
func TestChangesKnowThePrincipalAgain(t *testing.T) {
	const id = "11111111-1111-4111-8111-111111111111"
	identified := soundOrganization(func(org *draft) { account(&org.Organization, "user:lead@example.com").ID = id })
	renamed := soundOrganization(func(org *draft) {
		lead := account(&org.Organization, "user:lead@example.com")
		lead.ID, lead.Email = id, "lead.2@example.com"
		org.Members[ref("group:Release Managers")] = entries("user:lead.2@example.com", "user:manager@example.com", "user:officer@example.com")
	})
	compareLines(t, changes(identified, renamed), nil)
	compareLines(t, changes(identified, soundOrganization()), nil)
	compareLines(t, changes(soundOrganization(), identified), nil)
	unidentified := soundOrganization(func(org *draft) {
		lead := account(&org.Organization, "user:lead@example.com")
		*lead = principal("user:bystander@example.com")
		org.Members[ref("group:Release Managers")] = entries("unknown:"+id, "user:manager@example.com", "user:officer@example.com")
	})
	compareLines(t, changes(unidentified, identified), nil)
}

func TestChangeOfList(t *testing.T) {
	before := entries("group:Release Managers", "user:dev@example.com")
	tests := map[string]struct {
		after review.Entries
		want  string
	}{
		"the same":        {before, "nobody gains or loses"},
		"an entry":        {entries("group:Release Managers", "user:dev@example.com", "ci_user:acme-test"), "gains: ci_user:acme-test"},
		"an entry less":   {entries("group:Release Managers"), "loses: user:dev@example.com"},
		"in a group, too": {entries("group:Release Managers", "group:Developers"), "nobody gains or loses"},
		"both": {
			entries("user:dev@example.com", "user:lead@example.com", "user:owner@example.com"),
			"gains: user:owner@example.com; loses: user:manager@example.com (through group:Release Managers), user:officer@example.com (through group:Release Managers)",
		},
		"nobody": {entries(), "loses: user:dev@example.com, user:lead@example.com (through group:Release Managers), " +
			"user:manager@example.com (through group:Release Managers), user:officer@example.com (through group:Release Managers)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := review.ChangeOfList(soundOrganization(), before, test.after).String(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	twice := review.ChangeOfList(soundOrganization(), entries(), entries("group:Outer")).String()
	if want := "gains: user:dev@example.com (through group:Outer and through group:Outer > group:Inner)"; twice != want {
		t.Errorf("got  %s\nwant %s", twice, want)
	}
}
