package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// An AuditLog is what the audit log answered.
type AuditLog struct {
	// Events are in the order of the answer.
	Events []AuditEvent
	// Partial is true if the answer had more than the list, or its header tells of
	// pages: there may be further ones, which are not asked for.
	Partial bool
	// Until is how far the answer reaches, by the server's clock: whatever the log had before that is in it. Whether
	// SignPath notes an event at once is not documented.
	Until time.Time
}

// An AuditEvent is one administrative change as the audit log tells it. The
// route is a preview whose answer is hardly documented: what is not there, or
// not understood, is empty, and never made up.
type AuditEvent struct {
	ID string
	// Time is zero if it is not known.
	Time time.Time
	// Name is documented to be <Entity>.<PastTense>: "Webhook.Deleted".
	Name string
	// Actor is who made the change, and Object what was changed.
	Actor, Object AuditParty
	// Changes are ordered by property. They are nil where the event does not tell what it
	// changed, and empty where it tells that it changed nothing.
	Changes []AuditChange
}

// An AuditParty is somebody or something that an event names.
type AuditParty struct {
	// ID is in lower case.
	ID, Name, Email string
	// Type is the entity in the name of the event: "SigningPolicy". Actors have
	// none.
	Type string
}

// An AuditChange is one property that was changed.
type AuditChange struct {
	Property string
	// Before and After are JSON as it came; nil if the event does not tell.
	Before, After json.RawMessage
}

// An AuditLogError says that the audit log cannot be had: SignPath answered
// 403 or 404, which it does for a token that may not read it and for an
// installation that does not have it.
type AuditLogError struct {
	Cause error
	// place is where the log is expected.
	place string
}

func (e *AuditLogError) Error() string {
	return fmt.Sprintf("the token's user may not read the audit log, or this installation does not have it at %s, which is a preview: %v", e.place, e.Cause)
}

// Unwrap returns SignPath's answer.
func (e *AuditLogError) Unwrap() error { return e.Cause }

// AuditEvents reads the administrative events of the audit log, each time anew:
// the log grows by what this client writes, too. If the token or the
// installation does not have it, the error is an [*AuditLogError].
func (c *Client) AuditEvents(ctx context.Context) (AuditLog, error) {
	asked := time.Now()
	log, err := c.readAuditLog(ctx)
	if IsUnknownOrForbidden(err) {
		wire := c.mapping.Wire(contract.RouteAuditEvents)
		return AuditLog{}, &AuditLogError{err, wire.Version() + "/{organization}" + wire.Path}
	}
	log.Until = c.reachOf(log.Events, asked, time.Now())
	return log, err
}

// reachOf is the time of the question, by the server's clock where that is behind this machine's, or just after the last event of the
// answer, which the log would not have if it had been read before it. An event later than the answer itself proves nothing.
func (c *Client) reachOf(events []AuditEvent, asked, answered time.Time) time.Time {
	lead, _ := c.http.ServerLead()
	until := asked.Add(min(lead, 0))
	latest := answered.Add(max(lead, 0) + time.Second) // The header Date is cut to the second.
	for _, event := range events {
		if !event.Time.Before(until) && !event.Time.After(latest) {
			until = event.Time.Add(1)
		}
	}
	return until.UTC()
}

// readAuditLog reads all pages of the log where the mapping says how, and else the one answer.
func (c *Client) readAuditLog(ctx context.Context) (AuditLog, error) {
	r := contract.RouteAuditEvents
	if c.mapping.Page(r) != nil {
		events, err := c.getList(ctx, r)
		return c.auditLogOf(events), err
	}
	body, header, err := c.call(ctx, r, nil, nil)
	if err != nil {
		return AuditLog{}, err
	}
	log, err := c.decodeAuditLog(body)
	if err != nil {
		return AuditLog{}, c.unusable(r, nil, err)
	}
	log.Partial = log.Partial || contract.IsPartial(header, len(log.Events))
	return log, nil
}

// auditLogOf is the log of events by the names that are assumed.
func (c *Client) auditLogOf(events []contract.Object) AuditLog {
	log := AuditLog{Events: make([]AuditEvent, len(events))}
	for i, event := range events {
		log.Events[i] = c.decodeAuditEvent(event)
	}
	return log
}

// decodeAuditLog reads a bare list, or an object with one list in it. Unlike with
// the lists of what exists, a list that may be a page is taken, and said to be
// one: whoever is missing from it does not count as gone.
func (c *Client) decodeAuditLog(body []byte) (AuditLog, error) {
	items, isStated, isPartial := c.mapping.Items(contract.RouteAuditEvents, body)
	if wrapper, err := contract.DecodeObject(body); err == nil && !isStated {
		lists := maps.Clone(wrapper)
		maps.DeleteFunc(lists, func(_ string, value json.RawMessage) bool { return !bytes.HasPrefix(value, []byte("[")) })
		if len(lists) != 1 {
			return AuditLog{}, fmt.Errorf("%w: an object with %d lists in it", httpapi.ErrNotJSON, len(lists))
		}
		for _, list := range lists {
			items = list
		}
		isPartial = len(wrapper) > 1
	}
	events, err := contract.DecodeItems(items)
	for i := range events {
		if events[i], err = c.mapping.DecodeObject(contract.RouteAuditEvents, events[i], contract.Principals{}); err != nil {
			break
		}
	}
	if err != nil {
		return AuditLog{}, err
	}
	log := c.auditLogOf(events)
	log.Partial = isPartial
	return log, nil
}

func (c *Client) decodeAuditEvent(o contract.Object) AuditEvent {
	metadata, err := contract.DecodeObject(o.Value(contract.PropEventMetadata))
	if err != nil {
		metadata = contract.Object{}
	}
	// Only the actor is documented to be in the metadata, so that the rest may be
	// there, too.
	event := AuditEvent{
		ID:   cmp.Or(o.Text(contract.PropID), metadata.Text(contract.PropID)),
		Time: firstTime(o, metadata),
		Name: cmp.Or(eventName(o), eventName(metadata)),
	}
	if name := o.Text(contract.PropEventName); name != "" && c.mapping.States(contract.RouteAuditEvents, contract.PropEventName) {
		event.Name = name
	}
	if c.mapping.Maps(contract.RouteAuditEvents) { // Then it is where the mapping, or the contract, has it.
		event.Actor = partyIn(o, string(contract.PropEventActor))
	}
	if event.Actor == (AuditParty{}) {
		event.Actor = partyIn(metadata, contract.EventNames(contract.PropEventActor)...)
	}
	if event.Actor == (AuditParty{}) {
		// Outside of the metadata, the old name of the actor could be who was changed.
		event.Actor = partyIn(o, string(contract.PropEventActor))
	}
	event.Object = partyIn(o, contract.EventNames(contract.PropEventObject)...)
	entity, _, ok := strings.Cut(event.Name, ".")
	if ok && event.Object != (AuditParty{}) {
		event.Object.Type = entity
	}
	event.Changes = c.decodeAuditChanges(entity, o.Told(contract.PropEventChanges))
	return event
}

func firstTime(among ...contract.Object) time.Time {
	for _, o := range among {
		if t := (contract.Object{"": o.Told(contract.PropEventTime)}).Time(""); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

var eventNamePattern = regexp.MustCompile(`^[A-Z][A-Za-z]+\.[A-Z][A-Za-z]+$`)

// eventName returns the name of an event. Several of the plausible properties
// could hold something else, so one that has the documented form goes first.
func eventName(o contract.Object) string {
	for _, name := range contract.EventNames(contract.PropEventName) {
		if name := contract.Text(o[name]); eventNamePattern.MatchString(name) {
			return name
		}
	}
	return contract.Text(o[string(contract.PropEventName)])
}

// partyIn reads whom or what the first of the names tells of: an object, a text, or
// an id and a name beside each other, as signing requests have them (documented).
func partyIn(o contract.Object, names ...string) AuditParty {
	for _, name := range names {
		found := partyOf(o[name])
		if found == (AuditParty{}) {
			found = AuditParty{ID: strings.ToLower(contract.Text(o[name+"Id"])), Name: contract.Text(o[name+"Name"])}
		}
		if found != (AuditParty{}) {
			return found
		}
	}
	return AuditParty{}
}

func partyOf(value json.RawMessage) AuditParty {
	if o, err := contract.DecodeObject(value); err == nil {
		return AuditParty{ID: o.ID(), Name: o.Text(contract.PropName), Email: o.Text(contract.PropEmail)}
	}
	switch text := contract.Text(value); {
	case access.IsID(text):
		return AuditParty{ID: strings.ToLower(text)}
	case access.IsEmail(text):
		return AuditParty{Email: text}
	default:
		return AuditParty{Name: text}
	}
}

// decodeAuditChanges reads an object with a change for each property, or a list
// of changes that name their property, in an event about an entity.
func (c *Client) decodeAuditChanges(entity string, value json.RawMessage) []AuditChange {
	var changes []AuditChange
	add := func(property string, change contract.Object) {
		name, read := c.mapping.ChangedProperty(entity, property)
		told := AuditChange{Property: name, Before: change.Told(contract.PropChangeBefore), After: change.Told(contract.PropChangeAfter)}
		for _, value := range []*json.RawMessage{&told.Before, &told.After} {
			if *value != nil {
				*value = read(*value)
			}
		}
		changes = append(changes, told)
	}
	var list []json.RawMessage
	if byProperty, err := contract.DecodeObject(value); err == nil {
		changes = make([]AuditChange, 0, len(byProperty))
		for property, change := range byProperty {
			add(property, c.mapping.Change(change))
		}
	} else if json.Unmarshal(value, &list) == nil {
		if list != nil && len(list) == 0 {
			changes = []AuditChange{}
		}
		for _, item := range list {
			change := c.mapping.Change(item)
			for _, name := range contract.EventNames(contract.PropChangeProperty) {
				if property := contract.Text(change[name]); property != "" {
					add(property, change)
					break
				}
			}
		}
	}
	slices.SortStableFunc(changes, func(a, b AuditChange) int { return strings.Compare(a.Property, b.Property) })
	return changes
}

// Principal returns who the party is: by its id, or by the e-mail address of an
// interactive user. A name alone names nobody for sure.
func (p AuditParty) Principal(directory *access.Directory) (access.Principal, bool) {
	if found, ok := directory.Get(p.ID); ok {
		return found, true
	}
	if p.ID != "" || p.Email == "" {
		return access.Principal{}, false
	}
	found, err := directory.Find(access.Reference{Kind: access.KindUser, Key: p.Email})
	return found, err == nil
}
