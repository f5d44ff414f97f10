package provider_test

import (
	"fmt"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// TestRequestBudget counts the requests of a refresh: 3 lists, each project and
// each signing policy once, and at most 2 more, however many resources there
// are. It counts those of the creates, too: one for each user.
func TestRequestBudget(t *testing.T) {
	const users, ciUsers, projects, entries = 300, 100, 20, 500
	manyProjects := func(seed *mock.Seed) {
		seed.Projects = nil
		for i := range projects {
			seed.Projects = append(seed.Projects, mock.ProjectSeed{
				Slug: fmt.Sprintf("p%02d", i), Name: "P",
				SigningPolicies: []mock.SigningPolicySeed{{Slug: "test", Name: "T"}, {Slug: "release", Name: "R"}},
			})
		}
	}
	config := fmt.Sprintf(`
locals {
  policies = ["test", "release"]
}
resource "signpath_user" "u" {
  count = %[1]d
  name  = "User ${count.index}"
  email = "user${count.index}@example.com"
}
resource "signpath_ci_user" "c" {
  count = %[2]d
  name  = "build-${count.index}"
}
resource "signpath_signing_policy_approver" "a" {
  count          = %[4]d - %[3]d
  project        = format("p%%02d", count.index %% %[3]d)
  signing_policy = local.policies[floor(count.index / %[3]d) %% 2]
  member         = signpath_user.u[floor(count.index / 2) %% %[1]d].member
}
resource "signpath_project_reader" "r" {
  count   = %[3]d
  project = format("p%%02d", count.index)
  member  = signpath_ci_user.c[count.index].member
}
`, users, ciUsers, projects, entries)
	s := newOrganization(t, manyProjects).site(inProcess, config)
	s.mustApply()
	if got := s.CountRequests("POST /InteractiveUsers", "POST /CIUsers"); got != users+ciUsers {
		t.Errorf("%d requests created %d users", got, users+ciUsers)
	}
	if got := s.CountRequests("GET /InteractiveUsers/{id}", "GET /CIUsers/{id}"); got != 0 {
		t.Errorf("%d users were read one by one", got)
	}

	s.ResetRequests()
	s.planIs(testkit.Summary{})
	const budget = 3 + projects + 2*projects + 2
	got := s.CountRequests()
	t.Logf("a refresh of %d resources sent %d requests; the budget is %d", users+ciUsers+entries, got, budget)
	if got > budget {
		t.Errorf("a refresh sent %d requests, more than %d", got, budget)
	}
	if writes := s.CountRequests("POST *"); writes != 0 {
		t.Errorf("a plan sent %d writes", writes)
	}
}
