package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
)

// TestLogHasNoSecret: whatever goes wrong, no line has the secret, the token, or the account that only the
// token tells.
func TestLogHasNoSecret(t *testing.T) {
	for _, route := range []string{routeToken, routeAccounts} {
		for i := range testkit.FaultCases() {
			inFakeTime(t, func(t *testing.T) {
				s := newServer(t)
				fault := testkit.FaultCases()[i]
				s.on(route, fault)
				s.answers[routeAccounts] = []string{`{"data":[]}`}
				var lines strings.Builder
				write := func(_ context.Context, message string, fields map[string]any) { fmt.Fprintln(&lines, message, fields) }
				client := s.clientWith(func(c *api.Config) { c.Log, c.Trace, c.Warn = write, write, write })
				_, err := client.Accounts(t.Context(), false)
				fmt.Fprintln(&lines, err)
				for _, secret := range []string{clientSecret, "eyJhbGciOiJSUzI1NiJ9", production} {
					if strings.Contains(lines.String(), secret) {
						t.Errorf("%s, %s: a line has %q:\n%s", route, fault.Name, secret, lines.String())
					}
				}
				if !strings.Contains(lines.String(), "/auth/open/connect/token") {
					t.Error("nothing is written")
				}
			})
		}
	}
}
