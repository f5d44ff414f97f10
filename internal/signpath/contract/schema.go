package contract

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A schema is what a document says of a JSON value. What it does not say is empty.
type schema struct {
	// types are the JSON types that the value may have, but for null.
	types []string
	// nullable is true if it may be null, and readOnly if no request has it.
	nullable, readOnly bool
	format             string
	// values are those that are allowed, as JSON; nil if all are.
	values []string
	// items describe those of an array.
	items *schema

	properties map[string]schemaProperty
	required   []string
	// open is true if the document says that there may be further properties.
	open bool
}

// A schemaProperty is one property of an object. What the document says of its
// evidence is about this use of it.
type schemaProperty struct {
	*schema
	fact
}

// A schemaReader has the schemas that were read, because a document refers to one
// again and again, and a schema may refer to itself.
type schemaReader map[*openapi3.Schema]*schema

func (r schemaReader) read(ref *openapi3.SchemaRef) *schema {
	if ref == nil || ref.Value == nil {
		return nil
	}
	if known := r[ref.Value]; known != nil {
		return known
	}
	s := &schema{properties: map[string]schemaProperty{}}
	r[ref.Value] = s
	s.addAll(r, ref.Value, false, map[*openapi3.Schema]bool{})
	if len(s.types) == 0 && len(s.properties) > 0 {
		s.types = []string{openapi3.TypeObject}
	}
	return s
}

// addAll takes in a schema and all that it consists of. What only one of several
// alternatives demands is not demanded.
func (s *schema) addAll(r schemaReader, described *openapi3.Schema, isAlternative bool, seen map[*openapi3.Schema]bool) {
	if seen[described] {
		return
	}
	seen[described] = true
	s.add(r, described, isAlternative)
	for _, part := range described.AllOf {
		if part.Value != nil {
			s.addAll(r, part.Value, isAlternative, seen)
		}
	}
	for _, alternatives := range []openapi3.SchemaRefs{described.OneOf, described.AnyOf} {
		alternatives = slices.DeleteFunc(slices.Clone(alternatives), func(a *openapi3.SchemaRef) bool { return a.Value == nil })
		others := slices.DeleteFunc(slices.Clone(alternatives), func(a *openapi3.SchemaRef) bool { return isNull(a.Value) })
		s.nullable = s.nullable || len(others) < len(alternatives)
		for _, a := range others {
			s.addAll(r, a.Value, isAlternative || len(others) > 1, seen)
		}
	}
}

// isNull tells whether a schema stands for null alone: how OpenAPI 3.1 makes a
// reference nullable.
func isNull(described *openapi3.Schema) bool {
	return described.Type != nil && described.Type.Is("null")
}

func (s *schema) add(r schemaReader, described *openapi3.Schema, isAlternative bool) {
	s.addTypes(described)
	s.addProperties(r, described)
	s.readOnly = s.readOnly || described.ReadOnly
	if items := r.read(described.Items); items != nil {
		s.items = items
	}
	if !isAlternative {
		s.addDemands(described)
	}
}

func (s *schema) addTypes(described *openapi3.Schema) {
	for _, name := range described.Type.Slice() {
		if name == "null" {
			s.nullable = true
		} else {
			s.types = unique(append(s.types, name))
		}
	}
	s.nullable = s.nullable || described.Nullable
}

func (s *schema) addProperties(r schemaReader, described *openapi3.Schema) {
	if has := described.AdditionalProperties; has.Schema != nil || has.Has != nil && *has.Has {
		s.open = true
	}
	for name, p := range described.Properties {
		if p == nil || p.Value == nil {
			continue
		}
		extensions := p.Value.Extensions
		if p.Ref != "" { // What stands beside a reference is about this use of it.
			extensions = p.Extensions
		}
		s.properties[name] = schemaProperty{r.read(p), factIn(extensions)}
	}
}

// addDemands takes in what a value has to be, beside its type.
func (s *schema) addDemands(described *openapi3.Schema) {
	s.format = described.Format
	s.required = unique(append(s.required, described.Required...))
	for _, value := range described.Enum {
		if value == nil {
			s.nullable = true
			continue
		}
		if encoded, err := json.Marshal(value); err == nil {
			s.values = append(s.values, string(encoded))
		}
	}
}

// listed returns the schema of a list's items, where the schema is that of a list,
// or of an object with nothing but a list and what tells of its pages; else the schema
// itself.
func (s *schema) listed() *schema {
	if s == nil {
		return nil
	}
	if s.items != nil {
		return s.items
	}
	var items *schema
	for name, p := range s.properties {
		switch {
		case p.items != nil && len(p.items.properties) > 0 && items == nil:
			items = p.items
		case p.items != nil || signals[foldName(name)] == 0:
			return s
		}
	}
	if items == nil {
		return s
	}
	return items
}

// orNil returns nil for a schema that says nothing of an object.
func (s *schema) orNil() *schema {
	if s == nil || len(s.properties) == 0 {
		return nil
	}
	return s
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

// has tells whether the schema, which may be nil, has the property.
func (s *schema) has(name string) bool {
	if s == nil {
		return false
	}
	_, ok := s.properties[name]
	return ok
}

// demands tells whether an object must have the property.
func (s *schema) demands(name string) bool { return slices.Contains(s.required, name) }

// is tells whether the value may be of one of the types; where nothing is said, it
// may be of any.
func (s *schema) is(types ...string) bool {
	return s == nil || len(s.types) == 0 || slices.ContainsFunc(types, func(name string) bool { return slices.Contains(s.types, name) })
}

// String says what the value is: "integer", "string or null".
func (s *schema) String() string {
	types := slices.Clone(s.types)
	if s.nullable {
		types = append(types, "null")
	}
	if len(types) == 0 {
		return "of any type"
	}
	return strings.Join(types, " or ")
}

// misfit says why a value that is assumed to be like one schema is not what the
// server describes, or is empty: a request fits if the server takes what is sent,
// an answer if nothing else than what is read can come.
func (s *schema) misfit(assumed *schema, sent bool) string {
	switch {
	case s == nil || assumed == nil || len(s.types) == 0 || len(assumed.types) == 0:
		return ""
	case sent && !s.is(numbers(assumed.types)...), !sent && !assumed.isAll(s.types):
		return "is " + s.String() + ", and not " + assumed.String()
	case s.format != "" && assumed.format != "" && s.format != assumed.format && s.is(openapi3.TypeString):
		return "has the format " + s.format + ", and not " + assumed.format
	case s.items != nil && assumed.items != nil:
		if reason := s.items.misfit(assumed.items, sent); reason != "" {
			return "has items of which each " + reason
		}
	}
	return ""
}

// numbers adds what an integer is, too.
func numbers(types []string) []string {
	if slices.Contains(types, openapi3.TypeInteger) {
		return append(slices.Clone(types), openapi3.TypeNumber)
	}
	return types
}

func (s *schema) isAll(types []string) bool {
	for _, name := range types {
		if !slices.Contains(numbers(s.types), name) && !s.is(numbers([]string{name})...) {
			return false
		}
	}
	return true
}

// refuses says why the value would not be taken as it is; it is empty if it would be.
func (s *schema) refuses(value json.RawMessage) string {
	kind := typeOf(value)
	switch {
	case s == nil, kind == "null" && (s.nullable || len(s.types) == 0):
		return ""
	case kind == "null", !s.is(numbers([]string{kind})...):
		return "it takes what is " + s.String() + ", and the value is " + kind
	case s.values != nil && !slices.ContainsFunc(s.values, func(allowed string) bool { return SameJSON(json.RawMessage(allowed), value) }):
		return "it takes only " + strings.Join(s.values, ", ") + ", and the value is " + string(value)
	}
	return ""
}

// carries says what would be lost of a value that goes back as it came, or is empty:
// each property that a request takes has to be there, and each that is there has to
// be taken, at every depth. The answer's schema tells what is left out there because
// it is null.
func (s *schema) carries(answer *schema, value json.RawMessage) string {
	if reason := s.refuses(value); reason != "" || s == nil {
		return reason
	}
	if answer == nil {
		answer = &schema{}
	}
	if reason := s.carriesItems(answer, value); reason != "" {
		return reason
	}
	o, err := DecodeObject(value)
	if err != nil || len(s.properties) == 0 {
		return ""
	}
	return cmp.Or(s.carriesProperties(answer, o), s.untaken(answer, o))
}

// carriesItems is carries for the items of a list.
func (s *schema) carriesItems(answer *schema, value json.RawMessage) string {
	var items []json.RawMessage
	if s.items == nil || json.Unmarshal(value, &items) != nil {
		return ""
	}
	for _, item := range items {
		if reason := s.items.carries(answer.items, item); reason != "" {
			return "in an item, " + reason
		}
	}
	return ""
}

// carriesProperties is carries for the properties that a request takes.
func (s *schema) carriesProperties(answer *schema, o Object) string {
	for _, name := range s.names() {
		nested, taken := o[name]
		if !taken {
			if described, known := answer.properties[name]; !s.demands(name) && known && described.nullable {
				continue
			}
			return "it takes " + name + ", which no answer shows"
		}
		if reason := s.properties[name].carries(answer.properties[name].schema, nested); reason != "" {
			return "in " + name + ", " + reason
		}
	}
	return ""
}

// untaken says which property of an object that holds something a request has no place for.
func (s *schema) untaken(answer *schema, o Object) string {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if _, taken := s.properties[name]; !taken && !s.open && !IsEmptyJSON(o[name]) && !answer.isReadOnly(name) {
			return "it has no place for " + name
		}
	}
	return ""
}

// isReadOnly tells whether the document says that no request has the property.
func (s *schema) isReadOnly(name string) bool {
	p, ok := s.properties[name]
	return ok && p.readOnly
}

// rejects says why a value would not be taken as it is, at any depth; it is empty if it would
// be. What a strict look does not know a place for would not be taken, either.
func (s *schema) rejects(value json.RawMessage, strict bool) string {
	if s == nil {
		return ""
	}
	if reason := s.refuses(value); reason != "" {
		return reason
	}
	if text := Text(value); text != "" && (s.format == formatID && !access.IsID(text) || s.format == formatEmail && access.IsID(text)) {
		return "it takes what has the format " + s.format + ", and the value has another"
	}
	var items []json.RawMessage
	if s.items != nil && json.Unmarshal(value, &items) == nil {
		for _, item := range items {
			if reason := s.items.rejects(item, strict); reason != "" {
				return "in an item, " + reason
			}
		}
	}
	return s.rejectsProperties(value, strict)
}

// rejectsProperties is rejects for those of an object.
func (s *schema) rejectsProperties(value json.RawMessage, strict bool) string {
	var o Object
	if len(s.properties) == 0 || json.Unmarshal(value, &o) != nil || o == nil {
		return ""
	}
	for _, name := range s.required {
		if _, ok := o[name]; !ok {
			return fmt.Sprintf("it demands %q, which is not sent", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		p, known := s.properties[name]
		switch reason := p.rejects(o[name], strict); {
		case !known && strict && !s.open:
			return fmt.Sprintf("it has no place for %q, and takes %s", name, listed(s.names()))
		case reason != "":
			return fmt.Sprintf("in %s, %s", name, reason)
		}
	}
	return ""
}

// The formats that ids and addresses have in documents.
const (
	formatID    = "uuid"
	formatEmail = "email"
)

// unique returns names without those that were there before.
func unique(names []string) []string {
	var result []string
	for _, name := range names {
		if !slices.Contains(result, name) {
			result = append(result, name)
		}
	}
	return result
}
