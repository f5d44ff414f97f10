package provider_test

import (
	"fmt"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestLostCreate cuts the connection after SignPath has created somebody. If the
// list shows them, nobody notices. If it lags behind, the apply fails and says
// what happened, and the next one takes over who is there: nobody is created
// twice, and no second invitation sent.
func TestLostCreate(t *testing.T) {
	for _, c := range []struct{ kind, config, list, member string }{
		{"user", "  name  = \"Newcomer\"\n  email = \"newcomer@example.com\"\n", "/InteractiveUsers", "user:newcomer@example.com"},
		{"ci_user", "  name = \"build\"\n", "/CIUsers", "ci_user:build"},
		{"user_group", "  name = \"Signers\"\n", "/UserGroups", "group:Signers"},
	} {
		config := fmt.Sprintf("resource \"signpath_%s\" \"this\" {\n%s}\n", c.kind, c.config)
		for _, lags := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, the list lags: %t", c.kind, lags), func(t *testing.T) {
				t.Parallel()
				s := newOrganization(t).site(inProcess, config)
				before := s.Snapshot()
				s.inject(mock.Fault{Route: "POST " + c.list, Times: 1, Action: mock.FaultCutAfterActing})
				if lags {
					s.inject(mock.Fault{Route: "GET " + c.list, Action: mock.FaultStaleList})
				}
				applied := s.Apply(testkit.Options{})
				unknown := says("Unknown outcome of a create", "may or may not have created", c.member,
					"does not hold it now; it was not sent again, so that it cannot exist twice", "Apply again")
				if failed := applied.Err != nil; failed != lags || failed && !unknown.MatchString(applied.Said) {
					t.Errorf("the apply says: %s", applied)
				}

				s.ClearFaults()
				s.mustApply()
				s.planIs(testkit.Summary{})
				s.checkOrphans(before)
				if created := len(knownIDs(s.Snapshot())) - len(knownIDs(before)); created != 1 {
					t.Errorf("%d were created", created)
				}
				if creates := s.CountRequests("POST " + c.list); creates != 1 {
					t.Errorf("%d creates were sent", creates)
				}
				if c.kind == "user" {
					s.checkMails("newcomer")
				}
				if user, err := s.User(c.member); c.kind != "user_group" && (err != nil || !user.Active) {
					t.Errorf("got %+v, %v", user, err)
				}
			})
		}
	}
}
