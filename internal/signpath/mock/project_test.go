package mock_test

import (
	"net/http"
	"testing"
)

func TestReadProject(t *testing.T) {
	c := startDemo(t)
	link := c.root + "/Api/v1/" + demoOrganization + "/Projects/project-a"
	project := c.get("/Projects/project-a").ok().object()
	policies := project["signingPolicies"].([]any)
	equal(t, "second policy", policies[1], map[string]any{
		"id":                   c.id("policy:project-a/release-signing"),
		"link":                 link + "/SigningPolicies/release-signing",
		"slug":                 "release-signing",
		"name":                 "Release signing",
		"isActive":             true,
		"verifiesOriginPolicy": true,
		"certificateLink":      link + "/SigningPolicies/release-signing/Certificate",
	})
	artifacts := project["artifactConfigurations"].([]any)
	equal(t, "artifact configurations", len(artifacts), 1)
	delete(project, "signingPolicies")
	delete(project, "artifactConfigurations")
	equal(t, "project", project, map[string]any{
		"id":              c.id("project:project-a"),
		"link":            link,
		"slug":            "project-a",
		"name":            "Project A",
		"description":     "With origin verification",
		"status":          "Valid",
		"readers":         []string{},
		"configurators":   c.ids("user:dev.lead@example.com"),
		"repositoryUrls":  []string{"https://git.example.com/team-1/project-a"},
		"retentionInDays": 90,
		"webhooks":        []any{map[string]any{"url": "https://hooks.example.com/project-a", "isActive": true}},
	})
}

func TestListProjects(t *testing.T) {
	c := startDemo(t)
	projects := c.get("/Projects").ok().list()
	equal(t, "count", len(projects), 2)
	equal(t, "project B", named(t, projects, "Project B"), map[string]any{
		"id":          c.id("project:project-b"),
		"link":        c.root + "/Api/v1/" + demoOrganization + "/Projects/project-b",
		"slug":        "project-b",
		"name":        "Project B",
		"description": "Without origin verification",
		"status":      "Valid",
	})
}

func TestEditReplacesTheProject(t *testing.T) {
	c := startDemo(t)
	before := c.get("/Projects/project-a").ok().object()
	c.editWith("/Projects/project-a", map[string]any{
		"readers": c.ids("group:Directory Engineers", "ci_user:terraform"),
		"slug":    "other", "status": "Inactive", "signingPolicies": []any{}, "unheardOf": 1,
	}).ok()
	after := c.get("/Projects/project-a").ok().object()
	expectMembers(c, "project:project-a", "readers", "ci_user:terraform", "group:Directory Engineers")
	before["readers"] = after["readers"]
	equal(t, "everything else", after, before)

	c.post("/Projects/project-a/Edit", map[string]any{"name": "Project A"}).ok()
	bare := c.get("/Projects/project-a").ok().object()
	for name, want := range map[string]any{
		"description": nil, "readers": []any{}, "configurators": []any{}, "repositoryUrls": []any{}, "status": "Valid",
	} {
		equal(t, "omitted "+name, bare[name], want)
	}
	for _, dropped := range []string{"webhooks", "retentionInDays"} {
		if bare[dropped] != nil {
			t.Errorf("the omitted property %s is still there", dropped)
		}
	}
}

func TestRefusedProjectEdits(t *testing.T) {
	c := startDemo(t)
	before := c.server.Snapshot()
	edit := func(changes map[string]any) reply { return c.editWith("/Projects/project-a", changes) }
	edit(map[string]any{"readers": []string{nobody}}).refused(http.StatusBadRequest, "Readers", nobody)
	edit(map[string]any{"configurators": "x"}).refused(http.StatusBadRequest, "Configurators", "list of ids")
	edit(map[string]any{"name": ""}).refused(http.StatusBadRequest, "Name", "required")
	edit(map[string]any{"repositoryUrls": 1}).refused(http.StatusBadRequest, "RepositoryUrls", "converted")
	c.post("/Projects/project-a/Edit", nil).refused(http.StatusBadRequest, "Name", "required")
	equal(t, "state", c.server.Snapshot(), before)
}
