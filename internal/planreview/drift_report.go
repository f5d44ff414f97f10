package planreview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
)

// A DriftReport is what changed outside Terraform: of what it manages, as the refresh of a
// plan found it, and what else the audit log tells.
type DriftReport struct {
	// PlannedAt is when the plan was made, shortly before the refresh; zero if the
	// plan does not tell.
	PlannedAt time.Time `json:"planned_at,omitzero"`
	// Errored is true where planning ended with an error, so that there may be more.
	Errored bool `json:"errored"`
	// Partial is true where the plan says that it is a part of what is to be done.
	Partial bool          `json:"-"`
	Changes []DriftChange `json:"changes"`
	// Baselines are what access should be where no API tells what it is.
	Baselines []BaselineDrift `json:"baselines"`
	// LiveReviews are what data sources found that compare a baseline with what the API shows.
	LiveReviews []baselinereview.LiveReview `json:"live_reviews"`
	// Since is the time from which on the audit log was looked at; zero where it was not.
	Since time.Time `json:"since,omitzero"`
	// Outside is what the audit log tells of what the plan does not manage, and Unseen what
	// it tells of what the plan manages and the refresh does not show: because it was taken
	// back, or made after the plan.
	Outside []DriftChange `json:"-"`
	Unseen  []DriftChange `json:"-"`
	// Scope are sentences on what was looked at, without a full stop.
	Scope []string `json:"scope"`
	// Managed is what the plan manages.
	Managed Managed `json:"-"`
	// Notes say what is not known, and why.
	Notes []string `json:"-"`
	// live is true where the live organization was asked, and missed where something of it
	// that was to be looked at could not be.
	live, missed bool
	// secrets are what the plan marks as sensitive: the audit log may well tell it.
	secrets markedTexts
	// now is when the report is made.
	now time.Time
	// organization is the id of the organization of the plan, where that tells one.
	organization string
	// reader reads what gives access, and granting is true where the plan has anything of it.
	reader   *Reader
	granting bool
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
	contents := contentsOf(plan)
	report := &DriftReport{
		PlannedAt: plan.madeAt(), Errored: plan.Errored, Partial: !plan.isOfAll(), Changes: driftChanges(plan), Managed: managedBy(plan),
		Scope: []string{}, Notes: []string{}, now: now.UTC(),
		organization: contents.organization(), secrets: markedTextsOf(plan),
	}
	report.reader, report.granting = plan.Readers.Granting, contents.isAny()
	report.followIDs(plan)
	report.readBaselines(plan)
	report.missUnread(plan)
	invited := invitationDrift(plan)
	report.granting = report.granting || len(report.Baselines)+len(report.LiveReviews)+len(invited) == 0
	report.Changes = append(report.Changes, invited...)
	report.spell(false)
	return report
}

// Ask says that the live organization is asked about what happened since the time.
func (r *DriftReport) Ask(since time.Time) {
	r.live = true
	r.Since = since.UTC().Truncate(time.Second)
}

// Attribute notes who made each change, as find knows it. A nil author is one whom
// the audit log does not tell.
func (r *DriftReport) Attribute(find func(*DriftChange) *DriftAuthor) {
	for i := range r.Changes {
		if r.Changes[i].elsewhere == "" {
			r.Changes[i].Author = find(&r.Changes[i])
		}
	}
	r.spell(true)
}

// IsAuthorUnasked tells whether there are changes whose authors the audit log might tell.
func (r *DriftReport) IsAuthorUnasked() bool {
	return slices.ContainsFunc(r.Changes, func(c DriftChange) bool { return c.elsewhere == "" })
}

// Note adds a line on what is not known. It ends without a full stop.
func (r *DriftReport) Note(text string) { r.Notes = append(r.Notes, text) }

// Miss is Note for something that was to be looked at: there may be more changes.
func (r *DriftReport) Miss(text string) {
	r.missed = true
	r.Note(text)
}

// IsWhole tells whether everything was looked at that was to be.
func (r *DriftReport) IsWhole() bool { return !r.Errored && !r.Partial && !r.missed }

// Drifted tells whether something changed of what the plan manages, or also of what it does
// not manage. That a user accepted an invitation is nothing to do anything about.
func (r *DriftReport) Drifted(outside bool) bool {
	isDrift := func(c DriftChange) bool { return c.Kind != DriftAccepted }
	return slices.ContainsFunc(r.Baselines, BaselineDrift.IsDrift) || r.liveFindings() > 0 || slices.ContainsFunc(r.Changes, isDrift) ||
		slices.ContainsFunc(r.Unseen, isDrift) ||
		outside && slices.ContainsFunc(r.Outside, isDrift)
}

func (r *DriftReport) spell(searched bool) {
	for i := range r.Changes {
		c := &r.Changes[i]
		c.Sentence = r.told(*c) + ", outside Terraform"
		if searched && c.Author == nil && c.elsewhere == "" {
			c.Sentence += " (not found in the audit log)"
		}
	}
}

// Tell adds what the audit log tells of what the plan does not manage, or else of what it
// manages and does not show.
func (r *DriftReport) Tell(managed bool, c DriftChange) {
	c.Sentence, c.Principal = r.told(c), r.secrets.hide(c.Principal)
	for _, value := range []*any{&c.Before, &c.After} {
		if text, isText := (*value).(string); isText {
			*value = r.secrets.hide(text)
		}
	}
	if c.Author != nil {
		author := *c.Author
		author.Name, author.Member = r.secrets.hide(author.Name), r.secrets.hide(author.Member)
		c.Author = &author
	}
	if managed {
		r.Unseen = append(r.Unseen, c)
	} else {
		r.Outside = append(r.Outside, c)
	}
}

func (r *DriftReport) told(c DriftChange) string {
	if c.Author == nil {
		return r.secrets.hide(c.fact)
	}
	return r.secrets.hide(c.fact+" by "+c.Author.Name) + r.at(c.Author.Time)
}

// Looked adds a line on what was looked at. It ends without a full stop.
func (r *DriftReport) Looked(text string) { r.Scope = append(r.Scope, r.secrets.hide(text)) }

// Spell spells a time as the sentences of the report do.
func (r *DriftReport) Spell(t time.Time) string { return strings.TrimPrefix(r.at(t), " at ") }

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

func (r *DriftReport) title() string {
	vendors := r.recording()
	return review.Enumerate(vendorsIn(r.reader, r.granting, vendors)) + " drift review"
}

// recording are the vendors of baselines, of what compares them, and of invitations.
func (r *DriftReport) recording() []string {
	all := each(r.Baselines, func(d BaselineDrift) string { return d.Vendor })
	for _, l := range r.LiveReviews {
		all = append(all, l.Vendor)
	}
	for _, c := range r.Changes {
		if c.elsewhere != "" {
			all = append(all, c.elsewhere)
		}
	}
	return unique(all)
}

// summary is about baselines where the head line is about the rest.
func (r *DriftReport) summary() []string {
	if !r.granting || len(r.recording()) == 0 {
		return nil
	}
	return []string{r.recordHeadline()}
}

// headline counts the changes, and says what was looked at.
func (r *DriftReport) headline() string {
	text := r.counts()
	if !r.granting {
		text = r.recordHeadline()
	}
	switch {
	case r.Errored:
		text += " " + erroredPlan
	case r.Partial:
		text += " " + partialDrift
	}
	switch {
	case !r.granting && r.missed && len(r.Baselines) == 0:
		return strings.TrimSpace(text + " " + missedDrift)
	case !r.granting:
		return text
	case !r.live:
		return text + " " + unaskedDrift
	case len(r.Outside) > 0:
		text += fmt.Sprintf(" Outside of what it manages, %s since %s: %s.", count(len(r.Outside), "change", "changes"), r.Spell(r.Since), kinds(r.Outside))
	case len(r.Changes)+len(r.Unseen) > 0 && r.IsWhole():
		text += fmt.Sprintf(" Outside of what it manages, nothing about access changed since %s, by SignPath's audit log.", r.Spell(r.Since))
	}
	if r.missed {
		text += " " + missedDrift
	}
	if len(r.Unseen) > 0 {
		text += fmt.Sprintf(" The audit log has %s that the plan does not show.", count(len(r.Unseen), "more change", "more changes"))
	}
	return text
}

// What a drift review may lack as a whole.
const (
	partialDrift = "The plan is of a part only, as with -target: there may be changes that it does not show."
	unaskedDrift = "What this plan does not manage was not looked at: only --live does."
	missedDrift  = "Whether anything else changed is not known."
)

func (r *DriftReport) counts() string {
	switch {
	case len(r.Changes) > 0:
		return fmt.Sprintf("%s outside Terraform: %s.", count(len(r.Changes), "change", "changes"), kinds(r.Changes))
	case r.Errored || r.Partial:
		return "No change outside Terraform was found."
	case !r.live || r.missed || len(r.Outside)+len(r.Unseen) > 0:
		return "Nothing changed of what this plan manages."
	}
	return fmt.Sprintf("Nothing changed outside Terraform: nothing that this plan manages and, since %s, nothing else that is about access, by SignPath's audit log.",
		r.Spell(r.Since))
}

// kinds counts changes by their kind.
func kinds(changes []DriftChange) string {
	counts := map[DriftKind]int{}
	for _, c := range changes {
		counts[c.Kind]++
	}
	var parts []string
	for _, kind := range []DriftKind{
		DriftAdded, DriftRemoved, DriftChanged, DriftCreated, DriftGone, DriftToken, DriftAccepted, DriftOther,
	} {
		if counts[kind] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[kind], kind))
		}
	}
	return strings.Join(parts, ", ")
}

func (r *DriftReport) sections() []section {
	var sections []section
	if len(r.Baselines) > 0 {
		sections = append(sections, r.baselineSection())
	}
	if len(r.LiveReviews) > 0 {
		sections = append(sections, r.liveSection())
	}
	if len(r.Changes) > 0 {
		sections = append(sections, driftSection("What changed", r.Changes))
	}
	if len(r.Outside) > 0 {
		sections = append(sections, driftSection("Outside of what this plan manages", r.Outside))
	}
	if len(r.Unseen) > 0 {
		sections = append(sections, driftSection("In the audit log, and not in the plan", r.Unseen))
	}
	if len(r.Notes) > 0 {
		sections = append(sections, oneBlock("Not known", keepGaps, each(r.Notes, plainLine)))
	}
	if len(r.Scope) > 0 {
		sections = append(sections, oneBlock("What was looked at", keepDetails, each(r.Scope, plainLine)))
	}
	return sections
}

// driftSection counts by place where the sentences are too many, and then at all.
func driftSection(title string, changes []DriftChange) section {
	var full []line
	tally := newTally()
	for _, c := range changes {
		full = append(full, line{text: c.Sentence})
		switch {
		case c.List != "":
			tally.add(c.List+" of "+c.Place(), string(c.Kind))
		default:
			tally.add(cmp.Or(c.Place(), "Users, CI users and groups"), string(c.Kind))
		}
	}
	total := line{text: fmt.Sprintf("%s at %s", count(len(changes), "change", "changes"), count(len(tally.places), "place", "places"))}
	return oneBlock(title, keepLists, full, tally.lines(), []line{total})
}
