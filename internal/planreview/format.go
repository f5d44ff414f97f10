package planreview

import (
	"fmt"
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
	// counted, the least important first: who may read before who may approve.
	FormatMarkdown Format = "markdown"
	// FormatJSON is for other programs.
	FormatJSON Format = "json"
)

// A document is a review as text, a sentence with what is gravest, others that sum it up and
// sections, and as JSON in an envelope.
type document interface {
	title() string
	headline() string
	summary() []string
	sections() []section
	json(head envelope.Envelope) any
	// about names in an envelope the organization of the plan, where none was asked.
	about(head envelope.Envelope) envelope.Envelope
}

// Write writes a review; as JSON, in the envelope.
func Write(w io.Writer, review document, format Format, head envelope.Envelope) error {
	switch format {
	case FormatMarkdown:
		_, err := io.WriteString(w, fittingMarkdown(review, of(review, head), MaxMarkdown))
		return err
	case FormatJSON:
		return envelope.Write(w, review.json(head))
	}
	_, err := io.WriteString(w, plainText(review, of(review, head)))
	return err
}

// of says what a review is of, and when it was made: a comment can so be tied to the plan that
// is applied. It is empty where nothing is known.
func of(review document, head envelope.Envelope) string {
	head = review.about(head)
	var parts []string
	note := func(format, value string) {
		if value != "" {
			parts = append(parts, fmt.Sprintf(format, value))
		}
	}
	name, id := "", ""
	if head.Organization.ID != nil {
		id = *head.Organization.ID
	}
	if head.Organization.Name != nil && *head.Organization.Name != "" {
		name = " (" + *head.Organization.Name + ")"
	}
	if id != "" {
		note("organization %s", id+name)
	}
	if head.Plan != nil {
		note("plan with SHA-256 %s", head.Plan.SHA256)
		note("commit %s", head.Plan.Commit)
	}
	if head.Rules != nil && head.Rules.SHA256 != nil {
		note("rules with SHA-256 %s", *head.Rules.SHA256)
	}
	if !head.Time.IsZero() {
		note("reviewed at %s", head.Time.UTC().Format("2006-01-02 15:04 UTC"))
	}
	if head.Tool.Name != "" {
		note("by %s", head.Tool.Name+" "+head.Tool.Version)
	}
	if len(parts) == 0 {
		return ""
	}
	return "Of " + strings.Join(parts, "; ") + "."
}

// paragraphs are what stands before the sections: the head line first.
func paragraphs(review document, of string) []string {
	all := append([]string{review.headline()}, review.summary()...)
	if of != "" {
		all = append(all, of)
	}
	return all
}

func plainText(review document, of string) string {
	var b strings.Builder
	for _, paragraph := range paragraphs(review, of) {
		b.WriteString(text.Visible(paragraph) + "\n")
	}
	for _, s := range review.sections() {
		if s.again {
			continue
		}
		b.WriteString("\n" + s.title + "\n")
		for _, block := range s.blocks {
			for _, l := range block.inText() {
				b.WriteString("  - " + text.Visible(l.text) + "\n")
				for _, detail := range l.details {
					b.WriteString("      " + text.Visible(detail) + "\n")
				}
			}
		}
	}
	return b.String()
}
