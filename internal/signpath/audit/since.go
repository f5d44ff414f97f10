package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// Origins tell of an organization since when, and by whom, somebody has an entry or a role. They
// go by ids; by names only where an event tells none, and where the name was only ever that of
// one. An event is named only if it surely is the last one that put the entry there: whatever
// contradicts that, or may do so because it is not understood, leaves the entry without one.
type Origins struct {
	*reading
	called callings
	// Gaps are sentences on what could not be read.
	Gaps []string
	// missing is why nothing is found at all.
	missing string
	changes map[thing][]listChange
	// anywhere are, by the plural of a list, changes of which it is not known whose list it is.
	anywhere  map[string][]listChange
	histories map[thing]listHistory
	// about are, by the id of a principal or place, the events of it, and stray are those of which
	// it is not known whom or what they are about.
	about map[string][]api.AuditEvent
	stray []api.AuditEvent
}

// ReadOrigins reads the audit log beside an organization that the client has just read. What the
// token's user did counts as Terraform's if it is a CI user, and what those did who apply. That
// the log cannot be read is a gap; an error is the end of the context, or somebody who applies
// and does not exist.
func ReadOrigins(ctx context.Context, client *api.Client, found *survey.Survey, appliedBy []access.Reference) (*Origins, error) {
	log, err := client.AuditEvents(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	o := &Origins{
		reading: newReading(ctx, client, log.Events, found), changes: map[thing][]listChange{}, anywhere: map[string][]listChange{},
		histories: map[thing]listHistory{}, about: map[string][]api.AuditEvent{},
	}
	switch {
	case err != nil:
		o.missing = "it could not be read"
		o.Gaps = append(o.Gaps, fmt.Sprintf("Since when anybody has access, and by whom: %v.", err))
	case log.Partial && !beginsWithLatest(log.Events):
		o.missing = "its latest events may be missing"
		o.Gaps = append(o.Gaps, "Since when anybody has access, and by whom: SignPath's answer may be a part of the audit log only, and not the latest one.")
	case log.Partial:
		o.Gaps = append(o.Gaps, "Earlier events: SignPath's answer may be a part of the audit log only, so that some entries are not found in it.")
	}
	if err := o.noteApplying(ctx, client, appliedBy); err != nil {
		return nil, err
	}
	o.called = o.callings()
	o.index()
	return o, nil
}

// noteApplying notes whose changes are Terraform's. A person may read with a token of their own,
// and what they do is no program's.
func (r *reading) noteApplying(ctx context.Context, client *api.Client, appliedBy []access.Reference) error {
	if me, err := client.Me(ctx); err == nil && me.Kind == access.KindCIUser {
		r.own[me.ID] = true
	}
	return r.noteAppliers(appliedBy)
}

// Appliers spells whose changes count as Terraform's.
func (o *Origins) Appliers() []string { return o.owners() }

// Back implements [evidence.Origins].
func (o *Origins) Back() time.Time { return earliest(o.events) }

// earliest is the time of the first event that has one.
func earliest(events []api.AuditEvent) time.Time {
	for _, event := range events { // They are in order, and those without a time come first.
		if !event.Time.IsZero() {
			return event.Time
		}
	}
	return time.Time{}
}

func (o *Origins) index() {
	told := map[string]bool{}
	for _, event := range o.events {
		for _, list := range vocabulary.Lists() {
			if _, _, isTold := event.List(list); isTold {
				told[list.Plural] = true
			}
		}
	}
	for position, event := range o.events {
		if id, _, ok := o.called.who(event.Object, event.Object.Type); ok && (event.Object.ID != "" || event.Object.Type != "") {
			o.about[id] = append(o.about[id], event)
		} else {
			o.stray = append(o.stray, event)
		}
		for _, list := range vocabulary.Lists() {
			if change, is := o.listChange(event, list, !told[list.Plural]); is {
				change.position = position
				o.noteListChange(change, list)
			}
		}
	}
}

func (o *Origins) noteListChange(change listChange, list vocabulary.List) {
	id, byName, ok := o.called.who(change.event.Object, entityOfList(list))
	if object := change.event.Object; object == (api.AuditParty{}) || object.ID == "" && object.Type != entityOfList(list) {
		ok = false
	}
	if !ok {
		change.before, change.after = nil, nil
		o.anywhere[list.Plural] = append(o.anywhere[list.Plural], change)
		return
	}
	change.byName = byName
	key := thing{object: id, list: list.Plural}
	o.changes[key] = append(o.changes[key], change)
}

func entityOfList(list vocabulary.List) string {
	switch list.Kind() {
	case vocabulary.PlaceProject:
		return contract.EntityProject
	case vocabulary.PlaceSigningPolicy:
		return contract.EntitySigningPolicy
	}
	return entityOfKind(access.KindGroup)
}

// listChange reads what an event says of a list, or may hide of it. It may hide a list under a
// name that nobody knows where no event of the log has the list under its own name.
func (o *Origins) listChange(event api.AuditEvent, list vocabulary.List, mayBeRenamed bool) (listChange, bool) {
	if _, is := event.Change(contract.PropertyOf(list)); is {
		before, after, _ := event.List(list)
		change := listChange{event: event, before: o.idsOf(before), after: o.idsOf(after)}
		if _, _, told := event.List(list); !told {
			change.before, change.after = nil, nil
		}
		return change, true
	}
	entity, _, _ := strings.Cut(event.Name, ".")
	if !strings.EqualFold(entity, entityOfList(list)) {
		return listChange{}, false
	}
	return listChange{event: event}, isOpaque(event, mayBeRenamed)
}

// isOpaque tells whether an event may have changed something that it does not tell.
func isOpaque(event api.AuditEvent, mayBeRenamed bool) bool {
	if kindOf(event) != contract.EventOther {
		return false
	}
	if event.Changes == nil {
		return true
	}
	return mayBeRenamed && slices.ContainsFunc(event.Changes, func(change api.AuditChange) bool {
		return !isKnown(change.Property) && (isCompound(change.Before) || isCompound(change.After) || len(change.Before)+len(change.After) == 0)
	})
}

// isKnown tells whether the name is that of a property that is no list.
func isKnown(property string) bool {
	for _, setting := range settings {
		if _, is := contract.PropertyCalled(property, setting.Property); is {
			return true
		}
	}
	return contract.ChangesNoAccess(property, true)
}

func isCompound(raw json.RawMessage) bool {
	return len(raw) > 0 && (raw[0] == '[' || raw[0] == '{')
}

// idsOf are the ids of members, with true for those that are told by name. Whoever is not known
// by it is nobody who is asked for.
func (o *Origins) idsOf(parties []api.AuditParty) map[string]bool {
	ids := map[string]bool{}
	for _, party := range parties {
		if id, byName, ok := o.called.who(party, anyPrincipal); ok {
			ids[id] = byName
		}
	}
	return ids
}

// Entry implements [evidence.Origins].
func (o *Origins) Entry(seat review.Seat, member access.Reference) evidence.Origin {
	owner, plural, named := o.ownerOf(seat)
	id := o.idNow(member)
	switch {
	case o.missing != "":
		return evidence.Origin{Missing: o.missing}
	case owner == "" || id == "":
		return evidence.Origin{}
	}
	h := o.historyOf(thing{object: owner, list: plural})
	put, isOn := h.put[id]
	switch {
	case isOn && put.unsure:
		return evidence.Origin{Missing: "several changes of the list contradict each other, or are not told"}
	case isOn && put.hidden, !isOn && h.told:
		return evidence.Origin{Missing: "the list was otherwise since, and no event tells of the entry"}
	case isOn && !put.original:
		origin := o.origin(put.change.event)
		origin.ByName = put.change.byName || put.change.after[id]
		return origin
	case h.opaque:
		return evidence.Origin{Missing: "there are changes of the list that it does not tell"}
	}
	return o.creation(owner, named, id, seat.Place)
}

// ownerOf finds the id of what has the list of a seat, the plural of the list, and how sentences
// call the owner.
func (o *Origins) ownerOf(seat review.Seat) (id, plural, named string) {
	if seat.Group != (access.Reference{}) {
		return o.idNow(seat.Group), vocabulary.GroupMembers.Plural, seat.Group.String()
	}
	place := object{place: seat.Place, isPlace: true}
	return o.placeIDs[seat.Place.String()], vocabulary.SignPath.Description(seat.Role).Plural, place.noun() + seat.Place.String()
}

// idNow returns the id of whom a reference names now; empty where that is nobody.
func (r *reading) idNow(reference access.Reference) string {
	if reference.Kind == access.KindUnknown {
		return strings.ToLower(reference.Key)
	}
	if p, err := r.directory.Find(reference); err == nil {
		return p.ID
	}
	id, _ := reference.ID()
	return id
}

func (o *Origins) historyOf(key thing) listHistory {
	h, known := o.histories[key]
	if !known {
		changes := slices.Concat(o.changes[key], o.anywhere[key.list])
		slices.SortStableFunc(changes, func(a, b listChange) int { return cmp.Compare(a.position, b.position) })
		h = historyOf(changes)
		o.histories[key] = h
	}
	return h
}

func (o *Origins) origin(event api.AuditEvent) evidence.Origin {
	return evidence.Origin{Found: true, Time: event.Time, Actor: o.actor(o.called, event), Event: event.ID, EventName: event.Name}
}

// creation is for what was there when its owner was created: no event tells of it, and the log
// has the creation. A signing policy of which no event tells the creation came with its project.
func (o *Origins) creation(owner, named, member string, place access.Place) evidence.Origin {
	created, ok := o.created(owner)
	if !ok && place.Depth() > 1 && !o.isCreated(owner) {
		project := access.PlaceOf(place.Slug(0))
		id := o.placeIDs[project.String()]
		if created, ok = o.created(id); ok {
			ok = !o.isBefore(owner, created.Time) && !o.mayHaveMadePolicies(id)
		}
		named = "project " + project.String()
	}
	if !ok || o.isBornAfter(member, created.Time) {
		return evidence.Origin{}
	}
	origin := o.origin(created)
	origin.With, origin.ByName = named, created.Object.ID == ""
	return origin
}

// mayHaveMadePolicies tells whether there are events that may have created a signing policy of a
// project.
func (o *Origins) mayHaveMadePolicies(project string) bool {
	return slices.ContainsFunc(o.about[project], func(e api.AuditEvent) bool { return isOpaque(e, false) }) ||
		slices.ContainsFunc(o.stray, func(e api.AuditEvent) bool {
			return kindOf(e) == contract.EventCreated && strings.HasPrefix(e.Name, contract.EntitySigningPolicy+".")
		})
}

// created is the event that created an object, if there is just one, and nothing before it.
func (o *Origins) created(id string) (api.AuditEvent, bool) {
	var found []api.AuditEvent
	for _, event := range o.about[id] {
		if kindOf(event) == contract.EventCreated {
			found = append(found, event)
		}
	}
	if id == "" || len(found) != 1 || found[0].Time.IsZero() || o.isBefore(id, found[0].Time) {
		return api.AuditEvent{}, false
	}
	return found[0], true
}

func (o *Origins) isCreated(id string) bool {
	return slices.ContainsFunc(o.about[id], func(e api.AuditEvent) bool { return kindOf(e) == contract.EventCreated })
}

// isBefore tells whether the log has an object earlier than that.
func (o *Origins) isBefore(id string, at time.Time) bool {
	return slices.ContainsFunc(o.about[id], func(e api.AuditEvent) bool { return e.Time.Before(at) })
}

// isBornAfter tells whether somebody was created later than that.
func (o *Origins) isBornAfter(id string, at time.Time) bool {
	return slices.ContainsFunc(o.about[id], func(e api.AuditEvent) bool { return kindOf(e) == contract.EventCreated && e.Time.After(at) })
}

// Role implements [evidence.Origins].
func (o *Origins) Role(principal access.Reference) evidence.Origin {
	p, known := o.directory.Get(o.idNow(principal))
	if o.missing != "" || !known {
		return evidence.Origin{Missing: o.missing}
	}
	var told []clue
	for _, event := range o.about[p.ID] {
		if change, is := event.Change(contract.PropRole); is {
			told = append(told, clue{event, isRole(change.After, p.Role)})
		}
	}
	if len(told) == 0 {
		if o.isOpaqueSince(p.ID, time.Time{}, 1) {
			return evidence.Origin{Missing: "there are changes of the account that it does not tell"}
		}
		return o.creation(p.ID, o.directory.ReferenceTo(p.ID).String(), "", access.Place{})
	}
	event, sure := cause(told, time.Time{})
	if !sure || o.isOpaqueSince(p.ID, event.Time, 2) {
		return evidence.Origin{Missing: "its last change of the role is another one, or several contradict each other"}
	}
	origin := o.origin(event)
	origin.ByName = event.Object.ID == ""
	return origin
}

// isOpaqueSince tells whether so many events of an account since a time may have changed it in a
// way that they do not tell.
func (o *Origins) isOpaqueSince(id string, since time.Time, enough int) bool {
	n := 0
	count := func(event api.AuditEvent, isOpaque bool) {
		if isOpaque && (event.Time.IsZero() || !event.Time.Before(since)) {
			n++
		}
	}
	for _, event := range o.about[id] {
		count(event, isOpaque(event, false))
	}
	for _, event := range o.stray {
		_, role := event.Change(contract.PropRole)
		entity, _, _ := strings.Cut(event.Name, ".")
		kind, isKind := kindOfEntity(entity)
		count(event, role || isKind && kind != access.KindGroup && isOpaque(event, false))
	}
	return n >= enough
}

func isRole(raw json.RawMessage, role access.Role) bool {
	text := contract.Text(raw)
	return text != "" && (access.Role(text) == role || text == vocabulary.SignPath.Title(role))
}

// Activation implements [evidence.Origins].
func (o *Origins) Activation(principal access.Reference) (evidence.Origin, bool) {
	p, known := o.directory.Get(o.idNow(principal))
	if o.missing != "" || !known || p.Status() != access.StatusActive {
		return evidence.Origin{}, false
	}
	var told []clue
	for _, event := range o.about[p.ID] {
		if change, is := event.Change(contract.PropActive); is {
			told = append(told, clue{event, change.Became(true)})
		} else if acceptsInvitation(event) {
			told = append(told, clue{event, true})
		}
	}
	if len(told) == 0 {
		return evidence.Origin{}, false
	}
	event, sure := cause(told, time.Time{})
	if !sure {
		return evidence.Origin{Missing: "several changes of the account contradict each other"}, true
	}
	origin := o.origin(event)
	origin.ByName = event.Object.ID == ""
	return origin, true
}
