package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// inFourteenDays checks the end of an invitation that was sent in this test.
func inFourteenDays(value string) error {
	expires, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return err
	}
	sent := time.Since(expires.Add(-vocabulary.InvitationValidity))
	if sent < -time.Minute || sent > time.Hour {
		return fmt.Errorf("the invitation expires at %s, which is not 14 days from now", value)
	}
	return nil
}

func invitations(org *organization, want int) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if got := len(org.Mails()); got != want {
			return fmt.Errorf("%d invitations were sent, want %d", got, want)
		}
		return nil
	}
}

func TestInvitation(t *testing.T) {
	org := newOrganization(t)
	const address = "signpath_user.this"
	withTriggers := func(value string) string {
		return strings.Replace(newUser, "\n}", "\n  reinvite_triggers = { sent = \""+value+"\" }\n}", 1)
	}
	expect := func(attribute string, check knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), check)
	}
	org.run(nil,
		resource.TestStep{
			Config: org.config(withTriggers("1")),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue(address, tfjsonpath.New("status"), text("invited")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				expect("status", text("invited")),
				expect("invitation_expires_at", knownvalue.StringFunc(inFourteenDays)),
			},
			Check: invitations(org, 1), // The create invites, the triggers do not.
		},
		resource.TestStep{Config: org.config(withTriggers("1")), PlanOnly: true},
		resource.TestStep{
			Config: org.config(withTriggers("2")),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("invitation_expires_at")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{expect("invitation_expires_at", knownvalue.StringFunc(inFourteenDays))},
			Check:             all(invitations(org, 2), org.requestsAre("POST /InteractiveUsers/{id}/Reinvite", 1)),
		},
		resource.TestStep{ // The invitation is accepted: no drift, and nobody is invited again.
			PreConfig: org.behindTerraform(func(a *mock.Administrator) error {
				identity := "example:accepted"
				return a.Change("user:new.approver@example.com", mock.PrincipalChange{Identity: &identity})
			}),
			Config: org.config(withTriggers("2")), PlanOnly: true,
		},
		resource.TestStep{
			Config: org.config(withTriggers("3")),
			ConfigStateChecks: []statecheck.StateCheck{
				expect("status", text("active")),
				expect("identity", text("example:accepted")),
				expect("invitation_expires_at", knownvalue.Null()),
			},
			Check: invitations(org, 2),
		},
	)
}

func TestUserWithIdentityIsNotInvited(t *testing.T) {
	org := newOrganization(t)
	withIdentity := func(identity string) string {
		return strings.Replace(newUser, "\n}", "\n  identity = \""+identity+"\"\n}", 1)
	}
	const address = "signpath_user.this"
	org.run(nil,
		resource.TestStep{Config: org.config(withIdentity("no form")), ExpectError: says("Invalid identity", "<sso-identifier>:<subject>")},
		resource.TestStep{
			Config: org.config(withIdentity("acme:S-1-2-34")),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue(address, tfjsonpath.New("status"), text("active")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("invitation_expires_at"), knownvalue.Null()),
			},
			Check: invitations(org, 0),
		},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true},
		resource.TestStep{
			Config:           org.config(withIdentity("acme:S-1-2-35")),
			ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate),
			Check: org.userIs("user:new.approver@example.com", func(user mock.UserState) error {
				if user.Identity != "acme:S-1-2-35" {
					return fmt.Errorf("the identity is %q", user.Identity)
				}
				return nil
			}),
		},
	)
}

func TestFailedReinvitationIsSentOnce(t *testing.T) {
	org := newOrganization(t)
	triggered := strings.Replace(newUser, "\n}", "\n  reinvite_triggers = { sent = \"again\" }\n}", 1)
	org.run(nil,
		resource.TestStep{Config: org.config(newUser)},
		resource.TestStep{
			PreConfig: func() {
				org.inject(mock.Fault{Route: "POST */Reinvite", Action: mock.FaultCutAfterActing, Times: 1})
			},
			Config:      org.config(triggered),
			ExpectError: says("No answer from SignPath", "Inviting user:new.approver@example.com again failed"),
		},
	)
	if sent := org.CountRequests("POST */Reinvite"); sent != 1 {
		t.Errorf("the invitation was sent %d times", sent)
	}
}

// TestCLIReinviteAction runs the action as a user does, because only the CLI's own
// flag runs an action by itself.
func TestCLIReinviteAction(t *testing.T) {
	testkit.SkipBelow(t, tfversion.Version1_14_0)
	const config = `
resource "signpath_user" "this" {
  name  = "New Approver"
  email = "new.approver@example.com"
}
action "signpath_reinvite_user" "this" {
  config {
    user = signpath_user.this.member
  }
}
`
	w := newWorkspace(t, map[string]string{"main.tf": config})
	w.MustRun("apply", "-auto-approve")
	w.MustRun("apply", "-auto-approve", "-invoke=action.signpath_reinvite_user.this")
	if got := w.org.CountRequests("POST */Reinvite"); got != 1 {
		t.Errorf("the mock saw %d reinvites, want exactly 1", got)
	}
	if got := len(w.org.Mails()); got != 2 {
		t.Errorf("%d invitations were sent, want 2: the create's and the action's", got)
	}
	must(t, w.org.Administrator("").SetActive("user:new.approver@example.com", false))
	output, err := w.Command(w.CLI, "apply", "-refresh=false", "-auto-approve", "-invoke=action.signpath_reinvite_user.this").CombinedOutput()
	if err == nil || !says("Nobody to invite", "is inactive").Match(output) {
		t.Errorf("a deactivated user was invited:\n%s", output)
	}
}
