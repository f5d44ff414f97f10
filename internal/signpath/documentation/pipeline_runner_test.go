package documentation_test

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A pipelineRunner does for a pipeline what its CI system does: it gives every job a
// machine of its own, the variables that it may have, and the files that others kept.
type pipelineRunner struct {
	t        *testing.T
	org      *signpathtest.Organization
	codeHost *codeHost
	pipeline pipeline
	// home has what outlives a run: the state, the release, and what the providers are
	// installed from.
	home string
	// repository are the files of the configuration on the default branch, and branch
	// those that a pull request has otherwise.
	repository, branch map[string]string
	// values are what expressions stand for; protected ones only in a job that has
	// their environment.
	values    map[string]string
	protected map[string]map[string]string
	// attack is what the code of the branch does on the machine of a plan, if anything:
	// a script that runs while Terraform plans.
	attack string
}

// An event is why a pipeline runs.
type event struct {
	values map[string]string
	// secretless is true where the system gives no secrets.
	secretless bool
	// ofBranch is true where the branch is planned, and not the default branch.
	ofBranch bool
}

// A pipelineRun is what is left of one run.
type pipelineRun struct {
	// status is that of the first job that failed, or 0.
	status int
	// log is all that was printed, and summary what is shown beside it; logs and
	// summaries are those of each job.
	log, summary    string
	logs, summaries map[string]string
	ran             []string
	statuses        map[string]int
	// kept are the folders with what was kept, by its name.
	kept map[string]string
	// known are results and outputs of jobs, as expressions name them.
	known map[string]string
}

const defaultBranch = "trunk"

func newPipelineRunner(t *testing.T, p pipeline, configuration map[string]string) *pipelineRunner {
	t.Helper()
	r := &pipelineRunner{
		t: t, org: signpathtest.Start(t, nil), codeHost: newCodeHost(t), pipeline: p, home: t.TempDir(), repository: maps.Clone(configuration),
	}
	must(t, os.Mkdir(filepath.Join(r.home, "programs"), 0o700))
	for name, script := range map[string]string{"gh": githubCLI, "curl": curl, "apk": "#!/bin/sh\n"} {
		must(t, os.WriteFile(filepath.Join(r.home, "programs", name), []byte(script), 0o700))
	}
	r.mirrorProvider(filepath.Join(signpathtest.Programs(t), "terraform-provider-signpath"))
	r.repository["backend.tf"] = "terraform {\n  backend \"local\" {\n    path = \"" +
		filepath.ToSlash(filepath.Join(r.home, "terraform.tfstate")) + "\"\n  }\n}\n"

	_, err := r.org.Administrator("ci_user:terraform").CreateCIUser(mock.CIUserSeed{Name: "terraform-plan", Role: mock.RoleGlobalReader})
	must(t, err)
	key, certificate := planKeys(t)
	r.values = map[string]string{
		"SIGNPATH_ORGANIZATION_ID": r.org.OrganizationID(), "SIGNPATH_APPLIED_BY": "ci_user:terraform", "SIGNPATH_DRIFT_SINCE": "",
		"SIGNPATH_READER_TOKEN": r.newToken("terraform-plan"),
		"SIGNPATH_PLAN_KEY":     key, "SIGNPATH_PLAN_CERTIFICATE": certificate,
		"github.token": githubToken, "github.event.pull_request.number": "7", "github.run_id": "1",
		"github.server_url": "https://git.example.com", "github.repository": "team-1/signpath",
		"github.event.repository.default_branch": defaultBranch, "github.event.schedule": "", "Build.CronSchedule.DisplayName": "",
		"CI_API_V4_URL": r.codeHost.url + "/api/v4", "CI_MERGE_REQUEST_IID": "7", "CI_DEFAULT_BRANCH": defaultBranch,
		"CI_PIPELINE_URL": "https://git.example.com/team-1/signpath/actions/runs/1", "CI_PROJECT_ID": "1", "CI_PIPELINE_ID": "1",
		"CI_REPOSITORY_URL": filepath.Join(r.home, "origin"),
	}
	r.protected = map[string]map[string]string{
		"signpath":         {"SIGNPATH_ADMINISTRATOR_TOKEN": r.org.Token},
		"signpath-reports": {"SIGNPATH_REPORTS_TOKEN": gitlabToken},
	}
	if branch := p.env["DEFAULT_BRANCH"]; branch != "" {
		p.env["DEFAULT_BRANCH"] = defaultBranch
	}
	r.release(filepath.Join(signpathtest.Programs(t), "signpathctl"))
	r.lockProviders()
	return r
}

// planKeys are the two settings by which a plan goes from job to job, made as the guide
// says.
func planKeys(t *testing.T) (key, certificate string) {
	t.Helper()
	made, err := exec.Command("sh", "-ec", guideSection(t, "openssl req")).Output()
	must(t, err)
	lines := strings.Fields(string(made))
	if len(lines) != 2 {
		t.Fatalf("the guide makes %q of a pair of keys", made)
	}
	return lines[0], lines[1]
}

// guideSection is the code block of the guide that has such a command, to be run in a
// folder that is thrown away.
func guideSection(t *testing.T, command string) string {
	t.Helper()
	for _, step := range readPage(t, "guides/drift-detection.md") {
		if strings.Contains(step.Text, command) {
			return "cd " + t.TempDir() + "\n" + step.Text
		}
	}
	t.Fatalf("the guide has no %s", command)
	return ""
}

// release makes the archive of signpathctl that can be downloaded, and puts its sum
// where the file has a place for it.
func (r *pipelineRunner) release(signpathctl string) {
	r.t.Helper()
	version := r.pipeline.env["SIGNPATHCTL_VERSION"]
	content := archived(r.t, signpathctl)
	must(r.t, os.WriteFile(filepath.Join(r.home, "signpathctl_"+version+"_linux_amd64.tar.gz"), content, 0o600))
	if sum := r.pipeline.env["SIGNPATHCTL_SHA256"]; strings.Trim(sum, "0") != "" || len(sum) != sha256.Size*2 {
		r.t.Errorf("the sum is %q, and no place for one", sum)
	}
	r.pipeline.env["SIGNPATHCTL_SHA256"] = fmt.Sprintf("%x", sha256.Sum256(content))
}

// archived is a program as it is released, but for that nothing is compressed: each job
// unpacks it.
func archived(t *testing.T, program string) []byte {
	t.Helper()
	content, err := os.ReadFile(program)
	must(t, err)
	var archive bytes.Buffer
	compressed, err := gzip.NewWriterLevel(&archive, gzip.NoCompression)
	must(t, err)
	files := tar.NewWriter(compressed)
	must(t, files.WriteHeader(&tar.Header{Name: filepath.Base(program), Mode: 0o755, Size: int64(len(content))}))
	_, err = files.Write(content)
	must(t, errors.Join(err, files.Close(), compressed.Close()))
	return archive.Bytes()
}

// curl gets what a release has from this machine; all else is the program's.
const curl = `#!/bin/sh
for argument; do
  case ${previous-}:$argument in
  -o:*) output=$argument ;;
  *:https://github.com/signpath-community/terraform-provider-signpath/releases/download/v1.0.0/*) file=${argument##*/} ;;
  esac
  previous=$argument
done
[ -z "${file-}" ] || exec cp "$PIPELINE_HOME/$file" "$output"
PATH=/usr/local/bin:/usr/bin:/bin exec curl "$@"
`

func (r *pipelineRunner) newToken(name string) string {
	r.t.Helper()
	token, err := r.org.Administrator("ci_user:terraform").IssueToken("ci_user:" + name)
	must(r.t, err)
	return token
}

// mirrorProvider lets init install the provider, from the registry of either CLI.
func (r *pipelineRunner) mirrorProvider(binary string) {
	mirror := filepath.Join(r.home, "mirror")
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		directory := filepath.Join(mirror, registry, filepath.FromSlash(signpathtest.Source), "1.0.0", runtime.GOOS+"_"+runtime.GOARCH)
		must(r.t, os.MkdirAll(directory, 0o700))
		must(r.t, os.Link(binary, filepath.Join(directory, "terraform-provider-signpath_v1.0.0")))
	}
	must(r.t, os.WriteFile(filepath.Join(r.home, "cli.tfrc"),
		[]byte("provider_installation {\n  filesystem_mirror {\n    path = \""+filepath.ToSlash(mirror)+"\"\n  }\n}\n"), 0o600))
}

// lockProviders makes the lock file that is in the repository.
func (r *pipelineRunner) lockProviders() {
	m := r.newMachine()
	r.write(m.work, r.repository)
	if output, err := r.command(m, "terraform", "init", "-no-color").CombinedOutput(); err != nil {
		r.t.Fatalf("init: %s\n%s", err, output)
	}
	lock, err := os.ReadFile(filepath.Join(m.work, ".terraform.lock.hcl"))
	must(r.t, err)
	r.repository[".terraform.lock.hcl"] = string(lock)
}

func (r *pipelineRunner) write(directory string, files map[string]string) {
	r.t.Helper()
	must(r.t, os.MkdirAll(directory, 0o700))
	for name, content := range files {
		must(r.t, os.WriteFile(filepath.Join(directory, name), []byte(content), 0o600))
	}
}

// A machine is what a job runs on. Nothing of it is left for another job.
type machine struct {
	work, temporary, home, programs string
	// path and env are what steps have added for those after them.
	path, env []string
}

func (r *pipelineRunner) newMachine() *machine {
	r.t.Helper()
	root := r.t.TempDir()
	m := &machine{
		work: filepath.Join(root, "s"), temporary: filepath.Join(root, "temporary"), home: filepath.Join(root, "home"),
		programs: filepath.Join(root, "programs"),
	}
	for _, directory := range []string{m.work, filepath.Join(m.temporary, commandFiles), m.home} {
		must(r.t, os.MkdirAll(directory, 0o700))
	}
	must(r.t, os.CopyFS(m.programs, os.DirFS(filepath.Join(r.home, "programs"))))
	for _, name := range []string{"gh", "curl", "apk"} {
		must(r.t, os.Chmod(filepath.Join(m.programs, name), 0o700))
	}
	must(r.t, os.Symlink(testkit.CLIPath(r.t), filepath.Join(m.programs, "terraform")))
	return m
}

// commandFiles is where steps leave what they say to the runner.
const commandFiles = "_runner_file_commands"

// infect lets the code of the branch run when Terraform plans, as it lets a data source.
func (r *pipelineRunner) infect(m *machine) {
	r.t.Helper()
	script, wrapper := filepath.Join(m.programs, "attack.sh"), filepath.Join(m.programs, "terraform")
	must(r.t, os.WriteFile(script, []byte(r.attack), 0o600))
	must(r.t, os.Remove(wrapper))
	must(r.t, os.WriteFile(wrapper, []byte(`#!/bin/sh
case " $* " in
*" plan "*) PROGRAMS=`+m.programs+` HOST_TEMPORARY=`+m.temporary+` TERRAFORM=`+testkit.CLIPath(r.t)+` sh `+script+` ;;
esac
exec `+testkit.CLIPath(r.t)+` "$@"
`), 0o700))
}

// command has nothing of Terraform's or the provider's in its environment, but what
// every machine of the CI system has.
func (r *pipelineRunner) command(m *machine, name string, arguments ...string) *exec.Cmd {
	command := exec.Command(name, arguments...)
	command.Dir = m.work
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "SIGNPATH_") {
			command.Env = append(command.Env, variable)
		}
	}
	path := append(slices.Clone(m.path), m.programs, os.Getenv("PATH"))
	command.Env = append(command.Env, "GOMAXPROCS=1", "HOME="+m.home, "TMPDIR="+m.temporary, "PATH="+strings.Join(path, string(filepath.ListSeparator)),
		"PIPELINE_HOME="+r.home, "CODE_HOST="+r.codeHost.url, "TF_CLI_CONFIG_FILE="+filepath.Join(r.home, "cli.tfrc"), "CHECKPOINT_DISABLE=1",
		"SIGNPATH_API_URL="+r.org.URL)
	command.Env = append(command.Env, m.env...)
	if name == "terraform" {
		command.Path = filepath.Join(m.programs, name)
		command.Err = nil
	}
	return command
}

// push makes the repository at the code host: what is merged, and the branch.
func (r *pipelineRunner) push() {
	r.t.Helper()
	origin := r.values["CI_REPOSITORY_URL"]
	must(r.t, os.RemoveAll(origin))
	folder := filepath.Join(origin, r.pipeline.env["SIGNPATH_FOLDER"])
	git := func(arguments ...string) string {
		return r.git(origin, append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, arguments...)...)
	}
	must(r.t, os.MkdirAll(origin, 0o700))
	git("init", "--quiet", "--initial-branch="+defaultBranch)
	r.write(folder, r.repository)
	git("add", "--all", "--force")
	git("commit", "--quiet", "--message=merged")
	r.values["default commit"] = strings.TrimSpace(git("rev-parse", "HEAD"))
	git("checkout", "--quiet", "-b", "change")
	for name, content := range r.branch {
		if content == "" {
			must(r.t, os.Remove(filepath.Join(folder, name)))
		} else {
			r.write(folder, map[string]string{name: content})
		}
	}
	git("add", "--all", "--force")
	git("commit", "--quiet", "--allow-empty", "--message=change")
	r.values["branch commit"] = strings.TrimSpace(git("rev-parse", "HEAD"))
}

func (r *pipelineRunner) git(directory string, arguments ...string) string {
	r.t.Helper()
	command := exec.Command("git", arguments...)
	command.Dir = directory
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	output, err := command.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %q: %s\n%s", arguments, err, output)
	}
	return string(output)
}

// run runs the jobs and steps whose conditions hold in an event.
func (r *pipelineRunner) run(e event) pipelineRun {
	r.t.Helper()
	result := pipelineRun{
		kept: map[string]string{}, logs: map[string]string{}, summaries: map[string]string{}, statuses: map[string]int{}, known: maps.Clone(e.values),
	}
	r.org.ResetRequests()
	r.push()
	result.known["CI_COMMIT_SHA"] = r.values[map[bool]string{true: "branch commit", false: "default commit"}[e.ofBranch]]
	starts := len(r.pipeline.starts) == 0
	for _, text := range r.pipeline.starts {
		starts = starts || isTrue(r.evaluate(&result, pipelineJob{}, e, text, true))
	}
	for _, job := range r.pipeline.jobs {
		state := "skipped"
		if starts && r.isDue(&result, job, e) {
			result.ran = append(result.ran, job.name)
			state = map[bool]string{true: "success", false: "failure"}[r.runJob(&result, job, e) == 0]
		}
		result.known["needs."+job.name+".result"] = state
		result.known["dependencies."+job.name+".result"] = map[string]string{"success": "Succeeded", "failure": "Failed", "skipped": "Skipped"}[state]
	}
	return result
}

// isDue tells whether a job runs, after those that it needs.
func (r *pipelineRunner) isDue(result *pipelineRun, job pipelineJob, e event) bool {
	r.t.Helper()
	state := true
	for _, needed := range job.needs {
		status, ran := result.statuses[needed]
		state = state && status == 0 && (ran || r.pipeline.file == "azure-pipelines.yml")
	}
	for _, text := range job.conditions {
		c := r.condition(result, job, e, text, state)
		if text == "" || isTrue(c.evaluate()) {
			switch {
			case r.pipeline.file == "gitlab-ci.yml":
				return state || job.always
			case r.pipeline.implied:
				return state || c.asked
			}
			return true
		}
	}
	return false
}

func (r *pipelineRunner) condition(result *pipelineRun, job pipelineJob, e event, text string, state bool) *condition {
	return &condition{t: r.t, text: text, state: state, value: func(name string) string { return r.value(result, job, e, name) }}
}

func (r *pipelineRunner) evaluate(result *pipelineRun, job pipelineJob, e event, text string, state bool) string {
	r.t.Helper()
	return r.condition(result, job, e, text, state).evaluate()
}

// attempt lets every job but the first be run again.
func attempt(job pipelineJob) string {
	return map[bool]string{true: "1", false: "2"}[job.name == "plan"]
}

// value is what an expression names. What is protected is an error elsewhere.
func (r *pipelineRunner) value(result *pipelineRun, job pipelineJob, e event, name string) string {
	r.t.Helper()
	if name == "System.JobAttempt" {
		return attempt(job)
	}
	name, isSecret := strings.CutPrefix(strings.TrimPrefix(name, "vars."), "secrets.")
	for environment, values := range r.protected {
		if value, found := values[name]; found {
			if job.environment != environment {
				r.t.Errorf("job %s may not have %s", job.name, name)
			}
			return value
		}
	}
	if e.secretless && (isSecret || name == "SIGNPATH_READER_TOKEN" || name == "SIGNPATH_PLAN_KEY") {
		return ""
	}
	if value, found := result.known[name]; found {
		return value
	}
	if value, found := r.values[name]; found {
		return value
	}
	if value, found := r.pipeline.env[strings.TrimPrefix(name, "env.")]; found {
		return value
	}
	if !strings.Contains(name, ".") && name != "attempt" && !strings.HasPrefix(name, "CI_") {
		r.t.Errorf("job %s has no %s", job.name, name)
	}
	return ""
}

func (r *pipelineRunner) runJob(result *pipelineRun, job pipelineJob, e event) int {
	r.t.Helper()
	m := r.newMachine()
	if job.steps[0].script == "" && job.steps[0].checkout == nil && job.steps[0].download == "" {
		r.t.Fatalf("job %s begins with nothing", job.name)
	}
	if r.attack != "" && job.name == "plan" {
		r.infect(m)
	}
	result.known["runner.temp"], result.known["Agent.TempDirectory"], result.known["Pipeline.Workspace"] = m.temporary, m.temporary, filepath.Dir(m.work)
	for name, value := range job.env { // Those of Azure Pipelines are expressions, too.
		if expression, found := strings.CutPrefix(value, "$[ "); found {
			result.known[name] = r.evaluate(result, job, e, strings.TrimSuffix(expression, " ]"), true)
		}
	}
	status := 0
	for _, step := range job.steps {
		if !r.isStepDue(result, job, e, step, status == 0) {
			continue
		}
		ended := r.runStep(result, job, e, step, m)
		if ended != 0 && !step.mayFail {
			status = cmp.Or(status, ended)
		}
	}
	for name, value := range job.outputs {
		result.known["needs."+job.name+".outputs."+name] = r.expand(result, job, e, value)
	}
	result.statuses[job.name], result.status = status, cmp.Or(result.status, status)
	return status
}

func (r *pipelineRunner) isStepDue(result *pipelineRun, job pipelineJob, e event, step pipelineStep, state bool) bool {
	r.t.Helper()
	if step.condition == "" {
		return state
	}
	c := r.condition(result, job, e, step.condition, state)
	return isTrue(c.evaluate()) && (state || c.asked || !r.pipeline.implied && !strings.Contains(step.condition, "succeeded()"))
}

func (r *pipelineRunner) runStep(result *pipelineRun, job pipelineJob, e event, step pipelineStep, m *machine) int {
	r.t.Helper()
	switch {
	case step.checkout != nil:
		r.checkOut(filepath.Join(m.work, step.checkout.into), step.checkout, e)
	case step.upload != "":
		result.kept[r.expand(result, job, e, step.upload)] = r.keep(result, job, e, step, m)
	case step.download != "":
		from, found := result.kept[r.expand(result, job, e, step.download)]
		if !found {
			return 1
		}
		into := r.expand(result, job, e, step.into)
		if !filepath.IsAbs(into) {
			into = filepath.Join(m.work, into)
		}
		copyTree(r.t, from, into)
	case step.script != "":
		return r.runScript(result, job, e, step, m)
	}
	return 0
}

// copyTree copies a folder over another one.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	must(t, os.MkdirAll(to, 0o700))
	if output, err := exec.Command("cp", "-R", from+"/.", to).CombinedOutput(); err != nil {
		t.Fatalf("cp: %s\n%s", err, output)
	}
}

func (r *pipelineRunner) checkOut(directory string, checkout *pipelineCheckout, e event) {
	r.t.Helper()
	branch := defaultBranch
	if e.ofBranch && !checkout.ofDefault {
		branch = "change"
	}
	// The folder may be there already, for another checkout in it.
	must(r.t, os.MkdirAll(directory, 0o700))
	r.git(directory, "init", "--quiet")
	r.git(directory, "remote", "add", "origin", r.values["CI_REPOSITORY_URL"])
	r.git(directory, "fetch", "--quiet", "origin")
	if !checkout.bare {
		r.git(directory, "checkout", "--quiet", "--detach", "refs/remotes/origin/"+branch)
	}
}

// keep copies what a step uploads into a folder of its own. Files that are not there are
// none.
func (r *pipelineRunner) keep(result *pipelineRun, job pipelineJob, e event, step pipelineStep, m *machine) string {
	r.t.Helper()
	kept := r.t.TempDir()
	for _, pattern := range step.files {
		pattern = r.expand(result, job, e, pattern)
		if !filepath.IsAbs(pattern) { // Its path is kept, too.
			if _, err := os.Stat(filepath.Join(m.work, pattern)); err == nil {
				copyTree(r.t, filepath.Join(m.work, pattern), filepath.Join(kept, pattern))
			}
			continue
		}
		files, err := filepath.Glob(pattern)
		must(r.t, err)
		for _, file := range files {
			content, err := os.ReadFile(file)
			must(r.t, err)
			must(r.t, os.WriteFile(filepath.Join(kept, filepath.Base(file)), content, 0o600))
		}
	}
	return kept
}

var (
	summaryCommand = regexp.MustCompile(`(?m)^##vso\[task\.uploadsummary\](.*)$`)
	outputCommand  = regexp.MustCompile(`(?m)^##vso\[task\.setvariable variable=(\w+);isOutput=true\](.*)$`)
)

// maxSummary is what GitHub shows of one step; of more it shows nothing.
const maxSummary = 1 << 20

func (r *pipelineRunner) runScript(result *pipelineRun, job pipelineJob, e event, step pipelineStep, m *machine) int {
	r.t.Helper()
	if forbidden := r.pipeline.forbidden; forbidden != "" && regexp.MustCompile(forbidden).MatchString(step.script) {
		r.t.Errorf("%s: the script has %s:\n%s", job.name, forbidden, step.script)
	}
	script := filepath.Join(r.t.TempDir(), "script")
	must(r.t, os.WriteFile(script, []byte(step.script), 0o600))
	command := r.command(m, r.pipeline.shell[0], append(slices.Clone(r.pipeline.shell[1:]), script)...)
	command.Env = append(command.Env, r.pipeline.workspace+"="+m.work, r.pipeline.temporary+"="+m.temporary)
	files := map[string]string{}
	switch {
	case r.pipeline.implied:
		for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH", "GITHUB_ENV"} {
			files[name] = filepath.Join(m.temporary, commandFiles, strings.ToLower(name))
			must(r.t, os.WriteFile(files[name], nil, 0o600))
			command.Env = append(command.Env, name+"="+files[name])
		}
		command.Env = append(command.Env, "GITHUB_REPOSITORY=team-1/signpath", "GITHUB_EVENT_NAME="+result.known["github.event_name"],
			"GITHUB_REF="+result.known["github.ref"])
	case r.pipeline.forbidden != "":
		command.Env = append(command.Env, "PIPELINE_WORKSPACE="+filepath.Dir(m.work), "SYSTEM_JOBATTEMPT="+attempt(job),
			"BUILD_REASON="+result.known["Build.Reason"], "BUILD_CRONSCHEDULE_DISPLAYNAME="+result.known["Build.CronSchedule.DisplayName"])
	}
	for _, name := range job.given {
		command.Env = append(command.Env, name+"="+r.value(result, job, e, name))
	}
	for name, value := range r.protected[job.environment] {
		if r.pipeline.file == "gitlab-ci.yml" { // There, no job asks for them.
			command.Env = append(command.Env, name+"="+value)
		}
	}
	for _, variables := range []map[string]string{r.pipeline.env, job.env, step.env} {
		for name, value := range variables {
			command.Env = append(command.Env, strings.Replace(name+"="+r.expand(result, job, e, value), name, strings.ToUpper(name), 1))
		}
	}
	for name, value := range e.values { // Variables of the event outdo those of the file.
		if _, found := r.pipeline.env[name]; found {
			command.Env = append(command.Env, name+"="+value)
		}
	}
	output, err := command.CombinedOutput()
	r.takeDown(result, job, step, m, files, string(output))
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	must(r.t, err)
	return 0
}

// takeDown does what a script said to the system.
func (r *pipelineRunner) takeDown(result *pipelineRun, job pipelineJob, step pipelineStep, m *machine, files map[string]string, output string) {
	r.t.Helper()
	said := map[string]string{}
	for name, file := range files {
		content, err := os.ReadFile(file)
		must(r.t, err)
		said[name] = string(content)
	}
	summary := said["GITHUB_STEP_SUMMARY"]
	if named := summaryCommand.FindStringSubmatch(output); named != nil {
		content, err := os.ReadFile(named[1])
		must(r.t, err)
		summary = string(content)
	}
	if len(summary) > maxSummary {
		summary = ""
	}
	result.log, result.summary = result.log+output, result.summary+summary
	result.logs[job.name] += output
	result.summaries[job.name] += summary
	for _, line := range strings.Split(said["GITHUB_OUTPUT"], "\n") {
		name, value, _ := strings.Cut(line, "=")
		result.known["steps."+step.id+".outputs."+name] = value
	}
	for _, set := range outputCommand.FindAllStringSubmatch(output, -1) {
		name := step.id + "." + set[1]
		result.known[name] = set[2]
		result.known["dependencies."+job.name+".outputs['"+name+"']"] = set[2]
		result.known["dependencies.plan.outputs['"+job.name+"."+name+"']"] = set[2]
		result.known["stageDependencies.plan."+job.name+".outputs['"+name+"']"] = set[2]
	}
	m.path = append(strings.Fields(said["GITHUB_PATH"]), m.path...)
	m.env = append(m.env, strings.Fields(said["GITHUB_ENV"])...)
}

// expand puts in what expressions stand for.
func (r *pipelineRunner) expand(result *pipelineRun, job pipelineJob, e event, text string) string {
	r.t.Helper()
	if expression, found := strings.CutPrefix(text, "$[ "); found {
		return r.evaluate(result, job, e, strings.TrimSuffix(expression, " ]"), true)
	}
	return regexp.MustCompile(r.pipeline.expression).ReplaceAllStringFunc(text, func(reference string) string {
		name := regexp.MustCompile(r.pipeline.expression).FindStringSubmatch(reference)[1]
		if r.pipeline.implied {
			return r.evaluate(result, job, e, name, true)
		}
		return r.value(result, job, e, name)
	})
}
