package planreview_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// marked marks what may not be shown after the change.
func marked(marks attributes) func(*tfjson.ResourceChange) {
	return func(r *tfjson.ResourceChange) { r.Change.AfterSensitive = marks }
}

// TestSensitiveValuesHideNothingElse has values that Terraform does not show in one place, and
// shows in others: there they are told; what is hidden is judged, and told without the name.
func TestSensitiveValuesHideNothingElse(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	quiet := attributes{"email": "q@example.com", "name": "Q", "member": "user:q@example.com", "active": true, "notification_email": "q@example.com"}
	submitter := func(l *planreview.Live) {
		l.Organization.Grant(vocabulary.Submitters.Role(), access.PlaceOf("acme", "release"), entriesOf("user:"+idB))
		l.Organization.Grant(vocabulary.Approvers.Role(), access.PlaceOf("acme", "release"), entriesOf("user:"+idA))
	}
	for name, test := range map[string]struct {
		plan *planBuilder
		says []string
	}{
		"the same text in another attribute": {
			newPlan().change("user", nil, quiet, sensitive("notification_email"), unknown("id")).
				change("role_assignment", nil, attributes{"member": "user:q@example.com", "role": "GlobalAdministrator"}).
				change("project_configurator", nil, attributes{"project": "acme", "member": "user:q@example.com"}),
			[]string{
				": 2 gains", "user:q@example.com gains control of everything", "user:q@example.com gains configuration on acme", "user:q@example.com is created",
				"!sensitive",
			},
		},
		"the same text as a principal of another kind": {
			newPlan().change("ci_user", nil, attributes{"name": "G", "member": "ci_user:G", "active": true}, sensitive("name")).
				change("signing_policy_submitter", nil, entry("release", "group:G")),
			[]string{"user:a@example.com gains submission on acme/release, through group:G", "signpath_ci_user.r001 is created", "!ci_user:G"},
		},
		"an address that is sensitive": {
			newPlan().change("user", nil, quiet, sensitive("email"), unknown("id")).
				change("role_assignment", nil, attributes{"member": "user:q@example.com", "role": "GlobalAdministrator"}),
			[]string{": 1 gain", "user:(sensitive)@signpath_user.r001 gains control of everything", "!user:q@"},
		},
		"a whole list": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a), onPolicy("release", a, b), sensitive("members")).
				change("project_configurators", nil, attributes{"project": "acme", "members": list(b)}),
			[]string{
				": 2 gains and 0 losses", "deny submit-and-approve: user:" + idB + " can both", "user:" + idB + " gains approval on acme/release",
				b + " gains configuration on acme",
				"approvers of acme/release: gains user:" + idB + "; then has user:" + idA + ", user:" + idB + "\n", "!" + a,
				"members of signpath_signing_policy_approvers.r001 is sensitive, and so not shown",
			},
		},
		"one element": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a), onPolicy("release", a, b), marked(attributes{"members": []any{false, true}})),
			[]string{"deny submit-and-approve: user:" + idB, "then has " + a + ", user:" + idB + "\n", "!" + b + " gains"},
		},
		"one entry": {
			newPlan().change("signing_policy_approver", nil, entry("release", b), sensitive("member")),
			[]string{"deny submit-and-approve: user:" + idB, "!" + b + " can", "!" + b + " gains"},
		},
		"a group on a list": {
			newPlan().change("signing_policy_submitter", nil, entry("release", "group:G"), sensitive("member")),
			[]string{
				"deny submit-and-approve: user:" + idA + " can both submit to and approve acme/release", "submitter of acme/release, through group:" + idG,
				"!group:G",
			},
		},
		"a member of a group": {
			newPlan().change("user_group_members", groupMembers("G", a), groupMembers("G", a, b), sensitive("members")).
				change("signing_policy_approver", nil, entry("release", "group:G")),
			[]string{"deny submit-and-approve: user:" + idB, "members of group:G: gains user:" + idB, "!" + b + " gains"},
		},
		"who gets a role": {
			newPlan().change("role_assignment", nil, attributes{"member": b, "role": "GlobalAdministrator"}, sensitive("member")),
			[]string{
				"user:" + idB + " gains control of everything", "user:" + idB + " has the global role Global Administrator", "!" + b + " gains",
				"!unreadable-change",
			},
		},
		"who gets a role, and is new": {
			newPlan().change("user", nil, quiet, unknown("id")).
				change("role_assignment", nil, attributes{"member": "user:q@example.com", "role": "GlobalAdministrator"}, sensitive("member")),
			[]string{"user:(sensitive)@signpath_user.r001 gains control of everything", "user:q@example.com is created", "!user:q@example.com gains"},
		},
		"the role": {
			newPlan().change("role_assignment", nil, attributes{"member": b, "role": "GlobalAdministrator"}, sensitive("role")),
			[]string{
				"deny unreadable-change: signpath_role_assignment.r001 changes access, and its role is sensitive",
				b + " may get another global role than Regular User", "!Global Administrator instead",
			},
		},
		"the place": {
			newPlan().change("signing_policy_approver", nil, entry("release", b), sensitive("signing_policy")),
			[]string{"deny unreadable-change: signpath_signing_policy_approver.r001 changes access, and its signing_policy is sensitive"},
		},
		"whether an account is active": {
			newPlan().change("user", with(quiet, attributes{"id": idA, "active": true}), with(quiet, attributes{"id": idA, "active": false}), sensitive("active")),
			[]string{"deny unreadable-change: signpath_user.r001 changes access, and its active is sensitive"},
		},
		"what does not change": {
			newPlan().change(
				"user", with(quiet, attributes{"id": idA, "active": true}), with(quiet, attributes{"id": idA, "active": true, "name": "R"}), sensitive("active"),
			),
			[]string{"!unreadable-change"},
		},
		"everything": {
			newPlan().change("signing_policy_approver", nil, entry("release", b), func(r *tfjson.ResourceChange) { r.Change.AfterSensitive = true }),
			[]string{"deny unreadable-change"},
		},
	} {
		t.Run(name, func(t *testing.T) { says(t, test.plan.reviewLive(t, liveOrganization(submitter)), test.says...) })
	}
}

// TestNothingUnreadablePasses has access decisions that the plan does not tell, or in a form that
// is not known. Each is a gap and denied; an exception lets it pass.
func TestNothingUnreadablePasses(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	graft := func(name string, value any) attributes {
		return with(onPolicy("release", a, b), attributes{name: value})
	}
	missing := func(o attributes, name string) attributes {
		less := with(o, nil)
		delete(less, name)
		return less
	}
	user := attributes{"id": idA, "email": "a@example.com", "member": a, "name": "A", "active": true}
	update := func(is any) *planBuilder {
		return newPlan().change("signing_policy_approvers", onPolicy("release", a, b), is.(attributes), func(r *tfjson.ResourceChange) {
			r.Change.Actions = tfjson.Actions{tfjson.ActionUpdate}
		})
	}
	acting := func(actions ...tfjson.Action) func(*tfjson.ResourceChange) {
		return func(r *tfjson.ResourceChange) { r.Change.Actions = actions }
	}
	invoking := newPlan()
	invoking.plan.ActionInvocations = []*tfjson.ActionInvocation{{Address: "action.signpath_grant.g", Type: "signpath_grant"}}
	const unreadable, notKnown = "missing, or of a form that is not known here", "known after apply"
	for name, test := range map[string]struct {
		plan *planBuilder
		says string
	}{
		"null":                     {update(graft("members", nil)), "its members is " + unreadable},
		"missing":                  {update(missing(onPolicy("release", a), "members")), "its members is " + unreadable},
		"a text":                   {update(graft("members", a)), "its members is " + unreadable},
		"a map":                    {update(graft("members", attributes{a: true})), "its members is " + unreadable},
		"nested lists":             {update(graft("members", []any{list(a), list(b)})), "its members is " + unreadable},
		"nested objects":           {update(graft("members", []any{attributes{"member": a}})), "its members is " + unreadable},
		"null among members":       {update(graft("members", []any{a, nil})), "its members is " + unreadable},
		"no reference":             {update(graft("members", list("a@example.com"))), "its members is " + unreadable},
		"a place that is a number": {update(graft("project", 5)), "its project is " + unreadable},
		"no place":                 {update(missing(onPolicy("release", a), "signing_policy")), "its signing_policy is " + unreadable},
		"what was there":           {newPlan().change("signing_policy_approvers", graft("members", "x"), nil), "its members is " + unreadable},
		"a member of another form": {
			newPlan().change("signing_policy_approver", nil, attributes{"project": "acme", "signing_policy": "release", "member": list(a)}),
			"its member is " + unreadable,
		},
		"a member that is missing": {newPlan().change("project_reader", nil, attributes{"project": "acme"}), "its member is " + unreadable},
		"a role of another form": {
			newPlan().change("role_assignment", nil, attributes{"member": a, "role": list("GlobalAdministrator")}), "its role is " + unreadable,
		},
		"whether it is active":       {newPlan().change("user", user, with(user, attributes{"active": "false"})), "its active is " + unreadable},
		"an address of another form": {newPlan().change("user", nil, attributes{"email": list("x@example.com"), "active": true}), "its email is " + unreadable},
		"a group of another form":    {newPlan().change("user_group_member", nil, attributes{"group": 7, "member": a}), "its group is " + unreadable},
		"members after the apply": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release"), unknown("members")), "its members is " + notKnown,
		},
		"a member after the apply": {newPlan().change("signing_policy_approver", nil, entry("release", ""), unknown("member")), "its member is " + notKnown},
		"some members, after it": {
			newPlan().change(
				"project_readers", nil, attributes{"project": "acme", "members": []any{a, nil}},
				func(r *tfjson.ResourceChange) { r.Change.AfterUnknown = attributes{"members": []any{false, true}} },
			),
			"its members is " + notKnown,
		},
		"a role after the apply": {
			newPlan().change("role_assignment", attributes{"member": a, "role": "GlobalReader"}, attributes{"member": a}, unknown("role")),
			"its role is " + notKnown,
		},
		"a place after the apply":  {newPlan().change("project_readers", nil, attributes{"members": list(a)}, unknown("project")), "its project is " + notKnown},
		"activity after the apply": {newPlan().change("user", user, missing(user, "active"), unknown("active")), "its active is " + notKnown},
		"everything after the apply": {
			newPlan().change("project_reader", nil, attributes{}, func(r *tfjson.ResourceChange) { r.Change.AfterUnknown = true }),
			"its member is " + notKnown,
		},
		"whose token": {newPlan().change("ci_user_token", nil, attributes{}, unknown("ci_user")), "its ci_user is " + notKnown},
		"a type that is not known": {
			newPlan().change("project_auditors", nil, attributes{"project": "acme", "members": list(a)}),
			"resources of the type signpath_project_auditors are not known here",
		},
		"an action that is not known": {
			newPlan().change("project_reader", nil, attributes{"project": "acme", "member": a}, acting("adopt")),
			"What becomes of signpath_project_reader.r001 is not known: the plan says adopt",
		},
		"a set of known actions": {
			newPlan().change("project_reader", attributes{"project": "acme", "member": a}, attributes{"project": "acme", "member": b}, acting("update", "forget")),
			"the plan says update, forget",
		},
		"no action": {newPlan().change("project_reader", nil, attributes{"project": "acme", "member": a}, acting()), "the plan names no action"},
		"an action that does not fit": {
			newPlan().change("project_reader", attributes{"project": "acme", "member": a}, attributes{"project": "acme", "member": b}, acting("delete")),
			"the plan says delete",
		},
		"an invocation": {invoking, "action.signpath_grant.g is invoked, and actions of the type signpath_grant are not known here"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, report := range []*planreview.Report{test.plan.review(t), test.plan.reviewLive(t, liveOrganization())} {
				says(t, report, "deny unreadable-change", test.says, "!loses approval", "Not known from this plan")
				if !report.Introduces(review.Deny) {
					t.Error("it passes")
				}
				var document struct{ Complete bool }
				if err := json.Unmarshal([]byte(outputs(t, report)["json"]), &document); err != nil || document.Complete {
					t.Errorf("complete: %t, %v", document.Complete, err)
				}
			}
		})
	}
	t.Run("an exception", func(t *testing.T) {
		at := time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)
		report, err := planreview.Review(update(graft("members", nil)).throughJSON(t), review.Rulebook{
			Catalogue: vocabulary.Rules, Now: at, Rules: map[string]review.RuleSetting{review.UnreadableChange: {Exceptions: []review.Exception{
				{Place: access.PlaceOf("acme"), Reason: "The list comes from another system", Until: at},
			}}},
		})
		if err != nil || report.Introduces(review.Deny) || len(report.Findings.Excepted) != 1 {
			t.Errorf("%v, %+v", err, report.Findings)
		}
	})
	t.Run("nothing that changes", func(t *testing.T) {
		odd := graft("members", "x")
		says(
			t, newPlan().change("signing_policy_approvers", odd, odd).review(t), "!unreadable-change",
			"members of signpath_signing_policy_approvers.r001 is missing, or of a form",
		)
	})
}

// TestNobodyLosesForSureWhatIsNotKnown has lists of which the plan does not tell who is on them.
func TestNobodyLosesForSureWhatIsNotKnown(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	partly := func(r *tfjson.ResourceChange) {
		r.Change.AfterUnknown = attributes{"members": []any{false, true}}
		r.Change.After.(attributes)["members"] = []any{b, nil}
	}
	for name, test := range map[string]struct {
		plan *planBuilder
		says []string
	}{
		"a whole list": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release"), unknown("members")),
			[]string{
				": 0 gains and 0 losses (and 2 that may be) of access", a + " may lose approval on acme/release", b + " may lose approval on acme/release",
				"approvers of acme/release: may lose " + a + ", " + b + "; then has nobody of whom this plan tells",
			},
		},
		"a part of it": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release", b), partly),
			[]string{a + " may lose approval", "!" + b + " may lose", "!" + b + " loses", "then has " + b + ", and whoever else is on it"},
		},
		"a group on it": {
			newPlan().change("signing_policy_submitters", onPolicy("release", "group:G"), onPolicy("release"), unknown("members")),
			[]string{"submitters of acme/release: may lose group:G", "!@example.com loses "},
		},
		"an entry": {
			newPlan().change("signing_policy_approver", entry("release", a), entry("release", ""), unknown("member"), replacing("member")),
			[]string{a + " may lose approval", "!@example.com loses "},
		},
		"a place that may be another": {
			newPlan().change("signing_policy_approver", entry("release", a), entry("", a), unknown("signing_policy"), replacing("signing_policy")),
			[]string{a + " may lose approval", "!@example.com loses "},
		},
		"members of a group": {
			newPlan().change("signing_policy_approvers", onPolicy("release", "group:G"), onPolicy("release", "group:G")).
				change("user_group_members", groupMembers("G", a), groupMembers("G"), unknown("members")),
			[]string{a + " may lose approval on acme/release, through group:G", "!@example.com loses "},
		},
		"a role": {
			newPlan().change("role_assignment", attributes{"member": a, "role": "GlobalReader"}, attributes{"member": a}, unknown("role")),
			[]string{a + " may lose reading of artifacts in the organization", "!@example.com loses "},
		},
		"a role that may go to the same": {
			newPlan().change("role_assignment", attributes{"member": a, "role": "GlobalReader"}, nil).
				change("role_assignment", nil, attributes{"role": "GlobalReader"}, unknown("member")),
			[]string{a + " may lose reading of artifacts in the organization", "!com loses"},
		},
		"an account that may be taken over": {
			newPlan().change("user", attributes{"id": idA, "email": "a@example.com", "name": "A", "member": a, "active": true}, nil).
				change("user", nil, attributes{"name": "A", "active": true}, unknown("email", "member", "takes_over")).
				change("signing_policy_approver", entry("release", a), entry("release", a)),
			[]string{a + " may lose approval on acme/release", "!com loses approval"},
		},
		"what ends for sure": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a), nil).
				change("signing_policy_submitters", onPolicy("release", b), onPolicy("release"), unknown("members")),
			[]string{": 0 gains and 1 loss (and 1 that may be) of access", a + " loses approval", b + " may lose submission"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			report := test.plan.review(t)
			says(t, report, test.says...)
			if text := outputs(t, report)["json"]; !strings.Contains(text, `"direction": "may_lose"`) && name != "a group on it" {
				t.Errorf("no direction may_lose in\n%s", text)
			}
		})
	}
	report := newPlan().change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release"), unknown("members")).reviewLive(t, liveOrganization())
	says(t, report, a+" may lose approval", b+" may lose approval", "!approval-quorum: ")
}

// TestUnknownChecksAreGaps has conditions that only the apply can judge.
func TestUnknownChecksAreGaps(t *testing.T) {
	plan := newPlan()
	plan.plan.Checks = []tfjson.CheckResultStatic{
		{Status: tfjson.CheckStatusUnknown, Address: tfjson.CheckStaticAddress{ToDisplay: "check.later"}},
		{Status: tfjson.CheckStatusUnknown, Instances: []tfjson.CheckResultDynamic{{
			Address: tfjson.CheckDynamicAddress{ToDisplay: "check.four_eyes"}, Status: tfjson.CheckStatusUnknown,
		}}},
	}
	says(t, plan.review(t), "whether check.later holds is known after apply", "whether check.four_eyes holds is known after apply", fmt.Sprintf("%d gaps", 2))
}
