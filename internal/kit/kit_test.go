// Package kit_test holds what is true of every package of the kit.
package kit_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKitKnowsNoVendor: the kit serves any vendor, so nothing in it, tests included,
// names the one for whom it was made, but for the path of this module in imports of
// the kit itself.
func TestKitKnowsNoVendor(t *testing.T) {
	const vendor = "sign" + "path" // In two, because this file is looked at, too.
	module, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	kit := `"` + strings.Fields(string(module))[1] + "/internal/kit/"
	files := 0
	err = filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		files++
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		text := string(source)
		for _, imported := range parsed.Imports {
			if strings.HasPrefix(imported.Path.Value, kit) {
				text = strings.ReplaceAll(text, imported.Path.Value, "")
			}
		}
		for i, line := range strings.Split(text, "\n") {
			if strings.Contains(strings.ToLower(line), vendor) {
				t.Errorf("%s:%d names a vendor: %s", path, i+1, strings.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil || files < 2 {
		t.Errorf("%d files, %v", files, err)
	}
}
