package planreview_test

import (
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func doing(actions ...tfjson.Action) func(*tfjson.ResourceChange) {
	return func(r *tfjson.ResourceChange) { r.Change.Actions = actions }
}

func deposed(r *tfjson.ResourceChange) { r.DeposedKey = "00000001" }

// ofOne gives all resources of a plan the address of the first one.
func ofOne(b *planBuilder) *planBuilder {
	for _, r := range b.plan.ResourceChanges {
		r.Address = b.plan.ResourceChanges[0].Address
	}
	return b
}

// TestEveryAction has what Terraform and OpenTofu do with objects, beside what the other tests
// have of it.
func TestEveryAction(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	account := func(id, email string) attributes {
		return attributes{"id": id, "email": email, "name": "A", "member": "user:" + email, "active": true}
	}
	newcomer := attributes{"email": "n@example.com", "name": "N", "member": "user:n@example.com", "active": true}
	administrator := func(member string) attributes { return attributes{"member": member, "role": "GlobalAdministrator"} }
	for _, order := range [][]tfjson.Action{{"forget", "create"}, {"create", "forget"}} {
		for name, test := range map[string]struct {
			plan *planBuilder
			says []string
		}{
			"a user and the role": {
				newPlan().change("user", account(idA, "a@example.com"), newcomer, doing(order...), unknown("id")).
					change("role_assignment", administrator(a), administrator("user:n@example.com"), doing(order...)),
				[]string{
					a + " is forgotten by Terraform and stays as it is", "user:n@example.com is created", "user:n@example.com gets the global role Global Administrator",
					"user:n@example.com gains control of everything", "!" + a + " loses", "!instead of", "user:n@example.com gets an invitation",
					"warn no-longer-managed: Terraform gives up the global role Global Administrator of " + a,
				},
			},
			"a list that goes to another policy": {
				newPlan().change("signing_policy_approvers", onPolicy("release", a), onPolicy("test", a, b), doing(order...)),
				[]string{
					a + " gains approval on acme/test", b + " gains approval on acme/test", "! loses approval",
					"list of approvers of acme/release, which stays. On it is " + a,
				},
			},
			"a list that is made anew": {
				newPlan().change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release", a), doing(order...)),
				[]string{"approvers of acme/release: loses " + b + "; then has " + a + "\n", "!no-longer-managed"},
			},
			"a token": {
				newPlan().change("ci_user_token", attributes{"ci_user": "ci_user:b"}, attributes{"ci_user": "ci_user:c"}, doing(order...)),
				[]string{"the API token of ci_user:b is not revoked; Terraform forgets it", "an API token of ci_user:c is generated"},
			},
		} {
			t.Run(string(order[0])+" first: "+name, func(t *testing.T) { says(t, test.plan.review(t), append(test.says, "!unreadable-change")...) })
		}
	}
	users := func(b *planBuilder) *planBuilder {
		return b.data(
			"users", attributes{"users": []any{with(account(idA, "a@example.com"), attributes{"role": "GlobalAdministrator"}), account(idB, "b@example.com")}},
		)
	}
	for name, test := range map[string]struct {
		plan *planBuilder
		says []string
	}{
		"an account that another resource takes over": {
			newPlan().change("user", account(idA, "a@example.com"), nil).
				change("user", nil, with(account(idA, "a@example.com"), attributes{"id": nil, "takes_over": idA, "was_active": true}), unknown("id")).
				change("signing_policy_approver", entry("release", a), entry("release", a)),
			[]string{": 0 gains and 0 losses", a + " stays: another resource has it", "!is deactivated", "exists already and is taken over"},
		},
		"an invited account that is given up": {
			newPlan().change("user", with(account(idA, "a@example.com"), attributes{"status": "invited"}), nil).
				change("user", nil, with(account(idA, "a@example.com"), attributes{"id": nil, "takes_over": idA, "was_active": false}), unknown("id")).
				change("signing_policy_approver", entry("release", a), entry("release", a)),
			[]string{": 0 gains and 0 losses", "warn invited-entry: " + a},
		},
		"a deposed list beside the same": {
			ofOne(newPlan().change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release", a, b)).
				change("signing_policy_approvers", onPolicy("release", a, b), nil, deposed)),
			[]string{": 0 gains and 0 losses", "!loses approval"},
		},
		"a deposed list beside one of another place": {
			ofOne(newPlan().change("signing_policy_approvers", onPolicy("test", a), onPolicy("test", a)).
				change("signing_policy_approvers", onPolicy("release", a, b), nil, deposed)),
			[]string{": 0 gains and 3 losses", a + " loses approval on acme/release", b + " loses reading of artifacts on acme", "!" + a + " loses reading"},
		},
		"a deposed entry beside the same": {
			ofOne(
				newPlan().change("signing_policy_approver", entry("release", a), entry("release", a)).change("signing_policy_approver", entry("release", a), nil, deposed),
			),
			[]string{": 0 gains and 0 losses"},
		},
		"a deposed role beside the same": {
			ofOne(users(newPlan().change("role_assignment", administrator(a), administrator(a)).change("role_assignment", administrator(a), nil, deposed))),
			[]string{": 0 gains and 0 losses", "!instead of"},
		},
		"a deposed user beside the same": {
			ofOne(newPlan().change("user", account(idA, "a@example.com"), account(idA, "a@example.com")).change("user", account(idA, "a@example.com"), nil, deposed)).
				change("signing_policy_approver", entry("release", a), entry("release", a)),
			[]string{": 0 gains and 0 losses"},
		},
		"a deposed user beside another": {
			ofOne(newPlan().change("user", account(idB, "b@example.com"), account(idB, "b@example.com")).change("user", account(idA, "a@example.com"), nil, deposed)).
				change("signing_policy_approver", entry("release", a), entry("release", a)),
			[]string{a + " loses approval on acme/release, directly, because the account is no longer active"},
		},
		"an invitation of who has an identity": {
			newPlan().change("user", nil, with(newcomer, attributes{"identity": "acme:S-1"})).
				change("user", nil, with(newcomer, attributes{"email": "m@example.com", "member": "user:m@example.com", "identity": nil})),
			[]string{"user:n@example.com may get an invitation: whether", "user:m@example.com gets an invitation\n", "!user:n@example.com gets an"},
		},
		"the address that the account has is taken over": {
			newPlan().change(
				"user", with(account(idA, "a@example.com"), attributes{"account_email": "b@example.com", "member": b}),
				with(account(idA, "b@example.com"), attributes{"account_email": "b@example.com"}),
			).change("signing_policy_approver", entry("release", b), entry("release", b)),
			[]string{": 0 gains and 0 losses", "email of " + b + " changes from a@example.com to b@example.com", "!invitation", "!deactivated"},
		},
		"a deposed group beside the same": {
			ofOne(newPlan().change("user_group", group(idG, "G"), group(idG, "G")).change("user_group", group(idG, "G"), nil, deposed)).
				change("user_group_members", groupMembers("G", a), groupMembers("G", a)).change(
				"signing_policy_approver", entry("release", "group:G"), entry("release", "group:G"),
			),
			[]string{": 0 gains and 0 losses"},
		},
		"what moves to another address": {
			newPlan().change(
				"signing_policy_approver", entry("release", a), entry("release", a),
				func(r *tfjson.ResourceChange) { r.PreviousAddress = "signpath_signing_policy_approver.old" },
			),
			[]string{"No resource of SignPath changes"},
		},
		"an import that changes": {
			newPlan().change(
				"signing_policy_approvers", onPolicy("release", a, b), onPolicy("release", a),
				func(r *tfjson.ResourceChange) { r.Change.Importing = &tfjson.Importing{} },
			),
			[]string{"the list of approvers of acme/release is imported", b + " loses approval"},
		},
		"replaced by the same, the new one first": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a), onPolicy("release", a), doing("create", "delete")),
			[]string{": 0 gains and 0 losses"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			says(t, test.plan.review(t), append(test.says, "!unreadable-change", "!no-longer-managed")...)
		})
	}
}

// TestWhatACreateDisplaces has plans that say by computed attributes whom a create takes off, which
// role it takes away, and whom it takes over.
func TestWhatACreateDisplaces(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	list := func(removes ...string) attributes {
		return with(onPolicy("release", a), attributes{"member_ids": list(idA), "removes": list(removes...)})
	}
	taken := func(kind string, wasActive bool) attributes {
		o := attributes{"name": "A", "active": true, "takes_over": idA, "was_active": wasActive, "adopt_existing": true, "email": "a@example.com", "member": a}
		if kind == "ci_user" {
			o["takes_over"], o["name"], o["member"] = idBuild, "build", "ci_user:build"
		}
		return o
	}
	for name, test := range map[string]struct {
		plan *planBuilder
		says []string
	}{
		"whom a list takes off": {
			newPlan().change("signing_policy_approvers", nil, list(idB)).
				change(
					"user", attributes{"id": idB, "email": "b@example.com", "member": b, "active": true},
					attributes{"id": idB, "email": "b@example.com", "member": b, "active": true},
				),
			[]string{b + " loses approval on acme/release", "loses " + b + "; then has " + a + "\n", "!does not tell"},
		},
		"somebody of whom the plan tells no more": {
			newPlan().change("signing_policy_approvers", nil, list(idB)), []string{"unknown:" + idB + " loses approval on acme/release"},
		},
		"nobody": {newPlan().change("signing_policy_approvers", nil, list()), []string{": 1 gain and 0 losses", "!does not tell"}},
		"a role": {
			newPlan().change("role_assignment", nil, attributes{"member": a, "role": "GlobalReader", "id": idA, "replaces_role": "GlobalAdministrator"}),
			[]string{a + " loses control of everything", a + " has the global role Global Reader instead of Global Administrator"},
		},
		"an account that was deactivated": {
			newPlan().change("user", nil, taken("user", false), unknown("id")).change("signing_policy_approver", entry("release", a), entry("release", a)),
			[]string{
				a + " gains approval on acme/release, directly, because the account is now active", a + " exists already and is taken over; it was deactivated",
				"!invitation",
			},
		},
		"a CI user": {
			newPlan().change("ci_user", nil, taken("ci_user", true), unknown("id")), []string{"ci_user:build exists already and is taken over\n"},
		},
		"what a destroy has left, and nothing lets it take over": {
			newPlan().change("ci_user", nil, with(taken("ci_user", false), attributes{"adopt_existing": nil}), unknown("id")),
			[]string{"ci_user:build exists already, as a destroy leaves it, and the apply refuses to create it: import it", "!taken over"},
		},
		"one that it would take over if it were there": {
			newPlan().change("user", nil, with(taken("user", true), attributes{"takes_over": nil, "was_active": nil}), unknown("id")),
			[]string{a + " is created\n", a + " gets an invitation\n"},
		},
	} {
		t.Run(name, func(t *testing.T) { says(t, test.plan.review(t), test.says...) })
	}
	for name, test := range map[string]struct {
		plan *planBuilder
		live planreview.Live
		says []string
	}{
		"as it is": {newPlan().change("signing_policy_approvers", nil, list(idB)), liveOrganization(), []string{b + " loses approval", "!Changed since"}},
		"who came since": {
			newPlan().change("signing_policy_approvers", nil, list()), liveOrganization(),
			[]string{"Changed since", b + " came onto the approvers of acme/release, whom the create does not take off", "!" + b + " loses"},
		},
		"who left since": {
			newPlan().change("signing_policy_approvers", nil, list(idB, idH)), liveOrganization(), []string{
				"unknown:" + idH + " left the approvers of acme/release", b + " loses approval",
			},
		},
		"another role since": {
			newPlan().change("role_assignment", nil, attributes{"member": a, "role": "GlobalReader", "id": idA, "replaces_role": nil}),
			liveOrganization(func(l *planreview.Live) { l.Organization.Principals[0].Role = "GlobalAdministrator" }),
			[]string{a + " has the global role Global Administrator now, and not Regular User", a + " loses control of everything"},
		},
		"the same role": {
			newPlan().change("role_assignment", nil, attributes{"member": a, "role": "GlobalReader", "id": idA, "replaces_role": nil}),
			liveOrganization(func(l *planreview.Live) { l.Organization.Principals[0].Role = "GlobalReader" }),
			[]string{"!Changed since", ": 0 gains and 0 losses"},
		},
		"activated since": {
			newPlan().change("user", nil, taken("user", false), unknown("id")), liveOrganization(), []string{a + " is active now"},
		},
		"taken over as it is": {
			newPlan().change("user", nil, taken("user", false), unknown("id")), liveOrganization(
				func(l *planreview.Live) { l.Organization.Principals[0].Active = false },
			),
			[]string{a + " gains approval on acme/release, directly, because the account is now active", "!Changed since"},
		},
		"there since": {
			newPlan().change("user", nil, with(taken("user", true), attributes{"takes_over": nil, "was_active": nil}), unknown("id")), liveOrganization(), []string{
				a + " exists now",
			},
		},
	} {
		t.Run("live, "+name, func(t *testing.T) { says(t, test.plan.reviewLive(t, test.live), test.says...) })
	}
}

// TestAStalePlanIsJudgedAsItWasMade has an organization that changed after the plan: what the plan
// was denied for stays denied, whoever came or went.
func TestAStalePlanIsJudgedAsItWasMade(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	invited := func(l *planreview.Live) {
		n := liveUser(idH, "n@example.com")
		n.Invited = true
		l.Organization.Principals = append(l.Organization.Principals, n, liveUser(idBuild, "clicked@example.com"))
		l.Organization.Principals = append(l.Organization.Principals[:3:3], l.Organization.Principals[4:]...)
	}
	lists := func(approvers, submitters []string) func(*planreview.Live) {
		return func(l *planreview.Live) {
			one, yes := int64(1), true
			l.Organization.Places[access.PlaceOf("acme", "release")] = vocabulary.SigningPolicy{Slug: "release", UsesApprovalProcess: &yes, RequiredApprovals: &one}
			l.Organization.Grant(vocabulary.Approvers.Role(), access.PlaceOf("acme", "release"), entriesOf(approvers...))
			l.Organization.Grant(vocabulary.Submitters.Role(), access.PlaceOf("acme", "release"), entriesOf(submitters...))
		}
	}
	ofA, ofB, clicked := []string{"user:" + idA}, []string{"user:" + idB}, []string{"user:" + idA, "user:" + idBuild}
	replacesTheLast := func() *planBuilder {
		return newPlan().change("signing_policy_approvers", onPolicy("release", a), onPolicy("release", "user:n@example.com"))
	}
	administrator := func(l *planreview.Live) { l.Organization.Principals[1].Role = "GlobalAdministrator" }
	role := func(member, role string) attributes { return attributes{"member": member, "role": role} }
	everybody := func(b *planBuilder) *planBuilder {
		user := func(id, email, role string) any {
			return attributes{"id": id, "email": email, "member": "user:" + email, "active": true, "status": "active", "role": role}
		}
		return b.data("users", attributes{"users": []any{user(idA, "a@example.com", "GlobalAdministrator"), user(idB, "b@example.com", "RegularUser")}})
	}
	for name, test := range map[string]struct {
		plan  *planBuilder
		live  planreview.Live
		rule  string
		stale bool
	}{
		"nothing changed":   {replacesTheLast(), liveOrganization(invited, lists(ofA, ofB)), "approval-quorum", false},
		"an approver came":  {replacesTheLast(), liveOrganization(invited, lists(clicked, ofB)), "approval-quorum", true},
		"the approver left": {replacesTheLast(), liveOrganization(invited, lists(nil, ofB)), "approval-quorum", true},
		"who submits was taken off": {
			newPlan().change("signing_policy_submitters", onPolicy("release", b), onPolicy("release", b)).change("signing_policy_approver", nil, entry("release", b)),
			liveOrganization(lists(ofA, nil)), "submit-and-approve", true,
		},
		"the last approver goes, as entry": {
			newPlan().change("signing_policy_approver", entry("release", a), nil).data(
				"signing_policy", attributes{"project": "acme", "slug": "release", "approvers": list(a)},
			),
			liveOrganization(lists([]string{"user:" + idA, "user:" + idB}, ofB)),
			"approval-quorum",
			true,
		},
		"somebody became administrator": {
			everybody(newPlan()).change("role_assignment", role(a, "GlobalAdministrator"), nil),
			liveOrganization(administrator, func(l *planreview.Live) { l.Organization.Principals[0].Role = "GlobalAdministrator" }), "no-global-administrator", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			report := test.plan.reviewLive(t, test.live)
			says(t, report, "Findings introduced\n  - deny "+test.rule+": ")
			if report.Stale != test.stale || !report.Introduces(review.Deny) {
				t.Errorf("stale: %t, denied: %t", report.Stale, report.Introduces(review.Deny))
			}
			if head := "The organization has changed since the plan was made ("; test.stale {
				says(t, report, head, "!Findings left\n  - deny "+test.rule)
			} else {
				says(t, report, "!"+head)
			}
		})
	}
}

// TestWhatIsGivenUp has what Terraform forgets, with who is there.
func TestWhatIsGivenUp(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	const gives = "warn no-longer-managed: Terraform gives up "
	for name, test := range map[string]struct {
		plan *planBuilder
		says []string
	}{
		"a whole list": {newPlan().change("signing_policy_approvers", onPolicy("release", a), nil, forgotten), []string{
			gives + "the list of approvers of acme/release, which stays. On it are " + a + " and " + b + ".", "By signpath_signing_policy_approvers.r001",
		}},
		"single entries": {
			newPlan().change("signing_policy_approver", entry("release", a), nil, forgotten).change("signing_policy_approver", entry("release", b), nil, forgotten),
			[]string{
				gives + a + " and " + b + " among the approvers of acme/release: they stay.",
				"By signpath_signing_policy_approver.r001, signpath_signing_policy_approver.r002",
			},
		},
		"a role": {
			newPlan().change("role_assignment", attributes{"member": a, "role": "GlobalReader"}, nil, forgotten),
			[]string{gives + "the global role Global Reader of " + a + ", which stays."},
		},
		"a group": {newPlan().change("user_group", group(idG, "G"), nil, forgotten), []string{gives + "group:G, which stays. In it is " + a + "."}},
		"members of a group": {
			newPlan().change("user_group_members", groupMembers("G", a), nil, forgotten),
			[]string{gives + "the list of members of group:G, which stays. On it is " + a + "."},
		},
		"as whole list instead": {
			newPlan().change("signing_policy_approver", entry("release", a), nil, forgotten).
				change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release", a, b)),
			[]string{"!no-longer-managed"},
		},
		"by another resource": {
			newPlan().change("role_assignment", attributes{"member": a, "role": "GlobalReader"}, nil, forgotten).
				change("role_assignment", nil, attributes{"member": a, "role": "GlobalReader"}),
			[]string{"!no-longer-managed"},
		},
		"as entries of some": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a, b), nil, forgotten).change("signing_policy_approver", nil, entry("release", a)),
			[]string{gives + "the list of approvers of acme/release"},
		},
		"what is sensitive": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a, b), nil, forgotten, sensitive("members")),
			[]string{gives + "the list of approvers of acme/release, which stays. On it are user:" + idA + " and user:" + idB},
		},
		"an account": {
			newPlan().change("user", attributes{"id": idA, "email": "a@example.com", "name": "A", "member": a, "active": true}, nil, forgotten),
			[]string{"!no-longer-managed", "is forgotten"},
		},
	} {
		t.Run(name, func(t *testing.T) { says(t, test.plan.reviewLive(t, liveOrganization()), test.says...) })
	}
}
