package text

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A TableForm says which columns a table can have that people filled in with a spreadsheet.
type TableForm struct {
	// Columns are their names, in lower case, and Required those that have to be there.
	Columns, Required []string
	// MostRows bounds how many rows say something; 0 for no bound.
	MostRows int
}

// A Table is what was read. A row that says nothing is left out.
type Table struct {
	Columns []string
	Rows    []TableRow
}

// A TableRow is one row: its line, which counts from 1, and its cells by the names of columns, as
// they were written.
type TableRow struct {
	Line  int
	Cells map[string]string
}

// A TableProblem is something that is wrong with a table.
type TableProblem struct {
	// Line counts from 1, which is the head. It is 0 for the table as a whole.
	Line int
	// Column is the name of the column; empty for the whole line.
	Column string
	Text   string
}

func (p TableProblem) Error() string {
	switch {
	case p.Line == 0:
		return p.Text
	case p.Column == "":
		return fmt.Sprintf("line %d: %s", p.Line, p.Text)
	}
	return fmt.Sprintf("line %d, column %s: %s", p.Line, p.Column, p.Text)
}

// Read reads a table as spreadsheets write it: in CSV, with commas, semicolons or tabs between
// columns, in any order of columns, and perhaps with a byte order mark. It goes on behind a row that
// has something wrong with it, and returns all problems, in the order of lines.
func (f TableForm) Read(table string) (Table, []TableProblem) {
	table = strings.TrimPrefix(table, ByteOrderMark)
	r := tableReader{TableForm: f, reader: csv.NewReader(strings.NewReader(table))}
	r.reader.FieldsPerRecord = -1
	r.reader.Comma = separator(table)
	if r.head() {
		for r.row() {
			continue
		}
	}
	return r.table, r.problems
}

// separator is what stands most often in the first line, of those that spreadsheets write.
func separator(table string) rune {
	head, _, _ := strings.Cut(table, "\n")
	best := ','
	for _, candidate := range ",;\t" {
		if strings.Count(head, string(candidate)) > strings.Count(head, string(best)) {
			best = candidate
		}
	}
	return best
}

type tableReader struct {
	TableForm
	reader   *csv.Reader
	table    Table
	problems []TableProblem
}

func (r *tableReader) problem(line int, column, format string, arguments ...any) {
	r.problems = append(r.problems, TableProblem{line, column, fmt.Sprintf(format, arguments...)})
}

// longestName bounds what is told of a name that is no column.
const longestName = 200

// head reads the first line. It tells whether it makes sense to read on.
func (r *tableReader) head() bool {
	columns, err := r.reader.Read()
	if err != nil {
		r.problem(0, "", "the table is empty, or no table: its first line names the columns %s", strings.Join(r.Required, ", "))
		return false
	}
	for i, column := range columns {
		column = strings.ToLower(strings.TrimSpace(column))
		isKnown := slices.Contains(r.Columns, column)
		switch {
		case column == "":
		case !isKnown && len(column) > longestName:
			r.problem(1, "", "column %d has a name of %d bytes", i+1, len(column))
		case !isKnown:
			r.problem(1, "", "%q is no column; there are %s", column, strings.Join(r.Columns, ", "))
		case slices.Contains(r.table.Columns, column):
			r.problem(1, column, "the column is there twice")
		}
		r.table.Columns = append(r.table.Columns, column)
	}
	for _, column := range r.Required {
		if !slices.Contains(r.table.Columns, column) {
			r.problem(1, column, "the column is missing")
		}
	}
	return len(r.problems) == 0
}

// row reads one. It tells whether there may be more.
func (r *tableReader) row() bool {
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
	if strings.TrimSpace(strings.Join(fields, "")) == "" {
		return true
	}
	line, _ := r.reader.FieldPos(0)
	if r.MostRows > 0 && len(r.table.Rows) == r.MostRows {
		r.problem(0, "", "the table has more than %d rows", r.MostRows)
		return false
	}
	row := TableRow{line, map[string]string{}}
	for i, field := range fields {
		switch {
		case i < len(r.table.Columns) && r.table.Columns[i] != "":
			row.Cells[r.table.Columns[i]] = field
		case strings.TrimSpace(field) == "":
		case i < len(r.table.Columns):
			r.problem(line, "", "there is %q in a column without a name", field)
		default:
			r.problem(line, "", "there are %d cells, and %d columns", len(fields), len(r.table.Columns))
			return true
		}
	}
	r.table.Rows = append(r.table.Rows, row)
	return true
}
