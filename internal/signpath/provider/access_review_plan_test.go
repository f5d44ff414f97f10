package provider_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

// selfApprovals are configurations in which a submitter and an approver, each fine by
// itself, let one person release alone.
var selfApprovals = map[string]struct {
	config string
	// grants are the addresses of all that gives access.
	grants string
	// reasons are those of the finding.
	reasons []string
}{
	"directly": {
		`
resource "signpath_user" "newcomer" {
  name  = "Newcomer"
  email = "newcomer@example.com"
}
resource "signpath_signing_policy_submitters" "release" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = [signpath_user.newcomer.member]
}
resource "signpath_signing_policy_approver" "release" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = signpath_user.newcomer.member
}
`,
		"signpath_signing_policy_submitters.release, signpath_signing_policy_approver.release",
		[]string{"submitter of project-b/release-signing, directly", "approver of project-b/release-signing, directly"},
	},
	"through a group in a group": {
		`
resource "signpath_user" "newcomer" {
  name  = "Newcomer"
  email = "newcomer@example.com"
}
resource "signpath_user_group" "team" {
  name = "Team"
}
resource "signpath_user_group_members" "team" {
  group   = signpath_user_group.team.member
  members = [signpath_user.newcomer.member]
}
resource "signpath_user_group" "division" {
  name = "Division"
}
resource "signpath_user_group_member" "division" {
  group  = signpath_user_group.division.member
  member = signpath_user_group.team.member
}
resource "signpath_signing_policy_submitter" "release" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = signpath_user.newcomer.member
}
resource "signpath_signing_policy_approvers" "release" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = [signpath_user_group.division.member]
}
`,
		"signpath_signing_policy_submitter.release, signpath_signing_policy_approvers.release, signpath_user_group_members.team, signpath_user_group_member.division",
		[]string{"submitter of project-b/release-signing, directly", "approver of project-b/release-signing, through group:Division > group:Team"},
	},
}

// TestCLISelfApprovalIsFoundBeforeTheApply reviews the plan of one configuration, and after
// its apply the organization: both tell the same finding, by the same fingerprint.
func TestCLISelfApprovalIsFoundBeforeTheApply(t *testing.T) {
	for name, c := range selfApprovals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, map[string]string{"provider.tf": warningProvider, "main.tf": c.config + `
data "signpath_access_review" "after" {
  project        = "project-b"
  signing_policy = "release-signing"
  depends_on     = [` + c.grants + `]
}
output "findings" {
  value = data.signpath_access_review.after.findings
}
`})
			w.MustRun("plan", "-out=tfplan")
			planned := w.selfApproval(w.reviewPlan("tfplan").Findings.Introduced)
			if writes := w.org.CountRequests("POST *"); writes != 0 {
				t.Errorf("%d writes before the apply", writes)
			}
			if !slices.Equal(planned.Reasons, c.reasons) {
				t.Errorf("the reasons are %q, want %q", planned.Reasons, c.reasons)
			}

			w.MustRun("apply", "tfplan")
			var live []planreview.Finding // The outputs have the same names.
			must(t, json.Unmarshal(w.MustRun("output", "-json", "findings"), &live))
			found := w.selfApproval(live)
			// The fingerprint is made of ids, and the plan has none of whom it creates.
			if found.Sentence != planned.Sentence || !slices.Equal(found.Reasons, planned.Reasons) {
				t.Errorf("the plan told\n%+v, and the organization has\n%+v", planned, found)
			}
		})
	}
}

// reviewPlan reviews a saved plan as signpathctl does.
func (w *workspace) reviewPlan(file string) *planreview.Report {
	w.t.Helper()
	plan, err := planreview.Decode(bytes.NewReader(w.MustRun("show", "-json", file)), vendors.Readers)
	must(w.t, err)
	report, err := planreview.Review(plan, review.Rulebook{Catalogue: vocabulary.Rules, Now: time.Now()})
	must(w.t, err)
	return report
}

// selfApproval returns the one finding of self-approval.
func (w *workspace) selfApproval(findings []planreview.Finding) planreview.Finding {
	w.t.Helper()
	found := slices.DeleteFunc(slices.Clone(findings), func(f planreview.Finding) bool { return f.Rule != "submit-and-approve" })
	if len(found) != 1 || !slices.Equal(found[0].Principals, []string{"user:newcomer@example.com"}) || !slices.Equal(found[0].Places, []string{releasePolicyOfB}) {
		w.t.Fatalf("not one finding of self-approval: %+v", findings)
	}
	return found[0]
}
