package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// hasRole checks the global role of a user.
func hasRole(want mock.Role) func(mock.UserState) error {
	return func(user mock.UserState) error {
		if user.Role != want {
			return fmt.Errorf("the role is %s, want %s", user.Role, want)
		}
		return nil
	}
}

func roleAssignment(member, role string) string { return roleAssignmentNamed("this", member, role) }

func roleAssignmentNamed(name, member, role string) string {
	return fmt.Sprintf("\nresource \"signpath_role_assignment\" %q {\n  member = %q\n  role   = %q\n}\n", name, member, role)
}

func TestRoleAssignmentLife(t *testing.T) {
	org := newOrganization(t)
	const address = "signpath_role_assignment.this"
	const lead = "user:dev.lead@example.com"
	org.run(
		org.userIs(lead, hasRole(mock.RoleRegularUser)),
		resource.TestStep{
			Config: org.config(roleAssignment(lead, "ProjectAdministrator")),
			Check:  org.userIs(lead, hasRole(mock.RoleProjectAdministrator)),
		},
		resource.TestStep{Config: org.config(roleAssignment(lead, "ProjectAdministrator")), PlanOnly: true},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: lead, ImportStateVerify: true},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: lead},
		resource.TestStep{ // Another spelling of the same user is no change.
			Config: org.config(roleAssignment("user:Dev.Lead@Example.com", "ProjectAdministrator")), PlanOnly: true,
		},
		resource.TestStep{
			Config:           org.config(roleAssignment(lead, "GlobalReader")),
			ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate),
			Check:            org.userIs(lead, hasRole(mock.RoleGlobalReader)),
		},
		resource.TestStep{ // Drift: another role.
			PreConfig:        org.behindTerraform(func(a *mock.Administrator) error { return a.SetRole(lead, mock.RoleGlobalAdministrator) }),
			Config:           org.config(roleAssignment(lead, "GlobalReader")),
			ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate),
			Check:            org.userIs(lead, hasRole(mock.RoleGlobalReader)),
		},
		resource.TestStep{ // Disappears: a Regular User has no assignment.
			PreConfig:        org.behindTerraform(func(a *mock.Administrator) error { return a.SetRole(lead, mock.RoleRegularUser) }),
			Config:           org.config(roleAssignment(lead, "GlobalReader")),
			ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate),
			Check:            org.userIs(lead, hasRole(mock.RoleGlobalReader)),
		},
		resource.TestStep{ // Another user takes it over.
			Config: org.config(`
resource "signpath_ci_user" "reader" {
  name = "terraform-reader"
}
resource "signpath_role_assignment" "this" {
  member = signpath_ci_user.reader.member
  role   = "GlobalReader"
}`),
			ConfigPlanChecks: expectAction(address, plancheck.ResourceActionReplace),
			Check: all(
				org.userIs(lead, hasRole(mock.RoleRegularUser)),
				org.userIs("ci_user:terraform-reader", hasRole(mock.RoleGlobalReader)),
			),
		},
		resource.TestStep{ // The user is renamed in place, and keeps the role.
			Config: org.config(`
resource "signpath_ci_user" "reader" {
  name = "drift-detection"
}
resource "signpath_role_assignment" "this" {
  member = signpath_ci_user.reader.member
  role   = "GlobalReader"
}`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction("signpath_ci_user.reader", plancheck.ResourceActionUpdate),
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop),
			}},
			Check: org.userIs("ci_user:drift-detection", hasRole(mock.RoleGlobalReader)),
		},
		resource.TestStep{Config: org.config(roleAssignment(lead, "GlobalReader"))},
	)
}

func TestRoleAssignmentIsRefused(t *testing.T) {
	const lead = "user:dev.lead@example.com"
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"unknown role": {
			roleAssignment(lead, "Superuser"),
			[]string{`Invalid role`, `GlobalAdministrator, CertificateAdministrator, UserAdministrator, ProjectAdministrator, GlobalReader, DirectorySynchronizer`},
		},
		"role by its title": {roleAssignment(lead, "Global Reader"), []string{`Invalid role`, `did you mean "GlobalReader"?`}},
		"regular user":      {roleAssignment(lead, "RegularUser"), []string{`Invalid role`, `Leave this resource out`}},
		"group":             {roleAssignment("group:Release Managers", "GlobalReader"), []string{`Invalid member reference`, `user group`}},
		"unknown user": {
			roleAssignment("user:dev.laed@example.com", "GlobalReader"),
			[]string{`Unknown member`, `did you mean "user:dev.lead@example.com"`},
		},
		"wrong kind": {roleAssignment("user:terraform", "GlobalReader"), []string{`Invalid member reference`}},
		"CI user named as person": {
			roleAssignment("ci_user:dev.lead@example.com", "GlobalReader"),
			[]string{`Unknown member`, `did you mean "user:dev.lead@example.com"`},
		},
		"synchronized user": {roleAssignment("user:sync.user@example.com", "GlobalReader"), []string{`Synchronized from a directory`}},
		"second assignment": {
			roleAssignment(lead, "GlobalReader") + "resource \"signpath_role_assignment\" \"again\" {\n  member = \"user:DEV.lead@example.com\"\n" +
				"  role = \"UserAdministrator\"\n}\n",
			[]string{`Managed twice`, `global role`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			before := org.Snapshot()
			org.run(nil, resource.TestStep{Config: org.config(c.config), ExpectError: says(c.want...)})
			org.unchangedSince(before)
		})
	}
}

func TestSecondRoleAssignmentForAManagedUserIsRefused(t *testing.T) {
	org := newOrganization(t)
	first := roleAssignment("user:dev.lead@example.com", "GlobalReader")
	org.run(nil,
		resource.TestStep{Config: org.config(first)},
		resource.TestStep{
			Config: org.config(first + `
resource "signpath_role_assignment" "again" {
  member = "user:dev.lead@example.com"
  role   = "UserAdministrator"
}`),
			ExpectError: says(`Managed twice`),
		},
		resource.TestStep{
			Config: org.config(`
resource "signpath_role_assignment" "renamed" {
  member = "user:dev.lead@example.com"
  role   = "GlobalReader"
}
moved {
  from = signpath_role_assignment.this
  to   = signpath_role_assignment.renamed
}`),
			ConfigPlanChecks: expectAction("signpath_role_assignment.renamed", plancheck.ResourceActionNoop),
		},
		resource.TestStep{ // A rename without a moved block leaves the role, too.
			Config: org.config(strings.Replace(first, `"this"`, `"again"`, 1)),
			Check:  org.userIs(lead, hasRole(mock.RoleGlobalReader)),
		},
	)
}
