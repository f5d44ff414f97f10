package planreview

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A model is what is known of the organization before a plan and after it.
type model struct {
	plan contents
	// live is nil where only the plan is known.
	live   *Live
	people [2]*principals
	lists  [2]*lists
	orgs   [2]review.Organization
	veil   *veil
	// own is what the rules about plans find.
	own []ownFinding
	// baselines are those of the plan, and unread tells of those that cannot be read,
	// with their vendors.
	baselines []baselineInstance
	// invitations are those of the plan.
	invitations []invitationInstance
	unread      []Event
	vendors     []string
	// configured are the vendors whose providers alone the configuration has.
	configured []string
}

// newModel makes a model of the organization as it is, or as the plan found it.
func newModel(plan contents, live *Live, asFound bool) *model {
	m := &model{plan: plan, live: live}
	m.people[before] = principalsBefore(plan, live, asFound)
	m.lists[before] = listsBefore(plan, m.people[before], live, asFound)
	m.people[after] = m.people[before].after(plan)
	m.lists[after] = m.lists[before].after(plan, m.people[after])
	for _, at := range []side{before, after} {
		m.orgs[at] = m.organization(at)
	}
	m.veil = newVeil(m)
	return m
}

// organization fills one side. Both sides have the same places, or a list of which
// the plan first tells now would look like a new place.
func (m *model) organization(at side) review.Organization {
	org := review.Organization{
		Vocabulary:           m.plan.vocabulary,
		Principals:           m.people[at].slice(),
		PrincipalsIncomplete: m.missesPrincipals(),
		Members:              map[access.Reference]review.Entries{},
		Places:               m.places(),
	}
	if m.live != nil {
		org.Caller = m.live.Organization.Caller
	}
	for key, list := range m.lists[at].known {
		if key.group != "" {
			org.Members[m.group(at, key)] = m.people[at].entriesOf(list)
		}
	}
	for place := range org.Places {
		for _, role := range m.plan.vocabulary.RolesAt(place) {
			org.Grant(role.Role, place, m.people[at].entriesOf(m.lists[at].known[listKey{role: role.Role, place: place}]))
		}
	}
	return org
}

func (m *model) missesPrincipals() bool {
	if m.live != nil {
		return m.live.Organization.PrincipalsIncomplete
	}
	return !m.plan.complete()
}

// group names the group of a list as its side does.
func (m *model) group(at side, key listKey) access.Reference {
	entry, err := access.ParseEntry(key.group)
	if err != nil {
		// The key is an id, of whom nothing else is known.
		entry = access.Reference{Kind: access.KindUnknown, Key: key.group}
	}
	return m.people[at].spell(key.group, entry)
}

// places returns every place that is known, with its settings as far as they are.
func (m *model) places() map[access.Place]any {
	found := map[access.Place]any{}
	note := func(place access.Place, settings any) {
		for _, outer := range place.Enclosing()[1:] {
			if _, known := found[outer]; !known {
				found[outer] = nil
			}
		}
		if place.Depth() > 0 && settings != nil {
			found[place] = settings
		}
	}
	for _, lists := range m.lists {
		for key := range lists.known {
			note(key.place, nil)
		}
	}
	for _, source := range m.plan.data {
		settingsOf := m.plan.vocabulary.PlaceKind(source.kind).Settings
		if place, ok := m.lists[before].dataPlace(source); ok && settingsOf != nil {
			note(place, settingsOf(source.before))
		}
	}
	if m.live != nil {
		// Of a place that the token may not see, the plan may know more.
		for place, settings := range m.live.Organization.Places {
			note(place, settings)
		}
	}
	return found
}

// placeNotes are what a reader has to know of the places.
func (m *model) placeNotes() map[access.Place]access.PlaceNotes {
	found := map[access.Place]access.PlaceNotes{}
	for place, settings := range m.orgs[after].Places {
		if tell := m.plan.vocabulary.PlaceKind(m.plan.vocabulary.KindAt(place)).Tell; tell != nil {
			found[place] = tell(place, settings)
		}
	}
	return found
}
