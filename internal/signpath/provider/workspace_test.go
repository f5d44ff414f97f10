package provider_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A workspace is a directory with a configuration and an organization of its own, for
// tests in which the command line is the point.
type workspace struct {
	*signpathtest.Workspace
	t   *testing.T
	org *organization
}

func newWorkspace(t *testing.T, files map[string]string, changes ...func(*mock.Seed)) *workspace {
	t.Helper()
	return newOrganization(t, changes...).workspace(files)
}

// newWorkspaceWithBinary is newWorkspace in which the CLI starts the provider.
func newWorkspaceWithBinary(t *testing.T, files map[string]string) *workspace {
	t.Helper()
	org := newOrganization(t)
	return &workspace{org.WorkspaceWithBinary(t, files), t, org}
}

// workspace makes a workspace for the organization.
func (o *organization) workspace(files map[string]string) *workspace {
	o.t.Helper()
	return &workspace{o.Workspace(o.t, files), o.t, o}
}

func TestMain(m *testing.M) { signpathtest.Main(m) }
