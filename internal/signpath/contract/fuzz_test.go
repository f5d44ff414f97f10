package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
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
		page, err := (*Mapping)(nil).DecodePage(RouteProjects, body, http.Header{
			"Link": {link}, "X-Total-Count": {total}, "X-Pagination": {pagination},
			"X-Next-Page": {total},
		})
		bare, errBare := (*Mapping)(nil).DecodePage(RouteProjects, body, nil)
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

// schemaTraps are schemas that refer to themselves, or grow when they are followed, with
// their components.
func schemaTraps() map[string][2]string {
	const first = `{"$ref":"#/components/schemas/A0"}`
	chain := func(link string) string {
		var components []string
		for i := range 40 {
			components = append(components, fmt.Sprintf(`"A%d":`, i)+strings.ReplaceAll(link, "NEXT", fmt.Sprintf(`{"$ref":"#/components/schemas/A%d"}`, i+1)))
		}
		return strings.Join(components, ",") + `,"A40":{"properties":{"name":{"type":"string"}}}`
	}
	return map[string][2]string{
		"allOf of itself":             {first, `"A0":{"allOf":[{"$ref":"#/components/schemas/A0"}]}`},
		"nothing but itself":          {first, `"A0":{"$ref":"#/components/schemas/A0"}`},
		"a ring":                      {first, `"A0":{"$ref":"#/components/schemas/A1"},"A1":{"$ref":"#/components/schemas/A0"}`},
		"items of itself":             {first, `"A0":{"type":"array","items":{"$ref":"#/components/schemas/A0"}}`},
		"properties of itself":        {first, `"A0":{"type":"object","properties":{"name":` + first + `,"role":` + first + `}}`},
		"alternatives of itself":      {first, `"A0":{"oneOf":[{"$ref":"#/components/schemas/A0"},{"type":"null"}],"anyOf":[{"$ref":"#/components/schemas/A0"}]}`},
		"twice as many parts":         {first, chain(`{"allOf":[NEXT,NEXT]}`)},
		"twice as many properties":    {first, chain(`{"properties":{"name":NEXT,"role":NEXT}}`)},
		"twice as many alternatives":  {first, chain(`{"oneOf":[NEXT,NEXT]}`)},
		"twice as many items of kind": {first, chain(`{"type":"array","items":{"properties":{"a":NEXT,"b":NEXT}}}`)},
	}
}

// describedBy is a document in which CI users are read and edited by the schema.
func describedBy(request, answer, components string) string {
	return `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"servers":[{"url":"https://elsewhere.example.com/Api"}],"paths":{` +
		`"/v1/{o}/CIUsers/{id}/Edit":{"post":{"requestBody":{"content":{"application/json":{"schema":` + request + `}}},"responses":{}}},` +
		`"/v1/{o}/CIUsers/{id}":{"get":{"responses":{"200":{"description":"","content":{"application/json":{"schema":` + answer + `}}}}}}},` +
		`"components":{"schemas":{` + components + `}}}`
}

// FuzzDocument: no document of a server makes the client fail in another way
// than by refusing it.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{
		`{}`, `<html>`, `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{o}/CIUsers":{"post":{"responses":{}}}}}`,
		`{"openapi":"3.1.0","paths":{"/v1/{o}/CIUsers":null}}`,
		`{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{o}/CIUsers":{"$ref":"https://elsewhere.example.com/swagger.json#/a"}}}`,
		"openapi: 3.0.1\na: &a [x, x]\nb: &b [*a, *a]\npaths: {}\n",
		describedBy(`{"$ref":"https://elsewhere.example.com/schema.json"}`, `{"$ref":"/etc/passwd"}`, ``),
	} {
		f.Add([]byte(seed))
	}
	for _, trap := range schemaTraps() {
		f.Add([]byte(describedBy(trap[0], trap[0], trap[1])))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := parseDocument(body)
		if err != nil {
			return
		}
		for _, r := range Routes() {
			settled, err := settle(r, d)
			if err == nil && settled.Route == nil {
				t.Errorf("nothing is offered for %s", r)
			}
			compare(d, r)
		}
	})
}

// FuzzEditByDocument: whatever a document says of a request and of an answer, an edit is
// refused, or each property of the object that holds something goes back as it is.
func FuzzEditByDocument(f *testing.F) {
	const name, email = `"name":{"type":"string"}`, `{"type":"string","nullable":true}`
	const object = `{"id":"` + ciID + `","name":"build","role":"GlobalReader","notificationEmailAddress":"a@example.com","limits":[{"a":1}]}`
	for _, seed := range [][2]string{
		{`{"properties":{` + name + `,"role":{},"notificationEmailAddress":` + email + `,"limits":{}}}`, `{}`},
		{`{"properties":{` + name + `,"newRole":{},"notificationEmail":` + email + `},"additionalProperties":true}`, `{"properties":{` + name + `}}`},
		{
			`{"allOf":[{"properties":{` + name + `,"displayName":{}}}],"required":["name","reason"]}`,
			`{"oneOf":[{"properties":{"role":{"readOnly":true}}},{"type":"null"}]}`,
		},
		{`{"type":"array","items":{"properties":{` + name + `}}}`, `{"type":"string","enum":[1,null]}`},
		{
			`{"properties":{"limits":{"type":"array","items":{"properties":{"a":{"type":"number"}}}},` +
				name + `,"globalRole":{},"notificationEmailAddress":{}}}`,
			`{}`,
		},
	} {
		f.Add(seed[0], seed[1], ``, object)
		f.Add(seed[0], seed[1], ``, `{"":"a","role":"","limits":[]}`)
		f.Add(seed[0], seed[1], ``, `{"name":"build","displayName":"The build","globalRole":"GlobalReader","identity":null,"isActive":true}`)
	}
	for _, trap := range schemaTraps() {
		f.Add(trap[0], trap[0], trap[1], object)
	}
	edit := RoutesOf[access.KindCIUser].Edit
	f.Fuzz(func(t *testing.T, request, answer, components, body string) {
		before, err := DecodeObject([]byte(body))
		d, errOfDocument := parseDocument([]byte(describedBy(request, answer, components)))
		if err != nil || errOfDocument != nil {
			return
		}
		compare(d, edit)
		settled, err := settle(edit, d)
		if err != nil || settled.wire == nil {
			return
		}
		wanted, changed := maps.Clone(before), string(PropName)
		wanted[changed] = MustMarshal("another")
		sent, err := settled.ComposeEdit(Edit{Before: before, Wanted: wanted, Changed: map[string]bool{changed: true}})
		if err != nil {
			return
		}
		for name, value := range wanted {
			fields, _ := DecodeObject(sent)
			isSent := slices.ContainsFunc(slices.Collect(maps.Values(fields)), func(other json.RawMessage) bool { return SameJSON(other, value) })
			if !isSent && !settled.hasNoNeed(name, Edit{Wanted: wanted, Changed: map[string]bool{changed: true}}) {
				t.Errorf("%s: %s is nowhere in %s", name, value, sent)
			}
		}
	})
}

// Schemas that refer to themselves are read, and compared, in the time that it takes to
// read each of them once.
func TestSchemasThatReferToThemselves(t *testing.T) {
	for name, trap := range schemaTraps() {
		t.Run(name, func(t *testing.T) {
			d, err := parseDocument([]byte(describedBy(trap[0], trap[0], trap[1])))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range Routes() {
				_, _ = settle(r, d)
				compare(d, r)
			}
		})
	}
}

func TestDocumentsThatAreNotRead(t *testing.T) {
	nested := func(levels int) string {
		return describedBy(`{"example":`+strings.Repeat(`[`, levels)+`"]]\"[["`+strings.Repeat(`]`, levels)+`}`, `{}`, ``)
	}
	listing := func(value string, times int) string {
		return describedBy(`{"example":[`+strings.Repeat(value+",", times)+`""]}`, `{}`, ``)
	}
	described := func(before string, size int) string {
		document := before + describedBy(`{}`, `{}`, `"A":{"description":""}`)
		return strings.Replace(document, `:""`, `:"`+strings.Repeat("x", size-len(document))+`"`, 1)
	}
	for name, test := range map[string]struct {
		document string
		want     error
	}{
		"as deep as may be":  {nested(maxDocumentDepth - 9), nil},
		"deeper":             {nested(maxDocumentDepth), ErrDocumentTooLarge},
		"by far deeper":      {nested(100 * maxDocumentDepth), ErrDocumentTooLarge},
		"as many values":     {listing(`""`, maxDocumentValues-100), nil},
		"more values":        {listing(`""`, maxDocumentValues), ErrDocumentTooLarge},
		"as many schemas":    {listing(`{}`, maxDocumentNested/15), nil},
		"more schemas":       {listing(`{}`, maxDocumentNested/10), ErrDocumentTooLarge},
		"as large as may be": {described("", maxDocumentBytes), nil},
		"larger":             {described("", maxDocumentBytes+1), ErrDocumentTooLarge},
		"a large page":       {described("<html>", maxDocumentBytes+1), errNoDocument},
		"YAML":               {"openapi: 3.0.1\ninfo: {title: t, version: '1'}\npaths:\n  /v1/{o}/CIUsers:\n    get: {responses: {}}\n", errNoDocument},
		"a mark before it":   {"\ufeff" + describedBy(`{}`, `{}`, ``), nil},
	} {
		if _, err := parseDocument([]byte(test.document)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// FuzzAnswer: what passes for an answer can be read, and is never none where it is
// something.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"id":"` + userID + `","name":"A","role":"GlobalReader","isActive":true,"identity":null}`,
		`{"role":1}`, `{"globalRole":{}}`, `{"role":null}`, `{"isActive":"True"}`,
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
			_ = assumedMapping().CheckSubject(r, o, userID, r.parameters())
			if assumedMapping().CheckTypes(r, o) != nil {
				continue
			}
			for _, p := range checked {
				isText := slices.Contains(texts, p.name) && (p.name != PropRole || !IsNull(o.Value(p.name))) && !strings.HasPrefix(string(o.Value(p.name)), `"`)
				isTruth := slices.Contains(truths, p.name) && o.Boolean(p.name) == nil
				_, err := DecodeMembers(o.Value(p.name))
				if o.Has(p.name) && (isText || isTruth || p.isList && err != nil) {
					t.Errorf("%s takes %s for %s", r, o.Value(p.name), p.name)
				}
			}
		}
	})
}
