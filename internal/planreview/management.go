package planreview

import (
	"cmp"
	"fmt"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// managementEvents tells what Terraform begins to manage and what it gives up, without
// a change at SignPath. Accounts and tokens that it gives up are told with those.
func (m *model) managementEvents() []Event {
	found := []Event{}
	for _, i := range m.plan.managed {
		if i.of != nil {
			continue
		}
		note := func(sentence string) {
			found = append(found, Event{Address: i.address, Subject: m.subjectOf(i), Sentence: sentence, givenUp: i.forgotten()})
		}
		if i.imported {
			note(m.thing(i) + " is imported: from now on, Terraform manages it")
		}
		if _, isAccount := i.principal(); i.forgotten() && !isAccount && i.kind != "ci_user_token" {
			note(m.thing(i) + " is forgotten by Terraform and stays as it is")
		}
	}
	return found
}

func (i *instance) forgotten() bool { return slices.Contains(i.actions, tfjson.ActionForget) }

// thing names what a resource manages: "the list of approvers of acme/release".
func (m *model) thing(i *instance) string {
	o := cmp.Or(i.before, i.after)
	switch {
	case i.list != nil:
		key, ok := m.lists[before].place(i.list, o)
		if !ok {
			return i.address
		}
		if i.list.whole {
			return "the list of " + m.spellList(key)
		}
		if member, is := o.text("member"); is == known {
			return fmt.Sprintf("the entry %s among the %s", member, m.spellList(key))
		}
		return "an entry among the " + m.spellList(key)
	case i.kind == "role_assignment":
		return fmt.Sprintf("the global role %s of %s", m.plan.vocabulary.Title(o.role()), m.subjectOf(i))
	case i.kind == kindHolders:
		return "who has the global role " + m.roleTitle(o)
	case i.kind == "ci_user_token":
		return "the API token of " + m.subjectOf(i)
	}
	return i.subject()
}

// settingsOf are the attributes that people choose and that no other sentence tells of.
func settingsOf(v *access.Vocabulary) []string {
	names := []string{attributeAdoptExisting, "allow_lockout", attributeEmail, "name"}
	for _, setting := range v.Settings {
		if setting.Changes == "" {
			names = append(names, setting.Attribute)
		}
	}
	slices.Sort(names)
	return names
}

// settingSentences tells which settings of an object change where it stays the same one.
// Of a new one it tells what switches a guard off.
func settingSentences(v *access.Vocabulary, i *instance) []string {
	if !i.touches() || i.after == nil {
		return nil
	}
	var found []string
	for _, name := range settingsOf(v) {
		if sentence := settingSentence(i, name); sentence != "" {
			found = append(found, sentence)
		}
	}
	return found
}

func settingSentence(i *instance, name string) string {
	isReference := name == "name" && i.kind != "user"
	switch {
	case i.before == nil || i.actions.Replace():
		if name == "allow_lockout" && i.after.is(name) {
			return "allow_lockout of " + i.subject() + " is true"
		}
		return ""
	case isReference || !i.differs(name):
		return ""
	case i.before.knows(name) != known || i.after.knows(name) != known:
		return fmt.Sprintf("%s of %s changes", name, i.subject())
	}
	return fmt.Sprintf("%s of %s changes%s", name, i.subject(), fromTo(i.before.values[name], i.after.values[name]))
}
