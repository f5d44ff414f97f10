package report

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// csvHeader names the columns. A row says something about the report, such as the organization
// or a filter, or is a gap, a rule that is ignored, a finding, an excepted finding or an access,
// as its first column says, and leaves the columns of the others empty. The last column is there
// only where the report tells since when.
var csvHeader = []string{
	"record", "severity", "rule", "project", "signing_policy", "principal", "in_force", "permission",
	"text", "why", "advice", "source", "evidence", "fingerprint", "since",
}

// writeCSV writes the report for a spreadsheet: one row for each permission that
// somebody has somewhere. Without the mark of the byte order, spreadsheets take UTF-8 for the
// code page of the machine.
func (r *Report) writeCSV(w io.Writer, head envelope.Envelope) error {
	rows := append([][]string{csvHeader}, r.csvAbout(head)...)
	for _, gap := range r.Survey.Gaps {
		rows = append(rows, csvRow(map[string]string{"record": "gap", "text": gap}))
	}
	for _, rule := range r.Ignored {
		rows = append(rows, csvRow(map[string]string{"record": "ignored", "severity": string(review.Ignore), "rule": rule, "text": "The rule is switched off."}))
	}
	for _, finding := range r.Findings {
		rows = append(rows, csvRow(csvFinding("finding", finding)))
	}
	for _, excepted := range r.Excepted {
		row := csvFinding("excepted", excepted.Finding)
		row["advice"] = "Excepted until " + excepted.Exception.Until.Format(time.DateOnly) + ": " + excepted.Exception.Reason
		rows = append(rows, csvRow(row))
	}
	for _, access := range r.Access {
		row := csvAccess(access)
		row["since"] = strings.Join(each(access.Reasons, func(reason review.Reason) string { return r.sinceOf(access.Principal, reason) }), "; ")
		rows = append(rows, csvRow(row))
	}
	for _, activation := range r.activationRows() {
		rows = append(rows, csvRow(map[string]string{"record": "activation", "principal": activation[0], "since": activation[1]}))
	}
	if r.origins == nil {
		for i, row := range rows {
			rows[i] = row[:len(row)-1]
		}
	}
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	return csv.NewWriter(w).WriteAll(rows)
}

const byteOrderMark = text.ByteOrderMark

// csvAbout are rows on the report itself, so that the file is evidence on its own.
func (r *Report) csvAbout(head envelope.Envelope) [][]string {
	var rows [][]string
	about := func(record, text string) {
		if text != "" {
			rows = append(rows, csvRow(map[string]string{"record": record, "text": text}))
		}
	}
	about("organization", r.organization(head))
	about("time", r.at(head))
	about("reader", r.readBy())
	if head.Tool.Name != "" {
		about("tool", head.Tool.Name+" "+head.Tool.Version)
	}
	if len(r.Survey.Gaps) > 0 {
		about("complete", "no")
	} else {
		about("complete", "yes")
	}
	about("filtered", r.filtered(head))
	about("audit_log", r.looked())
	if head.Rules != nil {
		for _, weaker := range head.Rules.Weaker {
			rows = append(rows, csvRow(map[string]string{"record": "weaker", "rule": weaker.Rule, "text": weaker.Sentence}))
		}
	}
	for _, unmatched := range r.Unmatched {
		about("unmatched", unmatched)
	}
	return rows
}

func csvFinding(record string, finding review.Finding) map[string]string {
	row := map[string]string{
		"record": record, "severity": string(finding.Severity), "rule": finding.Rule, "text": finding.Sentence,
		"principal": spellReferences(finding.Principals), "why": spellReasons(finding.Reasons),
		"advice": finding.Advice, "source": finding.Source, "evidence": string(finding.Evidence), "fingerprint": finding.Fingerprint(),
	}
	// What is about several places names them in its text.
	if len(finding.Places) == 1 {
		row["project"], row["signing_policy"] = finding.Places[0].Slug(0), finding.Places[0].Slug(1)
	}
	return row
}

func csvAccess(row review.Access) map[string]string {
	return map[string]string{
		"record": "access", "project": row.Place.Slug(0), "signing_policy": row.Place.Slug(1),
		"principal": row.Principal.String(), "in_force": inForce(row.Status), "permission": row.Permission.String(),
		"why": spellReasons(row.Reasons), "source": spellOnce(row.Reasons, review.Reason.Source),
		"evidence": spellOnce(row.Reasons, func(reason review.Reason) string { return string(reason.Evidence()) }),
	}
}

func csvRow(values map[string]string) []string {
	row := make([]string, len(csvHeader))
	for i, column := range csvHeader {
		row[i] = noFormula(values[column])
	}
	return row
}

// noFormula is [text.Cell].
func noFormula(cell string) string { return text.Cell(cell) }

func spellReferences(references []access.Reference) string {
	return strings.Join(access.Spell(references), "; ")
}

func spellReasons(reasons []review.Reason) string {
	return strings.Join(access.Spell(reasons), "; ")
}

// spellOnce leaves out what another reason has said.
func spellOnce(reasons []review.Reason, say func(review.Reason) string) string {
	said := each(reasons, say)
	slices.Sort(said)
	return strings.Join(slices.Compact(said), "; ")
}
