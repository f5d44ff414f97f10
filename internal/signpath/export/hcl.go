package export

import (
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// A document is one file of the configuration.
type document struct{ file *hclwrite.File }

// Marker begins every file that an export wrote, so that the next one knows which
// it may replace.
const Marker = "# Written by `signpathctl export`."

func newDocument(about ...string) *document {
	d := &document{file: hclwrite.NewEmptyFile()}
	d.line(Marker + " With --force, the next one replaces files that begin with this line.")
	for _, text := range about {
		d.line("# " + text)
	}
	return d
}

func (d *document) line(text string) {
	d.file.Body().AppendUnstructuredTokens(hclwrite.Tokens{{Type: hclsyntax.TokenComment, Bytes: []byte(text + "\n")}})
}

// comment adds a paragraph. What comes from SignPath must be quoted in it: a line
// break would end the comment.
func (d *document) comment(lines ...string) {
	if len(lines) == 0 {
		return
	}
	d.file.Body().AppendNewline()
	for _, text := range lines {
		d.line("# " + text)
	}
}

func (d *document) resource(r resource) {
	d.file.Body().AppendNewline()
	for _, note := range r.notes {
		d.line("# " + note)
	}
	block := d.file.Body().AppendNewBlock("resource", []string{r.typeName, r.name}).Body()
	for _, a := range r.attributes {
		block.SetAttributeRaw(a.name, a.value)
	}
}

// importOf adds the import block of a resource.
func (d *document) importOf(to hcl.Traversal, id string) {
	d.file.Body().AppendNewline()
	block := d.file.Body().AppendNewBlock("import", nil).Body()
	block.SetAttributeTraversal("to", to)
	block.SetAttributeRaw("id", literal(id))
}

// movedTo adds a moved block.
func (d *document) movedTo(from, to hcl.Traversal) {
	d.file.Body().AppendNewline()
	block := d.file.Body().AppendNewBlock("moved", nil).Body()
	block.SetAttributeTraversal("from", from)
	block.SetAttributeTraversal("to", to)
}

func (d *document) bytes() []byte { return hclwrite.Format(d.file.Bytes()) }

// A resource is a block of the configuration, and how to import it.
type resource struct {
	typeName, name string
	// notes are comments before the block.
	notes      []string
	attributes []attribute
	importID   string
}

type attribute struct {
	name  string
	value hclwrite.Tokens
}

func traversal(root string, names ...string) hcl.Traversal {
	path := hcl.Traversal{hcl.TraverseRoot{Name: root}}
	for _, name := range names {
		path = append(path, hcl.TraverseAttr{Name: name})
	}
	return path
}

// memberOf refers to the member attribute of a resource.
func memberOf(typeName, name string) hclwrite.Tokens {
	return hclwrite.TokensForTraversal(traversal(typeName, name, "member"))
}

// literal writes a text so that nothing in it is taken for a template.
func literal(text string) hclwrite.Tokens { return hclwrite.TokensForValue(cty.StringVal(text)) }

// memberList writes one member a line, so that a change of one shows as one, with
// its note behind it.
func memberList(members []spelling) hclwrite.Tokens {
	if len(members) == 0 {
		return hclwrite.TokensForValue(cty.EmptyTupleVal)
	}
	newline := &hclwrite.Token{Type: hclsyntax.TokenNewline, Bytes: []byte("\n")}
	tokens := hclwrite.Tokens{{Type: hclsyntax.TokenOBrack, Bytes: []byte("[")}, newline}
	for _, m := range members {
		tokens = append(tokens, m.expression...)
		tokens = append(tokens, &hclwrite.Token{Type: hclsyntax.TokenComma, Bytes: []byte(",")})
		if m.note == "" {
			tokens = append(tokens, newline)
			continue
		}
		tokens = append(tokens, &hclwrite.Token{Type: hclsyntax.TokenComment, Bytes: []byte("# " + m.note + "\n")})
	}
	return append(tokens, &hclwrite.Token{Type: hclsyntax.TokenCBrack, Bytes: []byte("]")})
}

// quote makes text from SignPath fit for a comment, and for a text of YAML, which has the same
// escapes: without line breaks, or anything else that does not show.
func quote(text string) string { return strconv.Quote(text) }
