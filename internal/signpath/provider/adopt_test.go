package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestExistingUserIsAdopted(t *testing.T) {
	org := newOrganization(t, func(seed *mock.Seed) {
		seed.InteractiveUsers[2].Inactive = true // dev.lead
		seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "retired build", Inactive: true})
	})
	leadID, err := org.ID(lead)
	must(t, err)
	const config = `
resource "signpath_user" "lead" {
  name           = "Head of Development"
  email          = "Dev.Lead@example.com"
  adopt_existing = true
}
resource "signpath_ci_user" "build" {
  name           = "retired build"
  adopt_existing = true
}
resource "signpath_user" "new" {
  name           = "New Approver"
  email          = "new.approver@example.com"
  adopt_existing = true
}
resource "signpath_user_group" "managers" {
  name           = "Release Managers"
  description    = "Taken over"
  adopt_existing = true
}
resource "signpath_signing_policy_approver" "lead" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = signpath_user.lead.member
}`
	org.run(nil,
		resource.TestStep{
			Config: org.config(config),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("signpath_user.lead", tfjsonpath.New("id"), knownvalue.StringExact(leadID)),
				statecheck.ExpectKnownValue("signpath_user.lead", tfjsonpath.New("status"), knownvalue.StringExact("active")),
			},
			Check: all(
				org.userIs(lead, func(user mock.UserState) error {
					if !user.Active || user.Name != "Head of Development" || user.Identity == "" {
						return fmt.Errorf("the user is %+v", user)
					}
					return nil
				}),
				org.userIs("ci_user:retired build", isActive(true)),
				org.membersAre(releaseB, "approvers", lead),
				org.membersAre("group:Release Managers", "members", manager),
				org.requestsAre("POST /UserGroups", 0),
				org.requestsAre("POST /InteractiveUsers", 1),
				invitations(org, 1), // Only the one who is new.
			),
		},
		resource.TestStep{Config: org.config(config), PlanOnly: true},
	)
}

// TestAdoptionIsAnnounced reads what the plan and the apply say.
func TestAdoptionIsAnnounced(t *testing.T) {
	org := newOrganization(t, func(seed *mock.Seed) {
		seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "retired build", Inactive: true})
	})
	s := org.site(inProcess, `
resource "signpath_ci_user" "build" {
  name           = "retired build"
  adopt_existing = true
}`)
	s.planSays("Existing object will be taken over", "ci_user:retired build exists already, deactivated")
	s.applySays("Existing object was taken over", "It was not created")
}

var importBlock = regexp.MustCompile(`(?s)import \{.*?\n\s*\}`)

// TestExistingUserCanBeImportedAsTold pastes the block that the error prints.
func TestExistingUserCanBeImportedAsTold(t *testing.T) {
	s := newOrganization(t).site(inProcess, `
resource "signpath_user" "lead" {
  name  = "Development Lead"
  email = "DEV.Lead@example.com"
}
resource "signpath_ci_user" "own" {
  name = "terraform"
}
resource "signpath_user_group" "managers" {
  name = "Release Managers"
}`)
	planned := s.Plan(testkit.Options{})
	if planned.Err == nil {
		t.Fatal("the plan creates users who exist")
	}
	blocks := importBlock.FindAllString(planned.Said, -1)
	if len(blocks) != 3 {
		t.Fatalf("the errors have %d import blocks, want 3: %s", len(blocks), planned)
	}
	names := strings.NewReplacer("signpath_user.NAME", "signpath_user.lead", "signpath_ci_user.NAME", "signpath_ci_user.own",
		"signpath_user_group.NAME", "signpath_user_group.managers")
	for i, block := range blocks {
		s.Write(fmt.Sprintf("import%d.tf", i), names.Replace(block)+"\n")
	}
	s.planIs(testkit.Summary{Import: 3})
}

// TestLostCreateIsFoundLater loses the answer of each kind of create, and lets
// the list lag so that it cannot be found at once. The next apply finds it.
func TestLostCreateIsFoundLater(t *testing.T) {
	for name, c := range map[string]struct{ config, create, list, reference string }{
		"user":    {newUser, "POST /InteractiveUsers", "GET /InteractiveUsers", "user:new.approver@example.com"},
		"CI user": {newCIUser, "POST /CIUsers", "GET /CIUsers", "ci_user:build"},
		"group":   {newUserGroup, "POST /UserGroups", "GET /UserGroups", "group:Signers"},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			org.run(nil,
				resource.TestStep{
					PreConfig: func() {
						org.inject(mock.Fault{Route: c.create, Action: mock.FaultCutAfterActing, Times: 1})
						// The plan lists once and the apply once; the look for the lost
						// one is the third.
						org.inject(mock.Fault{Route: c.list, Action: mock.FaultAnswer, Status: 500, After: 2, Times: 1})
					},
					Config:      org.config(c.config),
					ExpectError: says("Unknown outcome of a create", "may or may not have created"),
				},
				resource.TestStep{
					PreConfig: org.ClearFaults,
					Config:    org.config(c.config),
					Check:     all(org.isThere(c.reference), org.requestsAre(c.create, 1)),
				},
				resource.TestStep{Config: org.config(c.config), PlanOnly: true},
			)
		})
	}
}

// isThere checks that the one principal exists, and that it is active.
func (o *organization) isThere(reference string) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		if strings.HasPrefix(reference, "group:") {
			_, err := o.ID(reference)
			return err
		}
		return o.userIs(reference, isActive(true))(state)
	}
}
