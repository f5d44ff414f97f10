package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// ciUsersFunction plans the CI users that SignPath recommends. It asks SignPath
// nothing.
type ciUsersFunction struct{}

var _ function.Function = (*ciUsersFunction)(nil)

func newCIUsersFunction() function.Function { return &ciUsersFunction{} }

// The positions of its arguments, for errors.
const (
	argumentProjects = iota
	argumentTeam
)

// builtProject is an element of the argument projects. What a configuration
// leaves null is told from what it leaves empty.
type builtProject struct {
	OriginVerification types.Bool     `tfsdk:"origin_verification"`
	SigningPolicies    []types.String `tfsdk:"signing_policies"`
}

// plannedCIUser is an element of the result of the function ci_users.
type plannedCIUser struct {
	SubmitsTo map[string]plannedSubmitter `tfsdk:"submits_to"`
}

type plannedSubmitter struct {
	Project       string `tfsdk:"project"`
	SigningPolicy string `tfsdk:"signing_policy"`
	CIUser        string `tfsdk:"ci_user"`
}

// Metadata implements [function.Function].
func (f *ciUsersFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "ci_users"
}

// Definition implements [function.Function].
func (f *ciUsersFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The CI users that SignPath recommends",
		MarkdownDescription: "Returns the CI users that [SignPath recommends](https://docs.signpath.io/users) for some projects: " +
			"one per project or per team with origin verification, one per signing policy without. " +
			"The guide [One CI user per project or per signing policy](../guides/ci-users.md) says why. The function creates nothing: it says what to create.\n\n" +
			"The result is a map for `for_each`, by the name of the CI user:\n\n" +
			"| Using origin verification | Per project | Per team |\n" +
			"|---|---|---|\n" +
			"| **Yes** | `PROJECT` | `TEAM` |\n" +
			"| **No** | `PROJECT-POLICY` | `TEAM-POLICY` |\n\n" +
			"`PROJECT` is the slug of the project. `POLICY` is the slug of the signing policy, without `-signing` at its end: `project-b-release` is for `release-signing`. " +
			"Where that gives one name to two CI users, it is an error.\n\n" +
			"Each element has one attribute:\n\n" +
			"* `submits_to` (Map of Object) The signing policies that the CI user submits to, by `PROJECT/SIGNING_POLICY`, as in the import id of the list of submitters. " +
			"Each is an object of `project`, `signing_policy` and `ci_user`, the name of the CI user.\n\n" +
			"The names are keys of resources, so all arguments have to be known in the plan. For several teams, call the function once for each and `merge` the results.",
		Parameters: []function.Parameter{
			function.MapParameter{
				Name: "projects",
				ElementType: types.ObjectType{AttrTypes: map[string]attr.Type{
					"origin_verification": types.BoolType,
					"signing_policies":    types.SetType{ElemType: types.StringType},
				}},
				MarkdownDescription: "The projects, by slug. Each is an object of\n" +
					"   * `origin_verification` (Boolean) Whether SignPath verifies the origin under every one of these signing policies. " +
					"If it does not under one of them, say false.\n" +
					"   * `signing_policies` (Set of String) The slugs of the signing policies that builds submit to. A project without any gets no CI user.\n\n" +
					"   Other attributes are ignored.",
			},
		},
		VariadicParameter: function.StringParameter{
			Name: "team",
			MarkdownDescription: "The name of the team whose projects share CI users. Leave it out, or empty, for CI users per project, which is what SignPath recommends. " +
				"One team at most.",
		},
		Return: function.MapReturn{ElementType: types.ObjectType{AttrTypes: map[string]attr.Type{
			"submits_to": types.MapType{ElemType: types.ObjectType{AttrTypes: map[string]attr.Type{
				run.AttrProject: types.StringType, run.AttrSigningPolicy: types.StringType, "ci_user": types.StringType,
			}}},
		}}},
	}
}

// Run implements [function.Function].
func (f *ciUsersFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var projects map[string]*builtProject
	var teams []string
	if resp.Error = req.Arguments.Get(ctx, &projects, &teams); resp.Error != nil {
		return
	}
	team, err := onlyTeam(teams)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(argumentTeam, err.Error())
		return
	}
	built, err := builtProjects(projects)
	var users []vocabulary.PlannedCIUser
	if err == nil {
		users, err = vocabulary.PlanCIUsers(team, built...)
	}
	if err != nil {
		resp.Error = function.NewArgumentFuncError(argumentProjects, err.Error())
		return
	}
	result := make(map[string]plannedCIUser, len(users))
	for _, user := range users {
		submitsTo := make(map[string]plannedSubmitter, len(user.SubmitsTo))
		for _, path := range user.SubmitsTo {
			submitsTo[path.String()] = plannedSubmitter{Project: path.Project, SigningPolicy: path.SigningPolicy, CIUser: user.Name}
		}
		result[user.Name] = plannedCIUser{SubmitsTo: submitsTo}
	}
	resp.Error = resp.Result.Set(ctx, result)
}

// onlyTeam returns the team, or nothing if there is none.
func onlyTeam(teams []string) (string, error) {
	if len(teams) == 0 {
		return "", nil
	}
	if len(teams) > 1 {
		return "", fmt.Errorf("%d teams are named, and projects are shared by one at most; call the function once for each team", len(teams))
	}
	team := teams[0]
	if team != strings.TrimSpace(team) {
		return "", fmt.Errorf("%q has white space around the name of the team", team)
	}
	return team, nil
}

// builtProjects checks what the type of the argument lets pass: null inside it.
func builtProjects(projects map[string]*builtProject) ([]vocabulary.BuiltProject, error) {
	built := make([]vocabulary.BuiltProject, 0, len(projects))
	for _, slug := range slices.Sorted(maps.Keys(projects)) {
		project := projects[slug]
		switch {
		case project == nil:
			return nil, fmt.Errorf("project %s is null", slug)
		case project.OriginVerification.IsNull():
			return nil, fmt.Errorf("origin_verification of project %s is null; say true only if SignPath verifies the origin under every one of its signing policies", slug)
		case project.SigningPolicies == nil:
			return nil, fmt.Errorf("signing_policies of project %s is null", slug)
		}
		policies := make([]string, len(project.SigningPolicies))
		for i, policy := range project.SigningPolicies {
			if policy.IsNull() {
				return nil, fmt.Errorf("signing_policies of project %s has an element that is null", slug)
			}
			policies[i] = policy.ValueString()
		}
		built = append(built, vocabulary.BuiltProject{
			Slug: slug, OriginVerification: project.OriginVerification.ValueBool(), SigningPolicies: policies,
		})
	}
	return built, nil
}
