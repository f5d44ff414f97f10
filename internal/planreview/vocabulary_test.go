package planreview_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/guard"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

// What another vendor could be: a third list at the policy, of those who witness what is
// signed, and owners of a project, who may do there and further in what nobody else may.
var (
	sign    = access.Permission{ID: "sign", Noun: "signing", Letter: "S"}
	approve = access.Permission{ID: "approve", Noun: "approval", Letter: "A"}
	witness = access.Permission{ID: "witness", Noun: "witnessing", Letter: "W"}
	own     = access.Permission{ID: "own", Noun: "ownership", Letter: "O"}
)

func cells(granted ...access.Permission) map[access.Permission]access.Cell {
	all := map[access.Permission]access.Cell{}
	for _, permission := range []access.Permission{sign, approve, witness, own} {
		all[permission] = access.No("made up")
		if slices.Contains(granted, permission) {
			all[permission] = access.Yes("made up")
		}
	}
	return all
}

var otherVendor = access.Define(access.Vocabulary{
	Places: []access.PlaceKind{
		{Key: "project", Noun: "project", Plural: "projects"},
		{Key: "signing_policy", Noun: "policy", Plural: "policies", Within: "project"},
	},
	Permissions: []access.PermissionDescription{
		{Permission: sign, Narrowest: "signing_policy"},
		{Permission: approve, Narrowest: "signing_policy"},
		{Permission: witness, Narrowest: "signing_policy"},
		{Permission: own, Narrowest: "project", Includes: []access.Permission{witness}},
	},
	Most: "Chief", Least: "Nobody",
	Roles: []access.RoleDescription{
		{Role: "Chief", By: access.ByPrincipal, Title: "Chief", Rights: cells(own)},
		{Role: "Nobody", By: access.ByPrincipal, Title: "Nobody", Rights: cells()},
		{Role: "signer", By: access.ByEntry, Title: "signer", Plural: "signers", At: "signing_policy", For: sign, Rights: cells(sign)},
		{Role: "approver", By: access.ByEntry, Title: "approver", Plural: "approvers", At: "signing_policy", For: approve, Rights: cells(approve)},
		{Role: "witness", By: access.ByEntry, Title: "witness", Plural: "witnesses", At: "signing_policy", For: witness, Rights: cells(witness)},
		{Role: "owner", By: access.ByEntry, Title: "owner", Plural: "owners", At: "project", For: own, Rights: cells(own, witness)},
	},
})

var otherRules = review.Catalogue{
	{
		ID: "witness-approves", Severity: review.Deny, Summary: "Who witnesses approves.", Advice: "Take one away.", Source: "made up",
		Roles: []access.Role{"witness", "approver", "owner"},
		Find: func(i *review.Inspection) []review.Finding {
			return i.EachPlace("signing_policy", func(place access.Place) (found []review.Finding) {
				for _, row := range i.Coming(i.At(place, witness)) {
					if reasons := review.ReasonsFor(i.At(place, approve), row); len(reasons) > 0 {
						found = append(found, i.Finding(row, slices.Concat(row.Reasons, reasons), "%s witnesses and approves %s", row.Principal, place))
					}
				}
				return found
			})
		},
	},
	{
		ID: "no-witness", Severity: review.Deny, Summary: "Nobody witnesses.", Advice: "Add one.", Source: "made up", Absence: true,
		Roles: []access.Role{"witness"}, Unless: []access.Role{"signer"},
		Find: func(i *review.Inspection) []review.Finding {
			return i.EachPlace("signing_policy", func(place access.Place) []review.Finding {
				if len(i.At(place, witness)) > 0 || i.IsIncomplete("witness", place) || !i.MayHold("signer", place) {
					return nil
				}
				return []review.Finding{{Places: []access.Place{place}, Sentence: fmt.Sprintf("Nobody witnesses %s.", place)}}
			})
		},
	},
}

var (
	otherPolicy   = access.PlaceOf("acme", "release")
	otherRulebook = review.Rulebook{Catalogue: otherRules, Now: time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)}
)

// otherOrganization has a policy with a signer, an approver and a witness, and a group.
func otherOrganization() review.Organization {
	group := review.Principal{Principal: access.Principal{Kind: access.KindGroup, ID: idG, Name: "G", Active: true}}
	org := review.Organization{
		Vocabulary: otherVendor,
		Principals: []review.Principal{liveUser(idA, "a@example.com"), liveUser(idB, "b@example.com"), group},
		Members:    map[access.Reference]review.Entries{ref("group:" + idG): entriesOf("user:" + idB)},
		Places:     map[access.Place]any{access.PlaceOf("acme"): nil, otherPolicy: nil},
	}
	for i := range org.Principals[:2] {
		org.Principals[i].Role = "Nobody"
	}
	org.Grant("signer", otherPolicy, entriesOf("user:"+idA))
	org.Grant("approver", otherPolicy, entriesOf("user:"+idB))
	org.Grant("witness", otherPolicy, entriesOf("user:"+idA))
	return org
}

// TestAnotherVocabulary judges, compares, filters and tells what SignPath does not have, by
// a vocabulary alone.
func TestAnotherVocabulary(t *testing.T) {
	org := otherOrganization()
	witnesses := review.Seat{Role: "witness", Place: otherPolicy}
	owners := review.Seat{Role: "owner", Place: access.PlaceOf("acme")}
	approvers := review.Seat{Role: "approver", Place: otherPolicy}
	gained := org.With(review.Delta{Added: slices.Concat(witnesses.Entries(ref("group:"+idG)), owners.Entries(ref("user:"+idB)))})

	t.Run("compared", func(t *testing.T) {
		want := []string{
			"user:b@example.com gains ownership on acme, directly",
			"user:b@example.com gains witnessing on acme/release, as owner of acme, directly and as witness of acme/release, through group:G",
		}
		if got := access.Spell(review.Changes(org, gained)); !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
	t.Run("judged", func(t *testing.T) {
		report, err := review.Review(gained, otherRulebook)
		if err != nil || len(report.Findings) != 1 || report.Findings[0].Sentence != "user:b@example.com witnesses and approves acme/release." {
			t.Errorf("found %+v, %v", report.Findings, err)
		}
	})
	t.Run("filtered", func(t *testing.T) {
		shown, err := review.Filter{Places: map[string][]string{"signing_policy": {"release"}}, Permissions: []access.Permission{witness}}.On(gained)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range shown.Access(review.Effective(gained)) {
			got = append(got, row.Principal.String()+" "+strings.Join(access.Spell(row.Reasons), " and "))
		}
		want := []string{
			"user:a@example.com witness of acme/release, directly",
			"user:b@example.com owner of acme, directly and witness of acme/release, through group:G",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
	t.Run("guarded", func(t *testing.T) {
		for name, c := range map[string]struct {
			change guard.Change
			want   string
		}{
			"who approves comes to witness, in a group": {guard.Change{Gains: review.Delta{Added: witnesses.Entries(ref("group:" + idG))}}, "witness-approves"},
			"who approves comes to own":                 {guard.Change{Gains: review.Delta{Added: owners.Entries(ref("user:" + idB))}}, "witness-approves"},
			"who witnesses comes to own":                {guard.Change{Gains: review.Delta{Added: owners.Entries(ref("user:" + idA))}}, ""},
			"who witnesses comes to approve":            {guard.Change{Gains: review.Delta{Added: approvers.Entries(ref("user:" + idA))}}, "witness-approves"},
			"the approver goes":                         {guard.Change{Losses: review.Delta{Removed: approvers.Entries(ref("user:" + idB))}}, ""},
			"the only witness goes":                     {guard.Change{Losses: review.Delta{Removed: witnesses.Entries(ref("user:" + idA))}}, "no-witness"},
		} {
			read := func(context.Context, guard.Reach) (review.Organization, []string, error) { return org, nil, nil }
			c.change.Reach = guard.Reach{Everywhere: true}
			judged, err := guard.New(otherVendor, otherRulebook, read).Add(t.Context(), c.change)
			var got string
			for _, finding := range judged.Caused {
				got += finding.Rule
			}
			if err != nil || got != c.want {
				t.Errorf("%s: got %q, want %q, %v", name, got, c.want, err)
			}
		}
	})
	t.Run("reviewed", func(t *testing.T) {
		a, b := "user:a@example.com", "user:b@example.com"
		report := newPlan().
			change("signing_policy_witness", nil, entry("release", b)).
			change("project_owners", nil, attributes{"project": "acme", "members": list(a)}).
			change("signing_policy_witnesses", onPolicy("test", a), nil).reviewOf(t, planreview.Live{Organization: org})
		says(t, report,
			"deny witness-approves: "+b+" witnesses and approves acme/release.", a+" gains ownership on acme, directly",
			b+" gains witnessing on acme/release, as witness of acme/release, directly", "owners of acme: gains "+a,
			"witnesses of acme/test: loses "+a, "!loses witnessing", // An owner witnesses everywhere.
			"!not known")
		if causes := report.Findings.Introduced[0].Addresses; !slices.Equal(causes, []string{"signpath_signing_policy_witness.r001"}) {
			t.Errorf("the cause is %q", causes)
		}
	})
}

func (b *planBuilder) reviewOf(t *testing.T, live planreview.Live) *planreview.Report {
	t.Helper()
	text, err := json.Marshal(b.plan)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := planreview.Decode(bytes.NewReader(text), planreview.Readers{Granting: &planreview.Reader{
		Vendor: "Other", Provider: "signpath", Vocabulary: otherVendor, Principals: vendors.SignPath.Principals,
	}})
	if err != nil {
		t.Fatal(err)
	}
	report, err := planreview.ReviewLive(plan, live, otherRulebook)
	if err != nil {
		t.Fatal(err)
	}
	return report
}
