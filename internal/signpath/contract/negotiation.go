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
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
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
	// OfMapping is true if it is the mapping that has to be changed before the request can be
	// sent.
	OfMapping bool
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
		text = fmt.Sprintf("the server's own OpenAPI document does not have this route (looked for %s). It offers %s. %s", strings.Join(e.Tried, ", "), offers,
			Advice)
	default:
		text = fmt.Sprintf("the server's own OpenAPI document does not have the property %q there (looked for %s). It offers %s. %s",
			e.Property, strings.Join(e.Tried, ", "), offers, Advice)
	}
	if len(e.Elsewhere) > 0 {
		text += ". Another route takes it: " + strings.Join(e.Elsewhere, ", ")
	}
	return e.Route + " is not sent: " + text
}

// A Negotiation is what a mapping and a server's own document say of how to write to it.
// Where no document is known, what is sent is as the mapping says.
type Negotiation struct {
	document document
	mapping  *Mapping
	// sum is the hash of the document.
	sum [sha256.Size]byte
}

// Negotiate reads a server's document. The error says what the text is instead. The mapping
// is the assumed one if it is nil.
func Negotiate(document []byte, m *Mapping) (Negotiation, error) {
	d, sum, err := documents.of(document)
	if err != nil {
		return Negotiation{}, err
	}
	return Negotiation{d, m.orAssumed(), sum}, nil
}

// Assume is Negotiate where there is no document.
func Assume(m *Mapping) Negotiation { return Negotiation{mapping: m.orAssumed()} }

// documents are those of this process. To parse a document takes longer than all else that a
// small write costs, and a run of the tests has thousands of clients.
var documents = readOnce{most: 64, known: map[[sha256.Size]byte]document{}}

// A readOnce keeps what documents say, by the sums of their texts, but not of too many.
type readOnce struct {
	most  int
	mutex sync.Mutex
	known map[[sha256.Size]byte]document
}

func (r *readOnce) of(text []byte) (document, [sha256.Size]byte, error) {
	sum := sha256.Sum256(text)
	r.mutex.Lock()
	known, ok := r.known[sum]
	r.mutex.Unlock()
	if ok {
		return known, sum, nil
	}
	d, err := parseDocument(text)
	if err != nil {
		return nil, sum, err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if len(r.known) >= r.most {
		clear(r.known)
	}
	r.known[sum] = d
	return d, sum, nil
}

// IsOtherDocument tells whether the mapping was made from another document than the server
// has now.
func (n Negotiation) IsOtherDocument() bool {
	made := n.mapping.File().Document
	return n.document != nil && made != "" && made != fmt.Sprintf("sha256:%x", n.sum)
}

// Unfit says what of the server's document does not fit to what the mapping says of it, as far
// as it says anything: after the document has changed, that is what matters. It is empty if
// all fits.
func (n Negotiation) Unfit() []string {
	var unfit []string
	for _, r := range Routes() {
		for _, line := range n.compare(r) {
			if line.isMapped && line.Refuses() {
				unfit = append(unfit, line.String())
			}
		}
	}
	return unfit
}

// HasDocument tells whether a document is known.
func (n Negotiation) HasDocument() bool { return n.document != nil }

// A Settled is how one write is sent to a server.
type Settled struct {
	// Route has the method and path as the server has them.
	Route *Route
	// assumed is the route as it is assumed, for messages.
	assumed *Route
	mapping *Mapping
	request *request
	// wire is what the document says of the request, taken the same by the names of objects,
	// and answer what it says of the answer that an edit sends back; nil without a document, or
	// where it does not say.
	wire, taken, answer *schema
	document            document
	principals          Principals
}

// Settle finds out how a write is to be sent. The error is an [*Error] if the mapping or the
// document does not let it be sent.
func (n Negotiation) Settle(r *Route, principals Principals) (Settled, error) {
	m := n.mapping.orAssumed()
	settled := Settled{Route: m.Wire(r), assumed: r, mapping: m, request: m.requests[r], document: n.document, principals: principals}
	if reason := n.refusal(r); reason != "" {
		refused := settled.refuse("%s", reason)
		refused.OfMapping = true
		return settled, refused
	}
	if n.document == nil {
		return settled, nil
	}
	found, ok := n.document.of(settled.Route)
	if !ok {
		return settled, &Error{Route: r.String(), Tried: []string{settled.Route.String()}, Offered: n.document.near(settled.Route)}
	}
	if len(found.demanded) > 0 {
		return settled, settled.refuse("the server's own OpenAPI document demands the parameter %s there, which this provider does not know",
			strings.Join(found.demanded, ", "))
	}
	if reason := found.misform(r, m); reason != "" {
		return settled, settled.refuse("the server's own OpenAPI document says that %s", reason)
	}
	if settled.wire = found.request; settled.request.isWhole {
		settled.wire = found.body
	}
	settled.taken = settled.request.schema(m, r.thing(), settled.wire)
	if read, ok := n.document.of(m.Wire(r.shownBy())); ok {
		settled.answer = m.answerSchema(r.thing(), read.answer)
	}
	return settled, settled.checkToken(found)
}

// checkToken refuses a request whose answer has the new token under another name, or in
// another form: it would be lost.
func (s Settled) checkToken(found operation) error {
	if len(s.assumed.Answer) == 0 || found.result == nil {
		return nil
	}
	path := s.mapping.tokenPath()
	described, _ := found.result.at(path)
	switch known := assumedAnswer(s.assumed, PropAPIToken); {
	case described == nil && found.answer != nil:
		return &Error{Route: s.assumed.String(), Property: string(PropAPIToken), Tried: []string{path.String()}, Offered: found.answer.names()}
	case described.misfit(known, false) != "":
		return s.refuse("the server's own OpenAPI document says that %s in the answer %s", path, described.misfit(known, false))
	}
	return nil
}

// refusal says why nothing may be written to a route by the mapping; it is empty if it may.
func (n Negotiation) refusal(r *Route) string {
	m := n.mapping.orAssumed()
	if marks := m.file.Marks; len(marks) > 0 {
		return "the mapping is not finished, and nothing is written before it is: " + describeMark(marks[0])
	}
	if m.Lacks(r) {
		return "the mapping says that this installation has no such route"
	}
	if reason := m.requests[r].lacksSource(r); reason != "" {
		return reason
	}
	if n.IsOtherDocument() {
		if unfit := n.Unfit(); len(unfit) > 0 {
			return "the server's OpenAPI document has changed since the mapping was made, and what the mapping uses is not there any more: " +
				strings.Join(unfit, "; ") + ". Bring the mapping up to date with `signpathctl contract map --mapping FILE`"
		}
	}
	return ""
}

// describeMark says what a person has to look at.
func describeMark(mark mapping.Mark) string {
	what := "is not confirmed"
	if mark.Open {
		what = "is open"
	}
	text := fmt.Sprintf("line %d (%s) %s", mark.Line, mark.Path, what)
	if mark.Text != "" {
		text += ": " + mark.Text
	}
	return text
}

// IsAssumed tells whether the request says something, and no document says what it takes.
func (s Settled) IsAssumed() bool { return s.wire == nil && len(s.assumed.Request) > 0 }

// misform says why what a route sends, or what has to be found in its answer, has
// another form by the document; it is empty if it has not.
func (o operation) misform(r *Route, m *Mapping) string {
	request := m.requests[r]
	isInside := len(m.tokenPath()) > 0 || r != RoutesOf[access.KindCIUser].RegenerateToken
	switch {
	case len(request.fields) > 0 && !request.isWhole && r.Method != http.MethodGet && o.requestForm != "":
		return "the request is " + o.requestForm + ", and no object in JSON"
	case !r.Lists && len(r.Answer) > 0 && o.answerForm != "" && isInside:
		return "the answer is " + o.answerForm + ", and no object in JSON"
	}
	return ""
}

func (s Settled) refuse(format string, arguments ...any) *Error {
	return &Error{Route: s.assumed.String(), Reason: fmt.Sprintf(format, arguments...), WithoutDocument: s.document == nil}
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

// mustTake refuses a request that the document has no place for a property in.
func (s Settled) mustTake(p Property) error {
	if s.taken == nil || s.taken.has(string(p)) {
		return nil
	}
	var tried []string
	for _, f := range s.request.fields {
		if f.property == p {
			tried = append(tried, f.path.String())
		}
	}
	return &Error{Route: s.assumed.String(), Property: p.requestName(), Tried: tried, Offered: s.wire.names()}
}

// Compose returns a request with the texts. What is empty is left out, or null where
// the document demands it and says that it may be. A text that no answer shows could
// never be looked at again.
func (s Settled) Compose(texts map[Property]string) (json.RawMessage, error) {
	said := Object{}
	for p, text := range texts {
		name, err := string(p), s.mustTake(p)
		switch {
		case text == "" && (err != nil || s.taken == nil || !s.taken.demands(name) || !s.taken.properties[name].nullable):
			continue
		case err != nil:
			return nil, err
		case text == "":
			said[name] = json.RawMessage("null")
			continue
		case s.answer != nil && !s.answer.has(name):
			return nil, s.notShown(name)
		}
		said[name] = MustMarshal(text)
	}
	if s.assumed.Creates != nil { // Who is new is active, and has no global role.
		for p, value := range map[Property]any{PropRole: vocabulary.RoleRegularUser, PropActive: true} {
			if s.mapping.Edits(s.assumed, p) && s.mustTake(p) == nil {
				said[string(p)] = MustMarshal(value)
			}
		}
	}
	return s.encode(said, nil)
}

// ComposeCreate is Compose for an object like those that the server answers. A text that
// none of them has is not written, unless they may leave out what is null: not if they
// have a property that is null, nor if they have one that is not known.
func (s Settled) ComposeCreate(texts map[Property]string, answered func() []Object) (json.RawMessage, error) {
	for _, p := range slices.Sorted(maps.Keys(texts)) {
		if texts[p] == "" || !p.IsOptional() {
			continue
		}
		objects := answered()
		if slices.ContainsFunc(objects, func(o Object) bool { return o.Has(p) }) {
			if s.answer != nil && !s.answer.has(string(p)) {
				return nil, s.describesAnother(string(p))
			}
			continue
		}
		unknown := s.undescribedIn(objects)
		switch {
		case s.answer != nil && unknown != "":
			return nil, s.describesAnother(unknown)
		case s.answer == nil && (unknown != "" || slices.ContainsFunc(objects, Object.writesNull)):
			return nil, s.refuse("it would write the property %q (the name is %s), and no answer about such an object has it, so that nobody could see what became of it",
				p, s.assumed.Evidence(PartRequest, p))
		}
	}
	return s.Compose(texts)
}

// writesNull tells whether a property of the object is null and stands there.
func (o Object) writesNull() bool {
	return slices.ContainsFunc(o.Names(), func(name string) bool { return typeOf(o[name]) == "null" })
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
		for _, name := range o.Names() {
			isAssumed := s.answer == nil && (isEdited(name) || notEdited()[name] != "" || Text(o[name]) == "")
			if known != nil && !known.has(name) && !isAssumed {
				return name
			}
		}
	}
	return ""
}

// isEdited tells whether some request says the property.
func isEdited(name string) bool {
	return slices.ContainsFunc(Routes(), func(r *Route) bool { return slices.Contains(r.Request, Property(name)) })
}

// notShown refuses to write a property that the object does not have in answers by the
// document: nobody could tell what it was, or what it is then.
func (s Settled) notShown(name string) *Error {
	return s.refuse("it would write the property %q, and by the server's own OpenAPI document %s does not answer it, so that nobody could see what it is. "+
		"There it has %s",
		s.request.nameOf(name), s.assumed.shownBy(), listed(s.answer.names()))
}

// ComposeMembers returns a request that names members of a list of an object as it was read.
func (s Settled) ComposeMembers(before Object, lists map[Property][]string) (json.RawMessage, error) {
	said := Object{}
	for _, p := range slices.Sorted(maps.Keys(lists)) {
		if err := s.mustTake(p); err != nil {
			return nil, err
		}
		said[string(p)] = EncodeMembers(lists[p])
	}
	return s.encode(said, before)
}

// ComposeSet returns the request of a route that changes one property alone, of an object as
// it is wanted. What else it says comes from the object.
func (s Settled) ComposeSet(e Edit) (json.RawMessage, error) {
	for _, p := range s.assumed.Request {
		if err := s.mustTake(p); err != nil {
			return nil, err
		}
		if s.answer != nil && !s.answer.has(string(p)) {
			return nil, s.notShown(string(p))
		}
	}
	said, later := Object{}, []string{}
	for _, f := range s.request.fields {
		value, ok := e.Wanted[f.name()]
		switch {
		case f.name() == "":
		case ok:
			said[f.name()] = value
		case e.IsSummary:
			later = append(later, f.name())
		default:
			return nil, s.refuse("it says the property %q, and the answer of %s does not have it", f.name(), s.assumed.Sets)
		}
	}
	return s.encode(said, e.Before, later...)
}

// encode returns what the server takes for what is said by the names of objects. What the
// document demands and is not there, or does not take, is refused, but for what comes when
// the object is read.
func (s Settled) encode(said, before Object, later ...string) (json.RawMessage, error) {
	if s.taken != nil {
		for _, name := range s.taken.required {
			if _, ok := said[name]; ok || slices.Contains(later, name) {
				continue
			}
			why := "which this provider does not know"
			if slices.Contains(s.assumed.Request, Property(name)) {
				why = "which is not set"
			}
			return nil, s.refuse("the server's own OpenAPI document demands the property %q there, %s. Its request has %s. %s",
				name, why, listed(said.Names()), Advice)
		}
	}
	wire, err := s.request.encode(s.mapping, s.assumed.thing(), said, before, s.wire, s.principals)
	if err != nil {
		return nil, s.refuse("%v", err)
	}
	return wire, s.accepted(said, wire, len(later) > 0)
}

// accepted looks at the request, or at a part of it, once more as the server gets it.
func (s Settled) accepted(said Object, wire json.RawMessage, isPart bool) error {
	if s.wire == nil {
		return nil
	}
	for _, f := range s.request.fields {
		_, isSaid := said[f.name()]
		if !isSaid && f.literal == nil {
			continue
		}
		described, _ := s.wire.at(f.path)
		value, _ := f.path.Get(wire)
		if s.request.isWhole {
			value = wire
		}
		reason := described.rejects(value, f.kind == mapping.KindMembers)
		switch {
		case described == nil && !s.wire.open:
			return s.refuse("the server's own OpenAPI document has no place for %q, which the mapping says. It takes %s", f.path, listed(s.wire.names()))
		case reason != "":
			return s.refuse("by the server's own OpenAPI document, of the property %q %s. %s", f.path, reason, Advice)
		}
	}
	if reason := s.wire.rejects(wire, false); reason != "" && !isPart {
		return s.refuse("by the server's own OpenAPI document, %s. %s", reason, Advice)
	}
	return nil
}

// Knowing is s for a request that may also name those whose kinds are given here by their
// ids, as far as nothing else is known of them.
func (s Settled) Knowing(kinds map[string]access.Kind) Settled {
	s.principals = s.principals.Knowing(kinds)
	return s
}

// listed writes names one after the other.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
