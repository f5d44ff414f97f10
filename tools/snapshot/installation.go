package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const (
	namespace = "signpath-community"
	example   = "examples/complete"
)

// An installation is a directory in which the CLI finds the release, and no other
// provider.
type installation struct {
	release                release
	cli, mirror, workspace string
	settings               string
}

func newInstallation(r release, cli, directory string) installation {
	return installation{
		release: r, cli: cli, mirror: filepath.Join(directory, "mirror"), workspace: filepath.Join(directory, "workspace"),
		settings: filepath.Join(directory, "cli.tfrc"),
	}
}

// plan installs the provider, plans the example, and says what came of it.
func (i installation) plan(ctx context.Context) (string, error) {
	if err := errors.Join(i.fillMirror(signpath), i.writeWorkspace(signpath, example)); err != nil {
		return "", err
	}
	agents := &userAgents{seen: map[string]bool{}}
	seed := mock.DemoSeed()
	server, err := mock.New(seed, mock.WithMiddleware(agents.watch))
	if err != nil {
		return "", err
	}
	url, stop, err := server.Start()
	if err != nil {
		return "", err
	}
	defer stop()
	token, err := server.Administrator("").IssueToken("ci_user:terraform")
	if err != nil {
		return "", err
	}
	environment := []string{
		"SIGNPATH_API_URL=" + url + "/Api", "SIGNPATH_ORGANIZATION_ID=" + server.OrganizationID(), "SIGNPATH_API_TOKEN=" + token,
	}
	if _, err := i.run(ctx, environment, "init"); err != nil {
		return "", err
	}
	planned, err := i.run(ctx, environment, "plan", "-no-color")
	if err != nil {
		return "", err
	}
	agent, err := agents.all(project + "/" + i.release.version)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("serves a plan, as %s:\n%s", agent, lineWith(planned, "Plan: ")), nil
}

// record installs a provider that asks nobody, applies its example, and says what came of it.
func (i installation) record(ctx context.Context, name string) (string, error) {
	folder := filepath.Join("providers", name, "examples", "resources", name+"_access_baseline")
	if err := errors.Join(i.fillMirror(name), i.writeWorkspace(name, folder)); err != nil {
		return "", err
	}
	if _, err := i.run(ctx, nil, "init"); err != nil {
		return "", err
	}
	applied, err := i.run(ctx, nil, "apply", "-auto-approve", "-no-color")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s records a baseline:\n%s", name, lineWith(applied, "Apply complete!")), nil
}

// fillMirror unpacks the archive where each CLI looks for it: both take a provider
// without a host from a registry of their own.
func (i installation) fillMirror(name string) error {
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		directory := filepath.Join(i.mirror, registry, namespace, name, i.release.version, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(directory, 0o700); err != nil {
			return err
		}
		if err := unpackZip(filepath.Join(i.release.directory, i.release.archive(name)), directory); err != nil {
			return fmt.Errorf("%s: %w", i.release.archive(name), err)
		}
	}
	return os.WriteFile(i.settings, fmt.Appendf(nil, "provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", i.mirror), 0o600)
}

// writeWorkspace copies the example, and asks for this version: a pre-release is
// not installed unless it is named.
func (i installation) writeWorkspace(name, example string) error {
	if err := os.CopyFS(i.workspace, os.DirFS(example)); err != nil {
		return err
	}
	version := fmt.Appendf(nil, "terraform {\n  required_providers {\n    %s = {\n      source  = %q\n      version = %q\n    }\n  }\n}\n",
		name, namespace+"/"+name, i.release.version)
	return os.WriteFile(filepath.Join(i.workspace, "version_override.tf"), version, 0o600)
}

func (i installation) run(ctx context.Context, environment []string, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, i.cli, arguments...) //nolint:gosec // The caller names it.
	command.Dir = i.workspace
	command.Env = append(os.Environ(), environment...)
	command.Env = append(command.Env, "TF_CLI_CONFIG_FILE="+i.settings, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0")
	output, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", i.cli, strings.Join(arguments, " "), err, output)
	}
	return string(output), nil
}

func lineWith(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// userAgents notes as what the provider introduces itself.
type userAgents struct {
	mutex sync.Mutex
	seen  map[string]bool
}

func (u *userAgents) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.mutex.Lock()
		u.seen[r.UserAgent()] = true
		u.mutex.Unlock()
		next.ServeHTTP(w, r)
	})
}

// all returns the one user agent, which has to begin with the product.
func (u *userAgents) all(product string) (string, error) {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	for agent := range u.seen {
		if len(u.seen) != 1 || !strings.HasPrefix(agent, product+" ") {
			return "", fmt.Errorf("SignPath was told %v, want %s", u.seen, product)
		}
		return agent, nil
	}
	return "", errors.New("the plan sent nothing to SignPath")
}
