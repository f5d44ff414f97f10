package proposal

import (
	"slices"
	"strings"
)

// A setter is a route that changes one concept.
type setter struct {
	*operation
	source
}

// proposeSets states routes that change one concept each, for which the edit has no place. Where
// several change one, it is asked which is meant.
func (p *proposer) proposeSets(t *thing, edit []source) {
	byConcept := map[*concept][]setter{}
	for _, o := range p.openActions(t) {
		path, s := []string(nil), o.request
		if s.isObject() && memberFormOf(s) == nil {
			l := terminal(s)
			if l == nil {
				continue
			}
			path, s = l.path, l.schema
		}
		c, g, why := p.setBy(t, o, path, s)
		if c != nil && !slices.ContainsFunc(edit, func(in source) bool { return in.concept == c }) && !p.isSet(t, c) {
			byConcept[c] = append(byConcept[c], setter{o, source{leaf: leaf{path: path, schema: s}, concept: c, grade: g, why: why}})
		}
	}
	for _, c := range concepts[t.name] {
		switch setters := byConcept[c]; {
		case len(setters) == 1:
			p.proposeSet(t, setters[0])
		case len(setters) > 1:
			var routes []*operation
			for _, s := range setters {
				routes = append(routes, s.operation)
			}
			p.ask([]string{t.name, "set", c.name, "route"}, "Which of these sets "+orWhy(c.asks, c.name)+": "+p.routesOf(t, routes)+"?", "several routes take it")
		}
	}
}

func (p *proposer) proposeSet(t *thing, s setter) {
	t.used[s.operation] = true
	p.stateOrMark(s.grade, []string{t.name, "set", s.concept.name, "route"}, s.method+" "+p.pathFor(t.name, s.segments), s.why)
	p.proposeSetBody(t, s)
}

// proposeSetBody says what the request of a route takes that changes one concept.
func (p *proposer) proposeSetBody(t *thing, s setter) {
	at := []string{t.name, "set", s.concept.name, "body"}
	text := "=" + s.concept.name
	if form := p.requestFormOf(t, s.source); form != "" {
		text = flow(pair{"from", text}, pair{"members", form})
	}
	if len(s.leaf.path) == 0 {
		p.stateOrMark(s.grade, at, text, "the value alone")
	} else if s.leaf.String() != s.concept.inRequests() {
		p.stateOrMark(s.grade, append(at, s.leaf.String()), text, "the only value that it takes")
	}
}

// taken is the one value that a request takes: the request itself, or a value in it. It returns
// false if it takes several.
func taken(request *schema) (leaf, bool) {
	if request == nil {
		return leaf{}, false
	}
	if !request.isObject() || memberFormOf(request) != nil {
		return leaf{schema: request}, true
	}
	if l := terminal(request); l != nil {
		return *l, true
	}
	return leaf{}, false
}

// proposeStatedSets says what the routes take that a person has named.
func (p *proposer) proposeStatedSets(t *thing) {
	for _, c := range concepts[t.name] {
		o := t.sets[c.name]
		if o == nil || p.file.isSettled([]string{t.name, "set", c.name, "body"}) {
			continue
		}
		if l, ok := taken(o.request); ok {
			p.proposeSetBody(t, setter{o, source{leaf: l, concept: c}})
		} else if o.request != nil {
			p.ask([]string{t.name, "set", c.name, "body"}, "What does this route take? Write {…: ="+c.name+"}, of "+listOf(o.request.names()), "it takes several values")
		}
	}
}

// unset are concepts that no edit takes, with the routes that may change one of them.
type unset struct {
	concepts []*concept
	routes   []*operation
}

// askSets asks for the routes that change what an edit has no place for, if there are some that take
// one such value.
func (p *proposer) askSets(t *thing, edit []source) {
	for _, u := range p.unsetOf(t, edit) {
		l, _ := taken(u.routes[0].request)
		if len(u.concepts) == 1 && len(u.routes) == 1 && isSolid(u.concepts[0], l) {
			why := "the only route left that takes such a value, which the edit has no place for"
			p.proposeSet(t, setter{u.routes[0], source{leaf: l, concept: u.concepts[0], grade: likely, why: why}})
			continue
		}
		for i, c := range u.concepts {
			path := []string{t.name, "set", c.name, "route"}
			question := "Which of these changes " + orWhy(c.asks, c.name) + ": " + p.routesOf(t, u.routes) + "? Delete the line if none"
			if i == 0 {
				p.ask(path, question, "the edit has no place for it")
			} else {
				p.askAlong(path, question)
			}
		}
	}
}

// unsetOf are the concepts that no edit and no route is known to change, those with the same routes
// together.
func (p *proposer) unsetOf(t *thing, edit []source) []*unset {
	var all []*unset
	for _, name := range sent["edit"][t.name] {
		c := conceptOf(t.name, name)
		isSent := slices.ContainsFunc(edit, func(s source) bool { return s.concept == c })
		line := p.file.find([]string{t.name, "set", name, "route"})
		isAsked := line != nil && !line.isKnown
		if isSent || isAsked || t.answer[name] == nil || p.isSet(t, c) || t.sets[name] != nil {
			continue
		}
		routes := slices.DeleteFunc(p.openActions(t), func(o *operation) bool {
			l, ok := taken(o.request)
			return !ok || !c.fits(l.schema) || len(l.types) == 0
		})
		i := slices.IndexFunc(all, func(u *unset) bool { return slices.Equal(u.routes, routes) })
		switch {
		case len(routes) == 0:
		case i < 0:
			all = append(all, &unset{[]*concept{c}, routes})
		default:
			all[i].concepts = append(all[i].concepts, c)
		}
	}
	return all
}

func (p *proposer) isSet(t *thing, c *concept) bool {
	return p.file.isSettled([]string{t.name, "set", c.name, "route"})
}

// setBy tells which concept a route changes that takes one value: by the form of a role, or by
// the names of the value or of the route, which are those of the answer.
func (p *proposer) setBy(t *thing, o *operation, path []string, s *schema) (c *concept, g grade, why string) {
	below := o.segments[len(t.base):]
	if hasWord(below, others) || hasWord(below, partWords) {
		return nil, sure, ""
	}
	if at := t.answer["role"]; at != nil && len(s.values) > 2 && encode(s.values) == encode(at.values) {
		return conceptOf(t.name, "role"), at.grade, "the only value that it takes has the names of the roles"
	}
	names := append(slices.Clone(below), path[max(0, len(path)-1):]...)
	var same, like []*concept
	isOf := func(c *concept, is func(name string, c *concept, at *place) bool) bool {
		at := t.answer[c.name]
		return at != nil && c.fits(s) && !slices.Contains([]shape{shapeID, shapeLink, shapePolicies}, c.shape) &&
			slices.ContainsFunc(names, func(name string) bool { return is(name, c, at) })
	}
	for _, c := range concepts[t.name] {
		if isOf(c, func(name string, _ *concept, at *place) bool { return foldKind(name) == foldKind(at.last()) }) {
			same = append(same, c)
		}
		if isOf(c, isLikeConcept) {
			like = append(like, c)
		}
	}
	switch {
	case len(same) == 1:
		return same[0], t.answer[same[0].name].grade, "the route, or the value that it takes, is called as in the answer"
	case len(same) == 0 && len(like) == 1:
		return like[0], likely, "by its words"
	}
	return nil, sure, ""
}

// isLikeConcept tells whether a name is like a concept, but for a verb that sets it.
func isLikeConcept(name string, c *concept, at *place) bool {
	rest := slices.DeleteFunc(words(name), func(word string) bool { return slices.Contains([]string{"set", "change", "update", "edit"}, word) })
	if len(rest) == 0 {
		return false
	}
	phrases := append([]string{strings.Join(words(c.answered), " "), strings.Join(words(at.last()), " ")}, c.phrases...)
	degree, _ := likestOf([]string{strings.Join(rest, " ")}, phrases)
	return degree >= likeNearly
}
