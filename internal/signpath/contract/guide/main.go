// Command guide writes the guide that tells how well the API's contract is known.
// It makes it from the contract's document, so that the two cannot differ.
//
//	guide FILE
package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"os"
	"strings"
	"text/template"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 1 {
		return fmt.Errorf("usage: guide FILE")
	}
	d, err := read(contract.OpenAPI())
	if err != nil {
		return err
	}
	page, err := render(d)
	if err != nil {
		return err
	}
	return os.WriteFile(arguments[0], page, 0o644) //nolint:gosec // Documentation is for everybody.
}

//go:embed guide.md.tmpl
var text string

// The template keeps a text from ending the cell of a table.
var page = template.Must(template.New("guide").Funcs(template.FuncMap{
	"cell":  func(text string) string { return strings.ReplaceAll(text, "|", `\|`) },
	"codes": func(names []string) string { return "`" + strings.Join(names, "`, `") + "`" },
}).Parse(text))

// A count is how much of the contract is known how well.
type count struct {
	Evidence, Meaning         string
	Routes, Answers, Requests int
}

func (c *count) add(d *document) {
	for _, r := range d.routes {
		if c.Evidence == "" || c.Evidence == r.Evidence {
			c.Routes++
		}
	}
	for _, p := range d.properties {
		switch {
		case c.Evidence != "" && c.Evidence != p.Evidence:
			continue
		case p.Answer != "" && p.Request != "":
			c.Answers++
			c.Requests++
		case p.Answer != "":
			c.Answers++
		default:
			c.Requests++
		}
	}
}

// An object is what has properties.
type object struct {
	Name       string
	Properties []property
}

func render(d *document) ([]byte, error) {
	counts := []count{
		{Evidence: "documented", Meaning: "SignPath's documentation or changelog states it"},
		{Evidence: "observed", Meaning: "it was seen in the code of a published client, or in an answer that somebody recorded"},
		{Evidence: "inferred", Meaning: "nobody states it; it is what the documented parts suggest"},
	}
	used, unused := d.split()
	var total count
	total.add(used)
	for i := range counts {
		counts[i].add(used)
	}
	var rendered bytes.Buffer
	err := page.Execute(&rendered, map[string]any{
		"Counts":           counts,
		"Total":            total,
		"Routes":           used.routes,
		"Objects":          objects(used.properties),
		"UnusedRoutes":     unused.routes,
		"UnusedProperties": unused.properties,
		"NotEdited":        d.notEdited,
	})
	return rendered.Bytes(), err
}

// notUsed is the x-client of what the client does without.
const notUsed = "not used"

// split parts what the client uses from what it does not.
func (d *document) split() (used, unused *document) {
	used, unused = &document{}, &document{}
	for _, r := range d.routes {
		part := used
		if r.Client == notUsed {
			part = unused
		}
		part.routes = append(part.routes, r)
	}
	for _, p := range d.properties {
		part := used
		if p.Client == notUsed {
			part = unused
		}
		part.properties = append(part.properties, p)
	}
	return used, unused
}

// objects puts the properties, which come in the order of their objects, together.
func objects(properties []property) []object {
	var found []object
	for _, p := range properties {
		if len(found) == 0 || found[len(found)-1].Name != p.Object {
			found = append(found, object{Name: p.Object})
		}
		last := &found[len(found)-1]
		last.Properties = append(last.Properties, p)
	}
	return found
}

// uses says what the provider does with a property that it does not go by.
var uses = map[string]string{
	"carries":     "carried along",
	"alternative": "alternative",
	"any name":    "under any name",
	"standard":    "for messages",
}

// Use says it of this property; it is empty if the provider goes by it.
func (p property) Use() string { return uses[p.Client] }

// Names shows the property's name, and the one in requests where that differs.
func (p property) Names() string {
	if p.Answer != "" && p.Request != "" && p.Answer != p.Request {
		return fmt.Sprintf("`%s`, in requests `%s`", p.Answer, p.Request)
	}
	return "`" + cmp.Or(p.Answer, p.Request) + "`"
}

// In tells where the property occurs.
func (p property) In() string {
	switch {
	case p.Request == "":
		return "answers"
	case p.Answer == "":
		return "requests"
	}
	return "both"
}
