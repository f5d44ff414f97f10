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
// folder of its own, the variables that it may have, and the files that others kept.
type pipelineRunner struct {
	t        *testing.T
	org      *signpathtest.Organization
	codeHost *codeHost
	pipeline pipeline
	// home has what outlives a job: the state, kept files, and the programs on PATH.
	home string
	// repository are the files of a checkout.
	repository map[string]string
	// values are what expressions stand for; protected ones only in a job that has
	// an environment.
	values, protected map[string]string
	used              map[string]bool
}

// A pipelineRun is what is left of one run.
type pipelineRun struct {
	// status is that of the job that failed, or 0.
	status int
	// log is all that was printed, and summary what is shown beside it.
	log, summary string
	ran          []string
	kept         map[string][]string
}

func newPipelineRunner(t *testing.T, p pipeline, configuration map[string]string) *pipelineRunner {
	t.Helper()
	r := &pipelineRunner{
		t: t, org: signpathtest.Start(t, nil), codeHost: newCodeHost(t), pipeline: p, home: t.TempDir(), repository: maps.Clone(configuration),
		used: map[string]bool{},
	}
	must(t, os.Mkdir(filepath.Join(r.home, "bin"), 0o700))
	must(t, os.Symlink(testkit.CLIPath(t), filepath.Join(r.home, "bin", "terraform")))
	for name, script := range map[string]string{"gh": githubCLI, "curl": download("-o", "curl"), "wget": download("-O", "wget"), "apk": "#!/bin/sh\n"} {
		must(t, os.WriteFile(filepath.Join(r.home, "bin", name), []byte(script), 0o700))
	}
	r.mirrorProvider(filepath.Join(signpathtest.Programs(t), "terraform-provider-signpath"))
	r.repository["backend.tf"] = "terraform {\n  backend \"local\" {\n    path = \"" +
		filepath.ToSlash(filepath.Join(r.home, "terraform.tfstate")) + "\"\n  }\n}\n"

	_, err := r.org.Administrator("").CreateCIUser(mock.CIUserSeed{Name: "terraform-plan", Role: mock.RoleGlobalReader})
	must(t, err)
	r.values = map[string]string{
		"SIGNPATH_ORGANIZATION_ID": r.org.OrganizationID(), "SIGNPATH_READER_TOKEN": r.newToken("terraform-plan"),
		"github.token": githubToken, "github.event.pull_request.number": "7", "github.run_id": "1",
		"github.server_url": "https://git.example.com", "github.repository": "team-1/signpath",
		"SIGNPATH_REPORTS_TOKEN": gitlabToken, "CI_API_V4_URL": r.codeHost.url + "/api/v4", "CI_MERGE_REQUEST_IID": "7",
		"CI_PIPELINE_URL": "https://git.example.com/team-1/signpath/actions/runs/1", "CI_PROJECT_ID": "1", "CI_PIPELINE_ID": "1",
	}
	r.protected = map[string]string{"SIGNPATH_ADMINISTRATOR_TOKEN": r.org.Token}
	r.release(filepath.Join(signpathtest.Programs(t), "signpathctl"))
	r.lockProviders()
	return r
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

// download stands in for a program that gets files, for those of a release; all else
// is the program's.
func download(to, program string) string {
	return `#!/bin/sh
for argument; do
  case ${previous-}:$argument in
  ` + to + `:*) output=$argument ;;
  *:https://github.com/signpath-community/terraform-provider-signpath/releases/download/v1.0.0/*) file=${argument##*/} ;;
  esac
  previous=$argument
done
[ -z "${file-}" ] || exec cp "$PIPELINE_HOME/$file" "$output"
PATH=${PATH#*:} exec ` + program + ` "$@"
`
}

func (r *pipelineRunner) newToken(name string) string {
	r.t.Helper()
	token, err := r.org.Administrator("").IssueToken("ci_user:" + name)
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
	directory := r.folder(true)
	if output, err := r.command(directory, "terraform", "init", "-no-color").CombinedOutput(); err != nil {
		r.t.Fatalf("init: %s\n%s", err, output)
	}
	lock, err := os.ReadFile(filepath.Join(directory, ".terraform.lock.hcl"))
	must(r.t, err)
	r.repository[".terraform.lock.hcl"] = string(lock)
}

// folder is what a job begins with: a checkout, or what an earlier run has left on a
// runner that does not clean up.
func (r *pipelineRunner) folder(checkout bool) string {
	directory := filepath.Join(r.t.TempDir(), "s")
	must(r.t, os.Mkdir(directory, 0o700))
	if !checkout {
		for name, content := range map[string]string{"review.md": "An older review", "review-status": "0\n"} {
			must(r.t, os.WriteFile(filepath.Join(directory, name), []byte(content), 0o600))
		}
		return directory
	}
	for name, content := range r.repository {
		must(r.t, os.WriteFile(filepath.Join(directory, name), []byte(content), 0o600))
	}
	return directory
}

// command has nothing of Terraform's or the provider's in its environment, but what
// every machine of the CI system has.
func (r *pipelineRunner) command(directory, name string, arguments ...string) *exec.Cmd {
	command := exec.Command(name, arguments...)
	command.Dir = directory
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "SIGNPATH_") {
			command.Env = append(command.Env, variable)
		}
	}
	bin := filepath.Join(r.home, "bin")
	command.Env = append(command.Env, "GOMAXPROCS=1", "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"),
		"PIPELINE_HOME="+r.home, "CODE_HOST="+r.codeHost.url, "TF_CLI_CONFIG_FILE="+filepath.Join(r.home, "cli.tfrc"), "CHECKPOINT_DISABLE=1",
		"SIGNPATH_API_URL="+r.org.URL)
	if name == "terraform" {
		command.Path = filepath.Join(bin, name)
		command.Err = nil
	}
	return command
}

// run runs the jobs and steps whose conditions hold in an event. After one that fails,
// it goes on with those that always run.
func (r *pipelineRunner) run(holds ...string) pipelineRun {
	r.t.Helper()
	result := pipelineRun{kept: map[string][]string{}}
	kept := r.t.TempDir()
	r.org.ResetRequests()
	r.values["CI_PIPELINE_SOURCE"] = gitlabSource(holds)
	for _, job := range r.pipeline.jobs {
		r.values["needs."+job.name+".result"] = "skipped"
		if !r.holds(job.condition, holds) || (result.status != 0 && !job.always) {
			continue
		}
		result.ran = append(result.ran, job.name)
		status := r.runJob(&result, job, kept, holds)
		r.values["needs."+job.name+".result"] = map[bool]string{true: "success", false: "failure"}[status == 0]
		if result.status = cmp.Or(result.status, status); status != 0 {
			succeeded := "needs." + job.name + ".result == 'success'"
			holds = slices.DeleteFunc(slices.Clone(holds), func(condition string) bool { return condition == succeeded })
		}
	}
	return result
}

// gitlabSource is what a condition says that GitLab sets the variable to.
func gitlabSource(holds []string) string {
	_, source, _ := strings.Cut(holds[0], "$CI_PIPELINE_SOURCE == ")
	return strings.Trim(source, `"`)
}

func (r *pipelineRunner) runJob(result *pipelineRun, job pipelineJob, kept string, holds []string) int {
	r.t.Helper()
	directory := r.folder(job.checksOut)
	for _, step := range job.steps {
		if !r.holds(step.condition, holds) {
			continue
		}
		switch {
		case step.upload != "":
			result.kept[step.upload] = step.files
			r.copyFiles(directory, filepath.Join(kept, step.upload), step.files)
		case step.download != "":
			r.copyFiles(filepath.Join(kept, step.download), filepath.Join(directory, step.into), result.kept[step.download])
		case step.script != "":
			if status := r.runScript(result, job, step, directory); status != 0 {
				return status
			}
		}
	}
	return 0
}

func (r *pipelineRunner) holds(condition string, holding []string) bool {
	condition = strings.TrimSpace(condition)
	r.used[condition] = true
	return condition == "" || slices.Contains(holding, condition)
}

func (r *pipelineRunner) copyFiles(from, to string, names []string) {
	r.t.Helper()
	must(r.t, os.MkdirAll(to, 0o700))
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(from, name))
		must(r.t, err)
		must(r.t, os.WriteFile(filepath.Join(to, name), content, 0o600))
	}
}

var summaryCommand = regexp.MustCompile(`(?m)^##vso\[task\.uploadsummary\](.*)$`)

func (r *pipelineRunner) runScript(result *pipelineRun, job pipelineJob, step pipelineStep, directory string) int {
	r.t.Helper()
	if r.pipeline.forbidden != "" && strings.Contains(step.script, r.pipeline.forbidden) {
		r.t.Errorf("%s: the script has %s:\n%s", job.name, r.pipeline.forbidden, step.script)
	}
	script, summary := filepath.Join(r.t.TempDir(), "script"), filepath.Join(r.t.TempDir(), "summary")
	must(r.t, os.WriteFile(script, []byte(step.script), 0o600))
	command := r.command(directory, r.pipeline.shell[0], append(slices.Clone(r.pipeline.shell[1:]), script)...)
	command.Env = append(command.Env, "GITHUB_OUTPUT="+filepath.Join(r.home, "output"), "GITHUB_STEP_SUMMARY="+summary,
		"GITHUB_REPOSITORY=team-1/signpath", "PIPELINE_WORKSPACE="+filepath.Dir(directory))
	for _, name := range job.given {
		command.Env = append(command.Env, name+"="+r.values[name])
	}
	for _, variables := range []map[string]string{r.pipeline.env, job.env, step.env} {
		for name, value := range variables {
			command.Env = append(command.Env, name+"="+r.expand(job, value))
		}
	}
	output, err := command.CombinedOutput()
	result.log += string(output)
	if named := summaryCommand.FindSubmatch(output); named != nil {
		summary = string(named[1])
	}
	if text, err := os.ReadFile(summary); err == nil {
		result.summary += string(text)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	must(r.t, err)
	return 0
}

// expand puts in what an expression stands for.
func (r *pipelineRunner) expand(job pipelineJob, value string) string {
	r.t.Helper()
	return regexp.MustCompile(r.pipeline.expression).ReplaceAllStringFunc(value, func(reference string) string {
		name := regexp.MustCompile(r.pipeline.expression).FindStringSubmatch(reference)[1]
		name = strings.TrimPrefix(strings.TrimPrefix(name, "secrets."), "vars.")
		if known, found := r.values[name]; found {
			return known
		}
		known, found := r.protected[name]
		if !found || job.environment != "signpath" {
			r.t.Errorf("job %s may not have %s", job.name, reference)
		}
		return known
	})
}
