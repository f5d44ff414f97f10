package mock_test

import (
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// TestIndependence keeps the mock a reading of the contract of its own: the standard library and uuid are all it uses.
func TestIndependence(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		checked++
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range parsed.Imports {
			path, err := strconv.Unquote(imported.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(path, ".") && path != "github.com/google/uuid" {
				t.Errorf("%s imports %s", file.Name(), path)
			}
		}
	}
	if checked == 0 {
		t.Error("no file was checked")
	}
}

// TestConcurrentUse is for the race detector, and for lost changes.
func TestConcurrentUse(t *testing.T) {
	c := startDemo(t)
	group := "/UserGroups/" + c.id("group:Release Managers") + "/ModifyMembers"
	references := []string{
		"user:org.admin@example.com", "user:security.officer@example.com", "user:dev.lead@example.com",
		"user:qa.lead@example.com", "user:outsider@example.com", "ci_user:terraform",
	}
	var running sync.WaitGroup
	for _, reference := range references {
		member := c.ids(reference)
		running.Go(func() {
			if answer := c.post(group, map[string]any{"addedMembers": member}); answer.status != 200 {
				t.Errorf("status %d", answer.status)
			}
		})
		running.Go(func() {
			for _, path := range []string{"/UserGroups", "/Projects/project-a", c.root + "/_mock/state", c.root + "/_mock/requests"} {
				if answer := c.get(path); answer.status != 200 {
					t.Errorf("%s: status %d", path, answer.status)
				}
			}
		})
		running.Go(func() { c.server.SetLatency(0); c.server.Events(); c.server.Faults(); c.server.CountRequests("GET *") })
	}
	running.Wait()
	members, err := c.server.Members("group:Release Managers", "members")
	c.must(err)
	equal(t, "members", len(members), len(references)+1)
}
