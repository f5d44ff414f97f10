package documentation_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

const programsGuide = "guides/reviews-for-programs.md"

// TestProgramsGuideHasTheEnvelope holds the guide equal to the schema of what every
// document begins with, and its example and its policy to the files that other tests read.
func TestProgramsGuideHasTheEnvelope(t *testing.T) {
	read := func(path string) string {
		content, err := os.ReadFile(path)
		must(t, err)
		return string(content)
	}
	var schema struct {
		Defs map[string]struct{ Description string } `json:"$defs"`
	}
	must(t, json.Unmarshal([]byte(read(filepath.Join(docsRoot, "schemas/envelope.schema.json"))), &schema))
	var head bytes.Buffer
	must(t, envelope.Write(&head, envelope.Envelope{}))
	var fields map[string]any
	must(t, json.Unmarshal(head.Bytes(), &fields))
	page := read(filepath.Join(docsRoot, programsGuide))
	_, table, _ := strings.Cut(page, "| Field | Means |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	for name := range fields {
		row := fmt.Sprintf("| `%s` | %s |", name, schema.Defs[name].Description)
		if !slices.Contains(rows, row) {
			t.Errorf("the guide does not have %s", row)
		}
		rows = slices.DeleteFunc(rows, func(other string) bool { return other == row })
	}
	if len(rows) > 0 {
		t.Errorf("only the guide has %q", rows)
	}
	for _, step := range readPage(t, programsGuide) {
		if step.Language == "json" && !strings.HasPrefix(read(signpathtest.Root+"/cmd/signpathctl/testdata/plan_review.json"), step.Text) {
			t.Errorf("the example is not how a document begins:\n%s", step.Text)
		}
		if step.Language == "rego" && step.Text != read(filepath.Join(examplesRoot, "policies/release_signing.rego")) {
			t.Error("the policy is another one than its test runs")
		}
	}
}
