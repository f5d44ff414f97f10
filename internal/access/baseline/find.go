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
		stages := map[access.Place]Stage{}
		for _, declared := range i.Places {
			stages[declared.Place] = declared.Stage
		}
		at := map[access.Reference]map[Stage][]access.EffectiveRole{}
		for _, held := range i.EffectiveRoles() {
			stage := stages[held.Place]
			if stage == StageUnknown || i.Model.PowerOf(held.Role) > NoPower || !changes(held.Role, held.Place) {
				continue
			}
			key := held.Principal.Folded()
			if at[key] == nil {
				at[key] = map[Stage][]access.EffectiveRole{}
			}
			at[key][stage] = append(at[key][stage], held)
		}
		var found []review.Finding
		for _, stages := range at {
			production, test := stages[StageProduction], stages[StageTest]
			if len(production) == 0 || len(test) == 0 {
				continue
			}
			one, other := production[0], test[0]
			found = append(found, review.Finding{
				Principals: []access.Reference{one.Principal}, Places: []access.Place{one.Place, other.Place},
				Sentence: fmt.Sprintf("%s changes things at %s by %s, and at %s by %s.",
					one.Principal, i.Tell(one.Place), quoteRole(one.Role), i.Tell(other.Place), quoteRole(other.Role)),
			})
		}
		return found
	}
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
	type seat struct {
		principal access.Reference
		place     access.Place
	}
	v, held := i.Model.Vocabulary, map[seat][]access.EffectiveRole{}
	for _, role := range i.EffectiveRoles() {
		key := seat{role.Principal.Folded(), role.Place}
		held[key] = append(held[key], role)
	}
	by := func(at seat, p access.Permission) (access.EffectiveRole, bool) {
		for _, role := range held[at] {
			if description := v.Description(role.Role); description != nil && description.Rights[p].Granted && v.IsToldAt(p, at.place) {
				return role, true
			}
		}
		return access.EffectiveRole{}, false
	}
	var found []review.Finding
	for at := range held {
		for _, pair := range i.Wishes.Separate {
			one, isOne := by(at, pair[0])
			other, isOther := by(at, pair[1])
			isFurtherOut := slices.ContainsFunc(at.place.Enclosing(), func(outer access.Place) bool {
				_, a := by(seat{at.principal, outer}, pair[0])
				_, b := by(seat{at.principal, outer}, pair[1])
				return outer != at.place && a && b
			})
			if isOne && isOther && !isFurtherOut {
				found = append(found, About(one.Grant, pair[0].ID+" "+pair[1].ID, "%s has %s by %s and %s by %s at %s.",
					one.Principal, pair[0], quoteRole(one.Role), pair[1], quoteRole(other.Role), i.Tell(at.place)))
			}
		}
	}
	slices.SortFunc(found, func(x, y review.Finding) int { return strings.Compare(x.About, y.About) })
	return found
}

// closest returns the name that comes near enough to be what was meant.
func closest(wanted string, known []access.Role) string {
	var names []string
	for _, role := range known {
		names = append(names, string(role))
	}
	return access.Nearest(wanted, names)
}
