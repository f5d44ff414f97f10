package procedure_test

import (
	"os"
	"path/filepath"
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
		"account:shop_ci": {"Account Admin": {"user:dee@example.com"}, "DEM Writer": {bot}},
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
		if err := os.WriteFile(golden+".got", []byte(got), 0o600); err != nil {
			t.Error(err)
		}
		t.Errorf("the steps are not those of %s (%v); they stand in %s.got", golden, err, golden)
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
