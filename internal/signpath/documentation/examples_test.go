package documentation_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

const (
	importBlocks   = "import-by-string-id.tf"
	identityBlocks = "import-by-identity.tf"
	listQuery      = "list-resource.tfquery.hcl"
	importCommands = "import.sh"
)

// TestEveryTypeHasAnExample keeps a new resource, data source or function from
// being published without an example. It needs no Terraform.
func TestEveryTypeHasAnExample(t *testing.T) {
	signpath := provider.New("test")()
	var wanted []string
	for _, newResource := range signpath.Resources(t.Context()) {
		var resp resource.MetadataResponse
		newResource().Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "signpath"}, &resp)
		files := []string{"resource.tf", importBlocks, identityBlocks, importCommands}
		if resp.TypeName == "signpath_ci_user_token" { // Tokens cannot be imported.
			files = files[:1]
		}
		for _, file := range files {
			wanted = append(wanted, filepath.Join("resources", resp.TypeName, file))
		}
	}
	for _, newListResource := range signpath.(framework.ProviderWithListResources).ListResources(t.Context()) {
		var resp resource.MetadataResponse
		newListResource().Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "signpath"}, &resp)
		wanted = append(wanted, filepath.Join("list-resources", resp.TypeName, listQuery))
	}
	for _, newDataSource := range signpath.DataSources(t.Context()) {
		var resp datasource.MetadataResponse
		newDataSource().Metadata(t.Context(), datasource.MetadataRequest{ProviderTypeName: "signpath"}, &resp)
		wanted = append(wanted, filepath.Join("data-sources", resp.TypeName, "data-source.tf"))
	}
	for _, newFunction := range signpath.(framework.ProviderWithFunctions).Functions(t.Context()) {
		var resp function.MetadataResponse
		newFunction().Metadata(t.Context(), function.MetadataRequest{}, &resp)
		wanted = append(wanted, filepath.Join("functions", resp.Name, "function.tf"))
	}
	for _, file := range wanted {
		if _, err := os.Stat(filepath.Join(examplesRoot, file)); err != nil {
			t.Errorf("examples/%s is missing", file)
		}
	}
}

// TestDocumentedConfigurations runs every configuration in examples/ and in the
// templates of the documentation, but for what only a CLI knows, on the organization
// of the demo seed.
func TestDocumentedConfigurations(t *testing.T) {
	for _, c := range documentedConfigurations(t) {
		if !c.needsCLI() {
			t.Run(c.name, func(t *testing.T) { t.Parallel(); c.run(t) })
		}
	}
}

// TestCLIDocumentedConfigurations runs the others with a CLI.
func TestCLIDocumentedConfigurations(t *testing.T) {
	for _, c := range documentedConfigurations(t) {
		if c.needsCLI() {
			t.Run(c.name, func(t *testing.T) { t.Parallel(); c.runByCLI(t) })
		}
	}
}

// TestCLIDocumentedQueries lets one process run all queries, under names that set them
// apart. In process each is run alone, but the driver does not generate a configuration.
func TestCLIDocumentedQueries(t *testing.T) {
	testkit.SkipBelow(t, tfversion.Version1_14_0)
	files, lists := map[string]string{}, 0
	for i, c := range documentedConfigurations(t) {
		if c.isQuery() {
			file := fmt.Sprintf("query_%d", i)
			files[file+queryExtension] = queryName.ReplaceAllString(c.text(), "${1}"+file+"_")
			lists += len(queryBlock.FindAllString(c.text(), -1))
		}
	}
	w := signpathtest.Start(t, nil, signpathtest.WithAnyone).Workspace(t, files)
	output := w.MustRun("query", "-generate-config-out=generated.tf")
	found := map[string]bool{}
	for _, address := range regexp.MustCompile(`(?m)^list\.\w+\.\w+`).FindAllString(string(output), -1) {
		found[address] = true
	}
	if len(found) != lists || !strings.Contains(w.Read("generated.tf"), "\nimport {\n") {
		t.Errorf("%d of %d lists find something:\n%s", len(found), lists, output)
	}
}

// TestCLICodeBlocksAreFormatted lets one process look at all code blocks of the
// templates. The files of examples/ are looked at by the linters.
func TestCLICodeBlocksAreFormatted(t *testing.T) {
	folder := t.TempDir()
	for _, block := range codeBlocks(t, "terraform", "hcl", "tf") {
		name := strings.NewReplacer("/", "_", "#", "_").Replace(block.name) + "_" + block.file()
		must(t, os.WriteFile(filepath.Join(folder, name), []byte(block.text), 0o600))
	}
	output, err := exec.CommandContext(t.Context(), testkit.CLIPath(t), "fmt", "-check", "-diff", folder).CombinedOutput()
	if err != nil {
		t.Errorf("%s\n%s", err, output)
	}
}

// A documentedConfiguration is one that a reader may copy.
type documentedConfiguration struct {
	name string
	// files are its *.tf and *.tfquery.hcl files, by name.
	files map[string]string
	// imports and identities are the files of import blocks, by id and by identity,
	// and commands the terraform import commands, that fit it. They import what the
	// configuration creates.
	imports, identities, commands string
}

func documentedConfigurations(t *testing.T) []documentedConfiguration {
	t.Helper()
	all := exampleConfigurations(t)
	for _, block := range codeBlocks(t, "terraform", "hcl") {
		all = append(all, documentedConfiguration{name: block.name, files: map[string]string{block.file(): block.text}})
	}
	return all
}

// exampleConfigurations returns every directory of examples/ that has such files.
func exampleConfigurations(t *testing.T) []documentedConfiguration {
	t.Helper()
	found := map[string]*documentedConfiguration{}
	eachFile(t, examplesRoot, func(name, content string) {
		folder, file := filepath.ToSlash(filepath.Dir(name)), filepath.Base(name)
		c := found[folder]
		if c == nil {
			c = &documentedConfiguration{name: folder, files: map[string]string{}}
			found[folder] = c
		}
		switch {
		case file == importBlocks:
			c.imports = content
		case file == identityBlocks:
			c.identities = content
		case file == importCommands:
			c.commands = content
		case filepath.Ext(file) == ".tf", strings.HasSuffix(file, queryExtension):
			c.files[file] = content
		}
	})
	var configurations []documentedConfiguration
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if c := found[name]; len(c.files) > 0 {
			configurations = append(configurations, *c)
		}
	}
	return configurations
}

// eachFile reads every file under a folder. Names begin at the root of the repository.
func eachFile(t *testing.T, folder string, read func(name, content string)) {
	t.Helper()
	must(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(signpathtest.Root, path)
		read(name, string(content))
		return err
	}))
}

// A codeBlock stands in a template. A reader copies them one by one, so each has to
// work alone.
type codeBlock struct{ name, text string }

var fenced = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// codeBlocks are those of the templates in these languages. A block of "tf" is one of
// several that a guide tells the reader to put together.
func codeBlocks(t *testing.T, languages ...string) []codeBlock {
	t.Helper()
	var found []codeBlock
	eachFile(t, templatesRoot, func(name, content string) {
		for i, block := range fenced.FindAllStringSubmatch(content, -1) {
			if slices.Contains(languages, block[1]) {
				found = append(found, codeBlock{filepath.ToSlash(name) + "#" + strconv.Itoa(i+1), block[2]})
			}
		}
	})
	return found
}

const queryExtension = ".tfquery.hcl"

var (
	queryBlock = regexp.MustCompile(`(?m)^list "`)
	queryName  = regexp.MustCompile(`(?m)^(list "\w+" ")`)
)

// file names the file that a code block belongs into.
func (b codeBlock) file() string {
	if queryBlock.MatchString(b.text) {
		return "block" + queryExtension
	}
	return "block.tf"
}

// text is the configuration as one file.
func (c documentedConfiguration) text() string {
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		all.WriteString(c.files[name] + "\n")
	}
	return all.String()
}

var (
	ofCLI         = regexp.MustCompile(`(?m)^(check|action) "`)
	resourceBlock = regexp.MustCompile(`(?m)^resource "`)
)

// needsCLI tells whether the configuration has blocks that the driver does not know.
func (c documentedConfiguration) needsCLI() bool { return ofCLI.MatchString(c.text()) }

func (c documentedConfiguration) isQuery() bool { return queryBlock.MatchString(c.text()) }

func (c documentedConfiguration) hasResources() bool { return resourceBlock.MatchString(c.text()) }

// run plans and applies. It accepts no warning: a documented configuration must not
// teach what the provider warns of.
func (c documentedConfiguration) run(t *testing.T) {
	if c.isQuery() {
		c.query(t)
		return
	}
	terraform := signpathtest.InProcess(t)
	// The organization is on a server as it is assumed, which the smallest mapping says.
	mapping := filepath.Join(t.TempDir(), "signpath-api.yaml")
	must(t, os.WriteFile(mapping, []byte("version: 1\n"), 0o600))
	text := strings.Replace(c.text(), `api_mapping = "signpath-api.yaml"`, fmt.Sprintf("api_mapping = %q", mapping), 1)
	terraform.Write("main.tf", signpathtest.Start(t, nil).Config(text))
	signpathtest.WithoutWarnings(t, terraform.Plan(testkit.Options{}))
	if !c.hasResources() {
		return
	}
	if applied := terraform.Apply(testkit.Options{}); applied.Err != nil {
		t.Fatalf("the apply fails: %s", applied)
	}
	signpathtest.ExpectPlan(t, terraform.Plan(testkit.Options{}), testkit.Summary{})
	c.checkImports(t, terraform)
}

// runByCLI does so with a CLI.
func (c documentedConfiguration) runByCLI(t *testing.T) {
	if strings.HasPrefix(c.name, "examples/actions/") {
		testkit.SkipBelow(t, tfversion.Version1_14_0)
	}
	w := signpathtest.Start(t, nil).Workspace(t, c.files)
	signpathtest.WithoutWarnings(t, w.Plan(testkit.Options{}))
	if !c.hasResources() {
		return
	}
	w.MustRun("apply", "-auto-approve")
	again := w.Plan(testkit.Options{})
	signpathtest.WithoutWarnings(t, again)
	// Not whether it changes anything: a CLI reads the data source of a check each time.
	if again.Summary != (testkit.Summary{}) {
		t.Errorf("the plan after the apply is not empty: %s", again)
	}
}

// query runs the list blocks, each of which must find something.
func (c documentedConfiguration) query(t *testing.T) {
	org := signpathtest.Start(t, nil, signpathtest.WithAnyone)
	found, said, err := testkit.NewDriver(signpathtest.Providers).Query(org.Config(c.text()))
	if err != nil || len(said) > 0 {
		t.Errorf("%v\n%s", err, said)
	}
	lists := map[string]bool{}
	for _, result := range found {
		lists[result.Address] = true
	}
	if want := len(queryBlock.FindAllString(c.text(), -1)); len(lists) != want {
		t.Errorf("%d of %d lists find something", len(lists), want)
	}
}

var importTarget = regexp.MustCompile(`(?m)^  to += (\S.*)$`)

// checkImports forgets what was applied and imports it again, in each way that is
// documented. That must give what the configuration says.
func (c documentedConfiguration) checkImports(t *testing.T, terraform testkit.Terraform) {
	applied, objects := terraform.Keep(), map[string]testkit.Object{}
	for _, o := range terraform.Objects() {
		objects[o.Address] = o
	}
	for _, arguments := range importCommandsIn(t, c.commands) {
		terraform.Begin(applied)
		address, id := arguments[1], arguments[2]
		terraform.Forget(address)
		id = exampleUUID.ReplaceAllString(id, fmt.Sprint(objects[address].Values["id"]))
		if imported := terraform.Import(address, id); imported.Err != nil {
			t.Fatalf("import %s %s: %s", address, id, imported)
		}
		signpathtest.ExpectPlan(t, terraform.Plan(testkit.Options{}), testkit.Summary{})
	}
	for _, blocks := range []string{c.imports, c.identities} {
		terraform.Begin(applied)
		targets := importTarget.FindAllStringSubmatch(blocks, -1)
		for _, target := range targets {
			terraform.Forget(target[1])
			blocks = withIdentity(blocks, objects[target[1]].Identity)
		}
		terraform.Write("imports.tf", blocks)
		signpathtest.ExpectPlan(t, terraform.Plan(testkit.Options{}), testkit.Summary{Import: len(targets)})
	}
}

var (
	exampleUUID   = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	identityValue = regexp.MustCompile(`(?m)^(    (\w+) += )"` + exampleUUID.String() + `"$`)
)

// withIdentity puts the ids of an identity in the place of the made-up ones.
func withIdentity(blocks string, identity map[string]any) string {
	return identityValue.ReplaceAllStringFunc(blocks, func(line string) string {
		parts := identityValue.FindStringSubmatch(line)
		return parts[1] + strconv.Quote(fmt.Sprint(identity[parts[2]]))
	})
}

// importCommandsIn returns the arguments of each command of an import.sh, as a
// shell takes them apart.
func importCommandsIn(t *testing.T, script string) [][]string {
	t.Helper()
	if script == "" {
		return nil
	}
	splitter := "terraform() {\n  printf '%s\\n' \"$#\" \"$@\"\n}\n"
	output, err := exec.CommandContext(t.Context(), "sh", "-euc", splitter+script).Output()
	must(t, err)
	words := strings.Split(strings.TrimSuffix(string(output), "\n"), "\n")
	var commands [][]string
	for len(words) > 1 {
		count, err := strconv.Atoi(words[0])
		must(t, err)
		commands = append(commands, words[1:1+count])
		words = words[1+count:]
	}
	for _, command := range commands {
		if len(command) != 3 || command[0] != "import" {
			t.Fatalf("%q is not \"terraform import ADDRESS ID\"", command)
		}
	}
	return commands
}
