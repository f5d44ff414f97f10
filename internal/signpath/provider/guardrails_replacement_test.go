package provider_test

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// importedUser is the resource of a user who exists, with further attributes.
func importedUser(name, display, email, attributes string) string {
	return "resource \"signpath_user\" \"" + name + "\" {\n  name = \"" + display + "\"\n  email = \"" + email + "\"\n  " + attributes + "\n}\n" +
		"import {\n  to = signpath_user." + name + "\n  id = \"" + strings.ToLower(email) + "\"\n}\n"
}

func importedOfficer(attributes string) string {
	return importedUser("officer", "Security Officer", "security.officer@example.com", attributes)
}

// TestGuardrailsOfAReplacement plans what Terraform replaces or destroys: a plan for the
// destroy half of a replacement is never asked for.
func TestGuardrailsOfAReplacement(t *testing.T) {
	approvedBy := func(members ...string) []func(*mock.Administrator) error {
		return []func(*mock.Administrator) error{has(releasePolicyB, "approvers", members...), isUsed}
	}
	unapproved := "Guardrail approval-quorum: project-b/release-signing requires 1 approval, and nobody can approve"
	member := func(group, member string) string {
		return "resource \"signpath_user_group_member\" \"one\" {\n  group  = \"" + group + "\"\n  member = \"" + member + "\"\n}\n"
	}
	planGuarded(t, map[string]guardrailCase{
		"a list moves to another policy": {
			before: approvedBy(manager), applied: wholeList("approvers", "release-signing", manager), hcl: wholeList("approvers", "test-signing", manager),
			says: []string{
				"Warning: " + unapproved, "only a warning", "Of the approvers of signing policy \"project-b/release-signing\", loses: " + manager + ".",
				"Of the approvers of signing policy \"project-b/test-signing\", gains: " + manager + ".",
			},
		},
		"a list moves to another policy, denied": {
			before: approvedBy(manager), rules: deny("approval-quorum"),
			applied: wholeList("approvers", "release-signing", manager), hcl: wholeList("approvers", "test-signing", manager),
			fails: true, says: []string{"Error: " + unapproved},
		},
		"a list moves to a policy that is known after apply": {
			before: approvedBy(manager), applied: wholeList("approvers", "release-signing", manager),
			hcl: "resource \"terraform_data\" \"later\" { input = \"test-signing\" }\n" +
				strings.Replace(wholeList("approvers", "release-signing", manager), `"release-signing"`, "terraform_data.later.output", 1),
			says: []string{"Warning: Known after apply: signing_policy", "Terraform changes nothing here"}, not: []string{"approval-quorum"},
		},
		"an entry moves to another policy": {
			before: approvedBy(manager), applied: entriesOf("approver", "release-signing", manager), hcl: entriesOf("approver", "test-signing", manager),
			says: []string{"Warning: " + unapproved, "only a warning"},
		},
		"an entry moves to where its member is already": {
			before:  append(approvedBy(lead), has(testPolicyB, "approvers", lead)),
			applied: entriesOf("approver", "test-signing", lead), hcl: entriesOf("approver", "release-signing", "group:Inner"),
			not: []string{"approval-quorum"},
		},
		"members move to another group": {
			before: append(approvedBy("group:Inner"), has("group:Inner", "members", manager)), applied: wholeGroup("group:Inner", manager),
			hcl:  wholeGroup("group:Release Managers", manager),
			says: []string{"Warning: " + unapproved},
		},
		"a member moves to another group": {
			before: append(approvedBy("group:Inner"), has("group:Inner", "members", manager)), applied: member("group:Inner", manager),
			hcl:  member("group:Release Managers", manager),
			says: []string{"Warning: " + unapproved},
		},
		"members of a group by another name": {
			before: append(approvedBy("group:Inner"), has("group:Inner", "members", manager)), applied: wholeGroup("group:Inner", manager),
			hcl: "data \"signpath_user_group\" \"inner\" { name = \"Inner\" }\n" +
				strings.Replace(wholeGroup("", manager), `""`, `"group:${data.signpath_user_group.inner.id}"`, 1),
			not: []string{"approval-quorum", "loses"},
		},
		"a user is destroyed": {
			before: approvedBy(officer), applied: importedOfficer(""), hcl: " ",
			says: []string{"Warning: " + unapproved, "only a warning"},
		},
		"a user is destroyed, denied": {
			before: approvedBy(officer), rules: deny("approval-quorum"), applied: importedOfficer(""), hcl: " ",
			fails: true, says: []string{"Error: " + unapproved},
		},
		"a user gets another address": {
			before: approvedBy(officer), applied: importedOfficer(""),
			hcl:  strings.Split(strings.ReplaceAll(importedOfficer(""), "security.officer@", "officer@"), "import")[0],
			says: []string{"Warning: " + unapproved, "only a warning"},
		},
	})
}
