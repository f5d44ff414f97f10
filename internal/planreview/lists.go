package planreview

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A listKey names one access list. The group is a key of principals, as both sides
// of a plan have it.
type listKey struct {
	list, project, policy, group string
}

func compareLists(a, b listKey) int {
	return cmp.Or(
		strings.Compare(a.project, b.project), strings.Compare(a.policy, b.policy),
		strings.Compare(a.group, b.group), strings.Compare(a.list, b.list),
	)
}

// An entryList is what a plan knows of one access list, on one side of it.
type entryList struct {
	entries map[string]access.Reference
	// complete is true where there are no others, as far as the plan knows.
	complete bool
}

func (l *entryList) references() []access.Reference {
	keys := slices.Sorted(maps.Keys(l.entries))
	references := make([]access.Reference, len(keys))
	for i, key := range keys {
		references[i] = l.entries[key]
	}
	return references
}

func (l *entryList) asEntries() review.Entries {
	if l == nil {
		return review.Entries{Incomplete: true}
	}
	return review.Entries{References: l.references(), Incomplete: !l.complete}
}

// lists are all access lists on one side of a plan.
type lists struct {
	principals *principals
	known      map[listKey]*entryList
	// open are the kinds of lists of which some entry has no place yet: it may be on
	// any of them.
	open map[string]bool
	// created are the groups that the plan creates.
	created map[listKey]bool
}

// A listResource is a kind of resource or data source that tells of an access list.
type listResource struct {
	list  access.List
	whole bool
}

// listResources are the two resources of each access list, by kind.
var listResources = func() map[string]listResource {
	parents := map[access.Parent]string{
		access.ParentProject: "project_", access.ParentSigningPolicy: "signing_policy_", access.ParentUserGroup: "user_group_",
	}
	kinds := map[string]listResource{}
	for _, list := range access.Lists() {
		kinds[parents[list.Parent]+list.Singular] = listResource{list, false}
		kinds[parents[list.Parent]+list.Plural] = listResource{list, true}
	}
	return kinds
}()

// dataLists are the lists that a data source has, by its kind.
var dataLists = map[string][]access.List{
	"signing_policy": {access.Submitters, access.Approvers},
	"project":        {access.Readers, access.Configurators},
	"user_group":     {access.GroupMembers},
}

func listsOf(plan contents, p *principals, at side) *lists {
	l := &lists{principals: p, known: map[listKey]*entryList{}, open: map[string]bool{}, created: map[listKey]bool{}}
	l.addData(plan)
	for _, whole := range []bool{true, false} {
		for _, i := range plan.managed {
			if resource, ok := listResources[i.kind]; ok && resource.whole == whole && at == after {
				l.remove(resource, i)
			}
		}
		l.addWhere(plan, at, whole)
		if whole {
			l.addGroups(plan, at)
		}
	}
	l.emptyDestroyedGroups(plan, at)
	l.openLists()
	return l
}

func (l *lists) addWhere(plan contents, at side, whole bool) {
	for _, i := range plan.managed {
		if resource, ok := listResources[i.kind]; ok && resource.whole == whole && i.at(at) != nil {
			l.add(resource, i.at(at))
		}
	}
}

// addData notes the lists that data sources have read.
func (l *lists) addData(plan contents) {
	for _, source := range plan.data {
		for _, list := range dataLists[source.kind] {
			key, ok := l.dataKey(source, list)
			if !ok {
				continue
			}
			if members, is := source.before.texts(list.Plural); source.before.values[list.Plural] != nil {
				l.known[key] = l.listOf(members, is)
			}
		}
	}
}

func (l *lists) dataKey(source *instance, list access.List) (listKey, bool) {
	o := source.before
	key := listKey{list: list.Plural}
	switch source.kind {
	case "signing_policy":
		key.project, key.policy = o.textOf("project"), o.textOf("slug")
		return key, key.project != "" && key.policy != ""
	case "project":
		key.project = o.textOf("slug")
		return key, key.project != ""
	}
	return l.groupKey(o.textOf("member"))
}

func (l *lists) groupKey(group string) (listKey, bool) {
	reference, err := access.ParseReference(group)
	if err != nil {
		return listKey{}, false
	}
	return listKey{list: access.GroupMembers.Plural, group: l.principals.key(reference)}, true
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
func (l *lists) place(resource listResource, o *object) (listKey, bool) {
	key := listKey{list: resource.list.Plural}
	switch resource.list.Parent {
	case access.ParentUserGroup:
		return l.groupKey(o.textOf("group"))
	case access.ParentSigningPolicy:
		key.policy = o.textOf("signing_policy")
		if key.policy == "" {
			return key, false
		}
	}
	key.project = o.textOf("project")
	return key, key.project != ""
}

// add notes what a resource puts on its list.
func (l *lists) add(resource listResource, o *object) {
	key, ok := l.place(resource, o)
	if !ok {
		l.open[resource.list.Plural] = true
		return
	}
	if resource.whole {
		members, is := o.texts("members")
		l.known[key] = l.listOf(members, is)
		return
	}
	list := l.at(key)
	member, is := o.text("member")
	added := l.listOf([]string{member}, is)
	maps.Copy(list.entries, added.entries)
	list.complete = list.complete && added.complete
}

func (l *lists) at(key listKey) *entryList {
	if l.known[key] == nil {
		l.known[key] = &entryList{entries: map[string]access.Reference{}}
	}
	return l.known[key]
}

// remove takes off a list what a resource had put there, where the plan destroys or
// changes it. A whole list is empty then, as far as the plan knows.
func (l *lists) remove(resource listResource, i *instance) {
	if i.before == nil || !i.changes() || i.after == i.before {
		return
	}
	key, ok := l.place(resource, i.before)
	if !ok {
		return
	}
	if resource.whole {
		l.known[key] = l.listOf(nil, known)
		return
	}
	member, is := i.before.text("member")
	for gone := range l.listOf([]string{member}, is).entries {
		delete(l.at(key).entries, gone)
	}
}

// addGroups notes that a group that the plan creates holds nobody yet.
func (l *lists) addGroups(plan contents, at side) {
	for _, i := range plan.managed {
		if i.kind != "user_group" || at == before || i.before != nil || i.after == nil {
			continue
		}
		key, ok := l.groupKey(i.after.textOf("member"))
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
func (l *lists) emptyDestroyedGroups(plan contents, at side) {
	for _, i := range plan.managed {
		if i.kind != "user_group" || at == before || i.before == nil || i.after != nil {
			continue
		}
		if key, ok := l.groupKey(i.before.textOf("member")); ok {
			l.known[key] = l.listOf(nil, known)
		}
	}
}

func (l *lists) openLists() {
	for key, list := range l.known {
		if l.open[key.list] {
			list.complete = false
		}
	}
}
