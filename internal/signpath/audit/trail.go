package audit

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
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

// A trail is a reading of the audit log beside a plan. Both can be long, so what is
// asked of them for many changes is worked out once.
type trail struct {
	*reading
	client *api.Client
	// partial is true where there may be further events since the time.
	partial bool
	report  *planreview.DriftReport
	since   time.Time
	// memberships are, by the plural of a list, the events that tell of it.
	memberships map[string][]membership
	// accounts are the ids of the accounts of the plan, by how its state spells them.
	accounts map[access.Reference]string
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
		reading: newReading(ctx, client, log.Events, found), client: client, partial: log.Partial && !reachesBack(log.Events, options.Since),
		report: report, since: options.Since, memberships: membershipsIn(log.Events), accounts: map[access.Reference]string{},
	}
	for _, account := range report.Managed.Accounts {
		if reference, err := access.ParseReference(account.Member); err == nil {
			t.accounts[reference.Folded()] = account.ID
		}
	}
	me, err := client.Me(ctx)
	if err != nil {
		report.Note(fmt.Sprintf("whose token it is: %v", err))
	} else {
		t.own[me.ID] = true
	}
	return t, t.noteAppliers(options.AppliedBy)
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
