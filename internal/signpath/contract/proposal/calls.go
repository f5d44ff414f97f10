package proposal

import (
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// pathFor writes a path with the parameters of a thing.
func (p *proposer) pathFor(name string, segments []string) string {
	parameters := []string{"{id}"}
	if name == project || name == policy {
		parameters = []string{"{project}", "{policy}"}
	}
	written, n := slices.Clone(segments), 0
	for i, segment := range written {
		if isVariable(segment) {
			if n < len(parameters) {
				written[i] = parameters[n]
			}
			n++
		}
	}
	return "/" + strings.Join(written, "/")
}

// stated returns the operation of a route that the file states; nil without one.
func (p *proposer) stated(name, call string) *operation {
	if m := p.known.Things[thingOf(name)]; m != nil && call == "list" && m.List != nil {
		return p.document.find(m.List.Method, m.List.Path)
	}
	if c := p.statedCall(name, call); c != nil {
		return p.document.find(c.Method, c.Path)
	}
	return nil
}

// statedCall returns what the file states of a call; nil without anything.
func (p *proposer) statedCall(name, call string) *mapping.Call {
	m := p.known.Things[thingOf(name)]
	if m == nil {
		return nil
	}
	return map[string]*mapping.Call{
		"read": m.Read, "me": m.Me, "create": m.Create, "edit": m.Edit, "activate": m.Activate, "deactivate": m.Deactivate, "reinvite": m.Reinvite,
		"regenerate_token": m.RegenerateToken, "change_members": m.ChangeMembers, "modify_members": m.ModifyMembers,
	}[call]
}

// find returns the operation of a route as a file has it; nil if there is none.
func (d *document) find(method, path string) *operation {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for _, o := range d.operations {
		if path != "" && o.method == method && matches(o.segments, segments) {
			return o
		}
	}
	return nil
}

// callsOf are the calls of a thing that may be stated, as the format has them, with the paths
// that are assumed, below the object or, for list, me and create, its collection.
var callsOf = map[string][]string{
	user:    {"list", "read", "me", "create", "edit", "activate", "deactivate", "reinvite"},
	ciUser:  {"list", "read", "me", "create", "edit", "activate", "deactivate", "regenerate_token"},
	group:   {"list", "read", "create", "edit", "change_members", "modify_members"},
	project: {"list", "read", "edit"},
	policy:  {"read", "edit"},
}

var assumedCalls = map[string]struct {
	method, last string
	ofAll        bool
}{
	"list": {http.MethodGet, "", true}, "read": {http.MethodGet, "", false}, "me": {http.MethodGet, "Me", true}, "create": {http.MethodPost, "", true},
	"edit": {http.MethodPost, "Edit", false}, "activate": {http.MethodPost, "Activate", false}, "deactivate": {http.MethodPost, "Deactivate", false},
	"reinvite": {http.MethodPost, "Reinvite", false}, "regenerate_token": {http.MethodPost, "RegenerateApiToken", false},
	"change_members": {http.MethodPost, "ChangeMembers", false}, "modify_members": {http.MethodPost, "ModifyMembers", false},
}

// assumedRoute is the route of a call, below the base of an object.
func assumedRoute(call string, base []string) (method string, segments []string) {
	a := assumedCalls[call]
	segments = slices.Clone(base)
	if a.ofAll {
		segments = segments[:len(segments)-1]
	}
	if a.last != "" {
		segments = append(segments, a.last)
	}
	return a.method, segments
}

// findCalls finds the routes of each thing that do not depend on where its answers have what.
func (p *proposer) findCalls() {
	for _, name := range []string{user, ciUser, group, project, policy} {
		t := p.things[name]
		if t == nil {
			continue
		}
		t.take("read", p.document.at(http.MethodGet, t.base))
		for _, call := range callsOf[name] {
			method, segments := assumedRoute(call, t.base)
			if o := p.stated(name, call); o != nil {
				t.take(call, o)
			} else if o := p.document.at(method, segments); o != nil && t.isPlausible(call, o) {
				t.take(call, o)
			} else if o := p.atAssumed(t, call); o != nil {
				t.take(call, o)
			}
		}
		t.leaves = leavesOf(answerOf(t.calls["read"]))
		p.takeSets(t)
		p.findOthers(t)
	}
	for _, name := range []string{organization, auditEvent} {
		if t := p.things[name]; t != nil {
			t.leaves = leavesOf(answerOf(t.calls["read"]))
			if list := t.calls["list"]; list != nil {
				if items := itemsOf(list.answer); items != nil {
					t.leaves = leavesOf(items.items)
				}
			}
		}
	}
}

// atAssumed is the operation at the path that is assumed for a call, where the objects are read
// elsewhere; nil if there is none, or if other objects are there.
func (p *proposer) atAssumed(t *thing, call string) *operation {
	for _, other := range p.things {
		if other != t && len(other.base) >= len(assumedBase[t.name]) && matches(other.base[:len(assumedBase[t.name])], assumedBase[t.name]) {
			return nil
		}
	}
	method, segments := assumedRoute(call, assumedBase[t.name])
	if o := p.document.at(method, segments); o != nil && t.isPlausible(call, o) {
		return o
	}
	return nil
}

// takeSets takes the routes that the file states for one concept each.
func (p *proposer) takeSets(t *thing) {
	m := p.known.Things[thingOf(t.name)]
	if m == nil {
		return
	}
	for concept, call := range m.Set {
		if o := p.document.find(call.Method, call.Path); o != nil {
			t.sets[concept], t.used[o] = o, true
		}
	}
}

func answerOf(o *operation) *schema {
	if o == nil {
		return nil
	}
	return o.answer
}

// isPlausible tells whether an operation at the path that is assumed may be what is assumed.
func (t *thing) isPlausible(call string, o *operation) bool {
	switch call {
	case "edit", "create", "change_members", "modify_members":
		return o.request != nil
	case "list":
		_, items := t.itemsIn(o.answer)
		return items != nil
	}
	return true
}

func (t *thing) take(call string, o *operation) {
	if o != nil {
		t.calls[call], t.used[o] = o, true
	}
}

// findOthers finds the list, the own account, the create and the edit where they are not at the
// paths that are assumed.
func (p *proposer) findOthers(t *thing) {
	if t.calls["list"] == nil && slices.Contains(callsOf[t.name], "list") {
		t.take("list", p.listOf(t))
	}
	if t.calls["me"] == nil && slices.Contains(callsOf[t.name], "me") {
		t.take("me", p.meOf(t))
	}
	if t.calls["create"] == nil && slices.Contains(callsOf[t.name], "create") {
		t.take("create", p.createOf(t.base))
	}
	if t.calls["edit"] == nil {
		t.take("edit", p.editOf(t))
	}
}

// only returns the one operation; nil where there are none, or several.
func only(found []*operation) *operation {
	if len(found) == 1 {
		return found[0]
	}
	return nil
}

// ofCollection are the operations about all objects of a base: at its collection, or one
// segment below.
func (p *proposer) ofCollection(base []string) []*operation {
	prefix := base[:len(base)-1]
	return slices.DeleteFunc(p.document.under(prefix), func(o *operation) bool {
		return len(o.segments) > len(prefix)+1 || len(o.segments) == len(prefix)+1 && isVariable(o.segments[len(prefix)])
	})
}

// itemsIn returns the list of the objects of a thing in an answer, with its path: the one list
// of objects, or the one whose objects have most of what the read of one has.
func (t *thing) itemsIn(answer *schema) (path []string, items *schema) {
	if path, items = findItems(answer); items != nil {
		return path, items
	}
	read := answerOf(t.calls["read"])
	if read == nil {
		return nil, nil
	}
	most := 1
	for _, l := range leavesOf(answer) {
		if !l.isList() {
			continue
		}
		switch n := common(l.items, read); {
		case n > most:
			most, path, items = n, l.path, l.schema
		case n == most:
			path, items = nil, nil
		}
	}
	return path, items
}

// listOf is the one route of the collection that answers a list of objects of which the read
// knows most properties.
func (p *proposer) listOf(t *thing) *operation {
	read := answerOf(t.calls["read"])
	return only(slices.DeleteFunc(p.ofCollection(t.base), func(o *operation) bool {
		if o.method != http.MethodGet || read == nil {
			return true
		}
		_, items := t.itemsIn(o.answer)
		return items == nil || common(items.items, read) < 2 || common(items.items, read)*2 < len(items.items.properties)
	}))
}

// common is how many properties both objects have.
func common(a, b *schema) int {
	n := 0
	for name := range a.properties {
		if b.properties[name] != nil {
			n++
		}
	}
	return n
}

// meOf is the one route below the collection that answers what the read of one answers.
func (p *proposer) meOf(t *thing) *operation {
	read := answerOf(t.calls["read"])
	return only(slices.DeleteFunc(p.ofCollection(t.base), func(o *operation) bool {
		return o.method != http.MethodGet || len(o.segments) != len(t.base) || o.answer == nil || read == nil || !slices.Equal(o.answer.names(), read.names())
	}))
}

// createOf is the one POST about all objects of the base that takes a text that it demands.
func (p *proposer) createOf(base []string) *operation {
	found := slices.DeleteFunc(p.ofCollection(base), func(o *operation) bool {
		return o.method != http.MethodPost || o.request == nil || !o.request.isObject() ||
			!slices.ContainsFunc(leavesOf(o.request), func(l leaf) bool { return l.isText() || l.format == "email" })
	})
	atCollection := slices.DeleteFunc(slices.Clone(found), func(o *operation) bool { return len(o.segments) >= len(base) })
	if len(atCollection) == 1 {
		return atCollection[0]
	}
	return only(found)
}

// tokenOf is the one POST below an object that answers a text and no id, and takes nothing.
func (p *proposer) tokenOf(base []string) *operation {
	return only(slices.DeleteFunc(p.below(base), func(o *operation) bool {
		return o.method != http.MethodPost || tokenLeaf(o.answer) == nil || len(o.segments) == len(base) || o.request != nil && len(o.request.required) > 0
	}))
}

// tokenWords are about what a program signs in with.
var tokenWords = []string{"token", "key", "secret", "credential", "password", "apikey"}

// isAboutToken tells whether a route, or the text that it answers, is called as a token may be.
func isAboutToken(base []string, o *operation) bool {
	l := tokenLeaf(o.answer)
	return hasWord(o.segments[len(base):], tokenWords) || l != nil && hasWord(l.path, tokenWords)
}

// tokenLeaf is the one text in an answer.
func tokenLeaf(answer *schema) *leaf {
	var found []leaf
	for _, l := range leavesOf(answer) {
		if l.isText() && l.items == nil {
			found = append(found, l)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return &found[0]
}

// below are the operations on one object that change something.
func (p *proposer) below(base []string) []*operation {
	return slices.DeleteFunc(p.document.under(base), func(o *operation) bool {
		return !o.isAction() || slices.ContainsFunc(o.segments[len(base):], isVariable)
	})
}

// editOf is the one operation on an object that takes several of the properties that it has.
func (p *proposer) editOf(t *thing) *operation {
	read := answerOf(t.calls["read"])
	var found []*operation
	most := 0
	for _, o := range p.below(t.base) {
		if o.request == nil || t.used[o] {
			continue
		}
		n := alike(o.request, read)
		isAtObject := len(o.segments) == len(t.base)
		isEnough := n >= 2 || isAtObject && n == 1 && t.name != policy && t.name != project
		if !isEnough {
			continue
		}
		switch {
		case n > most:
			most, found = n, []*operation{o}
		case n == most:
			found = append(found, o)
		}
	}
	return only(found)
}

// alike is how many values a request takes that an answer has by the same last name, but for
// the forms of verbs.
func alike(request, answer *schema) int {
	n := 0
	answered := leavesOf(answer)
	for _, l := range leavesOf(request) {
		if l.isObject() && memberFormOf(l.schema) == nil {
			continue
		}
		if slices.ContainsFunc(answered, func(a leaf) bool { return sameButVerb(a.last(), l.last()) }) {
			n++
		}
	}
	return n
}

// sameButVerb tells whether two names are the same, but for the form of a verb that they begin
// with: verifiesOrigin and verifyOrigin.
func sameButVerb(a, b string) bool {
	x, y := words(a), words(b)
	if len(x) == 0 || len(x) != len(y) {
		return false
	}
	return verb(x[0]) == verb(y[0]) && slices.Equal(x[1:], y[1:])
}

func verb(word string) string {
	for _, ending := range []string{"ies", "ie", "y"} {
		if stem, ok := strings.CutSuffix(word, ending); ok && len(stem) > 2 {
			return stem
		}
	}
	return strings.TrimSuffix(strings.TrimSuffix(word, "s"), "e")
}

// proposeRoute states the route of a call where it is another one than is assumed.
func (p *proposer) proposeRoute(t *thing, call string, g grade, why string) {
	o := t.calls[call]
	method, segments := assumedRoute(call, assumedBase[t.name])
	if o == nil || o.method == method && matches(o.segments, segments) {
		return
	}
	p.stateOrMark(g, []string{t.name, call, "route"}, o.method+" "+p.pathFor(t.name, o.segments), why)
}

// itemsOf returns the array of objects in an answer: it is the answer, or in an object.
func itemsOf(answer *schema) *schema {
	_, items := findItems(answer)
	return items
}

// findItems returns the one array of objects in an answer, with its path.
func findItems(answer *schema) (path []string, items *schema) {
	if answer == nil {
		return nil, nil
	}
	if answer.says(openapi3.TypeArray) && answer.isList() {
		return nil, answer
	}
	var found []leaf
	for _, l := range leavesOf(answer) {
		if l.isList() {
			found = append(found, l)
		}
	}
	if len(found) != 1 {
		return nil, nil
	}
	return found[0].path, found[0].schema
}
