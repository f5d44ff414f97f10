package mock_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// document is the OpenAPI document as a client that knows nothing else reads it.
type document struct {
	OpenAPI    string
	Servers    []struct{ URL string }
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]schema }
}

type operation struct {
	Tags        []string
	OperationID string
	Parameters  []struct {
		Name, In string
		Required bool
		Schema   schema
	}
	RequestBody *struct{ Content content }
	Responses   map[string]struct{ Content content }
}

type content map[string]struct{ Schema schema }

type schema struct {
	Ref                  string `json:"$ref"`
	Type, Format         string
	Nullable             bool
	Enum                 []any
	AllOf                []schema
	Required             []string
	Properties           map[string]schema
	Items                *schema
	AdditionalProperties json.RawMessage
}

const documentPath = "/Api/swagger/v1/swagger.json"

func (c client) document() document {
	c.t.Helper()
	var described document
	c.get(c.root + documentPath).ok().decode(&described)
	return described
}

func (d document) resolve(t *testing.T, s schema) schema {
	t.Helper()
	if len(s.AllOf) == 1 { // how a reference is made nullable
		resolved := d.resolve(t, s.AllOf[0])
		resolved.Nullable = s.Nullable
		return resolved
	}
	if s.Ref == "" {
		return s
	}
	name, isComponent := strings.CutPrefix(s.Ref, "#/components/schemas/")
	resolved, known := d.Components.Schemas[name]
	if !isComponent || !known {
		t.Fatalf("nothing is at %s", s.Ref)
	}
	return resolved
}

// request returns the schema of a request body.
func (d document) request(t *testing.T, method, path string) schema {
	t.Helper()
	body := d.Paths[path][method].RequestBody
	if body == nil {
		t.Fatalf("%s %s has no body", method, path)
	}
	for _, mediaType := range []string{"text/json", "application/*+json"} {
		equal(t, mediaType, body.Content[mediaType].Schema.Ref, body.Content["application/json"].Schema.Ref)
	}
	return d.resolve(t, body.Content["application/json"].Schema)
}

// check compares a JSON value with a schema.
func (d document) check(t *testing.T, where string, s schema, value any) {
	t.Helper()
	s = d.resolve(t, s)
	if value == nil {
		if !s.Nullable {
			t.Errorf("%s is null", where)
		}
		return
	}
	switch typed := value.(type) {
	case map[string]any:
		d.checkObject(t, where, s, typed)
	case []any:
		if s.Type != "array" && s.Type != "" {
			t.Fatalf("%s is a list, not %s", where, s.Type)
		}
		for i, item := range typed {
			if s.Items != nil {
				d.check(t, fmt.Sprintf("%s[%d]", where, i), *s.Items, item)
			}
		}
	default:
		name := map[string]string{"string": "string", "bool": "boolean", "float64": "integer or number"}[fmt.Sprintf("%T", value)]
		if s.Type != "" && !strings.Contains(name, s.Type) {
			t.Errorf("%s is a %s, not a %s", where, name, s.Type)
		}
		if len(s.Enum) > 0 && !slices.Contains(s.Enum, value) {
			t.Errorf("%s is %v, none of %v", where, value, s.Enum)
		}
	}
}

func (d document) checkObject(t *testing.T, where string, s schema, value map[string]any) {
	t.Helper()
	if s.Type != "object" && s.Type != "" {
		t.Fatalf("%s is an object, not %s", where, s.Type)
	}
	for _, name := range s.Required {
		if _, has := value[name]; !has {
			t.Errorf("%s has no %s", where, name)
		}
	}
	for name, property := range value {
		described, known := s.Properties[name]
		switch {
		case known:
			d.check(t, where+"."+name, described, property)
		case string(s.AdditionalProperties) == "false":
			t.Errorf("%s has %s, only described are %v", where, name, slices.Sorted(maps.Keys(s.Properties)))
		}
	}
}

// checkAnswer compares an answer with what the document says about its status.
func (d document) checkAnswer(t *testing.T, where string, described operation, answer reply) {
	t.Helper()
	response, known := described.Responses[fmt.Sprint(answer.status)]
	if !known {
		t.Errorf("%s: status %d is not in the document: %s", where, answer.status, answer.body)
		return
	}
	if answer.body == "" || len(response.Content) == 0 {
		equal(t, where+": bodies", []any{answer.body, len(response.Content)}, []any{"", 0})
		return
	}
	mediaType, _, _ := strings.Cut(answer.header.Get("Content-Type"), ";")
	body, known := response.Content[mediaType]
	if !known {
		t.Fatalf("%s: %s is not in the document", where, mediaType)
	}
	if mediaType == "text/plain" {
		return
	}
	var value any
	answer.decode(&value)
	d.check(t, where, body.Schema, value)
}

// memberValue names principals as a schema of the document wants them.
func (d document) memberValue(t *testing.T, s schema, interactive, ci, group string) any {
	t.Helper()
	s = d.resolve(t, s)
	if s.Type == "object" {
		value := map[string]any{}
		for name := range s.Properties {
			switch {
			case strings.HasPrefix(name, "interactive"):
				value[name] = []string{interactive}
			case strings.HasPrefix(name, "ci"):
				value[name] = []string{ci}
			default:
				value[name] = []string{group}
			}
		}
		return value
	}
	items := make([]any, 0, 3)
	for i, id := range []string{interactive, ci, group} {
		item := d.resolve(t, *s.Items)
		if item.Type != "object" {
			items = append(items, id)
			continue
		}
		equal(t, "properties of a member", slices.Sorted(maps.Keys(item.Properties)), item.Required)
		member := map[string]any{}
		for name, property := range item.Properties {
			if property = d.resolve(t, property); len(property.Enum) > 0 {
				member[name] = property.Enum[i]
			} else {
				member[name] = id
			}
		}
		items = append(items, member)
	}
	return items
}

// demoPath fills the parameters of a path with objects of the demo.
func (c client) demoPath(described, id string) string {
	slugs := []string{"project-a", "release-signing"}
	segments := strings.Split(described, "/")
	for i, segment := range segments {
		switch {
		case segment == "{organizationId}":
			segments[i] = demoOrganization
		case segment == "{id}":
			segments[i] = id
		case strings.HasPrefix(segment, "{"):
			segments[i], slugs = slugs[0], slugs[1:]
		}
	}
	return c.root + "/Api" + strings.Join(segments, "/")
}

// leaf is a property of a request that is no object which has properties itself.
type leaf struct {
	path       []string
	isRequired bool
	schema     schema
}

// leaves are those of an object. Members per kind, and what is open, are values as a whole.
func (d document) leaves(t *testing.T, s schema, above []string, isRequired bool) []leaf {
	t.Helper()
	var leaves []leaf
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		path := append(slices.Clone(above), name)
		is := isRequired && slices.Contains(s.Required, name)
		property := d.resolve(t, s.Properties[name])
		if s.Properties[name].Ref == "" && property.Type == "object" && string(property.AdditionalProperties) == "false" && !property.isPerKind() {
			leaves = append(leaves, d.leaves(t, property, path, is)...)
			continue
		}
		leaves = append(leaves, leaf{path, is, property})
	}
	return leaves
}

// isPerKind tells whether an object has nothing but arrays.
func (s schema) isPerKind() bool {
	for _, property := range s.Properties {
		if property.Type != "array" {
			return false
		}
	}
	return len(s.Properties) > 1
}

// put sets what is at a path.
func put(body map[string]any, path []string, value any) {
	for _, name := range path[:len(path)-1] {
		inner, isThere := body[name].(map[string]any)
		if !isThere {
			inner = map[string]any{}
			body[name] = inner
		}
		body = inner
	}
	body[path[len(path)-1]] = value
}

// example is a body with all that is required.
func (d document) example(t *testing.T, s schema) any {
	t.Helper()
	if s.Type != "object" {
		return []any{}
	}
	body := map[string]any{}
	for _, leaf := range d.leaves(t, s, nil, true) {
		switch {
		case !leaf.isRequired:
		case len(leaf.schema.Enum) > 0:
			put(body, leaf.path, leaf.schema.Enum[0])
		case leaf.schema.Type == "boolean":
			put(body, leaf.path, true)
		default:
			put(body, leaf.path, "x")
		}
	}
	return body
}

func (c client) send(method, path string, body any) reply {
	c.t.Helper()
	if strings.EqualFold(method, http.MethodGet) {
		return c.get(path)
	}
	content, err := json.Marshal(body)
	c.must(err)
	answer, err := c.do(c.request(strings.ToUpper(method), path, bytes.NewReader(content)))
	c.must(err)
	return answer
}
