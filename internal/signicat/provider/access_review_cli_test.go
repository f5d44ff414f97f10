package provider_test

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// TestCLIReviewIsReadInThePlan: while a baseline is outstanding, a review that is given the same local
// values is read in each plan, and a check on it speaks there. One that refers to the baseline would be
// read in the apply only.
func TestCLIReviewIsReadInThePlan(t *testing.T) {
	server := newScripted(t)
	server.answers[accountsRoute] = `{"data":[` + shopAccount + `,` + ciAccount +
		`,{"id":"a-ppge-DDDDDDDDDDDDDDDDDDDD","name":"Shop 2","isSandbox":false,"organization":{"id":"o-p-BBBBBBBBBBBBBBBBBBBB"}}]}`
	config := block(server.url) + strings.Replace(stated, "local.grants }", `{ organisation = { "Organisation Admin" = ["user:owner@example.com"] } } }`, 1) + `
resource "signicat_access_baseline" "acme" {
  organisation_id = "o-p-BBBBBBBBBBBBBBBBBBBB"
  accounts        = local.accounts
  grants          = local.grants
  attestation     = local.attestation
}
check "review" {
  assert {
    condition     = length(data.signicat_access_review.acme.findings) == 0
    error_message = join("\n", data.signicat_access_review.acme.findings[*].sentence)
  }
}
` + reviewed("")
	s := newCLISite(t, "2026-11-20").configure(config)
	const inherited = `What the baseline grants on the organisation holds there, too: "Organisation Admin" (2 principals).`
	s.exits(2, plan, outstanding, "The baseline does not mention the account a-ppge-DDDDDDDDDDDDDDDDDDDD", inherited)
	s.exits(0, apply)
	asked := server.count(accountsRoute)
	s.exits(2, plan, `-> (known after apply)`, outstanding, "Check block assertion failed", inherited)
	if server.count(accountsRoute) != asked+2 {
		t.Error("the plan did not ask Signicat")
	}
	output, _ := s.Run("plan")
	if strings.Contains(output, "will be read during apply") {
		t.Errorf("the review waits for the apply:\n%s", output)
	}
	expectNoSecret(t, output, s.Read("terraform.tfstate"))

	s.configure(strings.Replace(config, `  grants          = local.grants
  attestation     = local.attestation

}`, `  grants          = local.grants
  attestation     = signicat_access_baseline.acme.attestation
}`, 1))
	if output, _ := s.Run("plan"); !testkit.Says("will be read during apply").MatchString(output) {
		t.Errorf("a review that refers to the baseline is read in the plan, so nothing is gained by local values:\n%s", output)
	}
}
