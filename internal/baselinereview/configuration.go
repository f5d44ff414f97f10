package baselinereview

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// A Draft is what somebody saw, and what is to be written of it.
type Draft struct {
	Observation baseline.Observation
	// Name is that of the resource.
	Name string
	// Organization and By are what the table does not tell; empty where nobody has told them.
	Organization, By string
	// Table is how the configuration finds the table, relative to its module; empty where it
	// is to have the rows themselves.
	Table string
}

// ReadCSV reads a table of what somebody saw. All that is wrong with it is in the error.
func (v *Vendor) ReadCSV(table string) (baseline.Observation, error) {
	model := v.Declare(nil).Model
	observation, problems := model.ReadCSV(table)
	if len(problems) > 0 {
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = p.Error()
		}
		return observation, fmt.Errorf("%s", strings.Join(lines, "\n"))
	}
	if len(observation.Rows) == 0 {
		return observation, fmt.Errorf("the table has no row that somebody saw")
	}
	return observation, nil
}

// CheckDraft tells what is wrong with what somebody told beside the table.
func (v *Vendor) CheckDraft(d Draft) error {
	if !hclsyntax.ValidIdentifier(d.Name) {
		return fmt.Errorf("%q is no name of a resource: letters, digits, _ and - are allowed", d.Name)
	}
	if d.By == "" {
		return nil
	}
	by, err := v.Declare(nil).Model.ParsePrincipal(d.By)
	if err == nil && by.Kind != access.KindUser {
		err = fmt.Errorf("%q is no user: a person attests", d.By)
	}
	return err
}

// WriteConfiguration writes a resource that records what somebody saw, attested by that. What
// the table does not tell is a comment that says so.
func (v *Vendor) WriteConfiguration(d Draft) []byte {
	model := v.Declare(nil).Model
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	rows := "1 row"
	if n := len(d.Observation.Rows); n != 1 {
		rows = fmt.Sprintf("%d rows", n)
	}
	line("# Written by `signpathctl baseline from-csv` from %s that somebody saw%s.", rows, spellDays(d.Observation))
	line("# It changes nothing at %s: it records that access should be as it was seen. Take out of grants what should", v.Name)
	line("# not be, and look for %q: that is what the table does not tell.", toFillIn)
	line("resource %s %s {", Literal(v.Type()), Literal(d.Name))
	b.WriteString(v.Outline(d.Organization, d.Observation))
	line("")
	line("grants = %s", literalGrants(model.Write(d.Observation.Rows)))
	line("")
	line("attestation = {")
	if d.By == "" {
		line("%s", Missing(`by = "user:…"`, "who looked"))
	} else {
		line("by = %s", Literal(d.By))
	}
	if d.Observation.First == "" {
		line("%s", Missing(`on = "2026-11-20"`, "the day on which that person looked"))
	} else {
		line("on = %s", Literal(string(d.Observation.First)))
	}
	if d.Table != "" {
		line("observed = provider::%s::observed(file(\"${path.module}/%s\"))", v.Provider, strings.Trim(Literal(d.Table), `"`))
	} else {
		line("observed = %s", literalGrants(model.Write(d.Observation.Rows)))
	}
	line("}")
	line("}")
	return hclwrite.Format([]byte(b.String()))
}

// spellDays says when the rows were seen; the first day is the one that counts.
func spellDays(o baseline.Observation) string {
	switch o.First {
	case "":
		return ""
	case o.Last:
		return " on " + string(o.First)
	}
	return fmt.Sprintf(" from %s to %s, of which the first day counts", o.First, o.Last)
}

// toFillIn begins what a table does not tell.
const toFillIn = "Fill in"

// Missing is a comment in the place of an attribute that the table does not tell.
func Missing(attribute, what string) string {
	return "# " + toFillIn + ": " + attribute + " (" + what + ")"
}

// Literal spells a text so that nothing in it is taken for a template.
func Literal(words string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(words)).Bytes())
}

func literalGrants(written baseline.Written) string {
	var b strings.Builder
	b.WriteString("{\n")
	for _, place := range slices.Sorted(maps.Keys(written)) {
		b.WriteString(Literal(place) + " = {\n")
		for _, role := range slices.Sorted(maps.Keys(written[place])) {
			b.WriteString(Literal(role) + " = [\n")
			for _, principal := range written[place][role] {
				b.WriteString(Literal(text.Visible(principal)) + ",\n")
			}
			b.WriteString("]\n")
		}
		b.WriteString("}\n")
	}
	b.WriteString("}")
	return b.String()
}
