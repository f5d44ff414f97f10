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
	for _, n := range t.formerly[reference.Folded()] {
		if !slices.Contains(ids, n.id) {
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
		stays, known := t.report.StaysOn(n, id)
		if event == nil || known && !stays || !known && t.cameLater(ctx, n, id, event.Time) {
			continue
		}
		t.report.Follow(n, id, t.report.StateHas(id, n.After))
	}
	t.report.Settle(func(n planreview.Renaming, id string) bool {
		if id == "" {
			id, _ = t.identify(n.After, false)
		}
		return t.isNamedByTerraform(id)
	})
}

// renaming is the last event that took the name from whoever has the id.
func (t *trail) renaming(id string, was access.Reference) *api.AuditEvent {
	var found *api.AuditEvent
	for _, n := range t.namings[id] {
		if n.renaming != nil && n.was.Same(was) {
			found = n.renaming
		}
	}
	return found
}

// isNamedByTerraform tells whether whoever applies gave the last name.
func (t *trail) isNamedByTerraform(id string) bool {
	all := t.namings[id]
	return len(all) > 0 && all[len(all)-1].renaming != nil && t.isOwn(*all[len(all)-1].renaming)
}

// cameLater tells whether somebody came onto a list under the new name, and the old one may
// have been that of another one there.
func (t *trail) cameLater(ctx context.Context, n planreview.Renaming, id string, renamed time.Time) bool {
	isOther := func(other naming) bool { return other.id != id }
	holder, err := t.directory.Find(n.Before)
	if !slices.ContainsFunc(t.formerly[n.Before.Folded()], isOther) && (err != nil || holder.ID == id) {
		return false
	}
	for _, c := range t.report.Changes {
		if c.Kind != planreview.DriftAdded || c.Principal != n.After.String() {
			continue
		}
		for _, e := range t.cluesOfMember(ctx, c) {
			if e.makes && e.event.Time.After(renamed) {
				return true
			}
		}
	}
	return false
}
