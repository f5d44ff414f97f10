package evidence

import (
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Log is what a vendor's audit log tells of access in a period.
type Log struct {
	// From is when the period begins, and To when it is over: what is of that time is not in it any more.
	From, To time.Time
	// Back is how far back the log goes; zero where it has no event, or tells no times.
	Back time.Time
	// Events is how many events of the period the log has.
	Events int
	// Entries are what happened, the earliest first. One event may have several.
	Entries []LogEntry
	// NotUnderstood counts, by their names, the events of which no more than the name is understood; they have entries, too.
	// Plain counts those that change nobody's access.
	NotUnderstood, Plain []LogCount
	// Outside is how many entries the filters leave out.
	Outside int
	// Appliers are the accounts whose changes count as Terraform's.
	Appliers []string
	// Gaps are sentences on what could not be read, or not be told.
	Gaps []string
}

// A LogCount is how many events of a name there are.
type LogCount struct {
	Event  string `json:"event"`
	Number int    `json:"number"`
}

// A LogEntry is one thing that happened to somebody's access.
type LogEntry struct {
	// Time is zero where the log does not tell it.
	Time time.Time `json:"time,omitzero"`
	// Event is the id of the event, and EventName what the log calls it.
	Event     string `json:"event_id,omitempty"`
	EventName string `json:"event,omitempty"`
	Actor     Actor  `json:"actor"`
	Kind      string `json:"kind"`
	// Fact tells what happened, without who did it and without a full stop.
	Fact string `json:"-"`
	// Sentence tells both. It ends with a full stop.
	Sentence string `json:"sentence"`
	// Principal is whom the entry is about: who came onto a list or left it, or whose account or role changed.
	Principal string `json:"principal,omitempty"`
	// List is the plural of the list, or empty. Group, or Place, is what has it, or what changed.
	List  string       `json:"list,omitempty"`
	Group string       `json:"group,omitempty"`
	Place access.Place `json:"-"`
	// Attribute is what changed, and Before and After are its values where they are simple.
	Attribute string `json:"attribute,omitempty"`
	Before    any    `json:"before,omitempty"`
	After     any    `json:"after,omitempty"`
}
