package provider_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestCLILockoutByAnotherToken plans with the token of a reader, whom the plan does
// not lock out, and applies with that of an administrator, whom it does.
func TestCLILockoutByAnotherToken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ config, gone string }{
		"role": {`
resource "signpath_role_assignment" "own" {
  member = "ci_user:terraform"
  role   = "GlobalAdministrator"
}
`, "signpath_role_assignment.own"},
		"activity": {`
import {
  to = signpath_ci_user.own
  id = "terraform"
}
resource "signpath_ci_user" "own" {
  name = "terraform"
}
`, "signpath_ci_user.own"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspaceWithBinary(t, map[string]string{"main.tf": c.config})
			w.MustRun("apply", "-auto-approve")
			_, err := w.org.Administrator("").CreateCIUser(mock.CIUserSeed{Name: "reader", Role: mock.RoleGlobalReader})
			must(t, err)
			token, err := w.org.Administrator("").IssueToken("ci_user:reader")
			must(t, err)

			administrators := w.Env
			w.Env = append(w.Env[:len(w.Env):len(w.Env)], "SIGNPATH_API_TOKEN="+token)
			w.MustRun("plan", "-destroy", "-target="+c.gone, "-out=plan.bin")
			w.Env = administrators
			output, exitCode := w.Run("apply", "plan.bin")
			if exitCode == 0 || !says("Terraform would lock itself out", "ci_user:terraform").MatchString(output) {
				t.Errorf("exit code %d:\n%s", exitCode, output)
			}
			must(t, w.org.userIs("ci_user:terraform", func(user mock.UserState) error {
				if !user.Active || user.Role != mock.RoleGlobalAdministrator {
					t.Errorf("the user is %+v", user)
				}
				return nil
			})(nil))
		})
	}
}
