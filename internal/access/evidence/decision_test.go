package evidence_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// Somebody gave a group a name that a spreadsheet computes, and one that looks like two cells.
func hostileOffice() review.Organization {
	org := soundOffice()
	org.Principals[1].Name = "=1+1;@SUM(A1)"
	org.Principals[3].Name = "Team, \"inner\"; -1"
	return org
}

// table is what people get, with the edit.
func table(t testing.TB, report *evidence.Report, edit func(rows [][]string) [][]string) [][]string {
	t.Helper()
	rows := [][]string{evidence.DecisionColumns()}
	for _, h := range evidence.Holdings(report.Access) {
		rows = append(rows, evidence.DecisionRow(officeID, h))
	}
	if edit != nil {
		rows = edit(rows)
	}
	return rows
}

// spelled writes the table with the separator.
func spelled(t testing.TB, rows [][]string, comma rune) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = comma
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var decider = evidence.Decider{By: reference("user:cy@example.com"), Until: "2026-12-31", Now: noon.AddDate(0, 0, 2)}

// set writes a cell of a row, by the name of the column.
func set(rows [][]string, row int, column, value string) {
	rows[row][slices.Index(rows[0], column)] = value
}

// decideSome keeps one way, removes one, and leaves one open.
func decideSome(rows [][]string) [][]string {
	set(rows, 1, "decision", "keep")
	set(rows, 2, "decision", " Remove ")
	set(rows, 2, "by", "user:ada@example.com")
	set(rows, 2, "on", "2026-11-21")
	set(rows, 2, "reason", "left; the team")
	return rows
}

func TestDecisionsComeBackFromSpreadsheets(t *testing.T) {
	report := reportOn(hostileOffice(), 0)
	rows := table(t, report, decideSome)
	turned := make([][]string, len(rows))
	for i, row := range rows {
		turned[i] = append(slices.Clone(row), "", "")
		slices.Reverse(turned[i])
	}
	shuffled := slices.Concat(rows[:1], rows[2:], rows[1:2])
	quoted := strings.ReplaceAll(string(spelled(t, rows, ',')), "\n", "\r\n")
	for name, document := range map[string][]byte{
		"as it is":                       spelled(t, rows, ','),
		"semicolons, and a mark":         append([]byte("\ufeff"), spelled(t, rows, ';')...),
		"tabs":                           spelled(t, rows, '\t'),
		"columns in another order, more": spelled(t, turned, ';'),
		"rows in another order":          spelled(t, shuffled, ','),
		"line ends of Windows":           []byte(quoted),
		"empty rows behind":              append(spelled(t, rows, ','), ",,,,\n\n"...),
	} {
		t.Run(name, func(t *testing.T) {
			decided, err := evidence.ReadDecisions(document, report, decider)
			if err != nil {
				t.Fatalf("%v\n%s", err, document)
			}
			if len(decided.Kept) != 1 || len(decided.Removed) != 1 || len(decided.Undecided) != 1 {
				t.Fatalf("got %+v", decided)
			}
			kept, removed := decided.Kept[0], decided.Removed[0]
			if kept.Principal.ID != adaID || kept.By.String() != "user:cy@example.com" || kept.On != "2026-11-22" || kept.Until != "2026-12-31" {
				t.Errorf("kept %+v", kept)
			}
			if removed.ID != benID || removed.By.String() != "user:ada@example.com" || removed.On != "2026-11-21" || removed.Reason != "left; the team" {
				t.Errorf("removed %+v", removed)
			}
		})
	}
}

func TestDecisionsComputeNothing(t *testing.T) {
	for _, row := range table(t, reportOn(hostileOffice(), 0), nil)[1:] {
		for _, cell := range row {
			for _, part := range strings.Split(cell, ";") {
				if part = strings.TrimLeft(part, " \""); part != "" && strings.ContainsRune("=+-@", rune(part[0])) {
					t.Errorf("a spreadsheet computes %q", cell)
				}
			}
		}
	}
}

// A row decides on what the report says, or on nothing.
func TestChangedRowsAreRefused(t *testing.T) {
	report := reportOn(soundOffice(), 0)
	column := func(column, value string) func([][]string) [][]string {
		return func(rows [][]string) [][]string {
			set(rows, 1, "decision", "keep")
			set(rows, 1, column, value)
			return rows
		}
	}
	for want, edit := range map[string]func([][]string) [][]string{
		`line 2, column principal: it is "user:cy@example.com", and the report says "user:ada@example.com"`: column("principal", "user:cy@example.com"),
		`column principal_id: it is "` + benID:                    column("principal_id", benID),
		`column role: it is "Guest"`:                              column("role", "Guest"),
		`column place: it is "plans"`:                             column("place", "plans"),
		`column status: it is "inactive"`:                         column("status", "inactive"),
		`column how: it is ""`:                                    column("how", ""),
		`column organization: it is "x"`:                          column("organization", "x"),
		`"w1:0" is no way of the report`:                          column("way", "w1:0"),
		`it is "maybe", and must be "keep" or "remove"`:           column("decision", "maybe"),
		`column on: "1.12.2026" is no day`:                        column("on", "1.12.2026"),
		`column on: 2026-12-24 has not come yet`:                  column("on", "2026-12-24"),
		`it is 2026-11-01, and the report was made on 2026-11-20`: column("on", "2026-11-01"),
		`column by: "group:Team" is no user`:                      column("by", "group:Team"),
		`column decision: it is empty, and the row has a reason`: func(rows [][]string) [][]string {
			set(rows, 1, "reason", "why not")
			return rows
		},
		`line 5: it is about the same way as line 2`: func(rows [][]string) [][]string { return append(rows, rows[1]) },
		`column way: the column is missing`: func(rows [][]string) [][]string {
			rows[0][slices.Index(rows[0], "way")] = ""
			return rows
		},
		`"comment" is no column; there are decision, by, on`: func(rows [][]string) [][]string {
			rows[0] = append(rows[0], "comment")
			return rows
		},
		`column by: the column is there twice`: func(rows [][]string) [][]string {
			rows[0] = append(rows[0], "BY")
			return rows
		},
		`there are 14 cells, and 13 columns`: func(rows [][]string) [][]string {
			rows[1] = append(rows[1], "x")
			return rows
		},
	} {
		decided, err := evidence.ReadDecisions(spelled(t, table(t, report, edit), ','), report, decider)
		if err == nil || !strings.Contains(err.Error(), want) || len(decided.Kept)+len(decided.Removed) > 0 {
			t.Errorf("got %v, %+v, want %q", err, decided, want)
		}
	}
	for want, document := range map[string]string{
		"the table is empty": "", "no UTF-8": "\xff\xfed\x00e\x00", "line 2": "decision\n\"",
	} {
		if _, err := evidence.ReadDecisions([]byte(document), report, decider); err == nil || !strings.Contains(err.Error(), want) && want != "line 2" {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	nobody := decider
	nobody.By = reference("group:x")
	nobody.By.Kind, nobody.By.Key = "", ""
	if _, err := evidence.ReadDecisions(spelled(t, table(t, report, column("decision", "keep")), ','), report, nobody); err == nil ||
		!strings.Contains(err.Error(), "nobody is named who decided") {
		t.Errorf("got %v", err)
	}
}

func FuzzReadDecisions(f *testing.F) {
	report := reportOn(hostileOffice(), 0)
	rows := table(f, report, decideSome)
	for _, comma := range ",;\t" {
		f.Add(spelled(f, rows, comma))
	}
	for _, seed := range []string{"", "\ufeff", "decision;by", "\"", "a\x00b", ",,,\n,,,"} {
		f.Add([]byte(seed))
	}
	ways := map[string]bool{}
	for _, h := range evidence.Holdings(report.Access) {
		ways[h.Way] = true
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		decided, err := evidence.ReadDecisions(document, report, decider)
		if err != nil {
			return
		}
		if len(decided.Kept)+len(decided.Removed)+len(decided.Undecided) != len(ways) {
			t.Errorf("%q decides %+v", document, decided)
		}
		for _, a := range decided.Kept {
			if !ways[a.Way] || a.By.Kind != "user" || a.On > "2026-11-23" {
				t.Errorf("%q keeps %+v", document, a)
			}
		}
	})
}
