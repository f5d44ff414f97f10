package provider_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/provider"
)

// TestCLINoSecretIsLeaked: nothing that the provider leaves has the client's secret or a token.
func TestCLINoSecretIsLeaked(t *testing.T) {
	t.Parallel()
	s := newSignicat(t, "")
	echo := mockserver.Fault{
		Route: "GET /account-management/accounts", Action: mockserver.FaultAnswer, Status: http.StatusForbidden,
		Body: fmt.Sprintf(`{"title":"You sent %s"}`, secretOfTest),
	}
	leak := providertest.Leak{
		Source: "signpath-community/signicat", NewServer: provider.NewServer,
		Configuration: "data \"signicat_accounts\" \"all\" {}\ndata \"signicat_audit_metadata\" \"all\" {}\ndata \"signicat_audit_events\" \"all\" {}\n",
		Environment: []string{
			"SIGNICAT_API_URL=" + s.url, "SIGNICAT_CLIENT_ID=org-round-apple-123", "SIGNICAT_CLIENT_SECRET=" + secretOfTest,
			"SIGNICAT_ORGANISATION_ID=o-p-BBBBBBBBBBBBBBBBBBBB",
		},
		Secrets: []string{secretOfTest, "eyJ"}, Logged: "Signicat request",
	}
	leak.Search(t, "plan -out saved.tfplan", "show -json saved.tfplan", "apply saved.tfplan", func() { testkit.Must(t, s.Inject(echo)) }, "plan", "plan -json")
}
