// Command guide writes the guide that tells how well the API's contract is known.
// It makes it from the contract's document, so that the two cannot differ.
//
//	guide FILE
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"strings"
	"text/template"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/openapi"
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
	document, err := openapi.Read(api.ContractDocument())
	if err != nil {
		return err
	}
	page, err := render(document)
	if err != nil {
		return err
	}
	return os.WriteFile(arguments[0], page, 0o644) //nolint:gosec // Documentation is for everybody.
}

//go:embed guide.md.tmpl
var text string

var page = template.Must(template.New("guide").Funcs(template.FuncMap{"cell": cell}).Parse(text))

// A count is how much of the contract is known how well.
type count struct {
	Evidence           string
	Meaning            string
	Routes, Properties int
}

// An object is what has properties.
type object struct {
	Name       string
	Properties []property
}

// A property is one row of an object's table.
type property struct {
	openapi.Property
	Use string
}

func render(document *openapi.Document) ([]byte, error) {
	counts := countEvidence(document)
	var rendered bytes.Buffer
	err := page.Execute(&rendered, map[string]any{
		"Counts":  counts,
		"Total":   count{Routes: len(document.Routes), Properties: len(document.Properties)},
		"Routes":  document.Routes,
		"Objects": objects(document.Properties),
	})
	return rendered.Bytes(), err
}

var meanings = map[openapi.Evidence]string{
	openapi.Documented: "SignPath's documentation or changelog states it",
	openapi.Observed:   "it was seen in the code of a published client, or in an answer that somebody recorded",
	openapi.Inferred:   "nobody states it; it is what the documented parts suggest",
}

func countEvidence(document *openapi.Document) []count {
	var counts []count
	for _, evidence := range openapi.EvidenceLevels {
		c := count{Evidence: string(evidence), Meaning: meanings[evidence]}
		for _, r := range document.Routes {
			if r.Evidence == evidence {
				c.Routes++
			}
		}
		for _, p := range document.Properties {
			if p.Evidence == evidence {
				c.Properties++
			}
		}
		counts = append(counts, c)
	}
	return counts
}

// uses says what the provider does with a property that it does not go by.
var uses = map[string]string{
	"carries":     "carried along",
	"alternative": "alternative",
	"any name":    "under any name",
	"standard":    "for messages",
}

// objects puts the properties, which come in the order of their objects, together.
func objects(properties []openapi.Property) []object {
	var found []object
	for _, p := range properties {
		if len(found) == 0 || found[len(found)-1].Name != p.Object {
			found = append(found, object{Name: p.Object})
		}
		last := &found[len(found)-1]
		last.Properties = append(last.Properties, property{p, uses[p.Client]})
	}
	return found
}

// Names shows the property's name, and the one in requests where that differs.
func (p property) Names() string {
	if p.Answer != "" && p.Request != "" && p.Answer != p.Request {
		return fmt.Sprintf("`%s`, in requests `%s`", p.Answer, p.Request)
	}
	return "`" + p.Name() + "`"
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

// cell keeps a text from ending the cell of a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
