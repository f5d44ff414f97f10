package audit

import (
	"context"

	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// author returns who made the change; nil if that is not sure.
func (t *trail) author(ctx context.Context, change *planreview.DriftChange) *planreview.DriftAuthor {
	event, found := cause(t.clues(ctx, *change), t.report.PlannedAt)
	if !found {
		return nil
	}
	if change.Kind == planreview.DriftRemoved && kindOf(event) == contract.EventDeleted {
		*change = change.Telling(change.Principal + " was deleted, and with that removed from the " + change.List + " of " + change.Place())
	}
	return t.authorOf(event)
}

// clues are the events that tell of the thing that changed, whichever way.
func (t *trail) clues(ctx context.Context, change planreview.DriftChange) []clue {
	if change.List != "" && change.Kind != planreview.DriftGone {
		return t.cluesOfMember(ctx, change)
	}
	var told []clue
	for _, event := range t.events {
		tells, makes := tellsAttribute(event, change)
		if change.Kind == planreview.DriftGone {
			tells, makes = kindOf(event) == contract.EventDeleted, true
		}
		if tells && t.isObject(ctx, event.Object, change) {
			told = append(told, clue{event, makes})
		}
	}
	return told
}

// cluesOfMember is for who came onto a list or left it. Whoever is deleted leaves all
// lists.
func (t *trail) cluesOfMember(ctx context.Context, change planreview.DriftChange) []clue {
	var told []clue
	gone := change.Kind == planreview.DriftRemoved
	for _, m := range t.memberships[change.List] {
		came, left := t.isAmong(m.added, change.Principal, gone), t.isAmong(m.removed, change.Principal, gone)
		if came != left && t.isObject(ctx, m.event.Object, change) {
			told = append(told, clue{m.event, came == (change.Kind == planreview.DriftAdded)})
		}
	}
	for _, event := range t.deletions {
		if gone && t.is(event.Object, change.Principal, "", gone) {
			told = append(told, clue{event, true})
		}
	}
	return told
}

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
	if change.Kind == planreview.DriftAccepted {
		return acceptsInvitation(event), true
	}
	property, ok := audited[change.Attribute]
	if !ok || change.Before == nil && change.After == nil {
		return false, false
	}
	told, ok := event.Change(property)
	if change.Kind == planreview.DriftRemoved { // Which role there is instead is not told.
		return ok, ok && !told.Became(change.Before)
	}
	return ok, ok && told.Became(change.After)
}

// acceptsInvitation tells whether an event links an identity to a user who had none, which
// accepting does (documented).
func acceptsInvitation(event api.AuditEvent) bool {
	told, ok := event.Change(contract.PropIdentity)
	return ok && told.Was(nil) && len(told.After) > 0 && !told.Became(nil)
}
