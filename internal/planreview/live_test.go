package planreview_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary/vocabularytest"
)

const (
	idA     = "aaaaaaaa-1111-4111-8111-111111111111"
	idB     = "bbbbbbbb-1111-4111-8111-111111111111"
	idG     = "99999999-1111-4111-8111-111111111111"
	idBuild = "dddddddd-dddd-4ddd-8ddd-dddddddddddd"
)

func ref(text string) access.Reference {
	reference, err := access.ParseEntry(text)
	if err != nil {
		panic(err)
	}
	return reference
}

func entriesOf(texts ...string) review.Entries {
	var list review.Entries
	for _, text := range texts {
		list.References = append(list.References, ref(text))
	}
	return list
}

func liveUser(id, email string) review.Principal {
	return review.Principal{Principal: access.Principal{Kind: access.KindUser, ID: id, Email: email, Name: email, Active: true, Role: vocabulary.RoleRegularUser}}
}

// liveOrganization has a and b, and a group that holds a, and approvers whom SignPath
// names by id.
func liveOrganization(edits ...func(*planreview.Live)) planreview.Live {
	two, yes := int64(2), true
	live := planreview.Live{Organization: vocabularytest.With(review.Organization{
		Principals: []review.Principal{
			liveUser(idA, "a@example.com"), liveUser(idB, "b@example.com"),
			{Principal: access.Principal{Kind: access.KindGroup, ID: idG, Name: "G", Active: true}},
			{Principal: access.Principal{Kind: access.KindCIUser, ID: idBuild, Name: "build", Active: true, Role: vocabulary.RoleRegularUser}},
		},
		Members: map[access.Reference]review.Entries{ref("group:" + idG): entriesOf("user:" + idA)},
	}, vocabularytest.Project{Slug: "acme", SigningPolicies: []vocabularytest.SigningPolicy{{
		SigningPolicy: vocabulary.SigningPolicy{Slug: "release", UsesApprovalProcess: &yes, RequiredApprovals: &two},
		Approvers:     entriesOf("user:"+idA, "user:"+idB), Submitters: entriesOf("ci_user:" + idBuild),
	}}})}
	for _, edit := range edits {
		edit(&live)
	}
	return live
}

func (b *planBuilder) reviewLive(t testing.TB, live planreview.Live) *planreview.Report {
	t.Helper()
	report, err := planreview.ReviewLive(b.throughJSON(t), live, review.Rulebook{Catalogue: vocabulary.Rules, Now: time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestLive(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	user := attributes{"id": idA, "email": "a@example.com", "member": a, "active": true, "status": "active", "name": "A"}
	approvers := func(texts ...string) func(*planreview.Live) {
		return func(l *planreview.Live) {
			l.Organization.Grant(vocabulary.Approvers.Role(), access.PlaceOf("acme", "release"), entriesOf(texts...))
		}
	}
	ofA := func(edit func(*review.Principal)) func(*planreview.Live) {
		return func(l *planreview.Live) { edit(&l.Organization.Principals[0]) }
	}
	inactive := attributes{"id": idA, "email": "a@example.com", "member": a, "active": false, "status": "inactive", "name": "A"}
	for name, test := range map[string]struct {
		plan *planBuilder
		live planreview.Live
		says []string
	}{
		"a single entry knows who stays": {
			newPlan().change("signing_policy_approver", entry("release", b), nil), liveOrganization(),
			[]string{"deny approval-quorum: acme/release requires 2 approvals, and only 1 user can approve", "then has " + a + "\n", "!Changed since"},
		},
		"a group holds whom the plan does not tell": {
			newPlan().change("signing_policy_submitter", nil, entry("release", "group:G")), liveOrganization(),
			[]string{"submit-and-approve: " + a, "submitter of acme/release, through group:G", "gains group:G, " + a + " (through group:G)"},
		},
		"a whole list changes by difference": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a), onPolicy("release", "group:G")), liveOrganization(),
			[]string{b + " came onto the approvers of acme/release", "then has group:G, " + b + "\n", "!loses"},
		},
		"a new whole list takes everybody else off": {
			newPlan().change("signing_policy_approvers", nil, onPolicy("release", a)), liveOrganization(),
			[]string{"loses " + b + "; then has " + a + "\n", "approval-quorum", "!Changed since", "!does not tell"},
		},
		"a whole list that is given up leaves who came": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a), nil), liveOrganization(),
			[]string{"loses " + a + "; then has " + b + "\n"},
		},
		"who left is no loss": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release", a)), liveOrganization(approvers("user:" + idA)),
			[]string{b + " left the approvers of acme/release", "!loses"},
		},
		"an entry that is gone": {
			newPlan().change("signing_policy_approver", entry("release", a), entry("release", a)), liveOrganization(approvers()),
			[]string{a + " is no longer among the approvers of acme/release", "!loses"},
		},
		"an entry that came by itself": {
			newPlan().change("signing_policy_approver", nil, entry("release", a)), liveOrganization(),
			[]string{"!gains approval", "!Access lists"},
		},
		"an account that was deactivated": {
			newPlan().change("user", user, user), liveOrganization(ofA(func(p *review.Principal) { p.Active = false })),
			[]string{a + " is inactive now", "Findings left\n", "inactive-entry"},
		},
		"an account that the plan deactivates": {
			newPlan().change("user", user, inactive), liveOrganization(),
			[]string{"!Changed since", a + " loses approval on acme/release, directly, because the account is no longer active"},
		},
		"an account with another name": {
			newPlan().change("user", user, user).change("signing_policy_approver", entry("release", a), nil),
			liveOrganization(ofA(func(p *review.Principal) { p.Email = "new@example.com" })),
			[]string{a + " is called user:new@example.com now", "user:new@example.com loses approval", "!no longer among"},
		},
		"an account that is gone": {
			newPlan().change("user", user, user).change("ci_user", nil, attributes{"name": "c", "member": "ci_user:c", "active": true}),
			liveOrganization(func(l *planreview.Live) { l.Organization.PrincipalsIncomplete = true }),
			[]string{"!is gone"},
		},
		"another role": {
			newPlan().change("role_assignment", attributes{"member": a, "role": "GlobalReader"}, attributes{"member": a, "role": "GlobalReader"}), liveOrganization(),
			[]string{a + " has the global role Regular User now, and not Global Reader", "!reading"},
		},
		"a list that the token does not see": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a), onPolicy("release", b)),
			liveOrganization(func(l *planreview.Live) {
				l.Organization.Grant(vocabulary.Approvers.Role(), access.PlaceOf("acme", "release"), review.Entries{Incomplete: true})
				l.Gaps = []string{"Signing policy \"acme/release\" could not be read."}
			}),
			[]string{"Not seen in the live organization\n  - Signing policy \"acme/release\" could not be read.", "loses " + a + "; then has " + b + "\n", "!came onto"},
		},
		"what a data source has read": {
			newPlan().data("signing_policy", attributes{"project": "acme", "slug": "release", "approvers": list(a)}), liveOrganization(),
			[]string{"data.signpath_signing_policy.d001: " + b + " came onto the approvers of acme/release"},
		},
		"a group that is given up": {
			newPlan().change("user_group", attributes{"id": idG, "name": "G", "member": "group:G"}, nil), liveOrganization(approvers("group:"+idG, "user:"+idB)),
			[]string{a + " loses approval on acme/release, through group:G", "empty-group"},
		},
		"self-approval that is new is denied": {
			newPlan().change("signing_policy_submitter", nil, entry("release", a)), liveOrganization(),
			[]string{"1 of them denied", "Findings introduced\n  - deny submit-and-approve: " + a},
		},
		"self-approval that is there is left": {
			newPlan().change("signing_policy_submitter", nil, entry("release", a)).change("project_reader", nil, attributes{"project": "acme", "member": b}),
			liveOrganization(func(l *planreview.Live) {
				l.Organization.Grant(vocabulary.Submitters.Role(), access.PlaceOf("acme", "release"), entriesOf("user:"+idA))
			}),
			[]string{"0 findings introduced", "Findings left\n  - deny no-global-administrator", "  - warn submit-and-approve: " + a},
		},
		"who winds a signing policy down": {
			newPlan().change("signing_policy_submitters", onPolicy("release", "ci_user:build"), nil).
				change("signing_policy_approvers", onPolicy("release", a, b), nil), liveOrganization(),
			[]string{"0 findings introduced", "!deny approval-quorum"},
		},
		"an inactive project needs no approvers": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a, b), nil),
			liveOrganization(func(l *planreview.Live) {
				l.Organization.Places[access.PlaceOf("acme")] = vocabulary.Project{Active: new(bool)}
			}),
			[]string{"0 findings introduced", "!deny approval-quorum"},
		},
		"the first submitter takes no approver away": {
			newPlan().change("signing_policy_submitter", nil, entry("release", "ci_user:build")),
			liveOrganization(approvers(), func(l *planreview.Live) {
				l.Organization.Grant(vocabulary.Submitters.Role(), access.PlaceOf("acme", "release"), review.Entries{})
			}),
			[]string{"0 findings introduced", "Findings left", "deny approval-quorum"},
		},
		// Behind Terraform, somebody has made another CI user of that name: the entry's id tells which one is meant.
		"two of one name": {
			newPlan().change("ci_user", attributes{"id": idBuild, "name": "build", "member": "ci_user:build", "active": true}, nil).
				change("signing_policy_submitter", attributes{
					"project": "acme", "signing_policy": "release", "member": "ci_user:build", "member_id": idBuild,
				}, nil),
			liveOrganization(func(l *planreview.Live) {
				l.Organization.Principals = append([]review.Principal{{Principal: access.Principal{
					Kind: access.KindCIUser, ID: "eeeeeeee-1111-4111-8111-111111111111", Name: "build", Active: true, Role: vocabulary.RoleRegularUser,
				}}}, l.Organization.Principals...)
			}),
			[]string{"ci_user:" + idBuild + " loses submission on acme/release", "!fits no principal", "!Changed since"},
		},
		"a new user is known to be no administrator": {
			newPlan().change("role_assignment", nil, attributes{"member": a, "role": "GlobalAdministrator"}).
				change("user", nil, attributes{"email": "n@example.com", "member": "user:n@example.com", "active": true}, unknown("id")),
			liveOrganization(),
			[]string{"Findings introduced\n  - warn few-global-administrators"},
		},
	} {
		t.Run(name, func(t *testing.T) { says(t, test.plan.reviewLive(t, test.live), test.says...) })
	}
}

// TestLiveKeepsSecrets has somebody whose address is sensitive on a live list.
func TestLiveKeepsSecrets(t *testing.T) {
	secret := attributes{"id": idA, "email": "a@example.com", "member": "user:a@example.com", "active": true, "status": "active", "name": "A"}
	report := newPlan().change("user", secret, secret, sensitive("email")).
		change("signing_policy_approver", entry("release", "user:b@example.com"), nil).reviewLive(t, liveOrganization())
	for format, text := range outputs(t, report) {
		if strings.Contains(text, "a@example.com") {
			t.Errorf("the address is in the %s:\n%s", format, text)
		}
	}
	says(t, report, "then has user:"+idA)
}

func TestLiveOrganizationIsThatOfThePlan(t *testing.T) {
	known := attributes{"id": idB, "name": "build", "member": "ci_user:build", "active": true}
	unknown := attributes{"id": "11111111-1111-4111-8111-111111111111", "name": "build", "member": "ci_user:build", "active": true}
	for name, test := range map[string]struct {
		plan    *planBuilder
		refused bool
	}{
		"of another":   {newPlan().change("ci_user", unknown, unknown), true},
		"one is known": {newPlan().change("ci_user", unknown, unknown).change("ci_user", known, known), false},
		"nobody yet":   {newPlan().change("ci_user", nil, attributes{"name": "build", "member": "ci_user:build"}), false},
	} {
		_, err := planreview.ReviewLive(test.plan.throughJSON(t), liveOrganization(), review.Rulebook{Catalogue: vocabulary.Rules, Now: time.Now()})
		if (err != nil) != test.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLiveFindingsNameTheirCauses has a step that the plan takes and one that only the
// live organization has.
func TestLiveFindingsNameTheirCauses(t *testing.T) {
	report := newPlan().change("signing_policy_submitter", nil, entry("release", "group:G")).
		change("project_reader", nil, attributes{"project": "acme", "member": "user:b@example.com"}).reviewLive(t, liveOrganization())
	if got := causesOf(t, report.Findings.Introduced, "submit-and-approve"); !slices.Equal(got, []string{"signpath_signing_policy_submitter.r001"}) {
		t.Errorf("got %q", got)
	}
}
