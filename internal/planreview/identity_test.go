package planreview_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

const idH = "88888888-1111-4111-8111-111111111111"

func group(id, name string) attributes {
	return attributes{"id": id, "name": name, "member": "group:" + name}
}

func groupMembers(name string, members ...string) attributes {
	return attributes{"group": "group:" + name, "group_id": idG, "members": list(members...)}
}

func with(a attributes, more attributes) attributes {
	all := maps.Clone(a)
	maps.Copy(all, more)
	return all
}

// withoutIDs takes the attributes away that only newer versions of the provider have.
func withoutIDs(b *planBuilder) *planBuilder {
	for _, change := range b.plan.ResourceChanges {
		for _, value := range []any{change.Change.Before, change.Change.After} {
			if o, ok := value.(attributes); ok {
				for _, name := range []string{"group_id", "member_id", "member_ids"} {
					delete(o, name)
				}
			}
		}
	}
	return b
}

// TestWhoIsRenamedStaysTheSame has names that change in a plan, in whatever spelling the states
// have them: the provider keeps that of a state as long as it means the same one.
func TestWhoIsRenamedStaysTheSame(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	user := func(email string) attributes {
		return attributes{"id": idA, "email": email, "member": "user:" + email, "name": "A", "active": true, "status": "active"}
	}
	ciUser := func(name string) attributes {
		return attributes{"id": idBuild, "name": name, "member": "ci_user:" + name, "active": true}
	}
	approvesAsG := func(l *planreview.Live) {
		l.Organization.Grant(vocabulary.Approvers.Role(), access.PlaceOf("acme", "release"), entriesOf("group:"+idG))
	}
	submits := func(member string) func(*planreview.Live) {
		return func(l *planreview.Live) {
			l.Organization.Grant(vocabulary.Submitters.Role(), access.PlaceOf("acme", "release"), entriesOf(member))
		}
	}
	for name, test := range map[string]struct {
		plan *planBuilder
		live planreview.Live
		says []string
	}{
		"a group that gets a member, too": {
			newPlan().change("user_group", group(idG, "G"), group(idG, "New")).
				change("user_group_members", groupMembers("G", a), groupMembers("G", a, b)).
				change("signing_policy_approvers", onPolicy("release", "group:G"), onPolicy("release", "group:G")),
			liveOrganization(approvesAsG, submits("user:"+idB)),
			[]string{
				": 1 gain and 0 losses", b + " gains approval on acme/release, through group:New", "deny submit-and-approve: " + b, "!does not tell",
				"members of group:New: gains " + b + "; then has " + a + ", " + b,
			},
		},
		"a group of which a list keeps the spelling": {
			newPlan().change("user_group", group(idG, "G"), group(idG, "New")).
				change("signing_policy_approvers", onPolicy("release", "group:G", b), onPolicy("release", "group:G")),
			liveOrganization(func(l *planreview.Live) {
				l.Organization.Grant(vocabulary.Approvers.Role(), access.PlaceOf("acme", "release"), entriesOf("group:"+idG, "user:"+idB))
			}),
			[]string{": 0 gains and 1 loss", "approvers of acme/release: loses " + b + "; then has group:New\n", "!fits no"},
		},
		"a CI user on a list": {
			newPlan().change("ci_user", ciUser("build"), ciUser("nightly")).
				change("signing_policy_submitters", onPolicy("release", "ci_user:build"), onPolicy("release", "ci_user:build", b)),
			liveOrganization(),
			[]string{": 1 gain and 0 losses", "then has ci_user:nightly, " + b + "\n"},
		},
		"a CI user with a role and a token": {
			newPlan().change("ci_user", ciUser("build"), ciUser("nightly")).
				change("role_assignment", attributes{"member": "ci_user:build", "role": "GlobalReader", "id": idBuild},
					attributes{"member": "ci_user:build", "role": "ProjectAdministrator", "id": idBuild}).
				change(
					"ci_user_token", attributes{"ci_user": "ci_user:build", "id": idBuild}, attributes{"ci_user": "ci_user:build", "id": idBuild},
					replacing("rotate_after"),
				),
			liveOrganization(func(l *planreview.Live) { l.Organization.Principals[3].Role = "GlobalReader" }),
			[]string{
				"ci_user:nightly has the global role Project Administrator instead of Global Reader", "ci_user:nightly gains", "!ci_user:build gains",
				"Findings introduced\n  - warn ci-user-administrator: ci_user:nightly",
			},
		},
		"a user of whom a role is taken": {
			newPlan().change("user", user("a@example.com"), user("new@example.com")).
				change("role_assignment", attributes{"member": a, "role": "GlobalAdministrator", "id": idA}, nil),
			liveOrganization(func(l *planreview.Live) { l.Organization.Principals[0].Role = "GlobalAdministrator" }),
			[]string{"loses control of everything", "user:new@example.com has the global role Regular User instead of Global Administrator"},
		},
		"two groups that exchange their names": {
			newPlan().change("user_group", group(idG, "G"), group(idG, "H")).change("user_group", group(idH, "H"), group(idH, "G")).
				change("signing_policy_approvers", onPolicy("release", "group:G"), with(onPolicy("release", "group:G"), attributes{"member_ids": list(idH)})),
			liveOrganization(approvesAsG, func(l *planreview.Live) {
				l.Organization.Principals = append(
					l.Organization.Principals, review.Principal{Principal: access.Principal{Kind: access.KindGroup, ID: idH, Name: "H", Active: true}},
				)
				l.Organization.Members[ref("group:"+idH)] = entriesOf("user:" + idB)
			}),
			[]string{b + " gains approval on acme/release, through group:G", a + " loses approval on acme/release, through group:G"},
		},
		"a group that somebody renamed before": {
			newPlan().change("user_group_members", groupMembers("Old", a), groupMembers("Old", a, b)),
			liveOrganization(approvesAsG),
			[]string{": 1 gain and 0 losses", b + " gains approval on acme/release, through group:G"},
		},
		"a finding that a new name does not make": {
			newPlan().change("user_group", group(idG, "G"), group(idG, "New")),
			liveOrganization(approvesAsG, func(l *planreview.Live) { l.Organization.Members[ref("group:"+idG)] = entriesOf() }),
			[]string{"; 0 findings introduced", " 0 resolved", "warn empty-group: group:New holds nobody"},
		},
		"an invited user with another address": {
			newPlan().change("user", with(user("a@example.com"), attributes{"status": "invited"}), with(user("new@example.com"), attributes{"status": "invited"})),
			liveOrganization(func(l *planreview.Live) { l.Organization.Principals[0].Invited = true }),
			[]string{"; 0 findings introduced", " 0 resolved", "warn invited-entry: user:new@example.com"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			says(t, test.plan.reviewLive(t, test.live), test.says...)
			if name != "two groups that exchange their names" && name != "a group that somebody renamed before" {
				says(t, withoutIDs(test.plan).reviewLive(t, test.live), test.says...)
			}
		})
	}
}

// TestANameThatIsSomebodyElsesNow has states that name by the id whom they mean, while somebody
// else has got the name outside of Terraform.
func TestANameThatIsSomebodyElsesNow(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	live := liveOrganization(func(l *planreview.Live) {
		l.Organization.Principals[0].Email, l.Organization.Principals[1].Email = "b@example.com", "a@example.com"
		l.Organization.Principals = append(l.Organization.Principals,
			review.Principal{Principal: access.Principal{Kind: access.KindGroup, ID: idH, Name: "Old", Active: true}})
		l.Organization.Members[ref("group:"+idH)] = entriesOf()
		l.Organization.Grant(vocabulary.Approvers.Role(), access.PlaceOf("acme", "release"), entriesOf("group:"+idG))
	})
	says(t, newPlan().change("user_group_members", groupMembers("Old", a),
		with(groupMembers("Old", a, b), attributes{"member_ids": list(idA, idB)})).reviewLive(t, live),
		": 1 gain and 0 losses", a+" gains approval on acme/release, through group:G", "members of group:G: gains "+a)
	says(t, newPlan().change("role_assignment", attributes{"member": a, "role": "GlobalReader", "id": idA},
		attributes{"member": a, "role": "GlobalAdministrator", "id": idA}).reviewLive(t, live),
		b+" gains control of everything", "!"+a+" gains", b+" has the global role Global Administrator")
}

// TestWhoIsRenamedStaysTheSameInThePlan is that without the live organization.
func TestWhoIsRenamedStaysTheSameInThePlan(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	says(t, newPlan().change("user_group", group(idG, "G"), group(idG, "New")).
		change("user_group_members", groupMembers("G", a), groupMembers("G", a, b)).
		change("signing_policy_approvers", onPolicy("release", "group:G"), onPolicy("release", "group:G")).review(t),
		": 1 gain and 0 losses", b+" gains approval on acme/release, through group:New", "!empty-group", "; 0 findings introduced")
	entry := func(policy, member string) attributes {
		return attributes{"project": "acme", "signing_policy": policy, "member": member, "member_id": idBuild}
	}
	says(t, newPlan().change("signing_policy_submitter", entry("release", "ci_user:old"), entry("release", "ci_user:new")).
		change("signing_policy_submitter", entry("test", "ci_user:new"), nil).review(t),
		": 0 gains and 1 loss", "loses submission on acme/test")
}

// TestOneFingerprintForOnePrincipal has a principal with another name in a later review.
func TestOneFingerprintForOnePrincipal(t *testing.T) {
	fingerprint := func(name string) string {
		live := liveOrganization(func(l *planreview.Live) {
			l.Organization.Principals[3].Name, l.Organization.Principals[3].Role = name, "GlobalAdministrator"
		})
		report, err := review.Review(live.Organization, review.Rulebook{Catalogue: vocabulary.Rules, Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(report.Findings, func(f review.Finding) bool { return f.Rule == "ci-user-administrator" })
		return report.Findings[i].Fingerprint()
	}
	if was, is := fingerprint("build"), fingerprint("nightly"); was != is {
		t.Errorf("%s and %s", was, is)
	}
}
