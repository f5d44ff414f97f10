package api

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// FuzzLosslessEdit: whatever JSON object the server answers, the request of an
// edit has each of its properties with the same value, but for the one that is
// to change.
func FuzzLosslessEdit(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"description":"old","purpose":"Release"}`, `{"description":null,"a":[1,{"b":"\u003c"}],"n":1e400}`,
		`{"verifiesOriginPolicy":true,"verifiesTrustedBuildSystem":false,"usesApprovalProcess":true}`,
		`{"verifiesOrigin":true,"originPolicyVerification":{"allowedBranchNames":["main"]}}`,
		`{"name":"a","displayName":"b","verifyOriginPolicy":1,"verifiesOriginPolicy":2}`,
		`{"approvers":["` + userID + `"],"submitters":{"ciUsers":[]},"unknown":12345678901234567890}`,
	} {
		f.Add([]byte(seed), "new")
	}
	f.Fuzz(func(t *testing.T, body []byte, value string) {
		before, err := decodeObject(body)
		if err != nil {
			return
		}
		e := &editor{}
		wanted, changed, err := e.wanted(before, []*change{{mutations: []mutation{setValue(propDescription, value)}}})
		if err != nil {
			t.Fatal(err)
		}
		request, err := composeEdit(settledRoute{kindOf: kindsOfTest}, pendingEdit{before: before, wanted: wanted, changed: changed})
		if err != nil {
			t.Fatal(err)
		}
		sent := sentAs(t, request)
		if !sameJSON(sent[propDescription.name], mustMarshal(value)) {
			t.Errorf("description is %s, want %q", sent[propDescription.name], value)
		}
		names := namesInRequest(before)
		for answered, value := range before {
			if answered == propDescription.name {
				continue
			}
			if name := names[answered]; name != "" && !bytes.Equal(compact(t, sent[name]), compact(t, value)) {
				t.Errorf("%q was %s and is sent as %q: %s", answered, value, name, sent[name])
			}
		}
	})
}

// namesInRequest spells out what composeEdit has to do without a document: the
// documented and the assumed request names, and everything else as it came. A
// property whose name another takes is left out.
func namesInRequest(before object) map[string]string {
	other := map[string]string{
		"verifiesOriginPolicy": "verifyOriginPolicy", "verifiesOrigin": "verifyOrigin",
		"verifiesTrustedBuildSystem": "verifyTrustedBuildSystem", "requiresTrustedBuildSystem": "requireTrustedBuildSystem",
		"usesApprovalProcess": "useApprovalProcess", "requiresApproval": "requireApproval",
	}
	if _, old := before["verifiesOrigin"]; old {
		other["originPolicyVerification"] = "originVerification"
	}
	names, takers := map[string]string{}, map[string]int{}
	for answered := range before {
		names[answered] = answered
		if renamed := other[answered]; renamed != "" {
			// Only the likeliest spelling of a setting is taken for it.
			if p := propertiesByAnswer[answered]; before.key(p) == answered {
				names[answered] = renamed
			}
		}
		takers[names[answered]]++
	}
	maps.DeleteFunc(names, func(_, name string) bool { return takers[name] > 1 })
	return names
}

// sentAs is the request as the server reads it.
func sentAs(t *testing.T, request object) object {
	t.Helper()
	var body []byte
	client, err := New(Config{OrganizationID: userID, Config: httpapi.Config{Token: "t", Transport: transport(func(r *http.Request) *http.Response {
		body, _ = io.ReadAll(r.Body)
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}
	})}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := client.call(t.Context(), routeProjectEdit, []string{"a"}, request); err != nil {
		t.Fatal(err)
	}
	sent, err := decodeObject(body)
	if err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return sent
}

// A transport answers in place of a server.
type transport func(*http.Request) *http.Response

func (answer transport) RoundTrip(r *http.Request) (*http.Response, error) { return answer(r), nil }

func compact(t *testing.T, raw json.RawMessage) []byte {
	t.Helper()
	var text bytes.Buffer
	if err := json.Compact(&text, raw); err != nil {
		t.Fatalf("%v: %q", err, raw)
	}
	return text.Bytes()
}

// FuzzDecodeList: a list is either understood whole, or refused.
func FuzzDecodeList(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{"id":"a"}]`, `{"ciUsers":[{"id":"a"}]}`, `{"items":[],"nextLink":"x"}`, `[null]`, `null`, ``, `{"a":null}`, `[{"a":1}`, ` [ { } ] `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := decodeList(body)
		if err != nil {
			return
		}
		var bare []json.RawMessage
		if json.Unmarshal(body, &bare) != nil {
			var wrapped map[string][]json.RawMessage
			if err := json.Unmarshal(body, &wrapped); err != nil || len(wrapped) != 1 {
				t.Fatalf("taken for a list: %q", body)
			}
			for _, items := range wrapped {
				bare = items
			}
		}
		if len(list) != len(bare) {
			t.Errorf("%d items of %d: %q", len(list), len(bare), body)
		}
	})
}

// FuzzDecodeMembers: what is read as a list of members is the same list when it
// is written and read again.
func FuzzDecodeMembers(f *testing.F) {
	for _, seed := range []string{
		`[]`, `null`, `["` + userID + `"]`, `[{"id":"` + strings.ToUpper(ciID) + `"}]`, `{"interactiveUsers":["` + userID + `"],"userGroups":[]}`,
		`{}`, `[""]`, `[{}]`, `[{"link":"https://example.com/v1/` + groupID + `"}]`, `{"users":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		ids, err := decodeMembers(body)
		if err != nil {
			return
		}
		again, err := decodeMembers(encodeMembers(ids))
		if err != nil || !slices.Equal(ids, again) {
			t.Errorf("%q became %q, %v", ids, again, err)
		}
		if !slices.IsSorted(ids) {
			t.Errorf("not sorted: %q", ids)
		}
	})
}

// FuzzProblem: whatever an error's body is, the message is short, valid text,
// and the token that a server echoes is not in it.
func FuzzProblem(f *testing.F) {
	const token = "s3cret/t0ken+of=tests"
	for _, seed := range []string{
		``, `busy`, `<html>Bad gateway</html>`, `{"title":"Forbidden","status":403,"detail":"No.","traceId":"00-1"}`,
		`{"errors":{"Name":["is taken"],"":["object"]},"title":"One or more validation errors occurred."}`,
		`{"errors":{"Name":"text"}}`, `{"title":7}`, `Bearer ` + token, `{"detail":"Bearer s3cret\/t0ken\u002bof=tests"}`, "\xff\xfe",
	} {
		f.Add("application/problem+json", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		c, err := New(Config{OrganizationID: userID, Config: httpapi.Config{Token: token, Transport: transport(func(*http.Request) *http.Response {
			return &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(bytes.NewReader(body))}
		})}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Projects(t.Context())
		message := err.Error()
		if strings.Contains(message, token) {
			t.Errorf("the token is in %q", message)
		}
		if len(message) > 16<<10 {
			t.Errorf("the message has %d bytes", len(message))
		}
	})
}

// FuzzDocument: no document of a server makes the client fail in another way
// than by refusing it.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{
		`{}`, `<html>`, `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{o}/CIUsers":{"post":{"responses":{}}}}}`,
		`{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{o}/CIUsers":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/A"}}}},"responses":{}}}},"components":{"schemas":{"A":{"type":"object","properties":{"a":{"$ref":"#/components/schemas/A"}}}}}}`,
		`{"openapi":"3.1.0","paths":{"/v1/{o}/CIUsers":null}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := parseDocument(body)
		if err != nil {
			return
		}
		for _, writes := range writeRoutes() {
			offer := d.offer(writes.route)
			if err := offer.refusal(); err == nil && foldRoute(offer.route.method, offer.route.path) == "" {
				t.Errorf("nothing is offered for %s", writes.route)
			}
		}
	})
}

// FuzzToken: an error about the answer to a regeneration never quotes it.
func FuzzToken(f *testing.F) {
	for _, seed := range []string{`{"apiToken":"abc"}`, `{"token":"x"}`, `{"secret":"0123456789012345678901234567890123456789"}`, `"abc"`, `{"abcdefghijklmnopqrstuvwxyzabcdefghij":1}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		token, err := decodeToken(body)
		if err == nil {
			if token == "" || strings.ContainsFunc(token, isNoPartOfToken) {
				t.Errorf("%q is no token", token)
			}
			return
		}
		o, _ := decodeObject(body)
		for _, value := range o {
			if secret := text(value); len(secret) > 8 && strings.Contains(err.Error(), secret) && !slices.Contains(propAPIToken.answerNames(), secret) {
				t.Errorf("%q is in %v", secret, err)
			}
		}
	})
}
