package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

const recordedPlan = "../../internal/planreview/testdata/plan.json"

// runReviewPlanCommand runs the command and returns what it printed.
func runReviewPlanCommand(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	plan, err := os.ReadFile(recordedPlan)
	if err != nil {
		t.Fatal(err)
	}
	stdout, _, err := reviewPlan(t, plan, arguments...)
	return stdout, err
}

// reviewPlan runs the command with the plan as its input.
func reviewPlan(t *testing.T, plan []byte, arguments ...string) (stdout, stderr string, err error) {
	t.Helper()
	return runReviewOf(t, plan, append([]string{"plan"}, arguments...)...)
}

// runReviewOf runs one of the commands that review a plan, with that as its input.
func runReviewOf(t *testing.T, plan []byte, arguments ...string) (stdout, stderr string, err error) {
	t.Helper()
	var output, errorOutput strings.Builder
	root := newRootCommand()
	root.SetArgs(append([]string{"review"}, arguments...))
	root.SetIn(bytes.NewReader(plan))
	root.SetOut(&output)
	root.SetErr(&errorOutput)
	err = root.ExecuteContext(t.Context())
	return output.String(), errorOutput.String(), err
}

func TestReviewPlanCommand(t *testing.T) {
	for format, want := range map[string]string{
		"text":     "  - warn submit-and-approve",
		"markdown": "### Findings introduced",
		"json":     `"rule": "submit-and-approve"`,
		// It stands at the path that the repository has it at.
		"sarif":       `"uri": "internal/planreview/testdata/plan.json"`,
		"codequality": `"check_name": "submit-and-approve"`,
	} {
		output, err := runReviewPlanCommand(t, recordedPlan, "--format", format, "--fail-on", "never")
		if err != nil || !strings.Contains(output, want) {
			t.Errorf("%s: %v\n%s", format, err, output)
		}
	}
	if output, err := runReviewPlanCommand(t, "-"); !errors.Is(err, statusFound) || !strings.Contains(output, "submit-and-approve") {
		t.Errorf("standard input: %v\n%s", err, output)
	}
}

func TestReviewPlanCommandGoesByTheRules(t *testing.T) {
	const rule = "rules: {unreadable-change: {severity: warn}, submit-and-approve: %s}"
	for settings, test := range map[string]struct {
		status int
		says   string
	}{
		"{severity: deny}":   {2, "2 findings introduced, 1 of them denied"},
		"{severity: ignore}": {0, "1 finding introduced, 0 of them denied"},
		"{exceptions: [{member: 'user:release.manager@example.com', reason: Until a second approver is hired, until: 2126-12-31}]}": {
			0, "Excepted until 2126-12-31: Until a second approver is hired",
		},
		"{severity: fatal}": {1, ""},
	} {
		file := rulesFile(t, fmt.Sprintf(rule, settings))
		output, err := runReviewPlanCommand(t, recordedPlan, "--rules", file)
		var found exitStatus
		status := 0
		if errors.As(err, &found) {
			status = int(found)
		} else if err != nil {
			status = 1
		}
		if status != test.status || !strings.Contains(output, test.says) {
			t.Errorf("%s: status %d, %v\n%s", settings, status, err, output)
		}
	}
}

func TestReviewPlanCommandFails(t *testing.T) {
	for _, test := range []struct {
		arguments []string
		status    exitStatus
		says      string
	}{
		{[]string{recordedPlan, "--fail-on", "warn"}, statusFound, ""},
		{[]string{recordedPlan, "--fail-on", "often"}, 0, "deny, warn, never"},
		{[]string{recordedPlan, "--format", "pdf"}, 0, "text, markdown, json, sarif"},
		{[]string{"none.json"}, 0, "none.json"},
		{[]string{"review_plan_command.go"}, 0, "no plan as JSON"},
	} {
		_, err := runReviewPlanCommand(t, test.arguments...)
		var status exitStatus
		if err == nil || errors.As(err, &status) != (test.status != 0) || status != test.status || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q: %v", test.arguments, err)
		}
	}
	if _, err := runReviewPlanCommand(t, recordedPlan, "--fail-on", "never"); err != nil {
		t.Error(err)
	}
}

// TestReviewsOfAPartFail has a plan that Terraform could not finish: nobody may take the
// review of it for one of the whole.
func TestReviewsOfAPartFail(t *testing.T) {
	plan, err := os.ReadFile(recordedPlan)
	if err != nil {
		t.Fatal(err)
	}
	errored := bytes.Replace(plan, []byte(`"errored": false`), []byte(`"errored": true`), 1)
	for _, command := range []string{"plan", "drift"} {
		var output strings.Builder
		root := newRootCommand()
		root.SetArgs([]string{"review", command, "-", "--fail-on", "never"})
		root.SetIn(bytes.NewReader(errored))
		root.SetOut(&output)
		err := root.ExecuteContext(t.Context())
		var status exitStatus
		if err == nil || errors.As(err, &status) || !strings.Contains(output.String(), "Planning ended with an error") {
			t.Errorf("%s: %v\n%s", command, err, &output)
		}
	}
}
