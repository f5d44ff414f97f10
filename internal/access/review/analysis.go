package review

import (
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// An analysis is an organization with every list expanded and every access found,
// in the form in which rules ask for it.
type analysis struct {
	org      Organization
	accounts []*account
	*expander
	// places are the organization, then each project with its signing policies.
	places []Place
	lists  map[Place][]*placedList
	// given are the reasons that stand at each place itself, ordered by account.
	given map[placedPermission][]givenReason
	// found are the accesses that anybody asked for. They are not made before,
	// because who reads everything has one at every place.
	found map[placedPermission][]Access
}

type placedPermission struct {
	place      Place
	permission Permission
}

func analyze(org Organization) *analysis {
	org.Projects = sortedProjects(org.Projects)
	a := &analysis{
		org: org, expander: newExpander(org), places: []Place{{}},
		lists: map[Place][]*placedList{}, given: map[placedPermission][]givenReason{}, found: map[placedPermission][]Access{},
	}
	a.placeLists()
	a.accounts = a.numberAccounts()
	a.eachList(func(l *placedList) { l.expansion = a.expand(l.direct) })
	a.findReasons()
	return a
}

func sortedProjects(projects []Project) []Project {
	projects = slices.Clone(projects)
	slices.SortFunc(projects, func(a, b Project) int { return strings.Compare(a.Slug, b.Slug) })
	for i := range projects {
		projects[i].SigningPolicies = slices.Clone(projects[i].SigningPolicies)
		slices.SortFunc(projects[i].SigningPolicies, func(a, b SigningPolicy) int { return strings.Compare(a.Slug, b.Slug) })
	}
	return projects
}

// placeLists notes every list of every place.
func (a *analysis) placeLists() {
	add := func(place Place, list access.List, entries Entries) {
		a.lists[place] = append(a.lists[place], &placedList{
			list: list, place: place, direct: a.roster.keys(entries.References), unfinished: entries.Incomplete,
		})
	}
	for _, project := range a.org.Projects {
		place := Place{Project: project.Slug}
		a.places = append(a.places, place)
		add(place, access.Readers, project.Readers)
		add(place, access.Configurators, project.Configurators)
		for _, policy := range project.SigningPolicies {
			place := Place{project.Slug, policy.Slug}
			a.places = append(a.places, place)
			add(place, access.Submitters, policy.Submitters)
			add(place, access.Approvers, policy.Approvers)
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

// list returns one list of a place.
func (a *analysis) list(place Place, list access.List) *placedList {
	for _, l := range a.lists[place] {
		if l.list.Plural == list.Plural {
			return l
		}
	}
	return &placedList{list: list, place: place, expansion: &expansion{}}
}

// has tells whether the organization has the place.
func (a *analysis) has(place Place) bool {
	_, ok := a.lists[place]
	return ok || place == Place{}
}

// at returns who has the permission at the place, ordered by account.
func (a *analysis) at(place Place, permission Permission) []Access {
	at := placedPermission{place, permission}
	rows, ok := a.found[at]
	if !ok {
		rows = a.rowsAt(at)
		a.found[at] = rows
	}
	return rows
}
