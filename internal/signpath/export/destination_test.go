package export_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/export"
)

func configuration(files ...string) *export.Configuration {
	c := &export.Configuration{Files: map[string][]byte{}}
	for _, name := range files {
		c.Files[name] = []byte(export.Marker + "\n# " + name + "\n")
	}
	return c
}

// contents returns what is in a directory, hidden files and all.
func contents(t *testing.T, directory string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(directory)
	must(t, err)
	found := map[string]string{}
	for _, entry := range entries {
		if entry.IsDir() {
			found[entry.Name()+"/"] = ""
			continue
		}
		content, err := os.ReadFile(filepath.Join(directory, entry.Name()))
		must(t, err)
		found[entry.Name()] = string(content)
	}
	return found
}

func expectFiles(t *testing.T, directory string, want ...string) map[string]string {
	t.Helper()
	found := contents(t, directory)
	if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, want) {
		t.Errorf("%s has %v, want %v", directory, got, want)
	}
	return found
}

func TestWriteMakesTheDirectory(t *testing.T) {
	parent := t.TempDir()
	must(t, configuration("a.tf", "b.tf").Write(filepath.Join(parent, "deep", "signpath"), false))
	expectFiles(t, filepath.Join(parent, "deep"), "signpath/")
	expectFiles(t, filepath.Join(parent, "deep", "signpath"), "a.tf", "b.tf")
}

func TestWriteIntoTheCurrentDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	must(t, configuration("a.tf").Write(".", false))
	expectFiles(t, ".", "a.tf") // Where the shell is, and not where it was.
}

func TestWriteRefusesADirectoryWithFiles(t *testing.T) {
	directory := t.TempDir()
	must(t, os.WriteFile(filepath.Join(directory, ".hidden"), nil, 0o600))
	err := configuration("a.tf").Write(directory, false)
	var notEmpty *export.NotEmptyError
	if !errors.As(err, &notEmpty) || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("error %v", err)
	}
	expectFiles(t, directory, ".hidden")
}

func TestReplaceTouchesOnlyWhatAnExportWrote(t *testing.T) {
	directory := t.TempDir()
	must(t, configuration("a.tf", "outdated.tf").Write(directory, false))
	for name, content := range map[string]string{"mine.tf": "# mine\n", "terraform.tfstate": export.Marker} {
		must(t, os.WriteFile(filepath.Join(directory, name), []byte(content), 0o600))
	}
	again := configuration("a.tf", "b.tf")
	again.Files["a.tf"] = []byte("# new\n")
	must(t, again.Write(directory, true))
	found := expectFiles(t, directory, "a.tf", "b.tf", "mine.tf", "terraform.tfstate")
	if found["a.tf"] != "# new\n" || found["mine.tf"] != "# mine\n" {
		t.Errorf("contents %q", found)
	}
}

func TestReplaceRefusesFilesOfOthers(t *testing.T) {
	directory := t.TempDir()
	must(t, os.WriteFile(filepath.Join(directory, "b.tf"), []byte("# mine\n"), 0o600))
	err := configuration("a.tf", "b.tf").Write(directory, true)
	if err == nil || !strings.Contains(err.Error(), "did not write: b.tf") {
		t.Errorf("error %v", err)
	}
	if found := expectFiles(t, directory, "b.tf"); found["b.tf"] != "# mine\n" {
		t.Errorf("contents %q", found)
	}
}

func TestWriteThatFailsLeavesNothing(t *testing.T) {
	parent := t.TempDir()
	c := configuration("a.tf")
	c.Files["no/such/directory.tf"] = nil
	if err := c.Write(filepath.Join(parent, "signpath"), false); err == nil {
		t.Error("no error")
	}
	expectFiles(t, parent)
}
