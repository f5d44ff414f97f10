package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// plannedUsers is the result of ci_users: names, and the policies of each as
// {project, policy}.
func plannedUsers(users map[string][][2]string) knownvalue.Check {
	want := map[string]knownvalue.Check{}
	for name, policies := range users {
		submitsTo := map[string]knownvalue.Check{}
		for _, policy := range policies {
			submitsTo[policy[0]+"/"+policy[1]] = knownvalue.ObjectExact(map[string]knownvalue.Check{
				"project": knownvalue.StringExact(policy[0]), "signing_policy": knownvalue.StringExact(policy[1]), "ci_user": knownvalue.StringExact(name),
			})
		}
		want[name] = knownvalue.ObjectExact(map[string]knownvalue.Check{"submits_to": knownvalue.MapExact(submitsTo)})
	}
	return knownvalue.MapExact(want)
}

func TestCIUsersFunction(t *testing.T) {
	const projects = `{
    a = { origin_verification = true, signing_policies = ["test-signing", "release-signing"] }
    b = { origin_verification = false, signing_policies = toset(["test-signing", "release-signing"]) }
  }`
	perProject := plannedUsers(map[string][][2]string{
		"a":         {{"a", "test-signing"}, {"a", "release-signing"}},
		"b-test":    {{"b", "test-signing"}},
		"b-release": {{"b", "release-signing"}},
	})
	newOrganization(t).run(nil,
		refused(`provider::signpath::ci_users(null)`, `Invalid value for "projects" parameter`, "null"),
		refused(`provider::signpath::ci_users({}, null)`, `Invalid value for "team" parameter`, "null"),
		refused(`provider::signpath::ci_users({ a = { signing_policies = ["test"] } })`, `Invalid value for "projects" parameter`,
			`attribute "origin_verification" is required: true if SignPath verifies the origin under every one of its signing policies, and else false;`),
		refused(`provider::signpath::ci_users({ a = { origin_verification = true, signing_policies = ["test"], teams = "Team1" } })`,
			`Invalid value for "projects" parameter`, `unknown attribute "teams". Did you mean "team"? A project has origin_verification, signing_policies,`),
		refused(`provider::signpath::ci_users({ a = { origin_verificaton = true, signing_policies = ["test"] } })`,
			`Invalid value for "projects" parameter`, `unknown attribute "origin_verificaton". Did you mean "origin_verification"?`),
		refused(`provider::signpath::ci_users(["project-a"])`, `Invalid value for "projects" parameter`, "neither a map nor an object; projects is like"),
		refused(`provider::signpath::ci_users({ a = true })`, "project a is no object; projects is like"),
		refused(`provider::signpath::ci_users({ a = { origin_verification = "yes", signing_policies = [] } })`,
			"origin_verification of project a is neither true nor false"),
		refused(`provider::signpath::ci_users({ a = { origin_verification = true, signing_policies = "test" } })`,
			"signing_policies of project a is no list of slugs"),
		refused(`provider::signpath::ci_users({ a = { origin_verification = true, signing_policies = [1] } })`, "has an element that is no text"),
		refused(`provider::signpath::ci_users({ a = { origin_verification = false, signing_policies = ["test", "test-signing"] } })`,
			`Invalid value for "projects" parameter`, `two CI users would have the name "a-test"`),
		refused(`provider::signpath::ci_users({ a = { per = "policies", signing_policies = ["test"] } })`,
			`Invalid value for "projects" parameter`, `project a: per is "policies", and must be`),
		refused(`provider::signpath::ci_users({ a = { per = "project", signing_policies = ["test"] } })`, `attribute "origin_verification" is required`),
		refused(`provider::signpath::ci_users({ a = { per = "policy" } })`, `attribute "signing_policies" is required`),
		refused(`provider::signpath::ci_users({ a = { per = "policy", origin_verification = null, signing_policies = [] } })`,
			"origin_verification of project a is null"),
		refused(`provider::signpath::ci_users({ a = { per = ["policy"], signing_policies = [] } })`, "per of project a is no text"),
		refused(`provider::signpath::ci_users({ a = { per = "policy", team = "T ", signing_policies = [] } })`, `team of project a: "T " has white space around`),
		refused(`provider::signpath::ci_users({ a = { per = "policy", name = "{pol}", signing_policies = ["test"] } })`,
			`name of project a: {pol} is no placeholder`),
		refused(`provider::signpath::ci_users({}, "Team 1", "Team 2")`, `Invalid value for "team" parameter`, "2 teams are named"),
		knownResult(`provider::signpath::ci_users(`+projects+`)`, perProject),
		knownResult(`provider::signpath::ci_users(`+projects+`, "")`, perProject),
		knownResult(`provider::signpath::ci_users(`+projects+`, "Team 1")`, plannedUsers(map[string][][2]string{
			"Team 1":         {{"a", "test-signing"}, {"a", "release-signing"}},
			"Team 1-test":    {{"b", "test-signing"}},
			"Team 1-release": {{"b", "release-signing"}},
		})),
		knownResult(`provider::signpath::ci_users({
    a = { per = "policy", name = "{signing_policy} of {project}", team = "", signing_policies = ["test-signing"] }
    b = { origin_verification = true, per = "team", name = null, signing_policies = ["test-signing"] }
    c = { origin_verification = true, per = null, team = "Team 2", signing_policies = ["test-signing"] }
  }, "Team 1")`, plannedUsers(map[string][][2]string{
			"test-signing of a": {{"a", "test-signing"}}, "Team 1": {{"b", "test-signing"}}, "Team 2": {{"c", "test-signing"}},
		})),
		resultAfterApply(`provider::signpath::ci_users({ a = { origin_verification = terraform_data.later.output != null, signing_policies = ["test"] } })`,
			plannedUsers(map[string][][2]string{"a": {{"a", "test"}}})),
		knownResult(`provider::signpath::ci_users({})`, plannedUsers(nil)),
		resultAfterApply(`provider::signpath::ci_users({ a = { origin_verification = true, signing_policies = ["test"] } }, terraform_data.later.output)`,
			plannedUsers(map[string][][2]string{"later@example.com": {{"a", "test"}}})),
	)
}

func TestCIUsersFunctionPointsAtTheWrongArgument(t *testing.T) {
	var (
		policies    = tftypes.Set{ElementType: tftypes.String}
		projectType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"origin_verification": tftypes.Bool, "signing_policies": policies}}
	)
	projects := func(project tftypes.Value) tftypes.Value {
		return tftypes.NewValue(tftypes.Map{ElementType: projectType}, map[string]tftypes.Value{"a": project})
	}
	project := func(originVerification any, signingPolicies any) tftypes.Value {
		return projects(tftypes.NewValue(projectType, map[string]tftypes.Value{
			"origin_verification": tftypes.NewValue(tftypes.Bool, originVerification),
			"signing_policies":    tftypes.NewValue(policies, signingPolicies),
		}))
	}
	test := []tftypes.Value{stringValue("test")}
	for name, c := range map[string]struct {
		projects tftypes.Value
		teams    []tftypes.Value
		position int64
		want     string
	}{
		"null project": {projects(tftypes.NewValue(projectType, nil)), nil, 0, "project a is null"},
		"null origin verification": {
			project(nil, test), nil, 0,
			"origin_verification of project a is null; say true only if SignPath verifies the origin under every one of its signing policies",
		},
		"null policies": {project(true, nil), nil, 0, "signing_policies of project a is null"},
		"null policy":   {project(true, []tftypes.Value{tftypes.NewValue(tftypes.String, nil)}), nil, 0, "signing_policies of project a has an element that is null"},
		"malformed policy": {project(true, []tftypes.Value{stringValue("a/test")}), nil, 0, `signing policies of project a: "a/test" is not a slug. ` +
			`A slug is the last part of the object's web address in SignPath, such as "release-signing"; it is not the display name; did you mean "test"?`},
		"two teams": {
			project(true, test),
			[]tftypes.Value{stringValue("T"), stringValue("U")},
			1,
			`2 teams are named, and only one can be; name the others in the attribute "team" of their projects`,
		},
		"white space": {project(true, test), []tftypes.Value{stringValue("T ")}, 1, `"T " has white space around the name of the team`},
		"blank team":  {project(true, test), []tftypes.Value{stringValue(" ")}, 1, `" " has white space around the name of the team`},
	} {
		t.Run(name, func(t *testing.T) {
			refusesCall(t, "ci_users", c.position, c.want, append([]tftypes.Value{c.projects}, c.teams...)...)
		})
	}
	if err := callFunction(t, "ci_users", project(true, []tftypes.Value{})); err != nil {
		t.Errorf("no policies: %s", err.Text)
	}
}

// TestCLICIUsersFunctionMakesResources is how the function is meant to be used,
// with a team that shares its CI users and one that does not.
func TestCLICIUsersFunctionMakesResources(t *testing.T) {
	w := newWorkspace(t, map[string]string{"main.tf": `
locals {
  ci_users = merge(
    provider::signpath::ci_users({ "project-a" = { origin_verification = true, signing_policies = ["test-signing", "release-signing"] } }),
    provider::signpath::ci_users({ "project-b" = { origin_verification = false, signing_policies = ["test-signing", "release-signing"] } }, "Team1"),
  )
}

resource "signpath_ci_user" "build" {
  for_each = local.ci_users
  name     = each.key
}

resource "signpath_signing_policy_submitters" "build" {
  for_each       = merge(values(local.ci_users)[*].submits_to...)
  project        = each.value.project
  signing_policy = each.value.signing_policy
  members        = [signpath_ci_user.build[each.value.ci_user].member]
}
`})
	w.expectPlan(testkit.Summary{Add: 7})
	w.MustRun("apply", "-auto-approve")
	w.expectPlan(testkit.Summary{})
	must(t, all(
		w.org.membersAre("policy:project-a/test-signing", "submitters", "ci_user:project-a"),
		w.org.membersAre("policy:project-a/release-signing", "submitters", "ci_user:project-a"),
		w.org.membersAre("policy:project-b/test-signing", "submitters", "ci_user:Team1-test"),
		w.org.membersAre("policy:project-b/release-signing", "submitters", "ci_user:Team1-release"),
	)(nil))
}
