// Package mockservertest is for the tests of mock servers.
package mockservertest

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mockserver is the end of the only path of this module that a mock server imports.
const mockserver = "/internal/kit/mockserver"

// Independent keeps a mock server a reading of the contract of its own: the code in a folder imports the standard
// library, the package mockserver and what is allowed besides, and nothing else. Tests may import more.
func Independent(t testing.TB, folder string, allowed ...string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		checked++
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, file.Name()), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range parsed.Imports {
			path, err := strconv.Unquote(imported.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(path, ".") && !strings.HasSuffix(path, mockserver) && !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s", file.Name(), path)
			}
		}
	}
	if checked == 0 {
		t.Error("no file was checked")
	}
}
