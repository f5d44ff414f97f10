package vocabulary_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// unknownRoles are values that a server may answer in the place of a role.
var unknownRoles = []access.Role{"GlobalAdmin", "globalAdministrator", "regularUser", access.RoleUnstated}

// A rule that finds too much counts an unknown role as that of a Global Administrator,
// and one that finds too little as none.
func TestUnknownRolesCountAgainst(t *testing.T) {
	alone := edits(deactivated("user:owner@example.com"), deactivated("user:deputy@example.com"))
	four := edits(globalAdministrators("user:lead@example.com", "user:manager@example.com", "user:officer@example.com"))
	for name, test := range map[string]struct {
		who      string
		edits    []orgEdit
		rule     string
		sentence string // with the role in the place of ROLE; empty for none
	}{
		"nobody is left": {
			"user:dev@example.com", alone, "no-global-administrator",
			"Nobody is known to be an active Global Administrator. Who may be one: user:dev@example.com with the role ROLE.",
		},
		"nobody is left but an invited one": {
			"user:dev@example.com", append(slices.Clone(alone), invited("user:dev@example.com")), "no-global-administrator",
			"There is no active Global Administrator.",
		},
		"only one is left": {
			"user:dev@example.com", alone[:1], "few-global-administrators",
			"There must be at least 2 active Global Administrators, and there is only one: user:deputy@example.com.",
		},
		"too many": {
			"user:dev@example.com", four, "many-global-administrators",
			"There may be at most 5 active Global Administrators, and there are 6: user:deputy@example.com, user:dev@example.com with the role ROLE, " +
				"user:lead@example.com, user:manager@example.com, user:officer@example.com, user:owner@example.com.",
		},
		"a CI user": {
			"ci_user:acme-test", nil, "ci-user-administrator",
			"ci_user:acme-test is a CI user with the role ROLE, which counts as Global Administrator.",
		},
		"somebody": {
			"user:dev@example.com", nil, "unknown-role",
			"user:dev@example.com has the global role ROLE, which counts as Global Administrator.",
		},
		"somebody who is invited": {
			"user:dev@example.com", edits(invited("user:dev@example.com")), "unknown-role",
			"user:dev@example.com has the global role ROLE, which counts as Global Administrator, once the invitation is accepted.",
		},
		"who approves is on the list": {
			"user:officer@example.com", edits(only(releaseApprovers, "user:lead@example.com", "user:manager@example.com")), "approval-quorum", "",
		},
		"too few who approve": {
			"user:officer@example.com", edits(only(releaseApprovers, "user:lead@example.com")), "approval-quorum",
			"acme/release-signing requires 2 approvals, and only 1 user can approve, so no request can be approved: user:lead@example.com.",
		},
		"who configures by a role is no configurator": {"user:lead@example.com", nil, "approver-configures", ""},
	} {
		for _, unknown := range unknownRoles {
			t.Run(name+"/"+string(unknown), func(t *testing.T) {
				org := soundOrganization(append(slices.Clone(test.edits), role(test.who, unknown))...)
				var want []string
				if test.sentence != "" {
					want = []string{test.rule + ": " + replaceRole(test.sentence, unknown)}
				}
				if got := sentences(ofRule(findings(t, org, nil), test.rule)); !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		}
	}
}

// That an unknown role turns into another one is news, also where both are findings.
func TestAnotherRoleThanTheUnknownIsAnotherFinding(t *testing.T) {
	of := func(r access.Role) []review.Finding {
		return findings(t, soundOrganization(role("ci_user:acme-test", r)), nil).Findings
	}
	for name, test := range map[string]struct {
		before, after access.Role
		want          []string
	}{
		"a known one":           {"GlobalAdmin", vocabulary.RoleProjectAdministrator, []string{"ci-user-administrator"}},
		"none":                  {"GlobalAdmin", vocabulary.RoleRegularUser, nil},
		"another unknown":       {"GlobalAdmin", "globalAdmin", []string{"ci-user-administrator", "unknown-role"}},
		"the same":              {"GlobalAdmin", "GlobalAdmin", nil},
		"from one to null":      {vocabulary.RoleProjectAdministrator, access.RoleUnstated, []string{"ci-user-administrator", "unknown-role"}},
		"of which nobody knows": {"", vocabulary.RoleRegularUser, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, finding := range review.Compare(of(test.before), of(test.after)).Introduced {
				got = append(got, finding.Rule)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("introduced are %q, want %q", got, test.want)
			}
		})
	}
}

// A change from an unknown role or to one tells all that may be gained, and all that may
// be lost.
func TestChangesOfUnknownRoles(t *testing.T) {
	const who = "user:officer@example.com"
	everything := func(direction, holder, because string) string {
		return who + " " + direction + " control of everything in the organization, by the role " + holder + because
	}
	const admin, unknown = "Global Administrator", "ROLE, which counts as Global Administrator"
	for name, test := range map[string]struct {
		before, after []orgEdit // after the role is unknown, unless another one is set
		want          []string
	}{
		"stays":      {nil, nil, nil},
		"taken away": {nil, edits(role(who, vocabulary.RoleRegularUser)), []string{everything("loses", unknown, "")}},
		"given":      {edits(role(who, vocabulary.RoleRegularUser)), nil, []string{everything("gains", unknown, "")}},
		"promoted":   {nil, edits(role(who, vocabulary.RoleGlobalAdministrator)), []string{everything("gains", admin, "")}},
		"demoted":    {edits(role(who, vocabulary.RoleGlobalAdministrator)), nil, []string{everything("loses", admin, "")}},
		"another unknown one": {nil, edits(role(who, "other")), []string{
			everything("gains", `"other" (unknown), which counts as Global Administrator`, ""), everything("loses", unknown, ""),
		}},
		"less": {nil, edits(role(who, vocabulary.RoleCertificateAdministrator)), []string{
			who + " gains administration of certificates in the organization, by the role Certificate Administrator", everything("loses", unknown, ""),
		}},
		"activated":   {edits(deactivated(who)), nil, []string{everything("gains", unknown, ", because the account is now active")}},
		"deactivated": {nil, edits(deactivated(who)), []string{everything("loses", unknown, ", because the account is no longer active")}},
		"promoted and deactivated": {nil, edits(role(who, vocabulary.RoleGlobalAdministrator), deactivated(who)), []string{
			everything("loses", unknown, ", because the account is no longer active"), everything("will gain", admin, ", once the account is active"),
		}},
	} {
		for _, value := range unknownRoles {
			t.Run(name+"/"+string(value), func(t *testing.T) {
				// On no list, so that nothing else is told of the officer.
				of := func(edits []orgEdit) review.Organization {
					all := append([]orgEdit{role(who, value), only(releaseApprovers, "user:lead@example.com", "user:manager@example.com")}, edits...)
					return soundOrganization(all...)
				}
				want := make([]string, len(test.want))
				for i, line := range test.want {
					want[i] = replaceRole(line, value)
				}
				compareLines(t, changes(of(test.before), of(test.after)), want)
			})
		}
	}
}

func replaceRole(sentence string, role access.Role) string {
	return strings.Replace(sentence, "ROLE", vocabulary.SignPath.Spell(role), 1)
}
