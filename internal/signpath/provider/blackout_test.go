package provider_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestBlackout lets a server refuse everything from some request of the refresh
// on, as if nothing existed any more. 403 and 404 prove nothing: every command
// fails, and leaves the state file byte for byte as it was.
func TestBlackout(t *testing.T) {
	skipWithoutCLI(t)
	cli := newTerraformCLI(t)
	base := cli.newBase(t)
	refreshed := base.begin(t)
	refreshed.write("main.tf", []byte(mainJobBegun))
	refreshed.expectPlan(planSummary{})
	reads := refreshed.org.CountRequests()
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		for _, after := range []int{0, reads / 2, reads - 1} {
			for _, command := range []string{"plan", "apply -refresh-only -auto-approve", "apply -auto-approve"} {
				t.Run(fmt.Sprintf("%d after %d of %d reads, %s", status, after, reads, command), func(t *testing.T) {
					t.Parallel()
					w := base.begin(t)
					before := w.org.Snapshot()
					w.write("main.tf", []byte(mainJobBegun))
					for _, route := range []string{"*", "GET /swagger/*"} {
						w.org.inject(mock.Fault{Route: route, After: after, Action: mock.FaultAnswer, Status: status, Body: `{"title":"No."}`})
					}
					said, code := w.run(strings.Fields(command)...)
					if code != 1 || !says("SignPath", fmt.Sprint(status)).MatchString(said) {
						t.Errorf("it ends with %d:\n%s", code, said)
					}
					if !bytes.Equal(w.read("terraform.tfstate"), base.state) {
						t.Errorf("the state file was changed; it has now:\n%s", w.mustRun("state", "list"))
					}
					w.org.unchangedSince(before)
				})
			}
		}
	}
}
