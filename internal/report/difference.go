package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// DifferenceFormats returns the formats of a difference, the default first.
func DifferenceFormats() []Format {
	return []Format{FormatText, FormatMarkdown, FormatCSV, FormatJSON}
}

// A Difference is what is different between two reports, to be told.
type Difference struct{ *evidence.Difference }

// Head completes the envelope. Its filters are those of both reports: what either of them leaves
// out, the difference does not tell.
func (d Difference) Head(head envelope.Envelope) envelope.Envelope {
	head.Organization, head.Filters = d.New.Head.Organization, map[string][]string{}
	for _, filters := range []map[string][]string{d.Old.Head.Filters, d.New.Head.Filters} {
		for name, values := range filters {
			head.Filters[name] = append(head.Filters[name], values...)
		}
	}
	for name, values := range head.Filters {
		slices.Sort(values)
		head.Filters[name] = append([]string{}, slices.Compact(values)...)
	}
	return head.Of("review_difference", envelope.Gaps(d.Gaps...))
}

// Write writes the difference; as JSON, in the envelope.
func (d Difference) Write(w io.Writer, format Format, head envelope.Envelope) error {
	switch format {
	case FormatText:
		return d.writeText(w)
	case FormatMarkdown:
		return d.writeMarkdown(w)
	case FormatCSV:
		return d.writeCSV(w)
	case FormatJSON:
		return envelope.Write(w, d.json(head))
	}
	return fmt.Errorf("there is no format %q for a difference", format)
}

// title says which two reports are compared.
func (d Difference) title() string {
	organization := d.New.Head.Organization
	name := *organization.ID
	if organization.Name != nil && *organization.Name != "" {
		name += " (" + *organization.Name + ")"
	}
	return fmt.Sprintf("What changed in organization %s from %s to %s", name, atUTC(d.Old.Head.Time), atUTC(d.New.Head.Time))
}

func atUTC(t time.Time) string { return t.UTC().Format("2006-01-02 at 15:04 UTC") }

// conclusion says what it comes to. Nobody is told that nothing changed who cannot know it.
func (d Difference) conclusion() string {
	switch {
	case !d.Same():
		gained, lost := 0, 0
		for _, c := range d.Changes {
			if c.IsGain() {
				gained++
			} else {
				lost++
			}
		}
		return fmt.Sprintf("%s and %s of access; %d new findings, %d gone.",
			text.Counted(gained, "gain", "gains"), text.Counted(lost, "loss", "losses"), len(d.Introduced), len(d.Resolved))
	case len(d.Gaps) > 0:
		return "What both reports show is the same. Whether anything else changed, they do not tell."
	case d.New.IsFiltered():
		return "Nothing changed in what both reports show: " + evidence.SpellFilters(d.New.Head.Filters) + "."
	}
	return "Nothing changed."
}

// A part is a heading with sentences.
type part struct {
	title string
	lines []string
}

// parts are what there is to tell, without what is empty.
func (d Difference) parts() []part {
	all := []part{
		{"What cannot be told", d.Gaps},
		{"Who gained and lost what", each(d.Changes, func(c evidence.Change) string { return c.String() + ": " + strings.Join(c.Reasons, "; ") })},
		{"The same access, by other ways", each(d.Ways, func(w evidence.WayChange) string {
			return fmt.Sprintf("%s has %s on %s as %s; it was: %s", w.Reference, w.Permission.Noun, w.Place, strings.Join(w.After, "; "), strings.Join(w.Before, "; "))
		})},
		{"Called otherwise", each(d.Renamed, func(r evidence.Rename) string { return fmt.Sprintf("%s is now called %s", r.Before, r.After) })},
		{"Projects and signing policies that are called otherwise", each(d.RenamedPlaces, func(r evidence.PlaceRename) string {
			return fmt.Sprintf("%s is now called %s", r.Before, r.After)
		})},
		{"New findings", each(d.Introduced, spellFinding)},
		{"Findings that are gone", each(d.Resolved, spellFinding)},
		{"Findings that an exception lets pass now", each(d.Excepted, func(f review.ExceptedRecord) string {
			return spellFinding(f.FindingRecord) + " Until " + f.Until + ": " + f.Reason
		})},
		{"Settings that changed", each(d.Settings, func(s evidence.SettingChange) string {
			return fmt.Sprintf("%s of %s was %s and is %s", s.Setting, s.Place, spellValue(s.Before), spellValue(s.After))
		})},
		{"New projects and signing policies", access.Spell(d.Come)},
		{"Projects and signing policies that are gone", access.Spell(d.Gone)},
		{"Projects and signing policies that others of the same name took the place of", access.Spell(d.Replaced)},
		{"What else the reports do not have in common", d.Notes},
		{"The reports", []string{"Old: " + spellReport(d.Old), "New: " + spellReport(d.New)}},
	}
	var told []part
	for _, p := range all {
		if len(p.lines) > 0 {
			told = append(told, p)
		}
	}
	return told
}

// spellReport says what a report is, so that nobody has to trust a file's name.
func spellReport(r *evidence.Report) string {
	reader := "nobody who is told"
	if by := r.Head.ReadBy; by != nil {
		reader = fmt.Sprintf("%s (%s)", by.Member, by.Role)
	}
	return fmt.Sprintf("of %s, read by %s, shows %s, SHA-256 %s", atUTC(r.Head.Time), reader, evidence.SpellFilters(r.Head.Filters), r.SHA256)
}

func spellFinding(f review.FindingRecord) string {
	return f.Severity + " " + f.Rule + ": " + f.Sentence
}

func spellValue(value any) string {
	switch value := value.(type) {
	case nil:
		return "not known"
	case string:
		return fmt.Sprintf("%q", value)
	default:
		return fmt.Sprint(value)
	}
}

func (d Difference) writeText(w io.Writer) error {
	var b strings.Builder
	line := func(indent, sentence string) { b.WriteString(indent + text.Visible(sentence) + "\n") }
	line("", d.title())
	line("", d.conclusion())
	for _, p := range d.parts() {
		line("", "")
		line("", strings.ToUpper(p.title))
		for _, sentence := range p.lines {
			line("  ", sentence)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (d Difference) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", text.Markdown(d.title()), text.Markdown(d.conclusion()))
	for _, p := range d.parts() {
		fmt.Fprintf(&b, "\n## %s\n\n", p.title)
		for _, sentence := range p.lines {
			fmt.Fprintf(&b, "- %s\n", text.Markdown(sentence))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var differenceHeader = []string{
	"record", "direction", "principal", "principal_id", "permission", "project", "signing_policy", "severity", "rule", "fingerprint",
	"setting", "before", "after", "text",
}

func (d Difference) writeCSV(w io.Writer) error {
	rows := [][]string{differenceHeader}
	add := func(values map[string]string) {
		rows = append(rows, each(differenceHeader, func(column string) string { return noFormula(values[column]) }))
	}
	about := func(record string, sentences ...string) {
		for _, sentence := range sentences {
			add(map[string]string{"record": record, "text": sentence})
		}
	}
	about("difference", d.title(), d.conclusion())
	about("gap", d.Gaps...)
	about("note", d.Notes...)
	for _, c := range d.Changes {
		row := csvSubject("change", c.Subject, c.Permission, c.Place)
		row["direction"], row["text"] = string(c.Direction), c.String()
		if c.IsGain() {
			row["after"] = strings.Join(c.Reasons, "; ")
		} else {
			row["before"] = strings.Join(c.Reasons, "; ")
		}
		add(row)
	}
	for _, c := range d.Ways {
		row := csvSubject("way", c.Subject, c.Permission, c.Place)
		row["before"], row["after"] = strings.Join(c.Before, "; "), strings.Join(c.After, "; ")
		add(row)
	}
	for _, r := range d.Renamed {
		add(map[string]string{"record": "renamed", "principal": r.After, "principal_id": r.ID, "before": r.Before, "after": r.After})
	}
	finding := func(record string, f review.FindingRecord) {
		add(map[string]string{
			"record": record, "severity": f.Severity, "rule": f.Rule, "fingerprint": f.Fingerprint, "text": f.Sentence,
			"principal": strings.Join(f.Principals, "; "),
		})
	}
	for _, f := range d.Introduced {
		finding("finding", f)
	}
	for _, f := range d.Resolved {
		finding("finding gone", f)
	}
	for _, f := range d.Excepted {
		finding("finding excepted", f.FindingRecord)
	}
	for _, s := range d.Settings {
		add(map[string]string{
			"record": "setting", "project": s.Place.Slug(0), "signing_policy": s.Place.Slug(1), "setting": s.Setting,
			"before": spellValue(s.Before), "after": spellValue(s.After),
		})
	}
	for _, r := range d.RenamedPlaces {
		add(map[string]string{
			"record": "renamed", "project": r.After.Slug(0), "signing_policy": r.After.Slug(1), "before": r.Before.String(), "after": r.After.String(),
		})
	}
	for _, of := range []struct {
		record string
		places []access.Place
	}{{"new", d.Come}, {"gone", d.Gone}, {"replaced", d.Replaced}} {
		for _, place := range of.places {
			add(map[string]string{"record": of.record, "project": place.Slug(0), "signing_policy": place.Slug(1)})
		}
	}
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	return csv.NewWriter(w).WriteAll(rows)
}

func csvSubject(record string, who evidence.Subject, permission access.Permission, place access.Place) map[string]string {
	return map[string]string{
		"record": record, "principal": who.Reference.String(), "principal_id": who.ID, "permission": permission.String(),
		"project": place.Slug(0), "signing_policy": place.Slug(1),
	}
}

// The JSON form of a difference. Lists are never null.

type jsonDifference struct {
	envelope.Envelope
	Old  jsonCompared `json:"old"`
	New  jsonCompared `json:"new"`
	Same bool         `json:"same"`

	Notes      []string                `json:"notes"`
	Changes    []jsonChange            `json:"changes"`
	Ways       []jsonWayChange         `json:"ways"`
	Renamed    []jsonRename            `json:"renamed"`
	Introduced []review.FindingRecord  `json:"introduced"`
	Resolved   []review.FindingRecord  `json:"resolved"`
	Excepted   []review.ExceptedRecord `json:"excepted"`
	Settings   []jsonSettingChange     `json:"settings"`
	Come       []jsonPlace             `json:"places_new"`
	Gone       []jsonPlace             `json:"places_gone"`
	Replaced   []jsonPlace             `json:"places_replaced"`
	Moved      []jsonPlaceRename       `json:"places_renamed"`
}

// A jsonCompared is one of the reports.
type jsonCompared struct {
	SHA256   string              `json:"sha256"`
	Time     time.Time           `json:"time"`
	Tool     envelope.Tool       `json:"tool"`
	ReadBy   *envelope.Reader    `json:"read_by"`
	Filters  map[string][]string `json:"filters"`
	Rules    *string             `json:"rules_sha256"`
	Complete bool                `json:"complete"`
}

type jsonSubject struct {
	Principal reference `json:"principal"`
	ID        string    `json:"principal_id"`
	Name      string    `json:"name,omitempty"`
}

func newJSONSubject(s evidence.Subject) jsonSubject {
	return jsonSubject{reference(s.Reference), s.ID, s.Name}
}

type jsonChange struct {
	Direction string `json:"direction"`
	jsonSubject
	Permission string `json:"permission"`
	jsonPlace
	Reasons  []string `json:"reasons"`
	Sentence string   `json:"sentence"`
}

type jsonWayChange struct {
	jsonSubject
	Permission string `json:"permission"`
	jsonPlace
	Before []string `json:"before"`
	After  []string `json:"after"`
}

type jsonRename struct {
	ID     string `json:"principal_id"`
	Before string `json:"before"`
	After  string `json:"after"`
}

type jsonPlaceRename struct {
	Before jsonPlace `json:"before"`
	After  jsonPlace `json:"after"`
}

type jsonSettingChange struct {
	jsonPlace
	Setting string `json:"setting"`
	Before  any    `json:"before"`
	After   any    `json:"after"`
}

func (d Difference) json(head envelope.Envelope) jsonDifference {
	return jsonDifference{
		Envelope: d.Head(head), Old: compared(d.Old), New: compared(d.New), Same: d.Same(),
		Notes: append([]string{}, d.Notes...),
		Changes: each(d.Changes, func(c evidence.Change) jsonChange {
			return jsonChange{string(c.Direction), newJSONSubject(c.Subject), c.Permission.String(), newJSONPlace(c.Place), c.Reasons, c.String() + "."}
		}),
		Ways: each(d.Ways, func(c evidence.WayChange) jsonWayChange {
			return jsonWayChange{newJSONSubject(c.Subject), c.Permission.String(), newJSONPlace(c.Place), c.Before, c.After}
		}),
		Renamed:    each(d.Renamed, func(r evidence.Rename) jsonRename { return jsonRename(r) }),
		Introduced: append([]review.FindingRecord{}, d.Introduced...),
		Resolved:   append([]review.FindingRecord{}, d.Resolved...),
		Excepted:   append([]review.ExceptedRecord{}, d.Excepted...),
		Settings: each(d.Settings, func(c evidence.SettingChange) jsonSettingChange {
			return jsonSettingChange{newJSONPlace(c.Place), c.Setting, c.Before, c.After}
		}),
		Come: each(d.Come, newJSONPlace), Gone: each(d.Gone, newJSONPlace), Replaced: each(d.Replaced, newJSONPlace),
		Moved: each(d.RenamedPlaces, func(r evidence.PlaceRename) jsonPlaceRename {
			return jsonPlaceRename{newJSONPlace(r.Before), newJSONPlace(r.After)}
		}),
	}
}

func compared(r *evidence.Report) jsonCompared {
	of := jsonCompared{
		SHA256: r.SHA256, Time: r.Head.Time, Tool: r.Head.Tool, ReadBy: r.Head.ReadBy, Filters: r.Head.Filters, Complete: r.Head.Complete,
	}
	if r.Head.Rules != nil {
		of.Rules = r.Head.Rules.SHA256
	}
	return of
}
