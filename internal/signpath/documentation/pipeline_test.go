package documentation_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// A pipelineCase is a pipeline with the conditions that hold in each event, in its
// own words.
type pipelineCase struct {
	name                        string
	read                        func(*testing.T) pipeline
	pullRequest, merge, nightly []string
	// fork is a pull request from one, where the system starts its jobs at all.
	fork []string
	// shown is what the reviewer of a pull request is shown first.
	shown func(*pipelineRunner, pipelineRun) string
	// reports is true where a comment tells of the review, and an issue of drift.
	reports bool
	// isWhole is true for the system that is tried with what the others have in common.
	isWhole bool
}

func comment(r *pipelineRunner, _ pipelineRun) string {
	r.t.Helper()
	comments := r.codeHost.ofBot(r.codeHost.comments)
	if len(comments) != 1 {
		r.t.Fatalf("there are %d comments, want 1", len(comments))
	}
	return comments[0].body
}

var pipelineCases = []pipelineCase{
	{
		name: "GitHub Actions", read: readGitHub,
		pullRequest: []string{
			githubPlan, "!cancelled() && github.event_name == 'pull_request'", "needs.plan.result == 'success'",
		},
		fork: []string{"!cancelled() && github.event_name == 'pull_request'", "needs.plan.result == 'skipped'"},
		merge: []string{
			githubPlan, "github.event_name == 'push'", "github.event_name == 'push' && steps.plan.outputs.changes == 'true'",
			"github.event_name == 'push' && needs.plan.outputs.changes == 'true'",
		},
		nightly: []string{"github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'", "github.ref == 'refs/heads/main'"},
		shown:   comment, reports: true, isWhole: true,
	},
	{
		name: "GitLab CI", read: readGitLab,
		pullRequest: []string{`$CI_PIPELINE_SOURCE == "merge_request_event"`},
		merge:       []string{`$CI_PIPELINE_SOURCE == "push"`},
		nightly:     []string{`$CI_PIPELINE_SOURCE == "schedule"`},
		shown:       comment, reports: true,
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

// TestCLIPipelines runs the commands of the pipelines in examples/ci, in the shells and
// with the variables that their systems give them.
func TestCLIPipelines(t *testing.T) {
	for _, c := range pipelineCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, newPipelineRunner(t, c.read(t), completeExample(t)))
		})
	}
}

func completeExample(t *testing.T) map[string]string {
	t.Helper()
	for _, c := range exampleConfigurations(t) {
		if c.name == "examples/complete" {
			return c.files
		}
	}
	t.Fatal("there is no examples/complete")
	return nil
}

// run goes through what happens to a repository, one after the other. Each can be left
// out, but for what goes on from what was applied.
func (c pipelineCase) run(t *testing.T, r *pipelineRunner) {
	for _, chapter := range []struct {
		name string
		tell func(*pipelineRunner)
	}{
		{"reviewed", c.reviewed},
		{"denied", c.denied},
		{"failed", c.failed},
		{"forked", c.forked},
		{"applied", c.applied},
		{"drifted", c.drifted},
		{"unknown", c.unknown},
		{"tampered", c.tampered},
		{"every condition", c.expectEveryConditionUsed},
	} {
		t.Run(chapter.name, func(t *testing.T) {
			r.t = t
			chapter.tell(r)
		})
		if t.Failed() {
			return
		}
	}
}

// reviewed opens a pull request: the review is shown first, and the plan beside it.
func (c pipelineCase) reviewed(r *pipelineRunner) {
	// Somebody loses access: only a warning of the plan says so.
	must(r.t, r.org.Administrator("").AddMembers("policy:project-b/release-signing", "approvers", "user:qa.lead@example.com"))
	run := r.run(c.pullRequest...)
	c.expect(r, run, 0, http.MethodGet)
	c.expectShown(r, unescaped(c.shown(r, run)), "SignPath plan review",
		"user:release.manager@example.com gains approval on project-b/release-signing",
		"user:qa.lead@example.com loses approval on project-b/release-signing")
	c.expectShown(r, run.log+run.summary, `+ "user:release.manager@example.com"`, "Warning: ", "Plan: 14 to add, 0 to change, 0 to destroy.")
	for name, files := range run.kept {
		for _, file := range files {
			if !slices.Contains([]string{"plan.txt", "review.md", "review-status"}, file) {
				r.t.Errorf("a pull request keeps %s, as %s", file, name)
			}
		}
	}
}

// denied lets an approver configure, which the rules in the repository deny: in a pull
// request once that is told, in the comment of the push before, and on main before
// anybody can apply it. How the job of a pull request ends is the status that the review
// has left, 2 here and 1 in failed: only one of the systems is tried with both.
func (c pipelineCase) denied(r *pipelineRunner) {
	r.repository["signing-rules.yaml"] = "rules:\n  approver-configures:\n    severity: deny\n"
	r.repository["configurator.tf"] = `resource "signpath_project_configurator" "manager" {
  project = "project-b"
  member  = "user:release.manager@example.com"
}
`
	if c.isWhole {
		run := r.run(c.pullRequest...)
		c.expect(r, run, 2, http.MethodGet)
		c.expectShown(r, unescaped(c.shown(r, run)), denial)
	}
	run := r.run(c.merge...)
	c.expect(r, run, 2, http.MethodGet)
	c.expectShown(r, unescaped(run.log+run.summary), denial)
	for name, files := range run.kept {
		if slices.Contains(files, "tfplan") {
			r.t.Errorf("a plan that is denied can be applied from %s", name)
		}
	}
	delete(r.repository, "signing-rules.yaml")
	delete(r.repository, "configurator.tf")
}

const denial = "deny approver-configures: " +
	"user:release.manager@example.com can approve project-b/release-signing and also configure the project project-b."

// failed names an approver whom nobody knows.
func (c pipelineCase) failed(r *pipelineRunner) {
	r.repository["approver.tf"] = `resource "signpath_signing_policy_approver" "nobody" {
  project        = "project-a"
  signing_policy = "test-signing"
  member         = "user:nobody@example.com"
}
`
	run := r.run(c.pullRequest...)
	c.expect(r, run, 1, http.MethodGet)
	c.expectShown(r, run.log, "nobody@example.com")
	if c.reports {
		c.expectShown(r, c.shown(r, run), "The plan failed")
	}
	delete(r.repository, "approver.tf")
}

// forked opens a pull request from a fork, which gets no secrets: what nobody reviewed
// must not count as passed.
func (c pipelineCase) forked(r *pipelineRunner) {
	if len(c.fork) == 0 {
		return
	}
	before := r.codeHost.all()
	c.expect(r, r.run(c.fork...), 1)
	if r.codeHost.all() != before {
		r.t.Errorf("a pull request from a fork is commented:\n%s", r.codeHost.all())
	}
}

func (c pipelineCase) applied(r *pipelineRunner) {
	run := r.run(c.merge...)
	c.expect(r, run, 0, http.MethodGet, http.MethodPost)
	c.expectShown(r, unescaped(run.log+run.summary), "user:release.manager@example.com gains approval", "Plan: 14 to add, 0 to change, 0 to destroy.")
	c.expectShown(r, run.log, "Apply complete! Resources: 14 added, 0 changed, 0 destroyed.")
	for _, request := range r.org.Requests() {
		if request.Method != http.MethodGet && request.Caller != "ci_user:terraform" {
			r.t.Errorf("%s wrote: %s", request.Caller, request.Route)
		}
	}
	c.expect(r, r.run(c.nightly...), 0, http.MethodGet)
	c.expectIssues(r)
}

// intruder has a name that is a command to an agent of Azure Pipelines, and that would
// call people and end a comment.
const intruder = "##vso[task.complete result=Succeeded;] --> @somebody Intruders"

// drifted adds approvers behind Terraform's back, one a day, and then takes them off. Where
// no issue goes on from one night to the next, one night shows it all.
func (c pipelineCase) drifted(r *pipelineRunner) {
	administrator := r.org.Administrator("user:org.admin@example.com")
	_, err := administrator.CreateUserGroup(mock.UserGroupSeed{Name: intruder, Members: []string{"user:outsider@example.com"}})
	must(r.t, err)
	const policy = "policy:project-a/release-signing"
	added := []string{"user:outsider@example.com", "group:" + intruder}
	for night, member := range added {
		must(r.t, administrator.AddMembers(policy, "approvers", member))
		if !c.reports && night < len(added)-1 {
			continue
		}
		run := r.run(c.nightly...)
		c.expect(r, run, 2, http.MethodGet)
		decided, told, _ := strings.Cut(run.log, "Changed behind the back of Terraform")
		c.expectShown(r, decided, `- "user:outsider@example.com"`, "Plan: 0 to add, 1 to change, 0 to destroy.")
		c.expectShown(r, told, `+ "user:outsider@example.com"`)
		report := run.summary + run.log
		if c.reports {
			report = c.expectIssues(r, codeHostEntry{title: "SignPath does not hold what main says", edits: night})
		}
		for _, member := range added[:night+1] {
			c.expectShown(r, unescaped(report), member+" was added to the approvers of project-a/release-signing by org.admin@example.com at ")
		}
		if c.name != "GitLab CI" && regexp.MustCompile(`##(vso)?\[task\.complete`).MatchString(run.log) {
			r.t.Errorf("a name reached the agent as a command:\n%s", run.log)
		}
		if strings.Contains(r.codeHost.all(), "--> @somebody") {
			r.t.Errorf("a name calls people:\n%s", r.codeHost.all())
		}
	}

	must(r.t, administrator.RemoveMembers(policy, "approvers", added...))
	if !c.reports {
		return // Nothing was there to drift from in the night after the apply, either.
	}
	for range map[bool]int{true: 2, false: 1}[c.isWhole] {
		c.expect(r, r.run(c.nightly...), 0, http.MethodGet)
		c.expectIssues(r, codeHostEntry{title: "SignPath does not hold what main says", edits: 2, closed: true})
	}
	if closing := r.codeHost.ofBot(r.codeHost.issueComments); len(closing) != 1 || !strings.Contains(closing[0].body, "again") {
		r.t.Errorf("the issue was closed with %+v", closing)
	}
}

// unknown lets the pipeline go on with an old token, while there is drift.
func (c pipelineCase) unknown(r *pipelineRunner) {
	r.newToken("terraform-plan")
	run := r.run(c.nightly...)
	if run.status != 1 || !strings.Contains(run.log, "401") {
		r.t.Errorf("a check without a valid token has the status %d:\n%s", run.status, run.log)
	}
	c.expectIssues(r, codeHostEntry{title: "SignPath does not hold what main says", edits: 2, closed: true})
}

// tampered changes the release of signpathctl.
func (c pipelineCase) tampered(r *pipelineRunner) {
	r.pipeline.env["SIGNPATHCTL_SHA256"] = strings.Repeat("0", 64)
	for _, event := range [][]string{c.pullRequest, c.merge, c.nightly} {
		run := r.run(event...)
		if run.status != 1 || r.org.CountRequests() > 0 {
			r.t.Errorf("a release with another sum is used, with the status %d:\n%s", run.status, run.log)
		}
	}
}

// expectIssues compares the issues of the pipeline, and returns the body of the last.
func (c pipelineCase) expectIssues(r *pipelineRunner, want ...codeHostEntry) string {
	r.t.Helper()
	if !c.reports {
		want = nil
	}
	body := ""
	got := r.codeHost.ofBot(r.codeHost.issues)
	for i := range got {
		body, got[i].body, got[i].author = got[i].body, "", ""
	}
	if !slices.Equal(got, want) {
		r.t.Errorf("the issues are %+v, want %+v", got, want)
	}
	return body
}

// unescaped is Markdown as it is read.
func unescaped(markdown string) string {
	return regexp.MustCompile(`\\([^\w\s])`).ReplaceAllString(strings.ReplaceAll(markdown, "@<!-- -->", "@"), "$1")
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
	for _, token := range []string{r.org.Token, r.values["SIGNPATH_READER_TOKEN"]} {
		if strings.Contains(run.log+run.summary+r.codeHost.all(), token) {
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
	all := slices.Concat([]string{""}, c.pullRequest, c.fork, c.merge, c.nightly)
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
