package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

const (
	userID  = "11111111-1111-4111-8111-111111111111"
	ciID    = "22222222-2222-4222-8222-222222222222"
	groupID = "33333333-3333-4333-8333-333333333333"
)

func kindsOfTest(id string) (access.Kind, bool) {
	kind, ok := map[string]access.Kind{userID: access.KindUser, ciID: access.KindCIUser, groupID: access.KindGroup}[id]
	return kind, ok
}

// documentOf describes one route with a request and, if it is not empty, an
// answer.
func documentOf(t *testing.T, method, path, request, answer string) *document {
	t.Helper()
	operation := fmt.Sprintf(`{"requestBody":{"content":{"application/json":{"schema":%s}}},"responses":{"200":{"description":"","content":{"application/json":{"schema":%s}}}}}`,
		request, answer)
	d, err := parseDocument([]byte(fmt.Sprintf(
		`{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{organizationId}%s":{%q:%s}},
		  "components":{"schemas":{"Role":{"type":"string","enum":["RegularUser"]},"Member":{"type":"object","properties":{"id":{"type":"string"}}}}}}`,
		path, method, operation)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func settledBy(t *testing.T, r route, d *document) settledRoute {
	t.Helper()
	offer := d.offer(r)
	if err := offer.refusal(); err != nil {
		t.Fatal(err)
	}
	return settledRoute{route: offer.route, assumed: r, request: offer.request, kindOf: kindsOfTest}
}

// edited is what an edit of an object, given as JSON, is to change.
func edited(t *testing.T, before string, changes object) pendingEdit {
	t.Helper()
	o, err := decodeObject([]byte(before))
	if err != nil {
		t.Fatal(err)
	}
	p := pendingEdit{before: o, wanted: maps.Clone(o), changed: map[string]bool{}}
	for name, value := range changes {
		p.wanted[name], p.changed[name] = value, true
	}
	return p
}

func TestComposeEdit(t *testing.T) {
	const policy = `{"id":"x","slug":"release","verifiesOriginPolicy":true,"verifiesTrustedBuildSystem":true,"requiredApprovals":2,` +
		`"pipelinePolicies":[{"level":"Enforce"}],"submitters":["` + ciID + `"],"approvers":["` + userID + `"]}`
	const assumed = `{"id":"x","slug":"release","verifyOriginPolicy":true,"verifyTrustedBuildSystem":true,"requiredApprovals":2,` +
		`"pipelinePolicies":[{"level":"Enforce"}],"submitters":["` + ciID + `"],"approvers":["` + userID + `","` + groupID + `"]}`
	wanted := object{"approvers": encodeMembers([]string{userID, groupID})}
	tests := map[string]struct {
		before  string
		changes object
		// request is the schema of the server's document; empty for none.
		request string
		want    string
	}{
		"no document": {policy, wanted, "", assumed},
		"old names go with the old names": {
			`{"verifiesOrigin":true,"approvers":[]}`,
			object{"approvers": encodeMembers([]string{userID})},
			"",
			`{"verifyOrigin":true,"approvers":["` + userID + `"]}`,
		},
		"lists per kind are answered as they came": {
			`{"approvers":{"interactiveUsers":["` + userID + `"],"userGroups":[]},"submitters":{"ciUsers":["` + ciID + `"]}}`, wanted, "",
			`{"approvers":{"interactiveUsers":["` + userID + `"],"userGroups":["` + groupID + `"]},"submitters":{"ciUsers":["` + ciID + `"]}}`,
		},
		"the document has other names": {
			policy, wanted,
			`{"properties":{"approverIds":{"type":"array","items":{"type":"string"}},"submitterIds":{"type":"array","items":{"type":"string"}},
			  "verifyOrigin":{"type":"boolean"},"requireTrustedBuildSystem":{"type":"boolean"},"numberOfRequiredApprovals":{"type":"integer"}}}`,
			`{"id":"x","slug":"release","verifyOrigin":true,"requireTrustedBuildSystem":true,"numberOfRequiredApprovals":2,` +
				`"pipelinePolicies":[{"level":"Enforce"}],"submitterIds":["` + ciID + `"],"approverIds":["` + userID + `","` + groupID + `"]}`,
		},
		"the document has objects": {
			`{"submitters":["` + ciID + `"],"approvers":["` + userID + `"]}`, wanted,
			`{"properties":{"approvers":{"type":"array","items":{"$ref":"#/components/schemas/Member"}},"submitters":{"type":"array","items":{"type":"string"}}}}`,
			`{"submitters":["` + ciID + `"],"approvers":[{"id":"` + userID + `"},{"id":"` + groupID + `"}]}`,
		},
		"the document has lists per kind": {
			`{"submitters":["` + ciID + `"],"approvers":["` + userID + `"]}`, wanted,
			`{"properties":{"approvers":{"type":"object","properties":{"users":{"type":"array"},"ciUsers":{"type":"array"},"groups":{"type":"array"}}},
			  "submitters":{"allOf":[{"type":"object","properties":{"ciUserIds":{"type":"array"}}}],"nullable":true}}}`,
			`{"submitters":{"ciUserIds":["` + ciID + `"]},"approvers":{"users":["` + userID + `"],"ciUsers":[],"groups":["` + groupID + `"]}}`,
		},
		"two answers for one name": {
			`{"name":"a","displayName":"b","description":"c"}`,
			object{"name": json.RawMessage(`"n"`)},
			`{"properties":{"name":{"type":"string"}}}`,
			`{"name":"n","displayName":"b","description":"c"}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			settled := settledRoute{route: routePolicyEdit, assumed: routePolicyEdit, kindOf: kindsOfTest}
			if test.request != "" {
				settled = settledBy(t, routePolicyEdit, documentOf(t, "post", "/Projects/{p}/SigningPolicies/{s}/Edit", test.request, "{}"))
			}
			request, err := composeEdit(settled, edited(t, test.before, test.changes))
			if err != nil {
				t.Fatal(err)
			}
			if got := mustMarshal(request); !sameJSON(got, json.RawMessage(test.want)) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestDocumentWithoutPlaceForAWrite(t *testing.T) {
	const properties = `{"properties":{"approverCount":{"type":"integer"},"submitters":{"type":"array"}}}`
	change := object{"approvers": encodeMembers([]string{userID})}
	settled := settledBy(t, routePolicyEdit, documentOf(t, "post", "/Projects/{p}/SigningPolicies/{s}/Edit", properties, "{}"))
	_, err := composeEdit(settled, edited(t, `{"approvers":[]}`, change))
	expectContractError(t, err, `POST /Projects/{project}/SigningPolicies/{policy}/Edit was not sent`,
		`does not have the property "approvers" there (looked for approvers, approverIds)`, "It offers approverCount, submitters")

	_, err = composeEdit(settled, edited(t, `{"submitters":[],"approvers":[]}`, object{"submitters": encodeMembers([]string{userID})}))
	if err != nil {
		t.Errorf("a list that is not changed stops the edit of another: %v", err)
	}

	demanding := documentOf(t, "post", "/Projects/{p}/SigningPolicies/{s}/Edit", `{"required":["ticket"],"properties":{"ticket":{"type":"string"},"approvers":{"type":"array"}}}`, "{}")
	err = settledBy(t, routePolicyEdit, demanding).requireFilled(object{"approvers": nil})
	expectContractError(t, err, `demands the property "ticket"`, "Its request has approvers")
}

func TestOfferedRoutes(t *testing.T) {
	ciUsers := routesOf[access.KindCIUser]
	tests := []struct {
		assumed      route
		method, path string
		want         string // The route that is used; empty for a refusal.
	}{
		{ciUsers.activate, "post", "/CIUsers/{id}/Activate", "POST /CIUsers/{id}/Activate"},
		{ciUsers.activate, "post", "/ciUsers/{userId}/enable", "POST /CIUsers/{id}/Enable"},
		{ciUsers.activate, "put", "/CIUsers/{id}/Activate", "PUT /CIUsers/{id}/Activate"},
		{ciUsers.activate, "post", "/CIUsers/{id}/Wake", ""},
		{ciUsers.activate, "get", "/CIUsers/{id}/Activate", ""},
		{ciUsers.edit, "post", "/CIUsers/{id}", "POST /CIUsers/{id}"},
		{ciUsers.edit, "patch", "/CIUsers/{id}", "PATCH /CIUsers/{id}"},
		{ciUsers.create, "post", "/CIUsers/Create", "POST /CIUsers/Create"},
		{ciUsers.create, "post", "/UserGroups", ""},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			offer := documentOf(t, test.method, test.path, "{}", "{}").offer(test.assumed)
			if offer.found != (test.want != "") {
				t.Fatalf("found %t", offer.found)
			}
			if offer.found && offer.route.String() != test.want {
				t.Errorf("got %s, want %s", offer.route, test.want)
			}
			if !offer.found {
				expectContractError(t, offer.refusal(), test.assumed.String()+" was not sent", "does not have this route (looked for "+test.assumed.String())
			}
		})
	}
	near := documentOf(t, "post", "/CIUsers/{id}/Wake", "{}", "{}").offer(ciUsers.activate)
	expectContractError(t, near.refusal(), "It offers POST /CIUsers/{id}/Wake")
}

// A new token under a name that nobody knows would be lost, and the old one is
// gone by then.
func TestTokenMustHaveAKnownName(t *testing.T) {
	r := routesOf[access.KindCIUser].regenerateToken
	const path = "/CIUsers/{id}/RegenerateApiToken"
	if err := documentOf(t, "post", path, "{}", `{"properties":{"token":{"type":"string"}}}`).offer(r).refusal(); err != nil {
		t.Error(err)
	}
	if err := documentOf(t, "post", path, "{}", `{}`).offer(r).refusal(); err != nil {
		t.Errorf("a document that does not describe the answer contradicts nothing: %v", err)
	}
	err := documentOf(t, "post", path, "{}", `{"properties":{"credential":{"type":"string"}}}`).offer(r).refusal()
	expectContractError(t, err, `does not have the property "apiToken"`, "It offers credential")
}

func TestUnusableDocuments(t *testing.T) {
	for name, text := range map[string]string{
		"empty":           ``,
		"HTML":            `<html><body>Sign in</body></html>`,
		"other JSON":      `{"title":"not found"}`,
		"Swagger 2":       `{"swagger":"2.0","info":{"title":"t","version":"1"},"paths":{"/v1/{o}/CIUsers":{"post":{"responses":{}}}}}`,
		"no organization": `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/Meta/SystemInfo":{"get":{"responses":{}}}}}`,
		"reference away":  `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{o}/CIUsers":{"$ref":"http://127.0.0.1:9/other.json"}}}`,
	} {
		if d, err := parseDocument([]byte(text)); err == nil {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// The table of candidates must not have a name for two things of one request.
// A preview is not in every document, and one of the same path in v1 is another route.
func TestPreviewInADocument(t *testing.T) {
	const body = `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{o}/CIUsers":{"get":{"responses":{}}},"/%s/{o}/AuditLog/Events":{"get":{"responses":{}}}}}`
	for version, want := range map[string]ContractState{"v1": ContractMissing, "v1-pre": ContractMatches} {
		lines, err := CompareContract(fmt.Appendf(nil, body, version))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(lines, func(line ContractLine) bool { return line.Route == routeAuditEvents.String() })
		if lines[i].State != want || !lines[i].Optional {
			t.Errorf("%s: got %+v", version, lines[i])
		}
	}
}

func TestCandidatesAreDistinct(t *testing.T) {
	for _, writes := range writeRoutes() {
		owners := map[string]string{}
		for _, p := range writes.request {
			for _, name := range append(p.requestNames(), p.answerNames()...) {
				if owner, taken := owners[name]; taken && owner != p.name {
					t.Errorf("%s: %q is a candidate for %s and %s", writes.route, name, owner, p.name)
				}
				owners[name] = p.name
			}
		}
	}
	for name := range otherSpellings {
		if !slices.Contains(comparedNames(), name) {
			t.Errorf("%q is no property of any route", name)
		}
	}
}

// comparedNames are the properties that are looked for in answers and requests.
func comparedNames() []string {
	// Those of audit events are deeper in the answer than a comparison looks.
	names := []string{propEventActor.name, propChangeBefore.name, propChangeAfter.name}
	for _, reads := range readRoutes() {
		for _, p := range reads.answer {
			names = append(names, p.name)
		}
	}
	for _, writes := range writeRoutes() {
		for _, p := range slices.Concat(writes.request, writes.answer) {
			names = append(names, p.name)
		}
	}
	return names
}

func expectContractError(t *testing.T, err error, phrases ...string) {
	t.Helper()
	var refused *ContractError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	for _, phrase := range phrases {
		if !strings.Contains(err.Error(), phrase) {
			t.Errorf("%q is not in: %v", phrase, err)
		}
	}
}
