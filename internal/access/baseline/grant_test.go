package baseline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

// TestProblemsStandWhereTheyAre: what is wrong is told at its place in the map, with what may
// have been meant.
func TestProblemsStandWhereTheyAre(t *testing.T) {
	ada := []string{"user:ada@example.com"}
	boss := func(principals ...string) baseline.Written { return baseline.Written{"company": {"BOSS": principals}} }
	for name, c := range map[string]struct {
		written baseline.Written
		path    string
		text    string
	}{
		"unknown place":    {baseline.Written{"house:nroth": {"JANITOR": ada}}, "house:nroth", `did you mean "house:north"?`},
		"unknown kind":     {baseline.Written{"hous:north": {"JANITOR": ada}}, "hous:north", `did you mean "house:north"?`},
		"another spelling": {baseline.Written{"Company": {"BOSS": ada}}, "Company", `did you mean "company"?`},
		"no such room":     {baseline.Written{"room:north/attik": {"CLEANER": ada}}, "room:north/attik", `there are attic, cellar`},
		"nothing near":     {baseline.Written{"house:wintergarden": {"JANITOR": ada}}, "house:wintergarden", `there is "company", "house:north"`},
		"empty place":      {baseline.Written{"": {"BOSS": ada}}, "", "null or empty"},
		"space at place":   {baseline.Written{" company": {"BOSS": ada}}, " company", `did you mean "company"?`},
		"unknown role":     {baseline.Written{"company": {"BOS": ada}}, "company BOS", `there is no role "BOS"; did you mean "BOSS"?`},
		"space at role":    {baseline.Written{"company": {"BOSS ": ada}}, "company BOSS ", `did you mean "BOSS"?`},
		"role of another place": {baseline.Written{"room:north/attic": {"JANITOR": ada}}, "room:north/attic JANITOR", "a role for one house, " +
			"and room:north/attic is one room: it can be given at houses alone"},
		"role of the company": {baseline.Written{"house:north": {"BOSS": ada}}, "house:north BOSS", "a role for one company"},
		"role of the vendor":  {baseline.Written{"company": {"OWNER": ada}}, "company OWNER", "the staff and the programs of Office"},
		"role of guests":      {baseline.Written{"company": {"GUEST": ada}}, "company GUEST", "no lasting access"},
		"null person":         {baseline.Written{"company": {"BOSS": {""}}}, "company BOSS ", "null or empty"},
		"double person":       {baseline.Written{"company": {"BOSS": {ada[0], ada[0]}}}, "company BOSS user:ada@example.com", "named twice"},
		"other spelling":      {boss(ada[0], "user:Ada@Example.com"), "company BOSS user:Ada@Example.com", "the same principal in two spellings"},
		"space at person":     {baseline.Written{"company": {"BOSS": {"user:ada@example.com "}}}, "company BOSS user:ada@example.com ", "white space"},
		"space behind colon":  {baseline.Written{"company": {"BOSS": {"user: ada@example.com"}}}, "company BOSS user: ada@example.com", "white space"},
		"no kind":             {baseline.Written{"company": {"BOSS": {"ada@example.com"}}}, "company BOSS ada@example.com", `did you mean "user:ada@example.com"?`},
		"other kind":          {boss("group:admins"), "company BOSS group:admins", `valid are "user:E-MAIL", "api_client:ID", "domain:NAME"`},
		"no e-mail":           {baseline.Written{"company": {"BOSS": {"user:ada"}}}, "company BOSS user:ada", `the form is "user:E-MAIL"`},
		"no domain":           {baseline.Written{"company": {"CLEANER": {"domain:@example.com"}}}, "company CLEANER domain:@example.com", "the form is"},
		"hidden":              {baseline.Written{"company": {"BOSS": {"user:ada\u200b@example.com"}}}, "company BOSS user:ada\u200b@example.com", "cannot be seen"},
		"long":                {baseline.Written{"company": {strings.Repeat("x", 300): ada}}, "company " + strings.Repeat("x", 300), "at most 256 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := model.Parse("c-1", houses, c.written)
			if len(problems) != 1 {
				t.Fatalf("there are %d problems: %v", len(problems), problems)
			}
			if got := strings.Join(problems[0].Path, " "); got != c.path {
				t.Errorf("the problem is at %q, not at %q", got, c.path)
			}
			if !strings.Contains(problems[0].Text, c.text) {
				t.Errorf("it is told as %q, without %q", problems[0].Text, c.text)
			}
		})
	}
}

// TestAMillionRowsAreOneProblem: they are counted, and nothing else is done with them.
func TestAMillionRowsAreOneProblem(t *testing.T) {
	rows := make([]string, 1_000_000)
	for i := range rows {
		rows[i] = fmt.Sprintf("user:u%d@example.com", i)
	}
	roles, places := map[string][]string{}, baseline.Written{}
	for _, row := range rows[:100_000] {
		roles[row], places[row] = nil, nil
	}
	for name, written := range map[string]baseline.Written{"1000000": {"company": {"BOSS": rows}}, "100001": {"company": roles, "": nil}, "100000": places} {
		_, problems := model.Parse("c-1", houses, written)
		if len(problems) != 1 || !strings.Contains(problems[0].Text, "there are "+name+" entries, and a baseline has at most 5000") {
			t.Errorf("%s: %.300v", name, problems)
		}
	}
	if _, problems := model.Parse("c-1", make([]baseline.DeclaredPlace, 501), nil); len(problems) != 1 || !strings.Contains(problems[0].Text, "at most 500") {
		t.Errorf("places: %v", problems)
	}
}

// TestInheritanceIsBounded: a few thousand who hold something everywhere are too many for a
// few hundred places.
func TestInheritanceIsBounded(t *testing.T) {
	var places []baseline.DeclaredPlace
	for i := range 400 {
		places = append(places, baseline.DeclaredPlace{Place: access.PlaceOf(fmt.Sprintf("h%d", i))})
	}
	var people []string
	for i := range 1000 {
		people = append(people, fmt.Sprintf("user:u%d@example.com", i))
	}
	_, problems := model.Parse("", places, baseline.Written{"company": {"CLEANER": people}})
	if len(problems) != 1 || !strings.Contains(problems[0].Text, "hold at 401000 places in all, and a baseline tells at most 100000") {
		t.Errorf("problems are %v", problems)
	}
	if _, problems := model.Parse("", places, baseline.Written{"house:h1": {"CLEANER": people}}); len(problems) > 0 {
		t.Errorf("at one place, problems are %v", problems)
	}
}

// TestManyProblemsAreCounted: a file that is wrong from end to end is no flood.
func TestManyProblemsAreCounted(t *testing.T) {
	written := baseline.Written{}
	for i := range 4000 {
		written[fmt.Sprintf("house:%d", i)] = map[string][]string{"JANITOR": {"user:ada@example.com"}}
	}
	_, problems := model.Parse("c-1", houses, written)
	if len(problems) != 21 || problems[20].Text != "3980 more problems of this kind are not told" {
		t.Errorf("there are %d problems, the last of them %v", len(problems), problems[len(problems)-1])
	}
}

// TestSpellingIsKept: a person is the same at another place in another spelling, and what is
// written back is what was written.
func TestSpellingIsKept(t *testing.T) {
	written := baseline.Written{"company": {"BOSS": {"user:Ada@example.com"}}, "house:north": {"JANITOR": {"user:ada@example.com"}}}
	b := parse(t, written)
	if again := model.Write(b.Grants); fmt.Sprint(again) != fmt.Sprint(written) {
		t.Errorf("%v is written back as %v", written, again)
	}
	if admins := model.Administrators(b.Grants); !slices.Equal(access.Spell(admins), []string{"user:Ada@example.com"}) {
		t.Errorf("administrators are %v", admins)
	}
}

func TestProgramsAndDomainsAreNoAdministrators(t *testing.T) {
	b := parse(t, baseline.Written{"company": {"BOSS": {"api_client:bot", "domain:example.com"}, "CLEANER": {"user:ada@example.com"}}})
	if admins := model.Administrators(b.Grants); len(admins) > 0 {
		t.Errorf("administrators are %v", admins)
	}
}
