package vocabulary_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

type projects = []vocabulary.BuiltProject

// ofTeam are the projects of a team.
func ofTeam(team string, projects ...vocabulary.BuiltProject) []vocabulary.BuiltProject {
	for i := range projects {
		projects[i].Team = team
	}
	return projects
}

// with is the project with a pattern for the names of its CI users, and a choice of what gets one.
func with(project vocabulary.BuiltProject, pattern string, per vocabulary.CIUsersPer) vocabulary.BuiltProject {
	project.Name, project.Per = pattern, per
	return project
}

func built(slug string, originVerification bool, policies ...string) vocabulary.BuiltProject {
	return vocabulary.BuiltProject{Slug: slug, OriginVerification: originVerification, SigningPolicies: policies}
}

// outline writes a plan as "name: project/policy project/policy", one a line.
func outline(users []vocabulary.PlannedCIUser) string {
	lines := make([]string, len(users))
	for i, user := range users {
		lines[i] = user.Name + ":"
		for _, path := range user.SubmitsTo {
			lines[i] += " " + path.String()
		}
	}
	return strings.Join(lines, "\n")
}

// TestPlanCIUsersAsDocumented has every cell of the table in SignPath's user
// documentation: Team 1 with the projects A and B, which both have the signing
// policies test-signing and release-signing.
func TestPlanCIUsersAsDocumented(t *testing.T) {
	for _, cell := range []struct {
		originVerification bool
		team               string
		want               []string
	}{
		{true, "", []string{
			"PrjA: PrjA/release-signing PrjA/test-signing",
			"PrjB: PrjB/release-signing PrjB/test-signing",
		}},
		{true, "Team1", []string{
			"Team1: PrjA/release-signing PrjA/test-signing PrjB/release-signing PrjB/test-signing",
		}},
		{false, "", []string{
			"PrjA-release: PrjA/release-signing",
			"PrjA-test: PrjA/test-signing",
			"PrjB-release: PrjB/release-signing",
			"PrjB-test: PrjB/test-signing",
		}},
		{false, "Team1", []string{
			"Team1-release: PrjA/release-signing PrjB/release-signing",
			"Team1-test: PrjA/test-signing PrjB/test-signing",
		}},
	} {
		t.Run(fmt.Sprintf("origin verification %t, team %q", cell.originVerification, cell.team), func(t *testing.T) {
			got, err := vocabulary.PlanCIUsers(ofTeam(cell.team,
				built("PrjB", cell.originVerification, "test-signing", "release-signing"),
				built("PrjA", cell.originVerification, "release-signing", "test-signing"))...)
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Join(cell.want, "\n"); outline(got) != want {
				t.Errorf("got\n%s\nwant\n%s", outline(got), want)
			}
		})
	}
}

func TestPlanCIUsers(t *testing.T) {
	for name, c := range map[string]struct {
		projects []vocabulary.BuiltProject
		want     []string
	}{
		"nothing": {},
		"projects with and without origin verification": {
			projects{built("a", true, "test-signing", "release-signing"), built("b", false, "test-signing", "release-signing")},
			[]string{"a: a/release-signing a/test-signing", "b-release: b/release-signing", "b-test: b/test-signing"},
		},
		"a team with and without": {
			ofTeam("T", built("a", true, "test-signing", "release-signing"), built("b", false, "test-signing"), built("c", false, "test-signing", "nightly")),
			[]string{"T: a/release-signing a/test-signing", "T-nightly: c/nightly", "T-test: b/test-signing c/test-signing"},
		},
		"policies of other names": {
			projects{built("a", false, "signing", "test-signing-2", "Release_Signing", "code-signing-test")},
			[]string{"a-Release_Signing: a/Release_Signing", "a-code-signing-test: a/code-signing-test", "a-signing: a/signing", "a-test-signing-2: a/test-signing-2"},
		},
		"a choice of one per policy": {
			projects{with(built("a", true, "test-signing", "release-signing"), "", vocabulary.PerPolicy), built("b", true, "test-signing", "release-signing")},
			[]string{"a-release: a/release-signing", "a-test: a/test-signing", "b: b/release-signing b/test-signing"},
		},
		"a choice of one per policy in a team": {
			ofTeam("T", with(built("a", true, "test-signing", "release-signing"), "", vocabulary.PerPolicy), built("b", false, "test-signing")),
			[]string{"T-release: a/release-signing", "T-test: a/test-signing b/test-signing"},
		},
		"several teams": {
			append(ofTeam("T", built("a", true, "test"), built("b", true, "test")), ofTeam("U", built("c", true, "test"))...),
			[]string{"T: a/test b/test", "U: c/test"},
		},
		"names": {
			projects{
				with(built("a", false, "test-signing", "test"), "{project} {signing_policy}", ""), with(built("b", true, "test-signing"), "CI of {project}", ""),
				with(built("c", true, "test-signing"), "{policy}.{project}", vocabulary.PerPolicy), with(built("d", true, "test"), "only", vocabulary.PerProject),
			},
			[]string{"CI of b: b/test-signing", "a test: a/test", "a test-signing: a/test-signing", "only: d/test", "test.c: c/test-signing"},
		},
		"names in a team": {
			ofTeam(
				"T",
				with(built("a", true, "test"), "{team} builds", ""), with(built("b", true, "test"), "{team} builds", vocabulary.PerTeam), built("c", true, "test"),
			),
			[]string{"T: c/test", "T builds: a/test b/test"},
		},
		"no policies":    {projects{built("a", true), built("b", false)}, nil},
		"a policy twice": {projects{built("a", true, "test", "test"), built("b", false, "test", "test")}, []string{"a: a/test", "b-test: b/test"}},
	} {
		t.Run(name, func(t *testing.T) {
			before := fmt.Sprint(c.projects)
			got, err := vocabulary.PlanCIUsers(c.projects...)
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Join(c.want, "\n"); outline(got) != want {
				t.Errorf("got\n%s\nwant\n%s", outline(got), want)
			}
			if fmt.Sprint(c.projects) != before {
				t.Errorf("it changed its arguments: %v, were %s", c.projects, before)
			}
		})
	}
}

func TestPlanCIUsersRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		projects []vocabulary.BuiltProject
		want     string
	}{
		"a clash in a project": {
			projects{built("a", false, "test", "test-signing")},
			`two CI users would have the name "a-test": one for a/test and one for a/test-signing. Give them other names with the attribute name`,
		},
		"a clash of projects": {
			projects{built("a-test", true, "nightly"), built("a", false, "test-signing")},
			`two CI users would have the name "a-test": one for a-test/nightly and one for a/test-signing. Give them`,
		},
		"a clash in a team": {
			ofTeam("T", built("b", false, "test"), built("a", false, "test-signing"), built("c", false, "test")),
			`two CI users would have the name "T-test": one for a/test-signing and one for b/test, c/test. Give them`,
		},
		"a clash of patterns": {
			ofTeam("T", with(built("a", true, "test"), "T1", ""), with(built("b", true, "test"), "{team}1", "")),
			`two CI users would have the name "T1": one for a/test and one for b/test. Give them`,
		},
		"a pattern that keeps nothing apart": {
			projects{with(built("a", false, "test", "release"), "{project}", "")},
			`two CI users would have the name "a": one for a/release and one for a/test. Give them`,
		},
		"a display name of a project": {projects{built("Project A", true, "test")}, `project: "Project A" is not a slug`},
		"a display name of a policy":  {projects{built("a", true, "Test signing")}, `signing policies of project a: "Test signing" is not a slug`},
		"an empty policy":             {ofTeam("T", built("a", false, "")), `signing policies of project a: "" is not a slug`},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // In either order.
				got, err := vocabulary.PlanCIUsers(c.projects...)
				if err == nil {
					t.Fatalf("it planned\n%s", outline(got))
				}
				if !strings.HasPrefix(err.Error(), c.want) {
					t.Errorf("it says %s\nwant %s", err, c.want)
				}
				slices.Reverse(c.projects)
			}
		})
	}
}

// TestPlanCIUsersRefusesWhatAProjectAsksFor has names and choices that make no sense.
func TestPlanCIUsersRefusesWhatAProjectAsksFor(t *testing.T) {
	for _, c := range []struct {
		team         string
		isUnverified bool
		pattern      string
		per          vocabulary.CIUsersPer
		want         string
	}{
		{pattern: "{projekt}", want: `name of project a: {projekt} is no placeholder. Did you mean {project}? `},
		{pattern: "{}", want: `name of project a: {} is no placeholder. There are {project}, {team}, {policy}, {signing_policy}`},
		{pattern: "{project", want: `name of project a: "{project" has a brace that is part of no placeholder`},
		{pattern: "project}", want: `name of project a: "project}" has a brace that`},
		{pattern: "{project} ", want: `name of project a: "{project} " gives the name "a ", which`},
		{pattern: "{policy}", want: `name of project a: {policy} stands for one signing policy, and the CI user is for all`},
		{pattern: "{team}", want: `name of project a: {team} stands for the team, and the project has none`},
		{team: "T", pattern: "{project}", want: `name of project a: {project} stands for one project, and the CI user is for those of the team "T"`},
		{per: "policies", want: `project a: per is "policies", and must be "policy", "project" or "team"`},
		{per: vocabulary.PerProject, isUnverified: true, want: `project a: per = "project" is for origin_verification = true. Without it`},
		{per: vocabulary.PerTeam, team: "T", isUnverified: true, want: `project a: per = "team" is for origin_verification = true. Without it`},
		{per: vocabulary.PerTeam, want: `project a: per = "team" needs a team`},
		{per: vocabulary.PerProject, team: "T", want: `project a: per = "project" does not go with the team "T"`},
	} {
		got, err := vocabulary.PlanCIUsers(ofTeam(c.team, with(built("a", !c.isUnverified, "test"), c.pattern, c.per))...)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: it planned %q, and says %v", c, outline(got), err)
		}
	}
}
