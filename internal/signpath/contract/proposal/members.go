package proposal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// A memberForm is how a list names its members, as a document describes it.
type memberForm struct {
	form mapping.MembersForm
	// id and kind are where an object has them; kind is nil if it has none, and kinds are its
	// values then.
	id, kind []string
	kinds    []any
	// arrays are the names of those of a list per kind, sorted, and each is their form.
	arrays []string
	each   *memberForm
	// isCertain says that the members are ids by their format, and not by their place alone.
	isCertain bool
}

// memberFormOf tells how a value names members; nil if it is no list of any.
func memberFormOf(s *schema) *memberForm {
	if s.items != nil && s.is(openapi3.TypeArray) {
		return memberItems(s.items)
	}
	if !s.isObject() || len(s.properties) > len(kinds) || s.places < 2 && !s.isMembers && !areKinds(s.names()) {
		return nil
	}
	return memberArrays(s)
}

// memberArrays tells how an object names members that has an array for each kind.
func memberArrays(s *schema) *memberForm {
	form := &memberForm{form: mapping.FormPerKind, arrays: s.names()}
	for _, name := range form.arrays {
		if !form.addArray(s.properties[name].items) {
			return nil
		}
	}
	if len(form.arrays) < 2 || !form.isCertain {
		return nil
	}
	return form
}

// addArray takes in what the array of one kind holds. It returns false if that is no members, or in
// another form than those of other kinds.
func (f *memberForm) addArray(items *schema) bool {
	if items == nil {
		return false
	}
	each := memberItems(items)
	if each == nil || each.kind != nil || f.each != nil && (f.each.form != each.form || !slices.Equal(f.each.id, each.id)) {
		return false
	}
	f.each, f.isCertain = each, each.isCertain
	return true
}

// certain tells whether the members are ids for certain. What is no list of members is none.
func (f *memberForm) certain() bool { return f != nil && f.isCertain }

// areKinds tells whether names are, each by another word, those of kinds of principals.
func areKinds(names []string) bool {
	found := map[string]bool{}
	for _, name := range names {
		kind := wordKind(name)
		if kind == "" || found[kind] {
			return false
		}
		found[kind] = true
	}
	return len(found) > 1
}

// wordKind is the kind of principals that a name has a word for, and no other.
func wordKind(name string) string {
	var like []string
	for _, k := range kinds {
		if hasWord([]string{name}, kindWords[k]) {
			like = append(like, k)
		}
	}
	switch {
	case slices.Contains(like, ciUser): // A service account is an account, too.
		return ciUser
	case len(like) == 1:
		return like[0]
	}
	return ""
}

// memberItems tells how the items of a list name members.
func memberItems(items *schema) *memberForm {
	switch {
	case items.isID(), items.says(openapi3.TypeString) && items.isObject(): // Either will do, as in what is assumed.
		return &memberForm{form: mapping.FormIDs, isCertain: true}
	case items.isText() && items.format == "":
		return &memberForm{form: mapping.FormIDs}
	case !items.isObject():
		return nil
	}
	return memberObjects(items)
}

// memberObjects tells how objects name members: by the one id in each. An object with a slug is a
// project, a signing policy or the like.
func memberObjects(items *schema) *memberForm {
	if len(items.properties) > 6 || slices.ContainsFunc(items.names(), func(name string) bool { return fold(name) == "slug" }) {
		return nil
	}
	form := &memberForm{form: mapping.FormObjects, isCertain: true}
	for _, l := range leavesOf(items) {
		switch {
		case l.isID() && form.id == nil:
			form.id = l.path
		case l.isID():
			return nil // Which of several ids is the member's, nothing tells.
		case l.items != nil:
			return nil // What has lists of its own is no member.
		case len(l.values) >= 2 && len(l.values) <= len(kinds) && form.kind == nil:
			form.kind, form.kinds = l.path, l.values
		}
	}
	if form.id == nil {
		return nil
	}
	return form
}

// kinds are the principals, in the order of the format.
var kinds = []string{user, ciUser, group}

// What names a kind of principals: the assumed names, and words that are like one.
var (
	kindNames = map[string][]string{user: {"interactiveuser", "user"}, ciUser: {"ciuser"}, group: {"usergroup", "group"}}
	kindWords = map[string][]string{
		user:   {"user", "person", "human", "member", "employee", "account", "interactive", "individual"},
		ciUser: {"ci", "robot", "machine", "service", "bot", "technical", "automation", "system", "pipeline", "agent", "application", "app"},
		group:  {"group", "team", "crew", "squad", "unit"},
	}
)

// matchKinds says which of the names stands for which kind of principals, by kind. A name of
// the collection of that kind, or an assumed one, is sure. It returns nil if nothing tells, or
// more than one thing.
func (p *proposer) matchKinds(names []string) (byKind map[string]string, isSure bool) {
	byKind, isSure = map[string]string{}, true
	for _, name := range names {
		kind, sure := p.kindNamed(name, names)
		if kind == "" || byKind[kind] != "" {
			return nil, false
		}
		byKind[kind], isSure = name, isSure && sure
	}
	return byKind, isSure
}

func (p *proposer) kindNamed(name string, all []string) (kind string, isSure bool) {
	folded := foldKind(name)
	for _, k := range kinds {
		t := p.things[k]
		isOwn := t != nil && len(t.base) > 1 && foldKind(t.base[len(t.base)-2]) == folded && t.isSure
		if isOwn || slices.Contains(kindNames[k], folded) && (folded != "user" || len(all) >= len(kinds)) {
			return k, true
		}
	}
	return wordKind(name), false
}

// A grade is how well a proposal stands.
type grade int

const (
	sure grade = iota
	likely
	asked
)

// formText writes a form of members; "" if it is the assumed one. The question is what has to be
// filled in, if anything.
func (p *proposer) formText(form *memberForm) (text string, g grade, why string) {
	switch {
	case form == nil: // A person says that it is a list of members, and the document does not.
	case form.form == mapping.FormObjects:
		return p.objectsText(form)
	case form.form == mapping.FormPerKind:
		return p.perKindText(form)
	case form.form == mapping.FormSlugs:
		return flow(pair{"form", "slugs"}), likely, "the lists have texts without the form of ids, and users have a slug"
	}
	return "", sure, ""
}

func (p *proposer) objectsText(form *memberForm) (text string, g grade, why string) {
	pairs := []pair{{"form", "objects"}}
	if id := strings.Join(form.id, "."); id != "id" {
		pairs = append(pairs, pair{"id", yamlText(id)})
	}
	why = "the lists have objects, and " + strings.Join(form.id, ".") + " is the only UUID in one"
	g = sure
	of := slices.DeleteFunc(words(form.id[len(form.id)-1]), func(word string) bool { return slices.Contains(idPhrases, word) })
	if len(of) > 0 && !hasWord(of, memberWords) {
		g, why = likely, "the only UUID in an entry: is it that of the user or group?"
	}
	if form.kind == nil {
		return flow(pairs...), g, why
	}
	pairs = append(pairs, pair{"kind", yamlText(strings.Join(form.kind, "."))})
	byKind, isSure := p.matchKinds(texts(form.kinds))
	if byKind == nil {
		return flow(append(pairs, pair{"kinds", flow(pair{user, todo}, pair{ciUser, todo}, pair{group, todo})})...), asked,
			"Which of " + listOf(allTexts(form.kinds)) + " stands for a user, which for a CI user, and which for a group?"
	}
	var values []pair
	for _, k := range kinds {
		if name := byKind[k]; name != "" {
			values = append(values, pair{k, yamlText(name)})
		}
	}
	pairs = append(pairs, pair{"kinds", flow(values...)})
	if !isSure {
		return flow(pairs...), likely, "the kinds by their words"
	}
	return flow(pairs...), g, why + ", " + strings.Join(form.kind, ".") + " an enumeration of the kinds"
}

func (p *proposer) perKindText(form *memberForm) (text string, g grade, why string) {
	pairs := []pair{{"form", "per_kind"}}
	byKind, isSure := p.matchKinds(form.arrays)
	if byKind == nil {
		for _, k := range kinds[:len(form.arrays)] {
			pairs = append(pairs, pair{k, todo})
		}
		return flow(pairs...), asked, "Which of the arrays " + listOf(form.arrays) + " has users, which CI users and which groups?"
	}
	for _, k := range kinds {
		if name := byKind[k]; name != "" {
			pairs = append(pairs, pair{k, yamlText(name)})
		}
	}
	if each, _, _ := p.formText(form.each); each != "" {
		pairs = append(pairs, pair{"each", each})
	}
	if !isSure {
		return flow(pairs...), likely, "the kinds by the words in the names of the arrays"
	}
	return flow(pairs...), sure, "the lists have an array for each kind, named as the kinds are"
}

// A placedList is a list of members of a thing.
type placedList struct {
	*thing
	*concept
	*place
}

// lists are all lists of members whose places are known.
func (p *proposer) lists() []placedList {
	var found []placedList
	for _, name := range things {
		if t := p.things[name]; t != nil {
			for _, c := range concepts[name] {
				if at := t.answer[c.name]; at != nil && c.shape == shapeMembers {
					found = append(found, placedList{t, c, at})
				}
			}
		}
	}
	return found
}

// proposeForms says how most lists name members, and what the server writes for roles.
func (p *proposer) proposeForms() {
	for _, name := range []string{user, ciUser} {
		if t := p.things[name]; t != nil && t.answer["role"] != nil {
			p.rolesAt = t.answer["role"].schema
			p.proposeRoles(t.answer["role"].leaf)
			break
		}
	}
	p.bySlugs = p.areSlugs()
	counts, best := map[string]int{}, 0
	grades := map[string]grade{}
	whys := map[string]string{}
	lists := p.lists()
	for _, l := range lists {
		text, g, why := p.formText(p.formOfList(l.schema))
		counts[text]++
		grades[text], whys[text] = g, why
	}
	for _, l := range lists {
		if text, _, _ := p.formText(p.formOfList(l.schema)); counts[text] > best {
			p.commonForm, best = text, counts[text]
		}
	}
	if line := p.file.find([]string{"members", "answer"}); line != nil && line.value != todo {
		p.commonForm = statedForm(line.value)
		if form := p.known.Members.Answer; form != nil && form.Form == mapping.FormSlugs {
			p.proposeSlugs()
		}
		return
	}
	if len(lists) == 0 && p.bySlugs {
		p.commonForm, grades, whys = p.slugsForm()
	}
	if p.commonForm == "" {
		return
	}
	p.stateForm([]string{"members", "answer"}, p.commonForm, grades[p.commonForm], whys[p.commonForm])
	if p.bySlugs {
		p.proposeSlugs()
	}
}

// slugsForm is the form of lists of slugs, where the place of no list is known.
func (p *proposer) slugsForm() (text string, grades map[string]grade, whys map[string]string) {
	text, g, why := p.formText(&memberForm{form: mapping.FormSlugs})
	return text, map[string]grade{text: g}, map[string]string{text: why}
}

// statedForm is a form that a file states, or empty for the assumed one.
func statedForm(text string) string {
	if text == idsText {
		return ""
	}
	return text
}

// idsText is the assumed form.
var idsText = flow(pair{"form", string(mapping.FormIDs)})

// stateForm states a form, in which something may be left open.
func (p *proposer) stateForm(path []string, text string, g grade, why string) {
	if g == asked {
		p.file.add(fact{path: path, value: text, behind: why, isOpen: true})
		return
	}
	p.stateOrMark(g, path, text, why)
}

// formOfList is the form of a list, of which texts may be slugs.
func (p *proposer) formOfList(s *schema) *memberForm {
	form := memberFormOf(s)
	if form != nil && form.form == mapping.FormIDs && !form.isCertain && p.bySlugs {
		return &memberForm{form: mapping.FormSlugs}
	}
	return form
}

// areSlugs tells whether lists have plain texts, where the document says of ids that they are
// UUIDs.
func (p *proposer) areSlugs() bool {
	t := p.things[user]
	if t == nil || t.answer["id"] == nil || !t.answer["id"].isID() {
		return false
	}
	areTexts := func(s *schema) bool {
		form := memberFormOf(s)
		return form != nil && form.form == mapping.FormIDs && !form.isCertain
	}
	if slices.ContainsFunc(p.lists(), func(l placedList) bool { return areTexts(l.schema) }) {
		return true
	}
	g := p.things[group]
	if g == nil || len(memberLists(answerOf(g.calls["read"]))) > 0 {
		return false
	}
	return slices.ContainsFunc(g.leaves, func(l leaf) bool { return areTexts(l.schema) && p.isChanged(g, l) })
}

// proposeSlugs says where principals have the text by which lists name them.
func (p *proposer) proposeSlugs() {
	isFirst := true
	for _, name := range kinds {
		t := p.things[name]
		if t == nil {
			continue
		}
		like, texts := t.slugs(p.known.Things[thingOf(name)])
		path := []string{name, "answer", "slug"}
		switch {
		case len(like) == 1:
			t.answer["slug"] = &place{leaf: like[0]}
			p.mark(path, yamlText(like[0].String()), "by its name; lists name members by a text")
		case len(texts) > 0 && isFirst:
			p.ask(path, "By which of these do lists of members name one: "+listOf(texts)+"?", "lists have texts that are no ids")
			isFirst = false
		case len(texts) > 0:
			p.askAlong(path, "By which of these do lists of members name one: "+listOf(texts)+"?")
		}
	}
}

// slugs are the texts of a principal that may be its slug, and those that are like one by their
// names. One that is stated is the only one.
func (t *thing) slugs(known *mapping.ThingMapping) (like []leaf, texts []string) {
	for _, l := range t.leaves {
		if !l.isText() {
			continue
		}
		if known != nil && slices.Equal(l.path, known.Answer["slug"].Path) {
			return []leaf{l}, nil
		}
		texts = append(texts, l.String())
		if degree, _ := likestOf(l.path, slugPhrases); degree >= likeNearly && !l.nullable {
			like = append(like, l)
		}
	}
	return like, texts
}

// listForm is the form of one list, where it is another one than that of most.
func (p *proposer) listForm(at *place) (form []pair, g grade, why string) {
	if at.nullable {
		form, g, why = append(form, pair{"null", "empty"}), likely, "the document lets it be null: is nobody in it then?"
	}
	text, formGrade, formWhy := p.formText(p.formOfList(at.schema))
	if text == p.commonForm {
		return form, g, why
	}
	if formGrade == asked {
		return nil, asked, formWhy + " Write {path: " + clean(at.String()) + ", members: " + text + "}"
	}
	if text == "" {
		text = idsText
	}
	return append(form, pair{"members", text}), max(g, formGrade), strings.Trim(why+"; "+formWhy, "; ")
}

// memberWords are what an id of a member may be called after.
var memberWords = []string{"principal", "member", "user", "account", "subject", "person", "identity", "party", "holder", "grantee", "entity"}

// maxNamed is how many a question names.
const maxNamed = 15

// listOf names several in backticks.
func listOf(names []string) string {
	var quoted []string
	for _, name := range names[:min(len(names), maxNamed)] {
		quoted = append(quoted, "`"+clean(name)+"`")
	}
	if more := len(names) - maxNamed; more > 0 {
		quoted = append(quoted, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(quoted, ", ")
}
