package export_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestCLITerraformImportsAllAndChangesNothing is what an export is for. The plan of the large
// organization, which has all that is odd, shows that nothing changes; the small one is
// applied, and planned again. So it is in both formats.
func TestCLITerraformImportsAllAndChangesNothing(t *testing.T) {
	builds := buildAll(t)
	module, err := filepath.Abs("../../../modules/signpath-project")
	must(t, err)
	forModule := []string{"--format", "yaml", "--module-source", module}
	seed := cmp.Or(*randomOrganizationSeed, rand.Uint64()>>32)
	t.Logf("the random organization: go test ./internal/signpath/export -run TestCLITerraform.*/random -args -organization %d", seed)
	for name, c := range map[string]struct {
		seed mock.Seed
		// imports are at least so many, and requests at most.
		imports, requests int
		options           []string
		isApplied         bool
	}{
		"a large organization":                 {seed: largeSeed(), imports: largeUsers, requests: largeBudget},
		"a small one, with empty lists":        {seed: smallSeed(), imports: 20, requests: 30, options: []string{"--include-empty-lists"}, isApplied: true},
		"a large organization, for the module": {seed: largeSeed(), imports: largeUsers, requests: largeBudget, options: forModule},
		"a large random one, for the module":   {seed: randomSeed(seed), imports: 10, requests: largeBudget, options: forModule},
		"a small one, for the module":          {seed: smallSeed(), imports: 20, requests: 30, options: forModule, isApplied: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := builds.newWorkspace(t, c.seed)
			before := w.server.Snapshot()
			w.run(0, w.signpathctl, append([]string{"export", "."}, c.options...)...)
			if got := w.server.CountRequests(); got > c.requests {
				t.Errorf("the export sent %d requests, more than %d", got, c.requests)
			}
			w.run(0, w.cli, "fmt", "-check", "-diff")
			w.run(0, w.cli, "get")
			plan := w.run(0, w.cli, "plan", "-out=tfplan")
			if got := bytes.Count(plan, []byte("Warning: ")); got != 1 || !bytes.Contains(plan, []byte("development overrides")) {
				t.Errorf("the plan warns of more than the development build:\n%s", plan)
			}
			imports, others := w.changes("tfplan")
			if want := w.importBlocks(); imports != want || want < c.imports || len(others) > 0 {
				t.Errorf("%d imports of %d, and beside them:\n%s", imports, want, strings.Join(others, "\n"))
			}
			t.Logf("%d to import, %d to change", imports, len(others))
			if c.isApplied {
				w.run(0, w.cli, "apply", "tfplan")
				w.run(0, w.cli, "plan", "-detailed-exitcode")
			}
			if writes := w.server.CountRequests("POST *"); writes != 0 {
				t.Errorf("%d writes were sent", writes)
			}
			want, err := json.Marshal(before)
			must(t, err)
			if got, err := json.Marshal(w.server.Snapshot()); err != nil || !bytes.Equal(got, want) {
				t.Errorf("the organization changed: %v", err)
			}
		})
	}
}

// TestCLITerraformMovesBetweenFormats exports an organization that is in a state already in the other
// format, and back: lists move to their new addresses, and nothing else is planned.
func TestCLITerraformMovesBetweenFormats(t *testing.T) {
	t.Parallel()
	module, err := filepath.Abs("../../../modules/signpath-project")
	must(t, err)
	w := buildAll(t).newWorkspace(t, smallSeed())
	w.run(0, w.signpathctl, "export", ".")
	w.run(0, w.cli, "apply", "-auto-approve")
	for _, format := range [][]string{{"--format", "yaml", "--module-source", module}, nil} {
		said := w.run(0, w.signpathctl, append([]string{"export", ".", "--force"}, format...)...)
		if !bytes.Contains(said, []byte("were here in the other format. If a state has them already, export again with --moved")) {
			t.Errorf("%v says nothing of moves:\n%s", format, said)
		}
		w.run(0, w.cli, "get")
		alone := strings.Join(strings.Fields(string(w.run(0, w.cli, "plan"))), " ")
		if !strings.Contains(alone, "imported while the other has it") || !strings.Contains(alone, "a moved block in place of the import plans nothing") {
			t.Errorf("without moved blocks, %v plans\n%s", format, alone)
		}
		w.run(0, w.signpathctl, append([]string{"export", ".", "--force", "--moved"}, format...)...)
		w.run(0, w.cli, "fmt", "-check", "-diff")
		plan := w.run(0, w.cli, "plan", "-out=tfplan")
		if !bytes.Contains(plan, []byte("\nPlan: 0 to add, 0 to change, 0 to destroy.")) || bytes.Count(plan, []byte("Warning: ")) != 1 {
			t.Errorf("%v plans more than moves:\n%s", format, plan)
		}
		w.run(0, w.cli, "apply", "tfplan")
		w.run(0, w.signpathctl, append([]string{"export", ".", "--force"}, format...)...)
		if _, err := os.Stat(filepath.Join(w.directory, "moved.tf")); err == nil {
			t.Error("moved.tf is left")
		}
		w.run(0, w.cli, "plan", "-detailed-exitcode")
	}
	if writes := w.server.CountRequests("POST *"); writes != 0 {
		t.Errorf("%d writes were sent", writes)
	}
}

// smallSeed is the organization of the demo, for the token of the large one.
func smallSeed() mock.Seed {
	seed := mock.DemoSeed()
	seed.Organization.ID = organizationID
	seed.CIUsers[slices.IndexFunc(seed.CIUsers, func(u mock.CIUserSeed) bool { return u.Name == "terraform" })].Token = token
	return seed
}

// builds are the programs that the test runs, and a CLI configuration that uses
// the provider without an init.
type builds struct{ cli, signpathctl, configFile string }

func buildAll(t *testing.T) builds {
	t.Helper()
	directory, settings := testkit.Programs(), t.TempDir()
	if directory == "" {
		directory = settings
		build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", directory+"/", ".", "./cmd/signpathctl")
		build.Dir = "../../.."
		if output, err := build.CombinedOutput(); err != nil {
			t.Fatalf("go build: %s\n%s", err, output)
		}
	}
	b := builds{
		cli: testkit.CLIPath(t), signpathctl: filepath.Join(directory, "signpathctl"),
		configFile: filepath.Join(settings, "cli.tfrc"),
	}
	must(t, os.WriteFile(b.configFile, []byte("provider_installation {\n  dev_overrides {\n    \"signpath-community/signpath\" = "+
		strconv.Quote(filepath.ToSlash(directory))+"\n  }\n  direct {}\n}\n"), 0o600))
	return b
}

// A workspace is a directory in which programs run against an organization.
type workspace struct {
	builds
	t         *testing.T
	server    server
	directory string
	env       []string
}

func (b builds) newWorkspace(t *testing.T, seed mock.Seed) *workspace {
	t.Helper()
	w := &workspace{builds: b, t: t, server: start(t, newServer(t, seed)), directory: t.TempDir()}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "SIGNPATH_") {
			w.env = append(w.env, variable)
		}
	}
	w.env = append(
		w.env,
		"GOMAXPROCS=1", "TF_CLI_CONFIG_FILE="+b.configFile, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "TF_CLI_ARGS=-no-color", "CHECKPOINT_DISABLE=1",
		"SIGNPATH_API_URL="+w.server.url, "SIGNPATH_ORGANIZATION_ID="+organizationID, "SIGNPATH_API_TOKEN="+token,
	)
	return w
}

// run runs a command and checks its exit code.
func (w *workspace) run(want int, name string, arguments ...string) []byte {
	w.t.Helper()
	var stderr bytes.Buffer
	// Not the test's own context: a CLI that is killed leaves its provider behind.
	command := exec.CommandContext(context.Background(), name, arguments...)
	command.Dir, command.Env, command.Stderr = w.directory, w.env, &stderr
	output, err := command.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	if code := command.ProcessState.ExitCode(); code != want {
		w.t.Fatalf("%s %s ended with %d:\n%s%s", name, strings.Join(arguments, " "), code, output, stderr.Bytes())
	}
	return output
}

// importBlocks counts the import blocks of the export.
func (w *workspace) importBlocks() int {
	w.t.Helper()
	content, err := os.ReadFile(filepath.Join(w.directory, "imports.tf"))
	must(w.t, err)
	return bytes.Count(content, []byte("\nimport {\n"))
}

// changes reads a plan: how many resources it only imports, and what else it does.
func (w *workspace) changes(plan string) (imports int, others []string) {
	w.t.Helper()
	var shown struct {
		ResourceChanges []struct {
			Address string
			Change  struct {
				Actions       []string
				Before, After json.RawMessage
				Importing     *struct{ ID string }
			}
		} `json:"resource_changes"`
	}
	must(w.t, json.Unmarshal(w.run(0, w.cli, "show", "-json", plan), &shown))
	for _, c := range shown.ResourceChanges {
		if len(c.Change.Actions) == 1 && c.Change.Actions[0] == "no-op" && c.Change.Importing != nil {
			imports++
			continue
		}
		others = append(others, c.Address+" "+strings.Join(c.Change.Actions, ",")+"\n  "+string(c.Change.Before)+"\n  "+string(c.Change.After))
	}
	return imports, others
}
