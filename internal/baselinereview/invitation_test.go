package baselinereview_test

import (
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

const app = "appId_11111111-2222-3333-4444-555555555555"

// invited is an invitation, with what the edits change.
func invited(status string, edits ...func(object)) object {
	values := object{
		"email": "dev@example.com", "application_id": app, "status": status, "reinvite_triggers": nil, "accepted_on_destroy": "error",
		"roles": object{"DEVELOPMENT": []any{"ADMIN"}, "PRODUCTION": []any{}},
	}
	for _, edit := range edits {
		edit(values)
	}
	return values
}

func TestInvitations(t *testing.T) {
	update, replace := tfjson.Actions{tfjson.ActionUpdate}, tfjson.Actions{tfjson.ActionDelete, tfjson.ActionCreate}
	keep := tfjson.Actions{tfjson.ActionForget, tfjson.ActionCreate}
	other := set("roles", object{"DEVELOPMENT": []any{"USER", "READER"}, "STAGING": []any{"USER"}})
	again := set("reinvite_triggers", object{"on": "2026-12-01"})
	const dev = "user:dev@example.com "
	for name, test := range map[string]struct {
		was, is any
		actions tfjson.Actions
		want    []string
		mails   int
	}{
		"new": {nil, invited(""), tfjson.Actions{tfjson.ActionCreate}, []string{dev + "is invited to " + app + " as ADMIN in DEVELOPMENT: an e-mail is sent"}, 1},
		"other roles": {invited("PENDING"), invited("PENDING", other), update, []string{
			dev + "is invited to " + app + " as READER and USER in DEVELOPMENT and USER in STAGING, instead of as ADMIN in DEVELOPMENT",
		}, 0},
		"sent again": {invited("PENDING"), invited("PENDING", again), update, []string{dev + "is sent the invitation to " + app + " again: an e-mail is sent"}, 1},
		"again after no": {invited("DECLINED"), invited("", again), update, []string{dev + "declined, and is invited again to " + app +
			" as ADMIN in DEVELOPMENT: an e-mail is sent"}, 1},
		"nothing about access": {invited("ACCEPTED", set("accepted_on_destroy", "forget")), invited("ACCEPTED"), update, nil, 0},
		"to be forgotten": {invited("ACCEPTED"), invited("ACCEPTED", set("accepted_on_destroy", "forget")), update, []string{
			dev + "keeps the access that an accepted invitation to " + app + " gives when the resource ends: it is then forgotten, where it was an error before",
		}, 0},
		"cancelled": {invited("PENDING"), nil, tfjson.Actions{tfjson.ActionDelete}, []string{dev + "is no longer invited to " + app +
			": the invitation is cancelled"}, 0},
		"accepted, and forgotten": {invited("ACCEPTED"), nil, tfjson.Actions{tfjson.ActionDelete}, []string{
			dev + "keeps the access that an accepted invitation to " + app + " gave: Terraform forgets it, and a person has to remove the member",
		}, 0},
		"declined, and forgotten": {invited("DECLINED"), nil, tfjson.Actions{tfjson.ActionDelete}, []string{
			dev + "has an invitation to " + app + " that is DECLINED: Terraform forgets it, and asks nobody",
		}, 0},
		"removed": {invited("PENDING"), nil, tfjson.Actions{tfjson.ActionForget}, []string{
			dev + "stays invited to " + app + ": Terraform forgets the invitation, which was PENDING when it was last read",
		}, 0},
		"removed after a yes": {invited("ACCEPTED"), nil, tfjson.Actions{tfjson.ActionForget}, []string{
			dev + "keeps the access that an accepted invitation to " + app + " gave: Terraform forgets it, and a person has to remove the member",
		}, 0},
		"removed after a no": {invited("DECLINED"), nil, tfjson.Actions{tfjson.ActionForget}, []string{
			dev + "has an invitation to " + app + " that is DECLINED: Terraform forgets it, and asks nobody",
		}, 0},
		"cancelled, or forgotten by then": {invited("PENDING", set("accepted_on_destroy", "forget")), nil, tfjson.Actions{tfjson.ActionDelete}, []string{
			dev + "is no longer invited to " + app + ": the invitation is cancelled, unless it is accepted by then; then Terraform forgets it, and the access stays",
		}, 0},
		"triggers after a yes":    {invited("ACCEPTED"), invited("ACCEPTED", again), update, nil, 0},
		"triggers without a text": {invited("PENDING"), invited("PENDING", set("reinvite_triggers", object{"on": nil})), update, nil, 0},
		"no triggers any more":    {invited("PENDING", set("reinvite_triggers", object{})), invited("PENDING"), update, nil, 0},
		"somebody else, and the first stays (OpenTofu)": {invited("PENDING"), invited("", set("email", "ops@example.com")), keep, []string{
			dev + "stays invited to " + app + ": Terraform forgets the invitation, which was PENDING when it was last read",
			"user:ops@example.com is invited to " + app + " as ADMIN in DEVELOPMENT: an e-mail is sent",
		}, 1},
		"somebody else": {invited("PENDING"), invited("", set("email", "ops@example.com")), replace, []string{
			dev + "is no longer invited to " + app + ": the invitation is cancelled",
			"user:ops@example.com is invited to " + app + " as ADMIN in DEVELOPMENT: an e-mail is sent",
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			changes, err := vendors.Baselines.Inviting("ignisign_application_invitation").ReadInvitation("a", &tfjson.Change{
				Actions: test.actions,
				Before:  test.was, After: test.is,
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			mails := 0
			for _, c := range changes {
				got = append(got, c.Sentence)
				if c.Mail {
					mails++
				}
			}
			if !slices.Equal(got, test.want) || mails != test.mails {
				t.Errorf("%d mails, and\n%q\nwant %d, and\n%q", mails, got, test.mails, test.want)
			}
		})
	}
	for status, want := range map[string]string{"PENDING": "is sent the invitation", "DECLINED": "is invited again", "ACCEPTED": ""} {
		changes, err := vendors.Baselines.Inviting("ignisign_application_invitation").ReadInvitation("a", &tfjson.Change{
			Actions: update, Before: invited(status), After: invited(status), AfterUnknown: object{"reinvite_triggers": true},
		})
		isTold := len(changes) == 1 && changes[0].Mail && strings.Contains(changes[0].Sentence, want) &&
			strings.Contains(changes[0].Sentence, "if the triggers are then others")
		if err != nil || isTold != (want != "") || len(changes) > 1 {
			t.Errorf("%s, and triggers that are not known: %v, %v", status, changes, err)
		}
	}
	for name, change := range map[string]*tfjson.Change{
		"roles are known after apply":                  {After: invited(""), AfterUnknown: object{"roles": object{"STAGING": true}}},
		"email is sensitive, and so not shown":         {After: invited(""), AfterSensitive: object{"email": true}},
		"email is sensitive, and so not shown (ended)": {Before: invited(""), BeforeSensitive: object{"email": true}},
	} {
		if changes, err := vendors.Baselines.Inviting("ignisign_application_invitation").ReadInvitation("a", change); err == nil {
			t.Errorf("%s: got %v", name, changes)
		}
	}
}

func TestInvitationDrift(t *testing.T) {
	for name, test := range map[string]struct {
		is       any
		want     string
		accepted bool
	}{
		"the same": {invited("PENDING"), "", false},
		"accepted": {invited("ACCEPTED"), "user:dev@example.com accepted the invitation to " + app + " as ADMIN in DEVELOPMENT", true},
		"declined": {invited("DECLINED"), "the invitation of user:dev@example.com to " + app + " is DECLINED, and was PENDING", false},
		"gone":     {nil, "the invitation of user:dev@example.com to " + app + " is gone, or was cancelled", false},
		"accepted with other roles": {
			invited("ACCEPTED", set("roles", object{"PRODUCTION": []any{"ADMIN"}})),
			"user:dev@example.com accepted the invitation to " + app + " as ADMIN in PRODUCTION; " +
				"the invitation of user:dev@example.com to " + app + " was changed to ADMIN in PRODUCTION, from ADMIN in DEVELOPMENT", false,
		},
	} {
		got, accepted := vendors.Baselines.Inviting("ignisign_application_invitation").InvitationDrift(&tfjson.Change{Before: invited("PENDING"), After: test.is})
		if got != test.want || accepted != test.accepted {
			t.Errorf("%s: %q, %t", name, got, accepted)
		}
	}
	was, _ := vendors.Baselines.Inviting("ignisign_application_invitation").InvitationDrift(&tfjson.Change{Before: invited("ACCEPTED")})
	if !strings.Contains(was, "which was accepted, is gone or was cancelled: whether the access stays, only the Console shows") {
		t.Errorf("gone after it was accepted: %q", was)
	}
	got, _ := vendors.Baselines.Inviting("ignisign_application_invitation").InvitationDrift(&tfjson.Change{
		Before:          invited("PENDING"),
		BeforeSensitive: object{"email": true},
	})
	if got != "the invitation of somebody to "+app+" is gone, or was cancelled" {
		t.Errorf("a sensitive address: %q", got)
	}
}
