package documentation_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

const reviewingGuide = "guides/reviewing-changes.md"

// TestCLIReviewingGuide does what the guide about reviews says, after two sections of the
// index, and compares with what it says is to be seen.
func TestCLIReviewingGuide(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	r.Follow(sections(readPage(t, "index.md"), "Get the provider", "Start a mock SignPath"))
	steps := readPage(t, reviewingGuide)
	for i := range steps { // The reader takes a day that is still to come.
		steps[i].Text = strings.ReplaceAll(steps[i].Text, "2026-12-31", time.Now().AddDate(0, 1, 0).Format(time.DateOnly))
	}
	r.Follow(steps)
}

// TestReviewingGuideHasEveryRule holds the table of the guide equal to the catalogue.
func TestReviewingGuideHasEveryRule(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(docsRoot, reviewingGuide))
	must(t, err)
	var wanted strings.Builder
	for _, rule := range vocabulary.Rules {
		severity := string(rule.Severity)
		if rule.Introduced != "" {
			severity += "; " + string(rule.Introduced) + " if a plan newly introduces it"
		}
		for _, parameter := range rule.Parameters {
			severity += fmt.Sprintf("; `%s`: %d", parameter.Name, parameter.Default)
		}
		fmt.Fprintf(&wanted, "| `%s` | %s | %s | %s | %s (%s) |\n", rule.ID, severity, rule.Summary, rule.Advice, rule.Source, rule.Evidence)
	}
	_, table, _ := strings.Cut(string(page), "| Rule | Default | Finds | What to do | Source |\n|---|---|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	if table+"\n" != wanted.String() {
		t.Errorf("the table of the guide is not that of the catalogue:\n%s", &wanted)
	}
}
