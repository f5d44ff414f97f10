package mock_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const nobody = "22222222-2222-4222-8222-222222222222"

func TestReadInteractiveUser(t *testing.T) {
	c := startDemo(t)
	id := c.id("user:SYNC.USER@example.com")
	want := map[string]any{
		"id":                       id,
		"link":                     c.root + "/Api/v1/" + demoOrganization + "/InteractiveUsers/" + id,
		"name":                     "Synchronized User",
		"accountEmailAddress":      "sync.user@example.com",
		"notificationEmailAddress": nil,
		"identity":                 "example:S-1-5-21-1000",
		"role":                     "RegularUser",
		"isActive":                 true,
		"isDirectorySynchronized":  true,
		"isSupportUser":            false,
	}
	equal(t, "read", c.get("/InteractiveUsers/"+strings.ToUpper(id)).ok().object(), want)
	equal(t, "list", named(t, c.get("/InteractiveUsers").ok().list(), "Synchronized User"), want)
}

func TestReadCIUser(t *testing.T) {
	c := startDemo(t)
	id := c.id("ci_user:terraform")
	want := map[string]any{
		"id":                       id,
		"link":                     c.root + "/Api/v1/" + demoOrganization + "/CIUsers/" + id,
		"name":                     "terraform",
		"notificationEmailAddress": nil,
		"role":                     "GlobalAdministrator",
		"isActive":                 true,
	}
	equal(t, "read", c.get("/CIUsers/"+id).ok().object(), want)
	equal(t, "list", c.get("/CIUsers").ok().list(), []any{want})
	equal(t, "me", c.get("/CIUsers/Me").ok().object(), want)
}

func TestMeIsOfTheCallersKind(t *testing.T) {
	c := startDemo(t)
	c.get("/InteractiveUsers/Me").refused(http.StatusForbidden, "-", "'terraform' is no interactive user")
	lead := c.as("user:dev.lead@example.com")
	equal(t, "me", lead.get("/InteractiveUsers/Me").ok().object()["name"], "Development Lead")
	lead.get("/CIUsers/Me").refused(http.StatusForbidden, "-", "is no CI user")
}

func TestUnknownUser(t *testing.T) {
	c := startDemo(t)
	for _, path := range []string{"/InteractiveUsers/", "/CIUsers/", "/UserGroups/"} {
		c.get(path+nobody).refused(http.StatusForbidden, "-", nobody)
		c.post(path+nobody+"/Edit", map[string]any{"name": "x"}).refused(http.StatusForbidden, "-", nobody)
		c.get(path+"00000000-0000-0000-0000-000000000000").refused(http.StatusBadRequest, "Id", "is not valid")
		c.get(path+"no-uuid").refused(http.StatusBadRequest, "Id", "no-uuid")
	}
	c.get("/CIUsers/" + c.id("user:outsider@example.com")).expect(http.StatusForbidden)
	c.get("/InteractiveUsers/" + c.id("ci_user:terraform")).expect(http.StatusForbidden)
}

func TestCreateInteractiveUser(t *testing.T) {
	c := startDemo(t)
	answer := c.post("/InteractiveUsers", map[string]any{
		"Name": "New Approver", "ACCOUNTEMAILADDRESS": "new.approver@example.com", "unknownProperty": 1,
	}).expect(http.StatusCreated)
	id := c.id("user:new.approver@example.com")
	equal(t, "answer", answer.object(), map[string]any{"interactiveUserId": id})
	equal(t, "Location", answer.header.Get("Location"), c.root+"/Api/v1/"+demoOrganization+"/InteractiveUsers/"+id)
	created := c.get(answer.header.Get("Location")).ok().object()
	equal(t, "role", created["role"], "RegularUser")
	equal(t, "active", created["isActive"], true)
	equal(t, "synchronized", created["isDirectorySynchronized"], false)
}

func TestInvitations(t *testing.T) {
	c := startDemo(t)
	c.post("/InteractiveUsers", map[string]any{"name": "Invited", "accountEmailAddress": "invited@example.com"}).
		expect(http.StatusCreated)
	c.post("/InteractiveUsers", map[string]any{
		"name": "Known", "accountEmailAddress": "known@example.com", "identity": "example:known",
	}).expect(http.StatusCreated)
	c.post("/InteractiveUsers", map[string]any{"name": "Refused", "accountEmailAddress": "refused"}).
		expect(http.StatusBadRequest)
	c.post("/InteractiveUsers/"+c.id("user:outsider@example.com")+"/Reinvite", map[string]any{}).ok()
	var recipients []string
	for _, mail := range c.server.Mails() {
		recipients = append(recipients, mail.To)
	}
	equal(t, "mails", recipients, []string{"invited@example.com", "outsider@example.com"})
}

func TestUserValidation(t *testing.T) {
	c := startDemo(t)
	interactive := func(changes map[string]any) map[string]any {
		body := map[string]any{"name": "New", "accountEmailAddress": "new@example.com"}
		for name, value := range changes {
			body[name] = value
		}
		return body
	}
	tests := map[string]struct {
		path           string
		body           map[string]any
		property, text string
	}{
		"no name":   {"/InteractiveUsers", interactive(map[string]any{"name": nil}), "Name", "required"},
		"no e-mail": {"/InteractiveUsers", interactive(map[string]any{"accountEmailAddress": ""}), "AccountEmailAddress", "required"},
		"bad e-mail": {
			"/InteractiveUsers", interactive(map[string]any{"accountEmailAddress": "New <new@example.com>"}), "AccountEmailAddress",
			"not a valid email",
		},
		"bad notification": {"/InteractiveUsers", interactive(map[string]any{"notificationEmailAddress": "x"}), "NotificationEmailAddress", "not a valid email"},
		"e-mail taken":     {"/InteractiveUsers", interactive(map[string]any{"accountEmailAddress": "Dev.Lead@EXAMPLE.com"}), "AccountEmailAddress", "already"},
		"unknown role":     {"/InteractiveUsers", interactive(map[string]any{"role": "King"}), "Role", "'King' does not exist"},
		"two roles": {
			"/InteractiveUsers", interactive(map[string]any{"role": []string{"GlobalReader", "UserAdministrator"}}), "Role",
			"could not be converted",
		},
		"name of wrong type": {"/InteractiveUsers", interactive(map[string]any{"name": 7}), "Name", "could not be converted"},
		"CI name taken":      {"/CIUsers", map[string]any{"name": "terraform"}, "Name", "already"},
		"CI no name":         {"/CIUsers", map[string]any{}, "Name", "required"},
		"CI unknown role":    {"/CIUsers", map[string]any{"name": "ci", "role": "globalreader"}, "Role", "does not exist"},
		"group name taken":   {"/UserGroups", map[string]any{"name": "Release Managers"}, "Name", "already"},
		"group no name":      {"/UserGroups", map[string]any{"description": "x"}, "Name", "required"},
	}
	before := c.server.Snapshot()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := c.in(t).post(test.path, test.body)
			answer.refused(http.StatusBadRequest, test.property, test.text)
			equal(t, "title", answer.problem().Title, "One or more validation errors occurred.")
		})
	}
	equal(t, "state", c.server.Snapshot(), before)
}

func TestEditReplacesTheUser(t *testing.T) {
	c := startDemo(t)
	path := "/InteractiveUsers/" + c.id("user:qa.lead@example.com")
	c.editWith(path, map[string]any{
		"role": "UserAdministrator", "notificationEmailAddress": "qa@example.com", "identity": "example:qa",
		"accountEmailAddress": "qa@example.com", "isActive": false, "isDirectorySynchronized": true, "id": nobody,
	}).ok()
	edited := c.get(path).ok().object()
	equal(t, "role", edited["role"], "UserAdministrator")
	equal(t, "identity", edited["identity"], "example:qa")
	equal(t, "e-mail", edited["accountEmailAddress"], "qa@example.com")
	equal(t, "read-only isActive", edited["isActive"], true)
	equal(t, "read-only isDirectorySynchronized", edited["isDirectorySynchronized"], false)

	c.post(path+"/Edit", map[string]any{"name": "QA", "accountEmailAddress": "qa@example.com"}).ok()
	edited = c.get(path).ok().object()
	equal(t, "omitted role", edited["role"], "RegularUser")
	equal(t, "omitted notification", edited["notificationEmailAddress"], nil)
	equal(t, "omitted identity", edited["identity"], nil)
	c.post(path+"/Edit", map[string]any{"name": "QA"}).refused(http.StatusBadRequest, "AccountEmailAddress", "required")
}

func TestEditCIUser(t *testing.T) {
	c := startDemo(t)
	c.post("/CIUsers", map[string]any{"name": "build", "role": "GlobalReader"}).expect(http.StatusCreated)
	path := "/CIUsers/" + c.id("ci_user:build")
	equal(t, "created role", c.get(path).ok().object()["role"], "GlobalReader")
	c.editWith(path, map[string]any{"notificationEmailAddress": "build@example.com"}).ok()
	equal(t, "notification", c.get(path).ok().object()["notificationEmailAddress"], "build@example.com")
	c.editWith(path, map[string]any{"name": "terraform"}).refused(http.StatusBadRequest, "Name", "already")
}

func TestSynchronizedUserCannotBeEdited(t *testing.T) {
	c := startDemo(t)
	path := "/InteractiveUsers/" + c.id("user:sync.user@example.com")
	before := c.server.Snapshot()
	c.editWith(path, map[string]any{"name": "x"}).refused(http.StatusBadRequest, "-", "synchronized")
	c.post(path+"/Deactivate", nil).refused(http.StatusBadRequest, "-", "synchronized")
	c.post(path+"/Activate", nil).refused(http.StatusBadRequest, "-", "synchronized")
	equal(t, "state", c.server.Snapshot(), before)
	c.editWith(testSigningB, map[string]any{"approvers": c.ids("user:sync.user@example.com", "group:Directory Engineers")}).ok()
}

func TestActivation(t *testing.T) {
	c := startDemo(t)
	for reference, path := range map[string]string{"user:qa.lead@example.com": "/InteractiveUsers/", "ci_user:terraform": "/CIUsers/"} {
		path += c.id(reference)
		admin := c.as("user:org.admin@example.com")
		for _, step := range []struct {
			action string
			active bool
		}{{"Deactivate", false}, {"Deactivate", false}, {"Activate", true}, {"Activate", true}} {
			admin.post(path+"/"+step.action, map[string]any{}).ok()
			equal(t, reference+" after "+step.action, admin.get(path).ok().object()["isActive"], step.active)
		}
	}
}

func TestQuotaCountsActiveInteractiveUsers(t *testing.T) {
	seed := mock.DemoSeed()
	seed.Organization.MaxInteractiveUsers = len(seed.InteractiveUsers)
	c := startSeed(t, seed)
	newUser := map[string]any{"name": "New", "accountEmailAddress": "new@example.com"}
	c.post("/InteractiveUsers", newUser).refused(http.StatusBadRequest, "-", "quota of 7")
	c.post("/CIUsers", map[string]any{"name": "build"}).expect(http.StatusCreated)
	outsider := "/InteractiveUsers/" + c.id("user:outsider@example.com")
	c.post(outsider+"/Activate", nil).ok()
	c.post(outsider+"/Deactivate", nil).ok()
	c.post("/InteractiveUsers", newUser).expect(http.StatusCreated)
	c.post(outsider+"/Activate", nil).refused(http.StatusBadRequest, "-", "quota of 7")
	ci := "/CIUsers/" + c.id("ci_user:build")
	c.post(ci+"/Deactivate", nil).ok()
	c.post(ci+"/Activate", nil).ok()
}

func TestTokenIsShownOnceAndReplaced(t *testing.T) {
	c := startDemo(t)
	created := c.post("/CIUsers", map[string]any{"name": "build"}).expect(http.StatusCreated).object()
	path := "/CIUsers/" + c.id("ci_user:build")
	equal(t, "id", created["ciUserId"], c.id("ci_user:build"))
	first := c
	first.token = created["apiToken"].(string)
	checkToken(t, first.token)
	equal(t, "name", first.get("/CIUsers/Me").ok().object()["name"], "build")

	second := c
	second.token = c.post(path+"/RegenerateApiToken", nil).ok().object()["apiToken"].(string)
	checkToken(t, second.token)
	second.get("/CIUsers/Me").ok()
	first.get("/CIUsers/Me").expect(http.StatusUnauthorized)
	for _, body := range []string{c.get(path).body, c.get("/CIUsers").body} {
		if strings.Contains(body, "oken") {
			t.Errorf("a read shows a token: %s", body)
		}
	}
}

func checkToken(t *testing.T, token string) {
	t.Helper()
	secret, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(secret) != 32 || len(token) != 44 {
		t.Errorf("token of %d characters, %d bytes, %v", len(token), len(secret), err)
	}
}

func TestCIUsersCannotBeReinvited(t *testing.T) {
	c := startDemo(t)
	c.post("/CIUsers/"+c.id("ci_user:terraform")+"/Reinvite", nil).expect(http.StatusNotFound)
}
