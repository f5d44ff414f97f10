package mock_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// What the changelog says came with a version is not there before it.
func TestDialectVersion(t *testing.T) {
	events := "/Api/v1-pre/" + demoOrganization + "/AuditLog/Events"
	tests := []struct {
		version                                              string
		hasRoutes, hasPolicy, hasInfo, hasProblems, hasNames bool
	}{
		{"1.170.1", false, false, false, false, false},
		{"1.170.2", true, false, false, false, false},
		{"1.176.0", true, false, false, false, false},
		{"1.177.0", true, true, false, false, false},
		{"1.186.1", true, true, true, false, false},
		{"1.195.0", true, true, true, true, false},
		{"1.201.9", true, true, true, true, false},
		{"1.202.0", true, true, true, true, true},
		{"2.0.0", true, true, true, true, true},
	}
	for _, test := range tests {
		t.Run(test.version, func(t *testing.T) {
			c := startDialect(t, "version="+test.version)
			described := c.document()
			expect := func(is bool, path string) {
				t.Helper()
				answer := c.get(path)
				if wanted := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[is]; answer.status != wanted {
					t.Errorf("%s: status %d, want %d", path, answer.status, wanted)
				}
			}
			expect(true, c.root+events)
			for _, path := range []string{"/Organization", "/CIUsers", "/InteractiveUsers", "/UserGroups", "/Projects/project-a"} {
				expect(test.hasRoutes, path)
			}
			expect(test.hasPolicy, releaseSigning)
			expect(test.hasInfo, c.root+"/Api/v1/Meta/SystemInfo")
			if test.hasInfo {
				equal(t, "version", c.get(c.root + "/Api/v1/Meta/SystemInfo").object()["applicationVersion"], test.version)
			}
			isProblem := strings.Contains(c.get(c.root+"/Api/v1/nowhere").header.Get("Content-Type"), "problem")
			equal(t, "problem details", isProblem, test.hasProblems)
			if test.hasRoutes {
				summary := c.get("/Projects/project-a").ok().object()["signingPolicies"].([]any)[0].(map[string]any)
				_, isNew := summary["verifiesOriginPolicy"]
				equal(t, "names", isNew, test.hasNames)
			}
			paths := slices.Sorted(maps.Keys(described.Paths))
			const policy = "/v1/{organizationId}/Projects/{projectSlug}/SigningPolicies/{signingPolicySlug}"
			equal(t, "routes in the document", []bool{
				slices.Contains(paths, "/v1/{organizationId}/CIUsers"), slices.Contains(paths, policy), slices.Contains(paths, "/v1/Meta/SystemInfo"),
			}, []bool{test.hasRoutes, test.hasPolicy, test.hasInfo})
		})
	}
}

// The document says other names than the server takes.
func TestDocumentsThatAreWrong(t *testing.T) {
	const policyEdit = "/v1/{organizationId}/Projects/{projectSlug}/SigningPolicies/{signingPolicySlug}/Edit"
	for name, wanted := range map[string]struct{ told, untold string }{
		"document=old": {"verifyOrigin", "verifyOriginPolicy"},
		"document=assumed-names,old-origin-names":                  {"verifyOriginPolicy", "verifyOrigin"},
		"document=assumed-names,version=1.176.0":                   {"verifyOriginPolicy", "verifyOrigin"},
		"document=assumed-names,rename-request=purpose:setPurpose": {"purpose", "setPurpose"},
		"document=assumed-names,rename=approvers:signOffs":         {"approvers", "signOffs"},
	} {
		c := startDialect(t, name)
		properties := c.document().request(t, "post", policyEdit).Properties
		_, isTold := properties[wanted.told]
		_, isUntold := properties[wanted.untold]
		equal(t, name, []bool{isTold, isUntold}, []bool{true, false})
	}

	c := startDialect(t, "document=old")
	equal(t, "a new server", c.get(releaseSigning).ok().object()["verifiesOriginPolicy"], true)
	body := c.editBody(releaseSigning)
	body["verifyOrigin"], body["originVerification"] = body["verifyOriginPolicy"], body["originPolicyVerification"]
	delete(body, "verifyOriginPolicy")
	delete(body, "originPolicyVerification")
	c.post(releaseSigning+"/Edit", body).ok()
	equal(t, "whoever believes the document", c.get(releaseSigning).ok().object()["verifiesOriginPolicy"], false)

	c = startDialect(t, "document=assumed-names,spell-role=GlobalReader:Reader")
	if enum := c.enumOf("GlobalRole"); !slices.Contains(enum, any("GlobalReader")) || slices.Contains(enum, any("Reader")) {
		t.Errorf("roles %v", enum)
	}
	c.withRole("/CIUsers/"+c.id("ci_user:terraform"), "GlobalReader").refused(http.StatusBadRequest, "Role", "does not exist")
	if _, err := mock.New(mock.DemoSeed(), mock.WithDialect(mock.Dialect{Document: "other"})); err == nil {
		t.Error("a form of the document that is none")
	}
}
