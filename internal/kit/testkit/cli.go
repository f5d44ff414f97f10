package testkit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-exec/tfexec"
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

// A Workspace is a working directory of a CLI. The CLI talks to providers that are
// served in the process of the test, so nothing is built or started for them.
type Workspace struct {
	Directory string
	t         *testing.T
	tf        *tfexec.Terraform
	reattach  tfexec.ReattachInfo
	said      *bytes.Buffer
}

// NewWorkspace makes a workspace with providers by their source addresses, such as
// "registry.terraform.io/example/signing".
func NewWorkspace(t *testing.T, providers Factories) *Workspace {
	t.Helper()
	w := &Workspace{Directory: t.TempDir(), t: t, reattach: tfexec.ReattachInfo{}, said: &bytes.Buffer{}}
	tf, err := tfexec.NewTerraform(w.Directory, CLIPath(t))
	if err != nil {
		t.Fatal(err)
	}
	tf.SetStdout(w.said)
	tf.SetStderr(w.said)
	w.tf = tf
	if err := tf.SetEnv(cleanEnvironment()); err != nil {
		t.Fatal(err)
	}
	for source, factory := range providers {
		w.reattach[source] = serve(t, source, factory)
	}
	return w
}

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

// serve serves a provider until the end of the test.
func serve(t *testing.T, source string, factory func() (tfprotov6.ProviderServer, error)) tfexec.ReattachConfig {
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
			tf6server.WithGoPluginLogger(hclog.New(&hclog.LoggerOptions{Output: io.Discard})))
	}()
	t.Cleanup(func() { stop(); <-closed })
	select {
	case config := <-configs:
		return tfexec.ReattachConfig{
			Protocol: string(config.Protocol), ProtocolVersion: config.ProtocolVersion, Pid: config.Pid, Test: config.Test,
			Addr: tfexec.ReattachConfigAddr{Network: config.Addr.Network(), String: config.Addr.String()},
		}
	case err := <-failed:
		t.Fatalf("the provider cannot be served: %v", err)
		return tfexec.ReattachConfig{}
	}
}

// Write writes a file of the workspace.
func (w *Workspace) Write(name, content string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.Directory, name), []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
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

// do runs a command, and returns what it printed. An error has it, too.
func (w *Workspace) do(run func(context.Context) error) (said string, err error) {
	w.said.Reset()
	// Not the context of the test, which ends before what it cleans up does.
	if err = run(context.Background()); err != nil {
		err = fmt.Errorf("%w\n%s", err, w.said)
	}
	return w.said.String(), err
}

// Plan plans, and tells whether anything changes.
func (w *Workspace) Plan(options ...tfexec.PlanOption) (changes bool, said string, err error) {
	w.t.Helper()
	said, err = w.do(func(ctx context.Context) (err error) {
		changes, err = w.tf.Plan(ctx, append(options, tfexec.Reattach(w.reattach))...)
		return err
	})
	return changes, said, err
}

// Apply applies, and returns what was said.
func (w *Workspace) Apply(options ...tfexec.ApplyOption) (said string, err error) {
	w.t.Helper()
	return w.do(func(ctx context.Context) error {
		return w.tf.Apply(ctx, append(options, tfexec.Reattach(w.reattach))...)
	})
}

// Destroy destroys everything, and returns what was said.
func (w *Workspace) Destroy(options ...tfexec.DestroyOption) (said string, err error) {
	w.t.Helper()
	return w.do(func(ctx context.Context) error {
		return w.tf.Destroy(ctx, append(options, tfexec.Reattach(w.reattach))...)
	})
}
