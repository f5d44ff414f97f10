package mock

import (
	"encoding/json"
	"slices"
)

// schemas collects the component schemas of the OpenAPI document.
type schemas struct {
	renderer
	types      map[string]valueType
	components object
	// ofRequest tells that the schema at hand is of a request.
	ofRequest bool
	// entities are what the document calls the things of a mapping file.
	entities map[thing]string
	// operations counts those of a name.
	operations map[string]int
	// conflicts are why things can't be in one place.
	conflicts []error
}

// component refers to a schema, which is built when it is first needed.
func (s *schemas) component(name string, build func() object) object {
	if _, built := s.components[name]; !built {
		s.components[name] = build()
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// place adds what is at a path.
func (s *schemas) place(at *shape, path jsonPath, value object, isRequired bool) {
	s.placeOf(0, at, path, value, isRequired)
}

// placeOf is place for what a line of a mapping file says; 0 for what none does.
func (s *schemas) placeOf(line int, at *shape, path jsonPath, value object, isRequired bool) {
	switch err := at.put(path, value, isRequired); {
	case err != nil && line > 0:
		s.conflicts = append(s.conflicts, refuseLine(line, "%s", err))
	case err != nil:
		s.conflicts = append(s.conflicts, err)
	}
}

// request refers to the schema of the body of a route, by its operation id: of what the server asks an empty one for, where it reads that.
func (s *schemas) request(r servedRoute, operationID string) object {
	return s.component(s.requestName(r, operationID), func() object {
		s.ofRequest = true
		defer func() { s.ofRequest = false }()
		body := &shape{}
		for _, one := range append([]*servedRoute{&r}, r.others...) {
			if one.shape.isWhole {
				field := one.shape.fields[0]
				return s.concept(field.concept, field.concept.request, field.form)
			}
			s.addRequest(body, one, len(r.others) == 0)
		}
		return body.describe(false)
	})
}

// addRequest describes what a route reads. Where it is one of several at its place, nothing but what all have is required.
func (s *schemas) addRequest(body *shape, r *servedRoute, isAlone bool) {
	e := newEdit(s.organization, requestBody{})
	var extras map[string]json.RawMessage
	isRequired := func(string) bool { return false }
	if model := r.reads; model != nil {
		if r.sets == "" {
			model.read(e)
		} else {
			e.required = []string{r.sets}
		}
		if model.isEdit && s.dialect.EditPatches {
			e.required = nil
		}
		if model.isEdit && r.sets == "" {
			e.demanded = s.dialect.Demanded
			e.checkDemanded()
		}
		extras = extrasOf(model.extras, s.organization)
		isRequired = func(property string) bool { return isAlone && slices.Contains(e.required, property) }
	}
	for _, property := range slices.Compact(slices.Sorted(slices.Values(e.asked))) {
		if r.shape.isClosed || slices.Contains(r.shape.properties, property) || r.shape.carries(s.front, property) {
			continue
		}
		s.place(body, jsonPath{s.dialect.requestName(property)}, s.resettable(s.property(property, extras), isRequired(property)), isRequired(property))
	}
	// First what the mapping file does not say, so that its line is told where that is in the way.
	fields := slices.Clone(r.shape.fields)
	slices.SortStableFunc(fields, func(a, b requestField) int { return a.line - b.line })
	for _, field := range fields {
		s.addField(body, r, field, isAlone, isRequired)
	}
}

// resettable is the schema of a property that null resets, unless it is required.
func (s *schemas) resettable(described object, isRequired bool) object {
	if _, isReference := described["$ref"]; !isReference && !isRequired {
		described["nullable"] = true
	}
	return described
}

func (s *schemas) addField(body *shape, r *servedRoute, field requestField, isAlone bool, isRequired func(string) bool) {
	switch property := field.concept.request; {
	case field.isLiteral():
		s.placeLiteral(body, field, isAlone)
	case field.carried != nil:
		s.addCarried(body, r, field, isAlone)
	case field.isStated:
		s.placeOf(field.line, body, field.path, s.concept(field.concept, field.concept.answer, field.form), isAlone)
	default:
		described := s.resettable(s.concept(field.concept, property, field.form), isRequired(property))
		s.placeOf(field.line, body, field.path, described, isRequired(property))
	}
}

// placeLiteral adds a value to those that may be at a path.
func (s *schemas) placeLiteral(body *shape, field requestField, isRequired bool) {
	described := enumeration([]any{field.literal})
	if at := body.at(field.path); at != nil && at.value["type"] == described["type"] {
		listed, _ := at.value["enum"].([]any)
		added, _ := described["enum"].([]any)
		if all := slices.Concat(listed, added); all != nil {
			at.value["enum"] = all
		}
		return
	}
	s.placeOf(field.line, body, field.path, described, isRequired)
}

// at is what is at a path; nil if nothing is.
func (n *shape) at(path jsonPath) *shape {
	for _, name := range path {
		if n = n.inner[name]; n == nil {
			return nil
		}
	}
	return n
}

// addCarried describes what a body carries from an answer.
func (s *schemas) addCarried(body *shape, r *servedRoute, field requestField, isAlone bool) {
	if name := s.front.carriedProperty(field.carried); name != "" {
		s.placeOf(field.line, body, field.path, s.resettable(s.property(name, extrasOf(r.reads.extras, s.organization)), false), false)
		return
	}
	if !s.front.isKnownPlace(r.of, field.carried) {
		s.placeOf(field.line, body, field.path, plain("string")(s), isAlone)
		return
	}
	for _, c := range concepts[r.of] {
		at, _ := s.front.place(r.of, c)
		if s.front.shows(r.of, c) && isBelow(at.path, field.carried) {
			form := at.valueForm
			form.members = s.front.answeredMembers(form)
			described := s.resettable(s.concept(c, c.answer, form), false)
			s.placeOf(field.line, body, slices.Concat(field.path, at.path[len(field.carried):]), described, false)
		}
	}
}

// answer refers to the schema of an object in answers.
func (s *schemas) answer(model *answerModel) object {
	return s.component(s.schemaName(model), func() object {
		if model.whole != nil {
			return model.whole(s)
		}
		answered := &shape{}
		s.addAnswer(answered, model.of, model.sample(s.renderer), extrasOf(model.extras, s.organization))
		for _, path := range s.front.stamps(model.of) {
			s.place(answered, path, plain("string")(s), true)
		}
		return answered.describe(s.dialect.OmitNulls)
	})
}

// addAnswer describes an object by a sample of it.
func (s *schemas) addAnswer(answered *shape, t thing, sample object, extras map[string]json.RawMessage) {
	outer := s.ofRequest
	s.ofRequest = false
	defer func() { s.ofRequest = outer }()

	hidden, _ := s.dialect.hide(sample).(object)
	completed := s.stateOf(t, hidden)
	var own []concept
	for _, c := range concepts[t] {
		delete(hidden, c.answer)
		if _, has := completed[c.answer]; has && s.front.shows(t, c) {
			own = append(own, c)
		}
	}
	for _, name := range sortedKeys(hidden) {
		s.place(answered, jsonPath{s.dialect.answerName(name)}, s.property(name, extras), extras[name] == nil)
	}
	line := func(c concept) int { return s.front.of(t).answer[c.name].line }
	slices.SortStableFunc(own, func(a, b concept) int { return line(a) - line(b) })
	for _, c := range own {
		at, _ := s.front.place(t, c)
		s.placeOf(at.line, answered, at.path, s.concept(c, c.answer, at.valueForm), true)
	}
}

func extrasOf(extras func(*organization) map[string]json.RawMessage, o *organization) map[string]json.RawMessage {
	if extras == nil {
		return nil
	}
	return extras(o)
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

// list describes the answer of a list route.
func (s *schemas) list(model *answerModel) object {
	said := s.front.list(model.of)
	items := object{"type": "array", "items": s.answer(model)}
	if len(said.items) == 0 {
		return items
	}
	name := s.schemaName(model) + "s"
	if said.page != nil {
		name = s.schemaName(model) + "Page"
	}
	return s.component(name, func() object {
		envelope := &shape{}
		s.place(envelope, said.items, items, true)
		if said.page != nil {
			s.addPage(envelope, said.page)
		}
		return envelope.describe(s.dialect.OmitNulls)
	})
}

// addPage describes what tells of other pages.
func (s *schemas) addPage(envelope *shape, said *pageMapping) {
	number := func() object { return object{"type": "integer", "format": "int32"} }
	if path := said.nextPath(); path != nil {
		s.place(envelope, path, object{"type": "string", "nullable": true}, true)
	}
	if said.total != nil {
		s.place(envelope, said.total, number(), true)
	}
	if s.dialect.Paging.Kind == PagingInEnvelope {
		s.place(envelope, jsonPath{queryPageNumber}, number(), true)
		s.place(envelope, jsonPath{queryPageSize}, number(), true)
	}
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
