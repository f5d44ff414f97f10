package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A jsonSchema is a schema of a document as JSON.
type jsonSchema map[string]any

func (s jsonSchema) properties() map[string]any {
	properties, _ := s["properties"].(map[string]any)
	return properties
}

func (s jsonSchema) String() string { return string(MustMarshal(map[string]any(s))) }

// copied is deep.
func (s jsonSchema) copied() jsonSchema {
	var clone jsonSchema
	if json.Unmarshal([]byte(s.String()), &clone) != nil {
		panic("no JSON")
	}
	return clone
}

// mockDocument is the document of the mock server, which describes each route that is
// assumed.
func mockDocument(t *testing.T) map[string]any {
	t.Helper()
	server, err := mock.New(mock.DemoSeed())
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/Api/swagger/v1/swagger.json", http.NoBody))
	var document map[string]any
	if err := json.Unmarshal(recorder.Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	return document
}

// bodiesOf returns the schemas of a route's request and answer in a document, without
// references.
func bodiesOf(document map[string]any, r *Route) (request, answer jsonSchema) {
	components, _ := dig(document, "components", "schemas").(map[string]any)
	for path, item := range document["paths"].(map[string]any) {
		version, below, _ := belowOrganization(path)
		if foldRoute(version, r.Method, below) != foldRoute(r.Version(), r.Method, r.Path) {
			continue
		}
		operation := dig(item, strings.ToLower(r.Method))
		request, _ = resolved(components, dig(operation, "requestBody", "content", "application/json", "schema")).(map[string]any)
		answer, _ = resolved(components, dig(operation, "responses", "200", "content", "application/json", "schema")).(map[string]any)
	}
	return request, answer
}

func dig(value any, names ...string) any {
	for _, name := range names {
		o, _ := value.(map[string]any)
		value = o[name]
	}
	return value
}

func resolved(components map[string]any, value any) any {
	switch typed := value.(type) {
	case map[string]any:
		if ref, ok := typed["$ref"].(string); ok {
			return resolved(components, components[ref[strings.LastIndex(ref, "/")+1:]])
		}
		clone := map[string]any{}
		for name, inner := range typed {
			clone[name] = resolved(components, inner)
		}
		return clone
	case []any:
		clone := make([]any, len(typed))
		for i, inner := range typed {
			clone[i] = resolved(components, inner)
		}
		return clone
	}
	return value
}

// sampleOf is a value as a schema describes it, which holds something.
func sampleOf(described any) any {
	s, _ := described.(map[string]any)
	if values, ok := s["enum"].([]any); ok {
		return values[0]
	}
	switch s["type"] {
	case "boolean":
		return true
	case "integer", "number":
		return 7
	case "array":
		return []any{sampleOf(s["items"])}
	case "string":
		if s["format"] == "uuid" {
			return userID
		}
		return "text"
	}
	o := map[string]any{}
	for name, property := range jsonSchema(s).properties() {
		o[name] = sampleOf(property)
	}
	if len(o) == 0 {
		o["inner"] = "text"
	}
	return o
}

// A mutated pair of schemas is how a route may be described otherwise.
type mutatedBodies struct {
	name            string
	request, answer jsonSchema
}

// sample is an answer as it is described. Of what a request takes few values of, it has one:
// whether an answer that is described with no values may have another, nobody knows.
func (b mutatedBodies) sample() any {
	sample := sampleOf(map[string]any(b.answer))
	if o, ok := sample.(map[string]any); ok {
		for name, property := range b.request.properties() {
			values, isEnumeration := dig(property, "enum").([]any)
			if _, isText := o[name].(string); isText && isEnumeration && dig(map[string]any(b.answer), "properties", name, "enum") == nil {
				o[name] = values[0]
			}
		}
	}
	return sample
}

// mutatedBodiesOf are the schemas with one thing that is otherwise, each.
func mutatedBodiesOf(request, answer jsonSchema) []mutatedBodies {
	var mutated []mutatedBodies
	for part, described := range map[Part]jsonSchema{PartRequest: request, PartAnswer: answer} {
		add := func(name string, change func(jsonSchema)) {
			other := described.copied()
			change(other)
			bodies := mutatedBodies{fmt.Sprintf("%s: %s", part, name), request, other}
			if part == PartRequest {
				bodies.request, bodies.answer = other, answer
			}
			mutated = append(mutated, bodies)
		}
		if described == nil {
			continue
		}
		for name := range described.properties() {
			mutateProperty(name, add)
		}
		unknown := func(schema map[string]any, isDemanded bool) func(jsonSchema) {
			return func(s jsonSchema) {
				s.properties()["unknown"] = schema
				if isDemanded {
					required, _ := s["required"].([]any)
					s["required"] = append(required, "unknown")
				}
			}
		}
		add("something unknown", unknown(map[string]any{"type": "string", "nullable": true}, false))
		add("something unknown is demanded", unknown(map[string]any{"type": "string"}, true))
		add("something read-only", unknown(map[string]any{"type": "string", "readOnly": true}, false))
		add("anything", func(s jsonSchema) { s["additionalProperties"] = true })
		add("a list", func(s jsonSchema) {
			items := s.copied()
			clear(s)
			s["type"], s["items"] = "array", map[string]any(items)
		})
		add("a text", func(s jsonSchema) { clear(s); s["type"] = "string" })
	}
	return mutated
}

// mutateProperty lets one property be otherwise.
func mutateProperty(name string, add func(name string, change func(jsonSchema))) {
	gone := func(s jsonSchema) {
		delete(s.properties(), name)
		required, _ := s["required"].([]any)
		s["required"] = slices.DeleteFunc(required, func(other any) bool { return other == name })
	}
	add(name+" is missing", gone)
	add(name+" has another name", func(s jsonSchema) {
		s.properties()["other"+name] = s.properties()[name]
		gone(s)
	})
	add(name+" is demanded", func(s jsonSchema) {
		required, _ := s["required"].([]any)
		s["required"] = append(required, name)
		delete(s.properties()[name].(map[string]any), "nullable")
	})
	for kind, as := range map[string]map[string]any{
		"a text": {"type": "string"}, "a number": {"type": "integer"}, "true or false": {"type": "boolean"},
		"an object":         {"type": "object", "properties": map[string]any{"value": map[string]any{"type": "string"}}},
		"a list of objects": {"type": "array", "items": map[string]any{"type": "object", "properties": map[string]any{"value": map[string]any{"type": "string"}}}},
		"a list of numbers": {"type": "array", "items": map[string]any{"type": "integer"}},
		"an address":        {"type": "string", "format": "uri", "nullable": true},
		"one of two":        {"type": "string", "enum": []any{"A", "B"}},
	} {
		add(name+" is "+kind, func(s jsonSchema) { s.properties()[name] = as })
	}
}

// refusals are why a write to the route is refused, of one that is as the schemas describe
// it: for each property that can be written, and each value that it can have.
func refusals(t *testing.T, r *Route, bodies mutatedBodies, d document) []error {
	t.Helper()
	settled, err := settle(r, d)
	if err != nil {
		return []error{err}
	}
	var errs []error
	switch {
	case r.Edits != nil:
		before, err := DecodeObject(MustMarshal(bodies.sample()))
		if err != nil {
			return []error{err}
		}
		errs = append(errs, assumedMapping().CheckTypes(r.Edits, before))
		for _, p := range r.Request {
			for _, value := range writtenValues(r, p) {
				edit := Edit{Before: before, Wanted: maps.Clone(before), Changed: map[string]bool{string(p): true}}
				edit.Wanted[string(p)] = value
				_, err := settled.ComposeEdit(edit)
				errs = append(errs, err)
			}
		}
	case slices.ContainsFunc(r.Request, namesMembers):
		lists := map[Property][]string{}
		for _, p := range r.Request {
			lists[p] = []string{userID, ciID, groupID}
		}
		_, err := settled.ComposeMembers(nil, lists)
		errs = append(errs, err)
	default:
		all, few := map[Property]string{}, map[Property]string{}
		for _, p := range r.Request {
			if all[p], few[p] = "text", "text"; p.IsOptional() {
				few[p] = ""
			}
		}
		_, err := settled.Compose(all)
		_, errOfFew := settled.Compose(few)
		errs = append(errs, err, errOfFew)
	}
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

func namesMembers(p Property) bool {
	return p.IsList() || p == PropAddedMembers || p == PropRemovedMembers
}

// writtenValues are those that the client may write to a property by an edit: of a signing
// policy, lists alone.
func writtenValues(r *Route, p Property) []json.RawMessage {
	switch {
	case p.IsList():
		return []json.RawMessage{EncodeMembers([]string{userID})}
	case r == RoutePolicyEdit:
		return nil
	case p == PropRole:
		var roles []json.RawMessage
		for _, d := range vocabulary.GlobalRoles() {
			roles = append(roles, MustMarshal(d.Role))
		}
		return roles
	}
	return []json.RawMessage{MustMarshal("another text")}
}

// TestCompareTellsWhatIsRefused describes each route that writes otherwise, in one thing
// after the other. Where the client refuses to write, or could not read what it has to, the
// comparison says so, and nowhere else.
func TestCompareTellsWhatIsRefused(t *testing.T) {
	document := mockDocument(t)
	count := 0
	for _, r := range Routes() {
		if r.Method == http.MethodGet {
			continue
		}
		request, answer := bodiesOf(document, r)
		shown := r.shownBy()
		if shown != nil {
			_, answer = bodiesOf(document, shown)
		}
		for _, bodies := range append(mutatedBodiesOf(request, answer), mutatedBodies{"as it is assumed", request, answer}) {
			count++
			d := describing(t, r, shown, bodies)
			lines := compare(d, r)
			if r.Edits != nil {
				lines = append(lines, compare(d, shown)...)
			}
			lines = slices.DeleteFunc(lines, func(line Line) bool { return line.Optional || line.State != Missing && line.State != Contradicts })
			refused := refusals(t, r, bodies, d)
			if (len(lines) > 0) != (len(refused) > 0) && !isUndecided(bodies.name) {
				t.Errorf("%s, %s: it tells %+v, and refused is %v", r, bodies.name, lines, refused)
			}
		}
	}
	t.Logf("%d descriptions", count)
}

// isUndecided tells whether the comparison may say something else than comes of one write:
// where an answer lacks what others need, though not this write, and where the document
// does not say what the items of a list are, so that it depends on them.
func isUndecided(mutation string) bool {
	_, property, _ := strings.Cut(mutation, ": ")
	for _, name := range []Property{PropActive, PropSlug, PropSigningPolicies, PropMembers} {
		for _, is := range []string{" is missing", " has another name"} {
			if property == string(name)+is {
				return true
			}
		}
	}
	return strings.HasPrefix(property, "webhooks is a list of") || strings.HasPrefix(property, "pipelinePolicies is a list of")
}

// describing is a document with one route, and the one that reads what it writes.
func describing(t *testing.T, r, shown *Route, bodies mutatedBodies) document {
	t.Helper()
	written := described{strings.ToLower(r.Method), r.Path, "", "{}"}
	if bodies.request != nil {
		written.request = bodies.request.String()
	}
	operations := []described{written}
	switch {
	case shown != nil:
		operations = append(operations, described{"get", shown.Path, "", bodies.answer.String()})
	case bodies.answer != nil:
		operations[0].answer = bodies.answer.String()
	}
	return documentOf(t, operations...)
}
