package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
)

const (
	repositoryRoot = "../../.."
	examplesRoot   = repositoryRoot + "/examples"
	templatesRoot  = repositoryRoot + "/templates"
	providerSource = "signpath-community/signpath"
	importBlocks   = "import-by-string-id.tf"
	importCommands = "import.sh"
)

// TestEveryTypeHasAnExample keeps a new resource or data source from being
// published without an example. It needs no Terraform.
func TestEveryTypeHasAnExample(t *testing.T) {
	signpath := provider.New("test")()
	var wanted []string
	for _, newResource := range signpath.Resources(t.Context()) {
		var resp resource.MetadataResponse
		newResource().Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "signpath"}, &resp)
		for _, file := range []string{"resource.tf", importBlocks, importCommands} {
			wanted = append(wanted, filepath.Join("resources", resp.TypeName, file))
		}
	}
	for _, newDataSource := range signpath.DataSources(t.Context()) {
		var resp datasource.MetadataResponse
		newDataSource().Metadata(t.Context(), datasource.MetadataRequest{ProviderTypeName: "signpath"}, &resp)
		wanted = append(wanted, filepath.Join("data-sources", resp.TypeName, "data-source.tf"))
	}
	for _, file := range wanted {
		if _, err := os.Stat(filepath.Join(examplesRoot, file)); err != nil {
			t.Errorf("examples/%s is missing", file)
		}
	}
}

// TestDocumentedConfigurations runs every configuration in examples/ and in the
// templates of the documentation as a reader would: with the real CLI and the
// real provider, on the organization of the demo seed.
func TestDocumentedConfigurations(t *testing.T) {
	if os.Getenv(acceptance.EnvTfAcc) == "" {
		t.Skip("acceptance tests run with TF_ACC=1; make test sets it, with a Terraform CLI")
	}
	cli := newTerraformCLI(t)
	running := make(chan struct{}, 4)
	for _, c := range append(exampleConfigurations(t), templateConfigurations(t)...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			running <- struct{}{}
			defer func() { <-running }()
			c.run(t, cli)
		})
	}
}

// A documentedConfiguration is one that a reader may copy.
type documentedConfiguration struct {
	name string
	// files are its *.tf files, by name.
	files map[string][]byte
	// imports is the file of import blocks, and commands the terraform import
	// commands, that fit it. They import what the configuration creates.
	imports, commands []byte
}

// exampleConfigurations returns every directory of examples/ that has *.tf files.
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
		case entry.Name() == importCommands:
			c.commands = content
		case filepath.Ext(path) == ".tf":
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
				files: map[string][]byte{"block.tf": block[1]},
			})
		}
		return err
	}))
	return configurations
}

func (c documentedConfiguration) run(t *testing.T, cli terraformCLI) {
	w := cli.newWorkspace(t, c.files)
	w.mustRun("fmt", "-check", "-diff")
	w.mustRun("validate")
	w.plan()
	if !c.hasResources() {
		return
	}
	w.mustRun("apply", "-auto-approve")
	w.expectPlan(planSummary{})
	c.checkImports(w)
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

// terraformCLI is Terraform or OpenTofu, with the provider of this checkout.
type terraformCLI struct{ path, configFile string }

// newTerraformCLI builds the provider and tells the CLI to use it.
func newTerraformCLI(t *testing.T) terraformCLI {
	t.Helper()
	path := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if path == "" {
		found, err := exec.LookPath("terraform")
		if err != nil {
			t.Fatalf("TF_ACC_TERRAFORM_PATH is not set, and there is no terraform on PATH: %s", err)
		}
		path = found
	}
	directory := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", filepath.Join(directory, "terraform-provider-signpath"), ".")
	build.Dir = repositoryRoot
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %s\n%s", err, output)
	}
	configFile := filepath.Join(directory, "cli.tfrc")
	must(t, os.WriteFile(configFile, []byte("provider_installation {\n  dev_overrides {\n    "+
		strconv.Quote(providerSource)+" = "+strconv.Quote(filepath.ToSlash(directory))+"\n  }\n  direct {}\n}\n"), 0o600))
	return terraformCLI{path: path, configFile: configFile}
}

// A workspace is a directory with a configuration and an organization of its own.
type workspace struct {
	t         *testing.T
	cli       terraformCLI
	directory string
	env       []string
}

func (cli terraformCLI) newWorkspace(t *testing.T, files map[string][]byte) *workspace {
	t.Helper()
	org := newOrganization(t)
	w := &workspace{t: t, cli: cli, directory: t.TempDir()}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "SIGNPATH_") {
			w.env = append(w.env, variable)
		}
	}
	w.env = append(w.env,
		"TF_CLI_CONFIG_FILE="+cli.configFile, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "TF_CLI_ARGS=-no-color", "CHECKPOINT_DISABLE=1",
		"SIGNPATH_API_URL="+org.url, "SIGNPATH_ORGANIZATION_ID="+org.OrganizationID(), "SIGNPATH_API_TOKEN="+org.token,
	)
	namesProvider := false
	for name, content := range files {
		w.write(name, content)
		namesProvider = namesProvider || bytes.Contains(content, []byte("required_providers"))
	}
	if !namesProvider {
		w.write("required_providers.tf", []byte("terraform {\n  required_providers {\n    signpath = {\n      source = "+strconv.Quote(providerSource)+"\n    }\n  }\n}\n"))
	}
	return w
}

func (w *workspace) write(name string, content []byte) {
	w.t.Helper()
	must(w.t, os.WriteFile(filepath.Join(w.directory, name), content, 0o600))
}

func (w *workspace) read(name string) []byte {
	w.t.Helper()
	content, err := os.ReadFile(filepath.Join(w.directory, name))
	must(w.t, err)
	return content
}

func (w *workspace) command(name string, arguments ...string) *exec.Cmd {
	// Not the test's own context: a CLI that is killed leaves its provider behind.
	command := exec.CommandContext(context.Background(), name, arguments...)
	command.Dir, command.Env = w.directory, w.env
	return command
}

// mustRun runs the CLI and returns its standard output.
func (w *workspace) mustRun(arguments ...string) []byte {
	w.t.Helper()
	var stderr bytes.Buffer
	command := w.command(w.cli.path, arguments...)
	command.Stderr = &stderr
	output, err := command.Output()
	if err == nil {
		return output
	}
	if slices.Contains(arguments, "-json") { // That is for programs; people want to read the error.
		output, _ = w.command(w.cli.path, slices.DeleteFunc(arguments, func(a string) bool { return a == "-json" })...).CombinedOutput()
	}
	w.t.Fatalf("%s: %s\n%s%s", strings.Join(arguments, " "), err, output, stderr.Bytes())
	return nil
}

// planSummary counts what a plan will do.
type planSummary struct {
	Add    int `json:"add"`
	Change int `json:"change"`
	Import int `json:"import"`
	Remove int `json:"remove"`
}

func (w *workspace) expectPlan(want planSummary) {
	w.t.Helper()
	if got := w.plan(); got != want {
		w.t.Fatalf("the plan is %+v, want %+v:\n%s", got, want, w.mustRun("plan"))
	}
}

// plan plans, and accepts no warning: a documented configuration must not teach
// what the provider or one of its own checks warns of.
func (w *workspace) plan() planSummary {
	w.t.Helper()
	var summary planSummary
	lines := json.NewDecoder(bytes.NewReader(w.mustRun("plan", "-json")))
	for lines.More() {
		var line struct {
			Type       string       `json:"type"`
			Changes    *planSummary `json:"changes"`
			Diagnostic struct{ Summary, Detail string }
		}
		must(w.t, lines.Decode(&line))
		switch {
		case line.Type == "change_summary" && line.Changes != nil:
			summary = *line.Changes
		case line.Type == "diagnostic" && !strings.Contains(line.Diagnostic.Summary, "development overrides"):
			w.t.Errorf("the plan warns: %s: %s", line.Diagnostic.Summary, line.Diagnostic.Detail)
		}
	}
	return summary
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
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Address string
					Values  struct{ ID string }
				}
			} `json:"root_module"`
		}
	}
	must(w.t, json.Unmarshal(w.mustRun("show", "-json"), &state))
	for _, r := range state.Values.RootModule.Resources {
		if r.Address == address {
			return exampleUUID.ReplaceAllString(id, r.Values.ID)
		}
	}
	w.t.Fatalf("the state has no %s", address)
	return ""
}
