package mock_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// enumOf are the values of an enumeration of the document.
func (c client) enumOf(name string) []any {
	c.t.Helper()
	return c.document().Components.Schemas[name].Enum
}

// withRole edits a user's role with a value, as it is on the wire.
func (c client) withRole(path string, role any) reply {
	c.t.Helper()
	return c.editWith(path, map[string]any{"role": role})
}

func TestDialectSpellRole(t *testing.T) {
	c := startDialect(t, "spell-role=GlobalAdministrator:GlobalAdmin,spell-role=RegularUser:Regular")
	user := "/InteractiveUsers/" + c.id("user:qa.lead@example.com")
	equal(t, "role", c.get(user).ok().object()["role"], "Regular")
	c.withRole(user, "GlobalAdmin").ok()
	equal(t, "edited", c.get(user).ok().object()["role"], "GlobalAdmin")
	for _, role := range []string{"GlobalAdministrator", "RegularUser", "globaladmin"} {
		c.withRole(user, role).refused(http.StatusBadRequest, "Role", "The role '"+role+"' does not exist.")
	}
	c.withRole(user, "GlobalReader").ok()
	expectRole(c, "user:qa.lead@example.com", mock.RoleGlobalReader)
	enum := c.enumOf("GlobalRole")
	if !slices.Contains(enum, any("GlobalAdmin")) || slices.Contains(enum, any("RegularUser")) {
		t.Errorf("roles %v", enum)
	}
}

func expectRole(c client, reference string, want mock.Role) {
	c.t.Helper()
	user, err := c.server.User(reference)
	c.must(err)
	equal(c.t, reference, user.Role, want)
}

func TestDialectNullRegular(t *testing.T) {
	c := startDialect(t, "null-regular,edit-patches")
	user := "/InteractiveUsers/" + c.id("user:qa.lead@example.com")
	role, has := c.get(user).ok().object()["role"]
	equal(t, "role", []any{role, has}, []any{nil, true})
	c.withRole(user, "GlobalReader").ok()
	c.post(user+"/Edit", map[string]any{"name": "QA"}).ok()
	expectRole(c, "user:qa.lead@example.com", mock.RoleGlobalReader)
	c.withRole(user, nil).ok()
	expectRole(c, "user:qa.lead@example.com", mock.RoleRegularUser)
	c.withRole(user, "RegularUser").refused(http.StatusBadRequest, "Role", "does not exist")
	described := c.document()
	for _, s := range []schema{
		described.Components.Schemas["CIUser"], described.request(t, "post", "/v1/{organizationId}/CIUsers/{id}/Edit"),
	} {
		equal(t, "nullable", described.resolve(t, s.Properties["role"]).Nullable, true)
	}
	if slices.Contains(c.enumOf("GlobalRole"), any("RegularUser")) {
		t.Error("what nothing has is in the document")
	}
}

func TestDialectRoleNumbers(t *testing.T) {
	c := startDialect(t, "role-numbers")
	user := "/InteractiveUsers/" + c.id("user:qa.lead@example.com")
	admin := c.get("/CIUsers/Me").ok().object()["role"]
	equal(t, "roles", []any{admin, c.get(user).ok().object()["role"]}, []any{5, 0})
	c.withRole(user, admin).ok()
	expectRole(c, "user:qa.lead@example.com", mock.RoleGlobalAdministrator)
	c.withRole(user, 7).refused(http.StatusBadRequest, "Role", "The role '7' does not exist.")
	c.withRole(user, "GlobalReader").refused(http.StatusBadRequest, "Role", "could not be converted")
	equal(t, "type", c.document().Components.Schemas["GlobalRole"].Type, "integer")
	equal(t, "enumeration", c.enumOf("GlobalRole"), []any{0, 1, 2, 3, 4, 5, 6})
	equal(t, "of roles that may be null", startDialect(t, "role-numbers,null-regular").enumOf("GlobalRole"), []any{1, 2, 3, 4, 5, 6})
}

func TestDialectBooleanTexts(t *testing.T) {
	c := startDialect(t, "boolean-texts")
	user := "/CIUsers/" + c.id("ci_user:terraform")
	equal(t, "active", c.get(user).ok().object()["isActive"], "True")
	equal(t, "policy", c.get(releaseSigning).ok().object()["isActive"], "True")
	other := "/InteractiveUsers/" + c.id("user:outsider@example.com")
	c.post(other+"/Deactivate", nil).ok()
	equal(t, "inactive", c.get(other).ok().object()["isActive"], "False")
	equal(t, "document", c.document().Components.Schemas["CIUser"].Properties["isActive"].Type, "string")
}

func TestDialectPolicyStatus(t *testing.T) {
	c := startDialect(t, "policy-status")
	c.must(c.server.Administrator("").SetProperties("policy:project-a/test-signing", map[string]any{"isActive": false}))
	policies := c.get("/Projects/project-a").ok().object()["signingPolicies"].([]any)
	for slug, want := range map[string]string{"test-signing": "Inactive", "release-signing": "Valid"} {
		single := c.get("/Projects/project-a/SigningPolicies/" + slug).ok().object()
		summary := policies[slices.IndexFunc(policies, func(p any) bool { return p.(map[string]any)["slug"] == slug })].(map[string]any)
		for _, policy := range []map[string]any{single, summary} {
			_, has := policy["isActive"]
			equal(t, slug, []any{policy["status"], has}, []any{want, false})
		}
	}
	if _, has := c.get("/CIUsers/Me").ok().object()["isActive"]; !has {
		t.Error("users have no isActive any more")
	}
}

// The new token is the only place where it is, and in no log.
func TestDialectTokenObject(t *testing.T) {
	c := startDialect(t, "token-object,rename=apiToken:secret")
	path := "/CIUsers/" + c.id("ci_user:terraform") + "/RegenerateApiToken"
	answer := c.post(path, nil).ok()
	token, _ := answer.object()["secret"].(map[string]any)["value"].(string)
	equal(t, "accepted", c.server.Accepts(token), true)
	c.token = token
	created := c.post("/CIUsers", map[string]any{"name": "build"}).expect(http.StatusCreated).object()
	other, _ := created["secret"].(map[string]any)["value"].(string)
	equal(t, "accepted", c.server.Accepts(other), true)
	log, err := json.Marshal(c.server.Requests())
	c.must(err)
	if strings.Contains(string(log), token) || strings.Contains(string(log), other) || strings.Count(string(log), "REDACTED") != 2 {
		t.Errorf("the log has %s", log)
	}
	described := c.document()
	wanted := described.resolve(t, described.Components.Schemas["CIUserApiToken"].Properties["secret"])
	equal(t, "document", []any{wanted.Type, wanted.Required}, []any{"object", []string{"value"}})
}

func TestDialectOmitNulls(t *testing.T) {
	c := startDialect(t, "omit-nulls")
	user := "/InteractiveUsers/" + c.id("user:outsider@example.com")
	for _, answer := range []map[string]any{c.get(user).ok().object(), named(t, c.get("/InteractiveUsers").ok().list(), "Outsider")} {
		if _, has := answer["notificationEmailAddress"]; has || answer["role"] == nil {
			t.Errorf("%v", answer)
		}
	}
	c.editWith(user, map[string]any{"notificationEmailAddress": "alerts@example.com"}).ok()
	equal(t, "set", c.get(user).ok().object()["notificationEmailAddress"], "alerts@example.com")
	answered := c.document().Components.Schemas["InteractiveUser"]
	if slices.Contains(answered.Required, "identity") || !slices.Contains(answered.Required, "role") || !answered.Properties["identity"].Nullable {
		t.Errorf("%+v", answered)
	}
	c.must(c.server.Administrator("").SetProperties("policy:project-b/release-signing", map[string]any{"originPolicyVerification": nil}))
	if _, has := c.get(releaseSigningB).ok().object()["originPolicyVerification"]; has {
		t.Error("a property of an object that is null is in the answer")
	}
}
