package mock_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestAdministratorCreates(t *testing.T) {
	c := startDemo(t)
	admin := c.server.Administrator("user:org.admin@example.com")
	creations := map[string]func() (string, error){
		"user:new@example.com": func() (string, error) {
			return admin.CreateInteractiveUser(mock.InteractiveUserSeed{Name: "New", Email: "new@example.com", Synchronized: true})
		},
		"ci_user:build": func() (string, error) { return admin.CreateCIUser(mock.CIUserSeed{Name: "build"}) },
		"group:Testers": func() (string, error) {
			return admin.CreateUserGroup(mock.UserGroupSeed{Name: "Testers", Members: []string{"user:qa.lead@example.com"}})
		},
		"project:project-c": func() (string, error) {
			return admin.CreateProject(mock.ProjectSeed{Slug: "project-c", Name: "Project C"})
		},
		"policy:project-b/nightly": func() (string, error) {
			return admin.CreateSigningPolicy("project-b", mock.SigningPolicySeed{Slug: "nightly", Name: "Nightly"})
		},
	}
	for reference, create := range creations {
		id, err := create()
		c.must(err)
		equal(t, reference, c.id(reference), id)
	}
	equal(t, "mails", len(c.server.Mails()), 0)
	expectMembers(c, "group:Testers", "members", "user:qa.lead@example.com")
	c.get("/Projects/project-b/SigningPolicies/nightly").ok()
	equal(t, "events", len(c.server.Events()), len(creations))
}

func TestAdministratorChangesPrincipals(t *testing.T) {
	c := startDemo(t)
	admin := c.server.Administrator("")
	name, email, yes := "Renamed", "renamed@example.com", true
	c.must(admin.Change("user:sync.user@example.com", mock.PrincipalChange{Name: &name, Email: &email, NotificationEmail: &email}))
	c.must(admin.SetRole("user:renamed@example.com", mock.RoleGlobalReader))
	c.must(admin.SetActive("user:renamed@example.com", false))
	user, err := c.server.User("user:renamed@example.com")
	c.must(err)
	equal(t, "user", user, mock.UserState{
		ID: c.id("user:renamed@example.com"), Name: "Renamed", Email: email, NotificationEmail: email,
		Identity: "example:S-1-5-21-1000", Role: mock.RoleGlobalReader, Synchronized: true,
	})
	c.must(admin.Change("group:Release Managers", mock.PrincipalChange{Name: &name, Description: &email, Synchronized: &yes}))
	equal(t, "group", c.get("/UserGroups/" + c.id("group:Renamed")).ok().object()["isDirectorySynchronized"], true)
	if err := admin.Change("project:project-a", mock.PrincipalChange{Name: &name}); err == nil {
		t.Error("a project is no principal")
	}
	if err := admin.SetRole("ci_user:terraform", "King"); err == nil {
		t.Error("there is no role King")
	}
}

func TestAdministratorRemoves(t *testing.T) {
	c := startDemo(t)
	admin := c.server.Administrator("")
	c.must(admin.AddMembers("policy:project-a/release-signing", "approvers", "user:dev.lead@example.com", "group:Release Managers"))
	for _, reference := range []string{
		"user:dev.lead@example.com", "group:Release Managers", "project:project-b", "policy:project-a/test-signing",
	} {
		c.must(admin.Remove(reference))
		if _, err := c.server.ID(reference); err == nil {
			t.Errorf("%s is still there", reference)
		}
		if err := admin.Remove(reference); err == nil {
			t.Errorf("%s can be removed twice", reference)
		}
	}
	expectMembers(c, "project:project-a", "configurators")
	expectMembers(c, "policy:project-a/release-signing", "approvers")
	equal(t, "policies", len(c.get("/Projects/project-a").object()["signingPolicies"].([]any)), 1)
	equal(t, "projects", len(c.get("/Projects").list()), 1)
}

func TestAdministratorChangesLists(t *testing.T) {
	c := startDemo(t)
	admin := c.server.Administrator("user:org.admin@example.com")
	// The rules are for the API: an interactive submitter in spite of trusted build system verification.
	for owner, lists := range map[string][]string{
		"project:project-a":                {"readers", "configurators"},
		"policy:project-a/release-signing": {"submitters", "approvers"},
		"group:Directory Engineers":        {"members"},
	} {
		for _, list := range lists {
			c.must(admin.ChangeMembers(owner, list,
				[]string{"user:OUTSIDER@example.com", "ci_user:terraform"},
				[]string{"user:dev.lead@example.com", "user:sync.user@example.com"}))
			expectMembers(c, owner, list, "ci_user:terraform", "user:outsider@example.com")
			c.must(admin.AddMembers(owner, list, "user:outsider@example.com"))
			c.must(admin.RemoveMembers(owner, list, "ci_user:terraform"))
			expectMembers(c, owner, list, "user:outsider@example.com")
		}
	}
	equal(t, "short form", c.server.ListMembers("project-a", "release-signing", "approvers"), []string{"user:outsider@example.com"})
	equal(t, "short form of a project", c.server.ListMembers("project-a", "", "readers"), []string{"user:outsider@example.com"})
	for name, err := range map[string]error{
		"unknown owner":  admin.AddMembers("project:nowhere", "readers", "user:outsider@example.com"),
		"unknown policy": admin.AddMembers("policy:project-a/nowhere", "approvers", "user:outsider@example.com"),
		"unknown list":   admin.AddMembers("project:project-a", "approvers", "user:outsider@example.com"),
		"unknown member": admin.AddMembers("project:project-a", "readers", "user:nobody@example.com"),
		"other kind":     admin.AddMembers("project:project-a", "readers", "user:terraform"),
		"cycle":          admin.AddMembers("group:Release Managers", "members", "group:Release Managers"),
		"unknown actor":  c.server.Administrator("user:nobody@example.com").AddMembers("project:project-a", "readers"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestAdministratorSetsProperties(t *testing.T) {
	c := startDemo(t)
	admin := c.server.Administrator("")
	before := c.get(releaseSigning).object()
	c.must(admin.SetProperties("policy:project-a/release-signing", map[string]any{
		"verifyOriginPolicy": false, "isActive": false, "brandNew": map[string]any{"level": 1}, "disableMalwareScanning": true,
	}))
	before["verifiesOriginPolicy"], before["isActive"], before["disableMalwareScanning"] = false, false, true
	before["brandNew"] = map[string]any{"level": 1}
	equal(t, "policy", c.get(releaseSigning).object(), before)
	c.must(admin.SetProperties("project:project-a", map[string]any{"status": "Inactive", "brandNew": 1}))
	properties, err := c.server.Properties("project:project-a")
	c.must(err)
	equal(t, "status", properties["status"], "Inactive")
	equal(t, "new property", properties["brandNew"], 1)
	for name, properties := range map[string]map[string]any{
		"answer's name": {"verifiesOriginPolicy": true}, "wrong type": {"requiredApprovals": "two"},
		"read-only": {"id": "x"}, "taken slug": {"slug": "test-signing"}, "empty slug": {"slug": ""},
	} {
		if admin.SetProperties("policy:project-a/release-signing", properties) == nil {
			t.Errorf("%s: no error", name)
		}
	}
	c.must(admin.SetProperties("policy:project-a/release-signing", map[string]any{"slug": "production"}))
	c.must(admin.SetProperties("project:project-a", map[string]any{"slug": "portal"}))
	equal(t, "renamed", c.get("/Projects/portal/SigningPolicies/production").ok().object()["id"], before["id"])
	c.get(releaseSigning).expect(http.StatusForbidden)
	if admin.SetProperties("ci_user:terraform", map[string]any{"name": "x"}) == nil {
		t.Error("a CI user is no project")
	}
}

func TestAuditLogHasEveryChange(t *testing.T) {
	c := startDemo(t)
	c.editWith(releaseSigning, map[string]any{"approvers": c.ids("user:outsider@example.com")}).ok()
	c.must(c.server.Administrator("user:org.admin@example.com").RemoveMembers("policy:project-a/release-signing", "approvers", "user:outsider@example.com"))
	c.must(c.server.Administrator("").SetActive("user:outsider@example.com", false))
	c.post("/UserGroups/"+c.id("group:Release Managers")+"/ChangeMembers", map[string]any{"members": []string{}}).ok()
	c.post("/CIUsers", map[string]any{"name": "build"}).expect(201)
	c.post("/CIUsers/"+c.id("ci_user:build")+"/RegenerateApiToken", nil).ok()
	c.post("/CIUsers/"+c.id("ci_user:build")+"/Deactivate", nil).ok()
	events := c.get(c.root + "/Api/v1-pre/" + demoOrganization + "/AuditLog/Events").ok().list()
	var lines []string
	for _, event := range events {
		actor := event["metadata"].(map[string]any)["actor"].(map[string]any)
		lines = append(lines, event["eventName"].(string)+" by "+actor["name"].(string))
	}
	equal(t, "events", lines, []string{
		"SigningPolicy.Edited by terraform", "SigningPolicy.Edited by Organization Admin", "InteractiveUser.Edited by System",
		"UserGroup.MembersChanged by terraform", "CIUser.Created by terraform", "CIUser.ApiTokenRegenerated by terraform",
		"CIUser.Deactivated by terraform",
	})
	equal(t, "entity", events[0]["entity"].(map[string]any)["name"], "project-a/release-signing")
	equal(t, "changes", events[0]["changes"], map[string]any{
		"approvers": map[string]any{"from": []any{}, "to": c.ids("user:outsider@example.com")},
	})
}

func TestAmbiguousReferences(t *testing.T) {
	seed := mock.DemoSeed()
	seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "twin"}, mock.CIUserSeed{Name: "twin"})
	c := startSeed(t, seed)
	if _, err := c.server.ID("ci_user:twin"); err == nil || !strings.Contains(err.Error(), "ambiguous") {
		t.Errorf("error %v", err)
	}
	twins := c.server.Snapshot().CIUsers[1:]
	if twins[0].ID == twins[1].ID {
		t.Error("the twins are one")
	}
	equal(t, "by id", c.id("ci_user:"+twins[1].ID), twins[1].ID)
	c.must(c.server.Administrator("").AddMembers("project:project-a", "readers", "ci_user:"+twins[1].ID))
	expectMembers(c, "project:project-a", "readers", "ci_user:"+twins[1].ID)
	equal(t, "group by id", c.id("group:"+c.id("group:Release Managers")), c.id("group:Release Managers"))
	if _, err := c.server.ID("user:" + twins[1].ID); err == nil {
		t.Error("a CI user is no interactive user")
	}
	// A twin keeps its name in an edit.
	c.editWith("/CIUsers/"+twins[1].ID, map[string]any{"notificationEmailAddress": "twin@example.com"}).ok()
}
