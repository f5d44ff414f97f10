package provider_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestWhoHasAnotherNameIsCalledByIt renames in SignPath whom a configuration names by text. The
// plan says what they are called now.
func TestWhoHasAnotherNameIsCalledByIt(t *testing.T) {
	for name, c := range map[string]struct{ hcl, ref, says string }{
		"list": {
			"resource \"signpath_project_readers\" \"a\" {\n  project = \"project-a\"\n  members = [\"group:Audit\"]\n}\n",
			"group:Audit", "group:Internal Audit",
		},
		"entry": {
			"resource \"signpath_project_reader\" \"a\" {\n  project = \"project-a\"\n  member = \"group:Audit\"\n}\n",
			"group:Audit", "group:Internal Audit",
		},
		"group": {
			"resource \"signpath_user_group_members\" \"a\" {\n  group = \"group:Audit\"\n  members = [\"user:dev.lead@example.com\"]\n}\n",
			"group:Audit", "group:Internal Audit",
		},
		"role": {
			"resource \"signpath_role_assignment\" \"a\" {\n  member = \"ci_user:helper\"\n  role = \"GlobalReader\"\n}\n",
			"ci_user:helper", "ci_user:Internal Audit",
		},
		"token": {"resource \"signpath_ci_user_token\" \"a\" {\n  ci_user = \"ci_user:helper\"\n}\n", "ci_user:helper", "ci_user:Internal Audit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t, func(seed *mock.Seed) {
				seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: "Audit"})
				seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "helper"})
			})
			s := org.site(inProcess, c.hcl)
			s.mustApply()
			name := "Internal Audit"
			org.behindTerraform(func(a *mock.Administrator) error { return a.Change(c.ref, mock.PrincipalChange{Name: &name}) })()
			s.planSays("Called otherwise since the last apply: "+c.ref+", now "+c.says, "an apply refuses it")
		})
	}
}
