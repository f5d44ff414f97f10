package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// planOf returns a plan with one resource, as terraform show -json prints it.
func planOf(t *testing.T, kind, action string, was, is map[string]any) []byte {
	t.Helper()
	change := map[string]any{"actions": []string{action}, "before": nil, "after": nil, "after_unknown": map[string]any{}}
	if was != nil {
		change["before"] = was
	}
	if is != nil {
		change["after"] = is
	}
	plan, err := json.Marshal(map[string]any{
		"format_version": "1.2", "terraform_version": "1.15.0", "planned_values": map[string]any{},
		"resource_changes": []any{map[string]any{
			"address": "signpath_" + kind + ".this", "mode": "managed", "type": "signpath_" + kind, "name": "this", "change": change,
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// organizationWithApprover serves the demo organization, in which somebody was made an
// approver without Terraform.
func organizationWithApprover(t *testing.T, approver string) *mock.Server {
	t.Helper()
	seed := mock.DemoSeed()
	seed.InteractiveUsers = append(seed.InteractiveUsers, mock.InteractiveUserSeed{Name: "Reader", Email: "reader@example.com", Token: regularToken})
	seed.Projects[0].Readers = []string{"user:reader@example.com"}
	policy := &seed.Projects[1].SigningPolicies[1]
	policy.Approvers = []string{"group:Release Managers", approver}
	return serveOrganization(t, seed)
}

func onProjectB(attribute string, value any) map[string]any {
	return map[string]any{"project": "project-b", "signing_policy": "release-signing", attribute: value}
}

// TestReviewPlanLiveKnowsWhoElseIsOnTheList makes somebody a submitter who is an
// approver outside Terraform, which the plan alone cannot tell.
func TestReviewPlanLiveKnowsWhoElseIsOnTheList(t *testing.T) {
	server := organizationWithApprover(t, "user:dev.lead@example.com")
	plan := planOf(t, "signing_policy_submitter", "create", nil, onProjectB("member", "user:dev.lead@example.com"))
	const finding = "submit-and-approve: user:dev.lead@example.com can both submit to and approve project-b/release-signing."

	stdout, _, err := reviewPlan(t, plan, "-", "--fail-on", "warn")
	if err != nil || strings.Contains(stdout, finding) || server.CountRequests() != 0 {
		t.Errorf("without --live: %v, %d requests\n%s", err, server.CountRequests(), stdout)
	}
	stdout, stderr, err := reviewPlan(t, plan, "-", "--live", "--fail-on", "warn")
	introduced, _, _ := strings.Cut(stdout, "Findings left")
	if !errors.Is(err, statusFound) || stderr != "" || !strings.Contains(introduced, finding) ||
		!strings.Contains(introduced, "By signpath_signing_policy_submitter.this") {
		t.Errorf("with --live: %v, stderr %q\n%s", err, stderr, stdout)
	}
	for _, r := range server.Requests() {
		if r.Method != "GET" {
			t.Errorf("it sent %s %s", r.Method, r.Path)
		}
	}
}

// TestReviewPlanLiveTellsWhatChangedSince has a plan from before somebody came onto the
// list: its apply leaves that one there.
func TestReviewPlanLiveTellsWhatChangedSince(t *testing.T) {
	organizationWithApprover(t, "user:dev.lead@example.com")
	plan := planOf(
		t, "signing_policy_approvers", "update", onProjectB("members", []any{"group:Release Managers"}),
		onProjectB("members", []any{"group:Release Managers", "user:qa.lead@example.com"}),
	)
	for format, wants := range map[string][]string{
		"text": {
			"Changed since the plan was made\n  - signpath_signing_policy_approvers.this: " +
				"user:dev.lead@example.com came onto the approvers of project-b/release-signing",
			"gains user:qa.lead@example.com; then has group:Release Managers, user:dev.lead@example.com, user:qa.lead@example.com",
		},
		"markdown": {"### Changed since the plan was made"},
		"json":     {`"changed_since": [` + "\n" + `    {` + "\n" + `      "address": "signpath_signing_policy_approvers.this"`, `"member": "ci_user:terraform"`},
		"sarif":    {"Changed since the plan was made: signpath_signing_policy_approvers.this: user:dev.lead@example.com came onto"},
	} {
		stdout, _, err := reviewPlan(t, plan, "-", "--live", "--format", format)
		for _, want := range wants {
			if err != nil || !strings.Contains(stdout, want) {
				t.Errorf("%s: %v: no %q in\n%s", format, err, want, stdout)
			}
		}
	}
}

// TestReviewPlanLiveTellsGaps reviews with the token of somebody who sees one project.
func TestReviewPlanLiveTellsGaps(t *testing.T) {
	organizationWithApprover(t, "user:dev.lead@example.com")
	t.Setenv(api.EnvToken, regularToken)
	plan := planOf(t, "signing_policy_submitter", "create", nil, onProjectB("member", "user:dev.lead@example.com"))
	const gap = "There may be projects that user:reader@example.com does not see"
	for _, format := range planFormats {
		stdout, stderr, err := reviewPlan(t, plan, "-", "--live", "--format", format)
		if err != nil || !strings.Contains(stdout, gap) || !strings.Contains(stderr, gap) {
			t.Errorf("%s: %v, stderr %q\n%s", format, err, stderr, stdout)
		}
	}
}

func TestReviewPlanLiveRefuses(t *testing.T) {
	server := organizationWithApprover(t, "user:dev.lead@example.com")
	elsewhere := map[string]any{"id": "11111111-1111-4111-8111-111111111111", "name": "build", "member": "ci_user:build", "active": true}
	ofAnother := planOf(t, "ci_user", "no-op", elsewhere, elsewhere)
	group := map[string]any{"name": "G", "organization_id": "22222222-2222-4222-8222-222222222222"}
	saysSo := planOf(t, "user_group", "no-op", group, group)
	entry := onProjectB("member", "user:dev.lead@example.com")
	byIdentity := bytes.Replace(planOf(t, "signing_policy_approver", "no-op", entry, entry), []byte(`"actions"`),
		[]byte(`"before_identity":{"organization_id":"22222222-2222-4222-8222-222222222222"},"actions"`), 1)
	for name, test := range map[string]struct {
		plan      []byte
		arguments []string
		says      string
	}{
		"a list whose identity names it": {byIdentity, []string{"plan", "--live"}, "the plan is of another organization: its resources are in 22222222-"},
		"another organization":           {ofAnother, []string{"plan", "--live"}, "the plan is of another organization: no user"},
		"a plan that names it":           {saysSo, []string{"plan", "--live"}, "the plan is of another organization: its resources are in 22222222-"},
		"a plan that names it, of drift": {saysSo, []string{"drift", "--live"}, "the plan is of another organization: its resources are in 22222222-"},
		"no such organization":           {ofAnother, []string{"plan", "--live", "--organization-id", "11111111-1111-4111-8111-111111111111"}, "403"},
		"a connection, unasked":          {ofAnother, []string{"plan", "--organization-id", server.OrganizationID()}, "need --live"},
	} {
		stdout, _, err := runReviewOf(t, test.plan, append(test.arguments, "-")...)
		if err == nil || !strings.Contains(err.Error(), test.says) || stdout != "" {
			t.Errorf("%s: %v\n%s", name, err, stdout)
		}
	}
}

// TestFindingsHaveOneForm compares the JSON of a finding of both commands.
func TestFindingsHaveOneForm(t *testing.T) {
	organizationToExport(t)
	output, _, _, err := runReview(t.Context(), "--format", "json", "--fail-on", "never")
	if err != nil {
		t.Fatal(err)
	}
	var organization struct{ Findings []map[string]any }
	if err := json.Unmarshal([]byte(output), &organization); err != nil {
		t.Fatal(err)
	}
	output, err = runReviewPlanCommand(t, recordedPlan, "--format", "json", "--fail-on", "never")
	if err != nil {
		t.Fatal(err)
	}
	var plan struct{ Findings []map[string]any }
	if err := json.Unmarshal([]byte(output), &plan); err != nil {
		t.Fatal(err)
	}
	ofPlan := plan.Findings[0]
	if ofPlan["addresses"] == nil || ofPlan["state"] != "introduced" {
		t.Errorf("the finding of a plan is %v", ofPlan)
	}
	delete(ofPlan, "addresses")
	delete(ofPlan, "state")
	for name := range organization.Findings[0] {
		if _, ok := ofPlan[name]; !ok {
			t.Errorf("only the finding of an organization has %s", name)
		}
		delete(ofPlan, name)
	}
	if len(ofPlan) > 0 {
		t.Errorf("only the finding of a plan has %v", ofPlan)
	}
}
