package contract

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A State says how a route or a property of the assumed contract fares in a
// server's document.
type State string

const (
	// Matches says that the document has it as assumed.
	Matches State = "matches"
	// Mapped says that the document has it as the mapping says, and not as is assumed.
	Mapped State = "mapped"
	// Missing says that the document does not have it where it is assumed, or where the
	// mapping says. The provider refuses to write it, and cannot read it.
	Missing State = "missing"
	// Contradicts says that the document has it in a form in which the provider could
	// not write or read it without losing something. It refuses to write.
	Contradicts State = "contradicts"
	// Unsaid says that the document does not say. The assumed form is used.
	Unsaid State = "unsaid"
)

// A Part is what of an operation a line of a comparison is about.
type Part string

// The parts of an operation.
const (
	PartRoute   Part = "route"
	PartRequest Part = "request"
	PartAnswer  Part = "answer"
)

// A Line compares one route, or one property of its request or answer.
type Line struct {
	Route string `json:"route"`
	Part  Part   `json:"part"`
	// Assumed is what is assumed, with how well it is known and from where.
	Assumed  string `json:"assumed"`
	Evidence string `json:"evidence"`
	Source   string `json:"source"`
	State    State  `json:"state"`
	// Found is what the document has instead, if it differs, or what it says that
	// contradicts.
	Found string `json:"found,omitempty"`
	// Optional routes and properties may be missing from an installation, or from
	// its document.
	Optional bool `json:"optional"`
	// Offered is what the document has there, if it is missing, or other routes that
	// take it, if it contradicts. It is never nil.
	Offered []string `json:"offered"`
	// isMapped is true if the mapping says where it is.
	isMapped bool
}

// String says what is not as it should be.
func (l Line) String() string {
	text := fmt.Sprintf("%s, %s %s: %s", l.Route, l.Part, cmp.Or(l.Found, l.Assumed), l.State)
	if len(l.Offered) > 0 {
		text += ", there is " + strings.Join(l.Offered, ", ")
	}
	return text
}

// Refuses tells whether the provider would refuse to write something, or could not read
// it, for what the line says.
func (l Line) Refuses() bool {
	return !l.Optional && (l.State == Missing || l.State == Contradicts)
}

// Compare compares all that the client assumes, and what a mapping says, with a server's
// OpenAPI document, in the order of [Routes]. The mapping is the assumed one if it is nil. The
// error says what the text is instead of a document.
func Compare(document []byte, m *Mapping) ([]Line, error) {
	n, err := Negotiate(document, m)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for _, r := range Routes() {
		lines = append(lines, n.compare(r)...)
	}
	for i := range lines {
		lines[i].Offered = append([]string{}, lines[i].Offered...)
	}
	return lines, nil
}

// answerOf is what the document says of the answer to a route that reads, by the names of
// objects; nil if nothing.
func (n Negotiation) answerOf(r *Route) *schema {
	found, ok := n.document.of(n.mapping.Wire(r))
	if r == nil || !ok {
		return nil
	}
	answer := found.answer
	if items := n.mapping.list(r).Items; r.Lists && items != nil && found.result != nil {
		if list, _ := found.result.at(items); list != nil && list.items != nil {
			answer = list.items.orNil()
		}
	}
	return n.mapping.answerSchema(r.thing(), answer)
}

// parametersOf are the query parameters by which pages are asked for; none if paging is nil.
func parametersOf(paging *mapping.Paging) []string {
	if paging == nil {
		return nil
	}
	names := []string{paging.Number, paging.Skip, paging.Token, paging.Size}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// misfitPages says why pages could not be asked for as the mapping says, as far as the document
// describes the parameters, or the answer, of the list; it is empty if they could be.
func (o operation) misfitPages(paging *mapping.Paging) string {
	if paging == nil {
		return ""
	}
	for _, name := range parametersOf(paging) {
		isName := func(described string) bool { return strings.EqualFold(described, name) }
		if len(o.query) > 0 && !slices.ContainsFunc(o.query, isName) {
			return "has no parameter " + name + " for pages, and has " + listed(o.query)
		}
	}
	for _, path := range []mapping.Path{paging.Next, paging.Link, paging.Total} {
		if path == nil || path.String() == mapping.LinkHeader || o.result == nil || len(o.result.properties) == 0 {
			continue
		}
		if described, _ := o.result.at(path); described == nil && !o.result.open {
			return "answers nothing at " + path.String() + ", which tells of pages, and has " + listed(o.result.names())
		}
	}
	return ""
}

// A comparison is that of one route with what a document has of it.
type comparison struct {
	Negotiation
	r *Route
	// known is what is assumed, wire what the document says of the request, and taken the same
	// by the names of objects, as answer and read are: what the route answers, and what the one
	// does that reads the same object.
	known               operation
	wire, taken, answer *schema
	read                *schema
	request             *request
}

func (n Negotiation) compare(r *Route) []Line {
	known, _ := assumed().of(r)
	wire := n.mapping.Wire(r)
	line := Line{
		Route: r.String(), Part: PartRoute, Assumed: r.String(), State: Matches,
		Evidence: known.evidence, Source: known.source, Optional: r.Preview, isMapped: wire != r,
	}
	if n.mapping.Lacks(r) {
		line.State, line.Found = Mapped, "none"
		return []Line{line}
	}
	found, ok := n.document.of(wire)
	if !ok {
		line.State, line.Offered = Missing, n.document.near(wire)
		return []Line{line}
	}
	if wire.String() != r.String() {
		line.State, line.Found = Mapped, wire.String()
	}
	var paging *mapping.Paging
	if r.Lists {
		paging = n.mapping.Page(r)
	}
	demanded := slices.DeleteFunc(slices.Clone(found.demanded), func(name string) bool {
		return slices.ContainsFunc(parametersOf(paging), func(asked string) bool { return strings.EqualFold(asked, name) })
	})
	reason := cmp.Or(found.misform(r, n.mapping), found.misfitPages(paging))
	if len(demanded) > 0 {
		reason = "demands the parameter " + strings.Join(demanded, ", ")
	}
	if reason != "" {
		line.State, line.Found, line.isMapped = Contradicts, reason, line.isMapped || paging != nil
	}
	c := comparison{Negotiation: n, r: r, known: known, request: n.mapping.requests[r], wire: found.request}
	if c.request.isWhole {
		c.wire = found.body
	}
	c.taken, c.answer, c.read = c.request.schema(n.mapping, r.thing(), c.wire), found.answer, n.answerOf(r.shownBy())
	if r.Method == http.MethodGet {
		c.answer = n.answerOf(r)
	}
	return append([]Line{line}, c.properties(found)...)
}

// properties compares what the route says and answers.
func (c comparison) properties(found operation) []Line {
	var lines []Line
	for _, p := range c.r.Request {
		if !c.request.hasField(string(p)) {
			continue // It has a route of its own, or the server keeps it.
		}
		line := c.requested(p)
		// A setting that is only carried along may go back by a name that nobody knows.
		isUnknown := c.read != nil && !c.read.has(string(p))
		line.Optional = line.Optional || line.State == Missing && isUnknown && c.r.carriesAlong(p)
		lines = append(lines, line)
	}
	for _, p := range c.r.Answer {
		if c.r.Method == http.MethodGet {
			lines = append(lines, c.answered(p))
		} else {
			lines = append(lines, c.token(found))
		}
	}
	lines = append(lines, c.misread()...)
	return append(lines, c.surplus()...)
}

// carriesAlong tells whether an edit sends the property as it was read: of projects and
// signing policies, the client changes the lists of members.
func (r *Route) carriesAlong(p Property) bool {
	return (r.Edits == RouteProject || r.Edits == RoutePolicy) && !p.IsList()
}

// misread tells what of an answer is not looked for and would be understood if it came,
// but comes as something else.
func (c comparison) misread() []Line {
	var lines []Line
	for _, p := range checkedProperties()[c.r] {
		if slices.Contains(c.r.Answer, p.name) || !c.answer.has(string(p.name)) {
			continue
		}
		if line := c.answered(p.name); line.State == Contradicts {
			lines = append(lines, line)
		}
	}
	return lines
}

// line begins a line about a property.
func (c comparison) line(part Part, name string, known *schema, path mapping.Path, isMapped bool) Line {
	fact := known.factOf(name)
	line := Line{
		Route: c.r.String(), Part: part, Assumed: name, State: Matches, Evidence: fact.evidence, Source: fact.source, Optional: c.r.Preview,
		isMapped: isMapped,
	}
	if isMapped {
		line.State, line.Found = Mapped, path.String()
	}
	return line
}

// requested tells how a property fares in the request.
func (c comparison) requested(p Property) Line {
	i := slices.IndexFunc(c.request.fields, func(f field) bool { return f.property == p })
	f, name := c.request.fields[i], p.requestName()
	line := c.line(PartRequest, name, c.known.request, f.path, f.isStated)
	if c.wire == nil {
		line.State = Unsaid
		return line
	}
	described, _ := c.wire.at(f.path)
	if described == nil && c.wire.open {
		line.State = Unsaid
		return line
	}
	if described == nil {
		line.State, line.Offered = Missing, c.wire.names()
		return line
	}
	reason := f.misfit(described, true)
	switch {
	case reason != "":
	case f.kind == mapping.KindRole:
		reason = f.missingRoles(described)
		line.Optional = strings.HasSuffix(reason, "not "+string(vocabulary.RoleDirectorySynchronizer)) // Its spelling is inferred.
	case f.hasPlainForm() && described.values != nil:
		reason = "takes only " + strings.Join(described.values, ", ")
	case f.hasPlainForm() && f.kind != mapping.KindMembers && c.known.request != nil:
		reason = described.misfit(c.known.request.properties[name].schema, true)
	}
	if reason != "" {
		line.State, line.Found = Contradicts, f.path.String()+" "+reason
	}
	return line
}

// answered tells how a property fares in an answer.
func (c comparison) answered(p Property) Line {
	known, ok := c.mapping.placeOf(c.r.thing(), p)
	if !ok {
		known.path = mapping.Path{string(p)}
	}
	line := c.line(PartAnswer, string(p), c.known.answer, known.path, known.line > 0)
	if c.answer == nil {
		line.State = Unsaid
		return line
	}
	if !c.answer.has(string(p)) {
		line.State, line.Offered = Missing, c.answer.names()
		line.Optional = c.r.Preview || p.mayBeMissing(c.answer)
		return line
	}
	found, _ := c.document.of(c.mapping.Wire(c.r))
	described := c.answer.properties[string(p)].schema
	if wire := c.wireAnswer(found); wire != nil {
		if at, _ := wire.at(known.path); at != nil {
			described = at
		}
	}
	reason := known.misfit(described, false)
	if reason == "" && known.hasPlainForm() && known.kind != mapping.KindMembers && c.known.answer != nil {
		reason = described.misfit(c.known.answer.properties[string(p)].schema, false)
	}
	if reason != "" {
		line.State, line.Found = Contradicts, known.path.String()+" "+reason
	}
	return line
}

// wireAnswer is what the document says of the answer, as the server writes it.
func (c comparison) wireAnswer(found operation) *schema {
	if items := c.mapping.list(c.r).Items; c.r.Lists && items != nil && found.result != nil {
		if list, _ := found.result.at(items); list != nil && list.items != nil {
			return list.items
		}
	}
	return found.answer
}

// token tells how a new token fares in the answer that has it.
func (c comparison) token(found operation) Line {
	path := c.mapping.tokenPath()
	line := c.line(PartAnswer, string(PropAPIToken), c.known.answer, path, !slices.Equal(path, mapping.Path{string(PropAPIToken)}))
	if found.result == nil || found.answer == nil && len(path) > 0 {
		line.State = Unsaid
		return line
	}
	described, _ := found.result.at(path)
	if described == nil {
		line.State, line.Offered = Missing, found.answer.names()
	} else if reason := described.misfit(assumedAnswer(c.r, PropAPIToken), false); reason != "" {
		line.State, line.Found = Contradicts, path.String()+" "+reason
	}
	return line
}
