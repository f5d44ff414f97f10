package contract

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// A Mapping is the one interpreter of what a server writes and takes: it turns answers and
// the server's own document into the names and values that are assumed, and requests into
// those of the server. What it is not told is as assumed. It guesses nothing.
type Mapping struct {
	file *mapping.File
	// places are where the answers about a thing have what is known of it.
	places map[mapping.Thing][]place
	// carried are those parts of answers that a request takes from where they stand.
	carried map[mapping.Thing][]mapping.Path
	// plain are the things whose answers are as assumed.
	plain map[mapping.Thing]bool
	// wires are the routes as the server has them, where they differ.
	wires    map[*Route]*Route
	requests map[*Route]*request
	sets     map[mapping.Thing]map[Property]*Route
}

// Advice is what to do where a server is not as the mapping says.
const Advice = "If the server differs from what is assumed, make a mapping with `signpathctl contract map`"

// conceptProperties are the properties that stand for what a mapping calls concepts.
var conceptProperties = map[string]Property{
	"id": PropID, "link": PropLink, "slug": PropSlug, "name": PropName, "description": PropDescription, "status": PropStatus, "active": PropActive,
	"email": PropEmail, "notification_email": PropNotificationEmail, "identity": PropIdentity, "role": PropRole,
	"synchronized": PropSynchronized, "support": PropSupport,
	"members": PropMembers, "added_members": PropAddedMembers, "removed_members": PropRemovedMembers,
	"readers": PropReaders, "configurators": PropConfigurators, "submitters": PropSubmitters, "approvers": PropApprovers,
	"signing_policies": PropSigningPolicies, "purpose": PropPurpose,
	"verifies_trusted_build_system": PropVerifiesTrustedBuildSystem, "verifies_origin_policy": PropVerifiesOriginPolicy,
	"origin_policy_verification": PropOriginPolicyVerification, "uses_approval_process": PropUsesApprovalProcess,
	"required_approvals": PropRequiredApprovals,
	"yearly_size":        PropYearlySize, "yearly_signatures": PropYearlySignatures, "quota_start": PropQuotaStart, "quota_end": PropQuotaEnd,
	"time": PropEventTime, "metadata": PropEventMetadata, "actor": PropEventActor, "object": PropEventObject, "changes": PropEventChanges,
	"property": PropChangeProperty, "before": PropChangeBefore, "after": PropChangeAfter,
}

// propertyOf returns the property that a mapping calls so of a thing.
func propertyOf(t mapping.Thing, concept string) Property {
	if t == mapping.AuditEvent && concept == "name" {
		return PropEventName
	}
	return conceptProperties[concept]
}

// A place is where answers about a thing have a property, and in which form.
type place struct {
	codec
	property Property
	path     mapping.Path
	// line is that of the mapping file; 0 if the place is as assumed.
	line int
}

// isPlain tells whether answers have the property as it is assumed.
func (p place) isPlain() bool {
	return p.hasPlainForm() && p.line == 0
}

// NewMapping returns the interpreter of a mapping file; that of the assumed contract if the
// file is nil. The error names what of the file cannot be meant.
func NewMapping(file *mapping.File) (*Mapping, error) {
	if file == nil {
		file = &mapping.File{}
	}
	m := &Mapping{
		file: file, places: map[mapping.Thing][]place{}, carried: map[mapping.Thing][]mapping.Path{}, plain: map[mapping.Thing]bool{},
		wires: map[*Route]*Route{}, requests: map[*Route]*request{}, sets: map[mapping.Thing]map[Property]*Route{},
	}
	for _, t := range mapping.Things() {
		if err := m.addThing(t); err != nil {
			return nil, err
		}
	}
	for _, r := range Routes() {
		m.addRoute(r)
	}
	for r, q := range m.requests {
		for _, f := range q.fields {
			if err := f.check(r.thing(), f.concept); err != nil {
				return nil, fmt.Errorf("in the request of %s, %w", r, err)
			}
		}
	}
	for _, t := range mapping.Things() {
		m.plain[t] = len(m.carried[t]) == 0 && !slices.ContainsFunc(m.places[t], func(p place) bool { return !p.isPlain() })
	}
	return m, nil
}

// assumedMapping is the mapping without a file.
var assumedMapping = sync.OnceValue(func() *Mapping {
	m, err := NewMapping(nil)
	if err != nil {
		panic(err)
	}
	return m
})

// orAssumed is the mapping itself, or the assumed one if it is nil.
func (m *Mapping) orAssumed() *Mapping {
	if m == nil {
		return assumedMapping()
	}
	return m
}

// File returns the file that the mapping was made from.
func (m *Mapping) File() *mapping.File { return m.orAssumed().file }

func (m *Mapping) of(t mapping.Thing) *mapping.ThingMapping {
	if of := m.file.Things[t]; of != nil {
		return of
	}
	return &mapping.ThingMapping{}
}

// addThing takes in where answers about a thing have what, and which routes change one
// property of it alone.
func (m *Mapping) addThing(t mapping.Thing) error {
	of, isPrincipal := m.of(t), slices.Contains(mapping.Principals, t)
	for _, concept := range t.Concepts() {
		p := place{property: propertyOf(t, concept.Name)}
		p.codec = m.codecOf(concept, mapping.Form{})
		p.path = mapping.Path{string(p.property)}
		if t == mapping.AuditEvent && concept.Name == "actor" {
			p.path = mapping.Path{string(PropEventMetadata), string(PropEventActor)}
		}
		stated, ok := of.Answer[concept.Name]
		switch {
		case concept.InRequestsOnly, concept.Name == "slug" && isPrincipal && !ok:
			continue // No answer is assumed to have it.
		case ok:
			p.codec, p.line = m.codecOf(concept, stated.Form), max(stated.Line, 1)
			if stated.Path != nil {
				p.path = stated.Path
			}
		}
		if err := p.check(t, concept.Name); err != nil {
			return err
		}
		m.places[t] = append(m.places[t], p)
	}
	if err := m.checkPlaces(t); err != nil {
		return err
	}
	m.addCarried(t)
	for concept, call := range of.Set {
		p := propertyOf(t, concept)
		r := writes(call.Path, p)
		r.Method, r.Sets = call.Method, cmp.Or(readOf(t), r)
		if m.sets[t] == nil {
			m.sets[t] = map[Property]*Route{}
		}
		m.sets[t][p] = r
		m.requests[r] = m.requestOf(t, r, call)
	}
	return nil
}

// checkPlaces refuses a place of which a part, or all, is assumed to be something else: where
// that is then, the mapping has to say, too. A status tells of states, and a slug can be a name.
func (m *Mapping) checkPlaces(t mapping.Thing) error {
	if t == mapping.AuditEvent {
		return nil
	}
	for _, stated := range m.places[t] {
		for _, other := range m.places[t] {
			isFree := slices.Contains([]Property{PropSlug, PropStatus, PropID, PropLink}, other.property) || stated.property == PropSlug
			if stated.line == 0 || other.line > 0 || isFree || !stated.path.Begins(other.path) && !other.path.Begins(stated.path) {
				continue
			}
			return fmt.Errorf("line %d of the mapping: %s.answer has %q at %s, where %q is assumed to be. "+
				"State where that is, or another name if the server has nothing of the kind",
				stated.line, t, stated.property, stated.path, other.property)
		}
	}
	return nil
}

// addCarried notes what requests take from its place in answers.
func (m *Mapping) addCarried(t mapping.Thing) {
	of := m.of(t)
	calls := slices.AppendSeq([]*mapping.Call{of.Edit}, maps.Values(of.Set))
	for _, call := range calls {
		if call == nil {
			continue
		}
		for _, source := range call.Body.Sources() {
			isKnown := func(other mapping.Path) bool { return slices.Equal(other, source.Carried) }
			if source.Carried != nil && !slices.ContainsFunc(m.carried[t], isKnown) {
				m.carried[t] = append(m.carried[t], source.Carried)
			}
		}
	}
}

// list is what the mapping says of a list.
func (m *Mapping) list(r *Route) *mapping.List {
	m = m.orAssumed()
	if list := m.of(r.thing()).List; list != nil {
		return list
	}
	return &mapping.List{}
}

// Items returns the list in an answer, where the mapping says where it is, and whether there is
// more beside it; else the answer.
func (m *Mapping) Items(list *Route, body []byte) (items json.RawMessage, isStated, hasMore bool) {
	path := m.list(list).Items
	if path == nil {
		return body, false, false
	}
	items, _ = path.Get(body)
	return items, true, !IsEmptyJSON(cut(body, path))
}

// Page returns how the pages of a list are asked for; nil if the mapping does not say.
func (m *Mapping) Page(list *Route) *mapping.Paging { return m.list(list).Page }

// tokenPath is where the answer to a new token has it.
func (m *Mapping) tokenPath() mapping.Path {
	if call := m.of(mapping.CIUser).RegenerateToken; call != nil && call.Token != nil {
		return call.Token
	}
	return mapping.Path{string(PropAPIToken)}
}

// Token returns the token in the answer that makes a new one, and where it should be. It
// returns false if the answer has nothing there.
func (m *Mapping) Token(answer []byte) (token json.RawMessage, path string, ok bool) {
	where := m.orAssumed().tokenPath()
	token, ok = where.Get(answer)
	return token, where.String(), ok
}

// CreatedID returns the id of what a create made: from the answer's body, where the mapping
// says so, or else from its Location header (documented).
func (m *Mapping) CreatedID(create *Route, answer []byte, location string) string {
	m = m.orAssumed()
	if call := callOf(create, m.of(create.thing())); call != nil && call.ID != nil {
		raw, _ := call.ID.Get(answer)
		if id := Text(raw); access.IsID(id) {
			return strings.ToLower(id)
		}
	}
	return lastID(location)
}

// placeOf returns where answers about a thing have a property.
func (m *Mapping) placeOf(t mapping.Thing, p Property) (place, bool) {
	i := slices.IndexFunc(m.places[t], func(known place) bool { return known.property == p })
	if i < 0 {
		return place{}, false
	}
	return m.places[t][i], true
}

// Slug returns the id and the slug in an answer about a principal, before it is taken apart.
func (m *Mapping) Slug(r *Route, wire Object) (id, slug string) {
	o := Object{}
	for _, p := range []Property{PropID, PropLink, PropSlug} {
		if known, ok := m.orAssumed().placeOf(r.thing(), p); ok {
			o[string(p)], _ = known.path.Get(MustMarshal(wire))
		}
	}
	return o.ID(), o.Text(PropSlug)
}

// Has tells whether answers to the route can have the property: a slug of principals, only
// where the mapping says so.
func (m *Mapping) Has(r *Route, p Property) bool {
	_, ok := m.orAssumed().placeOf(r.thing(), p)
	return ok
}

// wireKey is the name under which an [Object] keeps the answer that it was made from, as
// far as that is another one. No answer is expected to have a property without a name.
const wireKey = "<"

// carriedKey is the name under which an object has what a request takes from its place.
func carriedKey(path mapping.Path) string { return wireKey + path.String() }

// Decode turns the answer to a route about one object into the assumed names and values.
// The principals are asked who is meant, where members are not named by ids.
func (m *Mapping) Decode(r *Route, body []byte, principals Principals) (Object, error) {
	wire, err := DecodeObject(body)
	if err != nil {
		return nil, err
	}
	return m.DecodeObject(r, wire, principals)
}

// DecodeObject is [Mapping.Decode] for an item of a list. Nothing is lost: what is not known
// is carried by its own name, less what of it is known.
func (m *Mapping) DecodeObject(r *Route, wire Object, principals Principals) (Object, error) {
	m = m.orAssumed()
	t := r.thing()
	if m.plain[t] {
		return wire, nil
	}
	rest, o := maps.Clone(wire), Object{wireKey: MustMarshal(wire)}
	for _, p := range m.places[t] {
		value, ok := wire.at(p.path)
		if !ok {
			continue
		}
		decoded, err := p.decode(value, principals)
		if err != nil {
			return nil, m.unexpected(t, p, value, err)
		}
		o[string(p.property)] = decoded
		rest.cut(p.path)
	}
	for _, path := range m.carried[t] {
		if value, ok := wire.at(path); ok {
			o[carriedKey(path)] = value
			rest.cut(path)
		}
	}
	for name, value := range rest {
		o[m.carriedName(t, name)] = value
	}
	return o, nil
}

// at returns the value at a path.
func (o Object) at(path mapping.Path) (json.RawMessage, bool) {
	if len(path) == 0 {
		return MustMarshal(o), true
	}
	inner, ok := o[path[0]]
	if !ok {
		return nil, false
	}
	return path[1:].Get(inner)
}

// cut takes the value at a path out of the object, and the objects that hold nothing then.
func (o Object) cut(path mapping.Path) {
	if len(path) == 0 {
		clear(o)
		return
	}
	inner, ok := o[path[0]]
	if !ok {
		return
	}
	left := json.RawMessage("{}")
	if len(path) > 1 {
		left = cut(inner, path[1:])
	}
	if bytes.Equal(left, []byte("{}")) && !bytes.Equal(inner, left) || len(path) == 1 {
		delete(o, path[0])
		return
	}
	o[path[0]] = left
}

// unexpected reports a value that is not in the form that the mapping says.
func (m *Mapping) unexpected(t mapping.Thing, p place, value json.RawMessage, cause error) error {
	where := ""
	if p.line > 0 {
		where = fmt.Sprintf(" (%s.answer in the mapping, line %d)", t, p.line)
	}
	return fmt.Errorf("its property %q%s is %s: %w. %s", p.path, where, inWords[typeOf(value)], cause, Advice)
}

// carriedName is the name under which an object has what is not known: its own, unless it is
// the assumed name of something that stands elsewhere.
func (m *Mapping) carriedName(t mapping.Thing, name string) string {
	if _, taken := m.placeOf(t, Property(name)); taken {
		return wireKey + name
	}
	return name
}

// cut returns an object without the value at the path, and without the objects that hold
// nothing then. What is no object stays as it is.
func cut(value json.RawMessage, path mapping.Path) json.RawMessage {
	var o Object
	if json.Unmarshal(value, &o) != nil || o == nil {
		return value
	}
	o.cut(path)
	return MustMarshal(o)
}

// put returns an object with the value at the path.
func put(o Object, path mapping.Path, value json.RawMessage) Object {
	if o == nil {
		o = Object{}
	}
	if len(path) == 1 {
		o[path[0]] = value
		return o
	}
	var inner Object
	_ = json.Unmarshal(o[path[0]], &inner) // What is no object is replaced by one.
	o[path[0]] = MustMarshal(put(inner, path[1:], value))
	return o
}

// Names are the names of what the object has, sorted.
func (o Object) Names() []string {
	names := slices.Sorted(maps.Keys(o))
	return slices.DeleteFunc(names, func(name string) bool { return name == wireKey })
}
