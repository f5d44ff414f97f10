package planreview

import (
	"maps"
	"slices"

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
	list := newEntries()
	list.complete, list.live = true, true
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
	kept := next.kept(plan)
	for _, whole := range []bool{true, false} {
		changing := plan.changingLists(whole)
		for _, c := range changing {
			next.take(c, l, kept)
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
		copied.entries, copied.concealed, copied.uncertain = maps.Clone(list.entries), maps.Clone(list.concealed), false
		next.known[key] = &copied
	}
	return next
}

// take takes off a list what an instance had put there and neither it nor another instance
// keeps.
func (l *lists) take(c *instance, earlier *lists, kept map[listKey]*entryList) {
	if c.before == nil {
		return
	}
	key, ok := earlier.place(c.list, c.before)
	if !ok {
		return
	}
	staying := newEntries()
	if kept[key] != nil {
		staying.join(kept[key])
	}
	if !c.list.whole {
		l.at(key).leave(earlier.principals.named(c.list, c.before), staying)
		return
	}
	if c.updates() {
		staying.join(l.principals.named(c.list, c.after))
	}
	if list := l.known[key]; list != nil && list.live {
		list.leave(earlier.principals.named(c.list, c.before), staying)
		return
	}
	staying.complete = true
	l.known[key] = staying
}

// kept are the entries that some instance wants: whoever goes from one to the other, and those
// of a resource beside a deposed object of it. The provider takes nothing of these.
func (l *lists) kept(plan contents) map[listKey]*entryList {
	kept := map[listKey]*entryList{}
	for _, i := range plan.managed {
		if i.list == nil || i.after == nil || i.forgotten() {
			continue
		}
		if key, ok := l.place(i.list, i.after); ok {
			if kept[key] == nil {
				kept[key] = newEntries()
			}
			kept[key].join(l.principals.named(i.list, i.after))
		}
	}
	return kept
}

// give puts on a list what an instance wants there. A new whole list takes off it whom the
// plan says; where it does not say so, everybody else.
func (l *lists) give(c *instance) {
	if c.after == nil {
		return
	}
	key, ok := l.place(c.list, c.after)
	if ids, told := c.displaced(); ok && told {
		l.displace(key, ids, l.principals.named(c.list, c.after))
		return
	}
	if ok && c.list.whole && c.updates() && l.known[key] != nil && l.known[key].live {
		l.known[key].join(l.principals.named(c.list, c.after))
		return
	}
	l.add(c.list, c.after)
}

// displace lets a new whole list take those with the ids off. It then has nobody else than it
// wants, as far as that is known and the live organization does not tell who came since.
func (l *lists) displace(key listKey, ids []string, wanted *entryList) {
	list := l.at(key)
	for _, id := range ids {
		delete(list.entries, id)
	}
	if list.live || wanted.uncertain {
		list.join(wanted)
		return
	}
	l.known[key] = wanted
}

// updates tells whether the object stays the same one.
func (i *instance) updates() bool { return i.before != nil && i.after != nil && !i.actions.Replace() }

// addGroups notes that a group that the plan creates holds nobody yet.
func (l *lists) addGroups(plan contents) {
	for _, i := range plan.managed {
		if i.kind != "user_group" || i.before != nil || i.after == nil || i.after.mayTakeOver() {
			continue
		}
		key, ok := l.groupOf(i.after, attributeMember, "id")
		if !ok {
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
		if i.kind != "user_group" || i.before == nil || i.after != nil || plan.isLeft(i) {
			continue
		}
		if key, ok := l.groupOf(i.before, attributeMember, "id"); ok {
			l.known[key] = l.listOf(nil, known)
		}
	}
}
