package evidence

import (
	"fmt"
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
)

// A Report is what a review of an organization told, read again.
type Report struct {
	Head envelope.Envelope
	// SHA256 is that of the report as it was read, in hexadecimal digits.
	SHA256   string
	Access   []Access
	Findings []review.FindingRecord
	Excepted []review.ExceptedRecord
	// Ignored are the ids of the rules that did not judge.
	Ignored []string
	// Settings are those of the places that the report shows.
	Settings []Settings
	// Accounts are all that the reader saw, also those without any access.
	Accounts []Subject
	NotRead  NotRead
}

// NotRead is what is behind the gaps of a report, as far as that has a name.
type NotRead struct {
	// Accounts is true where there may be more than the report tells.
	Accounts bool
	// Places are those of which some list is not known, and Groups the ids of those of which not all
	// members are.
	Places []access.Place
	Groups []string
}

// An Access says that a principal has a permission at a place, and by which ways.
type Access struct {
	Subject
	Status     access.Status
	InForce    bool
	Permission access.Permission
	Place      access.Place
	Reasons    []Holding
}

// Settings are those of a place, by the names of their attributes. What is nil was not known.
type Settings struct {
	Place access.Place
	// ID stays when the place is renamed; empty where it is not known.
	ID     string
	Values map[string]any
}

// takesEffect is true as well for an entry that fits no principal: removing it is a loss until
// somebody knows better.
func (a *Access) takesEffect() bool { return a.InForce || a.Status == "" }

// texts are the ways, for people.
func (a *Access) texts() []string {
	texts := []string{}
	for _, h := range a.Reasons {
		texts = append(texts, h.Text)
	}
	slices.Sort(texts)
	return texts
}

// IsFiltered tells whether the report is of a part of the organization.
func (r *Report) IsFiltered() bool {
	for _, values := range r.Head.Filters {
		if len(values) > 0 {
			return true
		}
	}
	return false
}

// ShowsSomePrincipals tells whether the report leaves out accesses because of who has them.
func (r *Report) ShowsSomePrincipals() bool { return len(r.Head.Filters[filterPrincipals]) > 0 }

// Find returns the subject of a reference, with the id if the report shows who that is.
func (r *Report) Find(reference access.Reference) Subject {
	id, isID := reference.ID()
	for _, s := range r.Accounts {
		if s.Reference.Same(reference) || isID && id == s.ID {
			return Subject{ID: s.ID, Reference: reference}
		}
	}
	return Subject{ID: id, Reference: reference}
}

// Knows tells whether the report shows whom a reference names. Where there may be more accounts
// than it shows, it does not rule anybody out.
func (r *Report) Knows(reference access.Reference) bool {
	id := r.Find(reference).ID
	return r.NotRead.Accounts || slices.ContainsFunc(r.Accounts, func(s Subject) bool { return s.ID == id })
}

// PlaceIDs are the ids of the places that the report shows.
func (r *Report) PlaceIDs() map[access.Place]string {
	ids := map[access.Place]string{}
	note := func(place access.Place, id string) {
		if id != "" {
			ids[place] = id
		}
	}
	for _, row := range r.Access {
		for _, h := range row.Reasons {
			note(h.Place, h.PlaceID)
		}
	}
	for _, s := range r.Settings {
		note(s.Place, s.ID)
	}
	return ids
}

// behindUTC is how far local time runs behind at most.
const behindUTC = 12 * time.Hour

// CheckSeen refuses a day before the report was made: nobody can have seen then what it shows.
func (r *Report) CheckSeen(on baseline.Day) error {
	if on < baseline.DayOf(r.Head.Time.Add(-behindUTC)) {
		return fmt.Errorf("it is %s, and the report was made on %s", on, baseline.DayOf(r.Head.Time))
	}
	return nil
}
