package documentation_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

const formsFolder = ".github/ISSUE_TEMPLATE"

// An issueForm is a form in which somebody writes an issue, as GitHub's schema for forms has it:
// https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms
type issueForm struct {
	Name        string      `yaml:"name"`
	Description string      `yaml:"description"`
	Labels      []string    `yaml:"labels"`
	Body        []formField `yaml:"body"`
}

type formField struct {
	Type       string `yaml:"type"`
	ID         string `yaml:"id"`
	Attributes struct {
		Label       string      `yaml:"label"`
		Description string      `yaml:"description"`
		Placeholder string      `yaml:"placeholder"`
		Render      string      `yaml:"render"`
		Value       string      `yaml:"value"`
		Options     []yaml.Node `yaml:"options"`
	} `yaml:"attributes"`
	Validations struct {
		Required bool `yaml:"required"`
	} `yaml:"validations"`
}

// asksForSecrets fits a label or a description that would make somebody paste what must stay secret.
var asksForSecrets = regexp.MustCompile(`(?i)\b(?:tokens?|passwords?|secrets?|keys?|state|plan file|terraform\.tfstate|organization id|e-mail)\b`)

// TestIssueForms reads each form strictly, and holds it to what GitHub demands. No field asks for a secret.
func TestIssueForms(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(signpathtest.Root, formsFolder, "*.yml"))
	must(t, err)
	for _, path := range paths {
		if filepath.Base(path) == "config.yml" {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			content, err := os.ReadFile(path)
			must(t, err)
			decoder := yaml.NewDecoder(bytes.NewReader(content))
			decoder.KnownFields(true)
			var form issueForm
			must(t, decoder.Decode(&form))
			ids := map[string]bool{}
			for _, field := range form.Body {
				field.check(t, ids)
			}
			if form.Name == "" || form.Description == "" || len(form.Labels) == 0 || len(ids) < 3 {
				t.Errorf("the form %q has %d fields, and the labels %q", form.Name, len(ids), form.Labels)
			}
		})
	}
	if len(paths) != 4 {
		t.Errorf("there are %d files", len(paths))
	}
}

func (f formField) check(t *testing.T, ids map[string]bool) {
	t.Helper()
	if f.Type == "markdown" {
		if f.Attributes.Value == "" || f.ID != "" || f.Attributes.Label != "" {
			t.Errorf("a text is nothing but a value: %+v", f)
		}
		return
	}
	if ids[f.ID] || f.ID == "" || f.Attributes.Label == "" {
		t.Errorf("a field needs an id of its own and a label: %+v", f)
	}
	ids[f.ID] = true
	hasOptions := slices.Contains([]string{"dropdown", "checkboxes"}, f.Type)
	if hasOptions != (len(f.Attributes.Options) > 0) || !hasOptions && f.Type != "input" && f.Type != "textarea" {
		t.Errorf("%s has the type %s and %d options", f.ID, f.Type, len(f.Attributes.Options))
	}
	if f.Attributes.Render != "" && f.Type != "textarea" {
		t.Errorf("%s is no text to render", f.ID)
	}
	if asked := f.Attributes.Label + " " + f.Attributes.Description; f.Type != "checkboxes" && asksForSecrets.MatchString(asked) {
		t.Errorf("%s asks for what must stay secret: %s", f.ID, asked)
	}
}

// TestVulnerabilitiesAreReportedPrivately keeps who looks for a form from reporting a vulnerability in public.
func TestVulnerabilitiesAreReportedPrivately(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(signpathtest.Root, formsFolder, "config.yml"))
	must(t, err)
	var config struct {
		BlankIssuesEnabled bool `yaml:"blank_issues_enabled"`
		ContactLinks       []struct {
			Name  string `yaml:"name"`
			URL   string `yaml:"url"`
			About string `yaml:"about"`
		} `yaml:"contact_links"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	must(t, decoder.Decode(&config))
	if config.BlankIssuesEnabled || len(config.ContactLinks) == 0 || config.ContactLinks[0].URL != repositoryURL+"security/policy" {
		t.Errorf("blank issues %t, contacts %+v", config.BlankIssuesEnabled, config.ContactLinks)
	}
	policy, err := os.ReadFile(filepath.Join(signpathtest.Root, "SECURITY.md"))
	must(t, err)
	if text := string(policy); !strings.Contains(text, "Report a vulnerability") || strings.Contains(text, "@") || strings.Contains(text, "mailto:") {
		t.Error("SECURITY.md names an address, or not how to report")
	}
}
