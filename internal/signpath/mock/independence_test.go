package mock_test

import (
	"sync"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver/mockservertest"
)

// TestIndependence: the mock is a reading of the contract of its own.
func TestIndependence(t *testing.T) {
	mockservertest.Independent(t, ".", "github.com/google/uuid", "go.yaml.in/yaml/v3")
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
