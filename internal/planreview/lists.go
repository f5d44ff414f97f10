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
	principals *principals
	known      map[listKey]*entryList
	// open are the kinds of lists of which some entry has no place yet: it may be on
	// any of them.
	open map[string]bool
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

// listsBefore are those of the prior state and its data sources; and, where the live
// organization shows them, as it has them.
func listsBefore(plan contents, p *principals, live *Live) *lists {
	l := &lists{principals: p, known: map[listKey]*entryList{}, open: map[string]bool{}, created: map[listKey]bool{}}
	l.addData(plan)
	for _, whole := range []bool{true, false} {
		for _, i := range plan.managed {
			if resource, ok := listResources[i.kind]; ok && resource.whole == whole && i.before != nil {
				l.add(resource, i.before)
			}
		}
	}
	l.openLists()
	if live != nil {
		l.overlay(live.Organization)
	}
	return l
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

// add notes what a resource has on its list.
func (l *lists) add(resource listResource, o *object) {
	key, ok := l.place(resource, o)
	switch {
	case !ok:
		l.open[resource.list.Plural] = true
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
		if l.open[key.list] {
			list.complete = false
		}
	}
}
