package planreview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// A resource that owns a global role as a whole is judged as the role assignments of its
// members, one for each: what becomes of somebody's role is the same, whoever gives it.

const (
	kindAssignment = "role_assignment"
	kindHolders    = "role_holders"
)

// The attributes of a role that is owned as a whole.
const (
	attributeMemberIDs     = "member_ids"
	attributeOthers        = "others"
	attributeReplacesRoles = "replaces_roles"
)

// holders tells who the members are.
var holders = &listResource{whole: true}

// withAssignments puts the role assignments of members behind the instances that stand for
// them.
func withAssignments(all []*instance) []*instance {
	var found []*instance
	for _, i := range all {
		found = append(found, i)
		if i.kind == kindHolders {
			found = append(found, i.assignments()...)
		}
	}
	return found
}

// assignments are the role assignments of the members before and after.
func (i *instance) assignments() []*instance {
	had, _ := i.assigned(i.before)
	has, isWhole := i.assigned(i.after)
	var found []*instance
	for _, member := range sortedKeys(had) {
		found = append(found, i.assignment(had[member], has[member], isWhole))
	}
	if i.before == i.after {
		return found
	}
	add := func(action tfjson.Action, was, is *object) { found = append(found, i.assigns(action, was, is)) }
	for _, member := range sortedKeys(has) {
		if had[member] == nil {
			add(tfjson.ActionCreate, nil, has[member])
		}
	}
	if !isWhole {
		add(tfjson.ActionCreate, nil, newObject(map[string]any{attributeRole: i.after.values[attributeRole]}, map[string]any{attributeMember: true}, nil))
	}
	for _, id := range i.taken() {
		add(tfjson.ActionDelete, newObject(map[string]any{"id": id, attributeRole: i.after.values[attributeRole]}, nil, nil), nil)
	}
	return found
}

// assignment is what becomes of the one of somebody who has been a member.
func (i *instance) assignment(was, is *object, isWhole bool) *instance {
	isSame := i.updates() && fmt.Sprint(i.before.values[attributeRole]) == fmt.Sprint(i.after.values[attributeRole])
	switch {
	case i.before == i.after:
		return i.assigns(i.actions[0], was, was)
	case is != nil && isSame:
		return i.assigns(tfjson.ActionNoop, was, was)
	case is != nil:
		return i.assigns(tfjson.ActionUpdate, was, is)
	case !isWhole: // Whether that one is among those of whom the plan does not tell is not known.
		return i.assigns(tfjson.ActionUpdate, was, was.with(attributeRole))
	}
	return i.assigns(tfjson.ActionDelete, was, nil)
}

func (i *instance) assigns(action tfjson.Action, was, is *object) *instance {
	return &instance{
		address: i.address, kind: kindAssignment, reader: i.reader, actions: tfjson.Actions{action}, before: was, after: is,
		organization: i.organization, deposed: i.deposed, of: i,
	}
}

// taken are the ids of those from whom a create takes the role.
func (i *instance) taken() []string {
	if !i.creates() {
		return nil
	}
	ids, _ := i.after.ids(attributeRemoves)
	return ids
}

// assigned are the assignments of the members that an object names, and whether these are all.
func (i *instance) assigned(o *object) (assigned map[string]*object, isWhole bool) {
	if o == nil {
		return nil, true
	}
	m, assigned := membersIn(holders, o), map[string]*object{}
	for _, reference := range m.references {
		assigned[reference.String()] = newObject(
			map[string]any{
				attributeMember: reference.String(), attributeRole: o.values[attributeRole], attributeMemberIDs: o.values[attributeMemberIDs],
				"organization_id": o.values["organization_id"],
			},
			map[string]any{attributeRole: o.unknown.at(attributeRole)},
			map[string]any{attributeMember: m.concealed[reference], attributeRole: o.sensitive.at(attributeRole)},
		)
	}
	return assigned, m.is == known
}

// with is the object with an attribute of which the value is not known.
func (o *object) with(unknown string) *object {
	return newObject(o.values, map[string]any{unknown: true}, o.sensitive.of)
}

// identify notes which of the ids of all members is that of the one of an assignment. The name
// may be somebody else's after the plan.
func (p *principals) identify(i *instance) {
	if i.of == nil {
		return
	}
	i.sides(func(_ side, o *object) {
		text, _ := o.hiddenText(attributeMember)
		ids, _ := o.ids(attributeMemberIDs)
		if reference, err := access.ParseReference(text); err == nil {
			if id := p.idAmong(reference, ids); id != "" {
				o.values["id"] = id
			}
		}
	})
}

// noteReplaced notes which roles members have that lose them for this one.
func (p *principals) noteReplaced(i *instance) {
	if i.kind != kindHolders || i.after == nil || !i.touches() || i.before != nil && !i.actions.Replace() && !i.differs(attributeReplacesRoles) {
		return
	}
	replaced, _ := i.after.values[attributeReplacesRoles].(map[string]any)
	for id, role := range replaced {
		if text, isText := role.(string); isText && p.byID[strings.ToLower(id)] != nil {
			p.byID[strings.ToLower(id)].Role = access.Role(text)
		}
	}
}

// takenUnnamed tells of those who lose the role by a create, and of whom the plan knows no more
// than the id.
func (m *model) takenUnnamed(i *instance) (found []Event) {
	for _, id := range i.taken() {
		if m.people[before].byID[id] == nil {
			subject := access.Reference{Kind: access.KindUnknown, Key: id}.String()
			found = append(found, Event{Address: i.address, Subject: subject, Sentence: fmt.Sprintf("%s loses the global role %s", subject, m.roleTitle(i.after))})
		}
	}
	return found
}

func (m *model) roleTitle(o *object) string { return m.plan.vocabulary.Title(o.role()) }

// holdersSince tells who has the role now and had it not when the plan found it, and whom the
// plan gives it and who has another one now. That a member lost it is told of the member.
func (m *model) holdersSince(i *instance) []string {
	o := cmp.Or(i.before, i.after)
	role := o.role()
	if role == access.RoleUnstated || role == "" || i.before == nil && !i.creates() {
		return nil
	}
	planned := m.people[before].named(holders, o)
	if planned.uncertain {
		return nil
	}
	var found []string
	for _, one := range m.people[before].all {
		key := one.key()
		isPlanned := planned.has(key) || i.before == nil && slices.Contains(i.taken(), one.ID) || one.Synchronized || one.Support
		if one.Role == role && !isPlanned {
			found = append(found, fmt.Sprintf("%s has the global role %s now", m.people[before].reference(one), m.roleTitle(o)))
		}
	}
	return append(found, m.replacedSince(i)...)
}

// replacedSince tells who is given the role and has a privileged one by now that the plan does not
// know of.
func (m *model) replacedSince(i *instance) (found []string) {
	if i.after == nil || !i.touches() {
		return nil
	}
	had := newEntries()
	if i.before != nil {
		had = m.people[before].named(holders, i.before)
	}
	replaced, _ := i.after.values[attributeReplacesRoles].(map[string]any)
	for _, key := range sortedKeys(m.people[before].named(holders, i.after).entries) {
		one := m.people[before].byKey(key)
		if one == nil || had.has(key) || one.Role == "" || one.Role == m.plan.vocabulary.Least || one.Role == i.after.role() || replaced[one.ID] == string(one.Role) {
			continue
		}
		found = append(found, fmt.Sprintf("%s has the global role %s now", m.people[before].reference(one), m.plan.vocabulary.Title(one.Role)))
	}
	return found
}

// giveUpHolders notes that nobody looks any more at who has a role.
func (m *model) giveUpHolders(i *instance) {
	role := i.before.role()
	if m.isHeld(i, func(o *object) bool { return o.role() == role }) {
		return
	}
	who := "Nobody has it by this plan"
	named := m.people[before].named(holders, i.before)
	if references := m.people[before].entriesOf(named).References; len(references) > 0 {
		names := access.Spell(references)
		covered := map[string]access.Reference{}
		for key := range named.concealed {
			covered[key] = named.entries[key]
		}
		m.veil.overAll(covered, names)
		slices.Sort(names)
		who = "Among them " + map[bool]string{true: "is ", false: "are "}[len(names) == 1] + review.Enumerate(names)
	}
	m.giveUp(review.Finding{
		About: "holders of " + string(role), Sentence: fmt.Sprintf("Terraform gives up the holders of the global role %s, which stays as it is. "+
			"%s.", m.roleTitle(i.before), who),
	}, i)
}

// driftOfHolders compares who has a role. Whom nobody can edit counts, too.
func driftOfHolders(i *instance, vocabulary *access.Vocabulary) []DriftChange {
	had, before := i.holderTexts(i.before)
	has, after := i.holderTexts(i.after)
	if before != known || after != known {
		return []DriftChange{unshown(i, attributeMembers)}
	}
	role, title := i.before.Text(attributeRole), vocabulary.Title(i.before.role())
	c := DriftChange{Address: i.address, Attribute: attributeRole}
	if i.knowsIDs() {
		c.list = i
	}
	var found []DriftChange
	for _, member := range without(has, had) {
		c.Kind, c.Principal, c.Before, c.After, c.fact = DriftAdded, member, nil, role, fmt.Sprintf("%s was given the global role %s", member, title)
		found = append(found, c)
	}
	for _, member := range without(had, has) {
		c.Kind, c.Principal, c.Before, c.After, c.fact = DriftRemoved, member, role, nil, fmt.Sprintf("the global role %s was taken from %s", title, member)
		found = append(found, c)
	}
	if len(found) == 0 && len(i.moved()) > 0 {
		c.Kind, c.Principal, c.Before, c.After, c.fact = DriftChanged, "", nil, nil, fmt.Sprintf("somebody among the holders of the global role %s is another one of the same name", title)
		found = append(found, c)
	}
	return found
}

// holderTexts are the references of all who have the role.
func (i *instance) holderTexts(o *object) ([]string, knowledge) {
	texts, is := o.texts(attributeMembers)
	if o.values[attributeOthers] == nil {
		return texts, is
	}
	others, isToo := o.texts(attributeOthers)
	return append(texts, others...), cmp.Or(is, isToo)
}

// joinRoles makes one change of the two that tell that somebody was given one role for another.
func joinRoles(changes []DriftChange, vocabulary *access.Vocabulary) []DriftChange {
	isOf := func(c DriftChange, kind DriftKind) bool {
		return c.Kind == kind && c.List == "" && c.Attribute == attributeRole
	}
	for i := range changes {
		came := &changes[i]
		at := slices.IndexFunc(changes, func(left DriftChange) bool {
			return isOf(*came, DriftAdded) && isOf(left, DriftRemoved) && left.Principal == came.Principal && left.Address != came.Address
		})
		if at < 0 {
			continue
		}
		left := changes[at]
		role, _ := left.Before.(string)
		came.Kind, came.Before, came.list = DriftChanged, left.Before, nil
		came.fact += " instead of " + vocabulary.Title(access.Role(role))
		came.shownBy([]string{left.Address})
		changes[at].Principal = "" // Told.
	}
	return slices.DeleteFunc(changes, func(c DriftChange) bool { return isOf(c, DriftRemoved) && c.Principal == "" })
}
