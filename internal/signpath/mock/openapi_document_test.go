package mock_test

import (
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// everyDialect runs a test in the default dialect, in each deviation, in mixtures and with each mapped server.
func everyDialect(t *testing.T, test func(c client, dialect mock.Dialect)) {
	t.Helper()
	dialects := []mock.Dialect{{}}
	for _, single := range slices.Concat(mock.SingleDialects(), mock.HostileDialects()) {
		dialects = append(dialects, single.Dialect)
	}
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		dialects = append(dialects, mock.RandomDialect(random), mock.RandomServer(random), mock.RandomServer(random))
	}
	for _, dialect := range dialects {
		if dialect.NoDocument || dialect.Document != mock.DocumentTrue {
			continue
		}
		t.Run("dialect "+dialect.String(), func(t *testing.T) {
			test(startDemo(t, mock.WithDialect(dialect)), dialect)
		})
	}
	for _, server := range mock.Servers() {
		t.Run("server "+server.Name, func(t *testing.T) {
			test(startDemo(t, mock.WithMapping(server.Mapping)), mock.Dialect{})
		})
	}
}

// Every route answers what the document says, and refuses as it says.
func TestDocumentMatchesAnswers(t *testing.T) {
	everyDialect(t, func(c client, dialect mock.Dialect) {
		c.must(c.server.Administrator("user:org.admin@example.com").SetActive("user:outsider@example.com", false))
		described := c.document()
		outsider, group := c.id("user:outsider@example.com"), c.id("group:Release Managers") // The token's own user would lose it.
		ids := map[string]bool{}
		for _, path := range slices.Sorted(maps.Keys(described.Paths)) {
			for _, method := range slices.Sorted(maps.Keys(described.Paths[path])) {
				called := described.Paths[path][method]
				if ids[called.OperationID] || len(called.Tags) != 1 || !strings.HasPrefix(called.OperationID, called.Tags[0]+"_") {
					c.t.Errorf("operation %q, tags %q", called.OperationID, called.Tags)
				}
				ids[called.OperationID] = true
				where := strings.ToUpper(method) + " " + path
				for _, id := range []string{outsider, group, nobody} {
					var body any = map[string]any{}
					if called.RequestBody != nil {
						body = described.example(c.t, described.request(c.t, method, path))
					}
					described.checkAnswer(c.t, where, called, c.send(method, c.demoPath(path, id), body))
				}
				anonymous := c
				anonymous.token = ""
				described.checkAnswer(c.t, where, called, anonymous.send(method, c.demoPath(path, nobody), nil))
			}
		}
		if len(ids) < 27 && dialect.Version == "" {
			c.t.Errorf("only %d operations", len(ids))
		}
	})
}

// The server reads the properties that the document has, under these names, and no other.
func TestDocumentMatchesRequests(t *testing.T) {
	unknown := []string{"webhooks", "hooks", "retentionInDays", "pipelinePolicies", "disableMalwareScanning"}
	everyDialect(t, func(c client, _ mock.Dialect) {
		described := c.document()
		for path, operations := range described.Paths {
			for method, called := range operations {
				if called.RequestBody == nil {
					continue
				}
				wanted := described.request(c.t, method, path)
				url := c.demoPath(path, c.idFor(method, path))
				if wanted.Type != "object" {
					c.send(method, url, 1.5).expect(http.StatusBadRequest)
					continue
				}
				equal(c.t, path+": additionalProperties", string(wanted.AdditionalProperties), "false")
				body := map[string]any{}
				var titles []string
				for _, leaf := range described.leaves(c.t, wanted, nil, true) {
					put(body, leaf.path, 1.5) // which nothing takes
					if !slices.Contains(unknown, leaf.path[0]) {
						titles = append(titles, title(leaf.path...))
					}
					if leaf.isRequired {
						c.send(method, url, map[string]any{}).refused(http.StatusBadRequest, title(leaf.path...), "required")
					}
				}
				errors := c.send(method, url, body).expect(http.StatusBadRequest).problem().Errors
				slices.Sort(titles)
				equal(c.t, method+" "+path, slices.Sorted(maps.Keys(errors)), titles)
			}
		}
	})
}

// idFor returns the id of an object that a route is about: that of which the server knows there is one.
func (c client) idFor(method, path string) string {
	c.t.Helper()
	for _, reference := range []string{"user:outsider@example.com", "ci_user:terraform", "group:Release Managers"} {
		if status := c.send(method, c.demoPath(path, c.id(reference)), map[string]any{}).status; status != http.StatusForbidden && status != http.StatusNotFound {
			return c.id(reference)
		}
	}
	c.t.Fatalf("%s %s is about nothing", method, path)
	return ""
}

// title is what SignPath's errors call a property.
func title(path ...string) string {
	titles := make([]string, len(path))
	for i, name := range path {
		titles[i] = strings.ToUpper(name[:1]) + name[1:]
	}
	return strings.Join(titles, ".")
}

// A client that knows the document alone adds members to a group, and reads them back.
func TestDocumentTellsTheFormOfMembers(t *testing.T) {
	everyDialect(t, func(c client, dialect mock.Dialect) {
		described := c.document()
		if _, has := described.Paths["/v1/{organizationId}/UserGroups/{id}/ModifyMembers"]["post"]; dialect.NoCIUsersInGroups || !has {
			return
		}
		const path = "/v1/{organizationId}/UserGroups/{id}/ModifyMembers"
		wanted := described.request(c.t, "post", path)
		if described.takesSlugs(wanted) {
			return // The ids of this test are none.
		}
		body := map[string]any{}
		for name, property := range wanted.Properties {
			if !strings.Contains(strings.ToLower(name), "remove") {
				body[name] = described.memberValue(c.t, property,
					c.id("user:qa.lead@example.com"), c.id("ci_user:terraform"), c.id("group:Directory Engineers"))
			}
		}
		c.post(c.demoPath(path, c.id("group:Release Managers")), body).ok()
		expectMembers(c, "group:Release Managers", "members",
			"ci_user:terraform", "group:Directory Engineers", "user:qa.lead@example.com", "user:release.manager@example.com")
		group := "/v1/{organizationId}/UserGroups/{id}"
		described.checkAnswer(c.t, group, described.Paths[group]["get"], c.get(c.demoPath(group, c.id("group:Release Managers"))))
	})
}

// takesSlugs tells whether a list of the request has texts that are no ids.
func (d document) takesSlugs(wanted schema) bool {
	for _, property := range wanted.Properties {
		if property.Items != nil && property.Items.Type == "string" && property.Items.Format == "" {
			return true
		}
	}
	return false
}

func TestDocument(t *testing.T) {
	c := startDemo(t)
	described := c.document()
	equal(t, "version", described.OpenAPI, "3.0.1")
	equal(t, "server", described.Servers[0].URL, "/Api")
	edit := described.Paths["/v1/{organizationId}/CIUsers/{id}/Edit"]["post"]
	equal(t, "operationId", edit.OperationID, "CIUsers_Edit")
	equal(t, "parameters", len(edit.Parameters), 2)
	for i, name := range []string{"organizationId", "id"} {
		parameter := edit.Parameters[i]
		equal(t, "parameter", []any{parameter.Name, parameter.In, parameter.Required, parameter.Schema.Format}, []any{name, "path", true, "uuid"})
	}
	equal(t, "statuses", slices.Sorted(maps.Keys(edit.Responses)), []string{"200", "400", "401", "403"})
	policy := "/v1/{organizationId}/Projects/{projectSlug}/SigningPolicies/{signingPolicySlug}"
	wanted := described.request(t, "post", policy+"/Edit")
	equal(t, "required", wanted.Required, []string{"name"})
	equal(t, "properties", slices.Sorted(maps.Keys(wanted.Properties)), []string{
		"approvers", "description", "disableMalwareScanning", "name", "originPolicyVerification", "pipelinePolicies", "purpose",
		"requiredApprovals", "submitters", "useApprovalProcess", "verifyOriginPolicy", "verifyTrustedBuildSystem",
	})
	equal(t, "approvers", []string{wanted.Properties["approvers"].Type, wanted.Properties["approvers"].Items.Format}, []string{"array", "uuid"})
	if described.Paths["/v1/{organizationId}/CIUsers/{id}/Activate"]["post"].RequestBody != nil {
		t.Error("an activation has a body")
	}

	// What an administrator of the server adds is in the next document.
	c.must(c.server.Administrator("").SetProperties("project:project-b", map[string]any{"dockerRepositories": []string{"x"}}))
	if _, has := c.document().request(t, "post", "/v1/{organizationId}/Projects/{projectSlug}/Edit").Properties["dockerRepositories"]; !has {
		t.Error("a new property is not in the document")
	}
}

func TestDocumentNamesTheDialect(t *testing.T) {
	const (
		organization = "/v1/{organizationId}"
		policy       = organization + "/Projects/{projectSlug}/SigningPolicies/{signingPolicySlug}"
	)
	described := startDialect(t, "old-origin-names,edit-without-suffix,enable-disable,create-suffix,rename=role:globalRole,"+
		"rename-request=name:newName,edit-patches,summary-lists,wrapped-lists").document()
	wanted := described.request(t, "post", policy)
	for _, name := range []string{"verifyOrigin", "originVerification", "newName"} {
		if _, has := wanted.Properties[name]; !has {
			t.Errorf("no %s", name)
		}
	}
	equal(t, "required in an edit that keeps what is omitted", len(wanted.Required), 0)
	create := described.request(t, "post", organization+"/CIUsers/Create")
	equal(t, "create", slices.Sorted(maps.Keys(create.Properties)), []string{"globalRole", "newName", "notificationEmailAddress"})
	equal(t, "required", create.Required, []string{"newName"})
	for _, path := range []string{"/CIUsers/{id}/Enable", "/InteractiveUsers/{id}/Disable", "/CIUsers/{id}", "/Projects/{projectSlug}"} {
		if described.Paths[organization+path]["post"].OperationID == "" {
			t.Errorf("no %s", path)
		}
	}
	list := described.resolve(t, described.Paths[organization+"/CIUsers"]["get"].Responses["200"].Content["application/json"].Schema)
	equal(t, "list", slices.Collect(maps.Keys(list.Properties)), []string{"ciUsers"})
	item := described.resolve(t, *list.Properties["ciUsers"].Items)
	equal(t, "item", slices.Sorted(maps.Keys(item.Properties)), []string{"id", "link", "name"})
}

func TestDocumentNamesKindsInRequests(t *testing.T) {
	described := startDialect(t, "members-per-kind,rename-request=ciUsers:robots").document()
	change := described.request(t, "post", "/v1/{organizationId}/UserGroups/{id}/ChangeMembers")
	sent := described.resolve(t, change.Properties["members"])
	equal(t, "request", slices.Sorted(maps.Keys(sent.Properties)), []string{"interactiveUsers", "robots", "userGroups"})
	shown := described.resolve(t, described.Components.Schemas["UserGroup"].Properties["members"])
	equal(t, "answer", slices.Sorted(maps.Keys(shown.Properties)), []string{"ciUsers", "interactiveUsers", "userGroups"})
}

func TestDocumentIsServed(t *testing.T) {
	c := startDemo(t)
	for _, path := range []string{"/Api/swagger/v1/swagger.json", "/api/Swagger/V1/Swagger.JSON"} {
		for _, token := range []string{"", "wrong", demoToken} {
			c.token = token
			answer := c.get(c.root + path).ok()
			equal(t, "content type", answer.header.Get("Content-Type"), "application/json; charset=utf-8")
		}
	}
	c.post(c.root+documentPath, nil).expect(http.StatusMethodNotAllowed)
	c.get(c.root + "/Api/swagger/v2/swagger.json").expect(http.StatusNotFound)
	c.get(c.root + "/swagger/v1/swagger.json").expect(http.StatusNotFound)
	startDialect(t, "no-document").getDocument().expect(http.StatusNotFound)
}

func (c client) getDocument() reply {
	c.t.Helper()
	return c.get(c.root + documentPath)
}

func TestDocumentIsNoAPIRequest(t *testing.T) {
	c := startDemo(t)
	c.get("/Projects").ok()
	c.getDocument().ok()
	for pattern, count := range map[string]int{
		"*": 1, "GET *": 1, "": 0, "*/v1/*": 0, "GET /swagger/v1/swagger.json": 1, "*SWAGGER*": 1, "/swagger/*": 1, "POST /swagger/*": 0,
	} {
		equal(t, pattern, c.server.CountRequests(pattern), count)
	}
	equal(t, "API requests", c.server.CountRequests(), 1)
	equal(t, "stats", c.get(c.root + "/_mock/stats").ok().object()["requests"], 1)
	log := c.server.Requests()
	equal(t, "log", len(log), 2)
	equal(t, "route", log[1].Route, "GET /swagger/v1/swagger.json")
	equal(t, "status", log[1].Status, http.StatusOK)
	equal(t, "concurrent", c.server.MaxConcurrentRequests(), 1)
	c.server.ResetRequests()
	c.getDocument().ok()
	equal(t, "concurrent without API requests", c.server.MaxConcurrentRequests(), 0)
}

func TestFaultsOfTheDocument(t *testing.T) {
	for pattern, hits := range map[string]bool{
		"": false, "*": false, "GET *": false, "GET /swagger/v1/swagger.json": true, "*swagger*": true,
	} {
		c := startDemo(t)
		c.must(c.server.Inject(mock.Fault{Route: pattern, Action: mock.FaultAnswer, Status: 503}))
		equal(t, pattern, c.getDocument().status == 503, hits)
	}
}

func TestWithDocument(t *testing.T) {
	c := startDemo(t,
		mock.WithDocument(func(document map[string]any) {
			schemas := document["components"].(map[string]any)["schemas"].(map[string]any)
			delete(schemas["EditCIUserRequest"].(map[string]any)["properties"].(map[string]any), "role")
		}),
		mock.WithDocument(func(document map[string]any) { document["openapi"] = "3.1.0" }),
	)
	for range 2 {
		described := c.document()
		equal(t, "version", described.OpenAPI, "3.1.0")
		edit := described.request(t, "post", "/v1/{organizationId}/CIUsers/{id}/Edit")
		equal(t, "properties", slices.Sorted(maps.Keys(edit.Properties)), []string{"name", "notificationEmailAddress"})
	}
}

func TestWithRawDocument(t *testing.T) {
	c := startDemo(t, mock.WithRawDocument([]byte("<html>Sign in</html>"), "text/html"))
	answer := c.getDocument().ok()
	equal(t, "document", []string{answer.body, answer.header.Get("Content-Type")}, []string{"<html>Sign in</html>", "text/html"})
}
