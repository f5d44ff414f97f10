package planreview

import (
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// Managed is what the state of a plan held of the live organization before the refresh: what
// Terraform manages, in the spelling of the state.
type Managed struct {
	Accounts []ManagedAccount
	Lists    []ManagedList
	Roles    []ManagedRole
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
	// List is the plural of the list. What follows is where it is.
	List, Project, SigningPolicy, Group string
	Members                             []string
	// Whole is true where nobody else is to be on the list, and Hidden where there are members
	// that may not be shown.
	Whole, Hidden bool
}

// A ManagedRole is the global role of a user that has a resource; Role is empty where it may
// not be shown.
type ManagedRole struct{ Address, Member, Role string }

// managedBy reads what a plan tells of its state.
func managedBy(plan *Plan) Managed {
	hidden, lists := secretsOf(plan.Plan), listResources(plan.Vocabulary)
	held := map[string]*instance{}
	if plan.PriorState != nil && plan.PriorState.Values != nil {
		eachResource(plan.PriorState.Values.RootModule, func(r *tfjson.StateResource) {
			if r.Mode != tfjson.DataResourceMode {
				held[r.Address+r.DeposedKey] = instanceOfState(r, lists)
			}
		})
	}
	// What the refresh found otherwise is in the prior state as it was found.
	for _, change := range slices.Concat(plan.ResourceChanges, plan.ResourceDrift) {
		if !isOurs(change.Type) || change.Change == nil || change.Mode == tfjson.DataResourceMode || change.Change.Before == nil {
			continue
		}
		held[change.Address+change.DeposedKey] = instanceOfChange(change, lists)
	}
	var m Managed
	for _, i := range ordered(held, hidden) {
		m.add(i)
	}
	return m
}

func (m *Managed) add(i *instance) {
	o := i.before
	_, isAccount := principalKinds[i.kind]
	switch {
	case i.list != nil:
		list := ManagedList{
			Address: i.address, List: i.list.plural, Project: o.Text("project"), SigningPolicy: o.Text("signing_policy"), Group: o.Text(attributeGroup),
			Whole: i.list.whole,
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
		m.Roles = append(m.Roles, ManagedRole{i.address, o.Text("member"), o.Text(attributeRole)})
	case isAccount:
		account := ManagedAccount{Address: i.address, ID: strings.ToLower(o.Text("id")), Member: o.Text("member"), Values: map[string]any{}}
		for name, value := range o.values {
			if o.knows(name) == known {
				account.Values[name] = value
			}
		}
		m.Accounts = append(m.Accounts, account)
	}
}
