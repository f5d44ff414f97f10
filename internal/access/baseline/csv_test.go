package baseline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

// TestTemplateComesBack: a template in which each row got a day is the baseline; one that
// nobody filled in says nothing.
func TestTemplateComesBack(t *testing.T) {
	b := parse(t, baseline.Written{
		"company":     {"BOSS": {"user:ada@example.com"}, "CLEANER": {"api_client:=1+1", "domain:example.com", "user:o'neil@example.com"}},
		"house:north": {"JANITOR": {"user:Ben, the janitor"[:8] + "@example.com"}},
	})
	var out strings.Builder
	if err := b.WriteTemplate(&out); err != nil {
		t.Fatal(err)
	}
	if _, problems := model.ReadCSV(out.String()); len(problems) == 0 || !strings.Contains(problems[0].Text, "write the day on which you saw the row") {
		t.Errorf("a template that nobody filled in is read with %v", problems)
	}
	for _, separator := range []string{",", ";"} {
		filled := strings.ReplaceAll(strings.ReplaceAll(out.String(), ",,\n", ",2026-11-20,looked twice\r\n"), ",", separator)
		observation, problems := model.ReadCSV(filled)
		if len(problems) > 0 {
			t.Fatalf("%v in\n%s", problems, filled)
		}
		if observation.First != "2026-11-20" || observation.Last != "2026-11-20" {
			t.Errorf("it was seen from %s to %s", observation.First, observation.Last)
		}
		rows, wrong := b.ParseRows(model.Write(observation.Rows))
		if len(wrong) > 0 || !b.Compare(rows).IsEmpty() {
			t.Errorf("the template comes back as %v, %v", rows, wrong)
		}
		if fmt.Sprint(observation.Places) != "[north]" {
			t.Errorf("places are %v", observation.Places)
		}
	}
}

func TestRowsThatAreNotThere(t *testing.T) {
	observation, problems := model.ReadCSV("place,role,principal,seen_on\ncompany,BOSS,user:ada@example.com,2026-11-20\n\n" +
		"company,CLEANER,user:ben@example.com,No\ncompany,CLEANER,user:cy@example.com,2026-11-22\n")
	if len(problems) > 0 || len(observation.Rows) != 2 || observation.First != "2026-11-20" || observation.Last != "2026-11-22" {
		t.Errorf("%+v, %v", observation, problems)
	}
}

// TestBadTables: each error says the line and the column.
func TestBadTables(t *testing.T) {
	const head = "place,role,principal\n"
	for _, c := range [][2]string{
		{"", "the table is empty"},
		{"place,role\n", "line 1, column principal: the column is missing"},
		{"place,role,principal,seenon\n", `line 1: "seenon" is no column; there are place, role, principal, seen_on, note`},
		{"place,role,principal,role\n", "line 1, column role: the column is there twice"},
		{head + "company,BOSS\n", "line 2, column principal: null or empty"},
		{head + "company,BOSS,user:a@b.c,x\n", "line 2: there are 4 cells, and 3 columns"},
		{head + "company,BOSS,ada@b.c\n", `line 2, column principal: "ada@b.c" has no kind; did you mean "user:ada@b.c"?`},
		{head + "house,BOSS,user:a@b.c\n", `line 2, column place: "house" is no place`},
		{head + "house:x,BOSS,user:a@b.c\n", "line 2, column role: BOSS (Boss) is a role for one company"},
		{head + "company,BOS,user:a@b.c\n", `line 2, column role: there is no role "BOS"`},
		{head + " company,BOSS,user:a@b.c\n", `line 2, column place: " company" has white space`},
		{head + "\"company\"x,BOSS,user:a@b.c\n", "line 2: "},
		{head + "company,BOSS,user:a@b.c\n\ncompany,BOSS,user:A@b.c\n", "line 4: it says the same as line 2"},
		{"place,role,principal,seen_on\ncompany,BOSS,user:a@b.c,\n", "line 2, column seen_on: it is empty"},
		{"place,role,principal,seen_on\ncompany,BOSS,user:a@b.c,20.11.2026\n", `line 2, column seen_on: "20.11.2026" is no day`},
		{"place,role,principal,note\ncompany,BOSS,user:a@b.c,\"two\nlines\"\ncompany,,\n", "line 4, column role: null or empty"},
		{head + many(5001), "the table has more than 5000 rows"},
		{strings.Repeat("x", 5<<20), "the table has 5242880 bytes"},
	} {
		table, want := c[0], c[1]
		observation, problems := model.ReadCSV(table)
		if len(problems) == 0 || !strings.HasPrefix(problems[0].Error(), want) {
			t.Errorf("%.60q is read with %.200v instead of %q", table, problems, want)
		}
		if len(observation.Rows) > 0 {
			t.Errorf("%.60q has problems, and %d rows", table, len(observation.Rows))
		}
	}
}

func many(rows int) string {
	var out strings.Builder
	for i := range rows {
		fmt.Fprintf(&out, "company,CLEANER,user:u%d@b.c\n", i)
	}
	return out.String()
}

// FuzzReadCSV: no table brings it down; what it accepts can be written as a configuration,
// and means the same then.
func FuzzReadCSV(f *testing.F) {
	for _, seed := range []string{
		"", "place,role,principal\n", "\ufeffplace;role;principal\ncompany;BOSS;user:a@b.c\n",
		"place,role,principal,seen_on,note\ncompany,BOSS,user:a@b.c,2026-11-20,\n",
		"principal,role,place\nuser:a@b.c,CLEANER,room:x/attic\n", "place,role,principal\n\"company\n", "place,role,principal\n'=x,''y,'@z\n", "\x00,\xff\n",
		"place,role,principal\nhouse:north,CLEANER,api_client:'=1\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, table string) {
		observation, problems := model.ReadCSV(table)
		for _, p := range problems {
			if p.Text == "" {
				t.Errorf("%q has a problem without a text: %v", table, p)
			}
		}
		if len(problems) > 0 {
			return
		}
		var places []baseline.DeclaredPlace
		for _, place := range observation.Places {
			places = append(places, baseline.DeclaredPlace{Place: place})
		}
		b, wrong := model.Parse("", places, model.Write(observation.Rows))
		if len(wrong) > 0 {
			t.Fatalf("%q is accepted, and written as a configuration it has %v", table, wrong)
		}
		if !b.Compare(observation.Rows).IsEmpty() {
			t.Errorf("%q means %v, and written as a configuration %v", table, observation.Rows, b.Grants)
		}
	})
}
