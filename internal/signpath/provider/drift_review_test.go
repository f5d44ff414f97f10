package provider_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/audit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

const driftingConfiguration = `
resource "signpath_signing_policy_approvers" "release" {
  project        = "project-a"
  signing_policy = "release-signing"
  members        = ["user:security.officer@example.com", "user:release.manager@example.com"]
}
resource "signpath_project_reader" "lead" {
  project = "project-a"
  member  = "user:dev.lead@example.com"
}
resource "signpath_role_assignment" "lead" {
  member = "user:dev.lead@example.com"
  role   = "GlobalReader"
}
resource "signpath_user" "new" {
  name  = "New"
  email = "new@example.com"
}
resource "signpath_user_group_members" "managers" {
  group   = "group:Release Managers"
  members = []
}
`

// TestCLIReviewOfRealDrift lets Terraform find what an administrator and others
// changed, and the audit log tell who it was.
func TestCLIReviewOfRealDrift(t *testing.T) {
	org, setClock := newOrganizationAt(t)
	w := org.workspace(map[string]string{"main.tf": driftingConfiguration})
	w.MustRun("apply", "-auto-approve")

	now := time.Now().UTC().Truncate(time.Minute) // Terraform's clock is the real one.
	setClock(now)
	admin := "user:org.admin@example.com"
	for _, change := range []struct {
		actor string
		make  func(*mock.Administrator) error
	}{
		{admin, func(a *mock.Administrator) error {
			return a.AddMembers("policy:project-a/release-signing", "approvers", "user:outsider@example.com")
		}},
		{admin, func(a *mock.Administrator) error { return a.RemoveMembers("project:project-a", "readers", lead) }},
		{officer, func(a *mock.Administrator) error { return a.SetRole(lead, mock.RoleGlobalAdministrator) }},
		{"ci_user:terraform", func(a *mock.Administrator) error { return a.SetActive("user:new@example.com", false) }},
		{"", func(a *mock.Administrator) error { return a.AddMembers("group:Release Managers", "members", officer) }},
	} {
		must(t, change.make(org.Administrator(change.actor)))
	}
	at := now.Format(" at 15:04 UTC, outside Terraform")
	want := []string{
		"user:dev.lead@example.com was given the global role Global Administrator instead of Global Reader by security.officer@example.com" + at,
		"user:dev.lead@example.com was removed from the readers of project-a by org.admin@example.com" + at,
		"user:new@example.com was deactivated by ci_user:terraform" + at,
		"user:outsider@example.com was added to the approvers of project-a/release-signing by org.admin@example.com" + at,
		"user:security.officer@example.com was added to the members of group:Release Managers by \"System\"" + at,
	}
	for _, arguments := range [][]string{{"-refresh-only"}, nil} {
		report := w.reviewDrift(now, arguments...)
		got := sentencesOf(report.Changes)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", arguments, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// TestCLIDriftOfTwentyKinds has twenty changes in the web application, of which Terraform manages
// one half. Each is told once, with its author; what Terraform did, and what changes nobody's
// access, is not told.
func TestCLIDriftOfTwentyKinds(t *testing.T) {
	org, setClock := newOrganizationAt(t)
	w := org.workspace(map[string]string{"main.tf": driftingConfiguration + `
resource "signpath_user_group" "auditors" {
  name = "Auditors"
}
resource "signpath_project_readers" "b" {
  project = "project-b"
  members = [signpath_user_group.auditors.member, "user:qa.lead@example.com"]
}
resource "signpath_signing_policy_submitter" "build" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = signpath_ci_user.build.member
}
resource "signpath_ci_user" "build" {
  name = "build"
}
resource "signpath_role_holders" "certificates" {
  role    = "CertificateAdministrator"
  members = ["user:release.manager@example.com"]
}
resource "signpath_role_holders" "projects" {
  role    = "ProjectAdministrator"
  members = []
}
`})
	w.MustRun("apply", "-auto-approve")
	now := time.Now().UTC().Truncate(time.Minute) // Terraform's clock is the real one.
	setClock(now)
	text := func(s string) *string { return &s }
	const outsider, qa = "user:outsider@example.com", "user:qa.lead@example.com"
	edit := func(reference string, change mock.PrincipalChange) func(*mock.Administrator) error {
		return func(a *mock.Administrator) error { return a.Change(reference, change) }
	}
	add := func(owner, list, member string) func(*mock.Administrator) error {
		return func(a *mock.Administrator) error { return a.AddMembers(owner, list, member) }
	}
	set := func(reference, name string, value any) func(*mock.Administrator) error {
		return func(a *mock.Administrator) error { return a.SetProperties(reference, map[string]any{name: value}) }
	}
	create := func(_ string, err error) error { return err }
	const managed, outside, unseen = "managed", "outside", "unseen"
	var want []string
	for _, c := range []struct {
		where, says string
		make        func(*mock.Administrator) error
	}{
		{managed, outsider + " was added to the approvers of project-a/release-signing", add("policy:project-a/release-signing", "approvers", outsider)},
		{managed, qa + " was removed from the readers of project-b", func(a *mock.Administrator) error {
			return a.RemoveMembers("project:project-b", "readers", qa)
		}},
		{managed, lead + " was removed from the readers of project-a", func(a *mock.Administrator) error {
			return a.RemoveMembers("project:project-a", "readers", lead)
		}},
		{managed, "ci_user:build was removed from the submitters of project-b/release-signing", func(a *mock.Administrator) error {
			return a.RemoveMembers("policy:project-b/release-signing", "submitters", "ci_user:build")
		}},
		{managed, lead + " was given the global role Global Administrator instead of Global Reader", func(a *mock.Administrator) error {
			return a.SetRole(lead, mock.RoleGlobalAdministrator)
		}},
		{managed, officer + " was added to the members of group:Release Managers", add("group:Release Managers", "members", officer)},
		{managed, "name of group:Auditors was changed from Auditors to Internal Audit", edit("group:Auditors", mock.PrincipalChange{Name: text("Internal Audit")})},
		{managed, "user:new@example.com accepted the invitation", edit("user:new@example.com", mock.PrincipalChange{Identity: text("example:S-7")})},
		{managed, "name of ci_user:build was changed from build to builder", edit("ci_user:build", mock.PrincipalChange{Name: text("builder")})},
		{managed, qa + " was given the global role Certificate Administrator", func(a *mock.Administrator) error {
			return a.SetRole(qa, mock.RoleCertificateAdministrator)
		}},
		{managed, manager + " was given the global role Project Administrator instead of Certificate Administrator", func(a *mock.Administrator) error {
			return a.SetRole(manager, mock.RoleProjectAdministrator)
		}},
		{unseen, officer + " was given the global role Project Administrator instead of Regular User", func(a *mock.Administrator) error {
			return a.SetRole(officer, mock.RoleProjectAdministrator)
		}},
		{unseen, officer + " was given the global role Regular User instead of Project Administrator", func(a *mock.Administrator) error {
			return a.SetRole(officer, mock.RoleRegularUser)
		}},
		{unseen, officer + " was removed from the approvers of project-a/release-signing", func(a *mock.Administrator) error {
			return a.RemoveMembers("policy:project-a/release-signing", "approvers", officer)
		}},
		{unseen, officer + " was added to the approvers of project-a/release-signing", add("policy:project-a/release-signing", "approvers", officer)},
		{outside, outsider + " was given the global role Global Administrator instead of Regular User", func(a *mock.Administrator) error {
			return a.SetRole(outsider, mock.RoleGlobalAdministrator)
		}},
		{outside, "user:mallory@example.com was created with the global role User Administrator", func(a *mock.Administrator) error {
			return create(a.CreateInteractiveUser(mock.InteractiveUserSeed{Name: "M", Email: "mallory@example.com", Role: mock.RoleUserAdministrator}))
		}},
		{outside, "ci_user:helper was created", func(a *mock.Administrator) error { return create(a.CreateCIUser(mock.CIUserSeed{Name: "helper"})) }},
		{outside, "group:Shadow was created with the members " + outsider, func(a *mock.Administrator) error {
			return create(a.CreateUserGroup(mock.UserGroupSeed{Name: "Shadow", Members: []string{outsider}}))
		}},
		{outside, "signing policy project-b/hotfix was created with the submitters ci_user:helper and the approvers " + outsider, func(a *mock.Administrator) error {
			return create(a.CreateSigningPolicy("project-b", mock.SigningPolicySeed{
				Slug: "hotfix", Name: "Hotfix", Submitters: []string{"ci_user:helper"}, Approvers: []string{outsider},
			}))
		}},
		{outside, outsider + " was added to the configurators of project-b", add("project:project-b", "configurators", outsider)},
		{outside, qa + " was added to the submitters of project-b/release-signing", add("policy:project-b/release-signing", "submitters", qa)},
		{outside, "ci_user:helper got a new API token", func(a *mock.Administrator) error { return create(a.IssueToken("ci_user:helper")) }},
		{outside, "the approval process of project-a/release-signing was switched off", set("policy:project-a/release-signing", "useApprovalProcess", false)},
		{outside, "origin verification of project-a/test-signing was switched off", set("policy:project-a/test-signing", "verifyOriginPolicy", false)},
		{outside, outsider + " was deactivated", func(a *mock.Administrator) error { return a.SetActive(outsider, false) }},
		{"", "", set("policy:project-a/release-signing", "description", "another one")},
	} {
		must(t, c.make(org.Administrator(officer)))
		if c.where != "" {
			want = append(want, c.where+": "+c.says+" by security.officer@example.com"+now.Format(" at 15:04 UTC"))
		}
	}
	report := w.reviewDrift(now, "-refresh-only")
	var got []string
	for where, changes := range map[string][]planreview.DriftChange{managed: report.Changes, outside: report.Outside, unseen: report.Unseen} {
		for _, c := range changes {
			got = append(got, where+": "+strings.TrimSuffix(c.Sentence, ", outside Terraform"))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || !report.IsWhole() {
		t.Errorf("got\n%s\nwant\n%s\nnotes %q", strings.Join(got, "\n"), strings.Join(want, "\n"), report.Notes)
	}
}

// reviewDrift plans, and reviews what the refresh found with the audit log of a year.
func (w *workspace) reviewDrift(now time.Time, arguments ...string) *planreview.DriftReport {
	w.t.Helper()
	w.MustRun(append([]string{"plan", "-out=drift.bin"}, arguments...)...)
	plan, err := planreview.Decode(bytes.NewReader(w.MustRun("show", "-json", "drift.bin")), vendors.Readers)
	must(w.t, err)
	client, err := api.New(api.Config{OrganizationID: w.org.OrganizationID(), Config: httpapi.Config{URL: w.org.URL, Secret: w.org.Token, UserAgent: "test"}})
	must(w.t, err)
	report := planreview.Drift(plan, now)
	must(w.t, audit.Read(w.t.Context(), client, report, audit.Options{Since: now.AddDate(-1, 0, 0)}))
	return report
}

// TestCLIRenamedByTerraformIsNoDrift renames, by Terraform, whom lists and entries name. Their
// states have the old names until an apply refreshes them.
func TestCLIRenamedByTerraformIsNoDrift(t *testing.T) {
	org, _ := newOrganizationAt(t)
	configuration := func(name string) map[string]string {
		return map[string]string{"main.tf": strings.ReplaceAll(`
resource "signpath_user_group" "g" {
  name = "NAME"
}
resource "signpath_ci_user" "c" {
  name = "NAME"
}
resource "signpath_project_readers" "a" {
  project = "project-a"
  members = [signpath_user_group.g.member, signpath_ci_user.c.member, "user:qa.lead@example.com"]
}
resource "signpath_project_configurator" "b" {
  project = "project-b"
  member  = signpath_user_group.g.member
}
resource "signpath_role_assignment" "c" {
  member = signpath_ci_user.c.member
  role   = "GlobalReader"
}
resource "signpath_user_group_members" "g" {
  group   = signpath_user_group.g.member
  members = [signpath_ci_user.c.member]
}
resource "signpath_ci_user_token" "c" {
  ci_user = signpath_ci_user.c.member
}
`, "NAME", name)}
	}
	w := org.workspace(configuration("old"))
	w.MustRun("apply", "-auto-approve")
	w.Write("main.tf", configuration("new")["main.tf"])
	w.MustRun("apply", "-auto-approve")
	report := w.reviewDrift(time.Now(), "-refresh-only")
	if len(report.Changes)+len(report.Outside)+len(report.Unseen) > 0 || !report.IsWhole() {
		t.Errorf("it is told: %q", slices.Concat(sentencesOf(report.Changes), sentencesOf(report.Outside), sentencesOf(report.Unseen)))
	}
	// OpenTofu does not tell that a plan is of a part.
	isTofu := bytes.Contains(w.MustRun("version"), []byte("OpenTofu"))
	if report := w.reviewDrift(time.Now(), "-refresh-only", "-target=signpath_ci_user.c"); report.Partial == isTofu || report.IsWhole() != isTofu {
		t.Errorf("of a plan with a target it is said: part %t, whole %t", report.Partial, report.IsWhole())
	}
}

func sentencesOf(changes []planreview.DriftChange) []string {
	var all []string
	for _, c := range changes {
		all = append(all, c.Sentence)
	}
	return all
}
