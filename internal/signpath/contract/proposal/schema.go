package proposal

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// A schema is what a document says of a JSON value; what it does not say is empty.
type schema struct {
	// types are the JSON types that the value may have, but for null.
	types              []string
	nullable, readOnly bool
	format, pattern    string
	// values are those of an enumeration, and valueNames the names that the document has for
	// them beside (x-enum-varnames, x-enumNames), in the same order; else nil.
	values     []any
	valueNames []string
	// standard is the default; nil if there is none.
	standard any
	// least and most are the bounds of a number; nil if there are none.
	least, most *float64
	items       *schema
	properties  map[string]*schema
	required    []string
	// places are, of an object with nothing but arrays, how many names properties have that hold
	// one with the same arrays.
	places int
	// isMembers says that a person has said that it is a list of members.
	isMembers bool
}

// A schemaReader has the schemas that were read: a document refers to one again and
// again, and a schema may refer to itself.
type schemaReader map[*openapi3.Schema]*schema

func (r schemaReader) read(ref *openapi3.SchemaRef) *schema {
	if ref == nil || ref.Value == nil {
		return nil
	}
	if known := r[ref.Value]; known != nil {
		return known
	}
	s := &schema{properties: map[string]*schema{}}
	r[ref.Value] = s
	s.addAll(r, ref.Value, false, map[*openapi3.Schema]bool{})
	if len(s.types) == 0 && len(s.properties) > 0 {
		s.types = []string{openapi3.TypeObject}
	}
	return s
}

// countPlaces counts the places of objects with the same arrays: a list of members that has an
// array for each kind is one of several, and two lists in one object are not.
func (r schemaReader) countPlaces() {
	names := map[string]map[string]bool{}
	for _, parent := range r {
		for name, p := range parent.properties {
			if key := p.arrays(); key != "" {
				if names[key] == nil {
					names[key] = map[string]bool{}
				}
				names[key][name] = true
			}
		}
	}
	for _, s := range r {
		s.places = len(names[s.arrays()])
	}
}

// arrays names the properties of an object that has arrays alone; empty for any other.
func (s *schema) arrays() string {
	for _, p := range s.properties {
		if p.items == nil {
			return ""
		}
	}
	return strings.Join(s.names(), "\n")
}

// addAll takes in a schema and all that it consists of. What one of several
// alternatives demands is not demanded.
func (s *schema) addAll(r schemaReader, described *openapi3.Schema, isAlternative bool, seen map[*openapi3.Schema]bool) {
	if seen[described] {
		return
	}
	seen[described] = true
	s.add(r, described, isAlternative)
	for _, part := range described.AllOf {
		if part != nil && part.Value != nil {
			s.addAll(r, part.Value, isAlternative, seen)
		}
	}
	for _, alternatives := range []openapi3.SchemaRefs{described.OneOf, described.AnyOf} {
		var others []*openapi3.Schema
		for _, a := range alternatives {
			switch {
			case a == nil || a.Value == nil:
			case a.Value.Type != nil && a.Value.Type.Is("null"):
				s.nullable = true
			default:
				others = append(others, a.Value)
			}
		}
		for _, a := range others {
			s.addAll(r, a, isAlternative || len(others) > 1, seen)
		}
	}
}

func (s *schema) add(r schemaReader, described *openapi3.Schema, isAlternative bool) {
	for _, name := range described.Type.Slice() {
		if name == "null" {
			s.nullable = true
		} else if !slices.Contains(s.types, name) {
			s.types = append(s.types, name)
		}
	}
	s.nullable = s.nullable || described.Nullable
	s.readOnly = s.readOnly || described.ReadOnly
	for _, name := range slices.Sorted(maps.Keys(described.Properties)) {
		if p := r.read(described.Properties[name]); p != nil && !isAlternativeName(described.Properties[name]) {
			s.properties[name] = p
		}
	}
	if items := r.read(described.Items); items != nil {
		s.items = items
	}
	if isAlternative {
		return
	}
	s.addLimits(described)
}

// isAlternativeName tells whether a property is another name of one that is there too, which only
// the document of package contract says.
func isAlternativeName(ref *openapi3.SchemaRef) bool {
	return ref.Extensions["x-client"] == "alternative" || ref.Value.Extensions["x-client"] == "alternative"
}

// addLimits takes in what a value has to be, beside its type.
func (s *schema) addLimits(described *openapi3.Schema) {
	s.format, s.pattern = described.Format, described.Pattern
	s.least, s.most = described.Min, described.Max
	if described.Default != nil {
		s.standard = described.Default
	}
	for _, name := range described.Required {
		if !slices.Contains(s.required, name) {
			s.required = append(s.required, name)
		}
	}
	for _, value := range described.Enum {
		if value == nil {
			s.nullable = true
			continue
		}
		s.values = append(s.values, value)
	}
	for _, extension := range []string{"x-enum-varnames", "x-enumNames"} {
		names, _ := described.Extensions[extension].([]any)
		if len(names) == len(s.values) && len(names) > 0 {
			s.valueNames = texts(names)
		}
	}
}

// texts are those values that are texts, and empty ones in the place of others.
func texts(values []any) []string {
	result := make([]string, len(values))
	for i, value := range values {
		result[i], _ = value.(string)
	}
	return result
}

// is tells whether the value may be of one of the types; where nothing is said, it may.
func (s *schema) is(types ...string) bool {
	return len(s.types) == 0 || slices.ContainsFunc(types, func(name string) bool { return slices.Contains(s.types, name) })
}

// says tells whether the document says that the value is of the type.
func (s *schema) says(name string) bool { return slices.Contains(s.types, name) }

// isID tells whether the value is a UUID, by its format or pattern.
func (s *schema) isID() bool {
	return s.says(openapi3.TypeString) &&
		(s.format == "uuid" || s.format == "guid" || strings.Contains(s.pattern, "{8}") && strings.Contains(s.pattern, "{12}"))
}

// isText tells whether the value is a text that no format and no enumeration makes something else.
func (s *schema) isText() bool {
	return s.says(openapi3.TypeString) && !s.isID() && len(s.values) == 0 && !slices.Contains(otherFormats, s.format)
}

// otherFormats are those of texts that are something else.
var otherFormats = []string{"date-time", "date", "uri", "url", "email", "uri-reference"}

// isObject tells whether the value is an object of which properties are described.
func (s *schema) isObject() bool { return len(s.properties) > 0 && s.says(openapi3.TypeObject) }

// isList tells whether the value is an array of objects.
func (s *schema) isList() bool { return s.items != nil && s.items.isObject() }

// names are those of the properties, sorted.
func (s *schema) names() []string { return slices.Sorted(maps.Keys(s.properties)) }

// kind says what the value is, for a report: "string(uuid)", "array of string(uuid)", "object or null".
func (s *schema) kind() string {
	types := slices.Clone(s.types)
	if len(types) == 0 {
		types = []string{"any"}
	}
	kind := strings.Join(types, "|")
	if s.format != "" && !s.says(openapi3.TypeObject) {
		kind += "(" + s.format + ")"
	}
	if s.items != nil {
		kind += " of " + s.items.shallow()
	}
	if s.nullable {
		kind += " or null"
	}
	return kind
}

func (s *schema) shallow() string {
	if s.says(openapi3.TypeArray) {
		return openapi3.TypeArray
	}
	return s.kind()
}

// A leaf is a value in an object, at a path. Objects with described properties are leaves,
// too, and so are the values in them.
type leaf struct {
	path []string
	*schema
	// demanded says that the document demands it, and each object that it is in.
	demanded bool
}

// last is the last name of the path, and String all of it.
func (l leaf) last() string { return l.path[len(l.path)-1] }

func (l leaf) String() string { return strings.Join(l.path, ".") }

// holds tells whether the other leaf is this one, or in it.
func (l leaf) holds(other leaf) bool {
	return len(l.path) <= len(other.path) && slices.Equal(l.path, other.path[:len(l.path)])
}

// What is looked at of an object: a document may nest without an end.
const (
	maxLeafDepth = 4
	maxLeaves    = 400
)

// leavesOf are all values in an object, those nearer to the top first, in the order of
// their names. A list of members with an array for each kind is one value.
func leavesOf(s *schema) []leaf {
	if s == nil {
		return nil
	}
	var found []leaf
	level := []leaf{{schema: s, demanded: true}}
	for depth := 0; depth < maxLeafDepth && len(level) > 0; depth++ {
		var next []leaf
		for _, parent := range level {
			for _, name := range parent.names() {
				if path, err := mapping.ParsePath(name); err != nil || len(path) != 1 || len(found) >= maxLeaves {
					continue // No path can name it.
				}
				l := leaf{append(slices.Clone(parent.path), name), parent.properties[name], parent.demanded && slices.Contains(parent.required, name)}
				found = append(found, l)
				if l.isObject() && !l.says(openapi3.TypeArray) && memberFormOf(l.schema) == nil {
					next = append(next, l)
				}
			}
		}
		level = next
	}
	return found
}

// encode writes a JSON value on one line.
func encode(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return "null"
	}
	return string(data)
}
