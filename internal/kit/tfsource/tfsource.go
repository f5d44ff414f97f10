// Package tfsource finds where a configuration of Terraform or OpenTofu has a resource, by the
// address that a plan calls it.
package tfsource

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A Position is where a block begins. The path is relative to the repository, with slashes.
type Position struct {
	Path string
	Line int
}

// A Configuration is a root module on disk. Nothing is read before it is asked for, and what
// cannot be read has no positions.
type Configuration struct {
	folder  string
	modules map[string]*module
}

// A module has what one folder says.
type module struct {
	blocks map[string]Position
	// calls are the folders of the modules that it calls, as far as they are on this disk.
	calls map[string]string
}

// Open takes the folder of the root module.
func Open(folder string) (*Configuration, error) {
	if _, err := os.ReadDir(folder); err != nil {
		return nil, err
	}
	return &Configuration{folder: folder, modules: map[string]*module{}}, nil
}

// Find returns where the block of a resource instance begins, such as
// module.team["a"].acme_user.lead[0].
func (c *Configuration) Find(address string) (Position, bool) {
	names := namesOf(address)
	folder := c.folder
	for len(names) > 2 && names[0] == "module" {
		called, known := c.module(folder).calls[names[1]]
		if !known {
			return Position{}, false
		}
		folder, names = called, names[2:]
	}
	position, known := c.module(folder).blocks[strings.Join(names, ".")]
	return position, known
}

// namesOf are the names in an address, without the keys of instances.
func namesOf(address string) []string {
	steps, diagnostics := hclsyntax.ParseTraversalAbs([]byte(address), "", hcl.InitialPos)
	if diagnostics.HasErrors() {
		return nil
	}
	var names []string
	for _, step := range steps {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			names = append(names, step.Name)
		case hcl.TraverseAttr:
			names = append(names, step.Name)
		}
	}
	return names
}

func (c *Configuration) module(folder string) *module {
	if c.modules[folder] == nil {
		c.modules[folder] = readModule(folder)
	}
	return c.modules[folder]
}

// The endings of configuration files. OpenTofu takes its own before that of the same name.
const (
	ending     = ".tf"
	tofuEnding = ".tofu"
	jsonEnding = ".json"
)

var wanted = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "resource", LabelNames: []string{"type", "name"}},
	{Type: "data", LabelNames: []string{"type", "name"}},
	{Type: "module", LabelNames: []string{"name"}},
}}

func readModule(folder string) *module {
	m := &module{map[string]Position{}, map[string]string{}}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return m
	}
	names := []string{}
	for _, entry := range entries {
		if entry.Type().IsRegular() { // A link may lead to what is no file of the repository.
			names = append(names, entry.Name())
		}
	}
	parser := hclparse.NewParser()
	for _, name := range names {
		path := filepath.Join(folder, name)
		plain := strings.TrimSuffix(name, jsonEnding)
		parse := parser.ParseHCLFile
		if plain != name {
			parse = parser.ParseJSONFile
		}
		switch filepath.Ext(plain) {
		case ending:
			tofu := strings.TrimSuffix(plain, ending) + tofuEnding + strings.TrimPrefix(name, plain)
			if slices.Contains(names, tofu) {
				continue
			}
		case tofuEnding:
		default:
			continue
		}
		if file, _ := parse(path); file != nil && file.Body != nil {
			m.add(folder, path, file.Body)
		}
	}
	return m
}

func (m *module) add(folder, path string, body hcl.Body) {
	content, _, _ := body.PartialContent(wanted)
	if content == nil {
		return
	}
	for _, block := range content.Blocks {
		name := strings.Join(block.Labels, ".")
		switch block.Type {
		case "module":
			if called := sourceOf(block.Body); isLocal(called) {
				m.calls[name] = filepath.Join(folder, filepath.FromSlash(called))
			}
			continue
		case "data":
			name = "data." + name
		}
		if _, known := m.blocks[name]; !known { // An override file comes later, and changes a part.
			m.blocks[name] = Position{Relative(path), block.DefRange.Start.Line}
		}
	}
}

func sourceOf(body hcl.Body) string {
	content, _, _ := body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "source"}}})
	if content == nil || content.Attributes["source"] == nil {
		return ""
	}
	value, diagnostics := content.Attributes["source"].Expr.Value(nil)
	if diagnostics.HasErrors() || value.IsNull() || !value.IsKnown() || value.Type() != cty.String {
		return ""
	}
	return value.AsString()
}

func isLocal(source string) bool {
	return strings.HasPrefix(source, "./") || strings.HasPrefix(source, "../")
}

// Relative is how code hosts name a file: relative to the root of its repository, or else to
// the working directory, with slashes. Of a file outside, the name is left.
func Relative(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return filepath.ToSlash(filepath.Base(path))
	}
	root := repositoryOf(filepath.Dir(absolute))
	if root == "" {
		if root, err = os.Getwd(); err != nil {
			return filepath.Base(path)
		}
	}
	relative, err := filepath.Rel(root, absolute)
	if err != nil || relative == ".." || strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
		return filepath.Base(path)
	}
	return filepath.ToSlash(relative)
}

// repositoryOf is the folder with .git, which is a file in a worktree; empty if there is none.
func repositoryOf(folder string) string {
	for {
		if _, err := os.Stat(filepath.Join(folder, ".git")); err == nil {
			return folder
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return ""
		}
		folder = parent
	}
}
