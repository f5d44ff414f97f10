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
	// uncertain is true where the plan puts somebody on the list and does not tell whom, so
	// that nobody leaves it for sure.
	uncertain bool
	// told is true where the plan tells everybody whom it takes off.
	told bool
	// concealed are the keys of the entries that may not be shown where the plan has them.
	concealed map[string]bool
}

func newEntries() *entryList {
	return &entryList{entries: map[string]access.Reference{}, concealed: map[string]bool{}}
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
// organization shows them, as it has them. If they are wanted as the plan found them, what
// that tells counts more.
func listsBefore(plan contents, p *principals, live *Live, asFound bool) *lists {
	l := newLists(plan.vocabulary, p)
	if live != nil && asFound {
		l.overlay(live.Organization)
	}
	l.addData(plan)
	for _, whole := range []bool{true, false} {
		for _, i := range plan.managed {
			if i.list != nil && i.list.whole == whole && i.before != nil {
				l.add(i.list, i.before)
			}
		}
	}
	for _, i := range plan.managed {
		l.addDisplaced(i)
	}
	l.openLists()
	if live != nil && !asFound {
		l.overlay(live.Organization)
	}
	return l
}

// displaced are the ids of those whom the create of a whole list takes off it, where the plan
// says so: then it takes off nobody else.
func (i *instance) displaced() (ids []string, told bool) {
	if i.list == nil || !i.list.whole || !i.creates() {
		return nil, false
	}
	return i.after.ids(attributeRemoves)
}

// addDisplaced notes who is on a list that the plan does not know, because the create takes
// them off. Who is to stay may be there or not.
func (l *lists) addDisplaced(i *instance) {
	ids, told := i.displaced()
	if !told {
		return
	}
	key, ok := l.place(i.list, i.after)
	if !ok {
		return
	}
	wanted := l.principals.named(i.list, i.after)
	list := l.at(key)
	list.told = wanted.complete
	if list.complete && wanted.complete {
		maps.DeleteFunc(list.entries, func(key string, _ access.Reference) bool {
			_, stays := wanted.entries[key]
			return !stays && !slices.Contains(ids, key)
		})
	}
	for _, id := range ids {
		if _, known := list.entries[id]; !known {
			list.entries[id] = access.Reference{Kind: access.KindUnknown, Key: id}
		}
	}
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
		return l.groupOf(source.before, attributeMember, "id")
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

// groupOf is groupKey for an object that tells the id of the group.
func (l *lists) groupOf(o *object, name, idName string) (listKey, bool) {
	if id := o.id(idName); l.principals.byID[id] != nil {
		return membersOf(id), true
	}
	if text, is := o.hiddenText(name); is == known {
		return l.groupKey(text)
	}
	return listKey{}, false
}

func (l *lists) listOf(members []string, is knowledge) *entryList {
	list := newEntries()
	list.complete = is == known
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
		return l.groupOf(o, "group", "group_id")
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
		l.known[key] = l.principals.named(resource, o)
	default:
		l.at(key).join(l.principals.named(resource, o))
	}
}

func (l *lists) at(key listKey) *entryList {
	if l.known[key] == nil {
		l.known[key] = newEntries()
	}
	return l.known[key]
}

// join puts the entries of another list on this one.
func (l *entryList) join(other *entryList) {
	maps.Copy(l.entries, other.entries)
	maps.Copy(l.concealed, other.concealed)
	l.complete, l.uncertain = l.complete && other.complete, l.uncertain || other.uncertain
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
			list.complete, list.uncertain = false, true
		}
	}
}
