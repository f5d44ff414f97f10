package mock_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestDemoSeed(t *testing.T) {
	c := startDemo(t)
	equal(t, "organization", c.server.OrganizationID(), demoOrganization)
	for _, list := range [][3]string{
		{"project-a", "", "readers"},
		{"project-b", "", "configurators"},
		{"project-a", "test-signing", "submitters"},
		{"project-a", "release-signing", "approvers"},
		{"project-b", "test-signing", "approvers"},
		{"project-b", "release-signing", "submitters"},
	} {
		equal(t, strings.Join(list[:], " "), c.server.ListMembers(list[0], list[1], list[2]), []string{})
	}
	equal(t, "unknown list", c.server.ListMembers("project-a", "", "approvers"), nil)
	for _, policy := range []string{"project-a/test-signing", "project-a/release-signing", "project-b/test-signing", "project-b/release-signing"} {
		properties, err := c.server.Properties("policy:" + policy)
		c.must(err)
		equal(t, policy+" verifies its origin", properties["verifiesOriginPolicy"], strings.HasPrefix(policy, "project-a"))
		equal(t, policy+" needs approvals", properties["usesApprovalProcess"], strings.HasSuffix(policy, "release-signing"))
	}
	if !c.server.Accepts(demoToken) || c.server.Accepts("other") {
		t.Error("the demo token is not the one of the demo")
	}
	for _, user := range mock.DemoSeed().InteractiveUsers {
		if !strings.HasSuffix(user.Email, "@example.com") {
			t.Errorf("%s is somebody's address", user.Email)
		}
	}
}

func TestSeedIDs(t *testing.T) {
	c := startDemo(t)
	want := uuid.NewSHA1(uuid.MustParse(demoOrganization), []byte("user:dev.lead@example.com")).String()
	equal(t, "derived", c.id("user:dev.lead@example.com"), want)
	seed := mock.DemoSeed()
	seed.CIUsers[0].ID = strings.ToUpper(nobody)
	equal(t, "given", startSeed(t, seed).id("ci_user:terraform"), nobody)
}

func TestSnapshotIsASeed(t *testing.T) {
	c := startDemo(t)
	c.editWith(releaseSigning, map[string]any{
		"approvers":                c.ids("user:security.officer@example.com", "group:Release Managers", "ci_user:terraform"),
		"originPolicyVerification": map[string]any{"allowedBranchNames": []string{"main"}, "new": 1},
	}).ok()
	again := startSeed(t, c.server.Snapshot())
	equal(t, "snapshot", again.server.Snapshot(), c.server.Snapshot())
	equal(t, "approvers", c.server.Snapshot().Projects[0].SigningPolicies[1].Approvers,
		[]string{"ci_user:terraform", "group:Release Managers", "user:security.officer@example.com"})
}

func TestBrokenSeeds(t *testing.T) {
	const organization = `"organization": {"id": "` + demoOrganization + `"}`
	tests := map[string]struct{ seed, text string }{
		"unknown key":      {`{` + organization + `, "project": []}`, "project"},
		"more than a seed": {`{` + organization + `} {}`, "behind"},
		"no organization":  {`{}`, "organization id"},
		"empty id":         {`{"organization": {"id": "00000000-0000-0000-0000-000000000000"}}`, "organization id"},
		"no e-mail":        {`{` + organization + `, "interactiveUsers": [{"name": "x"}]}`, "e-mail"},
		"unknown role":     {`{` + organization + `, "ciUsers": [{"name": "x", "role": "King"}]}`, `unknown role "King"; known are ["CertificateAdministrator"`},
		"unknown edition": {
			`{"organization": {"id": "` + demoOrganization + `", "edition": "Enterprise"}}`, `unknown edition "Enterprise"; known are Starter and Basic`,
		},
		"no seed": {``, "there is no JSON object"},
		"no kind": {`{` + organization + `, "userGroups": [{"name": "x", "members": ["a@example.com"]}]}`, `"a@example.com" has no kind: write user:EMAIL`},
		"bad id":  {`{` + organization + `, "ciUsers": [{"name": "x", "id": "7"}]}`, `"7"`},
		"same id": {`{` + organization + `, "ciUsers": [{"name": "x", "id": "` + nobody + `"},
			{"name": "y", "id": "` + nobody + `"}]}`, nobody},
		"same e-mail": {`{` + organization + `, "interactiveUsers": [{"name": "x", "email": "a@example.com"},
			{"name": "y", "email": "A@example.com"}]}`, "two interactive users"},
		"unknown member": {`{` + organization + `, "userGroups": [{"name": "x", "members": ["user:a@example.com"]}]}`, `group "x"`},
		"cycle":          {`{` + organization + `, "userGroups": [{"name": "x", "members": ["group:y"]}, {"name": "y", "members": ["group:x"]}]}`, "itself"},
		"no group name":  {`{` + organization + `, "userGroups": [{}]}`, "name"},
		"no slug":        {`{` + organization + `, "projects": [{"name": "x"}]}`, "slug"},
		"same slug":      {`{` + organization + `, "projects": [{"slug": "x", "name": "x"}, {"slug": "x", "name": "y"}]}`, "two projects"},
		"unknown reader": {`{` + organization + `, "projects": [{"slug": "x", "name": "x", "readers": ["group:y"]}]}`, "readers"},
		"known property": {`{` + organization + `, "projects": [{"slug": "x", "name": "x", "properties": {"readers": []}}]}`, `"readers"`},
		"same policy": {
			`{` + organization + `, "projects": [{"slug": "x", "name": "x", "signingPolicies": [{"slug": "p", "name": "p"}, {"slug": "p", "name": "p"}]}]}`,
			"two signing policies",
		},
		"no policy name": {`{` + organization + `, "projects": [{"slug": "x", "name": "x", "signingPolicies": [{"slug": "p"}]}]}`, "slug and a name"},
		"unknown approver": {`{` + organization + `, "projects": [{"slug": "x", "name": "x", "signingPolicies": [
			{"slug": "p", "name": "p", "approvers": ["user:a@example.com"]}]}]}`, "approvers"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			seed, err := mock.ParseSeed([]byte(test.seed))
			if err == nil {
				_, err = mock.New(seed)
			}
			if err == nil || !strings.Contains(err.Error(), test.text) {
				t.Errorf("error %v, want %q in it", err, test.text)
			}
		})
	}
}
