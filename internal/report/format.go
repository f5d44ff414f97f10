package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Format is a way to write a report.
type Format string

// The formats.
const (
	FormatTable    Format = "table"
	FormatMarkdown Format = "markdown"
	FormatCSV      Format = "csv"
	FormatJSON     Format = "json"
	FormatHTML     Format = "html"
)

// Formats returns all formats, the default first.
func Formats() []Format {
	return []Format{FormatTable, FormatMarkdown, FormatCSV, FormatJSON, FormatHTML}
}

// ParseFormat reads the name of a format.
func ParseFormat(text string) (Format, error) {
	if slices.Contains(Formats(), Format(text)) {
		return Format(text), nil
	}
	names := each(Formats(), func(format Format) string { return string(format) })
	return "", fmt.Errorf("%q is no format; valid are %s", text, strings.Join(names, ", "))
}

// Write writes the report. The same report always gives the same bytes.
func (r *Report) Write(w io.Writer, format Format) error {
	writers := map[Format]func(io.Writer) error{
		FormatTable: r.writeTable, FormatMarkdown: r.writeMarkdown, FormatCSV: r.writeCSV,
		FormatJSON: r.writeJSON, FormatHTML: r.writeHTML,
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
	return fmt.Sprintf("Read from %s with the token of %s (%s).", r.Survey.URL, caller.Reference(), caller.Role.Title())
}
