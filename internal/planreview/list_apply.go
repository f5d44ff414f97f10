package planreview

import (
	"maps"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// overlay puts in place what the live organization shows of each list. What it does
// not show stays as the plan has it.
func (l *lists) overlay(org review.Organization) {
	for group, members := range org.Members {
		l.show(membersOf(l.principals.key(group)), members)
	}
	for place := range org.Places {
		for _, role := range org.Vocabulary.RolesAt(place) {
			l.show(listKey{role: role.Role, place: place}, org.Grants[review.Seat{Role: role.Role, Place: place}])
		}
	}
}

func (l *lists) show(key listKey, entries review.Entries) {
	if entries.Incomplete {
		return
	}
	list := &entryList{entries: map[string]access.Reference{}, complete: true, live: true}
	for _, reference := range entries.References {
		list.entries[l.principals.key(reference)] = reference
	}
	l.known[key] = list
}

// after returns the lists as the plan leaves them. What it does not change stays as it
// is now. Single entries come last, because a whole list that is given up beside them
// leaves them alone.
func (l *lists) after(plan contents, p *principals) *lists {
	next := l.clone(p)
	for _, whole := range []bool{true, false} {
		changing := plan.changingLists(whole)
		for _, c := range changing {
			next.take(c, l)
		}
		for _, c := range changing {
			next.give(c)
		}
		if whole {
			next.addGroups(plan)
		}
	}
	next.emptyDestroyedGroups(plan)
	next.openLists()
	return next
}

func (c contents) changingLists(whole bool) []*instance {
	return slices.DeleteFunc(slices.Clone(c.managed), func(i *instance) bool { return i.list == nil || i.list.whole != whole || !i.touches() })
}

func (l *lists) clone(p *principals) *lists {
	next := newLists(l.vocabulary, p)
	for key, list := range l.known {
		copied := *list
		copied.entries = maps.Clone(list.entries)
		next.known[key] = &copied
	}
	return next
}

// take takes off a list what an instance had put there and does not keep.
func (l *lists) take(c *instance, earlier *lists) {
	if c.before == nil {
		return
	}
	key, ok := earlier.place(c.list, c.before)
	if !ok {
		return
	}
	if !c.list.whole {
		l.at(key).leave(earlier.member(c.before), nil)
		return
	}
	var staying *entryList
	if c.updates() {
		staying = l.members(c.after)
	}
	if list := l.known[key]; list != nil && list.live {
		list.leave(earlier.members(c.before), staying)
		return
	}
	l.known[key] = &entryList{entries: map[string]access.Reference{}, complete: true}
}

// give puts on a list what an instance wants there. A new whole list takes everybody
// else off it.
func (l *lists) give(c *instance) {
	if c.after == nil {
		return
	}
	key, ok := l.place(c.list, c.after)
	if ok && c.list.whole && c.updates() && l.known[key] != nil && l.known[key].live {
		l.known[key].join(l.members(c.after))
		return
	}
	l.add(c.list, c.after)
}

// updates tells whether the object stays the same one.
func (i *instance) updates() bool { return i.before != nil && i.after != nil && !i.actions.Replace() }

// addGroups notes that a group that the plan creates holds nobody yet.
func (l *lists) addGroups(plan contents) {
	for _, i := range plan.managed {
		if i.kind != "user_group" || i.before != nil || i.after == nil {
			continue
		}
		key, ok := l.groupKey(i.after.Text("member"))
		if !ok || i.after.is("adopt_existing") {
			continue
		}
		l.created[key] = true
		if l.known[key] == nil {
			l.known[key] = l.listOf(nil, known)
		}
	}
}

// emptyDestroyedGroups takes everybody out of a group that is destroyed: SignPath
// deletes none, so the provider leaves an empty one.
func (l *lists) emptyDestroyedGroups(plan contents) {
	for _, i := range plan.managed {
		if i.kind != "user_group" || i.before == nil || i.after != nil {
			continue
		}
		if key, ok := l.groupKey(i.before.Text("member")); ok {
			l.known[key] = l.listOf(nil, known)
		}
	}
}
