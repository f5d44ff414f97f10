package provider_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// isActive checks whether an account is active.
func isActive(want bool) func(mock.UserState) error {
	return func(user mock.UserState) error {
		if user.Active != want {
			return fmt.Errorf("active is %t, want %t", user.Active, want)
		}
		return nil
	}
}

func expectAction(address string, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}}
}

// sentByTerraform is what SignPath does not tell, and an import cannot know.
var sentByTerraform = []string{"invitation_expires_at"}

const newUser = `
resource "signpath_user" "this" {
  name  = "New Approver"
  email = "new.approver@example.com"
}`

func TestUserLife(t *testing.T) {
	org := newOrganization(t)
	const address = "signpath_user.this"
	const reference = "user:new.approver@example.com"
	sameID := statecheck.CompareValue(compare.ValuesSame())
	keepsID := func() []statecheck.StateCheck {
		return []statecheck.StateCheck{sameID.AddStateValue(address, tfjsonpath.New("id"))}
	}
	org.run(
		org.userIs(reference, isActive(false)),
		resource.TestStep{
			Config: org.config(newUser),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue(address, tfjsonpath.New("member"), knownvalue.StringExact(reference)),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("active"), knownvalue.Bool(true)),
			}},
			ConfigStateChecks: append(keepsID(),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("directory_synchronized"), knownvalue.Bool(false)),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("notification_email"), knownvalue.Null()),
			),
			Check: all(org.userIs(reference, isActive(true)), org.requestsAre("POST /InteractiveUsers", 1)),
		},
		resource.TestStep{Config: org.config(newUser), PlanOnly: true},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: "New.Approver@example.com", ImportStateVerify: true,
			ImportStateVerifyIgnore: sentByTerraform,
		},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: reference, ImportStateVerify: true, ImportStateVerifyIgnore: sentByTerraform},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: sentByTerraform},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID},
		resource.TestStep{ // Update in place.
			Config: org.config(`
resource "signpath_user" "this" {
  name               = "Chief Approver"
  email              = "New.Approver@example.com"
  notification_email = "approvals@example.com"
}`),
			ConfigPlanChecks:  expectAction(address, plancheck.ResourceActionUpdate),
			ConfigStateChecks: keepsID(),
			Check: org.userIs(reference, func(user mock.UserState) error {
				if user.Name != "Chief Approver" || user.NotificationEmail != "approvals@example.com" {
					return fmt.Errorf("the user is %+v", user)
				}
				return nil
			}),
		},
		resource.TestStep{ // No longer managed, so left as it is.
			Config: org.config(`
resource "signpath_user" "this" {
  name  = "Chief Approver"
  email = "new.approver@example.com"
}`),
			Check: org.userIs(reference, func(user mock.UserState) error {
				if user.NotificationEmail != "approvals@example.com" {
					return fmt.Errorf("the notification e-mail is %q", user.NotificationEmail)
				}
				return nil
			}),
		},
		resource.TestStep{ // Drift: deactivated behind Terraform's back.
			PreConfig: org.behindTerraform(func(a *mock.Administrator) error { return a.SetActive(reference, false) }),
			Config: org.config(`
resource "signpath_user" "this" {
  name  = "Chief Approver"
  email = "new.approver@example.com"
}`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("active"), knownvalue.Bool(true)),
			}},
			Check: org.userIs(reference, isActive(true)),
		},
		resource.TestStep{ // Deactivated by Terraform.
			Config: org.config(`
resource "signpath_user" "this" {
  name   = "Chief Approver"
  email  = "new.approver@example.com"
  active = false
}`),
			ConfigStateChecks: keepsID(),
			Check:             org.userIs(reference, isActive(false)),
		},
		resource.TestStep{ // Disappears.
			PreConfig:        org.behindTerraform(func(a *mock.Administrator) error { return a.Remove(reference) }),
			Config:           org.config(newUser),
			ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate),
			Check:            org.userIs(reference, isActive(true)),
		},
	)
	if mails := len(org.Mails()); mails != 2 {
		t.Errorf("%d invitations were sent, want 2: one per create", mails)
	}
}

func TestUserIsCreatedInactive(t *testing.T) {
	org := newOrganization(t)
	org.run(nil, resource.TestStep{
		Config: org.config(`
resource "signpath_user" "this" {
  name   = "New Approver"
  email  = "new.approver@example.com"
  active = false
}`),
		Check: org.userIs("user:new.approver@example.com", isActive(false)),
	})
}

func TestUserWithAnotherEmailIsAnotherUser(t *testing.T) {
	org := newOrganization(t)
	org.run(nil,
		resource.TestStep{Config: org.config(newUser)},
		resource.TestStep{
			Config: org.config(`
resource "signpath_user" "this" {
  name  = "New Approver"
  email = "other.approver@example.com"
}`),
			ConfigPlanChecks: expectAction("signpath_user.this", plancheck.ResourceActionReplace),
			Check: all(
				org.userIs("user:new.approver@example.com", isActive(false)),
				org.userIs("user:other.approver@example.com", isActive(true)),
			),
		},
	)
}

func TestUserWithValuesKnownAfterApply(t *testing.T) {
	org := newOrganization(t)
	org.run(nil, resource.TestStep{
		Config: org.config(`
resource "terraform_data" "who" {
  input = "late.approver@example.com"
}
resource "signpath_user" "this" {
  name               = "Late Approver"
  email              = terraform_data.who.output
  notification_email = terraform_data.who.output
  active             = terraform_data.who.output != ""
}
resource "signpath_role_assignment" "this" {
  member = signpath_user.this.member
  role   = "GlobalReader"
}
resource "signpath_signing_policy_approvers" "this" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = [signpath_user.this.member, "user:dev.lead@example.com"]
}
resource "signpath_project_reader" "this" {
  project = "project-b"
  member  = signpath_user.this.member
}`),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectUnknownValue("signpath_user.this", tfjsonpath.New("member")),
		}},
		Check: all(
			org.membersAre("policy:project-b/release-signing", "approvers", "user:dev.lead@example.com", "user:late.approver@example.com"),
			org.membersAre("project:project-b", "readers", "user:late.approver@example.com"),
			org.userIs("user:late.approver@example.com", hasRole(mock.RoleGlobalReader)),
		),
	})
}

func TestUserIsRefused(t *testing.T) {
	cases := map[string]struct {
		config string
		seed   func(*mock.Seed)
		want   []string
	}{
		"malformed e-mail": {
			config: `
resource "signpath_user" "this" {
  name  = "X"
  email = "not an address"
}`,
			want: []string{`Invalid e-mail address`, `email = "not an address"`},
		},
		"name with white space": {
			config: `
resource "signpath_user" "this" {
  name  = " X"
  email = "x@example.com"
}`,
			want: []string{`Invalid name`},
		},
		"exists in other case": {
			config: `
resource "signpath_user" "this" {
  name  = "Development Lead"
  email = "Dev.Lead@Example.com"
}`,
			want: []string{`Already exists`, `import {`, `to = signpath_user.NAME`, `id = "dev.lead@example.com"`},
		},
		"synchronized": {
			config: `
resource "signpath_user" "this" {
  name  = "Synchronized User"
  email = "sync.user@example.com"
}`,
			want: []string{`Synchronized from a directory`, `email = "sync.user@example.com"`, `name it on an access list`},
		},
		"above the quota": {
			config: newUser,
			seed:   func(seed *mock.Seed) { seed.Organization.MaxInteractiveUsers = 7 },
			want:   []string{`SignPath refused the request`, `Creating user:new.approver@example.com`, `400 Bad Request`},
		},
		"twice in one plan": {
			config: newUser + `
resource "signpath_user" "again" {
  name  = "New Approver"
  email = "NEW.approver@example.com"
}`,
			want: []string{`Managed twice`, `another signpath_user`},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var changes []func(*mock.Seed)
			if c.seed != nil {
				changes = append(changes, c.seed)
			}
			org := newOrganization(t, changes...)
			before := org.Snapshot()
			org.run(nil, resource.TestStep{Config: org.config(c.config), ExpectError: says(c.want...)})
			org.unchangedSince(before)
		})
	}
}

func TestUserBecomesSynchronized(t *testing.T) {
	org := newOrganization(t)
	synchronized := true
	org.run(nil,
		resource.TestStep{Config: org.config(newUser)},
		resource.TestStep{
			PreConfig: org.behindTerraform(func(a *mock.Administrator) error {
				return a.Change("user:new.approver@example.com", mock.PrincipalChange{Synchronized: &synchronized})
			}),
			Config:      org.config(newUser),
			PlanOnly:    true,
			ExpectError: says(`Synchronized from a directory`),
		},
		resource.TestStep{
			PreConfig: org.behindTerraform(func(a *mock.Administrator) error {
				synchronized = false
				return a.Change("user:new.approver@example.com", mock.PrincipalChange{Synchronized: &synchronized})
			}),
			Config: org.config(newUser),
		},
	)
}

func TestUserImportIsRefused(t *testing.T) {
	for id, want := range map[string][]string{
		"dev.laed@example.com": {`no interactive user "dev.laed@example.com"`, `did you mean "user:dev.lead@example.com"`},
		"not-an-address":       {`Invalid import id`, `e-mail or its UUID`},
	} {
		t.Run(id, func(t *testing.T) {
			org := newOrganization(t)
			org.run(nil, resource.TestStep{
				Config: org.config(newUser), ResourceName: "signpath_user.this", ImportState: true, ImportStateId: id,
				ExpectError: says(want...),
			})
		})
	}
}
