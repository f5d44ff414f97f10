package audit

import (
	"context"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// isObject tells whether an event is about the object that changed.
func (t *trail) isObject(ctx context.Context, object api.AuditParty, change planreview.DriftChange) bool {
	switch {
	case change.Project != "":
		return t.isPlace(ctx, object, change)
	case change.Group != "":
		return t.is(object, change.Group, "", true)
	}
	return t.is(object, change.Principal, change.ID(), change.Kind == planreview.DriftGone)
}

// isPlace compares a project or signing policy by id. Where there is none to
// compare with, its slugs name it; a display name may be that of several.
func (t *trail) isPlace(ctx context.Context, object api.AuditParty, change planreview.DriftChange) bool {
	if object.ID != "" {
		if id := t.placeID(ctx, access.PlaceOf(change.Project, change.SigningPolicy)); id != "" {
			return object.ID == id
		}
	}
	return object.Name == change.Place() && (change.Kind != planreview.DriftGone || object.Type == entityOf(change))
}

// entityOf is how the names of events call what has the list. That something is gone, no
// property tells: a group may be called as a project is.
func entityOf(change planreview.DriftChange) string {
	if change.SigningPolicy != "" {
		return contract.EntitySigningPolicy
	}
	return contract.EntityProject
}

// placeID is empty where the token may not see the project or policy, or where
// it is gone.
func (t *trail) placeID(ctx context.Context, place access.Place) string {
	spelled := place.String()
	if _, asked := t.placeIDs[spelled]; !asked {
		t.placeIDs[spelled] = readPlaceID(ctx, t.client, place)
	}
	return t.placeIDs[spelled]
}

// isAmong tells whether a member is one of the parties.
func (t *trail) isAmong(parties []api.AuditParty, member string, before bool) bool {
	for _, party := range parties {
		if t.is(party, member, "", before) {
			return true
		}
	}
	return false
}

// is tells whether a party is the principal of the reference, or has the id if that
// is known.
func (t *trail) is(party api.AuditParty, member, id string, before bool) bool {
	if id == "" {
		reference, err := access.ParseEntry(member)
		if err != nil {
			return false
		}
		if id, _ = t.identify(reference, before); id == "" {
			return false
		}
	}
	id = strings.ToLower(id)
	if party.ID != "" {
		return party.ID == id
	}
	principal, known := t.directory.Get(id)
	if party.Email != "" {
		return known && strings.EqualFold(party.Email, principal.Email)
	}
	return known && t.named[party.Name] == id
}
