package provider_test

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// TestGroupOfAnotherNameKeepsWhoIsInIt gives the resource of a group another name, without a moved
// block, in the same apply in which the members change.
func TestGroupOfAnotherNameKeepsWhoIsInIt(t *testing.T) {
	config := func(label, member string) string {
		return strings.NewReplacer("LABEL", label, "MEMBER", member).Replace(`
resource "signpath_user_group" "LABEL" {
  name           = "Signers"
  adopt_existing = true
}
resource "signpath_user_group_members" "fill" {
  group   = signpath_user_group.LABEL.member
  members = ["MEMBER"]
}
`)
	}
	s := newOrganization(t).site(inProcess, config("a2", "user:dev.lead@example.com"))
	s.mustApply()
	s.Write("main.tf", config("a6", "user:qa.lead@example.com"))
	s.mustApply()
	s.planIs(testkit.Summary{})
}
