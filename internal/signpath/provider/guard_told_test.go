package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// What a plan tells of people: what comes back with them, and each of them.

// exAdmin is a deactivated administrator, who approves releases, also through a group.
func exAdmin(seed *mock.Seed) {
	seed.InteractiveUsers = append(seed.InteractiveUsers, mock.InteractiveUserSeed{
		Name: "Ex Admin", Email: "ex.admin@example.com", Identity: "example:S-9", Role: mock.RoleGlobalAdministrator, Inactive: true,
	})
	seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: "Veterans", Members: []string{"user:ex.admin@example.com"}})
}

const returning = "user:ex.admin@example.com is active again, with the global role Global Administrator, as reader of project-b (through group:Veterans), " +
	"as approver of project-b/release-signing."

func TestWhatComesBackIsTold(t *testing.T) {
	const adopted = "resource \"signpath_user\" \"ex\" {\n  name = \"Ex Admin\"\n  email = \"ex.admin@example.com\"\n  adopt_existing = true\n}\n"
	const managed = "import {\n  to = signpath_user.ex\n  id = \"ex.admin@example.com\"\n}\nresource \"signpath_user\" \"ex\" {\n" +
		"  name = \"Ex Admin\"\n  email = \"ex.admin@example.com\"\n  active = ACTIVE\n}\n"
	rights := []func(*mock.Administrator) error{
		has(releasePolicyB, "approvers", "user:ex.admin@example.com"), has("project:project-b", "readers", "group:Veterans"),
	}
	for name, c := range map[string]struct {
		applied string
		behind  []func(*mock.Administrator) error
		hcl     string
		says    []string
	}{
		"adopted": {
			hcl:  adopted,
			says: []string{"Warning: Existing object will be taken over: user:ex.admin@example.com (Ex Admin)", "exists already, deactivated", returning},
		},
		"adopted, to stay inactive": {
			hcl: strings.Replace(adopted, "adopt_existing", "active = false\n  adopt_existing", 1),
			says: []string{
				"Existing object will be taken over: user:ex.admin@example.com (Ex Admin)",
				"comes back when it is activated: with the global role Global Administrator, as reader of project-b",
			},
		},
		"imported": {
			hcl: strings.Replace(managed, "ACTIVE", "true", 1), says: []string{"Warning: Active again: user:ex.admin@example.com (Ex Admin)", returning},
		},
		"activated": {
			applied: strings.Replace(managed, "ACTIVE", "false", 1), hcl: strings.Replace(managed, "ACTIVE", "true", 1),
			says: []string{"Warning: Active again: user:ex.admin@example.com (Ex Admin)", returning},
		},
		"activated against somebody": {
			applied: strings.Replace(managed, "ACTIVE", "true", 1), hcl: strings.Replace(managed, "ACTIVE", "true", 1),
			behind: []func(*mock.Administrator) error{inactiveBefore("user:ex.admin@example.com")},
			says:   []string{"Warning: Active again: user:ex.admin@example.com (Ex Admin)", returning},
		},
		"a group": {
			hcl: "resource \"signpath_user_group\" \"v\" {\n  name = \"Veterans\"\n  adopt_existing = true\n}\n",
			says: []string{
				"Warning: Existing object will be taken over: group:Veterans",
				"group:Veterans counts as reader of project-b, for whoever is in it: user:ex.admin@example.com.",
			},
		},
		"who has nothing": {
			hcl:  "resource \"signpath_user\" \"l\" {\n  name = \"Outsider\"\n  email = \"outsider@example.com\"\n  adopt_existing = true\n}\n",
			says: []string{"user:outsider@example.com stays active, with no global role and on no list of a project or signing policy."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t, exAdmin)
			org.behindTerraform(rights...)()
			s := org.site(inProcess, c.applied)
			if c.applied != "" {
				s.mustApply()
			}
			org.behindTerraform(c.behind...)()
			s.Write("main.tf", c.hcl)
			s.planSays(c.says...)
		})
	}
}

// Terraform shows only the first of several warnings with one summary, so no two of one
// plan have the same.
func TestWarningsDifferBySubject(t *testing.T) {
	people := []string{"dev.lead", "qa.lead", "outsider"}
	each := func(block string) string {
		var hcl strings.Builder
		for i, who := range people {
			hcl.WriteString(strings.NewReplacer("NUMBER", fmt.Sprint(i), "WHO", who).Replace(block))
		}
		return hcl.String()
	}
	adopted := each("resource \"signpath_user\" \"uNUMBER\" {\n  name = \"WHO\"\n  email = \"WHO@example.com\"\n  adopt_existing = true\n}\n")
	ciUsers := each("resource \"signpath_ci_user\" \"cNUMBER\" {\n  name = \"WHO\"\n}\n")
	tokens := each("resource \"signpath_ci_user_token\" \"tNUMBER\" {\n  ci_user = \"ci_user:WHO\"\n}\n")
	const emptied = "resource \"signpath_project_readers\" \"a\" {\n  project = \"project-a\"\n  members = []\n}\n" +
		"resource \"signpath_project_configurators\" \"a\" {\n  project = \"project-a\"\n  members = []\n}\n"
	for name, c := range map[string]struct{ applied, hcl string }{
		"roles":    {"", each("resource \"signpath_role_assignment\" \"rNUMBER\" {\n  member = \"user:WHO@example.com\"\n  role = \"GlobalReader\"\n}\n")},
		"adopted":  {"", adopted},
		"ended":    {adopted, " "},
		"tokens":   {ciUsers, ciUsers + tokens},
		"no token": {ciUsers + strings.ReplaceAll(tokens, "= \"ci_user:", "= \"ci_user:"), ciUsers},
		"lists":    {"", emptied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t)
			for _, who := range people {
				org.behindTerraform(roleBefore("user:"+who+"@example.com", mock.RoleProjectAdministrator))()
			}
			s := org.site(inProcess, "")
			if c.applied != "" {
				for _, step := range []string{ciUsers, c.applied} {
					if strings.HasPrefix(c.applied, ciUsers) || step == c.applied {
						s.Write("main.tf", step)
						s.mustApply()
					}
				}
			}
			s.Write("main.tf", c.hcl)
			var summaries []string
			for _, line := range strings.Split(s.mustPlan().Said, "\n") {
				if strings.HasPrefix(line, "Warning: ") {
					summaries = append(summaries, line)
				}
			}
			slices.Sort(summaries)
			if unique := slices.Compact(slices.Clone(summaries)); len(unique) != len(summaries) || len(summaries) < 2 {
				t.Errorf("got %q", summaries)
			}
		})
	}
}

// Two administrators lose their roles by one plan, in any order, and nobody is left.
func TestLockoutByTwoResourcesTogether(t *testing.T) {
	const nobody = "No Global Administrator would be left"
	const one = "resource \"signpath_role_assignment\" \"admin\" {\n  member = \"user:org.admin@example.com\"\n  role = \"GlobalReader\"\n}\n"
	const both = one +
		"resource \"signpath_role_assignment\" \"other\" {\n  member = \"user:dev.lead@example.com\"\n  role = \"GlobalReader\"\n}\n"
	promoted := roleAssignmentNamed("promoted", "user:qa.lead@example.com", "GlobalAdministrator")
	ordered := func(first, second string) string {
		return strings.Replace(both, "\"signpath_role_assignment\" \""+second+"\" {", "\"signpath_role_assignment\" \""+second+
			"\" {\n  depends_on = [signpath_role_assignment."+first+"]", 1)
	}
	for name, c := range map[string]struct {
		hcl   string
		fails bool
		says  []string
	}{
		"in one order":          {ordered("admin", "other"), true, []string{nobody, "dev.lead", "as well: user:org.admin@example.com (Organization Admin)"}},
		"in the other":          {ordered("other", "admin"), true, []string{nobody, "org.admin", "as well: user:dev.lead@example.com (Development Lead)"}},
		"at once":               {both, true, []string{nobody}},
		"and another gets it":   {both + promoted, true, []string{nobody}},
		"one of them is kept":   {one, false, []string{"An existing role will be replaced: user:org.admin@example.com"}},
		"both, and it is meant": {strings.ReplaceAll(both, "role = ", "allow_lockout = true\n  role = "), false, []string{"Warning: " + nobody + ": user:"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t, func(seed *mock.Seed) {
				seed.CIUsers[0].Role, seed.InteractiveUsers[2].Role = mock.RoleUserAdministrator, mock.RoleGlobalAdministrator
			})
			s := org.site(inProcess, c.hcl)
			applied := s.Apply(testkit.Options{})
			if (applied.Err != nil) != c.fails || !says(c.says...).MatchString(applied.Said) {
				t.Errorf("want failure %t and %q: %s", c.fails, c.says, applied)
			}
			left := 0
			for _, user := range s.Snapshot().InteractiveUsers {
				if user.Role == mock.RoleGlobalAdministrator {
					left++
				}
			}
			if c.fails && left != 2 {
				t.Errorf("%d administrators are left", left)
			}
		})
	}
}

// Where a resource was only renamed, or is gone from the configuration, there is no block
// in which allow_lockout could be set.
func TestLockoutByARemovedResourceSaysTheWayOut(t *testing.T) {
	had := imported("signpath_role_assignment.a", "ci_user:terraform") + roleAssignmentNamed("a", "ci_user:terraform", "GlobalAdministrator")
	s := newOrganization(t).site(inProcess, had)
	s.mustApply()
	s.Write("main.tf", " ")
	wayOut := says("Terraform would lock itself out", "add a moved block", "put the resource back with allow_lockout = true", "destroy = false")
	if planned := s.Plan(testkit.Options{}); planned.Err == nil || !wayOut.MatchString(planned.Said) {
		t.Errorf("the plan says: %s", planned)
	}
	s.Write("main.tf", "removed {\n  from = signpath_role_assignment.a\n  lifecycle {\n    destroy = false\n  }\n}\n")
	s.mustApply()
}

// The role of the support user is not taken into a state, from which a destroy would take it.
func TestRoleOfTheSupportUserIsNotImported(t *testing.T) {
	org := newOrganization(t, matrixSeed, func(seed *mock.Seed) {
		seed.InteractiveUsers[len(seed.InteractiveUsers)-2].Role = mock.RoleGlobalReader
	})
	s := org.site(inProcess, imported("signpath_role_assignment.a", supporter)+roleAssignmentNamed("a", supporter, "GlobalReader"))
	if planned := s.Plan(testkit.Options{}); planned.Err == nil || !says("Support user", "not managed with Terraform").MatchString(planned.Said) {
		t.Errorf("the plan says: %s", planned)
	}
}

// Whoever created a principal in another provider block has done what the error for text
// advises.
func TestUnknownMemberOfAnotherProviderBlock(t *testing.T) {
	s := newOrganization(t).site(inProcess, entriesOf("submitter", "release-signing", "ci_user:project-b-release"))
	if planned := s.Plan(testkit.Options{}); planned.Err == nil ||
		!says("Unknown member", "Where it is named as text, refer to the `member` attribute", "another provider block", "-target").MatchString(planned.Said) {
		t.Errorf("the plan says: %s", planned)
	}
}
