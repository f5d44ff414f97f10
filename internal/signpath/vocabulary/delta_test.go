package vocabulary_test

import (
	"reflect"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

const memberID = "11111111-1111-4111-8111-111111111111"

var (
	toReleaseApprovers = review.Seat{Role: vocabulary.Approvers.Role(), Place: access.PlaceOf("acme", "release-signing")}
	toInnerGroup       = review.Seat{Group: ref("group:Inner")}
)

func TestWithChangesListsAndLeavesTheOriginal(t *testing.T) {
	org := soundOrganization(only(releaseApprovers, "user:lead@example.com", "user:manager@example.com"))
	before := org.Grants[toReleaseApprovers]
	delta := review.Delta{
		Added:   toReleaseApprovers.Entries(ref("user:dev@example.com"), before.References[0]),
		Removed: toReleaseApprovers.Entries(before.References[1], ref("user:nobody@example.com")),
	}
	after := org.With(delta)
	if got, want := after.Grants[toReleaseApprovers], entries(before.References[0].String(), "user:dev@example.com"); !reflect.DeepEqual(got, want) {
		t.Errorf("the approvers are %v, want %v", got, want)
	}
	if !reflect.DeepEqual(org.Grants[toReleaseApprovers], before) {
		t.Errorf("the organization before has changed, too: %v", org.Grants[toReleaseApprovers])
	}
	for seat, list := range org.Grants {
		if seat != toReleaseApprovers && !reflect.DeepEqual(after.Grants[seat], list) {
			t.Errorf("%v: %v", seat, after.Grants[seat])
		}
	}
}

func TestWithRemovesWhomOnlyTheIDNames(t *testing.T) {
	org := soundOrganization(only(releaseApprovers, "unknown:"+memberID))
	after := org.With(review.Delta{Removed: toReleaseApprovers.Entries(ref("user:" + memberID))})
	if left := after.Grants[toReleaseApprovers].References; len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestWithRemovesWhomAnotherReferenceNames(t *testing.T) {
	lead := principal("user:lead@example.com")
	lead.ID = memberID
	for entry, removed := range map[string]string{
		"user:" + memberID: "user:LEAD@example.com", "user:lead@example.com": "user:" + memberID, "unknown:" + memberID: "user:lead@example.com",
	} {
		org := soundOrganization(only(releaseApprovers, entry, "user:manager@example.com"))
		*account(&org, "user:lead@example.com") = lead
		after := org.With(review.Delta{Removed: toReleaseApprovers.Entries(ref(removed))})
		if left := after.Grants[toReleaseApprovers]; !reflect.DeepEqual(left, entries("user:manager@example.com")) {
			t.Errorf("without %s there are %v", removed, left)
		}
	}
}

// Whoever was deactivated before accepting the invitation still has to accept it.
func TestWithActivatesWhoIsInvited(t *testing.T) {
	inactive, active := false, true
	org := soundOrganization(only(releaseApprovers, "user:lead@example.com", "user:manager@example.com"), invited("user:lead@example.com"))
	for _, state := range []*bool{&inactive, &active} {
		org = org.With(review.Delta{Accounts: []review.AccountChange{{Member: ref("user:lead@example.com"), Active: state}}})
		theFinding(t, org, "approval-quorum",
			"acme/release-signing requires 2 approvals, and only 1 user can approve, so no request can be approved: user:manager@example.com.")
	}
	theFinding(t, org, "invited-entry", "user:lead@example.com has not accepted the invitation and is among the approvers of acme/release-signing.")
}

// The plan creates both.
func TestNamesThatDifferByCase(t *testing.T) {
	org := soundOrganization(grant(releaseApprovers, "ci_user:build"), grant(releaseSubmitters, "ci_user:BUILD"))
	org.Principals = append(org.Principals, principal("ci_user:build"), principal("ci_user:BUILD"))
	for _, rule := range []string{"submit-and-approve", "unidentified-entry"} {
		if found := ofRule(findings(t, org, nil), rule); len(found) > 0 {
			t.Errorf("found %q", sentences(found))
		}
	}
	theFinding(t, org, "ci-user-approves", "ci_user:build can approve acme/release-signing.")
}

// In an apply, a principal of the plan has an id as soon as it was created.
func TestWithKnowsANewcomerAgain(t *testing.T) {
	created := principal("user:new@example.com")
	org := soundOrganization(grant(releaseSubmitters, "user:new@example.com")).With(review.Delta{Principals: []review.Principal{created}})
	created.ID = memberID
	org = org.With(review.Delta{
		Principals: []review.Principal{created},
		Added:      toReleaseApprovers.Entries(ref("user:" + memberID)),
	})
	found := theFinding(t, org, "submit-and-approve", "user:new@example.com can both submit to and approve acme/release-signing.")
	if len(found.Principals) != 1 {
		t.Errorf("found %+v", found)
	}
}

func TestWithChangesAccounts(t *testing.T) {
	inactive, active := false, true
	administrator := vocabulary.RoleUserAdministrator
	changed := func(change review.AccountChange) review.Organization {
		return soundOrganization(grant(testSubmitters, "user:officer@example.com")).With(review.Delta{Accounts: []review.AccountChange{change}})
	}
	for rule, change := range map[string]review.AccountChange{
		"inactive-entry":            {Member: ref("user:officer@example.com"), Active: &inactive},
		"user-administrator":        {Member: ref("user:officer@example.com"), Role: &administrator},
		"few-global-administrators": {Member: ref("user:owner@example.com"), Role: &administrator},
	} {
		if found := ofRule(findings(t, changed(change), nil), rule); len(found) == 0 {
			t.Errorf("%s: found %q", rule, sentences(found))
		}
	}
	nobody := review.AccountChange{Member: ref("user:nobody@example.com"), Active: &active}
	if found := findings(t, changed(nobody), nil).Findings; len(found) > 0 {
		t.Errorf("found %q", sentences(found))
	}
}

// The members of a group are kept by one reference, and a plan may name it by another.
func TestWithFindsAGroupHoweverItIsNamed(t *testing.T) {
	group := principal("group:Late")
	group.ID = memberID
	for _, name := range []string{"group:Late", "group:" + memberID} {
		org := soundOrganization(grant(releaseSubmitters, "group:Late"))
		org.Principals = append(org.Principals, group)
		org.Members[ref("group:"+memberID)] = entries()
		after := org.With(review.Delta{Added: review.Seat{Group: ref(name)}.Entries(org.Grants[toReleaseApprovers].References...)})
		if found := ofRule(findings(t, after, nil), "submit-and-approve"); len(found) == 0 {
			t.Errorf("%s: who joins the group is not found", name)
		}
	}
}

func TestWithKnowsThatANewGroupIsEmpty(t *testing.T) {
	group := principal("group:New")
	group.ID = ""
	joined := review.Delta{Principals: []review.Principal{group}, Added: toReleaseApprovers.Entries(ref("group:New"))}
	if found := ofRule(findings(t, soundOrganization().With(joined), nil), "empty-group"); len(found) != 1 {
		t.Errorf("found %q", sentences(found))
	}
	filled := review.Delta{Added: review.Seat{Group: ref("group:New")}.Entries(ref("user:dev@example.com"))}
	if found := ofRule(findings(t, soundOrganization().With(joined).With(filled), nil), "empty-group"); len(found) > 0 {
		t.Errorf("filled, and found %q", sentences(found))
	}
}

// A list that was read names its entries by their ids, a plan by their natural keys.
func TestWithAddsNobodyTwiceHoweverNamed(t *testing.T) {
	group := principal("group:Empty")
	group.ID = memberID
	org := soundOrganization(grant(releaseApprovers, "group:"+memberID))
	org.Principals = append(org.Principals, group)
	org.Members[ref("group:"+memberID)] = entries()
	again := org.With(review.Delta{Added: toReleaseApprovers.Entries(ref("group:Empty"))})
	want, found := ofRule(findings(t, org, nil), "empty-group"), ofRule(findings(t, again, nil), "empty-group")
	if len(want) != 1 || !reflect.DeepEqual(found, want) {
		t.Errorf("found %+v, and before the change %+v", found, want)
	}
}

func TestWithAddsToAGroupOfUnknownMembers(t *testing.T) {
	org := soundOrganization(throughGroups(releaseApprovers))
	delete(org.Members, ref("group:Inner"))
	after := org.With(review.Delta{Added: toInnerGroup.Entries(ref("user:dev@example.com"))})
	if members := after.Members[ref("group:Inner")]; !members.Incomplete || len(members.References) != 1 {
		t.Errorf("members %+v", members)
	}
}
