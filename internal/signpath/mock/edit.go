package mock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"
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
// A property that the body omits is reset, unless omitted ones are kept (Dialect.EditPatches).
type edit struct {
	organization *organization
	body         requestBody
	keepsOmitted bool
	// lost and kept are the properties, in lower case, of faults that lose them or leave them as they are.
	lost, kept []string
	// asked are the properties, in lower case, that were read.
	asked  []string
	errors map[string][]string
}

// take returns the value for a property: null to reset it, or change=false to leave it as it is.
func (e *edit) take(property string) (value json.RawMessage, change bool) {
	key := strings.ToLower(property)
	e.asked = append(e.asked, key)
	if slices.Contains(e.kept, key) {
		return nil, false
	}
	if slices.Contains(e.lost, key) {
		return json.RawMessage("null"), true
	}
	sent, present := e.body[key]
	if !present {
		return json.RawMessage("null"), !e.keepsOmitted
	}
	return sent.value, true
}

// has tells whether the body has a property.
func (e *edit) has(property string) bool {
	_, present := e.body[strings.ToLower(property)]
	return present
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

// members sets the target to the ids of a list of principals, given as UUIDs or as objects with an id.
func (e *edit) members(property string, target *[]string) {
	var sent []memberID
	value, change := e.take(property)
	if !change {
		return
	}
	if err := json.Unmarshal(value, &sent); err != nil {
		e.reject(property, "The JSON value could not be converted to a list of ids.")
		return
	}
	ids := make([]string, 0, len(sent))
	seen := make(map[string]bool, len(sent))
	for _, member := range sent {
		id := string(member)
		if !e.organization.hasPrincipal(id) {
			e.reject(property, "There is no user or user group with the id '%s'.", id)
		}
		if !seen[id] {
			ids = append(ids, id)
		}
		seen[id] = true
	}
	*target = ids
}

// memberID is the id of a principal in a request.
type memberID string

// UnmarshalJSON accepts "id" and {"id": "id"}.
func (m *memberID) UnmarshalJSON(value []byte) error {
	var reference struct{ ID string }
	if bytes.HasPrefix(value, []byte("{")) {
		if err := json.Unmarshal(value, &reference); err != nil {
			return err
		}
	} else if err := json.Unmarshal(value, &reference.ID); err != nil {
		return err
	}
	id, err := uuid.Parse(reference.ID)
	if err != nil {
		return err
	}
	*m = memberID(id.String())
	return nil
}

// extras edits the properties that clients may not know: those that the object has and the body sends are changed,
// those that it omits are dropped. Names that the object does not have are ignored, as ASP.NET does by default.
func (e *edit) extras(extras map[string]json.RawMessage) map[string]json.RawMessage {
	edited := maps.Clone(extras)
	for name := range extras {
		value, change := e.take(name)
		switch {
		case !change:
		case e.has(name) && !slices.Contains(e.lost, strings.ToLower(name)):
			edited[name] = value
		default:
			delete(edited, name)
		}
	}
	return edited
}

// reject notes an error of a property. Recorded answers of SignPath name properties in Pascal case.
func (e *edit) reject(property, format string, arguments ...any) {
	if e.errors == nil {
		e.errors = map[string][]string{}
	}
	name := pascalCase(property)
	e.errors[name] = append(e.errors[name], fmt.Sprintf(format, arguments...))
}

func (e *edit) require(property, value string) {
	if strings.TrimSpace(value) == "" {
		e.reject(property, "The %s field is required.", pascalCase(property))
	}
}

// problem returns what is wrong with the request; nil if nothing is.
func (e *edit) problem() *problem {
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
