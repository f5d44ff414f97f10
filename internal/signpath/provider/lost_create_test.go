package provider_test

import (
	"fmt"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestLostCreate cuts the connection after SignPath has created somebody. If the
// list shows them, nobody notices. If it lags behind, the apply fails and says
// what happened, and the next one takes over who is there: nobody is created
// twice, and no second invitation sent.
func TestLostCreate(t *testing.T) {
	skipWithoutCLI(t)
	cli := newTerraformCLI(t)
	for _, c := range []struct{ kind, config, list, member string }{
		{"user", "  name  = \"Newcomer\"\n  email = \"newcomer@example.com\"\n", "/InteractiveUsers", "user:newcomer@example.com"},
		{"ci_user", "  name = \"build\"\n", "/CIUsers", "ci_user:build"},
		{"user_group", "  name = \"Signers\"\n", "/UserGroups", "group:Signers"},
	} {
		config := fmt.Sprintf("resource \"signpath_%s\" \"this\" {\n%s}\n", c.kind, c.config)
		for _, lags := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, the list lags: %t", c.kind, lags), func(t *testing.T) {
				t.Parallel()
				w := cli.newWorkspace(t, map[string][]byte{"main.tf": []byte(config)})
				before := w.org.Snapshot()
				w.org.inject(mock.Fault{Route: "POST " + c.list, Times: 1, Action: mock.FaultCutAfterActing})
				if lags {
					w.org.inject(mock.Fault{Route: "GET " + c.list, Action: mock.FaultStaleList})
				}
				said, code := w.run("apply", "-auto-approve")
				unknown := says("Unknown outcome of a create", "may or may not have created", c.member,
					"does not hold it now; it was not sent again, so that it cannot exist twice", "Apply again")
				if failed := code != 0; failed != lags || failed && !unknown.MatchString(said) {
					t.Errorf("the apply ends with %d and says:\n%s", code, said)
				}

				w.org.ClearFaults()
				w.mustRun("apply", "-auto-approve")
				w.mustRun("plan", "-detailed-exitcode")
				w.checkOrphans(before)
				if created := len(knownIDs(w.org.Snapshot())) - len(knownIDs(before)); created != 1 {
					t.Errorf("%d were created", created)
				}
				if creates := w.org.CountRequests("POST " + c.list); creates != 1 {
					t.Errorf("%d creates were sent", creates)
				}
				if c.kind == "user" {
					w.checkMails("newcomer")
				}
				if user, err := w.org.User(c.member); c.kind != "user_group" && (err != nil || !user.Active) {
					t.Errorf("got %+v, %v", user, err)
				}
			})
		}
	}
}
