package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// writeText writes the report for people.
func (r *Report) writeText(w io.Writer, head envelope.Envelope) error {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(text.Visible(fmt.Sprintf(format, args...)) + "\n") }
	line("Access review of organization %s on %s", r.organization(head), r.at(head))
	line("%s", r.readBy())
	if filtered := r.filtered(head); filtered != "" {
		line("%s", filtered)
	}
	for _, note := range r.notes(head) {
		line("%s", note)
	}
	tell := r.tellWhole
	if r.view() != ViewRight {
		tell = r.tellBriefly
	}
	tell(&b, line)
	b.WriteString("\nCOUNTS\n")
	b.WriteString(table(r.countRows()))
	if r.view() != ViewRight {
		r.tellRest(line)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tellWhole tells everything.
func (r *Report) tellWhole(b *strings.Builder, line lineWriter) {
	if len(r.Survey.Gaps) > 0 {
		line("")
		line("INCOMPLETE")
		for _, gap := range r.Survey.Gaps {
			line("  %s", gap)
		}
	}
	line("")
	line("FINDINGS")
	if len(r.Findings) == 0 {
		line("  none")
	}
	for _, finding := range r.Findings {
		tellFinding(line, finding)
	}
	if len(r.Excepted) > 0 {
		line("")
		line("EXCEPTED")
	}
	for _, excepted := range r.Excepted {
		tellExcepted(line, excepted)
	}
	b.WriteString("\nACCESS\n")
	b.WriteString(r.accessTable())
	if activations := r.activationRows(); len(activations) > 0 {
		b.WriteString("\nACTIVATED\n" + table(append([][]string{{"WHO", "SINCE"}}, activations...)))
	}
}

func tellExcepted(line lineWriter, excepted review.ExceptedFinding) {
	line("  %s: %s", excepted.Rule, excepted.Sentence)
	line("        until %s: %s", excepted.Exception.Until.Format(time.DateOnly), excepted.Exception.Reason)
}

func tellFinding(line lineWriter, finding review.Finding) {
	line("  %-4s  %s: %s", finding.Severity, finding.Rule, finding.Sentence)
	for _, reason := range finding.Reasons {
		line("        - %s", reason)
	}
	line("        What to do: %s", finding.Advice)
	line("        Source: %s (%s)", finding.Source, finding.Evidence)
}

func (r *Report) accessTable() string {
	rows := r.accessRows()
	if len(rows) == 0 {
		return "  nobody may do anything here\n"
	}
	return table(append([][]string{r.columns("WHERE", "WHO", "IN FORCE", "MAY", "WHY", "SINCE")}, rows...))
}

// accessRows tell people of each right where it stands.
func (r *Report) accessRows() [][]string {
	return each(r.ownCells(), func(c *cell) []string {
		return r.columns(
			c.place.String(), c.principal.String(), inForce(c.status), spellPermissions(c.permissions()),
			strings.Join(c.why(), "; "), strings.Join(c.since(), "; "),
		)
	})
}

func (r *Report) countRows() [][]string {
	return each(r.Counts(), func(count Count) []string { return []string{count.What, fmt.Sprint(count.Number)} })
}

// table aligns the columns.
func table(rows [][]string) string {
	var b strings.Builder
	aligned := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		// A strings.Builder takes everything.
		_, _ = io.WriteString(aligned, "  "+strings.Join(each(row, text.Visible), "\t")+"\n")
	}
	_ = aligned.Flush()
	return b.String()
}
