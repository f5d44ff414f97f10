package mock_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestControlMembers(t *testing.T) {
	c := startDemo(t)
	control := c.root + "/_mock/members"
	c.post(control, map[string]any{
		"project": "project-a", "policy": "release-signing", "list": "approvers",
		"add": []string{"user:outsider@example.com"}, "actor": "user:org.admin@example.com",
	}).ok()
	c.post(control, map[string]any{"project": "project-a", "list": "configurators", "remove": []string{"user:dev.lead@example.com"}}).ok()
	c.post(control, map[string]any{"group": "Release Managers", "add": []string{"user:qa.lead@example.com"}}).ok()
	equal(t, "actor", c.server.Events()[0].Actor.Name, "Organization Admin")
	for query, members := range map[string][]string{
		"?project=project-a&policy=release-signing&list=approvers": {"user:outsider@example.com"},
		"?project=project-a&list=configurators":                    {},
		"?group=Release+Managers":                                  {"user:qa.lead@example.com", "user:release.manager@example.com"},
	} {
		equal(t, query, c.get(control+query).ok().object(), map[string]any{"members": members})
	}
	for query, text := range map[string]string{
		"": "name a group or a project", "?project=project-a&group=x": "not both", "?project=project-a&list=x": "no list",
	} {
		controlRefuses(c.get(control+query), text)
	}
	controlRefuses(c.post(control, map[string]any{"group": "Nobody", "add": []string{}}), "group:Nobody")
	controlRefuses(c.post(control, map[string]any{"groups": "Release Managers"}), "groups")
}

func controlRefuses(answer reply, text string) {
	answer.t.Helper()
	if message, _ := answer.expect(http.StatusBadRequest).object()["error"].(string); !strings.Contains(message, text) {
		answer.t.Errorf("%q is not in %q", text, message)
	}
}

func TestControlUsers(t *testing.T) {
	c := startDemo(t)
	c.post(c.root+"/_mock/users", map[string]any{
		"ref": "user:qa.lead@example.com", "active": false, "role": "GlobalReader", "synchronized": true,
		"actor": "user:org.admin@example.com",
	}).ok()
	user, err := c.server.User("user:qa.lead@example.com")
	c.must(err)
	if user.Active || user.Role != mock.RoleGlobalReader || !user.Synchronized || user.Name != "QA Lead" {
		t.Errorf("user %+v", user)
	}
	controlRefuses(c.post(c.root+"/_mock/users", map[string]any{"ref": "user:nobody@example.com"}), "nobody@example.com")
}

func TestControlCreateAndRemove(t *testing.T) {
	c := startDemo(t)
	for reference, body := range map[string]map[string]any{
		"user:new@example.com":     {"interactiveUser": map[string]any{"name": "New", "email": "new@example.com"}},
		"ci_user:build":            {"ciUser": map[string]any{"name": "build"}},
		"group:Testers":            {"userGroup": map[string]any{"name": "Testers"}},
		"project:project-c":        {"project": map[string]any{"slug": "project-c", "name": "Project C"}},
		"policy:project-b/nightly": {"inProject": "project-b", "signingPolicy": map[string]any{"slug": "nightly", "name": "Nightly"}},
	} {
		created := c.post(c.root+"/_mock/create", body).ok().object()
		lookup := c.root + "/_mock/lookup?ref=" + url.QueryEscape(reference)
		equal(t, reference, c.get(lookup).ok().object(), created)
		c.post(c.root+"/_mock/remove", map[string]any{"ref": reference}).ok()
		c.get(lookup).expect(http.StatusBadRequest)
	}
	controlRefuses(c.post(c.root+"/_mock/create", map[string]any{}), "name what to create")
	controlRefuses(c.post(c.root+"/_mock/create", map[string]any{"ciUser": map[string]any{"title": "x"}}), "title")
}

func TestControlPropertiesAndTokens(t *testing.T) {
	c := startDemo(t)
	c.post(c.root+"/_mock/properties", map[string]any{
		"ref": "policy:project-a/test-signing", "set": map[string]any{"requiredApprovals": 2},
	}).ok()
	equal(t, "approvals", c.get("/Projects/project-a/SigningPolicies/test-signing").object()["requiredApprovals"], 2)
	lead := c
	lead.token = c.post(c.root+"/_mock/tokens", map[string]any{"ref": "user:qa.lead@example.com"}).ok().object()["apiToken"].(string)
	lead.get("/InteractiveUsers/Me").ok()
}

func TestControlFaultsAndLatency(t *testing.T) {
	c := startDemo(t)
	control := c.root + "/_mock/faults"
	c.post(control, map[string]any{
		"route": "GET /CIUsers", "after": 1, "times": 1, "action": "answer", "status": 503,
		"headers": map[string]string{"Retry-After": "1"}, "body": "busy",
	}).ok()
	c.get("/CIUsers").ok()
	equal(t, "Retry-After", c.get("/CIUsers").expect(503).header.Get("Retry-After"), "1")
	faults := c.get(control).ok().list()
	equal(t, "fired", faults[0]["fired"], 1)
	controlRefuses(c.post(control, map[string]any{"action": "explode"}), "explode")
	answer, err := c.do(c.request(http.MethodDelete, control, nil))
	c.must(err)
	answer.ok()
	equal(t, "faults", c.get(control).ok().list(), []any{})
	c.post(c.root+"/_mock/latency", map[string]any{"milliseconds": 0}).ok()
	controlRefuses(c.post(c.root+"/_mock/latency", map[string]any{"milliseconds": -1}), "negative")
}

func TestControlInspection(t *testing.T) {
	c := startDemo(t)
	c.token = ""
	c.get("/Projects").expect(http.StatusUnauthorized)
	c.get(c.root + "/Api/v1/Meta/SystemInfo").ok()
	requests := c.get(c.root + "/_mock/requests?route=" + url.QueryEscape("GET /Projects")).ok().list()
	equal(t, "requests", len(requests), 1)
	equal(t, "status", requests[0]["status"], 401)
	stats := c.get(c.root + "/_mock/stats").ok().object()
	equal(t, "requests", stats["requests"], 2)
	equal(t, "connections", stats["connections"], c.server.Connections())
	if c.server.Connections() == 0 {
		t.Error("no connection was counted")
	}
	answer, err := c.do(c.request(http.MethodDelete, c.root+"/_mock/requests", nil))
	c.must(err)
	answer.ok()
	equal(t, "requests after reset", c.get(c.root+"/_mock/requests").ok().list(), []any{})
	equal(t, "mails", c.get(c.root+"/_mock/mails").ok().list(), []any{})
	nowhere := c.get(c.root + "/_mock/nowhere").expect(http.StatusNotFound)
	equal(t, "what is nowhere", nowhere.body, "there is no GET /_mock/nowhere; GET /_mock/ lists what there is\n")
	seed, err := mock.ParseSeed([]byte(c.get(c.root + "/_mock/state").ok().body))
	c.must(err)
	equal(t, "state", seed, c.server.Snapshot())
}
