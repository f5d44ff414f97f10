package planreview

import (
	"io"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// A Format is a way to write a review.
type Format string

// The formats that every review has.
const (
	// FormatText is for people.
	FormatText Format = "text"
	// FormatMarkdown fits a comment or the body of an issue. What does not fit is
	// summarized: of the sections that are long, the least important one first. Nothing
	// is cut.
	FormatMarkdown Format = "markdown"
	// FormatJSON is for other programs.
	FormatJSON Format = "json"
)

// A document is a review as text, a sentence that sums it up and sections, and as JSON
// in an envelope.
type document interface {
	title() string
	headline() string
	sections() []section
	json(head envelope.Envelope) any
}

// Write writes a review; as JSON, in the envelope.
func Write(w io.Writer, review document, format Format, head envelope.Envelope) error {
	switch format {
	case FormatMarkdown:
		_, err := io.WriteString(w, fittingMarkdown(review, MaxMarkdown))
		return err
	case FormatJSON:
		return envelope.Write(w, review.json(head))
	}
	_, err := io.WriteString(w, plainText(review))
	return err
}

func plainText(review document) string {
	var b strings.Builder
	b.WriteString(review.headline() + "\n")
	for _, s := range review.sections() {
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
