package documentation_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/pagetest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// publishedModule is where pages say that the module is from.
const publishedModule = "github.com/signpath-community/terraform-provider-signpath//modules/signpath-project"

// projectsModule is that of this checkout.
func projectsModule(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(signpathtest.Root + "/modules/signpath-project")
	must(t, err)
	return filepath.ToSlash(folder)
}

// A moduleReader follows the guide to the module in a folder in which a test can look on. The
// provider runs in the process of the test.
type moduleReader struct {
	*pagetest.Reader
	*testkit.Workspace
	org *signpathtest.Organization
}

func newModuleReader(t *testing.T) *moduleReader {
	t.Helper()
	r := &moduleReader{pagetest.NewReader(t, nil), signpathtest.ByCLI(t), signpathtest.Start(t, nil)}
	var exports strings.Builder
	for _, variable := range r.Workspace.Env {
		if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_") || strings.HasPrefix(name, "GO") {
			exports.WriteString("export " + name + "='" + value + "'\n")
		}
	}
	r.Follow([]pageStep{{Language: "shell", Text: exports.String()}})
	return r
}

// follow does what sections of the guide say.
func (r *moduleReader) follow(headings ...string) {
	r.T.Helper()
	var steps []pageStep
	for _, step := range sections(readPage(r.T, "guides/projects-module.md"), headings...) {
		step.Text = strings.ReplaceAll(step.Text, publishedModule, projectsModule(r.T))
		if strings.Contains(step.Text, "provider \"signpath\" {") {
			step.Text = r.org.Config(step.Text)
		}
		steps = append(steps, step)
	}
	r.Follow(steps)
	r.Directory = r.Folder
}

// tokens are those in the state, by the names of CI users.
func (r *moduleReader) tokens() map[string]string {
	found := map[string]string{}
	for _, o := range r.Objects() {
		if token, isToken := o.Values["token"].(string); isToken {
			found[strings.Trim(strings.TrimPrefix(o.Address, "signpath_ci_user_token.this"), `[]"`)] = token
		}
	}
	return found
}

// TestCLIProjectsModule does what the guide to the module says, and looks at what it does at
// SignPath: its life from the create to the destroy.
func TestCLIProjectsModule(t *testing.T) {
	t.Parallel()
	r := newModuleReader(t)
	r.follow("Begin with one project")
	before := r.tokens()
	r.follow("Tokens, and rotating them without a gap")
	for name, token := range r.tokens() {
		if isRotated := token != before[name]; isRotated != strings.HasSuffix(name, "-2") || !r.org.Accepts(token) {
			t.Errorf("the token of %s is rotated: %t; SignPath accepts it: %t", name, isRotated, r.org.Accepts(token))
		}
	}
	if len(before) != 4 {
		t.Errorf("there were %d tokens", len(before))
	}
	r.follow("Adopt a project that is there", "What a misspelling does")
	signpathtest.ExpectPlan(t, r.Plan(testkit.Options{}), testkit.Summary{})
	r.follow("Take a project out")
	r.expectMembers("project:project-a", "configurators")

	// Somebody adds a submitter, which shows, and an approver of tests, whose list is not in the file.
	administrator := r.org.Administrator("")
	must(t, administrator.AddMembers("policy:project-b/test-signing", "submitters", "user:outsider@example.com"))
	must(t, administrator.AddMembers("policy:project-b/test-signing", "approvers", "user:outsider@example.com"))
	text := r.Read("projects.yaml")
	r.Write("projects.yaml", strings.Replace(text, `"user:release.manager@example.com"`, `"user:qa.lead@example.com"`, 1))
	if planned := r.Plan(testkit.Options{}); planned.Err != nil || planned.Summary != (testkit.Summary{Change: 2}) {
		t.Fatalf("an edit and a drift plan %+v: %s", planned.Summary, planned)
	}
	// An empty list is kept empty, and somebody may submit beside the CI users.
	text = strings.Replace(text, "test-signing: {}", "test-signing: { approvers: [] }", 1)
	r.Write("projects.yaml", strings.Replace(text, "release-signing:\n", "release-signing:\n      submitters: [\"user:dev.lead@example.com\"]\n", 1))
	if applied := r.Apply(testkit.Options{}); applied.Err != nil || applied.Summary != (testkit.Summary{Add: 1, Change: 2}) {
		t.Fatalf("the apply does %+v: %s", applied.Summary, applied)
	}
	r.expectMembers("policy:project-b/test-signing", "submitters", "ci_user:project-b-test", "ci_user:project-b-test-2")
	r.expectMembers("policy:project-b/test-signing", "approvers")
	r.expectMembers("policy:project-b/release-signing", "submitters", "ci_user:project-b-release", "ci_user:project-b-release-2", "user:dev.lead@example.com")
	r.expectMembers("policy:project-b/release-signing", "approvers", "user:release.manager@example.com", "user:security.officer@example.com")

	// A CI user and a list that are there are adopted by their addresses in the module.
	_, err := administrator.CreateCIUser(mock.CIUserSeed{Name: "project-a"})
	must(t, err)
	must(t, administrator.AddMembers("policy:project-a/test-signing", "submitters", "ci_user:project-a"))
	kept := r.Read("projects.yaml")
	r.Write("projects.yaml", kept+"project-a:\n  ci_users: { origin_verification: true }\n  signing_policies:\n    test-signing: {}\n")
	r.Write("imports.tf", `
import {
  to = module.projects.signpath_ci_user.this["project-a"]
  id = "ci_user:project-a"
}

import {
  to = module.projects.signpath_signing_policy_submitters.this["project-a/test-signing"]
  id = "project-a/test-signing"
}
`)
	if planned := r.Plan(testkit.Options{}); planned.Err != nil || planned.Summary != (testkit.Summary{Import: 2}) {
		t.Errorf("the adoption plans %+v: %s", planned.Summary, planned)
	}
	r.Write("projects.yaml", kept)
	r.Write("imports.tf", "")

	if destroyed := r.Apply(testkit.Options{Destroy: true}); destroyed.Err != nil || destroyed.Summary != (testkit.Summary{Remove: 12}) {
		t.Fatalf("the destroy does %+v: %s", destroyed.Summary, destroyed)
	}
	r.expectMembers("policy:project-b/release-signing", "submitters")
	for _, user := range r.org.Snapshot().CIUsers {
		if strings.HasPrefix(user.Name, "project-b-") && !user.Inactive {
			t.Errorf("%s is active", user.Name)
		}
	}
}

// TestCLIProjectsModuleKeepsTokens does what the guide says of a token that builds have: to end a
// pair, to rename CI users, to put a project back, and to make several CI users of one.
func TestCLIProjectsModuleKeepsTokens(t *testing.T) {
	t.Parallel()
	r := newModuleReader(t)
	r.follow("Begin with one project")
	begun := r.tokens()
	text := r.Read("projects.yaml")
	r.expectApply("ending the pairs", strings.Replace(text, "pair: true", "pair: false", 1), testkit.Summary{Change: 2, Remove: 4})

	moves := sections(readPage(t, "guides/projects-module.md"), "Other names for CI users")[0].Text
	r.Write("moved.tf", moves+strings.ReplaceAll(moves, "project-b-test", "project-b-release"))
	renamed := strings.Replace(text, "pair: true", `name: "build-{project}-{policy}"`, 1)
	r.expectApply("the renaming", renamed, testkit.Summary{Change: 2})
	r.Write("moved.tf", "")
	for name, token := range r.tokens() {
		if was := begun[strings.TrimPrefix(name, "build-")]; token != was || !r.org.Accepts(token) {
			t.Errorf("%s has another token", name)
		}
	}
	r.expectMembers("policy:project-b/release-signing", "submitters", "ci_user:build-project-b-release")

	r.expectApply("taking the project out", "{}\n", testkit.Summary{Remove: 7})
	r.Write("projects.yaml", renamed)
	if again := r.Apply(testkit.Options{}); again.Err == nil || !strings.Contains(again.Said, "Already exists") {
		t.Errorf("without imports, putting it back says\n%s", again)
	}
	var imports strings.Builder
	for _, name := range []string{"build-project-b-test", "build-project-b-release"} {
		fmt.Fprintf(&imports, "import {\n  to = module.projects.signpath_ci_user.this[%[1]q]\n  id = \"ci_user:%[1]s\"\n}\n", name)
	}
	r.Write("imports.tf", imports.String())
	if again := r.Apply(testkit.Options{}); again.Err != nil || again.Summary.Import != 2 || again.Summary.Change != 2 || again.Summary.Remove != 0 {
		t.Errorf("with imports, it does %+v: %s", again.Summary, again)
	}
	r.Write("imports.tf", "")
	r.expectMembers("policy:project-b/release-signing", "submitters", "ci_user:build-project-b-release")

	one := "project-a:\n  ci_users: { origin_verification: true, tokens: {} }\n  signing_policies: { test-signing: {}, release-signing: {} }\n"
	r.expectApply("another project", renamed+one, testkit.Summary{Add: 4})
	token := r.tokens()["project-a"]
	for _, kind := range []string{"ci_user", "ci_user_token"} {
		r.Forget("module.projects.signpath_" + kind + `.this["project-a"]`)
	}
	several := strings.ReplaceAll(one, "signing: {}", `signing: { submitters: ["ci_user:project-a"] }`)
	several = strings.Replace(several, "origin_verification: true", "per: policy", 1)
	r.expectApply("several of one", renamed+several, testkit.Summary{Add: 4, Change: 2})
	r.expectMembers("policy:project-a/test-signing", "submitters", "ci_user:project-a", "ci_user:project-a-test")
	if !r.org.Accepts(token) {
		t.Error("the token of the one does not work")
	}
}

func (r *moduleReader) expectApply(what, projects string, want testkit.Summary) {
	r.T.Helper()
	r.Write("projects.yaml", projects)
	if applied := r.Apply(testkit.Options{}); applied.Err != nil || applied.Summary != want {
		r.T.Fatalf("%s does %+v: %s", what, applied.Summary, applied)
	}
}

func (r *moduleReader) expectMembers(owner, list string, want ...string) {
	r.T.Helper()
	if got, err := r.org.Members(owner, list); err != nil || !slices.Equal(got, want) {
		r.T.Errorf("the %s of %s are %q, want %q: %v", list, owner, got, want, err)
	}
}

var publishedKey = regexp.MustCompile(`key = "[^"]+"`)

// TestCLIProjectsModuleInput plans the example of the module's own page, and hands the module what
// it has to refuse.
func TestCLIProjectsModuleInput(t *testing.T) {
	t.Parallel()
	w := signpathtest.Start(t, nil).Workspace(t, nil)
	example := pagetest.Sections(pagetest.Read(t, filepath.Join(projectsModule(t), "README.md")), "Example")[0].Text
	w.Write("main.tf", strings.ReplaceAll(example, publishedModule, projectsModule(t)))
	required, _, _ := strings.Cut(example, "\n# ")
	w.MustRun("init")
	w.MustRun("validate")
	// The keys of GitHub may be known only after apply: that hides nothing else.
	const later = "resource \"terraform_data\" \"later\" {}\n"
	w.Write("main.tf", strings.ReplaceAll(later+publishedKey.ReplaceAllString(example, "key = terraform_data.later.id"), publishedModule, projectsModule(t)))
	if planned := w.Plan(testkit.Options{}); planned.Err != nil || planned.Summary != (testkit.Summary{Add: 14}) {
		t.Errorf("the example plans %+v: %s", planned.Summary, planned)
	}
	for _, c := range []struct {
		configuration string
		wanted        []string
	}{
		{
			later + moduleCalls(t,
				`[{ readers = [] }]`,
				`yamldecode("project-a:\nproject-b:\n  ci_users:\n  signing_policies:\n    test-signing:")`,
				`yamldecode("project-a: {aprovers: [], signing_policies: {test: {approver: []}}, ci_users: {per: policy, pairs: true, tokens: {rotates: 1}}}")`,
				`yamldecode("project-a: {readers: , configurators: 'user:a@example.com', signing_policies: {test: {approvers: [null], submitters: {a: b}}}}")`,
				`yamldecode("project-a: {ci_users: {pair: , tokens: {rotation: -1}}, signing_policies: {test: {ci_users: perhaps}}}")`,
				`{ "project-c" = { reader = [], ci_users = { tokens = { github_recipients = { here = { key = terraform_data.later.id } } } } } }`,
				`yamldecode("project-a: {ci_users: {per: policy, tokens: {github_recipients: }}}")`,
				`yamldecode("project-a: {ci_users: {per: policy, tokens: {encryption_recipients: }}}")`,
				`yamldecode("project-i: {ci_users: {per: policy, tokens: {rotation: 1.5}}}")`, `null`,
				`{ "project-d" = { ci_users = { tokens = { github_recipients = { here = { key = terraform_data.later.id, keyid = "1" } } } } } }`,
				`{ e = { ci_users = { tokens = { github_recipients = { here = { key = terraform_data.later.id } } } }, signing_policies = { test = null } } }`,
				`"projects"`,
				`{ f = ["readers"], g = { ci_users = true, signing_policies = ["test"] }, h = { ci_users = { tokens = [] }, signing_policies = { test = "all" } } }`),
			[]string{
				"These are null, or no objects: projects.",
				"These are null, or no objects: project project-a, ci_users of project project-b, signing policy project-b/test-signing.",
				"There are no such attributes: aprovers in project project-a, pairs in ci_users of project project-a, rotates in tokens of project project-a, " +
					"approver in signing policy project-a/test. A project has readers, configurators, ci_users, signing_policies; its ci_users have origin_verification, " +
					"per, team, name, pair, tokens; tokens have rotation,",
				"member references such as \"user:a@example.com\": readers of project project-a, configurators of project project-a, " +
					"submitters of signing policy project-a/test, approvers of signing policy project-a/test.",
				"pair of project project-a is true or false, rotation of project project-a is a whole number, " +
					"ci_users of signing policy project-a/test is true or false.",
				"There are no such attributes: reader in project project-c.",
				"github_recipients of project project-a is null, or no object, so that the state would have the tokens in the clear.",
				"encryption_recipients of project project-a is null, or no list, so that the state would have the tokens in the clear.",
				"rotation of project project-i is a whole number.", "required variable may not be set to null",
				"there is no attribute keyid in github_recipients.here of project project-d.",
				"These are null, or no objects: signing policy e/test.",
				"These are null, or no objects: project f, ci_users of project g, signing_policies of project g, tokens of project h, signing policy h/test.",
			},
		},
		{
			moduleCalls(t,
				`{ a = { ci_users = { per = "policies" }, signing_policies = { test = {} } } }`,
				`{ a = { ci_users = { origin_verification = "true" }, signing_policies = { test = {} } } }`,
				`{ a = { ci_users = {}, signing_policies = { test = {} } } }`,
				`{ a = { ci_users = { per = "policy", pair = true }, signing_policies = { test = {} } }, `+
					`a-test-2 = { ci_users = { origin_verification = true }, signing_policies = { test = {} } } }`,
				`{ a = { ci_users = { per = "policy", team = "T", tokens = {} }, signing_policies = { test = {} } }, `+
					`b = { ci_users = { per = "policy", team = "T" }, signing_policies = { test = {} } } }`,
				`{ a = { ci_users = { per = "policy", team = "U", pair = true }, signing_policies = { test = {} } }, `+
					`b = { ci_users = { per = "policy", team = "U" }, signing_policies = { test = {} } } }`),
			[]string{
				`per is "policies", and must be`, "origin_verification of project a is neither true nor false",
				`attribute "origin_verification" is required: true if`, "Two CI users would have the name a-test-2: one for a and one for a-test-2. Of a pair,",
				"The projects a, b share the CI user T-test, so they have the same pair and tokens.", "The projects a, b share the CI user U-test, so",
			},
		},
	} {
		w.Write("main.tf", required+c.configuration)
		w.MustRun("get")
		planned := w.Plan(testkit.Options{})
		said := strings.Join(strings.Fields(planned.Said), " ")
		for _, unwanted := range []string{"projects is like", "Error in function call", "Iteration over non-iterable"} {
			if strings.Contains(said, unwanted) {
				t.Errorf("it says %s, which is nothing of the module's input:\n%s", unwanted, planned)
			}
		}
		for _, want := range c.wanted {
			if planned.Err == nil || !strings.Contains(said, want) {
				t.Errorf("it does not say %s:\n%s", want, planned)
			}
		}
	}
}

// TestCLIProjectsModuleRotations looks at which rotation each token belongs to. A CI user of which
// an even rotation makes a pair keeps its token.
func TestCLIProjectsModuleRotations(t *testing.T) {
	t.Parallel()
	w := signpathtest.Start(t, nil).Workspace(t, nil)
	project := func(slug, policy, settings string) string {
		return fmt.Sprintf("{ %s = { ci_users = { per = \"policy\", %s }, signing_policies = { %s-signing = {} } } }", slug, settings, policy)
	}
	w.Write("main.tf", moduleCalls(t,
		project("project-a", "test", "tokens = { rotation = 2 }"),
		project("project-a", "release", "pair = true, tokens = { rotation = 2 }"),
		project("project-b", "test", "pair = true, tokens = { rotation = 3 }"),
		project("project-b", "release", "pair = true, tokens = {}"),
	)+"output \"names\" {\n  value = merge(module.input_0.names, module.input_1.names, module.input_2.names, module.input_3.names)\n}\n")
	w.MustRun("init")
	if planned := w.Plan(testkit.Options{Out: "tfplan"}); planned.Err != nil {
		t.Fatal(planned)
	}
	var plan tfjson.Plan
	must(t, json.Unmarshal(w.MustRun("show", "-json", "tfplan"), &plan))
	rotations := map[string]any{}
	for _, c := range plan.ResourceChanges {
		if c.Type == "signpath_ci_user_token" {
			rotations[fmt.Sprint(c.Index)] = c.Change.After.(map[string]any)["rotation_triggers"].(map[string]any)["rotation"]
		}
	}
	for what, c := range map[string]struct{ got, want map[string]any }{
		"rotations": {rotations, map[string]any{
			"project-a-test": "2", "project-a-release": "2", "project-a-release-2": "1",
			"project-b-test": "2", "project-b-test-2": "3", "project-b-release": "0", "project-b-release-2": "0",
		}},
		"names": {plan.OutputChanges["names"].After.(map[string]any), map[string]any{
			"project-a/test-signing": "project-a-test", "project-a/release-signing": "project-a-release",
			"project-b/test-signing": "project-b-test-2", "project-b/release-signing": "project-b-release",
		}},
	} {
		if !maps.Equal(c.got, c.want) {
			t.Errorf("the %s are %v, want %v", what, c.got, c.want)
		}
	}
}

// TestCLIProjectsModulePassesOn looks at what the module makes of its input: the settings of tokens,
// sets beside lists, and each output.
func TestCLIProjectsModulePassesOn(t *testing.T) {
	t.Parallel()
	w := signpathtest.Start(t, nil).Workspace(t, nil)
	const key, recipient = "FnO9LSP3VL4KXXqcCcBDFdSpgkIFWSL3NhzAnixSqTw=", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	w.Write("main.tf", moduleCalls(t, `{
    "project-a" = {
      readers          = toset(["user:qa.lead@example.com"])
      ci_users         = { per = "policy", pair = true, tokens = { rotation = 1 } }
      signing_policies = { "release-signing" = { approvers = ["user:qa.lead@example.com", "user:security.officer@example.com"] } }
    }
    "project-b" = {
      ci_users = { per = "policy", pair = true, tokens = {
        rotation = 1, rotate_after = "90d", rotate_early = "7d", encryption_recipients = ["`+recipient+`"]
        github_recipients = { here = { key = "`+key+`", key_id = "1" } }
      } }
      signing_policies = {
        "test-signing"    = { submitters = toset(["user:dev.lead@example.com"]) }
        "release-signing" = { ci_users = false, submitters = toset([]) }
      }
    }
  }`)+`
output "all" {
  value     = module.input_0
  sensitive = true
}
`)
	w.MustRun("init")
	if applied := w.Apply(testkit.Options{}); applied.Err != nil || applied.Summary != (testkit.Summary{Add: 13}) {
		t.Fatalf("the apply does %+v: %s", applied.Summary, applied)
	}
	lists, plain, sealed, encrypted := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
	for _, o := range w.Objects() {
		switch values := o.Values; {
		case values["members"] != nil:
			lists[o.Address] = fmt.Sprint(values["members"])
		case values["token"] != nil:
			plain[o.Address] = values["token"]
		case values["generated_at"] != nil:
			for name, want := range map[string]string{
				"rotate_after": "90d", "rotate_early": "7d", "encryption_recipients": "[" + recipient + "]",
				"github_recipients": "map[here:map[key:" + key + " key_id:1]]",
			} {
				if got := fmt.Sprint(values[name]); got != want {
					t.Errorf("%s of %s is %s, want %s", name, o.Address, got, want)
				}
			}
			sealed[o.Address], encrypted[o.Address] = values["github_tokens"], values["encrypted_token"]
		}
	}
	for address, want := range map[string]string{
		`signpath_project_readers.this["project-a"]`:                           "[user:qa.lead@example.com]",
		`signpath_signing_policy_approvers.this["project-a/release-signing"]`:  "[user:qa.lead@example.com user:security.officer@example.com]",
		`signpath_signing_policy_submitters.this["project-b/test-signing"]`:    "[ci_user:project-b-test ci_user:project-b-test-2 user:dev.lead@example.com]",
		`signpath_signing_policy_submitters.this["project-b/release-signing"]`: "[]",
	} {
		if lists[address] != want {
			t.Errorf("%s has %v, want %s", address, lists[address], want)
		}
	}
	var all map[string]any
	must(t, json.Unmarshal(w.MustRun("output", "-json", "all"), &all))
	const inUseOfA, inUseOfB = `signpath_ci_user_token.this["project-a-release-2"]`, `signpath_ci_user_token.this["project-b-test-2"]`
	want, err := json.Marshal(map[string]any{
		"ci_users": map[string]any{
			"project-a-release": map[string]any{
				"name": "project-a-release-2", "member": "ci_user:project-a-release-2", "signing_policies": []string{"project-a/release-signing"},
			},
			"project-b-test": map[string]any{
				"name": "project-b-test-2", "member": "ci_user:project-b-test-2", "signing_policies": []string{"project-b/test-signing"},
			},
		},
		"names": map[string]any{"project-a/release-signing": "project-a-release-2", "project-b/test-signing": "project-b-test-2"},
		"members": map[string]any{
			"project-a-release": "ci_user:project-a-release", "project-a-release-2": "ci_user:project-a-release-2",
			"project-b-test": "ci_user:project-b-test", "project-b-test-2": "ci_user:project-b-test-2",
		},
		"tokens":           map[string]any{"project-a-release": plain[inUseOfA], "project-b-test": nil},
		"github_tokens":    map[string]any{"project-a-release": nil, "project-b-test": sealed[inUseOfB]},
		"encrypted_tokens": map[string]any{"project-a-release": nil, "project-b-test": encrypted[inUseOfB]},
	})
	must(t, err)
	if got, err := json.Marshal(all); err != nil || string(got) != string(want) || len(plain) != 2 || len(sealed) != 2 || len(encrypted) != 2 {
		t.Errorf("the outputs are\n%s\nwant\n%s", got, want)
	}
}

// moduleCalls calls the module with each of the inputs.
func moduleCalls(t *testing.T, inputs ...string) string {
	t.Helper()
	var calls strings.Builder
	for i, input := range inputs {
		fmt.Fprintf(&calls, "module \"input_%d\" {\n  source = %q\n  projects = %s\n}\n", i, projectsModule(t), input)
	}
	return calls.String()
}
