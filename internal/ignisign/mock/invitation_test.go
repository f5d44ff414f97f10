package mock_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
)

const newcomer = "qa.lead@example.com"

var userEverywhere = object{"DEVELOPMENT": []string{"USER"}, "STAGING": []string{"USER"}, "PRODUCTION": []string{}}

// The life of an invitation, on both versions.
func TestInvitation(t *testing.T) {
	for _, version := range []string{"v3", "v4"} {
		t.Run(version, func(t *testing.T) {
			c := start(t, "").on(version)
			made := c.invite(newcomer, userEverywhere).ok().object()
			id := made["_id"].(string)
			equal(t, "made", made, object{"_id": id, "email": newcomer, "appId": application, "status": "PENDING", "roles": userEverywhere})
			all := c.get(invitations).ok().list()
			equal(t, "listed", all[len(all)-1], made)

			administers := object{"DEVELOPMENT": []string{"ADMIN", "USER"}, "STAGING": []string{}, "PRODUCTION": []string{"READER"}}
			edited := c.send(http.MethodPut, invitations+"/"+id, object{"roles": administers}).ok().object()
			equal(t, "edited roles", edited["roles"], administers)
			c.send(http.MethodPost, invitations+"/"+id+"/resend", object{}).ok()

			must(t, c.server.Console().Accept("QA.Lead@example.com"))
			equal(t, "status", strings.HasSuffix(c.list(), newcomer+" ACCEPTED"), true)
			equal(t, "member", strings.HasSuffix(c.members(), newcomer+" ADMIN+USER//READER"), true)
			for _, request := range []struct {
				method, path string
				body         any
			}{
				{http.MethodPut, "", object{"roles": userEverywhere}},
				{http.MethodDelete, "", nil},
				{http.MethodPost, "/resend", object{}},
			} {
				c.send(request.method, invitations+"/"+id+request.path, request.body).refused(400, "NO_PENDING_USER_INVITATION")
			}
			equal(t, "mails", mailed(c), []string{newcomer, newcomer + " again"})
		})
	}
}

func mailed(c client) []string {
	var to []string
	for _, mail := range c.server.Mails() {
		if mail.Resent {
			mail.To += " again"
		}
		to = append(to, mail.To)
	}
	return to
}

func TestCancel(t *testing.T) {
	for _, version := range []string{"v3", "v4"} {
		t.Run(version, func(t *testing.T) {
			c := start(t, "").on(version)
			equal(t, "status", c.send(http.MethodDelete, invitations+"/"+pending, nil).ok().object()["status"], "CANCELED")
			for _, ended := range []string{pending, declined, canceled} {
				c.send(http.MethodDelete, invitations+"/"+ended, nil).refused(400, "NO_PENDING_USER_INVITATION")
				c.send(http.MethodPut, invitations+"/"+ended, object{"roles": userEverywhere}).refused(400, "NO_PENDING_USER_INVITATION")
			}
			equal(t, "mails", len(c.server.Mails()), 0)
		})
	}
}

func TestInvitingAgain(t *testing.T) {
	c := start(t, "")
	c.invite("Dev.Lead@example.com", userEverywhere).refused(400, "USER_ALREADY_INVITED_BY_ORGANIZATION")
	c.invite("app.admin@example.com", userEverywhere).refused(400, "USER_ALREADY_IN_APP")
	equal(t, "mails of refused invitations", len(c.server.Mails()), 0)
	c.invite("former.supplier@example.com", userEverywhere).ok()
	c.invite("wrong.address@example.com", userEverywhere).ok()
	must(t, c.server.Console().RemoveMember("release.manager@example.com"))
	c.invite("release.manager@example.com", userEverywhere).ok()
	equal(t, "mails", len(c.server.Mails()), 3)
}

// Of two invitations of one address, people answer the newest.
func TestAnsweringTheNewest(t *testing.T) {
	c := start(t, "second-invitation-new")
	c.invite("dev.lead@example.com", allUsers).ok()
	must(t, c.server.Console().Accept("dev.lead@example.com"))
	equal(t, "older", c.server.Invitations()[1].Status, "PENDING")
	equal(t, "newer", c.server.Invitations()[4].Status, "ACCEPTED")
	equal(t, "member", lineOf(c.members(), "dev.lead"), "dev.lead@example.com USER/USER/USER")
}

// Who was made a member by hand in between has what was accepted last, once.
func TestAcceptingAsAMember(t *testing.T) {
	c := start(t, "")
	_, err := c.server.Console().AddMember("dev.lead@example.com", mock.Roles{"PRODUCTION": {"READER"}})
	must(t, err)
	must(t, c.server.Console().Accept("dev.lead@example.com"))
	equal(t, "member", lineOf(c.members(), "dev.lead"), "dev.lead@example.com ADMIN/USER/")
	equal(t, "members", len(c.server.Members()), 3)
}

func TestBadInvitations(t *testing.T) {
	c := startUnjudged(t, "", "it sends what no client may")
	good := userEverywhere
	for name, test := range map[string]struct {
		body     any
		property string
	}{
		"nothing":              {object{}, "email"},
		"no address":           {object{"email": "qa.lead", "roles": good}, "email"},
		"name and address":     {object{"email": "QA <qa.lead@example.com>", "roles": good}, "email"},
		"host without domain":  {object{"email": "qa.lead@localhost", "roles": good}, "email"},
		"address of a number":  {object{"email": 7, "roles": good}, "email"},
		"no roles":             {object{"email": newcomer}, "roles"},
		"null":                 {object{"email": newcomer, "roles": nil}, "roles"},
		"empty roles":          {object{"email": newcomer, "roles": object{}}, "roles"},
		"list of roles":        {object{"email": newcomer, "roles": []string{"APP_OPERATOR"}}, "roles"},
		"unknown environment":  {object{"email": newcomer, "roles": object{"TEST": []string{"USER"}}}, "roles"},
		"unknown role":         {object{"email": newcomer, "roles": object{"STAGING": []string{"APP_OPERATOR"}}}, "roles"},
		"role without a list":  {object{"email": newcomer, "roles": object{"STAGING": "USER"}}, "roles"},
		"null instead of list": {object{"email": newcomer, "roles": object{"STAGING": nil}}, "roles"},
	} {
		t.Run(name, func(t *testing.T) {
			answer := c.send(http.MethodPost, invitations, test.body)
			answer.t = t
			context := answer.refused(400, "BODY_VALIDATION_FAILED").object()["context"].(object)
			if context[test.property] == nil {
				t.Errorf("%v is not about %s", context, test.property)
			}
		})
	}
	c.send(http.MethodPost, invitations, []string{"x"}).refused(400, "BAD_REQUEST")
	c.send(http.MethodPost, invitations, nil).refused(400, "BODY_VALIDATION_FAILED")
	c.send(http.MethodPut, invitations+"/"+pending, object{"roles": []string{"USER"}}).refused(400, "BODY_VALIDATION_FAILED")
	c.send(http.MethodPut, invitations+"/7", object{"roles": good}).refused(400, "PARAMS_VALIDATION_FAILED")
	c.send(http.MethodDelete, invitations+"/66bf0000000000000000dead", nil).refused(404, "INVITED_USER_NOT_FOUND")
	equal(t, "invitations", len(c.server.Invitations()), 4)
	equal(t, "mails", len(c.server.Mails()), 0)
}

// What was sent and lost is done; what was never received is not.
func TestCutConnections(t *testing.T) {
	for action, mails := range map[string]int{"cutBeforeActing": 0, "cutAfterActing": 1} {
		t.Run(action, func(t *testing.T) {
			c := start(t, "")
			c.control(http.MethodPost, "faults", object{"route": "POST */users-invitations", "times": 1, "action": action}).ok()
			if _, err := c.try(c.root+"/v4"+invitations, http.MethodPost, object{"email": newcomer, "roles": userEverywhere}); err == nil {
				t.Error("there was an answer")
			}
			equal(t, "mails", len(c.server.Mails()), mails)
			equal(t, "requests", c.server.CountRequests("POST /v4/applications/{appId}/users-invitations"), 1)
		})
	}
}

func TestIDs(t *testing.T) {
	c := start(t, "", mock.WithIDs(func() string { return "abcdefabcdefabcdefabcdef" }))
	equal(t, "id", c.invite(newcomer, userEverywhere).ok().object()["_id"], "abcdefabcdefabcdefabcdef")
}
