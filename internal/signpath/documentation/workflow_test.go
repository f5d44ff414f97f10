package documentation_test

import (
	"maps"
	"os"
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
	actionUse = regexp.MustCompile(`uses: (\S+)(?: # v\d+(?:\.\d+)+)?\n`)
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
		if !strings.Contains(string(use[0]), "# v") {
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
		"all permissions":    {"permissions: {}\n", "", "its permissions are not {}"},
		"a default":          {"permissions: {}\n", "permissions: {contents: read}\n", "its permissions are not {}"},
		"too much":           {"contents: read", "contents: write", "drift has contents: write, and nobody said what for"},
		"too little":         {"issues: write", "issues: read", "drift does not need issues: write any more"},
		"credentials":        {"persist-credentials: false", "fetch-depth: 0", "drift leaves credentials in its folder"},
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
