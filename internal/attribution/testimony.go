package attribution

import (
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// A testimony is an event that tells of the thing that changed.
type testimony struct {
	event api.AuditEvent
	// makes is true if the event made the thing as the plan found it, and false if
	// it made it otherwise, such as a removal of who was found to be added.
	makes bool
}

// cause returns the event that left things as the plan found them: the last one
// before the plan, if it did so. Otherwise the log is read further: the refresh
// comes shortly after the time of the plan, and SignPath's clock is another one.
func cause(told []testimony, plannedAt time.Time) (api.AuditEvent, bool) {
	if slices.ContainsFunc(told, func(t testimony) bool { return t.event.Time.IsZero() }) {
		return unanimous(told)
	}
	if plannedAt.IsZero() {
		return last(told)
	}
	isLater := func(t testimony) bool { return t.event.Time.After(plannedAt) }
	if event, found := last(slices.DeleteFunc(slices.Clone(told), isLater)); found {
		return event, true
	}
	return first(slices.DeleteFunc(slices.Clone(told), func(t testimony) bool { return !isLater(t) }))
}

// unanimous is for events of which the order is not known: all of them made it so,
// and by the same actor. When, is then not known.
func unanimous(told []testimony) (api.AuditEvent, bool) {
	found := told[0].event
	for _, t := range told {
		if !t.makes || t.event.Actor != found.Actor {
			return api.AuditEvent{}, false
		}
	}
	if len(told) > 1 {
		found.Time, found.ID = time.Time{}, ""
	}
	return found, true
}

func last(told []testimony) (api.AuditEvent, bool) {
	return decisive(told, func(a, b testimony) int { return a.event.Time.Compare(b.event.Time) })
}

func first(told []testimony) (api.AuditEvent, bool) {
	return decisive(told, func(a, b testimony) int { return b.event.Time.Compare(a.event.Time) })
}

// decisive returns the greatest event. Several of the same time must agree.
func decisive(told []testimony, compare func(a, b testimony) int) (api.AuditEvent, bool) {
	if len(told) == 0 {
		return api.AuditEvent{}, false
	}
	greatest := slices.MaxFunc(told, compare)
	for _, t := range told {
		if compare(t, greatest) == 0 && (!t.makes || t.event.Actor != greatest.event.Actor) {
			return api.AuditEvent{}, false
		}
	}
	return greatest.event, true
}
