package documentation_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestBaselinePipelineClosesNoIssueUnasked runs the steps of the workflow that tell people what to do, at
// night: the issue is closed where nothing is left to do, and not where the run-book cannot be read.
func TestBaselinePipelineClosesNoIssueUnasked(t *testing.T) {
	content, err := os.ReadFile("../../../examples/ci/github-access-baseline.yml")
	if err != nil {
		t.Fatal(err)
	}
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct{ Name, Run string }
		}
	}
	if err := yaml.Unmarshal(content, &workflow); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ runbook, does string }{
		"a step is left":      {`echo "- [ ] Remove somebody."`, ""},
		"none is left":        {`echo "Nothing."`, "state=closed"},
		"there is no runbook": {`exit 1`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			temporary := t.TempDir()
			baseline := filepath.Join(temporary, "baseline")
			for path, script := range map[string]string{
				"baseline/signpathctl": `if [ "$1" = runbook ]; then ` + test.runbook + `; fi`,
				"bin/gh":               `if [[ "$*" = *paginate* ]]; then echo repos/o/r/issues/1; else echo "$@" >> "$RUNNER_TEMP/sent"; fi`,
				"bin/curl":             "", "bin/tar": "", "bin/sha256sum": "cat > /dev/null",
			} {
				path = filepath.Join(temporary, path)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte("#!/bin/bash\n"+script+"\n"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			for _, step := range workflow.Jobs["review"].Steps {
				if step.Name != "Review" && step.Name != "Tell whoever has to do it" {
					continue
				}
				command := exec.CommandContext(t.Context(), "bash", "-eo", "pipefail", "-c", step.Run)
				command.Dir = baseline
				command.Env = append(os.Environ(), "PATH="+filepath.Join(temporary, "bin")+":"+os.Getenv("PATH"), "RUNNER_TEMP="+temporary, "GITHUB_EVENT_NAME=schedule",
					"GITHUB_STEP_SUMMARY="+filepath.Join(temporary, "summary"), "GITHUB_REPOSITORY=o/r", "SIGNPATHCTL_VERSION=1", "SIGNPATHCTL_SHA256=0",
					"RUN_URL=https://ci.example.com/1")
				if output, err := command.CombinedOutput(); err != nil {
					t.Fatalf("%s: %v\n%s", step.Name, err, output)
				}
			}
			sent, err := os.ReadFile(filepath.Join(temporary, "sent"))
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if test.does == "" && len(sent) > 0 || !strings.Contains(string(sent), test.does) {
				t.Errorf("it does\n%swant %q", sent, test.does)
			}
		})
	}
}
