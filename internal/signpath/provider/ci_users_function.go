package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
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

// The attributes of an element of the argument projects.
const (
	attrOriginVerification = "origin_verification"
	attrSigningPolicies    = "signing_policies"
)

// projectsShape shows what the argument is like.
const projectsShape = `projects is like { "project-a" = { origin_verification = true, signing_policies = ["test-signing", "release-signing"] } }`

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
			// Of a map of objects, Terraform drops the attributes that it does not know, a misspelled
			// one too, and says nothing about the shape of what it refuses.
			function.DynamicParameter{
				Name: "projects",
				MarkdownDescription: "The projects: a map, or an object, by slug. Each is an object of\n" +
					"   * `origin_verification` (Boolean) Whether SignPath verifies the origin under every one of these signing policies. " +
					"If it does not under one of them, say false.\n" +
					"   * `signing_policies` (Set of String) The slugs of the signing policies that builds submit to. A project without any gets no CI user.\n\n" +
					"   Another attribute is an error, because it may be a misspelled one.",
			},
		},
		VariadicParameter: function.StringParameter{
			Name: "team",
			MarkdownDescription: "The name of the team whose projects share CI users. " +
				"Leave it out, or empty, for CI users per project, which is what SignPath recommends. " +
				"One team at most.",
		},
		Return: function.MapReturn{ElementType: types.ObjectType{AttrTypes: map[string]attr.Type{
			"submits_to": types.MapType{ElemType: types.ObjectType{AttrTypes: map[string]attr.Type{
				run.AttrProject: types.StringType, run.AttrSigningPolicy: types.StringType, run.AttrCIUser: types.StringType,
			}}},
		}}},
	}
}

// Run implements [function.Function].
func (f *ciUsersFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var projects types.Dynamic
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

// builtProjects checks and takes over the argument projects.
func builtProjects(argument types.Dynamic) ([]vocabulary.BuiltProject, error) {
	projects, ok := elementsOf(argument.UnderlyingValue())
	if !ok {
		return nil, errors.New("it is neither a map nor an object; " + projectsShape)
	}
	built := make([]vocabulary.BuiltProject, 0, len(projects))
	for _, slug := range slices.Sorted(maps.Keys(projects)) {
		project, err := builtProject(slug, projects[slug])
		if err != nil {
			return nil, err
		}
		built = append(built, project)
	}
	return built, nil
}

func builtProject(slug string, value attr.Value) (project vocabulary.BuiltProject, err error) {
	if value.IsNull() {
		return project, fmt.Errorf("project %s is null", slug)
	}
	attributes, ok := elementsOf(value)
	if !ok {
		return project, fmt.Errorf("project %s is no object; %s", slug, projectsShape)
	}
	known := []string{attrOriginVerification, attrSigningPolicies}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if !slices.Contains(known, name) {
			return project, unknownAttribute(slug, name, known)
		}
	}
	for _, name := range known {
		if _, ok := attributes[name]; !ok {
			return project, fmt.Errorf("project %s: attribute %q is required; %s", slug, name, projectsShape)
		}
	}
	project.Slug = slug
	if project.OriginVerification, err = verifiesOrigin(slug, attributes[attrOriginVerification]); err != nil {
		return project, err
	}
	project.SigningPolicies, err = builtPolicies(slug, attributes[attrSigningPolicies])
	return project, err
}

func unknownAttribute(slug, name string, known []string) error {
	meant := ""
	switch near := access.Meant(name, known); {
	case near != "":
		meant = fmt.Sprintf("Did you mean %q? ", near)
	case name == "team":
		meant = `A team is the second argument, as in ci_users(projects, "Team1"). `
	}
	return fmt.Errorf("project %s has the unknown attribute %q. %sEach project has %s, and nothing else", slug, name, meant, strings.Join(known, " and "))
}

func verifiesOrigin(slug string, value attr.Value) (bool, error) {
	if value.IsNull() {
		return false, fmt.Errorf("origin_verification of project %s is null; say true only if SignPath verifies the origin under every one of its signing policies", slug)
	}
	verifies, ok := value.(types.Bool)
	if !ok {
		return false, fmt.Errorf("origin_verification of project %s is neither true nor false; %s", slug, projectsShape)
	}
	return verifies.ValueBool(), nil
}

func builtPolicies(slug string, value attr.Value) ([]string, error) {
	if value.IsNull() {
		return nil, fmt.Errorf("signing_policies of project %s is null", slug)
	}
	collection, ok := value.(interface{ Elements() []attr.Value })
	if !ok {
		return nil, fmt.Errorf("signing_policies of project %s is no list of slugs; %s", slug, projectsShape)
	}
	policies := []string{}
	for _, element := range collection.Elements() {
		policy, ok := element.(types.String)
		switch {
		case element.IsNull():
			return nil, fmt.Errorf("signing_policies of project %s has an element that is null", slug)
		case !ok:
			return nil, fmt.Errorf("signing_policies of project %s has an element that is no text; %s", slug, projectsShape)
		}
		policies = append(policies, policy.ValueString())
	}
	return policies, nil
}

// elementsOf returns what a map or an object has.
func elementsOf(value attr.Value) (map[string]attr.Value, bool) {
	switch collection := value.(type) {
	case types.Map:
		return collection.Elements(), true
	case types.Object:
		return collection.Attributes(), true
	case types.Dynamic:
		return elementsOf(collection.UnderlyingValue())
	}
	return nil, false
}
