package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// Where it is known only after apply whom or what a resource is about, as with a data
// source that depends on something, it stays as it is if that turns out to be the same,
// and nothing is written. If it is another one, Terraform refuses that before anything is
// written, and the next apply shows and does it.
func TestKnownAfterApplyTakesNothing(t *testing.T) {
	const (
		trigger = "resource \"terraform_data\" \"t\" {\n  input = %q\n}\n"
		policy  = "  project = \"project-b\"\n  signing_policy = \"release-signing\"\n"
	)
	later := func(value string) string { // Unknown while the input changes.
		return fmt.Sprintf("terraform_data.t.output == \"\" ? \"\" : %q", value)
	}
	entry := "  member = \"" + lead + "\"\n"
	of := func(kind, body string) string {
		return fmt.Sprintf("resource \"signpath_%s\" \"this\" {\n%s}\n", kind, body)
	}
	for name, body := range map[string]func(value string) string{
		"the member of an entry": func(v string) string { return of("signing_policy_approver", policy+"  member = "+v+"\n") },
		"the member of a group": func(v string) string {
			return of("user_group_member", "  group = \"group:Core Team\"\n  member = "+v+"\n")
		},
		"the member of a role":    func(v string) string { return of("role_assignment", "  role = \"GlobalReader\"\n  member = "+v+"\n") },
		"the project of an entry": func(v string) string { return of("project_reader", entry+"  project = "+v+"\n") },
		"the project of a list":   func(v string) string { return of("project_readers", "  members = [\""+lead+"\"]\n  project = "+v+"\n") },
		"the group of an entry":   func(v string) string { return of("user_group_member", entry+"  group = "+v+"\n") },
		"the group of a list": func(v string) string {
			return of("user_group_members", "  members = [\""+lead+"\"]\n  group = "+v+"\n")
		},
		"the address of a user":  func(v string) string { return of("user", "  name = \"N\"\n  email = "+v+"\n") },
		"the CI user of a token": func(v string) string { return of("ci_user_token", "  ci_user = "+v+"\n") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, other := lead, "user:qa.lead@example.com"
			switch {
			case strings.HasPrefix(name, "the project"):
				one, other = "project-a", "project-b"
			case strings.HasPrefix(name, "the group"):
				one, other = "group:Core Team", managers
			case strings.HasPrefix(name, "the address"):
				one, other = "n@example.com", "m@example.com"
			case strings.HasPrefix(name, "the CI user"):
				one, other = "ci_user:build", "ci_user:spare"
			}
			s := newOrganization(t, savedPlanSeed).site(inProcess, fmt.Sprintf(trigger, "1")+body(fmt.Sprintf("%q", one)))
			s.mustApply()
			before := s.Snapshot()
			s.ResetRequests()
			s.Write("main.tf", fmt.Sprintf(trigger, "2")+body(later(one)))
			if planned := s.mustPlan(); planned.Summary != (testkit.Summary{Change: 2}) || !says("If it is another one").MatchString(planned.Said) {
				t.Errorf("the plan is another one: %s", planned)
			}
			s.mustApply()
			if writes := s.CountRequests("POST *"); writes != 0 {
				t.Errorf("%d writes were sent: %v", writes, s.Requests("POST *"))
			}
			s.planIs(testkit.Summary{})
			s.Write("main.tf", fmt.Sprintf(trigger, "3")+body(later(other)))
			if applied := s.Apply(testkit.Options{}); applied.Err == nil || !says("inconsistent final plan").MatchString(applied.Said) {
				t.Errorf("another one is not refused: %s", applied)
			}
			s.unchangedSince(before)
			s.mustApply()
			s.planIs(testkit.Summary{})
		})
	}
}
