package signpathtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// Root is the root of the repository, from a room in internal/signpath.
const Root = "../../.."

// Workspace makes a working directory of a CLI with the files. The CLI talks to the
// provider in the process of the test.
func (o *Organization) Workspace(t *testing.T, files map[string]string) *testkit.Workspace {
	t.Helper()
	w := ByCLI(t)
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

// Programs is the folder with the providers and signpathctl of this checkout. They are
// built once for all tests of a package, where they are not built already.
func Programs(t *testing.T) string {
	t.Helper()
	folder, err := builtOnce()
	testkit.Must(t, err)
	return folder
}

var builtOnce = sync.OnceValues(func() (string, error) {
	if folder := testkit.Programs(); folder != "" {
		return folder, nil
	}
	folder, err := os.MkdirTemp("", "signpath-programs-")
	if err != nil {
		return "", err
	}
	builtFolder = folder
	build := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", folder+string(filepath.Separator), ".", "./cmd/...")
	build.Dir = Root
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, output)
	}
	return folder, nil
})

// builtFolder is removed in the end.
var builtFolder string

// Main runs the tests of a package, and takes away what was built for them.
func Main(m *testing.M) {
	status := m.Run()
	_ = os.RemoveAll(builtFolder)
	os.Exit(status)
}
