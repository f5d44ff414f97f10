package provider_test

import (
	"fmt"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// bigOrganization seeds 200 users, 60 CI users, 30 groups, 40 projects and 90
// signing policies, with all that is awkward about them: odd names, groups in
// groups, who and what is synchronized, inactive or called the same.
func bigOrganization(seed *mock.Seed) {
	seed.InteractiveUsers = bigUsers(200)
	seed.CIUsers = append(seed.CIUsers, bigCIUsers(59)...) // The first is Terraform's own.
	seed.UserGroups = bigGroups(30)
	seed.Projects = bigProjects(40, 90)
}

func bigUserEmail(i int) string { return fmt.Sprintf("user.%03d@example.com", i) }
func bigCIUser(i int) string    { return fmt.Sprintf("ci_user:build-%02d", i) }

func bigGroup(i int) string {
	odd := []string{`Quoted "signers"`, "${var.team} signers", "Freigabe: Prüfer", "a/b signers", "%{if} signers"}
	return fmt.Sprintf("%s %02d", odd[i%len(odd)], i)
}

func bigUsers(count int) []mock.InteractiveUserSeed {
	roles := map[int]mock.Role{
		0: mock.RoleGlobalAdministrator, 1: mock.RoleGlobalAdministrator, 2: mock.RoleUserAdministrator, 3: mock.RoleGlobalReader,
		14: mock.RoleGlobalReader,
	}
	users := make([]mock.InteractiveUserSeed, count)
	for i := range users {
		users[i] = mock.InteractiveUserSeed{
			Name: fmt.Sprintf(`User "%d" ${i} Müller`, i), Email: bigUserEmail(i), Role: roles[i],
			Inactive: i%9 == 8, Synchronized: i%7 == 0 && i > 0, Support: i == 1,
		}
		if i%2 == 0 {
			users[i].Identity = fmt.Sprintf("example:S-1-5-21-%d", 3000+i)
		}
		if i%3 == 0 {
			users[i].NotificationEmail = fmt.Sprintf("notify.%03d@example.com", i)
		}
	}
	return users
}

func bigCIUsers(count int) []mock.CIUserSeed {
	users := make([]mock.CIUserSeed, count)
	for i := range users {
		users[i] = mock.CIUserSeed{Name: fmt.Sprintf("build-%02d", i), Inactive: i%11 == 10}
		if i == 5 {
			users[i].Role = mock.RoleProjectAdministrator
		}
	}
	users[count-1].Name = "twin"
	users[count-2].Name = "twin"
	return users
}

func bigGroups(count int) []mock.UserGroupSeed {
	groups := make([]mock.UserGroupSeed, count)
	for i := range groups {
		groups[i] = mock.UserGroupSeed{
			Name: bigGroup(i), Synchronized: i%10 == 9,
			Members: []string{"user:" + bigUserEmail(i), "user:" + bigUserEmail(7*i%196+7), bigCIUser(i)},
		}
		switch i % 4 {
		case 0:
			groups[i].Description = "First line\nsecond \"line\" with ${interpolation} and a backslash \\"
		case 1:
			groups[i].Members = nil
		}
		if i > 0 {
			groups[i].Members = append(groups[i].Members, "group:"+bigGroup(i-1))
		}
	}
	return groups
}

func bigProjects(count, policies int) []mock.ProjectSeed {
	projects := make([]mock.ProjectSeed, count)
	for i := range projects {
		projects[i] = mock.ProjectSeed{
			Slug: fmt.Sprintf("project-%02d", i), Name: "Project",
			Readers: []string{"group:" + bigGroup(i%30)}, Configurators: []string{"user:" + bigUserEmail(i), bigCIUser(i)},
		}
	}
	for i := range policies {
		project := &projects[i%count]
		project.SigningPolicies = append(project.SigningPolicies, mock.SigningPolicySeed{
			Slug: fmt.Sprintf("policy-%d", i/count), Name: "Policy", VerifyTrustedBuildSystem: i%2 == 0, UseApprovalProcess: true, RequiredApprovals: 2,
			Submitters: []string{bigCIUser(i % 57), "group:" + bigGroup(i%30)},
			Approvers:  []string{"user:" + bigUserEmail(i), "user:" + bigUserEmail(i+100), bigCIUser(i % 57)},
		})
	}
	return projects
}
