package provider_test

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestOneAccountInSeveralOrganizations manages the users of one account in two organizations, by two provider blocks.
func TestOneAccountInSeveralOrganizations(t *testing.T) {
	t.Parallel()
	first := newOrganization(t)
	second := newOrganization(t, func(seed *mock.Seed) { seed.Organization.ID = "8d0f4d6e-2a3b-4c5d-9e8f-7a6b5c4d3e2f" })
	s := first.site(inProcess, `
resource "signpath_user" "owner" {
  name  = "Owner"
  email = "owner@example.com"
}
resource "signpath_user" "lab" {
  provider = signpath.lab
  name     = "Owner"
  email    = "owner@example.com"
}
resource "signpath_role_assignment" "lab" {
  provider = signpath.lab
  member   = signpath_user.lab.member
  role     = "ProjectAdministrator"
}
`)
	block := second.with("  alias = \"lab\"\n"+second.tokenSetting(), "")
	s.Write("lab.tf", block[strings.Index(block, "provider \"signpath\""):])
	s.mustApply()
	s.planIs(testkit.Summary{})
	for _, org := range []*organization{first, second} {
		org.checkMails("owner")
	}
	must(t, first.userIs("user:owner@example.com", hasRole(mock.RoleRegularUser))(nil))
	must(t, second.userIs("user:owner@example.com", hasRole(mock.RoleProjectAdministrator))(nil))
}
