package audit

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// Options say what of the audit log is told beside the changes that a plan found.
type Options struct {
	// Since is the time from which on.
	Since time.Time
	// AppliedBy are the users who apply the configuration, beside that of the token: what they
	// did is not outside Terraform.
	AppliedBy []access.Reference
}

// Read notes in the report who made each change, and tells what else the audit log has. Where
// that cannot be read, a note of the report says why; an error is the end of the context, or
// somebody in the options who does not exist.
func Read(ctx context.Context, client *api.Client, report *planreview.DriftReport, options Options) error {
	report.Ask(options.Since)
	t, err := newTrail(ctx, client, report, options)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	if t == nil {
		return nil
	}
	t.follow(ctx)
	report.Attribute(func(change *planreview.DriftChange) *planreview.DriftAuthor { return t.author(ctx, change) })
	t.tellOthers()
	return ctx.Err()
}

// A trail is the audit log, and knows whom it names. Both can be long, so what is
// asked of them for many changes is worked out once.
type trail struct {
	client *api.Client
	// events are those of the audit log, the earliest one first; partial is true where there
	// may be further ones since the time.
	events    []api.AuditEvent
	partial   bool
	report    *planreview.DriftReport
	found     review.Organization
	directory *access.Directory
	since     time.Time
	// own are the ids of the users who apply.
	own map[string]bool
	// memberships are, by the plural of a list, the events that tell of it.
	memberships map[string][]membership
	// named has the id of whoever has a name; "" if several have it.
	named map[string]string
	// accounts are the ids of the accounts of the plan, by how its state spells them.
	accounts map[access.Reference]string
	// formerly are what the audit log tells of earlier names, by the name, and namings the same
	// by the id.
	formerly map[access.Reference][]naming
	namings  map[string][]naming
	// deletions are the events by which there is an object no more.
	deletions []api.AuditEvent
	// placeIDs are the ids of projects and signing policies, by how they are spelled, and
	// places the other way.
	placeIDs map[string]string
	places   map[string]access.Place
}

// A membership is an event that tells who came onto an access list and who left it.
type membership struct {
	event          api.AuditEvent
	added, removed []api.AuditParty
}

// newTrail returns nil where the report has a note on what could not be read.
func newTrail(ctx context.Context, client *api.Client, report *planreview.DriftReport, options Options) (*trail, error) {
	const missed = "who made the changes, and what else was changed: %v"
	log, err := client.AuditEvents(ctx)
	if err != nil {
		report.Miss(fmt.Sprintf(missed, err))
		return nil, nil
	}
	found, err := survey.Read(ctx, client, nil)
	if err != nil {
		report.Miss(fmt.Sprintf("projects and signing policies: %v", err))
		if found, err = survey.ReadPrincipals(ctx, client); err != nil {
			report.Miss(fmt.Sprintf(missed, err))
			return nil, nil
		}
	}
	for _, gap := range found.Gaps {
		report.Note(strings.TrimSuffix(gap, "."))
	}
	t := &trail{
		client: client, events: inOrder(log.Events), partial: log.Partial && !reachesBack(log.Events, options.Since),
		report: report, found: found.Organization, directory: found.Directory, since: options.Since,
		own: map[string]bool{}, memberships: membershipsIn(log.Events), named: namesIn(found.Directory), accounts: map[access.Reference]string{},
		placeIDs: map[string]string{}, places: map[string]access.Place{},
		formerly: map[access.Reference][]naming{}, namings: map[string][]naming{},
	}
	for _, account := range report.Managed.Accounts {
		if reference, err := access.ParseReference(account.Member); err == nil {
			t.accounts[reference.Folded()] = account.ID
		}
	}
	t.noteNames()
	for place, settings := range t.found.Places {
		if settings == nil {
			t.placeIDs[place.String()] = "" // SignPath refused it.
		} else if id := t.placeID(ctx, place); id != "" {
			t.places[id] = place
		}
	}
	return t, t.noteOwn(ctx, options.AppliedBy)
}

// noteOwn notes who applies.
func (t *trail) noteOwn(ctx context.Context, appliedBy []access.Reference) error {
	me, err := t.client.Me(ctx)
	if err != nil {
		t.report.Note(fmt.Sprintf("whose token it is: %v", err))
	} else {
		t.own[me.ID] = true
	}
	for _, reference := range appliedBy {
		found, err := t.directory.Resolve(reference)
		if err != nil {
			return fmt.Errorf("who applies cannot be told: %w", err)
		}
		t.own[found.ID] = true
	}
	return nil
}

// isOwn tells whether somebody who applies made the change. Where the log names actors by
// their names alone, it is somebody whose name nobody else has.
func (t *trail) isOwn(event api.AuditEvent) bool {
	if actor, ok := event.Actor.Principal(t.directory); ok {
		return t.own[actor.ID]
	}
	return event.Actor.ID == "" && event.Actor.Email == "" && t.own[t.named[event.Actor.Name]]
}

// inOrder is the events with the earliest one first. What is of the same time stays in
// the order of the answer, or in the opposite one where the answer begins with the latest.
func inOrder(answered []api.AuditEvent) []api.AuditEvent {
	events := slices.Clone(answered)
	if beginsWithLatest(events) {
		slices.Reverse(events)
	}
	slices.SortStableFunc(events, func(a, b api.AuditEvent) int { return a.Time.Compare(b.Time) })
	return events
}

func beginsWithLatest(events []api.AuditEvent) bool {
	return len(events) > 0 && events[0].Time.After(events[len(events)-1].Time)
}

// reachesBack tells whether an answer has all events since a time, even if it is a part of
// the audit log only: it begins with the latest one, and goes further back.
func reachesBack(answered []api.AuditEvent, since time.Time) bool {
	if !beginsWithLatest(answered) {
		return false
	}
	last := answered[len(answered)-1].Time
	return !last.IsZero() && last.Before(since)
}

func membershipsIn(events []api.AuditEvent) map[string][]membership {
	found := map[string][]membership{}
	for _, list := range vocabulary.Lists() {
		for _, event := range events {
			if added, removed, told := event.ListChange(list); told {
				found[list.Plural] = append(found[list.Plural], membership{event, added, removed})
			}
		}
	}
	return found
}

func namesIn(directory *access.Directory) map[string]string {
	ids := map[string]string{}
	for _, kind := range access.Kinds() {
		for _, p := range directory.All(kind) {
			if _, taken := ids[p.Name]; taken {
				ids[p.Name] = ""
			} else {
				ids[p.Name] = p.ID
			}
		}
	}
	return ids
}

// authorOf is who made the change that an event tells; nil if the event does not tell.
func (t *trail) authorOf(event api.AuditEvent) *planreview.DriftAuthor {
	if event.Actor == (api.AuditParty{}) {
		return nil
	}
	author := &planreview.DriftAuthor{Name: strconv.Quote(event.Actor.Name), Time: event.Time, Event: event.ID}
	if actor, ok := event.Actor.Principal(t.directory); ok {
		reference := t.directory.ReferenceTo(actor.ID)
		author.Member = reference.String()
		author.Name = nameOf(reference)
	} else if event.Actor.Name == "" {
		author.Name = strconv.Quote(event.Actor.Email + event.Actor.ID)
	}
	return author
}

// nameOf is the reference, but a person is named by the e-mail address alone.
func nameOf(reference access.Reference) string {
	if reference.Kind == access.KindUser && access.IsEmail(reference.Key) {
		return reference.Key
	}
	return reference.String()
}
