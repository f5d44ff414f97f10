package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	modulePath     = "github.com/signpath-community/terraform-provider-signpath"
	providerSource = "signpath-community/signpath"
	// commandTimeout ends a command that hangs.
	commandTimeout = 30 * time.Minute
)

// A cli runs Terraform or OpenTofu with a provider that was built from a package of this
// module.
type cli struct {
	path        string
	parallelism int
	// directory is for the files of the whole run.
	directory string
	// provider is the provider's binary.
	provider string
	settings string
}

// newCLI builds a provider from a package into a new folder of the directory.
func newCLI(ctx context.Context, o options, directory, providerPackage string) (*cli, error) {
	path, err := exec.LookPath(o.cli)
	if err == nil {
		path, err = filepath.Abs(path) // It is run in another directory.
	}
	if err != nil {
		return nil, fmt.Errorf("no CLI: %w", err)
	}
	plugins, err := os.MkdirTemp(directory, "plugins-*")
	if err != nil {
		return nil, err
	}
	c := &cli{path: path, parallelism: o.parallelism, directory: directory, settings: filepath.Join(plugins, "cli.tfrc")}
	c.provider = filepath.Join(plugins, "terraform-provider-signpath")
	build := exec.CommandContext(ctx, cmp.Or(os.Getenv("GO"), "go"), //nolint:gosec // As in the makefile.
		"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", c.provider, providerPackage)
	if output, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the provider: %w\n%s", err, output)
	}
	settings := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n", providerSource, plugins)
	return c, os.WriteFile(c.settings, []byte(settings), 0o600)
}

// A workspace is a directory with a configuration and its state.
type workspace struct {
	cli         *cli
	directory   string
	environment []string
}

// newWorkspace writes a configuration. The environment is for the provider.
func (c *cli) newWorkspace(configuration string, environment ...string) (*workspace, error) {
	directory, err := os.MkdirTemp(c.directory, "workspace-*")
	if err != nil {
		return nil, err
	}
	w := &workspace{cli: c, directory: directory}
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "TF_") && !strings.HasPrefix(setting, "SIGNPATH_") {
			w.environment = append(w.environment, setting)
		}
	}
	w.environment = append(w.environment, environment...)
	w.environment = append(w.environment, "TF_CLI_CONFIG_FILE="+c.settings, "CHECKPOINT_DISABLE=1")
	return w, os.WriteFile(filepath.Join(directory, "main.tf"), []byte(configuration), 0o600) //nolint:gosec // In a directory of our own.
}

// changes are how many resources a command changed, or plans to.
type changes struct {
	Add    int `json:"add"`
	Change int `json:"change"`
	Remove int `json:"remove"`
}

const planFile = "plan"

// plan makes a plan for apply.
func (w *workspace) plan(ctx context.Context, arguments ...string) (changes, error) {
	return w.run(ctx, append([]string{"plan", "-out=" + planFile}, arguments...)...)
}

// apply carries out the last plan.
func (w *workspace) apply(ctx context.Context) (changes, error) {
	return w.run(ctx, "apply", planFile)
}

// run runs one command of the CLI and returns what it says of its changes.
func (w *workspace) run(ctx context.Context, arguments ...string) (changes, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	subcommand, rest := arguments[0], arguments[1:]
	command := exec.CommandContext(ctx, w.cli.path, append([]string{ //nolint:gosec // The CLI that was asked for.
		subcommand, "-json", "-input=false", "-parallelism=" + strconv.Itoa(w.cli.parallelism),
	}, rest...)...)
	command.Dir, command.Env = w.directory, w.environment
	var standard, failure bytes.Buffer
	command.Stdout, command.Stderr = &standard, &failure
	// An interrupt lets the CLI end its provider.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 20 * time.Second
	err := command.Run()
	if ctx.Err() != nil {
		return changes{}, fmt.Errorf("%s: %w", subcommand, ctx.Err())
	}
	summary, problem := readMessages(standard.Bytes())
	if err != nil {
		return summary, fmt.Errorf("%s: %w\n%s%s", subcommand, err, problem, failure.Bytes())
	}
	return summary, nil
}

// readMessages takes the changes, and the first error, from the CLI's JSON lines.
func readMessages(output []byte) (summary changes, problem string) {
	for line := range bytes.Lines(output) {
		if !bytes.Contains(line, []byte(`"change_summary"`)) && !bytes.Contains(line, []byte(`"error"`)) {
			continue
		}
		var message struct {
			Level      string   `json:"@level"`
			Type       string   `json:"type"`
			Changes    *changes `json:"changes"`
			Diagnostic struct{ Summary, Detail string }
		}
		if json.Unmarshal(line, &message) != nil {
			continue
		}
		if message.Type == "change_summary" && message.Changes != nil {
			summary = *message.Changes
		}
		if message.Level == "error" && problem == "" {
			problem = message.Diagnostic.Summary + ": " + message.Diagnostic.Detail + "\n"
		}
	}
	return summary, problem
}

// expect is an error unless the changes are as wanted.
func (c changes) expect(wanted changes) error {
	if c != wanted {
		return fmt.Errorf("the changes are %+v, not %+v", c, wanted)
	}
	return nil
}
