package proposal

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A thing is what a document has of one thing of the format.
type thing struct {
	name string
	// base is the path of one object: People, {id}.
	base []string
	// isSure says that its form or its assumed path tells what it is.
	isSure bool
	why    string
	// calls are the operations that were found, by their names in the format; used are all
	// that stand for something.
	calls map[string]*operation
	used  map[*operation]bool
	// sets are those that change one concept alone, as a person has said, by the concept.
	sets map[string]*operation
	// answer are where the concepts are, by name.
	answer map[string]*place
	leaves []leaf
	// isSettled says that a person was asked for what may be nowhere, and answered.
	isSettled bool
}

// A place is where an answer has a concept.
type place struct {
	leaf
	grade
	why string
	// negated says that true means the opposite.
	negated bool
	// known is true if a person has said so.
	known bool
}

// assumedBase are the paths that are assumed, of one object or of all.
var assumedBase = map[string][]string{
	user: {"InteractiveUsers", "{id}"}, ciUser: {"CIUsers", "{id}"}, group: {"UserGroups", "{id}"}, project: {"Projects", "{project}"},
	policy: {"Projects", "{project}", "SigningPolicies", "{policy}"}, organization: {"Organization"}, auditEvent: {"AuditLog", "Events"},
}

// words by which a collection may be known.
var thingWords = map[string][]string{
	user: kindWords[user], ciUser: kindWords[ciUser], group: kindWords[group], project: {"project", "product", "repository"},
	policy: {"policy", "signing"}, organization: {"organization", "tenant", "account", "company"}, auditEvent: {"audit", "event", "log", "journal", "history"},
}

var thingQuestions = map[string]string{
	user:   "Which of these are the people who sign in to the web application",
	ciUser: "Which of these are the CI users, which have a token and no e-mail address to sign in with",
	group:  "Which of these are the groups of users", project: "Which of these are the projects", policy: "Which of these are the signing policies of a project",
	organization: "Which of these tells of the organization itself, with its yearly quota", auditEvent: "Which of these is the log of administrative events",
}

// collections are the paths of single objects that can be read, in the order of the document.
func (d *document) collections(depth int) [][]string {
	var found [][]string
	for _, o := range d.operations {
		n := len(o.segments)
		variables := 0
		for _, segment := range o.segments {
			if isVariable(segment) {
				variables++
			}
		}
		if o.version == "v1" && o.method == http.MethodGet && n > 1 && isVariable(o.segments[n-1]) && !isVariable(o.segments[n-2]) && variables == depth &&
			o.answer != nil && o.answer.isObject() && !isVariable(o.segments[0]) {
			found = append(found, o.segments)
		}
	}
	return found
}

// identify finds out which paths are which things.
func (p *proposer) identify() {
	top, nested := p.document.collections(1), p.document.collections(2)
	p.settleStated()
	p.identifyProjects(top, nested)
	p.identifyPrincipals(p.remaining(top))
	p.identifySingle(organization, p.organizations)
	p.identifySingle(auditEvent, p.eventLogs)
	for _, name := range things {
		p.askFor(name)
	}
}

// settleStated takes what a person has said, or what is at the assumed path.
func (p *proposer) settleStated() {
	for _, name := range []string{user, ciUser, group, project, policy} {
		if base := p.statedBase(name); base != nil {
			p.be(name, base, true, "")
		} else if o := p.document.at(http.MethodGet, assumedBase[name]); o != nil && o.answer != nil && !p.isTaken(o.segments) {
			p.be(name, o.segments, true, "")
		}
	}
}

// statedBase is the path of a read that the file states.
func (p *proposer) statedBase(name string) []string {
	m := p.known.Things[thingOf(name)]
	if m == nil || m.Read == nil || m.Read.Path == "" {
		return nil
	}
	segments := strings.Split(strings.Trim(m.Read.Path, "/"), "/")
	if o := p.document.at(http.MethodGet, segments); o != nil {
		return o.segments
	}
	return nil
}

func (p *proposer) be(name string, base []string, isSure bool, why string) {
	p.things[name] = &thing{
		name: name, base: base, isSure: isSure, why: why, calls: map[string]*operation{}, used: map[*operation]bool{},
		sets: map[string]*operation{}, answer: map[string]*place{},
	}
}

func (p *proposer) isTaken(base []string) bool {
	for _, t := range p.things {
		if t.name != organization && t.name != auditEvent && matches(t.base, base) {
			return true
		}
	}
	return false
}

func (p *proposer) remaining(bases [][]string) [][]string {
	return slices.DeleteFunc(slices.Clone(bases), p.isTaken)
}

// answerAt is what the read of a path answers.
func (p *proposer) answerAt(base []string) *schema { return p.document.at(http.MethodGet, base).answer }

// memberLists are the lists in an object that have members for certain.
func memberLists(s *schema) []leaf {
	return slices.DeleteFunc(leavesOf(s), func(l leaf) bool {
		form := memberFormOf(l.schema)
		return form == nil || !form.isCertain
	})
}

// identifyProjects finds the signing policies, by their lists of members, and the projects
// that they are in.
func (p *proposer) identifyProjects(top, nested [][]string) {
	if p.things[policy] == nil {
		within := func(base []string) bool {
			return p.things[project] == nil || matches(base[:len(p.things[project].base)], p.things[project].base)
		}
		isPolicy := func(base []string) bool { return within(base) && len(memberLists(p.answerAt(base))) >= 2 }
		candidates := slices.DeleteFunc(p.remaining(nested), func(base []string) bool { return !within(base) })
		policies := slices.DeleteFunc(slices.Clone(candidates), func(base []string) bool { return !isPolicy(base) })
		switch {
		case len(policies) == 1:
			p.be(policy, policies[0], true, "the only objects in others that have two lists of members")
		case len(candidates) > 0:
			p.askThing(policy, candidates)
		}
	}
	if p.things[project] == nil && p.things[policy] != nil {
		for _, base := range top {
			if len(base) < len(p.things[policy].base) && matches(p.things[policy].base[:len(base)], base) {
				p.be(project, base, true, "the signing policies are in them")
			}
		}
	}
	if p.things[project] == nil && len(p.remaining(top)) > 0 {
		p.askThing(project, p.remaining(top))
	}
}

func (p *proposer) identifyPrincipals(candidates [][]string) {
	if p.things[group] == nil {
		groups := slices.DeleteFunc(slices.Clone(candidates), func(base []string) bool {
			return len(memberLists(p.answerAt(base))) == 0 || p.hasRole(base)
		})
		switch {
		case len(groups) == 1:
			p.be(group, groups[0], true, "the only objects with members, and without a role")
		case !p.identifyByWords(group, candidates):
			p.askThing(group, candidates)
		}
	}
	candidates = p.remaining(candidates)
	switch {
	case p.things[user] != nil && p.things[ciUser] != nil:
	case p.things[user] == nil && p.things[ciUser] == nil:
		p.identifyBoth(candidates)
	default:
		p.identifyOther(candidates)
	}
}

// hasRole tells whether an object has a global role.
func (p *proposer) hasRole(base []string) bool {
	return slices.ContainsFunc(leavesOf(p.answerAt(base)), func(l leaf) bool { return isRoles(l.schema) })
}

// withRole are those candidates that have a role, or all if none has a role that is known.
func (p *proposer) withRole(candidates [][]string) [][]string {
	some := slices.DeleteFunc(slices.Clone(candidates), func(base []string) bool { return !p.hasRole(base) })
	if len(some) > 0 {
		return some
	}
	return candidates
}

// identifyOther finds the one of users and CI users that is missing.
func (p *proposer) identifyOther(candidates [][]string) {
	name := user
	if p.things[user] != nil {
		name = ciUser
	}
	candidates = p.withRole(candidates)
	if len(candidates) == 1 && p.hasRole(candidates[0]) {
		p.be(name, candidates[0], true, "the only other objects with a global role")
	} else if len(candidates) == 1 && p.sharesRole(name, candidates[0]) {
		p.be(name, candidates[0], true, "the only other objects with the same enumeration, which is that of the roles")
	} else if !p.identifyByWords(name, candidates) && len(candidates) > 0 {
		p.askThing(name, candidates)
	}
}

// sharesRole tells whether an object has an enumeration as long as that of the roles, which the
// other of users and CI users has at the same place.
func (p *proposer) sharesRole(name string, base []string) bool {
	other := p.things[user]
	if name == user {
		other = p.things[ciUser]
	}
	return slices.ContainsFunc(leavesOf(p.answerAt(base)), func(l leaf) bool {
		return len(l.values) >= 5 && slices.ContainsFunc(leavesOf(p.answerAt(other.base)), func(o leaf) bool {
			return slices.Equal(o.path, l.path) && encode(o.values) == encode(l.values)
		})
	})
}

// identifyBoth tells users from CI users: who signs in has an e-mail address, which a create
// demands, and more about it; who does not has a route for a token.
func (p *proposer) identifyBoth(candidates [][]string) {
	candidates = p.withRole(candidates)
	if len(candidates) != 2 {
		for _, name := range []string{user, ciUser} {
			if !p.identifyByWords(name, p.remaining(candidates)) && len(candidates) > 0 {
				p.askThing(name, candidates)
			}
		}
		return
	}
	people, robots := candidates[0], candidates[1]
	votes := votesFor(p.signsOfUser(people), p.signsOfUser(robots))
	if votes[1] > votes[0] {
		people, robots = robots, people
		votes[0], votes[1] = votes[1], votes[0]
	}
	isCalledOtherwise := hasWord(people, kindWords[ciUser]) || hasWord(robots, kindWords[user]) && !hasWord(robots, kindWords[ciUser])
	if votes[0] < 2 || votes[1] > 0 || isCalledOtherwise {
		if isCalledOtherwise || !p.identifyByWords(user, candidates) || !p.identifyByWords(ciUser, p.remaining(candidates)) {
			delete(p.things, user)
			delete(p.things, ciUser)
			p.askThing(user, candidates)
			p.askThing(ciUser, candidates)
		}
		return
	}
	p.be(user, people, true, "a create demands an address, or there is more to set than of the others with a role")
	p.be(ciUser, robots, true, "the others with a role, with a route for a token or without an address")
}

// votesFor counts the signs that are greater on either side.
func votesFor(a, b [4]int) (votes [2]int) {
	for i := range a {
		switch {
		case a[i] > b[i]:
			votes[0]++
		case a[i] < b[i]:
			votes[1]++
		}
	}
	return votes
}

// signsOfUser are counts that are greater for users than for CI users.
func (p *proposer) signsOfUser(base []string) [4]int {
	var signs [4]int
	create := p.createOf(base)
	if create != nil {
		for _, l := range leavesOf(create.request) {
			if l.demanded && isAddress(l) {
				signs[0]++
			}
			if l.demanded && l.isText() {
				signs[1]++
			}
		}
	}
	for _, l := range leavesOf(p.answerAt(base)) {
		if l.says(openapi3.TypeBoolean) {
			signs[2]++
		}
	}
	signs[3] = 1
	if p.tokenOf(base) != nil {
		signs[3] = 0
	}
	return signs
}

// isAddress tells whether a value is an e-mail address, by its format or its name.
func isAddress(l leaf) bool {
	return l.format == "email" || l.isText() && hasWord(l.path, []string{"mail"})
}

// identifyByWords marks the one candidate whose path has a word for the thing.
func (p *proposer) identifyByWords(name string, candidates [][]string) bool {
	like := slices.DeleteFunc(slices.Clone(candidates), func(base []string) bool { return !hasWord(base[max(0, len(base)-2):], thingWords[name]) })
	if len(like) != 1 {
		return false
	}
	p.be(name, like[0], false, "by the words in its path")
	return true
}

// askThing notes that it has to be asked which of the paths a thing is.
func (p *proposer) askThing(name string, candidates [][]string) {
	if p.doubts == nil {
		p.doubts = map[string][][]string{}
	}
	p.doubts[name] = candidates
}

// askFor asks which of the paths a thing is, if that is in doubt, and names those that stand for nothing else.
func (p *proposer) askFor(name string) {
	candidates := p.doubts[name]
	if left := p.remaining(candidates); len(left) > 0 {
		candidates = left
	}
	if len(candidates) == 0 || p.things[name] != nil {
		return
	}
	var routes []string
	for _, base := range candidates {
		routes = append(routes, "GET "+p.pathFor(name, base))
	}
	if path := []string{name, "read", "route"}; name == auditEvent {
		p.ask([]string{name, "list", "route"}, thingQuestions[name]+": "+listOf(routes)+"?", "nothing in the document tells which list has the events")
	} else {
		p.ask(path, thingQuestions[name]+": "+listOf(routes)+"?", "nothing in the document tells them apart")
	}
}

// organizations are what may tell of the organization.
func (p *proposer) organizations() (assumed *operation, candidates []*operation) {
	for _, o := range p.document.operations {
		if o.version != "v1" || o.method != http.MethodGet || slices.ContainsFunc(o.segments, isVariable) || o.answer == nil || !o.answer.isObject() {
			continue
		}
		if matches(o.segments, assumedBase[organization]) {
			return o, nil
		}
		numbers, times := 0, 0
		for _, l := range leavesOf(o.answer) {
			switch {
			case l.format == "date-time":
				times++
			case l.says(openapi3.TypeInteger):
				numbers++
			}
		}
		if numbers >= 2 && times >= 2 {
			candidates = append(candidates, o)
		}
	}
	return nil, candidates
}

// eventLogs are the lists that may be the log of administrative events.
func (p *proposer) eventLogs() (assumed *operation, candidates []*operation) {
	for _, o := range p.document.operations {
		if o.method != http.MethodGet || slices.ContainsFunc(o.segments, isVariable) || o.answer == nil {
			continue
		}
		if o.version == "v1-pre" && matches(o.segments, assumedBase[auditEvent]) {
			return o, nil
		}
		items := itemsOf(o.answer)
		isTime := func(l leaf) bool { return l.format == "date-time" }
		if items != nil && slices.ContainsFunc(leavesOf(items.items), isTime) && hasWord(o.segments, thingWords[auditEvent]) {
			candidates = append(candidates, o)
		}
	}
	return nil, candidates
}

// askLog asks which list with a time in each entry is the log, if there is one that stands for
// nothing else.
func (p *proposer) askLog() {
	var bases [][]string
	for _, o := range p.document.operations {
		isOther := func(t *thing) bool { return matches(o.segments, t.base[:max(1, len(t.base)-1)]) }
		if o.method != http.MethodGet || slices.ContainsFunc(o.segments, isVariable) || o.answer == nil ||
			slices.ContainsFunc(slices.Collect(maps.Values(p.things)), isOther) {
			continue
		}
		items := itemsOf(o.answer)
		if items != nil && slices.ContainsFunc(leavesOf(items.items), func(l leaf) bool { return l.format == "date-time" }) {
			bases = append(bases, o.segments)
		}
	}
	p.askThing(auditEvent, bases)
}

// identifySingle settles a thing that one route is enough for.
func (p *proposer) identifySingle(name string, find func() (assumed *operation, candidates []*operation)) {
	assumed, candidates := find()
	call := "read"
	if name == auditEvent {
		call = "list"
	}
	if stated := p.stated(name, call); stated != nil {
		assumed = stated
	}
	switch {
	case assumed != nil:
		p.be(name, assumed.segments, true, "")
		p.things[name].calls[call] = assumed
	case len(candidates) == 1:
		p.be(name, candidates[0].segments, false, "by its form and the words in its path")
		p.things[name].calls[call] = candidates[0]
	case len(candidates) == 0 && name == auditEvent:
		p.askLog()
	case len(candidates) > 1:
		var bases [][]string
		for _, o := range candidates {
			bases = append(bases, o.segments)
		}
		p.askThing(name, bases)
	}
}
