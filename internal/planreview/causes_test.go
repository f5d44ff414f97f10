package planreview_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
)

// causesOf returns the addresses of the finding of the rule.
func causesOf(t *testing.T, findings []planreview.Finding, rule string) []string {
	t.Helper()
	for _, f := range findings {
		if f.Rule == rule {
			return f.Addresses
		}
	}
	t.Fatalf("no %s among %q", rule, rules(findings))
	return nil
}

func TestCauses(t *testing.T) {
	const id = "11111111-1111-4111-8111-111111111111"
	a, b := "user:a@example.com", "user:b@example.com"
	user := func(active bool) attributes {
		return attributes{"id": id, "email": "a@example.com", "member": a, "active": active, "status": "active"}
	}
	inGroup := func(group, member string) attributes { return attributes{"group": group, "member": member} }
	needsTwo := attributes{"project": "acme", "slug": "release", "uses_approval_process": true, "required_approvals": 2, "approvers": list(a, b)}
	reading := func(email string) any {
		return attributes{"email": email, "member": "user:" + email, "active": true, "status": "active", "role": "GlobalAdministrator"}
	}
	everybody := func() *planBuilder {
		return newPlan().data("users", attributes{"users": []any{reading("a@example.com"), reading("b@example.com")}}).
			data("ci_users", attributes{"ci_users": []any{}}).data("user_groups", attributes{"user_groups": []any{}})
	}
	administrator := func(member string) attributes {
		return attributes{"member": member, "role": "GlobalAdministrator"}
	}
	for name, test := range map[string]struct {
		plan  *planBuilder
		rule  string
		after []string
		was   []string
	}{
		"the step that is new": {
			newPlan().change("signing_policy_approver", entry("release", a), entry("release", a)).
				change("signing_policy_submitter", nil, entry("release", a)).
				change("signing_policy_submitter", nil, entry("release", b)),
			"submit-and-approve",
			[]string{"signpath_signing_policy_submitter.r002"},
			nil,
		},
		"the step that goes": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a, b), onPolicy("release", b)).
				change("signing_policy_submitter", entry("release", a), entry("release", a)),
			"submit-and-approve", nil,
			[]string{"signpath_signing_policy_approvers.r001"},
		},
		"memberships on the way": {
			newPlan().change("signing_policy_approver", entry("release", "group:Outer"), entry("release", "group:Outer")).
				change("user_group_member", nil, inGroup("group:Outer", "group:Inner")).
				change("user_group_members", attributes{"group": "group:Inner", "members": list(b)}, attributes{"group": "group:Inner", "members": list(a, b)}).
				change("user_group_member", nil, inGroup("group:Outer", "user:c@example.com")).
				change("signing_policy_submitter", entry("release", a), entry("release", a)),
			"submit-and-approve",
			[]string{"signpath_user_group_member.r002", "signpath_user_group_members.r003"},
			nil,
		},
		"an account": {
			newPlan().change("user", user(true), user(false)).change("project_reader", nil, attributes{"project": "acme", "member": b}).
				change("signing_policy_approver", entry("release", a), entry("release", a)),
			"inactive-entry",
			[]string{"signpath_user.r001"},
			nil,
		},
		"an account and its entry": {
			newPlan().change("user", nil, attributes{"email": "a@example.com", "member": a, "active": true, "status": "invited"}).
				change("signing_policy_approver", nil, entry("release", a)),
			"invited-entry",
			[]string{"signpath_signing_policy_approver.r002", "signpath_user.r001"},
			nil,
		},
		"fewer approvers": {
			newPlan().data("signing_policy", needsTwo).data("user", user(true)).
				change("signing_policy_approver", entry("release", b), nil).change("signing_policy_submitter", entry("release", b), nil),
			"approval-quorum",
			[]string{"signpath_signing_policy_approver.r003"},
			nil,
		},
		"more approvers": {
			newPlan().change("signing_policy_approvers", onPolicy("release"), onPolicy("release", a, b)).
				data("signing_policy", needsTwo),
			"approval-quorum", nil,
			[]string{"signpath_signing_policy_approvers.r001"},
		},
		"an administrator less": {
			everybody().change("role_assignment", administrator(b), nil).
				change("role_assignment", nil, attributes{"member": "user:c@example.com", "role": "GlobalReader"}),
			"few-global-administrators",
			[]string{"signpath_role_assignment.r004"},
			nil,
		},
		"a token, not the role of its user": {
			newPlan().change("ci_user_token", attributes{"ci_user": "ci_user:build", "generated_at": "2020-01-01T00:00:00Z"},
				attributes{"ci_user": "ci_user:build"}, replacing("rotate_after"), unknown("generated_at")).
				change("role_assignment", nil, attributes{"member": "ci_user:build", "role": "GlobalReader"}),
			"old-token", nil,
			[]string{"signpath_ci_user_token.r001"},
		},
		"a role": {
			newPlan().change("role_assignment", nil, attributes{"member": a, "role": "UserAdministrator"}).
				change("project_reader", nil, attributes{"project": "acme", "member": a}),
			"user-administrator",
			[]string{"signpath_role_assignment.r001"},
			nil,
		},
		"a group that gets empty": {
			newPlan().change("user_group_members", attributes{"group": "group:G", "members": list(a)}, attributes{"group": "group:G", "members": list()}).
				change("signing_policy_approver", entry("release", "group:G"), entry("release", "group:G")).
				change("signing_policy_approver", nil, entry("release", b)),
			"empty-group",
			[]string{"signpath_user_group_members.r001"},
			nil,
		},
		"a group that is destroyed": {
			newPlan().change("user_group", attributes{"id": id, "name": "G", "member": "group:G"}, nil).
				data("user_group", attributes{"id": id, "name": "G", "member": "group:G", "members": list(a)}).
				change("signing_policy_approver", entry("release", "group:G"), entry("release", "group:G")).
				change("signing_policy_approver", nil, entry("release", b)),
			"empty-group",
			[]string{"signpath_user_group.r001"},
			nil,
		},
		"nobody can be hidden on the list any more": {
			newPlan().data("signing_policy", needsTwo).data("user", user(true)).
				change("signing_policy_approvers", onPolicy("release", a, "group:Hiding"), onPolicy("release", a)),
			"approval-quorum",
			[]string{"signpath_signing_policy_approvers.r003"},
			nil,
		},
		"nothing but that the list is known now": {
			newPlan().change("signing_policy_approvers", nil, onPolicy("release", a)).
				data("signing_policy", attributes{"project": "acme", "slug": "release", "uses_approval_process": true, "required_approvals": 2}).data("user", user(true)).
				change("signing_policy_submitter", nil, entry("release", b)),
			"approval-quorum",
			[]string{"signpath_signing_policy_approvers.r001"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			report := test.plan.review(t)
			for _, side := range []struct {
				findings []planreview.Finding
				want     []string
				resolved bool
			}{{report.Findings.Introduced, test.after, false}, {report.Findings.Resolved, test.was, true}} {
				if side.want == nil {
					continue
				}
				if got := causesOf(t, side.findings, test.rule); !slices.Equal(got, side.want) {
					t.Errorf("got %q, want %q", got, side.want)
				}
				texts := outputs(t, report)
				if side.resolved {
					delete(texts, "sarif") // It has what is there after the apply.
				}
				for format, text := range texts {
					for _, address := range side.want {
						if !strings.Contains(strings.ReplaceAll(text, "\\", ""), address) {
							t.Errorf("%s does not name %s", format, address)
						}
					}
				}
			}
		})
	}
}

// TestCausesBringFindingsAbout does in plans that do anything what causes a finding
// alone, and then everything else. The finding comes with its causes, or goes with them:
// where the plan also closes another way, which would else lead there, it does one of
// the two.
func TestCausesBringFindingsAbout(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(80) {
		plan := randomPlan(rand.New(rand.NewPCG(seed, 1)))
		report := plan.review(t)
		for _, did := range []func(*planreview.Report) []planreview.Finding{introduced, resolved} {
			for _, f := range did(report) {
				seen[f.Rule]++
				isThat := func(other planreview.Finding) bool { return other.Fingerprint == f.Fingerprint }
				alone, rest := plan.split(f.Addresses)
				if !slices.ContainsFunc(did(alone.review(t)), isThat) && slices.ContainsFunc(did(rest.review(t)), isThat) {
					t.Errorf("plan %d: %s: %s: %q have no part in it", seed, f.Rule, f.Sentence, f.Addresses)
				}
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("the plans only bring about %v", seen)
	}
}

func introduced(r *planreview.Report) []planreview.Finding { return r.Findings.Introduced }
func resolved(r *planreview.Report) []planreview.Finding   { return r.Findings.Resolved }

// split returns the plan in which nothing changes but the instances, and the one in
// which everything else does.
func (b *planBuilder) split(addresses []string) (alone, rest *planBuilder) {
	alone, rest = &planBuilder{plan: b.plan}, &planBuilder{plan: b.plan}
	alone.plan.ResourceChanges, rest.plan.ResourceChanges = nil, nil
	for _, r := range b.plan.ResourceChanges {
		does, leaves := alone, rest
		if !slices.Contains(addresses, r.Address) {
			does, leaves = rest, alone
		}
		does.plan.ResourceChanges = append(does.plan.ResourceChanges, r)
		if r.Change.Before != nil {
			still := *r
			still.Change = &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionNoop}, Before: r.Change.Before, After: r.Change.Before}
			leaves.plan.ResourceChanges = append(leaves.plan.ResourceChanges, &still)
		}
	}
	return alone, rest
}

// randomPlan has users, CI users and groups, who come onto lists and leave them.
func randomPlan(r *rand.Rand) *planBuilder {
	b := newPlan()
	either := func(was, is func() attributes) (attributes, attributes) {
		switch r.IntN(5) {
		case 0:
			return nil, is()
		case 1:
			return was(), nil
		case 2:
			same := was()
			return same, same
		}
		return was(), is()
	}
	change := func(kind string, made func() attributes) {
		was, is := either(made, made)
		if was == nil {
			delete(is, "id")
		}
		b.change(kind, was, is)
	}
	members := func() []any {
		var names []string
		for range r.IntN(4) {
			names = append(names, randomMember(r))
		}
		return list(names...)
	}
	for n := range 4 {
		email := fmt.Sprintf("u%d@example.com", n)
		change("user", func() attributes {
			return attributes{
				"id": fmt.Sprintf("%08d-1111-4111-8111-111111111111", n), "email": email, "member": "user:" + email,
				"active": r.IntN(3) > 0, "status": []string{"active", "invited"}[r.IntN(2)],
			}
		})
		change("role_assignment", func() attributes {
			return attributes{"member": "user:" + email, "role": []string{"GlobalAdministrator", "UserAdministrator"}[r.IntN(2)]}
		})
	}
	for n := range 3 {
		change("user_group_members", func() attributes {
			return attributes{"group": fmt.Sprintf("group:g%d", n), "members": members()}
		})
	}
	for _, policy := range []string{"release", "test"} {
		b.data("signing_policy", attributes{
			"project": "acme", "slug": policy, "uses_approval_process": true, "required_approvals": r.IntN(3), "verifies_origin": r.IntN(2) == 0,
		})
		for _, kind := range []string{"signing_policy_submitters", "signing_policy_approvers"} {
			change(kind, func() attributes {
				return attributes{"project": "acme", "signing_policy": policy, "members": members()}
			})
		}
	}
	member := randomMember(r)
	change("project_configurator", func() attributes { return attributes{"project": "acme", "member": member} })
	return b
}

func randomMember(r *rand.Rand) string {
	return fmt.Sprintf([]string{"user:u%d@example.com", "group:g%d", "ci_user:c%d"}[r.IntN(3)], r.IntN(3))
}
