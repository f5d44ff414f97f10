package export

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// What an export for the module signpath-project writes.
const (
	// projectsFile is what the module reads, moduleFile calls it, and entriesFile has what
	// does not fit it.
	projectsFile = "projects.yaml"
	moduleFile   = "projects.tf"
	entriesFile  = "entries.tf"

	// moduleName is the name of its block, and moduleResource that of its resources.
	moduleName     = "projects"
	moduleResource = "this"
)

// module writes the access lists of projects and signing policies into a file that the
// module signpath-project reads, and its block. A list that the module cannot have, because it is
// managed entry by entry, becomes resources beside it.
func (g *generator) module() {
	entries := newDocument("Access lists that are managed entry by entry, which the module does not: why, stands before each.")
	begun := len(entries.file.Bytes())
	names := g.placeNames()
	var projects []*moduleBlock
	for _, project := range g.Organization.PlacesOf(vocabulary.PlaceProject) {
		block := &moduleBlock{slug: project.Slug(0), single: entries}
		g.project(block, project, names)
		if !takesSlug(block.slug) {
			block.slug = ""
		}
		projects = append(projects, block)
	}
	g.files[projectsFile] = projectsYAML(projects)
	g.files[moduleFile] = g.moduleCall()
	if len(entries.file.Bytes()) > begun {
		g.files[entriesFile] = entries.bytes()
	}
}

// moduleCall is the file that calls the module.
func (g *generator) moduleCall() []byte {
	d := newDocument("The access lists of projects and signing policies, which stand in " + projectsFile + ".")
	d.file.Body().AppendNewline()
	block := d.file.Body().AppendNewBlock("module", []string{moduleName}).Body()
	block.SetAttributeRaw("source", literal(g.options.ModuleSource))
	block.SetAttributeRaw("projects", hclwrite.Tokens{{Type: hclsyntax.TokenIdent, Bytes: []byte(`yamldecode(file("${path.module}/` + projectsFile + `"))`)}})
	if len(g.managed) > 0 {
		block.AppendNewline()
		block.AppendUnstructuredTokens(hclwrite.Tokens{{Type: hclsyntax.TokenComment, Bytes: []byte(
			"# Whom a list names has to be there before it, and goes after it: add who is created by this configuration.\n")}})
		block.SetAttributeRaw("depends_on", addressList(g.managed))
	}
	return d.bytes()
}

// addressList writes one address a line.
func addressList(addresses []hcl.Traversal) hclwrite.Tokens {
	members := make([]spelling, len(addresses))
	for i, address := range addresses {
		members[i].expression = hclwrite.TokensForTraversal(address)
	}
	return memberList(members)
}

// A moduleBlock is a project in the file for the module, or one of its signing policies.
type moduleBlock struct {
	// slug is empty for what the module does not get, and of which only the comments are written.
	slug string
	// comments stand before it, lists in it, and policies after these.
	comments []string
	lists    []moduleList
	policies []*moduleBlock
	// single is where lists are written that are managed entry by entry.
	single *document
}

// A moduleList is a list of a project or signing policy.
type moduleList struct {
	name    string
	members []spelling
}

func (b *moduleBlock) comment(lines ...string) { b.comments = append(b.comments, lines...) }

func (b *moduleBlock) policy(slug string) listFile {
	policy := &moduleBlock{slug: slug, single: b.single}
	b.policies = append(b.policies, policy)
	return policy
}

func (b *moduleBlock) whole(g *generator, of owner, list vocabulary.List, members []spelling) {
	b.lists = append(b.lists, moduleList{list.Plural, members})
	g.imports.importOf(inModule(of, list), of.importID)
	g.moves.movedTo(traversal(list.Type(), of.name), inModule(of, list))
	g.summary.exported(list.Type())
}

// inModule is the address of a list in the module.
func inModule(of owner, list vocabulary.List) hcl.Traversal {
	return append(traversal("module", moduleName, list.Type(), moduleResource), hcl.TraverseIndex{Key: cty.StringVal(of.importID)})
}

func (b *moduleBlock) entries(of owner, list vocabulary.List) *document {
	b.comment("The " + list.Plural + " of " + of.description + " are managed entry by entry, in " + entriesFile + ".")
	return b.single
}

// projectsYAML writes the file for the module. Whatever comes from SignPath is quoted: YAML
// takes some words, such as no and 2048, for something else than text.
func projectsYAML(projects []*moduleBlock) []byte {
	y := &yamlText{}
	y.line(0, Marker+" With --force, the next one replaces files that begin with this line.")
	y.line(0, "# Who may read and configure each project, and who may submit and approve under its signing policies. A list that is")
	y.line(0, "# not here is not managed, and one with [] is kept empty. A project that is taken out takes everybody off its lists.")
	written := 0
	for _, project := range projects {
		y.line(0, "")
		if y.block(0, project) {
			written++
		}
	}
	if written == 0 {
		y.line(0, "{}")
	}
	return []byte(y.text.String())
}

// A yamlText is YAML that is written line by line.
type yamlText struct{ text strings.Builder }

func (y *yamlText) line(depth int, text string) {
	y.text.WriteString(strings.Repeat("  ", depth) + text + "\n")
}

// block writes a project or signing policy, and tells whether it is more than comments.
func (y *yamlText) block(depth int, b *moduleBlock) bool {
	for _, comment := range b.comments {
		y.line(depth, "# "+comment)
	}
	switch {
	case b.slug == "":
		return false
	case len(b.lists)+len(b.policies) == 0:
		y.line(depth, quote(b.slug)+": {}")
		return true
	}
	y.line(depth, quote(b.slug)+":")
	for _, list := range b.lists {
		y.list(depth+1, list)
	}
	if len(b.policies) > 0 {
		y.line(depth+1, "signing_policies:")
	}
	for _, policy := range b.policies {
		y.block(depth+2, policy)
	}
	return true
}

// list writes one member a line, so that a change of one shows as one, with its note behind it.
func (y *yamlText) list(depth int, list moduleList) {
	if len(list.members) == 0 {
		y.line(depth, list.name+": []")
		return
	}
	y.line(depth, list.name+":")
	for _, member := range list.members {
		text := "- " + quote(member.text)
		if member.note != "" {
			text += " # " + member.note
		}
		y.line(depth+1, text)
	}
}
