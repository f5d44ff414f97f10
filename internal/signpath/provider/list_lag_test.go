package provider_test

import (
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestListsThatLag does the main job while the lists show nothing of it at all.
// What they do not show yet must not be taken for gone: nothing leaves the state,
// nobody is created twice, and no further invitation is sent.
func TestListsThatLag(t *testing.T) {
	t.Parallel()
	org := newOrganizationIn(t, mock.Dialect{ListLag: time.Hour}, mainJobSeed)
	seed := org.Snapshot()
	s := org.startMainJob(inProcess, "")
	s.Write("main.tf", mainJob)
	s.mustApply()
	managed := len(s.Objects())

	s.mustApply(testkit.Options{RefreshOnly: true})
	if left := len(s.Objects()); left != managed {
		t.Errorf("%d of %d resources are left in the state", left, managed)
	}
	for range 2 {
		if planned := s.mustPlan(); planned.Summary.Add > 0 || planned.Summary.Remove > 0 {
			t.Errorf("the plan is %s", planned)
		}
		s.mustApply()
		if diff := org.differences(afterMainJob(afterBegun(seed))); diff != "" {
			t.Errorf("the organization is not as configured (-want +got):\n%s", diff)
		}
	}
	s.checkOrphans(seed)
	s.checkToken()
	s.checkMails("auditor", "auditor", "leaver", "newcomer", "returner")
}
