package provider_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// A replacement by an object that is the same one takes nothing, not even for a moment:
// whether it is asked for, or Terraform plans it after a create that failed late.
func TestReplacementByTheSameTakesNothing(t *testing.T) {
	const ciUser = `resource "signpath_ci_user" "this" {
  name = "build"
}
`
	for name, c := range map[string]struct{ hcl, address string }{
		"a list of a project": {filled(settleReaders, `"`+lead+`"`), "signpath_project_readers.this"},
		"a list of a policy":  {filled(settlePolicy, "a", `"ci_user:terraform"`), "signpath_signing_policy_submitters.this"},
		"members of a group":  {groupHCL("a", "A") + membersHCL("a", refA, `"`+lead+`"`), "signpath_user_group_members.a"},
		"a group":             {groupHCL("a", "A") + membersHCL("a", refA, `"`+lead+`"`), "signpath_user_group.a"},
		"an entry":            {filled(settleReader, "a", lead), "signpath_project_reader.this"},
		"a member of a group": {groupHCL("a", "A") + memberHCL("a", refA, `"`+lead+`"`), "signpath_user_group_member.a"},
		"a role":              {roleAssignmentNamed("this", lead, "GlobalReader"), "signpath_role_assignment.this"},
		"a user":              {filled(settleUser, ""), "signpath_user.this"},
		"a CI user":           {ciUser, "signpath_ci_user.this"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range []string{"asked for", "tainted"} {
				s := newOrganization(t).site(inProcess, c.hcl)
				s.mustApply()
				before := s.Snapshot()
				options := testkit.Options{Replace: []string{c.address}}
				if kind == "tainted" {
					options = testkit.Options{}
					state := s.Keep().(*testkit.State)
					must(t, state.Taint(c.address))
					s.Begin(state)
				}
				s.ResetRequests()
				if planned := s.mustPlan(options); planned.Summary != (testkit.Summary{Add: 1, Remove: 1}) {
					t.Fatalf("%s: the plan does not replace it: %s", kind, planned)
				}
				s.mustApply(options)
				if writes := s.CountRequests("POST *"); writes != 0 {
					t.Errorf("%s: %d writes were sent: %v", kind, writes, s.Requests("POST *"))
				}
				s.unchangedSince(before)
				s.planIs(testkit.Summary{})
			}
		})
	}
}
