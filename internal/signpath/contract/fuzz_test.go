package contract

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// FuzzDecodePage: a list is either understood whole, or refused, and nothing beside it
// goes without a signal.
func FuzzDecodePage(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{"id":"a"}]`, `{"ciUsers":[{"id":"a"}]}`, `{"items":[],"nextLink":"x"}`, `[null]`, `null`, ``, `{"a":null}`, `[{"a":1}`, ` [ { } ] `,
		`{"items":[],"paging":{"totalPages":3,"next":{"href":"?page=2"}},"hasMore":false}`, `{"items":[],"total":1,"totalCount":2}`,
	} {
		f.Add([]byte(seed), `</a?page=2>; rel="next", <b>; rel=last`, "3", `{"TotalCount":3}`)
	}
	f.Fuzz(func(t *testing.T, body []byte, link, total, pagination string) {
		page, err := DecodePage(body, http.Header{"Link": {link}, "X-Total-Count": {total}, "X-Pagination": {pagination}, "X-Next-Page": {total}})
		bare, errBare := DecodePage(body, nil)
		if errBare != nil {
			if err == nil {
				t.Errorf("the header makes a list of %q", body)
			}
			return
		}
		if err == nil && len(page.Items) != len(bare.Items) {
			t.Errorf("the header changes the items: %q", body)
		}
		var items []json.RawMessage
		if json.Unmarshal(body, &items) != nil {
			var wrapped map[string]json.RawMessage
			if err := json.Unmarshal(body, &wrapped); err != nil {
				t.Fatalf("taken for a list: %q", body)
			}
			for _, value := range wrapped {
				var list []json.RawMessage
				if json.Unmarshal(value, &list) == nil && list != nil {
					items = list
				}
			}
			if len(wrapped) > 1 && len(bare.Signals) == 0 && !bare.Last {
				t.Errorf("no signal in %q", body)
			}
		}
		if len(bare.Items) != len(items) {
			t.Errorf("%d items of %d: %q", len(bare.Items), len(items), body)
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
