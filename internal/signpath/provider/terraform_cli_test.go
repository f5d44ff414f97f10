package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// terraformCLI is Terraform or OpenTofu, with the provider of this checkout.
type terraformCLI struct{ path, configFile string }

// newTerraformCLI builds the provider and tells the CLI to use it.
func newTerraformCLI(t *testing.T) terraformCLI {
	t.Helper()
	path := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if path == "" {
		found, err := exec.LookPath("terraform")
		if err != nil {
			t.Fatalf("TF_ACC_TERRAFORM_PATH is not set, and there is no terraform on PATH: %s", err)
		}
		path = found
	}
	directory := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", filepath.Join(directory, "terraform-provider-signpath"), ".")
	build.Dir = repositoryRoot
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %s\n%s", err, output)
	}
	configFile := filepath.Join(directory, "cli.tfrc")
	must(t, os.WriteFile(configFile, []byte("provider_installation {\n  dev_overrides {\n    "+
		strconv.Quote(providerSource)+" = "+strconv.Quote(filepath.ToSlash(directory))+"\n  }\n  direct {}\n}\n"), 0o600))
	return terraformCLI{path: path, configFile: configFile}
}

// A workspace is a directory with a configuration and an organization of its own.
type workspace struct {
	t         *testing.T
	org       *organization
	cli       terraformCLI
	directory string
	env       []string
}

func (cli terraformCLI) newWorkspace(t *testing.T, files map[string][]byte, changes ...func(*mock.Seed)) *workspace {
	t.Helper()
	return cli.newWorkspaceFor(t, newOrganization(t, changes...), files)
}

// newWorkspaceFor makes a workspace for an organization.
func (cli terraformCLI) newWorkspaceFor(t *testing.T, org *organization, files map[string][]byte) *workspace {
	t.Helper()
	w := &workspace{t: t, org: org, cli: cli, directory: t.TempDir()}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "SIGNPATH_") {
			w.env = append(w.env, variable)
		}
	}
	w.env = append(w.env,
		"TF_CLI_CONFIG_FILE="+cli.configFile, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "TF_CLI_ARGS=-no-color", "CHECKPOINT_DISABLE=1",
		"SIGNPATH_API_URL="+org.url, "SIGNPATH_ORGANIZATION_ID="+org.OrganizationID(), "SIGNPATH_API_TOKEN="+org.token,
	)
	namesProvider := false
	for name, content := range files {
		w.write(name, content)
		namesProvider = namesProvider || bytes.Contains(content, []byte("required_providers"))
	}
	if !namesProvider {
		w.write("required_providers.tf", []byte("terraform {\n  required_providers {\n    signpath = {\n      source = "+strconv.Quote(providerSource)+"\n    }\n  }\n}\n"))
	}
	return w
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
	said, err := w.command(w.cli.path, arguments...).CombinedOutput()
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
	command := w.command(w.cli.path, arguments...)
	command.Stderr = &stderr
	output, err := command.Output()
	if err == nil {
		return output
	}
	if slices.Contains(arguments, "-json") { // That is for programs; people want to read the error.
		output, _ = w.command(w.cli.path, slices.DeleteFunc(arguments, func(a string) bool { return a == "-json" })...).CombinedOutput()
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
	output, err := w.command(w.cli.path, arguments...).CombinedOutput()
	if err != nil {
		w.t.Fatalf("%s: %s\n%s", strings.Join(arguments, " "), err, output)
	}
	if !want.Match(output) {
		w.t.Errorf("%s does not say %s:\n%s", strings.Join(arguments, " "), want, output)
	}
}
