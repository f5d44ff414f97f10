package mock_test

import (
	"net/http"
	"testing"
)

func TestReadSigningPolicy(t *testing.T) {
	c := startDemo(t)
	link := c.root + "/Api/v1/" + demoOrganization + releaseSigning
	equal(t, "policy", c.get(releaseSigning).ok().object(), map[string]any{
		"id":                         c.id("policy:project-a/release-signing"),
		"link":                       link,
		"slug":                       "release-signing",
		"name":                       "Release signing",
		"description":                nil,
		"purpose":                    "Release",
		"isActive":                   true,
		"certificateLink":            link + "/Certificate",
		"submitters":                 []string{},
		"approvers":                  []string{},
		"usesApprovalProcess":        true,
		"requiredApprovals":          2,
		"verifiesTrustedBuildSystem": true,
		"verifiesOriginPolicy":       true,
		"originPolicyVerification":   map[string]any{"allowedBranchNames": []string{"main", "release/*"}},
		"disableMalwareScanning":     false,
		"pipelinePolicies":           []any{map[string]any{"slug": "hardened-builds", "level": "Enforce"}},
	})
	c.get("/Projects/project-a/SigningPolicies/nowhere").refused(http.StatusForbidden, "-", "nowhere")
	c.get("/Projects/nowhere/SigningPolicies/release-signing").refused(http.StatusForbidden, "-", "nowhere")
}

func TestCarefulEditLosesNothing(t *testing.T) {
	c := startDemo(t)
	before := c.get(releaseSigning).ok().object()
	approvers := []any{
		c.id("user:security.officer@example.com"),
		map[string]any{"id": c.id("group:Release Managers"), "name": "ignored"},
		c.id("user:security.officer@example.com"),
	}
	c.editWith(releaseSigning, map[string]any{
		"approvers": approvers, "DisableMalwareScanning": true, "isActive": false, "certificateLink": "x", "unheardOf": 1,
	}).ok()
	expectMembers(c, "policy:project-a/release-signing", "approvers", "group:Release Managers", "user:security.officer@example.com")
	after := c.get(releaseSigning).ok().object()
	before["approvers"] = c.ids("user:security.officer@example.com", "group:Release Managers")
	before["disableMalwareScanning"] = after["disableMalwareScanning"]
	equal(t, "policy", after, before)
}

func TestEditReplacesTheSigningPolicy(t *testing.T) {
	c := startDemo(t)
	c.editWith(releaseSigning, map[string]any{"approvers": c.ids("user:security.officer@example.com")}).ok()
	// A careless client sends the names of the answer, which an Edit does not know.
	c.post(releaseSigning+"/Edit", map[string]any{
		"name": "Release signing", "usesApprovalProcess": true, "verifiesTrustedBuildSystem": true, "verifiesOriginPolicy": true,
	}).ok()
	bare := c.get(releaseSigning).ok().object()
	for name, want := range map[string]any{
		"purpose": nil, "submitters": []any{}, "approvers": []any{}, "usesApprovalProcess": false, "requiredApprovals": 0,
		"verifiesTrustedBuildSystem": false, "verifiesOriginPolicy": false, "originPolicyVerification": nil,
		"slug": "release-signing", "isActive": true,
	} {
		equal(t, name, bare[name], want)
	}
	for _, dropped := range []string{"disableMalwareScanning", "pipelinePolicies"} {
		if bare[dropped] != nil {
			t.Errorf("the omitted property %s is still there", dropped)
		}
	}
}

func TestSigningPolicyRules(t *testing.T) {
	officer := []string{"user:security.officer@example.com"}
	officerAndLead := []string{"user:security.officer@example.com", "user:dev.lead@example.com"}
	tests := map[string]struct {
		path           string
		changes        map[string]any
		submitters     []string
		approvers      []string
		property, text string // "" if the edit is fine
	}{
		"CI submitter with verification":             {path: releaseSigning, submitters: []string{"ci_user:terraform"}},
		"group submitter with verification":          {path: releaseSigning, submitters: []string{"group:Release Managers"}},
		"interactive submitter with verification":    {path: releaseSigning, submitters: officer, property: "Submitters", text: "'Security Officer'"},
		"interactive submitter without verification": {path: releaseSigningB, submitters: officer},
		"switching verification on over an interactive submitter": {
			path: releaseSigningB, submitters: officer,
			changes: map[string]any{"verifyTrustedBuildSystem": true}, property: "Submitters", text: "'Security Officer'",
		},
		"origin without build system verification": {
			path: releaseSigning, changes: map[string]any{"verifyTrustedBuildSystem": false},
			property: "VerifyOriginPolicy", text: "requires trusted build system",
		},
		"build system without origin verification": {path: releaseSigning, changes: map[string]any{"verifyOriginPolicy": false}},
		"approval process without approvals": {
			path: releaseSigning, changes: map[string]any{"requiredApprovals": 0}, property: "RequiredApprovals", text: "at least one",
		},
		"negative approvals without approval process": {
			path: testSigningB, changes: map[string]any{"requiredApprovals": -1}, property: "RequiredApprovals", text: "at least one",
		},
		"no approvers":                {path: releaseSigning, changes: map[string]any{"approvers": []string{}}},
		"fewer approvers than needed": {path: releaseSigning, approvers: officer},
		"raised above the approvers": {
			path: releaseSigning, approvers: officerAndLead, changes: map[string]any{"requiredApprovals": 3},
			property: "RequiredApprovals", text: "3 required approvals, but only 2",
		},
		"raised to the approvers": {path: releaseSigningB, approvers: officerAndLead, changes: map[string]any{"requiredApprovals": 2}},
		"raised with a group": {
			path: releaseSigning, approvers: []string{"group:Release Managers"}, changes: map[string]any{"requiredApprovals": 3},
		},
		"unknown approver": {path: releaseSigning, changes: map[string]any{"approvers": []string{nobody}}, property: "Approvers", text: nobody},
		"unknown purpose":  {path: releaseSigning, changes: map[string]any{"purpose": "Fun"}, property: "Purpose", text: "'Fun'"},
		"no name":          {path: releaseSigning, changes: map[string]any{"name": " "}, property: "Name", text: "required"},
		"origin policy text": {
			path: releaseSigning, changes: map[string]any{"originPolicyVerification": "main"}, property: "OriginPolicyVerification",
			text: "object",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := startDemo(t)
			changes := map[string]any{}
			for property, references := range map[string][]string{"submitters": test.submitters, "approvers": test.approvers} {
				if references != nil {
					changes[property] = c.ids(references...)
				}
			}
			for property, value := range test.changes {
				changes[property] = value
			}
			before := c.server.Snapshot()
			answer := c.editWith(test.path, changes)
			if test.property == "" {
				answer.ok()
				return
			}
			answer.refused(http.StatusBadRequest, test.property, test.text)
			equal(t, "state", c.server.Snapshot(), before)
		})
	}
}
