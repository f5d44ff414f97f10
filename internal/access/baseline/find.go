package baseline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// What rules of any vendor find.

// Minimum is the parameter of how many administrators there have to be.
const Minimum = "minimum"

// FindNoAdministrator finds that nobody would administer the organization.
func FindNoAdministrator(i *Inspection) []review.Finding {
	if len(i.Model.Administrators(i.Grants)) > 0 {
		return nil
	}
	return []review.Finding{{Sentence: fmt.Sprintf("No user administers the whole %s: nobody could give anybody access again.", i.Model.Vocabulary.OrganizationNoun())}}
}

// FindFewAdministrators finds that fewer users than [Minimum] would administer the
// organization, but not that nobody would.
func FindFewAdministrators(i *Inspection) []review.Finding {
	admins := i.Model.Administrators(i.Grants)
	if len(admins) == 0 || len(admins) >= i.Parameter(Minimum) {
		return nil
	}
	return []review.Finding{{Sentence: fmt.Sprintf("Only %s administers the whole %s, and %d users should.",
		review.Enumerate(access.Spell(admins)), i.Model.Vocabulary.OrganizationNoun(), i.Parameter(Minimum))}}
}

// FindRedundant finds grants that give nothing beside others of the same principal, of those
// that the rule wants to hear of.
func FindRedundant(wanted func(access.Redundancy) bool) func(*Inspection) []review.Finding {
	return func(i *Inspection) []review.Finding {
		var found []review.Finding
		for _, redundancy := range i.Model.Vocabulary.Redundant(i.Grants) {
			if wanted(redundancy) {
				cover := redundancy.Covers[0]
				found = append(found, About(redundancy.Grant, string(redundancy.Role), "%s has %s at %s, and %s at %s gives all of that already.",
					redundancy.Principal, quoteRole(redundancy.Role), i.Tell(redundancy.Place), quoteRole(cover.Role), i.Tell(cover.Place)))
			}
		}
		return found
	}
}

// FindUndeclared finds roles that nobody publishes or has declared.
func FindUndeclared(known func() []access.Role) func(*Inspection) []review.Finding {
	return func(i *Inspection) []review.Finding {
		first := map[access.Role]access.Grant{}
		for _, g := range i.Grants {
			if _, ok := first[g.Role]; !ok && !i.Model.IsKnown(g.Role) {
				first[g.Role] = g
			}
		}
		var found []review.Finding
		for role, g := range first {
			sentence := fmt.Sprintf("Nobody has declared the role %s at %s.", quoteRole(role), i.Tell(g.Place))
			if near := closest(string(role), known()); near != "" {
				sentence += fmt.Sprintf(" Did you mean %q?", near)
			}
			found = append(found, review.Finding{Places: []access.Place{g.Place}, About: string(role), Sentence: sentence})
		}
		slices.SortFunc(found, func(x, y review.Finding) int { return strings.Compare(x.About, y.About) })
		return found
	}
}

// FindPowerful finds principals of a kind who can give and take access.
func FindPowerful(kind access.Kind, consequence string) func(*Inspection) []review.Finding {
	return func(i *Inspection) []review.Finding {
		var found []review.Finding
		for _, g := range i.Grants {
			if g.Principal.Kind == kind && i.Model.PowerOf(g.Role) > NoPower {
				found = append(found, About(g, string(g.Role), "%s has %s at %s: %s.", g.Principal, quoteRole(g.Role), i.Tell(g.Place), consequence))
			}
		}
		return found
	}
}

// FindMixedStages finds who changes things in production and where nothing is meant, other
// than as an administrator. Of roles of which it is not known whether they change something
// at a place, it says nothing.
func FindMixedStages(changes func(access.Role, access.Place) bool) func(*Inspection) []review.Finding {
	return func(i *Inspection) []review.Finding {
		// reach is the first place of a stage at which a role changes things that is held
		// somewhere.
		type reach struct {
			access.RoleAt
			stage Stage
		}
		reached := map[reach]*access.Place{}
		find := func(held access.RoleAt, stage Stage) *access.Place {
			key := reach{held, stage}
			if _, ok := reached[key]; !ok {
				reached[key] = i.firstPlace(held.Place, stage, func(at access.Place) bool { return changes(held.Role, at) })
			}
			return reached[key]
		}
		at := map[access.Reference]map[Stage]access.Grant{}
		for _, g := range i.Grants {
			if i.Model.PowerOf(g.Role) > NoPower {
				continue
			}
			key := g.Principal.Folded()
			for _, stage := range []Stage{StageProduction, StageTest} {
				if place := find(access.RoleAt{Role: g.Role, Place: g.Place}, stage); place != nil {
					if at[key] == nil {
						at[key] = map[Stage]access.Grant{}
					}
					if _, ok := at[key][stage]; !ok {
						at[key][stage] = access.Grant{Principal: g.Principal, Role: g.Role, Place: *place}
					}
				}
			}
		}
		var found []review.Finding
		for _, stages := range at {
			if len(stages) < 2 {
				continue
			}
			one, other := stages[StageProduction], stages[StageTest]
			found = append(found, review.Finding{
				Principals: []access.Reference{one.Principal}, Places: []access.Place{one.Place, other.Place},
				Sentence: fmt.Sprintf("%s changes things at %s by %s, and at %s by %s.",
					one.Principal, i.Tell(one.Place), quoteRole(one.Role), i.Tell(other.Place), quoteRole(other.Role)),
			})
		}
		return found
	}
}

// firstPlace returns the first place of a stage within another one that is wanted, or nil.
func (b Baseline) firstPlace(outer access.Place, stage Stage, wanted func(access.Place) bool) *access.Place {
	for _, declared := range b.Places {
		if declared.Stage == stage && outer.Contains(declared.Place) && wanted(declared.Place) {
			return &declared.Place
		}
	}
	return nil
}

// FindLargerRoles finds roles that allow more than their principal needs, where a smaller one
// would do. It is about principals whose needs somebody has told.
func FindLargerRoles(i *Inspection) []review.Finding {
	v := i.Model.Vocabulary
	needs := map[access.Reference][]access.Permission{}
	for principal, permissions := range i.Wishes.Needs {
		needs[principal.Folded()] = append(needs[principal.Folded()], permissions...)
	}
	var found []review.Finding
	for _, g := range i.Grants {
		description := v.Description(g.Role)
		wanted, isTold := needs[g.Principal.Folded()]
		if description == nil || !isTold {
			continue
		}
		wanted = slices.DeleteFunc(slices.Clone(wanted), func(p access.Permission) bool { return !description.Rights[p].Granted || !v.IsToldAt(p, g.Place) })
		if len(wanted) == 0 {
			found = append(found, About(g, string(g.Role), "%s needs nothing of what %s at %s allows.", g.Principal, quoteRole(g.Role), i.Tell(g.Place)))
			continue
		}
		least, err := v.LeastRoles(wanted, g.Place)
		if err != nil {
			continue
		}
		least = slices.DeleteFunc(least, func(one access.RoleAt) bool {
			return one.Place != g.Place || !v.Dominates(g.Role, one.Role) || v.Dominates(one.Role, g.Role)
		})
		if len(least) > 0 {
			found = append(found, About(g, string(g.Role), "%s has %s at %s, and %s would do for what is needed there: %s.",
				g.Principal, quoteRole(g.Role), i.Tell(g.Place), quoteRole(least[0].Role), review.Enumerate(access.Spell(v.SortPermissions(wanted)))))
		}
	}
	return found
}

// FindJoinedDuties finds who has two permissions at one place that somebody wants apart. Of
// places in each other, it tells the outermost.
func FindJoinedDuties(i *Inspection) []review.Finding {
	if len(i.Wishes.Separate) == 0 {
		return nil
	}
	v, held := i.Model.Vocabulary, holdingsOf(i.Grants)
	gives := func(g access.Grant, p access.Permission, at access.Place) bool {
		description := v.Description(g.Role)
		return description != nil && g.Place.Contains(at) && description.Rights[p].Granted && v.IsToldAt(p, at)
	}
	// meet returns the grants by which both hold at the place, if they do.
	meet := func(grants []access.Grant, pair [2]access.Permission, at access.Place) (one, other access.Grant, ok bool) {
		first := slices.IndexFunc(grants, func(g access.Grant) bool { return gives(g, pair[0], at) })
		second := slices.IndexFunc(grants, func(g access.Grant) bool { return gives(g, pair[1], at) })
		if first < 0 || second < 0 {
			return one, other, false
		}
		return grants[first], grants[second], true
	}
	var found []review.Finding
	for _, grants := range held.by {
		// Where both meet first, one of both is granted.
		for at := range placesOf(grants) {
			for _, pair := range i.Wishes.Separate {
				one, other, ok := meet(grants, pair, at)
				isFurtherOut := slices.ContainsFunc(at.Enclosing(), func(outer access.Place) bool {
					_, _, ok := meet(grants, pair, outer)
					return ok && outer != at
				})
				if ok && !isFurtherOut {
					finding := About(one, pair[0].ID+" "+pair[1].ID, "%s has %s by %s and %s by %s at %s.",
						one.Principal, pair[0], quoteRole(one.Role), pair[1], quoteRole(other.Role), i.Tell(at))
					finding.Places = []access.Place{at}
					found = append(found, finding)
				}
			}
		}
	}
	slices.SortFunc(found, func(x, y review.Finding) int { return strings.Compare(x.About, y.About) })
	return found
}

func placesOf(grants []access.Grant) map[access.Place]bool {
	places := map[access.Place]bool{}
	for _, g := range grants {
		places[g.Place] = true
	}
	return places
}

// closest returns the name that comes near enough to be what was meant.
func closest(wanted string, known []access.Role) string {
	var names []string
	for _, role := range known {
		names = append(names, string(role))
	}
	return access.Nearest(wanted, names)
}
