package planreview

import (
	"fmt"
	"strings"
	"time"
)

// A DriftReport is what changed outside Terraform, as the refresh of a plan found
// it.
type DriftReport struct {
	// PlannedAt is when the plan was made, shortly before the refresh; zero if the
	// plan does not tell.
	PlannedAt time.Time `json:"planned_at,omitzero"`
	// Errored is true where planning ended with an error, so that there may be more.
	Errored bool          `json:"errored"`
	Changes []DriftChange `json:"changes"`
	// Notes say what is not known, and why.
	Notes []string `json:"-"`
	// now is when the report is made.
	now time.Time
	// organization is the id of the organization of the plan, where that tells one.
	organization string
}

// A DriftAuthor is who made a change, and when, by the audit log.
type DriftAuthor struct {
	// Name is how sentences call the author: an e-mail address, another member
	// reference, or the quoted name in the audit log.
	Name string `json:"name"`
	// Member is the member reference, where the audit log tells for sure who it is.
	Member string `json:"member,omitempty"`
	// Time is zero where the audit log does not tell it.
	Time time.Time `json:"time,omitzero"`
	// Event is the id of the event in the audit log, if it has one.
	Event string `json:"event_id,omitempty"`
}

// Drift returns what changed outside Terraform. A plan with -refresh-only tells
// it, and so does any other plan that refreshes.
func Drift(plan *Plan, now time.Time) *DriftReport {
	report := &DriftReport{
		PlannedAt: plan.madeAt(), Errored: plan.Errored, Changes: driftChanges(plan), Notes: []string{}, now: now.UTC(),
		organization: contentsOf(plan).organization(),
	}
	report.spell(false)
	return report
}

// Attribute notes who made each change, as find knows it. A nil author is one whom
// the audit log does not tell.
func (r *DriftReport) Attribute(find func(DriftChange) *DriftAuthor) {
	for i := range r.Changes {
		r.Changes[i].Author = find(r.Changes[i])
	}
	r.spell(true)
}

// Note adds a line on what is not known. It ends without a full stop.
func (r *DriftReport) Note(text string) { r.Notes = append(r.Notes, text) }

func (r *DriftReport) spell(searched bool) {
	for i := range r.Changes {
		c := &r.Changes[i]
		switch {
		case c.Author != nil:
			c.Sentence = c.fact + " by " + c.Author.Name + r.at(c.Author.Time) + ", outside Terraform"
		case searched:
			c.Sentence = c.fact + ", outside Terraform (not found in the audit log)"
		default:
			c.Sentence = c.fact + ", outside Terraform"
		}
	}
}

// at spells a time in UTC, without the date on the day of the report.
func (r *DriftReport) at(t time.Time) string {
	switch t = t.UTC(); {
	case t.IsZero():
		return ""
	case t.Format(time.DateOnly) == r.now.Format(time.DateOnly):
		return t.Format(" at 15:04 UTC")
	}
	return t.Format(" at 2006-01-02 15:04 UTC")
}

func (r *DriftReport) title() string { return "SignPath drift review" }

// headline counts the changes in one sentence.
func (r *DriftReport) headline() string {
	text := r.counts()
	if r.Errored {
		text += " " + erroredPlan
	}
	return text
}

func (r *DriftReport) counts() string {
	switch {
	case len(r.Changes) > 0:
	case r.Errored:
		return "No change outside Terraform was found."
	default:
		return "Nothing changed outside Terraform."
	}
	counts := map[DriftKind]int{}
	for _, c := range r.Changes {
		counts[c.Kind]++
	}
	var parts []string
	for _, kind := range []DriftKind{DriftAdded, DriftRemoved, DriftChanged, DriftGone} {
		if counts[kind] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[kind], kind))
		}
	}
	return fmt.Sprintf("%s outside Terraform: %s.", count(len(r.Changes), "change", "changes"), strings.Join(parts, ", "))
}

func (r *DriftReport) sections() []section {
	var sections []section
	if len(r.Changes) > 0 {
		sections = append(sections, driftSection(r.Changes))
	}
	if len(r.Notes) > 0 {
		sections = append(sections, section{"Not known", [][]line{each(r.Notes, plainLine)}, 1})
	}
	return sections
}

// driftSection counts by place where the sentences are too many, and then at all.
func driftSection(changes []DriftChange) section {
	var full []line
	tally := newTally()
	for _, c := range changes {
		full = append(full, line{text: c.Sentence})
		switch {
		case c.List != "":
			tally.add(c.List+" of "+c.Place(), string(c.Kind))
		default:
			tally.add("Users, CI users and groups", string(c.Kind))
		}
	}
	total := line{text: fmt.Sprintf("%s at %s", count(len(changes), "change", "changes"), count(len(tally.places), "place", "places"))}
	return section{"What changed", [][]line{full, tally.lines(), {total}}, 0}
}
