package vocabulary_test

import (
	"fmt"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func Example() {
	user := func(email string, role access.Role) review.Principal {
		return review.Principal{Principal: access.Principal{Kind: access.KindUser, Email: email, Role: role, Active: true}}
	}
	manager := access.Reference{Kind: access.KindUser, Key: "manager@example.com"}
	managers := access.Reference{Kind: access.KindGroup, Key: "Release Managers"}
	policy := access.PlaceOf("acme", "release-signing")
	yes, two := true, int64(2)

	before := review.Organization{
		Principals: []review.Principal{
			user("owner@example.com", vocabulary.RoleGlobalAdministrator),
			user("deputy@example.com", vocabulary.RoleGlobalAdministrator),
			user("manager@example.com", vocabulary.RoleRegularUser),
			{Principal: access.Principal{Kind: access.KindGroup, Name: "Release Managers", Active: true}},
		},
		Vocabulary: vocabulary.SignPath,
		Members:    map[access.Reference]review.Entries{managers: review.EntriesOf(manager)},
		Places:     map[access.Place]any{access.PlaceOf("acme"): nil, policy: vocabulary.SigningPolicy{}},
	}
	before.Grant(vocabulary.Submitters.Role(), policy, review.EntriesOf(manager))
	after := before.With(review.Delta{Added: review.Seat{Role: vocabulary.Approvers.Role(), Place: policy}.Entries(managers)})
	after.Places = map[access.Place]any{access.PlaceOf("acme"): nil, policy: vocabulary.SigningPolicy{UsesApprovalProcess: &yes, RequiredApprovals: &two}}

	for _, change := range review.Changes(before, after) {
		fmt.Println(change)
	}
	report, err := review.Review(after, review.Rulebook{Catalogue: vocabulary.Rules, Now: time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, finding := range report.Findings {
		fmt.Printf("%s %s: %s\n", finding.Severity, finding.Rule, finding.Sentence)
		for _, reason := range finding.Reasons {
			fmt.Println("  -", reason)
		}
	}
	// Output:
	// user:manager@example.com gains approval on acme/release-signing, through group:Release Managers
	// deny approval-quorum: acme/release-signing requires 2 approvals, and only 1 user can approve, so no request can be approved: user:manager@example.com.
	//   - approver of acme/release-signing, through group:Release Managers
	// warn submit-and-approve: user:manager@example.com can both submit to and approve acme/release-signing.
	//   - submitter of acme/release-signing, directly
	//   - approver of acme/release-signing, through group:Release Managers
}
