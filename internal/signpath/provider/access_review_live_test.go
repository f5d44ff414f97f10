package provider_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

const listsBeforeLiveReview = `
resource "signpath_signing_policy_approvers" "release" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = ["user:release.manager@example.com", "user:qa.lead@example.com"]
}
resource "signpath_signing_policy_submitter" "release" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = "user:dev.lead@example.com"
}
resource "signpath_project_configurators" "b" {
  project = "project-b"
  members = ["user:qa.lead@example.com"]
}
resource "signpath_user_group_members" "managers" {
  group   = "group:Release Managers"
  members = ["user:release.manager@example.com"]
}
`

const listsAfterLiveReview = `
resource "signpath_signing_policy_approvers" "release" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = ["user:release.manager@example.com", "group:Release Managers"]
}
resource "signpath_user_group_members" "managers" {
  group   = "group:Release Managers"
  members = ["user:dev.lead@example.com"]
}
resource "signpath_project_readers" "b" {
  project = "project-b"
  members = ["user:qa.lead@example.com"]
}
`

// TestCLIApplyDoesWhatTheLiveReviewSays has somebody change every list between the plan and
// its apply. The review with the live organization must know how each of them ends.
func TestCLIApplyDoesWhatTheLiveReviewSays(t *testing.T) {
	w := newWorkspace(t, map[string]string{"provider.tf": warningProvider, "main.tf": listsBeforeLiveReview})
	w.MustRun("apply", "-auto-approve")
	w.Write("main.tf", listsAfterLiveReview)
	w.MustRun("plan", "-out=tfplan")

	const outsider = "user:outsider@example.com"
	owners := map[string]string{
		"approvers": "policy:project-b/release-signing", "submitters": "policy:project-b/release-signing",
		"configurators": "project:project-b", "readers": "project:project-b", "members": "group:Release Managers",
	}
	for list, owner := range owners {
		if list == "readers" {
			continue // Terraform refuses a create of a list that has changed since its plan.
		}
		w.org.behindTerraform(func(a *mock.Administrator) error { return a.AddMembers(owner, list, outsider) })()
	}
	w.org.behindTerraform(func(a *mock.Administrator) error {
		return a.RemoveMembers("policy:project-b/release-signing", "approvers", "user:qa.lead@example.com")
	})()

	report := w.reviewPlanLive("tfplan")
	w.MustRun("apply", "tfplan")
	if len(report.Lists) != len(owners) {
		t.Errorf("%d lists change, want %d", len(report.Lists), len(owners))
	}
	for _, list := range report.Lists {
		got, err := w.org.Members(owners[list.List], list.List)
		must(t, err)
		if want := slices.Sorted(slices.Values(list.Entries)); !slices.Equal(got, want) {
			t.Errorf("%s are %q, and the review told %q", list.List, got, want)
		}
	}
	var since strings.Builder
	for _, change := range report.ChangedSince {
		since.WriteString(change.Sentence + "\n")
	}
	for _, want := range []string{
		outsider + " came onto the approvers of project-b/release-signing; user:qa.lead@example.com left the approvers",
		outsider + " came onto the members of group:Release Managers", outsider + " came onto the configurators of project-b",
	} {
		if !strings.Contains(since.String(), want) {
			t.Errorf("%q is not among\n%s", want, &since)
		}
	}
}

// reviewPlanLive reviews a saved plan as signpathctl does with --live.
func (w *workspace) reviewPlanLive(file string) *planreview.Report {
	w.t.Helper()
	plan, err := planreview.Decode(bytes.NewReader(w.MustRun("show", "-json", file)), vendors.Readers)
	must(w.t, err)
	client, err := api.New(api.Config{OrganizationID: w.org.OrganizationID(), Config: httpapi.Config{URL: w.org.URL, Secret: w.org.Token}})
	must(w.t, err)
	found, err := survey.Read(w.t.Context(), client, nil)
	must(w.t, err)
	report, err := planreview.ReviewLive(plan, planreview.Live{Organization: found.Organization, Gaps: found.Gaps},
		review.Rulebook{Catalogue: vocabulary.Rules, Now: time.Now()})
	must(w.t, err)
	return report
}
