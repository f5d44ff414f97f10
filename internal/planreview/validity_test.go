package planreview_test

import (
	"maps"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

// The review is made on 2026-06-15.

func withDay(values attributes, day any, ended, granted bool) attributes {
	found := maps.Clone(values)
	found["valid_until"], found["ended"], found["granted"] = day, ended, granted
	return found
}

func TestEndOfAnEntry(t *testing.T) {
	ended := withDay(entry("release", "user:temp@example.com"), "2026-06-14", true, true)
	report := newPlan().change("signing_policy_approver", ended, withDay(ended, "2026-06-14", true, false)).review(t)
	says(t, report,
		"user:temp@example.com loses the entry among the approvers of acme/release, because valid_until 2026-06-14 has passed",
		"loses user:temp@example.com", "!Ends soon")
}

func TestEndThroughAGroup(t *testing.T) {
	ended := withDay(entry("release", "group:Temps"), "2026-06-14", true, true)
	says(t, newPlan().
		data("user_group", attributes{"id": "g", "name": "Temps", "member": "group:Temps", "members": list("user:a@example.com")}).
		change("signing_policy_approver", ended, withDay(ended, "2026-06-14", true, false)).review(t),
		"user:a@example.com loses", "group:Temps loses the entry among the approvers of acme/release, because valid_until 2026-06-14 has passed")
}

func TestEndOfARole(t *testing.T) {
	role := attributes{"member": "user:temp@example.com", "role": "GlobalAdministrator"}
	ended := withDay(role, "2026-06-14", true, true)
	says(t, newPlan().change("role_assignment", ended, withDay(role, "2026-06-14", true, false)).review(t),
		"user:temp@example.com has the global role Regular User instead of Global Administrator, because valid_until 2026-06-14 has passed",
		"user:temp@example.com loses the global role Global Administrator, because valid_until 2026-06-14 has passed")
	says(t, newPlan().change("role_assignment", ended, ended).review(t),
		"the global role Global Administrator of user:temp@example.com has not ended, though valid_until 2026-06-14 has passed")
}

// TestWhatHasEndedGrantsNothing: its resource is there, and it holds nothing that a plan could take, give up or judge.
func TestWhatHasEndedGrantsNothing(t *testing.T) {
	submitter := entry("release", "user:both@example.com")
	ended := withDay(submitter, "2026-06-14", true, false)
	for name, plan := range map[string]*planBuilder{
		"stays":     newPlan().change("signing_policy_submitter", ended, ended).change("signing_policy_approver", nil, submitter),
		"destroyed": newPlan().change("signing_policy_submitter", ended, nil).change("signing_policy_approver", nil, submitter),
		"forgotten": newPlan().change("signing_policy_submitter", ended, ended, forgotten),
	} {
		says(t, plan.review(t), "!submit-and-approve", "!loses user:", "!no-longer-managed", "!valid_until")
		if t.Failed() {
			t.Fatal(name)
		}
	}
	role := withDay(attributes{"member": "user:temp@example.com", "role": "GlobalAdministrator"}, "2026-06-14", true, false)
	says(t, newPlan().change("role_assignment", role, nil).review(t), "!instead of", "!loses user:")
}

func TestDaysOfAccess(t *testing.T) {
	approver := entry("release", "user:temp@example.com")
	says(t, newPlan().change("signing_policy_approver", nil, withDay(approver, "2026-06-29", false, true)).review(t),
		"the entry user:temp@example.com among the approvers of acme/release is granted until 2026-06-29",
		"the entry user:temp@example.com among the approvers of acme/release ends after 2026-06-29, in 14 days", "Who gains")
	says(t, newPlan().change("signing_policy_approver", nil, withDay(approver, "2026-06-30", false, true)).review(t), "!Ends soon")
	given := withDay(approver, "2026-06-15", false, true)
	says(t, newPlan().change("signing_policy_approver", given, given).review(t), "ends after 2026-06-15, today")
	says(t, newPlan().change("signing_policy_approver", given, withDay(approver, "2027-06-15", false, true)).review(t),
		"the last day of the entry user:temp@example.com among the approvers of acme/release changes from 2026-06-15 to 2027-06-15", "!Ends soon")
	says(t, newPlan().change("signing_policy_approver", withDay(approver, "2026-06-14", true, false), withDay(approver, "2026-12-31", false, true)).review(t),
		"which has ended, is given back until 2026-12-31", "gains user:temp@example.com")
	unlimited := newPlan().change("signing_policy_approver", given, attributes{
		"project": "acme", "signing_policy": "release", "member": "user:temp@example.com", "valid_until": nil, "ended": nil, "granted": nil,
	})
	says(t, unlimited.review(t), "changes from 2026-06-15 to no day", "!loses user:")
	passed := withDay(approver, "2026-06-10", false, true) // Without a refresh.
	says(t, newPlan().change("signing_policy_approver", passed, passed).review(t), "has passed: the next plan with a refresh ends it")
	says(t, newPlan().change("signing_policy_approver", nil, approver, unknown("valid_until", "ended", "granted")).review(t), "until a day that is not known")
}

func TestDriftOfWhatHasEnded(t *testing.T) {
	approver := entry("release", "user:temp@example.com")
	drift := func(kind string, was, is attributes) string {
		b := newPlan()
		update := func(r *tfjson.ResourceChange) { r.Change.Actions = tfjson.Actions{tfjson.ActionUpdate} }
		b.plan.ResourceDrift = newPlan().change(kind, was, is, update).plan.ResourceChanges
		return outputs(t, b.review(t))["text"]
	}
	for _, c := range []struct{ got, want string }{
		{drift("signing_policy_approver", withDay(approver, "2026-06-14", false, true), withDay(approver, "2026-06-14", true, true)), ""},
		{
			drift("signing_policy_approver", withDay(approver, "2026-06-14", true, false), withDay(approver, "2026-06-14", true, true)),
			"user:temp@example.com was added to the approvers of acme/release",
		},
		{
			drift("signing_policy_approver", withDay(approver, "2026-06-14", false, true), withDay(approver, "2026-06-14", true, false)),
			"user:temp@example.com was removed from the approvers of acme/release",
		},
		{
			drift("role_assignment", withDay(attributes{"member": "user:temp@example.com", "role": "GlobalReader"}, "2026-06-14", true, false),
				withDay(attributes{"member": "user:temp@example.com", "role": "GlobalReader"}, "2026-06-14", true, true)),
			"user:temp@example.com was given the global role Global Reader, which had ended",
		},
	} {
		if has := strings.Contains(c.got, "Changed outside Terraform"); has != (c.want != "") || !strings.Contains(c.got, c.want) {
			t.Errorf("want %q in\n%s", c.want, c.got)
		}
	}
}
