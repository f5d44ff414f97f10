package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/provider"
)

// TestCLIReviewIsReadInThePlan: while a baseline is outstanding, a review that is given the same local
// values is read in each plan, and a check on it speaks there.
func TestCLIReviewIsReadInThePlan(t *testing.T) {
	t.Parallel()
	a := startReviewed(t, "")
	if _, _, err := a.MakeKey("PRODUCTION", "night job"); err != nil {
		t.Fatal(err)
	}
	w := providertest.ByCLI(t, "signpath-community/ignisign", provider.NewServer, "2026-11-28")
	outstanding := strings.Replace(stated, "observed = local.grants", `observed = { organization = { ORG_OWNER = ["user:owner@example.com"] } }`, 1)
	w.Write("main.tf", fmt.Sprintf(`provider "ignisign" {
  api_url = %q
  api_key = %q
}
resource "ignisign_access_baseline" "acme" {
  applications = local.applications
  grants       = local.grants
  attestation  = local.attestation
}
check "review" {
  assert {
    condition     = alltrue([for f in data.ignisign_access_review.contracts.findings : f.severity != "deny"])
    error_message = join("\n", data.ignisign_access_review.contracts.findings[*].sentence)
  }
}
`, a.root, demoKey)+outstanding+reviewed())
	exits := func(want int, command string, phrases ...string) {
		t.Helper()
		output, code := w.Run(strings.Fields(command)...)
		plain := strings.Join(strings.Fields(strings.ReplaceAll(output, "│", "")), " ")
		if code != want {
			t.Fatalf("%s ends with %d, want %d\n%s", command, code, want, output)
		}
		for _, phrase := range phrases {
			if !strings.Contains(plain, phrase) {
				t.Errorf("%s does not say %q:\n%s", command, phrase, output)
			}
		}
		if strings.Contains(output, "will be read during apply") || strings.Contains(output, "MockOnly") {
			t.Errorf("the review waits for the apply, or a secret is told:\n%s", output)
		}
	}
	const found = `PRODUCTION has the API key "night job"`
	exits(2, "plan -detailed-exitcode", "steps are for a person", "Check block assertion failed", found)
	exits(0, "apply -auto-approve", found)
	a.ResetRequests()
	exits(2, "plan -detailed-exitcode", "-> (known after apply)", "Check block assertion failed", found)
	if a.CountRequests("GET */context") == 0 {
		t.Error("the plan did not ask IgniSign")
	}
	a.expectNoSecret(w.Read("terraform.tfstate"))
}
