package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// writeMarkdown writes the report for a pull request, a wiki or a ticket.
func (r *Report) writeMarkdown(w io.Writer, head envelope.Envelope) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Access review of organization %s on %s\n\n%s\n", text.Markdown(r.organization(head)), r.at(head), text.Markdown(r.readBy()))
	if filtered := r.filtered(head); filtered != "" {
		fmt.Fprintf(&b, "\n> **%s**\n", text.Markdown(filtered))
	}
	for _, note := range r.notes(head) {
		fmt.Fprintf(&b, "\n%s\n", text.Markdown(note))
	}
	if len(r.Survey.Gaps) > 0 {
		b.WriteString("\n> **This review is incomplete.**\n")
		for _, gap := range r.Survey.Gaps {
			fmt.Fprintf(&b, ">\n> %s\n", text.Markdown(gap))
		}
	}
	b.WriteString("\n## Findings\n\n" + r.markdownFindings())
	if len(r.Excepted) > 0 {
		b.WriteString("\n## Excepted findings\n\n" + r.markdownExcepted())
	}
	b.WriteString("\n## Access\n\n" + r.markdownAccess())
	if activations := r.activationRows(); len(activations) > 0 {
		b.WriteString("\n## Activated accounts\n\n" + markdownTable(append([][]string{{"Who", "Since"}}, activations...)))
	}
	b.WriteString("\n## Counts\n\n" + r.markdownCounts())
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) markdownFindings() string {
	if len(r.Findings) == 0 {
		return "None.\n"
	}
	rows := [][]string{{"Severity", "Rule", "Finding", "Why", "What to do", "Source"}}
	for _, finding := range r.Findings {
		rows = append(rows, []string{
			string(finding.Severity), finding.Rule, finding.Sentence, spellReasons(finding.Reasons),
			finding.Advice, fmt.Sprintf("%s (%s)", finding.Source, finding.Evidence),
		})
	}
	return markdownTable(rows)
}

func (r *Report) markdownExcepted() string {
	rows := [][]string{{"Rule", "Finding", "Reason", "Until"}}
	for _, excepted := range r.Excepted {
		rows = append(rows, []string{
			excepted.Rule, excepted.Sentence, excepted.Exception.Reason, excepted.Exception.Until.Format(time.DateOnly),
		})
	}
	return markdownTable(rows)
}

func (r *Report) markdownAccess() string {
	rows := r.accessRows()
	if len(rows) == 0 {
		return "Nobody may do anything here.\n"
	}
	return markdownTable(append([][]string{r.columns("Where", "Who", "In force", "May", "Why", "Since")}, rows...))
}

func (r *Report) markdownCounts() string {
	return markdownTable(append([][]string{{"What", "Number"}}, r.countRows()...))
}

// markdownTable writes a table whose first row is the heading.
func markdownTable(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		b.WriteString("| " + strings.Join(each(row, text.Markdown), " | ") + " |\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return b.String()
}
