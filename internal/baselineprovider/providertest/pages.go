package providertest

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/pagetest"
)

// root is that of the repository, from the folder of a vendor's provider.
const root = "../../.."

// FollowFirstSteps does what the index of a provider tells a newcomer, from an empty folder,
// word for word and in order. Git and make are stand-ins: what they leave behind is what was
// built of this checkout, in the mirror in which the CLI looks.
func FollowFirstSteps(t *testing.T, name string) {
	t.Helper()
	install, err := filepath.Abs(filepath.Join(root, "tools", "install.sh"))
	testkit.Must(t, err)
	r := pagetest.NewReader(t, map[string]string{
		"git":  `[ "$1" = clone ] && mkdir "$(basename "$2" .git)"`,
		"make": `[ "$*" = install ] && exec "` + install + `" "` + program(t, name) + `" "$HOME/.terraform.d/plugins" dev`,
	})
	steps := pagetest.Read(t, filepath.Join(root, "providers", name, "docs", "index.md"))
	if len(steps) < 10 {
		t.Fatalf("the page has %d steps", len(steps))
	}
	for i := range steps { // The reader looks today.
		steps[i].Text = strings.ReplaceAll(steps[i].Text, "2026-11-20", time.Now().UTC().Format(time.DateOnly))
	}
	r.Follow(steps)
}

// program returns a folder with the provider of this checkout.
func program(t *testing.T, name string) string {
	t.Helper()
	folder := t.TempDir()
	file := "terraform-provider-" + name
	if built := testkit.Programs(); built != "" {
		testkit.Must(t, os.Symlink(filepath.Join(built, file), filepath.Join(folder, file)))
		return folder
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", folder+string(filepath.Separator), "./cmd/"+file)
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %s\n%s", err, output)
	}
	return folder
}

// RunExamples applies every configuration in the examples of a provider, in process.
func RunExamples(t *testing.T, name string, newServer NewServer) {
	t.Helper()
	examples, count := filepath.Join(root, "providers", name, "examples"), 0
	err := filepath.WalkDir(examples, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".tf" {
			return err
		}
		count++
		content, err := os.ReadFile(path)
		if err != nil || entry.Name() == "provider.tf" {
			return err
		}
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			InProcess(t, name, newServer, "2026-11-20").Configure(string(content)).MustApply(testkit.Options{})
		})
		return nil
	})
	testkit.Must(t, err)
	if count < 6 {
		t.Errorf("there are %d examples", count)
	}
}
