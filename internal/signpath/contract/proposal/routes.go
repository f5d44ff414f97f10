package proposal

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A requestOf is a call of a thing, by their names.
type requestOf struct{ thing, call string }

// proposeCalls states the routes of each thing and what their requests say.
func (p *proposer) proposeCalls() {
	sources := map[requestOf][]source{}
	managed := slices.DeleteFunc(slices.Clone(things[:5]), func(name string) bool { return p.things[name] == nil })
	for _, name := range managed {
		p.findSources(p.things[name], sources)
	}
	p.proposeRequestForm(sources)
	for _, name := range managed {
		t := p.things[name]
		for _, call := range []string{"create", "edit", "change_members", "modify_members"} {
			p.proposeBody(t, call, sources[requestOf{name, call}])
		}
		p.askCreate(t, sources[requestOf{name, "create"}])
		if name == user || name == ciUser {
			p.proposeActivation(t)
		}
		if name == user {
			p.findReinvite(t)
		}
		p.proposeStatedSets(t)
		p.proposeSets(t, sources[requestOf{name, "edit"}])
		p.askSets(t, sources[requestOf{name, "edit"}])
		p.proposeKept(t, sources[requestOf{name, "edit"}])
		p.askMain(t)
		if name == user || name == ciUser {
			p.askActivation(t)
		}
		if name == user {
			p.askReinvite(t)
		}
		p.proposeCreatedID(t)
	}
	if t := p.things[organization]; t != nil {
		if o := t.calls["read"]; o != nil && !matches(o.segments, assumedBase[organization]) {
			p.mark([]string{organization, "read", "route"}, o.method+" "+p.pathFor(organization, o.segments), t.why)
		}
	}
}

// findSources states the main routes of a thing, and finds out what their requests say.
func (p *proposer) findSources(t *thing, sources map[requestOf][]source) {
	p.proposeMain(t)
	if t.name == ciUser || t.name == user {
		p.proposeToken(t)
	}
	for _, call := range []string{"create", "edit"} {
		if o := t.calls[call]; o != nil && o.request != nil {
			sources[requestOf{t.name, call}] = p.sourcesOf(t, call, o.request)
		}
	}
	if t.name == group {
		p.findMembersCalls(t, sources)
	}
}

// proposeMain states the routes that read, create and edit.
func (p *proposer) proposeMain(t *thing) {
	g := sure
	if !t.isSure {
		g = likely
	}
	p.proposeRoute(t, "read", g, orWhy(t.why, "it answers one of these objects"))
	p.proposeRoute(t, "me", g, "the only route of the collection that answers just what the read of one does")
	p.proposeRoute(t, "create", g, "the only route of the collection that takes the texts of a new one")
	p.proposeRoute(t, "edit", g, "the route that takes most of what the answer has")
	for _, call := range []string{"activate", "deactivate", "reinvite", "change_members", "modify_members"} {
		p.proposeRoute(t, call, g, "the end of the path that is assumed")
	}
}

// askMain asks for an edit or a create that was not found, when it is known what else the routes are.
func (p *proposer) askMain(t *thing) {
	for call, open := range map[string][]*operation{"edit": p.openActions(t), "create": p.openCreates(t)} {
		if t.calls[call] != nil || !slices.Contains(callsOf[t.name], call) || p.isNone(t, call) {
			continue
		}
		if len(open) == 0 {
			p.state([]string{t.name, call}, "none", "the document has no such route")
			continue
		}
		question := map[string]string{
			"edit":   "Which route saves the page of one of these in the web application: ",
			"create": "Which route creates one of these: ",
		}[call]
		p.ask([]string{t.name, call, "route"}, question+p.routesOf(t, open)+"? If there is none, write none for "+call, "no route is like it, or several are")
	}
}

// isNone tells whether the file says that there is no such route.
func (p *proposer) isNone(t *thing, call string) bool {
	line := p.file.find([]string{t.name, call})
	return line != nil && line.value == "none"
}

func (p *proposer) routesOf(t *thing, operations []*operation) string {
	var routes []string
	for _, o := range operations {
		routes = append(routes, o.method+" "+p.pathFor(t.name, o.segments))
	}
	return listOf(routes)
}

// openActions are the operations on an object that stand for nothing yet and take something.
func (p *proposer) openActions(t *thing) []*operation {
	return slices.DeleteFunc(p.below(t.base), func(o *operation) bool { return t.used[o] || o.request == nil })
}

// openVerbs are those that take nothing that has to be stated.
func (p *proposer) openVerbs(t *thing) []*operation {
	return slices.DeleteFunc(p.below(t.base), func(o *operation) bool {
		return t.used[o] || o.request != nil && len(o.request.required) > 0 || len(o.segments) == len(t.base)
	})
}

func (p *proposer) openCreates(t *thing) []*operation {
	return slices.DeleteFunc(p.ofCollection(t.base), func(o *operation) bool { return !o.isAction() || o.request == nil || t.used[o] })
}

// proposeToken states the route that makes a new token, and where its answer has it.
func (p *proposer) proposeToken(t *thing) {
	const call = "regenerate_token"
	o := t.calls[call]
	if o == nil {
		o = p.tokenOf(t.base)
		t.take(call, o)
	}
	if t.name != ciUser || p.isNone(t, call) {
		return
	}
	path := []string{ciUser, call}
	if o == nil {
		if open := p.openVerbs(t); len(open) > 0 {
			p.ask(append(path, "route"), "Which route makes a new API token: "+p.routesOf(t, open)+"?", "none has an answer that is one text")
		} else {
			p.state(path, "none", "the document has no such route")
		}
		return
	}
	g := sure
	if !t.isSure || !isAboutToken(t.base, o) {
		g = likely
	}
	p.proposeRoute(t, call, g, "the only route of one of these that takes nothing and answers one text")
	p.proposeTokenPath(o.answer, g)
}

// proposeTokenPath says where an answer has a new token.
func (p *proposer) proposeTokenPath(answer *schema, g grade) {
	const assumed = "apiToken"
	at := []string{ciUser, "regenerate_token", "token"}
	if l := tokenLeaf(answer); l != nil {
		if l.String() != assumed {
			p.stateOrMark(g, at, yamlText(l.String()), "the only text in the answer")
		}
		return
	}
	var names []string
	for _, l := range leavesOf(answer) {
		if l.isText() {
			names = append(names, l.String())
		}
	}
	if len(names) > 0 && !slices.Contains(names, assumed) {
		p.ask(at, "Which of these is the new token: "+listOf(names)+"?", "the answer has several texts")
	}
}

// proposeCreatedID says where the answer of a create has the id, unless its header Location has
// it, as is documented, or the name is one that is assumed.
func (p *proposer) proposeCreatedID(t *thing) {
	o := t.calls["create"]
	if o == nil || o.answer == nil || o.hasLocation {
		return
	}
	var found []leaf
	for _, l := range leavesOf(o.answer) {
		if l.isID() {
			found = append(found, l)
		}
	}
	assumed := []string{"interactiveUserId", "ciUserId", "userGroupId"}
	if len(found) != 1 || slices.Contains(assumed, found[0].String()) {
		return
	}
	g, at := likely, t.answer["id"]
	if at != nil && at.last() == found[0].last() || isPlainID(found[0]) || isIDOf(t, found[0]) {
		g = sure
	}
	p.stateOrMark(g, []string{t.name, "create", "id"}, yamlText(found[0].String()), "the only UUID in the answer")
}

// The words of routes that switch.
var (
	activateVerbs   = []string{"activate", "enable", "unlock", "unblock", "resume", "restore", "reactivate", "reinstate", "unsuspend"}
	deactivateVerbs = []string{"deactivate", "disable", "lock", "block", "suspend", "revoke", "archive", "retire"}
	inviteVerbs     = []string{"reinvite", "invite", "invitation", "resend", "welcome"}
)

// named are those operations whose path has one of the words, after that of the object.
func (t *thing) named(operations []*operation, verbs []string) []*operation {
	return slices.DeleteFunc(slices.Clone(operations), func(o *operation) bool { return !hasWord(o.segments[len(t.base):], verbs) })
}

// switches are the calls that activate and deactivate.
var switches = []string{"activate", "deactivate"}

// proposeActivation states the routes that activate and deactivate: two that take nothing, or one
// that takes a state.
func (p *proposer) proposeActivation(t *thing) {
	isOpen := func(call string) bool { return t.calls[call] == nil && !p.isNone(t, call) }
	if slices.ContainsFunc(switches, isOpen) {
		p.findActivation(t)
	}
	for _, call := range switches {
		if t.calls[call] != nil {
			p.proposeSwitchBody(t, call)
		}
	}
}

// askActivation asks for the routes that were not found, where some are left that nothing else is.
func (p *proposer) askActivation(t *thing) {
	isFirst := true
	open := p.routesOf(t, uniqueOf(append(p.openVerbs(t), p.openActions(t)...)))
	for _, call := range switches {
		path := []string{t.name, call}
		switch line := p.file.find(path); {
		case t.calls[call] != nil, p.isNone(t, call), line != nil:
		case open == "":
			p.state(path, "none", "the document has no such route")
		case isFirst:
			p.ask(append(path, "route"), "Which route "+call+"s an account: "+open+"? If there is none, write none for "+call, "no route is like it")
			isFirst = false
		default:
			p.askAlong(append(path, "route"), "Which route "+call+"s an account? If there is none, write none for "+call)
		}
	}
}

// findActivation finds the routes by their words, or by the state that one takes.
func (p *proposer) findActivation(t *thing) {
	on, off := only(t.named(p.openVerbs(t), activateVerbs)), only(t.named(p.openVerbs(t), deactivateVerbs))
	if on != nil && off != nil && on != off {
		t.take("activate", on)
		t.take("deactivate", off)
		p.proposeRoute(t, "activate", likely, "by the word in its path")
		p.proposeRoute(t, "deactivate", likely, "by the word in its path")
		return
	}
	for _, o := range p.openActions(t) {
		if l := terminal(o.request); l != nil && p.proposeSwitch(t, o, *l) {
			return
		}
	}
}

// proposeSwitchBody says what a route takes that activates or deactivates, if it takes anything and
// the file does not say it.
func (p *proposer) proposeSwitchBody(t *thing, call string) {
	o, path := t.calls[call], []string{t.name, call, "body"}
	isBoth := t.calls["activate"] == t.calls["deactivate"]
	if o.request == nil || len(o.request.required) == 0 && !isBoth || p.file.isSettled(path) {
		return
	}
	l := terminal(o.request)
	if l == nil || len(l.path) == 0 {
		p.ask(path, "What does this route take for it? Write {name: value}, of "+listOf(o.request.names()), "the document does not tell")
		return
	}
	if l.says(openapi3.TypeBoolean) {
		value := "false"
		if (call == "activate") != hasWord(l.path, negations) {
			value = "true"
		}
		p.mark(append(path, l.String()), value, "it takes one boolean, whose meaning is told by its name")
		return
	}
	question := "What does this route take as `" + clean(l.String()) + "` for it"
	if len(l.values) > 0 {
		question += ": one of " + listOf(allTexts(l.values))
	}
	p.ask(append(path, l.String()), question+"?", "the document does not tell what the values mean")
}

func uniqueOf(operations []*operation) []*operation {
	var result []*operation
	for _, o := range operations {
		if !slices.Contains(result, o) {
			result = append(result, o)
		}
	}
	return result
}

// terminal is the one value that a request takes; nil if it takes several.
func terminal(request *schema) *leaf {
	var found []leaf
	for _, l := range leavesOf(request) {
		if !l.isObject() || memberFormOf(l.schema) != nil {
			if len(found) > 0 && found[0].holds(l) {
				continue
			}
			found = append(found, l)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return &found[0]
}

// proposeSwitch states a route that takes the state of being active.
func (p *proposer) proposeSwitch(t *thing, o *operation, l leaf) bool {
	at := t.answer["active"]
	isBoolean := l.says(openapi3.TypeBoolean)
	isSameStates := at != nil && len(l.values) > 0 && encode(l.values) == encode(at.values)
	isSameName := at != nil && l.last() == at.last() && slices.Equal(l.types, at.types)
	if !isSameStates && !isSameName && (!isBoolean || !t.isAboutState(o, l)) {
		return false
	}
	yes, no, g := "true", "false", likely
	why := "it takes one boolean, whose meaning is told by its name"
	switch {
	case isSameStates || isSameName:
		var isKnown bool
		yes, no, g, isKnown = p.stateValues(t, at)
		why = "it takes what the answer has for it"
		if !isKnown {
			for _, call := range []string{"activate", "deactivate"} {
				p.askAlong([]string{t.name, call}, "Fill in "+t.name+".answer.active first, and run signpathctl contract map again: this follows from it, as "+
					o.method+" "+p.pathFor(t.name, o.segments)+" takes `"+clean(l.String())+"`")
			}
			t.used[o] = true
			return true
		}
	case hasWord(l.path, negations):
		yes, no = no, yes
	}
	t.used[o] = true
	for call, value := range map[string]string{"activate": yes, "deactivate": no} {
		t.calls[call] = o
		p.stateOrMark(g, []string{t.name, call, "route"}, o.method+" "+p.pathFor(t.name, o.segments), why)
		p.stateOrMark(g, []string{t.name, call, "body", l.String()}, value, why)
	}
	return true
}

// isAboutState tells whether a route, or the value that it takes, is called as a state of being
// active is.
func (t *thing) isAboutState(o *operation, l leaf) bool {
	degree, _ := likestOf(l.path, activePhrases)
	return degree >= likeNearly || hasWord(l.path, slices.Concat(activeWords, negations)) ||
		hasWord(o.segments[len(t.base):], []string{"status", "state", "active", "activation", "enabled"})
}

// stateValues are what is written for being active and for not being it.
func (p *proposer) stateValues(t *thing, at *place) (yes, no string, g grade, isKnown bool) {
	if m := p.known.Things[thingOf(t.name)]; m != nil && at.known {
		stated := m.Answer["active"].Form
		if len(stated.WhenTrue) > 0 && len(stated.WhenFalse) > 0 {
			return yamlRaw(stated.WhenTrue[0]), yamlRaw(stated.WhenFalse[0]), at.grade, true
		}
		return "true", "false", at.grade, at.says(openapi3.TypeBoolean)
	}
	form, g, _ := p.statesForm(conceptOf(t.name, "active"), at)
	g = max(g, at.grade)
	if len(form) == 0 {
		return "true", "false", g, g != asked
	}
	return firstOf(form[0].value), firstOf(form[1].value), g, g != asked
}

// firstOf is the first of a list in YAML, or the value that is none.
func firstOf(value string) string {
	first, _, _ := strings.Cut(strings.Trim(value, "[]"), ", ")
	return first
}

func yamlRaw(raw []byte) string {
	text := string(raw)
	if strings.HasPrefix(text, `"`) {
		return yamlText(strings.Trim(text, `"`))
	}
	return text
}

// findReinvite finds the route that sends an invitation again by its words.
func (p *proposer) findReinvite(t *thing) {
	if t.calls["reinvite"] != nil || p.isNone(t, "reinvite") {
		return
	}
	if like := only(t.named(p.openVerbs(t), inviteVerbs)); like != nil {
		t.take("reinvite", like)
		p.proposeRoute(t, "reinvite", likely, "by the word in its path")
	}
}

// askReinvite asks for it, if something is left that could be it.
func (p *proposer) askReinvite(t *thing) {
	if t.calls["reinvite"] != nil || p.isNone(t, "reinvite") {
		return
	}
	if open := p.openVerbs(t); len(open) > 0 {
		p.ask([]string{user, "reinvite", "route"}, "Which route sends an invitation again: "+p.routesOf(t, open)+"? If there is none, write none for reinvite",
			"no route has a word for it")
	} else {
		p.state([]string{user, "reinvite"}, "none", "the document has no such route")
	}
}

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

// partWords are in the names of routes that change a part of a list.
var partWords = []string{"add", "remove", "append", "delete", "grant", "revoke", "join", "leave", "invite"}

// The concepts of requests alone.
var (
	addedMembers = concept{
		name: "added_members", answered: "addedMembers", shape: shapeMembers, decides: true, phrases: []string{"added", "add", "joining", "join"},
	}
	removedMembers = concept{
		name: "removed_members", answered: "removedMembers", shape: shapeMembers, decides: true, phrases: []string{"removed", "remove", "leaving", "leave"},
	}
)

// findMembersCalls finds the routes that change the members of a group: one that takes the
// whole list, and one that takes who comes and who goes.
func (p *proposer) findMembersCalls(t *thing, sources map[requestOf][]source) {
	c := conceptOf(group, "members")
	if !p.isNone(t, "modify_members") {
		p.findModifyMembers(t, sources)
	}
	if o := t.calls["change_members"]; o != nil {
		sources[requestOf{group, "change_members"}] = membersSource(c, o.request)
	} else if !p.isNone(t, "change_members") {
		p.findChangeMembers(t, c, sources)
	}
}

func (p *proposer) findChangeMembers(t *thing, c *concept, sources map[requestOf][]source) {
	whole := slices.DeleteFunc(p.openActions(t), func(o *operation) bool {
		return len(membersSource(c, o.request)) == 0 || hasWord(o.segments[len(t.base):], slices.Concat(others, partWords))
	})
	isSentByEdit := slices.ContainsFunc(sources[requestOf{group, "edit"}], func(s source) bool { return s.concept == c })
	path := []string{group, "change_members"}
	if o := only(whole); o != nil {
		t.take("change_members", o)
		sources[requestOf{group, "change_members"}] = membersSource(c, o.request)
		if o.method == "PUT" && t.isAboutMembers(o) {
			p.proposeRoute(t, "change_members", sure, "the only route that takes one list of members; PUT replaces what is there (RFC 9110)")
		} else {
			p.proposeRoute(t, "change_members", likely, "the only route that takes one list of members: does it replace the members that are there?")
		}
		return
	}
	if len(whole) > 0 {
		p.ask(append(path, "route"), "Which of these replaces all members of a group by a list: "+p.routesOf(t, whole)+"?", "several routes take a list of members")
		return
	}
	open := slices.DeleteFunc(p.openActions(t), func(o *operation) bool { return hasWord(o.segments[len(t.base):], slices.Concat(others, partWords)) })
	switch {
	case isSentByEdit && len(open) == 0:
		p.state(path, "none", "the edit takes the members")
	case isSentByEdit:
		p.mark(path, "none", "the edit takes the members, and no other route takes just a list of them")
	case len(open) == 0 && t.calls["modify_members"] != nil:
		p.state(path, "none", "no route takes the whole list of members")
	case len(open) > 0:
		p.ask(append(path, "route"), "Which of these replaces all members of a group by a list: "+p.routesOf(t, open)+"?",
			"none takes a list of members and nothing else")
	}
}

func (p *proposer) findModifyMembers(t *thing, sources map[requestOf][]source) {
	both := t.calls["modify_members"]
	if both == nil {
		both = only(slices.DeleteFunc(p.openActions(t), func(o *operation) bool { return countMembers(o.request) != 2 }))
	}
	path := []string{group, "modify_members"}
	if both == nil || both.request == nil {
		isUnknown := func(o *operation) bool { return len(membersSource(conceptOf(group, "members"), o.request)) == 0 }
		if slices.ContainsFunc(p.openActions(t), isUnknown) {
			p.mark(path, "none", "no route takes two lists of members, as far as the document tells")
		} else {
			p.state(path, "none", "no route takes two lists of members")
		}
		return
	}
	t.take("modify_members", both)
	found := comingAndGoing(both.request)
	if len(found) != 2 && both.request.isObject() {
		p.ask(append(path, "body"), "Which list has who joins, and which who leaves: "+listOf(both.request.names())+
			"? Write {…: =added_members, …: =removed_members}",
			"the two lists are not told apart by the document")
	}
	if len(found) == 2 {
		sources[requestOf{group, "modify_members"}] = found
	}
	p.proposeRoute(t, "modify_members", sure, "the only route that takes two lists of members")
}

// isAboutMembers tells whether a route, or the list that it takes, is called members, or as the
// answer calls them.
func (t *thing) isAboutMembers(o *operation) bool {
	names := o.segments[len(t.base):]
	if l := terminal(o.request); l != nil {
		names = append(slices.Clone(names), l.path...)
	}
	at := t.answer["members"]
	return hasWord(names, []string{"member"}) || at != nil && slices.ContainsFunc(names, func(name string) bool { return foldKind(name) == foldKind(at.last()) })
}

func countMembers(request *schema) int {
	return countFunc(leavesOf(request), func(l leaf) bool { return len(l.path) == 1 && memberFormOf(l.schema) != nil })
}

// membersSource is the source of a request that takes one list of members and nothing else.
func membersSource(c *concept, request *schema) []source {
	if request == nil {
		return nil
	}
	if form := memberFormOf(request); form != nil {
		return []source{{leaf: leaf{schema: request}, concept: c, text: "=members", why: "the list alone"}}
	}
	l := terminal(request)
	if l == nil || memberFormOf(l.schema) == nil {
		return nil
	}
	s := source{leaf: *l, concept: c}
	if l.String() != c.answered {
		s.text, s.why = "=members", "the only value that it takes"
	}
	return []source{s}
}

// comingAndGoing tells the list of those who come from that of those who go. The assumed names
// are sure, and words have to be confirmed.
func comingAndGoing(request *schema) []source {
	var found []source
	for _, c := range []*concept{&addedMembers, &removedMembers} {
		var like []leaf
		for _, l := range leavesOf(request) {
			if memberFormOf(l.schema) == nil {
				continue
			}
			if l.String() == c.answered {
				found, like = append(found, source{leaf: l, concept: c}), nil
				break
			}
			if hasWord(l.path, c.phrases) {
				like = append(like, l)
			}
		}
		if len(like) == 1 {
			found = append(found, source{leaf: like[0], concept: c, text: "=" + c.name, grade: likely, why: "by its words"})
		}
	}
	return found
}

// proposeRequestForm says how requests name members, where that is not as in answers.
func (p *proposer) proposeRequestForm(sources map[requestOf][]source) {
	p.commonRequest = p.commonForm
	if line := p.file.find([]string{"members", "request"}); line != nil && line.value != todo {
		p.commonRequest = statedForm(line.value)
		return
	}
	counts, best, common := map[string]int{}, 0, p.commonForm
	grades, whys := map[string]grade{}, map[string]string{}
	for _, name := range things {
		for _, call := range []string{"edit", "change_members", "modify_members"} {
			for _, s := range sources[requestOf{name, call}] {
				if s.concept != nil && s.concept.shape == shapeMembers {
					text, g, why := p.formText(p.formOfList(s.schema))
					counts[text]++
					grades[text], whys[text] = g, why
					if counts[text] > best {
						common, best = text, counts[text]
					}
				}
			}
		}
	}
	if common == p.commonForm {
		return
	}
	p.commonRequest = common
	if common == "" {
		p.state([]string{"members", "request"}, idsText, "requests take ids")
	} else {
		p.stateForm([]string{"members", "request"}, common, grades[common], whys[common])
	}
}

// requestFormOf is the form of members in a request, where it is another one than requests about the
// list are written in without it: that of the list in answers, if it has one of its own, and else
// that of most requests.
func (p *proposer) requestFormOf(t *thing, s source) string {
	if s.concept == nil || s.concept.shape != shapeMembers {
		return ""
	}
	form := p.formOfList(s.schema)
	if form == nil {
		return ""
	}
	text, g, _ := p.formText(form)
	if text == p.defaultForm(t, s.concept) || g == asked {
		return ""
	}
	if text == "" {
		text = idsText
	}
	return text
}

func (p *proposer) defaultForm(t *thing, c *concept) string {
	name := c.name
	if c == &addedMembers || c == &removedMembers {
		name = "members"
	}
	if at := t.answer[name]; at != nil {
		if text, _, _ := p.formText(p.formOfList(at.schema)); text != p.commonForm {
			return text
		}
	}
	return p.commonRequest
}
