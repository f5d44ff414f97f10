package testkit

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
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
}

// NewWorkspace makes a workspace with providers by their source addresses, such as
// "registry.terraform.io/example/signing".
func NewWorkspace(t *testing.T, providers Factories) *Workspace {
	t.Helper()
	w := &Workspace{Directory: t.TempDir(), t: t, reattach: tfexec.ReattachInfo{}}
	tf, err := tfexec.NewTerraform(w.Directory, CLIPath(t))
	if err != nil {
		t.Fatal(err)
	}
	w.tf = tf
	if err := tf.SetEnv(cleanEnvironment()); err != nil {
		t.Fatal(err)
	}
	var required strings.Builder
	for source, factory := range providers {
		w.reattach[source] = serve(t, source, factory)
		fmt.Fprintf(&required, "    %s = {\n      source = %q\n    }\n", path.Base(source), source)
	}
	w.Write("required_providers.tf", "terraform {\n  required_providers {\n"+required.String()+"  }\n}\n")
	return w
}

// Reattach is the value of TF_REATTACH_PROVIDERS, for a command that a test starts
// by itself.
func (w *Workspace) Reattach() string {
	encoded, err := json.Marshal(w.reattach)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(encoded)
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
	content, err := os.ReadFile(filepath.Join(w.Directory, name)) //nolint:gosec // A test names a file of its own.
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	return string(content)
}
