package provider_test

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// The main job is one configuration that uses every route by which the resources
// write, as a create, as an update or both: mainJobBegun is applied first, and
// mainJob then changes it. What Terraform does not manage stands around it:
// mainJobSeed puts it there.
const (
	mainJobBegun = accountsJobBegun + accessJobBegun
	mainJob      = accountsJob + accessJob
)

// The accounts of the main job are a job of their own, and so is the access, of accounts
// that are there.
const accountsJobBegun = `
resource "signpath_user" "auditor" {
  name              = "Auditor"
  email             = "auditor@example.com"
  reinvite_triggers = { round = "1" }
}
resource "signpath_user" "returner" {
  name   = "Returner"
  email  = "returner@example.com"
  active = false
}
resource "signpath_user" "leaver" {
  name  = "Leaver"
  email = "leaver@example.com"
}
resource "signpath_ci_user" "idle" {
  name   = "idle"
  active = false
}
resource "signpath_ci_user" "old" {
  name = "old"
}
resource "signpath_role_holders" "certificates" {
  role    = "CertificateAdministrator"
  members = ["user:outsider@example.com", signpath_ci_user.old.member]
}
`

const accessJobBegun = `
resource "signpath_user_group" "approvers" {
  name = "Approvers"
}
resource "signpath_user_group_members" "approvers" {
  group   = signpath_user_group.approvers.member
  members = [signpath_user.leaver.member, "user:dev.lead@example.com"]
}
resource "signpath_project_readers" "b" {
  project = "project-b"
  members = ["user:dev.lead@example.com"]
}
resource "signpath_signing_policy_approvers" "a" {
  project        = "project-a"
  signing_policy = "release-signing"
  members        = ["user:security.officer@example.com"]
}
resource "signpath_signing_policy_submitters" "b" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = [signpath_ci_user.old.member]
}
`

const accountsJob = `
resource "signpath_user" "auditor" {
  name               = "Release Auditor"
  email              = "auditor@example.com"
  notification_email = "audits@example.com"
  reinvite_triggers  = { round = "2" }
}
resource "signpath_user" "returner" {
  name  = "Returner"
  email = "returner@example.com"
}
resource "signpath_user" "leaver" {
  name   = "Leaver"
  email  = "leaver@example.com"
  active = false
}
resource "signpath_user" "newcomer" {
  name  = "Newcomer"
  email = "newcomer@example.com"
}
resource "signpath_ci_user" "idle" {
  name = "idle"
}
resource "signpath_ci_user" "old" {
  name               = "old"
  active             = false
  notification_email = "builds@example.com"
}
resource "signpath_ci_user" "build" {
  name = "build"
}
resource "signpath_ci_user_token" "build" {
  ci_user = signpath_ci_user.build.member
}
resource "signpath_role_holders" "certificates" {
  role    = "CertificateAdministrator"
  members = ["user:outsider@example.com", signpath_user.newcomer.member]
}
resource "signpath_role_assignment" "lead" {
  member = "user:qa.lead@example.com"
  role   = "GlobalReader"
}
resource "signpath_role_assignment" "build" {
  member = "ci_user:foreign-build"
  role   = "GlobalReader"
}
`

const accessJob = `
data "signpath_projects" "all" {}
resource "signpath_user_group" "approvers" {
  name = "Release Approvers"
}
resource "signpath_user_group_members" "approvers" {
  group   = signpath_user_group.approvers.member
  members = [signpath_user.newcomer.member, "user:dev.lead@example.com"]
}
resource "signpath_user_group" "signers" {
  name = "Signers"
}
resource "signpath_user_group_member" "signers" {
  group  = signpath_user_group.signers.member
  member = signpath_user.newcomer.member
}
resource "signpath_user_group_member" "managers" {
  group  = "group:Release Managers"
  member = signpath_user.newcomer.member
}
resource "signpath_project_readers" "b" {
  project = "project-b"
  members = ["user:qa.lead@example.com", signpath_user.newcomer.member]
}
resource "signpath_project_configurator" "b" {
  project = "project-b"
  member  = signpath_user_group.signers.member
}
resource "signpath_signing_policy_approvers" "a" {
  project        = "project-a"
  signing_policy = "release-signing"
  members        = ["user:security.officer@example.com", signpath_user_group.signers.member]
}
resource "signpath_signing_policy_approver" "b" {
  for_each = {
    lead     = "user:dev.lead@example.com"
    newcomer = signpath_user.newcomer.member
  }
  project        = "project-b"
  signing_policy = "release-signing"
  member         = each.value
}
resource "signpath_signing_policy_submitters" "b" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = [signpath_ci_user.build.member]
}
resource "signpath_signing_policy_submitter" "b" {
  project        = "project-b"
  signing_policy = "test-signing"
  member         = signpath_ci_user.build.member
}
`

// alone lets a configuration name the accounts that it refers to.
func alone(hcl string) string {
	return strings.NewReplacer(
		"signpath_user.leaver.member", `"user:leaver@example.com"`, "signpath_user.newcomer.member", `"user:newcomer@example.com"`,
		"signpath_ci_user.old.member", `"ci_user:old"`, "signpath_ci_user.build.member", `"ci_user:build"`,
	).Replace(hcl)
}

// accessSeed has the accounts, too.
func accessSeed(seed *mock.Seed) {
	mainJobSeed(seed)
	seed.InteractiveUsers = append(seed.InteractiveUsers,
		mock.InteractiveUserSeed{Name: "Leaver", Email: "leaver@example.com", Role: mock.RoleRegularUser},
		mock.InteractiveUserSeed{Name: "Newcomer", Email: "newcomer@example.com", Role: mock.RoleRegularUser},
	)
	seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "old", Role: mock.RoleRegularUser}, mock.CIUserSeed{Name: "build", Role: mock.RoleRegularUser})
}

// mainJobSeed puts into the organization what the main job must leave alone.
func mainJobSeed(seed *mock.Seed) {
	seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "foreign-build", NotificationEmail: "foreign@example.com"})
	o := outcome{seed}
	o.policy("project-b", "release-signing").Approvers = []string{outsider}
	o.project("project-b").Configurators = []string{manager}
}

// An outcome is what the organization is to be.
type outcome struct{ *mock.Seed }

func (o outcome) user(email string) *mock.InteractiveUserSeed {
	return find(o.InteractiveUsers, func(u mock.InteractiveUserSeed) bool { return u.Email == email })
}

func (o outcome) ciUser(name string) *mock.CIUserSeed {
	return find(o.CIUsers, func(u mock.CIUserSeed) bool { return u.Name == name })
}

func (o outcome) group(name string) *mock.UserGroupSeed {
	return find(o.UserGroups, func(g mock.UserGroupSeed) bool { return g.Name == name })
}

func (o outcome) project(slug string) *mock.ProjectSeed {
	return find(o.Projects, func(p mock.ProjectSeed) bool { return p.Slug == slug })
}

func (o outcome) policy(project, slug string) *mock.SigningPolicySeed {
	return find(o.project(project).SigningPolicies, func(p mock.SigningPolicySeed) bool { return p.Slug == slug })
}

// find returns the item that is there for certain.
func find[T any](items []T, is func(T) bool) *T { return &items[slices.IndexFunc(items, is)] }

// afterBegun is what mainJobBegun makes of the organization.
func afterBegun(before mock.Seed) mock.Seed {
	return afterAccessBegun(afterAccountsBegun(before))
}

func afterAccountsBegun(before mock.Seed) mock.Seed {
	o := outcome{cloneSeed(before)}
	o.InteractiveUsers = append(o.InteractiveUsers,
		mock.InteractiveUserSeed{Name: "Auditor", Email: "auditor@example.com", Role: mock.RoleRegularUser},
		mock.InteractiveUserSeed{Name: "Returner", Email: "returner@example.com", Role: mock.RoleRegularUser, Inactive: true},
		mock.InteractiveUserSeed{Name: "Leaver", Email: "leaver@example.com", Role: mock.RoleRegularUser},
	)
	o.CIUsers = append(o.CIUsers,
		mock.CIUserSeed{Name: "idle", Role: mock.RoleRegularUser, Inactive: true},
		mock.CIUserSeed{Name: "old", Role: mock.RoleCertificateAdministrator},
	)
	o.user("outsider@example.com").Role = mock.RoleCertificateAdministrator
	return *o.Seed
}

func afterAccessBegun(before mock.Seed) mock.Seed {
	o := outcome{cloneSeed(before)}
	o.UserGroups = append(o.UserGroups, mock.UserGroupSeed{Name: "Approvers", Members: []string{lead, "user:leaver@example.com"}})
	o.project("project-b").Readers = []string{lead}
	o.policy("project-a", "release-signing").Approvers = []string{officer}
	o.policy("project-b", "release-signing").Submitters = []string{"ci_user:old"}
	return *o.Seed
}

// afterMainJob is what mainJob makes of the organization after mainJobBegun.
func afterMainJob(before mock.Seed) mock.Seed {
	return afterAccess(afterAccounts(before))
}

func afterAccounts(before mock.Seed) mock.Seed {
	o := outcome{cloneSeed(before)}
	auditor := o.user("auditor@example.com")
	auditor.Name, auditor.NotificationEmail = "Release Auditor", "audits@example.com"
	o.user("returner@example.com").Inactive = false
	o.user("leaver@example.com").Inactive = true
	o.user("qa.lead@example.com").Role = mock.RoleGlobalReader
	o.InteractiveUsers = append(o.InteractiveUsers, mock.InteractiveUserSeed{
		Name: "Newcomer", Email: "newcomer@example.com", Role: mock.RoleCertificateAdministrator,
	})
	o.ciUser("idle").Inactive = false
	old := o.ciUser("old")
	old.Inactive, old.NotificationEmail, old.Role = true, "builds@example.com", mock.RoleRegularUser
	o.ciUser("foreign-build").Role = mock.RoleGlobalReader
	o.CIUsers = append(o.CIUsers, mock.CIUserSeed{Name: "build", Role: mock.RoleRegularUser})
	return *o.Seed
}

func afterAccess(before mock.Seed) mock.Seed {
	const newcomer = "user:newcomer@example.com"
	o := outcome{cloneSeed(before)}
	approvers := o.group("Approvers")
	approvers.Name, approvers.Members = "Release Approvers", []string{lead, newcomer}
	managers := o.group("Release Managers")
	managers.Members = append(managers.Members, newcomer)
	o.UserGroups = append(o.UserGroups, mock.UserGroupSeed{Name: "Signers", Members: []string{newcomer}})
	project := o.project("project-b")
	project.Readers = []string{newcomer, "user:qa.lead@example.com"}
	project.Configurators = append(project.Configurators, "group:Signers")
	o.policy("project-a", "release-signing").Approvers = []string{officer, "group:Signers"}
	release := o.policy("project-b", "release-signing")
	release.Approvers, release.Submitters = append(release.Approvers, lead, newcomer), []string{"ci_user:build"}
	o.policy("project-b", "test-signing").Submitters = []string{"ci_user:build"}
	return *o.Seed
}

func cloneSeed(seed mock.Seed) *mock.Seed {
	content, err := json.Marshal(seed)
	if err != nil {
		panic(err)
	}
	clone, err := mock.ParseSeed(content)
	if err != nil {
		panic(err)
	}
	return &clone
}

// differences tells in what the organization is other than it is to be; it is
// empty if in nothing. An object of which want gives no id may have any.
func (o *organization) differences(want mock.Seed) string {
	o.t.Helper()
	return cmp.Diff(linesOf(want, want), linesOf(o.Snapshot(), want))
}

// linesOf writes each object of the organization as one line, sorted.
func linesOf(seed, want mock.Seed) []string {
	var lines []string
	line := func(kind string, value any) {
		content, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		lines = append(lines, kind+" "+string(content))
	}
	line("organization", seed.Organization)
	ids := knownIDs(want)
	known := func(id string) string {
		if ids[id] {
			return id
		}
		return ""
	}
	for _, user := range seed.InteractiveUsers {
		user.ID = known(user.ID)
		line("user", user)
	}
	for _, user := range seed.CIUsers {
		user.ID = known(user.ID)
		line("CI user", user)
	}
	for _, group := range seed.UserGroups {
		group.ID, group.Members = known(group.ID), sorted(group.Members)
		line("group", group)
	}
	for _, project := range seed.Projects {
		project.Readers, project.Configurators = sorted(project.Readers), sorted(project.Configurators)
		for _, policy := range project.SigningPolicies {
			policy.Submitters, policy.Approvers = sorted(policy.Submitters), sorted(policy.Approvers)
			line("policy "+project.Slug, policy)
		}
		project.SigningPolicies = nil
		line("project", project)
	}
	slices.Sort(lines)
	return lines
}

func sorted(members []string) []string { return slices.Sorted(slices.Values(members)) }

func knownIDs(seed mock.Seed) map[string]bool {
	ids := map[string]bool{}
	for _, user := range seed.InteractiveUsers {
		ids[user.ID] = true
	}
	for _, user := range seed.CIUsers {
		ids[user.ID] = true
	}
	for _, group := range seed.UserGroups {
		ids[group.ID] = true
	}
	return ids
}

// startMainJob makes a site of the organization, and applies mainJobBegun.
func (o *organization) startMainJob(on bench, settings string) *site {
	o.t.Helper()
	s := o.siteWith(on, settings, mainJobBegun)
	s.mustApply()
	return s
}
