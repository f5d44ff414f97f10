package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
)

// A reading is the audit log beside the organization as it is now: it knows whom and what the
// events name.
type reading struct {
	// events are those of the audit log, the earliest one first.
	events    []api.AuditEvent
	found     review.Organization
	directory *access.Directory
	// own are the ids of the users who apply.
	own map[string]bool
	// named has the id of whoever has a name; "" if several have it.
	named map[string]string
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

// newReading sends nothing for what the client has read with the organization.
func newReading(ctx context.Context, client *api.Client, answered []api.AuditEvent, found *survey.Survey) *reading {
	r := &reading{
		events: inOrder(answered), found: found.Organization, directory: found.Directory,
		own: map[string]bool{}, named: namesIn(found.Directory), placeIDs: map[string]string{}, places: map[string]access.Place{},
		formerly: map[access.Reference][]naming{}, namings: map[string][]naming{},
	}
	r.noteNames()
	for place, settings := range r.found.Places {
		id := ""
		if settings != nil { // SignPath refused the others.
			id = readPlaceID(ctx, client, place)
		}
		if r.placeIDs[place.String()] = id; id != "" {
			r.places[id] = place
		}
	}
	return r
}

func readPlaceID(ctx context.Context, client *api.Client, place access.Place) string {
	if place.Slug(1) == "" {
		project, _ := client.Project(ctx, place.Slug(0))
		return strings.ToLower(project.ID)
	}
	policy, _ := client.SigningPolicy(ctx, place.Slug(0), place.Slug(1))
	return strings.ToLower(policy.ID)
}

// noteAppliers notes who applies, beside those that are known.
func (r *reading) noteAppliers(appliedBy []access.Reference) error {
	for _, reference := range appliedBy {
		found, err := r.directory.Resolve(reference)
		if err != nil {
			return fmt.Errorf("who applies cannot be told: %w", err)
		}
		r.own[found.ID] = true
	}
	return nil
}

// owners spells who applies, in order.
func (r *reading) owners() []string {
	owners := []string{}
	for id := range r.own {
		owners = append(owners, nameOf(r.directory.ReferenceTo(id)))
	}
	slices.Sort(owners)
	return owners
}

// isOwn tells whether somebody who applies made the change. Where the log names actors by
// their names alone, it is somebody whose name nobody else has.
func (r *reading) isOwn(event api.AuditEvent) bool {
	if actor, ok := event.Actor.Principal(r.directory); ok {
		return r.own[actor.ID]
	}
	return event.Actor.ID == "" && event.Actor.Email == "" && r.own[r.named[event.Actor.Name]]
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

// nameOf is the reference, but a person is named by the e-mail address alone.
func nameOf(reference access.Reference) string {
	if reference.Kind == access.KindUser && access.IsEmail(reference.Key) {
		return reference.Key
	}
	return reference.String()
}

// noteNames reads the audit log for names, and for whom it has no more.
func (r *reading) noteNames() {
	note := func(n naming) {
		r.namings[n.id] = append(r.namings[n.id], n)
		r.formerly[n.was.Folded()] = append(r.formerly[n.was.Folded()], n)
	}
	for _, event := range r.events {
		if kindOf(event) == contract.EventDeleted {
			r.deletions = append(r.deletions, event)
		}
		id := event.Object.ID
		if id == "" {
			continue
		}
		if p, ok := r.directory.Get(id); ok {
			if was := contract.Text(formerName(event, p.Kind)); was != "" {
				note(naming{id, access.Reference{Kind: p.Kind, Key: was}, event.Time, &event})
			}
			continue
		}
		if kind, ok := kindOfEntity(event.Object.Type); ok && kind != access.KindUser && event.Object.Name != "" {
			note(naming{id: id, was: access.Reference{Kind: kind, Key: event.Object.Name}, until: event.Time})
		}
	}
}
