package vocabulary_test

import (
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary/vocabularytest"
)

// now is when every review of the tests takes place.
var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// A ruleCase shows where one rule fires and where it does not.
type ruleCase struct {
	// direct makes the rule fire by an entry or an account, with this sentence.
	direct   []orgEdit
	sentence string
	// nested makes it fire through groups in groups only, by this way.
	nested         []orgEdit
	nestedSentence string
	nestedWay      string
	// innerInstead are members of the inner group with which it would not fire:
	// nobody, but for rules about who is missing.
	innerInstead []string
	// onlyRole says why no list leads to it.
	onlyRole string
	// quiet comes close and does not make it fire, each by itself.
	quiet map[string][]orgEdit
	// exception covers the finding of direct. The zero value is for findings about
	// the organization.
	exception review.Exception
}

const (
	byRole    = "global roles belong to users, not to groups"
	byAccount = "it is about the account alone"
	bySetting = "it is about settings alone"

	outerInner = "through group:Outer > group:Inner"
)

func memberException(text string) review.Exception { return review.Exception{Member: ref(text)} }

var releaseException = review.Exception{Place: access.PlaceOf("acme", "release-signing")}

func requiredApprovals(n int64) orgEdit {
	return func(org *draft) { release(org).RequiredApprovals = ptr(n) }
}

func incompleteApprovers(org *draft) { release(org).Approvers.Incomplete = true }

func noApproval(org *draft) { release(org).UsesApprovalProcess = ptr(false) }

func verifiesOrigin(org *draft) { release(org).VerifiesOrigin = ptr(true) }

func only(list func(*draft) *review.Entries, texts ...string) orgEdit {
	return func(org *draft) { *list(org) = entries(texts...) }
}

func onlyThroughGroups(list func(*draft) *review.Entries, texts ...string) []orgEdit {
	return []orgEdit{only(list), throughGroups(list, texts...)}
}

func edits(edits ...orgEdit) []orgEdit { return edits }

var ruleCases = map[string]ruleCase{
	"approval-quorum": {
		direct:         edits(only(releaseApprovers, "user:lead@example.com")),
		sentence:       "acme/release-signing requires 2 approvals, and only 1 user can approve, so no request can be approved: user:lead@example.com.",
		nested:         onlyThroughGroups(releaseApprovers, "user:lead@example.com"),
		innerInstead:   []string{"user:lead@example.com", "user:manager@example.com"},
		nestedSentence: "acme/release-signing requires 2 approvals, and only 1 user can approve, so no request can be approved: user:lead@example.com.",
		nestedWay:      "approver of acme/release-signing, " + outerInner,
		quiet: map[string][]orgEdit{
			"exactly as many":             edits(only(releaseApprovers, "user:lead@example.com", "user:manager@example.com")),
			"approval is off":             edits(only(releaseApprovers), noApproval),
			"there may be more approvers": edits(only(releaseApprovers), incompleteApprovers),
			"the members of a group are hidden": edits(only(releaseApprovers, "group:Outer"), func(org *draft) {
				delete(org.Members, ref("group:Inner"))
			}),
			"a group may have more members": edits(only(releaseApprovers, "group:Inner"), func(org *draft) {
				org.Members[ref("group:Inner")] = review.Entries{Incomplete: true}
			}),
			"an approver cannot be identified":   edits(only(releaseApprovers, "user:lead@example.com", "unknown:11111111-1111-4111-8111-111111111111")),
			"none is required":                   edits(only(releaseApprovers), requiredApprovals(0)),
			"nobody can submit":                  edits(only(releaseApprovers), only(releaseSubmitters)),
			"only who is deactivated can submit": edits(only(releaseApprovers), only(releaseSubmitters, "user:dev@example.com"), deactivated("user:dev@example.com")),
			"the project is inactive":            edits(only(releaseApprovers), func(org *draft) { org.Projects[0].Active = ptr(false) }),
			"the signing policy is inactive":     edits(only(releaseApprovers), func(org *draft) { release(org).Active = ptr(false) }),
		},
		exception: releaseException,
	},
	"approval-quorum-no-spare": {
		direct: edits(requiredApprovals(3)),
		sentence: "acme/release-signing requires 3 approvals, and exactly 3 users can approve, so one absence stops all requests: " +
			"user:lead@example.com, user:manager@example.com, user:officer@example.com.",
		nested:         append(onlyThroughGroups(releaseApprovers, "user:lead@example.com"), requiredApprovals(1)),
		innerInstead:   []string{"user:lead@example.com", "user:manager@example.com"},
		nestedSentence: "acme/release-signing requires 1 approval, and exactly 1 user can approve, so one absence stops all requests: user:lead@example.com.",
		nestedWay:      "approver of acme/release-signing, " + outerInner,
		quiet: map[string][]orgEdit{
			"fewer":                       edits(requiredApprovals(4)),
			"one more":                    edits(requiredApprovals(2)),
			"none of none":                edits(requiredApprovals(0), only(releaseApprovers)),
			"approval is off":             edits(requiredApprovals(3), noApproval),
			"there may be more approvers": edits(requiredApprovals(3), incompleteApprovers),
			"nobody can submit":           edits(requiredApprovals(3), only(releaseSubmitters)),
			"the project is inactive":     edits(requiredApprovals(3), func(org *draft) { org.Projects[0].Active = ptr(false) }),
		},
		exception: releaseException,
	},
	"submit-and-approve": {
		direct:         edits(grant(releaseApprovers, "user:dev@example.com"), grant(releaseSubmitters, "user:dev@example.com")),
		sentence:       "user:dev@example.com can both submit to and approve acme/release-signing.",
		nested:         edits(grant(releaseApprovers, "user:dev@example.com"), throughGroups(releaseSubmitters, "user:dev@example.com")),
		nestedSentence: "user:dev@example.com can both submit to and approve acme/release-signing.",
		nestedWay:      "submitter of acme/release-signing, " + outerInner,
		quiet: map[string][]orgEdit{
			"two policies":     edits(grant(releaseApprovers, "user:dev@example.com"), grant(testSubmitters, "user:dev@example.com")),
			"nothing approved": edits(grant(releaseApprovers, "user:dev@example.com"), grant(releaseSubmitters, "user:dev@example.com"), noApproval),
			"deactivated": edits(grant(releaseApprovers, "user:dev@example.com"), grant(releaseSubmitters, "user:dev@example.com"),
				deactivated("user:dev@example.com")),
		},
		exception: memberException("user:DEV@example.com"),
	},
	"release-without-control": {
		direct:   edits(noApproval),
		sentence: "acme/release-signing is for releases and has neither approval nor origin verification: every submitter can sign a release alone.",
		onlyRole: bySetting,
		quiet: map[string][]orgEdit{
			"origins are verified": edits(noApproval, verifiesOrigin),
			"approval":             nil,
			"it is for tests":      edits(noApproval, func(org *draft) { release(org).Slug = "test-2" }),
			"the word is another":  edits(noApproval, func(org *draft) { release(org).Slug = "unreleased" }),
		},
		exception: releaseException,
	},
	"interactive-submitter": {
		direct:         edits(grant(releaseSubmitters, "user:dev@example.com")),
		sentence:       "user:dev@example.com is an interactive user and a submitter of acme/release-signing, which verifies trusted build systems.",
		nested:         edits(throughGroups(releaseSubmitters, "user:dev@example.com")),
		nestedSentence: "user:dev@example.com is an interactive user and a submitter of acme/release-signing, which verifies trusted build systems.",
		nestedWay:      "submitter of acme/release-signing, " + outerInner,
		quiet: map[string][]orgEdit{
			"no trusted build system": edits(grant(testSubmitters, "user:lead@example.com")),
			"a CI user":               edits(throughGroups(releaseSubmitters, "ci_user:acme-test")),
			"deactivated":             edits(grant(releaseSubmitters, "user:dev@example.com"), deactivated("user:dev@example.com")),
		},
		exception: memberException("user:dev@example.com"),
	},
	"approver-configures": {
		direct:         edits(grant(releaseApprovers, "user:dev@example.com")),
		sentence:       "user:dev@example.com can approve acme/release-signing and also configure the project acme.",
		nested:         edits(throughGroups(configurators, "user:lead@example.com")),
		nestedSentence: "user:lead@example.com can approve acme/release-signing and also configure the project acme.",
		nestedWay:      "configurator of acme, " + outerInner,
		quiet: map[string][]orgEdit{
			"configures by role": edits(role("user:lead@example.com", vocabulary.RoleProjectAdministrator)),
			"of another project": edits(func(org *draft) {
				org.Projects = append(org.Projects, otherProject("user:lead@example.com"))
			}),
			"nothing is approved": edits(grant(releaseApprovers, "user:dev@example.com"), noApproval),
		},
		exception: review.Exception{Member: ref("user:dev@example.com"), Place: access.PlaceOf("acme")},
	},
	"ci-user-test-and-release": {
		direct:         edits(grant(releaseSubmitters, "ci_user:acme-test")),
		sentence:       "ci_user:acme-test submits to acme/release-signing and also to acme/test-signing.",
		nested:         edits(throughGroups(testSubmitters, "ci_user:acme-release")),
		nestedSentence: "ci_user:acme-release submits to acme/release-signing and also to acme/test-signing.",
		nestedWay:      "submitter of acme/test-signing, " + outerInner,
		quiet: map[string][]orgEdit{
			"the release verifies origins": edits(grant(releaseSubmitters, "ci_user:acme-test"), verifiesOrigin),
			"an interactive user":          edits(grant(releaseSubmitters, "user:dev@example.com")),
			"one policy that claims both":  edits(func(org *draft) { release(org).Name = "Test of a release" }),
			"deactivated":                  edits(grant(releaseSubmitters, "ci_user:acme-test"), deactivated("ci_user:acme-test")),
		},
		exception: review.Exception{Member: ref("ci_user:acme-test"), Place: access.PlaceOf("acme", "release-signing")},
	},
	"ci-user-many-policies": {
		direct:         edits(grant(releaseSubmitters, "ci_user:acme-test")),
		sentence:       "ci_user:acme-test submits to acme/release-signing and acme/test-signing, which do not verify origins.",
		nested:         edits(throughGroups(releaseSubmitters, "ci_user:acme-test")),
		nestedSentence: "ci_user:acme-test submits to acme/release-signing and acme/test-signing, which do not verify origins.",
		nestedWay:      "submitter of acme/release-signing, " + outerInner,
		quiet: map[string][]orgEdit{
			"one verifies origins":        edits(grant(releaseSubmitters, "ci_user:acme-test"), verifiesOrigin),
			"the release user of a team":  edits(func(org *draft) { org.Projects = append(org.Projects, otherProject("")) }),
			"an interactive user submits": edits(grant(releaseSubmitters, "user:dev@example.com")),
		},
		exception: memberException("ci_user:acme-test"),
	},
	"ci-user-approves": {
		direct:         edits(grant(releaseApprovers, "ci_user:acme-test")),
		sentence:       "ci_user:acme-test can approve acme/release-signing.",
		nested:         edits(throughGroups(releaseApprovers, "ci_user:acme-test")),
		nestedSentence: "ci_user:acme-test can approve acme/release-signing.",
		nestedWay:      "approver of acme/release-signing, " + outerInner,
		quiet: map[string][]orgEdit{
			"an interactive user": edits(grant(releaseApprovers, "user:owner@example.com")),
			"nothing is approved": edits(grant(releaseApprovers, "ci_user:acme-test"), noApproval),
		},
		exception: review.Exception{Place: access.PlaceOf("acme")},
	},
	"ci-user-administrator": {
		direct:   edits(role("ci_user:acme-test", vocabulary.RoleProjectAdministrator)),
		sentence: "ci_user:acme-test is a CI user with the role Project Administrator.",
		onlyRole: byRole,
		quiet: map[string][]orgEdit{
			"an interactive user":         edits(role("user:dev@example.com", vocabulary.RoleProjectAdministrator)),
			"it synchronizes a directory": edits(role("ci_user:acme-test", vocabulary.RoleDirectorySynchronizer)),
			"it is the one that reads": edits(role("ci_user:acme-test", vocabulary.RoleProjectAdministrator), func(org *draft) {
				account(&org.Organization, "ci_user:acme-test").ID, org.Caller = "11111111-1111-4111-8111-111111111111", "11111111-1111-4111-8111-111111111111"
			}),
			"it reads":                edits(role("ci_user:acme-test", vocabulary.RoleGlobalReader)),
			"deactivated":             edits(role("ci_user:acme-test", vocabulary.RoleProjectAdministrator), deactivated("ci_user:acme-test")),
			"of an unknown role, too": edits(role("ci_user:acme-test", "GlobalAdmin"), deactivated("ci_user:acme-test")),
		},
		exception: memberException("ci_user:acme-test"),
	},
	"user-administrator": {
		direct:   edits(role("user:dev@example.com", vocabulary.RoleUserAdministrator)),
		sentence: "user:dev@example.com is a User Administrator and can assign any role to anyone, also to themself.",
		onlyRole: byRole,
		quiet: map[string][]orgEdit{
			"another role": edits(role("user:dev@example.com", vocabulary.RoleCertificateAdministrator)),
			"deactivated":  edits(role("user:dev@example.com", vocabulary.RoleUserAdministrator), deactivated("user:dev@example.com")),
		},
		exception: memberException("user:dev@example.com"),
	},
	"unknown-role": {
		direct:   edits(role("user:dev@example.com", "GlobalAdmin")),
		sentence: `user:dev@example.com has the global role "GlobalAdmin" (unknown), which counts as Global Administrator.`,
		onlyRole: byRole,
		quiet: map[string][]orgEdit{
			"a known role":     edits(role("user:dev@example.com", vocabulary.RoleGlobalAdministrator)),
			"nobody tells":     edits(role("user:dev@example.com", "")),
			"deactivated":      edits(role("user:dev@example.com", "GlobalAdmin"), deactivated("user:dev@example.com")),
			"a group has none": nil,
		},
		exception: memberException("user:dev@example.com"),
	},
	"support-user-active": {
		direct:   edits(supportUser(true)),
		sentence: "user:support@example.com is the account of SignPath's support staff, and is active: it can do whatever an administrator can.",
		onlyRole: byAccount,
		quiet: map[string][]orgEdit{
			"disabled":     edits(supportUser(false)),
			"none is told": nil,
		},
		exception: memberException("user:support@example.com"),
	},
	"no-global-administrator": {
		direct:   edits(deactivated("user:owner@example.com"), deactivated("user:deputy@example.com")),
		sentence: "There is no active Global Administrator.",
		onlyRole: byRole,
		quiet: map[string][]orgEdit{
			"one": edits(deactivated("user:deputy@example.com")),
			"there may be more users": edits(deactivated("user:owner@example.com"), deactivated("user:deputy@example.com"), func(org *draft) {
				org.PrincipalsIncomplete = true
			}),
			"a role is not known": edits(deactivated("user:owner@example.com"), deactivated("user:deputy@example.com"), role("user:dev@example.com", "")),
		},
	},
	"few-global-administrators": {
		direct:   edits(deactivated("user:deputy@example.com")),
		sentence: "There must be at least 2 active Global Administrators, and there is only one: user:owner@example.com.",
		onlyRole: byRole,
		quiet: map[string][]orgEdit{
			"two":                     nil,
			"none":                    edits(deactivated("user:owner@example.com"), deactivated("user:deputy@example.com")),
			"there may be more users": edits(deactivated("user:deputy@example.com"), func(org *draft) { org.PrincipalsIncomplete = true }),
			"a role is not known":     edits(deactivated("user:deputy@example.com"), role("user:dev@example.com", "")),
		},
	},
	"many-global-administrators": {
		direct: edits(globalAdministrators("user:dev@example.com", "user:lead@example.com", "user:manager@example.com", "user:officer@example.com")),
		sentence: "There may be at most 5 active Global Administrators, and there are 6: user:deputy@example.com, user:dev@example.com, " +
			"user:lead@example.com, user:manager@example.com, user:officer@example.com, user:owner@example.com.",
		onlyRole: byRole,
		quiet: map[string][]orgEdit{
			"as many as there may be": edits(globalAdministrators("user:dev@example.com", "user:lead@example.com", "user:manager@example.com")),
			"one is not active": edits(globalAdministrators("user:dev@example.com", "user:lead@example.com", "user:manager@example.com", "user:officer@example.com"),
				invited("user:officer@example.com")),
			"one is SignPath's": edits(globalAdministrators("user:dev@example.com", "user:lead@example.com", "user:manager@example.com", "user:officer@example.com"),
				func(org *draft) { account(&org.Organization, "user:officer@example.com").Support = true }),
		},
	},
	"inactive-entry": {
		direct: edits(grant(testSubmitters, "user:officer@example.com"), deactivated("user:officer@example.com"),
			only(releaseApprovers, "user:lead@example.com")),
		sentence:       "user:officer@example.com is deactivated and among the submitters of acme/test-signing.",
		nested:         edits(throughGroups(testSubmitters, "user:owner@example.com"), deactivated("user:owner@example.com")),
		nestedSentence: "user:owner@example.com is deactivated and in group:Inner, and so among the submitters of acme/test-signing.",
		nestedWay:      "submitter of acme/test-signing, " + outerInner,
		quiet: map[string][]orgEdit{
			"on no list": edits(deactivated("user:owner@example.com")),
			"active":     nil,
			"in a group that is on no list": edits(func(org *draft) {
				org.Members[ref("group:Inner")] = entries("user:owner@example.com")
			}, deactivated("user:owner@example.com")),
			"an entry that cannot be placed": edits(grant(testSubmitters, "unknown:11111111-1111-4111-8111-111111111111")),
		},
		exception: review.Exception{Member: ref("user:officer@example.com"), Place: access.PlaceOf("acme", "test-signing")},
	},
	"invited-entry": {
		direct:         edits(grant(testSubmitters, "user:owner@example.com"), invited("user:owner@example.com")),
		sentence:       "user:owner@example.com has not accepted the invitation and is among the submitters of acme/test-signing.",
		nested:         edits(throughGroups(testSubmitters, "user:owner@example.com"), invited("user:owner@example.com")),
		nestedSentence: "user:owner@example.com has not accepted the invitation and is in group:Inner, and so among the submitters of acme/test-signing.",
		nestedWay:      "submitter of acme/test-signing, " + outerInner,
		quiet: map[string][]orgEdit{
			"on no list":  edits(invited("user:owner@example.com")),
			"deactivated": edits(grant(testSubmitters, "user:owner@example.com"), invited("user:owner@example.com"), deactivated("user:owner@example.com")),
		},
		exception: memberException("user:owner@example.com"),
	},
	"unidentified-entry": {
		direct:         edits(grant(testSubmitters, "unknown:11111111-1111-4111-8111-111111111111")),
		sentence:       "unknown:11111111-1111-4111-8111-111111111111 fits no principal and is among the submitters of acme/test-signing.",
		nested:         edits(throughGroups(testSubmitters, "user:gone@example.com")),
		nestedSentence: "user:gone@example.com fits no principal and is in group:Inner, and so among the submitters of acme/test-signing.",
		nestedWay:      "submitter of acme/test-signing, " + outerInner,
		quiet: map[string][]orgEdit{
			"there may be more users": edits(grant(testSubmitters, "user:gone@example.com", "unknown:11111111-1111-4111-8111-111111111111"),
				func(org *draft) {
					org.PrincipalsIncomplete = true
				}),
			"on no list": edits(func(org *draft) { org.Members[ref("group:Inner")] = entries("user:gone@example.com") }),
		},
		exception: memberException("unknown:11111111-1111-4111-8111-111111111111"),
	},
	"empty-group": {
		direct:         edits(grant(testSubmitters, "group:Inner"), func(org *draft) { org.Members[ref("group:Inner")] = entries() }),
		sentence:       "group:Inner holds nobody and is among the submitters of acme/test-signing.",
		nested:         edits(throughGroups(testSubmitters)),
		innerInstead:   []string{"user:dev@example.com"},
		nestedSentence: "group:Outer holds nobody and is among the submitters of acme/test-signing.",
		nestedWay:      "submitter of acme/test-signing, directly",
		quiet: map[string][]orgEdit{
			"somebody is in a group in it": edits(throughGroups(testSubmitters, "user:dev@example.com")),
			"its members are not known":    edits(grant(testSubmitters, "group:Inner"), func(org *draft) { delete(org.Members, ref("group:Inner")) }),
			"a group in it is not known":   edits(throughGroups(testSubmitters), func(org *draft) { delete(org.Members, ref("group:Inner")) }),
			"it may have more members": edits(throughGroups(testSubmitters), func(org *draft) {
				org.Members[ref("group:Inner")] = review.Entries{Incomplete: true}
			}),
			"on no list":                 edits(func(org *draft) { org.Members[ref("group:Inner")] = entries() }),
			"who is in it is not active": edits(throughGroups(testSubmitters, "user:owner@example.com"), deactivated("user:owner@example.com")),
		},
		exception: memberException("group:Inner"),
	},
	"expired-invitation": {
		direct:   edits(invited("user:owner@example.com"), invitationUntil(day(2026, 6, 1))),
		sentence: "The invitation of user:owner@example.com expired on 2026-06-01.",
		onlyRole: byAccount,
		quiet: map[string][]orgEdit{
			"not yet":               edits(invited("user:owner@example.com"), invitationUntil(day(2026, 6, 16))),
			"accepted":              edits(invitationUntil(day(2026, 6, 1))),
			"nobody knows how long": edits(invited("user:owner@example.com")),
			"deactivated":           edits(invited("user:owner@example.com"), invitationUntil(day(2026, 6, 1)), deactivated("user:owner@example.com")),
		},
		exception: memberException("user:owner@example.com"),
	},
	"old-token": {
		direct:   edits(tokenOf("ci_user:acme-test", day(2025, 6, 14))),
		sentence: "The API token of ci_user:acme-test was generated on 2025-06-14, more than 365 days ago.",
		onlyRole: byAccount,
		quiet: map[string][]orgEdit{
			"younger":             edits(tokenOf("ci_user:acme-test", day(2025, 6, 16))),
			"nobody knows":        nil,
			"of an inactive user": edits(tokenOf("ci_user:acme-test", day(2020, 1, 1)), deactivated("ci_user:acme-test")),
		},
		exception: memberException("ci_user:acme-test"),
	},
}

// otherProject has a release policy, to which the release user submits, and the
// configurator.
func otherProject(configurator string) vocabularytest.Project {
	project := vocabularytest.Project{Slug: "beta", SigningPolicies: []vocabularytest.SigningPolicy{{
		Submitters: entries("ci_user:acme-release"), SigningPolicy: vocabulary.SigningPolicy{Slug: "release-signing", VerifiesOrigin: ptr(false)},
	}}}
	if configurator != "" {
		project.Configurators = entries(configurator)
	}
	return project
}

func globalAdministrators(texts ...string) orgEdit {
	return func(org *draft) {
		for _, text := range texts {
			account(&org.Organization, text).Role = vocabulary.RoleGlobalAdministrator
		}
	}
}

func supportUser(active bool) orgEdit {
	return func(org *draft) {
		support := principal("user:support@example.com")
		support.Support, support.Active = true, active
		org.Principals = append(org.Principals, support)
	}
}

func invitationUntil(end time.Time) orgEdit {
	return func(org *draft) { account(&org.Organization, "user:owner@example.com").InvitationExpires = &end }
}

func tokenOf(text string, generated time.Time) orgEdit {
	return func(org *draft) { account(&org.Organization, text).TokenGenerated = &generated }
}
