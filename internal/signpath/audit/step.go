package audit

import (
	"cmp"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A step is one thing that an event of the audit log changed.
type step struct {
	event  api.AuditEvent
	object object
	what   thing
	// on is true where somebody came onto a list, and change has the values of an attribute.
	on     bool
	change api.AuditChange
	told   planreview.DriftChange
	// isMemberByName is true where the event tells the member by a name alone.
	isMemberByName bool
}

// A thing is what can be one way or another: whether somebody is on a list, an attribute of
// an account, or whether an object exists.
type thing struct {
	// object is the id, or what else tells it apart from others.
	object string
	// list is the plural of a list, and member the id or name of whoever is on it; attribute
	// is called as in the log, or as in a resource where that has it.
	list, member, attribute string
}

// What is no property: that an object is created or deleted, and its API token.
const (
	attributeExistence = "."
	attributeToken     = ".token"
)

// attributeRole is the global role of an account.
const attributeRole = "role"

// An object is a principal, a project or signing policy, or something else that an event is
// about.
type object struct {
	id        string
	principal *access.Principal
	place     access.Place
	isPlace   bool
	// named is how sentences call it.
	named string
}

// objectOf finds what an event is about. What is gone, or may not be seen, is called as the
// event calls it.
func (r *reading) objectOf(event api.AuditEvent) object {
	party := event.Object
	if id := cmp.Or(party.ID, r.partyID(party)); id != "" {
		if p, ok := r.directory.Get(id); ok {
			return object{id: p.ID, principal: &p, named: r.directory.ReferenceTo(p.ID).String()}
		}
		if place, ok := r.places[id]; ok {
			return object{id: id, place: place, isPlace: true, named: place.String()}
		}
	}
	name := cmp.Or(party.Name, party.Email, party.ID)
	if project, policy, ok := strings.Cut(party.Name, "/"); ok && party.Type == contract.EntitySigningPolicy {
		place := access.PlaceOf(project, policy)
		return object{id: cmp.Or(party.ID, place.String()), place: place, isPlace: true, named: place.String()}
	}
	noun := map[string]string{contract.EntityProject: "project", contract.EntitySigningPolicy: "signing policy"}[party.Type]
	if kind, ok := kindOfEntity(party.Type); ok {
		noun = kind.Noun()
	}
	if name == "" {
		return object{id: party.Type, named: cmp.Or(noun, "something that the audit log does not name")}
	}
	return object{id: cmp.Or(party.ID, party.Type+":"+name), named: strings.TrimSpace(noun + ` "` + name + `"`)}
}

// partyID returns the id of a principal that an event names otherwise.
func (r *reading) partyID(party api.AuditParty) string {
	if p, ok := party.Principal(r.directory); ok {
		return p.ID
	}
	kind, ok := kindOfEntity(party.Type)
	id := r.named[party.Name]
	if p, found := r.directory.Get(id); ok && found && p.Kind == kind {
		return id
	}
	for place := range r.found.Places {
		if place.String() == party.Name && vocabulary.SignPath.KindAt(place) == map[string]string{
			contract.EntityProject: vocabulary.PlaceProject, contract.EntitySigningPolicy: vocabulary.PlaceSigningPolicy,
		}[party.Type] {
			return r.placeIDs[place.String()]
		}
	}
	return ""
}

// steps are what an event changed that is about access. An event of which no more is
// understood is one step.
func (r *reading) steps(event api.AuditEvent) []step {
	o := r.objectOf(event)
	base := step{event: event, object: o, what: thing{object: o.id}}
	switch kindOf(event) {
	case contract.EventReinvited:
		return nil
	case contract.EventCreated:
		return append([]step{base.exists(planreview.DriftCreated, "was created")}, r.stepsOfFilledLists(base)...)
	case contract.EventDeleted:
		return []step{base.exists(planreview.DriftGone, "was deleted")}
	case contract.EventToken:
		base.what.attribute = attributeToken
		base.told = base.about(planreview.DriftToken, o.named+" got a new API token")
		return []step{base}
	}
	if len(event.Changes) == 0 {
		return []step{base.other()}
	}
	var steps []step
	for _, change := range event.Changes {
		if !contract.ChangesNoAccess(change.Property, o.isPlace) {
			steps = append(steps, r.stepsOf(base, change)...)
		}
	}
	return steps
}

// kindOf is what the name of an event says of its object as a whole: "Created" does, and
// "MemberAdded" says something of a part, which is not understood. What is custom or predefined
// is an object, too (documented: changelog 1.143.2).
func kindOf(event api.AuditEvent) contract.EventKind {
	kind := contract.KindOfEvent(event.Name)
	_, verb, _ := strings.Cut(event.Name, ".")
	whole := []string{"Created", "Added", "Invited", "CustomAdded", "PredefinedAdded", "Deleted", "Removed"}
	if (kind == contract.EventCreated || kind == contract.EventDeleted) && !slices.Contains(whole, verb) {
		return contract.EventOther
	}
	return kind
}

// other is an event of which nobody knows more than its name.
func (s step) other() step {
	s.what.attribute = s.event.ID
	s.told = s.about(planreview.DriftOther, "something changed about "+s.object.named+`, which the audit log calls "`+s.event.Name+`",`)
	return s
}

func (s step) exists(kind planreview.DriftKind, verb string) step {
	s.what.attribute = attributeExistence
	s.on = kind == planreview.DriftCreated
	s.told = s.about(kind, s.object.noun()+s.object.named+" "+verb)
	return s
}

// noun says what a place is; a principal's reference says that itself.
func (o object) noun() string {
	if !o.isPlace {
		return ""
	}
	return vocabulary.SignPath.PlaceKind(vocabulary.SignPath.KindAt(o.place)).Noun + " "
}

// about is a change of the object of a step.
func (s step) about(kind planreview.DriftKind, fact string) planreview.DriftChange {
	c := planreview.DriftChange{Kind: kind}
	if s.object.isPlace {
		c.Project, c.SigningPolicy = s.object.place.Slug(0), s.object.place.Slug(1)
	} else if s.object.principal != nil {
		c.Principal = s.object.named
	}
	return c.Telling(fact)
}

// stepsOf are what the change of one property says.
func (r *reading) stepsOf(s step, change api.AuditChange) []step {
	for _, list := range vocabulary.Lists() {
		if _, is := contract.PropertyCalled(change.Property, contract.PropertyOf(list)); is {
			return r.stepsOfList(s, list)
		}
	}
	s.change = change
	if s.object.principal != nil {
		return []step{r.stepOfAccount(s)}
	}
	return []step{stepOfSetting(s)}
}

// stepsOfFilledLists are for a new object of which the event tells the lists.
func (r *reading) stepsOfFilledLists(s step) []step {
	var steps []step
	for _, list := range vocabulary.Lists() {
		if _, _, told := s.event.ListChange(list); told {
			steps = append(steps, r.stepsOfList(s, list)...)
		}
	}
	return steps
}

func (r *reading) stepsOfList(s step, list vocabulary.List) []step {
	s.what.list = list.Plural
	on := s.about(planreview.DriftChanged, "the "+list.Plural+" of "+s.object.named+" were changed, the audit log does not say how,")
	on.Principal, on.List = "", list.Plural
	if s.object.principal != nil {
		on.Group = s.object.named
	}
	added, removed, told := s.event.ListChange(list)
	if !told {
		s.told = on
		return []step{s}
	}
	var steps []step
	for i, party := range append(added, removed...) {
		one := s
		one.on = i < len(added)
		kind := planreview.DriftRemoved
		if one.on {
			kind = planreview.DriftAdded
		}
		id := cmp.Or(party.ID, r.partyID(party), r.named[party.Name])
		one.what.member, one.isMemberByName = cmp.Or(id, party.Email, party.Name), id != "" && isByName(party)
		member := r.spell(id, party)
		one.told = on.OfMember(kind, member).WithID(id)
		if !s.object.isPlace && s.object.principal == nil { // The place is not one that can be seen.
			one.told = one.told.Telling(strings.TrimSuffix(one.told.Fact(), " ") + s.object.named)
		}
		steps = append(steps, one)
	}
	return steps
}

// isByName tells whether an event tells a party by a name alone, which may have been that of another one.
func isByName(party api.AuditParty) bool { return party.ID == "" && party.Email == "" }

// spell names a party as a configuration would, or else as the event does.
func (r *reading) spell(id string, party api.AuditParty) string {
	if _, ok := r.directory.Get(id); ok {
		return r.directory.ReferenceTo(id).String()
	}
	for _, n := range r.namings[id] {
		if n.renaming == nil {
			return n.was.String()
		}
	}
	if id != "" {
		return string(access.KindUnknown) + ":" + id
	}
	return `"` + cmp.Or(party.Email, party.Name) + `"`
}
