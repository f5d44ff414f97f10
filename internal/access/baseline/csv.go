package baseline

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// MaxCSVBytes bounds a table of what somebody saw.
const MaxCSVBytes = 4 << 20

// The columns of a table of what somebody saw. The first three are required. If seen_on is
// there, each row has in it the day on which somebody saw it, or "no" if it is not there: a
// row that only stands in the template was seen by nobody.
const (
	columnPlace     = "place"
	columnRole      = "role"
	columnPrincipal = "principal"
	columnSeenOn    = "seen_on"
	columnNote      = "note"
)

var csvColumns = []string{columnPlace, columnRole, columnPrincipal, columnSeenOn, columnNote}

// notSeen stands in seen_on for what somebody looked for and did not find.
const notSeen = "no"

// An Observation is what somebody saw.
type Observation struct {
	// Rows are in the order of the table.
	Rows []access.Grant
	// Places are all that rows name, in order, but for the organization.
	Places []access.Place
	// First and Last are the days of the earliest and of the latest row; empty where the table
	// has no days.
	First, Last Day
}

// ReadCSV reads a table of what somebody saw. Columns are separated by commas or, as
// spreadsheets of some countries write it, by semicolons or tabs. Whether there are such places is
// for the baseline to tell that it is compared with.
func (m *Model) ReadCSV(table string) (Observation, []text.TableProblem) {
	if len(table) > MaxCSVBytes {
		return Observation{}, []text.TableProblem{{Text: fmt.Sprintf("the table has %d bytes, and may have %d", len(table), MaxCSVBytes)}}
	}
	read, problems := text.TableForm{Columns: csvColumns, Required: csvColumns[:3], MostRows: MaxGrants}.Read(table)
	r := &csvReader{Model: m, columns: read.Columns, seen: map[access.Grant]int{}, found: problems}
	for _, row := range read.Rows {
		for column, cell := range row.Cells {
			row.Cells[column] = plain(cell)
		}
		r.take(row.Line, row.Cells)
	}
	if len(r.found) > 0 {
		slices.SortStableFunc(r.found, func(a, b text.TableProblem) int { return a.Line - b.Line })
		return Observation{}, r.found[:min(len(r.found), maxProblems)]
	}
	slices.SortFunc(r.observation.Places, access.Place.Compare)
	r.observation.Places = slices.Compact(r.observation.Places)
	return r.observation, nil
}

type csvReader struct {
	*Model
	columns     []string
	seen        map[access.Grant]int
	observation Observation
	found       []text.TableProblem
}

func (r *csvReader) problem(line int, column, format string, args ...any) {
	r.found = append(r.found, text.TableProblem{Line: line, Column: column, Text: fmt.Sprintf(format, args...)})
}

// take notes a row that says something.
func (r *csvReader) take(line int, cells map[string]string) {
	before := len(r.found)
	day, isSeen := r.seenOn(line, cells[columnSeenOn])
	grant := access.Grant{Role: access.Role(cells[columnRole])}
	if err := checkName(cells[columnPlace], columnPlace); err != nil {
		r.problem(line, columnPlace, "%s", err)
	} else if place, err := r.Vocabulary.ParsePlaceKey(cells[columnPlace]); err != nil {
		r.problem(line, columnPlace, "%s", err)
	} else if err := r.checkRole(grant.Role, place, false); err != nil {
		r.problem(line, columnRole, "%s", err)
	} else {
		grant.Place = place
	}
	var err error
	if grant.Principal, err = r.ParsePrincipal(cells[columnPrincipal]); err != nil {
		r.problem(line, columnPrincipal, "%s", err)
	}
	if len(r.found) > before {
		return
	}
	if first := r.seen[grant.Folded()]; first > 0 {
		r.problem(line, "", "it says the same as line %d", first)
		return
	}
	r.seen[grant.Folded()] = line
	if !isSeen {
		return
	}
	r.observation.Rows = append(r.observation.Rows, grant)
	if grant.Place != (access.Place{}) {
		r.observation.Places = append(r.observation.Places, grant.Place)
	}
	if day != "" && (r.observation.First == "" || day < r.observation.First) {
		r.observation.First = day
	}
	r.observation.Last = max(r.observation.Last, day)
}

// seenOn tells when the row was seen, and whether it was.
func (r *csvReader) seenOn(line int, cell string) (Day, bool) {
	switch cell = strings.TrimSpace(cell); {
	case !slices.Contains(r.columns, columnSeenOn):
		return "", true
	case strings.EqualFold(cell, notSeen):
		return "", false
	case cell == "":
		r.problem(line, columnSeenOn, "it is empty: write the day on which you saw the row, or %q if it is not there", notSeen)
		return "", false
	}
	day, err := ParseDay(cell)
	if err != nil {
		r.problem(line, columnSeenOn, "%s, or %q if it is not there", err, notSeen)
	}
	return day, err == nil
}

// WriteTemplate writes a table with a row for each grant that is expected, in which somebody
// notes what was seen. Nothing in it counts as seen.
func (b Baseline) WriteTemplate(w io.Writer) error {
	rows := [][]string{csvColumns}
	for _, g := range b.Grants {
		rows = append(rows, []string{shielded(b.Model.Vocabulary.PlaceKey(g.Place)), shielded(string(g.Role)), shielded(g.Principal.String()), "", ""})
	}
	if _, err := io.WriteString(w, text.ByteOrderMark); err != nil {
		return err
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// formulas are what a cell begins with that a spreadsheet would calculate.
const formulas = "=+-@"

// shielded keeps a spreadsheet from taking a name for a formula.
func shielded(text string) string {
	if text != "" && strings.ContainsRune(formulas+"'", rune(text[0])) {
		return "'" + text
	}
	return text
}

// plain takes off what shielded has put before a name.
func plain(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune(formulas+"'", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}
