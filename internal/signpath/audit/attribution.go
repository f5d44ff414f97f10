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
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// Attribute notes in the report who made each change. Where the audit log cannot be
// read, a note of the report says why; only the end of the context is an error.
func Attribute(ctx context.Context, client *api.Client, report *planreview.DriftReport) error {
	if len(report.Changes) == 0 {
		return nil
	}
	t, err := newTrail(ctx, client, report.PlannedAt)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		report.Note(fmt.Sprintf("who made the changes: %v", err))
		return nil
	}
	report.Attribute(func(change planreview.DriftChange) *planreview.DriftAuthor { return t.author(ctx, change) })
	if t.log.Partial {
		report.Note("whether there are further events: SignPath's answer may be a part of the audit log only")
	}
	return ctx.Err()
}

// A trail is the audit log, and knows whom it names. Both can be long, so what is
// asked of them for many changes is worked out once.
type trail struct {
	client    *api.Client
	log       api.AuditLog
	directory *access.Directory
	plannedAt time.Time
	// memberships are, by the plural of a list, the events that tell of it.
	memberships map[string][]membership
	// named has the id of whoever has a name; "" if several have it.
	named map[string]string
	// placeIDs are the ids of projects and signing policies, by how they are spelled.
	placeIDs map[string]string
}

// A membership is an event that tells who came onto an access list and who left it.
type membership struct {
	event          api.AuditEvent
	added, removed []api.AuditParty
}

func newTrail(ctx context.Context, client *api.Client, plannedAt time.Time) (*trail, error) {
	log, err := client.AuditEvents(ctx)
	if err != nil {
		return nil, err
	}
	client.LearnLists(ctx)
	directory, err := client.Directory(ctx, access.Kinds()...)
	if err != nil {
		return nil, err
	}
	return &trail{
		client: client, log: log, directory: directory, plannedAt: plannedAt,
		memberships: membershipsIn(log.Events), named: namesIn(directory), placeIDs: map[string]string{},
	}, nil
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

// author returns who made the change; nil if that is not sure.
func (t *trail) author(ctx context.Context, change planreview.DriftChange) *planreview.DriftAuthor {
	event, found := cause(t.evidence(ctx, change), t.plannedAt)
	if !found || event.Actor == (api.AuditParty{}) {
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

// evidence are the events that tell of the thing that changed, whichever way.
func (t *trail) evidence(ctx context.Context, change planreview.DriftChange) []evidence {
	if change.List != "" && change.Kind != planreview.DriftGone {
		return t.evidenceOfMember(ctx, change)
	}
	var told []evidence
	for _, event := range t.log.Events {
		tells, makes := tellsAttribute(event, change)
		if change.Kind == planreview.DriftGone {
			tells, makes = isDeletion(event), true
		}
		if tells && t.isObject(ctx, event.Object, change) {
			told = append(told, evidence{event, makes})
		}
	}
	return told
}

// evidenceOfMember is for who came onto a list or left it.
func (t *trail) evidenceOfMember(ctx context.Context, change planreview.DriftChange) []evidence {
	var told []evidence
	for _, m := range t.memberships[change.List] {
		came, left := t.isAmong(m.added, change.Principal), t.isAmong(m.removed, change.Principal)
		if came != left && t.isObject(ctx, m.event.Object, change) {
			told = append(told, evidence{m.event, came == (change.Kind == planreview.DriftAdded)})
		}
	}
	return told
}

// isDeletion tells whether an event took its object away: Webhook.Deleted is
// documented, and the form of the names.
func isDeletion(event api.AuditEvent) bool { return strings.HasSuffix(event.Name, ".Deleted") }

// audited are the properties of the attributes that an event may tell of.
var audited = func() map[string]contract.Property {
	properties := map[string]contract.Property{
		"name": contract.PropName, "email": contract.PropEmail, "role": contract.PropRole, "active": contract.PropActive,
	}
	for _, setting := range vocabulary.SignPath.Settings {
		properties[setting.Attribute] = contract.PropertyOfSetting(setting)
	}
	return properties
}()

// tellsAttribute tells whether an event is about the attribute that changed, and
// whether it gave it the value that the plan found.
func tellsAttribute(event api.AuditEvent, change planreview.DriftChange) (tells, makes bool) {
	property, ok := audited[change.Attribute]
	if !ok || change.Before == nil && change.After == nil {
		return false, false
	}
	told, ok := event.Change(property)
	return ok, ok && told.Became(change.After)
}
