package contract

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A document is a server's OpenAPI document, reduced to what is compared: its
// operations below the organization, by their [foldRoute].
type document map[string]operation

// of returns what the document has for a route as it is assumed.
func (d document) of(r *Route) (operation, bool) {
	found, ok := d[foldRoute(r.Version(), r.Method, r.Path)]
	return found, ok
}

// An operation is one route of a document.
type operation struct {
	// The path is below the organization, as the document spells it.
	version, method, path string
	// request and answer are nil if the document does not say what they have.
	request, answer *schema
	fact
}

// A fact says how well something is known, and from where, and why the client does not
// look at it, if it does not. Only the document of this package has it.
type fact struct{ evidence, source, client string }

func factIn(extensions map[string]any) fact {
	evidence, _ := extensions["x-evidence"].(string)
	source, _ := extensions["x-source"].(string)
	client, _ := extensions["x-client"].(string)
	return fact{evidence, source, client}
}

// A schema is an object that a document describes.
type schema struct {
	properties map[string]schemaProperty
	required   []string
	// closed is true if there are no other properties.
	closed bool
}

// A schemaProperty is what matters of one property.
type schemaProperty struct {
	types []string
	// list is what the objects of an array have; nil if it is no such array.
	list *schema
	// items are the types of an array's items, nested the properties of an
	// object.
	items, nested []string
	fact
}

// maxSchemaDepth bounds how deep schemas refer to schemas.
const maxSchemaDepth = 8

// parseDocument reads an OpenAPI 3 document. References to other files or hosts
// are never followed.
func parseDocument(data []byte) (document, error) {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	parsed, err := loader.LoadFromData(data)
	if err != nil || !strings.HasPrefix(parsed.OpenAPI, "3.") || parsed.Paths == nil {
		return nil, errors.New("no OpenAPI 3 document")
	}
	d := document{}
	for path, item := range parsed.Paths.Map() {
		version, below, ok := belowOrganization(path)
		if !ok {
			continue
		}
		for method, described := range item.Operations() {
			d[foldRoute(version, method, below)] = operation{
				version: version, method: method, path: below,
				request: requestSchema(described), answer: answerSchema(described), fact: factIn(described.Extensions),
			}
		}
	}
	if len(d) == 0 {
		return nil, errors.New("a document without a route of an organization")
	}
	return d, nil
}

// belowOrganization returns the version of a path /v1/{organization}/… and what
// follows there.
func belowOrganization(path string) (version, below string, ok bool) {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		version := strings.ToLower(segment)
		if slices.Contains(versions, version) && i+2 < len(segments) && strings.HasPrefix(segments[i+1], "{") {
			return version, "/" + strings.Join(segments[i+2:], "/"), true
		}
	}
	return "", "", false
}

// foldRoute makes routes comparable: paths are served without regard to case
// (observed), and the names of parameters do not matter.
func foldRoute(version, method, path string) string {
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = "{}"
		}
	}
	return version + " " + method + " " + strings.ToLower(strings.Join(segments, "/"))
}

func requestSchema(o *openapi3.Operation) *schema {
	if o.RequestBody == nil || o.RequestBody.Value == nil {
		return nil
	}
	return jsonSchema(o.RequestBody.Value.Content)
}

func answerSchema(o *openapi3.Operation) *schema {
	if o.Responses == nil {
		return nil
	}
	for _, status := range []string{"200", "201", "2XX", "default"} {
		if response := o.Responses.Value(status); response != nil && response.Value != nil {
			if s := jsonSchema(response.Value.Content); s != nil {
				return s.unwrapped()
			}
		}
	}
	return nil
}

func jsonSchema(content openapi3.Content) *schema {
	for _, name := range slices.Sorted(maps.Keys(content)) {
		if strings.Contains(name, "json") && content[name].Schema != nil && content[name].Schema.Value != nil {
			s := &schema{properties: map[string]schemaProperty{}}
			s.add(content[name].Schema.Value, 0)
			if len(s.properties) > 0 {
				return s
			}
		}
	}
	return nil
}

// add takes in the properties of a schema and of all that it consists of. The
// schema of a list is that of its items.
func (s *schema) add(described *openapi3.Schema, depth int) {
	if depth > maxSchemaDepth {
		return
	}
	for name, p := range described.Properties {
		if p != nil && p.Value != nil {
			s.properties[name] = describe(p, depth)
		}
	}
	s.required = unique(append(s.required, described.Required...))
	if has := described.AdditionalProperties.Has; has != nil && !*has {
		s.closed = true
	}
	for _, part := range slices.Concat(described.AllOf, described.OneOf, described.AnyOf) {
		if part.Value != nil {
			s.add(part.Value, depth+1)
		}
	}
	if described.Items != nil && described.Items.Value != nil {
		s.add(described.Items.Value, depth+1)
	}
}

func describe(ref *openapi3.SchemaRef, depth int) schemaProperty {
	described := ref.Value
	p := schemaProperty{types: typesOf(described), fact: factIn(described.Extensions)}
	if ref.Ref != "" { // What stands beside a reference is about this use of it.
		p.fact = factIn(ref.Extensions)
	}
	p.nested = slices.Sorted(maps.Keys(propertiesOf(described)))
	if described.Items != nil && described.Items.Value != nil {
		p.items = typesOf(described.Items.Value)
		if depth < maxSchemaDepth && slices.Contains(p.items, openapi3.TypeObject) {
			p.list = &schema{properties: map[string]schemaProperty{}}
			p.list.add(described.Items.Value, depth+1)
		}
	}
	return p
}

// unwrapped returns the schema of a list's items, where the list is the only
// property of the answer.
func (s *schema) unwrapped() *schema {
	for _, p := range s.properties {
		if len(s.properties) == 1 && p.list != nil {
			return p.list
		}
	}
	return s
}

func propertiesOf(described *openapi3.Schema) openapi3.Schemas {
	for _, part := range described.AllOf {
		if part.Value != nil && len(described.Properties) == 0 {
			return part.Value.Properties // How a reference is made nullable.
		}
	}
	return described.Properties
}

func typesOf(described *openapi3.Schema) []string {
	if described.Type != nil {
		return described.Type.Slice()
	}
	if len(propertiesOf(described)) > 0 {
		return []string{openapi3.TypeObject}
	}
	return nil
}

// names returns the names of the schema's properties, sorted.
func (s *schema) names() []string { return slices.Sorted(maps.Keys(s.properties)) }

// factOf returns the fact of a name in a schema, which may be nil.
func (s *schema) factOf(name string) fact {
	if s == nil {
		return fact{}
	}
	return s.properties[name].fact
}

// find returns the first of the names that the schema has.
func (s *schema) find(names []string) (string, bool) {
	for _, name := range names {
		if _, ok := s.properties[name]; ok {
			return name, true
		}
	}
	return "", false
}

// memberEncoder returns how a request writes the list that the property is.
func (p schemaProperty) memberEncoder(kindOf KindOf) (memberEncoder, error) {
	switch {
	case slices.Contains(p.items, openapi3.TypeObject):
		return encodeAsObjects, nil
	case slices.Contains(p.types, openapi3.TypeArray):
		return encodeAsIDs, nil
	}
	return encoderPerKind(p.nested, kindOf)
}
