package vocabulary

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A BuiltProject is a project with the signing policies that its builds submit
// to, and how many CI users they do that as.
type BuiltProject struct {
	// Slug is the project's.
	Slug string
	// OriginVerification tells whether SignPath verifies the origin of what is
	// submitted, under every one of the signing policies.
	OriginVerification bool
	// SigningPolicies are the slugs of the signing policies.
	SigningPolicies []string
	// Team is whose projects share CI users; empty for CI users of this project alone.
	Team string
	// Per says what gets a CI user of its own. If it is empty, it is what SignPath recommends:
	// [PerPolicy] without origin verification, and with it [PerTeam] for the project of a
	// team and [PerProject] for any other.
	Per CIUsersPer
	// Name is the pattern of the names of the CI users, with the placeholders {project}, {team},
	// {policy} and {signing_policy}. If it is empty, it is {project} or {team}, followed by
	// -{policy} where each signing policy has a CI user.
	Name string
}

// CIUsersPer is what gets a CI user of its own.
type CIUsersPer string

const (
	// PerPolicy is a CI user for each signing policy of a project; for a team, for all
	// signing policies of one slug. It is never too few.
	PerPolicy CIUsersPer = "policy"
	// PerProject is a CI user for all signing policies of a project.
	PerProject CIUsersPer = "project"
	// PerTeam is a CI user for all signing policies of the projects of a team.
	PerTeam CIUsersPer = "team"
)

// per returns what gets a CI user, and refuses what contradicts itself or SignPath's advice.
func (p BuiltProject) per() (CIUsersPer, error) {
	switch p.Per {
	case "":
		switch {
		case !p.OriginVerification:
			return PerPolicy, nil
		case p.Team != "":
			return PerTeam, nil
		}
		return PerProject, nil
	case PerPolicy:
		return PerPolicy, nil
	case PerProject:
		if p.Team != "" {
			return "", fmt.Errorf("per = %q does not go with the team %q, whose projects share CI users: take per = %q, or team = \"\"", p.Per, p.Team, PerTeam)
		}
	case PerTeam:
		if p.Team == "" {
			return "", fmt.Errorf("per = %q needs a team", p.Per)
		}
	default:
		return "", fmt.Errorf("per is %q, and must be %q, %q or %q", p.Per, PerPolicy, PerProject, PerTeam)
	}
	if !p.OriginVerification {
		return "", fmt.Errorf("per = %q is for origin_verification = true. Without it, whoever has the token of a test build could sign a release: take per = %q",
			p.Per, PerPolicy)
	}
	return p.Per, nil
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

// PlanCIUsers returns the CI users of the projects, ordered by name. Without patterns for
// their names, and without a choice of what gets one, they are those that SignPath recommends
// (documented: users page, "Account unification"):
//
//	                              per project                team Team1
//	with origin verification      PrjA                       Team1
//	without                       PrjA-test, PrjA-release    Team1-test, Team1-release
//
// A name starts with the slug of the project or with the team. Where each signing policy has
// a CI user, its slug follows, without a "-signing" at its end. Two CI users of one name are
// an error: whoever had the token of one could submit what is for the other.
func PlanCIUsers(projects ...BuiltProject) ([]PlannedCIUser, error) {
	planned := map[ciUserScope]*PlannedCIUser{}
	for _, project := range projects {
		if err := planProject(planned, project); err != nil {
			return nil, err
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
			return nil, fmt.Errorf("two CI users would have the name %q: one for %s and one for %s. Give them other names with the attribute name",
				user.Name, user.paths(), next.paths())
		}
	}
	return users, nil
}

// planProject adds the CI users of a project, and what it submits as those of its team.
func planProject(planned map[ciUserScope]*PlannedCIUser, project BuiltProject) error {
	if err := CheckSlug(project.Slug); err != nil {
		return fmt.Errorf("project: %w", err)
	}
	per, err := project.per()
	if err != nil {
		return fmt.Errorf("project %s: %w", project.Slug, err)
	}
	for _, policy := range project.SigningPolicies {
		if err := CheckSlug(policy); err != nil {
			return fmt.Errorf("signing policies of project %s: %w", project.Slug, err)
		}
		scope := ciUserScope{team: project.Team, pattern: project.Name}
		if project.Team == "" {
			scope.project = project.Slug
		}
		if per == PerPolicy {
			scope.policy = policy
		}
		user := planned[scope]
		if user == nil {
			name, err := scope.name()
			if err != nil {
				return fmt.Errorf("name of project %s: %w", project.Slug, err)
			}
			user = &PlannedCIUser{Name: name}
			planned[scope] = user
		}
		if path := (PolicyPath{project.Slug, policy}); !slices.Contains(user.SubmitsTo, path) {
			user.SubmitsTo = append(user.SubmitsTo, path)
		}
	}
	return nil
}

// A ciUserScope is what one CI user is for.
type ciUserScope struct {
	// project is the slug of the only project, or empty for those of the team.
	project, team string
	// policy is the slug of the only signing policy, or empty for all.
	policy string
	// pattern is that of the name, or empty for the usual one.
	pattern string
}

// The placeholders in the name of a CI user.
const (
	placeholderProject       = "{project}"
	placeholderTeam          = "{team}"
	placeholderPolicy        = "{policy}"
	placeholderSigningPolicy = "{signing_policy}"
)

// name puts what the CI user is for into the pattern.
func (s ciUserScope) name() (string, error) {
	known := map[string]string{
		placeholderProject: s.project, placeholderTeam: s.team,
		placeholderPolicy: strings.TrimSuffix(s.policy, "-signing"), placeholderSigningPolicy: s.policy,
	}
	var name strings.Builder
	for rest := s.usedPattern(); rest != ""; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			name.WriteString(rest)
			break
		}
		name.WriteString(rest[:open])
		end := strings.IndexByte(rest[open:], '}')
		if rest[open] == '}' || end < 0 {
			return "", fmt.Errorf("%q has a brace that is part of no placeholder", s.pattern)
		}
		placeholder := rest[open : open+end+1]
		value, isKnown := known[placeholder]
		switch {
		case !isKnown:
			return "", unknownPlaceholder(placeholder)
		case value == "":
			return "", errors.New(s.without(placeholder))
		}
		name.WriteString(value)
		rest = rest[open+end+1:]
	}
	if !access.IsName(name.String()) {
		return "", fmt.Errorf("%q gives the name %q, which is empty, or has a line feed in it or white space around it", s.usedPattern(), name.String())
	}
	return name.String(), nil
}

func (s ciUserScope) usedPattern() string {
	if s.pattern != "" {
		return s.pattern
	}
	pattern := placeholderProject
	if s.team != "" {
		pattern = placeholderTeam
	}
	if s.policy != "" {
		pattern += "-" + placeholderPolicy
	}
	return pattern
}

// without says why a placeholder stands for nothing here.
func (s ciUserScope) without(placeholder string) string {
	switch placeholder {
	case placeholderProject:
		return fmt.Sprintf("%s stands for one project, and the CI user is for those of the team %q", placeholder, s.team)
	case placeholderTeam:
		return placeholder + " stands for the team, and the project has none"
	}
	return fmt.Sprintf("%s stands for one signing policy, and the CI user is for all of them: take per = %q, or leave it out", placeholder, PerPolicy)
}

func unknownPlaceholder(placeholder string) error {
	all := []string{placeholderProject, placeholderTeam, placeholderPolicy, placeholderSigningPolicy}
	meant := ""
	if near := access.Meant(placeholder, all); near != "" {
		meant = fmt.Sprintf("Did you mean %s? ", near)
	}
	return fmt.Errorf("%s is no placeholder. %sThere are %s", placeholder, meant, strings.Join(all, ", "))
}

func (u PlannedCIUser) paths() string { return strings.Join(access.Spell(u.SubmitsTo), ", ") }
