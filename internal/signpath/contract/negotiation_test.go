package contract

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
func documentOf(t *testing.T, method, path, request, answer string) document {
	t.Helper()
	operation := fmt.Sprintf(`{"requestBody":{"content":{"application/json":{"schema":%s}}},"responses":{"200":{"description":"",`+
		`"content":{"application/json":{"schema":%s}}}}}`,
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

func settle(r *Route, d document) (Settled, error) { return Negotiation{d}.Settle(r, kindsOfTest) }

func settledBy(t *testing.T, r *Route, d document) Settled {
	t.Helper()
	settled, err := settle(r, d)
	if err != nil {
		t.Fatal(err)
	}
	return settled
}

// edited is what an edit of an object, given as JSON, is to change.
func edited(t *testing.T, before string, changes Object) Edit {
	t.Helper()
	o, err := DecodeObject([]byte(before))
	if err != nil {
		t.Fatal(err)
	}
	e := Edit{Before: o, Wanted: maps.Clone(o), Changed: map[string]bool{}}
	for name, value := range changes {
		e.Wanted[name], e.Changed[name] = value, true
	}
	return e
}

func TestComposeEdit(t *testing.T) {
	const policy = `{"id":"x","slug":"release","verifiesOriginPolicy":true,"verifiesTrustedBuildSystem":true,"requiredApprovals":2,` +
		`"pipelinePolicies":[{"level":"Enforce"}],"submitters":["` + ciID + `"],"approvers":["` + userID + `"]}`
	const assumed = `{"id":"x","slug":"release","verifyOriginPolicy":true,"verifyTrustedBuildSystem":true,"requiredApprovals":2,` +
		`"pipelinePolicies":[{"level":"Enforce"}],"submitters":["` + ciID + `"],"approvers":["` + userID + `","` + groupID + `"]}`
	wanted := Object{"approvers": EncodeMembers([]string{userID, groupID})}
	tests := map[string]struct {
		before  string
		changes Object
		// request is the schema of the server's document; empty for none.
		request string
		want    string
	}{
		"no document": {policy, wanted, "", assumed},
		"old names go with the old names": {
			`{"verifiesOrigin":true,"approvers":[]}`,
			Object{"approvers": EncodeMembers([]string{userID})},
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
			Object{"name": json.RawMessage(`"n"`)},
			`{"properties":{"name":{"type":"string"}}}`,
			`{"name":"n","displayName":"b","description":"c"}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			settled := settledBy(t, RoutePolicyEdit, nil)
			if test.request != "" {
				settled = settledBy(t, RoutePolicyEdit, documentOf(t, "post", "/Projects/{p}/SigningPolicies/{s}/Edit", test.request, "{}"))
			}
			request, err := settled.ComposeEdit(edited(t, test.before, test.changes))
			if err != nil {
				t.Fatal(err)
			}
			if got := MustMarshal(request); !SameJSON(got, json.RawMessage(test.want)) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestDocumentWithoutPlaceForAWrite(t *testing.T) {
	const properties = `{"properties":{"approverCount":{"type":"integer"},"submitters":{"type":"array"}}}`
	change := Object{"approvers": EncodeMembers([]string{userID})}
	settled := settledBy(t, RoutePolicyEdit, documentOf(t, "post", "/Projects/{p}/SigningPolicies/{s}/Edit", properties, "{}"))
	_, err := settled.ComposeEdit(edited(t, `{"approvers":[]}`, change))
	expectContractError(t, err, `POST /Projects/{project}/SigningPolicies/{policy}/Edit was not sent`,
		`does not have the property "approvers" there (looked for approvers, approverIds)`, "It offers approverCount, submitters")

	_, err = settled.ComposeEdit(edited(t, `{"submitters":[],"approvers":[]}`, Object{"submitters": EncodeMembers([]string{userID})}))
	if err != nil {
		t.Errorf("a list that is not changed stops the edit of another: %v", err)
	}

	demanding := documentOf(t, "post", "/Projects/{p}/SigningPolicies/{s}/Edit",
		`{"required":["ticket"],"properties":{"ticket":{"type":"string"},"approvers":{"type":"array"}}}`, "{}")
	_, err = settledBy(t, RoutePolicyEdit, demanding).filled(Object{"approvers": nil})
	expectContractError(t, err, `demands the property "ticket"`, "Its request has approvers")
}

func TestOfferedRoutes(t *testing.T) {
	ciUsers := RoutesOf[access.KindCIUser]
	tests := []struct {
		assumed      *Route
		method, path string
		want         string // The route that is used; empty for a refusal.
	}{
		{ciUsers.Activate, "post", "/CIUsers/{id}/Activate", "POST /CIUsers/{id}/Activate"},
		{ciUsers.Activate, "post", "/ciUsers/{userId}/enable", "POST /CIUsers/{id}/Enable"},
		{ciUsers.Activate, "put", "/CIUsers/{id}/Activate", "PUT /CIUsers/{id}/Activate"},
		{ciUsers.Activate, "post", "/CIUsers/{id}/Wake", ""},
		{ciUsers.Activate, "get", "/CIUsers/{id}/Activate", ""},
		{ciUsers.Edit, "post", "/CIUsers/{id}", "POST /CIUsers/{id}"},
		{ciUsers.Edit, "patch", "/CIUsers/{id}", "PATCH /CIUsers/{id}"},
		{ciUsers.Create, "post", "/CIUsers/Create", "POST /CIUsers/Create"},
		{ciUsers.Create, "post", "/UserGroups", ""},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			settled, err := settle(test.assumed, documentOf(t, test.method, test.path, "{}", "{}"))
			if (err == nil) != (test.want != "") {
				t.Fatal(err)
			}
			if err == nil && settled.Route.String() != test.want {
				t.Errorf("got %s, want %s", settled.Route, test.want)
			}
			if err != nil {
				expectContractError(t, err, test.assumed.String()+" was not sent", "does not have this route (looked for "+test.assumed.String())
			}
		})
	}
	_, err := settle(ciUsers.Activate, documentOf(t, "post", "/CIUsers/{id}/Wake", "{}", "{}"))
	expectContractError(t, err, "It offers POST /CIUsers/{id}/Wake")
}

// A new token under a name that nobody knows would be lost, and the old one is
// gone by then.
func TestTokenMustHaveAKnownName(t *testing.T) {
	r := RoutesOf[access.KindCIUser].RegenerateToken
	const path = "/CIUsers/{id}/RegenerateApiToken"
	if _, err := settle(r, documentOf(t, "post", path, "{}", `{"properties":{"token":{"type":"string"}}}`)); err != nil {
		t.Error(err)
	}
	if _, err := settle(r, documentOf(t, "post", path, "{}", `{}`)); err != nil {
		t.Errorf("a document that does not describe the answer contradicts nothing: %v", err)
	}
	_, err := settle(r, documentOf(t, "post", path, "{}", `{"properties":{"credential":{"type":"string"}}}`))
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

// A preview is not in every document, and one of the same path in v1 is another route.
func TestPreviewInADocument(t *testing.T) {
	const body = `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{o}/CIUsers":{"get":{"responses":{}}},` +
		`"/%s/{o}/AuditLog/Events":{"get":{"responses":{}}}}}`
	for version, want := range map[string]State{"v1": Missing, "v1-pre": Matches} {
		lines, err := Compare(fmt.Appendf(nil, body, version))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(lines, func(line Line) bool { return line.Route == RouteAuditEvents.String() })
		if lines[i].State != want || !lines[i].Optional {
			t.Errorf("%s: got %+v", version, lines[i])
		}
	}
}

// The table of candidates must not have a name for two things of one request.
func TestCandidatesAreDistinct(t *testing.T) {
	// Those of audit events are deeper in the answer than a comparison looks.
	compared := []Property{PropEventActor, PropChangeBefore, PropChangeAfter}
	for _, r := range Routes() {
		owners := map[string]Property{}
		for _, p := range r.Request {
			for _, name := range append(p.requestNames(), p.AnswerNames()...) {
				if owner, taken := owners[name]; taken && owner != p {
					t.Errorf("%s: %q is a candidate for %s and %s", r, name, owner, p)
				}
				owners[name] = p
			}
		}
		compared = slices.Concat(compared, r.Request, r.Answer)
	}
	for p := range otherSpellings {
		if !slices.Contains(compared, p) {
			t.Errorf("%q is no property of any route", p)
		}
	}
}

func expectContractError(t *testing.T, err error, phrases ...string) {
	t.Helper()
	var refused *Error
	if !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	for _, phrase := range phrases {
		if !strings.Contains(err.Error(), phrase) {
			t.Errorf("%q is not in: %v", phrase, err)
		}
	}
}
