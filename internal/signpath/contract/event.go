package contract

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// An EventKind is what the name of an event of the audit log says by itself.
type EventKind int

const (
	// EventOther is an event of which the name says nothing, or nothing that is understood.
	EventOther EventKind = iota
	// EventCreated is that there is a new object.
	EventCreated
	// EventDeleted is that there is an object no more.
	EventDeleted
	// EventToken is that somebody has a new API token.
	EventToken
	// EventReinvited is that an invitation was sent again, which changes nothing.
	EventReinvited
)

// eventVerbs are the ends of the names of events, of which "Deleted" and "Added" are
// documented, the latter of another kind of object (changelog 1.110.0, 1.143.2). The others
// are inferred.
var eventVerbs = []struct {
	is   EventKind
	ends []string
}{
	{EventToken, []string{"TokenRegenerated", "TokenGenerated", "TokenCreated", "TokenChanged"}},
	{EventReinvited, []string{"Reinvited"}},
	{EventCreated, []string{"Created", "Added", "Invited"}},
	{EventDeleted, []string{"Deleted", "Removed"}},
}

// KindOfEvent returns what the name of an event says by itself.
func KindOfEvent(name string) EventKind {
	_, verb, _ := strings.Cut(name, ".")
	for _, known := range eventVerbs {
		if slices.ContainsFunc(known.ends, func(end string) bool { return strings.HasSuffix(verb, end) }) {
			return known.is
		}
	}
	return EventOther
}

// The entities that the names of events begin with (inferred from the names of the API's
// objects).
const (
	EntityProject       = "Project"
	EntitySigningPolicy = "SigningPolicy"
)

// entitiesWithoutAccess are those of which an event is about nobody's access: Webhook is
// documented (changelog 1.110.0), the others are inferred.
var entitiesWithoutAccess = []string{"Webhook", "ArtifactConfiguration", "Certificate"}

// IsAboutAccess tells whether an event of the name can be about access: all but those that
// are known to be about something else.
func IsAboutAccess(eventName string) bool {
	entity, _, _ := strings.Cut(eventName, ".")
	return !slices.Contains(entitiesWithoutAccess, entity)
}

// plainProperties are those of which a change changes nobody's access.
var plainProperties = []Property{PropID, PropLink, PropSlug, PropDescription}

// ChangesNoAccess tells whether the property is one of which a change changes nobody's
// access. The name of a project or signing policy is one, too.
func ChangesNoAccess(property string, ofPlace bool) bool {
	return strings.HasSuffix(property, "Link") || slices.ContainsFunc(plainProperties, func(p Property) bool { return p.IsCalled(property) }) ||
		ofPlace && PropName.IsCalled(property)
}

// IsCalled tells whether the name is that of the property. Events may well write it in
// another case.
func (p Property) IsCalled(name string) bool { return strings.EqualFold(string(p), name) }

// PropertyCalled returns the one of the properties that has the name.
func PropertyCalled(name string, among ...Property) (Property, bool) {
	i := slices.IndexFunc(among, func(p Property) bool { return p.IsCalled(name) })
	if i < 0 {
		return "", false
	}
	return among[i], true
}

// eventShapes are further names that what an event tells may have. The audit log is read for
// reports alone, and nothing is written by what it says; so events in any of these shapes
// are taken as far as they can be. Nothing in it is a fact about SignPath but the old name of
// the actor.
var eventShapes = map[Property][]string{
	PropEventTime:      {"timestamp", "timestampUtc", "dateTime", "occurredAt", "createdAt", "date"},
	PropEventName:      {"event", "eventType", "type", "name"},
	PropEventActor:     {"user"}, // Before 1.132.0 (documented).
	PropEventObject:    {"object", "target", "subject", "resource"},
	PropEventChanges:   {"changedProperties", "propertyChanges", "differences"},
	PropChangeProperty: {"propertyName", "field", "name"},
	PropChangeBefore:   {"before", "old", "oldValue", "previousValue"},
	PropChangeAfter:    {"after", "new", "newValue"},
}

// EventNames are the names that what an event tells may have, the assumed one first.
func EventNames(p Property) []string { return append([]string{string(p)}, eventShapes[p]...) }

// Told returns what an event tells, under any of the names that it may have; nil if it does
// not. What the mapping says of events goes before them.
func (o Object) Told(p Property) json.RawMessage {
	for _, name := range EventNames(p) {
		if value, ok := o[name]; ok {
			return value
		}
	}
	return nil
}

// Change turns one change in an event into the assumed names, as far as the mapping says
// where it has what.
func (m *Mapping) Change(raw json.RawMessage) Object {
	o, _ := DecodeObject(raw)
	for _, p := range []Property{PropChangeProperty, PropChangeBefore, PropChangeAfter} {
		known, _ := m.orAssumed().placeOf(mapping.AuditEvent, p)
		if value, ok := known.path.Get(raw); ok && o != nil {
			o[string(p)] = value
		}
	}
	return o
}

// ChangedProperty returns which property an event means by a name, where it is about an entity
// such as "SigningPolicy", and how to read its values: a name may be the assumed one, or that
// which the mapping has for answers.
func (m *Mapping) ChangedProperty(entity, name string) (string, func(json.RawMessage) json.RawMessage) {
	m = m.orAssumed()
	things := mapping.Things()
	if own, ok := thingsOfEntities[entity]; ok {
		things = []mapping.Thing{own}
	}
	for _, t := range things {
		for _, p := range m.places[t] {
			isStated := t != mapping.AuditEvent && p.line > 0 && len(p.path) > 0
			if !isStated || !strings.EqualFold(name, p.path.String()) && !strings.EqualFold(name, p.path[len(p.path)-1]) {
				continue
			}
			return string(p.property), func(value json.RawMessage) json.RawMessage {
				if decoded, err := p.decode(value, Principals{}); err == nil {
					return decoded
				}
				return value
			}
		}
	}
	return name, func(value json.RawMessage) json.RawMessage { return value }
}

// thingsOfEntities are what the names of events begin with.
var thingsOfEntities = map[string]mapping.Thing{
	"InteractiveUser": mapping.User, "CIUser": mapping.CIUser, "UserGroup": mapping.Group,
	EntityProject: mapping.Project, EntitySigningPolicy: mapping.SigningPolicy,
}
