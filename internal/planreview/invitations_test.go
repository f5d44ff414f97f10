package planreview_test

import (
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

// TestDeposedInvitation: one that an earlier apply has left is cancelled as any other is, and told.
func TestDeposedInvitation(t *testing.T) {
	guest := attributes{"email": "guest@example.com", "application_id": "appId_1", "status": "PENDING", "roles": attributes{"DEVELOPMENT": list("ADMIN")}}
	inviting := func(r *tfjson.ResourceChange) {
		r.Type, r.Address = "ignisign_application_invitation", "ignisign_application_invitation.one"
	}
	says(t, newPlan().change("", guest, guest, inviting).change("", guest, nil, inviting, deposed).review(t),
		"1 resource changes", "user:guest@example.com is no longer invited to appId_1: the invitation is cancelled")
}

// TestEndOfAStaleInvitation: Terraform 1.11 plans the end of a resource that the configuration has lost from what
// the state had before the refresh, which is told beside it.
func TestEndOfAStaleInvitation(t *testing.T) {
	of := func(status string) attributes {
		return attributes{
			"email": "guest@example.com", "application_id": "appId_1", "status": status, "accepted_on_destroy": "forget",
			"roles": attributes{"DEVELOPMENT": list("ADMIN")},
		}
	}
	inviting := func(r *tfjson.ResourceChange) {
		r.Type, r.Address = "ignisign_application_invitation", "ignisign_application_invitation.one"
	}
	b := newPlan().change("", of("PENDING"), nil, inviting)
	b.plan.ResourceDrift = newPlan().change("", of("PENDING"), of("ACCEPTED"), inviting).plan.ResourceChanges
	says(t, b.review(t), "user:guest@example.com keeps the access that an accepted invitation to appId_1 gave", "!is cancelled")
}
