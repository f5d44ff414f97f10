package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// twoOfAll has two of each kind of account, and each of them on lists, with a role and in
// a group.
func twoOfAll() string {
	var hcl strings.Builder
	for _, n := range []string{"a", "b"} {
		fmt.Fprint(&hcl, strings.ReplaceAll(`
resource "signpath_user" "N" {
  name  = "N"
  email = "new-N@example.com"
}
resource "signpath_ci_user" "N" {
  name = "build-N"
}
resource "signpath_user_group" "N" {
  name = "Group N"
}
resource "signpath_user_group_members" "N" {
  group   = signpath_user_group.N.member
  members = [signpath_user.N.member]
}
resource "signpath_role_assignment" "N" {
  member = signpath_user.N.member
  role   = "GlobalReader"
}
resource "signpath_ci_user_token" "N" {
  ci_user = signpath_ci_user.N.member
}
resource "signpath_project_reader" "N" {
  project = "project-b"
  member  = signpath_user_group.N.member
}
resource "signpath_signing_policy_submitter" "N" {
  project        = "project-b"
  signing_policy = "test-signing"
  member         = signpath_ci_user.N.member
}
`, "N", n))
	}
	return hcl.String() + `
resource "signpath_signing_policy_approvers" "all" {
  project        = "project-b"
  signing_policy = "test-signing"
  members        = [signpath_user.a.member, signpath_user_group.b.member]
}
`
}

// TestDestroyIsFinished lets a destroy fail after each number of its writes, and gives the
// same command again: it does the rest, although what is destroyed already stands in the
// way of the plan that Terraform makes before.
func TestDestroyIsFinished(t *testing.T) {
	for after := range 16 {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			t.Parallel()
			finishDestroy(newOrganization(t).site(inProcess, twoOfAll()), after)
		})
	}
}

// TestCLIDestroyIsFinished proves that Terraform plans as the driver does.
func TestCLIDestroyIsFinished(t *testing.T) {
	finishDestroy(newOrganization(t).site(byCLI, twoOfAll()), 12)
}

func finishDestroy(s *site, after int) {
	s.t.Helper()
	s.mustApply()
	refused := func(route string) mock.Fault {
		return mock.Fault{Route: route, After: after, Action: mock.FaultAnswer, Status: 400}
	}
	s.inject(refused("POST *"))
	s.Apply(testkit.Options{Destroy: true})
	s.ClearFaults()
	if again := s.Apply(testkit.Options{Destroy: true}); again.Err != nil {
		s.t.Fatalf("the same command does not do the rest: %s", again)
	}
	for _, user := range s.Snapshot().InteractiveUsers {
		if strings.HasPrefix(user.Email, "new-") && (!user.Inactive || user.Role != mock.RoleRegularUser) {
			s.t.Errorf("%s is left active, or with a role", user.Email)
		}
	}
	for _, user := range s.Snapshot().CIUsers {
		if strings.HasPrefix(user.Name, "build-") && !user.Inactive {
			s.t.Errorf("%s is left active", user.Name)
		}
	}
}

// TestLeftoversAreNotCreated applies where a destroy has left something: the plan warns,
// and the apply refuses with the ways out, before anything is sent.
func TestLeftoversAreNotCreated(t *testing.T) {
	for kind, hcl := range map[string]string{
		"user:left@example.com": "resource \"signpath_user\" \"this\" {\n  name  = \"Left\"\n  email = \"left@example.com\"\n}\n",
		"ci_user:left":          "resource \"signpath_ci_user\" \"this\" {\n  name = \"left\"\n}\n",
		"group:Left":            "resource \"signpath_user_group\" \"this\" {\n  name = \"Left\"\n}\n",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newOrganization(t, func(seed *mock.Seed) {
				user := mock.InteractiveUserSeed{Name: "Left", Email: "left@example.com", Identity: "example:left", Inactive: true}
				seed.InteractiveUsers = append(seed.InteractiveUsers, user)
				seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "left", Inactive: true})
				seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: "Left"})
			}).site(inProcess, hcl)
			s.planSays("Already exists: "+kind, "an apply refuses it", "import {", "adopt_existing")
			s.ResetRequests()
			applied := s.Apply(testkit.Options{})
			if applied.Err == nil || !says("Already exists", "import {", "adopt_existing").MatchString(applied.String()) {
				t.Errorf("the apply says %s", applied)
			}
			if writes := s.countWrites(); writes > 0 {
				t.Errorf("%d writes were sent", writes)
			}
		})
	}
}

// departedFrom are configurations with somebody, or a place, that is removed at SignPath.
var departedFrom = map[string]struct{ removed, hcl string }{
	"entry":               {outsider, left("project_reader", "project", "project-b", "member", outsider)},
	"list":                {outsider, left("project_readers", "project", "project-b", "members", outsider+" "+lead)},
	"membership":          {outsider, left("user_group_member", "group", managers, "member", outsider)},
	"whole group":         {outsider, left("user_group_members", "group", managers, "members", outsider)},
	"role":                {outsider, left("role_assignment", "member", outsider, "role", "GlobalReader")},
	"token":               {"ci_user:foreign-build", left("ci_user_token", "ci_user", "ci_user:foreign-build")},
	"group on a list":     {managers, left("project_reader", "project", "project-b", "member", managers)},
	"group of members":    {managers, left("user_group_members", "group", managers, "members", lead)},
	"group of a member":   {managers, left("user_group_member", "group", managers, "member", lead)},
	"project of an entry": {"project:project-a", left("project_reader", "project", "project-a", "member", lead)},
	"project of a list":   {"project:project-a", left("project_readers", "project", "project-a", "members", lead)},
	"policy of an entry": {
		"policy:project-a/test-signing",
		left("signing_policy_approver", "project", "project-a", "signing_policy", "test-signing", "member", lead),
	},
	"policy of a list": {
		"policy:project-a/test-signing",
		left("signing_policy_approvers", "project", "project-a", "signing_policy", "test-signing", "members", lead),
	},
}

// left is a resource with names and values of attributes; members has some, with blanks
// between them.
func left(kind string, namesAndValues ...string) string {
	hcl := fmt.Sprintf("resource \"signpath_%s\" \"this\" {\n", kind)
	for i := 0; i < len(namesAndValues); i += 2 {
		name, value := namesAndValues[i], fmt.Sprintf("%q", namesAndValues[i+1])
		if name == "members" {
			value = "[" + value + "]"
			if namesAndValues[i+1] != managers {
				value = strings.ReplaceAll(value, " ", `", "`)
			}
		}
		hcl += fmt.Sprintf("  %s = %s\n", name, value)
	}
	return hcl + "}\n"
}

// TestCreatesAreNotBelievedGone plans right after an apply, where lists and objects are
// shown as they were: nothing that was created counts as gone.
func TestCreatesAreNotBelievedGone(t *testing.T) {
	for name, missing := range map[string]mock.Dialect{"403": {}, "404": {UnknownIs404: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			missing.ListLag, missing.ReadLag = 2*time.Second, 2*time.Second
			s := newOrganizationIn(t, missing, func(*mock.Seed) {}).site(inProcess, `
resource "signpath_user" "this" {
  name  = "New"
  email = "new@example.com"
}
resource "signpath_ci_user" "this" {
  name = "new"
}
resource "signpath_user_group" "this" {
  name = "New"
}
`)
			s.mustApply()
			if planned := s.mustPlan(); planned.Changes {
				t.Errorf("the next plan is not empty: %s", planned)
			}
		})
	}
}

// TestWhoHasLeft removes at SignPath what a configuration is about: the plan warns of it,
// an apply is refused and writes nothing, and a destroy ends.
func TestWhoHasLeft(t *testing.T) {
	for name, c := range departedFrom {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newOrganization(t, func(seed *mock.Seed) {
				seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "foreign-build"})
			}).site(inProcess, c.hcl+"resource \"signpath_user_group\" \"stays\" {\n  name = \"Stays\"\n}\n")
			s.mustApply()
			must(t, s.Administrator("").Remove(c.removed))
			s.planSays("Gone since the last apply", "an apply refuses it")
			s.ResetRequests()
			applied := s.Apply(testkit.Options{})
			if writes := s.countWrites(); applied.Err == nil || writes > 0 {
				t.Errorf("the apply sends %d writes: %s", writes, applied)
			}
			// Of a place or a token that is gone, the state that an apply leaves has nothing, so
			// that nothing tells it from one that never was.
			isForgotten := strings.Contains(name, " of a") || name == "token" || name == "group of members"
			destroyed := s.Apply(testkit.Options{Destroy: true})
			if (destroyed.Err != nil) != isForgotten || isForgotten && !says("terraform destroy -refresh=false").MatchString(destroyed.Said) {
				t.Errorf("the destroy says: %s", destroyed)
			}
			if destroyed := s.Apply(testkit.Options{Destroy: true, NoRefresh: true}); destroyed.Err != nil {
				t.Errorf("the destroy fails: %s", destroyed)
			}
			if planned := s.Plan(testkit.Options{}); planned.Err == nil {
				t.Errorf("nothing of it is in the state, and the plan does not fail: %s", planned)
			}
		})
	}
}

// TestWhoHasLeftIsCreatedAgain removes an account that the configuration creates and gives
// something to: the next apply does all of it again.
func TestWhoHasLeftIsCreatedAgain(t *testing.T) {
	s := newOrganization(t).site(inProcess, twoOfAll())
	s.mustApply()
	want := factsByName(s.Snapshot())
	for _, gone := range []string{"user:new-a@example.com", "ci_user:build-a", "group:Group a"} {
		must(t, s.Administrator("").Remove(gone))
	}
	s.mustApply()
	if diff := cmp.Diff(want, factsByName(s.Snapshot())); diff != "" {
		t.Errorf("not all is as it was (-want +got):\n%s", diff)
	}
	s.planIs(testkit.Summary{})
}

// factsByName is the organization without ids of who is new.
func factsByName(seed mock.Seed) []string { return linesOf(seed, mock.Seed{}) }

// TestCLIDestroyOfWhatIsDenied destroys a configuration that a guardrail denies, as the
// error says.
func TestCLIDestroyOfWhatIsDenied(t *testing.T) {
	s := newOrganization(t).site(byCLI, "resource \"signpath_project_configurator\" \"this\" {\n  project = \"project-b\"\n  member  = \""+outsider+"\"\n}\n")
	s.mustApply()
	must(t, s.Administrator("").AddMembers(releasePolicyB, "approvers", outsider))
	must(t, s.Administrator("").RemoveMembers("project:project-b", "configurators", outsider))
	s.guard(deny("approver-configures"))
	denied := s.Apply(testkit.Options{Destroy: true})
	if denied.Err == nil || !says("Guardrail approver-configures", "terraform destroy -refresh=false").MatchString(denied.String()) {
		t.Errorf("the destroy says %s", denied)
	}
	if destroyed := s.Apply(testkit.Options{Destroy: true, NoRefresh: true}); destroyed.Err != nil {
		t.Errorf("the destroy fails: %s", destroyed)
	}
}
