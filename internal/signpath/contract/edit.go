package contract

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
)

// SignPath's Edit routes take whole objects, and whether one keeps what a request
// leaves out is not known. So an edit is sent only if all that it takes has a source
// in the answer, and all that the answer has a place in it.

// An Edit is what an edit is about to write.
type Edit struct {
	// Before is the object as it was just read, Wanted as it is to be.
	Before, Wanted Object
	// Changed names the properties in which they differ.
	Changed map[string]bool
	// Apart names a property that has routes of its own: it goes along only where the
	// document has a place for it.
	Apart string
	// IsSummary is true if Before is an item of a list, which may have less than the
	// object itself: it is only looked at, for a plan.
	IsSummary bool
}

// isApart tells whether a property of the answer is the one with routes of its own.
func (e Edit) isApart(answered string) bool { return e.Apart != "" && answered == e.Apart }

// ComposeEdit returns the request that makes an object as it is wanted: all its
// properties, each under the name that requests have for it. What is not known
// goes back as it came. The error is an [*Error] if the edit would lose something.
func (s Settled) ComposeEdit(e Edit) (Object, error) {
	if s.request == nil {
		return s.composeAssumed(e)
	}
	request, err := s.unplaced(e)
	if err != nil {
		return nil, err
	}
	var shownLater []string
	for _, name := range s.request.names() {
		answered := s.sourceOf(name, e)
		value, ok := e.Wanted[answered]
		switch {
		case !ok && e.IsSummary:
			shownLater = append(shownLater, name)
			err = s.mayLeaveOut(name, answered, e)
		case !ok:
			err = s.mayLeaveOut(name, answered, e)
		case !s.isShown(answered, e):
			err = s.notShown(name)
		case s.isUndescribed(answered, e):
			err = s.describesAnother(answered)
		case typeOf(value) == "null" && !s.request.properties[name].nullable && !s.request.demands(name):
			// Null and left out are the same to a server that resets.
		default:
			request[name], err = s.place(name, answered, e, value)
		}
		if err != nil {
			return nil, err
		}
	}
	return request, s.taken(request, shownLater...)
}

// unplaced returns those properties for which the document describes no place in the
// request, as far as it says that there may be further ones. What would be lost is an
// error, about what is to be changed rather than about another.
func (s Settled) unplaced(e Edit) (Object, error) {
	placed, further := map[string]bool{}, Object{}
	for _, name := range s.request.names() {
		placed[s.sourceOf(name, e)] = true
	}
	var lost error
	for _, answered := range slices.Sorted(maps.Keys(e.Wanted)) {
		switch {
		case placed[answered] || e.isApart(answered) || s.hasNoNeed(answered, e):
		case s.request.open:
			further[answered] = e.Wanted[answered]
		case lost == nil || e.Changed[answered]:
			lost = s.noPlace(answered)
		}
	}
	return further, lost
}

// sourceOf returns the name in the answer of what a request calls so: the same, or what
// goes with it. What has a place of its own in the request is the source of nothing else.
func (s Settled) sourceOf(name string, e Edit) string {
	if _, ok := e.Wanted[name]; ok {
		return name
	}
	p, known := s.assumed.requested(name)
	if !known {
		return name
	}
	if source := p.goingWith(name, e.Wanted); source != "" {
		return source
	}
	if source := e.Wanted.Key(p); !s.request.has(source) {
		return source
	}
	return name
}

// goingWith returns the name in an answer that goes with one in requests; "" if the
// answer has none of those.
func (p Property) goingWith(name string, answer Object) string {
	has := func(name string) bool { _, ok := answer[name]; return ok }
	for _, other := range p.spellings() {
		if other.requestName() == name && has(other.answer) && (other.with == "" || has(other.with)) {
			return other.answer
		}
	}
	return ""
}

// isShown tells whether answers have a property that the edit is to set, be it under
// another name, as far as the document says.
func (s Settled) isShown(answered string, e Edit) bool {
	if s.answer == nil || e.Before[answered] != nil || s.answer.has(answered) {
		return true
	}
	known, ok := editedProperties()[answered]
	return ok && s.answer.hasAny(known.AnswerNames())
}

// isUndescribed tells whether the server answered a property that its document does not
// know in the answer.
func (s Settled) isUndescribed(answered string, e Edit) bool {
	return s.answer != nil && e.Before[answered] != nil && !s.answer.has(answered)
}

// describesAnother refuses to write by a document that is not about what was answered.
func (s Settled) describesAnother(answered string) *Error {
	return s.refuse("%s answers the property %q, and the server's own OpenAPI document does not know it: it describes another server, and may be wrong about the request, too. There it has %s",
		s.assumed.shownBy(), answered, listed(s.answer.names()))
}

// mayLeaveOut refuses an edit that takes what the answer does not show, unless it is
// left out there because it is null: by the document it may be, and this answer has
// no other property that is null and stands there.
func (s Settled) mayLeaveOut(name, answered string, e Edit) error {
	described, known := s.describedAnswer(name, answered, e)
	switch {
	case e.IsSummary && known:
		return nil
	case known && described.nullable && !s.answer.demands(answered) && !e.Before.writesNull():
		return nil
	case s.answer == nil && s.isOptional(name) && !e.Before.writesNull():
		return nil
	}
	return s.refuse("it takes the property %q, and the answer of %s does not say what that is now: left out, it may be reset. The answer has %s",
		name, s.assumed.Edits, listed(slices.Sorted(maps.Keys(e.Before))))
}

// describedAnswer returns what the document says of the property of the answer that
// goes with one of the request.
func (s Settled) describedAnswer(name, answered string, e Edit) (schemaProperty, bool) {
	if s.answer == nil {
		return schemaProperty{}, false
	}
	names := []string{answered, name}
	if p, known := s.assumed.requested(name); known {
		names = append(names, p.AnswerNames()...)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return e.Before[name] != nil }) // What it has, it has not left out.
	found, ok := s.answer.find(names)
	return s.answer.properties[found], ok
}

func (s Settled) isOptional(name string) bool {
	p, known := s.assumed.requested(name)
	return known && p.IsOptional()
}

// place returns a property as the request takes it.
func (s Settled) place(name, answered string, e Edit, value json.RawMessage) (json.RawMessage, error) {
	if p, ok := s.memberList(answered, e); ok {
		ids, err := DecodeMembers(value)
		if err != nil {
			return nil, err
		}
		return s.encode(name, e.Before.Value(p), ids)
	}
	var answer *schema
	if s.answer != nil {
		answer = s.answer.properties[answered].schema
	}
	if reason := s.request.properties[name].carries(answer, value); reason != "" {
		return nil, s.refuse("it could not send the property %q as it is: by the server's own OpenAPI document, %s", name, reason)
	}
	return value, nil
}

func (s Settled) memberList(answered string, e Edit) (Property, bool) {
	for _, p := range s.assumed.Request {
		if p.isMemberList() && e.Wanted.Key(p) == answered {
			return p, true
		}
	}
	return "", false
}

// hasNoNeed tells whether a property of an answer needs no place in the edit: it
// holds nothing, or no edit takes it.
func (s Settled) hasNoNeed(answered string, e Edit) bool {
	return !e.Changed[answered] && (IsEmptyJSON(e.Wanted[answered]) || notEdited()[answered] != "" || s.answer != nil && s.answer.isReadOnly(answered))
}

func (s Settled) noPlace(answered string) error {
	err := s.refuse("the server's own OpenAPI document has no place in it for the property %q that %s answers, so that the edit could reset it. It takes %s",
		answered, s.assumed.Edits, listed(s.request.names()))
	for _, p := range s.assumed.Request {
		if names := p.requestNames(); slices.Contains(p.AnswerNames(), answered) && !s.request.hasAny(names) {
			err = &Error{Route: s.assumed.String(), Property: names[0], Tried: names, Offered: s.request.names()}
		}
	}
	err.Elsewhere = s.document.taking(answered, s.Route)
	return err
}

// taking returns the other routes of the document that write the property, or one
// of its plausible names, to objects of the same kind.
func (d document) taking(name string, besides *Route) []string {
	names := []string{name}
	if p, ok := editedProperties()[name]; ok {
		names = append(names, p.requestNames()...)
	}
	var routes []string
	own, near := foldRoute(besides.Version(), besides.Method, besides.Path), d.near(besides)
	for key, found := range d {
		route := found.method + " " + found.path
		if found.request == nil || key == own || !slices.Contains(near, route) {
			continue
		}
		if _, ok := found.request.find(names); ok {
			routes = append(routes, route)
		}
	}
	slices.Sort(routes)
	return routes
}

// composeAssumed is ComposeEdit where no document describes the request: known
// properties go under the names that go with those of the answer, all others back
// as they came. What an answer leaves out that it should show is not edited over.
func (s Settled) composeAssumed(e Edit) (Object, error) {
	if err := s.unfinished(e); err != nil {
		return nil, err
	}
	request, renamed := make(Object, len(e.Wanted)), Object{}
	for answered, value := range e.Wanted {
		if e.isApart(answered) {
			continue
		}
		known, isKnown := editedProperties()[answered]
		if !isKnown || e.Wanted.Key(known) != answered {
			request[answered] = value
			continue
		}
		name := nameLike(known, e.Wanted)
		if known.isMemberList() && e.Changed[e.Before.Key(known)] {
			ids, err := DecodeMembers(value)
			if err != nil {
				return nil, err
			}
			if value, err = s.encode(name, e.Before.Value(known), ids); err != nil {
				return nil, err
			}
		}
		renamed[name] = value
	}
	// Should an answer also have a property with a name of requests, the one that
	// is known wins.
	maps.Copy(request, renamed)
	return request, nil
}

// unfinished refuses an edit of an object of which the answer does not show a
// setting that it is assumed to have.
func (s Settled) unfinished(e Edit) error {
	if e.IsSummary {
		return nil
	}
	for _, p := range s.assumed.Request {
		isDetail := p == PropOriginPolicyVerification // Of what may be off.
		if e.Before.Has(p) || p.IsOptional() || isDetail && !e.Before.Is(PropVerifiesOriginPolicy) {
			continue
		}
		return s.refuse("the answer of %s has no property %q (the name is %s), so that an edit could reset the setting. It has %s",
			s.assumed.Edits, p, s.assumed.Edits.Evidence(PartAnswer, p), strings.Join(slices.Sorted(maps.Keys(e.Before)), ", "))
	}
	return nil
}

// nameLike returns the name in requests that goes with the names in an answer.
func nameLike(p Property, answer Object) string {
	name, answered := "", answer.Key(p)
	for _, other := range p.spellings() {
		if other.answer != answered {
			continue
		}
		if _, goesTogether := answer[other.with]; goesTogether {
			return other.requestName()
		}
		if other.with == "" && name == "" {
			name = other.requestName()
		}
	}
	return name
}

// editedProperties are the properties that an edit may have to rename, by all
// their plausible names in answers.
var editedProperties = sync.OnceValue(func() map[string]Property {
	properties := map[string]Property{}
	for _, r := range Routes() {
		for _, p := range r.Request {
			for _, name := range p.AnswerNames() {
				properties[name] = p
			}
		}
	}
	return properties
})
