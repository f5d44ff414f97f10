package contract

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
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
	Route string
	Part  Part
	// Assumed is what is assumed, with how well it is known and from where.
	Assumed, Evidence, Source string
	State                     State
	// Found is what the document has instead, if it differs, or what it says that
	// contradicts.
	Found string
	// Optional routes and properties may be missing from an installation, or from
	// its document.
	Optional bool
	// Offered is what the document has there, if it is missing, or other routes that
	// take it, if it contradicts.
	Offered []string
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
	for _, p := range r.Request {
		lines = append(lines, found.request.compare(r, PartRequest, p, p.requestNames(), known.request))
	}
	for _, p := range r.Answer {
		lines = append(lines, found.answer.compare(r, PartAnswer, p, p.AnswerNames(), known.answer))
	}
	lines = append(lines, found.answer.misread(r, known.answer)...)
	return append(lines, d.surplus(r, route, found)...)
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
	found, reason := s.properties[name], ""
	switch {
	case part == PartRequest && p.namesMembers():
		if _, err := found.memberEncoder(nil); err != nil {
			reason = "is a list of members, and " + err.Error()
		}
	case p.isMemberList():
		reason = found.noMembers()
	case part == PartRequest && p != PropRole && found.values != nil:
		reason = "takes only " + strings.Join(found.values, ", ")
	case known != nil:
		reason = found.misfit(known.properties[names[0]].schema, part == PartRequest)
	}
	if reason == "" && p == PropRole && part == PartRequest {
		reason = found.missingRoles()
		line.Optional = strings.HasSuffix(reason, "not "+string(access.RoleDirectorySynchronizer)) // Its spelling is inferred.
	}
	if reason != "" {
		line.State, line.Found = Contradicts, name+" "+reason
	}
	return line
}

// missingRoles says which roles a document does not take.
func (s *schema) missingRoles() string {
	var missing []string
	for _, d := range access.Roles() {
		if s.refuses(MustMarshal(d.Role)) != "" {
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
	var lines []Line
	tell := func(part Part, name, why string, elsewhere []string) {
		lines = append(lines, Line{Route: r.String(), Part: part, Assumed: name, State: Contradicts, Found: why, Offered: elsewhere})
	}
	known := map[string]string{} // What goes with a name in requests in this answer.
	for _, p := range r.Request {
		for _, name := range p.requestNames() {
			known[name] = string(p)
		}
	}
	read, _ := d.of(r.shownBy())
	if r.Edits == nil {
		for _, name := range found.request.required {
			switch p := Property(known[name]); {
			case p == "":
				tell(PartRequest, name, "is demanded, and not known", nil)
			case p.IsOptional() && !found.request.properties[name].nullable:
				tell(PartRequest, name, "is demanded, and may be left out of a configuration", nil)
			}
		}
		for _, p := range r.Request {
			if name, ok := found.request.find(p.requestNames()); ok && read.answer != nil && !read.answer.hasAny(p.AnswerNames()) {
				tell(PartRequest, name, "is taken, and "+r.Creates.String()+" does not answer it, so that nobody could see what it is", nil)
			}
		}
		return lines
	}
	if read.answer == nil {
		return nil
	}
	placed := map[string]bool{}
	for _, name := range found.request.names() {
		names := []string{name}
		if p := Property(known[name]); p != "" {
			names = append(p.AnswerNames(), name)
		}
		answered, ok := read.answer.find(names)
		placed[answered] = true
		switch {
		case !ok:
			tell(PartRequest, name, "is taken by the edit, and "+r.Edits.String()+" does not answer it, so that it could be reset", nil)
		case !Property(known[name]).isMemberList():
			// That a known one is not as assumed is told.
			taken, shown := found.request.properties[name].schema, read.answer.properties[answered].schema
			if reason := shown.misfit(taken, false); reason != "" && known[name] == "" {
				tell(PartRequest, name, "is what "+r.Edits.String()+" answers, which "+reason, nil)
			} else if gap := gap(taken, shown, nil); gap != "" {
				tell(PartRequest, name, gap, nil)
			}
		}
	}
	for _, name := range read.answer.names() {
		if p, ok := editedProperties()[name]; ok && slices.Contains(r.Request, p) {
			continue // That it is missing from the request is told.
		}
		if !placed[name] && !found.request.open && !read.answer.isReadOnly(name) && notEdited()[name] == "" {
			tell(PartAnswer, name, "is answered by "+r.Edits.String()+", and the edit has no place for it, so that it could be reset", d.taking(name, route))
		}
	}
	return lines
}

// gap says what of a nested value an edit would lose, by what both sides describe.
func gap(request, answer *schema, seen []*schema) string {
	if request == nil || answer == nil || slices.Contains(seen, request) {
		return ""
	}
	seen = append(seen, request)
	for _, value := range answer.values {
		if reason := request.refuses(json.RawMessage(value)); reason != "" {
			return "does not take " + value + ", which is answered"
		}
	}
	if nested := gap(request.items, answer.items, seen); nested != "" {
		return nested
	}
	if len(request.properties) == 0 || len(answer.properties) == 0 {
		return ""
	}
	for _, name := range request.names() {
		described, ok := answer.properties[name]
		if !ok {
			return "takes " + name + " in it, and no answer shows that"
		}
		if nested := gap(request.properties[name].schema, described.schema, seen); nested != "" {
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
