package provider_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// A pipelineCase is a pipeline with the conditions that hold in each event, in its
// own words.
type pipelineCase struct {
	name                        string
	read                        func(*testing.T) pipeline
	pullRequest, merge, nightly []string
	// shown is what the reviewer of a pull request sees.
	shown func(*pipelineRunner, pipelineRun) string
}

var pipelineCases = []pipelineCase{
	{
		name: "GitHub Actions", read: readGitHub,
		pullRequest: []string{githubPlan, "github.event_name == 'pull_request'"},
		merge: []string{
			githubPlan, "github.event_name == 'push' && steps.plan.outputs.changes == 'true'",
			"github.event_name == 'push' && needs.plan.outputs.changes == 'true'",
		},
		nightly: []string{"github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'"},
		shown: func(r *pipelineRunner, run pipelineRun) string {
			comment, err := os.ReadFile(filepath.Join(r.home, "comment"))
			must(r.t, err)
			if !strings.Contains(string(comment), run.summary) {
				r.t.Errorf("the comment and the summary differ:\n%s\n%s", comment, run.summary)
			}
			return string(comment)
		},
	},
	{
		name: "GitLab CI", read: readGitLab,
		pullRequest: []string{`$CI_PIPELINE_SOURCE == "merge_request_event"`},
		merge:       []string{`$CI_PIPELINE_SOURCE == "push"`},
		nightly:     []string{`$CI_PIPELINE_SOURCE == "schedule"`},
		shown:       func(_ *pipelineRunner, run pipelineRun) string { return run.log },
	},
	{
		name: "Azure Pipelines", read: readAzure,
		pullRequest: []string{"ne(variables['Build.Reason'], 'Schedule')"},
		merge: []string{
			"ne(variables['Build.Reason'], 'Schedule')",
			"and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'), eq(variables['terraform.changes'], 'true'))",
			"and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'), eq(variables['Build.SourceBranch'], 'refs/heads/main'), " +
				"eq(dependencies.plan.outputs['plan.terraform.changes'], 'true'))",
		},
		nightly: []string{"eq(variables['Build.Reason'], 'Schedule')"},
		shown:   func(_ *pipelineRunner, run pipelineRun) string { return run.summary },
	},
}

const githubPlan = "github.event_name == 'push' || " +
	"(github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository)"

// TestPipelines runs the commands of the pipelines in examples/ci, in the shells and
// with the variables that their systems give them.
func TestPipelines(t *testing.T) {
	if os.Getenv(acceptance.EnvTfAcc) == "" {
		t.Skip("acceptance tests run with TF_ACC=1; make test sets it, with a Terraform CLI")
	}
	cli := newTerraformCLI(t)
	for _, c := range pipelineCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, newPipelineRunner(t, cli, c.read(t), completeExample(t)))
		})
	}
}

func completeExample(t *testing.T) map[string][]byte {
	t.Helper()
	for _, c := range exampleConfigurations(t) {
		if c.name == "examples/complete" {
			return c.files
		}
	}
	t.Fatal("there is no examples/complete")
	return nil
}

// intruder has a name that is a command to an agent of Azure Pipelines.
const intruder = "##vso[task.complete result=Succeeded;] Intruders"

func (c pipelineCase) run(t *testing.T, r *pipelineRunner) {
	// Somebody loses access: only a warning of the plan says so.
	must(t, r.org.Administrator("").AddMembers("policy:project-b/release-signing", "approvers", "user:qa.lead@example.com"))
	for range 2 { // The second push finds the comment of the first.
		run := r.run(c.pullRequest...)
		c.expect(r, run, 0, http.MethodGet)
		c.expectShown(r, c.shown(r, run), `+ "user:release.manager@example.com"`, "user:qa.lead@example.com", "Plan: 14 to add, 0 to change, 0 to destroy.")
		for name, files := range run.kept {
			if slices.Contains(files, "tfplan") {
				t.Errorf("a pull request keeps its plan file, as %s", name)
			}
		}
	}

	run := r.run(c.merge...)
	c.expect(r, run, 0, http.MethodGet, http.MethodPost)
	c.expectShown(r, run.log, "Apply complete! Resources: 14 added, 0 changed, 0 destroyed.")
	for _, request := range r.org.Requests() {
		if request.Method != http.MethodGet && request.Caller != "ci_user:terraform" {
			t.Errorf("%s wrote: %s", request.Caller, request.Route)
		}
	}
	c.expect(r, r.run(c.nightly...), 0, http.MethodGet)

	administrator := r.org.Administrator("")
	_, err := administrator.CreateUserGroup(mock.UserGroupSeed{Name: intruder, Members: []string{"user:outsider@example.com"}})
	must(t, err)
	must(t, administrator.AddMembers("policy:project-a/release-signing", "approvers", "user:outsider@example.com", "group:"+intruder))
	run = r.run(c.nightly...)
	c.expect(r, run, 2, http.MethodGet)
	decided, told, _ := strings.Cut(run.log, "Changed behind the back of Terraform")
	c.expectShown(r, decided, `- "user:outsider@example.com"`, "Plan: 0 to add, 1 to change, 0 to destroy.")
	c.expectShown(r, told, `+ "user:outsider@example.com"`)
	if c.name != "GitLab CI" && regexp.MustCompile(`##(vso)?\[task\.complete`).MatchString(run.log) {
		t.Errorf("a name reached the agent as a command:\n%s", run.log)
	}

	r.newToken("terraform-plan") // The pipeline still has the old one.
	run = r.run(c.nightly...)
	if run.status != 1 || !strings.Contains(run.log, "401") {
		t.Errorf("a check without a valid token has the status %d:\n%s", run.status, run.log)
	}
	c.expectEveryConditionUsed(r)
}

// expect checks how a run ended, that it only sent such requests, and that it printed
// no token.
func (c pipelineCase) expect(r *pipelineRunner, run pipelineRun, status int, methods ...string) {
	r.t.Helper()
	if len(run.ran) == 0 || run.status != status {
		r.t.Fatalf("the jobs %q ended with %d, want %d:\n%s", run.ran, run.status, status, run.log)
	}
	var sent []string
	for _, request := range r.org.Requests() {
		sent = append(sent, request.Method)
	}
	slices.Sort(sent)
	if sent = slices.Compact(sent); !slices.Equal(sent, methods) {
		r.t.Errorf("the jobs %q sent %q, want %q", run.ran, sent, methods)
	}
	for _, token := range []string{r.org.token, r.values["SIGNPATH_READER_TOKEN"]} {
		if strings.Contains(run.log+run.summary, token) {
			r.t.Errorf("the jobs %q show a token", run.ran)
		}
	}
}

func (c pipelineCase) expectShown(r *pipelineRunner, text string, wanted ...string) {
	r.t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			r.t.Errorf("%q is not shown:\n%s", want, text)
		}
	}
}

// expectEveryConditionUsed keeps the conditions of this test those of the file.
func (c pipelineCase) expectEveryConditionUsed(r *pipelineRunner) {
	r.t.Helper()
	all := slices.Concat([]string{""}, c.pullRequest, c.merge, c.nightly)
	for condition := range r.used {
		if !slices.Contains(all, condition) {
			r.t.Errorf("no event of this test has the condition %s", condition)
		}
	}
	for _, condition := range all {
		if condition != "" && !r.used[condition] {
			r.t.Errorf("%s has no condition %s", r.pipeline.file, condition)
		}
	}
}
