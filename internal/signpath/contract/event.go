package contract

import (
	"slices"
	"strings"
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

// ChangesNoAccess tells whether the property, under any name of it, is one of which a
// change changes nobody's access. The name of a project or signing policy is one, too.
func ChangesNoAccess(property string, ofPlace bool) bool {
	return strings.HasSuffix(property, "Link") || slices.ContainsFunc(plainProperties, func(p Property) bool { return p.isCalled(property) }) ||
		ofPlace && PropName.isCalled(property)
}

func (p Property) isCalled(name string) bool {
	return slices.ContainsFunc(p.AnswerNames(), func(own string) bool { return strings.EqualFold(own, name) })
}

// PropertyCalled returns the one of the properties that has the name.
func PropertyCalled(name string, among ...Property) (Property, bool) {
	i := slices.IndexFunc(among, func(p Property) bool { return p.isCalled(name) })
	if i < 0 {
		return "", false
	}
	return among[i], true
}
