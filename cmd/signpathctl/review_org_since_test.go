package main

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestReviewOrgTellsSinceWhen(t *testing.T) {
	server := organizationToExport(t)
	outsiderApproves(t, server)
	stdout, stderr, _, err := runReview(t.Context(), "--since", "--fail-on", "never", "--policy", "project-a/release-signing", "--permission", "approve")
	if err != nil || stderr != "" || !strings.Contains(stdout, " UTC by org.admin@example.com") || !strings.Contains(stdout, "SINCE") {
		t.Errorf("error %v, stderr %q, stdout %s", err, stderr, stdout)
	}
	stdout, _, _, err = runReview(t.Context(), "--since", "--fail-on", "never", "--applied-by", "user:org.admin@example.com")
	if err != nil || !strings.Contains(stdout, "by Terraform (org.admin@example.com)") {
		t.Errorf("error %v, stdout %s", err, stdout)
	}
}

// TestReviewOrgWithoutTheAuditLog is complete without --since, and has a gap with it.
func TestReviewOrgWithoutTheAuditLog(t *testing.T) {
	server := organizationToExport(t)
	if err := server.Inject(mock.Fault{Route: "GET /AuditLog/Events", Action: mock.FaultAnswer, Status: 403}); err != nil {
		t.Fatal(err)
	}
	if stdout, stderr, _, err := runReview(t.Context(), "--fail-on", "never"); err != nil || stderr != "" || strings.Contains(stdout, "SINCE") {
		t.Errorf("error %v, stderr %q, stdout %s", err, stderr, stdout)
	}
	stdout, stderr, _, err := runReview(t.Context(), "--fail-on", "never", "--since")
	const gap = "Since when anybody has access, and by whom: the token's user may not read the audit log"
	if err != nil || !strings.Contains(stdout, "INCOMPLETE\n  "+gap) || !strings.Contains(stderr, gap) {
		t.Errorf("error %v, stderr %q, stdout %s", err, stderr, stdout)
	}
}

func TestReviewOrgRefusesWhatHasNoEffect(t *testing.T) {
	server := organizationToExport(t)
	_, _, _, err := runReview(t.Context(), "--applied-by", "ci_user:terraform")
	if err == nil || !strings.Contains(err.Error(), "--applied-by needs --since") || server.CountRequests() != 0 {
		t.Errorf("error %v, %d requests", err, server.CountRequests())
	}
	_, _, _, err = runReview(t.Context(), "--since", "--applied-by", "ci_user:nobody")
	if err == nil || !strings.Contains(err.Error(), "who applies cannot be told") {
		t.Errorf("error %v", err)
	}
}
