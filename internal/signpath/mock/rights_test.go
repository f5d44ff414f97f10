package mock_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// attempts are one request for each right. None is refused for another reason than the right.
func attempts(c client) map[string]func(client) reply {
	outsider := c.id("user:outsider@example.com")
	group := "/UserGroups/" + c.id("group:Release Managers")
	project, policy := c.editBody("/Projects/project-b"), c.editBody(releaseSigningB)
	return map[string]func(client) reply{
		"read users":    func(c client) reply { return c.get("/InteractiveUsers") },
		"read CI users": func(c client) reply { return c.get("/CIUsers") },
		"read groups":   func(c client) reply { return c.get("/UserGroups") },
		"list projects": func(c client) reply { return c.get("/Projects") },
		"organization":  func(c client) reply { return c.get("/Organization") },
		"read project":  func(c client) reply { return c.get("/Projects/project-b") },
		"read policy":   func(c client) reply { return c.get(releaseSigningB) },
		"reinvite user": func(c client) reply { return c.post("/InteractiveUsers/"+outsider+"/Reinvite", nil) },
		"token":         func(c client) reply { return c.post("/InteractiveUsers/"+outsider+"/RegenerateApiToken", nil) },
		"modify group":  func(c client) reply { return c.post(group+"/ModifyMembers", map[string]any{}) },
		"edit project":  func(c client) reply { return c.post("/Projects/project-b/Edit", project) },
		"edit policy":   func(c client) reply { return c.post(releaseSigningB+"/Edit", policy) },
		"audit log":     func(c client) reply { return c.get(c.root + "/Api/v1-pre/" + demoOrganization + "/AuditLog/Events") },
	}
}

var (
	everyone       = []string{"list projects", "organization", "read CI users", "read groups", "read users"}
	userChanges    = []string{"modify group", "reinvite user", "token"}
	projectReads   = []string{"read policy", "read project"}
	projectChanges = []string{"edit policy", "edit project"}
)

func TestRightsOfRoles(t *testing.T) {
	tests := map[mock.Role][]string{
		mock.RoleGlobalAdministrator:      slices.Concat(userChanges, projectReads, projectChanges, []string{"audit log"}),
		mock.RoleCertificateAdministrator: nil,
		mock.RoleUserAdministrator:        userChanges,
		mock.RoleProjectAdministrator:     slices.Concat(projectReads, projectChanges),
		mock.RoleGlobalReader:             slices.Concat(projectReads, []string{"audit log"}),
		mock.RoleRegularUser:              nil,
		mock.RoleDirectorySynchronizer:    userChanges,
	}
	equal(t, "roles in the table", len(tests), len(mock.Roles()))
	for role, rights := range tests {
		t.Run(string(role), func(t *testing.T) {
			c := startDemo(t)
			c.must(c.server.Administrator("").SetRole("user:qa.lead@example.com", role))
			expectRights(t, c, rights)
		})
	}
}

func TestRightsOfRelations(t *testing.T) {
	tests := map[string]struct {
		owner, list string
		rights      []string
	}{
		"reader":       {"project:project-b", "readers", projectReads},
		"configurator": {"project:project-b", "configurators", projectReads},
		"submitter":    {"policy:project-b/test-signing", "submitters", projectReads},
		"approver":     {"policy:project-b/test-signing", "approvers", projectReads},
		"elsewhere":    {"project:project-a", "configurators", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := startDemo(t)
			c.must(c.server.Administrator("").AddMembers(test.owner, test.list, "user:qa.lead@example.com"))
			expectRights(t, c, test.rights)
		})
		t.Run(name+" through nested groups", func(t *testing.T) {
			c := startDemo(t)
			admin := c.server.Administrator("")
			for _, group := range []mock.UserGroupSeed{
				{Name: "Inner", Members: []string{"user:qa.lead@example.com"}},
				{Name: "Outer", Members: []string{"group:Inner"}},
			} {
				_, err := admin.CreateUserGroup(group)
				c.must(err)
			}
			c.must(admin.AddMembers(test.owner, test.list, "group:Outer"))
			expectRights(t, c, test.rights)
		})
	}
}

func TestSupportUserIsAnAdministrator(t *testing.T) {
	seed := mock.DemoSeed()
	for i := range seed.InteractiveUsers {
		seed.InteractiveUsers[i].Support = seed.InteractiveUsers[i].Name == "QA Lead"
	}
	expectRights(t, startSeed(t, seed), slices.Concat(userChanges, projectReads, projectChanges, []string{"audit log"}))
}

// expectRights expects the QA lead to have some rights besides those of everyone, and no others.
func expectRights(t *testing.T, c client, rights []string) {
	t.Helper()
	c = c.in(t)
	lead := c.as("user:qa.lead@example.com")
	var permitted []string
	for name, attempt := range attempts(c) {
		answer := attempt(lead)
		switch answer.status {
		case http.StatusOK:
			permitted = append(permitted, name)
		case http.StatusForbidden:
			answer.refused(http.StatusForbidden, "-", "The user 'QA Lead' needs the role Global Administrator")
		default:
			t.Errorf("%s: status %d: %s", name, answer.status, answer.body)
		}
	}
	slices.Sort(permitted)
	want := slices.Concat(everyone, rights)
	slices.Sort(want)
	equal(t, "rights", permitted, want)
}

// Before the project read permission, everybody saw projects, and nobody else read signing requests than who has to do
// with the signing policy.
func TestOldReadRule(t *testing.T) {
	const read = "read the signing requests of a signing policy, with their artifacts"
	for spelled, isOld := range map[string]bool{"old-read-rule": true, "version=1.206.0": true, "version=1.207.3": false} {
		t.Run(spelled, func(t *testing.T) {
			c := startDialect(t, spelled)
			c.must(c.server.Administrator("").AddMembers("policy:project-b/test-signing", "submitters", "user:qa.lead@example.com"))
			outsider := c.as("user:outsider@example.com")
			equal(t, "the outsider reads the project", outsider.get("/Projects/project-b").status == http.StatusOK, isOld)
			equal(t, "the outsider lists it", len(outsider.get("/Projects").ok().list()) > 0, isOld)
			for user, policies := range map[string]map[string]bool{
				"user:qa.lead@example.com":  {"test-signing": true, "release-signing": !isOld},
				"user:outsider@example.com": {"test-signing": false, "release-signing": false},
			} {
				for policy, want := range policies {
					permits, err := c.server.Permits(read, user, "project-b", policy)
					c.must(err)
					equal(t, user+" reads the requests of "+policy, permits, want)
				}
			}
		})
	}
}

func TestListLeavesOutHiddenProjects(t *testing.T) {
	c := startDemo(t)
	lead := c.as("user:dev.lead@example.com").get("/Projects").ok().list()
	equal(t, "projects of the configurator", len(lead), 1)
	named(t, lead, "Project A")
	equal(t, "projects of the outsider", len(c.as("user:outsider@example.com").get("/Projects").ok().list()), 0)
}

func TestRefusalNamesTheCause(t *testing.T) {
	c := startDemo(t).as("user:outsider@example.com")
	c.post("/CIUsers", map[string]any{"name": "x"}).refused(http.StatusForbidden, "-",
		"The user 'Outsider' needs the role Global Administrator, User Administrator or Directory Synchronizer to change users.")
	c.get("/Projects/project-a").refused(http.StatusForbidden, "-",
		"Global Administrator, Project Administrator or Global Reader, or to be Reader, Configurator, Submitter or Approver in the project,")
}

func TestRightsTableIsComplete(t *testing.T) {
	for _, right := range mock.Rights() {
		if right.Action == "" || right.Source == "" || !right.AnyUser && len(right.Roles) == 0 {
			t.Errorf("incomplete: %+v", right)
		}
		for _, role := range right.Roles {
			if role.Title() == "" {
				t.Errorf("%s: role %q has no title", right.Action, role)
			}
		}
	}
	if strings.Contains(mock.Role("King").Title(), " ") {
		t.Error("an unknown role has a title")
	}
}
