package testkit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// EnvCLI names the Terraform or OpenTofu of the tests that need one. `make test`
// sets it; tests that need it are named TestCLI….
const EnvCLI = "TF_ACC_TERRAFORM_PATH"

// CLIPath is the Terraform or OpenTofu of the tests.
func CLIPath(t *testing.T) string {
	t.Helper()
	path := os.Getenv(EnvCLI)
	if path == "" {
		t.Fatalf("%s is not set: `make test` finds or builds a CLI and sets it, and `make testunit` leaves out the tests that need one", EnvCLI)
	}
	return path
}

// Programs is the folder with what was built of this checkout, if somebody built it
// for the tests and says so: linking takes seconds in each package that does it itself.
func Programs() string { return os.Getenv("TEST_PROGRAMS") }

// A Workspace is a working directory of a CLI. The CLI talks to providers that are
// served in the process of the test, so nothing is built or started for them.
type Workspace struct {
	Directory, CLI string
	// Env is the environment of its commands.
	Env []string
	t   *testing.T
}

// NewWorkspace makes a workspace with providers by their sources without a host, such
// as "example/signing". Each CLI looks for these at a registry of its own.
func NewWorkspace(t *testing.T, providers Factories) *Workspace {
	t.Helper()
	w := &Workspace{Directory: t.TempDir(), CLI: CLIPath(t), t: t}
	served := map[string]reattachConfig{}
	var required strings.Builder
	for source, factory := range providers {
		at := serve(t, source, factory)
		for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
			served[path.Join(registry, source)] = at
		}
		fmt.Fprintf(&required, "    %s = {\n      source = %q\n    }\n", path.Base(source), source)
	}
	w.Write(requiredProviders, "terraform {\n  required_providers {\n"+required.String()+"  }\n}\n")
	reattach, err := json.Marshal(served)
	Must(t, err)
	for name, value := range cleanEnvironment() {
		w.Env = append(w.Env, name+"="+value)
	}
	// Many run at a time: a CLI that has one core to itself looks for no other one.
	w.Env = append(w.Env, "GOMAXPROCS=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0", "TF_CLI_ARGS=-no-color", "TF_REATTACH_PROVIDERS="+string(reattach))
	return w
}

// Command is a command in the directory of the workspace, with its environment.
func (w *Workspace) Command(name string, arguments ...string) *exec.Cmd {
	// Not the test's own context: a CLI that is killed leaves its provider behind.
	command := exec.CommandContext(context.Background(), name, arguments...)
	command.Dir, command.Env = w.Directory, w.Env
	return command
}

// Run runs the CLI and returns all that it prints, and its exit code.
func (w *Workspace) Run(arguments ...string) (output string, exitCode int) {
	w.t.Helper()
	said, err := w.Command(w.CLI, arguments...).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(said), exit.ExitCode()
	}
	Must(w.t, err)
	return string(said), 0
}

// MustRun runs the CLI and returns its standard output.
func (w *Workspace) MustRun(arguments ...string) []byte {
	w.t.Helper()
	var stderr bytes.Buffer
	command := w.Command(w.CLI, arguments...)
	command.Stderr = &stderr
	output, err := command.Output()
	if err == nil {
		return output
	}
	if slices.Contains(arguments, "-json") { // That is for programs; people want to read the error.
		output, _ = w.Command(w.CLI, slices.DeleteFunc(arguments, func(a string) bool { return a == "-json" })...).CombinedOutput()
	}
	w.t.Fatalf("%s: %s\n%s%s", strings.Join(arguments, " "), err, output, stderr.Bytes())
	return nil
}

// MustSay runs the CLI and checks what it prints.
func (w *Workspace) MustSay(want *regexp.Regexp, arguments ...string) {
	w.t.Helper()
	switch output, exitCode := w.Run(arguments...); {
	case exitCode != 0:
		w.t.Fatalf("%s ends with %d\n%s", strings.Join(arguments, " "), exitCode, output)
	case !want.MatchString(output):
		w.t.Errorf("%s does not say %s:\n%s", strings.Join(arguments, " "), want, output)
	}
}

// Must ends the test if something failed that the test only needs.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Says matches a text in which the phrases occur in this order. A CLI breaks lines
// anywhere, so white space matches any.
func Says(phrases ...string) *regexp.Regexp {
	patterns := make([]string, len(phrases))
	for i, phrase := range phrases {
		patterns[i] = strings.ReplaceAll(regexp.QuoteMeta(phrase), " ", `\s+`)
	}
	return regexp.MustCompile("(?s)" + strings.Join(patterns, ".*"))
}

// SkipBelow skips the test on a CLI that has not got what it shows.
func SkipBelow(t *testing.T, minimum *version.Version) {
	t.Helper()
	CLIPath(t)
	current, err := cliVersion()
	Must(t, err)
	if current.LessThan(minimum) {
		t.Skipf("needs Terraform %s, this is %s", minimum, current)
	}
}

// cliVersion asks the CLI once.
var cliVersion = sync.OnceValues(func() (*version.Version, error) {
	output, err := exec.CommandContext(context.Background(), os.Getenv(EnvCLI), "version", "-json").Output()
	if err != nil {
		return nil, err
	}
	var cli struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(output, &cli); err != nil {
		return nil, err
	}
	return version.NewVersion(cli.Version)
})

// cleanEnvironment is that of the test without what would set the CLI up.
func cleanEnvironment() map[string]string {
	clean := map[string]string{"TF_CLI_CONFIG_FILE": os.DevNull, "CHECKPOINT_DISABLE": "1", "GOGC": "off"}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "TF_") {
			clean[name] = value
		}
	}
	return clean
}

// A reattachConfig says where a provider is served, in TF_REATTACH_PROVIDERS.
type reattachConfig struct {
	Protocol        string
	ProtocolVersion int
	Pid             int
	Test            bool
	Addr            struct{ Network, String string }
}

// serve serves a provider until the end of the test.
func serve(t *testing.T, source string, factory func() (tfprotov6.ProviderServer, error)) reattachConfig {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	configs, closed := make(chan *plugin.ReattachConfig), make(chan struct{})
	failed := make(chan error, 1)
	server, err := factory()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		failed <- tf6server.Serve(source, func() tfprotov6.ProviderServer { return server },
			tf6server.WithDebug(ctx, configs, closed), tf6server.WithLoggingSink(t),
			tf6server.WithGoPluginLogger(hclog.NewNullLogger()))
	}()
	t.Cleanup(func() { stop(); <-closed })
	select {
	case config := <-configs:
		at := reattachConfig{Protocol: string(config.Protocol), ProtocolVersion: config.ProtocolVersion, Pid: config.Pid, Test: config.Test}
		at.Addr.Network, at.Addr.String = config.Addr.Network(), config.Addr.String()
		return at
	case err := <-failed:
		t.Fatalf("the provider cannot be served: %v", err)
		return reattachConfig{}
	}
}

// requiredProviders is the file that says where the providers are from.
const requiredProviders = "required_providers.tf"

// Write writes a file of the workspace. One that says itself where the providers are
// from takes the place of that which the workspace has.
func (w *Workspace) Write(name, content string) {
	w.t.Helper()
	if name != requiredProviders && strings.Contains(content, "required_providers") {
		Must(w.t, os.RemoveAll(filepath.Join(w.Directory, requiredProviders)))
	}
	Must(w.t, os.WriteFile(filepath.Join(w.Directory, name), []byte(content), 0o600))
}

// Read reads a file of the workspace. It is empty if the file is not there.
func (w *Workspace) Read(name string) string {
	w.t.Helper()
	content, err := os.ReadFile(filepath.Join(w.Directory, name))
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	return string(content)
}
