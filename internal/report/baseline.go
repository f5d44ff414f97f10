package report

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// A BaselineReport is the access matrix of baselines: what should be where no API tells what is.
type BaselineReport struct {
	Baselines []baselinereview.Matrix
	// Day is the one on which they are judged to be confirmed, or overdue.
	Day time.Time
}

// NewBaseline reviews baselines as they are on a day.
func NewBaseline(records []*baselinereview.Record, day time.Time) *BaselineReport {
	return &BaselineReport{each(records, func(r *baselinereview.Record) baselinereview.Matrix { return r.Matrix(day) }), day}
}

// nature is what such a report is, so that nobody takes it for what was read from a server.
func (r *BaselineReport) nature() string {
	var vendors []string
	for _, b := range r.Baselines {
		if !slices.Contains(vendors, b.Vendor) {
			vendors = append(vendors, b.Vendor)
		}
	}
	return fmt.Sprintf("This is what access SHOULD BE, as people wrote it down. "+
		"Nothing was read from %s, where no API tells who has access.", strings.Join(vendors, " or "))
}

func (r *BaselineReport) title() string {
	return "What access should be, on " + r.Day.UTC().Format(time.DateOnly)
}

// Write writes the report; as JSON, in the envelope.
func (r *BaselineReport) Write(w io.Writer, format Format, head envelope.Envelope) error {
	writers := map[Format]func(io.Writer, envelope.Envelope) error{
		FormatText: r.writeText, FormatMarkdown: r.writeMarkdown, FormatCSV: r.writeCSV, FormatHTML: r.writeHTML, FormatJSON: r.writeJSON,
	}
	write, ok := writers[format]
	if !ok {
		return fmt.Errorf("there is no format %q", format)
	}
	return write(w, head)
}

func (r *BaselineReport) writeJSON(w io.Writer, head envelope.Envelope) error {
	return envelope.Write(w, struct {
		envelope.Envelope
		Day       string                  `json:"day"`
		Baselines []baselinereview.Matrix `json:"baselines"`
	}{head.Of("baseline_review", envelope.Gaps(r.nature())), r.Day.UTC().Format(time.DateOnly), r.Baselines})
}

func (r *BaselineReport) made(head envelope.Envelope) string {
	var parts []string
	if head.Plan != nil {
		parts = append(parts, "Of a plan or state with SHA-256 "+head.Plan.SHA256)
		if head.Plan.Commit != "" {
			parts = append(parts, "commit "+head.Plan.Commit)
		}
	}
	if head.Tool.Name != "" {
		parts = append(parts, "by "+head.Tool.Name+" "+head.Tool.Version)
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + "."
}

// accessRows tell of each role where it is given, and at which places within it holds by that.
func accessRows(b baselinereview.Matrix) [][]string {
	key := func(seat baselinereview.Seat, at string) [3]string { return [3]string{seat.Principal, seat.Role, at} }
	within := map[[3]string][]string{}
	for _, seat := range b.Seats {
		for _, from := range seat.From {
			if from != seat.Place {
				within[key(seat, from)] = append(within[key(seat, from)], seat.Place)
			}
		}
	}
	var rows [][]string
	for _, seat := range b.Seats {
		if seat.IsGranted() {
			rows = append(rows, []string{b.Tell(seat.Place), seat.Principal, seat.Role, review.SpellFew(within[key(seat, seat.Place)], "other place", "other places")})
		}
	}
	return rows
}

func findingRows(b baselinereview.Matrix) [][]string {
	return each(b.Findings, func(f review.FindingRecord) []string { return []string{f.Severity, f.Rule, f.Sentence, f.Advice} })
}

func (r *BaselineReport) writeText(w io.Writer, head envelope.Envelope) error {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(text.Visible(fmt.Sprintf(format, args...)) + "\n") }
	line("%s", r.title())
	line("%s", r.nature())
	if made := r.made(head); made != "" {
		line("%s", made)
	}
	for _, m := range r.Baselines {
		line("")
		line("%s (%s)", m.Where, m.Address)
		line("%s", m.Confirmed)
		section := func(title string, lines []string) {
			if len(lines) > 0 {
				line("")
				line("%s", title)
			}
			for _, one := range lines {
				line("  %s", one)
			}
		}
		section("SEEN OTHERWISE", m.Deviations)
		section("FINDINGS", each(findingRows(m), func(row []string) string { return fmt.Sprintf("%-4s  %s: %s %s", row[0], row[1], row[2], row[3]) }))
		b.WriteString("\nACCESS AS IT SHOULD BE\n")
		if rows := accessRows(m); len(rows) > 0 {
			b.WriteString(table(append([][]string{{"WHERE", "WHO", "ROLE", "AND SO AT"}}, rows...)))
		} else {
			b.WriteString("  nobody should have anything\n")
		}
		section("STEPS FOR A PERSON", m.Steps)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *BaselineReport) writeMarkdown(w io.Writer, head envelope.Envelope) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n**%s**\n", r.title(), text.Markdown(r.nature()))
	if made := r.made(head); made != "" {
		fmt.Fprintf(&b, "\n%s\n", text.Markdown(made))
	}
	for _, m := range r.Baselines {
		fmt.Fprintf(&b, "\n## %s (%s)\n\n**%s**\n", text.Markdown(m.Where), text.Markdown(m.Address), text.Markdown(m.Confirmed))
		list := func(title string, lines []string) {
			if len(lines) > 0 {
				fmt.Fprintf(&b, "\n### %s\n\n", title)
			}
			for _, one := range lines {
				b.WriteString("- " + text.Markdown(one) + "\n")
			}
		}
		list("Seen otherwise", m.Deviations)
		if rows := findingRows(m); len(rows) > 0 {
			b.WriteString("\n### Findings\n\n" + markdownTable(append([][]string{{"Severity", "Rule", "Finding", "What to do"}}, rows...)))
		}
		b.WriteString("\n### Access as it should be\n\n")
		if rows := accessRows(m); len(rows) > 0 {
			b.WriteString(markdownTable(append([][]string{{"Where", "Who", "Role", "And so at"}}, rows...)))
		} else {
			b.WriteString("Nobody should have anything.\n")
		}
		list("Steps for a person", m.Steps)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// baselineCSVHeader names the columns. A row says something of the report or of a baseline, or
// is a deviation, a finding, a step or an access, as its first column says.
var baselineCSVHeader = []string{"record", "address", "vendor", "organization", "place", "principal", "role", "granted", "from", "severity", "rule", "text"}

func (r *BaselineReport) writeCSV(w io.Writer, head envelope.Envelope) error {
	rows := [][]string{baselineCSVHeader}
	row := func(values map[string]string) {
		rows = append(rows, each(baselineCSVHeader, func(column string) string { return noFormula(values[column]) }))
	}
	for _, about := range [][2]string{{"nature", r.nature()}, {"day", r.Day.UTC().Format(time.DateOnly)}, {"made", r.made(head)}} {
		row(map[string]string{"record": about[0], "text": about[1]})
	}
	for _, m := range r.Baselines {
		of := func(record string, values map[string]string) {
			values["record"], values["address"], values["vendor"], values["organization"] = record, m.Address, m.Vendor, m.Organization
			row(values)
		}
		of("state", map[string]string{"text": m.Confirmed})
		for _, deviation := range m.Deviations {
			of("deviation", map[string]string{"text": deviation})
		}
		for _, f := range m.Findings {
			of("finding", map[string]string{
				"severity": f.Severity, "rule": f.Rule, "text": f.Sentence, "place": strings.Join(f.Places, "; "), "principal": strings.Join(f.Principals, "; "),
			})
		}
		for _, seat := range m.Seats {
			granted := map[bool]string{true: "yes", false: "no, inherited"}[seat.IsGranted()]
			of("access", map[string]string{
				"place": seat.Place, "principal": seat.Principal, "role": seat.Role, "granted": granted, "from": strings.Join(seat.From, "; "),
			})
		}
		for _, step := range m.Steps {
			of("step", map[string]string{"text": step})
		}
	}
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	return csv.NewWriter(w).WriteAll(rows)
}

var (
	//go:embed baseline.html.tmpl
	baselineText     string
	baselineTemplate = template.Must(template.New("baseline").Parse(baselineText))
)

// baselinePage is a page with tables and no script.
type baselinePage struct {
	Policy, Title, Nature, Made string
	Style                       template.CSS
	Baselines                   []baselineOnPage
}

type baselineOnPage struct {
	Where, Address, Confirmed string
	IsConfirmed               bool
	Deviations, Steps         []string
	Findings, Access          [][]string
}

func (r *BaselineReport) writeHTML(w io.Writer, head envelope.Envelope) error {
	visible := func(rows [][]string) [][]string {
		return each(rows, func(row []string) []string { return each(row, text.Visible) })
	}
	return baselineTemplate.Execute(w, baselinePage{
		Policy: fmt.Sprintf("default-src 'none'; base-uri 'none'; form-action 'none'; style-src '%s'", sourceHash(pageStyle)),
		Title:  r.title(), Nature: text.Visible(r.nature()), Made: text.Visible(r.made(head)),
		Style: template.CSS(pageStyle), //nolint:gosec // It is a file of this package, with nothing put in.
		Baselines: each(r.Baselines, func(m baselinereview.Matrix) baselineOnPage {
			return baselineOnPage{
				text.Visible(m.Where), text.Visible(m.Address), text.Visible(m.Confirmed), m.State == baselinereview.StateConfirmed,
				each(m.Deviations, text.Visible), each(m.Steps, text.Visible), visible(findingRows(m)), visible(accessRows(m)),
			}
		}),
	})
}

// Denies tells whether a rule denies one of the baselines.
func (r *BaselineReport) Denies() bool {
	return slices.ContainsFunc(r.Baselines, func(m baselinereview.Matrix) bool {
		return slices.ContainsFunc(m.Findings, func(f review.FindingRecord) bool { return f.Severity == string(review.Deny) })
	})
}
