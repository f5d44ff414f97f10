package provider_test

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// TestGainsThroughGroupsOfTheSamePlan fills a group, puts it into another one and that on a list.
// In whichever order that is planned, a warning names who gains, and what.
func TestGainsThroughGroupsOfTheSamePlan(t *testing.T) {
	const groups = `
resource "signpath_user_group" "outer" {
  name = "Outer Circle"
}
resource "signpath_user_group" "inner" {
  name = "Inner Circle"
}
`
	parts := map[string]string{
		"list": "resource \"signpath_signing_policy_approvers\" \"release\" {\n  project = \"project-b\"\n  signing_policy = \"release-signing\"\n" +
			"  members = [signpath_user_group.outer.member, \"user:security.officer@example.com\"]\n  AFTER\n}\n",
		"outer": "resource \"signpath_user_group_members\" \"outer\" {\n  group = signpath_user_group.outer.member\n" +
			"  members = [signpath_user_group.inner.member]\n  AFTER\n}\n",
		"inner": "resource \"signpath_user_group_members\" \"inner\" {\n  group = signpath_user_group.inner.member\n" +
			"  members = [\"user:outsider@example.com\"]\n  AFTER\n}\n",
	}
	address := map[string]string{
		"list": "signpath_signing_policy_approvers.release", "outer": "signpath_user_group_members.outer", "inner": "signpath_user_group_members.inner",
	}
	for _, order := range []string{"list outer inner", "list inner outer", "outer list inner", "outer inner list", "inner list outer", "inner outer list"} {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			names := strings.Fields(order)
			hcl, after := groups, ""
			for _, name := range names {
				hcl += strings.Replace(parts[name], "AFTER", after, 1)
				after = "depends_on = [" + address[name] + "]"
			}
			said := newOrganization(t).site(inProcess, hcl).Plan(testkit.Options{}).Said
			var told bool
			for _, paragraph := range strings.Split(said, "Warning: ") {
				isTold := strings.Contains(paragraph, "gains: ") || strings.Contains(paragraph, "Whoever is in it counts as approver of project-b/release-signing")
				told = told || isTold && strings.Contains(paragraph, "outsider@example.com") && strings.Contains(paragraph, "project-b/release-signing")
				if strings.Contains(paragraph, "nobody gains or loses") {
					t.Errorf("it says %s", paragraph)
				}
			}
			if !told {
				t.Errorf("nothing says that the outsider becomes an approver: %s", said)
			}
		})
	}
}
