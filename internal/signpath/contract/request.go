package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// A request is what a route's request says, and where each of it comes from.
type request struct {
	// isWhole is true if the request is the one value of the first field, and no object.
	isWhole bool
	fields  []field
	// kept are what the server keeps although no request has it: properties, and places of
	// answers.
	kept []mapping.Path
	// apart are the properties that have routes of their own.
	apart []Property
	// returns is true if what is not named goes back as it came.
	returns bool
}

// A field is one value of a request. One of property, carried and literal says what it is.
type field struct {
	codec
	path     mapping.Path
	property Property
	// concept is what the mapping calls the property.
	concept string
	// from is where answers have the property; nil if they do not. answered is how they name
	// members there.
	from     mapping.Path
	answered memberForm
	carried  mapping.Path
	literal  json.RawMessage
	// echoes is true if the property is not named, and goes back to where answers have it.
	echoes bool
	// converts is true if the form is that of the request alone.
	converts bool
	// isStated is true if the mapping file has the field, and not only the assumed contract;
	// isElsewhere if the file says where answers have the property.
	isStated, isElsewhere bool
}

// name is what an object calls the value; "" for a literal.
func (f field) name() string {
	if f.carried != nil {
		return carriedKey(f.carried)
	}
	return string(f.property)
}

// requestOf returns what the request of a route says: what the mapping states, and what is
// assumed of properties that it does not speak of.
func (m *Mapping) requestOf(t mapping.Thing, r *Route, call *mapping.Call) *request {
	q := &request{returns: r.Edits != nil}
	if call == nil {
		call = &mapping.Call{}
	}
	if q.returns {
		for p := range m.sets[t] {
			q.apart = append(q.apart, p)
		}
		for _, kept := range call.Kept {
			if path := m.keptPlace(t, kept); len(path) > 0 {
				q.kept = append(q.kept, path)
			}
		}
	}
	if body := call.Body; body != nil {
		if body.Whole != nil {
			q.isWhole = true
			q.fields = append(q.fields, m.fieldOf(t, mapping.Path{}, *body.Whole))
		}
		for _, stated := range body.Fields {
			q.fields = append(q.fields, m.fieldOf(t, stated.Path, stated.Source))
		}
	}
	if q.isWhole {
		return q
	}
	for _, p := range r.Request {
		q.add(m.assumedField(t, p))
	}
	if q.returns {
		for _, p := range m.places[t] {
			q.add(field{codec: p.codec, path: p.path, property: p.property, from: p.path, answered: p.members(), echoes: true})
		}
		for _, path := range m.carried[t] {
			q.add(field{path: path, carried: path, echoes: true})
		}
	}
	return q
}

// keptPlace is where answers have what a mapping says is kept: a concept, or a path.
func (m *Mapping) keptPlace(t mapping.Thing, kept string) mapping.Path {
	if concept, ok := t.Concept(kept); ok {
		p, _ := m.placeOf(t, propertyOf(t, concept.Name))
		return p.path
	}
	path, _ := mapping.ParsePath(kept)
	return path
}

// add adds a field that the mapping does not state, unless something else is in its place or
// sends the same, or it need not be sent.
func (q *request) add(f field) {
	taken := slices.ContainsFunc(q.fields, func(other field) bool {
		return other.name() == f.name() || other.path.Begins(f.path) || f.path.Begins(other.path)
	})
	isKept := slices.ContainsFunc(q.kept, func(kept mapping.Path) bool {
		return kept.Begins(f.path) || f.from != nil && kept.Begins(f.from)
	})
	if !taken && !isKept && (f.property == "" || !slices.Contains(q.apart, f.property)) {
		q.fields = append(q.fields, f)
	}
}

// assumedField is how a request is assumed to say a property.
func (m *Mapping) assumedField(t mapping.Thing, p Property) field {
	source := mapping.Source{}
	for _, concept := range t.Concepts() {
		if propertyOf(t, concept.Name) == p {
			source.Concept = concept.Name
		}
	}
	f := m.fieldOf(t, mapping.Path{p.requestName()}, source)
	f.isStated = false
	return f
}

// fieldOf returns a field as the mapping states it. A source that is left open is none.
func (m *Mapping) fieldOf(t mapping.Thing, path mapping.Path, source mapping.Source) field {
	f := field{path: path, carried: source.Carried, literal: source.Literal, isStated: true}
	concept, ok := t.Concept(source.Concept)
	if !ok {
		return f
	}
	f.property, f.concept = propertyOf(t, concept.Name), concept.Name
	answered, _ := m.placeOf(t, f.property)
	f.from, f.answered, f.isElsewhere = answered.path, answered.members(), answered.line > 0
	if f.codec = answered.codec; !source.Form.IsZero() {
		f.codec, f.converts = m.codecOf(concept, source.Form), true
	}
	if concept.Kind == mapping.KindMembers && source.Form.Members == nil {
		f.Members = m.requestMembers(t, concept)
	}
	f.kind = concept.Kind
	return f
}

// requestMembers is how requests name members: as the answer of just this list does where
// that has a form of its own, or as the file says.
func (m *Mapping) requestMembers(t mapping.Thing, concept mapping.Concept) *mapping.Members {
	name := concept.Name
	if concept.InRequestsOnly { // Those who come and go are members of the list of a group.
		name = "members"
	}
	if own := m.of(t).Answer[name].Form.Members; own != nil {
		return own
	}
	if m.file.Members.Request != nil {
		return m.file.Members.Request
	}
	return m.file.Members.Answer
}

// lacksSource says what the request has no source for, where there is no answer to take it
// from; it is empty if there is nothing.
func (q *request) lacksSource(r *Route) string {
	for _, f := range q.fields {
		switch {
		case f.name() == "" && f.literal == nil:
			return fmt.Sprintf("the mapping leaves open what %q is", f.path)
		case r.Edits != nil || r.Sets != nil || f.name() == "", r.Creates != nil && f.property != "": // What nobody wants is left out.
		case !slices.Contains(r.Request, f.property):
			return fmt.Sprintf("the mapping wants %q to be what an answer has, and this request follows on none", f.path)
		}
	}
	return ""
}

// schema returns what a document says of the request, by the names of objects. What the
// request keeps, or says by itself, is not there.
func (q *request) schema(m *Mapping, t mapping.Thing, wire *schema) *schema {
	if wire == nil {
		return nil
	}
	left, named := wire.cloned(), &schema{properties: map[string]schemaProperty{}}
	for _, f := range q.fields {
		described, demanded := wire.at(f.path)
		left.drop(f.path)
		if described == nil || f.name() == "" {
			continue
		}
		if f.property != "" && (!f.hasPlainForm() || f.kind == mapping.KindMembers) {
			described = &schema{nullable: described.nullable || f.NullIsEmpty} // The request itself is looked at.
		}
		named.tell(f.name(), described, demanded)
	}
	if q.isWhole {
		return named
	}
	for _, path := range q.kept {
		left.drop(path)
	}
	for _, p := range q.apart {
		left.drop(mapping.Path{p.requestName()})
		if known, ok := m.placeOf(t, p); ok {
			left.drop(known.path)
		}
	}
	left.name(m, t, named)
	return named
}

// answerSchema returns what a document says of answers about a thing, by the names of
// objects.
func (m *Mapping) answerSchema(t mapping.Thing, wire *schema) *schema {
	if wire == nil || m.plain[t] {
		return wire
	}
	left, named := wire.cloned(), &schema{properties: map[string]schemaProperty{}}
	for _, p := range m.places[t] {
		described, demanded := wire.at(p.path)
		if described == nil {
			continue
		}
		left.drop(p.path)
		if !p.hasPlainForm() {
			described = &schema{nullable: described.nullable && !p.NullIsEmpty, readOnly: described.readOnly}
		}
		named.tell(string(p.property), described, demanded)
	}
	for _, path := range m.carried[t] {
		if described, demanded := wire.at(path); described != nil {
			left.drop(path)
			named.tell(carriedKey(path), described, demanded)
		}
	}
	left.name(m, t, named)
	return named
}

func (s *schema) tell(name string, described *schema, demanded bool) {
	s.properties[name] = schemaProperty{schema: described}
	if demanded {
		s.required = append(s.required, name)
	}
}

// at returns what the schema says of the value at a path, and whether it is demanded; nil if
// there cannot be one.
func (s *schema) at(path mapping.Path) (described *schema, demanded bool) {
	demanded = true
	for i, name := range path {
		p, ok := s.properties[name]
		switch {
		case !ok && i > 0 && len(s.properties) == 0 && s.is(openapi3.TypeObject):
			return &schema{}, false // It says nothing of what is inside.
		case !ok:
			return nil, false
		}
		demanded = demanded && s.demands(name)
		s = p.schema
	}
	return s, demanded
}

func (s *schema) cloned() *schema {
	clone := *s
	clone.properties, clone.required = maps.Clone(s.properties), slices.Clone(s.required)
	return &clone
}

// drop takes the value at a path out of the schema, which is the caller's own, and the objects
// of which nothing is left then.
func (s *schema) drop(path mapping.Path) {
	if len(path) == 0 || !s.has(path[0]) {
		return
	}
	if len(path) > 1 {
		p := s.properties[path[0]]
		inner := p.cloned()
		if inner.drop(path[1:]); len(inner.properties) > 0 {
			s.properties[path[0]] = schemaProperty{inner, p.fact}
			return
		}
	}
	delete(s.properties, path[0])
	s.required = slices.DeleteFunc(s.required, func(name string) bool { return name == path[0] })
}

// name puts what is left of a schema into one by the names of objects.
func (s *schema) name(m *Mapping, t mapping.Thing, named *schema) {
	named.open, named.types = s.open, s.types
	for name, p := range s.properties {
		named.properties[m.carriedName(t, name)] = p
	}
	for _, name := range s.required {
		named.required = append(named.required, m.carriedName(t, name))
	}
}

// depthOfKept is how deep the deepest place is that is kept.
func (q *request) depthOfKept() int {
	deepest := 0
	for _, path := range q.kept {
		deepest = max(deepest, len(path))
	}
	return deepest
}

// withoutKept returns an object without what the request need not send.
func (q *request) withoutKept(m *Mapping, t mapping.Thing, o Object) Object {
	if len(q.kept)+len(q.apart) == 0 || o == nil {
		return o
	}
	o = maps.Clone(o)
	for _, p := range q.apart {
		delete(o, string(p))
	}
	for _, kept := range q.kept {
		for _, p := range m.places[t] {
			if kept.Begins(p.path) && !q.hasField(string(p.property)) {
				delete(o, string(p.property))
			}
		}
		name := m.carriedName(t, kept[0])
		switch left := cut(o[name], kept[1:]); {
		case o[name] == nil:
		case len(kept) == 1 || bytes.Equal(left, []byte("{}")):
			delete(o, name)
		default:
			o[name] = left
		}
	}
	return o
}

// encode turns what a request says, by the names of objects, into what the server takes.
// The schema is what the document says of the request; nil if nothing.
func (q *request) encode(m *Mapping, t mapping.Thing, said, before Object, takes *schema, principals Principals) (json.RawMessage, error) {
	wire := Object{}
	for name, value := range said {
		if _, known := m.placeOf(t, Property(name)); q.returns && !known && name != wireKey && !q.hasField(name) {
			wire[strings.TrimPrefix(name, wireKey)] = value
		}
	}
	for _, f := range q.fields {
		value, ok := f.literal, f.literal != nil
		if f.name() != "" {
			value, ok = said[f.name()]
		}
		if !ok {
			continue
		}
		if f.property != "" {
			var described *schema
			if takes != nil {
				described, _ = takes.at(f.path)
			}
			var err error
			if value, err = f.encode(value, before, described, principals); err != nil {
				return nil, fmt.Errorf("of %s, %w", f.path, err)
			}
		}
		if q.isWhole {
			return value, nil
		}
		if err := f.replaces(wire); err != nil {
			return nil, err
		}
		wire = put(wire, f.path, value)
	}
	return MustMarshal(wire), nil
}

// replaces tells what would be lost of what goes back as it came, if the field were put there.
func (f field) replaces(wire Object) error {
	for i := range f.path {
		value, ok := wire.at(f.path[:i+1])
		isLast := i == len(f.path)-1
		switch {
		case !ok:
			return nil
		case !isLast && !IsNull(value) && typeOf(value) != "object":
			return fmt.Errorf("the answer has %s at %q, so that nothing could be sent at %s without losing that", inWords[typeOf(value)], f.path[:i+1], f.path)
		case isLast && f.isElsewhere && !f.isStated:
			return fmt.Errorf("the answer has something else at %q than %s, which the mapping says is at %s, and the request would replace it. "+
				"State in its body where it takes =%s", f.path, f.property, f.from, f.concept)
		}
	}
	return nil
}

// encode writes a property. What is not changed goes back as it came, and so do the objects
// that are members of a list and stay there.
func (f field) encode(value json.RawMessage, before Object, takes *schema, principals Principals) (json.RawMessage, error) {
	if f.from == nil {
		return f.codec.encode(value, principals)
	}
	was, ok := f.from.Get(before[wireKey])
	id := f.members().idOfObjects()
	switch {
	case ok && f.kind == mapping.KindMembers && id != nil && slices.Equal(id, f.answered.idOfObjects()):
		ids, err := DecodeMembers(value)
		if err != nil {
			return nil, err
		}
		return f.members().encode(memberList{Principals: principals, ids: ids, came: f.answered.entries(was), takes: takes})
	case ok && f.kind != mapping.KindMembers && !f.converts && SameJSON(before[string(f.property)], value):
		return was, nil
	}
	return f.codec.encode(value, principals)
}

// nameOf is what the request calls what objects have by a name.
func (q *request) nameOf(name string) string {
	for _, f := range q.fields {
		if f.name() == name && len(f.path) > 0 {
			return f.path.String()
		}
	}
	return strings.TrimPrefix(name, wireKey)
}

func (q *request) hasField(name string) bool {
	return slices.ContainsFunc(q.fields, func(f field) bool { return f.name() == name })
}
