package contract

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
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
// properties, each where requests have it. What is not known goes back as it came.
// The error is an [*Error] if the edit would lose something.
func (s Settled) ComposeEdit(e Edit) (json.RawMessage, error) {
	if err := s.mustSay(e); err != nil {
		return nil, err
	}
	before := e.Before
	for _, o := range []*Object{&e.Before, &e.Wanted} {
		*o = s.request.withoutKept(s.mapping, s.assumed.thing(), *o)
	}
	if s.taken == nil {
		return s.composeAssumed(e, before)
	}
	request, err := s.unplaced(e)
	if err != nil {
		return nil, err
	}
	var shownLater []string
	for _, name := range s.taken.names() {
		if _, ok := e.Wanted[name]; !ok && e.IsSummary {
			shownLater = append(shownLater, name)
		}
		if err := s.add(request, name, e); err != nil {
			return nil, err
		}
	}
	return s.encode(request, before, shownLater...)
}

// mustSay refuses an edit that would not say what is to be changed, because the mapping keeps
// it out of the request.
func (s Settled) mustSay(e Edit) error {
	for _, name := range slices.Sorted(maps.Keys(e.Changed)) {
		if s.request.hasField(name) || e.isApart(name) || slices.Contains(s.request.apart, Property(name)) {
			continue
		}
		refused := s.refuse("by the mapping it does not say %q, so that the change would be lost: what is `kept`, or beside the one value that the body is, "+
			"needs a route of its own under `set`, or a place in the body", name)
		refused.OfMapping = true
		return refused
	}
	return nil
}

// add adds to a request what the object has by a name that the request takes, unless that
// would lose something.
func (s Settled) add(request Object, name string, e Edit) error {
	value, ok := e.Wanted[name]
	isUnknown := s.answer != nil && !s.answer.has(name)
	switch {
	case !ok:
		return s.mayLeaveOut(name, e)
	case isUnknown && e.Before[name] == nil:
		return s.notShown(name)
	case isUnknown:
		return s.describesAnother(name)
	case typeOf(value) == "null" && !s.taken.properties[name].nullable && !s.taken.demands(name):
		return nil // Null and left out are the same to a server that resets.
	}
	request[name] = value
	return s.carries(name, value)
}

// unplaced returns those properties for which the document describes no place in the
// request, as far as it says that there may be further ones. What would be lost is an
// error, about what is to be changed rather than about another.
func (s Settled) unplaced(e Edit) (Object, error) {
	further := Object{}
	var lost error
	for _, name := range e.Wanted.Names() {
		switch {
		case s.taken.has(name) || e.isApart(name) || s.hasNoNeed(name, e):
		case s.taken.open:
			further[name] = e.Wanted[name]
		case lost == nil || e.Changed[name]:
			lost = s.noPlace(name)
		}
	}
	return further, lost
}

// describesAnother refuses to write by a document that is not about what was answered.
func (s Settled) describesAnother(answered string) *Error {
	return s.refuse("%s answers the property %q, and the server's own OpenAPI document does not know it: it describes another server, and may be wrong about the request, too. "+
		"There it has %s",
		s.assumed.shownBy(), answered, listed(s.answer.names()))
}

// mayLeaveOut refuses an edit that takes what the answer does not show, unless it is
// left out there because it is null: by the document it may be, and this answer has
// no other property that is null and stands there.
func (s Settled) mayLeaveOut(name string, e Edit) error {
	isKnown := s.answer.has(name)
	switch {
	case e.IsSummary && isKnown:
		return nil
	case isKnown && s.answer.properties[name].nullable && !s.answer.demands(name) && !e.Before.writesNull():
		return nil
	case s.answer == nil && Property(name).IsOptional() && !e.Before.writesNull():
		return nil
	}
	return s.refuse("it takes the property %q, and the answer of %s does not say what that is now: left out, it may be reset. The answer has %s. %s",
		s.request.nameOf(name), s.assumed.Edits, listed(e.Before.Names()), Advice)
}

// carries refuses to send back what the request does not take as it is.
func (s Settled) carries(name string, value json.RawMessage) error {
	var answer *schema
	if s.answer != nil {
		answer = s.answer.properties[name].schema
	}
	if reason := s.taken.properties[name].carries(answer, value); reason != "" {
		return s.refuse("it could not send the property %q as it is: by the server's own OpenAPI document, %s. %s",
			s.request.nameOf(name), reason, Advice)
	}
	return nil
}

// hasNoNeed tells whether a property of an answer needs no place in the edit: it
// holds nothing, or no edit takes it.
func (s Settled) hasNoNeed(answered string, e Edit) bool {
	return !e.Changed[answered] && (IsEmptyJSON(e.Wanted[answered]) || notEdited()[answered] != "" || s.answer != nil && s.answer.isReadOnly(answered))
}

func (s Settled) noPlace(name string) error {
	err := s.refuse("the server's own OpenAPI document has no place in it for the property %q that %s answers, so that the edit could reset it. It takes %s. %s",
		name, s.assumed.Edits, listed(s.wire.names()), Advice)
	for _, f := range s.request.fields {
		if f.property == Property(name) && !f.echoes {
			err = &Error{Route: s.assumed.String(), Property: f.property.requestName(), Tried: []string{f.path.String()}, Offered: s.wire.names()}
		}
	}
	err.Elsewhere = s.document.taking(name, s.Route)
	return err
}

// taking returns the other routes of the document that write the property to objects of the
// same kind.
func (d document) taking(name string, besides *Route) []string {
	var routes []string
	own, near := foldRoute(besides.Version(), besides.Method, besides.Path), d.near(besides)
	for key, found := range d {
		route := found.method + " " + found.path
		if found.request == nil || key == own || !slices.Contains(near, route) {
			continue
		}
		if found.request.has(name) || found.request.has(Property(name).requestName()) {
			routes = append(routes, route)
		}
	}
	slices.Sort(routes)
	return routes
}

// composeAssumed is ComposeEdit where no document describes the request: everything goes
// back. What an answer leaves out that it should show is not edited over.
func (s Settled) composeAssumed(e Edit, before Object) (json.RawMessage, error) {
	if err := s.unfinished(e); err != nil {
		return nil, err
	}
	request := maps.Clone(e.Wanted)
	delete(request, e.Apart)
	return s.encode(request, before)
}

// unfinished refuses an edit of an object of which the answer does not show a
// setting that it is assumed to have.
func (s Settled) unfinished(e Edit) error {
	if e.IsSummary {
		return nil
	}
	for _, p := range s.assumed.Request {
		isDetail := p == PropOriginPolicyVerification // Of what may be off.
		if e.Before.Has(p) || p.IsOptional() || isDetail && !e.Before.Is(PropVerifiesOriginPolicy) || !s.request.hasField(string(p)) {
			continue
		}
		return s.refuse("the answer of %s has no property %q (%s), so that an edit could reset the setting. It has %s. %s",
			s.assumed.Edits, s.mapping.answerPath(s.assumed.Edits, p), s.mapping.evidence(s.assumed.Edits, p), strings.Join(e.Before.Names(), ", "), Advice)
	}
	return nil
}
