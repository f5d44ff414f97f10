package report

import (
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// accounts are all that the token saw, in order.
func (r *Report) accounts() []jsonAccount {
	accounts := []jsonAccount{}
	for _, p := range r.Survey.Organization.Principals {
		if p.ID != "" {
			who := r.subject(r.Survey.Directory.ReferenceTo(p.ID))
			accounts = append(accounts, jsonAccount{reference(who.Reference), who.ID, who.Name})
		}
	}
	slices.SortFunc(accounts, func(a, b jsonAccount) int {
		if order := access.Reference(a.Principal).Compare(access.Reference(b.Principal)); order != 0 {
			return order
		}
		return strings.Compare(a.ID, b.ID)
	})
	return accounts
}

// notRead is what is behind the gaps.
func (r *Report) notRead() jsonNotRead {
	org := r.Survey.Organization
	var places []access.Place
	for seat, entries := range org.Grants {
		if entries.Incomplete && seat.Group == (access.Reference{}) {
			places = append(places, seat.Place)
		}
	}
	slices.SortFunc(places, access.Place.Compare)
	found := jsonNotRead{Accounts: org.PrincipalsIncomplete, Places: each(slices.Compact(places), newJSONPlace), Groups: []string{}}
	for _, p := range org.Principals {
		if p.Kind != access.KindGroup || p.ID == "" {
			continue
		}
		if members, known := org.Members[p.IDReference()]; !known || members.Incomplete {
			found.Groups = append(found.Groups, strings.ToLower(p.ID))
		}
	}
	slices.Sort(found.Groups)
	return found
}
