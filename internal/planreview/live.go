package planreview

import (
	"errors"
	"fmt"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A Live organization is what SignPath's API knows of the organization of a plan, at
// the time of the review.
type Live struct {
	Organization review.Organization
	// Gaps are sentences on what the token could not see.
	Gaps []string
}

// gaps are never null in JSON.
func (l *Live) gaps() []string {
	if l == nil {
		return []string{}
	}
	return append([]string{}, l.Gaps...)
}

// checkOrganization refuses a live organization that is not the one of the plan.
// SignPath deletes no account, so some of those that Terraform knows must be there.
func (m *model) checkOrganization() error {
	if m.live == nil || m.live.Organization.PrincipalsIncomplete {
		return nil
	}
	known := 0
	for _, i := range m.plan.managed {
		if i.before == nil || i.kind != "user" && i.kind != "ci_user" || i.before.Text("id") == "" {
			continue
		}
		if m.people[before].byID[strings.ToLower(i.before.Text("id"))] != nil {
			return nil
		}
		known++
	}
	if known == 0 {
		return nil
	}
	return errors.New("the plan is of another organization: no user and no CI user of its state exists in the one that was read")
}

// changedSince tells where the live organization is not as the plan found it.
func (m *model) changedSince() []Event {
	found := []Event{}
	if m.live == nil {
		return found
	}
	told := map[listKey]bool{}
	for _, i := range m.plan.managed {
		if i.before == nil {
			continue
		}
		sentence := ""
		if i.list != nil {
			if key, ok := m.lists[before].place(i.list, i.before); ok {
				sentence = m.listSince(i.list, i.before, key)
				told[key] = told[key] || i.list.whole
			}
		} else if kind, ok := principalKinds[i.kind]; ok {
			sentence = m.accountSince(principalOf(kind, i.before))
		} else if i.kind == "role_assignment" {
			sentence = m.roleSince(i.before)
		}
		if sentence != "" {
			found = append(found, Event{Address: i.address, Subject: i.subject(), Sentence: i.address + ": " + sentence})
		}
	}
	return append(found, m.dataSince(told)...)
}

// dataSince is changedSince for lists that data sources have read, but those that a
// resource has told already.
func (m *model) dataSince(told map[listKey]bool) []Event {
	var found []Event
	for _, source := range m.plan.data {
		for _, list := range m.lists[before].dataLists(source) {
			key, ok := m.lists[before].dataKey(source, list)
			if !ok || told[key] || source.before.values[list.plural] == nil {
				continue
			}
			members, is := source.before.texts(list.plural)
			if sentence := m.wholeSince(m.lists[before].listOf(members, is), key); sentence != "" {
				found = append(found, Event{Address: source.address, Subject: source.subject(), Sentence: source.address + ": " + sentence})
			}
		}
	}
	return found
}

func (m *model) listSince(resource *listResource, o *object, key listKey) string {
	if resource.whole {
		return m.wholeSince(m.lists[before].members(o), key)
	}
	list := m.lists[before].known[key]
	if list == nil || !list.live {
		return ""
	}
	for entry, reference := range m.lists[before].member(o).entries {
		if !list.has(entry) {
			return fmt.Sprintf("%s is no longer among the %s", reference, m.spellList(key))
		}
	}
	return ""
}

// wholeSince tells who came onto a list and who left it. Of a list that the plan or the
// token does not show, nothing is told.
func (m *model) wholeSince(planned *entryList, key listKey) string {
	list := m.lists[before].known[key]
	if list == nil || !list.live || !planned.complete {
		return ""
	}
	came := &entryList{entries: map[string]access.Reference{}}
	came.join(list)
	came.leave(planned, nil)
	planned.leave(list, nil)
	var parts []string
	if names := m.spellEntries(came); names != "" {
		parts = append(parts, names+" came onto the "+m.spellList(key))
	}
	if names := m.spellEntries(planned); names != "" {
		parts = append(parts, names+" left the "+m.spellList(key))
	}
	return strings.Join(parts, "; ")
}

func (m *model) spellEntries(list *entryList) string {
	return strings.Join(access.Spell(m.people[before].entriesOf(list).References), ", ")
}

// spellList names a list in a sentence: "approvers of acme/release".
func (m *model) spellList(key listKey) string {
	if key.group != "" {
		return m.plural(key) + " of " + m.group(before, key).String()
	}
	return m.plural(key) + " of " + key.place.String()
}

func (m *model) accountSince(planned review.Principal) string {
	found := m.people[before].sameAs(planned)
	switch {
	case found == nil:
		return planned.Reference().String() + " is gone"
	case !found.Reference().Same(planned.Reference()):
		return fmt.Sprintf("%s is called %s now", planned.Reference(), found.Reference())
	case planned.Kind == access.KindGroup:
		return ""
	case found.Active != planned.Active:
		return fmt.Sprintf("%s is %s now", found.Reference(), found.Status())
	case planned.Invited && !found.Invited:
		return found.Reference().String() + " has accepted the invitation"
	}
	return ""
}

func (m *model) roleSince(o *object) string {
	reference, err := access.ParseReference(o.Text("member"))
	if err != nil {
		return ""
	}
	planned := o.role()
	if found := m.people[before].lookup(reference); found != nil && found.Role != "" && found.Role != planned {
		return fmt.Sprintf("%s has the global role %s now, and not %s", reference, m.plan.vocabulary.Title(found.Role), m.plan.vocabulary.Title(planned))
	}
	return ""
}
