package planreview_test

import (
	"fmt"
	"testing"
)

// growingPlan has projects of five signing policies, two changing entries a policy,
// and one group and one CI user that get onto many of them.
func growingPlan(resources int) *planBuilder {
	b := newPlan()
	for team := range 20 {
		b.change("user_group", nil, attributes{"name": fmt.Sprintf("Team %02d", team), "member": teamOf(team)}, unknown("id"))
	}
	for i := range resources {
		policy := i / 2
		at := attributes{"project": fmt.Sprintf("project-%04d", policy/5), "signing_policy": fmt.Sprintf("%s-%d", []string{"test", "release"}[policy%2], policy%5)}
		user := fmt.Sprintf("user:user-%05d@example.com", i)
		switch i % 10 {
		case 0:
			b.change("project_reader", nil, attributes{"project": at["project"], "member": user})
		case 1:
			b.change("user_group_member", nil, attributes{"group": teamOf(i), "member": user})
		case 2:
			b.change("role_assignment", nil, attributes{"member": user, "role": "GlobalReader"})
		case 3:
			at["member"] = teamOf(i)
			b.change("signing_policy_approver", at, nil)
		case 5, 7:
			at["member"] = "ci_user:everywhere"
			b.change("signing_policy_submitter", nil, at)
		default:
			at["member"] = user
			b.change([]string{"signing_policy_submitter", "signing_policy_approver"}[i%2], nil, at)
		}
	}
	return b
}

func teamOf(i int) string { return fmt.Sprintf("group:Team %02d", i/10%20) }

// BenchmarkReview shows by its two sizes how the time grows.
func BenchmarkReview(b *testing.B) {
	for _, resources := range []int{500, 5000} {
		b.Run(fmt.Sprintf("%d resources", resources), func(b *testing.B) {
			plan := growingPlan(resources).throughJSON(b)
			for b.Loop() {
				outputs(b, reviewed(b, plan))
			}
		})
	}
}
