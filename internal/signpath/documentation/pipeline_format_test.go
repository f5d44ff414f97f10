package documentation_test

import (
	"bytes"
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A pipeline is what a CI system makes of a file in examples/ci.
type pipeline struct {
	file string
	// shell runs a script, whose path is appended, as the system does.
	shell []string
	env   map[string]string
	jobs  []pipelineJob
	// starts are conditions of which one has to hold for anything to run.
	starts []string
	// expression finds what the system puts values in place of, in all but scripts.
	expression string
	// forbidden is what a script must not have: the system would put text that
	// others wrote into the script itself.
	forbidden string
	// implied is true where a condition that does not ask how things are needs all
	// before to have succeeded.
	implied bool
	// workspace is where a checkout is, and temporary what is thrown away after a job.
	workspace, temporary string
}

// A pipelineJob runs on a machine of its own.
type pipelineJob struct {
	name string
	// conditions are the job's, of which one has to hold.
	conditions []string
	// needs are the jobs that come before.
	needs []string
	// always is true where the job runs though one before it failed.
	always bool
	// environment is what protects a token.
	environment string
	// given are the variables that the system sets without being told.
	given   []string
	env     map[string]string
	outputs map[string]string
	steps   []pipelineStep
}

// A pipelineStep is a script, or checks out, or keeps files for other jobs, or gets them.
type pipelineStep struct {
	id, condition, script string
	// mayFail is true where the job goes on without the step.
	mayFail          bool
	env              map[string]string
	checkout         *pipelineCheckout
	upload, download string
	files            []string
	into             string
}

// A pipelineCheckout is of the branch, or of the default branch.
type pipelineCheckout struct {
	into            string
	ofDefault, bare bool
}

// readPipeline decodes a file strictly, so that a misspelled key is an error.
func readPipeline(t *testing.T, file string, target any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(examplesRoot, "ci", file))
	must(t, err)
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	must(t, decoder.Decode(target))
}

// inOrder are the keys of a mapping as they stand in the file.
type inOrder[T any] struct {
	names  []string
	values map[string]T
}

func (o *inOrder[T]) UnmarshalYAML(node *yaml.Node) error {
	for i := 0; i < len(node.Content); i += 2 {
		o.names = append(o.names, node.Content[i].Value)
	}
	// A Node decodes leniently; text does not.
	text, err := yaml.Marshal(node)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	return decoder.Decode(&o.values)
}

// oneOrMore is a text, or a list of them.
type oneOrMore []string

func (o *oneOrMore) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*o = []string{node.Value}
		return nil
	}
	return node.Decode((*[]string)(o))
}

type githubJob struct {
	If          string
	Needs       oneOrMore
	RunsOn      string `yaml:"runs-on"`
	Timeout     int    `yaml:"timeout-minutes"`
	Environment string
	Permissions map[string]string
	Outputs     map[string]string
	Steps       []struct {
		ID, Name, If, Uses, Run string
		With, Env               map[string]string
		MayFail                 bool `yaml:"continue-on-error"`
	}
}

func readGitHub(t *testing.T) pipeline {
	t.Helper()
	var file struct {
		Name        string
		On          map[string]any
		Concurrency map[string]string
		Permissions map[string]string
		Env         map[string]string
		Defaults    map[string]map[string]string
		Jobs        inOrder[githubJob]
	}
	readPipeline(t, "github-actions.yml", &file)
	if len(file.Permissions) > 0 || file.Permissions == nil {
		t.Errorf("the workflow permits %v to every job", file.Permissions)
	}
	p := pipeline{
		file: "github-actions.yml", env: file.Env, forbidden: `\$\{\{`, expression: `\$\{\{ (.+?) \}\}`, implied: true,
		shell:     []string{"bash", "--noprofile", "--norc", "-eo", "pipefail"},
		workspace: "GITHUB_WORKSPACE", temporary: "RUNNER_TEMP",
	}
	if shell := file.Defaults["run"]["shell"]; shell != "bash" { // Otherwise there is no pipefail.
		t.Errorf("the default shell is %q", shell)
	}
	for _, name := range file.Jobs.names {
		job := file.Jobs.values[name]
		read := pipelineJob{name: name, conditions: []string{job.If}, needs: job.Needs, environment: job.Environment, outputs: job.Outputs}
		for _, s := range job.Steps {
			step := pipelineStep{id: s.ID, condition: s.If, script: s.Run, env: s.Env, mayFail: s.MayFail}
			action, _, _ := strings.Cut(s.Uses, "@")
			switch action {
			case "":
			case "hashicorp/setup-terraform":
				for scope, permission := range job.Permissions {
					if permission == "write" {
						t.Errorf("job %s runs Terraform, and may write %s", name, scope)
					}
				}
			case "actions/checkout":
				if s.With["persist-credentials"] != "false" {
					t.Errorf("job %s leaves a token in its checkout", name)
				}
				step.checkout = &pipelineCheckout{into: s.With["path"], ofDefault: s.With["ref"] == "${{ github.event.repository.default_branch }}"}
				if s.With["ref"] != "" && !step.checkout.ofDefault {
					t.Errorf("job %s checks out %s", name, s.With["ref"])
				}
			case "actions/upload-artifact":
				if s.With["overwrite"] != "true" {
					t.Errorf("job %s cannot be run again once it has uploaded %s", name, s.With["name"])
				}
				step.upload, step.files = s.With["name"], strings.Split(strings.TrimSpace(s.With["path"]), "\n")
			case "actions/download-artifact":
				step.download, step.into = s.With["name"], s.With["path"]
			default:
				t.Errorf("job %s uses %s, which this test does not know", name, s.Uses)
			}
			read.steps = append(read.steps, step)
		}
		p.jobs = append(p.jobs, read)
	}
	return p
}

type gitlabJob struct {
	Extends, Stage, Timeout string
	Rules                   []struct{ If, When string }
	Needs                   []string
	Environment             struct{ Name, Action string }
	ResourceGroup           string `yaml:"resource_group"`
	Interruptible           bool
	Variables               map[string]string
	BeforeScript            []string `yaml:"before_script"`
	Script                  []string
	Artifacts               struct {
		Reports  map[string]string
		ExposeAs string `yaml:"expose_as"`
		When     string
		Paths    []string
		Access   string
		ExpireIn string `yaml:"expire_in"`
	}
	// Image is a name, or a mapping with one.
	Image any
}

// gitlabVariables are in the environment of every job.
var gitlabVariables = []string{
	"SIGNPATH_ORGANIZATION_ID", "SIGNPATH_APPLIED_BY", "SIGNPATH_DRIFT_SINCE", "SIGNPATH_READER_TOKEN",
	"CI_API_V4_URL", "CI_COMMIT_BRANCH", "CI_COMMIT_SHA", "CI_DEFAULT_BRANCH", "CI_MERGE_REQUEST_IID", "CI_PIPELINE_ID", "CI_PIPELINE_SOURCE",
	"CI_PIPELINE_URL", "CI_PROJECT_ID", "CI_REPOSITORY_URL",
}

func readGitLab(t *testing.T) pipeline {
	t.Helper()
	var file struct {
		Stages    []string
		Workflow  struct{ Rules []struct{ If string } }
		Variables map[string]string
		Default   gitlabJob
		Jobs      map[string]gitlabJob `yaml:",inline"`
	}
	readPipeline(t, "gitlab-ci.yml", &file)
	p := pipeline{
		file: "gitlab-ci.yml", env: file.Variables, expression: `\$([A-Z_0-9]+)`,
		// The image has no bash, and the runner lets a failing line end the job.
		shell: []string{"sh", "-e"}, workspace: "CI_PROJECT_DIR", temporary: "TMPDIR",
	}
	for _, rule := range file.Workflow.Rules {
		p.starts = append(p.starts, rule.If)
	}
	for name, job := range file.Jobs {
		if strings.HasPrefix(name, ".") {
			continue
		}
		p.jobs = append(p.jobs, gitlabRead(name, job, file.Jobs[job.Extends], file.Default))
	}
	slices.SortFunc(p.jobs, func(a, b pipelineJob) int { // By stage, and the same each time.
		stage := func(j pipelineJob) int {
			return slices.Index(file.Stages, file.Jobs[j.name].Stage+file.Jobs[file.Jobs[j.name].Extends].Stage)
		}
		return cmp.Or(stage(a)-stage(b), strings.Compare(a.name, b.name))
	})
	return p
}

func gitlabRead(name string, job, base, otherwise gitlabJob) pipelineJob {
	read := pipelineJob{
		name: name, needs: job.Needs, environment: cmp.Or(job.Environment.Name, base.Environment.Name), given: gitlabVariables,
		env: maps.Clone(base.Variables),
	}
	for _, rule := range job.Rules {
		read.conditions = append(read.conditions, rule.If)
		read.always = rule.When == "always"
	}
	if read.env == nil {
		read.env = map[string]string{}
	}
	maps.Copy(read.env, job.Variables)
	read.steps = append(read.steps, pipelineStep{checkout: &pipelineCheckout{bare: read.env["GIT_CHECKOUT"] == "false" && read.env["GIT_STRATEGY"] == "clone"}})
	for _, needed := range job.Needs {
		read.steps = append(read.steps, pipelineStep{download: needed, mayFail: true})
	}
	before := otherwise.BeforeScript
	for _, own := range [][]string{base.BeforeScript, job.BeforeScript} {
		if own != nil {
			before = own
		}
	}
	read.steps = append(read.steps, pipelineStep{script: strings.Join(slices.Concat(before, job.Script), "\n")})
	if len(job.Artifacts.Paths) > 0 {
		step := pipelineStep{upload: name, files: job.Artifacts.Paths}
		if job.Artifacts.When == "always" {
			step.condition = "!canceled()"
		}
		read.steps = append(read.steps, step)
	}
	return read
}

type azureStep struct {
	Checkout, Task, Bash, Publish, Download, Artifact string
	Name, Condition                                   string
	FetchDepth                                        *int   `yaml:"fetchDepth"`
	DisplayName                                       string `yaml:"displayName"`
	WorkingDirectory                                  string `yaml:"workingDirectory"`
	Inputs, Env                                       map[string]string
}

type azureJob struct {
	Job, Deployment, Environment, Condition string
	DependsOn                               oneOrMore `yaml:"dependsOn"`
	Timeout                                 int       `yaml:"timeoutInMinutes"`
	Variables                               map[string]string
	Steps                                   []azureStep
	Strategy                                struct {
		RunOnce struct{ Deploy struct{ Steps []azureStep } } `yaml:"runOnce"`
	}
}

func readAzure(t *testing.T) pipeline {
	t.Helper()
	type branches struct{ Include []string }
	var file struct {
		Trigger struct {
			Branches branches
		}
		PR        struct{ Branches branches }
		Schedules []struct {
			Cron        string
			DisplayName string `yaml:"displayName"`
			Branches    branches
			Always      bool
		}
		Pool struct {
			VMImage string `yaml:"vmImage"`
		}
		Variables    map[string]string
		LockBehavior string `yaml:"lockBehavior"`
		Stages       []struct {
			Stage, Condition string
			DependsOn        oneOrMore `yaml:"dependsOn"`
			Variables        []struct{ Group string }
			Jobs             []azureJob
		}
	}
	readPipeline(t, "azure-pipelines.yml", &file)
	named := []string{file.Variables["DEFAULT_BRANCH"]}
	all := slices.Concat(file.Trigger.Branches.Include, file.PR.Branches.Include)
	for _, schedule := range file.Schedules {
		all = append(all, schedule.Branches.Include...)
	}
	if !slices.Equal(all, slices.Repeat(named, 2+len(file.Schedules))) {
		t.Errorf("the default branch is %s and %s", named, all)
	}
	p := pipeline{
		file: "azure-pipelines.yml", env: file.Variables, forbidden: `\$\([A-Za-z_.]+\)`, expression: `\$\(([A-Za-z_.]+)\)`,
		// Unlike elsewhere, a failing line ends nothing unless the script says so.
		shell:     []string{"bash", "--noprofile", "--norc"},
		workspace: "BUILD_SOURCESDIRECTORY", temporary: "AGENT_TEMPDIRECTORY",
	}
	for _, stage := range file.Stages {
		for _, job := range stage.Jobs {
			read := azureRead(t, job)
			read.conditions = []string{cmp.Or(job.Condition, stage.Condition, "succeeded()")}
			for _, needed := range stage.DependsOn {
				for _, other := range p.jobs {
					if needed != "" {
						read.needs = append(read.needs, other.name)
					}
				}
			}
			if len(stage.Variables) > 0 { // Those of the groups, but for the secret ones.
				read.given = []string{"SIGNPATH_ORGANIZATION_ID", "SIGNPATH_APPLIED_BY", "SIGNPATH_DRIFT_SINCE", "SIGNPATH_PLAN_CERTIFICATE"}
			}
			p.jobs = append(p.jobs, read)
		}
	}
	return p
}

func azureRead(t *testing.T, job azureJob) pipelineJob {
	t.Helper()
	read := pipelineJob{name: job.Job + job.Deployment, environment: job.Environment, needs: job.DependsOn, env: job.Variables}
	for _, s := range slices.Concat(job.Steps, job.Strategy.RunOnce.Deploy.Steps) {
		step := pipelineStep{id: s.Name, condition: cmp.Or(s.Condition, "succeeded()"), script: s.Bash, env: s.Env}
		switch {
		case s.Publish != "":
			if !strings.HasSuffix(s.Artifact, "$(System.JobAttempt)") {
				t.Errorf("job %s cannot be run again once it has published %s", read.name, s.Artifact)
			}
			step.upload, step.files = s.Artifact, []string{s.Publish + "/*"}
		case s.Download != "":
			step.download, step.into = s.Artifact, "$(Pipeline.Workspace)/"+s.Artifact
		case s.Checkout != "":
			step.checkout = &pipelineCheckout{}
		case s.Task != "" && s.Task != "TerraformInstaller@1":
			t.Errorf("job %s has the task %s, which this test does not know", read.name, s.Task)
		}
		read.steps = append(read.steps, step)
	}
	return read
}
