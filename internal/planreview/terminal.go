package planreview

import (
	"io"
	"strconv"
	"strings"
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
			text.WriteString("  - " + visible(l.text) + "\n")
			for _, detail := range l.details {
				text.WriteString("      " + visible(detail) + "\n")
			}
		}
	}
	return text.String()
}

// visible spells out what does not print, so that a name can neither break a line
// nor move the cursor nor turn the direction of the text.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return b.String()
}
