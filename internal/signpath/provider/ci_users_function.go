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
	attrPer                = "per"
	attrTeam               = "team"
	attrName               = "name"
)

// projectsShape shows what the argument is like. Errors about one attribute do without it: a
// module may have another shape, in which its users have to mend that.
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
			"A project can ask for one per signing policy, and for other names. " +
			"The guide [One CI user per project or per signing policy](../guides/ci-users.md) says why. The function creates nothing: it says what to create.\n\n" +
			"The result is a map for `for_each`, by the name of the CI user:\n\n" +
			"| Using origin verification | Per project | Per team |\n" +
			"|---|---|---|\n" +
			"| **Yes** | `PROJECT` | `TEAM` |\n" +
			"| **No** | `PROJECT-POLICY` | `TEAM-POLICY` |\n\n" +
			"`PROJECT` is the slug of the project. `POLICY` is the slug of the signing policy, without `-signing` at its end: `project-b-release` is for `release-signing`. " +
			"Where that gives one name to two CI users, or names of your own do, it is an error.\n\n" +
			"Each element has one attribute:\n\n" +
			"* `submits_to` (Map of Object) The signing policies that the CI user submits to, by `PROJECT/SIGNING_POLICY`, as in the import id of the list of submitters. " +
			"Each is an object of `project`, `signing_policy` and `ci_user`, the name of the CI user.\n\n" +
			"The names are keys of resources, so all arguments have to be known in the plan.",
		Parameters: []function.Parameter{
			// Of a map of objects, Terraform drops the attributes that it does not know, a misspelled
			// one too, and says nothing about the shape of what it refuses.
			function.DynamicParameter{
				Name: "projects",
				MarkdownDescription: "The projects: a map, or an object, by slug. Each is an object of\n" +
					"   * `origin_verification` (Boolean) Whether SignPath verifies the origin under every one of these signing policies. " +
					"If it does not under one of them, say false. Required, but with `per = \"policy\"`, which is right with it and without.\n" +
					"   * `signing_policies` (Set of String) Required. The slugs of the signing policies that builds submit to. A project without any gets no CI user.\n" +
					"   * `per` (String) What gets a CI user of its own: `policy` for each signing policy (in a team, for those of one slug), or, with origin verification only, " +
					"`project` or `team` for all signing policies of these. Defaults to what the table above says.\n" +
					"   * `team` (String) The name of the team with whose other projects this one shares its CI users; empty for none. Defaults to the argument `team`.\n" +
					"   * `name` (String) A pattern for the names of the CI users, such as `build-{project}-{policy}`. `{project}` is the slug of the project, " +
					"or `{team}` the name of the team. Where each signing policy has a CI user, `{policy}` is its slug without `-signing` at the end, and `{signing_policy}` all of it. " +
					"Defaults to `{project}` or `{team}`, followed by `-{policy}` where each has one. Projects of a team with one pattern share CI users. " +
					"Any other placeholder is an error.\n\n" +
					"   Another attribute is an error, because it may be a misspelled one.",
			},
		},
		VariadicParameter: function.StringParameter{
			Name: "team",
			MarkdownDescription: "The name of the team whose projects share CI users. " +
				"Leave it out, or empty, for CI users per project, which is what SignPath recommends. " +
				"One team at most: several stand in the attribute `team` of their projects.",
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
	built, err := builtProjects(projects, team)
	var users []vocabulary.PlannedCIUser
	if err == nil {
		users, err = vocabulary.PlanCIUsers(built...)
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
		return "", fmt.Errorf("%d teams are named, and only one can be; name the others in the attribute %q of their projects", len(teams), attrTeam)
	}
	return teams[0], checkTeam(teams[0])
}

func checkTeam(team string) error {
	if team != strings.TrimSpace(team) {
		return fmt.Errorf("%q has white space around the name of the team", team)
	}
	return nil
}

// builtProjects checks and takes over the argument projects. Those that name no team
// are of the one in the other argument.
func builtProjects(argument types.Dynamic, team string) ([]vocabulary.BuiltProject, error) {
	projects, ok := elementsOf(argument.UnderlyingValue())
	if !ok {
		return nil, errors.New("it is neither a map nor an object; " + projectsShape)
	}
	built := make([]vocabulary.BuiltProject, 0, len(projects))
	for _, slug := range slices.Sorted(maps.Keys(projects)) {
		project, err := builtProject(slug, projects[slug], team)
		if err != nil {
			return nil, err
		}
		built = append(built, project)
	}
	return built, nil
}

func builtProject(slug string, value attr.Value, team string) (project vocabulary.BuiltProject, err error) {
	if value.IsNull() {
		return project, fmt.Errorf("project %s is null", slug)
	}
	attributes, ok := elementsOf(value)
	if !ok {
		return project, fmt.Errorf("project %s is no object; %s", slug, projectsShape)
	}
	known := []string{attrOriginVerification, attrSigningPolicies, attrPer, attrTeam, attrName}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if !slices.Contains(known, name) {
			return project, unknownAttribute(slug, name, known)
		}
	}
	project = vocabulary.BuiltProject{Slug: slug, Team: team}
	if err := readTexts(&project, attributes); err != nil {
		return project, err
	}
	verification, given := attributes[attrOriginVerification]
	if !given && slices.Contains([]vocabulary.CIUsersPer{"", vocabulary.PerProject, vocabulary.PerTeam}, project.Per) {
		return project, fmt.Errorf("project %s: attribute %q is required: true if SignPath verifies the origin under every one of its signing policies, "+
			"and else false; or take per = %q, which is right with it and without", slug, attrOriginVerification, vocabulary.PerPolicy)
	}
	if given {
		if project.OriginVerification, err = verifiesOrigin(slug, verification); err != nil {
			return project, err
		}
	}
	policies, given := attributes[attrSigningPolicies]
	if !given {
		return project, fmt.Errorf("project %s: attribute %q is required; %s", slug, attrSigningPolicies, projectsShape)
	}
	project.SigningPolicies, err = builtPolicies(slug, policies)
	return project, err
}

// readTexts takes over the attributes of a project that are texts, and optional.
func readTexts(project *vocabulary.BuiltProject, attributes map[string]attr.Value) error {
	var per string
	for _, optional := range []struct {
		name string
		to   *string
	}{{attrPer, &per}, {attrTeam, &project.Team}, {attrName, &project.Name}} {
		value, given := attributes[optional.name]
		if !given || value.IsNull() {
			continue
		}
		text, ok := value.(types.String)
		if !ok {
			return fmt.Errorf("%s of project %s is no text", optional.name, project.Slug)
		}
		*optional.to = text.ValueString()
	}
	project.Per = vocabulary.CIUsersPer(per)
	if err := checkTeam(project.Team); err != nil {
		return fmt.Errorf("%s of project %s: %w", attrTeam, project.Slug, err)
	}
	return nil
}

func unknownAttribute(slug, name string, known []string) error {
	meant := ""
	if near := access.Meant(name, known); near != "" {
		meant = fmt.Sprintf("Did you mean %q? ", near)
	}
	return fmt.Errorf("project %s has the unknown attribute %q. %sA project has %s, and nothing else", slug, name, meant, strings.Join(known, ", "))
}

func verifiesOrigin(slug string, value attr.Value) (bool, error) {
	if value.IsNull() {
		return false, fmt.Errorf("origin_verification of project %s is null; say true only if SignPath verifies the origin under every one of its signing policies", slug)
	}
	verifies, ok := value.(types.Bool)
	if !ok {
		return false, fmt.Errorf("origin_verification of project %s is neither true nor false", slug)
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
