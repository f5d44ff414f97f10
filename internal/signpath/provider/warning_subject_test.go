package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestWarningsNameTheirSubject looks for warnings whose summary is one text for all: of warnings with one
// summary, Terraform shows the first, and only counts the others.
func TestWarningsNameTheirSubject(t *testing.T) {
	// The argument with the summary, by the name of the function.
	summaries := map[string]int{"AddWarning": 0, "AddAttributeWarning": 1, "NewWarningDiagnostic": 0, "NewAttributeWarningDiagnostic": 1}
	// These are told once in a run, and are about the server or the token.
	once := []string{
		"SignPath's API was assumed, not looked up", "SignPath's API has changed since the mapping was made",
		"The guardrails do not see the whole organization",
	}
	found := 0
	must(t, filepath.WalkDir(".", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := calledName(call)
			at, ok := summaries[name]
			if !ok {
				return true
			}
			if name == "AddWarning" && len(call.Args) == 4 { // That of the room run.
				at = 2
			}
			found++
			if text, fixed := fixedText(call.Args[at]); fixed && !slices.Contains(once, text) {
				t.Errorf("%s: the warning %q does not name its subject", files.Position(call.Pos()), text)
			}
			return true
		})
		return nil
	}))
	if found < 20 {
		t.Errorf("only %d warnings were found", found)
	}
}

func calledName(call *ast.CallExpr) string {
	switch called := call.Fun.(type) {
	case *ast.SelectorExpr:
		return called.Sel.Name
	case *ast.Ident:
		return called.Name
	}
	return ""
}

// fixedText tells whether the expression is one text.
func fixedText(expression ast.Expr) (string, bool) {
	switch e := expression.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		left, isLeft := fixedText(e.X)
		right, isRight := fixedText(e.Y)
		return left + right, isLeft && isRight
	case *ast.ParenExpr:
		return fixedText(e.X)
	case *ast.CallExpr:
		if calledName(e) == "Sprintf" && len(e.Args) == 1 {
			return fixedText(e.Args[0])
		}
	}
	return "", false
}
