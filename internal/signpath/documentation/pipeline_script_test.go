package documentation_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCLIReviewPlanScript runs the script by which systems review that no test runs
// itself.
func TestCLIReviewPlanScript(t *testing.T) {
	r := newPipelineRunner(t, readGitHub(t), completeExample(t))
	rules := filepath.Join(t.TempDir(), "rules.yaml")
	must(t, os.WriteFile(rules, []byte("rules:\n  approver-configures: {severity: deny}\n"), 0o600))
	script, err := filepath.Abs(filepath.Join(examplesRoot, "ci", "review-plan.sh"))
	must(t, err)
	const approver = `{"format_version": "1.2", "planned_values": {}, "resource_changes": [{"address": "signpath_signing_policy_approver.this", "mode": "managed",
"type": "signpath_signing_policy_approver", "name": "this", "change": {"actions": ["create"], "before": null, "after_unknown": {},
"after": {"project": "project-a", "signing_policy": "release-signing", "member": "user:dev.lead@example.com"}}}]}`
	sum := r.pipeline.env["SIGNPATHCTL_SHA256"]
	for name, c := range map[string]struct {
		plan, rules, sum, shown string
		status                  int
	}{
		"passes":          {approver, "", sum, "user:dev.lead@example.com gains approval on project-a/release-signing", 0},
		"denied":          {approver, rules, sum, "deny approver-configures: user:dev.lead@example.com", 2},
		"no plan":         {"", rules, sum, "it is empty", 1},
		"another program": {approver, "", strings.Repeat("0", 64), "", 1},
	} {
		m := r.newMachine()
		command := r.command(m, "sh", script)
		command.Stdin = strings.NewReader(c.plan)
		command.Env = append(command.Env, "SIGNPATHCTL_VERSION=1.0.0", "SIGNPATHCTL_SHA256="+c.sum, "SIGNPATH_RULES="+c.rules,
			"SIGNPATH_ORGANIZATION_ID="+r.org.OrganizationID(), "SIGNPATH_API_TOKEN="+r.values["SIGNPATH_READER_TOKEN"])
		r.org.ResetRequests()
		output, err := command.Output()
		status := 0
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			status = exit.ExitCode()
		}
		if status != c.status || !strings.Contains(string(output), c.shown) || c.shown == "" && r.org.CountRequests() > 0 {
			t.Errorf("%s: the script ends with %d, want %d:\n%s", name, status, c.status, output)
		}
		left, err := filepath.Glob(filepath.Join(m.temporary, "tmp.*"))
		if must(t, err); len(left) > 0 {
			t.Errorf("%s: the script leaves %q", name, left)
		}
	}
}
