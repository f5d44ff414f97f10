package mock_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// Nothing shows what an Edit takes, and what it loses without it.
func TestDialectHide(t *testing.T) {
	c := startDialect(t, "hide=originPolicyVerification,hide=role,hide=webhooks,hide=usesApprovalProcess")
	before, err := c.server.Properties("policy:project-a/release-signing")
	c.must(err)
	if before["originPolicyVerification"] == nil || before["usesApprovalProcess"] != true {
		t.Fatalf("%v", before)
	}
	answer := c.get(releaseSigning).ok().object()
	equal(t, "properties", len(answer), len(before)-2)
	for _, object := range []map[string]any{
		answer, c.get("/CIUsers/Me").ok().object(), c.get("/InteractiveUsers").ok().list()[0], c.get("/Projects/project-a").ok().object(),
	} {
		for _, name := range []string{"originPolicyVerification", "role", "webhooks", "usesApprovalProcess"} {
			if _, has := object[name]; has {
				t.Errorf("%s is in %v", name, object)
			}
		}
	}
	described := c.document()
	for path, name := range map[string]string{
		"/v1/{organizationId}/CIUsers/{id}/Edit":                                               "role",
		"/v1/{organizationId}/Projects/{projectSlug}/Edit":                                     "webhooks",
		"/v1/{organizationId}/InteractiveUsers/{id}/Edit":                                      "role",
		"/v1/{organizationId}/Projects/{projectSlug}/SigningPolicies/{signingPolicySlug}/Edit": "originPolicyVerification",
	} {
		if _, has := described.request(t, "post", path).Properties[name]; !has {
			t.Errorf("%s has no %s", path, name)
		}
	}
	for _, name := range []string{"SigningPolicy", "Project", "CIUser", "CIUserListItem"} {
		for _, hidden := range []string{"originPolicyVerification", "role", "webhooks", "usesApprovalProcess"} {
			answered := described.Components.Schemas[name]
			if _, has := answered.Properties[hidden]; has || slices.Contains(answered.Required, hidden) {
				t.Errorf("%s has %s", name, hidden)
			}
		}
	}

	c.post(releaseSigning+"/Edit", c.editBody(releaseSigning)).ok()
	after, err := c.server.Properties("policy:project-a/release-signing")
	c.must(err)
	equal(t, "origin verification and approval process", []any{after["originPolicyVerification"], after["usesApprovalProcess"]}, []any{nil, false})
}

func TestHideWhatIsNotThere(t *testing.T) {
	dialect, err := mock.ParseDialect("hide=rank")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mock.New(mock.DemoSeed(), mock.WithDialect(dialect)); err == nil {
		t.Error("a typo goes unnoticed")
	}
}

func TestDialectDemand(t *testing.T) {
	for _, patches := range []string{"", ",edit-patches"} {
		c := startDialect(t, "demand=changeReason,demand=Stamp"+patches)
		edits := map[string]string{
			"/v1/{organizationId}/CIUsers/{id}/Edit":                                               "/CIUsers/" + c.id("ci_user:terraform"),
			"/v1/{organizationId}/InteractiveUsers/{id}/Edit":                                      "/InteractiveUsers/" + c.id("user:outsider@example.com"),
			"/v1/{organizationId}/UserGroups/{id}/Edit":                                            "/UserGroups/" + c.id("group:Release Managers"),
			"/v1/{organizationId}/Projects/{projectSlug}/Edit":                                     "/Projects/project-a",
			"/v1/{organizationId}/Projects/{projectSlug}/SigningPolicies/{signingPolicySlug}/Edit": releaseSigning,
		}
		described := c.document()
		for route, path := range edits {
			c.editWith(path, map[string]any{"stamp": "x"}).refused(http.StatusBadRequest, "ChangeReason", "The ChangeReason field is required.")
			c.editWith(path, map[string]any{"stamp": "x", "changeReason": nil}).refused(http.StatusBadRequest, "ChangeReason", "required")
			c.editWith(path, map[string]any{"stamp": "x", "changeReason": 1}).refused(http.StatusBadRequest, "ChangeReason", "converted")
			equal(t, "answers of an edit", c.editWith(path, map[string]any{"stamp": "x", "changeReason": "audit"}).ok().body, "")
			if _, has := c.get(path).ok().object()["changeReason"]; has {
				t.Errorf("%s shows it", path)
			}
			wanted := described.request(t, "post", route)
			if !slices.Contains(wanted.Required, "changeReason") || !slices.Contains(wanted.Required, "Stamp") || wanted.Properties["Stamp"].Type != "string" {
				t.Errorf("%s: %+v", route, wanted)
			}
		}
		// It is not demanded elsewhere.
		c.post("/CIUsers", map[string]any{"name": "build"}).expect(http.StatusCreated)
		c.post("/UserGroups/"+c.id("group:Release Managers")+"/ModifyMembers", map[string]any{}).ok()
		create := described.request(t, "post", "/v1/{organizationId}/CIUsers")
		equal(t, "demanded in a create", create.Required, []string{"name"})
	}
}

func TestDialectMemberTypes(t *testing.T) {
	c := startDialect(t, "demand-member-type")
	member := func(reference, kind string) map[string]any {
		return map[string]any{"id": c.id(reference), "type": kind}
	}
	lead := member("user:dev.lead@example.com", "InteractiveUser")
	equal(t, "configurators", c.get("/Projects/project-a").ok().object()["configurators"], []any{lead})
	approvers := []any{member("ci_user:terraform", "CIUser"), member("group:Release Managers", "UserGroup"), lead}
	c.editWith(releaseSigning, map[string]any{"approvers": approvers}).ok()
	equal(t, "approvers", c.get(releaseSigning).ok().object()["approvers"], approvers)

	group := "/UserGroups/" + c.id("group:Release Managers")
	for _, refused := range []any{
		lead["id"], map[string]any{"id": lead["id"]}, map[string]any{"type": "CIUser"}, map[string]any{"id": lead["id"], "type": "User"},
	} {
		c.post(group+"/ChangeMembers", map[string]any{"members": []any{refused}}).
			refused(http.StatusBadRequest, "Members", "a list of objects with an id and a type")
	}
	c.post(group+"/ModifyMembers", map[string]any{"addedMembers": []any{member("user:dev.lead@example.com", "CIUser")}}).
		refused(http.StatusBadRequest, "AddedMembers", "There is no CI user with the id")
	expectMembers(c, "group:Release Managers", "members", "user:release.manager@example.com")
	described := c.document()
	for _, name := range []string{"Member", "MemberRequest"} {
		equal(t, name, described.Components.Schemas[name].Required, []string{"id", "type"})
	}
	equal(t, "types", c.enumOf("MemberType"), []any{"InteractiveUser", "CIUser", "UserGroup"})
}
