package mock_test

import (
	"sync"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver/mockservertest"
)

// The mock is a reading of the contract of its own.
func TestIndependence(t *testing.T) { mockservertest.Independent(t, ".") }

// TestConcurrentUse is for the race detector, and for lost invitations.
func TestConcurrentUse(t *testing.T) {
	c := start(t, "second-invitation-new")
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() { c.invite(newcomer, userEverywhere).ok() })
		running.Go(func() { c.get(appContext).ok(); c.get(events).ok() })
		running.Go(func() {
			c.server.Snapshot()
			c.server.Mails()
			c.server.Console().EmitMembershipEvent("66bf00000000000000000099")
		})
	}
	running.Wait()
	equal(t, "invitations", len(c.server.Invitations()), 4+8)
	equal(t, "mails", len(c.server.Mails()), 8)
}
