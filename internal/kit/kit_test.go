// Package kit_test holds what is true of every package of the kit.
package kit_test

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// vendor is the one for whom the kit was made, and others are those whom it is to serve.
// They are in two, because this file is looked at, too.
const vendor = "sign" + "path"

var vendors = []string{vendor, "igni" + "sign", "sign" + "icat"}

// TestKitKnowsNoVendor: the kit serves any vendor, so no file in it, tests and embedded
// files included, names one, but for the path of this module in imports of rooms that name none.
func TestKitKnowsNoVendor(t *testing.T) {
	rooms := lookThrough(t, ".", func(string) bool { return true })
	for _, room := range []string{"httpapi", "testkit", "text"} {
		if rooms[room] == 0 {
			t.Errorf("no file of %s was looked at, only %v", room, rooms)
		}
	}
}

// TestAccessKnowsNoVendor: the model serves any vendor as well. Its tests may speak of one.
func TestAccessKnowsNoVendor(t *testing.T) {
	rooms := lookThrough(t, filepath.Join("..", "access"), func(path string) bool {
		return !strings.HasSuffix(path, "_test.go") && !strings.Contains(filepath.ToSlash(path), "/testdata/")
	})
	if rooms[".."] < 20 {
		t.Errorf("only %d files were looked at", rooms[".."])
	}
}

// TestBaselineProviderKnowsNoVendor: it is handed the vendor.
func TestBaselineProviderKnowsNoVendor(t *testing.T) {
	rooms := lookThrough(t, filepath.Join("..", "baselineprovider"), func(string) bool { return true })
	if rooms[".."] < 10 {
		t.Errorf("only %d files were looked at", rooms[".."])
	}
}

// lookThrough counts the files of a folder that are wanted, by the first part of their
// paths, and reports where they name a vendor.
func lookThrough(t *testing.T, folder string, wanted func(path string) bool) map[string]int {
	t.Helper()
	rooms := map[string]int{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !wanted(path) {
			return err
		}
		rooms[strings.Split(filepath.ToSlash(path), "/")[0]]++
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, found := range vendorsNamed(t, path, content) {
			t.Errorf("a vendor is named: %s", found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rooms
}

// TestVendorsAreFound holds that the test above can fail.
func TestVendorsAreFound(t *testing.T) {
	const code = "package kit\n\nimport (\n\tself %q\n\t%q\n)\n\n// %s is what it is.\nvar %s = %q + self.Name + kit.Name\n"
	sound := func() []any { return []any{kitPath(t) + "text", kitPath(t) + "testkit/wire", "Word", "word", "w"} }
	if found := vendorsNamed(t, "sound.go", fmt.Appendf(nil, code, sound()...)); len(found) > 0 {
		t.Errorf("in imports of the kit there was found %q", found)
	}
	title := strings.ToUpper(vendor[:1]) + vendor[1:4] + strings.ToUpper(vendor[4:5]) + vendor[5:]
	client := strings.TrimSuffix(kitPath(t), "kit/") + vendor + "/api"
	for at, text := range []string{client, "example.com/" + vendor, title, "my" + title + "s", strings.ToUpper(vendor)} {
		words := sound()
		words[at] = text
		if found := vendorsNamed(t, "code.go", fmt.Appendf(nil, code, words...)); len(found) != 1 {
			t.Errorf("%s: found %q", text, found)
		}
	}
	for _, vendor := range vendors {
		words := sound()
		words[2] = "what " + vendor + " calls it"
		if found := vendorsNamed(t, "code.go", fmt.Appendf(nil, code, words...)); len(found) != 1 {
			t.Errorf("%s: found %q", vendor, found)
		}
	}
	for name, content := range map[string]string{
		"page.html": "<p>\n<b>" + title + "</b>", vendor + ".json": "{}", "path.txt": strconv.Quote(kitPath(t) + "text"),
	} {
		if found := vendorsNamed(t, name, []byte(content)); len(found) != 1 {
			t.Errorf("%s: found %q", name, found)
		}
	}
}

// vendorsNamed returns where a file names the vendor: in its name, or in any line but
// where that imports the kit.
func vendorsNamed(t *testing.T, path string, content []byte) []string {
	t.Helper()
	var found []string
	names := func(text string) bool {
		return slices.ContainsFunc(vendors, func(vendor string) bool { return strings.Contains(strings.ToLower(text), vendor) })
	}
	if names(path) {
		found = append(found, path)
	}
	for i, line := range bytes.Split(withoutImportsOfKit(t, path, content), []byte("\n")) {
		if names(string(line)) {
			found = append(found, fmt.Sprintf("%s:%d: %s", path, i+1, bytes.TrimSpace(line)))
		}
	}
	return found
}

func withoutImportsOfKit(t *testing.T, path string, content []byte) []byte {
	t.Helper()
	if filepath.Ext(path) != ".go" {
		return content
	}
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, path, content, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	content = slices.Clone(content)
	for _, imported := range parsed.Imports {
		imports, err := strconv.Unquote(imported.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		own := strings.TrimSuffix(kitPath(t), "kit/")
		if strings.HasPrefix(imports, kitPath(t)) || strings.HasPrefix(imports, own+"access") || strings.HasPrefix(imports, own+"baselineprovider") {
			from, to := files.Position(imported.Path.Pos()).Offset, files.Position(imported.Path.End()).Offset
			copy(content[from:to], bytes.Repeat([]byte(" "), to-from))
		}
	}
	return content
}

// kitPath is where the packages of the kit are imported from.
func kitPath(t *testing.T) string {
	t.Helper()
	module, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(module))[1] + "/internal/kit/"
}
