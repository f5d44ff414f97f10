package main

import (
	_ "embed"
	"fmt"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const (
	entriesPerPolicy   = 20
	policiesPerProject = 5
	// callerReference is the CI user that Terraform acts as.
	callerReference = "ci_user:terraform"
)

// organizationConfiguration names the same people, projects and policies as the
// seed.
//
//go:embed organization.tf
var organizationConfiguration string

// An entry is one person on the approvers of one policy.
type entry struct{ project, policy, member string }

// entries are those of the configuration, in order.
func entries(size int) []entry {
	all := make([]entry, size)
	for i := range all {
		policy := i / entriesPerPolicy
		all[i] = entry{projectSlug(policy / policiesPerProject), policySlug(policy), "user:" + approverEmail(i)}
	}
	return all
}

func projectSlug(project int) string { return fmt.Sprintf("project-%03d", project) }
func policySlug(policy int) string   { return fmt.Sprintf("policy-%04d", policy) }
func approverEmail(i int) string     { return fmt.Sprintf("approver.%05d@example.com", i) }

func policies(size int) int { return (size + entriesPerPolicy - 1) / entriesPerPolicy }

func projects(size int) int {
	return (policies(size) + policiesPerProject - 1) / policiesPerProject
}

// seedOrganization has what must be there before: the people to be approvers,
// the projects and policies, and the CI user that Terraform acts as.
func seedOrganization(size int) mock.Seed {
	seed := mock.Seed{
		Organization: mock.OrganizationSeed{ID: "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90", Name: "Benchmark"},
		CIUsers:      []mock.CIUserSeed{{Name: "terraform", Role: mock.RoleGlobalAdministrator}},
	}
	for i := range size {
		seed.InteractiveUsers = append(seed.InteractiveUsers,
			mock.InteractiveUserSeed{Name: fmt.Sprintf("Approver %05d", i), Email: approverEmail(i)})
	}
	for i := range projects(size) {
		project := mock.ProjectSeed{Slug: projectSlug(i), Name: fmt.Sprintf("Project %03d", i)}
		for p := i * policiesPerProject; p < min((i+1)*policiesPerProject, policies(size)); p++ {
			project.SigningPolicies = append(project.SigningPolicies, mock.SigningPolicySeed{
				Slug: policySlug(p), Name: fmt.Sprintf("Policy %04d", p), UseApprovalProcess: true, RequiredApprovals: 1,
			})
		}
		seed.Projects = append(seed.Projects, project)
	}
	return seed
}

// removeEveryTenth takes entries off their lists behind Terraform's back, and
// returns how many.
func removeEveryTenth(server *mock.Server, size int) (removed int, err error) {
	administrator := server.Administrator("")
	for i, e := range entries(size) {
		if i%10 != 0 {
			continue
		}
		if err := administrator.RemoveMembers("policy:"+e.project+"/"+e.policy, "approvers", e.member); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}
