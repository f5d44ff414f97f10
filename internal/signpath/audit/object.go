package audit

import (
	"context"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// isObject tells whether an event is about the object that changed.
func (t *trail) isObject(ctx context.Context, object api.AuditParty, change planreview.DriftChange) bool {
	switch {
	case change.Project != "":
		return t.isPlace(ctx, object, change)
	case change.Group != "":
		return t.is(object, change.Group, "")
	}
	return t.is(object, change.Principal, change.ID())
}

// isPlace compares a project or signing policy by id. Where there is none to
// compare with, its slugs name it; a display name may be that of several.
func (t *trail) isPlace(ctx context.Context, object api.AuditParty, change planreview.DriftChange) bool {
	if object.ID != "" {
		if id := t.placeID(ctx, change); id != "" {
			return object.ID == id
		}
	}
	return object.Name == change.Place() && (change.Kind != planreview.DriftGone || object.Type == entityOf(change))
}

// entityOf is how the names of events call what has the list (inferred). That
// something is gone, no property tells: a group may be called as a project is.
func entityOf(change planreview.DriftChange) string {
	if change.SigningPolicy != "" {
		return "SigningPolicy"
	}
	return "Project"
}

// placeID is empty where the token may not see the project or policy, or where
// it is gone.
func (t *trail) placeID(ctx context.Context, change planreview.DriftChange) string {
	place := change.Place()
	if _, asked := t.placeIDs[place]; !asked {
		t.placeIDs[place] = t.readPlaceID(ctx, change)
	}
	return t.placeIDs[place]
}

func (t *trail) readPlaceID(ctx context.Context, change planreview.DriftChange) string {
	if change.SigningPolicy == "" {
		project, _ := t.client.Project(ctx, change.Project)
		return strings.ToLower(project.ID)
	}
	policy, _ := t.client.SigningPolicy(ctx, change.Project, change.SigningPolicy)
	return strings.ToLower(policy.ID)
}

// isAmong tells whether a member is one of the parties.
func (t *trail) isAmong(parties []api.AuditParty, member string) bool {
	for _, party := range parties {
		if t.is(party, member, "") {
			return true
		}
	}
	return false
}

// is tells whether a party is the principal of the reference, or has the id if that
// is known.
func (t *trail) is(party api.AuditParty, member, id string) bool {
	reference, err := access.ParseEntry(member)
	if err != nil {
		return false
	}
	principal, known := t.principal(reference, id)
	switch {
	case party.ID != "":
		return party.ID == principal.ID
	case party.Email != "":
		return known && strings.EqualFold(party.Email, principal.Email)
	}
	return known && t.named[party.Name] == principal.ID
}

// principal returns whom the reference means. One that the organization does not
// have, but of which the id is known, has nothing else.
func (t *trail) principal(reference access.Reference, id string) (access.Principal, bool) {
	if id == "" {
		id, _ = reference.ID()
	}
	if id == "" {
		found, err := t.directory.Find(reference)
		return found, err == nil
	}
	if found, ok := t.directory.Get(id); ok {
		return found, true
	}
	return access.Principal{ID: strings.ToLower(id)}, false
}
