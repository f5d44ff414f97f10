package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const (
	importAdmin = `
import {
  to = signpath_user.admin
  id = "org.admin@example.com"
}
resource "signpath_user" "admin" {
  name  = "Organization Admin"
  email = "org.admin@example.com"
}
`
	importAdminRole = `
import {
  to = signpath_role_assignment.admin
  id = "user:org.admin@example.com"
}
resource "signpath_role_assignment" "admin" {
  member = "user:org.admin@example.com"
  role   = "GlobalAdministrator"
}
`
)

// TestLockout takes the role or the activity from the last active Global
// Administrator, and from the user that Terraform acts as.
func TestLockout(t *testing.T) {
	// The token is a User Administrator's, so org.admin is the last one.
	onlyOneAdministrator := func(seed *mock.Seed) { seed.CIUsers[0].Role = mock.RoleUserAdministrator }
	last := []string{"No Global Administrator would be left", "user:org.admin@example.com (Organization Admin)"}
	self := []string{"Terraform would lock itself out", "ci_user:terraform"}
	ownUser := "import {\n  to = signpath_ci_user.own\n  id = \"terraform\"\n}\nresource \"signpath_ci_user\" \"own\" {\n  name = \"terraform\"\n}\n"
	ownRole := "import {\n  to = signpath_role_assignment.own\n  id = \"ci_user:terraform\"\n}\n" +
		"resource \"signpath_role_assignment\" \"own\" {\n  member = \"ci_user:terraform\"\n  role   = \"GlobalAdministrator\"\n}\n"
	with := func(config, attribute string) string {
		return strings.TrimSuffix(config, "}\n") + "  " + attribute + "\n}\n"
	}
	for name, c := range map[string]struct {
		seed          func(*mock.Seed)
		before, after string
		want          []string
		// allowed makes it go through: what is configured before the change, if
		// that matters, and after it.
		allowedBefore, allowed string
		check                  func(*organization) resource.TestCheckFunc
	}{
		"deactivate the last": {
			seed: onlyOneAdministrator, before: importAdmin, after: with(importAdmin, "active = false"), want: last,
			allowed: with(importAdmin, "active = false\n  allow_lockout = true"),
			check: func(o *organization) resource.TestCheckFunc {
				return o.userIs("user:org.admin@example.com", isActive(false))
			},
		},
		"destroy the last": {
			seed: onlyOneAdministrator, before: importAdmin, after: " ", want: last,
			allowedBefore: with(importAdmin, "allow_lockout = true"), allowed: " ",
			check: func(o *organization) resource.TestCheckFunc {
				return o.userIs("user:org.admin@example.com", isActive(false))
			},
		},
		"demote the last": {
			seed: onlyOneAdministrator, before: importAdminRole, after: strings.Replace(importAdminRole, `"GlobalAdministrator"`, `"GlobalReader"`, 1), want: last,
			allowed: with(strings.Replace(importAdminRole, `"GlobalAdministrator"`, `"GlobalReader"`, 1), "allow_lockout = true"),
			check: func(o *organization) resource.TestCheckFunc {
				return o.userIs("user:org.admin@example.com", hasRole(mock.RoleGlobalReader))
			},
		},
		"demote the last who has accepted the invitation": {
			seed: func(seed *mock.Seed) {
				onlyOneAdministrator(seed)
				seed.InteractiveUsers[2].Role, seed.InteractiveUsers[2].Identity = mock.RoleGlobalAdministrator, ""
			},
			before: importAdminRole, after: " ", want: last,
		},
		"remove the last's role": {
			seed: onlyOneAdministrator, before: importAdminRole, after: " ", want: last,
			allowedBefore: with(importAdminRole, "allow_lockout = true"), allowed: " ",
			check: func(o *organization) resource.TestCheckFunc {
				return o.userIs("user:org.admin@example.com", hasRole(mock.RoleRegularUser))
			},
		},
		"give the last's role to another": {
			seed: onlyOneAdministrator, before: importAdminRole, after: roleAssignmentNamed("admin", lead, "GlobalAdministrator"), want: last,
			allowed: with(roleAssignmentNamed("admin", lead, "GlobalAdministrator"), "allow_lockout = true"),
			check: func(o *organization) resource.TestCheckFunc {
				return o.userIs(lead, hasRole(mock.RoleGlobalAdministrator))
			},
		},
		"deactivate oneself": {before: ownUser, after: with(ownUser, "active = false"), want: self},
		"destroy oneself":    {before: ownUser, after: " ", want: self},
		"demote oneself": {
			before: ownRole, after: strings.Replace(ownRole, `"GlobalAdministrator"`, `"UserAdministrator"`, 1), want: self,
			allowed: with(strings.Replace(ownRole, `"GlobalAdministrator"`, `"UserAdministrator"`, 1), "allow_lockout = true"),
			check: func(o *organization) resource.TestCheckFunc {
				return o.userIs("ci_user:terraform", hasRole(mock.RoleUserAdministrator))
			},
		},
		"both administrators in one plan": {
			seed: func(seed *mock.Seed) {
				onlyOneAdministrator(seed)
				seed.InteractiveUsers[2].Role = mock.RoleGlobalAdministrator
			},
			before: importAdminRole + roleAssignmentNamed("lead", lead, "GlobalAdministrator"), after: " ",
			want: []string{"No Global Administrator would be left"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var changes []func(*mock.Seed)
			if c.seed != nil {
				changes = append(changes, c.seed)
			}
			org := newOrganization(t, changes...)
			steps := []resource.TestStep{
				{Config: org.config(c.before)},
				{Config: org.config(c.after), ExpectError: says(c.want...)},
			}
			if c.allowedBefore != "" {
				steps = append(steps, resource.TestStep{Config: org.config(c.allowedBefore)})
			}
			if c.allowed != "" {
				steps = append(steps, resource.TestStep{Config: org.config(c.allowed), Check: c.check(org)})
			}
			// What is left in the state is forgotten, as its destroy is refused.
			steps = append(steps, resource.TestStep{
				Config: org.config(`
removed {
  from = signpath_user.admin
  lifecycle {
    destroy = false
  }
}
removed {
  from = signpath_role_assignment.admin
  lifecycle {
    destroy = false
  }
}
removed {
  from = signpath_role_assignment.lead
  lifecycle {
    destroy = false
  }
}
removed {
  from = signpath_ci_user.own
  lifecycle {
    destroy = false
  }
}
removed {
  from = signpath_role_assignment.own
  lifecycle {
    destroy = false
  }
}
`),
			})
			org.run(nil, steps...)
		})
	}
}

func TestPromotionIsNoLockout(t *testing.T) {
	org := newOrganization(t)
	org.run(nil,
		resource.TestStep{Config: org.config(roleAssignment(lead, "UserAdministrator"))},
		resource.TestStep{Config: org.config(roleAssignment(lead, "GlobalAdministrator"))},
		resource.TestStep{Config: org.config(roleAssignment(lead, "GlobalReader"))}, // Others are left.
	)
}
