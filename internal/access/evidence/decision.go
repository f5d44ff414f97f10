package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// MaxDecisionBytes bounds a table of decisions.
const MaxDecisionBytes = 64 << 20

// The columns of a table of decisions. People fill in the first four; a row is found by the last
// three, and everything between is what they read.
const (
	columnDecision     = "decision"
	columnBy           = "by"
	columnOn           = "on"
	columnReason       = "reason"
	columnPrincipal    = "principal"
	columnName         = "name"
	columnStatus       = "status"
	columnRole         = "role"
	columnPlace        = "place"
	columnHow          = "how"
	columnPrincipalID  = "principal_id"
	columnWay          = "way"
	columnOrganization = "organization"
)

var (
	decisionColumns = []string{columnDecision, columnBy, columnOn, columnReason}
	readColumns     = []string{
		columnPrincipal, columnName, columnStatus, columnRole, columnPlace, columnHow, columnPrincipalID, columnWay, columnOrganization,
	}
)

// DecisionColumns are the columns of a table of decisions, in order.
func DecisionColumns() []string { return slices.Concat(decisionColumns, readColumns) }

// DecisionRow is the row of a way of access in an organization, with nothing decided.
func DecisionRow(organization string, h Holding) []string {
	cells := readCells(organization, h)
	row := make([]string, 0, len(decisionColumns)+len(readColumns))
	for range decisionColumns {
		row = append(row, "")
	}
	for _, column := range readColumns {
		row = append(row, cells[column])
	}
	return row
}

func readCells(organization string, h Holding) map[string]string {
	cells := map[string]string{
		columnPrincipal: h.Reference.String(), columnName: h.Name, columnStatus: string(h.Status), columnRole: string(h.Role),
		columnPlace: h.Place.String(), columnHow: h.Text, columnPrincipalID: h.ID, columnWay: h.Way, columnOrganization: organization,
	}
	for column, cell := range cells {
		cells[column] = text.Cell(cell)
	}
	return cells
}

// What people write into the column for the decision.
const (
	keep   = "keep"
	remove = "remove"
)

// Decisions are what people decided in a table.
type Decisions struct {
	// Kept are attested by the decision, in the order of the table.
	Kept []Attestation
	// Removed are to be taken back.
	Removed []Removal
	// Undecided are the ways of the report of which a row says nothing, and Absent those without a row.
	Undecided, Absent []Holding
}

// A Removal is the decision that somebody is not to have a role any more by one way.
type Removal struct {
	Holding
	By     access.Reference
	On     baseline.Day
	Reason string
}

// Removes tells whether the way is to go.
func (d Decisions) Removes(way string) bool {
	return slices.ContainsFunc(d.Removed, func(r Removal) bool { return r.Way == way })
}

// Keeps tells whether the way is attested by the table.
func (d Decisions) Keeps(way string) bool {
	return slices.ContainsFunc(d.Kept, func(a Attestation) bool { return a.Way == way })
}

// Attestation writes the decision down.
func (r Removal) Attestation(report *Report) Attestation {
	return Remove(r.Holding, report.Find(r.By), r.On, r.Reason)
}

// A Decider is what a table leaves open.
type Decider struct {
	// By decided where a row says nobody; the zero value lets a row be wrong.
	By access.Reference
	// Until is the last day of what is attested; empty for none.
	Until baseline.Day
	// Now is when the table is read. A row without a day is of today.
	Now time.Time
}

// ReadDecisions reads a table that [DecisionRow] made of a report, after people and a spreadsheet
// had it. Columns may stand in another order, and be separated by commas, semicolons or tabs; rows
// may be gone. A row that says something else than the report is refused, unless it is in the
// columns for the decision: somebody would have decided on what is not so. The error has a line
// for each problem.
func ReadDecisions(table []byte, report *Report, decider Decider) (Decisions, error) {
	if len(table) > MaxDecisionBytes {
		return Decisions{}, fmt.Errorf("the table has %d bytes, and may have %d", len(table), MaxDecisionBytes)
	}
	if !utf8.Valid(table) {
		return Decisions{}, errors.New("the table is no UTF-8: save it as \"CSV UTF-8\"")
	}
	r := decisionReader{decider: decider, report: report, ways: map[string]Holding{}, lines: map[string]int{}, decided: map[string]bool{}}
	if organization := report.Head.Organization.ID; organization != nil {
		r.organization = *organization
	}
	for _, h := range Holdings(report.Access) {
		r.ways[h.Way] = h
	}
	columns := DecisionColumns()
	read, problems := text.TableForm{Columns: columns, Required: columns}.Read(string(table))
	for _, p := range problems {
		r.problems = append(r.problems, p)
	}
	for _, row := range read.Rows {
		if len(r.problems) >= maxFileProblems {
			break
		}
		for column, cell := range row.Cells {
			row.Cells[column] = strings.TrimSpace(cell)
		}
		r.take(row.Line, row.Cells)
	}
	if len(r.problems) > 0 {
		return Decisions{}, errors.Join(r.problems...)
	}
	for _, h := range Holdings(report.Access) {
		switch {
		case r.lines[h.Way] == 0:
			r.found.Absent = append(r.found.Absent, h)
		case !r.decided[h.Way]:
			r.found.Undecided = append(r.found.Undecided, h)
		}
	}
	return r.found, nil
}

type decisionReader struct {
	decider      Decider
	report       *Report
	organization string
	ways         map[string]Holding
	// lines are where each way was decided on.
	lines    map[string]int
	decided  map[string]bool
	found    Decisions
	problems []error
}

func (r *decisionReader) problem(line int, column, format string, args ...any) {
	r.problems = append(r.problems, text.TableProblem{Line: line, Column: column, Text: fmt.Sprintf(format, args...)})
}

// take notes what a row decides.
func (r *decisionReader) take(line int, cells map[string]string) {
	before := len(r.problems)
	h, known := r.ways[cells[columnWay]]
	if !known {
		r.problem(line, columnWay, "%q is no way of the report: the row was changed, or is of another report", cells[columnWay])
		return
	}
	for column, want := range readCells(r.organization, h) {
		if got := cells[column]; got != strings.TrimSpace(want) {
			r.problem(line, column, "it is %q, and the report says %q", got, want)
		}
	}
	if first := r.lines[h.Way]; first > 0 {
		r.problem(line, "", "it is about the same way as line %d", first)
	}
	r.lines[h.Way] = line
	decision := strings.ToLower(cells[columnDecision])
	switch decision {
	case "":
		if cells[columnBy]+cells[columnOn]+cells[columnReason] != "" {
			r.problem(line, columnDecision, "it is empty, and the row has a reason, a day or a person: write %q or %q", keep, remove)
		}
		return
	case keep, remove:
	default:
		r.problem(line, columnDecision, "it is %q, and must be %q or %q, or empty", cells[columnDecision], keep, remove)
	}
	by, on := r.by(line, cells[columnBy]), r.on(line, cells[columnOn])
	if len(r.problems) > before {
		return
	}
	r.decided[h.Way] = true
	if decision == remove {
		r.found.Removed = append(r.found.Removed, Removal{Holding: h, By: by, On: on, Reason: cells[columnReason]})
		return
	}
	if r.decider.Until != "" && r.decider.Until < on {
		r.problem(line, columnOn, "it is %s, and what is attested would end before it, on %s", on, r.decider.Until)
	}
	r.found.Kept = append(r.found.Kept, Attest(h, r.report.Find(by), on, r.decider.Until, cells[columnReason]))
}

func (r *decisionReader) by(line int, cell string) access.Reference {
	if cell == "" {
		if r.decider.By == (access.Reference{}) {
			r.problem(line, columnBy, "nobody is named who decided: write it there, or give --by")
		}
		return r.decider.By
	}
	by, err := baseline.ParseAttester(cell, access.ParseReference)
	if err != nil {
		r.problem(line, columnBy, "%s", err)
	}
	return by
}

// on is the day of a decision.
func (r *decisionReader) on(line int, cell string) baseline.Day {
	if cell == "" {
		return baseline.DayOf(r.decider.Now)
	}
	on, err := baseline.ParseSeen(cell, r.decider.Now)
	if err == nil {
		err = r.report.CheckSeen(on)
	}
	if err != nil {
		r.problem(line, columnOn, "%s", err)
	}
	return on
}
