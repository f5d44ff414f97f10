package planreview

import (
	"fmt"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
)

// An invitationInstance is a resource of a plan that invites somebody.
type invitationInstance struct {
	vendor  *baselinereview.Vendor
	address string
	actions tfjson.Actions
	changes []baselinereview.InvitationChange
}

// invitationsOf reads the invitations of a plan. Those that change and cannot be read are noted.
func (p *Plan) invitationsOf(note noteUnread) (all []invitationInstance) {
	for _, change := range p.ResourceChanges {
		vendor := p.Readers.Baselines.Inviting(change.Type)
		if vendor == nil || change.Change == nil || change.Mode == tfjson.DataResourceMode {
			continue
		}
		one := invitationInstance{vendor: vendor, address: change.Address, actions: change.Change.Actions}
		if !one.actions.NoOp() {
			changes, err := vendor.ReadInvitation(change.Address, p.refreshed(change))
			if err != nil {
				note(vendor, change.Address, err)
				continue
			}
			one.changes = changes
		}
		all = append(all, one)
	}
	return all
}

// refreshed is the change of a resource from what the refresh found. Of one that the configuration has lost,
// Terraform 1.11 plans the end from what the state had before.
func (p *Plan) refreshed(change *tfjson.ResourceChange) *tfjson.Change {
	for _, drift := range p.ResourceDrift {
		isOfIt := drift.Address == change.Address && drift.DeposedKey == change.DeposedKey
		if isOfIt && drift.Change != nil && drift.Change.After != nil && change.Change.Before != nil {
			found := *change.Change
			found.Before, found.BeforeSensitive = drift.Change.After, drift.Change.AfterSensitive
			return &found
		}
	}
	return change.Change
}

func (m *model) invitationChanges() []baselinereview.InvitationChange {
	changes := []baselinereview.InvitationChange{}
	for _, i := range m.invitations {
		changes = append(changes, i.changes...)
	}
	return changes
}

// invitationSection tells whom the apply invites: who accepts has access, which nothing shows.
func (r *Report) invitationSection() section {
	lines := each(r.Invitations, func(c baselinereview.InvitationChange) line { return line{c.Sentence, []string{c.Address}} })
	return oneBlock("Invitations", keepRoles, lines, each(lines, func(l line) line { return plainLine(l.text) }))
}

// graveInvitations counts them.
func (r *Report) graveInvitations() (parts []string) {
	counts := map[string]int{}
	for _, c := range r.Invitations {
		if c.Kind == baselinereview.Invites || c.Kind == baselinereview.InvitesAnew {
			counts[c.Vendor]++
		}
	}
	for _, vendor := range unique(each(r.Invitations, func(c baselinereview.InvitationChange) string { return c.Vendor })) {
		if n := counts[vendor]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s invited to %s by e-mail", count(n, "person is", "people are"), vendor))
		}
	}
	return parts
}

// invitationDrift tells what a refresh found otherwise of invitations.
func invitationDrift(plan *Plan) (found []DriftChange) {
	for _, change := range plan.ResourceDrift {
		vendor := plan.Readers.Baselines.Inviting(change.Type)
		if vendor == nil || change.Change == nil || change.Mode == tfjson.DataResourceMode {
			continue
		}
		sentence, accepted := vendor.InvitationDrift(change.Change)
		if sentence == "" {
			continue
		}
		kind := DriftChanged
		switch {
		case accepted:
			kind = DriftAccepted
		case change.Change.After == nil:
			kind = DriftGone
		}
		found = append(found, DriftChange{Address: change.Address, Kind: kind, fact: sentence, elsewhere: vendor.Name})
	}
	return found
}
