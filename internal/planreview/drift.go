package planreview

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A DriftKind says what happened.
type DriftKind string

// The kinds of drift.
const (
	// DriftAdded says that a principal came onto an access list, or was given a global role that
	// a resource owns as a whole.
	DriftAdded DriftKind = "added"
	// DriftRemoved says that a principal left an access list, or lost such a role.
	DriftRemoved DriftKind = "removed"
	// DriftChanged says that an attribute has another value.
	DriftChanged DriftKind = "changed"
	// DriftAccepted says that a user accepted an invitation, which nobody else has to do
	// anything about.
	DriftAccepted DriftKind = "accepted"
	// DriftGone says that an object does not exist any more.
	DriftGone DriftKind = "gone"
	// DriftCreated and DriftToken say that there is a new object, and a new API token.
	DriftCreated DriftKind = "created"
	DriftToken   DriftKind = "token"
	// DriftOther is what the audit log tells in words that are not understood.
	DriftOther DriftKind = "other"
)

// A DriftChange is one thing that changed outside Terraform: as a refresh found it, or as
// the audit log tells it.
type DriftChange struct {
	// Address is that of the first resource instance that shows the change, and Addresses are
	// those of all where they are several. What no resource shows has none.
	Address   string    `json:"address,omitempty"`
	Addresses []string  `json:"addresses,omitempty"`
	Kind      DriftKind `json:"kind"`
	// Principal is who came onto the list or left it; without a list, who changed.
	Principal string `json:"principal,omitempty"`
	// List is the plural of the list: "approvers". What follows is where it is.
	List          string `json:"list,omitempty"`
	Project       string `json:"project,omitempty"`
	SigningPolicy string `json:"signing_policy,omitempty"`
	Group         string `json:"group,omitempty"`
	// Attribute is what changed, as the resource calls it. Before and After are its
	// values where they are simple and may be shown.
	Attribute string `json:"attribute,omitempty"`
	Before    any    `json:"before,omitempty"`
	After     any    `json:"after,omitempty"`
	// Sentence tells the change and, where it is known, who made it. It ends without
	// a full stop.
	Sentence string `json:"sentence"`
	// Author is nil where it is not known for sure.
	Author *DriftAuthor `json:"author"`
	// id is that of the principal, where the resource tells it.
	id string
	// list is the instance that tells of a list, where that has the ids of the members.
	list *instance
	// followed is true for a name that no account shows, and that lists or entries do.
	followed bool
	// fact tells the change alone.
	fact string
	// elsewhere is the vendor of what is at another one than the audit log is of.
	elsewhere string
}

// ID returns the id of the principal; "" where it is not known.
func (c DriftChange) ID() string { return c.id }

// WithID is the change with the id of its principal.
func (c DriftChange) WithID(id string) DriftChange {
	c.id = id
	return c
}

// Fact tells the change alone, without a full stop.
func (c DriftChange) Fact() string { return c.fact }

// Telling is the change in other words, which end without a full stop.
func (c DriftChange) Telling(fact string) DriftChange {
	c.fact = fact
	return c
}

// Place spells where the list is: "acme/release-signing", or the group.
func (c DriftChange) Place() string {
	return ListChange{Project: c.Project, SigningPolicy: c.SigningPolicy, Group: c.Group}.Place()
}

// driftChanges returns what the refresh of a plan found.
func driftChanges(plan *Plan) []DriftChange {
	found := []DriftChange{}
	eachDrift(plan, func(i *instance) { found = append(found, driftOfInstance(i, plan.Vocabulary)...) })
	return joinRoles(found, plan.Vocabulary)
}

// eachDrift visits the resource instances that the refresh found otherwise than the state
// had them.
func eachDrift(plan *Plan, visit func(*instance)) {
	hidden := contentsOf(plan).secrets
	for _, i := range driftInstances(plan) {
		i.sides(func(_ side, o *object) { o.secrets = hidden })
		if i.before != nil {
			visit(i)
		}
	}
}

// driftOf tells of the drift as a part of the review of a plan.
func driftOf(plan *Plan) []Event {
	events := []Event{}
	report := &DriftReport{Changes: driftChanges(plan), Managed: managedBy(plan)}
	report.followIDs(plan)
	for _, c := range report.Changes {
		events = append(events, Event{Address: c.Address, Subject: c.Principal, Sentence: c.fact})
	}
	return events
}

func driftOfInstance(i *instance, vocabulary *access.Vocabulary) []DriftChange {
	switch {
	case i.list != nil && i.list.whole:
		return driftOfList(i)
	case i.list != nil && i.after == nil:
		return []DriftChange{entryGone(i)}
	case i.kind == kindHolders && i.after != nil:
		return driftOfHolders(i, vocabulary)
	case i.kind == "role_assignment" && i.after == nil:
		return []DriftChange{roleGone(i, vocabulary)}
	case i.after != nil && i.before.grants() != i.after.grants():
		return []DriftChange{driftOfGrant(i, vocabulary)}
	case i.after == nil:
		return []DriftChange{about(i, DriftGone, i.subject()+" was deleted")}
	}
	return driftOfAttributes(i, vocabulary)
}

// driftOfList compares a whole list.
func driftOfList(i *instance) []DriftChange {
	c := onList(i)
	if i.after == nil {
		c.Kind, c.fact = DriftGone, fmt.Sprintf("the %s %s was deleted with its %s", i.list.noun, c.Place(), i.list.plural)
		return []DriftChange{c}
	}
	had, before := i.before.texts(attributeMembers)
	has, after := i.after.texts(attributeMembers)
	if before != known || after != known {
		return []DriftChange{unshown(i, attributeMembers)}
	}
	var found []DriftChange
	if i.knowsIDs() {
		c.list = i
	}
	for _, member := range without(has, had) {
		found = append(found, c.OfMember(DriftAdded, member))
	}
	for _, member := range without(had, has) {
		found = append(found, c.OfMember(DriftRemoved, member))
	}
	if len(found) == 0 && len(i.moved()) > 0 {
		c.Kind, c.fact = DriftChanged, fmt.Sprintf("somebody among the %s of %s is another one of the same name", c.List, c.Place())
		found = append(found, c)
	}
	if i.before.values[attributeGroup] != nil && i.differs(attributeGroup) {
		found = append(found, otherName(i, attributeGroup))
	}
	return found
}

const attributeGroup = "group"

// otherName is that a list of members names its group otherwise.
func otherName(i *instance, name string) DriftChange {
	if i.before.knows(name) != known || i.after.knows(name) != known {
		return unshown(i, name)
	}
	was, is := i.before.Text(name), i.after.Text(name)
	return DriftChange{
		Address: i.address, Kind: DriftChanged, Attribute: name, Before: was, After: is,
		fact: fmt.Sprintf("%s of %s was changed%s", name, i.address, fromTo(was, is)),
	}
}

const attributeMembers = "members"

func entryGone(i *instance) DriftChange {
	member, is := i.before.text("member")
	if is != known {
		return unshown(i, "member")
	}
	return onList(i).OfMember(DriftRemoved, member)
}

// onList is a change of the list that a resource tells of.
func onList(i *instance) DriftChange {
	return DriftChange{
		Address: i.address, List: i.list.plural, Project: i.before.Text("project"),
		SigningPolicy: i.before.Text("signing_policy"), Group: i.before.Text("group"),
	}
}

// OfMember is the change of a list for somebody who came onto it or left it.
func (c DriftChange) OfMember(kind DriftKind, member string) DriftChange {
	c.Kind, c.Principal = kind, member
	preposition := map[DriftKind]string{DriftAdded: "to", DriftRemoved: "from"}[kind]
	c.fact = fmt.Sprintf("%s was %s %s the %s of %s", member, kind, preposition, c.List, c.Place())
	return c
}

// about is a change of what a resource is about.
func about(i *instance, kind DriftKind, fact string) DriftChange {
	c := DriftChange{Address: i.address, Kind: kind, fact: fact}
	if _, isPrincipal := i.principal(); isPrincipal {
		c.id = i.before.Text("id")
	}
	if subject := i.subject(); subject != i.address {
		c.Principal = subject
	}
	return c
}

// unshown is the change of an attribute of which the value may not be shown.
func unshown(i *instance, name string) DriftChange {
	c := DriftChange{Address: i.address, Kind: DriftChanged, Attribute: name}
	c.fact = fmt.Sprintf("%s of %s changed", name, i.address)
	return c
}

func roleGone(i *instance, vocabulary *access.Vocabulary) DriftChange {
	c := about(i, DriftChanged, fmt.Sprintf("the global role %s was taken from %s", vocabulary.Title(i.before.role()), i.subject()))
	c.Attribute, c.Before, c.After = attributeRole, i.before.Text(attributeRole), string(vocabulary.Least)
	return c
}

const attributeRole = "role"

// followers are attributes that change only because another one does, which then
// tells it.
var followers = map[string][]string{
	"member": {attributeEmail, attributeAccountEmail, attributeName}, "status": {"active"},
	"invitation_expires_at": {"active", "status", attributeEmail, attributeAccountEmail}, attributeAccountEmail: {attributeEmail},
}

func driftOfAttributes(i *instance, vocabulary *access.Vocabulary) []DriftChange {
	var found []DriftChange
	accepts := i.acceptsInvitation()
	if accepts {
		c := about(i, DriftAccepted, i.subjectBefore()+" accepted the invitation")
		c.Attribute, c.Before, c.After = attributeStatus, i.before.Text(attributeStatus), i.after.Text(attributeStatus)
		found = append(found, c)
	}
	for _, name := range sortedKeys(i.before.values) {
		follows := slices.ContainsFunc(followers[name], i.differs)
		switch {
		case accepts && (name == attributeStatus || name == attributeIdentity):
		case !i.differs(name) || follows || name == attributeEnded || name == attributeGranted: // The clock does that.
		case i.before.knows(name) != known || i.after.knows(name) != known:
			found = append(found, unshown(i, name))
		default:
			found = append(found, attributeChange(i, name, vocabulary))
		}
	}
	return found
}

const (
	attributeStatus   = "status"
	attributeIdentity = "identity"
)

// acceptsInvitation tells whether a user was invited and is not any more, which links an
// identity.
func (i *instance) acceptsInvitation() bool {
	return i.before.Text(attributeStatus) == string(access.StatusInvited) && i.after.Text(attributeStatus) == string(access.StatusActive)
}

func attributeChange(i *instance, name string, vocabulary *access.Vocabulary) DriftChange {
	was, is := i.before.values[name], i.after.values[name]
	c := about(i, DriftChanged, "")
	if name == attributeAccountEmail { // A refresh leaves the other one, which is that of the configuration.
		name = attributeEmail
	}
	c.Attribute = name
	if isSimple(was) && isSimple(is) {
		c.Before, c.After = was, is
	}
	switch {
	case name == attributeRole:
		c.fact = fmt.Sprintf("%s was given the global role %s instead of %s", i.subject(), vocabulary.Title(i.after.role()), vocabulary.Title(i.before.role()))
	case name == "active" && is == true:
		c.fact = i.subject() + " was activated"
	case name == "active" && is == false:
		c.fact = i.subject() + " was deactivated"
	default:
		c.fact = fmt.Sprintf("%s of %s was changed%s", name, i.subjectBefore(), fromTo(was, is))
	}
	return c
}

// subjectBefore names what the resource is about by its old name, which is the one
// that the state has.
func (i *instance) subjectBefore() string {
	if member := i.before.Text("member"); member != "" {
		return member
	}
	return i.subject()
}

func without(texts, others []string) []string {
	excluded := map[string]bool{}
	for _, other := range others {
		excluded[other] = true
	}
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return excluded[text] })
}

// isSimple tells whether a value is short enough for a sentence: maps and lists are
// the plan's to show.
func isSimple(value any) bool {
	switch reflect.ValueOf(value).Kind() {
	case reflect.Map, reflect.Slice:
		return false
	}
	return true
}

func fromTo(was, is any) string {
	if !isSimple(was) || !isSimple(is) {
		return ""
	}
	return fmt.Sprintf(" from %s to %s", spellValue(was), spellValue(is))
}

// spellValue writes a text as it is, because most are names, and anything else as
// JSON does.
func spellValue(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	spelled, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(spelled)
}
