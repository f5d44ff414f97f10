package documentation_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A featureTrial is a command that works where a CLI has the feature, and fails where it has not.
type featureTrial struct {
	files   map[string]string
	command []string
}

// featureTrials are those of the table, by what a row begins with.
var featureTrials = map[string]featureTrial{
	"Resources, data sources and functions": {map[string]string{"main.tf": `
resource "signpath_project_readers" "a" {
  project = "project-a"
  members = [provider::signpath::member("user", "qa.lead@example.com")]
}
data "signpath_project" "a" {
  slug = "project-a"
}
`}, []string{"plan"}},
	"[`import` blocks]": {map[string]string{"main.tf": `
import {
  to = signpath_project_readers.a
  id = "project-a"
}
`}, []string{"plan", "-generate-config-out=generated.tf"}},
	"`moved` and `removed` blocks": {map[string]string{"main.tf": `
moved {
  from = signpath_project_readers.old
  to   = signpath_project_readers.a
}
removed {
  from = signpath_project_readers.b
  lifecycle {
    destroy = false
  }
}
resource "signpath_project_readers" "a" {
  project = "project-a"
  members = []
}
check "readers" {
  assert {
    condition     = length(signpath_project_readers.a.members) == 0
    error_message = "Somebody reads."
  }
}
`}, []string{"plan"}},
	"An ephemeral value as `api_token`": {map[string]string{"main.tf": `
variable "token" {
  type      = string
  ephemeral = true
  default   = "API_TOKEN"
}
data "signpath_current_user" "me" {}
`, "provider.tf": `
provider "signpath" {
  api_url         = "API_URL"
  organization_id = "ORGANIZATION_ID"
  api_token       = var.token
}
`}, []string{"plan"}},
	"`terraform test`, with `mock_provider`": {map[string]string{"main.tf": `
data "signpath_current_user" "me" {}
`, "all.tftest.hcl": `
mock_provider "signpath" {}
run "all" {}
`}, []string{"test"}},
	"Files with mocks": {map[string]string{"main.tf": `
data "signpath_current_user" "me" {}
`, "mocks/signpath.tfmock.hcl": `
mock_data "signpath_current_user" {
  defaults = {
    member = "user:qa.lead@example.com"
  }
}
`, "all.tftest.hcl": `
mock_provider "signpath" {
  source = "./mocks"
}
run "all" {
  assert {
    condition     = data.signpath_current_user.me.member == "user:qa.lead@example.com"
    error_message = "It is not mocked."
  }
}
`}, []string{"test"}},
	"`import` blocks by identity": {map[string]string{"main.tf": `
import {
  to = signpath_project_readers.a
  identity = {
    project = "project-a"
  }
}
resource "signpath_project_readers" "a" {
  project = "project-a"
  members = []
}
`}, []string{"plan"}},
	"Queries": {map[string]string{"all.tfquery.hcl": `
list "signpath_ci_user" "all" {
  provider = signpath
}
`}, []string{"query"}},
	"Actions": {map[string]string{"main.tf": `
action "signpath_reinvite_user" "lead" {
  config {
    user = "user:qa.lead@example.com"
  }
}
`}, []string{"plan"}},
}

var featureRow = regexp.MustCompile(`(?m)^\| (.+) \| ([\d.]+|–) \| ([\d.]+|–) \|$`)

// TestCLIVersionTable tries each feature of the table with the CLI of the test: it has to be there from the
// version on that the table says, and not before.
func TestCLIVersionTable(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join(docsRoot, "index.md"))
	must(t, err)
	_, table, _ := strings.Cut(string(content), "## What needs which version")
	rows := featureRow.FindAllStringSubmatch(strings.Split(table, "\n## ")[0], -1)
	if len(rows) != len(featureTrials) {
		t.Fatalf("the table has %d rows, and %d features are tried", len(rows), len(featureTrials))
	}
	has := versionOf(t)
	for _, row := range rows {
		tried := false
		for name, trial := range featureTrials {
			if strings.HasPrefix(row[1], name) {
				tried = true
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					trial.compare(t, has.since(row[2], row[3]))
				})
			}
		}
		if !tried {
			t.Errorf("nobody tries %s", row[1])
		}
	}
}

// A cliVersion is a version of Terraform, or of OpenTofu.
type cliVersion struct {
	isOpenTofu bool
	*version.Version
}

func versionOf(t *testing.T) cliVersion {
	t.Helper()
	w := signpathtest.ByCLI(t)
	var cli struct {
		Version string `json:"terraform_version"`
	}
	must(t, json.Unmarshal(w.MustRun("version", "-json"), &cli))
	parsed, err := version.NewVersion(cli.Version)
	must(t, err)
	return cliVersion{isOpenTofu(w), parsed}
}

// since tells whether a row says that this version has the feature.
func (v cliVersion) since(terraform, openTofu string) bool {
	first := terraform
	if v.isOpenTofu {
		first = openTofu
	}
	return first != "–" && !v.LessThan(version.Must(version.NewVersion(first)))
}

// compare runs the command, which has to work or to fail.
func (f featureTrial) compare(t *testing.T, works bool) {
	org := signpathtest.Start(t, nil)
	w := signpathtest.ByCLI(t)
	filled := strings.NewReplacer("API_URL", org.URL, "ORGANIZATION_ID", org.OrganizationID(), "API_TOKEN", org.Token)
	writeIn(t, w, "provider.tf", org.Config(""))
	for name, text := range f.files {
		writeIn(t, w, name, filled.Replace(text))
	}
	output, exitCode := w.Run("init")
	if exitCode == 0 {
		output, exitCode = w.Run(f.command...)
	}
	if (exitCode == 0) != works {
		t.Errorf("%s ends with %d, and the table says that this CLI has the feature: %t\n%s", strings.Join(f.command, " "), exitCode, works, output)
	}
}
