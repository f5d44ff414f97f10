package planreview

import (
	"io"
	"strconv"
	"strings"
)

// WriteTerminal writes the report for people.
func (r *Report) WriteTerminal(w io.Writer) error {
	var text strings.Builder
	text.WriteString(r.headline() + "\n")
	for _, s := range r.sections() {
		text.WriteString("\n" + s.title + "\n")
		for _, l := range s.lengths[0] {
			text.WriteString("  - " + visible(l.text) + "\n")
			for _, detail := range l.details {
				text.WriteString("      " + visible(detail) + "\n")
			}
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
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
