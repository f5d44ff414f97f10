package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const newCIUser = `
resource "signpath_ci_user" "this" {
  name = "build"
}`

func TestCIUserLife(t *testing.T) {
	org := newOrganization(t)
	const address = "signpath_ci_user.this"
	sameID := statecheck.CompareValue(compare.ValuesSame())
	org.run(
		org.userIs("ci_user:build", isActive(false)),
		resource.TestStep{
			Config: org.config(newCIUser),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue(address, tfjsonpath.New("member"), knownvalue.StringExact("ci_user:build")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{sameID.AddStateValue(address, tfjsonpath.New("id"))},
			Check:             all(org.userIs("ci_user:build", isActive(true)), org.requestsAre("POST /CIUsers", 1)),
		},
		resource.TestStep{Config: org.config(newCIUser), PlanOnly: true},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "build", ImportStateVerify: true},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: "build"},
		resource.TestStep{ // Renamed in place: same id, and the lists that name it follow.
			Config: org.config(`
resource "signpath_ci_user" "this" {
  name               = "release build"
  notification_email = "build@example.com"
}`),
			ConfigPlanChecks:  expectAction(address, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{sameID.AddStateValue(address, tfjsonpath.New("id"))},
			Check:             org.userIs("ci_user:release build", isActive(true)),
		},
		resource.TestStep{ // Drift: renamed and deactivated behind Terraform's back.
			PreConfig: org.behindTerraform(
				func(a *mock.Administrator) error { return a.SetActive("ci_user:release build", false) },
				func(a *mock.Administrator) error {
					name := "renamed"
					return a.Change("ci_user:release build", mock.PrincipalChange{Name: &name})
				},
			),
			Config:            org.config(newCIUser),
			ConfigPlanChecks:  expectAction(address, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{sameID.AddStateValue(address, tfjsonpath.New("id"))},
			Check:             org.userIs("ci_user:build", isActive(true)),
		},
		resource.TestStep{ // Disappears.
			PreConfig:        org.behindTerraform(func(a *mock.Administrator) error { return a.Remove("ci_user:build") }),
			Config:           org.config(newCIUser),
			ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate),
		},
	)
}

func TestCIUserIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"empty name": {"resource \"signpath_ci_user\" \"this\" {\n  name = \"\"\n}", []string{"Invalid name"}},
		"exists": {
			"resource \"signpath_ci_user\" \"this\" {\n  name = \"terraform\"\n}",
			[]string{"Already exists", "to = signpath_ci_user.NAME", `id = "terraform"`},
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

func TestAmbiguousCIUserName(t *testing.T) {
	const first, second = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	twins := func(seed *mock.Seed) {
		seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "twin", ID: first}, mock.CIUserSeed{Name: "twin", ID: second})
	}
	submitter := func(member string) string {
		return `
resource "signpath_signing_policy_submitter" "this" {
  project        = "project-b"
  signing_policy = "test-signing"
  member         = "` + member + `"
}`
	}
	org := newOrganization(t, twins)
	org.run(nil,
		resource.TestStep{
			Config:      org.config(submitter("ci_user:twin")),
			ExpectError: says("Ambiguous member", "2 principals", `"ci_user:`+first+`", "ci_user:`+second+`"`),
		},
		resource.TestStep{Config: org.config(submitter("ci_user:" + second))},
		resource.TestStep{Config: org.config(submitter("ci_user:" + second)), PlanOnly: true},
	)
}
