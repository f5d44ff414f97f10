package mock

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// encode writes the value of a concept in its form.
func (f *front) encode(r renderer, c concept, form valueForm, value any) any {
	if form.nullIsEmpty && value != nil && isEmptyValue(value) {
		return nil
	}
	switch typed := value.(type) {
	case string:
		if c.form == formRole {
			return f.roleValue(form, Role(typed))
		}
	case bool:
		return truthValue(form, typed)
	case []string:
		if c.form == formMembers {
			return r.members(f.answeredMembers(form), typed)
		}
	case map[string]PropertyChange:
		return f.changes(typed)
	case []object:
		if c.form == formPolicies {
			return f.policyItems(r, form, typed)
		}
	}
	return value
}

func isEmptyValue(value any) bool {
	reflected := reflect.ValueOf(value)
	if reflected.Kind() == reflect.Slice {
		return reflected.Len() == 0
	}
	return reflected.IsZero()
}

// roleValue is a role on the wire.
func (f *front) roleValue(form valueForm, role Role) any {
	for _, values := range []map[Role]any{form.values, f.mapping.roles} {
		if value, has := values[role]; has {
			return value
		}
	}
	return string(role)
}

// truthValue is a boolean on the wire. Where several values stand for false, a client writes the first; the server has that in the
// middle, as of a state that only people bring about.
func truthValue(form valueForm, is bool) any {
	if form.whenTrue == nil {
		return is
	}
	if is {
		return form.whenTrue[0]
	}
	return form.whenFalse[len(form.whenFalse)/2]
}

// policyItems are the signing policies of a project as its answer has them.
func (f *front) policyItems(r renderer, form valueForm, items []object) []object {
	shown := make([]object, len(items))
	for i, item := range items {
		shown[i] = object{}
		rest := maps.Clone(item)
		for property, path := range map[string]jsonPath{propSlug: form.slug, propName: form.name} {
			if path == nil {
				path = jsonPath{property}
			}
			if value, has := item[property]; has {
				shown[i].put(path, value)
			}
			delete(rest, property)
		}
		for name, value := range f.answer(r, thingPolicy, rest) {
			shown[i].put(jsonPath{name}, value)
		}
	}
	return shown
}

// changes are those of an event: an object with one for each property, or a list where a mapping file names the property in each.
// Properties are called as in the default dialect: a log has them as they are within the server.
func (f *front) changes(of map[string]PropertyChange) any {
	if of == nil {
		return nil
	}
	property, isList := f.place(thingEvent, conceptProperty)
	before, _ := f.place(thingEvent, conceptBefore)
	after, _ := f.place(thingEvent, conceptAfter)
	list, named := make([]object, 0, len(of)), object{}
	for _, name := range sortedKeys(of) {
		change := object{}
		change.put(before.path, of[name].From)
		change.put(after.path, of[name].To)
		if named[name] = change; isList {
			change.put(property.path, name)
		}
		list = append(list, change)
	}
	if isList {
		return encode(list)
	}
	return encode(named) // also where answers leave out nulls, a change says what was null
}

// answeredMembers is the form of members in answers.
func (f *front) answeredMembers(form valueForm) *memberForm {
	for _, said := range []*memberForm{form.members, f.mapping.answered} {
		if said != nil {
			return said
		}
	}
	return &memberForm{form: membersIDs}
}

// requestedMembers is the form of members in requests; nil if a mapping file says nothing at all of members.
func (f *front) requestedMembers(sent, answered valueForm) *memberForm {
	for _, said := range []*memberForm{sent.members, f.mapping.requested, answered.members, f.mapping.answered} {
		if said != nil {
			return said
		}
	}
	return nil
}

// errUnconvertible is what ASP.NET says of a value that does not fit.
var errUnconvertible = errors.New("The JSON value could not be converted.") //nolint:revive,staticcheck // SignPath's own words are capitalized.

// decode reads the value of a concept in its form, and returns it as in the default dialect.
func (f *front) decode(r renderer, c concept, form valueForm, value json.RawMessage) (json.RawMessage, error) {
	switch c.form {
	case formRole:
		return f.decodeRole(form, value)
	case formTruth:
		return decodeTruth(form, value)
	case formMembers:
		return r.decodeMembers(form, value)
	}
	return value, nil
}

// decodeRole reads a role. DIR: a user has one global role, and it is one of those that exist; that of a new user is the role of
// whoever has none.
func (f *front) decodeRole(form valueForm, value json.RawMessage) (json.RawMessage, error) {
	isOfType := false
	for _, role := range Roles() {
		written := encode(f.roleValue(form, role))
		if sameJSON(value, written) {
			return encode(role), nil
		}
		isOfType = isOfType || jsonType(value) == jsonType(written)
	}
	var sent any
	switch err := json.Unmarshal(value, &sent); {
	case err != nil, sent != nil && !isOfType:
		return nil, errUnconvertible
	case sent == nil:
		return encode(RoleRegularUser), nil
	}
	return nil, fmt.Errorf("The role '%v' does not exist.", sent) //nolint:revive,staticcheck // SignPath's own words are capitalized.
}

// jsonType is the type of a JSON value, by its first character.
func jsonType(value json.RawMessage) string {
	switch first := string(value[:1]); first {
	case `"`, "[", "{", "n":
		return first
	case "t", "f":
		return "t"
	}
	return "0"
}

func decodeTruth(form valueForm, value json.RawMessage) (json.RawMessage, error) {
	isNull := string(value) == "null"
	if form.whenTrue == nil && (isNull || jsonType(value) == "t") || form.nullIsEmpty && isNull {
		return value, nil
	}
	for is, values := range map[bool][]any{true: form.whenTrue, false: form.whenFalse} {
		if slices.ContainsFunc(values, func(written any) bool { return sameJSON(value, encode(written)) }) {
			return encode(is), nil
		}
	}
	return nil, errUnconvertible
}
