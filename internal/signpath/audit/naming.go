package audit

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// A naming is that somebody was called otherwise, until an event of the audit log.
type naming struct {
	id  string
	was access.Reference
	// until is when; renaming is nil where the name went with the object.
	until    time.Time
	renaming *api.AuditEvent
}

func (t *trail) namingsIn(events []api.AuditEvent) []naming {
	var found []naming
	for _, event := range events {
		id := event.Object.ID
		if id == "" {
			continue
		}
		if p, ok := t.directory.Get(id); ok {
			if was := contract.Text(formerName(event, p.Kind)); was != "" {
				found = append(found, naming{id, access.Reference{Kind: p.Kind, Key: was}, event.Time, &event})
			}
			continue
		}
		if kind, ok := kindOfEntity(event.Object.Type); ok && kind != access.KindUser && event.Object.Name != "" {
			found = append(found, naming{id: id, was: access.Reference{Kind: kind, Key: event.Object.Name}, until: event.Time})
		}
	}
	return found
}

// formerName is the name that an event took from somebody, by which references name them.
func formerName(event api.AuditEvent, kind access.Kind) []byte {
	change, _ := event.Change(keyOf(kind))
	return change.Before
}

func keyOf(kind access.Kind) contract.Property {
	if kind == access.KindUser {
		return contract.PropEmail
	}
	return contract.PropName
}

// kindOfEntity tells which kind of principals the name of an event calls so: it is the end of
// the name of their route (inferred).
func kindOfEntity(entity string) (access.Kind, bool) {
	for _, kind := range access.Kinds() {
		list := contract.RoutesOf[kind].List.Path
		if strings.EqualFold(strings.TrimPrefix(list, "/"), entity+"s") {
			return kind, true
		}
	}
	return "", false
}

// identify returns the id of whom a reference means: now, or before the changes that a plan
// found. A name that several had since then means nobody for sure.
func (t *trail) identify(reference access.Reference, before bool) (string, bool) {
	if id, ok := reference.ID(); ok {
		return id, true
	}
	if id, ok := t.accounts[reference.Folded()]; ok && before {
		return id, true
	}
	var ids []string
	if found, err := t.directory.Find(reference); err == nil {
		if !before {
			return found.ID, true
		}
		ids = append(ids, found.ID)
	}
	for _, n := range t.namings {
		if n.was.Same(reference) && !slices.Contains(ids, n.id) {
			ids = append(ids, n.id)
		}
	}
	if len(ids) != 1 {
		return "", false
	}
	return ids[0], true
}

// follow tells where a reference took the place of another one only because somebody is
// called otherwise.
func (t *trail) follow(ctx context.Context) {
	for _, n := range t.report.Renamings() {
		id, ok := t.identify(n.After, false)
		if !ok {
			continue
		}
		event := t.renaming(id, n.Before)
		if event == nil || t.cameLater(ctx, n, id, event.Time) {
			continue
		}
		t.report.Follow(n, id, t.isOwn(*event) || t.stateHas(id, n.After))
	}
}

// renaming is the last event that took the name from whoever has the id.
func (t *trail) renaming(id string, was access.Reference) *api.AuditEvent {
	var found *api.AuditEvent
	for _, n := range t.namings {
		if n.id == id && n.renaming != nil && n.was.Same(was) && (found == nil || !n.until.Before(found.Time)) {
			found = n.renaming
		}
	}
	return found
}

// stateHas tells whether the state of the plan knew the account by the name before the
// refresh: then Terraform has renamed it, or has taken that over.
func (t *trail) stateHas(id string, reference access.Reference) bool {
	return slices.ContainsFunc(t.report.Managed.Accounts, func(a planreview.ManagedAccount) bool {
		known, err := access.ParseReference(a.Member)
		return a.ID == id && err == nil && known.Same(reference)
	})
}

// cameLater tells whether somebody came onto a list under the new name, and the old one may
// have been that of another one there.
func (t *trail) cameLater(ctx context.Context, n planreview.Renaming, id string, renamed time.Time) bool {
	isOther := func(other naming) bool { return other.id != id && other.was.Same(n.Before) }
	holder, err := t.directory.Find(n.Before)
	if !slices.ContainsFunc(t.namings, isOther) && (err != nil || holder.ID == id) {
		return false
	}
	for _, c := range t.report.Changes {
		if c.Kind != planreview.DriftAdded || c.Principal != n.After.String() {
			continue
		}
		for _, e := range t.evidenceOfMember(ctx, c) {
			if e.makes && e.event.Time.After(renamed) {
				return true
			}
		}
	}
	return false
}
