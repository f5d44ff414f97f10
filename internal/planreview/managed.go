package planreview

import (
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// Managed is what the state of a plan held of the live organization before the refresh: what
// Terraform manages, in the spelling of the state.
type Managed struct {
	Accounts []ManagedAccount
	Lists    []ManagedList
	Roles    []ManagedRole
	// WholeRoles are the roles of which Terraform manages who has them.
	WholeRoles []string
	// Tokens are the ids of the CI users of whom the API token has a resource.
	Tokens []string
}

// A ManagedAccount is a user, CI user or group that has a resource.
type ManagedAccount struct {
	Address, ID, Member string
	// Values are those of the attributes that may be shown.
	Values map[string]any
}

// A ManagedList is an access list of which Terraform manages all entries, or some.
type ManagedList struct {
	Address string
	// List is the plural of the list. What follows is where it is, with the id of the group.
	List, Project, SigningPolicy, Group, GroupID string
	// IDs are those of the members, where the state tells them; else there are the Members.
	IDs     []string
	Members []string
	// Moved are the ids of who came onto the list or left it, by the refresh.
	Moved []string
	// Whole is true where nobody else is to be on the list, and Hidden where there are members
	// that may not be shown.
	Whole, Hidden bool
}

// A ManagedRole is the global role of a user that has a resource; Role is empty where it may
// not be shown.
type ManagedRole struct{ Address, ID, Member, Role string }

// managedBy reads what a plan tells of its state.
func managedBy(plan *Plan) Managed {
	hidden, reading := contentsOf(plan).secrets, plan.reading()
	held := map[string][]*instance{}
	if plan.PriorState != nil && plan.PriorState.Values != nil {
		eachResource(reading.reader, plan.PriorState.Values.RootModule, func(r *tfjson.StateResource) {
			if r.Mode != tfjson.DataResourceMode {
				held[r.Address+r.DeposedKey] = []*instance{reading.instanceOfState(r)}
			}
		})
	}
	note := func(change *tfjson.ResourceChange, found *instance) {
		if reading.reader.owns(change.Type) && change.Mode != tfjson.DataResourceMode && found.before != nil {
			held[change.Address+change.DeposedKey] = []*instance{found}
		}
	}
	for _, change := range plan.ResourceChanges {
		if reading.reader.owns(change.Type) && change.Change != nil {
			found := reading.instanceOfChange(change)
			found.after = found.before // What is planned is not there yet.
			note(change, found)
		}
	}
	// What the refresh found otherwise is in the prior state as it was found.
	for _, change := range plan.ResourceDrift {
		if reading.reader.owns(change.Type) && change.Change != nil {
			note(change, reading.instanceOfChange(change))
		}
	}
	var m Managed
	for _, i := range ordered(held) {
		i.sides(func(_ side, o *object) { o.secrets = hidden })
		m.add(i)
	}
	return m
}

func (m *Managed) add(i *instance) {
	o := i.before
	id := strings.ToLower(o.Text("id"))
	_, isAccount := i.principal()
	switch {
	case i.list != nil:
		list := ManagedList{
			Address: i.address, List: i.list.plural, Project: o.Text("project"), SigningPolicy: o.Text("signing_policy"), Group: o.Text(attributeGroup),
			GroupID: strings.ToLower(o.Text("group_id")), Whole: i.list.whole, IDs: i.before.memberIDs(), Moved: i.moved(),
		}
		is := known
		if i.list.whole {
			list.Members, is = o.texts(attributeMembers)
		} else if member, isMember := o.text("member"); isMember == known {
			list.Members = []string{member}
		} else {
			is = isMember
		}
		list.Hidden = is != known
		m.Lists = append(m.Lists, list)
	case i.kind == "role_assignment":
		m.Roles = append(m.Roles, ManagedRole{i.address, id, o.Text("member"), o.Text(attributeRole)})
	case i.kind == kindHolders:
		members, is := i.holderTexts(o)
		role := o.Text(attributeRole)
		for _, member := range members {
			m.Roles = append(m.Roles, ManagedRole{i.address, "", member, role})
		}
		if is == known && role != "" {
			m.WholeRoles = append(m.WholeRoles, role)
		}
	case i.kind == "ci_user_token":
		m.Tokens = append(m.Tokens, id)
	case isAccount:
		account := ManagedAccount{Address: i.address, ID: id, Member: o.Text("member"), Values: map[string]any{}}
		for name, value := range o.values {
			if o.knows(name) == known {
				account.Values[name] = value
			}
		}
		m.Accounts = append(m.Accounts, account)
	}
}

// memberIDs are the ids of whom a list or an entry means, in lower case; none where it does
// not tell those of all.
func (o *object) memberIDs() []string {
	if o == nil {
		return nil
	}
	if id := o.Text("member_id"); id != "" {
		return []string{strings.ToLower(id)}
	}
	ids, is := o.texts("member_ids")
	elements, _ := o.values[attributeMembers].([]any)
	if is != known || len(ids) != len(elements) {
		return nil
	}
	return each(ids, strings.ToLower)
}

// knowsIDs tells whether a list or entry tells who is on it by ids, before and after.
func (i *instance) knowsIDs() bool {
	knows := func(o *object) bool {
		if o == nil {
			return true
		}
		elements, _ := o.values[attributeMembers].([]any)
		return len(elements) == 0 && o.values["member_ids"] != nil || len(o.memberIDs()) > 0
	}
	return knows(i.before) && knows(i.after)
}

// moved are the ids that are on one side only.
func (i *instance) moved() []string {
	if !i.knowsIDs() {
		return nil
	}
	left, came := i.leftAndCame()
	return append(left, came...)
}

func (i *instance) leftAndCame() (left, came []string) {
	had, has := i.before.memberIDs(), i.after.memberIDs()
	return without(had, has), without(has, had)
}
