// Package verified writes the page that says how well everything is known that a provider
// rests on.
package verified

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

// Unknown counts what no source says.
const Unknown access.Evidence = ""

// A Page is Markdown that is being written.
type Page struct {
	text  strings.Builder
	tally []tally
}

// A tally counts facts of an area by how they are known.
type tally struct {
	area   string
	counts map[access.Evidence]int
}

// Count notes how well a fact of an area is known.
func (p *Page) Count(area string, evidence access.Evidence, facts int) {
	i := slices.IndexFunc(p.tally, func(t tally) bool { return t.area == area })
	if i < 0 {
		i = len(p.tally)
		p.tally = append(p.tally, tally{area, map[access.Evidence]int{}})
	}
	p.tally[i].counts[evidence] += facts
}

// Say adds paragraphs.
func (p *Page) Say(paragraphs ...string) {
	for _, paragraph := range paragraphs {
		p.text.WriteString(paragraph + "\n\n")
	}
}

// Table adds a table.
func (p *Page) Table(head []string, rows [][]string) {
	line := func(cells []string) {
		escaped := make([]string, len(cells))
		for i, cell := range cells {
			escaped[i] = strings.ReplaceAll(cell, "|", `\|`)
		}
		p.text.WriteString("| " + strings.Join(escaped, " | ") + " |\n")
	}
	line(head)
	p.text.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, row := range rows {
		line(row)
	}
	p.text.WriteString("\n")
}

// Model adds how well steps and rules are known, and counts them.
func (p *Page) Model(m *baseline.Model, live baseline.Catalogue) {
	p.Say("## Steps for a person", "What the steps say is done in "+m.Procedure.Site+", in the words of the vendor's pages. "+
		"What no page words, the step itself says.")
	var rows [][]string
	for _, action := range m.Procedure.Actions {
		p.Count("steps for a person", action.Evidence, 1)
		at := "anywhere"
		if len(action.At) > 0 {
			nouns := make([]string, len(action.At))
			for i, kind := range action.At {
				nouns[i] = cmp.Or(m.Vocabulary.PlaceKind(kind).Noun, m.Vocabulary.OrganizationNoun())
			}
			at = strings.Join(nouns, ", ")
		}
		rows = append(rows, []string{string(action.Kind), at, action.Menu, cmp.Or(action.Unworded, "–"), string(action.Evidence), action.Source})
	}
	p.Table([]string{"step", "at", "menu", "what no page says", "evidence", "source"}, rows)
	p.Say("## Rules", "What a rule rests on. What is not known makes no rule fire.")
	p.rules("rules", m.Rules)
	p.Say("Those of the review of what an API shows:")
	p.rules("rules of the access review", live)
}

func (p *Page) rules(what string, rules baseline.Catalogue) {
	var rows [][]string
	for _, rule := range rules {
		p.Count(what, rule.Evidence, 1)
		rows = append(rows, []string{"`" + rule.ID + "`", rule.Summary, string(rule.Evidence), rule.Source})
	}
	p.Table([]string{"rule", "finds", "evidence", "source"}, rows)
}

// WriteTo writes the page to the file that the command line names.
func (p *Page) WriteTo(arguments []string, vendor, head string) error {
	if len(arguments) != 1 {
		return fmt.Errorf("one argument is needed, the file to write, and there are %d", len(arguments))
	}
	return os.WriteFile(arguments[0], []byte(p.Text(vendor, head)), 0o644) //nolint:gosec // It is a page to be published.
}

// Text returns the page, with the counts after the head.
func (p *Page) Text(vendor, head string) string {
	labels := []access.Evidence{access.Documented, access.Observed, access.Inferred, Unknown}
	counts := &Page{}
	var rows [][]string
	total := make([]int, len(labels))
	for _, t := range p.tally {
		row := []string{t.area}
		for i, label := range labels {
			total[i] += t.counts[label]
			row = append(row, fmt.Sprint(t.counts[label]))
		}
		rows = append(rows, row)
	}
	sum := []string{"**all**"}
	for _, n := range total {
		sum = append(sum, fmt.Sprintf("**%d**", n))
	}
	counts.Table([]string{"facts", "documented", "observed", "inferred", "unknown"}, append(rows, sum))
	front := "---\npage_title: \"What is verified\"\nsubcategory: \"\"\ndescription: |-\n  How well everything is known that the provider for " + vendor + " rests on.\n---\n\n# What is verified\n\n"
	return front + strings.TrimSpace(head) + "\n\n" + counts.text.String() + strings.TrimSpace(p.text.String()) + "\n"
}
