package audit

import (
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// A clue is an event that tells of the thing that changed.
type clue struct {
	event api.AuditEvent
	// makes is true if the event made the thing as the plan found it, and false if
	// it made it otherwise, such as a removal of who was found to be added.
	makes bool
}

// cause returns the event that left things as the plan found them: the last one
// before the plan, if it did so. Otherwise the log is read further: the refresh
// comes shortly after the time of the plan, and SignPath's clock is another one.
func cause(told []clue, plannedAt time.Time) (api.AuditEvent, bool) {
	if slices.ContainsFunc(told, func(e clue) bool { return e.event.Time.IsZero() }) {
		return unanimous(told)
	}
	if plannedAt.IsZero() {
		return last(told)
	}
	isLater := func(e clue) bool { return e.event.Time.After(plannedAt) }
	if event, found := last(slices.DeleteFunc(slices.Clone(told), isLater)); found {
		return event, true
	}
	return first(slices.DeleteFunc(slices.Clone(told), func(e clue) bool { return !isLater(e) }))
}

// unanimous is for events of which the order is not known: all of them made it so,
// and by the same actor. When, is then not known.
func unanimous(told []clue) (api.AuditEvent, bool) {
	found := told[0].event
	for _, e := range told {
		if !e.makes || e.event.Actor != found.Actor {
			return api.AuditEvent{}, false
		}
	}
	if len(told) > 1 {
		found.Time, found.ID = time.Time{}, ""
	}
	return found, true
}

func last(told []clue) (api.AuditEvent, bool) {
	return decisive(told, func(a, b clue) int { return a.event.Time.Compare(b.event.Time) })
}

func first(told []clue) (api.AuditEvent, bool) {
	return decisive(told, func(a, b clue) int { return b.event.Time.Compare(a.event.Time) })
}

// decisive returns the greatest event. Several of the same time must agree.
func decisive(told []clue, compare func(a, b clue) int) (api.AuditEvent, bool) {
	if len(told) == 0 {
		return api.AuditEvent{}, false
	}
	greatest := slices.MaxFunc(told, compare)
	for _, e := range told {
		if compare(e, greatest) == 0 && (!e.makes || e.event.Actor != greatest.event.Actor) {
			return api.AuditEvent{}, false
		}
	}
	return greatest.event, true
}
