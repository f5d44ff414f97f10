package provider_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

const (
	guest    = "guest@example.com"
	oneRole  = `{ DEVELOPMENT = ["ADMIN"] }`
	twoRoles = `{ DEVELOPMENT = ["ADMIN", "USER"], STAGING = ["READER"], PRODUCTION = [] }`
)

// TestInvitation leads one through the life of a person, on both versions of the API and with both
// kinds of keys.
func TestInvitation(t *testing.T) {
	old := fmt.Sprintf("app_secret = %q\napp_id = \"appId_11111111-2222-3333-4444-555555555555\"\napp_env = \"DEVELOPMENT\"\n", oldKey)
	for name, block := range map[string]string{
		"auto": "", "v3": `api_version = "v3"`, "v4": `api_version = "v4"`, "old key on v3": old + `api_version = "v3"`, "old key": old,
	} {
		t.Run(name, func(t *testing.T) {
			a := startApplication(t, "").with(block).configure(invitation(guest, oneRole, ""))
			a.plan(1, 0, 0, "Invitations at IgniSign are experimental", "going to be mailed: "+guest, "ADMIN in DEVELOPMENT")
			a.expectMails(guest, 0)
			a.apply()
			a.expectMails(guest, 1)
			a.is("status", "PENDING")
			a.is("application_id", a.ApplicationID())
			a.is("id", a.record(guest).ID)

			a.configure(invitation("Guest@Example.com", twoRoles, ""))
			a.plan(0, 1, 0)
			a.apply()
			if got := a.record(guest).Roles; !slices.Equal(got["DEVELOPMENT"], []string{"ADMIN", "USER"}) || !slices.Equal(got["STAGING"], []string{"READER"}) {
				t.Errorf("the roles are %v", got)
			}
			testkit.Must(t, a.ChangeInvitation(guest, mock.Roles{"PRODUCTION": {"ADMIN"}}))
			a.plan(0, 1, 0)
			a.apply()
			a.expectMails(guest, 1)

			testkit.Must(t, a.Accept(guest))
			a.plan(0, 0, 0)
			a.configure(invitation(guest, oneRole, "")).planFails(
				"has the status ACCEPTED", "change the member in the Console", "ADMIN in DEVELOPMENT, USER in DEVELOPMENT, READER in STAGING")
			a.configure(invitation("other@example.com", twoRoles, "")).planFails("Access is not taken away", `set accepted_on_destroy = "forget", apply, then destroy`)
			a.configure("").planFails("Access is not taken away")
			a.configure(invitation(guest, twoRoles, `accepted_on_destroy = "forget"`))
			a.plan(0, 1, 0)
			a.apply()
			a.configure("").plan(0, 0, 1, "Access stays: "+guest)
			a.apply("Access stays: " + guest)
			if !slices.ContainsFunc(a.Members(), func(m mock.Member) bool { return m.Email == guest }) {
				t.Error("the member is gone")
			}
			if n := a.CountRequests("DELETE " + invitations + "/*"); n != 0 {
				t.Errorf("%d invitations were cancelled", n)
			}
			a.expectMails(guest, 1)
		})
	}
}

// TestPendingInvitation: to destroy one that is pending cancels it, and another address is another one.
func TestPendingInvitation(t *testing.T) {
	for _, dialect := range []string{"", "cancel-removes-record"} {
		a := startApplication(t, dialect).configure(invitation(guest, oneRole, ""))
		a.apply()
		a.configure(invitation("other@example.com", oneRole, "")).plan(1, 0, 1, "going to be mailed: other@example.com")
		a.apply()
		a.expectMails(guest, 1)
		a.expectMails("other@example.com", 1)
		if status := a.record(guest).Status; status != "CANCELED" && status != "" {
			t.Errorf("the first one is %s", status)
		}
		a.configure("").plan(0, 0, 1)
		a.apply()
		if status := a.record("other@example.com").Status; status != "CANCELED" && status != "" {
			t.Errorf("the second one is %s", status)
		}
		// It can be invited anew.
		a.configure(invitation(guest, oneRole, ""))
		a.apply()
		a.expectMails(guest, 2)
	}
}

// TestDeclined: nobody is invited again after a decline, unless the triggers change.
func TestDeclined(t *testing.T) {
	for _, dialect := range []string{"", "second-invitation-new", "second-invitation-same"} {
		t.Run(dialect, func(t *testing.T) {
			a := startApplication(t, dialect).configure(invitation(guest, oneRole, ""))
			a.apply()
			testkit.Must(t, a.Decline(guest))
			a.plan(0, 0, 0, "declined", "not sent again, unless reinvite_triggers change")
			a.configure(invitation(guest, twoRoles, "")).planFails("The invitation was declined", "reinvite_triggers")
			a.expectMails(guest, 1)

			a.configure(invitation(guest, twoRoles, `reinvite_triggers = { asked = "2026-11-28" }`))
			a.plan(0, 1, 0, "although one was declined", "going to be mailed: "+guest)
			a.apply()
			a.expectMails(guest, 2)
			a.is("status", "PENDING")
			a.is("id", a.record(guest).ID)

			testkit.Must(t, a.Decline(guest))
			a.plan(0, 0, 0)
			a.apply()
			if dialect == "" { // Nobody is asked again because the record of it went.
				testkit.Must(t, a.Console.Forget(guest))
				a.plan(0, 0, 0, "not sent again, unless reinvite_triggers change")
				return
			}
			a.configure("").plan(0, 0, 1)
			a.apply()
			if n := a.CountRequests("DELETE " + invitations + "/*"); n != 0 {
				t.Errorf("%d invitations were cancelled", n)
			}
			// Who makes the resource anew does not ask again by that.
			a.configure(invitation(guest, oneRole, "")).planFails("The person declined before", "import {", "reinvite_triggers")
			a.expectMails(guest, 2)
		})
	}
}

// TestResendInvitation: the triggers have a mail sent again while the invitation is pending, and none after.
func TestResendInvitation(t *testing.T) {
	a := startApplication(t, "").configure(invitation(guest, oneRole, ""))
	a.apply()
	id := a.attribute("id")
	a.configure(invitation(guest, oneRole, `reinvite_triggers = { asked = "once" }`))
	a.plan(0, 1, 0, "sends the invitation again")
	a.apply()
	a.expectMails(guest, 2)
	a.is("id", id)
	testkit.Must(t, a.Accept(guest))
	a.configure(invitation(guest, oneRole, `reinvite_triggers = { asked = "twice" }`))
	if planned := a.plan(0, 1, 0); testkit.Says("going to be mailed").MatchString(planned.Said) {
		t.Errorf("a mail is announced: %s", planned)
	}
	a.apply()
	a.expectMails(guest, 2)
}

// TestGone: what was cancelled, or is not in the list, leaves the state, and the plan says that a mail will
// be sent.
func TestGone(t *testing.T) {
	for name, end := range map[string]func(*application) error{
		"cancelled": func(a *application) error { return a.Cancel(guest) },
		"forgotten": func(a *application) error { return a.Console.Forget(guest) },
	} {
		t.Run(name, func(t *testing.T) {
			a := startApplication(t, "").configure(invitation(guest, oneRole, ""))
			a.apply()
			testkit.Must(t, end(a))
			planned := a.plan(1, 0, 0, "going to be mailed: "+guest)
			if isTold := testkit.Says("not in the list any more").MatchString(planned.Said); isTold != (name == "forgotten") {
				t.Errorf("it is told: %t, %s", isTold, planned)
			}
			a.apply()
			a.expectMails(guest, 2)
		})
	}
}

// TestSinceThePlan: what became of an invitation since the plan decides, and not the state.
func TestSinceThePlan(t *testing.T) {
	for name, c := range map[string]struct {
		after   string
		between func(*application) error
		phrases []string
		mails   int
	}{
		"accepted before a destroy": {"", func(a *application) error { return a.Accept(guest) }, []string{"Access is not taken away"}, 1},
		"accepted before an edit": {
			invitation(guest, twoRoles, ""), func(a *application) error { return a.Accept(guest) },
			[]string{"not pending any more", "ACCEPTED"},
			1,
		},
		"declined before a resend": {
			invitation(guest, oneRole, `reinvite_triggers = { a = "b" }`), func(a *application) error { return a.Decline(guest) },
			[]string{"not pending any more", "DECLINED"},
			1,
		},
		"invited before a create": {
			invitation(guest, oneRole, "") + invitationNamed("two", "two@example.com", oneRole, ""), func(a *application) error {
				_, err := a.Invite("two@example.com", mock.Roles{"STAGING": {"USER"}})
				return err
			}, []string{"Invited already", "import {"}, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := startApplication(t, "").configure(invitation(guest, oneRole, ""))
			a.apply()
			a.configure(c.after)
			planned := a.Plan(testkit.Options{Out: "plan"})
			if planned.Err != nil {
				t.Fatal(planned)
			}
			testkit.Must(t, c.between(a))
			a.expectFailure(a.Apply(testkit.Options{Saved: "plan"}), c.phrases...)
			a.expectMails(guest, c.mails)
			if a.attribute("id") == nil {
				t.Error("it left the state")
			}
		})
	}
}

// TestInvitedAlready: who was invited elsewhere is not invited again; the import that is proposed works.
func TestInvitedAlready(t *testing.T) {
	a := startApplication(t, "").configure(invitation("Dev.Lead@example.com", `{ DEVELOPMENT = ["ADMIN"], STAGING = ["USER"] }`, ""))
	a.planFails("Invited already", "import {", `id = "65a0c0ffee00000000000002"`)
	for _, id := range []string{"65a0c0ffee00000000000002", "DEV.LEAD@example.com"} {
		imported := a.Import("ignisign_application_invitation.one", id)
		if imported.Err != nil {
			t.Fatal(imported)
		}
		a.configure(invitation("dev.lead@example.com", `{ DEVELOPMENT = ["ADMIN"], STAGING = ["USER"], PRODUCTION = [] }`, ""))
		a.plan(0, 0, 0)
		a.Terraform.Forget("ignisign_application_invitation.one")
	}
	for id, phrase := range map[string]string{
		"65a0c0ffee00000000000004": "Cannot import what does not exist", "nobody@example.com": "Cannot import what does not exist",
	} {
		a.expectFailure(a.Import("ignisign_application_invitation.one", id), phrase)
	}
	a.expectMails("dev.lead@example.com", 0)
}

// TestInvitedTwice: two resources for one address are an error in the plan.
func TestInvitedTwice(t *testing.T) {
	a := startApplication(t, "").configure(invitation(guest, oneRole, "") + invitationNamed("two", "GUEST@example.com", twoRoles, ""))
	a.planFails("Invited twice", "write the roles together")
	if n := a.CountRequests("POST " + invitations); n != 0 {
		t.Errorf("%d were sent", n)
	}
}

// TestRenamed: a resource that was renamed without a moved block is an error in the plan; with one it is
// the same invitation, also where it is replaced.
func TestRenamed(t *testing.T) {
	a := startApplication(t, "").configure(invitation(guest, oneRole, ""))
	a.apply()
	a.configure(invitationNamed("two", guest, oneRole, "")).planFails("Cancelled and invited in one plan", "moved block")
	const moved = "moved {\n  from = ignisign_application_invitation.one\n  to = ignisign_application_invitation.two\n}\n"
	a.configure(invitationNamed("two", guest, oneRole, "") + moved)
	if applied := a.Apply(testkit.Options{}); applied.Err != nil {
		t.Fatal(applied)
	}
	a.expectMails(guest, 1)
}

// TestBadInvitations: each is an error on its attribute, before anything is sent.
func TestBadInvitations(t *testing.T) {
	for name, c := range map[string]struct {
		email, roles, more string
		want               []string
	}{
		"IAM role":            {guest, `{ STAGING = ["APP_OPERATOR"] }`, "", []string{"APP_OPERATOR is a role of IAM", "ADMIN, USER or READER", "is not published"}},
		"unknown role":        {guest, `{ STAGING = ["admin"] }`, "", []string{"Unknown role", `"admin"`}},
		"unknown environment": {guest, `{ LIVE = ["ADMIN"] }`, "", []string{"Unknown environment", "DEVELOPMENT, STAGING, PRODUCTION"}},
		"no roles":            {guest, `{}`, "", []string{"An invitation without a role"}},
		"empty roles":         {guest, `{ STAGING = [], PRODUCTION = [] }`, "", []string{"An invitation without a role"}},
		"null roles":          {guest, `{ STAGING = null, PRODUCTION = ["USER"] }`, "", []string{"No roles"}},
		"null role":           {guest, `{ STAGING = [null] }`, "", []string{"No role"}},
		"no address":          {"guest", oneRole, "", []string{"Not an e-mail address"}},
		"accepted_on_destroy": {guest, oneRole, `accepted_on_destroy = "delete"`, []string{"error", "forget"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := startApplication(t, "").configure(invitation(c.email, c.roles, c.more))
			a.planFails(c.want...)
			if n := a.CountRequests("*"); n != 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// TestUnknownInvitation: an address and roles that are known only after apply are judged then.
func TestUnknownInvitation(t *testing.T) {
	text := func(value string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"text\" {\n  input = %q\n}\n", value)
	}
	const one = "resource \"ignisign_application_invitation\" \"one\" {\n  email = %s\n  roles = { STAGING = [%s] }\n" +
		"  reinvite_triggers = { a = terraform_data.text.output }\n}\n"
	a := startApplication(t, "").configure(text(guest) + fmt.Sprintf(one, "terraform_data.text.output", `"USER"`))
	a.plan(2, 0, 0, "only known after apply")
	a.apply()
	a.expectMails(guest, 1)

	a = startApplication(t, "").configure(text("USER") + fmt.Sprintf(one, `"guest@example.com"`, "terraform_data.text.output"))
	a.plan(2, 0, 0, "with roles that are only known after apply")
	a.apply()

	a = startApplication(t, "").configure(text("APP_READER") + fmt.Sprintf(one, `"guest@example.com"`, "terraform_data.text.output"))
	a.applyFails("APP_READER is a role of IAM")
	a.expectMails(guest, 0)
}

// TestNoKey: without a key, the resource says what is missing, and with one of another application the
// state stays.
func TestNoKey(t *testing.T) {
	a := startApplication(t, "").configure(invitation(guest, oneRole, ""))
	a.apply()
	a.with(`api_key = ""`).configure(invitation(guest, oneRole, "")).planFails("No API key is set", "IGNISIGN_API_KEY")
	const another = "_99999999-2222-3333-4444-555555555555_Secret0OfAnother"
	a.with(`api_key = "skv2_development` + another + `"`).configure(invitation(guest, oneRole, "")).planFails("An invitation of another application")
	a.with(`api_key = "skv2_live` + another + `"`).configure(invitation(guest, oneRole, "")).planFails("none of the environments")
	if a.attribute("id") == nil {
		t.Error("it left the state")
	}
}
