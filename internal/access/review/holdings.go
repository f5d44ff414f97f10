package review

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Holding is one thing that a principal was given, whether or not the account is in
// force: the role in the organization, or an entry.
type Holding struct {
	Holder Holder
	// Place is where the list is; the organization for a role.
	Place access.Place
	// Via are the groups from the list to the principal, the one on the list first.
	Via []access.Reference
}

// String completes a sentence about whoever has it: "with the global role Global
// Administrator", or "as approver of acme/release-signing (through group:Team)".
func (h Holding) String() string {
	switch {
	case h.Holder.By() == access.BySupport:
		return "as the " + h.Holder.String()
	case h.Holder.By() == access.ByPrincipal:
		return "with the global role " + h.Holder.String()
	case len(h.Via) == 0:
		return "as " + h.Holder.String() + " of " + h.Place.String()
	}
	return "as " + h.Holder.String() + " of " + h.Place.String() + " (" + spellVia(h.Via) + ")"
}

// HoldingsOf returns all that a user, a CI user or a group was given, directly or
// through groups: the role first, and then by place. That a Regular User has a role goes
// without saying.
func HoldingsOf(org Organization, member access.Reference) []Holding {
	p, known := newRoster(org).find(member)
	if !known {
		return nil
	}
	var held []Holding
	for _, holder := range holdersOf(org.Vocabulary, p) {
		if p.Role != org.Vocabulary.Least || holder.By() != access.ByPrincipal {
			held = append(held, Holding{Holder: holder})
		}
	}
	a := analyze(org)
	p, _ = a.roster.find(member)
	a.eachList(func(l *placedList) {
		for _, path := range a.groups.nesting.Expand(l.direct) {
			if path.Key == p.ID {
				via := a.roster.spellVia(path.Via, map[string][]access.Reference{})
				held = append(held, Holding{Holder: l.holder(), Place: l.place, Via: via})
			}
		}
	})
	return held
}
