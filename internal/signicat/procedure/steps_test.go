package procedure_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

var (
	day  = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	shop = access.PlaceOf("shop")
)

// TestPrintedSteps holds the text that people read, for a change that has each kind of step.
func TestPrintedSteps(t *testing.T) {
	from := parse(t, baseline.Written{
		"organisation":    {"Organisation Admin": {ada, "user:old.boss@example.com"}, "Usage Viewer": {"user:cy@example.com"}},
		"account:shop":    {"Usage Viewer": {"user:cy@example.com"}, "Account Admin": {"user:dee@example.com"}},
		"account:shop_ci": {"Account Admin": {"user:dee@example.com"}, "DEM Writer": {bot}, "Usage Viewer": {"user:old.boss@example.com", "user:gil@example.com"}},
	})
	to := parse(t, baseline.Written{
		"organisation":    {"Organisation Admin": {ada, "user:new.boss@example.com"}, "Usage Viewer": {"user:cy@example.com"}},
		"account:shop":    {"DEM Writer": {bot}, "Signing Desk": {"user:eve@example.com"}},
		"account:shop_ci": {"Account Admin": {"user:dee@example.com"}},
	})
	got := strings.Join(baseline.Format(to.Steps(from.Grants)), "\n\n") + "\n"
	golden := filepath.Join("testdata", "steps.txt")
	want, err := os.ReadFile(golden)
	if err != nil || got != string(want) {
		t.Errorf("the steps are not those of %s (%v), but\n%s", golden, err, got)
	}
}

// TestNoNameIsAFormula: role names are free text, and a spreadsheet calculates none of them.
// The table comes back as it was.
func TestNoNameIsAFormula(t *testing.T) {
	b := parse(t, two(baseline.Written{"account:shop": {
		`=HYPERLINK("https://example.com")`: {bot}, "-1 Viewer": {bot}, "+x": {bot}, "@x": {bot}, "'quoted' Viewer": {bot}, "'=x": {bot}, `a "b", c`: {bot},
	}}))
	var out strings.Builder
	if err := b.WriteTemplate(&out); err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`(?m)(^|,)"?[=+@-]`).FindString(out.String()); found != "" {
		t.Errorf("a cell begins with %q in\n%s", found, out.String())
	}
	observation, problems := model.ReadCSV(strings.ReplaceAll(out.String(), ",,\n", ",2026-11-20,\n"))
	if len(problems) > 0 || !b.Compare(observation.Rows).IsEmpty() {
		t.Errorf("it comes back as %v, %v", observation.Rows, problems)
	}
}

// TestStepsWithoutAnAttestation: of what nobody has looked at, nobody is said to be able to do
// anything, and the last step is to look for everybody.
func TestStepsWithoutAnAttestation(t *testing.T) {
	steps := parse(t, two(nil)).Steps(nil)
	var kinds []string
	for _, step := range steps {
		kinds = append(kinds, string(step.Kind))
		if len(step.Who) > 0 {
			t.Errorf("it is known that %v can do it: %s", step.Who, step)
		}
	}
	if strings.Join(kinds, " ") != "invite give wait look" || !strings.Contains(steps[3].String(), "also those whom the baseline does not name") {
		t.Errorf("steps are %v", baseline.Format(steps))
	}
}
