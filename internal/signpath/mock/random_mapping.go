package mock

import (
	"math/rand/v2"
	"strings"
)

// RandomMapping returns the mapping file of a server that keeps every documented fact, and whose names, nesting, forms and routes
// are those of nobody: some as assumed, some as other engineers might call them, and some in words of no language.
func RandomMapping(random *rand.Rand) string {
	for {
		made := &randomMapping{random: random, said: fragment{}, taken: map[string]bool{}, words: map[string]string{}}
		made.make()
		if text := made.said.text(); text != "" {
			if _, err := New(DemoSeed(), WithMapping(text)); err == nil {
				return text
			}
		}
	}
}

// randomMapping is one that is being made.
type randomMapping struct {
	random *rand.Rand
	said   fragment
	// taken are the names that stand for something, in lower case, and words those that several things share, by their concepts.
	taken map[string]bool
	words map[string]string
}

func (m *randomMapping) chance(percent int) bool { return m.random.IntN(100) < percent }

func pick[T any](m *randomMapping, from ...T) T { return from[m.random.IntN(len(from))] }

// otherWords are what other engineers might call a concept.
var otherWords = map[string][]string{
	"name": {"displayName", "title", "fullName"}, "email": {"mail", "emailAddress"}, "notification_email": {"notifyTo", "notificationMail"},
	"identity": {"login", "externalIdentity"}, "role": {"globalRole", "accessLevel"}, "active": {"enabled", "isEnabled"},
	"description": {"notes", "comment"}, "members": {"memberIds", "groupMembers"}, "readers": {"viewers"}, "configurators": {"editors", "maintainers"},
	"submitters": {"requesters", "allowedSubmitters"}, "approvers": {"reviewers", "approvedBy"}, "required_approvals": {"quorum", "minApprovals"},
	"uses_approval_process": {"approvalRequired"}, "verifies_origin_policy": {"originChecked"},
	"verifies_trusted_build_system": {"trustedBuildRequired"}, "slug": {"key", "handle"}, "signing_policies": {"policies"},
}

// word is one of no language that nothing has yet.
func (m *randomMapping) word() string {
	for {
		word := ""
		for range 2 + m.random.IntN(2) {
			word += pick(m, "ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "zu") + pick(m, "", "", "l", "n", "r")
		}
		if !m.taken[word] {
			m.taken[word] = true
			return word
		}
	}
}

// segment is a word as paths have it.
func (m *randomMapping) segment() string {
	word := m.word()
	return strings.ToUpper(word[:1]) + word[1:]
}

// called is what a concept is called: mostly the same in all things.
func (m *randomMapping) called(name string) string {
	if known := m.words[name]; known != "" && m.chance(80) {
		return known
	}
	word := m.word()
	if others := otherWords[name]; others != nil && m.chance(40) {
		word = pick(m, others...)
	}
	m.words[name] = word
	return word
}

func (m *randomMapping) make() {
	if m.chance(50) {
		m.roles()
	}
	m.members()
	for _, t := range []thing{thingUser, thingCIUser, thingGroup, thingProject, thingPolicy} {
		m.answers(t)
	}
	m.projectRoutes()
	for _, t := range []thing{thingUser, thingCIUser, thingGroup} {
		m.principalRoutes(t)
	}
	for _, t := range []thing{thingUser, thingCIUser, thingGroup, thingProject} {
		m.list(t)
	}
	for _, t := range []thing{thingUser, thingCIUser, thingGroup, thingProject, thingPolicy} {
		m.bodies(t)
	}
}

func (m *randomMapping) roles() {
	numbers := m.random.Perm(90)
	areNumbers, areWords := m.chance(30), m.chance(50)
	for i, role := range Roles() {
		switch {
		case role == RoleRegularUser && m.chance(30):
			m.said.at("roles")[string(role)] = nil
		case areNumbers:
			m.said.at("roles")[string(role)] = numbers[i]
		case areWords:
			m.said.at("roles")[string(role)] = strings.ToUpper(m.word())
		default:
			m.said.at("roles")[string(role)] = strings.ToUpper(string(role))
		}
	}
}

// kindValues names the kinds of principals, each otherwise.
func (m *randomMapping) kindValues() fragment {
	values := fragment{"user": "Person", "ci_user": "Robot", "group": "Team"}
	if m.chance(50) {
		for _, k := range []string{"user", "ci_user", "group"} {
			values[k] = m.word()
		}
	}
	return values
}

// membersForm is a form of members.
func (m *randomMapping) membersForm() fragment {
	switch m.random.IntN(4) {
	case 0:
		return fragment{"form": membersObjects, "id": pick(m, "id", "principalId", m.word())}
	case 1:
		return fragment{"form": membersObjects, "id": pick(m, "id", "principalId"), "kind": m.word(), "kinds": m.kindValues()}
	case 2:
		form := m.kindValues()
		form["form"] = membersPerKind
		return form
	}
	return fragment{"form": membersSlugs}
}

func (m *randomMapping) members() {
	if m.chance(50) {
		return
	}
	form := m.membersForm()
	m.said.at("members")["answer"] = form
	switch {
	case form["form"] == membersSlugs:
		for _, t := range []thing{thingUser, thingCIUser, thingGroup} {
			m.said.at(string(t), "answer")["slug"] = m.called("slug")
		}
	case m.chance(30):
		m.said.at("members")["request"] = fragment{"form": membersIDs}
	}
}

// answers says where the answers about a thing have what.
func (m *randomMapping) answers(t thing) {
	groups := []string{m.word(), m.word()}
	for _, c := range concepts[t] {
		isFixed := c.isMadeUp || c.answer == "" || c.name == "id" || c.name == "link" || c.name == "status" || c.name == "origin_policy_verification"
		if isFixed || m.chance(50) {
			continue
		}
		path := m.called(c.name)
		if m.chance(25) {
			path = pick(m, groups...) + "." + path
		}
		m.said.at(string(t), "answer")[c.name] = m.placed(c, path)
	}
}

// placed is a place with a form, if the concept has one.
func (m *randomMapping) placed(c concept, path string) any {
	switch {
	case c.form == formTruth && m.chance(25):
		return fragment{"path": path, "when_true": false, "when_false": true}
	case c.form == formTruth && m.chance(25):
		return fragment{"path": path, "when_true": []any{m.word()}, "when_false": []any{m.word(), m.word()}}
	case c.form == formMembers && m.chance(15):
		return fragment{"path": path, "null": "empty"}
	case c.form == formPolicies && m.chance(40):
		return fragment{"path": path, "slug": m.word(), "name": m.word()}
	}
	return path
}

// at is where answers have a concept.
func (m *randomMapping) at(t thing, c concept) (path string, isMapped bool) {
	switch said := m.said.at(string(t), "answer")[c.name].(type) {
	case string:
		return said, true
	case fragment:
		path, _ = said["path"].(string)
		return path, true
	}
	return c.answer, false
}

func (m *randomMapping) route(t thing, call, method, path string) {
	m.said.at(string(t), call)["route"] = method + " " + path
}

// edit is a route of an edit of what is at a path.
func (m *randomMapping) edit(path string) (method, route string) {
	if m.chance(50) {
		return pick(m, "PUT", "PATCH"), path
	}
	return pick(m, "POST", "PUT"), path + "/" + m.segment()
}

func (m *randomMapping) projectRoutes() {
	projects := "/Projects"
	policies := projects + "/{project}/SigningPolicies"
	if m.chance(50) {
		projects = "/" + m.segment()
		policies = projects + "/{project}/" + m.segment()
		m.route(thingProject, callList, "GET", projects)
		m.route(thingProject, callRead, "GET", projects+"/{project}")
		m.route(thingPolicy, callRead, "GET", policies+"/{policy}")
	}
	if isMoved := projects != "/Projects"; isMoved || m.chance(30) {
		method, path := m.edit(projects + "/{project}")
		m.route(thingProject, callEdit, method, path)
		method, path = m.edit(policies + "/{policy}")
		m.route(thingPolicy, callEdit, method, path)
	}
	m.sets(thingProject, projects+"/{project}")
	m.sets(thingPolicy, policies+"/{policy}")
}

// sets gives some lists routes of their own.
func (m *randomMapping) sets(t thing, path string) {
	for _, c := range concepts[t] {
		if c.form != formMembers || !m.chance(15) {
			continue
		}
		at, _ := m.at(t, c)
		set := m.said.at(string(t), "set", c.name)
		set["route"] = "PUT " + path + "/" + m.segment()
		set["body"] = pick[any](m, "="+c.name, fragment{at[strings.LastIndex(at, ".")+1:]: "=" + c.name})
	}
}

func (m *randomMapping) principalRoutes(t thing) {
	base := "/" + map[thing]string{thingUser: "InteractiveUsers", thingCIUser: "CIUsers", thingGroup: "UserGroups"}[t]
	isMoved := m.chance(50)
	if isMoved {
		base = "/" + m.segment()
		m.route(t, callList, "GET", base)
		m.route(t, callRead, "GET", base+"/{id}")
		if t != thingGroup {
			m.route(t, callMe, "GET", base+"/"+pick(m, "Me", "Self", m.segment()))
		}
		m.route(t, callCreate, "POST", pick(m, base, base+"/"+m.segment()))
	}
	if isMoved || m.chance(30) {
		method, path := m.edit(base + "/{id}")
		m.route(t, callEdit, method, path)
	}
	one := base + "/{id}/"
	switch {
	case t == thingGroup:
		m.memberRoutes(one, isMoved)
		return
	case isMoved || m.chance(30):
		m.switches(t, one)
	}
	if m.chance(20) {
		at, _ := m.at(t, conceptRole)
		m.said.at(string(t), "set", "role")["route"] = pick(m, "PUT ", "POST ") + one + m.segment()
		m.said.at(string(t), "set", "role")["body"] = fragment{at[strings.LastIndex(at, ".")+1:]: "=role"}
	}
	m.verbs(t, one, isMoved)
}

// verbs are the routes that take nothing.
func (m *randomMapping) verbs(t thing, one string, isMoved bool) {
	if t == thingUser && isMoved && m.chance(70) {
		m.route(t, callReinvite, "POST", one+pick(m, "Invitation", m.segment()))
	}
	if t == thingCIUser && (isMoved || m.chance(30)) {
		m.route(t, callRegenerateToken, "POST", one+pick(m, "Token", m.segment()))
	}
	if t == thingCIUser && m.chance(50) {
		m.said.at(string(t), callRegenerateToken)["token"] = pick(m, m.word(), m.word()+"."+m.word())
	}
}

// switches are the routes that activate and deactivate: two, or one that takes a value.
func (m *randomMapping) switches(t thing, one string) {
	if m.chance(50) {
		m.route(t, callActivate, "POST", one+pick(m, "Enable", "Unlock", m.segment()))
		m.route(t, callDeactivate, "POST", one+pick(m, "Disable", "Lock", m.segment()))
		return
	}
	route, name := pick(m, "POST ", "PUT ")+one+m.segment(), m.word()
	var yes, no any = true, false
	at, _ := m.at(t, conceptActive)
	if said, isFormed := m.said.at(string(t), "answer")["active"].(fragment); isFormed && m.chance(70) {
		name, yes, no = at[strings.LastIndex(at, ".")+1:], said["when_true"], said["when_false"]
		yes, no = firstOf(yes), firstOf(no)
	}
	m.said.at(string(t))[callActivate] = fragment{"route": route, "body": fragment{name: yes}}
	m.said.at(string(t))[callDeactivate] = fragment{"route": route, "body": fragment{name: no}}
}

// firstOf is a value, or the first of several.
func firstOf(value any) any {
	if several, areSeveral := value.([]any); areSeveral {
		return several[0]
	}
	return value
}

func (m *randomMapping) memberRoutes(one string, isMoved bool) {
	at, isMapped := m.at(thingGroup, concept{name: "members", answer: propMembers})
	if isMoved || m.chance(30) {
		m.route(thingGroup, callChangeMembers, pick(m, "PUT", "POST"), one+m.segment())
	}
	switch {
	case m.chance(30):
		m.said.at(string(thingGroup), callChangeMembers)["body"] = "=members"
	case isMapped:
		m.said.at(string(thingGroup), callChangeMembers)["body"] = fragment{at[strings.LastIndex(at, ".")+1:]: "=members"}
	}
	switch {
	case m.chance(30):
		m.said.at(string(thingGroup))[callModifyMembers] = "none"
	case isMoved || m.chance(30):
		m.route(thingGroup, callModifyMembers, pick(m, "PATCH", "POST"), one+m.segment())
		m.said.at(string(thingGroup), callModifyMembers)["body"] = fragment{m.word(): "=added_members", m.word(): "=removed_members"}
	}
}

// list says where a list is and how it has pages.
func (m *randomMapping) list(t thing) {
	if m.chance(50) {
		return
	}
	list := m.said.at(string(t), callList)
	list["items"] = pick(m, "items", m.word(), "data."+m.word())
	page := fragment{}
	switch m.random.IntN(8) {
	case 0:
		page = fragment{"number": pick(m, "page", m.word()), "first": m.random.IntN(2), "size": "pageSize", "entries": 2}
	case 1:
		page = fragment{"skip": pick(m, "offset", m.word()), "size": "limit", "entries": 2, "total": m.word()}
	case 2:
		page = fragment{"token": pick(m, "cursor", m.word()), "next": pick(m, "next", "meta."+m.word())}
	case 3:
		page = fragment{"link": pick(m, "next", "Link", m.word()+"."+m.word()), "size": "limit", "entries": 2}
	}
	if len(page) > 0 {
		list["page"] = page
	}
}

// bodies says what requests that create and edit take: what answers have elsewhere, mostly where they have it.
func (m *randomMapping) bodies(t thing) {
	for _, call := range []string{callCreate, callEdit} {
		for _, property := range bodies[t][call] {
			c := conceptOf(t, property)
			at, isMapped := m.at(t, c)
			isApart := call == callEdit && m.said.at(string(t), "set")[c.name] != nil
			switch {
			case isApart, call == callCreate && c.name == "role", !isMapped && !m.chance(5):
			case m.chance(85):
				m.said.at(string(t), call, "body")[at] = "=" + c.name
			default:
				m.said.at(string(t), call, "body")[m.word()] = "=" + c.name
			}
		}
	}
	if bodies[t][callCreate] != nil {
		if m.chance(20) {
			m.said.at(string(t), callCreate, "body")[m.word()] = pick[any](m, true, m.word())
		}
		if m.chance(50) {
			m.said.at(string(t), callCreate)["id"] = pick(m, "id", m.word(), m.word()+".id")
		}
	}
	if m.chance(15) {
		stamp := m.word()
		m.said.at(string(t), callEdit, "body")[pick(m, stamp, m.word())] = "<" + stamp
	}
	m.prune(t)
}

// prune leaves out what was only looked at.
func (m *randomMapping) prune(t thing) {
	said := m.said.at(string(t))
	for _, name := range []string{"answer", "set"} {
		if inner, isMap := said[name].(fragment); isMap && len(inner) == 0 {
			delete(said, name)
		}
	}
	if len(said) == 0 {
		delete(m.said, string(t))
	}
}
