package planreview

import (
	"io"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// WriteTerminal writes the report for people.
func (r *Report) WriteTerminal(w io.Writer) error {
	_, err := io.WriteString(w, terminalText(r.headline(), r.sections()))
	return err
}

func terminalText(headline string, sections []section) string {
	var b strings.Builder
	b.WriteString(headline + "\n")
	for _, s := range sections {
		b.WriteString("\n" + s.title + "\n")
		for _, l := range s.lengths[0] {
			b.WriteString("  - " + text.Visible(l.text) + "\n")
			for _, detail := range l.details {
				b.WriteString("      " + text.Visible(detail) + "\n")
			}
		}
	}
	return b.String()
}
