package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

const (
	userID  = "11111111-1111-4111-8111-111111111111"
	ciID    = "22222222-2222-4222-8222-222222222222"
	groupID = "33333333-3333-4333-8333-333333333333"
)

// FuzzLosslessEdit: whatever JSON object the server answers, an edit is refused, or
// its request has each of its properties with the same value, but for the one that is
// to change.
func FuzzLosslessEdit(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"description":"old","purpose":"Release"}`, `{"description":null,"a":[1,{"b":"\u003c"}],"n":1e400}`,
		`{"verifiesOriginPolicy":true,"originPolicyVerification":{},"verifiesTrustedBuildSystem":false,"usesApprovalProcess":true,"requiredApprovals":1,` +
			`"submitters":[],"approvers":[]}`,
		`{"verifiesOrigin":true,"originPolicyVerification":{"allowedBranchNames":["main"]},"verifyTrustedBuildSystem":true,"requiresApproval":true,` +
			`"numberOfRequiredApprovals":1,"submitterIds":[],"approvers":[]}`,
		`{"name":"a","displayName":"b","verifyOriginPolicy":1,"verifiesOriginPolicy":2,"verifiesTrustedBuildSystem":false,"usesApprovalProcess":true,` +
			`"requiredApprovals":1,"submitters":[],"approvers":[],"originVerification":"x"}`,
		`{"approvers":["` + userID + `"],"submitters":{"ciUsers":[]},"unknown":12345678901234567890}`,
	} {
		f.Add([]byte(seed), "new")
	}
	f.Fuzz(func(t *testing.T, body []byte, value string) {
		before, err := contract.DecodeObject(body)
		if err != nil {
			return
		}
		e := &editor{}
		wanted, changed, err := e.wanted(before, []*change{{mutations: []mutation{setValue(contract.PropDescription, value)}}})
		if err != nil {
			t.Fatal(err)
		}
		settled, err := contract.Assume(nil).Settle(contract.RoutePolicyEdit, contract.Principals{})
		if err != nil {
			t.Fatal(err)
		}
		request, err := settled.ComposeEdit(contract.Edit{Before: before, Wanted: wanted, Changed: changed})
		var refused *contract.Error
		if errors.As(err, &refused) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		sent, err := contract.DecodeObject(request)
		if err != nil {
			t.Fatal(err)
		}
		if !contract.SameJSON(sent[string(contract.PropDescription)], contract.MustMarshal(value)) {
			t.Errorf("description is %s, want %q", sent[string(contract.PropDescription)], value)
		}
		names := namesInRequest(before)
		for answered, value := range before {
			if answered == string(contract.PropDescription) {
				continue
			}
			if name := names[answered]; name != "" && !bytes.Equal(compact(t, sent[name]), compact(t, value)) {
				t.Errorf("%q was %s and is sent as %q: %s", answered, value, name, sent[name])
			}
		}
	})
}

// namesInRequest spells out what an edit has to do without a document: the
// documented and the assumed request names, and everything else as it came. A
// property whose name another takes is left out.
func namesInRequest(before contract.Object) map[string]string {
	other := map[string]string{
		"verifiesOriginPolicy": "verifyOriginPolicy", "verifiesTrustedBuildSystem": "verifyTrustedBuildSystem", "usesApprovalProcess": "useApprovalProcess",
	}
	names, takers := map[string]string{}, map[string]int{}
	for answered := range before {
		names[answered] = answered
		if renamed := other[answered]; renamed != "" {
			names[answered] = renamed
		}
		takers[names[answered]]++
	}
	maps.DeleteFunc(names, func(_, name string) bool { return takers[name] > 1 })
	return names
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
		c, err := New(Config{OrganizationID: userID, Config: httpapi.Config{Secret: token, Transport: transport(func(*http.Request) *http.Response {
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

// FuzzToken: an error about the answer to a regeneration never quotes it.
func FuzzToken(f *testing.F) {
	for _, seed := range []string{
		`{"apiToken":"abc"}`, `{"token":"x"}`, `{"secret":"0123456789012345678901234567890123456789"}`, `"abc"`,
		`{"abcdefghijklmnopqrstuvwxyzabcdefghij":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		token, err := (&Client{}).decodeToken(body)
		if err == nil {
			if token == "" || strings.ContainsFunc(token, isNoPartOfToken) {
				t.Errorf("%q is no token", token)
			}
			return
		}
		o, _ := contract.DecodeObject(body)
		for _, value := range o {
			if secret := contract.Text(value); len(secret) > 8 && strings.Contains(err.Error(), secret) &&
				secret != string(contract.PropAPIToken) {
				t.Errorf("%q is in %v", secret, err)
			}
		}
	})
}
