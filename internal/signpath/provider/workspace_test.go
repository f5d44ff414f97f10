package provider_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A workspace is a directory with a configuration and an organization of its own, for
// tests in which the command line is the point.
type workspace struct {
	*testkit.Workspace
	t   *testing.T
	org *organization
}

func newWorkspace(t *testing.T, files map[string]string, changes ...func(*mock.Seed)) *workspace {
	t.Helper()
	return newOrganization(t, changes...).workspace(files)
}

// newWorkspaceWithBinary is newWorkspace in which the CLI starts the built provider, for
// tests of what only a process has: its log, its signals. The settings come from the
// environment.
func newWorkspaceWithBinary(t *testing.T, files map[string]string) *workspace {
	t.Helper()
	org := newOrganization(t)
	w := &workspace{signpathtest.ByCLI(t), t, org}
	for name, content := range files {
		w.Write(name, content)
	}
	w.Write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n",
		signpathtest.Source, filepath.ToSlash(signpathtest.Programs(t))))
	w.Env = slices.DeleteFunc(w.Env, func(variable string) bool {
		return strings.HasPrefix(variable, "TF_REATTACH_PROVIDERS=") || strings.HasPrefix(variable, "SIGNPATH_")
	})
	w.Env = append(w.Env, "TF_CLI_CONFIG_FILE="+filepath.Join(w.Directory, "cli.tfrc"),
		"SIGNPATH_API_URL="+org.URL, "SIGNPATH_ORGANIZATION_ID="+org.OrganizationID(), "SIGNPATH_API_TOKEN="+org.Token)
	return w
}

// workspace makes a workspace for the organization.
func (o *organization) workspace(files map[string]string) *workspace {
	o.t.Helper()
	return &workspace{o.Workspace(o.t, files), o.t, o}
}

// expectPlan plans, and expects what the plan does.
func (w *workspace) expectPlan(want testkit.Summary) {
	w.t.Helper()
	signpathtest.ExpectPlan(w.t, w.Plan(testkit.Options{}), want)
}

func TestMain(m *testing.M) { signpathtest.Main(m) }
