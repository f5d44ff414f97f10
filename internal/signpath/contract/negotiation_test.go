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
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

const (
	userID  = "11111111-1111-4111-8111-111111111111"
	ciID    = "22222222-2222-4222-8222-222222222222"
	groupID = "33333333-3333-4333-8333-333333333333"
)

var principalsOfTest = Principals{KindOf: kindsOfTest}

func kindsOfTest(id string) (access.Kind, bool) {
	kind, ok := map[string]access.Kind{userID: access.KindUser, ciID: access.KindCIUser, groupID: access.KindGroup}[id]
	return kind, ok
}

// described is an operation of a document, with the schemas of its request and of
// its answer as JSON.
type described struct{ method, path, request, answer string }

// documentOf describes operations.
func documentOf(t *testing.T, operations ...described) document {
	t.Helper()
	var paths []string
	for _, o := range operations {
		operation := `{"responses":{"200":{"description":"","content":{"application/json":{"schema":` + o.answer + `}}}}}`
		if o.request != "" {
			operation = `{"requestBody":{"content":{"application/json":{"schema":` + o.request + `}}},` + operation[1:]
		}
		paths = append(paths, fmt.Sprintf(`"/v1/{organizationId}%s":{%q:%s}`, o.path, o.method, operation))
	}
	d, err := parseDocument([]byte(`{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{` + strings.Join(paths, ",") + `},
		"components":{"schemas":{"Role":{"type":"string","enum":["RegularUser"]},"Member":{"type":"object","properties":{"id":{"type":"string"}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// by is a server with the document, which is as the mapping file says.
func by(t *testing.T, d document, file string) Negotiation {
	t.Helper()
	return Negotiation{document: d, mapping: mapped(t, file)}
}

// mapped is the mapping of a file, which is given without its version.
func mapped(t *testing.T, file string) *Mapping {
	t.Helper()
	parsed, err := mapping.Parse([]byte("version: 1\n" + file))
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewMapping(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func settle(r *Route, d document) (Settled, error) {
	return Negotiation{document: d, mapping: assumedMapping()}.Settle(r, principalsOfTest)
}

func compare(d document, r *Route) []Line {
	return Negotiation{document: d, mapping: assumedMapping()}.compare(r)
}

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
	return editedBy(t, nil, RoutePolicy, before, changes)
}

// editedBy is edited for an object as the route of a mapped server answers it.
func editedBy(t *testing.T, m *Mapping, r *Route, before string, changes Object) Edit {
	t.Helper()
	o, err := m.Decode(r, []byte(before), principalsOfTest)
	if err != nil {
		t.Fatal(err)
	}
	e := Edit{Before: o, Wanted: maps.Clone(o), Changed: map[string]bool{}}
	for name, value := range changes {
		e.Wanted[name], e.Changed[name] = value, true
	}
	return e
}

// A route is looked for where it is assumed or mapped, and nowhere else.
func TestOfferedRoutes(t *testing.T) {
	ciUsers := RoutesOf[access.KindCIUser]
	tests := []struct {
		assumed            *Route
		file, method, path string
		want               string // The route that is used; empty for a refusal.
	}{
		{ciUsers.Activate, "", "post", "/CIUsers/{id}/Activate", "POST /CIUsers/{id}/Activate"},
		{ciUsers.Activate, "", "post", "/ciUsers/{userId}/activate", "POST /CIUsers/{id}/Activate"},
		{ciUsers.Activate, "", "post", "/CIUsers/{id}/Enable", ""},
		{ciUsers.Activate, "", "put", "/CIUsers/{id}/Activate", ""},
		{ciUsers.Activate, `ci_user: {activate: {route: "POST /CIUsers/{id}/Enable"}}`, "post", "/CIUsers/{id}/enable", "POST /CIUsers/{id}/Enable"},
		{ciUsers.Activate, `ci_user: {activate: {route: "PUT /Robots/{id}/On"}}`, "put", "/robots/{x}/on", "PUT /Robots/{id}/On"},
		{ciUsers.Activate, `ci_user: {activate: {route: "PUT /Robots/{id}/On"}}`, "post", "/CIUsers/{id}/Activate", ""},
		{ciUsers.Edit, "", "post", "/CIUsers/{id}", ""},
		{ciUsers.Create, "", "post", "/UserGroups", ""},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path+" "+test.file, func(t *testing.T) {
			settled, err := by(t, documentOf(t, described{test.method, test.path, "{}", "{}"}), test.file).Settle(test.assumed, principalsOfTest)
			if (err == nil) != (test.want != "") {
				t.Fatal(err)
			}
			if err == nil && settled.Route.String() != test.want {
				t.Errorf("got %s, want %s", settled.Route, test.want)
			}
			if err != nil {
				expectContractError(t, err, test.assumed.String()+" is not sent", "does not have this route (looked for ", "signpathctl contract map")
			}
		})
	}
	_, err := settle(ciUsers.Activate, documentOf(t, described{"post", "/CIUsers/{id}/Wake", "{}", "{}"}))
	expectContractError(t, err, "It offers POST /CIUsers/{id}/Wake")
}

// A new token under a name that nobody knows, or in another form, would be lost, and
// the old one is gone by then.
func TestTokenMustBeKnown(t *testing.T) {
	r := RoutesOf[access.KindCIUser].RegenerateToken
	const missing = `does not have the property "apiToken" there (looked for apiToken). It offers credential`
	for answer, refusal := range map[string]string{
		`{"properties":{"apiToken":{"type":"string"}}}`: "",
		// A document that does not describe the answer contradicts nothing.
		`{}`: "",
		`{"properties":{"credential":{"type":"string"}}}`:                                         missing,
		`{"properties":{"apiToken":{"type":"object"}}}`:                                           "apiToken in the answer is object, and not string",
		`{"properties":{"apiToken":{"properties":{"value":{"type":"string"}}}}}`:                  "apiToken in the answer is object, and not string",
		`{"properties":{"apiToken":{"allOf":[{"type":"object"}]}}}`:                               "apiToken in the answer is object, and not string",
		`{"properties":{"apiToken":{"oneOf":[{"type":"string"},{"type":"object"}]}}}`:             "apiToken in the answer is string or object, and not string",
		`{"properties":{"apiToken":{"type":"array","items":{"type":"string"}}}}`:                  "apiToken in the answer is array, and not string",
		`{"type":"array","items":{"properties":{"apiToken":{"type":"string"}}}}`:                  "the answer is array, and no object in JSON",
		`{"type":"string","nullable":true}`:                                                       "the answer is string or null, and no object in JSON",
		`{"properties":{"tokens":{"type":"array","items":{"properties":{"apiToken":{}}}}}}`:       "It offers tokens",
		`{"properties":{"result":{"type":"object","properties":{"apiToken":{}}}}}`:                "It offers result",
		`{"properties":{"apiToken":{"anyOf":[{"type":"string"}],"nullable":true}}}`:               "",
		`{"allOf":[{"properties":{"expires":{}}},{"properties":{"apiToken":{"type":"string"}}}]}`: "",
	} {
		_, err := settle(r, documentOf(t, described{"post", "/CIUsers/{id}/RegenerateApiToken", "{}", answer}))
		switch {
		case refusal != "":
			expectContractError(t, err, "POST /CIUsers/{id}/RegenerateApiToken is not sent", refusal)
		case err != nil:
			t.Errorf("%s: %v", answer, err)
		}
	}
}

// A request that has nothing to say is not sent, either, where something is demanded.
func TestWhatIsDemandedAndNotKnown(t *testing.T) {
	activate, create, changeMembers := RoutesOf[access.KindCIUser].Activate, RoutesOf[access.KindCIUser].Create, RoutesOf[access.KindGroup].ChangeMembers
	const ids = `{"type":"array","items":{"type":"string"}}`
	members := func(schema string) string { return `{"properties":{"members":` + schema + `}}` }
	name := func(schema string) string { return `{"properties":{"name":` + schema + `}}` }
	tests := map[string]struct {
		r       *Route
		request string
		refusal string
	}{
		"nothing demanded": {activate, `{"properties":{"reason":{"type":"string"}}}`, ""},
		"by an action": {
			activate, `{"required":["reason"],"properties":{"reason":{"type":"string"}}}`,
			`demands the property "reason" there, which this provider does not know. Its request has none`,
		},
		"by a create":            {create, `{"required":["name","owner"],"properties":{"name":{"type":"string"},"owner":{}}}`, `demands the property "owner"`},
		"a name that is no text": {create, name(`{"type":"object"}`), `of the property "name" it takes what is object, and the value is string`},
		"a name among others":    {create, name(`{"type":"string","enum":["a","b"]}`), `it takes only "a", "b", and the value is "text"`},
		"by members":             {changeMembers, `{"required":["comment"],"properties":{"members":` + ids + `,"comment":{}}}`, `demands the property "comment"`},
		"in each member": {
			changeMembers,
			members(`{"type":"array","items":{"type":"object","required":["id","type"],"properties":{"id":{"type":"string"},"type":{"type":"string"}}}}`),
			`of the property "members" in an item, it takes what is object, and the value is string`,
		},
		"members by number": {changeMembers, members(`{"type":"array","items":{"type":"integer"}}`), "in an item, it takes what is integer, and the value is string"},
		"members by another name": {
			changeMembers, members(`{"type":"array","items":{"properties":{"userId":{}}}}`),
			"in an item, it takes what is object, and the value is string",
		},
		"members that are addresses": {
			changeMembers, members(`{"type":"array","items":{"type":"string","format":"email"}}`),
			"in an item, it takes what has the format email, and the value has another",
		},
		"a bare list": {changeMembers, ids, "the request is array, and no object in JSON"},
		"no object":   {create, `{"type":"string"}`, "the request is string, and no object in JSON"},
		"what is known and not set": {
			create, `{"required":["name","notificationEmailAddress"],"properties":{"name":{},"notificationEmailAddress":{"type":"string"}}}`,
			`demands the property "notificationEmailAddress" there, which is not set. Its request has name`,
		},
		"members as a text": {changeMembers, members(`{"type":"string"}`), "it takes what is string, and the value is array"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			settled, err := settle(test.r, documentOf(t, described{"post", test.r.Path, test.request, "{}"}))
			switch {
			case err != nil:
			case test.r == changeMembers:
				_, err = settled.ComposeMembers(nil, map[Property][]string{PropMembers: {userID}})
			case test.r == create:
				_, err = settled.Compose(map[Property]string{PropName: "text"})
			default:
				_, err = settled.Compose(nil)
			}
			switch {
			case test.refusal != "":
				expectContractError(t, err, test.r.String()+" is not sent", test.refusal)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// What is demanded and may be null is sent as null, where there is nothing to say.
func TestNullWhereItIsDemanded(t *testing.T) {
	create := RoutesOf[access.KindCIUser].Create
	const demanding = `{"required":["name","notificationEmailAddress"],"properties":{` +
		`"name":{},"notificationEmailAddress":{"type":"string","nullable":true}}}`
	settled := settledBy(t, create, documentOf(t, described{"post", create.Path, demanding, "{}"}))
	request, err := settled.Compose(map[Property]string{PropName: "text", PropNotificationEmail: "", PropDescription: ""})
	if err != nil || !SameJSON(request, json.RawMessage(`{"name":"text","notificationEmailAddress":null}`)) {
		t.Errorf("%s, %v", request, err)
	}
}

// A body that is no JSON at all is another form, too.
func TestBodiesOfOtherMediaTypes(t *testing.T) {
	edit, token := RoutesOf[access.KindCIUser].Edit, RoutesOf[access.KindCIUser].RegenerateToken
	for _, test := range []struct {
		r             *Route
		media, schema string
		refusal       string
	}{
		{edit, "multipart/form-data", `{"properties":{"name":{"type":"string"}}}`, "the request is multipart/form-data, and no object in JSON"},
		{edit, "application/json-patch+json", `{"type":"array","items":{"type":"object"}}`, "the request is array, and no object in JSON"},
		{token, "text/plain", `{"type":"string"}`, "the answer is text/plain, and no object in JSON"},
		{token, "text/json", `{"type":"string"}`, "the answer is string, and no object in JSON"},
	} {
		body := fmt.Sprintf(`{"content":{%q:{"schema":%s}}}`, test.media, test.schema)
		operation := `{"requestBody":` + body + `,"responses":{}}`
		if test.r == token {
			operation = `{"responses":{"200":{"description":"",` + body[1:] + `}}`
		}
		d, err := parseDocument([]byte(`{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{o}` + test.r.Path + `":{"post":` + operation + `}}}`))
		if err != nil {
			t.Fatal(err)
		}
		_, err = settle(test.r, d)
		expectContractError(t, err, test.r.String()+" is not sent", test.refusal)
		if line := compare(d, test.r)[0]; line.State != Contradicts || line.Found != test.refusal {
			t.Errorf("%+v", line)
		}
	}
}

// A create does not set what no answer has: nobody could see what it is.
func TestCreateOfWhatNoAnswerHas(t *testing.T) {
	create := RoutesOf[access.KindGroup].Create
	d := documentOf(t, described{"get", create.Creates.Path, "", `{"properties":{"name":{}}}`},
		described{"post", create.Path, `{"properties":{"name":{},"description":{}}}`, "{}"})
	settled := settledBy(t, create, d)
	if _, err := settled.Compose(map[Property]string{PropName: "A", PropDescription: ""}); err != nil {
		t.Error(err)
	}
	_, err := settled.Compose(map[Property]string{PropName: "A", PropDescription: "text"})
	expectContractError(t, err, `it would write the property "description"`, "GET /UserGroups/{id} does not answer it", "There it has name")
}

// Where members go per kind, their kinds are known from the directory, or from who is about to
// be created.
func TestKindsOfMembers(t *testing.T) {
	const unknown = "44444444-4444-4444-8444-444444444444"
	change := RoutesOf[access.KindGroup].ChangeMembers
	ids := `{"type":"array","items":{"type":"string"}}`
	d := documentOf(t, described{"post", change.Path, `{"properties":{"members":{"properties":{"people":` + ids + `,"robots":` + ids + `}}}}`, "{}"})
	settled, err := by(t, d, "members: {answer: {form: per_kind, user: people, ci_user: robots}}").Settle(change, principalsOfTest)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		settled      Settled
		want, member string
	}{
		{settled, `{"people":["` + userID + `"],"robots":[]}`, userID},
		{settled.Knowing(map[string]access.Kind{unknown: access.KindUser}), `{"people":["` + unknown + `"],"robots":[]}`, unknown},
		{settled, "no list tells whether " + unknown, unknown},
		{settled, "has no place for a user group (" + groupID + ")", groupID},
	} {
		request, err := test.settled.ComposeMembers(nil, map[Property][]string{PropMembers: {test.member}})
		if !strings.HasPrefix(test.want, "{") {
			expectContractError(t, err, change.String()+" is not sent: of members", test.want)
		} else if err != nil || !SameJSON(request, json.RawMessage(`{"members":`+test.want+`}`)) {
			t.Errorf("%s: %s, %v", test.want, request, err)
		}
	}
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
		lines, err := Compare(fmt.Appendf(nil, body, version), nil)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(lines, func(line Line) bool { return line.Route == RouteAuditEvents.String() })
		if lines[i].State != want || !lines[i].Optional {
			t.Errorf("%s: got %+v", version, lines[i])
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
