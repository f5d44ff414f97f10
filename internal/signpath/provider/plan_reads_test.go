package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
)

// everyType has a resource of every type, with all users active.
var everyType = strings.ReplaceAll(everything, "  active = false\n", "") + `
resource "signpath_ci_user_token" "this" {
  ci_user           = signpath_ci_user.this.member
  rotate_after      = "720h"
  rotation_triggers = { reason = "first" }
}
resource "signpath_role_holders" "this" {
  role    = "CertificateAdministrator"
  members = ["user:qa.lead@example.com"]
}
resource "signpath_user_group" "this" {
  name = "Approvers"
}
resource "signpath_user_group_members" "this" {
  group   = signpath_user_group.this.member
  members = ["user:qa.lead@example.com", "group:Release Managers"]
}
resource "signpath_user_group_member" "this" {
  group  = "group:Release Managers"
  member = "user:dev.lead@example.com"
}
resource "signpath_project_configurators" "this" {
  project = "project-b"
  members = [signpath_user_group.this.member]
}
resource "signpath_project_configurator" "this" {
  project = "project-a"
  member  = "user:qa.lead@example.com"
}
resource "signpath_project_reader" "this" {
  project = "project-b"
  member  = "user:qa.lead@example.com"
}
resource "signpath_signing_policy_submitters" "this" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = [signpath_ci_user.this.member]
}
resource "signpath_signing_policy_submitter" "this" {
  project        = "project-b"
  signing_policy = "test-signing"
  member         = signpath_ci_user.this.member
}
resource "signpath_signing_policy_approvers" "this" {
  project        = "project-a"
  signing_policy = "release-signing"
  members        = [signpath_user_group.this.member]
}
`

// TestPlansOnlyRead plans ten times in a row with every kind of resource in the
// state: nothing is written, no mail is sent and no token rotated.
func TestPlansOnlyRead(t *testing.T) {
	s := newOrganization(t).site(inProcess, everyType)
	s.mustApply()
	for _, kind := range resourceTypes(t) {
		if !slices.ContainsFunc(s.Objects(), func(o testkit.Object) bool { return strings.HasPrefix(o.Address, kind+".") }) {
			t.Errorf("the state has no %s, so this test shows nothing of it", kind)
		}
	}
	before, mails := s.Snapshot(), len(s.Mails())
	s.ResetRequests()
	for range 10 {
		s.planIs(testkit.Summary{})
	}
	reads, requests := s.CountRequests("GET *"), s.CountRequests()
	t.Logf("ten plans sent %d requests, all reads", requests)
	if reads != requests || reads == 0 {
		t.Errorf("ten plans sent %d requests, of which %d were reads", requests, reads)
	}
	s.unchangedSince(before)
	if len(s.Mails()) != mails {
		t.Error("a plan sent a mail")
	}
}

// resourceTypes returns the type names of all resources.
func resourceTypes(t *testing.T) []string {
	var names []string
	for _, newResource := range provider.New("test")().Resources(t.Context()) {
		var resp resource.MetadataResponse
		newResource().Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "signpath"}, &resp)
		names = append(names, resp.TypeName)
	}
	return names
}
