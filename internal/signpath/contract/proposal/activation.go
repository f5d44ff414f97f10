package proposal

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

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
