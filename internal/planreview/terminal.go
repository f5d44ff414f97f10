package planreview

import (
	"io"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/plain"
)

// WriteTerminal writes the report for people.
func (r *Report) WriteTerminal(w io.Writer) error {
	_, err := io.WriteString(w, terminalText(r.headline(), r.sections()))
	return err
}

func terminalText(headline string, sections []section) string {
	var text strings.Builder
	text.WriteString(headline + "\n")
	for _, s := range sections {
		text.WriteString("\n" + s.title + "\n")
		for _, l := range s.lengths[0] {
			text.WriteString("  - " + plain.Visible(l.text) + "\n")
			for _, detail := range l.details {
				text.WriteString("      " + plain.Visible(detail) + "\n")
			}
		}
	}
	return text.String()
}
