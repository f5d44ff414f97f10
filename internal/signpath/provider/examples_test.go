package provider_test

import (
	"encoding/json"
	"io/fs"
	"os"
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

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
)

const (
	repositoryRoot = "../../.."
	examplesRoot   = repositoryRoot + "/examples"
	templatesRoot  = repositoryRoot + "/templates"
	providerSource = "signpath-community/signpath"
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

// TestCLIDocumentedConfigurations runs every configuration in examples/ and in the
// templates of the documentation as a reader would: with the real CLI and the
// real provider, on the organization of the demo seed.
func TestCLIDocumentedConfigurations(t *testing.T) {
	running := make(chan struct{}, 4)
	for _, c := range append(exampleConfigurations(t), templateConfigurations(t)...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			running <- struct{}{}
			defer func() { <-running }()
			c.run(t)
		})
	}
}

// A documentedConfiguration is one that a reader may copy.
type documentedConfiguration struct {
	name string
	// files are its *.tf and *.tfquery.hcl files, by name.
	files map[string][]byte
	// imports and identities are the files of import blocks, by id and by identity,
	// and commands the terraform import commands, that fit it. They import what the
	// configuration creates.
	imports, identities, commands []byte
}

// exampleConfigurations returns every directory of examples/ that has such files.
func exampleConfigurations(t *testing.T) []documentedConfiguration {
	t.Helper()
	found := map[string]*documentedConfiguration{}
	must(t, filepath.WalkDir(examplesRoot, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(repositoryRoot, filepath.Dir(path))
		if err != nil {
			return err
		}
		c := found[name]
		if c == nil {
			c = &documentedConfiguration{name: filepath.ToSlash(name), files: map[string][]byte{}}
			found[name] = c
		}
		switch {
		case entry.Name() == importBlocks:
			c.imports = content
		case entry.Name() == identityBlocks:
			c.identities = content
		case entry.Name() == importCommands:
			c.commands = content
		case filepath.Ext(path) == ".tf", strings.HasSuffix(path, queryExtension):
			c.files[entry.Name()] = content
		}
		return nil
	}))
	var configurations []documentedConfiguration
	for _, c := range found {
		if len(c.files) > 0 {
			configurations = append(configurations, *c)
		}
	}
	slices.SortFunc(configurations, func(a, b documentedConfiguration) int { return strings.Compare(a.name, b.name) })
	return configurations
}

var codeBlock = regexp.MustCompile("(?ms)^```(?:terraform|hcl)\n(.*?)^```$")

// templateConfigurations returns every code block of the templates. A reader
// copies them one by one, so each has to work alone.
func templateConfigurations(t *testing.T) []documentedConfiguration {
	t.Helper()
	var configurations []documentedConfiguration
	must(t, filepath.WalkDir(templatesRoot, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(repositoryRoot, path)
		for i, block := range codeBlock.FindAllSubmatch(content, -1) {
			configurations = append(configurations, documentedConfiguration{
				name:  filepath.ToSlash(name) + "#" + strconv.Itoa(i+1),
				files: map[string][]byte{blockFile(block[1]): block[1]},
			})
		}
		return err
	}))
	return configurations
}

const queryExtension = ".tfquery.hcl"

// blockFile names the file that a code block belongs into.
func blockFile(block []byte) string {
	if regexp.MustCompile(`(?m)^list "`).Match(block) {
		return "block" + queryExtension
	}
	return "block.tf"
}

func (c documentedConfiguration) run(t *testing.T) {
	if strings.HasPrefix(c.name, "examples/actions/") || c.isQuery() {
		skipBelow(t, tfversion.Version1_14_0)
	}
	if c.isQuery() {
		c.checkQuery(newWorkspace(t, c.files, withAnyone))
		return
	}
	w := newWorkspace(t, c.files)
	w.mustRun("fmt", "-check", "-diff")
	w.mustRun("validate")
	w.plan()
	if !c.hasResources() {
		return
	}
	w.mustRun("apply", "-auto-approve")
	w.expectPlan(planSummary{})
	applied := w.read("terraform.tfstate")
	c.checkImports(w)
	w.write("terraform.tfstate", applied)
	if c.identities != nil {
		t.Run("by identity", func(t *testing.T) {
			skipBelow(t, tfversion.Version1_12_0)
			c.checkIdentities(w.in(t))
		})
	}
}

func (c documentedConfiguration) isQuery() bool {
	for name := range c.files {
		if strings.HasSuffix(name, queryExtension) {
			return true
		}
	}
	return false
}

// checkQuery runs a query, which must find something that can be imported.
func (c documentedConfiguration) checkQuery(w *workspace) {
	w.mustRun("fmt", "-check", "-diff")
	w.mustRun("validate", "-query")
	if found := w.generate(); found == 0 {
		w.t.Error("it finds nothing")
	}
	if summary := w.plan(); summary.Add+summary.Change+summary.Remove > 0 {
		w.t.Errorf("the plan of what it generates is %+v, and not only imports", summary)
	}
}

func (c documentedConfiguration) hasResources() bool {
	for _, content := range c.files {
		if regexp.MustCompile(`(?m)^resource "`).Match(content) {
			return true
		}
	}
	return false
}

var importTarget = regexp.MustCompile(`(?m)^  to += (\S.*)$`)

// checkImports forgets a resource that was applied and imports it again, which
// must give what the configuration says.
func (c documentedConfiguration) checkImports(w *workspace) {
	applied := w.read("terraform.tfstate")
	for _, arguments := range w.importCommands(c.commands) {
		w.write("terraform.tfstate", applied)
		address, id := arguments[1], w.replaceID(arguments[1], arguments[2])
		w.mustRun("state", "rm", address)
		w.mustRun("import", address, id)
		w.expectPlan(planSummary{})
	}
	if c.imports == nil {
		return
	}
	w.write("terraform.tfstate", applied)
	targets := importTarget.FindAllSubmatch(c.imports, -1)
	for _, target := range targets {
		w.mustRun("state", "rm", string(target[1]))
	}
	w.write(importBlocks, c.imports)
	w.mustRun("fmt", "-check", "-diff")
	w.expectPlan(planSummary{Import: len(targets)})
}

var identityValue = regexp.MustCompile(`(?m)^(    (\w+) += )"[^"]*"$`)

// checkIdentities is checkImports for an import by identity, with the ids of the
// applied resource in the place of the made-up ones.
func (c documentedConfiguration) checkIdentities(w *workspace) {
	target := importTarget.FindSubmatch(c.identities)
	identity := w.applied(string(target[1])).Identity
	block := identityValue.ReplaceAllFunc(c.identities, func(line []byte) []byte {
		parts := identityValue.FindSubmatch(line)
		if !exampleUUID.Match(line) {
			return line
		}
		return append(parts[1], strconv.Quote(identity[string(parts[2])])...)
	})
	must(w.t, os.Remove(filepath.Join(w.directory, importBlocks)))
	w.mustRun("state", "rm", string(target[1]))
	w.write(identityBlocks, block)
	w.mustRun("fmt", "-check", "-diff")
	w.expectPlan(planSummary{Import: 1})
}

// importCommands returns the arguments of each command of an import.sh, as a
// shell takes them apart.
func (w *workspace) importCommands(script []byte) [][]string {
	w.t.Helper()
	if script == nil {
		return nil
	}
	splitter := "terraform() {\n  printf '%s\\n' \"$#\" \"$@\"\n}\n"
	output, err := w.command("sh", "-euc", splitter+string(script)).Output()
	must(w.t, err)
	words := strings.Split(strings.TrimSuffix(string(output), "\n"), "\n")
	var commands [][]string
	for len(words) > 1 {
		count, err := strconv.Atoi(words[0])
		must(w.t, err)
		commands = append(commands, words[1:1+count])
		words = words[1+count:]
	}
	for _, command := range commands {
		if len(command) != 3 || command[0] != "import" {
			w.t.Fatalf("%q is not \"terraform import ADDRESS ID\"", command)
		}
	}
	return commands
}

var exampleUUID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// replaceID puts the id of the applied resource in the place of the made-up one
// of an example.
func (w *workspace) replaceID(address, id string) string {
	w.t.Helper()
	if !exampleUUID.MatchString(id) {
		return id
	}
	return exampleUUID.ReplaceAllString(id, w.applied(address).Values.ID)
}

// An appliedResource is what the state says of a resource.
type appliedResource struct {
	Address  string
	Values   struct{ ID string }
	Identity map[string]string
}

func (w *workspace) applied(address string) appliedResource {
	w.t.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []appliedResource
			} `json:"root_module"`
		}
	}
	must(w.t, json.Unmarshal(w.mustRun("show", "-json"), &state))
	for _, r := range state.Values.RootModule.Resources {
		if r.Address == address {
			return r
		}
	}
	w.t.Fatalf("the state has no %s", address)
	return appliedResource{}
}
