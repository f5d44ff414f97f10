package mock

import (
	"encoding/json"
	"maps"
	"slices"
)

// schemas collects the component schemas of the OpenAPI document.
type schemas struct {
	renderer
	types      map[string]valueType
	components object
	// ofRequest tells that the schema at hand is of a request.
	ofRequest bool
}

// component refers to a schema, which is built when it is first needed.
func (s *schemas) component(name string, build func() object) object {
	if _, built := s.components[name]; !built {
		s.components[name] = build()
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// request refers to the schema of a request body, of what the server asks an empty one for.
func (s *schemas) request(model *requestModel) object {
	return s.component(model.schema+"Request", func() object {
		e := &edit{organization: s.organization, dialect: s.dialect, body: requestBody{}}
		model.read(e)
		if model.isEdit && s.dialect.EditPatches {
			e.required = nil
		}
		if model.isEdit {
			e.demanded = s.dialect.Demanded
			e.checkDemanded()
		}
		return s.object(true, e.asked, e.required, extrasOf(model.extras, s.organization))
	})
}

// answer refers to the schema of an object in answers.
func (s *schemas) answer(model *answerModel) object {
	return s.component(model.schema, func() object {
		extras := extrasOf(model.extras, s.organization)
		names := slices.Collect(maps.Keys(model.sample(s.renderer)))
		always := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return extras[name] != nil })
		return s.object(false, names, always, extras)
	})
}

func extrasOf(extras func(*organization) map[string]json.RawMessage, o *organization) map[string]json.RawMessage {
	if extras == nil {
		return nil
	}
	return extras(o)
}

// object describes an object by the names of its properties in the default dialect. Like Swashbuckle, it says that
// there are no others, even where the server ignores them.
func (s *schemas) object(ofRequest bool, names, required []string, extras map[string]json.RawMessage) object {
	outer := s.ofRequest
	s.ofRequest = ofRequest
	defer func() { s.ofRequest = outer }()

	spell := s.dialect.answerName
	if ofRequest {
		spell = s.dialect.requestName
	}
	properties := object{}
	for _, name := range names {
		if !ofRequest && slices.Contains(s.dialect.Hidden, name) {
			continue
		}
		described := s.property(name, extras)
		if _, isReference := described["$ref"]; ofRequest && !isReference && !slices.Contains(required, name) {
			described["nullable"] = true // null resets what may be reset
		}
		properties[spell(name)] = described
	}
	return s.closed(properties, spelledNames(required, spell)...)
}

// closed describes an object that has no other properties, and of these the required ones always: those that it has
// and that may be left out as they are null, are not.
func (s *schemas) closed(properties object, required ...string) object {
	required = slices.DeleteFunc(required, func(name string) bool {
		property, _ := properties[name].(object)
		return property == nil || !s.ofRequest && s.dialect.OmitNulls && property["nullable"] == true
	})
	described := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		described["required"] = required
	}
	return described
}

func (s *schemas) property(name string, extras map[string]json.RawMessage) object {
	if example, isExtra := extras[name]; isExtra {
		return typeOfExtra(example)
	}
	describe, known := s.types[name]
	if slices.Contains(s.dialect.Demanded, name) {
		describe, known = plain("string"), true
	}
	if !known {
		panic("mock: property " + name + " has no type")
	}
	return describe(s)
}

func spelledNames(names []string, spell func(string) string) []string {
	spelled := make([]string, 0, len(names))
	for _, name := range names {
		spelled = append(spelled, spell(name))
	}
	slices.Sort(spelled)
	return slices.Compact(spelled)
}

// list describes the answer of a list route.
func (s *schemas) list(model *answerModel) object {
	items := object{"type": "array", "items": s.answer(model)}
	switch {
	case model.isPaged && s.dialect.Paging.isEnvelope():
		return s.page(model, items)
	case !s.dialect.WrappedLists:
		return items
	}
	name := s.dialect.answerName(model.list)
	return s.component(model.schema+"s", func() object { return s.closed(object{name: items}, name) })
}

// problem describes the errors of a status.
func (s *schemas) problem(withErrors bool) object {
	name := "ProblemDetails"
	if withErrors {
		name = "ValidationProblemDetails"
	}
	return s.component(name, func() object {
		properties := object{
			"type":    object{"type": "string"},
			"title":   object{"type": "string"},
			"status":  object{"type": "integer", "format": "int32"},
			"detail":  object{"type": "string", "nullable": true},
			"traceId": object{"type": "string"},
		}
		if withErrors {
			messages := object{"type": "array", "items": object{"type": "string"}}
			properties["errors"] = object{"type": "object", "additionalProperties": messages}
		}
		return object{"type": "object", "properties": properties, "additionalProperties": object{}}
	})
}
