package report

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// A LogReport is what a vendor's audit log tells of access in a period.
type LogReport struct{ *evidence.Log }

// Write writes the report; as JSON, in the envelope.
func (r LogReport) Write(w io.Writer, format Format, head envelope.Envelope) error {
	writers := map[Format]func(io.Writer, envelope.Envelope) error{
		FormatText: r.writeText, FormatMarkdown: r.writeMarkdown, FormatCSV: r.writeCSV, FormatHTML: r.writeHTML, FormatJSON: r.writeJSON,
	}
	write, ok := writers[format]
	if !ok {
		return fmt.Errorf("there is no format %q", format)
	}
	return write(w, head)
}

// SealedHead completes the envelope for a sealed report, which names the period among the filters: a report of another period
// is of another part of the log.
func (r LogReport) SealedHead(head envelope.Envelope) envelope.Envelope {
	head.Filters = maps.Clone(head.Filters)
	head.Filters["from"], head.Filters["to"] = []string{r.From.UTC().Format(time.RFC3339Nano)}, []string{r.To.UTC().Format(time.RFC3339Nano)}
	return r.head(head)
}

func (r LogReport) head(head envelope.Envelope) envelope.Envelope {
	return head.Of("log_review", envelope.Gaps(r.Gaps...))
}

// how says of an actor whether a change was made by Terraform or by hand.
func how(actor evidence.Actor) string {
	return map[evidence.Agency]string{
		evidence.ByTerraform: "Terraform", evidence.ByPerson: "by hand", evidence.ByProgram: "another program",
	}[actor.Agency]
}

func (r LogReport) title() string {
	return fmt.Sprintf("What the audit log tells of access, from %s until before %s", stampOf(r.From), stampOf(r.To))
}

// stampOf tells the bound of a period to the minute, and to the millisecond where it is not on a minute.
func stampOf(bound time.Time) string {
	if bound = bound.UTC(); bound.Equal(bound.Truncate(time.Minute)) {
		return bound.Format(evidence.Stamp)
	}
	return bound.Format("2006-01-02 15:04:05.999 UTC")
}

// settled is how long before a report its period has to be over so that nothing is said of events that may still come into the log.
const settled = time.Hour

// notes say what a reader has to know of the entries.
func (r LogReport) notes(head envelope.Envelope) []string {
	notes := []string{"Who and what there still is is called as it is now, also in what happened when it was called otherwise."}
	if head.Time.Sub(r.To) < settled {
		notes = append(notes, "The period was over when the log was read, or shortly before. Whether the log has an event at once is not documented: "+
			"the last ones may be missing.")
	}
	return notes
}

// about are the lines on the report itself.
func (r LogReport) about(head envelope.Envelope) []string {
	of := "Organization"
	if head.Organization.ID != nil {
		of += " " + *head.Organization.ID
	}
	if head.Organization.Name != nil {
		of += " (" + *head.Organization.Name + ")"
	}
	if head.Organization.URL != nil {
		of += ", read from " + *head.Organization.URL
	}
	if head.ReadBy != nil {
		of += " with the token of " + head.ReadBy.Member
	}
	of += " on " + head.Time.UTC().Format(evidence.Stamp)
	if head.Tool.Name != "" {
		of += ", by " + head.Tool.Name + " " + head.Tool.Version
	}
	lines := []string{of + ". All times are in UTC."}
	back := "The audit log has no event of which it tells the time."
	if !r.Back.IsZero() {
		back = "The audit log goes back to " + r.Back.UTC().Format(evidence.Stamp) + "."
	}
	lines = append(lines, back+" "+AppliersSentence(r.Appliers))
	lines = append(lines, r.notes(head)...)
	if filtered := r.filtered(head); filtered != "" {
		lines = append(lines, filtered)
	}
	return lines
}

// filtered says what the filters leave out; empty without one.
func (r LogReport) filtered(head envelope.Envelope) string {
	var filters []string
	for _, name := range slices.Sorted(maps.Keys(head.Filters)) {
		if values := head.Filters[name]; len(values) > 0 {
			filters = append(filters, strings.ReplaceAll(name, "_", " ")+" "+strings.Join(values, ", "))
		}
	}
	if len(filters) == 0 {
		return ""
	}
	return fmt.Sprintf("FILTERED by %s: %d more of the period are outside of the filters. A place is shown with what decides about it elsewhere, "+
		"and with what the log does not tell enough of.", strings.Join(filters, "; "), r.Outside)
}

// rows are the entries for people.
func (r LogReport) rows() [][]string {
	return each(r.Entries, func(e evidence.LogEntry) []string {
		return []string{e.Time.UTC().Format(time.DateTime), e.Actor.String(), orUnknown(how(e.Actor)), strings.TrimSuffix(e.Fact, ",")}
	})
}

func orUnknown(text string) string {
	if text == "" {
		return "not known"
	}
	return text
}

var logColumns = []string{"When (UTC)", "Who", "How", "What"}

// countLines are the counts of events: those that are not understood, and those about nobody's access.
func countLines(counts []evidence.LogCount) []string {
	return each(counts, func(count evidence.LogCount) string { return fmt.Sprintf("%d × %q", count.Number, count.Event) })
}

const (
	titleNotUnderstood = "Events that are not understood"
	titlePlain         = "Events that change nobody's access"
)

// nothing stands where there is no entry, and says no more than what was looked at.
func (r LogReport) nothing() string {
	switch {
	case len(r.Gaps) > 0:
		return "Nothing that could be seen: not all of the period was looked at."
	case r.Outside > 0:
		return "Nothing inside of the filters."
	}
	return "Nothing."
}

func (r LogReport) writeText(w io.Writer, head envelope.Envelope) error {
	var b strings.Builder
	line := func(line string) { b.WriteString(text.Visible(line) + "\n") }
	section := func(title string, lines []string) {
		if len(lines) == 0 {
			return
		}
		line("")
		line(strings.ToUpper(title))
		for _, one := range lines {
			line("  " + one)
		}
	}
	line(r.title())
	for _, about := range r.about(head) {
		line(about)
	}
	section("Incomplete", r.Gaps)
	line("")
	line("WHAT HAPPENED")
	if rows := r.rows(); len(rows) > 0 {
		b.WriteString(table(append([][]string{each(logColumns, strings.ToUpper)}, rows...)))
	} else {
		line("  " + r.nothing())
	}
	section(titleNotUnderstood, countLines(r.NotUnderstood))
	section(titlePlain, countLines(r.Plain))
	_, err := io.WriteString(w, b.String())
	return err
}

func (r LogReport) writeMarkdown(w io.Writer, head envelope.Envelope) error {
	var b strings.Builder
	b.WriteString("# " + text.Markdown(r.title()) + "\n")
	for _, about := range r.about(head) {
		b.WriteString("\n" + text.Markdown(about) + "\n")
	}
	section := func(title string, lines []string) {
		if len(lines) > 0 {
			b.WriteString("\n## " + title + "\n\n")
		}
		for _, one := range lines {
			b.WriteString("- " + text.Markdown(one) + "\n")
		}
	}
	section("Incomplete", r.Gaps)
	b.WriteString("\n## What happened\n\n")
	if rows := r.rows(); len(rows) > 0 {
		b.WriteString(markdownTable(append([][]string{logColumns}, rows...)))
	} else {
		b.WriteString(r.nothing() + "\n")
	}
	section(titleNotUnderstood, countLines(r.NotUnderstood))
	section(titlePlain, countLines(r.Plain))
	_, err := io.WriteString(w, b.String())
	return err
}

// logCSVHeader names the columns. A row says something of the report, or is a gap, a count of events or an entry, as its first
// column says.
var logCSVHeader = []string{
	"record", "time", "actor", "agency", "kind", "principal", "list", "project", "signing_policy", "group", "attribute", "before", "after",
	"text", "event", "event_id", "number",
}

func (r LogReport) writeCSV(w io.Writer, head envelope.Envelope) error {
	rows := [][]string{logCSVHeader}
	row := func(values map[string]string) {
		rows = append(rows, each(logCSVHeader, func(column string) string { return noFormula(values[column]) }))
	}
	row(map[string]string{"record": "period", "text": r.title()})
	for _, about := range r.about(head) {
		row(map[string]string{"record": "about", "text": about})
	}
	for _, gap := range r.Gaps {
		row(map[string]string{"record": "gap", "text": gap})
	}
	for _, e := range r.Entries {
		row(map[string]string{
			"record": "entry", "time": e.Time.UTC().Format(time.RFC3339), "actor": e.Actor.String(), "agency": string(e.Actor.Agency), "kind": e.Kind,
			"principal": e.Principal, "list": e.List, "project": e.Place.Slug(0), "signing_policy": e.Place.Slug(1), "group": e.Group,
			"attribute": e.Attribute, "before": cellOf(e.Before), "after": cellOf(e.After), "text": e.Sentence, "event": e.EventName, "event_id": e.Event,
		})
	}
	for _, counted := range []struct {
		record string
		counts []evidence.LogCount
	}{{"not_understood", r.NotUnderstood}, {"without_access", r.Plain}} {
		for _, count := range counted.counts {
			row(map[string]string{"record": counted.record, "event": count.Event, "number": strconv.Itoa(count.Number)})
		}
	}
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	return csv.NewWriter(w).WriteAll(rows)
}

func cellOf(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

type jsonLog struct {
	envelope.Envelope
	From          time.Time           `json:"from"`
	To            time.Time           `json:"to"`
	Back          *time.Time          `json:"back_to"`
	Notes         []string            `json:"notes"`
	Terraform     []string            `json:"terraform"`
	Events        int                 `json:"events"`
	Entries       []jsonLogEntry      `json:"entries"`
	NotUnderstood []evidence.LogCount `json:"not_understood"`
	Plain         []evidence.LogCount `json:"without_access"`
	Outside       int                 `json:"entries_outside_filters"`
}

type jsonLogEntry struct {
	evidence.LogEntry
	jsonPlace
}

func (r LogReport) writeJSON(w io.Writer, head envelope.Envelope) error {
	return envelope.Write(w, jsonLog{
		Envelope: r.head(head), From: r.From.UTC(), To: r.To.UTC(), Back: timeOf(r.Back), Notes: r.notes(head),
		Terraform: append([]string{}, r.Appliers...), Events: r.Events, Outside: r.Outside,
		Entries:       each(r.Entries, func(e evidence.LogEntry) jsonLogEntry { return jsonLogEntry{e, newJSONPlace(e.Place)} }),
		NotUnderstood: r.NotUnderstood, Plain: r.Plain,
	})
}

var (
	//go:embed log.html.tmpl
	logText     string
	logTemplate = template.Must(template.New("log").Parse(logText))
)

// logPage is a page with a table and no script.
type logPage struct {
	Policy, Title       string
	Style               template.CSS
	About, Gaps         []string
	Columns             []string
	Rows                [][]string
	NotUnderstood       []string
	Plain               []string
	TitleNotUnderstood  string
	TitlePlain, Nothing string
}

func (r LogReport) writeHTML(w io.Writer, head envelope.Envelope) error {
	visible := func(lines []string) []string { return each(lines, text.Visible) }
	return logTemplate.Execute(w, logPage{
		Policy: fmt.Sprintf("default-src 'none'; base-uri 'none'; form-action 'none'; style-src '%s'", sourceHash(pageStyle)),
		Title:  r.title(), About: visible(r.about(head)), Gaps: visible(r.Gaps),
		Style:   template.CSS(pageStyle), //nolint:gosec // It is a file of this package, with nothing put in.
		Columns: logColumns, Rows: each(r.rows(), visible),
		NotUnderstood: visible(countLines(r.NotUnderstood)), Plain: visible(countLines(r.Plain)),
		TitleNotUnderstood: titleNotUnderstood, TitlePlain: titlePlain, Nothing: r.nothing(),
	})
}
