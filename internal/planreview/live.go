package planreview

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
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
		if i.kind == kindHolders {
			for _, sentence := range m.holdersSince(i) {
				found = append(found, Event{Address: i.address, Subject: i.subject(), Sentence: i.address + ": " + sentence})
			}
		}
		if i.creates() {
			for _, sentence := range m.createSince(i) {
				found = append(found, Event{Address: i.address, Subject: i.subject(), Sentence: i.address + ": " + sentence})
			}
		}
		if i.before == nil {
			continue
		}
		sentence := ""
		if i.list != nil {
			if key, ok := m.lists[before].place(i.list, i.before); ok {
				sentence = m.listSince(i.list, i.before, key)
				told[key] = told[key] || i.list.whole
			}
		} else if kind, ok := i.principal(); ok {
			sentence = m.accountSince(principalOf(kind, i.before))
		} else if i.kind == "role_assignment" {
			role := i.before.role()
			if !i.before.grants() {
				role = m.plan.vocabulary.Least
			}
			sentence = m.roleSince(i.before, role)
		}
		if sentence != "" {
			found = append(found, Event{Address: i.address, Subject: i.subject(), Sentence: i.address + ": " + sentence})
		}
	}
	return append(found, m.dataSince(told)...)
}

// dataSince is changedSince for accounts and lists that data sources have read, but for lists
// that a resource has told already.
func (m *model) dataSince(told map[listKey]bool) []Event {
	var found []Event
	for _, source := range m.plan.data {
		source.eachPrincipal(func(kind access.Kind, o *object) {
			planned := principalOf(kind, o)
			sentence := m.accountSince(planned)
			if one := m.people[before].sameAs(planned); sentence == "" && one != nil {
				sentence = m.otherRole(one, planned.Role)
			}
			if sentence != "" {
				found = append(found, Event{Address: source.address, Subject: source.subject(), Sentence: source.address + ": " + sentence})
			}
		})
		for _, list := range m.lists[before].dataLists(source) {
			key, ok := m.lists[before].dataKey(source, list)
			if !ok || told[key] || source.before.values[list.plural] == nil {
				continue
			}
			members, is := source.before.hiddenTexts(list.plural)
			if sentence := m.wholeSince(m.lists[before].listOf(members, is), key); sentence != "" {
				found = append(found, Event{Address: source.address, Subject: source.subject(), Sentence: source.address + ": " + sentence})
			}
		}
	}
	return found
}

func (m *model) listSince(resource *listResource, o *object, key listKey) string {
	if resource.whole {
		return m.wholeSince(m.people[before].named(resource, o), key)
	}
	list := m.lists[before].known[key]
	if list == nil || !list.live {
		return ""
	}
	for entry, reference := range m.people[before].named(resource, o).entries {
		if !list.has(entry) {
			name := []string{m.people[before].spell(entry, reference).String()}
			m.veil.overAll(m.veiled(key, entry), name)
			return fmt.Sprintf("%s is no longer among the %s", name[0], m.spellList(key))
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
	came := newEntries()
	came.join(list)
	came.leave(planned, nil)
	planned.leave(list, nil)
	var parts []string
	if names := m.spellEntries(key, came); names != "" {
		parts = append(parts, names+" came onto the "+m.spellList(key))
	}
	if names := m.spellEntries(key, planned); names != "" {
		parts = append(parts, names+" left the "+m.spellList(key))
	}
	return strings.Join(parts, "; ")
}

// createSince tells what a create takes away or takes over, and did not when it was planned.
// Terraform then refuses it.
func (m *model) createSince(i *instance) []string {
	if ids, told := i.displaced(); told {
		return m.displacedSince(i, ids)
	}
	kind, isAccount := i.principal()
	switch {
	case i.kind == "role_assignment":
		role, is := i.after.text(attributeReplacesRole)
		if _, told := i.after.values[attributeReplacesRole]; !told || is != known || i.after.id("id") == "" {
			return nil
		}
		planned := access.Role(role)
		if planned == "" && m.people[before].who(i.after, attributeMember).Role == i.after.role() {
			return nil // It takes none away either.
		}
		if sentence := m.roleSince(i.after, cmp.Or(planned, m.plan.vocabulary.Least)); sentence != "" {
			return []string{sentence}
		}
	case isAccount:
		return m.accountTakenSince(kind, i)
	}
	return nil
}

func (m *model) displacedSince(i *instance, ids []string) []string {
	key, ok := m.lists[before].place(i.list, i.after)
	list := m.lists[before].known[key]
	wanted := m.people[after].named(i.list, i.after)
	if !ok || list == nil || !list.live || wanted.uncertain {
		return nil
	}
	came, left := newEntries(), newEntries()
	for entry, reference := range list.entries {
		if !wanted.has(entry) && !slices.Contains(ids, entry) {
			came.entries[entry] = reference
		}
	}
	for _, id := range ids {
		if !list.has(id) {
			left.entries[id] = access.Reference{Kind: access.KindUnknown, Key: id}
		}
	}
	var found []string
	if names := m.spellEntries(key, came); names != "" {
		found = append(found, names+" came onto the "+m.spellList(key)+", whom the create does not take off")
	}
	if names := m.spellEntries(key, left); names != "" {
		found = append(found, names+" left the "+m.spellList(key))
	}
	return found
}

// accountTakenSince tells of an account or group that a create takes over, or does not find.
func (m *model) accountTakenSince(kind access.Kind, i *instance) []string {
	id := i.after.id(attributeTakesOver)
	natural, is := i.after.hiddenText(naturalKey(kind))
	_, told := i.after.values[attributeTakesOver]
	if !told || is != known {
		return nil
	}
	now := m.people[before].byName[access.Reference{Kind: kind, Key: natural}.Folded()]
	switch {
	case id == "" && now != nil && now.ID != "" && i.before == nil:
		return []string{m.people[before].reference(now).String() + " exists now"}
	case id == "" || m.live.Organization.PrincipalsIncomplete:
		return nil
	case m.people[before].byID[id] == nil:
		return []string{i.subject() + ", who is to be taken over, is gone"}
	}
	active := i.after.Boolean(attributeWasActive)
	if one := m.people[before].byID[id]; active != nil && kind != access.KindGroup && one.Active != *active {
		return []string{fmt.Sprintf("%s is %s now", m.people[before].reference(one), one.Status())}
	}
	return nil
}

func (m *model) spellEntries(key listKey, list *entryList) string {
	return strings.Join(m.spelled(key, list), ", ")
}

// veiled is whom of a list may not be named, if that is the entry.
func (m *model) veiled(list listKey, entry string) map[string]access.Reference {
	names := map[string]access.Reference{}
	if reference, covered := m.veil.entries[listEntry{list, entry}]; covered {
		names[entry] = reference
	}
	return names
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
	if found == nil {
		return m.people[before].reference(&person{Principal: planned}).String() + " is gone"
	}
	name := m.people[before].reference(found)
	switch {
	case !found.Reference().Same(planned.Reference()):
		was := planned.Reference()
		if m.people[before].isHidden(found) {
			was = name
		}
		return fmt.Sprintf("%s is called %s now", was, name)
	case planned.Kind == access.KindGroup:
		return ""
	case found.Active != planned.Active:
		return fmt.Sprintf("%s is %s now", name, found.Status())
	case planned.Invited && !found.Invited:
		return name.String() + " has accepted the invitation"
	}
	return ""
}

// roleSince tells of another role than the plan found for whom an object is about.
func (m *model) roleSince(o *object, planned access.Role) string {
	return m.otherRole(m.people[before].who(o, attributeMember), planned)
}

func (m *model) otherRole(found *person, planned access.Role) string {
	if found.Role == "" || planned == "" || found.Role == planned {
		return ""
	}
	names := map[string]access.Reference{}
	if reference, covered := m.veil.roles[found.key()]; covered {
		names[found.key()] = reference
	}
	name := m.people[before].reference(found).String()
	m.veil.over(names, &name)
	return fmt.Sprintf("%s has the global role %s now, and not %s", name, m.plan.vocabulary.Title(found.Role), m.plan.vocabulary.Title(planned))
}
