package procedure_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

// TestPrintedSteps holds the text that people read, for a change that has each kind of step.
func TestPrintedSteps(t *testing.T) {
	from := parse(t, baseline.Written{
		"organization":                      {"ORG_OWNER": {ada, "user:old.boss@example.com"}, "ORG_BILLING": {ada}},
		"application:contracts":             {"APP_ADMIN": {"user:dee@example.com", "user:fay@example.com"}},
		"environment:contracts/PRODUCTION":  {"APP_READER": {"user:dee@example.com"}},
		"environment:contracts/DEVELOPMENT": {"APP_MANAGER": {"user:eve@example.com"}},
		"environment:seals/PRODUCTION":      {"APP_OPERATOR": {"user:old.boss@example.com"}},
		"environment:contracts/STAGING":     {"APP_MANAGER": {"user:eve@example.com"}},
	})
	to := parse(t, baseline.Written{
		"organization":                      {"ORG_OWNER": {ada}, "ORG_ADMIN": {"user:new.boss@example.com"}},
		"application:contracts":             {"APP_ADMIN": {"user:dee@example.com"}},
		"environment:contracts/DEVELOPMENT": {"APP_MANAGER": {"user:eve@example.com", "user:gil@example.com"}},
	})
	got := strings.Join(baseline.Format(to.Steps(from.Grants)), "\n\n") + "\n"
	golden := filepath.Join("testdata", "steps.txt")
	want, err := os.ReadFile(golden)
	if err != nil || got != string(want) {
		t.Errorf("the steps are not those of %s (%v), but\n%s", golden, err, got)
	}
}
