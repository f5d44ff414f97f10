package run

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/guard"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary/vocabularytest"
)

// TestGuardFindsTheSameInAnyOrder judges the changes of random plans in several orders:
// a plan that passes in one of them must not be denied in the order of its apply.
func TestGuardFindsTheSameInAnyOrder(t *testing.T) {
	for number := range uint64(20) {
		random := rand.New(rand.NewPCG(number, 1))
		org := guardedOrganization(random)
		changes := guardedChanges(random, org)
		first := judgedInOrder(t, org, changes)
		for range 3 {
			random.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
			again := judgedInOrder(t, org, changes)
			for _, line := range slices.Concat(first, again) {
				if slices.Contains(first, line) != slices.Contains(again, line) {
					t.Errorf("%d: in one order it finds %q, and in another not", number, line)
				}
			}
		}
	}
}

// One resource exchanges the only approver of a group, and another one takes the only
// approver of another group away.
func TestGuardIsNotMisledByAnExchange(t *testing.T) {
	org := guardedOrganization(rand.New(rand.NewPCG(1, 1)))
	groups, people := org.Principals[:2], org.Principals[3:]
	required, yes := int64(2), true
	org = vocabularytest.With(org, vocabularytest.Project{Slug: "project", SigningPolicies: []vocabularytest.SigningPolicy{{
		Approvers:     review.EntriesOf(groups[0].IDReference(), groups[1].IDReference()),
		SigningPolicy: vocabulary.SigningPolicy{Slug: "policy", UsesApprovalProcess: &yes, RequiredApprovals: &required},
	}}})
	for i := range groups {
		org.Members[groups[i].IDReference()] = review.EntriesOf(people[i].IDReference())
	}
	for i := range people {
		people[i].Active, people[i].Invited = true, false
	}
	members := func(group int) review.Seat {
		return review.Seat{Group: groups[group].IDReference()}
	}
	exchanged := AccessChange{Change: guard.Change{
		Reach:  guard.Reach{Everywhere: true},
		Gains:  review.Delta{Added: members(0).Entries(people[2].IDReference())},
		Losses: review.Delta{Removed: members(0).Entries(people[0].IDReference())},
	}}
	taken := AccessChange{Change: guard.Change{
		Reach: guard.Reach{Everywhere: true}, Losses: review.Delta{Removed: members(1).Entries(people[1].IDReference())},
	}}
	for _, order := range [][]AccessChange{{exchanged, taken}, {taken, exchanged}} {
		if found := judgedInOrder(t, org, order); !slices.Contains(found, "approval-quorum project/policy") {
			t.Errorf("found %q", found)
		}
	}
	if found := judgedInOrder(t, org, []AccessChange{exchanged}); len(found) > 0 {
		t.Errorf("of the exchange, found %q", found)
	}
}

// Whose list a plan destroys is not found on it, if that was planned before.
func TestGuardForgetsListsThatEnd(t *testing.T) {
	org := guardedOrganization(rand.New(rand.NewPCG(1, 1)))
	org.Members = map[access.Reference]review.Entries{}
	officer := &org.Principals[3]
	officer.Active, officer.Invited, officer.Role = true, false, vocabulary.RoleRegularUser
	org = vocabularytest.With(org, vocabularytest.Project{Slug: "project", SigningPolicies: []vocabularytest.SigningPolicy{
		vocabularytest.Policy("policy", review.EntriesOf(), review.EntriesOf(officer.IDReference())),
	}})
	list := review.Seat{Role: vocabulary.Approvers.Role(), Place: access.PlaceOf("project", "policy")}
	left := AccessChange{Change: guard.Change{
		Reach: guard.Reach{Everywhere: true}, Losses: review.Delta{Removed: list.Entries(officer.IDReference())},
	}}
	ended := left
	ended.Ends = true
	deactivated := activityChange(officer.Principal, false, path.Empty())
	finding := "inactive-entry " + officer.Reference().String() + " project/policy"
	for name, c := range map[string]struct {
		changes []AccessChange
		found   bool
	}{
		"the list ends":           {[]AccessChange{ended, deactivated}, false},
		"the list ends later":     {[]AccessChange{deactivated, ended}, true},
		"somebody takes them off": {[]AccessChange{left, deactivated}, true},
	} {
		if found := slices.Contains(judgedInOrder(t, org, c.changes), finding); found != c.found {
			t.Errorf("%s: found: %t", name, found)
		}
	}
}

// judgedInOrder returns what a guard finds of the changes, in the parts of the
// organization in which it looks at each.
func judgedInOrder(t *testing.T, org review.Organization, changes []AccessChange) []string {
	t.Helper()
	rulebook := review.Rulebook{Catalogue: vocabulary.Rules, Now: time.Unix(0, 0), Rules: map[string]review.RuleSetting{
		"many-global-administrators":     {Parameters: map[string]int{"maximum": 1}},
		vocabulary.NoGlobalAdministrator: {Severity: review.Ignore},
	}}
	g := guard.New(vocabulary.SignPath, rulebook, func(_ context.Context, r guard.Reach) (review.Organization, []string, error) {
		return partOf(org, r), nil, nil
	})
	found := map[string]bool{}
	for _, c := range changes {
		j, err := g.Add(t.Context(), c.Change)
		if err != nil {
			t.Fatal(err)
		}
		for _, late := range j.Late {
			j.Caused = append(j.Caused, late.Finding)
		}
		for _, f := range j.Caused {
			line := f.Rule
			for _, p := range f.Principals {
				line += " " + p.String()
			}
			for _, place := range f.Places {
				line += " " + place.String()
			}
			found[line] = true
		}
	}
	var lines []string
	for line := range found {
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// partOf is what is read of the organization.
func partOf(org review.Organization, r guard.Reach) review.Organization {
	if r.Everywhere {
		return org
	}
	if r != (guard.Reach{}) {
		org.Principals, org.Members = nil, nil
	}
	org.Places = maps.Clone(org.Places)
	maps.DeleteFunc(org.Places, func(p access.Place, _ any) bool {
		return r == guard.Reach{} || !p.Contains(r.Place) && (!r.Inside || !r.Place.Contains(p))
	})
	org.Grants = maps.Clone(org.Grants)
	maps.DeleteFunc(org.Grants, func(s review.Seat, _ review.Entries) bool { return !org.Has(s.Place) })
	return org
}

// guardedOrganization has three groups, users and CI users, as a survey names them.
func guardedOrganization(random *rand.Rand) review.Organization {
	org := review.Organization{Members: map[access.Reference]review.Entries{}}
	for i := range 9 {
		p := access.Principal{
			ID: fmt.Sprintf("%08d-1111-4111-8111-111111111111", i), Name: fmt.Sprintf("P%d", i), Email: fmt.Sprintf("p%d@example.com", i),
			Kind: []access.Kind{access.KindGroup, access.KindUser, access.KindCIUser}[min(i/3, 1)+i/7], Active: true,
		}
		if p.Kind != access.KindGroup {
			p.Role, p.Active = pickOne(random, vocabulary.GlobalRoles()).Role, random.IntN(5) > 0
			p.Invited = p.Kind == access.KindUser && random.IntN(5) == 0
		}
		org.Principals = append(org.Principals, review.Principal{Principal: p})
	}
	some := func(from []review.Principal) (list review.Entries) {
		for _, p := range from {
			if random.IntN(4) == 0 {
				list.References = append(list.References, p.IDReference())
			}
		}
		return list
	}
	for i := range 3 { // A group holds those that come after it.
		org.Members[org.Principals[i].IDReference()] = some(org.Principals[i+1:])
	}
	var projects []vocabularytest.Project
	for i := range 2 {
		project := vocabularytest.Project{Slug: fmt.Sprintf("project-%d", i), Readers: some(org.Principals), Configurators: some(org.Principals)}
		for j := range 2 {
			approval, required, builds := random.IntN(4) > 0, 1+random.Int64N(2), random.IntN(3) == 0
			project.SigningPolicies = append(project.SigningPolicies, vocabularytest.SigningPolicy{
				Submitters: some(org.Principals), Approvers: some(org.Principals), SigningPolicy: vocabulary.SigningPolicy{
					Slug: fmt.Sprintf("policy-%d", j), UsesApprovalProcess: &approval, RequiredApprovals: &required,
					VerifiesTrustedBuildSystem: &builds, VerifiesOrigin: new(bool),
				},
			})
		}
		projects = append(projects, project)
	}
	return vocabularytest.With(org, projects...)
}

func pickOne[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// guardedChanges are those of resources for one entry or account each.
func guardedChanges(random *rand.Rand, org review.Organization) []AccessChange {
	var changes []AccessChange
	for _, p := range org.Principals {
		if p.Kind == access.KindGroup {
			continue
		}
		if role := pickOne(random, vocabulary.GlobalRoles()).Role; random.IntN(5) == 0 && role != p.Role {
			changes = append(changes, roleChange(p.Principal, p.IDReference(), p.Role, role, path.Empty()))
		}
		if p.Active && random.IntN(5) == 0 {
			changes = append(changes, activityChange(p.Principal, false, path.Empty()))
		}
	}
	for _, target := range guardedTargets(org) {
		list := review.Seat{Group: target.group}
		if target.group == (access.Reference{}) {
			list = review.Seat{Role: target.List.Role(), Place: access.PlaceOf(target.Project, target.Policy)}
		}
		p := pickOne(random, org.Principals[3:]) // No group, which could come to hold itself.
		change := AccessChange{Change: guard.Change{
			Reach: reachOf(target.Target, []access.Principal{p.Principal}), Principals: []access.Principal{p.Principal},
			Gains: review.Delta{Added: list.Entries(p.IDReference())},
		}}
		if slices.Contains(target.members.References, p.IDReference()) {
			change.Gains, change.Losses = review.Delta{}, review.Delta{Removed: list.Entries(p.IDReference())}
			change.Principals, change.Reach = nil, reachOf(target.Target, nil)
		}
		if random.IntN(2) == 0 {
			changes = append(changes, change)
		}
	}
	return changes
}

// A guardedTarget is one list of the organization, with who is on it.
type guardedTarget struct {
	api.Target
	group   access.Reference
	members review.Entries
}

func guardedTargets(org review.Organization) []guardedTarget {
	var targets []guardedTarget
	add := func(t api.Target, group access.Reference, members review.Entries) {
		targets = append(targets, guardedTarget{t, group, members})
	}
	for _, p := range org.Principals[:3] {
		add(api.Target{List: vocabulary.GroupMembers, Group: p.ID, GroupName: p.Name}, p.IDReference(), org.Members[p.IDReference()])
	}
	for _, place := range slices.SortedFunc(maps.Keys(org.Places), access.Place.Compare) {
		for _, list := range vocabulary.Lists() {
			if list.Kind() == vocabulary.SignPath.KindAt(place) {
				members := org.Grants[review.Seat{Role: list.Role(), Place: place}]
				add(api.Target{List: list, Project: place.Slug(0), Policy: place.Slug(1)}, access.Reference{}, members)
			}
		}
	}
	return targets
}
