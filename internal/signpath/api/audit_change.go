package api

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// Change returns the change of a property, if the event tells of one.
func (e AuditEvent) Change(p contract.Property) (AuditChange, bool) {
	i := slices.IndexFunc(e.Changes, func(c AuditChange) bool { return p.IsCalled(c.Property) })
	if i < 0 {
		return AuditChange{}, false
	}
	return e.Changes[i], true
}

// Became tells whether the property has the value since the change. A text that is
// empty and one that is null are the same.
func (c AuditChange) Became(value any) bool { return isValue(c.After, value) }

// Was tells whether the property had the value before the change.
func (c AuditChange) Was(value any) bool { return isValue(c.Before, value) }

func isValue(raw json.RawMessage, value any) bool {
	if len(raw) == 0 {
		return false
	}
	wanted := contract.MustMarshal(value)
	return contract.SameJSON(raw, wanted) || isNoText(raw) && isNoText(wanted)
}

func isNoText(raw json.RawMessage) bool {
	return contract.SameJSON(raw, nil) || contract.SameJSON(raw, contract.MustMarshal(""))
}

// ListChange returns who came onto an access list and who left it, if the event
// tells the whole list before and after. What is there to read is taken only if
// all of it is understood.
func (e AuditEvent) ListChange(list vocabulary.List) (added, removed []AuditParty, told bool) {
	before, after, told := e.List(list)
	return partiesWithout(after, before), partiesWithout(before, after), told
}

// List returns who was on an access list before the event and who is on it since, if
// the event tells both, and all of it is understood.
func (e AuditEvent) List(list vocabulary.List) (before, after []AuditParty, told bool) {
	change, ok := e.Change(contract.PropertyOf(list))
	if !ok {
		return nil, nil, false
	}
	before, toldBefore := decodeParties(change.Before)
	after, toldAfter := decodeParties(change.After)
	if !toldBefore || !toldAfter {
		return nil, nil, false
	}
	return before, after, true
}

// decodeParties reads a list of members: ids, names or objects, or such lists per
// kind. Null is empty.
func decodeParties(raw json.RawMessage) ([]AuditParty, bool) {
	var items []json.RawMessage
	if len(raw) == 0 {
		return nil, false
	}
	if json.Unmarshal(raw, &items) != nil {
		var perKind map[string][]json.RawMessage
		if json.Unmarshal(raw, &perKind) != nil {
			return nil, false
		}
		for _, ofKind := range perKind {
			items = append(items, ofKind...)
		}
	}
	parties := make([]AuditParty, len(items))
	for i, item := range items {
		if parties[i] = partyOf(item); parties[i] == (AuditParty{}) {
			return nil, false
		}
	}
	return parties, true
}

func partiesWithout(parties, others []AuditParty) []AuditParty {
	known := map[string]bool{}
	for _, other := range others {
		known[other.key()] = true
	}
	return slices.DeleteFunc(slices.Clone(parties), func(p AuditParty) bool { return known[p.key()] })
}

// key is by what the party is told apart from others in one event.
func (p AuditParty) key() string { return cmp.Or(p.ID, strings.ToLower(p.Email), p.Name) }
