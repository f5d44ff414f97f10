package providertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/pagetest"
)

// root is that of the repository, from the folder of a vendor's provider.
const root = "../../.."

// FollowFirstSteps does what the index of a provider tells a newcomer, from an empty folder,
// word for word and in order, up to the settings, whose provider block is an example. Git and make are stand-ins: what they leave behind is what was
// built of this checkout, in the mirror in which the CLI looks.
func FollowFirstSteps(t *testing.T, name string) {
	t.Helper()
	install, err := filepath.Abs(filepath.Join(root, "tools", "install.sh"))
	testkit.Must(t, err)
	r := pagetest.NewReader(t, map[string]string{
		"git":  `[ "$1" = clone ] && mkdir "$(basename "$2" .git)"`,
		"make": `[ "$*" = install ] && exec "` + install + `" "` + program(t, name) + `" "$HOME/.terraform.d/plugins" "$HOME/.local/bin" dev`,
	})
	steps := pagetest.Read(t, filepath.Join(root, "providers", name, "docs", "index.md"))
	if len(steps) < 10 {
		t.Fatalf("the page has %d steps", len(steps))
	}
	for i := range steps { // The reader looks today.
		steps[i].Text = strings.ReplaceAll(steps[i].Text, "2026-11-20", time.Now().UTC().Format(time.DateOnly))
	}
	r.Follow(slices.DeleteFunc(steps, func(s pagetest.Step) bool { return s.Section == "Settings" }))
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

// RunExamples applies every configuration in the examples of a provider, in process, each beside the
// provider block among them. Every type has to have an example.
func RunExamples(t *testing.T, name string, newServer NewServer) {
	t.Helper()
	examples := filepath.Join(root, "providers", name, "examples")
	read := func(path ...string) string {
		content, err := os.ReadFile(filepath.Join(append([]string{examples}, path...)...))
		testkit.Must(t, err)
		return string(content)
	}
	block := read("provider", "provider.tf")
	for _, path := range examplesOf(t, newServer) {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			InProcess(t, name, newServer, "2026-11-20").Configure(block + read(path)).MustApply(testkit.Options{})
		})
	}
}

// examplesOf are the files that a provider has to have, from the folder of its examples.
func examplesOf(t *testing.T, newServer NewServer) (paths []string) {
	t.Helper()
	schema, err := newServer("test", time.Now).GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	testkit.Must(t, err)
	for typeName := range schema.ResourceSchemas {
		paths = append(paths, filepath.Join("resources", typeName, "resource.tf"))
	}
	for typeName := range schema.DataSourceSchemas {
		paths = append(paths, filepath.Join("data-sources", typeName, "data-source.tf"))
	}
	for function := range schema.Functions {
		paths = append(paths, filepath.Join("functions", function, "function.tf"))
	}
	slices.Sort(paths)
	return paths
}
