package documentation_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

const (
	testedModule = examplesRoot + "/testing"
	mockFile     = "tests/mocks/signpath.tfmock.hcl"
	tofuTest     = "tests/release.tofutest.hcl"
)

func mocks(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(testedModule, mockFile))
	must(t, err)
	return string(content)
}

// isOpenTofu tells whether the CLI of the tests is OpenTofu, which reads no mock files.
func isOpenTofu(w *testkit.Workspace) bool {
	return strings.Contains(string(w.MustRun("version")), "OpenTofu")
}

// writeIn writes a file, and the folder that it is in.
func writeIn(t *testing.T, w *testkit.Workspace, name, content string) {
	t.Helper()
	path := filepath.Join(w.Directory, name)
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(t, os.WriteFile(path, []byte(content), 0o600))
}

// TestCLIMockedModule runs the tests of the example as a reader does, without an organization.
func TestCLIMockedModule(t *testing.T) {
	w := signpathtest.ByCLI(t)
	eachFile(t, testedModule, func(name, content string) {
		within, err := filepath.Rel("examples/testing", name)
		must(t, err)
		writeIn(t, w, within, content)
	})
	must(t, os.Remove(filepath.Join(w.Directory, "required_providers.tf"))) // The module has its own.
	w.MustRun("init")
	passed := "2 passed, 0 failed"
	if isOpenTofu(w) {
		passed = "1 passed, 0 failed"
	}
	w.MustSay(testkit.Says(passed), "test")
}

// TestCLIModuleOnTheMockServer runs the first of these tests as the guide says, against an organization in
// memory, and not against mocks.
func TestCLIModuleOnTheMockServer(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	r.Follow(sections(readPage(t, "index.md"), "Get the provider"))
	content, err := os.ReadFile(filepath.Join(testedModule, "tests/release.tftest.hcl"))
	must(t, err)
	first, _, found := strings.Cut(string(content), "run \"two_approvers\"")
	_, first, isMocked := strings.Cut(first, "}\n")
	if !found || !isMocked {
		t.Fatalf("the test is not as expected: %s", content)
	}
	module, err := os.ReadFile(filepath.Join(testedModule, "main.tf"))
	must(t, err)
	r.Prepare = nil // The page itself starts the server.
	r.Follow([]pageStep{{Language: "shell", Text: "mkdir -p ../module/tests\ncd ../module"}})
	must(t, os.WriteFile(filepath.Join(r.Folder, "main.tf"), module, 0o600))
	must(t, os.WriteFile(filepath.Join(r.Folder, "tests", "release.tftest.hcl"), []byte(first), 0o600))
	r.Follow(slices.DeleteFunc(sections(readPage(t, "guides/testing.md"), "Against the mock server"), func(step pageStep) bool {
		return step.Language == "sh" // What another server needs besides.
	}))
}

// TestCLIMockedExamples applies the example of every resource and data source with the mocks, each as a
// module of its own.
func TestCLIMockedExamples(t *testing.T) {
	w := signpathtest.ByCLI(t)
	modules, count := strings.Builder{}, 0
	provider := "  source = \"./mocks\"\n"
	writeIn(t, w, "mocks/signpath.tfmock.hcl", mocks(t))
	if isOpenTofu(w) {
		provider = mocks(t)
	}
	for _, c := range exampleConfigurations(t) {
		isOne := strings.HasPrefix(c.name, "examples/resources/") || strings.HasPrefix(c.name, "examples/data-sources/")
		// That of the review demands what no mock tells: that there are entries.
		if !isOne || strings.HasSuffix(c.name, "signpath_access_review") {
			continue
		}
		folder := strings.ReplaceAll(strings.TrimPrefix(c.name, "examples/"), "/", "_")
		for file, content := range c.files {
			writeIn(t, w, folder+"/"+file, content)
		}
		if !strings.Contains(c.text(), "required_providers") {
			writeIn(t, w, folder+"/required.tf", "terraform {\n  required_providers {\n    signpath = {\n      source = \""+signpathtest.Source+"\"\n    }\n  }\n}\n")
		}
		fmt.Fprintf(&modules, "module %q {\n  source = %q\n}\n", folder, "./"+folder)
		count++
	}
	if count < 25 {
		t.Fatalf("only %d examples were found", count)
	}
	writeIn(t, w, "main.tf", modules.String())
	writeIn(t, w, "all.tftest.hcl", fmt.Sprintf("mock_provider \"signpath\" {\n%s}\nrun \"all\" {\n  command = apply\n}\n", provider))
	w.MustRun("init")
	w.MustSay(testkit.Says("1 passed, 0 failed"), "test")
}

// TestMocksHaveEveryReference keeps a type with a computed reference from being left out of the mocks:
// what a mocked provider makes of it is random, and whatever refers to it is refused.
func TestMocksHaveEveryReference(t *testing.T) {
	server, err := signpathtest.Providers.Factories["signpath"]()
	must(t, err)
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	must(t, err)
	mocked := mockedValues(t)
	for block, types := range map[string]map[string]*tfprotov6.Schema{"mock_resource": schemas.ResourceSchemas, "mock_data": schemas.DataSourceSchemas} {
		for name, schema := range types {
			defaults := mocked[block+" "+name]
			for _, attribute := range schema.Block.Attributes {
				value, isMocked := defaults[attribute.Name]
				if attribute.Name == "member" && attribute.Computed && attribute.Type.Is(tftypes.String) && !isMocked {
					t.Errorf("%s %q has no default for member", block, name)
				}
				if isMocked && !attribute.Computed {
					t.Errorf("%s %q has a default for %s, which is not computed", block, name, attribute.Name)
				}
				if _, err := access.ParseReference(value); isMocked && attribute.Name == "member" && err != nil {
					t.Errorf("%s %q: %s", block, name, err)
				}
				if isMocked && attribute.Name == "id" && !access.IsID(value) {
					t.Errorf("%s %q has the id %q", block, name, value)
				}
				delete(defaults, attribute.Name)
			}
			if len(defaults) > 0 {
				t.Errorf("%s %q has defaults for what it has not got: %v", block, name, defaults)
			}
			delete(mocked, block+" "+name)
		}
	}
	if len(mocked) > 0 {
		t.Errorf("there are no such types: %v", mocked)
	}
}

// mockedValues are the defaults of the mocks, by block and type.
func mockedValues(t *testing.T) map[string]map[string]string {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(mocks(t)), mockFile, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	found := map[string]map[string]string{}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		value, diags := block.Body.Attributes["defaults"].Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		values := map[string]string{}
		for name, v := range value.AsValueMap() {
			text, err := convert.Convert(v, cty.String)
			must(t, err)
			values[name] = text.AsString()
		}
		found[block.Type+" "+block.Labels[0]] = values
	}
	return found
}

// TestOpenTofuHasTheSameMocks compares the blocks that stand twice.
func TestOpenTofuHasTheSameMocks(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(testedModule, tofuTest))
	must(t, err)
	blocks := func(text string) []string {
		found := regexp.MustCompile(`(?s)mock_(?:resource|data) .*?\n\s*}\n\s*}\n`).FindAllString(text, -1)
		for i, block := range found {
			found[i] = strings.Join(strings.Fields(block), " ")
		}
		return found
	}
	if got, want := blocks(string(content)), blocks(mocks(t)); len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("%s has\n%q\nwant\n%q", tofuTest, got, want)
	}
}
