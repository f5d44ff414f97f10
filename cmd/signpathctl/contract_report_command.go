package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/proposal"
)

type contractReportFlags struct {
	contractMapFlags
	format string
}

var contractReportFormats = []string{"markdown", "json"}

func newContractReportCommand() *cobra.Command {
	var flags contractReportFlags
	command := &cobra.Command{
		Use:   "report SWAGGER-FILE-OR-URL",
		Short: "Write what an issue needs to tell about an installation's API",
		Long: `Writes what a maintainer of the provider needs to know of a SignPath installation on which something does not fit: its
version, the routes of users, CI users, groups, projects, signing policies, the organization and the audit log, the names
and types of what they take and answer, how that compares with what is assumed, and what a mapping has open.

It has names and types, and never a value: nothing of the organization is read, and what the OpenAPI document has of
examples, defaults, descriptions, titles and addresses is left out. The values of an enumeration are names and are in
it, such as those of roles. Read it before it goes into a public issue all the same.

A URL is fetched as signpathctl contract does. Use - to read standard input. The exit status is 1 if the document or the
mapping file cannot be read, and 0 otherwise.`,
		Example: `  signpathctl contract report https://signpath.example.com/Api/swagger/v1/swagger.json > issue.md
  signpathctl contract report swagger.json --mapping signpath-api.yaml --format json`,
		Args: takes("the file or URL of the OpenAPI document, or - for standard input"),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runContractReport(command, arguments[0], flags)
		},
	}
	flags.way.addTo(command)
	command.Flags().StringVar(&flags.mapping, "mapping", "", "mapping file with which the provider is used there")
	command.Flags().StringVar(&flags.format, "format", contractReportFormats[0], oneOf(contractReportFormats))
	return command
}

// A contractReport is a report on an installation, beside the comparison with what is assumed.
type contractReport struct {
	// Version is that of the installation; empty if it was not asked, or does not tell.
	Version string `json:"installation_version,omitempty"`
	*proposal.Report
	// Comparisons are those lines that do not match.
	Comparisons []contract.Line `json:"comparisons"`
}

func runContractReport(command *cobra.Command, source string, flags contractReportFlags) error {
	if err := mustBeOneOf("--format", flags.format, contractReportFormats); err != nil {
		return err
	}
	head := newEnvelope(now())
	mapped, err := api.ReadMapping(flags.mapping)
	if err != nil {
		return err
	}
	read, err := readDocument(command, source, flags.way)
	if err != nil {
		return err
	}
	made, err := proposal.Describe(read.content, mapped.ContentOf())
	if err != nil {
		return fmt.Errorf("%s is %w", read.Source, err)
	}
	m, err := contract.NewMapping(mapped.MappingOf())
	if err != nil {
		return err
	}
	lines, err := contract.Compare(read.content, m)
	if err != nil {
		return fmt.Errorf("%s is %w", read.Source, err)
	}
	report := contractReport{read.Version, made, []contract.Line{}}
	for _, line := range lines {
		if line.State != contract.Matches {
			report.Comparisons = append(report.Comparisons, line)
		}
	}
	if flags.format == "json" {
		return envelope.Write(command.OutOrStdout(), struct {
			envelope.Envelope
			contractReport
		}{head.Of("contract_report", read.gaps(lines)), report})
	}
	_, err = io.WriteString(command.OutOrStdout(), report.markdown())
	return err
}

// markdown is the report as text for an issue.
func (r contractReport) markdown() string {
	var b strings.Builder
	installation := "of an unknown version"
	if r.Version != "" {
		installation = "SignPath " + text.Markdown(r.Version)
	}
	fmt.Fprintf(&b, "# The API of a SignPath installation\n\n- signpathctl %s\n- installation: %s\n- OpenAPI document: sha256:%s\n- mapping: %s\n\n",
		text.Markdown(version), installation, r.SHA256, count(r.Facts, "fact", "facts")+", "+count(len(r.Open), "line is open", "lines are open"))
	writeRows(&b, "What does not match", []string{"State", "Route", "What", "Found"}, r.comparisonRows())
	var open [][]string
	for _, o := range r.Open {
		state := "to be confirmed"
		if o.Asked {
			state = "open"
		}
		open = append(open, []string{o.Path, state, o.Text})
	}
	writeRows(&b, "Open in the mapping", []string{"Line", "State", "Why"}, open)
	for _, t := range r.Things {
		fmt.Fprintf(&b, "## %s\n\n", text.Markdown(t.Thing))
		for _, route := range t.Routes {
			writeRoute(&b, route)
		}
	}
	var others [][]string
	for _, route := range r.Others {
		others = append(others, []string{route})
	}
	writeRows(&b, "Other routes", []string{"Route"}, others)
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func (r contractReport) comparisonRows() [][]string {
	var rows [][]string
	for _, line := range r.Comparisons {
		what := string(line.Part)
		if line.Part != contract.PartRoute {
			what += " " + line.Assumed
		}
		rows = append(rows, []string{string(line.State), line.Route, what, remark(line)})
	}
	return rows
}

func writeRoute(b *strings.Builder, route proposal.RouteReport) {
	title := text.Markdown(route.Route)
	if route.Call != "" {
		title += " (" + route.Call + ")"
	}
	fmt.Fprintf(b, "### %s\n\n", title)
	var rows [][]string
	for _, part := range []struct {
		name       string
		properties []proposal.PropertyReport
	}{{"query", route.Parameters}, {"request", route.Request}, {"answer", route.Answer}} {
		for _, p := range part.properties {
			kind := p.Type
			if p.Values != nil {
				kind += ": " + strings.Join(p.Values, ", ")
			}
			rows = append(rows, []string{part.name, p.Path, kind, yesIf(p.Demanded), yesIf(p.ReadOnly), p.Concept})
		}
	}
	if len(rows) == 0 {
		b.WriteString("Nothing is described.\n\n")
		return
	}
	writeRows(b, "", []string{"Part", "Property", "Type", "Demanded", "Read-only", "Taken for"}, rows)
}

func yesIf(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

// writeRows writes a table under a title, if it has rows.
func writeRows(b *strings.Builder, title string, columns []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	if title != "" {
		fmt.Fprintf(b, "## %s\n\n", title)
	}
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
	for _, row := range rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, text.Markdown(cell))
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
	b.WriteString("\n")
}
