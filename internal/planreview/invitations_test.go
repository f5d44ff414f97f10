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
