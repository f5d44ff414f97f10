package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// runReview runs the command and returns what it printed, and the exit status.
func runReview(ctx context.Context, arguments ...string) (stdout, stderr string, status int, err error) {
	var output, errorOutput bytes.Buffer
	command := newRootCommand()
	command.SetOut(&output)
	command.SetErr(&errorOutput)
	command.SetArgs(append([]string{"review", "org"}, arguments...))
	err = command.ExecuteContext(ctx)
	var found exitStatus
	switch {
	case errors.As(err, &found):
		status = int(found)
	case err != nil:
		status = 1
	}
	return output.String(), errorOutput.String(), status, err
}

func rulesFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The organization has a finding that denies: nobody can approve what somebody submits.
func TestReviewExitStatus(t *testing.T) {
	seed := mock.DemoSeed()
	seed.Projects[0].SigningPolicies[1].Submitters = []string{"ci_user:terraform"}
	serveOrganization(t, seed)
	onlyWarns := rulesFile(t, "rules: {approval-quorum: {severity: warn}, few-global-administrators: {severity: warn}}")
	for name, test := range map[string]struct {
		arguments []string
		want      int
	}{
		"denied":                        {nil, 2},
		"denied, and warnings count":    {[]string{"--fail-on", "warn"}, 2},
		"denied, and nothing counts":    {[]string{"--fail-on", "never"}, 0},
		"warned":                        {[]string{"--rules", onlyWarns}, 0},
		"warned, and that counts":       {[]string{"--rules", onlyWarns, "--fail-on", "warn"}, 2},
		"denied elsewhere":              {[]string{"--policy", "project-b/test-signing"}, 0},
		"an unknown severity":           {[]string{"--fail-on", "info"}, 1},
		"an unknown format":             {[]string{"--format", "pdf"}, 1},
		"an unknown view":               {[]string{"--by", "team"}, 1},
		"a view of a page":              {[]string{"--by", "place", "--format", "html"}, 1},
		"an unknown permission":         {[]string{"--permission", "sign"}, 1},
		"a principal of no kind":        {[]string{"--principal", "dev.lead"}, 1},
		"a principal who is not there":  {[]string{"--principal", "user:nobody@example.com"}, 1},
		"rules that are not there":      {[]string{"--rules", onlyWarns + ".json"}, 1},
		"rules that there are not":      {[]string{"--rules", rulesFile(t, "rules: {x: {severity: deny}}")}, 1},
		"an organization not to be had": {[]string{"--organization-id", "11111111-1111-4111-8111-111111111111"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, status, err := runReview(t.Context(), test.arguments...)
			if status != test.want {
				t.Errorf("status %d (%v), want %d", status, err, test.want)
			}
			if (stdout == "") != (status == 1) {
				t.Errorf("status %d with the report %q", status, stdout)
			}
			if denies := "project-a/release-signing requires 2 approvals, and nobody can approve"; status == 2 && !strings.Contains(stdout, denies) {
				t.Errorf("%q is not in\n%s", denies, stdout)
			}
			if strings.Contains(stdout+stderr, os.Getenv(api.EnvToken)) {
				t.Error("the token is in the output")
			}
		})
	}
}

func TestReviewReadsNothingForWrongFlags(t *testing.T) {
	server := organizationToExport(t)
	for _, arguments := range [][]string{
		{"--format", "pdf"}, {"--by", "team"}, {"--fail-on", "info"}, {"--permission", "sign"}, {"--principal", "x"}, {"--rules", "nowhere"},
	} {
		_, _, _, _ = runReview(t.Context(), arguments...)
		if got := server.CountRequests(); got != 0 {
			t.Errorf("%q sent %d requests", arguments, got)
		}
	}
}

func TestReviewFormats(t *testing.T) {
	organizationToExport(t)
	for format, want := range map[report.Format]string{
		report.FormatText: "\nFINDINGS\n", report.FormatMarkdown: "\n## Findings\n", report.FormatCSV: "record,severity,rule",
		report.FormatJSON: `"findings": [`, report.FormatHTML: "<!DOCTYPE html>",
	} {
		stdout, stderr, _, err := runReview(t.Context(), "--format", string(format), "--fail-on", "never")
		if err != nil || stderr != "" || !strings.Contains(stdout, want) {
			t.Errorf("%s: error %v, stderr %q, stdout %q", format, err, stderr, stdout)
		}
	}
}

func TestReviewTextBy(t *testing.T) {
	organizationToExport(t)
	for by, want := range map[report.View]string{
		"": "\nACCESS\n", report.ViewRight: "\nACCESS\n", report.ViewPlace: "\nACCESS BY PLACE\n", report.ViewPerson: "\nACCESS BY PERSON\n",
	} {
		stdout, _, _, err := runReview(t.Context(), "--by", string(by), "--fail-on", "never")
		if err != nil || !strings.Contains(stdout, want) {
			t.Errorf("by %q: error %v, stdout %q", by, err, stdout)
		}
	}
}

func TestReviewOfAPartWarns(t *testing.T) {
	organizationToExport(t)
	t.Setenv(api.EnvToken, regularToken)
	stdout, stderr, _, _ := runReview(t.Context())
	const want = "There may be projects that user:reader@example.com does not see"
	if !strings.Contains(stdout, want) || !strings.Contains(stderr, "Warning: the review is incomplete. "+want) {
		t.Errorf("stdout %q, stderr %q", stdout, stderr)
	}
}

func TestReviewAdvises(t *testing.T) {
	organizationToExport(t)
	t.Setenv(api.EnvToken, "d3JvbmctdG9rZW4=")
	_, _, _, err := runReview(t.Context())
	if err == nil || !strings.Contains(err.Error(), "401") || !strings.Contains(err.Error(), "Give a valid one in "+api.EnvToken) {
		t.Errorf("error %v", err)
	}
}

func TestReviewHelpListsRulesAndPermissions(t *testing.T) {
	stdout, _, _, err := runReview(t.Context(), "--help")
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range vocabulary.Rules {
		if !strings.Contains(stdout, rule.ID+" ") || !strings.Contains(stdout, rule.Summary) {
			t.Errorf("no word of the rule %s", rule.ID)
		}
	}
	for _, permission := range vocabulary.SignPath.Permissions {
		if !strings.Contains(stdout, permission.String()) {
			t.Errorf("no word of the permission %s", permission)
		}
	}
}
