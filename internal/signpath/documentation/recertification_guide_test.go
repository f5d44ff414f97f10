package documentation_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const recertificationGuide = "guides/recertification.md"

// TestCLIRecertificationGuide does what the guide about recertification says, after two sections
// of the index, and compares with what it says is to be seen.
func TestCLIRecertificationGuide(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	r.Follow(sections(readPage(t, "index.md"), "Get the provider", "Start a mock SignPath"))
	var steps []pageStep
	for _, step := range readPage(t, recertificationGuide) {
		if step.Language == "yml" { // It shows what the file looks like.
			continue
		}
		// The reader takes a day that is still to come.
		step.Text = strings.ReplaceAll(step.Text, "2026-12-31", time.Now().AddDate(0, 1, 0).Format(time.DateOnly))
		steps = append(steps, step)
	}
	r.Follow(steps)

	page, err := os.ReadFile(filepath.Join(r.Folder, "access.html"))
	must(t, err)
	if !strings.HasPrefix(string(page), "<!DOCTYPE html>") || !strings.Contains(string(page), "outsider@example.com") {
		t.Errorf("what was sealed is not the page:\n%.500s", page)
	}
}
