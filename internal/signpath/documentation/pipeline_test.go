package documentation_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// A pipelineCase is a pipeline with what its system says of each event.
type pipelineCase struct {
	name                        string
	read                        func(*testing.T) pipeline
	pullRequest, merge, nightly event
	// rotation is the event in which tokens rotate that are due.
	rotation event
	// others are events that end in another way, by what they are.
	others map[string]otherEvent
	// folder is where the configuration is in the repository.
	folder string
	// shown is what the reviewer of a pull request is shown first.
	shown func(*pipelineRunner, pipelineRun) string
	// reports is true where a comment tells of the review, and an issue of drift.
	reports bool
	// quality is where the review leaves a report of code quality, if it leaves one.
	quality string
	// isWhole is true for the system that is tried with what the others have in common.
	isWhole bool
}

// An otherEvent has the status with which its run ends, and the jobs that run in it.
type otherEvent struct {
	event
	status int
	ran    []string
	log    string
}

func comment(r *pipelineRunner, _ pipelineRun) string {
	r.t.Helper()
	comments := r.codeHost.ofBot(r.codeHost.comments)
	if len(comments) != 1 {
		r.t.Fatalf("there are %d comments, want 1", len(comments))
	}
	return comments[0].body
}

func githubEvent(name, ref, repository string) event {
	return event{values: map[string]string{
		"github.event_name": name, "github.ref": ref, "github.event.pull_request.head.repo.full_name": repository,
	}, ofBranch: name == "pull_request" || name == "merge_group"}
}

func gitlabEvent(source, branch, project string) event {
	return event{values: map[string]string{
		"CI_PIPELINE_SOURCE": source, "CI_COMMIT_BRANCH": branch, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": project,
	}, ofBranch: source == "merge_request_event"}
}

func azureEvent(reason, branch string) event {
	return event{values: map[string]string{"Build.Reason": reason, "Build.SourceBranch": branch}, ofBranch: reason == "PullRequest"}
}

// with is the event with another value.
func (e event) with(name, value string) event {
	e.values[name] = value
	return e
}

func (e event) withoutSecrets() event {
	e.secretless = true
	return e
}

var pipelineCases = []pipelineCase{
	{
		name: "GitHub Actions", read: readGitHub, folder: ".",
		pullRequest: githubEvent("pull_request", "refs/pull/7/merge", "team-1/signpath"),
		merge:       githubEvent("push", "refs/heads/trunk", ""),
		nightly:     githubEvent("schedule", "refs/heads/trunk", "").with("github.event.schedule", "17 3 * * *"),
		rotation:    githubEvent("schedule", "refs/heads/trunk", "").with("github.event.schedule", "43 5 * * 1"),
		others: map[string]otherEvent{
			"a fork": {githubEvent("pull_request", "refs/pull/7/merge", "somebody/signpath").withoutSecrets(), 1, []string{"review"}, "cannot be planned"},
			"Dependabot": {
				githubEvent("pull_request", "refs/pull/7/merge", "team-1/signpath").withoutSecrets(), 1,
				[]string{"plan", "review"},
				"Dependabot has secrets of its own",
			},
			"a merge queue": {githubEvent("merge_group", "refs/heads/gh-readonly-queue/trunk/pr-7-1", ""), 0, []string{"plan", "review"}, ""},
			"another branch, by hand": {
				githubEvent("workflow_dispatch", "refs/heads/change", ""), 1, []string{"plan", "drift"}, "Only the default branch, trunk, says what",
			},
		},
		shown: comment, reports: true, isWhole: true,
	},
	{
		name: "GitLab CI", read: readGitLab, folder: "signpath",
		pullRequest: gitlabEvent("merge_request_event", "", "1"),
		merge:       gitlabEvent("push", "trunk", ""),
		nightly:     gitlabEvent("schedule", "trunk", ""),
		rotation:    gitlabEvent("schedule", "trunk", "").with("SIGNPATH_TOKEN_ROTATION", "due"),
		others: map[string]otherEvent{
			"a fork":         {gitlabEvent("merge_request_event", "", "2"), 0, nil, ""},
			"another branch": {gitlabEvent("push", "change", ""), 0, nil, ""},
		},
		shown: comment, reports: true, quality: ".signpath-review/codequality.json",
	},
	{
		name: "Azure Pipelines", read: readAzure, folder: "infrastructure/signing",
		pullRequest: azureEvent("PullRequest", "refs/pull/7/merge"),
		merge:       azureEvent("IndividualCI", "refs/heads/trunk"),
		nightly:     azureEvent("Schedule", "refs/heads/trunk").with("Build.CronSchedule.DisplayName", "Drift check"),
		rotation:    azureEvent("Schedule", "refs/heads/trunk").with("Build.CronSchedule.DisplayName", "Token rotation"),
		others: map[string]otherEvent{
			"another branch, by hand": {azureEvent("Manual", "refs/heads/change"), 0, []string{"plan", "review"}, ""},
		},
		shown: func(_ *pipelineRunner, run pipelineRun) string { return run.summary },
	},
}

// TestCLIPipelines runs the commands of the pipelines in examples/ci, in the shells and
// with the variables that their systems give them.
func TestCLIPipelines(t *testing.T) {
	for _, c := range pipelineCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := c.read(t)
			p.env["SIGNPATH_FOLDER"] = c.folder
			c.run(t, newPipelineRunner(t, p, completeExample(t)))
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
		{"attacked", c.attacked},
		{"other events", c.other},
		{"applied", c.applied},
		{"rotated", c.rotated},
		{"drifted", c.drifted},
		{"unknown", c.unknown},
		{"tampered", c.tampered},
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
	run := r.run(c.pullRequest)
	c.expect(r, run, 0, http.MethodGet)
	c.expectShown(r, unescaped(c.shown(r, run)), "SignPath plan review",
		"user:release.manager@example.com gains approval on project-b/release-signing",
		"user:qa.lead@example.com loses approval on project-b/release-signing")
	c.expectShown(r, run.log+run.summary, `+ "user:release.manager@example.com"`, "Warning: ", "Plan: 14 to add, 0 to change, 0 to destroy.")
	if strings.Contains(c.shown(r, run), "**Other") {
		r.t.Errorf("what is as on the default branch is told to be another one:\n%s", c.shown(r, run))
	}
	c.expectNoSecretsKept(r, run)
}

// expectNoSecretsKept holds that whoever may read the repository finds no plan. GitLab
// gives what the job plan keeps to nobody but other jobs.
func (c pipelineCase) expectNoSecretsKept(r *pipelineRunner, run pipelineRun) {
	r.t.Helper()
	for name, folder := range run.kept {
		if name == "plan" {
			continue
		}
		must(r.t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if strings.Contains(string(content), "planned_values") || filepath.Base(path) == "tfplan" {
				r.t.Errorf("whoever may read the repository finds a plan in %s, as %s", name, path)
			}
			return err
		}))
	}
}

// denied lets an approver configure, which the rules in the repository deny: in a pull
// request once that is told, in the comment of the push before, and on main before
// anybody can apply it. How the job of a pull request ends is the status that the review
// has left, 2 here and 1 in failed: only one of the systems is tried with both.
func (c pipelineCase) denied(r *pipelineRunner) {
	r.repository["signing-rules.yaml"] = "rules:\n  approver-configures:\n    severity: deny\n"
	r.repository["configurator.tf"] = configurator
	if c.isWhole {
		run := r.run(c.pullRequest)
		c.expect(r, run, 2, http.MethodGet)
		c.expectShown(r, unescaped(c.shown(r, run)), denial)
	}
	run := r.run(c.merge)
	c.expect(r, run, 2, http.MethodGet)
	c.expectShown(r, unescaped(run.log+run.summary), denial)
	if slices.Contains(run.ran, "apply") {
		r.t.Error("a plan that is denied is applied")
	}
	if c.quality != "" {
		c.expectQualityReport(r, run)
	}
	delete(r.repository, "signing-rules.yaml")
	delete(r.repository, "configurator.tf")
}

// expectQualityReport holds that the code host gets the finding at the line of its resource.
func (c pipelineCase) expectQualityReport(r *pipelineRunner, run pipelineRun) {
	r.t.Helper()
	content, err := os.ReadFile(filepath.Join(run.kept["review"], c.quality))
	must(r.t, err)
	for _, want := range []string{`"check_name": "approver-configures"`, `configurator.tf"`, `"severity": "blocker"`, `"begin": 1`} {
		if !strings.Contains(string(content), want) {
			r.t.Errorf("no %s in the code quality report\n%s", want, content)
		}
	}
}

const configurator = `resource "signpath_project_configurator" "manager" {
  project = "project-b"
  member  = "user:release.manager@example.com"
}
`

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
	run := r.run(c.pullRequest)
	c.expect(r, run, 1, http.MethodGet)
	c.expectShown(r, run.log, "nobody@example.com")
	if c.reports {
		c.expectShown(r, c.shown(r, run), "The plan failed")
	}
	delete(r.repository, "approver.tf")
}

// other lets the pipeline run for what is no pull request, merge or night: what nobody
// reviewed must not count as passed, and no check may wait for ever.
func (c pipelineCase) other(r *pipelineRunner) {
	for name, other := range c.others {
		before := r.codeHost.all()
		run := r.run(other.event)
		if run.status != other.status || !slices.Equal(run.ran, other.ran) || !strings.Contains(run.log, other.log) {
			r.t.Errorf("%s: the jobs %q ended with %d, want %q and %d:\n%s", name, run.ran, run.status, other.ran, other.status, run.log)
		}
		if name == "a fork" && r.codeHost.all() != before {
			r.t.Errorf("%s is commented:\n%s", name, r.codeHost.all())
		}
	}
}

func (c pipelineCase) applied(r *pipelineRunner) {
	run := r.run(c.merge)
	c.expect(r, run, 0, http.MethodGet, http.MethodPost)
	c.expectShown(r, unescaped(run.log+run.summary), "user:release.manager@example.com gains approval", "Plan: 14 to add, 0 to change, 0 to destroy.")
	c.expectShown(r, run.log, "Apply complete! Resources: 14 added, 0 changed, 0 destroyed.")
	for _, request := range r.org.Requests() {
		if request.Method != http.MethodGet && request.Caller != "ci_user:terraform" {
			r.t.Errorf("%s wrote: %s", request.Caller, request.Route)
		}
	}
	c.expect(r, r.run(c.nightly), 0, http.MethodGet)
	c.expectIssues(r)
}

// rotated has a token that is due as soon as it is generated: a pull request, a night and a merge
// hold it, and the run that is about it replaces it, once that is approved.
func (c pipelineCase) rotated(r *pipelineRunner) {
	r.repository["token.tf"] = `resource "signpath_ci_user_token" "nightly" {
  ci_user      = values(signpath_ci_user.build)[0].member
  rotate_after = "1ns"
}
`
	run := r.run(c.merge)
	c.expect(r, run, 0, http.MethodGet, http.MethodPost)
	c.expectShown(r, run.log, "Apply complete! Resources: 1 added, 0 changed, 0 destroyed.")

	held := []event{c.pullRequest}
	if c.isWhole {
		held = append(held, c.merge, c.nightly)
	}
	for _, e := range held {
		run = r.run(e)
		c.expect(r, run, 0, http.MethodGet)
		c.expectShown(r, run.log+run.summary, "Warning: API tokens are due for rotation, and held", "No changes.")
		if slices.Contains(run.ran, "apply") {
			r.t.Errorf("what is due is applied by %v", e.values)
		}
	}

	run = r.run(c.rotation)
	c.expect(r, run, 0, http.MethodGet, http.MethodPost)
	c.expectShown(r, unescaped(run.log+run.summary), `is rotated, because by rotate_after = "1ns" it has been due since `)
	c.expectShown(r, run.log, "Apply complete! Resources: 1 added, 0 changed, 1 destroyed.")
	if !slices.Equal(run.ran, []string{"plan", "review", "apply"}) {
		r.t.Errorf("the rotation runs %q", run.ran)
	}
	c.expectIssues(r)
	delete(r.repository, "token.tf")
	c.expectShown(r, r.run(c.merge).log, "Apply complete! Resources: 0 added, 0 changed, 1 destroyed.")
}

// drifted adds approvers behind Terraform's back, one a day, and then takes them off. Where
// no issue goes on from one night to the next, one night shows it all.
func (c pipelineCase) drifted(r *pipelineRunner) {
	administrator := r.org.Administrator("user:org.admin@example.com")
	_, err := administrator.CreateUserGroup(mock.UserGroupSeed{Name: hostile, Members: []string{"user:outsider@example.com"}})
	must(r.t, err)
	const policy = "policy:project-a/release-signing"
	added := []string{"user:outsider@example.com", "group:" + hostile}
	for night, member := range added {
		must(r.t, administrator.AddMembers(policy, "approvers", member))
		if !c.reports && night < len(added)-1 {
			continue
		}
		run := r.run(c.nightly)
		c.expect(r, run, 2, http.MethodGet)
		decided, told, _ := strings.Cut(run.log, "Changed behind the back of Terraform")
		c.expectShown(r, decided, `- "user:outsider@example.com"`, "Plan: 0 to add, 1 to change, 0 to destroy.")
		c.expectShown(r, told, `+ "user:outsider@example.com"`)
		report := run.summary + run.log
		if c.reports {
			report = c.expectIssues(r, codeHostEntry{title: "SignPath is not as it should be", edits: night})
		}
		for _, member := range added[:night+1] {
			c.expectShown(r, unescaped(report), text.Visible(member)+" was added to the approvers of project-a/release-signing by org.admin@example.com at ")
		}
		c.expectHarmless(r, run)
	}
	must(r.t, administrator.RemoveMembers(policy, "approvers", added...))
	c.deniedAtNight(r)
	delete(r.repository, "signing-rules.yaml")
	if !c.reports {
		return // Nothing was there to drift from in the night after the apply, either.
	}
	r.values["SIGNPATH_DRIFT_SINCE"] = time.Now().UTC().Format(time.RFC3339) // Somebody has looked.
	for range map[bool]int{true: 2, false: 1}[c.isWhole] {
		c.expect(r, r.run(c.nightly), 0, http.MethodGet)
		c.expectIssues(r, codeHostEntry{title: "SignPath is not as it should be", edits: 3, closed: true})
	}
	if closing := r.codeHost.ofBot(r.codeHost.issueComments); len(closing) != 1 || !strings.Contains(closing[0].body, "again") {
		r.t.Errorf("the issue was closed with %+v", closing)
	}
}

// deniedAtNight lets the rules deny what was so all the time.
func (c pipelineCase) deniedAtNight(r *pipelineRunner) {
	r.repository["signing-rules.yaml"] = "rules:\n  ci-user-administrator:\n    severity: deny\n"
	run := r.run(c.nightly)
	c.expect(r, run, 2, http.MethodGet)
	report := run.summary + run.log
	if c.reports {
		report = c.expectIssues(r, codeHostEntry{title: "SignPath is not as it should be", edits: 2})
	}
	c.expectShown(r, unescaped(report), "| deny | ci-user-administrator |")
}

// unknown lets the pipeline go on with an old token, while there is drift.
func (c pipelineCase) unknown(r *pipelineRunner) {
	r.newToken("terraform-plan")
	run := r.run(c.nightly)
	if run.status != 1 || !strings.Contains(run.log, "401") {
		r.t.Errorf("a check without a valid token has the status %d:\n%s", run.status, run.log)
	}
	c.expectIssues(r, codeHostEntry{title: "SignPath is not as it should be", edits: 3, closed: true})

	// The plan can be made, and what the rules say of the organization is not known.
	r.values["SIGNPATH_READER_TOKEN"] = r.newToken("terraform-plan")
	refuse(r.t, r, "GET /Projects")
	defer r.org.ClearFaults()
	run = r.run(c.nightly)
	defer func() { r.values["SIGNPATH_READER_TOKEN"] = r.newToken("terraform-plan") }()
	if run.status != 1 || !strings.Contains(run.log, "add-mask") {
		r.t.Errorf("a night on which SignPath refuses an answer has the status %d:\n%s", run.status, run.log)
	}
	c.expectHarmless(r, run)
	c.expectIssues(r, codeHostEntry{title: "SignPath is not as it should be", edits: 3, closed: true})
}

// tampered changes the release of signpathctl.
func (c pipelineCase) tampered(r *pipelineRunner) {
	r.pipeline.env["SIGNPATHCTL_SHA256"] = strings.Repeat("0", 64)
	for _, e := range []event{c.pullRequest, c.nightly} { // A merge is reviewed as a pull request is.
		if run := r.run(e); run.status != 1 || !strings.Contains(run.log, "FAILED") {
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
	return regexp.MustCompile(`\\([^a-zA-Z0-9\s])`).ReplaceAllString(strings.ReplaceAll(markdown, "<!-- -->", ""), "$1")
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
