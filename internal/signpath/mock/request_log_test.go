package mock_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestRequestLog(t *testing.T) {
	now := time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC)
	c := startDemo(t, mock.WithClock(func() time.Time { return now }))
	c.get("/Projects/project-a").ok()
	c.as("user:outsider@example.com").post("/Projects/project-a/Edit", map[string]any{"name": "x"}).expect(http.StatusForbidden)
	c.get("/Nowhere").expect(http.StatusNotFound)
	c.get(c.root + "/_mock/stats").ok()

	requests := c.server.Requests()
	equal(t, "count", len(requests), 3)
	edit := requests[1]
	equal(t, "sequence", edit.Sequence, 2)
	equal(t, "time", edit.Time, now)
	equal(t, "method", edit.Method, "POST")
	equal(t, "path", edit.Path, "/Api/v1/"+demoOrganization+"/Projects/project-a/Edit")
	equal(t, "route", edit.Route, "POST /Projects/{project}/Edit")
	equal(t, "status", edit.Status, http.StatusForbidden)
	equal(t, "caller", edit.Caller, "user:outsider@example.com")
	var body map[string]string
	c.must(edit.DecodeBody(&body))
	equal(t, "body", body, map[string]string{"name": "x"})
	equal(t, "unmatched route", requests[2].Route, "")

	for pattern, count := range map[string]int{
		"*": 3, "GET *": 2, "POST */Edit": 1, "/Projects/{project}": 1, "/Projects*": 2, "GET /UserGroups": 0, "/Nowhere": 1,
	} {
		equal(t, pattern, c.server.CountRequests(pattern), count)
	}
	equal(t, "two patterns", c.server.CountRequests("GET /Nowhere", "POST *"), 2)
	c.server.ResetRequests()
	equal(t, "reset", c.server.CountRequests(), 0)
	c.get("/Projects").ok()
	equal(t, "sequence goes on", c.server.Requests()[0].Sequence, 4)
}

func TestTokensAppearNowhere(t *testing.T) {
	stateFile := filepath.Join(t.TempDir(), "state.json")
	c := startDemo(t, mock.WithStateFile(stateFile))
	created := c.post("/CIUsers", map[string]any{"name": "build", "apiToken": "sent-by-mistake"}).expect(http.StatusCreated).object()
	regenerated := c.post("/CIUsers/"+c.id("ci_user:build")+"/RegenerateApiToken", nil).ok().object()
	c.post("/CIUsers", `"apiToken": "in no object`).expect(http.StatusBadRequest)
	wrong := c
	wrong.token = "wrong-but-secret"
	issued := c.as("user:dev.lead@example.com")
	tokens := []string{
		demoToken, wrong.token, issued.token, "sent-by-mistake", created["apiToken"].(string), regenerated["apiToken"].(string),
	}

	shown := []string{
		wrong.get("/CIUsers").expect(http.StatusUnauthorized).body,
		issued.get("/CIUsers").ok().body,
		issued.post("/CIUsers", nil).expect(http.StatusForbidden).body,
		c.get("/InteractiveUsers").ok().body,
		c.get(c.root + "/Api/v1-pre/" + demoOrganization + "/AuditLog/Events").ok().body,
	}
	for _, path := range []string{"requests", "state", "stats", "mails", "faults"} {
		shown = append(shown, c.get(c.root+"/_mock/"+path).ok().body)
	}
	saved, err := os.ReadFile(stateFile)
	c.must(err)
	log, err := json.Marshal(c.server.Requests())
	c.must(err)
	shown = append(shown, string(saved), string(log))
	for _, text := range shown {
		for _, token := range tokens {
			if strings.Contains(text, token) {
				t.Errorf("token %s is shown: %.300s", token, text)
			}
		}
	}
	if !strings.Contains(string(log), "REDACTED") {
		t.Error("the log shows nothing redacted")
	}
}
