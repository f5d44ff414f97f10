package signpathtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// Root is the root of the repository, from a room in internal/signpath.
const Root = "../../.."

// A Workspace is a working directory of a CLI with an organization of its own.
type Workspace struct {
	*testkit.Workspace
	Org *Organization
	t   *testing.T
}

// Workspace makes a workspace with the files. The CLI talks to the provider in the
// process of the test.
func (o *Organization) Workspace(t *testing.T, files map[string]string) *Workspace {
	t.Helper()
	w := o.empty(t)
	settings := o.Config("")
	for name, content := range files {
		if strings.Contains(content, providerBlock) {
			content, settings = o.Config(content), ""
		}
		w.Write(name, content)
	}
	if settings != "" {
		w.Write("provider.tf", settings)
	}
	return w
}

// WorkspaceWithBinary makes a workspace in which the CLI starts the built provider, for
// tests of what only a process has: its log, its signals. The settings come from the
// environment.
func (o *Organization) WorkspaceWithBinary(t *testing.T, files map[string]string) *Workspace {
	t.Helper()
	w := o.empty(t)
	w.Env = slices.DeleteFunc(w.Env, func(variable string) bool { return strings.HasPrefix(variable, "TF_REATTACH_PROVIDERS=") })
	w.Env = append(w.Env, "TF_CLI_CONFIG_FILE="+filepath.Join(Programs(t), "cli.tfrc"))
	for name, content := range files {
		w.Write(name, content)
	}
	return w
}

func (o *Organization) empty(t *testing.T) *Workspace {
	t.Helper()
	w := &Workspace{Workspace: ByCLI(t), Org: o, t: t}
	w.Env = slices.DeleteFunc(w.Env, func(variable string) bool { return strings.HasPrefix(variable, "SIGNPATH_") })
	w.Env = append(w.Env, "SIGNPATH_API_URL="+o.URL, "SIGNPATH_ORGANIZATION_ID="+o.OrganizationID(), "SIGNPATH_API_TOKEN="+o.Token)
	return w
}

// ExpectPlan plans, and expects what the plan does.
func (w *Workspace) ExpectPlan(want testkit.Summary) {
	w.t.Helper()
	ExpectPlan(w.t, w.PlanOnce(), want)
}

// Programs is the folder with the provider and signpathctl of this checkout, and with
// settings that let a CLI use them. They are built once for all tests of a package.
func Programs(t *testing.T) string {
	t.Helper()
	folder, err := builtOnce()
	testkit.Must(t, err)
	return folder
}

var builtOnce = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "signpath-programs-")
	if err != nil {
		return "", err
	}
	builtFolder = folder
	build := exec.Command("go", "build", "-buildvcs=false", "-o", folder+string(filepath.Separator), ".", "./cmd/signpathctl")
	build.Dir = Root
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, output)
	}
	return folder, os.WriteFile(filepath.Join(folder, "cli.tfrc"), []byte("provider_installation {\n  dev_overrides {\n    "+
		strconv.Quote(Source)+" = "+strconv.Quote(filepath.ToSlash(folder))+"\n  }\n  direct {}\n}\n"), 0o600)
})

// builtFolder is removed in the end.
var builtFolder string

// Main runs the tests of a package, and takes away what was built for them.
func Main(m *testing.M) {
	status := m.Run()
	_ = os.RemoveAll(builtFolder)
	os.Exit(status)
}
