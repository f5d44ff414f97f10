package mock_test

import (
	"net/http"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestEditionsLackFeatures(t *testing.T) {
	for _, edition := range []mock.Edition{"", mock.EditionBasic, mock.EditionStarter} {
		t.Run(string(edition), func(t *testing.T) {
			seed := mock.DemoSeed()
			seed.Organization.Edition = edition
			c := startSeed(t, seed)
			expect := func(name string, answer reply, isRefused bool) {
				t.Helper()
				equal(t, name, answer.status == http.StatusBadRequest, isRefused)
			}
			isLimited := edition != ""
			expect("a group", c.post("/UserGroups", map[string]any{"name": "Team"}), isLimited)
			project := c.editBody("/Projects/project-b")
			project["readers"] = []string{c.id("user:outsider@example.com")}
			expect("a reader", c.post("/Projects/project-b/Edit", project), isLimited)
			policy := c.editBody(releaseSigningB)
			policy["useApprovalProcess"], policy["requiredApprovals"] = true, 2
			policy["approvers"] = []string{c.id("user:dev.lead@example.com"), c.id("user:qa.lead@example.com")}
			expect("a quorum", c.post(releaseSigningB+"/Edit", policy), isLimited)
			test := c.editBody("/Projects/project-b/SigningPolicies/test-signing")
			test["useApprovalProcess"], test["requiredApprovals"] = true, 1
			test["approvers"] = []string{c.id("user:dev.lead@example.com")}
			expect("approval", c.post("/Projects/project-b/SigningPolicies/test-signing/Edit", test), edition == mock.EditionStarter)
			equal(t, "seed", c.server.Snapshot().Organization.Edition, edition)
		})
	}
	seed := mock.DemoSeed()
	seed.Organization.Edition = "Gold"
	if _, err := mock.New(seed); err == nil {
		t.Error("an unknown edition is taken")
	}
}

func TestInvalidProject(t *testing.T) {
	seed := mock.DemoSeed()
	seed.Projects[0].Invalid = true
	c := startSeed(t, seed)
	equal(t, "status", c.get("/Projects/" + seed.Projects[0].Slug).ok().object()["status"], "Invalid")
	equal(t, "seed", c.server.Snapshot().Projects[0].Invalid, true)
}
