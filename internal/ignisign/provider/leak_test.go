package provider_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// TestCLINoSecretIsLeaked: nothing that the provider leaves has a key, a token, or a secret that the
// server sends with the application.
func TestCLINoSecretIsLeaked(t *testing.T) {
	t.Parallel()
	for name, key := range map[string][]string{
		"new key": {"IGNISIGN_API_KEY=" + demoKey},
		"old key": {"IGNISIGN_APP_ID=appId_11111111-2222-3333-4444-555555555555", "IGNISIGN_APP_ENV=DEVELOPMENT", "IGNISIGN_APP_SECRET=" + oldKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startReviewed(t, "")
			echo := mockserver.Fault{
				Route: "GET " + invitations, Action: mockserver.FaultAnswer, Status: http.StatusForbidden,
				Body: fmt.Sprintf(`{"message":"You sent %s and %s","code":"INVALID_CONTEXT","stack":"at %s"}`, demoKey, oldKey, demoKey),
			}
			leak := providertest.Leak{
				Source: "signpath-community/ignisign", NewServer: provider.NewServer, Configuration: dataSources + invitation(guest, oneRole, "") + stated + reviewed(),
				Environment: append([]string{"IGNISIGN_SERVER_URL=" + a.root}, key...), Secrets: append(mock.DemoSeed().Secrets(), "eyJ"), Logged: "IgniSign request",
			}
			leak.Search(t, "plan -out saved.tfplan", "show -json saved.tfplan", "apply saved.tfplan", func() { testkit.Must(t, a.Inject(echo)) }, "plan", "plan -json",
				a.ClearFaults, "destroy -auto-approve")
			if len(a.Mails()) != 1 {
				t.Errorf("%d mails were sent", len(a.Mails()))
			}
		})
	}
}
