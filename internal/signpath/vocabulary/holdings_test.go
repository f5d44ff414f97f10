package vocabulary_test

import (
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// What somebody was given is there before the account is in force.
func TestHoldings(t *testing.T) {
	org := soundOrganization(throughGroups(releaseApprovers, "user:owner@example.com"), grant(testSubmitters, "user:owner@example.com"),
		deactivated("user:owner@example.com"), supportUser(true))
	for member, want := range map[string][]string{
		"user:owner@example.com": {
			"with the global role Global Administrator", "as approver of acme/release-signing (through group:Outer > group:Inner)", "as submitter of acme/test-signing",
		},
		"group:Inner":              {"as approver of acme/release-signing (through group:Outer)"},
		"group:Outer":              {"as approver of acme/release-signing"},
		"user:support@example.com": {"as the support user"},
		"user:officer@example.com": {"as approver of acme/release-signing (through group:Release Managers)"},
		"user:nobody@example.com":  nil,
	} {
		if got := access.Spell(review.HoldingsOf(org, ref(member))); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", member, got, want)
		}
	}
}
