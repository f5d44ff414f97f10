package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// writeTable writes the report for a terminal.
func (r *Report) writeTable(w io.Writer) error {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(text.Visible(fmt.Sprintf(format, args...)) + "\n") }
	line("Access review of organization %s on %s", r.Survey.ID, r.Day)
	line("%s", r.readBy())
	if off := review.SwitchedOff(r.Ignored); off != "" {
		line("%s", off)
	}
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
		line("  %s: %s", excepted.Rule, excepted.Sentence)
		line("        until %s: %s", excepted.Exception.Until.Format(time.DateOnly), excepted.Exception.Reason)
	}
	b.WriteString("\nACCESS\n")
	b.WriteString(r.accessTable())
	b.WriteString("\nCOUNTS\n")
	b.WriteString(r.countTable())
	_, err := io.WriteString(w, b.String())
	return err
}

func tellFinding(line func(string, ...any), finding review.Finding) {
	rule := ruleOf(finding)
	line("  %-4s  %s: %s", finding.Severity, finding.Rule, finding.Sentence)
	for _, reason := range finding.Reasons {
		line("        - %s", reason)
	}
	line("        What to do: %s", finding.Advice)
	line("        Source: %s (%s)", rule.Source, rule.Evidence)
}

func (r *Report) accessTable() string {
	rows := [][]string{{"WHERE", "WHO", "IN FORCE", "MAY", "WHY"}}
	for _, c := range r.ownCells() {
		rows = append(rows, []string{
			c.place.String(), c.principal.String(), inForce(c.status), spellPermissions(c.permissions()), strings.Join(c.why(), "; "),
		})
	}
	if len(rows) == 1 {
		return "  nobody may do anything here\n"
	}
	return table(rows)
}

func (r *Report) countTable() string {
	var rows [][]string
	for _, count := range r.Counts() {
		rows = append(rows, []string{count.What, fmt.Sprint(count.Number)})
	}
	return table(rows)
}

// table aligns the columns.
func table(rows [][]string) string {
	var b strings.Builder
	aligned := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		shown := make([]string, len(row))
		for i, cell := range row {
			shown[i] = text.Visible(cell)
		}
		// A strings.Builder takes everything.
		_, _ = io.WriteString(aligned, "  "+strings.Join(shown, "\t")+"\n")
	}
	_ = aligned.Flush()
	return b.String()
}
