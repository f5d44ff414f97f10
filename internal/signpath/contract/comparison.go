package contract

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
	// Found is what the document has instead, if it differs.
	Found string
	// Optional routes and properties may be missing from an installation, or from
	// its document.
	Optional bool
	// Offered is what the document has there, if it is missing.
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
	lines := []Line{line}
	for _, p := range r.Request {
		lines = append(lines, found.request.compare(r, PartRequest, p, p.requestNames(), known.request))
	}
	for _, p := range r.Answer {
		lines = append(lines, found.answer.compare(r, PartAnswer, p, p.AnswerNames(), known.answer))
	}
	return lines
}

// compare tells how a property fares that has the first of the names in the schema
// that is known. A nil schema says nothing.
func (s *schema) compare(r *Route, part Part, p Property, names []string, known *schema) Line {
	fact := known.factOf(names[0])
	line := Line{
		Route: r.String(), Part: part, Assumed: names[0], State: Matches,
		Evidence: fact.evidence, Source: fact.source, Optional: p.IsOptional() || r.Preview,
	}
	if s == nil {
		line.State = Unsaid
		return line
	}
	name, ok := s.find(names)
	switch {
	case !ok:
		line.State, line.Offered = Missing, s.names()
	case name != names[0]:
		line.State, line.Found = Differs, name
	}
	return line
}
