package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// CheckFormats returns the formats of a check, the default first.
func CheckFormats() []Format { return []Format{FormatText, FormatMarkdown, FormatCSV, FormatJSON} }

// A Check is what attestations say of a report.
type Check struct {
	Report       *evidence.Report
	Attestations Attestations
	// Day is the day that was judged by.
	Day baseline.Day
	// Filters are what of the report was looked at, by name.
	Filters  map[string][]string
	Verdicts []evidence.Verdict
	// Unmatched are attestations of what the report does not show.
	Unmatched []evidence.Attestation
}

// Fine tells whether everything that was looked at is attested by somebody else.
func (c Check) Fine() bool { return len(c.problems()) == 0 }

func (c Check) problems() []evidence.Verdict {
	var found []evidence.Verdict
	for _, v := range c.Verdicts {
		if v.Rule != "" {
			found = append(found, v)
		}
	}
	return found
}

// Write writes the check; as JSON, in the envelope.
func (c Check) Write(w io.Writer, format Format, head envelope.Envelope) error {
	switch format {
	case FormatText:
		return c.writeText(w)
	case FormatMarkdown:
		return c.writeMarkdown(w)
	case FormatCSV:
		return c.writeCSV(w)
	case FormatJSON:
		return envelope.Write(w, c.json(head))
	}
	return fmt.Errorf("there is no format %q for a check", format)
}

// summary says what it comes to.
func (c Check) summary() string {
	problems := len(c.problems())
	text := fmt.Sprintf("%s of the report of %s: %d attested by somebody else on %s, %d not.",
		text.Counted(len(c.Verdicts), "way of access", "ways of access"), atUTC(c.Report.Head.Time), len(c.Verdicts)-problems, c.Day, problems)
	if c.isFiltered() {
		text += " Looked at: " + evidence.SpellFilters(c.Filters) + "."
	}
	if c.Report.IsFiltered() {
		text += " The report is of a part: " + evidence.SpellFilters(c.Report.Head.Filters) + "."
	}
	return text
}

func (c Check) isFiltered() bool {
	for _, values := range c.Filters {
		if len(values) > 0 {
			return true
		}
	}
	return false
}

func (c Check) parts() []part {
	return []part{
		{"What the report lacks", each(c.Report.Head.Gaps, func(g envelope.Gap) string { return g.Sentence })},
		{"What is not attested as it is", each(c.problems(), func(v evidence.Verdict) string { return v.Rule + ": " + v.Sentence() })},
		{"Attestations of what the report does not show", c.unmatched()},
	}
}

func (c Check) unmatched() []string {
	if c.Report.IsFiltered() && len(c.Unmatched) > 0 {
		return []string{fmt.Sprintf("%s: the report is of a part, so that nobody can tell which of them are of what is gone.",
			text.Counted(len(c.Unmatched), "attestation", "attestations"))}
	}
	return each(c.Unmatched, func(a evidence.Attestation) string {
		how, what := "directly", "by"
		if a.Through != "" {
			how = "through " + a.Through
		}
		if a.IsRemoval {
			what = "to go, as decided by"
		}
		return fmt.Sprintf("%s as %s of %s, %s, %s %s on %s", a.Principal.Reference, a.Role, a.Place, how, what, a.By, a.On)
	})
}

func (c Check) writeText(w io.Writer) error {
	var b strings.Builder
	b.WriteString(text.Visible(c.summary()) + "\n")
	for _, p := range c.parts() {
		if len(p.lines) == 0 {
			continue
		}
		b.WriteString("\n" + strings.ToUpper(p.title) + "\n")
		for _, line := range p.lines {
			b.WriteString("  " + text.Visible(line) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (c Check) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Attestations of access\n\n%s\n", text.Markdown(c.summary()))
	for _, p := range c.parts() {
		if len(p.lines) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n", p.title)
		for _, line := range p.lines {
			fmt.Fprintf(&b, "- %s\n", text.Markdown(line))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (c Check) writeCSV(w io.Writer) error {
	rows := [][]string{{"rule", "principal", "name", "role", "place", "how", "by", "on", "until", "principal_id", "way", "text"}}
	for _, v := range c.Verdicts {
		row := []string{v.Rule, v.Reference.String(), v.Name, string(v.Role), v.Place.String(), v.Text, "", "", "", v.ID, v.Way, v.Sentence()}
		if a := v.Attestation; a != nil {
			row[6], row[7], row[8] = a.By.String(), string(a.On), string(a.Until)
		}
		rows = append(rows, each(row, noFormula))
	}
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// The JSON form of a check. Lists are never null.

type jsonCheck struct {
	envelope.Envelope
	Report       jsonCompared      `json:"report"`
	Day          string            `json:"day"`
	Attestations Attestations      `json:"attestations"`
	Ways         []jsonVerdict     `json:"ways"`
	Unmatched    []jsonAttestation `json:"unmatched"`
}

type jsonVerdict struct {
	jsonSubject
	Role string `json:"role"`
	jsonPlace
	Via []reference `json:"via"`
	Way string      `json:"way"`
	// Rule is nil for a way that is attested by somebody else.
	Rule        *string          `json:"rule"`
	Sentence    string           `json:"sentence"`
	Attestation *jsonAttestation `json:"attestation"`
}

type jsonAttestation struct {
	jsonSubject
	Role string `json:"role"`
	jsonPlace
	Way       string    `json:"way"`
	Decision  string    `json:"decision"`
	By        reference `json:"by"`
	On        string    `json:"on"`
	Until     string    `json:"until,omitempty"`
	Reference string    `json:"reference,omitempty"`
}

func (c Check) json(head envelope.Envelope) jsonCheck {
	head.Organization, head.Filters = c.Report.Head.Organization, c.Filters
	return jsonCheck{
		Envelope: head.Of("attestation_check", c.Report.Head.Gaps), Report: compared(c.Report), Day: string(c.Day), Attestations: c.Attestations,
		Ways: each(c.Verdicts, newJSONVerdict), Unmatched: each(c.Unmatched, newJSONAttestation),
	}
}

func newJSONVerdict(v evidence.Verdict) jsonVerdict {
	told := jsonVerdict{
		jsonSubject: newJSONSubject(v.Subject), Role: string(v.Role), jsonPlace: newJSONPlace(v.Place), Way: v.Way, Sentence: v.Sentence(),
		Via: each(v.Via, func(s evidence.Subject) reference { return reference(s.Reference) }),
	}
	if v.Rule != "" {
		told.Rule = &v.Rule
	}
	if v.Attestation != nil {
		attestation := newJSONAttestation(*v.Attestation)
		told.Attestation = &attestation
	}
	return told
}

func newJSONAttestation(a evidence.Attestation) jsonAttestation {
	decision := "keep"
	if a.IsRemoval {
		decision = "remove"
	}
	return jsonAttestation{
		newJSONSubject(a.Principal), string(a.Role), newJSONPlace(a.Place), a.Way, decision, reference(a.By), string(a.On), string(a.Until), a.Reference,
	}
}
