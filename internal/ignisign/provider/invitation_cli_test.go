package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// TestCLIInvitation leads a person through the life of an invitation by a CLI: it is invited once, declines,
// is invited again, accepts, and keeps the access when the resource goes. No secret is in the state.
func TestCLIInvitation(t *testing.T) {
	t.Parallel()
	a := startQuietly(t, "")
	w := providertest.ByCLI(t, "signpath-community/ignisign", provider.NewServer, "2026-11-20")
	a.Terraform = w.Workspace
	const again = `reinvite_triggers = { asked = "again" }`
	a.configure(invitation(guest, oneRole, ""))
	a.plan(1, 0, 0, "Invitations at IgniSign are experimental", "going to be mailed: "+guest)
	a.apply()
	testkit.Must(t, a.Decline(guest))
	a.plan(0, 0, 0, "An invitation was declined: "+guest)
	a.configure(invitation("GUEST@example.com", oneRole, again))
	a.apply()
	a.expectMails(guest, 2)
	testkit.Must(t, a.Accept(guest))
	a.configure("").planFails("Access is not taken away", `accepted_on_destroy = "forget"`)
	a.configure(invitation(guest, oneRole, again+"\n  accepted_on_destroy = \"forget\""))
	a.apply()
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		state, err := os.ReadFile(filepath.Join(w.Directory, name))
		testkit.Must(t, err)
		for _, secret := range append(mock.DemoSeed().Secrets(), "MockOnly") {
			if strings.Contains(string(state), secret) {
				t.Errorf("%s has %q", name, secret)
			}
		}
	}
	a.configure("").plan(0, 0, 1)
	a.apply("Access stays: " + guest)
	a.expectMails(guest, 2)
}
