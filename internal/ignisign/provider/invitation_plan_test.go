package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

const (
	one    = "ignisign_application_invitation.one"
	forget = `accepted_on_destroy = "forget"`
)

// TestReplacedByItself: Terraform shows no warning of a replacement that it was told to make, so that nothing
// would announce the mail. It is an error in the plan, whatever became of the invitation.
func TestReplacedByItself(t *testing.T) {
	for name, become := range map[string]func(*application) error{
		"pending":  func(*application) error { return nil },
		"accepted": func(a *application) error { return a.Accept(guest) },
		"declined": func(a *application) error { return a.Decline(guest) },
	} {
		for _, more := range []string{"", forget, "lifecycle {\n    create_before_destroy = true\n  }"} {
			for _, isStale := range []bool{false, true} {
				t.Run(fmt.Sprint(name, " ", more, isStale), func(t *testing.T) {
					a := startApplication(t, "").configure(invitation(guest, oneRole, more))
					a.apply()
					testkit.Must(t, become(a))
					applied := a.Apply(testkit.Options{Replace: []string{one}, NoRefresh: isStale})
					a.expectFailure(applied, "An invitation is not replaced by itself", "change reinvite_triggers")
					a.expectMails(guest, 1)
					a.is("id", a.record(guest).ID)
					a.plan(0, 0, 0)
				})
			}
		}
	}
}

// TestImportedIsNotReplaced: the same for an invitation that was imported.
func TestImportedIsNotReplaced(t *testing.T) {
	a := startApplication(t, "").configure(invitation("dev.lead@example.com", `{ DEVELOPMENT = ["ADMIN"], STAGING = ["USER"] }`, ""))
	if imported := a.Import(one, "dev.lead@example.com"); imported.Err != nil {
		t.Fatal(imported)
	}
	a.expectFailure(a.Plan(testkit.Options{Replace: []string{one}}), "An invitation is not replaced by itself")
}

// TestAddressPassedOn: an address that one resource lets go of and another one takes is an error in the plan:
// nothing says what comes first.
func TestAddressPassedOn(t *testing.T) {
	for name, after := range map[string]string{
		"to a new one": invitation("two@example.com", oneRole, "") + invitationNamed("three", guest, oneRole, ""),
		"swapped":      invitation("TWO@example.com", oneRole, "") + invitationNamed("two", "GUEST@example.com", oneRole, ""),
		"in a chain":   invitation("three@example.com", oneRole, "") + invitationNamed("two", guest, oneRole, ""),
	} {
		t.Run(name, func(t *testing.T) {
			before := invitation(guest, oneRole, "")
			if name != "to a new one" {
				before += invitationNamed("two", "two@example.com", oneRole, "")
			}
			for range 5 { // The order in which they are planned is not fixed.
				a := startApplication(t, "").configure(before)
				a.apply()
				sent := len(a.Mails())
				a.configure(after).applyFails("Cancelled and invited in one plan")
				if len(a.Mails()) != sent || a.record(guest).Status != "PENDING" {
					t.Errorf("mails %v, record %+v", a.Mails(), a.record(guest))
				}
			}
		})
	}
}

// TestAcceptedBefore: of an invitation that was accepted and then ended, it is said that access may stay.
func TestAcceptedBefore(t *testing.T) {
	for name, end := range map[string]func(*application) error{
		"cancelled": func(a *application) error { return a.endAccepted(guest) },
		"forgotten": func(a *application) error { return a.Console.Forget(guest) },
	} {
		t.Run(name, func(t *testing.T) {
			const may = "Access may stay: " + guest
			a := startApplication(t, "").configure(invitation(guest, oneRole, ""))
			a.apply()
			testkit.Must(t, a.Accept(guest))
			a.apply()
			testkit.Must(t, end(a))
			a.plan(1, 0, 0, may)
			a.configure("").plan(0, 0, 0, may)
			if planned := a.Plan(testkit.Options{RefreshOnly: true}); planned.Err != nil || !testkit.Says(may).MatchString(planned.Said) {
				t.Errorf("a plan that only refreshes: %s", planned)
			}
			stale := a.Plan(testkit.Options{NoRefresh: true, Out: "stale"})
			a.expectSaid(stale, may)
			applied := a.Apply(testkit.Options{Saved: "stale"})
			if applied.Err != nil {
				t.Fatal(applied)
			}
			a.expectSaid(applied, may)
			if n := a.CountRequests("DELETE " + invitations + "/*"); n != 0 {
				t.Errorf("%d invitations were cancelled", n)
			}
		})
	}
}

// endAccepted is what the Console of the mock has no button for: an accepted invitation becomes a cancelled one.
func (a *application) endAccepted(email string) error {
	record := a.record(email)
	return a.Inject(mockserver.Fault{
		Route: "GET " + invitations, Action: mockserver.FaultAnswer, Status: 200,
		Body: fmt.Sprintf(`[{"_id":%q,"email":%q,"status":"CANCELED","roles":{}}]`, record.ID, email),
	})
}

// TestInvitedSinceTheDecline: who was invited by hand after a decline is not invited by triggers, and the way
// that is proposed leads to that invitation.
func TestInvitedSinceTheDecline(t *testing.T) {
	a := startApplication(t, "second-invitation-new").configure(invitation(guest, oneRole, ""))
	a.apply()
	testkit.Must(t, a.Decline(guest))
	a.apply()
	by, err := a.Invite(guest, mock.Roles{"STAGING": {"USER"}})
	testkit.Must(t, err)
	a.plan(0, 0, 0)
	a.configure(invitation(guest, oneRole, `reinvite_triggers = { a = "b" }`))
	a.planFails("Invited again already", "take it out of the configuration", fmt.Sprintf("id = %q", by))
	a.expectMails(guest, 2)
	a.configure("")
	a.apply()
	a.configure(invitation(guest, `{ STAGING = ["USER"] }`, "") + fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", one, by))
	a.apply()
	a.is("id", by)
	a.expectMails(guest, 2)
}

// TestInvitedAgainMeanwhile: the same where it happens between the plan and the apply.
func TestInvitedAgainMeanwhile(t *testing.T) {
	a := startApplication(t, "").configure(invitation(guest, oneRole, ""))
	a.apply()
	testkit.Must(t, a.Decline(guest))
	a.configure(invitation(guest, oneRole, `reinvite_triggers = { a = "b" }`))
	if planned := a.Plan(testkit.Options{Out: "plan"}); planned.Err != nil {
		t.Fatal(planned)
	}
	_, err := a.Invite(guest, mock.Roles{"STAGING": {"USER"}})
	testkit.Must(t, err)
	a.expectFailure(a.Apply(testkit.Options{Saved: "plan"}), "Invited again already")
	a.expectMails(guest, 2)
	if a.attribute("id") == nil {
		t.Error("it left the state")
	}
}

// TestNoTriggers: triggers without a text are none, and have no mail sent.
func TestNoTriggers(t *testing.T) {
	for _, triggers := range []string{`{}`, `{ asked = null }`, `null`} {
		a := startApplication(t, "").configure(invitation(guest, oneRole, ""))
		a.apply()
		a.configure(invitation(guest, oneRole, "reinvite_triggers = "+triggers))
		if applied := a.apply(); strings.Contains(applied.Said, "going to be mailed") {
			t.Errorf("%s: a mail is announced: %s", triggers, applied)
		}
		a.expectMails(guest, 1)
	}
}

// TestUnknownRolesAfterTheEnd: roles that are not known yet may turn out to be those that there are.
func TestUnknownRolesAfterTheEnd(t *testing.T) {
	text := func(role, run string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"text\" {\n  input = %q\n  triggers_replace = %q\n}\n", role, run)
	}
	known := invitation(guest, `{ DEVELOPMENT = [terraform_data.text.output] }`, "")
	a := startApplication(t, "").configure(text("ADMIN", "1") + known)
	a.apply()
	testkit.Must(t, a.Accept(guest))
	a.apply()
	a.configure(text("ADMIN", "2") + known)
	a.apply()
	a.configure(text("USER", "3")+known).applyFails("The invitation is not pending any more", "ADMIN in DEVELOPMENT")
	if n := a.CountRequests("PUT " + invitations + "/*"); n != 0 {
		t.Errorf("%d edits", n)
	}
}

// TestUnknownStatus: nobody knows what a status means that is in no source, so nothing is sent, and the plan says so.
func TestUnknownStatus(t *testing.T) {
	a := startApplication(t, "").configure(invitation(guest, oneRole, ""))
	a.apply()
	testkit.Must(t, a.Inject(mockserver.Fault{
		Route: "GET " + invitations, Action: mockserver.FaultAnswer, Status: 200,
		Body: fmt.Sprintf(`[{"_id":%q,"email":%q,"status":"EXPIRED","roles":{"DEVELOPMENT":["ADMIN"]}}]`, a.record(guest).ID, guest),
	}))
	a.plan(0, 0, 0)
	a.configure(invitation(guest, oneRole, `reinvite_triggers = { a = "b" }`)).planFails("The invitation is not pending any more", "EXPIRED", "not sent again")
	a.configure(invitation(guest, twoRoles, "")).planFails("EXPIRED")
	a.configure("").planFails("Access is not taken away", "EXPIRED")
	a.expectMails(guest, 1)
}

// TestAgainWithOtherRoles: an invitation that was sent again and came out with other roles is the one that is managed.
func TestAgainWithOtherRoles(t *testing.T) {
	a := startApplication(t, "").configure(invitation(guest, oneRole, ""))
	a.apply()
	testkit.Must(t, a.Decline(guest))
	a.apply()
	a.configure(invitation(guest, oneRole, `reinvite_triggers = { a = "b" }`))
	testkit.Must(t, a.Inject(mockserver.Fault{Route: "POST " + invitations, Action: mockserver.FaultCutAfterActing, Times: 1}))
	saved := a.Plan(testkit.Options{Out: "plan"})
	if saved.Err != nil {
		t.Fatal(saved)
	}
	testkit.Must(t, a.Inject(mockserver.Fault{
		Route: "GET " + invitations, Before: func() { _ = a.ChangeInvitation(guest, mock.Roles{"STAGING": {"USER"}}) }, // Nothing is pending before it is sent.
	}))
	a.expectFailure(a.Apply(testkit.Options{Saved: "plan"}), "IgniSign gave other roles", "Plan again")
	a.ClearFaults()
	a.expectMails(guest, 2)
	a.is("id", a.record(guest).ID)
	a.plan(0, 1, 0)
	a.apply()
	a.expectMails(guest, 2)
	if got := a.record(guest).Roles["DEVELOPMENT"]; !slices.Equal(got, []string{"ADMIN"}) {
		t.Errorf("the roles are %v", got)
	}
}
