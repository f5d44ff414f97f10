package report

import (
	"fmt"
	"io"

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

// Write writes the report; as JSON, in the envelope. The same report always gives the same bytes.
func (r *Report) Write(w io.Writer, format Format, head envelope.Envelope) error {
	writers := map[Format]func(io.Writer) error{
		FormatText: r.writeText, FormatMarkdown: r.writeMarkdown, FormatCSV: r.writeCSV, FormatHTML: r.writeHTML,
		FormatJSON: func(w io.Writer) error { return envelope.Write(w, r.json(head)) },
	}
	write, ok := writers[format]
	if !ok {
		return fmt.Errorf("there is no format %q", format)
	}
	return write(w)
}

// readBy says whose token read, and which role that user has.
func (r *Report) readBy() string {
	caller := r.Survey.Caller
	return fmt.Sprintf("Read from %s with the token of %s (%s).", r.Survey.URL, caller.Reference(), r.Survey.Organization.Vocabulary.Title(caller.Role))
}
