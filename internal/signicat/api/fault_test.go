package api_test

import (
	"net/http"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// TestFaults asks everything that the client can ask, the token included, while the request goes wrong
// in each way. What is overcome returns what it would have; what is not is an error that names the
// request and the reason, and once the trouble is over the same call succeeds.
func TestFaults(t *testing.T) {
	for route, call := range calls() {
		for i, fault := range testkit.FaultCases() {
			t.Run(route+": "+fault.Name, func(t *testing.T) {
				inFakeTime(t, func(t *testing.T) {
					fault := testkit.FaultCases()[i] // With a date of this time.
					usual, err := call(t.Context(), newServer(t).client())
					if err != nil {
						t.Fatal(err)
					}
					s := newServer(t)
					s.on(route, fault)
					client := s.client()
					got, err := call(t.Context(), client)
					if fault.Overcome {
						if err != nil || spell(got) != spell(usual) {
							t.Errorf("got %s, %v", spell(got), err)
						}
						return
					}
					if route == routeToken && fault.Always && fault.Status >= 400 && fault.Status < 500 {
						expectRefusedOnce(t, s, route, err)
						return
					}
					expectError(t, err, append(words(fault), route)...)
					s.fault = nil
					if got, err := call(t.Context(), client); err != nil && fault.Status/100 != 4 || err == nil && spell(got) != spell(usual) {
						t.Errorf("with the trouble over, got %s, %v", spell(got), err)
					}
				})
			})
		}
	}
}

// expectRefusedOnce checks that a secret which was refused is not sent again and again.
func expectRefusedOnce(t *testing.T, s *server, route string, err error) {
	t.Helper()
	expectError(t, err, route, testkit.FaultReason, "Signicat")
	if sent := s.sent(route); len(sent) != 1 {
		t.Errorf("it was sent %d times", len(sent))
	}
}

// words are what an error says of a fault.
func words(fault testkit.FaultCase) []string {
	switch {
	case fault.Status == http.StatusForbidden:
		return []string{"403 Forbidden", testkit.FaultReason, "Trouble"}
	case fault.Status >= 400:
		return []string{http.StatusText(fault.Status), testkit.FaultReason}
	}
	return []string{"Signicat's answer (200 OK) cannot be used"}
}
