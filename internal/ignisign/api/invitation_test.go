package api_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

const invitationsPath = "/applications/" + appID + "/users-invitations"

var wantedRoles = api.Roles{"DEVELOPMENT": {"USER", "READER"}, "PRODUCTION": {"READER"}}

// TestInvitations: the list is read once until something is changed, and an invitation is found in it.
func TestInvitations(t *testing.T) {
	for _, version := range []api.Version{api.Version3, api.Version4} {
		s := newServer(t)
		c := s.client(byVersion(version))
		list, err := c.Invitations(t.Context())
		if err != nil || len(list) != 3 || list[0].Email != "pending@example.com" || !list[0].Roles.Equal(api.Roles{"STAGING": {"USER"}, "DEVELOPMENT": {"ADMIN"}}) {
			t.Fatalf("got %+v, %v", list, err)
		}
		one, found, err := c.Invitation(t.Context(), acceptedID)
		if err != nil || !found || one.Status != vocabulary.StatusAccepted {
			t.Errorf("got %+v, %v, %v", one, found, err)
		}
		if _, found, err := c.Invitation(t.Context(), "65a0c0ffee00000000000009"); found || err != nil {
			t.Errorf("found one that is not there: %v", err)
		}
		if n := s.count("GET /" + string(version) + invitationsPath); n != 1 {
			t.Errorf("%d lists were read", n)
		}
	}
}

// TestInvite: the mail is sent once, every environment is named, and the address is compared without case.
func TestInvite(t *testing.T) {
	s := newServer(t)
	c := s.client(byVersion(api.Version4))
	invited, err := c.Invite(t.Context(), api.NewInvitation{Email: "new@example.com", Roles: wantedRoles})
	if err != nil || invited.Status != vocabulary.StatusPending || !invited.Roles.Equal(wantedRoles) || len(s.mails) != 1 {
		t.Fatalf("got %+v, %v, mails %q", invited, err, s.mails)
	}
	sent, _ := json.Marshal(s.invitations[3]["roles"])
	if string(sent) != `{"DEVELOPMENT":["READER","USER"],"PRODUCTION":["READER"],"STAGING":[]}` {
		t.Errorf("sent %s", sent)
	}
	for _, test := range []struct {
		email   string
		again   bool
		refused bool
	}{
		{"PENDING@example.com", false, true},
		{"PENDING@example.com", true, true},
		{"Accepted@example.com", true, true},
		{"declined@example.com", false, true},
		{"declined@example.com", true, false},
	} {
		mails := len(s.mails)
		_, err := c.Invite(t.Context(), api.NewInvitation{Email: test.email, Roles: wantedRoles, AfterDecline: test.again})
		var there *api.AlreadyInvitedError
		if errors.As(err, &there) != test.refused || test.refused == (len(s.mails) > mails) {
			t.Errorf("%+v: got %v, %d mails", test, err, len(s.mails)-mails)
		}
	}
}

// TestInviteAnswers: whatever is answered to an invitation, it is the one that is in the list then, or
// it is said that it may have been sent; and no second one is sent.
func TestInviteAnswers(t *testing.T) {
	other := func(body map[string]any, name string, value any) map[string]any {
		changed := map[string]any{}
		for key, old := range body {
			changed[key] = old
		}
		changed[name] = value
		return changed
	}
	for _, test := range []struct {
		name string
		// answer makes the answer of the invitation that was made.
		answer func(made map[string]any) any
		// acts is true if the invitation is made.
		acts    bool
		unclear bool
	}{
		{"an id that is none", func(made map[string]any) any { return other(made, "_id", "../../x") }, true, false},
		{"no id", func(made map[string]any) any { return other(made, "_id", nil) }, true, false},
		{"another address", func(made map[string]any) any { return other(made, "email", "else@example.com") }, true, false},
		{"another application", func(made map[string]any) any { return other(made, "appId", "appId_"+strings.Repeat("2", 8)) }, true, false},
		{"a cancelled one", func(made map[string]any) any { return other(made, "status", "CANCELED") }, true, false},
		{"roles as they were before", func(made map[string]any) any { return other(made, "roles", map[string]any{}) }, true, false},
		{"a list", func(made map[string]any) any { return []any{made} }, true, false},
		{"nothing", func(map[string]any) any { return map[string]any{} }, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			s.answer = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPost {
					return false
				}
				made := map[string]any{}
				_ = json.NewDecoder(r.Body).Decode(&made)
				made["_id"], made["status"], made["appId"] = "65a0c0ffee00000000000011", "PENDING", appID
				if test.acts {
					s.invitations = append(s.invitations, made)
				}
				reply(w, test.answer(made))
				return true
			}
			invited, err := s.client(byVersion(api.Version3)).Invite(t.Context(), api.NewInvitation{Email: "new@example.com", Roles: wantedRoles})
			var unclear *api.UnclearError
			if errors.As(err, &unclear) != test.unclear || !test.unclear && (err != nil || invited.ID != "65a0c0ffee00000000000011") {
				t.Errorf("got %+v, %v", invited, err)
			}
			if n := s.count("POST /v3" + invitationsPath); n != 1 {
				t.Errorf("%d were sent", n)
			}
		})
	}
}

// TestInviteOtherRoles: an invitation that has other roles than were asked for is told, with its id.
func TestInviteOtherRoles(t *testing.T) {
	s := newServer(t)
	s.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			s.invite(w, map[string]any{"email": "new@example.com", "roles": map[string]any{"PRODUCTION": []string{"ADMIN"}}})
			return true
		}
		return false
	}
	_, err := s.client(byVersion(api.Version4)).Invite(t.Context(), api.NewInvitation{Email: "new@example.com", Roles: wantedRoles})
	var other *api.OtherRolesError
	if !errors.As(err, &other) || other.Invitation.ID == "" || !strings.Contains(err.Error(), other.Invitation.ID) {
		t.Errorf("got %v", err)
	}
}

// TestEdit: the roles of a pending invitation are changed by PUT, also where the answer has the old
// ones; those of another are not.
func TestEdit(t *testing.T) {
	s := newServer(t)
	c := s.client(byVersion(api.Version4))
	edited, err := c.Edit(t.Context(), pendingID, wantedRoles)
	if err != nil || !edited.Roles.Equal(wantedRoles) {
		t.Fatalf("got %+v, %v", edited, err)
	}
	s.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPut {
			return false
		}
		old := map[string]any{}
		for name, value := range s.find(pendingID) {
			old[name] = value
		}
		s.serve(discard{}, r)
		reply(w, old)
		return true
	}
	if edited, err := c.Edit(t.Context(), pendingID, api.Roles{"STAGING": {"ADMIN"}}); err != nil || !edited.Roles.Equal(api.Roles{"STAGING": {"ADMIN"}}) {
		t.Errorf("got %+v, %v", edited, err)
	}
	s.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			reply(w, s.find(pendingID)) // It does nothing.
		}
		return r.Method == http.MethodPut
	}
	if _, err := c.Edit(t.Context(), pendingID, wantedRoles); err == nil || !strings.Contains(err.Error(), "ADMIN") {
		t.Errorf("got %v", err)
	}
	for _, id := range []string{acceptedID, declinedID, "65a0c0ffee00000000000009"} {
		var notPending *api.NotPendingError
		if _, err := c.Edit(t.Context(), id, wantedRoles); !errors.As(err, &notPending) {
			t.Errorf("%s: got %v", id, err)
		}
		if n := s.count("PUT /v4" + invitationsPath + "/" + id); n != 0 {
			t.Errorf("%d edits of %s", n, id)
		}
	}
}

// TestEditRefused: where PUT is not served, the contradiction of the vendor's pages is named, and POST
// is not tried.
func TestEditRefused(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
		s := newServer(t)
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut {
				refuse(w, status, "UNKNOWN_ERROR")
			}
			return r.Method == http.MethodPut
		}
		_, err := s.client(byVersion(api.Version3)).Edit(t.Context(), pendingID, wantedRoles)
		expectHint(t, err, "sends PUT", "prints POST")
		if n := s.count("POST /v3" + invitationsPath + "/" + pendingID); n != 0 {
			t.Error("POST was tried")
		}
	}
}

// TestCancel: what is pending is cancelled and looked at again; what ended needs nothing, and what was
// accepted is not touched.
func TestCancel(t *testing.T) {
	s := newServer(t)
	c := s.client(byVersion(api.Version4))
	if err := c.Cancel(t.Context(), pendingID); err != nil || s.find(pendingID)["status"] != "CANCELED" {
		t.Fatalf("got %v", err)
	}
	for _, id := range []string{pendingID, declinedID, "65a0c0ffee00000000000009"} {
		if err := c.Cancel(t.Context(), id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	var notPending *api.NotPendingError
	if err := c.Cancel(t.Context(), acceptedID); !errors.As(err, &notPending) || notPending.Invitation.Status != vocabulary.StatusAccepted {
		t.Errorf("got %v", err)
	}
	deletes := 0
	for _, request := range s.requests {
		if strings.HasPrefix(request, "DELETE ") {
			deletes++
		}
	}
	if deletes != 1 {
		t.Errorf("%d were sent", deletes)
	}
}

// TestCancelDoesNothing: an answer proves nothing.
func TestCancelDoesNothing(t *testing.T) {
	s := newServer(t)
	s.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodDelete {
			reply(w, map[string]any{})
		}
		return r.Method == http.MethodDelete
	}
	if err := s.client(byVersion(api.Version4)).Cancel(t.Context(), pendingID); err == nil || !strings.Contains(err.Error(), "still has it as PENDING") {
		t.Errorf("got %v", err)
	}
}

// TestResend: a mail is sent again while an invitation is pending, and not after.
func TestResend(t *testing.T) {
	s := newServer(t)
	c := s.client(byVersion(api.Version4))
	if err := c.Resend(t.Context(), pendingID); err != nil || !slices.Equal(s.mails, []string{"pending@example.com"}) {
		t.Errorf("got %v, %q", err, s.mails)
	}
	var notPending *api.NotPendingError
	if err := c.Resend(t.Context(), declinedID); !errors.As(err, &notPending) || len(s.mails) != 1 {
		t.Errorf("got %v, %q", err, s.mails)
	}
}

// TestUnusableLists: nothing of a list is believed that cannot be right.
func TestUnusableLists(t *testing.T) {
	const good = `{"_id":"a1","email":"a@example.com","appId":"` + appID + `","status":"PENDING","roles":{}}`
	for _, test := range []struct{ name, body, words string }{
		{"an envelope", `{"items":[` + good + `]}`, "it is no list"},
		{"null", `null`, "it is no list"},
		{"a text", `"` + secret + `"`, "it is no list"},
		{"a list of texts", `["` + secret + `"]`, "no object"},
		{"no id", `[` + strings.Replace(good, `"_id":"a1",`, "", 1) + `]`, "has no _id"},
		{"an id that is none", `[` + strings.Replace(good, `a1`, "../x", 1) + `]`, "_id that is none"},
		{"the same id twice", `[` + good + `,` + good + `]`, "the _id of another one"},
		{"another application", `[` + strings.Replace(good, `appId_1`, "appId_2", 1) + `]`, "another application"},
		{"no address", `[` + strings.Replace(good, `a@example.com`, "", 1) + `]`, "has no email"},
		{"no status", `[` + strings.Replace(good, `PENDING`, "", 1) + `]`, "has no status"},
		{"no roles", `[` + strings.Replace(good, `{}`, "null", 1) + `]`, "has no roles"},
		{"roles as a list", `[` + strings.Replace(good, `{}`, `["`+secret+`"]`, 1) + `]`, `"roles"`},
		{"a number for a role", `[` + strings.Replace(good, `{}`, `{"STAGING":[123456789]}`, 1) + `]`, `"roles"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			s.answer = func(w http.ResponseWriter, _ *http.Request) bool {
				return answerText(w, http.StatusOK, test.body)
			}
			list, err := s.client(byVersion(api.Version4)).Invitations(t.Context())
			if err == nil || len(list) > 0 || !strings.Contains(err.Error(), test.words) {
				t.Errorf("got %+v, %v", list, err)
			}
			for _, hidden := range []string{secret, "123456789"} {
				if err != nil && strings.Contains(err.Error(), hidden) {
					t.Errorf("the answer is quoted: %v", err)
				}
			}
		})
	}
}

// TestUnknownValues: statuses, roles and environments that are unknown here are kept as they are, and
// count as live.
func TestUnknownValues(t *testing.T) {
	s := newServer(t)
	s.invitations[0]["status"], s.invitations[0]["roles"] = "EXPIRING", map[string]any{"SANDBOX": []any{"OWNER"}, "STAGING": nil}
	list, err := s.client(byVersion(api.Version4)).Invitations(t.Context())
	if err != nil || list[0].Status != "EXPIRING" || !list[0].IsLive() || !list[0].Roles.Equal(api.Roles{"SANDBOX": {"OWNER"}}) {
		t.Errorf("got %+v, %v", list, err)
	}
}
