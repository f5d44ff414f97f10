package contract

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// An Error says that a request was not sent, because by the server's own document,
// or by its answers, it could not say what it has to, or would lose something.
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
	// Elsewhere are other routes of the document that take the property.
	Elsewhere []string
	// WithoutDocument is true if no document of the server was at hand.
	WithoutDocument bool
}

func (e *Error) Error() string {
	offers := "nothing of the kind"
	if len(e.Offered) > 0 {
		offers = strings.Join(e.Offered, ", ")
	}
	var text string
	switch {
	case e.Reason != "":
		text = e.Reason
	case e.Property == "":
		text = fmt.Sprintf("the server's own OpenAPI document does not have this route (looked for %s). It offers %s", strings.Join(e.Tried, ", "), offers)
	default:
		text = fmt.Sprintf("the server's own OpenAPI document does not have the property %q there (looked for %s). It offers %s", e.Property, strings.Join(e.Tried, ", "), offers)
	}
	if len(e.Elsewhere) > 0 {
		text += ". Another route takes it: " + strings.Join(e.Elsewhere, ", ")
	}
	return e.Route + " is not sent: " + text
}

// A Negotiation is what a server's own document says of how to write to it. The
// zero value stands for a server of which no document is known: what is sent to it
// is as assumed.
type Negotiation struct{ document document }

// Negotiate reads a server's document. The error says what the text is instead.
func Negotiate(document []byte) (Negotiation, error) {
	return negotiations.of(document)
}

// negotiations are those of this process. To parse a document takes longer than all
// else that a small write costs, and a run of the tests has thousands of clients.
var negotiations = readOnce{most: 64, known: map[[sha256.Size]byte]Negotiation{}}

// A readOnce keeps what documents say, by the sums of their texts, but not of too many.
type readOnce struct {
	most  int
	mutex sync.Mutex
	known map[[sha256.Size]byte]Negotiation
}

func (r *readOnce) of(text []byte) (Negotiation, error) {
	sum := sha256.Sum256(text)
	r.mutex.Lock()
	known, ok := r.known[sum]
	r.mutex.Unlock()
	if ok {
		return known, nil
	}
	d, err := parseDocument(text)
	if err != nil {
		return Negotiation{}, err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if len(r.known) >= r.most {
		clear(r.known)
	}
	r.known[sum] = Negotiation{d}
	return r.known[sum], nil
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
	// request is what the document says of the request, and answer of the answer
	// that an edit sends back; nil without a document, or where it does not say.
	request, answer *schema
	document        document
	kindOf          KindOf
}

// Settle finds out how a write is to be sent. The error is an [*Error] if the
// document contradicts all that is plausible.
func (n Negotiation) Settle(r *Route, kindOf KindOf) (Settled, error) {
	if n.document == nil {
		return Settled{Route: r, assumed: r, kindOf: kindOf}, nil
	}
	route, found, ok := n.document.find(r)
	settled := Settled{Route: route, assumed: r, request: found.request, document: n.document, kindOf: kindOf}
	if !ok {
		return settled, &Error{Route: r.String(), Tried: triedRoutes(r), Offered: n.document.near(r)}
	}
	if len(found.demanded) > 0 {
		return settled, settled.refuse("the server's own OpenAPI document demands the parameter %s there, which this provider does not know", strings.Join(found.demanded, ", "))
	}
	if reason := found.misform(r); reason != "" {
		return settled, settled.refuse("the server's own OpenAPI document says that %s", reason)
	}
	if read, ok := n.document.of(r.shownBy()); ok {
		settled.answer = read.answer
	}
	for _, p := range r.Answer { // A new token under an unknown name, or in another form, would be lost.
		if found.answer == nil {
			break
		}
		name, ok := found.answer.find(p.AnswerNames())
		if !ok {
			return settled, &Error{Route: r.String(), Property: string(p), Tried: p.AnswerNames(), Offered: found.answer.names()}
		}
		if reason := found.answer.properties[name].misfit(assumedAnswer(r, p), false); reason != "" {
			return settled, settled.refuse("the server's own OpenAPI document says that %s in the answer %s", name, reason)
		}
	}
	return settled, nil
}

// IsAssumed tells whether the request says something, and no document says what it takes.
func (s Settled) IsAssumed() bool { return s.request == nil && len(s.assumed.Request) > 0 }

// misform says why what a route sends, or what has to be found in its answer, has
// another form by the document; it is empty if it has not.
func (o operation) misform(r *Route) string {
	switch {
	case len(r.Request) > 0 && o.requestForm != "":
		return "the request is " + o.requestForm + ", and no object in JSON"
	case !r.Lists && len(r.Answer) > 0 && o.answerForm != "":
		return "the answer is " + o.answerForm + ", and no object in JSON"
	}
	return ""
}

func (s Settled) refuse(format string, arguments ...any) *Error {
	return &Error{Route: s.assumed.String(), Reason: fmt.Sprintf(format, arguments...), WithoutDocument: s.document == nil}
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

// Compose returns a request with the texts. What is empty is left out, or null where
// the document demands it and says that it may be. A text that no answer shows could
// never be looked at again.
func (s Settled) Compose(texts map[Property]string) (Object, error) {
	request := Object{}
	for p, text := range texts {
		name, err := s.nameOf(p)
		switch {
		case text == "" && (err != nil || s.request == nil || !s.request.demands(name) || !s.request.properties[name].nullable):
			continue
		case err != nil:
			return nil, err
		case text == "":
			request[name] = json.RawMessage("null")
			continue
		case s.answer != nil && !s.answer.hasAny(p.AnswerNames()):
			return nil, s.notShown(name)
		}
		request[name] = MustMarshal(text)
	}
	return request, s.taken(request)
}

// ComposeCreate is Compose for an object like those that the server answers. A text that
// none of them has is not written, unless they may leave out what is null: not if they
// have a property that is null, nor if they have one that is not known.
func (s Settled) ComposeCreate(texts map[Property]string, answered func() []Object) (Object, error) {
	for _, p := range slices.Sorted(maps.Keys(texts)) {
		if texts[p] == "" || !p.IsOptional() {
			continue
		}
		objects := answered()
		if i := slices.IndexFunc(objects, func(o Object) bool { return o.Has(p) }); i >= 0 {
			if err := s.checkWrittenAs(p, objects[i].Key(p)); err != nil {
				return nil, err
			}
			continue
		}
		unknown := s.undescribedIn(answered())
		switch {
		case s.answer != nil && unknown != "":
			return nil, s.describesAnother(unknown)
		case s.answer == nil && (unknown != "" || slices.ContainsFunc(answered(), Object.writesNull)):
			return nil, s.refuse("it would write the property %q (the name is %s), and no answer about such an object has it, so that nobody could see what became of it",
				p.requestNames()[0], s.assumed.Evidence(PartRequest, p))
		}
	}
	return s.Compose(texts)
}

// checkWrittenAs refuses to write a property by a name that is assumed, where answers show
// it by another one that does not go with it, or by the document, where it does not know
// that one.
func (s Settled) checkWrittenAs(p Property, shown string) error {
	if s.answer != nil && !s.answer.has(shown) {
		return s.describesAnother(shown)
	}
	name, err := s.nameOf(p)
	goesWith := func(sp spelling) bool { return sp.answer == shown && sp.requestName() == name }
	if err != nil || s.request != nil || name == shown || slices.ContainsFunc(p.spellings(), goesWith) {
		return err
	}
	return s.refuse("it would write the property %q (the name is %s), and answers call it %q, so that nobody knows by which name it is taken",
		name, s.assumed.Evidence(PartRequest, p), shown)
}

// writesNull tells whether a property of the object is null and stands there.
func (o Object) writesNull() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(o)), func(value json.RawMessage) bool { return typeOf(value) == "null" })
}

// undescribedIn returns a property of the objects that the document does not know in
// them or, where there is none, a text that is not assumed of them; "" if there is none.
func (s Settled) undescribedIn(objects []Object) string {
	known := s.answer
	if known == nil {
		assumed, _ := assumed().of(s.assumed.shownBy())
		known = assumed.answer
	}
	for _, o := range objects {
		for _, name := range slices.Sorted(maps.Keys(o)) {
			isAssumed := s.answer == nil && (editedProperties()[name] != "" || notEdited()[name] != "" || Text(o[name]) == "")
			if known != nil && !known.has(name) && !isAssumed {
				return name
			}
		}
	}
	return ""
}

// notShown refuses to write a property that the object does not have in answers by the
// document: nobody could tell what it was, or what it is then.
func (s Settled) notShown(name string) *Error {
	return s.refuse("it would write the property %q, and by the server's own OpenAPI document %s does not answer it, so that nobody could see what it is. There it has %s",
		name, s.assumed.shownBy(), listed(s.answer.names()))
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
	return request, s.taken(request)
}

// taken refuses a request that lacks what the document demands, but for what comes
// when the object is read, or has what it does not allow.
func (s Settled) taken(request Object, later ...string) error {
	if s.request == nil {
		return nil
	}
	for _, name := range s.request.required {
		if _, ok := request[name]; ok || slices.Contains(later, name) {
			continue
		}
		why := "which this provider does not know"
		if slices.ContainsFunc(s.assumed.Request, func(p Property) bool { return slices.Contains(p.requestNames(), name) }) {
			why = "which is not set"
		}
		return s.refuse("the server's own OpenAPI document demands the property %q there, %s. Its request has %s", name, why, listed(slices.Sorted(maps.Keys(request))))
	}
	for _, name := range slices.Sorted(maps.Keys(request)) {
		if reason := s.request.properties[name].refuses(request[name]); reason != "" {
			return s.refuse("by the server's own OpenAPI document, of the property %q %s", name, reason)
		}
	}
	return nil
}

// encode writes members as the document describes the property of the request,
// or else as the server answered the list.
func (s Settled) encode(name string, answered json.RawMessage, ids []string) (json.RawMessage, error) {
	kindOf, err := kindsIn(answered, s.kindOf)
	if err != nil {
		return nil, err
	}
	encoder, err := encoderLike(answered, kindOf)
	if s.request != nil {
		encoder, err = s.request.properties[name].memberEncoder(kindOf)
	}
	var encoded json.RawMessage
	if err == nil {
		encoded, err = encoder(ids)
	}
	if err != nil {
		return nil, s.refuse("of %s, %v", name, err)
	}
	return encoded, nil
}

// Knowing is s for a request that may also name those whose kinds are given here by their
// ids, as far as nothing else is known of them.
func (s Settled) Knowing(kinds map[string]access.Kind) Settled {
	known := s.kindOf
	s.kindOf = func(id string) (access.Kind, bool) {
		if kind, ok := kinds[id]; ok {
			return kind, true
		}
		return known(id)
	}
	return s
}

// listed writes names one after the other.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
