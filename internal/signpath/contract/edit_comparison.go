package contract

import (
	"cmp"
	"encoding/json"
	"slices"
)

// surplus tells what a route has beyond what is assumed that would stop a write: what
// a request demands and nobody knows, and for an edit what it takes and no answer
// shows, or what the answer has and it does not take.
func (c comparison) surplus() []Line {
	switch {
	case c.taken == nil:
		return nil
	case c.r.Edits == nil:
		return slices.Concat(c.demandedBeyond(), c.neverShown())
	case c.read == nil:
		return nil
	}
	return slices.Concat(c.takenBeyond(), c.answeredBeyond())
}

// contradiction is a line about what would stop a write.
func (r *Route) contradiction(part Part, name, why string) Line {
	return Line{Route: r.String(), Part: part, Assumed: name, State: Contradicts, Found: why}
}

// demandedBeyond tells what a request demands and nobody knows, or what not every
// configuration has.
func (c comparison) demandedBeyond() []Line {
	var lines []Line
	for _, name := range c.taken.required {
		switch p := Property(name); {
		case !c.request.hasField(name):
			lines = append(lines, c.r.contradiction(PartRequest, name, "is demanded, and not known"))
		case p.IsOptional() && !c.taken.properties[name].nullable:
			lines = append(lines, c.r.contradiction(PartRequest, p.requestName(), "is demanded, and a configuration may leave it out"))
		}
	}
	return lines
}

// neverShown tells what a create takes and no answer shows.
func (c comparison) neverShown() []Line {
	var lines []Line
	for _, p := range c.r.Request {
		if c.r.Creates != nil && c.taken.has(string(p)) && c.read != nil && !c.read.has(string(p)) {
			why := "is taken, and " + c.r.Creates.String() + " does not answer it, so that nobody could see what it is"
			lines = append(lines, c.r.contradiction(PartRequest, p.requestName(), why))
		}
	}
	return lines
}

// nameInRequest is what a request is assumed to call what an object has by the name.
func (r *Route) nameInRequest(name string) string {
	if slices.Contains(r.Request, Property(name)) {
		return Property(name).requestName()
	}
	return name
}

// takenBeyond tells what an edit takes and no answer shows.
func (c comparison) takenBeyond() []Line {
	var lines []Line
	for _, name := range c.taken.names() {
		said := c.r.nameInRequest(name)
		if !c.read.has(name) {
			why := "is taken by the edit, and " + c.r.Edits.String() + " does not answer it, so that it could be reset"
			lines = append(lines, c.r.contradiction(PartRequest, said, why))
			continue
		}
		taken, shown := c.taken.properties[name].schema, c.read.properties[name].schema
		isKnown := slices.Contains(c.r.Request, Property(name))
		if reason := cmp.Or(shown.unlike(taken, isKnown), gap(taken, shown, map[[2]*schema]bool{})); reason != "" {
			lines = append(lines, c.r.contradiction(PartRequest, said, reason))
		}
	}
	return lines
}

// answeredBeyond tells what an answer has and the edit does not take, with the other
// routes that do.
func (c comparison) answeredBeyond() []Line {
	if c.taken.open {
		return nil
	}
	shown := c.request.withoutKept(c.mapping, c.r.thing(), placeholders(c.read, c.request.depthOfKept()))
	var lines []Line
	for _, name := range c.read.names() {
		_, isNeeded := shown[name]
		isTold := slices.Contains(c.r.Request, Property(name)) // That it is missing from the request is told.
		if isTold || !isNeeded || c.taken.has(name) || c.read.isReadOnly(name) || notEdited()[name] != "" {
			continue
		}
		line := c.r.contradiction(PartAnswer, name, "is answered by "+c.r.Edits.String()+", and the edit has no place for it, so that it could be reset")
		line.Offered = c.document.taking(name, c.mapping.Wire(c.r))
		lines = append(lines, line)
	}
	return lines
}

// placeholders returns an object with a value for all that a schema has, down to a depth.
func placeholders(s *schema, depth int) Object {
	o := Object{}
	for name, p := range s.properties {
		o[name] = json.RawMessage("0")
		if p.schema != nil && len(p.properties) > 0 && depth > 1 {
			o[name] = MustMarshal(placeholders(p.schema, depth-1))
		}
	}
	return o
}

// unlike says why what is answered does not fit into the request as it is. That a known
// property is not as it is assumed is told elsewhere.
func (s *schema) unlike(request *schema, isKnown bool) string {
	if isKnown {
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
