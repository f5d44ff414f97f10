package provider_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-version"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

// What a CLI can do with objects: the state is made by the first configuration, and the second
// one does something else with each object.
const (
	actedOn = `
resource "signpath_user" "renamed" {
  name  = "Before"
  email = "before@example.com"
}
resource "signpath_user" "replaced" {
  name  = "Old"
  email = "old@example.com"
}
resource "signpath_ci_user" "gone" {
  name = "gone"
}
resource "signpath_user_group" "moved" {
  name = "Moved"
}
resource "signpath_project_readers" "forgotten" {
  project = "project-a"
  members = ["user:dev.lead@example.com"]
}
resource "signpath_project_reader" "destroyed" {
  project = "project-b"
  member  = "user:dev.lead@example.com"
}
resource "signpath_signing_policy_approver" "first" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = "user:security.officer@example.com"
  lifecycle {
    create_before_destroy = true
  }
}
resource "signpath_signing_policy_submitters" "updated" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = ["user:dev.lead@example.com"]
}
resource "signpath_project_configurators" "same" {
  project = "project-b"
  members = []
}
resource "terraform_data" "text" {
  input = "user:dev.lead@example.com"
}
`
	actingOn = `
variable "hidden" {
  default   = "user:outsider@example.com"
  sensitive = true
}
resource "signpath_user" "renamed" {
  name  = "After"
  email = "before@example.com"
}
resource "signpath_user" "replaced" {
  name  = "New"
  email = "new@example.com"
}
resource "signpath_user_group" "here" {
  name = "Moved"
}
moved {
  from = signpath_user_group.moved
  to   = signpath_user_group.here
}
removed {
  from = signpath_project_readers.forgotten
  lifecycle {
    destroy = false
  }
}
removed {
  from = signpath_project_reader.destroyed
  lifecycle {
    destroy = true
  }
}
resource "signpath_signing_policy_approver" "first" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = "user:release.manager@example.com"
  lifecycle {
    create_before_destroy = true
  }
}
resource "signpath_signing_policy_submitters" "updated" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = [var.hidden, "user:dev.lead@example.com"]
}
resource "signpath_project_configurators" "same" {
  project = "project-b"
  members = []
}
resource "terraform_data" "text" {
  input = "user:qa.lead@example.com"
}
resource "signpath_project_reader" "later" {
  project = "project-b"
  member  = terraform_data.text.output
}
import {
  to = signpath_user_group_members.imported
  id = "Release Managers"
}
resource "signpath_user_group_members" "imported" {
  group   = "group:Release Managers"
  members = ["user:release.manager@example.com"]
}
data "signpath_user" "read" {
  email      = "qa.lead@example.com"
  depends_on = [terraform_data.text]
}
resource "signpath_role_assignment" "created" {
  member = signpath_user.replaced.member
  role   = "GlobalReader"
}
check "later" {
  assert {
    condition     = terraform_data.text.output != ""
    error_message = "There must be a text."
  }
}
`
	// invoking is for Terraform from 1.14 on.
	invoking = `
action "signpath_reinvite_user" "again" {
  config {
    user = "user:before@example.com"
  }
}
resource "terraform_data" "trigger" {
  input = "1"
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.signpath_reinvite_user.again]
    }
  }
}
`
)

// TestCLIReviewOfEveryAction reviews a plan with all that a CLI can do with objects, as it writes it.
func TestCLIReviewOfEveryAction(t *testing.T) {
	t.Parallel()
	org := newOrganization(t)
	w := org.workspace(map[string]string{"main.tf": actedOn})
	said := w.MustRun("version", "-json")
	var cli struct {
		Version string `json:"terraform_version"`
	}
	must(t, json.Unmarshal(said, &cli))
	brand, err := exec.CommandContext(t.Context(), w.CLI, "version").Output()
	must(t, err)
	isTofu := bytes.Contains(brand, []byte("OpenTofu"))
	atLeast := func(minimum string) bool {
		return version.Must(version.NewVersion(cli.Version)).GreaterThanOrEqual(version.Must(version.NewVersion(minimum)))
	}
	w.MustRun("apply", "-auto-approve")
	acting, invokes, forgets := actingOn, !isTofu && atLeast("1.14.0"), isTofu && atLeast("1.12.0")
	if invokes {
		acting += invoking
	}
	if forgets { // Its replacement is one that forgets.
		acting = strings.Replace(acting, "email = \"new@example.com\"", "email = \"new@example.com\"\n  lifecycle {\n    destroy = false\n  }", 1)
	}
	w.Write("main.tf", acting)
	w.MustRun("plan", "-out=all.bin")
	text := w.MustRun("show", "-json", "all.bin")
	plan, err := planreview.Decode(bytes.NewReader(text), vendors.Readers)
	must(t, err)
	found := map[string]string{}
	for _, r := range plan.ResourceChanges {
		var names []string
		for _, action := range r.Change.Actions {
			names = append(names, string(action))
		}
		found[r.Address] = strings.Join(names, ",")
	}
	replaced := "delete,create"
	if forgets {
		replaced = "forget,create"
	}
	want := map[string]string{
		"data.signpath_user.read": "read", "signpath_ci_user.gone": "delete", "signpath_project_configurators.same": "no-op",
		"signpath_project_reader.destroyed": "delete", "signpath_project_reader.later": "create", "signpath_project_readers.forgotten": "forget",
		"signpath_role_assignment.created": "create", "signpath_signing_policy_approver.first": "create,delete",
		"signpath_signing_policy_submitters.updated": "update", "signpath_user.renamed": "update", "signpath_user.replaced": replaced,
		"signpath_user_group.here": "no-op", "signpath_user_group_members.imported": "no-op", "terraform_data.text": "update",
	}
	if invokes {
		want["terraform_data.trigger"] = "create"
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("the plan is another one (-want +got):\n%s", diff)
	}
	report := w.reviewPlanLive("all.bin")
	told := reviewText(t, report)
	phrases := []string{
		"name of user:before@example.com changes from Before to After",
		"ci_user:gone is deactivated, because its resource is destroyed",
		"user:new@example.com gets the global role Global Reader",
		"deny unreadable-change: signpath_project_reader.later changes access, and its member is known after apply.",
		"warn no-longer-managed: Terraform gives up the list of readers of project-a, which stays. On it is user:dev.lead@example.com.",
		"readers of project-b: may lose user:dev.lead@example.com",
		"user:security.officer@example.com loses approval on project-b/release-signing",
		"user:release.manager@example.com gains approval on project-b/release-signing",
		"members of signpath_signing_policy_submitters.updated is sensitive", " gains submission on project-b/release-signing",
		"the list of members of group:Release Managers is imported", "whether check.later holds is known after apply",
	}
	if invokes {
		phrases = append(phrases, "user:before@example.com gets another invitation")
	}
	if forgets {
		phrases = append(phrases, "user:old@example.com is forgotten by Terraform and stays as it is", "user:new@example.com is created")
	} else {
		phrases = append(phrases, "user:old@example.com is deactivated, and user:new@example.com is created in its place")
	}
	for _, phrase := range phrases {
		if !strings.Contains(told, phrase) {
			t.Errorf("%q is not said", phrase)
		}
	}
	if strings.Contains(told, "user:outsider@example.com") || t.Failed() {
		t.Errorf("the review of %s says\n%s", cli.Version, told)
	}
	if invokes {
		w.MustRun("plan", "-invoke=action.signpath_reinvite_user.again", "-out=invoked.bin")
		if told := reviewText(t, w.reviewPlanLive("invoked.bin")); !strings.Contains(told, "user:before@example.com gets another invitation") {
			t.Errorf("the review of an invocation says\n%s", told)
		}
	}
}

// TestCLIPlanJSONLikeTheDriver compares the plan of the driver with that of a CLI, as far as
// reviews read it.
func TestCLIPlanJSONLikeTheDriver(t *testing.T) {
	t.Parallel()
	const first = `
variable "hidden" {
  default   = "user:outsider@example.com"
  sensitive = true
}
resource "signpath_user_group" "g" {
  name = "First"
}
resource "signpath_user_group_members" "g" {
  group   = signpath_user_group.g.member
  members = [var.hidden]
}
resource "signpath_user" "u" {
  name  = "U"
  email = "u@example.com"
}
resource "terraform_data" "d" {
  input = "user:qa.lead@example.com"
}
`
	second := strings.NewReplacer(`"First"`, `"Second"`, `[var.hidden]`, `[var.hidden, "user:dev.lead@example.com"]`, `"u@example.com"`, `"v@example.com"`,
		`"user:qa.lead@example.com"`, `"user:dev.lead@example.com"`).Replace(first) + `
resource "signpath_project_readers" "unknown" {
  project = "project-b"
  members = [terraform_data.d.output, "user:qa.lead@example.com"]
}
resource "signpath_signing_policy_approver" "hidden" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = var.hidden
}
`
	org := newOrganization(t)
	w := org.workspace(map[string]string{"main.tf": first})
	w.MustRun("apply", "-auto-approve")
	w.Write("main.tf", second)
	w.MustRun("plan", "-out=p.bin")
	var byCLI tfjson.Plan
	must(t, json.Unmarshal(w.MustRun("show", "-json", "p.bin"), &byCLI))

	other := newOrganization(t)
	d := testkit.NewDriver(signpathtest.Providers)
	_, err := d.Apply(other.config(first), testkit.Options{})
	must(t, err)
	plan, err := d.Plan(other.config(second), testkit.Options{})
	must(t, err)
	if diff := cmp.Diff(readPart(t, &byCLI), readPart(t, d.JSON(plan))); diff != "" {
		t.Errorf("the driver tells another plan (-CLI +driver):\n%s", diff)
	}
}

// readPart is what reviews read of a plan, without ids that are made up anew. Of a mirror only
// what it says is true counts.
func readPart(t *testing.T, plan *tfjson.Plan) map[string]any {
	t.Helper()
	told := map[string]any{}
	for _, r := range plan.ResourceChanges {
		if !strings.HasPrefix(r.Type, "signpath_") {
			continue
		}
		c := r.Change
		told[r.Address] = plain(t, map[string]any{
			"actions": c.Actions, "before": c.Before, "after": c.After, "after_unknown": marksOf(c.AfterUnknown),
			"before_sensitive": marksOf(c.BeforeSensitive), "after_sensitive": marksOf(c.AfterSensitive), "replaces": c.ReplacePaths,
		})
	}
	return told
}

// marksOf are the attributes that a mirror marks in whole or in part.
func marksOf(mirror any) []string {
	var marked []string
	marks, _ := mirror.(map[string]any)
	for name, mark := range marks {
		text, err := json.Marshal(mark)
		if err == nil && bytes.Contains(text, []byte("true")) {
			marked = append(marked, name)
		}
	}
	slices.Sort(marked)
	return marked
}

var madeID = regexp.MustCompile(`"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"|"20[0-9]{2}-[^"]*Z"`)

// plain is a value through JSON. Ids that the mock makes are left out.
func plain(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	must(t, err)
	var decoded any
	must(t, json.Unmarshal(madeID.ReplaceAll(text, []byte(`"id"`)), &decoded))
	return decoded
}
