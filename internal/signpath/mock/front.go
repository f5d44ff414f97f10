package mock

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// front stands between the wire, of a server that a mapping file describes, and the handlers, which know the names, forms and
// routes of the default dialect alone. What no mapping file has a word for is renamed in the dialect, or has its own name.
type front struct {
	dialect Dialect
	mapping *mapping
	// extras are the properties that no mapping file has a word for, by their names in the default dialect.
	extras []string
	// isMapped tells that there is a mapping file: then the document has no names of the default dialect that it need not have.
	isMapped bool
}

// newFront is that of a dialect with a mapping file, which may be empty, besides it.
func newFront(dialect Dialect, text string) (*front, error) {
	own, err := parseMapping(text)
	if err != nil {
		return nil, err
	}
	if said := dialect.fragments(); len(said) > 0 {
		if own, err = parseMapping(said.with(text).text()); err != nil {
			return nil, err
		}
	}
	made := &front{dialect: dialect, mapping: own, isMapped: strings.TrimSpace(text) != ""}
	return made, made.checkRoles()
}

// checkRoles refuses roles that could not be told apart.
func (f *front) checkRoles() error {
	forms := []valueForm{{}}
	for _, said := range f.mapping.things {
		for _, at := range said.answer {
			forms = append(forms, at.valueForm)
		}
	}
	for _, form := range forms {
		owners := map[string]Role{}
		for _, role := range Roles() {
			written := string(encode(f.roleValue(form, role)))
			if other, taken := owners[written]; taken {
				return fmt.Errorf("dialect: the roles %q and %q would both be %s", other, role, written)
			}
			owners[written] = role
		}
	}
	return nil
}

var unmapped = &thingMapping{}

// of is what the mapping file says of a thing.
func (f *front) of(t thing) *thingMapping {
	if said := f.mapping.things[t]; said != nil {
		return said
	}
	return unmapped
}

// call is what the mapping file says of a call, or nothing.
func (f *front) call(t thing, name string) *callMapping {
	if said := f.of(t).calls[name]; said != nil {
		return said
	}
	return &callMapping{}
}

// place is where answers have a concept.
func (f *front) place(t thing, c concept) (at place, isMapped bool) {
	at, isMapped = f.of(t).answer[c.name]
	if !isMapped {
		at.path = c.assumedPath()
	}
	return at, isMapped
}

// shows tells whether answers have the concept at all, where they have the property of it.
func (f *front) shows(t thing, c concept) bool {
	at, isMapped := f.place(t, c)
	switch {
	case c.answer == "", c.form == formChange:
		return false
	case c.answer == propMetadata:
		actor, _ := f.place(t, conceptActor)
		return isMapped && !isBelow(actor.path, at.path)
	}
	return isMapped || !c.isMadeUp && !f.isHiddenByAnother(t, c)
}

// isHiddenByAnother tells whether the place of a status is where the mapping file has whether the object is active, or the
// other way round: it is one thing in two words.
func (f *front) isHiddenByAnother(t thing, c concept) bool {
	for _, other := range concepts[t] {
		said, isMapped := f.of(t).answer[other.name]
		if isMapped && other.isMadeUp && slices.Contains([]string{propStatus, propIsActive}, c.answer) && slices.Equal(said.path, c.assumedPath()) {
			return true
		}
	}
	return false
}

// stateOf completes an object with what answers have only where a mapping file places it.
func (r renderer) stateOf(t thing, canonical object) object {
	completed := maps.Clone(canonical)
	active, hasActive := canonical[propIsActive].(bool)
	status, hasStatus := canonical[propStatus].(string)
	id, hasID := canonical[propID].(string)
	switch {
	case t == thingPolicy && hasActive:
		completed[propStatus] = statusOf(!active, false)
	case t == thingProject && hasStatus:
		completed[propIsActive] = status != statusInactive
	case (t == thingUser || t == thingCIUser || t == thingGroup) && hasID:
		completed[propSlug] = r.organization.slugOf(id)
	case t == thingEvent:
		completed[propMetadata] = object{}
	}
	return completed
}

// shown is an object on the wire, as it is given with the names of the default dialect.
func (r renderer) shown(t thing, canonical object) object {
	hidden, _ := r.dialect.hide(canonical).(object)
	answered := r.front.answer(r, t, hidden)
	for _, path := range r.front.stamps(t) {
		answered.put(path, stampOf(path, canonical[propID]))
	}
	shown, _ := r.dialect.withoutNulls(answered).(object)
	return shown
}

// answer places what an object has.
func (f *front) answer(r renderer, t thing, canonical object) object {
	answered, rest := object{}, maps.Clone(canonical)
	completed := r.stateOf(t, canonical)
	for _, c := range concepts[t] {
		delete(rest, c.answer)
		value, has := completed[c.answer]
		if !has || !f.shows(t, c) {
			continue
		}
		at, _ := f.place(t, c)
		answered.put(at.path, f.encode(r, c, at.valueForm, value))
	}
	for name, value := range rest {
		answered.put(jsonPath{f.dialect.answerName(name)}, f.spelled(value))
	}
	return answered
}

// spelled gives the objects in a property that no mapping file has a word for their names in the dialect.
func (f *front) spelled(value any) any {
	switch typed := value.(type) {
	case object:
		spelled := make(object, len(typed))
		for name, property := range typed {
			spelled[f.dialect.answerName(name)] = f.spelled(property)
		}
		return spelled
	case []object:
		spelled := make([]object, len(typed))
		for i, item := range typed {
			spelled[i], _ = f.spelled(item).(object)
		}
		return spelled
	}
	return value
}

// put sets what is at a path, in objects that are made on the way. What is there stays.
func (o object) put(path jsonPath, value any) {
	last := len(path) - 1
	for _, name := range path[:last] {
		inner, isObject := o[name].(object)
		if !isObject {
			inner = object{}
			o[name] = inner
		}
		o = inner
	}
	if _, isThere := o[path[last]]; !isThere {
		o[path[last]] = value
	}
}

// hide leaves out what the dialect does not show. JSON that the mock only keeps for its clients is no object of its own, and
// stays as it is.
func (d Dialect) hide(value any) any {
	return filtered(value, func(name string, _ any) bool { return slices.Contains(d.Hidden, name) })
}

// withoutNulls leaves out what is null, if the dialect does.
func (d Dialect) withoutNulls(value any) any {
	if !d.OmitNulls {
		return value
	}
	return filtered(value, func(_ string, property any) bool { return bytes.Equal(encode(property), []byte("null")) })
}

func filtered(value any, drops func(name string, property any) bool) any {
	switch typed := value.(type) {
	case object:
		left := make(object, len(typed))
		for name, property := range typed {
			if !drops(name, property) {
				left[name] = filtered(property, drops)
			}
		}
		return left
	case []object:
		left := make([]object, len(typed))
		for i, item := range typed {
			left[i], _ = filtered(item, drops).(object)
		}
		return left
	}
	return value
}

// route is where a read of a thing is, below the organization.
func (f *front) route(t thing, call, method, template string) (wireMethod, wireTemplate string, isMapped bool) {
	if said := f.call(t, call); said.template != "" {
		return said.method, said.template, true
	}
	if list := f.of(t).list; call == callList && list != nil && list.template != "" {
		return list.method, list.template, true
	}
	return method, template, false
}

// createdAnswer is what a create answers: the id, and the token of a CI user.
func (f *front) createdAnswer(k kind, id, token string) any {
	path := f.call(thing(k), callCreate).id
	if path == nil && f.dialect.CreateIDForm != CreateIDLocationOnly {
		path = jsonPath{f.dialect.answerName(wireKinds[k].idProperty)}
	}
	if path != nil && len(path) == 0 {
		return id
	}
	body := object{}
	if path != nil {
		body.put(path, id)
	}
	if k == kindCIUser {
		body.put(f.tokenPath(), token)
	}
	if len(body) == 0 {
		return nil
	}
	return body
}

// tokenPath is where answers have a new token.
func (f *front) tokenPath() jsonPath {
	if path := f.call(thingCIUser, callRegenerateToken).token; path != nil {
		return path
	}
	return jsonPath{propAPIToken}
}

// tokenAnswer is what a call answers that makes a new token.
func (f *front) tokenAnswer(token string) object {
	body := object{}
	body.put(f.tokenPath(), token)
	return body
}

// title is what errors call a path: recorded answers of SignPath name properties in Pascal case.
func (p jsonPath) title() string {
	segments := make([]string, len(p))
	for i, name := range p {
		segments[i] = pascalCase(name)
	}
	return strings.Join(segments, ".")
}
