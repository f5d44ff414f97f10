package contract

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// FuzzDecodeList: a list is either understood whole, or refused.
func FuzzDecodeList(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{"id":"a"}]`, `{"ciUsers":[{"id":"a"}]}`, `{"items":[],"nextLink":"x"}`, `[null]`, `null`, ``, `{"a":null}`, `[{"a":1}`, ` [ { } ] `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := DecodeList(body)
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
		ids, err := DecodeMembers(body)
		if err != nil {
			return
		}
		again, err := DecodeMembers(EncodeMembers(ids))
		if err != nil || !slices.Equal(ids, again) {
			t.Errorf("%q became %q, %v", ids, again, err)
		}
		if !slices.IsSorted(ids) {
			t.Errorf("not sorted: %q", ids)
		}
	})
}

// FuzzDocument: no document of a server makes the client fail in another way
// than by refusing it.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{
		`{}`, `<html>`, `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{o}/CIUsers":{"post":{"responses":{}}}}}`,
		`{"openapi":"3.0.1","info":{"title":"t","version":"1"},` +
			`"paths":{"/v1/{o}/CIUsers":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/A"}}}},` +
			`"responses":{}}}},"components":{"schemas":{"A":{"type":"object","properties":{"a":{"$ref":"#/components/schemas/A"}}}}}}`,
		`{"openapi":"3.1.0","paths":{"/v1/{o}/CIUsers":null}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := parseDocument(body)
		if err != nil {
			return
		}
		for _, r := range Routes() {
			settled, err := Negotiation{d}.Settle(r, kindsOfTest)
			if err == nil && settled.Route == nil {
				t.Errorf("nothing is offered for %s", r)
			}
			d.compare(r)
		}
	})
}

// FuzzAnswer: what passes for an answer can be read, and is never none where it is
// something.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"id":"` + userID + `","name":"A","role":"GlobalReader","isActive":true,"identity":null}`, `{"role":1}`, `{"globalRole":{}}`, `{"isActive":"True"}`,
		`{"submitters":null}`, `{"memberIds":{"ciUsers":["` + ciID + `"]}}`, `{"requiredApprovals":1e400}`, `{"slug":"a","link":"/v1/x/Projects/%zz"}`,
		`{"link":"//v1//Projects/a/SigningPolicies/"}`, `{"signingPolicies":[1]}`, `{"":1,"projectSlug":[]}`,
	} {
		f.Add([]byte(seed))
	}
	texts := []Property{PropID, PropName, PropSlug, PropRole, PropEmail, PropStatus}
	truths := []Property{PropActive, PropSynchronized, PropVerifiesOriginPolicy, PropUsesApprovalProcess}
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := DecodeObject(body)
		if err != nil {
			return
		}
		for r, checked := range checkedProperties() {
			_ = r.CheckSubject(o, userID, r.parameters())
			if r.CheckTypes(o) != nil {
				continue
			}
			for _, p := range checked {
				isText := slices.Contains(texts, p.name) && !strings.HasPrefix(string(o.Value(p.name)), `"`)
				isTruth := slices.Contains(truths, p.name) && o.Boolean(p.name) == nil
				_, err := DecodeMembers(o.Value(p.name))
				if o.Has(p.name) && (isText || isTruth || p.isMemberList && err != nil) {
					t.Errorf("%s takes %s for %s", r, o.Value(p.name), p.name)
				}
			}
		}
	})
}
