package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// A workspace is a directory with a configuration and an organization of its own, for
// tests in which the command line is the point. The CLI talks to the provider in the
// process of the test.
type workspace struct {
	t         *testing.T
	org       *organization
	cli       string
	directory string
	env       []string
}

func newWorkspace(t *testing.T, files map[string][]byte, changes ...func(*mock.Seed)) *workspace {
	t.Helper()
	return newOrganization(t, changes...).workspace(files)
}

// workspace makes a workspace for the organization.
func (o *organization) workspace(files map[string][]byte) *workspace {
	o.t.Helper()
	served := testkit.NewWorkspace(o.t, testkit.Factories{"registry.terraform.io/" + providerSource: signpathProviders.Factories["signpath"]})
	w := &workspace{t: o.t, org: o, cli: testkit.CLIPath(o.t), directory: served.Directory}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "SIGNPATH_") {
			w.env = append(w.env, variable)
		}
	}
	w.env = append(w.env,
		"TF_CLI_CONFIG_FILE="+os.DevNull, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "TF_CLI_ARGS=-no-color", "CHECKPOINT_DISABLE=1",
		"TF_REATTACH_PROVIDERS="+served.Reattach(),
		"SIGNPATH_API_URL="+o.url, "SIGNPATH_ORGANIZATION_ID="+o.OrganizationID(), "SIGNPATH_API_TOKEN="+o.token,
	)
	for name, content := range files {
		w.write(name, content)
		if bytes.Contains(content, []byte("required_providers")) {
			must(o.t, os.Remove(filepath.Join(w.directory, "required_providers.tf")))
		}
	}
	return w
}

// withBinary lets the CLI start the built provider, for tests of what only a process
// has: its log, its signals.
func (w *workspace) withBinary() *workspace {
	w.t.Helper()
	w.env = slices.DeleteFunc(w.env, func(variable string) bool { return strings.HasPrefix(variable, "TF_REATTACH_PROVIDERS=") })
	w.env = append(w.env, "TF_CLI_CONFIG_FILE="+filepath.Join(builtPrograms(w.t), "cli.tfrc"))
	return w
}

// builtPrograms is the folder with the provider and signpathctl of this checkout, and
// with settings that let a CLI use them. They are built once for all tests.
func builtPrograms(t *testing.T) string {
	t.Helper()
	folder, err := builtOnce()
	must(t, err)
	return folder
}

var builtOnce = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "signpath-programs-")
	if err != nil {
		return "", err
	}
	builtFolder = folder
	build := exec.Command("go", "build", "-buildvcs=false", "-o", folder+string(filepath.Separator), ".", "./cmd/signpathctl")
	build.Dir = repositoryRoot
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, output)
	}
	return folder, os.WriteFile(filepath.Join(folder, "cli.tfrc"), []byte("provider_installation {\n  dev_overrides {\n    "+
		strconv.Quote(providerSource)+" = "+strconv.Quote(filepath.ToSlash(folder))+"\n  }\n  direct {}\n}\n"), 0o600)
})

// builtFolder is removed in the end.
var builtFolder string

func TestMain(m *testing.M) {
	status := m.Run()
	_ = os.RemoveAll(builtFolder)
	os.Exit(status)
}

// in is the workspace for a subtest.
func (w *workspace) in(t *testing.T) *workspace {
	sub := *w
	sub.t = t
	return &sub
}

func (w *workspace) write(name string, content []byte) {
	w.t.Helper()
	must(w.t, os.WriteFile(filepath.Join(w.directory, name), content, 0o600))
}

func (w *workspace) read(name string) []byte {
	w.t.Helper()
	content, err := os.ReadFile(filepath.Join(w.directory, name))
	must(w.t, err)
	return content
}

func (w *workspace) command(name string, arguments ...string) *exec.Cmd {
	// Not the test's own context: a CLI that is killed leaves its provider behind.
	command := exec.CommandContext(context.Background(), name, arguments...)
	command.Dir, command.Env = w.directory, w.env
	return command
}

// run runs the CLI and returns all that it prints, and its exit code.
func (w *workspace) run(arguments ...string) (output string, exitCode int) {
	w.t.Helper()
	said, err := w.command(w.cli, arguments...).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(said), exit.ExitCode()
	}
	must(w.t, err)
	return string(said), 0
}

// mustRun runs the CLI and returns its standard output.
func (w *workspace) mustRun(arguments ...string) []byte {
	w.t.Helper()
	var stderr bytes.Buffer
	command := w.command(w.cli, arguments...)
	command.Stderr = &stderr
	output, err := command.Output()
	if err == nil {
		return output
	}
	if slices.Contains(arguments, "-json") { // That is for programs; people want to read the error.
		output, _ = w.command(w.cli, slices.DeleteFunc(arguments, func(a string) bool { return a == "-json" })...).CombinedOutput()
	}
	w.t.Fatalf("%s: %s\n%s%s", strings.Join(arguments, " "), err, output, stderr.Bytes())
	return nil
}

// planSummary counts what a plan will do.
type planSummary struct {
	Add    int `json:"add"`
	Change int `json:"change"`
	Import int `json:"import"`
	Remove int `json:"remove"`
}

func (w *workspace) expectPlan(want planSummary) {
	w.t.Helper()
	if got := w.plan(); got != want {
		w.t.Fatalf("the plan is %+v, want %+v:\n%s", got, want, w.mustRun("plan"))
	}
}

// plan plans, and accepts no warning but that a list changes: a documented
// configuration must not teach what the provider or one of its own checks warns of.
func (w *workspace) plan() planSummary {
	w.t.Helper()
	var summary planSummary
	lines := json.NewDecoder(bytes.NewReader(w.mustRun("plan", "-json")))
	for lines.More() {
		var line struct {
			Type       string       `json:"type"`
			Changes    *planSummary `json:"changes"`
			Diagnostic struct{ Summary, Detail string }
		}
		must(w.t, lines.Decode(&line))
		switch {
		case line.Type == "change_summary" && line.Changes != nil:
			summary = *line.Changes
		case line.Type == "diagnostic" && !strings.Contains(line.Diagnostic.Summary, "development overrides") && !strings.HasPrefix(line.Diagnostic.Summary, "Who gains and who loses"):
			w.t.Errorf("the plan warns: %s: %s", line.Diagnostic.Summary, line.Diagnostic.Detail)
		}
	}
	return summary
}

// mustSay runs the CLI and checks what it prints.
func (w *workspace) mustSay(want *regexp.Regexp, arguments ...string) {
	w.t.Helper()
	output, err := w.command(w.cli, arguments...).CombinedOutput()
	if err != nil {
		w.t.Fatalf("%s: %s\n%s", strings.Join(arguments, " "), err, output)
	}
	if !want.Match(output) {
		w.t.Errorf("%s does not say %s:\n%s", strings.Join(arguments, " "), want, output)
	}
}
