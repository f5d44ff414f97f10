package provider_test

import (
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestListsThatLag does the main job while the lists show nothing of it at all.
// What they do not show yet must not be taken for gone: nothing leaves the state,
// nobody is created twice, and no further invitation is sent.
func TestListsThatLag(t *testing.T) {
	skipWithoutCLI(t)
	org := newOrganizationIn(t, mock.Dialect{ListLag: time.Hour}, mainJobSeed)
	seed := org.Snapshot()
	w := newTerraformCLI(t).startMainJob(t, org, "")
	w.write("main.tf", []byte(mainJob))
	w.mustRun("apply", "-auto-approve")
	managed := len(w.state().Resources)

	w.mustRun("apply", "-refresh-only", "-auto-approve")
	if left := len(w.state().Resources); left != managed {
		t.Errorf("%d of %d resources are left in the state:\n%s", left, managed, w.mustRun("state", "list"))
	}
	for range 2 {
		if summary := w.plan(); summary.Add > 0 || summary.Remove > 0 {
			t.Errorf("the plan is %+v:\n%s", summary, w.mustRun("plan"))
		}
		w.mustRun("apply", "-auto-approve")
		if diff := org.differences(afterMainJob(afterBegun(seed))); diff != "" {
			t.Errorf("the organization is not as configured (-want +got):\n%s", diff)
		}
	}
	w.checkOrphans(seed)
	w.checkToken()
	w.checkMails("auditor", "auditor", "leaver", "newcomer", "returner")
}
