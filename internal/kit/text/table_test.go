package text_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

func TestTables(t *testing.T) {
	form := text.TableForm{Columns: []string{"who", "note", "day"}, Required: []string{"who", "note"}, MostRows: 2}
	row := func(line int, who, note string) text.TableRow {
		return text.TableRow{Line: line, Cells: map[string]string{"who": who, "note": note}}
	}
	for table, want := range map[string][]text.TableRow{
		"who,note\na,b\n":                      {row(2, "a", "b")},
		"\ufeffNote; WHO\r\nb;a\r\n;\r\n d ;c": {row(2, "a", "b"), row(4, "c", " d ")},
		"who\tnote\t\na\t\"x, y; z\"\t\n":      {row(2, "a", "x, y; z")},
		"who,note\n\"two\nlines\",b\n,\nc,d\n": {row(2, "two\nlines", "b"), row(5, "c", "d")},
		"who,note,,\na,b,,,\n":                 {row(2, "a", "b")},
		"who,note\n":                           nil,
	} {
		if read, problems := form.Read(table); problems != nil || !reflect.DeepEqual(read.Rows, want) {
			t.Errorf("%q: got %+v, %v", table, read.Rows, problems)
		}
	}
	for table, want := range map[string]string{
		"":                                     "the table is empty, or no table: its first line names the columns who, note",
		"who\n":                                "line 1, column note: the column is missing",
		"who,note,who\n":                       "line 1, column who: the column is there twice",
		"who,note,what\n":                      `line 1: "what" is no column; there are who, note, day`,
		"who,note," + strings.Repeat("x", 300): "line 1: column 3 has a name of 300 bytes",
		"who,note\na,b,c\n\nd,e,f\n":           "line 2: there are 3 cells, and 2 columns\nline 4: there are 3 cells, and 2 columns",
		"who,note,\na,b,c\n":                   `line 2: there is "c" in a column without a name`,
		"who,note\na,\"b\n":                    `line 2: extraneous or missing " in quoted-field`,
		"who,note\na,b\nc,d\ne,f\ng,h":         "the table has more than 2 rows",
	} {
		_, problems := form.Read(table)
		var told []error
		for _, p := range problems {
			told = append(told, p)
		}
		if err := errors.Join(told...); err == nil || err.Error() != want {
			t.Errorf("%.40q: got %v, want %s", table, err, want)
		}
	}
}
