package mock

import (
	"fmt"
	"net/http"
	"slices"
)

type userGroup struct {
	ID             string   `json:"id"`
	Name           string   `json:"name"`
	Description    string   `json:"description,omitempty"`
	IsSynchronized bool     `json:"isSynchronized,omitempty"`
	Members        []string `json:"members"`
	Slug           string   `json:"slug"` // for mapping files that name one
}

// addGroup adds a group without its members, as those may be groups that are not there yet.
func (o *organization) addGroup(seed UserGroupSeed) (*userGroup, error) {
	if seed.Name == "" {
		return nil, fmt.Errorf("a user group needs a name: %+v", seed)
	}
	id, err := o.newID(seed.ID, kindUserGroup, seed.Name)
	if err != nil {
		return nil, err
	}
	added := &userGroup{ID: id, Name: seed.Name, Description: seed.Description, IsSynchronized: seed.Synchronized}
	o.insertGroup(added)
	return added, nil
}

func (o *organization) insertGroup(g *userGroup) {
	o.slugify(g.ID, g.Name, &g.Slug)
	o.Groups = append(o.Groups, g)
	o.groupsByID[g.ID] = g
}

func (g *userGroup) entity() entity { return entity{wireKinds[kindUserGroup].event, g.ID, g.Name} }

func (g *userGroup) lists() map[string]*[]string {
	return map[string]*[]string{propMembers: &g.Members}
}

func (g *userGroup) render(r renderer) object {
	return object{
		propID:             g.ID,
		propLink:           r.linkOf(thingGroup, g.ID),
		propName:           g.Name,
		propDescription:    nullable(g.Description),
		propIsSynchronized: g.IsSynchronized,
		propMembers:        append([]string{}, g.Members...),
	}
}

// groupTemplate is where a group is read.
const groupTemplate = "/UserGroups/{id}"

var userGroupRoutes = of(thingGroup, []route{
	{opList, http.MethodGet, "/UserGroups", readDirectory, listGroups, nil, groupList},
	{opGet, http.MethodGet, groupTemplate, readDirectory, readGroup, nil, groupAnswer},
	{opCreate, http.MethodPost, "/UserGroups", changeGroups, createGroup, groupCreation, createdAnswer(kindUserGroup)},
	{opEdit, http.MethodPost, groupTemplate + "/Edit", changeGroups, withGroup(editGroup), groupEdit, nil},
	{opChangeMembers, http.MethodPost, groupTemplate + "/ChangeMembers", changeGroups, withGroup(replaceMembers), memberReplacement, nil},
	{opModifyMembers, http.MethodPost, groupTemplate + "/ModifyMembers", changeGroups, withGroup(modifyMembers), memberModification, nil},
})

var (
	groupAnswer        = &answerModel{of: thingGroup, schema: "UserGroup", sample: renderSampleGroup}
	groupList          = listAnswer(thingGroup, "UserGroup", renderSampleGroup)
	groupCreation      = &requestModel{schema: "CreateUserGroup", read: readGroupProperties}
	groupEdit          = &requestModel{schema: "EditUserGroup", read: readGroupProperties, isEdit: true}
	memberReplacement  = &requestModel{schema: "ChangeUserGroupMembers", read: func(e *edit) { e.newMembers() }}
	memberModification = &requestModel{schema: "ModifyUserGroupMembers", read: func(e *edit) { e.modifiedMembers() }}
)

func renderSampleGroup(r renderer) object { return (&userGroup{}).render(r) }

func readGroupProperties(e *edit) { _ = e.group(&userGroup{}, "") }

func listGroups(c *call) (answer, *problem) {
	groups := c.listed().groups
	items := make([]object, 0, len(groups))
	for _, g := range groups {
		items = append(items, g.render(c.renderer))
	}
	return c.list(thingGroup, items)
}

func withGroup(handle func(*call, *userGroup) (answer, *problem)) handler {
	return func(c *call) (answer, *problem) {
		id, refused := c.id()
		if refused != nil {
			return answer{}, refused
		}
		g := c.organization.groupsByID[id]
		if g == nil {
			return answer{}, c.unknown(wireKinds[kindUserGroup].title, id)
		}
		return handle(c, g)
	}
}

func readGroup(c *call) (answer, *problem) {
	id, refused := c.id()
	if refused != nil {
		return answer{}, refused
	}
	g := c.seen(id).group
	if g == nil {
		return answer{}, c.unknown(wireKinds[kindUserGroup].title, id)
	}
	return ok(c.shown(thingGroup, g.render(c.renderer))), nil
}

func createGroup(c *call) (answer, *problem) {
	if refused := c.refuseGroups(); refused != nil {
		return answer{}, refused
	}
	created := &userGroup{ID: c.server.newID()}
	if refused := c.create().group(created, ""); refused != nil {
		return answer{}, refused
	}
	c.organization.insertGroup(created)
	c.organization.record(c.stamp(), created.entity(), "Created", nil)
	return c.created(kindUserGroup, created.ID, ""), nil
}

// editGroup leaves the members alone: changelog 1.159.0 took them out of the edit.
func editGroup(c *call, g *userGroup) (answer, *problem) {
	if refused := g.refuseSynchronized(); refused != nil {
		return answer{}, refused
	}
	edited := *g
	if refused := c.edit().group(&edited, g.Name); refused != nil {
		return answer{}, refused
	}
	c.change(g, "Edited", func() { *g = edited })
	return done(), nil
}

// group reads the properties of a group. That names are unique is an assumption.
func (e *edit) group(g *userGroup, nameBefore string) *problem {
	read(e, propName, &g.Name)
	read(e, propDescription, &g.Description)
	e.require(propName, g.Name)
	if g.Name != nameBefore && len(e.organization.principalsNamed(kindUserGroup, g.Name)) > 0 {
		e.reject(propName, "There is a user group with the name '%s' already.", g.Name)
	}
	return e.problem()
}

func (g *userGroup) refuseSynchronized() *problem {
	if !g.IsSynchronized {
		return nil
	}
	return badRequest(fmt.Sprintf("The user group '%s' is synchronized with a directory and cannot be edited manually.", g.Name))
}

// replaceMembers implements changelog 1.159.0: ChangeMembers sets a new list of members.
func replaceMembers(c *call, g *userGroup) (answer, *problem) {
	e := c.create()
	return c.setMembers(e, g, propMembers, e.newMembers())
}

func (e *edit) newMembers() (members []string) {
	e.members(propMembers, &members)
	e.requireSent(propMembers)
	return members
}

// modifyMembers implements changelog 1.159.0: ModifyMembers adds and removes members. Adding one that is there and
// removing one that is not are no errors (an assumption).
func modifyMembers(c *call, g *userGroup) (answer, *problem) {
	e := c.create()
	added, removed := e.modifiedMembers()
	members := without(g.Members, removed...)
	for _, id := range added {
		if !slices.Contains(members, id) {
			members = append(members, id)
		}
	}
	return c.setMembers(e, g, propAddedMembers, members)
}

func (e *edit) modifiedMembers() (added, removed []string) {
	e.members(propAddedMembers, &added)
	e.members(propRemovedMembers, &removed)
	return added, removed
}

// setMembers enforces DIR: members are users and groups; a synchronized group can't be edited. That a group can't
// contain itself is inferred.
func (c *call) setMembers(e *edit, g *userGroup, property string, members []string) (answer, *problem) {
	if refused := g.refuseSynchronized(); refused != nil {
		return answer{}, refused
	}
	if through := c.organization.cycle(g, members); through != "" {
		e.reject(property, "The user group '%s' would contain itself through %s.", g.Name, through)
	}
	if c.dialect.NoCIUsersInGroups {
		e.rejectCIUsers(property, members)
	}
	if refused := e.problem(); refused != nil {
		return answer{}, refused
	}
	c.change(g, "MembersChanged", func() { g.Members = members })
	return done(), nil
}

func (e *edit) rejectCIUsers(property string, members []string) {
	for _, id := range members {
		if u := e.organization.usersByID[id]; u != nil && u.Kind == kindCIUser {
			e.reject(property, "The CI user '%s' cannot be a member of a user group.", u.Name)
		}
	}
}
