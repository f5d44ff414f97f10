package planreview_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func TestRecordedPlan(t *testing.T) {
	report := reviewed(t, recordedPlan(t))
	says(
		t, report,
		"7 resources change: 6 gains and 2 losses of access; 2 findings introduced, 1 of them denied; 0 resolved, 0 left.",
		"user:release.manager@example.com gains approval on project-b/release-signing, through group:Approvers | B",
		"user:qa.lead@example.com loses configuration on project-a, directly",
		"group:Release Managers (members not known) gains configuration on project-a\n",
		"approvers of project-b/release-signing: gains group:Approvers | B (members not known), "+
			"user:release.manager@example.com (through group:Approvers | B); then has group:Approvers | B",
		"user:auditor@example.com is created",
		"user:auditor@example.com gets the global role Global Reader",
		"user:auditor@example.com gets an invitation\n",
		"the API token of ci_user:PrjB-nightly is rotated, because of rotation_triggers; the one before stops working",
		"user:qa.lead@example.com was added to the configurators of project-a",
		"member of signpath_project_reader.team is known after apply",
		"deny unreadable-change: signpath_project_reader.team changes access, and its member is known after apply.",
	)
	if got := rules(report.Findings.Introduced); !slices.Equal(got, []string{"submit-and-approve", "unreadable-change"}) {
		t.Errorf("introduced: %q", got)
	}
	for format, text := range outputs(t, report) {
		if strings.Contains(text, "dG9rZW4tb2YtYS1tb2Nr") {
			t.Errorf("the token is in the %s", format)
		}
	}
}

// TestWhatResourcesDoTogether has one resource add a submitter and another an
// approver, and a third that was there before.
func TestWhatResourcesDoTogether(t *testing.T) {
	both := "user:both@example.com"
	report := newPlan().
		change("signing_policy_submitters", onPolicy("release"), onPolicy("release", both)).
		change("signing_policy_approver", nil, entry("release", both)).
		change("signing_policy_submitter", entry("test", both), entry("test", both)).
		change("signing_policy_approver", entry("test", both), entry("test", both)).
		review(t)
	if got := rules(report.Findings.Introduced); !slices.Equal(got, []string{"submit-and-approve"}) {
		t.Errorf("introduced: %q", got)
	}
	if got := rules(report.Findings.Left); !slices.Equal(got, []string{"submit-and-approve"}) {
		t.Errorf("left: %q", got)
	}
	if report.Introduces(review.Deny) || !report.Introduces(review.Warn) {
		t.Error("a warning is introduced, and nothing denied")
	}
}

// TestMissingPeople has a policy that needs two approvals, and one approver in the
// plan: only where nobody else can be on the list are they missing.
func TestMissingPeople(t *testing.T) {
	policy := func(approvers []any) attributes {
		return attributes{"project": "acme", "slug": "release", "uses_approval_process": true, "required_approvals": 2, "approvers": approvers}
	}
	a, b := "user:a@example.com", "user:b@example.com"
	for name, test := range map[string]struct {
		plan *planBuilder
		want []string
	}{
		"the whole list": {
			newPlan().data("signing_policy", policy(list(a, b))).change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release", a)),
			[]string{"approval-quorum"},
		},
		"a list that a data source tells": {
			newPlan().data("signing_policy", policy(list(a, b))).change("signing_policy_approver", entry("release", b), nil),
			[]string{"approval-quorum"},
		},
		"single entries": {
			newPlan().data("signing_policy", attributes{"project": "acme", "slug": "release", "uses_approval_process": true, "required_approvals": 2, "approvers": nil}).
				change("signing_policy_approver", entry("release", b), nil).change("signing_policy_approver", entry("release", a), entry("release", a)),
			[]string{},
		},
		"a member that comes with the apply": {
			newPlan().data("signing_policy", policy(list(a, b))).
				change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release", a), unknown("members")),
			[]string{},
		},
		"an entry of which the place comes with the apply": {
			newPlan().data("signing_policy", policy(list(a, b))).change("signing_policy_approver", entry("release", b), nil).
				change("signing_policy_approver", nil, attributes{"project": "acme", "member": b}, unknown("signing_policy")),
			[]string{},
		},
		"a group of which the members are unknown": {
			newPlan().data("signing_policy", policy(list(a, b))).
				change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release", "group:Approvers")),
			[]string{},
		},
		"a group that is new": {
			newPlan().data("signing_policy", policy(list(a, b))).
				change("user_group", nil, attributes{"name": "Approvers", "member": "group:Approvers"}, unknown("id")).
				change("user_group_member", nil, attributes{"group": "group:Approvers", "member": a}).
				change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release", "group:Approvers")),
			[]string{"approval-quorum"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, email := range []string{"a@example.com", "b@example.com"} {
				test.plan.data("user", attributes{"email": email, "member": "user:" + email, "active": true, "status": "active"})
			}
			denied := slices.DeleteFunc(rules(test.plan.review(t).Findings.Introduced), func(rule string) bool { return rule != "approval-quorum" })
			if !slices.Equal(denied, test.want) {
				t.Errorf("%q, want %q", denied, test.want)
			}
		})
	}
}

func TestLists(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	for name, test := range map[string]struct {
		plan *planBuilder
		says []string
	}{
		"a destroyed list is empty": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a, b), nil),
			[]string{"approvers of acme/release: loses " + a + ", " + b + "; then has no entry", a + " loses approval on acme/release"},
		},
		"a destroyed entry leaves the others": {
			newPlan().change("signing_policy_approver", entry("release", a), nil).
				change("signing_policy_approver", entry("release", b), entry("release", b)),
			[]string{"loses " + a + "; then has " + b + ", and whoever else is on it", "!" + b + " loses"},
		},
		"a forgotten list stays": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a), nil, forgotten),
			[]string{"!loses"},
		},
		"a new list takes others off": {
			newPlan().change("project_readers", nil, attributes{"project": "acme", "members": list(a)}),
			[]string{"readers of acme: gains " + a + "; then has " + a + "; who else was on it before, which this plan does not tell, is taken off"},
		},
		"another spelling is no change": {
			newPlan().change("user", attributes{"id": "11111111-1111-4111-8111-111111111111", "email": "a@example.com", "member": a, "active": true},
				attributes{"id": "11111111-1111-4111-8111-111111111111", "email": "a@example.com", "member": a, "active": true}).
				change("project_readers", attributes{"project": "acme", "members": list("user:11111111-1111-4111-8111-111111111111")},
					attributes{"project": "acme", "members": list("user:A@example.com")}),
			[]string{"!readers of acme", "!gains reading", "!loses reading"},
		},
		"a renamed CI user keeps its access": {
			newPlan().change("ci_user", attributes{"id": "11111111-1111-4111-8111-111111111111", "name": "old", "member": "ci_user:old", "active": true},
				attributes{"id": "11111111-1111-4111-8111-111111111111", "name": "new", "member": "ci_user:new", "active": true}).
				change("signing_policy_submitters", onPolicy("test", "ci_user:old"), onPolicy("test", "ci_user:new")),
			[]string{"ci_user:old is renamed to ci_user:new", "!submission", "!submitters of acme/test"},
		},
		"an entry moves to another policy": {
			newPlan().change("signing_policy_approver", entry("test", a), entry("release", a), replacing("signing_policy")),
			[]string{a + " gains approval on acme/release", a + " loses approval on acme/test"},
		},
		"a group of which the plan tells nothing": {
			newPlan().change("project_configurators", attributes{"project": "acme", "members": list(a)}, attributes{"project": "acme", "members": list(a, "group:G")}).
				change("signing_policy_approver", entry("release", "group:H"), nil),
			[]string{
				": 1 gain and 1 loss of access", "group:G (members not known) gains configuration on acme\n",
				"group:H (members not known) loses approval on acme/release (a release policy)\n",
				"configurators of acme: gains group:G (members not known); then has group:G, " + a + "\n",
				"approvers of acme/release: loses group:H (members not known); then has",
			},
		},
		"a group that is known to the end": {
			newPlan().change("project_configurators", attributes{"project": "acme", "members": list()}, attributes{"project": "acme", "members": list("group:G")}).
				change("user_group_members", attributes{"group": "group:G", "members": list(a, "group:H")}, attributes{"group": "group:G", "members": list(a, "group:H")}).
				change("user_group_members", attributes{"group": "group:H", "members": list()}, attributes{"group": "group:H", "members": list()}),
			[]string{": 1 gain and 0 losses of access", "configurators of acme: gains group:G, " + a + " (through group:G); then has group:G\n"},
		},
		"a group that holds one of which the plan tells nothing": {
			newPlan().change("project_configurators", attributes{"project": "acme", "members": list()}, attributes{"project": "acme", "members": list("group:G")}).
				change("user_group_members", attributes{"group": "group:G", "members": list("group:H")}, attributes{"group": "group:G", "members": list("group:H")}),
			[]string{"group:G (members not known) gains configuration on acme\n"},
		},
		"members of a group get its rights": {
			newPlan().change("signing_policy_approvers", onPolicy("release", "group:G"), onPolicy("release", "group:G")).
				change("user_group_members", attributes{"group": "group:G", "members": list(a)}, attributes{"group": "group:G", "members": list(b)}),
			[]string{"members of group:G: gains " + b + "; loses " + a, b + " gains approval on acme/release, through group:G"},
		},
		"a destroyed group is empty": {
			newPlan().change("user_group", attributes{"id": "11111111-1111-4111-8111-111111111111", "name": "G", "member": "group:G"}, nil).
				change("user_group_member", attributes{"group": "group:G", "member": a}, nil).
				change("signing_policy_approver", entry("release", "group:G"), entry("release", "group:G")),
			[]string{"group:G loses its members; the empty group stays", a + " loses approval on acme/release", "empty-group"},
		},
	} {
		t.Run(name, func(t *testing.T) { says(t, test.plan.review(t), test.says...) })
	}
}

func TestAccounts(t *testing.T) {
	const id = "11111111-1111-4111-8111-111111111111"
	user := func(email string, active bool) attributes {
		return attributes{"id": id, "email": email, "member": "user:" + email, "active": active, "status": "active", "name": "Somebody"}
	}
	a := user("a@example.com", true)
	inactive := func(identity any) attributes {
		account := user("a@example.com", false)
		account["status"], account["identity"] = "inactive", identity
		return account
	}
	activated := func(identity any) attributes {
		account := user("a@example.com", true)
		account["identity"] = identity
		delete(account, "status")
		return account
	}
	withTriggers := user("a@example.com", true)
	withTriggers["reinvite_triggers"] = attributes{"round": "2"}
	adopting := attributes{"email": "n@example.com", "member": "user:n@example.com", "active": true, "adopt_existing": true}
	other := attributes{"email": "b@example.com", "member": "user:b@example.com", "active": true, "status": "invited"}
	onList := entry("release", "user:a@example.com")
	assigned := func(role string) attributes { return attributes{"member": "user:a@example.com", "role": role} }
	token := attributes{"ci_user": "ci_user:build"}
	sealed := func(github string, age ...string) attributes {
		return attributes{
			"ci_user": "ci_user:build", "github_recipients": attributes{"repo": attributes{"key": github, "key_id": "1"}}, "encryption_recipients": age,
		}
	}
	due := attributes{"ci_user": "ci_user:build", "rotate_after": "90d", "rotates_at": "2026-01-31T10:00:00Z"}
	young := attributes{"ci_user": "ci_user:young", "rotate_after": "90d", "rotates_at": "2126-01-31T10:00:00Z"}
	for name, test := range map[string]struct {
		plan *planBuilder
		says []string
	}{
		"destroyed": {
			newPlan().change("user", a, nil).change("signing_policy_approver", onList, onList),
			[]string{
				"user:a@example.com is deactivated, because its resource is destroyed",
				"loses approval on acme/release, directly, because the account is no longer active", "inactive-entry",
			},
		},
		"deactivated": {newPlan().change("user", a, user("a@example.com", false)), []string{"user:a@example.com is deactivated\n", "!Mails"}},
		"activated before the invitation was accepted": {
			newPlan().change("user", inactive(nil), activated(nil), unknown("status")).change("signing_policy_approver", onList, onList),
			[]string{
				"0 gains", "user:a@example.com is activated", "warn invited-entry: user:a@example.com has not accepted the invitation",
				"!because the account is now active",
			},
		},
		"activated again": {
			newPlan().change("user", inactive("sso:a"), activated("sso:a"), unknown("status")).change("signing_policy_approver", onList, onList),
			[]string{"user:a@example.com is activated", "gains approval on acme/release, directly, because the account is now active", "!invit"},
		},
		"another address": {
			newPlan().change("user", a, other, replacing("email"), unknown("id")),
			[]string{"user:a@example.com is deactivated, and user:b@example.com is created in its place", "user:b@example.com gets an invitation"},
		},
		"replaced by itself": {
			newPlan().change("user", a, attributes{"email": "a@example.com", "member": "user:a@example.com", "active": true}, replacing(), unknown("id")).
				change("signing_policy_approver", onList, onList),
			[]string{"deactivated and activated again", "!invitation", "!loses"},
		},
		"adopted": {
			newPlan().change("user", nil, adopting),
			[]string{"created, or taken over if it exists", "gets an invitation, unless the user exists already"},
		},
		"invited again": {newPlan().change("user", a, withTriggers), []string{"user:a@example.com gets another invitation"}},
		"forgotten":     {newPlan().change("user", a, nil, forgotten), []string{"user:a@example.com is forgotten by Terraform and stays as it is", "!deactivated"}},
		"role given":    {newPlan().change("role_assignment", nil, assigned("GlobalReader")), []string{"gets the global role Global Reader", "gains reading"}},
		"role changed": {
			newPlan().change("role_assignment", assigned("GlobalReader"), assigned("ProjectAdministrator")),
			[]string{"has the global role Project Administrator instead of Global Reader"},
		},
		"role taken": {
			newPlan().change("role_assignment", assigned("GlobalReader"), nil),
			[]string{"has the global role Regular User instead of Global Reader", "loses reading"},
		},
		"token made": {newPlan().change("ci_user_token", nil, token), []string{"an API token of ci_user:build is generated; one that it has stops working"}},
		"token of whom the plan creates": {
			newPlan().change("ci_user_token", nil, token, unknown("id")),
			[]string{"an API token of ci_user:build is generated", "!stops working"},
		},
		"token left": {newPlan().change("ci_user_token", token, nil), []string{"the API token of ci_user:build is not revoked"}},
		"token rotated": {
			newPlan().change("ci_user_token", token, token, replacing("rotation_triggers")),
			[]string{"is rotated, because of rotation_triggers; the one before stops working"},
		},
		"token due": {
			newPlan().change("ci_user_token", due, attributes{"ci_user": "ci_user:build", "rotate_after": "90d"}, replacing("generated_at")),
			[]string{`is rotated, because by rotate_after = "90d" it has been due since 2026-01-31T10:00:00Z; the one before stops working`, "!generated_at"},
		},
		"token due, of a state without the moment": {
			newPlan().change("ci_user_token", token, attributes{"ci_user": "ci_user:build", "rotate_after": "720h"}, replacing("generated_at")),
			[]string{`is rotated, because it is due by rotate_after = "720h"; the one before`},
		},
		"token due, and triggered": {
			newPlan().change("ci_user_token", due, due, replacing("generated_at", "rotation_triggers")),
			[]string{"is rotated, because of rotation_triggers, because by rotate_after"},
		},
		"token held, with other settings": {
			newPlan().change("ci_user_token", young, due),
			[]string{"the settings of the API token of ci_user:build change; the token stays", "left as it is by this plan: ci_user:build, since 2026-01-31T10:00:00Z"},
		},
		"token due by another period": {
			newPlan().change("ci_user_token", young, attributes{"ci_user": "ci_user:young", "rotate_after": "1d"}, replacing("generated_at")),
			[]string{`is rotated, because it is due by rotate_after = "1d"; the one before`, "!2126"},
		},
		"token due by another window": {
			newPlan().change("ci_user_token", young, attributes{"ci_user": "ci_user:young", "rotate_after": "90d", "rotate_early": "89d"}, replacing("generated_at")),
			[]string{`is rotated, because it is due by rotate_after = "90d"; the one before`, "!2126"},
		},
		"token for the same keys": {
			newPlan().change("ci_user_token", sealed("A", "age1x"), sealed("A", "age1x"), replacing("rotation_triggers")),
			[]string{"is rotated, because of rotation_triggers; the one before stops working\n"},
		},
		"token for other keys": {
			newPlan().change("ci_user_token", sealed("A", "age1x"), sealed("B", "age1x", "age1y"), replacing("encryption_recipients")),
			[]string{
				"the one before stops working; the new one can be opened with keys that the one before could not: " +
					`"repo" of github_recipients, 1 of encryption_recipients` + "\n",
			},
		},
		"token for keys that come with the apply": {
			newPlan().change("ci_user_token", sealed("A", "age1x"), attributes{"ci_user": "ci_user:build"}, replacing("rotation_triggers"),
				unknown("github_recipients", "encryption_recipients")),
			[]string{"could not: github_recipients, which comes with the apply, those of encryption_recipients\n"},
		},
		"token in the clear": {
			newPlan().change("ci_user_token", sealed("A"), attributes{"ci_user": "ci_user:build", "github_recipients": nil, "encryption_recipients": nil},
				replacing("github_recipients")),
			[]string{"the one before stops working; the new one is in the state in the clear\n"},
		},
		"tokens held": {
			newPlan().change("ci_user_token", due, due).
				change("ci_user_token", attributes{"ci_user": "ci_user:late", "rotates_at": "2026-02-01T00:00:00Z"},
					attributes{"ci_user": "ci_user:late", "rotates_at": "2026-02-01T00:00:00Z"}).
				change("ci_user_token", young, young).change("ci_user_token", token, token),
			[]string{
				"due for rotation, and left as they are by this plan: ci_user:build, since 2026-01-31T10:00:00Z; ci_user:late, since 2026-02-01T00:00:00Z",
				"!ci_user:young", "!is rotated", "!settings of the API token",
			},
		},
	} {
		t.Run(name, func(t *testing.T) { says(t, test.plan.review(t), test.says...) })
	}
}

// TestAdministrators gives the plan every principal, so that it knows who is left.
func TestAdministrators(t *testing.T) {
	administrator := func(email string) any {
		return attributes{"id": "", "email": email, "member": "user:" + email, "active": true, "status": "active", "role": "GlobalAdministrator"}
	}
	plan := func(filter any) *planBuilder {
		return newPlan().
			data("users", attributes{"role": filter, "users": []any{administrator("b@example.com")}}).
			data("ci_users", attributes{"ci_users": []any{}}).data("user_groups", attributes{"user_groups": []any{}}).
			change("role_assignment", attributes{"member": "user:b@example.com", "role": "GlobalAdministrator"}, nil)
	}
	if report := plan(nil).review(t); !report.Introduces(review.Deny) {
		t.Errorf("introduced: %q", rules(report.Findings.Introduced))
	}
	if report := plan("GlobalAdministrator").review(t); report.Introduces(review.Deny) {
		t.Errorf("introduced, though others may be there: %q", rules(report.Findings.Introduced))
	}
}

// TestEveryChangeIsTold has changes that are none of access.
// Who has a role that nobody knows is an administrator when it is taken away, and none
// when it is asked who is left.
func TestUnknownRoles(t *testing.T) {
	user := func(email string, role any) any {
		return attributes{"id": "", "email": email, "member": "user:" + email, "active": true, "status": "active", "role": role}
	}
	for spelled, value := range map[string]any{`"GlobalAdmin" (unknown)`: "GlobalAdmin", "null (unknown)": nil} {
		t.Run(spelled, func(t *testing.T) {
			everybody := func(users ...any) *planBuilder {
				return newPlan().data("users", attributes{"users": users}).
					data("ci_users", attributes{"ci_users": []any{}}).data("user_groups", attributes{"user_groups": []any{}})
			}
			last := everybody(user("a@example.com", value), user("b@example.com", "GlobalAdministrator"), user("c@example.com", value)).
				change("role_assignment", attributes{"member": "user:b@example.com", "role": "GlobalAdministrator"}, nil).
				change("role_assignment", attributes{"member": "user:c@example.com", "role": value}, nil).review(t)
			if !last.Introduces(review.Deny) {
				t.Errorf("introduced: %q", rules(last.Findings.Introduced))
			}
			if got := causesOf(t, last.Findings.Introduced, "no-global-administrator"); !slices.Equal(got, []string{"signpath_role_assignment.r004"}) {
				t.Errorf("the causes are %q", got)
			}
			says(t, last, "Who may be one: user:a@example.com with the role "+spelled)

			account := func(email string, active bool) attributes {
				return attributes{"id": "", "email": email, "member": "user:" + email, "active": active, "status": "active", "identity": "sso:" + email}
			}
			all := []any{user("a@example.com", value), user("c@example.com", "RegularUser")}
			for i := range 5 {
				all = append(all, user(fmt.Sprintf("admin%d@example.com", i), "GlobalAdministrator"))
			}
			more := everybody(all...).
				change("user", account("a@example.com", false), account("a@example.com", true)).
				change("user", account("c@example.com", false), account("c@example.com", true)).review(t)
			if got := causesOf(t, more.Findings.Introduced, "many-global-administrators"); !slices.Equal(got, []string{"signpath_user.r004"}) {
				t.Errorf("the causes are %q", got)
			}

			demoted := everybody(user("a@example.com", value), user("b@example.com", "GlobalAdministrator")).
				change("role_assignment", attributes{"member": "user:a@example.com", "role": value},
					attributes{"member": "user:a@example.com", "role": "GlobalReader"}).review(t)
			says(t, demoted, "user:a@example.com loses control of everything in the organization, by the role "+spelled+", which counts as Global Administrator",
				"user:a@example.com has the global role Global Reader instead of "+spelled)
			if got := causesOf(t, demoted.Findings.Resolved, "unknown-role"); !slices.Equal(got, []string{"signpath_role_assignment.r004"}) {
				t.Errorf("the causes are %q", got)
			}
		})
	}
}

func TestEveryChangeIsTold(t *testing.T) {
	a := "user:a@example.com"
	user := func(more attributes) attributes {
		all := attributes{"id": idA, "email": "a@example.com", "member": a, "name": "A", "active": true, "status": "active"}
		maps.Copy(all, more)
		return all
	}
	members := attributes{"group": "group:G", "members": list(a)}
	assigned := func(allow bool) attributes {
		return attributes{"member": a, "role": "GlobalReader", "allow_lockout": allow}
	}
	imported := func(r *tfjson.ResourceChange) { r.Change.Importing = &tfjson.Importing{ID: "x"} }
	for name, test := range map[string]struct {
		plan *planBuilder
		says []string
	}{
		"a list is given up": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a), nil, forgotten),
			[]string{"the list of approvers of acme/release is forgotten by Terraform and stays as it is"},
		},
		"an entry is": {
			newPlan().change("signing_policy_approver", entry("release", a), nil, forgotten),
			[]string{"the entry user:a@example.com among the approvers of acme/release is forgotten"},
		},
		"a role is": {
			newPlan().change("role_assignment", assigned(false), nil, forgotten),
			[]string{"the global role Global Reader of user:a@example.com is forgotten", "!gets the"},
		},
		"a list is imported": {
			newPlan().change("user_group_members", members, members, imported),
			[]string{"the list of members of group:G is imported", "No resource of SignPath changes"},
		},
		"a user is imported": {newPlan().change("user", user(nil), user(nil), imported), []string{"user:a@example.com is imported: from now on"}},
		"a token is imported": {
			newPlan().change("ci_user_token", attributes{"ci_user": "ci_user:b"}, attributes{"ci_user": "ci_user:b"}, imported),
			[]string{"the API token of ci_user:b is imported"},
		},
		"another name":  {newPlan().change("user", user(nil), user(attributes{"name": "B"})), []string{"name of user:a@example.com changes from A to B"}},
		"a hidden name": {newPlan().change("user", user(nil), user(attributes{"name": "B"}), sensitive("name")), []string{"name of user:a@example.com changes\n"}},
		"another mail address": {
			newPlan().change("ci_user", attributes{"name": "b", "member": "ci_user:b", "notification_email": nil}, attributes{
				"name": "b", "member": "ci_user:b", "notification_email": "n@example.com",
			}),
			[]string{"notification_email of ci_user:b changes from null to n@example.com"},
		},
		"a new name of a group is told once": {
			newPlan().change("user_group", attributes{"name": "A", "member": "group:A"}, attributes{"name": "B", "member": "group:B"}),
			[]string{"group:A is renamed to group:B", "!name of"},
		},
		"a guard is switched off": {
			newPlan().change("user", nil, user(attributes{"allow_lockout": true})), []string{"allow_lockout of user:a@example.com is true"},
		},
		"a guard of a role is, too": {
			newPlan().change("role_assignment", assigned(false), assigned(true)),
			[]string{"allow_lockout of user:a@example.com changes from false to true, for the global role"},
		},
	} {
		t.Run(name, func(t *testing.T) { says(t, test.plan.review(t), test.says...) })
	}
}

func TestChecksThatFail(t *testing.T) {
	plan := newPlan()
	plan.plan.Checks = []tfjson.CheckResultStatic{
		{Status: tfjson.CheckStatusFail, Instances: []tfjson.CheckResultDynamic{{
			Address: tfjson.CheckDynamicAddress{ToDisplay: "check.four_eyes"}, Status: tfjson.CheckStatusFail,
			Problems: []tfjson.CheckResultProblem{{Message: "One person is enough."}},
		}}},
		{
			Status:    tfjson.CheckStatusError,
			Instances: []tfjson.CheckResultDynamic{{Address: tfjson.CheckDynamicAddress{ToDisplay: "check.broken"}, Status: tfjson.CheckStatusError}},
		},
		{
			Status:    tfjson.CheckStatusPass,
			Instances: []tfjson.CheckResultDynamic{{Address: tfjson.CheckDynamicAddress{ToDisplay: "check.good"}, Status: tfjson.CheckStatusPass}},
		},
	}
	says(t, plan.review(t), "Checks that fail\n  - check.four_eyes: One person is enough.\n  - check.broken could not be evaluated\n", "!check.good")
}

// TestSeveralOrganizations has slugs and names that mean something else in each.
func TestSeveralOrganizations(t *testing.T) {
	plan := newPlan()
	configurations := map[string]*tfjson.ProviderConfig{
		"signpath":              {Name: "signpath", FullName: "registry.terraform.io/signpath-community/signpath"},
		"module.child:signpath": {Name: "signpath", FullName: "registry.terraform.io/signpath-community/signpath"},
		"random":                {Name: "random", FullName: "registry.terraform.io/hashicorp/random"},
	}
	plan.plan.Config = &tfjson.Config{ProviderConfigs: configurations, RootModule: &tfjson.ConfigModule{}}
	says(t, plan.review(t), "!several configurations")
	configurations["signpath.eu"] = &tfjson.ProviderConfig{Name: "signpath", Alias: "eu", FullName: "registry.terraform.io/signpath-community/signpath"}
	says(t, plan.review(t), "the provider has several configurations (signpath, signpath.eu): if they are of several organizations")
}

func TestHeadlineOfNothing(t *testing.T) {
	says(t, newPlan().review(t), "No resource of SignPath changes; 0 findings left. The live organization was not asked.\n", "!Not all is known")
	says(t, newPlan().change("user_group", nil, attributes{"name": "G"}, unknown("member")).review(t), "1 resource changes: ", "Not all is known: 1 gap.")
}

// TestHeadlineCountsWhatIsNotInForce has an invited user take the place of another.
func TestHeadlineCountsWhatIsNotInForce(t *testing.T) {
	plan := newPlan().change("signing_policy_approvers", onPolicy("release", "user:old@example.com"), onPolicy("release", "user:new@example.com"))
	for _, email := range []string{"old@example.com", "new@example.com"} {
		plan.data("user", attributes{"email": email, "member": "user:" + email, "active": true, "status": "invited"})
	}
	says(t, plan.review(t), "user:new@example.com will gain", "user:old@example.com will no longer gain", ": 1 gain and 1 loss of access;")
}

func TestWhatIsLeftOpen(t *testing.T) {
	plan := newPlan()
	incomplete := false
	plan.plan.Complete = &incomplete
	plan.plan.DeferredChanges = []*tfjson.DeferredResourceChange{{ResourceChange: &tfjson.ResourceChange{Address: "signpath_user.later", Type: "signpath_user"}}}
	plan.plan.ActionInvocations = []*tfjson.ActionInvocation{{
		Address: "action.signpath_reinvite_user.a", Type: "signpath_reinvite_user", ConfigValues: attributes{"user": "user:a@example.com"},
	}}
	says(t, plan.review(t), "another one must follow", "!ended with an error", "signpath_user.later is deferred to a later plan",
		"user:a@example.com gets another invitation")
}

// TestErroredPlan has a plan that Terraform could not finish, and still shows.
func TestErroredPlan(t *testing.T) {
	plan := newPlan().change("signing_policy_approver", nil, entry("release", "user:a@example.com"))
	incomplete := false
	plan.errored, plan.plan.Complete = true, &incomplete
	report := plan.review(t)
	for _, format := range []string{"text", "markdown"} {
		if text := outputs(t, report)[format]; !strings.Contains(text, "Planning ended with an error") || strings.Contains(text, "must follow") {
			t.Errorf("the %s is\n%s", format, text)
		}
	}
}

// TestExceptions has a finding that an exception lets pass before and after, and one
// that the plan would introduce.
func TestExceptions(t *testing.T) {
	both := "user:both@example.com"
	plan := newPlan().
		change("signing_policy_submitter", entry("test", both), entry("test", both)).
		change("signing_policy_approver", entry("test", both), entry("test", both)).
		change("signing_policy_submitter", entry("release", both), entry("release", both)).
		change("signing_policy_approver", nil, entry("release", both))
	now := time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)
	exception := review.Exception{Member: ref(both), Place: access.PlaceOf("acme"), Reason: "Until a second approver is hired", Until: now}
	report, err := planreview.Review(plan.throughJSON(t), review.Rulebook{
		Catalogue: vocabulary.Rules,
		Now:       now, Rules: map[string]review.RuleSetting{"submit-and-approve": {Exceptions: []review.Exception{exception}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	says(t, report, "Findings introduced that an exception lets pass\n", "approve acme/release.\n",
		"Excepted until 2026-06-15: Until a second", "By signpath_signing_policy_approver.r004", "!acme/test.")
	// Code hosts show as open what is marked as suppressed.
	if sarif := outputs(t, report)["sarif"]; strings.Contains(sarif, `"ruleId": "submit-and-approve"`) {
		t.Errorf("what an exception lets pass is in %s", sarif)
	}
	if report.Introduces(review.Warn) {
		t.Error("it fails in spite of the exception")
	}
}

// TestWeakRulesAreTold has rules that let more pass than by default, and exceptions for nobody.
func TestWeakRulesAreTold(t *testing.T) {
	both, until := "user:both@example.com", time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	plan := newPlan().change("signing_policy_submitter", nil, entry("release", both)).change("signing_policy_approver", nil, entry("release", both))
	exception := func(member string) review.Exception {
		return review.Exception{Member: ref(member), Reason: "Hiring", Until: until}
	}
	report, err := planreview.Review(plan.throughJSON(t), review.Rulebook{
		Catalogue: vocabulary.Rules, Now: time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC), Rules: map[string]review.RuleSetting{
			"approval-quorum":    {Severity: review.Warn},
			"submit-and-approve": {Exceptions: []review.Exception{exception(both), exception("user:boht@example.com")}},
			"old-token":          {Severity: review.Ignore, Exceptions: []review.Exception{exception("ci_user:b")}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	says(t, report, "Rules that are weaker than by default\n", "approval-quorum has the severity warn, and by default deny.",
		"Exceptions that match nothing\n  - The exception of user:boht@example.com from submit-and-approve matches nothing.\n",
		"!both@example.com from submit-and-approve matches", "!from old-token matches")
}

// TestRulesThatAreSwitchedOff has a change that may have switched off the rule itself.
func TestRulesThatAreSwitchedOff(t *testing.T) {
	both := "user:both@example.com"
	plan := newPlan().
		change("signing_policy_submitter", nil, entry("release", both)).
		change("signing_policy_approver", nil, entry("release", both))
	report, err := planreview.Review(plan.throughJSON(t), review.Rulebook{
		Catalogue: vocabulary.Rules,
		Now:       time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC), Rules: map[string]review.RuleSetting{"submit-and-approve": {Severity: review.Ignore}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for format, wanted := range map[string]string{
		"text":     "Rules that are switched off: submit-and-approve.",
		"markdown": "Rules that are switched off: submit-and-approve.",
		"sarif":    "Rules that are switched off: submit-and-approve.",
		"json":     "\"ignored\": [\n    \"submit-and-approve\"\n  ]",
	} {
		if text := outputs(t, report)[format]; !strings.Contains(text, wanted) {
			t.Errorf("%q is not in\n%s", wanted, text)
		}
	}
	says(t, reviewed(t, plan.throughJSON(t)), "!switched off")
}
