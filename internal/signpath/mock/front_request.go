package mock

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// requestShape is what the server reads from the body of a call.
type requestShape struct {
	thing thing
	call  string
	// properties are those that a mapping file has words for, by their names in the default dialect.
	properties []string
	fields     []requestField
	// kept are the properties that stay as they are if they are not sent.
	kept []string
	// isWhole tells that the body is the value of the one field, and isClosed that there is nothing in it but the fields.
	isWhole, isClosed bool
}

// requestField is a place in a body. It is for a concept, for what the answer had somewhere, or for a literal.
type requestField struct {
	line    int // in the mapping file; 0 if the field is none of it
	path    jsonPath
	concept concept
	form    valueForm
	carried jsonPath
	literal any
	// isStated tells that the concept is one that the call does not change, and has to be sent as it is.
	isStated bool
}

func (f requestField) isLiteral() bool { return f.concept.name == "" && f.carried == nil }

// newShape is the shape of a call, with what sets one concept alone if that is not "".
func (f *front) newShape(t thing, call, set string) (*requestShape, error) {
	said, shape := f.call(t, call), &requestShape{thing: t, call: call, properties: bodies[t][call]}
	if set != "" {
		said = f.of(t).set[set]
		c, _ := conceptCalled(t, set)
		shape.properties = []string{c.request}
	}
	shape.isClosed = !slices.Contains([]string{callCreate, callEdit}, call) // A body of any other call is whole.
	if said.body != nil {
		if err := f.addFields(shape, said.body); err != nil {
			return nil, err
		}
	}
	for _, property := range shape.properties {
		c := conceptOf(t, property)
		if set == "" && call == callEdit && f.of(t).set[c.name] != nil {
			shape.kept = append(shape.kept, property)
			continue
		}
		if f.keeps(said, t, c) {
			shape.kept = append(shape.kept, property)
		}
		if !shape.has(f, c) && (!shape.isClosed || said.body == nil) {
			field := requestField{path: jsonPath{property}, concept: c, form: f.requestForm(t, c, valueForm{})}
			shape.fields = append(shape.fields, field)
		}
	}
	return shape, shape.check(said)
}

// keeps tells whether an edit need not send the concept.
func (f *front) keeps(said *callMapping, t thing, c concept) bool {
	at, _ := f.place(t, c)
	return slices.ContainsFunc(said.kept, func(kept string) bool { return kept == c.name || isBelow(at.path, parsePath(kept)) })
}

// isBelow tells whether a path is another one, or leads on from it.
func isBelow(path, other jsonPath) bool {
	return len(path) >= len(other) && slices.Equal(path[:len(other)], other)
}

// has tells whether a field is for the concept.
func (s *requestShape) has(f *front, c concept) bool {
	return slices.ContainsFunc(s.fields, func(field requestField) bool {
		at, _ := f.place(s.thing, c)
		return field.concept.name == c.name || field.carried != nil && c.answer != "" && isBelow(at.path, field.carried)
	})
}

func (f *front) addFields(shape *requestShape, body *bodyMapping) error {
	fields := body.fields
	if body.whole != nil {
		shape.isWhole, shape.isClosed = true, true
		fields = []field{{path: jsonPath{}, source: *body.whole}}
	}
	for _, said := range fields {
		read := requestField{line: said.line, path: said.path, carried: said.carried, literal: said.literal}
		if said.concept != "" {
			c, known := conceptCalled(shape.thing, said.concept)
			isStated := !slices.Contains(shape.properties, c.request)
			if !known || isStated && (shape.call != callEdit || c.answer == "") {
				return refuseLine(said.line, "this call has nothing to do with %s", said.concept)
			}
			read.concept, read.form, read.isStated = c, f.requestForm(shape.thing, c, said.valueForm), isStated
		}
		if said.carried != nil && shape.call == callCreate {
			return refuseLine(said.line, "before a create there is no answer to carry %s from", said.carried)
		}
		shape.fields = append(shape.fields, read)
	}
	return nil
}

// requestForm is the form of a concept in a request: its own, or else that in answers.
func (f *front) requestForm(t thing, c concept, own valueForm) valueForm {
	answered, _ := f.place(t, c)
	form := answered.valueForm
	if own.values != nil {
		form.values = own.values
	}
	if own.whenTrue != nil {
		form.whenTrue, form.whenFalse = own.whenTrue, own.whenFalse
	}
	form.members = f.requestedMembers(own, answered.valueForm)
	return form
}

// check refuses places that exclude each other.
func (s *requestShape) check(said *callMapping) error {
	for i, field := range s.fields {
		if len(field.path) == 0 && !s.isWhole {
			return refuseLine(said.line, "a field of a body is not the body itself")
		}
		for _, other := range s.fields[:i] {
			if isBelow(field.path, other.path) || isBelow(other.path, field.path) {
				return refuseLine(said.line, "%s and %s are in the same place", other.path, field.path)
			}
		}
	}
	return nil
}

// stamps are the paths in answers about a thing from which a body carries what no concept is of. The server makes up a value
// there that has to come back.
func (f *front) stamps(t thing) []jsonPath {
	var paths []jsonPath
	add := func(said *callMapping) {
		if said.body == nil {
			return
		}
		fields := said.body.fields
		if said.body.whole != nil {
			fields = []field{{source: *said.body.whole}}
		}
		for _, read := range fields {
			if read.carried != nil && !f.isKnownPlace(t, read.carried) {
				paths = append(paths, read.carried)
			}
		}
	}
	for _, said := range f.of(t).calls {
		add(said)
	}
	for _, said := range f.of(t).set {
		add(said)
	}
	slices.SortFunc(paths, func(a, b jsonPath) int { return slices.Compare(a, b) })
	return slices.CompactFunc(paths, func(a, b jsonPath) bool { return slices.Equal(a, b) })
}

// isKnownPlace tells whether answers have a concept at a path or below it, or a property that no mapping file has a word for.
func (f *front) isKnownPlace(t thing, path jsonPath) bool {
	return f.carriedProperty(path) != "" || slices.ContainsFunc(concepts[t], func(c concept) bool {
		at, _ := f.place(t, c)
		return f.shows(t, c) && isBelow(at.path, path)
	})
}

// carriedProperty is the property at a path that no mapping file has a word for, by its name in the default dialect.
func (f *front) carriedProperty(path jsonPath) string {
	if len(path) != 1 {
		return ""
	}
	for _, property := range f.extras {
		if f.dialect.answerName(property) == path[0] {
			return property
		}
	}
	return ""
}

// stampOf is a value that the server made up for an object, by its id.
func stampOf(path jsonPath, id any) string {
	return hashToken(fmt.Sprint(path.String(), id))[:16]
}

// valueAt finds what is at a path in a JSON value. Names are compared without case, as ASP.NET does by default.
func valueAt(value json.RawMessage, path jsonPath) (found json.RawMessage, has bool) {
	for _, name := range path {
		body, err := parseBody(value)
		if err != nil {
			return nil, false
		}
		inner, isThere := body[strings.ToLower(name)]
		if !isThere {
			return nil, false
		}
		value = inner.value
	}
	return value, value != nil
}

// reading is what a request says, in the names and forms of the default dialect.
type reading struct {
	body requestBody
	// names are the paths on the wire of the properties, by which errors call them.
	names map[string]jsonPath
	// unfit are the properties whose value does not fit, and why; errors what is wrong besides, by titles.
	unfit  map[string]error
	errors map[string][]string
	// kept are the properties that stay as they are.
	kept []string
}

// read reads the body of a request. Of the object that it is about, if any, it gets the id and the properties.
func (f *front) read(r renderer, shape *requestShape, content json.RawMessage, about object) *reading {
	read := &reading{body: requestBody{}, names: map[string]jsonPath{}, unfit: map[string]error{}, errors: map[string][]string{}}
	for _, field := range shape.fields {
		value, isSent := valueAt(content, field.path)
		switch {
		case field.isLiteral():
			read.checkLiteral(field, value, isSent)
		case field.carried != nil:
			f.readCarried(r, shape, field, value, isSent, about, read)
		case field.isStated && !shape.isActivity(field):
			f.checkStated(r, shape.thing, field, value, isSent, about, read)
		default:
			read.names[field.concept.request] = field.path
			read.set(f, r, field.concept, field.form, value, isSent)
		}
	}
	for _, property := range shape.kept {
		if _, isSent := read.body[strings.ToLower(property)]; !isSent && read.unfit[property] == nil {
			read.kept = append(read.kept, property)
		}
	}
	if !shape.isClosed {
		f.readOthers(shape, content, read)
	}
	return read
}

// set reads a property.
func (r *reading) set(f *front, server renderer, c concept, form valueForm, value json.RawMessage, isSent bool) {
	if !isSent {
		return
	}
	decoded, err := f.decode(server, c, form, value)
	if err != nil {
		r.unfit[c.request] = err
		return
	}
	r.body[strings.ToLower(c.request)] = requestProperty{c.request, decoded}
}

func (r *reading) reject(path jsonPath, format string, arguments ...any) {
	r.errors[path.title()] = append(r.errors[path.title()], fmt.Sprintf(format, arguments...))
}

func (r *reading) checkLiteral(field requestField, value json.RawMessage, isSent bool) {
	switch {
	case !isSent:
		r.reject(field.path, "The %s field is required.", field.path.title())
	case !sameJSON(value, encode(field.literal)):
		r.reject(field.path, "The value must be %s.", encode(field.literal))
	}
}

// checkStated refuses a request that would change what the call does not change.
func (f *front) checkStated(r renderer, t thing, field requestField, value json.RawMessage, isSent bool, about object, read *reading) {
	now := encode(f.encode(r, field.concept, field.form, r.stateOf(t, about)[field.concept.answer]))
	decoded, err := f.decode(r, field.concept, field.form, value)
	current, _ := f.decode(r, field.concept, field.form, now)
	switch {
	case !isSent:
		read.reject(field.path, "The %s field is required.", field.path.title())
	case err != nil || !sameMembers(decoded, current):
		read.reject(field.path, "This request can't change it.")
	}
}

// sameMembers compares without regard to the order of lists.
func sameMembers(a, b json.RawMessage) bool {
	var first, second []sentMember
	if json.Unmarshal(a, &first) != nil || json.Unmarshal(b, &second) != nil {
		return sameJSON(a, b)
	}
	ids := func(members []sentMember) []string {
		ids := make([]string, len(members))
		for i, member := range members {
			ids[i] = member.ID
		}
		return slices.Sorted(slices.Values(ids))
	}
	return slices.Equal(ids(first), ids(second))
}

// readCarried reads what an answer had at a path: a property, concepts, or a value that the server made up.
func (f *front) readCarried(
	r renderer, shape *requestShape, field requestField, value json.RawMessage, isSent bool, about object, read *reading,
) {
	if name := f.carriedProperty(field.carried); name != "" {
		if isSent {
			read.body[strings.ToLower(name)] = requestProperty{name, value}
		}
		return
	}
	if !f.isKnownPlace(shape.thing, field.carried) {
		switch {
		case !isSent:
			read.reject(field.path, "The %s field is required.", field.path.title())
		case !sameJSON(value, encode(stampOf(field.carried, about[propID]))):
			read.reject(field.path, "The value is not that of the object.")
		}
		return
	}
	for _, property := range shape.properties {
		c := conceptOf(shape.thing, property)
		at, _ := f.place(shape.thing, c)
		if c.answer == "" || !isBelow(at.path, field.carried) {
			continue
		}
		read.names[property] = slices.Concat(field.path, at.path[len(field.carried):])
		own, has := value, isSent
		if inner := at.path[len(field.carried):]; len(inner) > 0 && isSent {
			own, has = valueAt(value, inner)
		}
		form := at.valueForm
		form.members = f.answeredMembers(form)
		read.set(f, r, c, form, own, has)
	}
}

// readOthers reads the properties that no mapping file has a word for.
func (f *front) readOthers(shape *requestShape, content json.RawMessage, read *reading) {
	body, err := parseBody(content)
	if err != nil {
		return // readBody refused it, or there is none.
	}
	for key, sent := range body {
		isTaken := slices.ContainsFunc(shape.fields, func(field requestField) bool { return strings.EqualFold(field.path[0], key) })
		isAssumed := slices.ContainsFunc(shape.properties, func(property string) bool { return strings.EqualFold(property, key) })
		if isTaken || isAssumed || shape.carries(f, key) {
			continue
		}
		for _, property := range f.extras {
			if strings.EqualFold(f.dialect.requestName(property), key) {
				sent.name, key = property, strings.ToLower(property)
				break
			}
		}
		read.body[key] = sent
	}
}

// carries tells whether a property that no mapping file has a word for has another place in the body than its own.
func (s *requestShape) carries(f *front, key string) bool {
	return slices.ContainsFunc(s.fields, func(field requestField) bool {
		return field.carried != nil && strings.EqualFold(f.carriedProperty(field.carried), key)
	})
}
