package mock_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestDialectOldOriginNames(t *testing.T) {
	c := startDialect(t, "old-origin-names")
	equal(t, "version", c.get(c.root + "/Api/v1/Meta/SystemInfo").ok().object()["applicationVersion"], "1.200.2")
	before := c.get(releaseSigning).ok().object()
	equal(t, "verifiesOrigin", before["verifiesOrigin"], true)
	if _, has := before["verifiesOriginPolicy"]; has {
		t.Error("the new name is in an answer")
	}
	summary := c.get("/Projects/project-a").ok().object()["signingPolicies"].([]any)[0].(map[string]any)
	equal(t, "verifiesOrigin in the project", summary["verifiesOrigin"], true)

	body := c.editBody(releaseSigning)
	branches := map[string]any{"allowedBranchNames": []string{"main"}}
	body["verifyOrigin"], body["originVerification"] = true, branches
	delete(body, "originPolicyVerification")
	c.post(releaseSigning+"/Edit", body).ok()
	after := c.get(releaseSigning).ok().object()
	equal(t, "verifiesOrigin", after["verifiesOrigin"], true)
	equal(t, "originPolicyVerification", after["originPolicyVerification"], branches)

	// The new names are unknown: what they should set is omitted, and so cleared.
	delete(body, "verifyOrigin")
	delete(body, "originVerification")
	body["verifyOriginPolicy"], body["originPolicyVerification"] = true, branches
	c.post(releaseSigning+"/Edit", body).ok()
	cleared := c.get(releaseSigning).ok().object()
	equal(t, "verifiesOrigin", cleared["verifiesOrigin"], false)
	equal(t, "originPolicyVerification", cleared["originPolicyVerification"], nil)

	c.editWith(testSigningB, map[string]any{"verifyOrigin": true}).refused(http.StatusBadRequest, "VerifyOrigin", "requires")
}

func TestDialectRenamed(t *testing.T) {
	c := startDialect(t, "rename=role:globalRole,rename=approvers:signOffs,rename=members:people,member-object-requests,rename=id:key")
	admin := "/InteractiveUsers/" + c.id("user:org.admin@example.com")
	user := c.get(admin).ok().object()
	equal(t, "globalRole", user["globalRole"], "GlobalAdministrator")
	if _, has := user["role"]; has {
		t.Error("the name of the default dialect is in an answer")
	}
	equal(t, "list item", named(t, c.get("/InteractiveUsers").ok().list(), "Organization Admin")["globalRole"], "GlobalAdministrator")
	c.editWith(admin, map[string]any{"globalRole": "GlobalReader"}).ok()
	equal(t, "edited", c.get(admin).ok().object()["globalRole"], "GlobalReader")
	c.editWith(admin, map[string]any{"globalRole": "Emperor"}).refused(http.StatusBadRequest, "GlobalRole", "Emperor")
	// An unknown name sets nothing, and what is omitted is cleared.
	body := c.editBody(admin)
	delete(body, "globalRole")
	body["role"] = "UserAdministrator"
	c.post(admin+"/Edit", body).ok()
	equal(t, "cleared", c.get(admin).ok().object()["globalRole"], "RegularUser")

	officer := map[string]any{"key": c.id("user:security.officer@example.com"), "name": "Security Officer"}
	c.editWith(releaseSigning, map[string]any{"signOffs": []any{officer}}).ok()
	equal(t, "signOffs", c.get(releaseSigning).ok().object()["signOffs"], []any{officer})
	c.editWith(releaseSigning, map[string]any{"signOffs": []any{map[string]any{"id": officer["key"]}}}).
		refused(http.StatusBadRequest, "SignOffs", "objects with an id")
	group := "/UserGroups/" + c.id("group:Release Managers")
	c.post(group+"/ChangeMembers", map[string]any{"members": []any{}}).refused(http.StatusBadRequest, "People", "The People field is required.")
	c.post(group+"/ChangeMembers", map[string]any{"people": []any{officer}}).ok()
	equal(t, "people", c.get(group).ok().object()["people"], []any{officer})

	// Errors and properties that clients do not know keep their names.
	c = startDialect(t, "rename=status:state,rename=isActive:active")
	project := c.get("/Projects/project-a").ok().object()
	equal(t, "state", project["state"], "Valid")
	equal(t, "webhooks", project["webhooks"].([]any)[0].(map[string]any)["isActive"], true)
	equal(t, "problem", c.get("/Projects/nowhere").expect(http.StatusForbidden).problem().Status, http.StatusForbidden)
}

func TestDialectRenamedInRequests(t *testing.T) {
	c := startDialect(t, "rename-request=role:newRole,rename-request=ciUsers:newCIUsers,members-per-kind,edit-patches")
	user := "/CIUsers/" + c.id("ci_user:terraform")
	equal(t, "role", c.get(user).ok().object()["role"], "GlobalAdministrator")
	c.post(user+"/Edit", map[string]any{"role": "RegularUser"}).ok()
	equal(t, "not edited", c.get(user).ok().object()["role"], "GlobalAdministrator")
	group := "/UserGroups/" + c.id("group:Release Managers")
	c.post(group+"/ChangeMembers", map[string]any{"members": map[string]any{"newCIUsers": c.ids("ci_user:terraform")}}).ok()
	equal(t, "ciUsers", c.get(group).ok().object()["members"].(map[string]any)["ciUsers"], c.ids("ci_user:terraform"))
	c.post(user+"/Edit", map[string]any{"newRole": "GlobalReader"}).ok()
	equal(t, "edited", c.get(user).ok().object()["role"], "GlobalReader")
}

// A token is in no log under any name.
func TestRenamedTokensAppearNowhere(t *testing.T) {
	c := startDialect(t, "rename=apiToken:token,rename-request=apiToken:secret")
	created := c.post("/CIUsers", map[string]any{"name": "build", "secret": "sent-by-mistake", "apiToken": "sent-too"}).expect(http.StatusCreated).object()
	token, _ := created["token"].(string)
	equal(t, "length of the token", len(token), 44)
	log, err := json.Marshal(c.server.Requests())
	c.must(err)
	for _, secret := range []string{token, "sent-by-mistake", "sent-too"} {
		if strings.Contains(string(log), secret) {
			t.Errorf("%s is in the log", secret)
		}
	}
}

func TestDialectRoutes(t *testing.T) {
	c := startDialect(t, "edit-without-suffix,enable-disable,create-suffix")
	created := c.post("/CIUsers/Create", map[string]any{"name": "build"}).expect(http.StatusCreated)
	user := "/CIUsers/" + c.id("ci_user:build")
	if location := created.header.Get("Location"); !strings.HasSuffix(location, user) {
		t.Errorf("Location %q", location)
	}
	c.post("/InteractiveUsers/Create", map[string]any{"name": "New", "accountEmailAddress": "new@example.com"}).expect(http.StatusCreated)
	c.post("/UserGroups/Create", map[string]any{"name": "Testers"}).expect(http.StatusCreated)
	c.post("/CIUsers", map[string]any{"name": "other"}).expect(http.StatusMethodNotAllowed)

	c.post(user+"/Disable", nil).ok()
	equal(t, "disabled", c.get(user).ok().object()["isActive"], false)
	c.post(user+"/Enable", nil).ok()
	equal(t, "enabled", c.get(user).ok().object()["isActive"], true)

	group := "/UserGroups/" + c.id("group:Testers")
	for _, path := range []string{user, group, "/Projects/project-a", releaseSigning} {
		body := c.editBody(path)
		body["name"] = "edited"
		c.post(path, body).ok()
		equal(t, path, c.get(path).ok().object()["name"], "edited")
		c.post(path+"/Edit", body).expect(http.StatusNotFound)
	}
	c.post(user+"/Activate", nil).expect(http.StatusNotFound)
	c.post(user+"/Deactivate", nil).expect(http.StatusNotFound)
	c.post("/CIUsers/"+c.id("ci_user:edited")+"/RegenerateApiToken", nil).ok()
	equal(t, "logged route", c.server.CountRequests("POST /CIUsers/{id}"), 1)
}
