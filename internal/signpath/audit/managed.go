package audit

import (
	"cmp"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A stock is what the state of a plan holds, by ids, and what the plan found changed.
type stock struct {
	accounts map[string]map[string]any
	roles    map[string]string
	// wholeRoles are those of which the plan manages who has them.
	wholeRoles []string
	tokens     map[string]bool
	lists      map[thing]*managedList
	// drifted are the things that the plan tells of, and gone the objects of which it tells
	// that they are.
	drifted map[thing]bool
	gone    map[string]bool
	// cited are the events to which changes of the plan are put down.
	cited map[string]bool
}

type managedList struct {
	whole, hidden bool
	ids           map[string]bool
}

func (t *trail) stock() stock {
	s := stock{
		accounts: map[string]map[string]any{}, roles: map[string]string{}, tokens: map[string]bool{}, lists: map[thing]*managedList{},
		drifted: map[thing]bool{}, gone: map[string]bool{}, cited: map[string]bool{},
	}
	managed := t.report.Managed
	for _, account := range managed.Accounts {
		s.accounts[account.ID] = account.Values
	}
	for _, id := range managed.Tokens {
		s.tokens[id] = true
	}
	for _, role := range managed.Roles {
		s.roles[cmp.Or(role.ID, t.idOf(role.Member, true))] = role.Role
	}
	s.wholeRoles = managed.WholeRoles
	for _, list := range managed.Lists {
		key := thing{object: cmp.Or(list.GroupID, t.ownerID(list.Project, list.SigningPolicy, list.Group)), list: list.List}
		if s.lists[key] == nil {
			s.lists[key] = &managedList{ids: map[string]bool{}}
		}
		s.lists[key].whole = s.lists[key].whole || list.Whole
		s.lists[key].hidden = s.lists[key].hidden || list.Hidden && len(list.IDs) == 0
		for _, id := range list.IDs {
			s.lists[key].ids[id] = true
		}
		for _, member := range list.Members {
			if len(list.IDs) == 0 {
				s.lists[key].ids[t.idOf(member, true)] = true
			}
		}
		for _, id := range list.Moved {
			s.drifted[thing{object: key.object, list: key.list, member: id}] = true
		}
	}
	for _, c := range t.report.Changes {
		t.noteDrift(s, c)
	}
	return s
}

// idOf is the id of whom a reference of the plan means, or the reference.
func (t *trail) idOf(text string, before bool) string {
	reference, err := access.ParseEntry(text)
	if err != nil {
		return text
	}
	if id, ok := t.identify(reference, before); ok {
		return strings.ToLower(id)
	}
	if id, ok := t.identify(reference, !before); ok {
		return strings.ToLower(id)
	}
	return text
}

// ownerID is the id of what has a list, or how it is spelled.
func (t *trail) ownerID(project, policy, group string) string {
	if group != "" {
		return t.idOf(group, true)
	}
	place := access.PlaceOf(project, policy).String()
	if id := t.placeIDs[place]; id != "" {
		return id
	}
	return place
}

func (t *trail) noteDrift(s stock, c planreview.DriftChange) {
	if c.Author != nil && c.Author.Event != "" {
		s.cited[c.Author.Event] = true
	}
	owner := t.ownerID(c.Project, c.SigningPolicy, c.Group)
	id := c.ID()
	if id == "" {
		id = t.idOf(c.Principal, false)
	}
	switch {
	case c.List != "" && c.Kind == planreview.DriftGone:
		s.gone[owner] = true
	case c.List != "":
		s.drifted[thing{object: owner, list: c.List, member: t.idOf(c.Principal, c.Kind == planreview.DriftRemoved)}] = true
	case c.Kind == planreview.DriftGone:
		s.gone[id] = true
	case c.Kind == planreview.DriftAccepted:
		s.drifted[thing{object: id, attribute: vocabulary.Identity.Attribute}] = true
	case c.Attribute != "":
		s.drifted[thing{object: id, attribute: c.Attribute}] = true
	}
}

// isShown tells whether the plan shows what became of the thing of a step.
func (s stock) isShown(step step) bool {
	return s.drifted[step.what] || s.gone[step.object.id] || s.gone[step.object.named]
}

// A state is how the state of the plan has a thing.
type state int

const (
	// notManaged is what no resource of the plan covers.
	notManaged state = iota
	// asChanged is what the state has as a step left it, and asBefore as it was before.
	asChanged
	asBefore
	// otherwise is what the state has in a third way, or does not show.
	otherwise
)

// has tells how the state of the plan has what a step changed.
func (s stock) has(step step) state {
	values, isAccount := s.accounts[step.object.id]
	switch {
	case step.what.list != "":
		return s.hasMember(step)
	case step.what.attribute == attributeExistence:
		if isAccount || step.object.isPlace && s.coversLists(step.object) {
			return stateOf(step.on)
		}
	case step.what.attribute == attributeToken && s.tokens[step.object.id]:
		return asBefore // Another token than the one that the state has.
	case step.what.attribute == attributeRole:
		if role, ok := s.roles[step.object.id]; ok {
			return valueOf(step, role)
		}
		return s.hasWholeRole(step)
	case isAccount:
		if value, ok := values[step.what.attribute]; ok {
			return valueOf(step, value)
		}
	}
	return notManaged
}

// hasWholeRole is has for the role of somebody who has none of those that the plan manages as a
// whole.
func (s stock) hasWholeRole(step step) state {
	switch {
	case slices.ContainsFunc(s.wholeRoles, func(role string) bool { return step.change.Became(role) }):
		return asBefore
	case slices.ContainsFunc(s.wholeRoles, func(role string) bool { return step.change.Was(role) }):
		return asChanged
	}
	return notManaged
}

// hasMember is has for who is on a list.
func (s stock) hasMember(step step) state {
	managed := s.lists[thing{object: step.object.id, list: step.what.list}]
	if managed == nil || step.what.member == "" {
		return notManaged
	}
	isOn := managed.ids[step.what.member]
	switch {
	case !isOn && !managed.whole:
		return notManaged
	case !isOn && managed.hidden:
		return otherwise
	}
	return stateOf(isOn == step.on)
}

func stateOf(isAsChanged bool) state {
	if isAsChanged {
		return asChanged
	}
	return asBefore
}

func valueOf(step step, value any) state {
	switch {
	case step.change.Became(value):
		return asChanged
	case step.change.Was(value):
		return asBefore
	}
	return otherwise
}

// coversLists tells whether the plan manages all lists of a place as a whole.
func (s stock) coversLists(o object) bool {
	kind := vocabulary.SignPath.KindAt(o.place)
	return !slices.ContainsFunc(vocabulary.Lists(), func(list vocabulary.List) bool {
		managed := s.lists[thing{object: o.id, list: list.Plural}]
		return list.Kind() == kind && (managed == nil || !managed.whole)
	})
}
