package proposal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// proposeAnswers says where the answers have the concepts of each thing. What a form tells goes
// first, then what another thing has by the same name, and likeness last.
func (p *proposer) proposeAnswers() {
	for _, name := range things {
		if t := p.things[name]; t != nil {
			t.isSettled = p.wasAsked(t)
			p.placeStated(t)
			p.placeAssumed(t)
		}
	}
	for _, name := range things {
		if t := p.things[name]; t != nil {
			p.placeByForm(t)
		}
	}
	for _, place := range []func(*thing){p.placeByLikeness, p.placeByElimination} {
		for isMore := true; isMore; { // What is found of one thing tells of the others.
			before := p.countPlaces()
			for _, name := range things {
				if t := p.things[name]; t != nil {
					p.placeAsElsewhere(t)
					place(t)
				}
			}
			isMore = p.countPlaces() > before
		}
	}
	p.proposeForms()
	for _, name := range things {
		if t := p.things[name]; t != nil {
			p.writeAnswers(t)
		}
	}
}

func (p *proposer) countPlaces() int {
	n := 0
	for _, t := range p.things {
		n += len(t.answer)
	}
	return n
}

// free are the values of an answer that are not the place of a concept, in one, or around one.
func (t *thing) free() []leaf {
	return slices.DeleteFunc(slices.Clone(t.leaves), func(l leaf) bool {
		for _, other := range t.answer {
			if l.holds(other.leaf) || other.holds(l) {
				return true
			}
		}
		return false
	})
}

// candidates are the free values that may be a concept.
func (t *thing) candidates(c *concept) []leaf {
	return slices.DeleteFunc(t.free(), func(l leaf) bool {
		return !c.fits(l.schema) || l.isObject() && c.shape != shapeMembers && c.shape != shapeAny
	})
}

func (t *thing) put(c *concept, l leaf, g grade, why string) {
	t.answer[c.name] = &place{leaf: l, grade: g, why: why}
}

// missing are the concepts without a place.
func (t *thing) missing() []*concept {
	return slices.DeleteFunc(slices.Clone(concepts[t.name]), func(c *concept) bool { return t.answer[c.name] != nil })
}

// placeStated takes what the file states.
func (p *proposer) placeStated(t *thing) {
	m := p.known.Things[thingOf(t.name)]
	if m == nil {
		return
	}
	for _, c := range concepts[t.name] {
		stated, ok := m.Answer[c.name]
		if !ok || stated.Path == nil {
			continue
		}
		for _, l := range t.leaves {
			if slices.Equal(l.path, stated.Path) {
				t.put(c, l, sure, "")
				t.answer[c.name].known = true
				if c.shape == shapeMembers {
					l.isMembers = true
				}
				if line := p.file.find([]string{t.name, "answer", c.name}); line != nil && line.isMarked() {
					t.answer[c.name].grade = likely
				}
			}
		}
	}
}

// placeAssumed takes what has the assumed name, where it is assumed or at one other place, if
// its form may be that of the concept.
func (p *proposer) placeAssumed(t *thing) {
	for _, c := range t.missing() {
		t.putNamed(c, c.answered, "")
	}
	for _, c := range t.missing() {
		p.placeNested(t, c)
	}
	for name, former := range map[string]string{"verifies_origin_policy": "verifiesOrigin", "origin_policy_verification": formerContent} {
		if c := conceptOf(t.name, name); c != nil && t.answer[name] == nil {
			t.putNamed(c, former, beforeRenaming)
		}
	}
}

// putNamed takes what has the name for a concept, if its form may be that of the concept.
func (t *thing) putNamed(c *concept, name, why string) {
	for _, l := range t.candidates(c) {
		if l.String() == name {
			t.put(c, l, sure, why)
			return
		}
	}
}

// placeNested takes what has the assumed name at one other place. An id or a name in an object may
// be that of the object, and what decides about access has to be what a route takes, too.
func (p *proposer) placeNested(t *thing, c *concept) {
	var found []leaf
	for _, l := range t.candidates(c) {
		if l.last() == c.answered {
			found = append(found, l)
		}
	}
	isOfObject := len(words(c.answered)) == 1 && !c.decides
	if len(found) != 1 || isOfObject || c.decides && hasWord(found[0].path, others) || c.shape == shapeRole && t.countRoles() > 1 {
		return
	}
	g := sure
	if c.decides && !p.isWritten(t, found[0]) {
		g = likely
	}
	t.put(c, found[0], g, "the name that is assumed, at another place")
}

// isWritten tells whether a route about the object takes a value by the same name.
func (p *proposer) isWritten(t *thing, l leaf) bool {
	return slices.ContainsFunc(p.below(t.base), func(o *operation) bool {
		return slices.ContainsFunc(leavesOf(o.request), func(r leaf) bool { return r.last() == l.last() && slices.Equal(r.types, l.types) })
	})
}

// What SignPath's changelog documents of names before 1.202.0.
const (
	beforeRenaming = "its name before SignPath 1.202.0 (changelog)"
	formerContent  = "originVerification"
)

// placeByForm takes what only one concept can be by its form.
func (p *proposer) placeByForm(t *thing) {
	for _, c := range t.missing() {
		found, why := p.byForm(t, c)
		if len(found) == 1 && (!c.decides || !hasWord(found[0].path, others)) {
			t.put(c, found[0], p.gradeOfForm(t, c, found[0]), why)
		}
	}
	if c := conceptOf(t.name, "name"); c != nil && t.answer["name"] == nil {
		if l, why := p.nameByCreate(t, c); l != nil {
			t.put(c, *l, sure, why)
		}
	}
}

// gradeOfForm tells whether more than the form speaks for a value. A UUID may be that of
// something else, and so may be an address.
func (p *proposer) gradeOfForm(t *thing, c *concept, l leaf) grade {
	isIt := true
	switch {
	case c.shape == shapeID:
		isIt = isPlainID(l) || isIDOf(t, l) || p.countOnlyIDs(l) > 2
	case c.name == "email":
		create := t.calls["create"]
		isDemanded := func(r leaf) bool { return r.demanded && r.last() == l.last() }
		isIt = create != nil && !hasWord(l.path, otherPeople) && slices.ContainsFunc(leavesOf(create.request), isDemanded)
	}
	if isIt {
		return sure
	}
	return likely
}

// otherPeople, and other purposes, are in the name of an address that is not the account's.
var otherPeople = []string{
	"manager", "supervisor", "owner", "backup", "recovery", "secondary", "alternate", "billing", "second", "support", "creator", "invited", "former", "previou",
}

// isPlainID tells whether a value is called an id and nothing else.
func isPlainID(l leaf) bool { return slices.Contains(idPhrases, fold(l.last())) }

// countOnlyIDs is how many things have no other UUID than one at the same place.
func (p *proposer) countOnlyIDs(l leaf) int {
	n := 0
	for _, t := range p.things {
		ids := slices.DeleteFunc(slices.Clone(t.leaves), func(other leaf) bool { return !other.isID() })
		if len(ids) == 1 && slices.Equal(ids[0].path, l.path) {
			n++
		}
	}
	return n
}

// byForm are the values that have a form that only the concept has.
func (p *proposer) byForm(t *thing, c *concept) (found []leaf, why string) {
	for _, l := range t.candidates(c) {
		if c.shape == shapeID && l.isID() && isIDOf(t, l) {
			return []leaf{l}, "the UUID that is called as the collection, or as the parameter of the path"
		}
		if isIt, reason := p.isByForm(t, c, l); isIt {
			found, why = append(found, l), reason
		}
	}
	return found, why
}

// isByForm tells whether a value has a form that only the concept has, and which.
func (p *proposer) isByForm(t *thing, c *concept, l leaf) (isIt bool, why string) {
	isNotify := hasWord(l.path, []string{"notify", "notification"})
	switch c.name {
	case "role":
		return isRoles(l.schema), "the only property with the names of the roles"
	case "id":
		return t.name != auditEvent && l.isID() && (l.demanded || len(l.path) == 1), "the only UUID"
	case "notification_email":
		return l.format == "email" && isNotify, "the only e-mail address for notifications"
	case "email":
		return l.format == "email" && l.demanded && !l.nullable && !isNotify, "the only e-mail address by its format that is always there"
	case "time":
		return l.format == "date-time", "the only time"
	}
	return p.isByUse(t, c, l)
}

// isByUse is isByForm for what is told by words or by other routes, too.
func (p *proposer) isByUse(t *thing, c *concept, l leaf) (isIt bool, why string) {
	switch c.name {
	case "link":
		degree, _ := likestOf(l.path, linkPhrases)
		return l.format == "uri" && degree == likeSame, "an address by its format, and a link by its name"
	case "members":
		return memberFormOf(l.schema).isCertain && p.isChanged(t, l), "the only list of members, and a route takes it by its name"
	case "required_approvals":
		return l.says(openapi3.TypeInteger) && hasWord(l.path, approvalWords), "the only number about approvals"
	case "signing_policies":
		lists := countFunc(t.leaves, func(l leaf) bool { return l.isList() })
		return lists == 1 && p.arePolicies(l), "the only list of objects, with a property of signing policies that addresses them"
	case "slug":
		return p.isInPath(t, l), "the parameter of the path is called so"
	}
	return false, ""
}

// approvalWords are about how many have to approve.
var approvalWords = []string{"approval", "approver", "quorum", "vote", "reviewer", "review"}

// isIDOf tells whether a UUID is called as the parameter of the path, or as one of the
// collection: personId of People.
func isIDOf(t *thing, l leaf) bool {
	if len(t.base) < 2 {
		return false // There is one of it, or a list alone.
	}
	name, collection := words(l.last()), words(t.base[len(t.base)-2])
	of := slices.DeleteFunc(slices.Clone(name), func(word string) bool { return slices.Contains(idPhrases, word) })
	isOfCollection := len(of) > 0 && len(of) < len(name) && (slices.Equal(of, collection) || isEnd(collection, of))
	return isOfCollection || len(name) > 1 && slices.Equal(name, words(strings.Trim(t.base[len(t.base)-1], "{}")))
}

// isChanged tells whether a route about the object takes a list of members by the same name,
// or is called so and takes nothing but one.
func (p *proposer) isChanged(t *thing, l leaf) bool {
	return slices.ContainsFunc(p.below(t.base), func(o *operation) bool {
		if o.request == nil {
			return false
		}
		isCalled := memberFormOf(o.request) != nil && len(o.segments) > len(t.base) && strings.EqualFold(o.segments[len(o.segments)-1], l.last())
		return isCalled || slices.ContainsFunc(leavesOf(o.request), func(r leaf) bool { return r.last() == l.last() && memberFormOf(r.schema) != nil })
	})
}

// isInPath tells whether a value is called as the parameter of the path that addresses the
// object, or as the end of it: {gateKey} and key.
func (p *proposer) isInPath(t *thing, l leaf) bool {
	variable := words(strings.Trim(t.base[len(t.base)-1], "{}"))
	name := words(l.last())
	return l.isText() && len(l.path) == 1 && (slices.Equal(variable, name) || isEnd(variable, name)) && !slices.Equal(name, []string{"name"})
}

// arePolicies tells whether the objects in a list have what addresses signing policies.
func (p *proposer) arePolicies(l leaf) bool {
	t := p.things[policy]
	if t == nil {
		return false
	}
	slug := t.answer["slug"]
	return l.isList() && slug != nil && l.items.properties[slug.last()] != nil && common(l.items, answerOf(t.calls["read"])) >= 2
}

// nameByCreate is the one text that a create demands and that answers always have.
func (p *proposer) nameByCreate(t *thing, c *concept) (found *leaf, why string) {
	create := t.calls["create"]
	if create == nil || create.request == nil {
		return nil, ""
	}
	texts := countFunc(leavesOf(create.request), func(r leaf) bool { return r.demanded && r.isText() && !isAddress(r) })
	addresses := countFunc(leavesOf(create.request), func(r leaf) bool { return r.demanded && isAddress(r) })
	if texts != 1 || t.name == user && addresses != 1 {
		return nil, "" // It may be what another text is, too: not all addresses are described as such.
	}
	all := slices.DeleteFunc(t.candidates(c), func(l leaf) bool {
		isDemanded := func(r leaf) bool { return r.demanded && r.isText() && r.last() == l.last() }
		return !l.isText() || isAddress(l) || !slices.ContainsFunc(leavesOf(create.request), isDemanded)
	})
	if len(all) != 1 || p.isNoName(t, c, all[0]) {
		return nil, ""
	}
	return &all[0], "the only text that a create demands, and no address"
}

// isNoName tells whether the words of a text are those of something else, or another text has those
// of a name.
func (p *proposer) isNoName(t *thing, c *concept, found leaf) bool {
	isLike := func(l leaf, phrases []string) bool {
		degree, _ := likestOf(l.path, phrases)
		return degree >= likeNearly
	}
	isRival := func(l leaf) bool { return l.isText() && l.String() != found.String() && isLike(l, namePhrases) }
	isOther := isLike(found, slices.Concat(slugPhrases, []string{"identity", "login", "account", "subject", "principal"})) && !isLike(found, namePhrases)
	return isOther || slices.ContainsFunc(t.candidates(c), isRival)
}

// placeAsElsewhere takes what another thing has by the same name and of the same form. It does
// not take what decides about access, and from what is not sure, something not sure.
func (p *proposer) placeAsElsewhere(t *thing) {
	for _, c := range t.missing() {
		isOver := c.isOptional && t.isSettled && !p.isOpen(t, c)
		for _, name := range things[:5] {
			if other := p.things[name]; other != nil && other != t && t.name != auditEvent && other.answer[c.name] != nil && t.answer[c.name] == nil {
				t.putAsIn(other, c, isOver)
			}
		}
	}
}

// putAsIn takes for a concept what is called as in another thing, and of the same form.
func (t *thing) putAsIn(other *thing, c *concept, isOver bool) {
	from := other.answer[c.name]
	for _, l := range t.candidates(c) {
		if !slices.Equal(l.path, from.path) || !slices.Equal(l.types, from.types) || encode(l.values) != encode(from.values) {
			continue
		}
		g := from.grade
		isTurned := c.shape == shapeFlag && l.last() != c.answered // True may mean the opposite here.
		if (c.decides && c.shape != shapeState || isTurned) && g == sure {
			g = likely
		}
		if g != sure && isOver { // A person has said that there is none.
			return
		}
		t.put(c, l, g, "as in "+other.name)
		t.answer[c.name].negated = from.negated
		return
	}
}

// A guess is a value that is like a concept.
type guess struct {
	concept *concept
	leaf
	degree  int
	phrase  string
	negated bool
}

func (p *proposer) guesses(t *thing) []guess {
	var all []guess
	for _, c := range t.missing() {
		if c.shape == shapeRole && t.countRoles() > 1 || c.isOptional && t.isSettled && !p.isOpen(t, c) {
			continue
		}
		for _, l := range t.candidates(c) {
			if c.decides && hasWord(l.path, others) {
				continue
			}
			degree, phrase := likestOf(l.path, append([]string{strings.Join(words(c.answered), " ")}, c.phrases...))
			negated := c.shape == shapeFlag && hasWord(l.path, negations)
			if degree == 0 && negated {
				degree, phrase = likestOf(withoutNegation(l.path), c.phrases)
			}
			if degree > 0 {
				all = append(all, guess{c, l, degree, phrase, negated})
			}
		}
	}
	return all
}

// countRoles is how many enumerations of the roles the answer has, but for those of what was.
func (t *thing) countRoles() int {
	return countFunc(t.leaves, func(l leaf) bool { return isRoles(l.schema) && !hasWord(l.path, others) })
}

// withoutNegation is a path without the words that turn its meaning round.
func withoutNegation(path []string) []string {
	var result []string
	for _, name := range path {
		kept := slices.DeleteFunc(words(name), func(word string) bool { return slices.Contains(negations, word) })
		result = append(result, strings.Join(kept, " "))
	}
	return result
}

// placeByLikeness takes, again and again, what is most like a concept that is most like it.
// Where two are as like, neither is taken.
func (p *proposer) placeByLikeness(t *thing) {
	for {
		all := p.guesses(t)
		best := slices.IndexFunc(all, func(g guess) bool {
			return !slices.ContainsFunc(all, func(other guess) bool {
				isSame := other.concept == g.concept && slices.Equal(other.path, g.path)
				isRival := other.concept == g.concept || other.holds(g.leaf) || g.holds(other.leaf)
				return isRival && !isSame && other.degree >= g.degree
			})
		})
		if best < 0 {
			return
		}
		g := all[best]
		t.put(g.concept, g.leaf, likely, fmt.Sprintf("by its name, which is like %q", g.phrase))
		t.answer[g.concept.name].negated = g.negated
	}
}

// placeByElimination takes what is left for the one concept that is left of its form, and leaves
// it to a person to confirm.
func (p *proposer) placeByElimination(t *thing) {
	for _, c := range t.missing() {
		if c.isOptional {
			continue
		}
		rivals := slices.ContainsFunc(t.missing(), func(other *concept) bool {
			return other != c && !other.isOptional && slices.ContainsFunc(t.candidates(other), func(l leaf) bool {
				return c.fits(l.schema) && isSolid(c, l) && isSolid(other, l)
			})
		})
		left := slices.DeleteFunc(t.candidates(c), func(l leaf) bool { return !isSolid(c, l) })
		if rivals || len(left) != 1 || c.decides && hasWord(left[0].path, others) {
			continue
		}
		t.put(c, left[0], likely, "the only one left that could be it")
	}
}

// isSolid tells whether the document says of a value what the concept has to be, and not only
// nothing against it.
func isSolid(c *concept, l leaf) bool {
	switch c.shape {
	case shapeMembers:
		return memberFormOf(l.schema).isCertain
	case shapePolicies:
		return l.isList()
	case shapeText, shapeEmail:
		return (l.isText() || l.format == "email") && l.demanded && !l.nullable
	case shapeRole:
		return len(l.values) >= 4 && len(l.values) <= 12
	case shapeID:
		return l.isID()
	}
	return len(l.types) > 0 && (c.shape != shapeState || l.says(openapi3.TypeBoolean) || isStates(l.schema))
}
