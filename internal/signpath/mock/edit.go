package mock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// requestBody is a JSON object whose names are compared without case, as ASP.NET does by default (inferred; observed
// for forms). Its keys are lower case.
type requestBody map[string]requestProperty

type requestProperty struct {
	name  string
	value json.RawMessage
}

func parseBody(content []byte) (requestBody, error) {
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(content, &properties); err != nil {
		return nil, fmt.Errorf("the request body is no JSON object: %w", err)
	}
	body := requestBody{}
	for name, value := range properties {
		body[strings.ToLower(name)] = requestProperty{name, compact(value)}
	}
	return body, nil
}

func compact(value json.RawMessage) json.RawMessage {
	var compacted bytes.Buffer
	if json.Compact(&compacted, value) != nil {
		return value
	}
	return compacted.Bytes()
}

// edit reads the properties of a request body into the draft of an object and collects what is wrong with them. The
// draft replaces the object only if nothing is.
//
// Its methods name properties as in the default dialect, and so does the body: a front made it of what was sent. A property
// that the body omits is reset, unless omitted ones are kept (Dialect.EditPatches).
type edit struct {
	*reading
	organization *organization
	keepsOmitted bool
	// lost and untouched are the properties, by their names on the wire and in lower case, of faults that lose them or leave
	// them as they are.
	lost, untouched []string
	// demanded are the properties that an Edit demands with Dialect.Demanded.
	demanded []string
	// asked are the properties that were read, required those that must not be empty.
	asked, required []string
}

// newEdit reads a body in the names of the default dialect.
func newEdit(o *organization, body requestBody) *edit {
	return &edit{organization: o, reading: &reading{body: body, errors: map[string][]string{}}}
}

// path is where a property is on the wire.
func (e *edit) path(property string) jsonPath {
	if path := e.names[property]; path != nil {
		return path
	}
	return jsonPath{property}
}

// take returns the value for a property: null to reset it, or change=false to leave it as it is.
func (e *edit) take(property string) (value json.RawMessage, change bool) {
	wire := strings.ToLower(e.path(property).String())
	e.asked = append(e.asked, property)
	if slices.Contains(e.untouched, wire) || slices.Contains(e.kept, property) {
		return nil, false
	}
	if slices.Contains(e.lost, wire) {
		return json.RawMessage("null"), true
	}
	if err := e.unfit[property]; err != nil {
		e.reject(property, "%s", err)
		return nil, false
	}
	sent, present := e.body[strings.ToLower(property)]
	if !present {
		return json.RawMessage("null"), !e.keepsOmitted
	}
	return sent.value, true
}

// has tells whether the body has a property.
func (e *edit) has(property string) bool {
	_, present := e.body[strings.ToLower(property)]
	return present || e.unfit[property] != nil
}

// read sets the target to the value of a property; null and an omitted one reset it.
func read[T any](e *edit, property string, target *T) {
	value, change := e.take(property)
	if !change {
		return
	}
	var decoded T
	if err := json.Unmarshal(value, &decoded); err != nil {
		e.reject(property, "The JSON value could not be converted.")
		return
	}
	*target = decoded
}

// raw sets the target to the JSON of an object-valued property, or to nothing.
func (e *edit) raw(property string, target *json.RawMessage) {
	value, change := e.take(property)
	if !change {
		return
	}
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(value, &properties); err != nil {
		e.reject(property, "The JSON value could not be converted to an object.")
		return
	}
	*target = nil
	if properties != nil {
		*target = value
	}
}

// extras edits the properties that clients may not know: those that the object has and the body sends are changed,
// those that it omits are dropped. Names that the object does not have are ignored, as ASP.NET does by default.
func (e *edit) extras(extras map[string]json.RawMessage) map[string]json.RawMessage {
	edited := maps.Clone(extras)
	for name := range extras {
		value, change := e.take(name)
		switch {
		case !change:
		case e.has(name) && !slices.Contains(e.lost, strings.ToLower(e.path(name).String())):
			edited[name] = value
		default:
			delete(edited, name)
		}
	}
	return edited
}

// reject notes an error of a property.
func (e *edit) reject(property, format string, arguments ...any) {
	e.reading.reject(e.path(property), format, arguments...)
}

// require refuses an empty value.
func (e *edit) require(property, value string) {
	e.required = append(e.required, property)
	if strings.TrimSpace(value) == "" {
		e.rejectMissing(property)
	}
}

// requireSent refuses a body without the property.
func (e *edit) requireSent(property string) {
	e.required = append(e.required, property)
	if !e.has(property) {
		e.rejectMissing(property)
	}
}

func (e *edit) rejectMissing(property string) {
	e.reject(property, "The %s field is required.", e.path(property).title())
}

// checkDemanded refuses an Edit that lacks what the dialect demands of each.
func (e *edit) checkDemanded() {
	for _, name := range e.demanded {
		var text string
		read(e, name, &text)
		e.require(name, text)
	}
}

// problem returns what is wrong with the request; nil if nothing is.
func (e *edit) problem() *problem {
	e.checkDemanded()
	if len(e.errors) == 0 {
		return nil
	}
	return invalid(e.errors)
}

func pascalCase(property string) string {
	if property == "" {
		return ""
	}
	letters := []rune(property)
	letters[0] = unicode.ToUpper(letters[0])
	return string(letters)
}
