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
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
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
	for _, arguments := range [][]string{{"plan", "-refresh-only", "-out=drift.bin"}, {"plan", "-out=drift.bin"}} {
		w.MustRun(arguments...)
		plan, err := planreview.Decode(bytes.NewReader(w.MustRun("show", "-json", "drift.bin")), vocabulary.SignPath)
		must(t, err)
		client, err := api.New(api.Config{OrganizationID: org.OrganizationID(), Config: httpapi.Config{URL: org.URL, Token: org.Token, UserAgent: "test"}})
		must(t, err)
		report := planreview.Drift(plan, now)
		must(t, audit.Attribute(t.Context(), client, report))
		var got []string
		for _, c := range report.Changes {
			got = append(got, c.Sentence)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", arguments, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}
