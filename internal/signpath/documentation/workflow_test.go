package documentation_test

import (
	"bytes"
	"go/version"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A workflow is one of GitHub Actions, as far as it has to do with what its jobs may do and whose code
// they run.
type workflow struct {
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]struct {
		Uses        string            `yaml:"uses"`
		Permissions map[string]string `yaml:"permissions"`
		Steps       []struct {
			Uses string            `yaml:"uses"`
			With map[string]string `yaml:"with"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

// writes are all permissions to write that a job has, by workflow and job, and what for. Every other
// job reads, or may do nothing.
var writes = map[string]map[string]string{
	"release.yml release":               {"attestations": "store attestations", "contents": "make the release", "id-token": "sign attestations"},
	"security.yml codeql":               {"security-events": "show findings"},
	"scorecard.yml scorecard":           {"id-token": "publish the result", "security-events": "show findings"},
	"github-actions.yml review":         {"pull-requests": "comment on the pull request"},
	"github-actions.yml drift":          {"issues": "file drift"},
	"github-access-baseline.yml review": {"issues": "file what a person has to do"},
}

var (
	pinned    = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	actionUse = regexp.MustCompile(`uses: (\S+)( # v\d+(?:\.\d+)+)?(.*)\n`)
	// Events at which a workflow runs with secrets for a pull request of anybody.
	trusting = regexp.MustCompile(`(?m)^\s+(?:- )?(pull_request_target|workflow_run)\b|^on:.*\b(pull_request_target|workflow_run)\b`)
)

// TestWorkflows holds our own workflows and those that others copy to what they preach: each action is
// pinned to a commit, with its version beside it; a job may do what it needs and no more; and no
// credentials lie in the folder of a job.
func TestWorkflows(t *testing.T) {
	var files []string
	for _, pattern := range []string{".github/workflows/*.yml", "examples/ci/github-*.yml"} {
		found, err := filepath.Glob(filepath.Join(signpathtest.Root, pattern))
		if err != nil || len(found) < 2 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		files = append(files, found...)
	}
	written := maps.Clone(writes)
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		for _, problem := range judgeWorkflow(name, content, written) {
			t.Errorf("%s: %s", name, problem)
		}
	}
	for job := range written {
		t.Errorf("%s has no permission to write, or there is no such job", job)
	}
}

// judgeWorkflow says what is wrong with a workflow, and takes the jobs that write from the rest of them.
func judgeWorkflow(name string, content []byte, rest map[string]map[string]string) (problems []string) {
	var w workflow
	if err := yaml.Unmarshal(content, &w); err != nil {
		return []string{err.Error()}
	}
	if w.Permissions == nil || len(w.Permissions) > 0 {
		problems = append(problems, "its permissions are not {}, so jobs have more than they ask for")
	}
	if event := trusting.Find(content); event != nil {
		problems = append(problems, "it runs at "+strings.TrimSpace(string(event))+", with more rights than a pull request has")
	}
	for _, job := range slices.Sorted(maps.Keys(w.Jobs)) {
		of := w.Jobs[job]
		if of.Permissions == nil {
			problems = append(problems, job+" does not say what it needs")
		}
		for scope, level := range of.Permissions {
			if level != "read" && (level != "write" || writes[name+" "+job][scope] == "") {
				problems = append(problems, job+" has "+scope+": "+level+", and nobody said what for")
			}
			delete(rest, name+" "+job)
		}
		for scope := range writes[name+" "+job] {
			if of.Permissions[scope] != "write" {
				problems = append(problems, job+" does not need "+scope+": write any more")
			}
		}
		for _, step := range of.Steps {
			if step.Uses != "" && !pinned.MatchString(step.Uses) {
				problems = append(problems, step.Uses+" is not pinned to a commit")
			}
			if strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != "false" {
				problems = append(problems, job+" leaves credentials in its folder")
			}
		}
		if of.Uses != "" && !pinned.MatchString(of.Uses) {
			problems = append(problems, of.Uses+" is not pinned to a commit")
		}
	}
	for _, use := range actionUse.FindAllSubmatch(content, -1) {
		if len(use[2]) == 0 || len(use[3]) > 0 {
			problems = append(problems, string(use[1])+" has no version beside it")
		}
	}
	return problems
}

// Each rule finds what breaks it.
func TestWorkflowsThatAreRefused(t *testing.T) {
	const fine = `permissions: {}
jobs:
  drift:
    permissions:
      contents: read
      issues: write
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
`
	for name, c := range map[string]struct{ from, to, want string }{
		"nothing":            {"", "", ""},
		"a tag":              {"3d3c42e5aac5ba805825da76410c181273ba90b1", "v7", "is not pinned to a commit"},
		"a short hash":       {"3d3c42e5aac5ba805825da76410c181273ba90b1", "3d3c42e", "is not pinned to a commit"},
		"no version":         {" # v7.0.1", "", "has no version beside it"},
		"a branch":           {"# v7.0.1", "# main", "has no version beside it"},
		"all permissions":    {"permissions: {}\n", "", "its permissions are not {}"},
		"a default":          {"permissions: {}\n", "permissions: {contents: read}\n", "its permissions are not {}"},
		"too much":           {"contents: read", "contents: write", "drift has contents: write, and nobody said what for"},
		"too little":         {"issues: write", "issues: read", "drift does not need issues: write any more"},
		"credentials":        {"persist-credentials: false", "fetch-depth: 0", "drift leaves credentials in its folder"},
		"a trusting event":   {"permissions: {}\n", "permissions: {}\non:\n  pull_request_target:\n", "it runs at pull_request_target"},
		"one in a list":      {"permissions: {}\n", "permissions: {}\non: [push, workflow_run]\n", "it runs at on: [push, workflow_run"},
		"a job says nothing": {"    permissions:\n      contents: read\n      issues: write\n", "", "drift does not say what it needs"},
	} {
		content := []byte(strings.Replace(fine, c.from, c.to, 1))
		problems := judgeWorkflow("github-actions.yml", content, maps.Clone(writes))
		found := slices.ContainsFunc(problems, func(problem string) bool { return strings.Contains(problem, c.want) })
		if (c.want == "") != (len(problems) == 0) || c.want != "" && !found {
			t.Errorf("%s: %q, want %q", name, problems, c.want)
		}
	}
}

var (
	goOfModule      = regexp.MustCompile(`(?m)^go (\S+)$`)
	toolchainOfThis = regexp.MustCompile(`(?m)^toolchain (\S+)$`)
)

// TestWorkflowsHaveTheGoOfTheTools holds the toolchain of go.mod to what the tools need. setup-go takes that version, or that
// of the line "go" where there is no toolchain, and then forbids Go to get a newer one:
// https://github.com/actions/setup-go/blob/v7.0.0/src/installer.ts, parseGoVersionFile, and main.ts.
func TestWorkflowsHaveTheGoOfTheTools(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(signpathtest.Root, "go.mod"))
	must(t, err)
	found := toolchainOfThis.FindSubmatch(content)
	if found == nil {
		t.Fatal("go.mod has no toolchain: workflows take the oldest Go that can compile this, and a release too")
	}
	toolchain := string(found[1])
	tools, err := filepath.Glob(filepath.Join(signpathtest.Root, "tools", "*", "go.mod"))
	if err != nil || len(tools) < 10 {
		t.Fatalf("%q, %v", tools, err)
	}
	for _, tool := range tools {
		content, err := os.ReadFile(tool)
		must(t, err)
		if needed := "go" + string(goOfModule.FindSubmatch(content)[1]); version.Compare(needed, toolchain) > 0 {
			t.Errorf("%s needs %s, and workflows have %s", tool, needed, toolchain)
		}
	}
	workflows, err := filepath.Glob(filepath.Join(signpathtest.Root, ".github/workflows/*.yml"))
	must(t, err)
	for _, file := range workflows {
		content, err := os.ReadFile(file)
		must(t, err)
		if uses, takes := bytes.Count(content, []byte("actions/setup-go@")), bytes.Count(content, []byte("go-version-file: go.mod\n")); uses != takes {
			t.Errorf("%s installs Go %d times, and %d times that of go.mod", file, uses, takes)
		}
	}
}

// TestReleaseOfOneOfSeveralTags lets make release a commit that is a release candidate and a release: the one that the
// workflow names, and never what is no version. GoReleaser is a stand-in that says what it is to do.
func TestReleaseOfOneOfSeveralTags(t *testing.T) {
	folder := t.TempDir()
	makefile, err := os.ReadFile(filepath.Join(signpathtest.Root, "GNUmakefile"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(folder, "GNUmakefile"), makefile, 0o600))
	must(t, os.Mkdir(filepath.Join(folder, "tools"), 0o700))
	const goreleaser = "#!/bin/sh\necho \"released $GORELEASER_CURRENT_TAG with ${4}\"\n"
	must(t, os.WriteFile(filepath.Join(folder, "tools", "goreleaser.sh"), []byte(goreleaser), 0o700))
	run := func(script string) string {
		command := exec.CommandContext(t.Context(), "sh", "-c", script)
		command.Dir = folder
		command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GORELEASER_CURRENT_TAG=")
		output, err := command.CombinedOutput()
		if err != nil {
			output = append(output, "failed"...)
		}
		return string(output)
	}
	run("git init --quiet && git -c user.name=Test -c user.email=test@example.com commit --quiet --allow-empty --message=Release")
	for _, c := range []struct{ script, want string }{
		{"make release", "failed"},
		{"git tag latest && make release", "failed"},
		{"git tag v1.0.0-rc.1 && make release", "released v1.0.0-rc.1 with .changes/v1.0.0-rc.1.md"},
		{"git tag v1.0.0 && GORELEASER_CURRENT_TAG=v1.0.0 make release", "released v1.0.0 with .changes/v1.0.0.md"},
		{"GORELEASER_CURRENT_TAG=v1.0.0-rc.1 make release", "released v1.0.0-rc.1 with .changes/v1.0.0-rc.1.md"},
	} {
		if output := run(c.script); !strings.Contains(output, c.want) {
			t.Errorf("%s: %q, want %q", c.script, output, c.want)
		}
	}
	workflow, err := os.ReadFile(filepath.Join(signpathtest.Root, ".github/workflows/release.yml"))
	if err != nil || !strings.Contains(string(workflow), "\nenv:\n  # A commit may have several tags.\n  GORELEASER_CURRENT_TAG: ${{ github.ref_name }}\n") {
		t.Errorf("the workflow does not name the tag that was pushed: %v", err)
	}
}
