package planreview_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
)

// A codeHost stands for GitHub's code scanning: it tells alerts apart by rule, file and
// fingerprint, and remembers which were dismissed.
type codeHost struct{ dismissed map[string]bool }

// upload does what the action that uploads does: it makes a fingerprint of the text of the line
// where there is none, and keeps the one that there is. It returns the open alerts, each with
// its message.
func (h *codeHost) upload(t *testing.T, sarif string, files map[string][]byte) map[string][]string {
	t.Helper()
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID    string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
				PartialFingerprints map[string]string
				Suppressions        []any
			}
		}
	}
	if err := json.Unmarshal([]byte(sarif), &log); err != nil {
		t.Fatal(err)
	}
	open := map[string][]string{}
	for _, r := range log.Runs[0].Results {
		at := r.Locations[0].PhysicalLocation
		hash := r.PartialFingerprints["primaryLocationLineHash"]
		if hash == "" {
			hash = lineHash(files[at.ArtifactLocation.URI], at.Region.StartLine)
		}
		alert := strings.Join([]string{r.RuleID, at.ArtifactLocation.URI, hash}, " ")
		if !h.dismissed[alert] { // What the log calls suppressed makes no difference.
			open[alert] = append(open[alert], r.Message.Text)
		}
	}
	return open
}

// lineHash is of the first hundred characters from a line on that are no blanks, whatever lines
// they stand in.
func lineHash(content []byte, line int) string {
	rest := content
	for range line - 1 {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	hash, window := uint64(0), 100
	for _, r := range string(rest) {
		if r == ' ' || r == '\t' {
			continue
		}
		if unicode.IsControl(r) {
			r = '\n'
		}
		if window--; window < 0 {
			break
		}
		_, hash = bits.Mul64(hash, 37)
		hash += uint64(r)
	}
	return fmt.Sprintf("%x:1", hash)
}

// TestAlertsOfCodeScanning uploads two plans. A dismissed alert is about one finding, and the
// alert of a finding is the same in another plan.
func TestAlertsOfCodeScanning(t *testing.T) {
	both := func(people ...string) *planBuilder {
		plan := newPlan()
		for _, who := range people {
			member := "user:" + who + "@example.com"
			plan.change("signing_policy_submitter", nil, entry("release", member)).change("signing_policy_approver", nil, entry("release", member))
		}
		return plan
	}
	host := &codeHost{dismissed: map[string]bool{}}
	upload := func(plan *planBuilder) map[string][]string {
		text, err := json.Marshal(plan.plan)
		if err != nil {
			t.Fatal(err)
		}
		return host.upload(t, outputs(t, plan.review(t))["sarif"], map[string][]byte{"plan.json": text})
	}
	first := upload(both("a", "b"))
	if len(first) != 2 {
		t.Fatalf("two findings are the alerts %v", first)
	}
	var ofA string
	for alert, messages := range first {
		if len(messages) != 1 {
			t.Errorf("%s is about %q", alert, messages)
		}
		if strings.HasPrefix(messages[0], "user:a@example.com can") {
			ofA = alert
		}
	}
	host.dismissed[ofA] = true
	second := both("c", "a", "b")
	second.plan.TerraformVersion, second.plan.Variables = "1.99.0", nil
	after := upload(second)
	if len(after) != 2 || after[ofA] != nil {
		t.Errorf("after a dismissal, the open alerts are %v", after)
	}
	for alert, messages := range first {
		if alert != ofA && !slices.Equal(after[alert], messages) {
			t.Errorf("%s is not open any more, or says %q", alert, after[alert])
		}
	}
}

// TestFindingsStandAtTheirResource has a finding that the plan introduces, and one that it
// leaves, of which nothing changes.
func TestFindingsStandAtTheirResource(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	plan := newPlan().
		change("signing_policy_submitter", entry("beta", a), entry("beta", a)).
		change("signing_policy_approver", entry("beta", a), entry("beta", a)).
		change("signing_policy_submitter", entry("release", b), entry("release", b)).
		change("signing_policy_approver", nil, entry("release", b))
	lines := map[string]int{"signpath_signing_policy_submitter.r001": 3, "signpath_signing_policy_submitter.r003": 30, "signpath_signing_policy_approver.r004": 40}
	where := planreview.Locations{Plan: "plan.json", Find: func(address string) (planreview.Location, bool) {
		line, ok := lines[address]
		return planreview.Location{Path: "infra/main.tf", Line: line}, ok
	}}
	report := plan.review(t)
	var sarif, quality strings.Builder
	if err := report.WriteSARIF(&sarif, where, ofPullRequest()); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteCodeQuality(&quality, where); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{`"startLine": 3`, `"startLine": 40`} {
		if strings.Count(sarif.String(), line+"\n") != 1 {
			t.Errorf("no %s in\n%s", line, sarif.String())
		}
	}
	for _, want := range []string{`"sha256": "abab`, `"commit": "0123456789abcdef`, `"fullDescription"`, `"id": "5f1e7c3a`, `"time": "2026-06-15T12:00:00Z"`} {
		if !strings.Contains(sarif.String(), want) {
			t.Errorf("no %s in\n%.3000s", want, sarif.String())
		}
	}
	var issues []struct {
		Description, Fingerprint, Severity string
		CheckName                          string `json:"check_name"`
		Location                           struct {
			Path  string
			Lines struct{ Begin int }
		}
	}
	if err := json.Unmarshal([]byte(quality.String()), &issues); err != nil {
		t.Fatal(err)
	}
	if len(issues) != 1 || issues[0].CheckName != "submit-and-approve" || issues[0].Severity != "major" || !strings.HasPrefix(issues[0].Description, b) ||
		issues[0].Location.Path != "infra/main.tf" || issues[0].Location.Lines.Begin != 40 || issues[0].Fingerprint != report.Findings.Introduced[0].Fingerprint {
		t.Errorf("%s", quality.String())
	}
}
