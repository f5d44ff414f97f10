package planreview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// accountEvents tells what happens to users, CI users and groups themselves.
func (m *model) accountEvents() []Event {
	found := []Event{}
	for _, i := range m.plan.managed {
		if _, ok := i.principal(); !ok {
			continue
		}
		sentences := append(accountSentences(m.plan.vocabulary, i), settingSentences(m.plan.vocabulary, i)...)
		switch {
		case i.changes() && m.plan.isLeft(i):
			sentences = []string{i.subject() + " stays: another resource has it"}
		case m.plan.isRefused(i):
			sentences = []string{fmt.Sprintf("%s exists already, as a destroy leaves it, and the apply refuses to create it: import it, or set %s on its resource",
				i.subject(), attributeAdoptExisting)}
		}
		for _, sentence := range sentences {
			found = append(found, Event{Address: i.address, Subject: i.subject(), Sentence: sentence})
		}
	}
	return found
}

// isRefused tells whether an apply refuses the create of an account. It is deactivated, as a
// destroy leaves it, and nothing lets the create take it over: only a warning of the plan says so.
func (c contents) isRefused(i *instance) bool {
	if i.before != nil || !i.creates() || i.after.is(attributeAdoptExisting) || i.after.unknown.holds(attributeAdoptExisting) {
		return false
	}
	id, was := i.after.id(attributeTakesOver), i.after.Boolean(attributeWasActive)
	return id != "" && was != nil && !*was && !c.hasInState(i.kind, id)
}

// hasInState tells whether the state has a resource of the kind for the id.
func (c contents) hasInState(kind, id string) bool {
	return slices.ContainsFunc(c.managed, func(i *instance) bool { return i.kind == kind && i.before != nil && i.before.id("id") == id })
}

// subject names what the resource is about, as it is named after the apply.
func (i *instance) subject() string {
	for _, o := range []*object{i.after, i.before} {
		for _, name := range []string{"member", "ci_user", "user"} {
			if o == nil {
				continue
			}
			if text := o.Text(name); text != "" {
				return text
			}
		}
	}
	return i.address
}

func accountSentences(v *access.Vocabulary, i *instance) []string {
	switch name := i.subject(); {
	case i.forgotten():
		return []string{name + " is forgotten by Terraform and stays as it is"}
	case !i.changes():
		return nil
	case i.before == nil && i.after.id(attributeTakesOver) != "":
		return []string{takenOver(i)}
	case i.before == nil && i.after.mayTakeOver():
		return []string{name + " is created, or taken over if it exists"}
	case i.before == nil:
		return []string{name + " is created"}
	case i.after == nil:
		return []string{destroyed(i)}
	case i.actions.Replace():
		return []string{replaced(i)}
	}
	return updateSentences(v, i)
}

// takenOver tells of an account or group that exists already.
func takenOver(i *instance) string {
	text := i.subject() + " exists already and is taken over"
	if was := i.after.Boolean(attributeWasActive); was != nil && i.kind != "user_group" && *was != i.after.is("active") {
		text += map[bool]string{true: "; it was active and is deactivated", false: "; it was deactivated and is activated again, with all that it has"}[*was]
	}
	return text
}

func destroyed(i *instance) string {
	if i.kind == "user_group" {
		return i.subject() + " loses its members; the empty group stays, also on the lists that name it"
	}
	return i.subject() + " is deactivated, because its resource is destroyed; the entries on lists stay"
}

func replaced(i *instance) string {
	was, is := i.before.Text("member"), i.subject()
	if strings.EqualFold(was, is) || was == "" {
		return is + " is deactivated and activated again, because its resource is replaced"
	}
	return fmt.Sprintf("%s is deactivated, and %s is created in its place", was, is)
}

func updateSentences(v *access.Vocabulary, i *instance) []string {
	var found []string
	name := i.subject()
	if was := i.before.Text("member"); was != "" && was != name {
		found = append(found, fmt.Sprintf("%s is renamed to %s", was, name))
	}
	wasActive, isActive := i.before.Boolean("active"), i.after.Boolean("active")
	switch {
	case wasActive == nil || isActive == nil || *wasActive == *isActive:
	case *isActive:
		found = append(found, name+" is activated")
	default:
		found = append(found, name+" is deactivated")
	}
	for _, setting := range v.Settings {
		if setting.Changes != "" && i.differs(setting.Attribute) {
			found = append(found, name+" "+setting.Changes)
		}
	}
	return found
}

// differs tells whether an attribute changes, or may change.
func (i *instance) differs(name string) bool {
	mayChange := i.after.unknown.holds(name)
	return mayChange && i.before.values[name] == nil || !mayChange && fmt.Sprint(i.before.values[name]) != fmt.Sprint(i.after.values[name])
}

// aboutWhom are the attributes that name whom roles and tokens are about.
var aboutWhom = map[string]string{"role_assignment": attributeMember, "ci_user_token": "ci_user"}

// whom returns the key of the principal whom a role or a token is about on one side, and what
// that one is called after the plan.
func (m *model) whom(i *instance, at side, o *object) (key, name string) {
	one := m.people[at].who(o, aboutWhom[i.kind])
	if key = one.key(); one.Kind == "" {
		return key, i.address
	}
	later := cmp.Or(m.people[after].byKey(key), one)
	name = m.people[after].reference(later).String()
	if o.sensitive.holds(aboutWhom[i.kind]) {
		name = m.veil.label(key, later.Reference()).String()
	}
	return key, name
}

// subjectOf is subject for roles and tokens, of which the state may have a name from before.
func (m *model) subjectOf(i *instance) string {
	name := i.subject()
	if aboutWhom[i.kind] != "" {
		i.sides(func(at side, o *object) { _, name = m.whom(i, at, o) })
	}
	return name
}

// roleEvents tells whose global role changes.
func (m *model) roleEvents() []Event {
	found := []Event{}
	for _, i := range m.plan.managed {
		if i.kind == kindHolders && i.changes() {
			found = append(found, m.takenUnnamed(i)...)
			for _, sentence := range settingSentences(m.plan.vocabulary, i) {
				found = append(found, Event{Address: i.address, Subject: i.address, Sentence: sentence})
			}
		}
		if i.kind != "role_assignment" || !i.changes() {
			continue
		}
		told := map[string]bool{}
		i.sides(func(at side, o *object) {
			key, name := m.whom(i, at, o)
			isTold := i.of != nil && slices.ContainsFunc(found, func(e Event) bool { return e.Sentence == m.roleSentence(key, name) })
			if sentence := m.roleSentence(key, name); sentence != "" && !told[key] && !isTold {
				found = append(found, Event{Address: i.address, Subject: name, Sentence: sentence + i.becauseEnded()})
			}
			told[key] = true
		})
		for _, sentence := range settingSentences(m.plan.vocabulary, i) {
			found = append(found, Event{Address: i.address, Subject: m.subjectOf(i), Sentence: sentence + ", for the global role"})
		}
	}
	return found
}

func (m *model) roleSentence(key, name string) string {
	var roles [2]access.Role
	for _, at := range []side{before, after} {
		if p := m.people[at].byKey(key); p != nil {
			roles[at] = p.Role
		}
	}
	switch {
	case roles[before] == roles[after]:
		return ""
	case roles[after] == "":
		return fmt.Sprintf("%s may get another global role than %s", name, m.plan.vocabulary.Title(roles[before]))
	case roles[before] == "":
		return fmt.Sprintf("%s gets the global role %s", name, m.plan.vocabulary.Title(roles[after]))
	}
	return fmt.Sprintf("%s has the global role %s instead of %s", name, m.plan.vocabulary.Title(roles[after]), m.plan.vocabulary.Title(roles[before]))
}

// mailEvents tells who gets a mail from SignPath.
func (m *model) mailEvents(plan *tfjson.Plan) []Event {
	found := []Event{}
	for _, i := range m.plan.managed {
		if i.kind != "user" || !i.changes() {
			continue
		}
		if sentence := mailSentence(i); sentence != "" {
			found = append(found, Event{Address: i.address, Subject: i.subject(), Sentence: sentence})
		}
	}
	for _, action := range plan.ActionInvocations {
		if action.Type != m.plan.reader.typeOf("reinvite_user") {
			continue
		}
		o := newObject(action.ConfigValues, action.ConfigUnknown, action.ConfigSensitive)
		user, is := o.text("user")
		if is != known {
			user = "a user (" + is.String() + ")"
		}
		found = append(found, Event{Address: action.Address, Subject: user, Sentence: user + " gets another invitation"})
	}
	return found
}

func mailSentence(i *instance) string {
	name := i.subject()
	creates := i.before == nil || i.actions.Replace() && !strings.EqualFold(i.before.Text("member"), name)
	switch {
	case i.after == nil:
		return ""
	case i.before == nil && i.after.id(attributeTakesOver) != "":
		return ""
	case creates && (i.after.Text(attributeIdentity) != "" || i.after.knows(attributeIdentity) != known):
		return name + " may get an invitation: whether SignPath sends one to who is created with an identity is not documented"
	case i.before == nil && i.after.mayTakeOver():
		return name + " gets an invitation, unless the user exists already"
	case creates:
		return name + " gets an invitation"
	case !i.actions.Replace() && i.differs("reinvite_triggers"):
		return name + " gets another invitation, if the last one is not accepted"
	}
	return ""
}
