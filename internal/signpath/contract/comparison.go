package contract

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A State says how a route or a property of the assumed contract fares in a
// server's document.
type State string

const (
	// Matches says that the document has it as assumed.
	Matches State = "matches"
	// Differs says that the document has it in another form, and the provider goes
	// by that.
	Differs State = "differs"
	// Missing says that the document has none of the plausible forms. The provider
	// refuses to write it, and cannot read it.
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
}

// Refuses tells whether the provider would refuse to write something, or could not read
// it, for what the line says.
func (l Line) Refuses() bool {
	return !l.Optional && (l.State == Missing || l.State == Contradicts)
}

// Compare compares all that the client assumes with a server's OpenAPI document,
// in the order of [Routes]. The error says what the text is instead.
func Compare(document []byte) ([]Line, error) {
	d, err := parseDocument(document)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for _, r := range Routes() {
		lines = append(lines, d.compare(r)...)
	}
	for i := range lines {
		lines[i].Offered = append([]string{}, lines[i].Offered...)
	}
	return lines, nil
}

func (d document) compare(r *Route) []Line {
	known, _ := assumed().of(r)
	line := Line{
		Route: r.String(), Part: PartRoute, Assumed: r.String(), State: Matches,
		Evidence: known.evidence, Source: known.source, Optional: r.Preview,
	}
	route, found, ok := d.find(r)
	if !ok {
		line.State, line.Offered = Missing, d.near(r)
		return []Line{line}
	}
	if route.String() != r.String() {
		line.State, line.Found = Differs, route.String()
	}
	if len(found.demanded) > 0 {
		line.State, line.Found = Contradicts, "demands the parameter "+strings.Join(found.demanded, ", ")
	} else if reason := found.misform(r); reason != "" {
		line.State, line.Found = Contradicts, reason
	}
	lines := []Line{line}
	read, _ := d.of(r.shownBy())
	for _, p := range r.Request {
		line := found.request.compare(r, PartRequest, p, p.requestNames(), known.request)
		// A setting that is only carried along may go back by a name that nobody knows.
		isUnknown := read.answer != nil && !read.answer.hasAny(p.AnswerNames())
		line.Optional = line.Optional || line.State == Missing && isUnknown && r.carriesAlong(p)
		lines = append(lines, line)
	}
	for _, p := range r.Answer {
		lines = append(lines, found.answer.compare(r, PartAnswer, p, p.AnswerNames(), known.answer))
	}
	lines = append(lines, found.answer.misread(r, known.answer)...)
	return append(lines, d.surplus(r, route, found)...)
}

// carriesAlong tells whether an edit sends the property as it was read: of projects and
// signing policies, the client changes the lists of members.
func (r *Route) carriesAlong(p Property) bool {
	return (r.Edits == RouteProject || r.Edits == RoutePolicy) && !p.isMemberList()
}

// misread tells what of an answer is not looked for and would be understood if it came,
// but comes as something else.
func (s *schema) misread(r *Route, known *schema) []Line {
	var lines []Line
	for _, p := range checkedProperties()[r] {
		if s == nil || slices.Contains(r.Answer, p.name) || !s.hasAny(p.name.AnswerNames()) {
			continue
		}
		if line := s.compare(r, PartAnswer, p.name, p.name.AnswerNames(), known); line.State == Contradicts {
			lines = append(lines, line)
		}
	}
	return lines
}

// compare tells how a property fares that has the first of the names in the schema
// that is known. A nil schema says nothing.
func (s *schema) compare(r *Route, part Part, p Property, names []string, known *schema) Line {
	fact := known.factOf(names[0])
	line := Line{
		Route: r.String(), Part: part, Assumed: names[0], State: Matches,
		Evidence: fact.evidence, Source: fact.source, Optional: r.Preview,
	}
	if s == nil {
		line.State = Unsaid
		return line
	}
	name, ok := s.find(names)
	switch {
	case !ok:
		line.State, line.Offered = Missing, s.names()
		line.Optional = r.Preview || part == PartAnswer && p.mayBeMissing(s)
		return line
	case name != names[0]:
		line.State, line.Found = Differs, name
	}
	var expected *schema
	if known != nil {
		expected = known.properties[names[0]].schema
	}
	found := s.properties[name]
	reason := p.contradictedBy(found, part, expected)
	if reason == "" && p == PropRole && part == PartRequest {
		reason = found.missingRoles()
		line.Optional = strings.HasSuffix(reason, "not "+string(vocabulary.RoleDirectorySynchronizer)) // Its spelling is inferred.
	}
	if reason != "" {
		line.State, line.Found = Contradicts, name+" "+reason
	}
	return line
}

// contradictedBy says why the property could not be written or read in the form that was
// found; it is empty if it could be. The form that is expected may be nil: any will do.
func (p Property) contradictedBy(found schemaProperty, part Part, expected *schema) string {
	switch {
	case part == PartRequest && p.namesMembers():
		if _, err := found.memberEncoder(nil); err != nil {
			return "is a list of members, and " + err.Error()
		}
		return ""
	case p.isMemberList():
		return found.noMembers()
	case part == PartRequest && p != PropRole && found.values != nil:
		return "takes only " + strings.Join(found.values, ", ")
	}
	return found.misfit(expected, part == PartRequest)
}

// missingRoles says which roles a document does not take. A Regular User may be null.
func (s *schema) missingRoles() string {
	var missing []string
	isNull := s.nullable && lacksRegularUser(s.values)
	for _, d := range vocabulary.GlobalRoles() {
		isTaken := s.refuses(MustMarshal(d.Role)) == "" || isNull && d.Role == vocabulary.RoleRegularUser
		if !isTaken {
			missing = append(missing, string(d.Role))
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "takes only " + strings.Join(s.values, ", ") + ", and not " + strings.Join(missing, ", ")
}

// surplus tells what a route has beyond what is assumed that would stop a write: what
// a request demands and nobody knows, and for an edit what it takes and no answer
// shows, or what the answer has and it does not take.
func (d document) surplus(r, route *Route, found operation) []Line {
	if found.request == nil {
		return nil
	}
	read, _ := d.of(r.shownBy())
	if r.Edits == nil {
		return slices.Concat(found.request.demandedBeyond(r), found.request.neverShown(r, read.answer))
	}
	if read.answer == nil {
		return nil
	}
	return slices.Concat(found.request.takenBeyond(r, read.answer), d.answeredBeyond(r, route, found.request, read.answer))
}

// contradiction is a line about what would stop a write.
func (r *Route) contradiction(part Part, name, why string) Line {
	return Line{Route: r.String(), Part: part, Assumed: name, State: Contradicts, Found: why}
}

// demandedBeyond tells what a request demands and nobody knows, or what not every
// configuration has.
func (s *schema) demandedBeyond(r *Route) []Line {
	var lines []Line
	for _, name := range s.required {
		p, known := r.requested(name)
		switch {
		case !known:
			lines = append(lines, r.contradiction(PartRequest, name, "is demanded, and not known"))
		case p.IsOptional() && !s.properties[name].nullable:
			lines = append(lines, r.contradiction(PartRequest, name, "is demanded, and a configuration may leave it out"))
		}
	}
	return lines
}

// neverShown tells what a create takes and no answer shows.
func (s *schema) neverShown(r *Route, answer *schema) []Line {
	var lines []Line
	for _, p := range r.Request {
		if name, ok := s.find(p.requestNames()); ok && answer != nil && !answer.hasAny(p.AnswerNames()) {
			lines = append(lines, r.contradiction(PartRequest, name, "is taken, and "+r.shownBy().String()+" does not answer it, so that nobody could see what it is"))
		}
	}
	return lines
}

// answeredAs returns the name that an answer has for what the edit's request calls so.
func (s *schema) answeredAs(r *Route, name string) (string, bool) {
	if p, known := r.requested(name); known {
		return s.find(append(p.AnswerNames(), name))
	}
	return s.find([]string{name})
}

// takenBeyond tells what an edit takes and no answer shows.
func (s *schema) takenBeyond(r *Route, answer *schema) []Line {
	var lines []Line
	for _, name := range s.names() {
		answered, ok := answer.answeredAs(r, name)
		p, _ := r.requested(name)
		switch {
		case !ok:
			lines = append(lines, r.contradiction(PartRequest, name, "is taken by the edit, and "+r.Edits.String()+" does not answer it, so that it could be reset"))
		case !p.isMemberList():
			taken, shown := s.properties[name].schema, answer.properties[answered].schema
			if reason := cmp.Or(shown.unlike(taken, p), gap(taken, shown, map[[2]*schema]bool{})); reason != "" {
				lines = append(lines, r.contradiction(PartRequest, name, reason))
			}
		}
	}
	return lines
}

// answeredBeyond tells what an answer has and the edit does not take, with the other
// routes that do.
func (d document) answeredBeyond(r, route *Route, request, answer *schema) []Line {
	if request.open {
		return nil
	}
	placed := map[string]bool{}
	for _, name := range request.names() {
		answered, _ := answer.answeredAs(r, name)
		placed[answered] = true
	}
	var lines []Line
	for _, name := range answer.names() {
		if p, ok := editedProperties()[name]; ok && slices.Contains(r.Request, p) {
			continue // That it is missing from the request is told.
		}
		if placed[name] || answer.isReadOnly(name) || notEdited()[name] != "" {
			continue
		}
		line := r.contradiction(PartAnswer, name, "is answered by "+r.Edits.String()+", and the edit has no place for it, so that it could be reset")
		line.Offered = d.taking(name, route)
		lines = append(lines, line)
	}
	return lines
}

// unlike says why what is answered does not fit into the request as it is. That a known
// property is not as it is assumed is told elsewhere.
func (s *schema) unlike(request *schema, p Property) string {
	if p != "" {
		return ""
	}
	if reason := s.misfit(request, false); reason != "" {
		return "is taken, and what is answered " + reason
	}
	return ""
}

// gap says what of a nested value an edit would lose, by what both sides describe. The
// pairs that were compared are compared once: schemas refer to each other.
func gap(request, answer *schema, compared map[[2]*schema]bool) string {
	pair := [2]*schema{request, answer}
	if request == nil || answer == nil || compared[pair] {
		return ""
	}
	compared[pair] = true
	for _, value := range answer.values {
		if request.refuses(json.RawMessage(value)) != "" {
			return "does not take " + value + ", which is answered"
		}
	}
	if nested := gap(request.items, answer.items, compared); nested != "" {
		return nested
	}
	return gapAmongProperties(request, answer, compared)
}

// gapAmongProperties is gap for the properties of an object, as far as both sides
// describe any.
func gapAmongProperties(request, answer *schema, compared map[[2]*schema]bool) string {
	if len(request.properties) == 0 || len(answer.properties) == 0 {
		return ""
	}
	for _, name := range request.names() {
		described, ok := answer.properties[name]
		if !ok {
			return "takes " + name + " in it, and no answer shows that"
		}
		if nested := gap(request.properties[name].schema, described.schema, compared); nested != "" {
			return nested
		}
	}
	for _, name := range answer.names() {
		if _, ok := request.properties[name]; !ok && !request.open && !answer.isReadOnly(name) {
			return "has no place for " + name + " in it, which is answered"
		}
	}
	return ""
}
