package review

import (
	"maps"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// An analysis is an organization with every list expanded and every access found,
// in the form in which rules ask for it.
type analysis struct {
	org      Organization
	accounts []*Account
	*expander
	// places are the organization, then each place before those inside it.
	places []access.Place
	lists  map[access.Place][]*placedList
	// given are the reasons of which each place is the widest, ordered by account.
	given map[placedPermission][]givenReason
	// found are the accesses that anybody asked for. They are not made before,
	// because who reads everything has one at every place.
	found map[placedPermission][]Access
}

type placedPermission struct {
	place      access.Place
	permission access.Permission
}

func analyze(org Organization) *analysis {
	a := &analysis{
		org: org, expander: newExpander(org), places: []access.Place{{}},
		lists: map[access.Place][]*placedList{}, given: map[placedPermission][]givenReason{}, found: map[placedPermission][]Access{},
	}
	a.placeLists()
	a.accounts = a.numberAccounts()
	a.eachList(func(l *placedList) { l.expansion = a.expand(l.direct) })
	a.findReasons()
	return a
}

// placeLists notes every list of every place, in the order of the vocabulary.
func (a *analysis) placeLists() {
	a.places = slices.AppendSeq(a.places, maps.Keys(a.org.Places))
	slices.SortFunc(a.places, access.Place.Compare)
	for _, place := range a.places {
		a.lists[place] = nil
		for _, role := range a.org.Vocabulary.RolesAt(place) {
			entries := a.org.Grants[Seat{Role: role.Role, Place: place}]
			a.lists[place] = append(a.lists[place], &placedList{
				role: role, place: place, direct: a.roster.keys(entries.References), unfinished: entries.Incomplete,
			})
		}
	}
}

// eachList calls visit with every list, in the order of places.
func (a *analysis) eachList(visit func(*placedList)) {
	for _, place := range a.places {
		for _, l := range a.lists[place] {
			visit(l)
		}
	}
}

// list returns those who hold the role at the place by an entry.
func (a *analysis) list(role access.Role, place access.Place) *placedList {
	for _, l := range a.lists[place] {
		if l.role.Role == role {
			return l
		}
	}
	return &placedList{place: place, expansion: &expansion{}}
}

// mayHold tells whether somebody holds the role at the place and comes into force without
// anybody's doing, or may do so because not everybody is known.
func (a *analysis) mayHold(role access.Role, place access.Place) bool {
	list := a.list(role, place)
	return list.incomplete() || slices.ContainsFunc(list.ways, func(w way) bool { return a.accounts[w.account].Comes() })
}

// has tells whether the organization has the place.
func (a *analysis) has(place access.Place) bool {
	_, ok := a.lists[place]
	return ok
}

// at returns who has the permission at the place, ordered by account.
func (a *analysis) at(place access.Place, permission access.Permission) []Access {
	at := placedPermission{place, permission}
	rows, ok := a.found[at]
	if !ok {
		rows = a.rowsAt(at)
		a.found[at] = rows
	}
	return rows
}
