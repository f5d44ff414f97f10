package verified

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/apidoc"
)

// API adds how well the API is known, by the facts of its document, and counts them. UsedFor says
// what the provider uses an operation for, such as "GET /books/{book}", that its client uses.
func (p *Page) API(facts []apidoc.Fact, usedFor func(operation string) string) {
	p.Say("## The API", "Every operation, parameter and property that the provider knows of, also those that it does without and those that it drops. "+
		"A label says how well it is known that there is "+
		"such a thing under this name, and not that a server does what is expected of it.")
	for _, part := range []struct {
		kind   apidoc.Kind
		plural string
	}{{apidoc.Operation, "operations"}, {apidoc.Parameter, "parameters"}, {apidoc.Property, "properties"}} {
		var rows [][]string
		count := map[string]int{}
		for _, fact := range facts {
			if fact.Kind != part.kind {
				continue
			}
			p.Count(part.plural+" of the API", access.Evidence(fact.Evidence), 1)
			count[fact.Evidence]++
			row := []string{"`" + fact.Subject + "`", fact.Evidence, fact.Source}
			switch {
			case fact.Kind != apidoc.Operation:
			case fact.IsUsed:
				row = slices.Insert(row, 1, usedFor(fact.Subject))
			default:
				row = slices.Insert(row, 1, "not used")
			}
			rows = append(rows, row)
		}
		head := []string{string(part.kind), "evidence", "source"}
		if part.kind == apidoc.Operation {
			head = slices.Insert(head, 1, "used for")
		}
		p.Say("### "+strings.ToUpper(part.plural[:1])+part.plural[1:], fmt.Sprintf("%d: %s.", len(rows), spellCounts(count)))
		p.Table(head, rows)
	}
}

func spellCounts(count map[string]int) string {
	var spelled []string
	for _, label := range []access.Evidence{access.Documented, access.Observed, access.Inferred} {
		spelled = append(spelled, fmt.Sprintf("%d %s", count[string(label)], label))
	}
	return strings.Join(spelled, ", ")
}
