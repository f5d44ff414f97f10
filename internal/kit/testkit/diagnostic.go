package testkit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A Diagnostic is an error or a warning of a run.
type Diagnostic struct {
	Warning         bool
	Summary, Detail string
	// Address is the instance that it is about, or empty.
	Address string
	// Attribute is the name of the attribute that it points at, or empty.
	Attribute string
	// line is the line of the configuration, with its number.
	line string
}

// String shows it as a CLI does, without its colours and line breaks.
func (d Diagnostic) String() string {
	kind := "Error"
	if d.Warning {
		kind = "Warning"
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\n", kind, d.Summary)
	if d.Address != "" {
		fmt.Fprintf(&text, "\n  with %s,\n", d.Address)
	}
	if d.line != "" {
		fmt.Fprintf(&text, "  %s\n", d.line)
	}
	fmt.Fprintf(&text, "\n%s\n", d.Detail)
	return text.String()
}

// Diagnostics are those of a run, in the order in which they came. As an error
// they are its errors.
type Diagnostics []Diagnostic

func (d Diagnostics) Error() string { return d.text(func(one Diagnostic) bool { return !one.Warning }) }

// String is everything that a CLI would print.
func (d Diagnostics) String() string { return d.text(func(Diagnostic) bool { return true }) }

func (d Diagnostics) text(show func(Diagnostic) bool) string {
	var text strings.Builder
	for _, one := range d {
		if show(one) {
			text.WriteString(one.String() + "\n")
		}
	}
	return text.String()
}

func (d Diagnostics) hasErrors() bool {
	return slices.ContainsFunc(d, func(one Diagnostic) bool { return !one.Warning })
}

// err is nil if there is no error among them.
func (d Diagnostics) err() error {
	if d.hasErrors() {
		return d
	}
	return nil
}

func failure(address, summary, detail string) Diagnostics {
	return Diagnostics{{Summary: summary, Detail: detail, Address: address}}
}

func hclDiagnostics(diags hcl.Diagnostics, source []byte, address string) Diagnostics {
	var all Diagnostics
	for _, d := range diags {
		one := Diagnostic{Warning: d.Severity == hcl.DiagWarning, Summary: d.Summary, Detail: d.Detail, Address: address}
		if d.Subject != nil {
			one.line = sourceLine(source, d.Subject.Start)
		}
		all = append(all, one)
	}
	return all
}

// providerDiagnostics are what a provider said about a block.
func (c *configuration) providerDiagnostics(diags []*tfprotov6.Diagnostic, address string, body *hclsyntax.Body) Diagnostics {
	var all Diagnostics
	for _, d := range diags {
		one := Diagnostic{Warning: d.Severity == tfprotov6.DiagnosticSeverityWarning, Summary: d.Summary, Detail: d.Detail, Address: address}
		if d.Attribute != nil && len(d.Attribute.Steps()) > 0 {
			one.Attribute = fmt.Sprint(d.Attribute.Steps()[0])
			if name, ok := d.Attribute.Steps()[0].(tftypes.AttributeName); ok {
				one.Attribute = string(name)
			}
			if body != nil {
				one.line = c.attributeLine(body, one.Attribute)
			}
		}
		all = append(all, one)
	}
	return all
}

func (c *configuration) attributeLine(body *hclsyntax.Body, name string) string {
	if a, ok := body.Attributes[name]; ok {
		return sourceLine(c.source, a.SrcRange.Start)
	}
	for _, block := range body.Blocks {
		if block.Type == name {
			return sourceLine(c.source, block.TypeRange.Start)
		}
	}
	return ""
}

func sourceLine(source []byte, at hcl.Pos) string {
	lines := strings.Split(string(source), "\n")
	if at.Line < 1 || at.Line > len(lines) {
		return ""
	}
	return fmt.Sprintf("on main.tf line %d: %s", at.Line, strings.TrimSpace(lines[at.Line-1]))
}

func compareAddresses(a, b resourceAddress) int { return cmp.Compare(a.String(), b.String()) }
