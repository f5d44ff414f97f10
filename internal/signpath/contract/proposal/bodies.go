package proposal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// sent are the concepts that the requests of each call state by themselves.
var sent = map[string]map[string][]string{
	"create": {user: {"name", "email", "notification_email", "identity"}, ciUser: {"name", "notification_email"}, group: {"name", "description"}},
	"edit": {
		user: {"name", "notification_email", "identity", "role"}, ciUser: {"name", "notification_email", "role"}, group: {"name", "description"},
		project: {"readers", "configurators"},
		policy: {
			"submitters", "approvers", "verifies_trusted_build_system", "verifies_origin_policy", "origin_policy_verification", "uses_approval_process",
			"required_approvals",
		},
	},
}

// A source is where a value of a request comes from.
type source struct {
	leaf
	// concept is nil for what is carried or always the same.
	concept *concept
	// text is the source in the file; empty where it is as assumed.
	text string
	grade
	why string
}

// sourcesOf finds out where each value of a request comes from. What is left open has the
// grade asked, and a question.
func (p *proposer) sourcesOf(t *thing, call string, request *schema) []source {
	all := leavesOf(request)
	var found []source
	isDone := func(l leaf) bool {
		return slices.ContainsFunc(found, func(s source) bool { return s.holds(l) || l.holds(s.leaf) && !slices.Equal(l.path, s.path) })
	}
	isSent := func(c *concept) bool {
		return slices.ContainsFunc(found, func(s source) bool { return s.concept == c })
	}
	for _, rule := range []func(l leaf) *source{
		func(l leaf) *source { return p.asStated(t, call, l) },
		func(l leaf) *source { return byPath(t, call, l) },
		func(l leaf) *source { return byLastName(t, call, all, l) },
		func(l leaf) *source { return p.byValueForm(t, call, all, l) },
		func(l leaf) *source { return carriedWhole(t, call, l) },
		func(l leaf) *source { return bySameObject(t, call, all, l) },
		func(l leaf) *source { return byWords(t, call, l) },
		func(l leaf) *source { return p.lastList(t, call, all, isSent, isDone, l) },
		func(l leaf) *source { return remaining(t, call, l) },
	} {
		for _, l := range all {
			if isDone(l) {
				continue
			}
			if s := rule(l); s != nil && (s.concept == nil || !isSent(s.concept)) {
				found = append(found, *s)
			}
		}
	}
	return found
}

// asStated takes what the file says of a value. It is in the file already, and tells what the other
// values and routes are not.
func (p *proposer) asStated(t *thing, call string, l leaf) *source {
	c := p.statedCall(t.name, call)
	if c == nil || c.Body == nil {
		return nil
	}
	i := slices.IndexFunc(c.Body.Fields, func(f mapping.Field) bool { return slices.Equal([]string(f.Path), l.path) })
	if i < 0 {
		return nil
	}
	switch from := c.Body.Fields[i].Source; {
	case from.Concept != "":
		return &source{leaf: l, concept: conceptOf(t.name, from.Concept)}
	case from.Carried != nil:
		return &source{leaf: l, text: yamlText("<" + from.Carried.String())}
	case from.Literal != nil:
		return &source{leaf: l}
	}
	return nil // It is open.
}

// byPath takes what stands where the answer has a concept, or where it is assumed.
func byPath(t *thing, call string, l leaf) *source {
	for _, c := range concepts[t.name] {
		at := t.answer[c.name]
		switch {
		case at != nil && (c.fits(l.schema) || at.schema == l.schema || at.known && slices.Equal(at.path, l.path)):
			if s := byPlace(t, call, c, at, l); s != nil {
				return s
			}
		case at == nil && !c.isOptional && c.fits(l.schema) && l.String() == c.inRequests():
			return &source{leaf: l, concept: c} // Where the answer has it, is asked.
		}
	}
	return nil
}

// byPlace is byPath for a concept with a place in answers.
func byPlace(t *thing, call string, c *concept, at *place, l leaf) *source {
	isSent, isMoved := slices.Contains(sent[call][t.name], c.name), at.String() != c.answered
	s := &source{leaf: l, concept: c, text: "=" + c.name}
	switch {
	case l.String() == c.inRequests() && (isSent || !isMoved):
		s.text = ""
	case l.String() == c.inRequests() && len(words(l.last())) > 1:
		s.why = "the name that is assumed"
	case l.String() == formerContent && c.name == "origin_policy_verification":
		s.why = beforeRenaming
	case slices.Equal(l.path, at.path) && (isSent || call == "edit" && isMoved || l.demanded):
		s.why = "where the answer has it"
	default:
		return nil
	}
	return s
}

// byLastName takes what is called as the answer calls a concept, but for the form of a verb,
// wherever it stands.
func byLastName(t *thing, call string, all []leaf, l leaf) *source {
	isAlone := countFunc(all, func(other leaf) bool { return sameButVerb(other.last(), l.last()) }) == 1
	if !isAlone || l.last() == "id" || l.last() == "value" {
		return nil
	}
	found := slices.DeleteFunc(slices.Clone(concepts[t.name]), func(c *concept) bool {
		at := t.answer[c.name]
		isMeant := call != "create" || l.demanded || slices.Contains(sent[call][t.name], c.name)
		return at == nil || !isMeant || !c.fits(l.schema) || !sameButVerb(at.last(), l.last()) && !isAssumedName(c, l)
	})
	if len(found) != 1 {
		return nil
	}
	s := &source{leaf: l, concept: found[0], text: "=" + found[0].name, why: "called as in the answer"}
	if found[0].decides && hasWord(l.path, others) {
		s.grade = likely
	}
	switch last := t.answer[found[0].name].last(); {
	case !sameButVerb(last, l.last()):
		s.why = "the name that is assumed, at another place"
	case last != l.last():
		s.why += ", but for the form of the verb"
	}
	return s
}

// isAssumedName tells whether a value has the name that requests are assumed to have for a concept,
// if that is of several words: a name in an object may be that of the object.
func isAssumedName(c *concept, l leaf) bool {
	return l.last() == c.inRequests() && len(words(l.last())) > 1
}

func countFunc(all []leaf, is func(leaf) bool) int {
	n := 0
	for _, l := range all {
		if is(l) {
			n++
		}
	}
	return n
}

// byValueForm takes what only one concept can be by its form: a role, or an address.
func (p *proposer) byValueForm(t *thing, call string, all []leaf, l leaf) *source {
	if c, at := conceptOf(t.name, "role"), t.answer["role"]; c != nil && at != nil && len(l.values) > 2 && encode(l.values) == encode(at.values) &&
		countFunc(all, func(other leaf) bool { return encode(other.values) == encode(l.values) }) == 1 && (call != "create" || l.demanded) {
		return &source{leaf: l, concept: c, text: "=role", why: "the only value with the names of the roles"}
	}
	if c := conceptOf(t.name, "email"); c != nil && call == "create" && l.demanded && l.format == "email" &&
		countFunc(all, func(other leaf) bool { return other.format == "email" && other.demanded }) == 1 {
		return &source{leaf: l, concept: c, text: "=email", why: "the only e-mail address by its format that is demanded"}
	}
	return nil
}

// carriedWhole takes what an edit takes as the answer has it, and no concept is or is in.
func carriedWhole(t *thing, call string, l leaf) *source {
	if call != "edit" || t.isAskedAt(l) {
		return nil
	}
	for _, a := range t.free() {
		if slices.Equal(a.path, l.path) && slices.Equal(a.types, l.types) {
			return &source{leaf: l}
		}
	}
	return nil
}

// bySameObject takes an object of which nothing is called as in the answer, for the one in the answer
// that has the same properties.
func bySameObject(t *thing, call string, all []leaf, l leaf) *source {
	isSame := func(a leaf) bool {
		return a.isObject() && slices.Equal(a.names(), l.names()) && memberFormOf(a.schema) == nil
	}
	if call != "edit" || !l.isObject() || countFunc(t.leaves, isSame) != 1 || countFunc(all, isSame) != 1 {
		return nil
	}
	a := t.leaves[slices.IndexFunc(t.leaves, isSame)]
	text := "<" + a.String()
	if c := t.conceptAt(a); c != nil {
		text = "=" + c.name
	} else if t.hasConceptIn(a) {
		return nil
	}
	return &source{leaf: l, text: yamlText(text), grade: likely, why: "an object with the properties of `" + a.String() + "` in the answer"}
}

// byWords takes what is like a concept that the request has to state, more than anything else
// is.
func byWords(t *thing, call string, l leaf) *source {
	var best *concept
	degree, isTie := 0, false
	for _, name := range sent[call][t.name] {
		c, at := conceptOf(t.name, name), t.answer[name]
		if at == nil || !c.fits(l.schema) || l.isObject() && c.shape != shapeMembers {
			continue
		}
		d, _ := likestOf(l.path, append([]string{strings.Join(words(c.inRequests()), " "), strings.Join(words(at.last()), " ")}, c.phrases...))
		switch {
		case d > degree:
			best, degree, isTie = c, d, false
		case d == degree && d > 0:
			isTie = true
		}
	}
	if best == nil || isTie || hasWord(l.path, others) && best.decides {
		return nil
	}
	return &source{leaf: l, concept: best, text: "=" + best.name, grade: likely, why: "by its name"}
}

// lastList takes, or asks for, a list of members that a request takes, where there is one
// whose place in requests is not known.
func (p *proposer) lastList(t *thing, call string, all []leaf, isSent func(*concept) bool, isDone func(leaf) bool, l leaf) *source {
	form := memberFormOf(l.schema)
	if t.isAskedAt(l) {
		return nil
	}
	if form == nil || !form.isCertain && !p.bySlugs {
		return nil
	}
	var left []*concept
	var names []string
	for _, name := range sent[call][t.name] {
		if c := conceptOf(t.name, name); c.shape == shapeMembers && !isSent(c) {
			left, names = append(left, c), append(names, "="+name)
		}
	}
	isLast := countFunc(all, func(other leaf) bool {
		f := memberFormOf(other.schema)
		return f != nil && f.isCertain == form.isCertain && !isDone(other)
	}) == 1
	switch {
	case len(left) == 0:
		return nil
	case len(left) == 1 && isLast && t.answer[left[0].name] != nil:
		return &source{leaf: l, concept: left[0], text: names[0], grade: likely, why: "the only list that is left on both sides"}
	}
	question := "Which list does the request take as `" + clean(l.String()) + "`: " + listOf(names) + "?"
	return &source{leaf: l, grade: asked, text: question, why: "the name is not one of the answer"}
}

// remaining is what nothing fills: a request demands it, or an edit could reset it.
func remaining(t *thing, call string, l leaf) *source {
	if l.isObject() || t.isAskedAt(l) {
		return nil
	}
	same := slices.DeleteFunc(t.free(), func(a leaf) bool { return !sameButVerb(a.last(), l.last()) || !slices.Equal(a.types, l.types) })
	switch {
	case len(l.values) == 1 && (l.demanded || call == "edit"):
		return &source{leaf: l, text: yamlValue(l.values[0]), why: "the only value that the document allows"}
	case call == "edit" && len(same) == 1:
		return &source{leaf: l, text: yamlText("<" + same[0].String()), why: "called as in the answer, which has it elsewhere"}
	case !l.demanded && call != "edit", l.readOnly:
		return nil
	}
	why := "the request demands it, and nothing is known that it could be"
	if !l.demanded {
		why = "the edit takes it, and the answer does not show it: left out, it could be reset"
	}
	question := fmt.Sprintf("What should a request say for `%s`", clean(l.String()))
	if len(l.values) > 0 {
		question += ": one of " + listOf(allTexts(l.values))
	} else if l.says(openapi3.TypeBoolean) {
		question += ": true or false"
	}
	return &source{leaf: l, grade: asked, text: question + "?", why: why}
}

// proposeBody states what a request says where that is not as assumed.
func (p *proposer) proposeBody(t *thing, call string, sources []source) {
	isStated := func(s source) bool { return s.text != "" || p.requestFormOf(t, s) != "" }
	isWhole := call == "modify_members" && slices.ContainsFunc(sources, isStated)
	for _, s := range sources {
		if isWhole && s.text == "" { // Such a body states both lists.
			s.text, s.why = "="+s.concept.name, "the name that is assumed"
		}
		if s.concept == nil || !p.isBodyStated(t, call, s) {
			p.proposeSource(t, call, s)
		}
	}
}

// askCreate asks what a create takes by a name that no answer has, where a setting may be it. It is
// asked once: what is not in the file then is none.
func (p *proposer) askCreate(t *thing, sources []source) {
	o := t.calls["create"]
	if o == nil || o.request == nil || t.isSettled {
		return
	}
	left := t.unnamed(o.request, sources)
	if len(left) == 0 {
		return
	}
	isFirst := true
	for _, l := range leavesOf(o.request) {
		isKnown := t.hasNamed(l) || slices.ContainsFunc(sources, func(s source) bool { return s.holds(l) || l.holds(s.leaf) })
		if isKnown || !l.isText() && l.format != "email" {
			continue
		}
		path := []string{t.name, "create", "body", l.String()}
		question := "What is `" + clean(l.String()) + "` of a new one: " + listOf(left) + "? Delete the line if it is something else"
		if isFirst {
			p.ask(path, question, "the create takes it, and no answer has the name")
		} else {
			p.askAlong(path, question)
		}
		isFirst = false
	}
}

// hasNamed tells whether answers have something by the name of a value in a request.
func (t *thing) hasNamed(l leaf) bool {
	return slices.ContainsFunc(t.leaves, func(a leaf) bool { return sameButVerb(a.last(), l.last()) })
}

// unnamed are the sources of what a create has to say, and takes by no name that is known.
func (t *thing) unnamed(request *schema, sources []source) []string {
	var left []string
	for _, name := range sent["create"][t.name] {
		at := t.answer[name]
		isNamed := at != nil && slices.ContainsFunc(leavesOf(request), func(l leaf) bool { return sameButVerb(l.last(), at.last()) })
		if !isNamed && !slices.ContainsFunc(sources, func(s source) bool { return s.concept == conceptOf(t.name, name) }) {
			left = append(left, "="+name)
		}
	}
	return left
}

// proposeSource states one value of a request.
func (p *proposer) proposeSource(t *thing, call string, s source) {
	path := []string{t.name, call, "body", s.String()}
	if len(s.path) == 0 { // The value alone.
		path = path[:3]
	}
	text := s.text
	if form := p.requestFormOf(t, s); form != "" && s.grade != asked {
		text = flow(pair{"from", "=" + s.concept.name}, pair{"members", form})
	}
	switch {
	case s.grade == asked:
		p.ask(path, s.text, s.why)
	case text == "":
	case s.concept != nil && s.concept.shape == shapeMembers && s.grade == sure && !p.bySlugs && !memberFormOf(s.schema).certain():
		p.mark(path, text, s.why+"; the document does not say that the texts in it are ids")
	case s.concept != nil && s.grade == sure && t.isUnsure(s.concept):
		p.mark(path, text, s.why+"; right if that of the answer is")
	default:
		p.stateOrMark(s.grade, path, text, s.why)
	}
}

// isUnsure tells whether the place that the answer has for a concept has to be confirmed.
func (t *thing) isUnsure(c *concept) bool {
	at := t.answer[c.name]
	return at != nil && at.grade != sure
}

// isBodyStated tells whether the file has another value of the request for the concept.
func (p *proposer) isBodyStated(t *thing, call string, s source) bool {
	return slices.ContainsFunc(p.file.facts, func(f *fact) bool {
		return f.isKnown && len(f.path) == 4 && slices.Equal(f.path[:3], []string{t.name, call, "body"}) && f.value == "="+s.concept.name && f.path[3] != s.String()
	})
}

// proposeKept says what an edit has no place for, and the server keeps: for what has a route of
// its own that is plain, and of the rest only trying tells.
func (p *proposer) proposeKept(t *thing, sources []source) {
	if len(sources) == 0 {
		return
	}
	var plain, unsure []string
	var told []leaf
	for _, a := range t.leaves {
		isTold := func(l leaf) bool { return l.holds(a) }
		isCarried := func(s source) bool {
			return s.concept == nil && (s.holds(a) || a.holds(s.leaf) || s.text == yamlText("<"+a.String()))
		}
		if a.readOnly || slices.ContainsFunc(told, isTold) || slices.ContainsFunc(sources, isCarried) {
			continue
		}
		switch c := t.conceptAt(a); {
		case c == nil && (t.hasConceptIn(a) || t.mayBeAsked(a)):
		case c == nil:
			told = append(told, a)
			if !contract.IsNotEdited(a.last()) {
				unsure = append(unsure, a.String())
			}
		case p.isKept(t, c, a, sources):
			plain = append(plain, c.name)
		}
	}
	p.stateKept(t, plain, unsure)
}

// isKept tells whether a concept that is at the value has a route of its own, and no place in the
// edit.
func (p *proposer) isKept(t *thing, c *concept, a leaf, sources []source) bool {
	isSent := slices.ContainsFunc(sources, func(s source) bool { return s.concept == c })
	return slices.Equal(t.answer[c.name].path, a.path) && !c.stays && !isSent && p.file.isSettled([]string{t.name, "set", c.name})
}

func (p *proposer) stateKept(t *thing, plain, unsure []string) {
	path := []string{t.name, "edit", "kept"}
	switch {
	case len(unsure) > 0:
		p.mark(path, flowList(yamlTexts(append(plain, unsure...))), "the edit has no place for "+strings.Join(unsure, ", ")+
			"; whether the server keeps it, only signpathctl contract rehearse --try-edit tells")
	case len(plain) > 0:
		p.state(path, flowList(plain), "a route of its own changes it")
	}
}

// isAskedAt tells whether the answer has a value there that a question may be about: what a
// request says there follows from the answer to that.
func (t *thing) isAskedAt(l leaf) bool {
	return slices.ContainsFunc(t.free(), func(a leaf) bool { return slices.Equal(a.path, l.path) && t.mayBeAsked(a) })
}

// mayBeAsked tells whether a value may be what a question is about.
func (t *thing) mayBeAsked(l leaf) bool {
	return slices.ContainsFunc(t.missing(), func(c *concept) bool {
		return !c.isOptional && c.fits(l.schema) && isSolid(c, l)
	})
}

func yamlTexts(values []string) []string {
	var result []string
	for _, value := range values {
		result = append(result, yamlText(value))
	}
	return result
}

// conceptAt returns the concept that is at a value, or around it; nil if there is none.
func (t *thing) conceptAt(l leaf) *concept {
	for _, c := range concepts[t.name] {
		if at := t.answer[c.name]; at != nil && at.holds(l) {
			return c
		}
	}
	return nil
}

func (t *thing) hasConceptIn(l leaf) bool {
	for _, at := range t.answer {
		if l.holds(at.leaf) {
			return true
		}
	}
	return false
}
