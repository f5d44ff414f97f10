package vocabulary_test

import (
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// TestAroundFindsWhatAnAccountChanges deactivates everybody in turn: what that causes
// and resolves is the same in the part of the organization around the account.
func TestAroundFindsWhatAnAccountChanges(t *testing.T) {
	sound := soundDraft(
		grant(testSubmitters, "user:officer@example.com"),
		throughGroups(testSubmitters, "user:manager@example.com"),
	)
	inactive := false
	for number, drawn := range append(randomOrganizations(50), sound) {
		org := drawn.organization()
		for _, p := range org.Principals {
			if p.Kind == access.KindGroup {
				continue
			}
			change := review.Delta{Accounts: []review.AccountChange{{Member: p.Reference(), Active: &inactive}}}
			compared := func(org review.Organization) review.Comparison {
				return review.Compare(findings(t, org, nil).Findings, findings(t, org.With(change), nil).Findings)
			}
			whole, around := compared(org), compared(org.Around(p.Reference(), p.IDReference()))
			if got, want := sentences(around.Introduced), sentences(whole.Introduced); !slices.Equal(got, want) {
				t.Errorf("%d, %s: introduced %q, want %q", number, p.Reference(), got, want)
			}
			if got, want := sentences(around.Resolved), sentences(whole.Resolved); !slices.Equal(got, want) {
				t.Errorf("%d, %s: resolved %q, want %q", number, p.Reference(), got, want)
			}
		}
	}
}

func TestAroundLeavesOutWhereNobodyIs(t *testing.T) {
	org := soundOrganization()
	for text, want := range map[string]int{"user:owner@example.com": 0, "user:lead@example.com": 1, "user:dev@example.com": 2, "ci_user:acme-test": 1} {
		if policies := len(org.Around(ref(text)).PlacesOf(vocabulary.PlaceSigningPolicy)); policies != want {
			t.Errorf("%s: %d signing policies, want %d", text, policies, want)
		}
	}
}
