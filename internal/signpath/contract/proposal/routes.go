package proposal

import (
	"slices"
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
