package testkit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// A run is one plan and apply of a scenario.
type run struct {
	config  string
	options testkit.Options
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

const createFirst = "  lifecycle {\n    create_before_destroy = true\n  }\n"

func set(id, value string) func(*toy) { return func(p *toy) { p.things[id] = value } }
func drop(id string) func(*toy)       { return func(p *toy) { delete(p.things, id) } }

// scenarios are what the driver holds of Terraform's core, each with a run that
// shows it. A CLI must call the provider alike, and leave the same state.
var scenarios = map[string][]run{
	"create, nothing, update, destroy": {
		{config: things("a " + value("1"))}, {config: things("a " + value("1"))}, {config: things("a " + value("2"))},
		{config: things("a " + value("2")), options: testkit.Options{Destroy: true}},
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
		{config: things("a " + kind("x") + createFirst)}, {config: things("a " + kind("y") + value("fail-create") + createFirst), fails: true},
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
	"moved":   {{config: things("a " + value("1"))}, {config: things("b "+value("1")) + "moved {\n  from = toy_thing.a\n  to = toy_thing.b\n}\n"}},
	"removed": {{config: things("a " + value("1"))}, {config: "removed {\n  from = toy_thing.a\n  lifecycle {\n    destroy = false\n  }\n}\n"}},
	"imported": {
		{config: things("a "+value("1")) + "import {\n  to = toy_thing.a\n  id = \"id-of-a\"\n}\n", before: set("id-of-a", "1")},
	},
	"imported, and changed": {
		{config: things("a "+value("2")) + "import {\n  to = toy_thing.a\n  id = \"id-of-a\"\n}\n", before: set("id-of-a", "1")},
	},
	"an import of nothing": {{config: things("a "+value("1")) + "import {\n  to = toy_thing.a\n  id = \"id-of-a\"\n}\n", fails: true}},
	"for_each": {
		{config: "resource \"toy_thing\" \"a\" {\n  for_each = toset([\"x\", \"y\"])\n  name = each.key\n}\n" + things("b   value = join(\",\", [for t in toy_thing.a : t.name])")},
		{config: "resource \"toy_thing\" \"a\" {\n  for_each = toset([\"y\", \"z\"])\n  name = each.key\n}\n" + things("b   value = join(\",\", [for t in toy_thing.a : t.name])")},
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
			driver := testkit.NewDriver(testkit.NewProviders(testkit.Factories{"toy": inProcess.serve}))
			workspace := testkit.NewWorkspace(t, testkit.Factories{"registry.terraform.io/test/toy": byCLI.serve})
			for i, r := range runs {
				if r.before != nil {
					r.before(inProcess)
					r.before(byCLI)
				}
				driverErr := r.inProcess(driver, inProcess)
				cliErr := r.byCLI(workspace, byCLI)
				if (driverErr != nil) != r.fails || (cliErr != nil) != r.fails {
					t.Errorf("run %d fails: %t. The driver says: %v\nThe CLI says: %v", i, r.fails, driverErr, cliErr)
				}
				if diff := cmp.Diff(sortedCalls(byCLI.take()), sortedCalls(inProcess.take())); diff != "" {
					t.Errorf("run %d: the driver does not call the provider as the CLI does (-CLI +driver):\n%s", i, diff)
				}
				if diff := cmp.Diff(stateOfCLI(t, workspace), stateOfDriver(driver)); diff != "" {
					t.Errorf("run %d: the driver does not leave the state that the CLI leaves (-CLI +driver):\n%s", i, diff)
				}
				if diff := cmp.Diff(byCLI.things, inProcess.things); diff != "" {
					t.Errorf("run %d: other things are left (-CLI +driver):\n%s", i, diff)
				}
			}
		})
	}
}

func (r run) inProcess(driver *testkit.Driver, p *toy) error {
	plan, err := driver.Plan(r.config, r.options)
	if err != nil {
		return err
	}
	if r.changed != nil {
		r.changed(p)
	}
	_, err = driver.ApplyPlan(plan)
	return err
}

const toyConfig = "terraform {\n  required_providers {\n    toy = {\n      source = \"registry.terraform.io/test/toy\"\n    }\n  }\n}\n"

func (r run) byCLI(w *testkit.Workspace, p *toy) error {
	w.Write("main.tf", toyConfig+r.config)
	switch {
	case r.saved:
		if _, _, err := w.Plan(tfexec.Out("saved.tfplan")); err != nil {
			return err
		}
		if r.changed != nil {
			r.changed(p)
		}
		_, err := w.Apply(tfexec.DirOrPlan("saved.tfplan"))
		return err
	case r.options.Destroy:
		_, err := w.Destroy(tfexec.Refresh(!r.options.NoRefresh))
		return err
	}
	options := []tfexec.ApplyOption{tfexec.Refresh(!r.options.NoRefresh)}
	if r.options.RefreshOnly {
		options = append(options, tfexec.RefreshOnly(true))
	}
	for _, address := range r.options.Replace {
		options = append(options, tfexec.Replace(address))
	}
	_, err := w.Apply(options...)
	return err
}

// stateOfCLI has, for each object, its values, its private state and its status.
func stateOfCLI(t *testing.T, w *testkit.Workspace) []string {
	t.Helper()
	var state struct {
		Resources []struct {
			Mode, Type, Name string
			Instances        []struct {
				IndexKey   any `json:"index_key"`
				Status     string
				Deposed    string
				Private    []byte
				Attributes map[string]any
			}
		}
	}
	content := w.Read("terraform.tfstate")
	if content == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(content), &state); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range state.Resources {
		for _, i := range r.Instances {
			if r.Type != "toy_thing" {
				continue
			}
			address := r.Type + "." + r.Name
			if i.IndexKey != nil {
				key, _ := json.Marshal(i.IndexKey)
				address += "[" + string(key) + "]"
			}
			lines = append(lines, stateLine(address, i.Attributes, i.Status == "tainted", i.Deposed != "", origin(i.Private)))
		}
	}
	sort.Strings(lines)
	return lines
}

func stateLine(address string, attributes map[string]any, tainted, deposed bool, origin string) string {
	return fmt.Sprintf("%s %v/%v/%v/%v tainted=%t deposed=%t private=%s", address, attributes["name"], attributes["value"], attributes["kind"], attributes["id"], tainted, deposed, origin)
}

func stateOfDriver(d *testkit.Driver) []string {
	var lines []string
	for _, o := range d.State.Objects() {
		if strings.HasPrefix(o.Address, "toy_thing.") {
			lines = append(lines, stateLine(o.Address, o.Values, o.Tainted, o.Deposed, origin(o.Private)))
		}
	}
	slices.Sort(lines)
	return lines
}
