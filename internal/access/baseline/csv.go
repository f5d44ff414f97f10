package baseline

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
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

// A CSVProblem is something that is wrong with a table.
type CSVProblem struct {
	// Line counts from 1, which is the head. It is 0 for the table as a whole.
	Line int
	// Column is the name of the column; empty for the whole line.
	Column string
	Text   string
}

func (p CSVProblem) Error() string {
	switch {
	case p.Line == 0:
		return p.Text
	case p.Column == "":
		return fmt.Sprintf("line %d: %s", p.Line, p.Text)
	}
	return fmt.Sprintf("line %d, column %s: %s", p.Line, p.Column, p.Text)
}

// ReadCSV reads a table of what somebody saw. Columns are separated by commas or, as
// spreadsheets of some countries write it, by semicolons. Whether there are such places is
// for the baseline to tell that it is compared with.
func (m *Model) ReadCSV(table string) (Observation, []CSVProblem) {
	table = strings.TrimPrefix(table, byteOrderMark)
	if len(table) > MaxCSVBytes {
		return Observation{}, []CSVProblem{{Text: fmt.Sprintf("the table has %d bytes, and may have %d", len(table), MaxCSVBytes)}}
	}
	r := &csvReader{Model: m, reader: csv.NewReader(strings.NewReader(table)), seen: map[access.Grant]int{}}
	r.reader.FieldsPerRecord = -1
	if head, _, _ := strings.Cut(table, "\n"); strings.Contains(head, ";") && !strings.Contains(head, ",") {
		r.reader.Comma = ';'
	}
	if r.head() {
		for r.row() {
			continue
		}
	}
	if len(r.found) > 0 {
		return Observation{}, r.found
	}
	slices.SortFunc(r.observation.Places, access.Place.Compare)
	r.observation.Places = slices.Compact(r.observation.Places)
	return r.observation, nil
}

const byteOrderMark = "\ufeff"

type csvReader struct {
	*Model
	reader      *csv.Reader
	columns     []string
	seen        map[access.Grant]int
	rows        int
	observation Observation
	found       []CSVProblem
}

func (r *csvReader) problem(line int, column, format string, args ...any) {
	if len(r.found) <= maxProblems {
		r.found = append(r.found, CSVProblem{line, column, fmt.Sprintf(format, args...)})
	}
}

// head reads the first line. It tells whether it makes sense to read on.
func (r *csvReader) head() bool {
	columns, err := r.reader.Read()
	if err != nil {
		r.problem(0, "", "the table is empty, or no table: its first line names the columns %s", strings.Join(csvColumns[:3], ", "))
		return false
	}
	for i, column := range columns {
		column = strings.ToLower(strings.TrimSpace(column))
		switch {
		case !slices.Contains(csvColumns, column) && len(column) > maxLength:
			r.problem(1, "", "column %d has a name of %d bytes", i+1, len(column))
		case !slices.Contains(csvColumns, column):
			r.problem(1, "", "%q is no column; there are %s", column, strings.Join(csvColumns, ", "))
		case slices.Contains(r.columns, column):
			r.problem(1, column, "the column is there twice")
		}
		r.columns = append(r.columns, column)
	}
	for _, column := range csvColumns[:3] {
		if !slices.Contains(r.columns, column) {
			r.problem(1, column, "the column is missing")
		}
	}
	return len(r.found) == 0
}

// row reads one. It tells whether there may be more.
func (r *csvReader) row() bool {
	fields, err := r.reader.Read()
	if errors.Is(err, io.EOF) {
		return false
	}
	var malformed *csv.ParseError
	if errors.As(err, &malformed) {
		r.problem(malformed.Line, "", "%s", malformed.Err)
		return false
	}
	if err != nil {
		r.problem(0, "", "%s", err)
		return false
	}
	line, _ := r.reader.FieldPos(0)
	if r.rows++; r.rows > MaxGrants {
		r.problem(0, "", "the table has more than %d rows", MaxGrants)
		return false
	}
	cells := map[string]string{}
	for i, field := range fields {
		switch {
		case i < len(r.columns):
			cells[r.columns[i]] = plain(field)
		case field != "":
			r.problem(line, "", "there are %d cells, and %d columns", len(fields), len(r.columns))
			return len(r.found) < maxProblems
		}
	}
	if strings.Join(fields, "") != "" {
		r.take(line, cells)
	}
	return len(r.found) < maxProblems
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
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
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
