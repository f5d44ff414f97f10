package vocabulary

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A BuiltProject is a project with the signing policies that its builds submit
// to.
type BuiltProject struct {
	// Slug is the project's.
	Slug string
	// OriginVerification tells whether SignPath verifies the origin of what is
	// submitted, under every one of the signing policies.
	OriginVerification bool
	// SigningPolicies are the slugs of the signing policies.
	SigningPolicies []string
}

// A PlannedCIUser is a CI user that a team should have, and what it submits to.
type PlannedCIUser struct {
	Name      string
	SubmitsTo []PolicyPath
}

// A PolicyPath names a signing policy by slugs.
type PolicyPath struct{ Project, SigningPolicy string }

// String spells the path as import ids do.
func (p PolicyPath) String() string { return p.Project + "/" + p.SigningPolicy }

// PlanCIUsers returns the CI users that SignPath recommends for the projects,
// ordered by name (documented: users page, "Account unification"):
//
//	                              per project                team Team1
//	with origin verification      PrjA                       Team1
//	without                       PrjA-test, PrjA-release    Team1-test, Team1-release
//
// They are planned per project, or for the team that owns the projects if team
// is not empty. A name starts with the slug of the project or with the team.
// Without origin verification the slug of the signing policy follows, without a
// "-signing" at its end. Two CI users of one name are an error: whoever had the
// token of one could submit what is for the other.
func PlanCIUsers(team string, projects ...BuiltProject) ([]PlannedCIUser, error) {
	planned := map[ciUserScope]*PlannedCIUser{}
	for _, project := range projects {
		if err := CheckSlug(project.Slug); err != nil {
			return nil, fmt.Errorf("project: %w", err)
		}
		for _, policy := range project.SigningPolicies {
			if err := CheckSlug(policy); err != nil {
				return nil, fmt.Errorf("signing policies of project %s: %w", project.Slug, err)
			}
			scope := ciUserScope{owner: cmp.Or(team, project.Slug)}
			if !project.OriginVerification {
				scope.policy = policy
			}
			user := planned[scope]
			if user == nil {
				user = &PlannedCIUser{Name: scope.name()}
				planned[scope] = user
			}
			if path := (PolicyPath{project.Slug, policy}); !slices.Contains(user.SubmitsTo, path) {
				user.SubmitsTo = append(user.SubmitsTo, path)
			}
		}
	}
	users := make([]PlannedCIUser, 0, len(planned))
	for _, user := range planned {
		slices.SortFunc(user.SubmitsTo, func(a, b PolicyPath) int {
			return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.SigningPolicy, b.SigningPolicy))
		})
		users = append(users, *user)
	}
	slices.SortFunc(users, func(a, b PlannedCIUser) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.paths(), b.paths()))
	})
	for i, user := range users[:max(0, len(users)-1)] {
		if next := users[i+1]; next.Name == user.Name {
			return nil, fmt.Errorf("two CI users would have the name %q: one for %s and one for %s. Give them names of your own, in resources of their own",
				user.Name, user.paths(), next.paths())
		}
	}
	return users, nil
}

// A ciUserScope is what one CI user is for.
type ciUserScope struct {
	// owner is the slug of a project, or a team.
	owner string
	// policy is the slug of the only signing policy, or empty for all that
	// verify origins.
	policy string
}

func (s ciUserScope) name() string {
	if s.policy == "" {
		return s.owner
	}
	return s.owner + "-" + strings.TrimSuffix(s.policy, "-signing")
}

func (u PlannedCIUser) paths() string { return strings.Join(access.Spell(u.SubmitsTo), ", ") }
