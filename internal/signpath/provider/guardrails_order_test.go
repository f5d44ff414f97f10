package provider_test

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// after makes the first resource of the configuration wait for another one.
func after(dependency, hcl string) string {
	return strings.Replace(hcl, "{\n", "{\n  depends_on = ["+dependency+"]\n", 1)
}

// TestGuardrailsInAnyOrder plans what is wrong unless Terraform carries it out in one
// order, and lets it plan in just that order: it may carry it out in another one.
func TestGuardrailsInAnyOrder(t *testing.T) {
	withRole := func(member string, role mock.Role) func(*mock.Administrator) error {
		return func(a *mock.Administrator) error { return a.SetRole(member, role) }
	}
	named := func(name, hcl string) string { return strings.Replace(hcl, `"role"`, `"`+name+`"`, 1) }
	planGuarded(t, map[string]guardrailCase{
		"deactivated, and taken off the list before": {
			before: []func(*mock.Administrator) error{has(releasePolicyB, "approvers", officer, manager)}, rules: deny("inactive-entry"),
			hcl:   wholeList("approvers", "release-signing", manager) + after("signpath_signing_policy_approvers.approvers", importedOfficer("active = false")),
			fails: true, says: []string{"Error: Guardrail inactive-entry: " + officer, "take it away first, in an apply of its own"},
		},
		"deactivated, and in a group that comes onto a list": {
			before: []func(*mock.Administrator) error{has("group:Inner", "members", officer)}, rules: deny("inactive-entry"),
			hcl:   importedOfficer("active = false") + after("signpath_user.officer", entriesOf("approver", "release-signing", "group:Inner")),
			fails: true, says: []string{"Error: Guardrail inactive-entry: " + officer + " is deactivated and in group:Inner"},
		},
		"deactivated, and in a group that is on a list elsewhere": {
			before: []func(*mock.Administrator) error{
				has("group:Inner", "members", officer), has("project:project-a", "readers", "group:Inner"),
				func(a *mock.Administrator) error { return a.SetActive(officer, false) },
			},
			rules: deny("inactive-entry"), hcl: entriesOf("approver", "release-signing", "group:Inner"), not: []string{"inactive-entry"},
		},
		"one administrator for another": {
			rules: `"many-global-administrators" = { severity = "deny", parameters = { maximum = 2 } }`,
			hcl: named("less", roleOf("user:org.admin@example.com", "GlobalReader")) +
				after("signpath_role_assignment.less", named("more", roleOf(officer, "GlobalAdministrator"))),
			fails: true, says: []string{"Error: Guardrail many-global-administrators", "there are 3"},
		},
		"another administrator for one": {
			before: []func(*mock.Administrator) error{withRole(officer, mock.RoleUserAdministrator)}, rules: deny("few-global-administrators"),
			hcl: named("more", roleOf(officer, "GlobalAdministrator")) +
				after("signpath_role_assignment.more", named("less", roleOf("user:org.admin@example.com", "GlobalReader"))),
			fails: true, says: []string{"Error: Guardrail few-global-administrators", "only one: ci_user:terraform"},
		},
		"a role that gives something and takes something": {
			before: []func(*mock.Administrator) error{withRole(officer, mock.RoleProjectAdministrator)}, rules: deny("user-administrator"),
			hcl: roleOf(officer, "UserAdministrator"), fails: true, says: []string{"Error: Guardrail user-administrator: " + officer},
		},
		"less than everything": {
			before: []func(*mock.Administrator) error{withRole(officer, mock.RoleGlobalAdministrator)}, rules: deny("user-administrator"),
			hcl: roleOf(officer, "UserAdministrator"), fails: true, says: []string{"Error: Guardrail user-administrator: " + officer},
		},
	})
}

// TestGuardrailsOfAnApplyKnowWhatWasThere applies plans that mend a finding by one
// resource and cause it again by another one, which reads a larger part of the
// organization, and reads it first when the mending is done. The plan let that pass.
func TestGuardrailsOfAnApplyKnowWhatWasThere(t *testing.T) {
	for name, c := range map[string]struct {
		before  []func(*mock.Administrator) error
		applied string
		rules   string
		hcl     string
	}{
		"a right goes on through a group": {
			before: []func(*mock.Administrator) error{
				has(releasePolicyB, "submitters", lead), has(releasePolicyB, "approvers", lead, manager, "group:Inner"),
			},
			rules: denySelfApproval,
			hcl: wholeList("approvers", "release-signing", manager, "group:Inner") +
				after("signpath_signing_policy_approvers.approvers", wholeGroup("group:Inner", lead)),
		},
		"an approver comes before one leaves": {
			before: []func(*mock.Administrator) error{
				has("policy:project-a/release-signing", "approvers", "group:Inner"), has("group:Inner", "members", officer),
			},
			hcl: strings.ReplaceAll(entriesOf("approver", "release-signing", lead), "project-b", "project-a") +
				after("signpath_signing_policy_approver.approver_0", wholeGroup("group:Inner")),
		},
		"a group of somebody who is deactivated, who was on the list": {
			before: []func(*mock.Administrator) error{
				has(releasePolicyB, "submitters", officer), has(releasePolicyB, "approvers", officer, manager), has("group:Inner", "members", officer),
			},
			rules: denySelfApproval,
			hcl: importedOfficer("active = false") +
				after("signpath_user.officer", entriesOf("approver", "release-signing", "group:Inner")),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t, nested)
			org.behindTerraform(c.before...)()
			s := org.siteWith(inProcess, guardrails(c.rules), c.hcl)
			s.mustPlan(testkit.Options{Out: "passed.tfplan"})
			s.mustApply(testkit.Options{Saved: "passed.tfplan"})
			s.planIs(testkit.Summary{})
		})
	}
}
