package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
)

// A Format is a way to write a report.
type Format string

// The formats.
const (
	FormatText     Format = "text"
	FormatMarkdown Format = "markdown"
	FormatCSV      Format = "csv"
	FormatJSON     Format = "json"
	FormatHTML     Format = "html"
)

// Formats returns all formats, the default first.
func Formats() []Format {
	return []Format{FormatText, FormatMarkdown, FormatCSV, FormatJSON, FormatHTML}
}

// Write writes the report; as JSON, in the envelope. The same report always gives the same bytes
// in the same envelope.
func (r *Report) Write(w io.Writer, format Format, head envelope.Envelope) error {
	writers := map[Format]func(io.Writer, envelope.Envelope) error{
		FormatText: r.writeText, FormatMarkdown: r.writeMarkdown, FormatCSV: r.writeCSV, FormatHTML: r.writeHTML,
		FormatJSON: func(w io.Writer, head envelope.Envelope) error { return envelope.Write(w, r.json(head)) },
	}
	write, ok := writers[format]
	if !ok {
		return fmt.Errorf("there is no format %q", format)
	}
	return write(w, head)
}

// readBy says whose token read, and which role that user has.
func (r *Report) readBy() string {
	caller := r.Survey.Caller
	return fmt.Sprintf("Read from %s with the token of %s (%s).", r.Survey.URL, caller.Reference(), r.Survey.Organization.Vocabulary.Title(caller.Role))
}

// organization names the organization, as far as it is known.
func (r *Report) organization(head envelope.Envelope) string {
	if head.Organization.Name != nil && *head.Organization.Name != "" {
		return fmt.Sprintf("%s (%s)", r.Survey.ID, *head.Organization.Name)
	}
	return r.Survey.ID
}

// at is when the report was made: the day, and the time if that is known.
func (r *Report) at(head envelope.Envelope) string {
	if head.Time.IsZero() {
		return r.Day
	}
	return r.Day + head.Time.UTC().Format(" at 15:04 UTC")
}

// filtered says of what part of the organization the report is, and what is beside it; empty if
// it is of all.
func (r *Report) filtered(head envelope.Envelope) string {
	if r.shown.IsWhole() {
		return ""
	}
	var filters []string
	for _, name := range slices.Sorted(maps.Keys(head.Filters)) {
		if values := head.Filters[name]; len(values) > 0 {
			filters = append(filters, strings.ReplaceAll(name, "_", " ")+" "+strings.Join(values, ", "))
		}
	}
	text := "FILTERED: this report is of a part of the organization"
	if len(filters) > 0 {
		text += ", by " + strings.Join(filters, "; ")
	}
	return text + ". Findings and permissions are counted in that part. " + r.outside()
}

// outside says what the filter leaves out of the findings.
func (r *Report) outside() string {
	deny, warn := r.Outside[review.Deny], r.Outside[review.Warn]
	noun := "more findings"
	if deny+warn == 1 {
		noun = "more finding"
	}
	text := fmt.Sprintf("%d %s outside of the filters", deny+warn, noun)
	if deny > 0 {
		text += fmt.Sprintf(", %d of them denied", deny)
	}
	return text + "."
}

// notes are what whoever reads the findings has to know of the rules.
func (r *Report) notes(head envelope.Envelope) []string {
	var notes []string
	if off := review.SwitchedOff(r.Ignored); off != "" {
		notes = append(notes, off)
	}
	if head.Rules != nil {
		for _, weaker := range head.Rules.Weaker {
			notes = append(notes, "Weaker than by default: "+weaker.Sentence)
		}
	}
	if of := r.Attestations; of != nil {
		notes = append(notes, fmt.Sprintf("Judged by a file with the SHA-256 %s, which has %s.", of.SHA256, review.Count(of.Number, "statement")))
	}
	notes = append(notes, r.Unmatched...)
	if looked := r.looked(); looked != "" {
		notes = append(notes, looked)
	}
	return notes
}
