package contract

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// What an edit of a signing policy takes, and what an answer has, in most cases.
const (
	listOfIDs = `{"type":"array","items":{"type":"string","format":"uuid"}}`
	lists     = `"submitters":` + listOfIDs + `,"approvers":` + listOfIDs
)

// documentOfPolicies describes how signing policies are read and edited.
func documentOfPolicies(t *testing.T, request, answer string, further ...described) document {
	t.Helper()
	const path = "/Projects/{p}/SigningPolicies/{s}"
	return documentOf(t, append(further, described{"get", path, "", answer}, described{"post", path + "/Edit", request, "{}"})...)
}

func TestComposeEdit(t *testing.T) {
	const settings = `"id":"x","slug":"release","verifiesOriginPolicy":true,"verifiesTrustedBuildSystem":true,"usesApprovalProcess":true,"requiredApprovals":2,` +
		`"originPolicyVerification":{"allowedBranchNames":["main"]},"pipelinePolicies":[{"level":"Enforce"}]`
	const policy = `{` + settings + `,"submitters":["` + ciID + `"],"approvers":["` + userID + `"]}`
	const assumed = `{"id":"x","slug":"release","verifyOriginPolicy":true,"verifyTrustedBuildSystem":true,"useApprovalProcess":true,"requiredApprovals":2,` +
		`"originPolicyVerification":{"allowedBranchNames":["main"]},"pipelinePolicies":[{"level":"Enforce"}],` +
		`"submitters":["` + ciID + `"],"approvers":["` + userID + `","` + groupID + `"]}`
	const perKind = "members: {answer: {form: per_kind, user: interactiveUsers, ci_user: ciUsers, group: userGroups}}"
	wanted := Object{"approvers": EncodeMembers([]string{userID, groupID})}
	tests := map[string]struct {
		before  string
		changes Object
		// request is the schema of the server's document; empty for none.
		request string
		want    string
		// file is that of the mapping; empty for none.
		file string
	}{
		"no document": {policy, wanted, "", assumed, ""},
		"old names go with the old names": {
			strings.NewReplacer("verifiesOriginPolicy", "verifiesOrigin").Replace(policy), wanted, "",
			strings.NewReplacer("verifyOriginPolicy", "verifyOrigin", "originPolicyVerification", "originVerification").Replace(assumed),
			`signing_policy: {answer: {verifies_origin_policy: verifiesOrigin}, edit: {body:
			  {verifyOrigin: =verifies_origin_policy, originVerification: =origin_policy_verification}}}`,
		},
		"lists per kind are answered as they came": {
			`{` + settings + `,"approvers":{"interactiveUsers":["` + userID + `"],"ciUsers":[],"userGroups":[]},` +
				`"submitters":{"interactiveUsers":[],"ciUsers":["` + ciID + `"],"userGroups":[]}}`, wanted, "",
			strings.NewReplacer(
				`"approvers":["`+userID+`","`+groupID+`"]`, `"approvers":{"interactiveUsers":["`+userID+`"],"ciUsers":[],"userGroups":["`+groupID+`"]}`,
				`"submitters":["`+ciID+`"]`, `"submitters":{"interactiveUsers":[],"ciUsers":["`+ciID+`"],"userGroups":[]}`,
			).Replace(assumed),
			perKind,
		},
		"the document has other names": {
			policy, wanted,
			`{"properties":{"approverIds":` + listOfIDs + `,"submitterIds":` + listOfIDs + `,
			  "verifyOrigin":{"type":"boolean"},"originVerification":{"type":"object"},"requireTrustedBuildSystem":{"type":"boolean"},
			  "requireApproval":{"type":"boolean"},"numberOfRequiredApprovals":{"type":"integer"},"pipelinePolicies":{"type":"array"}}}`,
			`{"verifyOrigin":true,"originVerification":{"allowedBranchNames":["main"]},"requireTrustedBuildSystem":true,"requireApproval":true,` +
				`"numberOfRequiredApprovals":2,"pipelinePolicies":[{"level":"Enforce"}],` +
				`"submitterIds":["` + ciID + `"],"approverIds":["` + userID + `","` + groupID + `"]}`,
			`signing_policy: {edit: {body: {approverIds: =approvers, submitterIds: =submitters, verifyOrigin: =verifies_origin_policy,
			  originVerification: =origin_policy_verification, requireTrustedBuildSystem: =verifies_trusted_build_system,
			  requireApproval: =uses_approval_process, numberOfRequiredApprovals: =required_approvals}}}`,
		},
		"the document has objects": {
			`{"submitters":["` + ciID + `"],"approvers":["` + userID + `"]}`, wanted,
			`{"properties":{"approvers":{"type":"array","items":{"$ref":"#/components/schemas/Member"}},"submitters":{"type":"array","items":{"type":"string"}}}}`,
			`{"submitters":["` + ciID + `"],"approvers":[{"id":"` + userID + `"},{"id":"` + groupID + `"}]}`,
			`signing_policy: {edit: {body: {approvers: {from: =approvers, members: {form: objects}}}}}`,
		},
		"the document has lists per kind": {
			`{"submitters":["` + ciID + `"],"approvers":["` + userID + `"]}`, wanted,
			`{"properties":{"approvers":{"type":"object","properties":{"users":{"type":"array"},"ciUsers":{"type":"array"},"groups":{"type":"array"}}},
			  "submitters":{"allOf":[{"type":"object","properties":{"ciUserIds":{"type":"array"}}}],"nullable":true}}}`,
			`{"submitters":{"ciUserIds":["` + ciID + `"]},"approvers":{"users":["` + userID + `"],"ciUsers":[],"groups":["` + groupID + `"]}}`,
			`signing_policy: {edit: {body: {approvers: {from: =approvers, members: {form: per_kind, user: users, ci_user: ciUsers, group: groups}},
			  submitters: {from: =submitters, members: {form: per_kind, ci_user: ciUserIds}}}}}`,
		},
		"what is empty needs no place": {
			`{"description":null,"labels":[],"approvers":[]}`,
			Object{"approvers": EncodeMembers([]string{userID})},
			`{"properties":{"approvers":` + listOfIDs + `}}`, `{"approvers":["` + userID + `"]}`, "",
		},
		"ids, links and times need none": {
			`{"id":"x","slug":"release","link":"l","certificateLink":"l","isActive":true,"status":"Valid","createdAt":"2026-01-01","approvers":[]}`,
			Object{"approvers": EncodeMembers([]string{userID})},
			`{"properties":{"approvers":` + listOfIDs + `}}`, `{"approvers":["` + userID + `"]}`, "",
		},
		"a request that takes anything": {
			`{"flavour":"sweet","approvers":[]}`,
			Object{"approvers": EncodeMembers([]string{userID})},
			`{"properties":{"approvers":` + listOfIDs + `},"additionalProperties":true}`, `{"flavour":"sweet","approvers":["` + userID + `"]}`, "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var d document
			if test.request != "" {
				d = documentOfPolicies(t, test.request, "{}")
			}
			n := by(t, d, test.file)
			settled, err := n.Settle(RoutePolicyEdit, principalsOfTest)
			if err != nil {
				t.Fatal(err)
			}
			request, err := settled.ComposeEdit(editedBy(t, n.mapping, RoutePolicy, test.before, test.changes))
			if err != nil {
				t.Fatal(err)
			}
			if !SameJSON(request, json.RawMessage(test.want)) {
				t.Errorf("got  %s\nwant %s", request, test.want)
			}
		})
	}
}

// An edit that could lose something is not sent.
func TestEditThatWouldLoseSomething(t *testing.T) {
	const nullable = `{"type":"string","nullable":true}`
	tests := map[string]struct {
		// request and answer are the properties of the server's document; empty for none.
		request, answer, before string
		refusal                 string
	}{
		"it takes what no answer has": {
			lists + `,"disableMalwareScanning":{"type":"boolean"}`, lists, `{"submitters":[],"approvers":[]}`,
			`it takes the property "disableMalwareScanning", and the answer of GET /Projects/{project}/SigningPolicies/{policy} does not say what that is now`,
		},
		"it takes another name than the answer has": {
			lists + `,"setPurpose":` + nullable, lists + `,"purpose":` + nullable, `{"submitters":[],"approvers":[],"purpose":"Release"}`,
			`no place in it for the property "purpose"`,
		},
		"the answer has what it does not take": {
			lists, lists + `,"purpose":` + nullable, `{"submitters":[],"approvers":[],"purpose":"Release"}`,
			`no place in it for the property "purpose"`,
		},
		"what is to be changed has no place": {
			`"submitters":` + listOfIDs, lists, `{"submitters":[],"approvers":[]}`,
			`does not have the property "approvers" there (looked for approvers). It offers submitters`,
		},
		"another property of a known name": {
			`"approvers":` + listOfIDs + `,"name":{"type":"string"}`, "", `{"name":"a","displayName":"b","approvers":[]}`,
			`no place in it for the property "displayName"`,
		},
		"left out because it is null": {lists + `,"purpose":` + nullable, lists + `,"purpose":` + nullable, `{"submitters":[],"approvers":[]}`, ""},
		"null is written, so it is left out for another reason": {
			lists + `,"purpose":` + nullable, lists + `,"purpose":` + nullable, `{"submitters":[],"approvers":[],"description":null}`, `it takes the property "purpose"`,
		},
		"cannot be null": {
			lists + `,"useApprovalProcess":{"type":"boolean"}`, lists + `,"usesApprovalProcess":{"type":"boolean"}`, `{"submitters":[],"approvers":[]}`,
			`it takes the property "useApprovalProcess"`,
		},
		"nested: the request takes more": {
			lists + `,"limits":{"properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}`, lists + `,"limits":{"properties":{"a":{}}}`,
			`{"submitters":[],"approvers":[],"limits":{"a":1}}`,
			`the property "limits" as it is: by the server's own OpenAPI document, it takes b, which no answer shows`,
		},
		"nested: the answer has more": {
			lists + `,"limits":{"properties":{"a":{"type":"integer"}}}`, "", `{"submitters":[],"approvers":[],"limits":{"a":1,"b":2}}`, "it has no place for b",
		},
		"nested in a list: another type": {
			lists + `,"rules":{"type":"array","items":{"properties":{"level":{"type":"integer"}}}}`, "",
			`{"submitters":[],"approvers":[],"rules":[{"level":"Enforce"}]}`, "in an item, in level, it takes what is integer, and the value is string",
		},
		"another type": {
			lists + `,"purpose":{"type":"integer"}`, "", `{"submitters":[],"approvers":[],"purpose":"Release"}`,
			`it takes what is integer, and the value is string`,
		},
		"another value": {
			lists + `,"purpose":{"type":"string","enum":["release","test"]}`, "", `{"submitters":[],"approvers":[],"purpose":"Release"}`,
			`it takes only "release", "test", and the value is "Release"`,
		},
		"a list of members of another form": {
			`"submitters":` + listOfIDs + `,"approvers":{"type":"array","items":{"type":"object","required":["id","type"],` +
				`"properties":{"id":{"type":"string"},"type":{}}}}`,
			"", `{"submitters":[],"approvers":[]}`, `of the property "approvers" in an item, it takes what is object, and the value is string`,
		},
		"the document is of another version": {
			lists + `,"verifyOrigin":{"type":"boolean"}`, lists + `,"verifiesOrigin":{"type":"boolean"}`, `{"submitters":[],"approvers":[],"verifiesOriginPolicy":true}`,
			`does not have the property "verifyOriginPolicy" there (looked for verifyOriginPolicy). It offers approvers, submitters, verifyOrigin`,
		},
		"two names in the request for one in the answer": {
			`"approvers":` + listOfIDs + `,"requiredApprovals":{"type":"integer"},"requiredNumberOfApprovals":{"type":"integer"}`, "",
			`{"requiredApprovals":1,"approvers":[]}`, `it takes the property "requiredNumberOfApprovals"`,
		},
		"read only":              {lists, lists + `,"grade":{"type":"string","readOnly":true}`, `{"submitters":[],"approvers":[],"grade":"A"}`, ""},
		"demanded and not shown": {lists + `,"ticket":{"type":"string"}`, lists, `{"submitters":[],"approvers":[]}`, `it takes the property "ticket"`},
		"no document: a detail is not shown": {
			"", "",
			`{"submitters":[],"approvers":[],"verifiesTrustedBuildSystem":true,"verifiesOriginPolicy":true,"usesApprovalProcess":false,"requiredApprovals":0}`,
			`has no property "originPolicyVerification"`,
		},
		"no document: no detail where it is off": {
			"", "",
			`{"submitters":[],"approvers":[],"verifiesTrustedBuildSystem":true,"verifiesOriginPolicy":false,"usesApprovalProcess":false,"requiredApprovals":0}`,
			"",
		},
		"no document: a setting is not shown": {
			"", "", `{"submitters":[],"approvers":[],"verifiesTrustedBuildSystem":true,"verifiesOriginPolicy":false,"requiredApprovals":0}`,
			`has no property "usesApprovalProcess"`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var d document
			if test.request != "" {
				d = documentOfPolicies(t, `{"type":"object","properties":{`+test.request+`}}`, `{"type":"object","properties":{`+test.answer+`}}`)
			}
			change := Object{"approvers": EncodeMembers([]string{userID})}
			_, err := settledBy(t, RoutePolicyEdit, d).ComposeEdit(edited(t, test.before, change))
			switch {
			case test.refusal != "":
				expectContractError(t, err, "POST /Projects/{project}/SigningPolicies/{policy}/Edit is not sent", test.refusal)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// An error says by which other route a setting may go.
func TestEditTellsOfOtherRoutes(t *testing.T) {
	d := documentOfPolicies(t, `{"properties":{`+lists+`}}`, `{"properties":{`+lists+`,"purpose":{"type":"string"}}}`,
		described{"post", "/Projects/{p}/SigningPolicies/{s}/SetPurpose", `{"properties":{"purpose":{"type":"string"}}}`, "{}"},
		described{"post", "/CIUsers/{id}/SetPurpose", `{"properties":{"purpose":{"type":"string"}}}`, "{}"})
	_, err := settledBy(t, RoutePolicyEdit, d).ComposeEdit(edited(t, `{"submitters":[],"approvers":[],"purpose":"Release"}`, nil))
	expectContractError(t, err, "Another route takes it: POST /Projects/{p}/SigningPolicies/{s}/SetPurpose")
	if strings.Contains(err.Error(), "CIUsers") {
		t.Errorf("a route for other objects is told: %v", err)
	}
}

// A property that was null, and so not answered, is set by the name that the document has.
// One that no answer has at all is not set: nobody could see what it is.
func TestEditOfWhatTheAnswerLeavesOut(t *testing.T) {
	const name, email = `"name":{"type":"string"}`, `{"type":"string","nullable":true}`
	edit := RoutesOf[access.KindCIUser].Edit
	for property, test := range map[string]struct{ file, answer, want string }{
		"another name": {
			`ci_user: {answer: {notification_email: notificationEmail}, edit: {body: {notificationEmail: =notification_email}}}`,
			`,"notificationEmail":` + email, `{"name":"build","notificationEmail":"new@example.com"}`,
		},
		"never shown": {`ci_user: {edit: {body: {notificationEmail: =notification_email}}}`, "", ""},
	} {
		t.Run(property, func(t *testing.T) {
			d := documentOf(t,
				described{"get", edit.Edits.Path, "", `{"properties":{` + name + test.answer + `}}`},
				described{"post", edit.Path, `{"properties":{` + name + `,"notificationEmail":` + email + `}}`, "{}"})
			for _, isSummary := range []bool{false, true} {
				n := by(t, d, test.file)
				settled, err := n.Settle(edit, principalsOfTest)
				if err != nil {
					t.Fatal(err)
				}
				change := editedBy(t, n.mapping, edit.Edits, `{"name":"build"}`, Object{"notificationEmailAddress": MustMarshal("new@example.com")})
				change.IsSummary = isSummary
				request, err := settled.ComposeEdit(change)
				if test.want == "" {
					expectContractError(t, err, `it would write the property "notificationEmail"`, "does not answer it")
				} else if err != nil || !SameJSON(request, json.RawMessage(test.want)) {
					t.Errorf("%s, %v", request, err)
				}
			}
		})
	}
}

// What has routes of its own goes along only where the document has a place for it: left
// out there, it might be reset.
func TestEditOfAGroupWithItsMembers(t *testing.T) {
	edit := RoutesOf[access.KindGroup].Edit
	const members = `,"members":{"type":"array","nullable":true,"items":{"type":"string"}}`
	const answer = `{"properties":{"name":{"type":"string"},"description":{"type":"string"}` + members + `}}`
	const sent = `{"name":"A","description":"new"`
	for request, want := range map[string]string{"": sent + `}`, members: sent + `,"members":["` + userID + `"]}`} {
		for _, d := range []document{nil, documentOf(t,
			described{"get", edit.Edits.Path, "", answer},
			described{"post", edit.Path, `{"properties":{"name":{"type":"string"},"description":{"type":"string"}` + request + `}}`, "{}"},
		)} {
			change := edited(t, `{"name":"A","description":"old","members":["`+userID+`"]}`, Object{"description": MustMarshal("new")})
			change.Apart = "members"
			composed, err := settledBy(t, edit, d).ComposeEdit(change)
			if d == nil {
				want = sent + `}`
			}
			if err != nil || !SameJSON(composed, json.RawMessage(want)) {
				t.Errorf("%q: %s, %v", request, composed, err)
			}
			if d == nil {
				want = map[string]string{"": sent + `}`, members: sent + `,"members":["` + userID + `"]}`}[request]
			}
		}
	}
}
