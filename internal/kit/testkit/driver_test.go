package testkit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// A run is one plan and apply of a scenario.
type run struct {
	config  string
	options testkit.Options
	// imports is the address of what is imported by id before the run, and forgets of
	// what is taken out of the state before that.
	imports, id, forgets string
	// before changes the things behind the back of whoever runs.
	before func(*toy)
	// fails is true if the run has to end with an error.
	fails bool
	// saved is true if the plan is made, changed changes the things, and then the
	// plan is applied.
	saved   bool
	changed func(*toy)
}

func things(names ...string) string {
	var text strings.Builder
	for _, name := range names {
		name, rest, _ := strings.Cut(name, " ")
		fmt.Fprintf(&text, "resource \"toy_thing\" %q {\n  name = %q\n%s\n}\n", name, name, rest)
	}
	return text.String()
}

func value(v string) string { return fmt.Sprintf("  value = %q\n", v) }
func kind(v string) string  { return fmt.Sprintf("  kind = %q\n", v) }

const secret = "  secret = \"1\"\n"

// variables are one that has to be given, and one with a default.
const variables = "variable \"word\" {\n  type = string\n}\nvariable \"number\" {\n  type = number\n  default = 7\n}\n"

func given(pairs ...string) testkit.Options {
	options := testkit.Options{Variables: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		options.Variables[pairs[i]] = pairs[i+1]
	}
	return options
}

func output(expression string, sensitive bool) string {
	return fmt.Sprintf("output \"o\" {\n  value = %s\n  sensitive = %t\n}\n", expression, sensitive)
}

const createFirst = "  lifecycle {\n    create_before_destroy = true\n  }\n"

func set(id, value string) func(*toy) { return func(p *toy) { p.things[id] = value } }
func drop(id string) func(*toy)       { return func(p *toy) { delete(p.things, id) } }

// scenarios are what the driver holds of Terraform's core, each with a run that
// shows it. A CLI must call the provider alike, and leave the same state.
var scenarios = map[string][]run{
	"create, nothing, update, destroy": {
		{config: things("a " + value("1"))},
		{config: things("a " + value("1"))},
		{config: things("a " + value("2"))},
		{config: things("a " + value("2")), options: testkit.Options{Destroy: true}},
	},
	"a cycle, which fails the plan": {
		{config: things("a "+kind("x"), "b "+kind("x")+"  value = toy_thing.a.id\n")},
		{config: things("b " + kind("y") + createFirst), fails: true},
	},
	"drift, and what is gone": {
		{config: things("a "+value("1"), "b "+value("1"))},
		{config: things("a "+value("1"), "b "+value("1")), before: set("id-of-a", "drifted")},
		{config: things("a "+value("1"), "b "+value("1")), before: drop("id-of-b")},
	},
	"what is planned is what is applied": {{config: things("a " + value("lie-apply")), fails: true}},
	"no plan but the configured one":     {{config: things("a " + value("lie-plan")), fails: true}},
	"a failed create taints, and is replaced": {
		{config: things("a " + value("half-create")), fails: true}, {config: things("a " + value("1"))},
	},
	"a create that did nothing leaves nothing": {{config: things("a " + value("fail-create")), fails: true}, {config: things("a " + value("1"))}},
	"what depends on what failed is not tried": {
		{config: things("a "+value("fail-create"), "b   value = toy_thing.a.id", "c "+value("1")), fails: true},
	},
	"a failed update keeps the state": {
		{config: things("a " + value("1"))}, {config: things("a " + value("fail-update")), fails: true}, {config: things("a " + value("1"))},
	},
	"a failed delete keeps the state": {
		{config: things("a " + value("1"))},
		{config: " ", before: set("id-of-a", "fail-delete"), fails: true},
		{config: " ", before: set("id-of-a", "1")},
	},
	"a replacement": {
		{config: things("a "+kind("x"), "b   value = toy_thing.a.id")}, {config: things("a "+kind("y"), "b   value = toy_thing.a.id")},
	},
	"a replacement that creates first": {
		{config: things("a " + kind("x") + createFirst)}, {config: things("a " + kind("y") + createFirst)},
	},
	"a replacement that creates first, of which the create fails": {
		{config: things("a " + kind("x") + createFirst)},
		{config: things("a " + kind("y") + value("fail-create") + createFirst), fails: true},
		{config: things("a " + kind("y") + createFirst)},
	},
	"a replacement that creates first, of which the destroy fails": {
		{config: things("a " + kind("x") + createFirst)},
		{config: things("a " + kind("y") + createFirst), before: set("id-of-a", "fail-delete"), fails: true},
		{config: things("a " + kind("y") + createFirst), before: set("id-of-a", "1")},
	},
	"creating first spreads to what is depended on": {
		{config: things("a "+kind("x"), "b "+kind("x")+"  value = toy_thing.a.id\n"+createFirst)},
		{config: things("a "+kind("y"), "b "+kind("y")+"  value = toy_thing.a.id\n"+createFirst)},
	},
	"a replacement that was asked for": {
		{config: things("a " + value("1"))}, {config: things("a " + value("1")), options: testkit.Options{Replace: []string{"toy_thing.a"}}},
	},
	"a replacement that is triggered": {
		{config: things("a "+value("1"), "b   lifecycle {\n    replace_triggered_by = [toy_thing.a]\n  }")},
		{config: things("a "+value("2"), "b   lifecycle {\n    replace_triggered_by = [toy_thing.a]\n  }")},
	},
	"moved": {{config: things("a " + value("1"))}, {config: things("b "+value("1")) + "moved {\n  from = toy_thing.a\n  to = toy_thing.b\n}\n"}},
	"moved to another type, which the provider refuses": {
		{config: things("a " + value("1"))},
		{
			config: strings.Replace(things("a "+value("1")), "toy_thing", "toy_other", 1) + "moved {\n  from = toy_thing.a\n  to = toy_other.a\n}\n",
			fails:  true,
		},
	},
	"removed": {{config: things("a " + value("1"))}, {config: "removed {\n  from = toy_thing.a\n  lifecycle {\n    destroy = false\n  }\n}\n"}},
	"imported": {
		{config: things("a "+value("1")) + "import {\n  to = toy_thing.a\n  id = \"id-of-a\"\n}\n", before: set("id-of-a", "1")},
	},
	"imported, and changed": {
		{config: things("a "+value("2")) + "import {\n  to = toy_thing.a\n  id = \"id-of-a\"\n}\n", before: set("id-of-a", "1")},
	},
	"an import of nothing": {{config: things("a "+value("1")) + "import {\n  to = toy_thing.a\n  id = \"id-of-a\"\n}\n", fails: true}},
	"imported by the command": {
		{config: things("a " + value("1")), before: set("id-of-a", "1"), imports: "toy_thing.a", id: "id-of-a"},
		{config: things("a " + value("2"))},
	},
	"forgotten, and imported by the command": {
		{config: things("a " + value("1"))},
		{config: things("a " + value("1")), forgets: "toy_thing.a", imports: "toy_thing.a", id: "id-of-a"},
	},
	"an import of what the state has, of what no block has, and of nothing, by the command": {
		{config: things("a " + value("1"))},
		{config: things("a " + value("1")), imports: "toy_thing.a", id: "id-of-a", fails: true},
		{config: things("a " + value("1")), imports: "toy_thing.b", id: "id-of-a", fails: true},
		{config: things("a "+value("1"), "b "+value("1")), imports: "toy_thing.b", id: "id-of-b", fails: true},
	},
	"variables": {
		{config: variables + things("a   value = \"${var.word}${var.number + 1}\""), options: given("word", "one", "number", "2")},
		{config: variables + things("a   value = \"${var.word}${var.number + 1}\""), options: given("word", "two")},
		{config: variables + things("a   value = var.word"), fails: true},
		{config: variables + things("a   value = var.word"), options: given("word", "three", "other", "x"), fails: true},
	},
	"what is sensitive is no output": {
		{config: things("a "+secret) + output("toy_thing.a.secret", true)},
		{config: things("a "+secret) + output("toy_thing.a.name", false)},
		{config: things("a "+secret) + output("toy_thing.a.secret", false), fails: true},
		{config: things("a "+secret) + output("upper(\"${toy_thing.a.secret}!\")", false), fails: true},
		{config: things("a "+secret) + output("nonsensitive(toy_thing.a.secret)", false)},
		{config: things("a   value = sensitive(\"1\")") + output("toy_thing.a.value", false), fails: true},
		{config: things("a   value = sensitive(\"1\")") + output("toy_thing.a.name", false)},
		{config: "locals {\n  l = var.v\n}\nvariable \"v\" {\n  default = \"1\"\n  sensitive = true\n}\n" + output("local.l", false), fails: true},
	},
	"what is sensitive names no instances, and may count them": {
		{config: "resource \"toy_thing\" \"a\" {\n  for_each = sensitive(toset([\"x\"]))\n  name = each.key\n}\n", fails: true},
		{config: "resource \"toy_thing\" \"a\" {\n  count = sensitive(1)\n  name = \"a\"\n}\n"},
		{config: "resource \"toy_thing\" \"a\" {\n  for_each = { x = sensitive(\"1\") }\n  name = each.key\n  value = each.value\n}\n"},
	},
	"a local that nothing refers to": {{config: things("a "+value("1")) + "locals {\n  l = upper([1])\n}\n", fails: true}},
	"an output of what is not there": {{config: things("a "+value("1")) + output("local.nothing", false), fails: true}},
	"declared twice":                 {{config: things("a "+value("1"), "a "+value("2")), fails: true}},
	"for_each": {
		{
			config: "resource \"toy_thing\" \"a\" {\n  for_each = toset([\"x\", \"y\"])\n  name = each.key\n}\n" +
				things("b   value = join(\",\", [for t in toy_thing.a : t.name])"),
		},
		{
			config: "resource \"toy_thing\" \"a\" {\n  for_each = toset([\"y\", \"z\"])\n  name = each.key\n}\n" +
				things("b   value = join(\",\", [for t in toy_thing.a : t.name])"),
		},
	},
	"count": {
		{config: "resource \"toy_thing\" \"a\" {\n  count = 2\n  name = \"a${count.index}\"\n}\n"},
		{config: "resource \"toy_thing\" \"a\" {\n  count = 1\n  name = \"a${count.index}\"\n}\n"},
		{config: "resource \"toy_thing\" \"a\" {\n  name = \"a0\"\n}\n"},
	},
	"known after apply": {
		{config: "resource \"terraform_data\" \"later\" {\n  input = \"1\"\n}\n" + things("a   value = terraform_data.later.output")},
		{config: "resource \"terraform_data\" \"later\" {\n  input = \"2\"\n}\n" + things("a   value = terraform_data.later.output")},
	},
	"a plan before a destroy, of which an error ends it": {
		{config: things("a " + value("1"))},
		{config: things("a "+value("1"), "b "+value("fail-plan")), options: testkit.Options{Destroy: true}, fails: true},
		{config: things("a "+value("1"), "b "+value("fail-plan")), options: testkit.Options{Destroy: true, NoRefresh: true}},
	},
	"a destroy in the order of the dependencies": {
		{config: things("a "+value("1"), "b   value = toy_thing.a.id")},
		{config: things("a "+value("1"), "b   value = toy_thing.a.id"), options: testkit.Options{Destroy: true}},
	},
	"dependencies that end": {
		{config: things("a "+value("1"), "b   value = toy_thing.a.id")}, {config: things("b " + value("1"))},
	},
	"a saved plan": {
		{config: things("a " + value("1"))},
		{config: things("a "+value("2"), "b "+value("1")), saved: true, changed: set("id-of-a", "meanwhile")},
	},
	"refresh only": {
		{config: things("a " + value("1"))}, {config: things("a " + value("2")), before: set("id-of-a", "drifted"), options: testkit.Options{RefreshOnly: true}},
	},
	"no refresh": {
		{config: things("a " + value("1"))}, {config: things("a " + value("2")), before: set("id-of-a", "drifted"), options: testkit.Options{NoRefresh: true}},
	},
	"ignored changes": {
		{config: things("a " + value("1"))}, {config: things("a " + value("2") + "  lifecycle {\n    ignore_changes = [value]\n  }\n")},
	},
	"prevented destroy": {
		{config: things("a " + kind("x"))}, {config: things("a " + kind("y") + "  lifecycle {\n    prevent_destroy = true\n  }\n"), fails: true},
	},
}

// TestCLICallsLikeTheDriver lets a CLI and the driver run each scenario. The calls
// to the provider, the state and the errors have to be the same.
func TestCLICallsLikeTheDriver(t *testing.T) {
	for name, runs := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inProcess, byCLI := newToy(), newToy()
			driver := testkit.InProcess(t, testkit.NewDriver(testkit.NewProviders(testkit.Factories{"toy": inProcess.serve})))
			workspace := testkit.NewWorkspace(t, testkit.Factories{"test/toy": byCLI.serve})
			for i, r := range runs {
				if r.before != nil {
					r.before(inProcess)
					r.before(byCLI)
				}
				driven, run := r.do(driver, inProcess), r.do(workspace, byCLI)
				if (driven.Err != nil) != r.fails || (run.Err != nil) != r.fails {
					t.Errorf("run %d fails: %t. The driver says: %s\nThe CLI says: %s", i, r.fails, driven, run)
				}
				if !r.fails && !r.saved && driven.Summary != run.Summary {
					t.Errorf("run %d: the driver plans %+v, and the CLI %+v", i, driven.Summary, run.Summary)
				}
				if diff := cmp.Diff(sortedCalls(byCLI.take()), sortedCalls(inProcess.take())); diff != "" {
					t.Errorf("run %d: the driver does not call the provider as the CLI does (-CLI +driver):\n%s", i, diff)
				}
				if diff := cmp.Diff(objectsOf(workspace), objectsOf(driver)); diff != "" {
					t.Errorf("run %d: the driver does not leave the state that the CLI leaves (-CLI +driver):\n%s", i, diff)
				}
				if diff := cmp.Diff(byCLI.things, inProcess.things); diff != "" {
					t.Errorf("run %d: other things are left (-CLI +driver):\n%s", i, diff)
				}
			}
		})
	}
}

func (r run) do(terraform testkit.Terraform, p *toy) testkit.Result {
	terraform.Write("main.tf", r.config)
	if r.forgets != "" {
		terraform.Forget(r.forgets)
	}
	if r.imports != "" {
		if imported := terraform.Import(r.imports, r.id); imported.Err != nil {
			return imported
		}
	}
	if !r.saved {
		return terraform.Apply(r.options)
	}
	if planned := terraform.Plan(testkit.Options{Out: "saved.tfplan"}); planned.Err != nil {
		return planned
	}
	if r.changed != nil {
		r.changed(p)
	}
	return terraform.Apply(testkit.Options{Saved: "saved.tfplan"})
}

// objectsOf has, for each object, its values, its private state and its status.
func objectsOf(terraform testkit.Terraform) []string {
	var lines []string
	for _, o := range terraform.Objects() {
		if strings.HasPrefix(o.Address, "toy_thing.") {
			lines = append(lines, fmt.Sprintf("%s %v/%v/%v/%v identity=%v tainted=%t deposed=%t private=%s",
				o.Address, o.Values["name"], o.Values["value"], o.Values["kind"], o.Values["id"], o.Identity, o.Tainted, o.Deposed, origin(o.Private)))
		}
	}
	slices.Sort(lines)
	return lines
}
