package mock

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
)

// AuditEvent is a change of the organization, whether over the API or behind its back.
type AuditEvent struct {
	ID   string    `json:"id"`
	Time time.Time `json:"time"`
	// Name is <Entity>.<PastTense>, such as "SigningPolicy.Edited".
	Name    string                    `json:"name"`
	Actor   EventParty                `json:"actor"`
	Entity  EventParty                `json:"entity"`
	Changes map[string]PropertyChange `json:"changes,omitempty"`
}

// EventParty is a user, group, project or signing policy as the audit log names it. The system has no id.
type EventParty struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name"`
}

// PropertyChange is the JSON of a property before and after a change.
type PropertyChange struct {
	From json.RawMessage `json:"from"`
	To   json.RawMessage `json:"to"`
}

// subject is an object of the organization that can change.
type subject interface {
	entity() entity
	render(renderer) object
	lists() map[string]*[]string
}

// verbDeleted is the end of the names of events that take an object away.
const verbDeleted = "Deleted"

func (e AuditEvent) isDeletion() bool { return strings.HasSuffix(e.Name, "."+verbDeleted) }

// entity names an object in the audit log.
type entity struct {
	Event, ID, Name string
}

// stamp says when something is changed and by whom.
type stamp struct {
	at time.Time
	by EventParty
}

// record adds an event to the audit log. Every change of the organization does so exactly once.
func (o *organization) record(by stamp, changed entity, verb string, changes map[string]PropertyChange) {
	o.Events = append(o.Events, AuditEvent{
		ID:      uuid.NewString(),
		Time:    by.at,
		Name:    changed.Event + "." + verb,
		Actor:   by.by,
		Entity:  EventParty{ID: changed.ID, Name: changed.Name},
		Changes: changes,
	})
}

// change applies a change to an object and records what became of its properties.
func (o *organization) change(by stamp, changed subject, verb string, apply func()) {
	plain := renderer{organization: o}
	before := changed.render(plain)
	apply()
	o.record(by, changed.entity(), verb, differences(before, changed.render(plain)))
}

func differences(before, after object) map[string]PropertyChange {
	changes := map[string]PropertyChange{}
	for _, values := range []object{before, after} {
		for name := range values {
			from, to := encode(before[name]), encode(after[name])
			if !sameJSON(from, to) {
				changes[name] = PropertyChange{From: from, To: to}
			}
		}
	}
	return changes
}

// sameJSON compares without regard to the order of an object's names, which clients may change.
func sameJSON(a, b json.RawMessage) bool {
	var first, second any
	if json.Unmarshal(a, &first) != nil || json.Unmarshal(b, &second) != nil {
		return false
	}
	return reflect.DeepEqual(first, second)
}

func listEventsOfAuditLog(c *call) (answer, *problem) {
	events := make([]object, 0, len(c.organization.Events))
	for _, event := range c.organization.Events {
		events = append(events, event.render(c.dialect))
	}
	return c.list(thingEvent, events)
}

func (e AuditEvent) render(dialect Dialect) object {
	var actor any = e.Actor.render()
	if dialect.TextActors {
		actor = e.Actor.Name
	}
	return object{
		propID:        e.ID,
		propTime:      e.Time,
		propEventName: e.Name,
		propActor:     actor,
		propEntity:    e.Entity.render(),
		propChanges:   e.Changes,
	}
}

func (p EventParty) render() object {
	return object{propID: nullable(p.ID), propName: p.Name}
}

var auditLogRoutes = of(thingEvent, []route{
	{opEvents, http.MethodGet, "/AuditLog/Events", readAuditLog, listEventsOfAuditLog, nil, auditEventList},
})
