package mock

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// shape collects the properties of an object by their paths.
type shape struct {
	inner map[string]*shape
	// value is the schema of what is at the path; nil for an object that is made on the way.
	value      object
	isRequired bool
}

// put adds what is at a path. That two things are in one place is an error.
func (n *shape) put(path jsonPath, value object, isRequired bool) error {
	at := n
	for i, name := range path {
		if at.value != nil {
			return fmt.Errorf("%s is in %s", path, path[:i])
		}
		if at.inner == nil {
			at.inner = map[string]*shape{}
		}
		for other := range at.inner {
			if other != name && strings.EqualFold(other, name) {
				return fmt.Errorf("%s and %s differ in nothing but case", path, other)
			}
		}
		if at.inner[name] == nil {
			at.inner[name] = &shape{}
		}
		at = at.inner[name]
		at.isRequired = at.isRequired || isRequired
	}
	if at.value != nil || len(at.inner) > 0 {
		return fmt.Errorf("two things are at %s", path)
	}
	at.value = value
	return nil
}

// describe is the schema. Like Swashbuckle, it says that there are no other properties, even where the server ignores them.
func (n *shape) describe(omitsNulls bool) object {
	if n.value != nil {
		return n.value
	}
	properties, required := object{}, []string{}
	for _, name := range sortedKeys(n.inner) {
		described := n.inner[name].describe(omitsNulls)
		properties[name] = described
		if mayBeLeftOut := omitsNulls && described["nullable"] == true; n.inner[name].isRequired && !mayBeLeftOut {
			required = append(required, name)
		}
	}
	described := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		described["required"] = required
	}
	return described
}

func sortedKeys[K ~string, V any](of map[K]V) []K { return slices.Sorted(maps.Keys(of)) }

// nullable is a schema that null fits, too.
func (s *schemas) nullable(described object) object {
	if _, isReference := described["$ref"]; isReference {
		return object{"allOf": []object{described}, "nullable": true}
	}
	described["nullable"] = true
	return described
}

// concept is the schema of the value of a concept in a form.
func (s *schemas) concept(c concept, property string, form valueForm) object {
	var described object
	switch {
	case c.form == formRole:
		return s.role(form, form.nullIsEmpty)
	case c.form == formTruth && form.whenTrue != nil:
		described = enumeration(slices.Concat(form.whenTrue, form.whenFalse))
	case c.form == formMembers && s.ofRequest:
		described = s.members(form.members)
	case c.form == formMembers:
		described = s.members(s.front.answeredMembers(form))
	case c.form == formChanges:
		return s.nullable(s.changes())
	case c.form == formPolicies:
		described = object{"type": "array", "items": s.policyItem(form)}
	default:
		described = s.property(property, nil)
	}
	if form.nullIsEmpty {
		return s.nullable(described)
	}
	return described
}

// enumeration describes values of one type. Booleans are no enumeration, and null is no value of one.
func enumeration(values []any) object {
	described := object{}
	var listed []any
	for _, value := range values {
		switch value.(type) {
		case nil:
			described["nullable"] = true
			continue
		case bool:
			described["type"] = "boolean"
			continue
		case string:
			described["type"] = "string"
		case float64:
			described["type"], described["format"] = "number", "double"
		default:
			described["type"], described["format"] = "integer", "int32"
		}
		listed = append(listed, value)
	}
	if listed != nil {
		described["enum"] = listed
	}
	return described
}

// role lists the roles that are known, as an open enumeration can't be said in OpenAPI.
func (s *schemas) role(form valueForm, isNullable bool) object {
	var values []any
	roles := Roles()
	if s.dialect.RoleNumbers {
		roles = roleNumbers
	}
	for _, role := range roles {
		value := s.front.roleValue(form, role)
		isNullable = isNullable || value == nil
		values = append(values, value)
	}
	described := enumeration(slices.DeleteFunc(values, func(value any) bool { return value == nil }))
	if !s.front.isMapped {
		enumerated := described
		described = s.component("GlobalRole", func() object { return enumerated })
	}
	if isNullable {
		return s.nullable(described)
	}
	return described
}

// policyItem describes a signing policy in the list of a project.
func (s *schemas) policyItem(form valueForm) object {
	return s.component(s.schemaName(policyItem), func() object {
		item, sample := &shape{}, policyItem.sample(s.renderer)
		for property, path := range map[string]jsonPath{propSlug: form.slug, propName: form.name} {
			if path == nil {
				path = jsonPath{property}
			}
			s.place(item, path, s.property(property, nil), true)
			delete(sample, property)
		}
		s.addAnswer(item, thingPolicy, sample, nil)
		return item.describe(s.dialect.OmitNulls)
	})
}

// members is the form of a list of members. Without a form, ids are what requests are told to have.
func (s *schemas) members(form *memberForm) object {
	switch {
	case form == nil || form.form == membersIDs:
		return listOf(formatted("string", "uuid"))(s)
	case form.form == membersSlugs:
		return listOf(plain("string"))(s)
	case form.form == membersPerKind:
		kinds := &shape{}
		for _, k := range sortedKeys(form.lists) {
			s.place(kinds, jsonPath{form.lists[k]}, s.members(form.ofEach()), !s.ofRequest)
		}
		return s.memberComponent(form, "MembersPerKind", kinds)
	}
	member := &shape{}
	s.place(member, form.idPath(), formatted("string", "uuid")(s), true)
	switch {
	case form.kind != nil:
		kinds := make([]any, 0, len(principalKinds))
		for _, k := range principalKinds {
			kinds = append(kinds, form.kindValue(k))
		}
		s.place(member, form.kind, s.memberType(form, enumeration(kinds)), true)
	case !s.ofRequest:
		s.place(member, jsonPath{propName}, plain("string")(s), true)
	}
	return object{"type": "array", "items": s.memberComponent(form, "Member", member)}
}

// isGeneral tells whether a form is that of all lists.
func (s *schemas) isGeneral(form *memberForm) bool {
	return form == s.front.mapping.answered || form == s.front.mapping.requested
}

func (s *schemas) memberComponent(form *memberForm, name string, described *shape) object {
	if !s.isGeneral(form) {
		return described.describe(false)
	}
	if s.ofRequest {
		name += "Request"
	}
	return s.component(name, func() object { return described.describe(false) })
}

func (s *schemas) memberType(form *memberForm, described object) object {
	if !s.isGeneral(form) {
		return described
	}
	return s.component("MemberType", func() object { return described })
}

// changes describes those of an event. What a property was and is, is of any type.
func (s *schemas) changes() object {
	change := &shape{}
	for _, c := range []concept{conceptBefore, conceptAfter} {
		at, _ := s.front.place(thingEvent, c)
		s.place(change, at.path, object{"nullable": true}, true)
	}
	property, isList := s.front.place(thingEvent, conceptProperty)
	if !isList {
		return object{"type": "object", "additionalProperties": change.describe(false)}
	}
	s.place(change, property.path, plain("string")(s), true)
	return object{"type": "array", "items": change.describe(false)}
}

// created describes what a create answers.
func (s *schemas) created(k kind) object {
	const id, token = "00000000-0000-0000-0000-000000000001", "token"
	answered := s.front.createdAnswer(k, id, token)
	body, isObject := answered.(object)
	switch {
	case answered == nil:
		return nil
	case !isObject:
		return formatted("string", "uuid")(s)
	}
	described := &shape{}
	for path, value := range leaves(nil, body) {
		schema := formatted("string", "uuid")(s)
		if value == token {
			schema = plain("string")(s)
		}
		s.place(described, parsePath(path), schema, true)
	}
	return described.describe(false)
}

// token describes an answer with a new token.
func (s *schemas) token() object {
	described := &shape{}
	s.place(described, s.front.tokenPath(), plain("string")(s), true)
	return described.describe(false)
}

// leaves are the values in an object that are none themselves, by their paths.
func leaves(above jsonPath, of object) map[string]any {
	found := map[string]any{}
	for name, value := range of {
		path := slices.Concat(above, jsonPath{name})
		if inner, isObject := value.(object); isObject {
			maps.Copy(found, leaves(path, inner))
			continue
		}
		found[path.String()] = value
	}
	return found
}
