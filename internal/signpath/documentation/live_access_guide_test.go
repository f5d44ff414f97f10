package documentation_test

import (
	"strings"
	"testing"
	"time"
)

const accessGuide = "guides/access-no-api-can-change.md"

// TestCLIGuideToLiveReviews does what the guide says of what the APIs of IgniSign and Signicat
// show, from an empty folder, word for word, with a mock of each.
func TestCLIGuideToLiveReviews(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	steps := sections(readPage(t, accessGuide), "What the API does show", "Signicat, live", "IgniSign, live")
	if len(steps) < 25 {
		t.Fatalf("the chapter has %d steps", len(steps))
	}
	for i := range steps { // The reader looks today.
		steps[i].Text = strings.ReplaceAll(steps[i].Text, "2026-11-27", time.Now().UTC().Format(time.DateOnly))
	}
	r.Follow(steps)

	// The guide says that nothing tells of the administrator, and that a plan with findings is empty.
	output, err := r.Bash("signpathctl review drift refresh.json || true; terraform plan -detailed-exitcode").CombinedOutput()
	if err != nil || !strings.Contains(string(output), "Shop 2") || strings.Contains(string(output), "cy@example.com") {
		t.Errorf("the reviews tell of what no API shows, or of nothing: %v\n%s", err, output)
	}
	// Where nobody is asked, no credentials are needed. A secret that GitHub does not have is an empty variable.
	output, err = r.Bash("unset ${!SIGNICAT_*} ${!IGNISIGN_*} TF_VAR_live_review\n" +
		"export IGNISIGN_API_KEY= SIGNICAT_CLIENT_ID= SIGNICAT_CLIENT_SECRET=\nterraform plan -detailed-exitcode").CombinedOutput()
	if err != nil {
		t.Errorf("without credentials: %v\n%s", err, output)
	}
}
