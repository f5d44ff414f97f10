package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const outsiderIsApprover = "user:outsider@example.com was added to the approvers of project-a/release-signing"

// driftPlan writes a plan that found an approver; with no members, it found nothing.
func driftPlan(t *testing.T, members ...string) string {
	t.Helper()
	list := map[string]any{"project": "project-a", "signing_policy": "release-signing", "members": members}
	drift := []any{}
	if len(members) > 0 {
		before := map[string]any{"project": "project-a", "signing_policy": "release-signing", "members": []string{}}
		drift = append(drift, map[string]any{
			"address": "signpath_signing_policy_approvers.release", "mode": "managed", "type": "signpath_signing_policy_approvers", "name": "release",
			"change": map[string]any{"actions": []string{"update"}, "before": before, "after": list},
		})
	}
	content, err := json.Marshal(map[string]any{"format_version": "1.2", "planned_values": map[string]any{}, "resource_drift": drift})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// partOf is a plan that says that it is one of a part only.
func partOf(t *testing.T, plan string) string {
	t.Helper()
	content, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "part.json")
	if err := os.WriteFile(path, bytes.Replace(content, []byte("{"), []byte(`{"complete":false,`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// runReviewDriftCommand runs the command and returns what it printed, and the exit
// status.
func runReviewDriftCommand(t *testing.T, stdin []byte, arguments ...string) (string, int, error) {
	t.Helper()
	var output strings.Builder
	root := newRootCommand()
	root.SetArgs(append([]string{"review", "drift"}, arguments...))
	root.SetIn(bytes.NewReader(stdin))
	root.SetOut(&output)
	err := root.ExecuteContext(t.Context())
	var status exitStatus
	switch {
	case errors.As(err, &status):
		return output.String(), int(status), err
	case err != nil:
		return output.String(), 1, err
	}
	return output.String(), 0, nil
}

// outsiderApproves has an administrator make the outsider an approver.
func outsiderApproves(t *testing.T, server *mock.Server) {
	t.Helper()
	administrator := server.Administrator("user:org.admin@example.com")
	if err := administrator.AddMembers("policy:project-a/release-signing", "approvers", "user:outsider@example.com"); err != nil {
		t.Fatal(err)
	}
}

func TestReviewDriftStatus(t *testing.T) {
	server := organizationToExport(t)
	outsiderApproves(t, server)
	drift, none := driftPlan(t, "user:outsider@example.com"), driftPlan(t)
	for name, test := range map[string]struct {
		arguments []string
		status    int
		says      string
	}{
		"drift":                    {[]string{drift}, 2, outsiderIsApprover + ", outside Terraform\n"},
		"nobody was asked":         {[]string{drift}, 2, "who made the changes: only --live reads SignPath's audit log"},
		"drift that may be":        {[]string{drift, "--fail-on", "never"}, 0, outsiderIsApprover},
		"live":                     {[]string{drift, "--live"}, 2, outsiderIsApprover + " by org.admin@example.com at "},
		"Markdown":                 {[]string{drift, "--live", "--format", "markdown"}, 2, "### What changed"},
		"JSON":                     {[]string{drift, "--live", "--format", "json"}, 2, `"member": "user:org.admin@example.com"`},
		"no drift":                 {[]string{none}, 0, "Nothing changed of what this plan manages. What this plan does not manage was not looked at"},
		"outside of the plan":      {[]string{none, "--live"}, 2, outsiderIsApprover + " by org.admin@example.com at "},
		"outside, that may be":     {[]string{none, "--live", "--fail-on", "managed"}, 0, "Outside of what it manages, 1 change since "},
		"in the plan, that is not": {[]string{drift, "--live", "--fail-on", "managed"}, 2, outsiderIsApprover},
		"outside, by Terraform":    {[]string{none, "--live", "--applied-by", "user:org.admin@example.com"}, 0, "Nothing changed outside Terraform: "},
		"before that":              {[]string{none, "--live", "--since", "1ns"}, 0, "Nothing changed outside Terraform: "},
		"since a day":              {[]string{none, "--live", "--since", "2000-01-01"}, 2, "1 change since 2000-01-01 00:00 UTC"},
		"since tomorrow":           {[]string{none, "--live", "--since", "-24h"}, 1, "is not over yet"},
		"since then":               {[]string{none, "--live", "--since", "yesterday"}, 1, "--since is \"yesterday\", and must be hours such as 48h"},
		"since, unasked":           {[]string{none, "--since", "24h"}, 1, "need --live"},
		"applied by nobody":        {[]string{none, "--live", "--applied-by", "ci_user:nobody"}, 1, "no CI user"},
		"applied by what":          {[]string{none, "--live", "--applied-by", "nobody"}, 1, "--applied-by: "},
		"part of a plan":           {[]string{partOf(t, none), "--live", "--fail-on", "never"}, 1, "the plan is of a part only"},
		"part of a plan, with":     {[]string{partOf(t, drift)}, 1, "the plan is of a part only"},
		"no plan":                  {[]string{"review_drift_command.go"}, 1, "no plan as JSON"},
		"no file":                  {[]string{"none.json"}, 1, "none.json"},
		"an unknown format":        {[]string{drift, "--format", "sarif"}, 1, "text, markdown, json"},
		"an unknown failure":       {[]string{drift, "--fail-on", "deny"}, 1, "drift, managed, never"},
		"a connection, unasked":    {[]string{drift, "--organization-id", "acme"}, 1, "need --live"},
		"a connection that is off": {[]string{drift, "--live", "--organization-id", "acme"}, 1, "UUID"},
	} {
		output, status, err := runReviewDriftCommand(t, nil, test.arguments...)
		said := output
		if status == 1 {
			said = err.Error()
		}
		if status != test.status || !strings.Contains(said, test.says) {
			t.Errorf("%s: status %d, %v\n%s", name, status, err, output)
		}
		if strings.Contains(output, os.Getenv(api.EnvToken)) {
			t.Errorf("%s: the token is in the output", name)
		}
	}
}

// The variables stand for flags, and shorten the week in which events are told.
func TestReviewDriftByTheEnvironment(t *testing.T) {
	server := organizationToExport(t)
	outsiderApproves(t, server)
	none := driftPlan(t)
	for _, c := range []struct {
		variable, value string
		status          int
		says            string
	}{
		{"SIGNPATH_APPLIED_BY", "user:org.admin@example.com", 0, "Nothing changed outside Terraform: "},
		{"SIGNPATH_APPLIED_BY", "nobody", 1, "SIGNPATH_APPLIED_BY: "},
		{"SIGNPATH_DRIFT_SINCE", time.Now().UTC().Add(-time.Hour).Format(time.RFC3339), 2, "1 change since "},
		{"SIGNPATH_DRIFT_SINCE", "1ns", 0, "Nothing changed outside Terraform: "},
		{"SIGNPATH_DRIFT_SINCE", "2000-01-01", 2, "1 change since " + time.Now().UTC().Add(-168*time.Hour).Format(time.DateOnly)},
		{"SIGNPATH_DRIFT_SINCE", "soon", 1, "SIGNPATH_DRIFT_SINCE is \"soon\""},
	} {
		t.Run(c.variable+"="+c.value, func(t *testing.T) {
			t.Setenv(c.variable, c.value)
			output, status, err := runReviewDriftCommand(t, nil, none, "--live")
			if said := output + fmt.Sprint(err); status != c.status || !strings.Contains(said, c.says) {
				t.Errorf("status %d, %s", status, said)
			}
		})
	}
}

func TestReviewDriftOfStandardInput(t *testing.T) {
	plan, err := os.ReadFile(driftPlan(t, "user:outsider@example.com"))
	if err != nil {
		t.Fatal(err)
	}
	if output, status, err := runReviewDriftCommand(t, plan, "-"); status != 2 || !strings.Contains(output, outsiderIsApprover) {
		t.Errorf("status %d, %v\n%s", status, err, output)
	}
}

func TestReviewDriftAsksOnlyLive(t *testing.T) {
	server := organizationToExport(t)
	_, _, _ = runReviewDriftCommand(t, nil, driftPlan(t, "user:outsider@example.com"))
	if got := server.CountRequests(); got != 0 {
		t.Errorf("%d requests without --live", got)
	}
}

// A token that may not read the audit log leaves the report as it is.
func TestReviewDriftWithoutTheAuditLog(t *testing.T) {
	server := organizationToExport(t)
	outsiderApproves(t, server)
	t.Setenv(api.EnvToken, regularToken)
	output, status, err := runReviewDriftCommand(t, nil, driftPlan(t, "user:outsider@example.com"), "--live")
	for _, want := range []string{
		outsiderIsApprover + ", outside Terraform\n", "who made the changes, and what else was changed: the token's user may not read the audit log",
		"403 Forbidden",
	} {
		if status != 2 || !strings.Contains(output, want) {
			t.Errorf("status %d, %v: %q is not in\n%s", status, err, want, output)
		}
	}
}

// Where the audit log cannot be read, it is not known that nothing changed.
func TestReviewDriftThatCannotLook(t *testing.T) {
	organizationToExport(t)
	t.Setenv(api.EnvToken, regularToken)
	for failOn, want := range map[string]int{"drift": 1, "managed": 0, "never": 0} {
		output, status, err := runReviewDriftCommand(t, nil, driftPlan(t), "--live", "--fail-on", failOn)
		if status != want || !strings.HasPrefix(output, "Nothing changed of what this plan manages. Whether anything else changed is not known.\n") {
			t.Errorf("%s: status %d, %v\n%s", failOn, status, err, output)
		}
	}
}
