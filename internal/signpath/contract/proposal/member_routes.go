package proposal

import (
	"slices"
)

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
