package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// An Error says that the server's own document has no place for what a request
// has to say. Nothing was sent.
type Error struct {
	// Route is the operation as assumed, "POST /CIUsers/{id}/Edit".
	Route string
	// Property is what the request cannot say, or the answer does not tell,
	// under its assumed name; empty if it is the route that is missing.
	Property string
	// Tried are the names, or routes, that were looked for.
	Tried []string
	// Offered are those that the document has instead.
	Offered []string
	// Reason is set if it is something else.
	Reason string
}

func (e *Error) Error() string {
	offers := "nothing of the kind"
	if len(e.Offered) > 0 {
		offers = strings.Join(e.Offered, ", ")
	}
	switch {
	case e.Reason != "":
		return fmt.Sprintf("%s was not sent: %s", e.Route, e.Reason)
	case e.Property == "":
		return fmt.Sprintf("%s was not sent: the server's own OpenAPI document does not have this route (looked for %s). It offers %s",
			e.Route, strings.Join(e.Tried, ", "), offers)
	}
	return fmt.Sprintf("%s was not sent: the server's own OpenAPI document does not have the property %q there (looked for %s). It offers %s",
		e.Route, e.Property, strings.Join(e.Tried, ", "), offers)
}

// A Negotiation is what a server's own document says of how to write to it. The
// zero value stands for a server of which no document is known: what is sent to it
// is as assumed.
type Negotiation struct{ document document }

// Negotiate reads a server's document. The error says what the text is instead.
func Negotiate(document []byte) (Negotiation, error) {
	d, err := parseDocument(document)
	return Negotiation{d}, err
}

// HasDocument tells whether a document is known.
func (n Negotiation) HasDocument() bool { return n.document != nil }

// KindOf finds the kind of the principal with an id.
type KindOf func(id string) (access.Kind, bool)

// A Settled is how one write is sent to a server.
type Settled struct {
	// Route has the method and path as the server has them.
	Route *Route
	// assumed is the route as it is assumed, for messages.
	assumed *Route
	// request is what the document says of the request; nil without one.
	request *schema
	kindOf  KindOf
}

// Settle finds out how a write is to be sent. The error is an [*Error] if the
// document contradicts all that is plausible.
func (n Negotiation) Settle(r *Route, kindOf KindOf) (Settled, error) {
	if n.document == nil {
		return Settled{Route: r, assumed: r, kindOf: kindOf}, nil
	}
	route, found, ok := n.document.find(r)
	settled := Settled{Route: route, assumed: r, request: found.request, kindOf: kindOf}
	if !ok {
		return settled, &Error{Route: r.String(), Tried: triedRoutes(r), Offered: n.document.near(r)}
	}
	for _, p := range r.Answer { // A new token under an unknown name would be lost.
		if found.answer == nil {
			break
		}
		if _, ok := found.answer.find(p.AnswerNames()); !ok {
			return settled, &Error{Route: r.String(), Property: string(p), Tried: p.AnswerNames(), Offered: found.answer.names()}
		}
	}
	return settled, nil
}

// find looks for a route among its plausible forms.
func (d document) find(r *Route) (*Route, operation, bool) {
	for _, candidate := range r.candidates() {
		if found, ok := d.of(candidate); ok {
			return candidate, found, true
		}
	}
	return r, operation{}, false
}

// triedRoutes are the candidates with the assumed method; the others are told by
// naming their methods.
func triedRoutes(r *Route) []string {
	var tried []string
	for _, candidate := range r.candidates() {
		if candidate.Method == r.Method {
			tried = append(tried, candidate.String())
		}
	}
	return append(tried, "the same with PATCH and PUT")
}

// near returns the document's routes that begin like the one that is missing, and
// read or write as it does.
func (d document) near(r *Route) []string {
	first := strings.ToLower(strings.SplitN(r.Path, "/", 3)[1])
	var near []string
	for _, found := range d {
		sameKind := (found.method == http.MethodGet) == (r.Method == http.MethodGet)
		if sameKind && found.version == Version && strings.HasPrefix(strings.ToLower(found.path), "/"+first) {
			near = append(near, found.method+" "+found.path)
		}
	}
	slices.Sort(near)
	return near
}

// nameOf returns the name of a property that the request has to have.
func (s Settled) nameOf(p Property) (string, error) {
	names := p.requestNames()
	if s.request == nil {
		return names[0], nil
	}
	if name, ok := s.request.find(names); ok {
		return name, nil
	}
	return "", &Error{Route: s.assumed.String(), Property: names[0], Tried: names, Offered: s.request.names()}
}

// nameLike is nameOf for a property of an object that the server answered:
// without a document, the name in requests goes with the names in the answer.
func (s Settled) nameLike(p Property, answer Object) (string, error) {
	if s.request != nil {
		return s.nameOf(p)
	}
	name, answered := "", answer.Key(p)
	for _, other := range p.spellings() {
		if other.answer != answered {
			continue
		}
		if _, goesTogether := answer[other.with]; goesTogether {
			return other.requestName(), nil
		}
		if other.with == "" && name == "" {
			name = other.requestName()
		}
	}
	return name, nil
}

// Compose returns a request with the texts; what is empty is left out.
func (s Settled) Compose(texts map[Property]string) (Object, error) {
	request := Object{}
	for p, text := range texts {
		if text == "" {
			continue
		}
		name, err := s.nameOf(p)
		if err != nil {
			return nil, err
		}
		request[name] = MustMarshal(text)
	}
	return s.filled(request)
}

// ComposeMembers returns a request that names members of a list, in the form in
// which the server answered the list.
func (s Settled) ComposeMembers(answered json.RawMessage, lists map[Property][]string) (Object, error) {
	request := Object{}
	for p, ids := range lists {
		name, err := s.nameOf(p)
		if err != nil {
			return nil, err
		}
		if request[name], err = s.encode(name, answered, ids); err != nil {
			return nil, err
		}
	}
	return s.filled(request)
}

// An Edit is what an edit is about to write.
type Edit struct {
	// Before is the object as it was just read, Wanted as it is to be.
	Before, Wanted Object
	// Changed names the properties in which they differ.
	Changed map[string]bool
}

// ComposeEdit returns the request that makes an object as it is wanted: all its
// properties, each under the name that requests have for it. What is not known
// goes back as it came.
func (s Settled) ComposeEdit(e Edit) (Object, error) {
	request, renamed := make(Object, len(e.Wanted)), Object{}
	for answered, value := range e.Wanted {
		known, isKnown := editedProperties()[answered]
		if !isKnown || e.Wanted.Key(known) != answered {
			s.sendBack(request, answered, value)
			continue
		}
		name, err := s.nameLike(known, e.Wanted)
		switch {
		case err != nil && e.Changed[answered]:
			return nil, err
		case err != nil:
			s.sendBack(request, answered, value)
			continue
		}
		if renamed[name], err = s.encodeIfMembers(known, name, e, value); err != nil {
			return nil, err
		}
	}
	// Should an answer also have a property with a name of requests, the one that
	// is known wins.
	maps.Copy(request, renamed)
	return s.filled(request)
}

// sendBack puts a property into the request as it came, unless the document says
// that there is no such property: a strict server would refuse the request.
func (s Settled) sendBack(request Object, name string, value json.RawMessage) {
	if s.request != nil && s.request.closed {
		if _, offered := s.request.properties[name]; !offered {
			return
		}
	}
	request[name] = value
}

// encodeIfMembers brings a list of members into the form of requests. Without a
// document, a list that the edit does not change goes back as it came.
func (s Settled) encodeIfMembers(p Property, name string, e Edit, value json.RawMessage) (json.RawMessage, error) {
	if !p.isMemberList() || (s.request == nil && !e.Changed[e.Before.Key(p)]) {
		return value, nil
	}
	ids, err := DecodeMembers(value)
	if err != nil {
		return nil, err
	}
	return s.encode(name, e.Before.Value(p), ids)
}

// encode writes members as the document describes the property of the request,
// or else as the server answered the list.
func (s Settled) encode(name string, answered json.RawMessage, ids []string) (json.RawMessage, error) {
	encoder, err := encoderLike(answered, s.kindOf)
	if s.request != nil {
		encoder, err = s.request.properties[name].memberEncoder(s.kindOf)
	}
	if err != nil {
		return nil, err
	}
	return encoder(ids)
}

// filled refuses a request that lacks what the document demands.
func (s Settled) filled(request Object) (Object, error) {
	if s.request == nil {
		return request, nil
	}
	for _, name := range s.request.required {
		if _, ok := request[name]; !ok {
			return nil, &Error{Route: s.assumed.String(), Reason: fmt.Sprintf(
				"the server's own OpenAPI document demands the property %q there, which this provider does not know. Its request has %s",
				name, strings.Join(slices.Sorted(maps.Keys(request)), ", "))}
		}
	}
	return request, nil
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
