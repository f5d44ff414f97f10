package planreview

import (
	"cmp"
	"maps"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A listKey names one access list: of those who hold a role at a place, or of the members
// of a group. The group is a key of principals, as both sides of a plan have it.
type listKey struct {
	role  access.Role
	place access.Place
	group string
}

func compareLists(a, b listKey) int {
	return cmp.Or(a.place.Compare(b.place), cmp.Compare(a.group, b.group), cmp.Compare(a.role, b.role))
}

// An entryList is what is known of one access list, on one side of a plan.
type entryList struct {
	entries map[string]access.Reference
	// complete is true where there are no others, as far as is known.
	complete bool
	// live is true where the live organization told the list, so that an apply
	// changes it by difference and leaves those of whom the plan did not know.
	live bool
}

// lists are all access lists on one side of a plan.
type lists struct {
	vocabulary *access.Vocabulary
	principals *principals
	known      map[listKey]*entryList
	// open are the roles of which some entry has no place yet: it may be anywhere. That of
	// the members of groups is empty.
	open map[access.Role]bool
	// created are the groups that the plan creates.
	created map[listKey]bool
}

// entriesOf spells a list with the names that principals have on this side. A nil one
// is not known at all.
func (p *principals) entriesOf(list *entryList) review.Entries {
	if list == nil {
		return review.Entries{Incomplete: true}
	}
	keys := slices.Sorted(maps.Keys(list.entries))
	references := make([]access.Reference, len(keys))
	for i, key := range keys {
		references[i] = p.spell(key, list.entries[key])
	}
	return review.Entries{References: references, Incomplete: !list.complete}
}

// A listResource is a kind of resource that tells of an access list.
type listResource struct {
	// role is empty for the members of groups.
	role access.Role
	// plural names the list, and noun what it belongs to.
	plural, noun string
	// attributes name the place, by the attributes of the resource.
	attributes []string
	whole      bool
}

// memberLists are the lists of members of groups.
var memberLists = listResource{plural: "members", noun: "user group"}

// listResources are the two resources of each access list, by type without the prefix:
// that of one entry, and that of the whole list.
func listResources(vocabulary *access.Vocabulary) map[string]*listResource {
	entry, whole := memberLists, memberLists
	whole.whole = true
	kinds := map[string]*listResource{"user_group_member": &entry, "user_group_members": &whole}
	for _, role := range vocabulary.RolesOf(access.ByEntry) {
		resource := listResource{role: role.Role, plural: role.Plural}
		for kind := role.At; kind != ""; {
			described := vocabulary.PlaceKind(kind)
			resource.attributes = append([]string{kind}, resource.attributes...)
			if kind == role.At {
				resource.noun = described.Noun
			}
			kind = described.Within
		}
		all := resource
		all.whole = true
		kinds[role.At+"_"+role.Title], kinds[role.At+"_"+role.Plural] = &resource, &all
	}
	return kinds
}

// A dataList is a list that a data source has.
type dataList struct {
	role   access.Role
	plural string
}

// dataLists are the lists that a data source has, by the type: that of a kind of places, or
// of a group.
func (l *lists) dataLists(source *instance) []dataList {
	if source.kind == "user_group" {
		return []dataList{{plural: memberLists.plural}}
	}
	var found []dataList
	for _, role := range l.vocabulary.RolesOf(access.ByEntry) {
		if role.At == source.kind {
			found = append(found, dataList{role.Role, role.Plural})
		}
	}
	return found
}

// listsBefore are those of the prior state and its data sources; and, where the live
// organization shows them, as it has them.
func listsBefore(plan contents, p *principals, live *Live) *lists {
	l := newLists(plan.vocabulary, p)
	l.addData(plan)
	for _, whole := range []bool{true, false} {
		for _, i := range plan.managed {
			if i.list != nil && i.list.whole == whole && i.before != nil {
				l.add(i.list, i.before)
			}
		}
	}
	l.openLists()
	if live != nil {
		l.overlay(live.Organization)
	}
	return l
}

func newLists(vocabulary *access.Vocabulary, p *principals) *lists {
	return &lists{
		vocabulary: vocabulary, principals: p, known: map[listKey]*entryList{}, open: map[access.Role]bool{}, created: map[listKey]bool{},
	}
}

// addData notes the lists that data sources have read.
func (l *lists) addData(plan contents) {
	for _, source := range plan.data {
		for _, list := range l.dataLists(source) {
			key, ok := l.dataKey(source, list)
			if !ok {
				continue
			}
			if members, is := source.before.texts(list.plural); source.before.values[list.plural] != nil {
				l.known[key] = l.listOf(members, is)
			}
		}
	}
}

func (l *lists) dataKey(source *instance, list dataList) (listKey, bool) {
	if list.role == "" {
		return l.groupKey(source.before.Text("member"))
	}
	place, ok := l.dataPlace(source)
	return listKey{role: list.role, place: place}, ok
}

// dataPlace is the place that a data source is about. Its own slug is called so, and those
// of the places around by their kinds.
func (l *lists) dataPlace(source *instance) (access.Place, bool) {
	slugs := []string{source.before.Text("slug")}
	for kind := l.vocabulary.PlaceKind(source.kind).Within; kind != ""; kind = l.vocabulary.PlaceKind(kind).Within {
		slugs = append([]string{source.before.Text(kind)}, slugs...)
	}
	place := access.PlaceOf(slugs...)
	return place, place.Depth() == len(slugs)
}

func (l *lists) groupKey(group string) (listKey, bool) {
	reference, err := access.ParseReference(group)
	if err != nil {
		return listKey{}, false
	}
	return membersOf(l.principals.key(reference)), true
}

func (l *lists) listOf(members []string, is knowledge) *entryList {
	list := &entryList{entries: map[string]access.Reference{}, complete: is == known}
	for _, member := range members {
		reference, err := access.ParseEntry(member)
		if err != nil {
			list.complete = false
			continue
		}
		list.entries[l.principals.key(reference)] = reference
	}
	return list
}

// place returns the list that a resource tells of, if the plan knows it.
func (l *lists) place(resource *listResource, o *object) (listKey, bool) {
	if resource.role == "" {
		return l.groupKey(o.Text("group"))
	}
	slugs := each(resource.attributes, o.Text)
	place := access.PlaceOf(slugs...)
	return listKey{role: resource.role, place: place}, place.Depth() == len(slugs)
}

// add notes what a resource has on its list.
func (l *lists) add(resource *listResource, o *object) {
	key, ok := l.place(resource, o)
	switch {
	case !ok:
		l.open[resource.role] = true
	case resource.whole:
		l.known[key] = l.members(o)
	default:
		l.at(key).join(l.member(o))
	}
}

func (l *lists) members(o *object) *entryList {
	members, is := o.texts("members")
	return l.listOf(members, is)
}

func (l *lists) member(o *object) *entryList {
	member, is := o.text("member")
	return l.listOf([]string{member}, is)
}

func (l *lists) at(key listKey) *entryList {
	if l.known[key] == nil {
		l.known[key] = &entryList{entries: map[string]access.Reference{}}
	}
	return l.known[key]
}

// join puts the entries of another list on this one.
func (l *entryList) join(other *entryList) {
	maps.Copy(l.entries, other.entries)
	l.complete = l.complete && other.complete
}

// leave takes the entries of another list off this one, but those that stay, if any do.
func (l *entryList) leave(other, staying *entryList) {
	for key := range other.entries {
		if !staying.has(key) {
			delete(l.entries, key)
		}
	}
}

func (l *lists) openLists() {
	for key, list := range l.known {
		if l.open[key.role] {
			list.complete = false
		}
	}
}
