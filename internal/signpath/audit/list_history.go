package audit

import (
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// A listChange is an event that is about an access list.
type listChange struct {
	// position is where the event stands among all.
	position int
	event    api.AuditEvent
	// before and after are the ids of who was on the list and who is, with true for those of
	// whom the event tells the name alone; nil where it does not tell them.
	before, after map[string]bool
	// byName is true where the event tells no id of what has the list.
	byName bool
}

func (c listChange) isTold() bool { return c.before != nil }

// A listHistory is what the audit log tells of one list.
type listHistory struct {
	// put is how each of those came onto the list who are on it after the last event.
	put map[string]listPut
	// told is true where an event tells the list, and opaque where one may have changed it in
	// a way that it does not tell.
	told, opaque bool
}

// A listPut is how somebody came onto a list.
type listPut struct {
	change listChange
	// original is true for who was there before the first event, hidden for who came without
	// an event, and unsure where events do not agree or are not understood. Then there is no change.
	original, hidden, unsure bool
}

// historyOf goes through the changes of a list in order. An event that tells the list before and
// after also shows what other events do not: who is missing before it has left, and who is there
// has come.
func historyOf(changes []listChange) listHistory {
	if isUnordered(changes) {
		return unorderedHistory(changes)
	}
	h := listHistory{put: map[string]listPut{}}
	changedAt := map[string]time.Time{}
	opaque := 0
	for _, change := range changes {
		if !change.isTold() {
			opaque++
			h.opaque = true
			continue
		}
		h.doubt(opaque)
		opaque = 0
		h.reconcile(change)
		at := change.event.Time
		for id := range change.before {
			if _, stays := change.after[id]; !stays {
				delete(h.put, id)
				changedAt[id] = at
			}
		}
		for id := range change.after {
			if _, was := change.before[id]; was {
				continue
			}
			before, changed := changedAt[id]
			h.put[id] = listPut{change: change, unsure: changed && before.Equal(at)}
			changedAt[id] = at
		}
	}
	h.doubt(opaque)
	return h
}

// doubt is for changes that are not told: one of them leaves or brings somebody, and two may take
// and give back.
func (h *listHistory) doubt(opaque int) {
	if opaque < 2 {
		return
	}
	for id, put := range h.put {
		put.unsure = true
		h.put[id] = put
	}
}

// reconcile compares who should be on the list with whom an event found there.
func (h *listHistory) reconcile(change listChange) {
	for id := range h.put {
		if _, was := change.before[id]; !was {
			delete(h.put, id)
		}
	}
	for id := range change.before {
		if _, known := h.put[id]; !known {
			h.put[id] = listPut{original: !h.told, hidden: h.told}
		}
	}
	h.told = true
}

// isUnordered tells whether it is not known which of the changes came first.
func isUnordered(changes []listChange) bool {
	for _, change := range changes {
		if change.event.Time.IsZero() {
			return len(changes) > 1
		}
	}
	return false
}

// unorderedHistory finds who came once and never left.
func unorderedHistory(changes []listChange) listHistory {
	h := listHistory{put: map[string]listPut{}, told: true}
	moved := map[string]int{}
	for _, change := range changes {
		h.opaque = h.opaque || !change.isTold()
		for id := range change.before {
			if _, stays := change.after[id]; !stays {
				moved[id]++
			}
		}
		for id := range change.after {
			if _, was := change.before[id]; !was {
				moved[id]++
				h.put[id] = listPut{change: change}
			}
		}
	}
	for id, put := range h.put {
		put.unsure = h.opaque || moved[id] > 1
		h.put[id] = put
	}
	return h
}
