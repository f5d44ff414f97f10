package documentation_test

import (
	"bytes"
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
	// expression finds the references in the values of environment variables.
	expression string
	// forbidden is what a script must not have: the system would put text that
	// others wrote into the script itself.
	forbidden string
}

// A pipelineJob runs in a folder of its own.
type pipelineJob struct {
	name, condition string
	// checksOut is false where the folder is empty at first.
	checksOut bool
	// always is true where the job runs though one before it failed.
	always bool
	// environment is what protects the administrator's token.
	environment string
	// given are the variables that the system sets without being told.
	given []string
	env   map[string]string
	steps []pipelineStep
}

// A pipelineStep is a script, or keeps files for other jobs, or gets them.
type pipelineStep struct {
	condition, script string
	env               map[string]string
	upload, download  string
	files             []string
	into              string
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

type githubJob struct {
	If          string
	Needs       string
	RunsOn      string `yaml:"runs-on"`
	Timeout     int    `yaml:"timeout-minutes"`
	Environment string
	Permissions map[string]string
	Outputs     map[string]string
	Steps       []struct {
		ID, Name, If, Uses, Run string
		With, Env               map[string]string
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
		file: "github-actions.yml", env: file.Env, forbidden: "${{", expression: `\$\{\{ ([a-zA-Z_.]+) \}\}`,
		shell: []string{"bash", "--noprofile", "--norc", "-eo", "pipefail"},
	}
	if shell := file.Defaults["run"]["shell"]; shell != "bash" { // Otherwise there is no pipefail.
		t.Errorf("the default shell is %q", shell)
	}
	for _, name := range file.Jobs.names {
		job := file.Jobs.values[name]
		read := pipelineJob{name: name, condition: job.If, environment: job.Environment, always: strings.Contains(job.If, "!cancelled()")}
		for _, s := range job.Steps {
			step := pipelineStep{condition: s.If, script: s.Run, env: s.Env}
			action, _, _ := strings.Cut(s.Uses, "@")
			switch action {
			case "", "hashicorp/setup-terraform":
			case "actions/checkout":
				read.checksOut = true
			case "actions/upload-artifact":
				step.upload, step.files = s.With["name"], strings.Fields(s.With["path"])
			case "actions/download-artifact":
				step.download = s.With["name"]
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
	Environment             struct{ Name string }
	ResourceGroup           string `yaml:"resource_group"`
	Interruptible           bool
	Variables               map[string]string
	BeforeScript            []string `yaml:"before_script"`
	Script                  []string
	Artifacts               struct {
		ExposeAs string `yaml:"expose_as"`
		Paths    []string
		Access   string
		ExpireIn string `yaml:"expire_in"`
	}
	// Image is a name, or a mapping with one.
	Image any
}

// gitlabVariables are in the environment of every job.
var gitlabVariables = []string{
	"SIGNPATH_ORGANIZATION_ID", "SIGNPATH_REPORTS_TOKEN",
	"CI_API_V4_URL", "CI_MERGE_REQUEST_IID", "CI_PIPELINE_ID", "CI_PIPELINE_SOURCE", "CI_PIPELINE_URL", "CI_PROJECT_ID",
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
	for _, rule := range file.Workflow.Rules {
		const ofThisProject = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID"
		if strings.Contains(rule.If, "merge_request_event") && !strings.HasSuffix(rule.If, " && "+ofThisProject) {
			t.Errorf("a merge request from a fork gets the tokens: %s", rule.If)
		}
	}
	p := pipeline{
		file: "gitlab-ci.yml", env: file.Variables, expression: `\$([A-Z_]+)`,
		// The image has no bash, and the runner lets a failing line end the job.
		shell: []string{"sh", "-e"},
	}
	for name, job := range file.Jobs {
		if strings.HasPrefix(name, ".") {
			continue
		}
		base := file.Jobs[job.Extends]
		read := pipelineJob{
			name: name, condition: job.Rules[0].If, environment: job.Environment.Name, given: gitlabVariables,
			env: maps.Clone(base.Variables), always: job.Rules[0].When == "always",
		}
		if read.env == nil {
			read.env = map[string]string{}
		}
		maps.Copy(read.env, job.Variables)
		read.checksOut = read.env["GIT_STRATEGY"] != "none"
		for _, needed := range job.Needs {
			read.steps = append(read.steps, pipelineStep{download: needed})
		}
		before := file.Default.BeforeScript
		if job.BeforeScript != nil {
			before = job.BeforeScript
		}
		script := slices.Concat(before, base.Script, job.Script)
		read.steps = append(read.steps, pipelineStep{script: strings.Join(script, "\n")})
		if len(job.Artifacts.Paths) > 0 {
			read.steps = append(read.steps, pipelineStep{upload: name, files: job.Artifacts.Paths})
		}
		p.jobs = append(p.jobs, read)
	}
	slices.SortFunc(p.jobs, func(a, b pipelineJob) int { // By stage.
		stage := func(j pipelineJob) int {
			return slices.Index(file.Stages, file.Jobs[j.name].Stage+file.Jobs[file.Jobs[j.name].Extends].Stage)
		}
		return stage(a) - stage(b)
	})
	return p
}

type azureStep struct {
	Checkout, Task, Bash, Publish, Download, Artifact string
	Name, Condition                                   string
	DisplayName                                       string `yaml:"displayName"`
	WorkingDirectory                                  string `yaml:"workingDirectory"`
	Inputs, Env                                       map[string]string
}

func readAzure(t *testing.T) pipeline {
	t.Helper()
	type branches struct{ Include []string }
	var file struct {
		Trigger struct {
			Batch    bool
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
			DependsOn        any `yaml:"dependsOn"`
			Variables        []struct{ Group string }
			Jobs             []struct {
				Job, Deployment, Environment string
				Timeout                      int `yaml:"timeoutInMinutes"`
				Steps                        []azureStep
				Strategy                     struct {
					RunOnce struct{ Deploy struct{ Steps []azureStep } } `yaml:"runOnce"`
				}
			}
		}
	}
	readPipeline(t, "azure-pipelines.yml", &file)
	p := pipeline{
		file: "azure-pipelines.yml", env: file.Variables, forbidden: "$(", expression: `\$\(([A-Z_]+)\)`,
		// Unlike elsewhere, a failing line ends nothing unless the script says so.
		shell: []string{"bash", "--noprofile", "--norc"},
	}
	for _, stage := range file.Stages {
		for _, job := range stage.Jobs {
			read := pipelineJob{name: job.Job + job.Deployment, condition: stage.Condition, environment: job.Environment}
			if len(stage.Variables) > 0 { // Those of the group, but for the secret ones.
				read.given = []string{"SIGNPATH_ORGANIZATION_ID"}
			}
			for _, s := range slices.Concat(job.Steps, job.Strategy.RunOnce.Deploy.Steps) {
				step := pipelineStep{condition: s.Condition, script: s.Bash, env: s.Env}
				switch {
				case s.Publish != "":
					step.upload, step.files = s.Artifact, []string{s.Publish}
				case s.Download != "":
					step.download, step.into = s.Artifact, filepath.Join("..", s.Artifact)
				case s.Checkout != "":
					read.checksOut = true
				case s.Task != "" && s.Task != "TerraformInstaller@1":
					t.Errorf("job %s has the task %s, which this test does not know", read.name, s.Task)
				}
				read.steps = append(read.steps, step)
			}
			p.jobs = append(p.jobs, read)
		}
	}
	return p
}
