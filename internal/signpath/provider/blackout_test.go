package provider_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestBlackout lets a server refuse everything from some request of the refresh
// on, as if nothing existed any more. 403 and 404 prove nothing: every command
// fails, and leaves the state as it was, its private part included.
func TestBlackout(t *testing.T) { blackout(t, tables, 0, 1, 2) }

// TestCLIBlackout does one of them by a CLI, of which the state file stays byte for
// byte as it was.
func TestCLIBlackout(t *testing.T) { blackout(t, byCLI, 1) }

func blackout(t *testing.T, on bench, parts ...int) {
	base := newBase(t, on)
	refreshed := base.begin(t)
	refreshed.Write("main.tf", mainJobBegun)
	refreshed.planIs(testkit.Summary{})
	reads := refreshed.CountRequests()
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		for _, part := range parts {
			after := []int{0, reads / 2, reads - 1}[part]
			for command, run := range map[string]func(*site) testkit.Result{
				"plan":    func(s *site) testkit.Result { return s.Plan(testkit.Options{}) },
				"refresh": func(s *site) testkit.Result { return s.Apply(testkit.Options{RefreshOnly: true}) },
				"apply":   func(s *site) testkit.Result { return s.Apply(testkit.Options{}) },
			} {
				t.Run(fmt.Sprintf("%d after %d of %d reads, %s", status, after, reads, command), func(t *testing.T) {
					t.Parallel()
					s := base.begin(t)
					before := s.Snapshot()
					s.Write("main.tf", mainJobBegun)
					for _, route := range []string{"*", "GET /swagger/*"} {
						s.inject(mock.Fault{Route: route, After: after, Action: mock.FaultAnswer, Status: status, Body: `{"title":"No."}`})
					}
					if said := run(s); said.Err == nil || !says("SignPath", fmt.Sprint(status)).MatchString(said.Said) {
						t.Errorf("it ends with %s", said)
					}
					if !base.keeps(s) {
						t.Errorf("the state was changed; it has now %d objects", len(s.Objects()))
					}
					s.unchangedSince(before)
				})
			}
		}
	}
}
