package planreview

import (
	"fmt"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// accountEvents tells what happens to users, CI users and groups themselves.
func (m *model) accountEvents() []Event {
	found := []Event{}
	for _, i := range m.plan.managed {
		if _, ok := principalKinds[i.kind]; !ok {
			continue
		}
		for _, sentence := range append(accountSentences(m.plan.vocabulary, i), settingSentences(m.plan.vocabulary, i)...) {
			found = append(found, Event{Address: i.address, Subject: i.subject(), Sentence: sentence})
		}
	}
	return found
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
	case i.before == nil && i.after.is("adopt_existing"):
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

// roleEvents tells whose global role changes.
func (m *model) roleEvents() []Event {
	found := []Event{}
	for _, i := range m.plan.managed {
		if i.kind != "role_assignment" || !i.changes() {
			continue
		}
		told := map[string]bool{}
		for _, o := range []*object{i.before, i.after} {
			if o == nil || told[o.Text("member")] {
				continue
			}
			told[o.Text("member")] = true
			if sentence := m.roleSentence(o.Text("member")); sentence != "" {
				found = append(found, Event{Address: i.address, Subject: o.Text("member"), Sentence: sentence})
			}
		}
		for _, sentence := range settingSentences(m.plan.vocabulary, i) {
			found = append(found, Event{Address: i.address, Subject: i.subject(), Sentence: sentence + ", for the global role"})
		}
	}
	return found
}

func (m *model) roleSentence(member string) string {
	reference, err := access.ParseReference(member)
	if err != nil {
		return ""
	}
	var roles [2]access.Role
	for _, at := range []side{before, after} {
		if p := m.people[at].lookup(reference); p != nil {
			roles[at] = p.Role
		}
	}
	switch roles[before] {
	case roles[after]:
		return ""
	case "":
		return fmt.Sprintf("%s gets the global role %s", member, m.plan.vocabulary.Title(roles[after]))
	}
	return fmt.Sprintf("%s has the global role %s instead of %s", member, m.plan.vocabulary.Title(roles[after]), m.plan.vocabulary.Title(roles[before]))
}

// tokenEvents tells which API tokens stop working.
func (m *model) tokenEvents() []Event {
	found := []Event{}
	for _, i := range m.plan.managed {
		if i.kind != "ci_user_token" || !i.changes() {
			continue
		}
		found = append(found, Event{Address: i.address, Subject: i.subject(), Sentence: tokenSentence(i)})
	}
	return found
}

func tokenSentence(i *instance) string {
	name := i.subject()
	switch {
	case i.after == nil || i.forgotten():
		return "the API token of " + name + " is not revoked; Terraform forgets it"
	case i.before == nil:
		return "an API token of " + name + " is generated; one that it has stops working"
	case !i.actions.Replace():
		return "the settings of the API token of " + name + " change; the token stays"
	case len(i.replacedBy) > 0:
		return fmt.Sprintf("the API token of %s is rotated, because of %s; the one before stops working", name, strings.Join(i.replacedBy, ", "))
	}
	return "the API token of " + name + " is rotated; the one before stops working"
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
		if action.Type != typePrefix+"reinvite_user" {
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
	switch {
	case i.after == nil:
		return ""
	case i.before == nil && i.after.is("adopt_existing"):
		return name + " gets an invitation, unless the user exists already"
	case i.before == nil, i.actions.Replace() && !strings.EqualFold(i.before.Text("member"), name):
		return name + " gets an invitation"
	case !i.actions.Replace() && i.differs("reinvite_triggers"):
		return name + " gets another invitation, if the last one is not accepted"
	}
	return ""
}
