package mock_test

import (
	"net/http"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func createGroup(c client, name string) (path string) {
	c.t.Helper()
	c.post("/UserGroups", map[string]any{"name": name, "members": c.ids("user:outsider@example.com")}).
		expect(http.StatusCreated)
	return "/UserGroups/" + c.id("group:"+name)
}

func expectMembers(c client, owner, list string, want ...string) {
	c.t.Helper()
	got, err := c.server.Members(owner, list)
	c.must(err)
	equal(c.t, list+" of "+owner, got, append([]string{}, want...))
}

func TestReadUserGroup(t *testing.T) {
	c := startDemo(t)
	id := c.id("group:Release Managers")
	want := map[string]any{
		"id":                      id,
		"link":                    c.root + "/Api/v1/" + demoOrganization + "/UserGroups/" + id,
		"name":                    "Release Managers",
		"description":             "May approve releases",
		"isDirectorySynchronized": false,
		"members":                 c.ids("user:release.manager@example.com"),
	}
	equal(t, "read", c.get("/UserGroups/"+id).ok().object(), want)
	equal(t, "list", named(t, c.get("/UserGroups").ok().list(), "Release Managers"), want)
}

func TestEditLeavesMembersAlone(t *testing.T) {
	c := startDemo(t)
	path := createGroup(c, "Testers")
	expectMembers(c, "group:Testers", "members")
	c.post(path+"/ChangeMembers", map[string]any{"members": c.ids("user:qa.lead@example.com")}).ok()
	c.post(path+"/Edit", map[string]any{"name": "QA", "description": "Quality", "members": []string{}}).ok()
	expectMembers(c, "group:QA", "members", "user:qa.lead@example.com")
	c.post(path+"/Edit", map[string]any{"name": "QA"}).ok()
	equal(t, "omitted description", c.get(path).ok().object()["description"], nil)
	c.post(path+"/Edit", map[string]any{"name": "Release Managers"}).refused(http.StatusBadRequest, "Name", "already")
}

func TestChangeAndModifyMembers(t *testing.T) {
	c := startDemo(t)
	path := createGroup(c, "Testers")
	change := func(references ...string) reply {
		return c.post(path+"/ChangeMembers", map[string]any{"members": c.ids(references...)})
	}
	change("user:qa.lead@example.com", "user:qa.lead@example.com", "group:Release Managers", "ci_user:terraform").ok()
	expectMembers(c, "group:Testers", "members", "ci_user:terraform", "group:Release Managers", "user:qa.lead@example.com")
	change("user:outsider@example.com").ok()
	expectMembers(c, "group:Testers", "members", "user:outsider@example.com")
	c.post(path+"/ModifyMembers", map[string]any{
		"addedMembers":   c.ids("user:qa.lead@example.com", "user:outsider@example.com"),
		"removedMembers": c.ids("user:dev.lead@example.com"),
	}).ok()
	expectMembers(c, "group:Testers", "members", "user:outsider@example.com", "user:qa.lead@example.com")
	c.post(path+"/ModifyMembers", map[string]any{"removedMembers": c.ids("user:outsider@example.com")}).ok()
	expectMembers(c, "group:Testers", "members", "user:qa.lead@example.com")
	change().ok()
	expectMembers(c, "group:Testers", "members")
}

func TestRefusedMembers(t *testing.T) {
	c := startDemo(t)
	path := createGroup(c, "Testers")
	inner := createGroup(c, "Inner")
	c.post(path+"/ChangeMembers", map[string]any{"members": c.ids("group:Inner")}).ok()
	directory := "/UserGroups/" + c.id("group:Directory Engineers")
	tests := map[string]struct {
		path     string
		body     map[string]any
		property string
		text     string
	}{
		"unknown":         {path + "/ChangeMembers", map[string]any{"members": []string{nobody}}, "Members", nobody},
		"no UUID":         {path + "/ChangeMembers", map[string]any{"members": []string{"dev.lead"}}, "Members", "converted"},
		"no members":      {path + "/ChangeMembers", map[string]any{}, "Members", "required"},
		"unknown added":   {path + "/ModifyMembers", map[string]any{"addedMembers": []string{nobody}}, "AddedMembers", nobody},
		"itself":          {path + "/ModifyMembers", map[string]any{"addedMembers": c.ids("group:Testers")}, "AddedMembers", "contain itself"},
		"cycle":           {inner + "/ChangeMembers", map[string]any{"members": c.ids("group:Testers")}, "Members", "contain itself"},
		"synchronized":    {directory + "/ChangeMembers", map[string]any{"members": []string{}}, "-", "synchronized"},
		"synchronized +-": {directory + "/ModifyMembers", map[string]any{}, "-", "synchronized"},
		"synchronized ed": {directory + "/Edit", map[string]any{"name": "x"}, "-", "synchronized"},
	}
	before := c.server.Snapshot()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := c.in(t).post(test.path, test.body)
			answer.refused(http.StatusBadRequest, test.property, test.text)
		})
	}
	equal(t, "state", c.server.Snapshot(), before)
}

func TestDialectWithoutCIUsersInGroups(t *testing.T) {
	c := startDemo(t, mock.WithDialect(mock.Dialect{NoCIUsersInGroups: true}))
	path := createGroup(c, "Testers")
	c.post(path+"/ModifyMembers", map[string]any{"addedMembers": c.ids("ci_user:terraform")}).
		refused(http.StatusBadRequest, "AddedMembers", "'terraform' cannot be a member")
}
