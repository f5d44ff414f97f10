package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// A list is one access list of the demo organization, as its tests see it.
type list struct {
	// plural and singular are the resource types.
	plural, singular string
	// owner and name find the list at the mock.
	owner, name string
	// parent is the HCL and importID the import id that name the parent.
	parent, importID string
	// key is the attribute to recognize the whole list by.
	key string
	// gone is what a plan says when the parent does not exist.
	gone []string
}

func lists() map[string]list {
	project := func(plural, singular string) list {
		return list{
			plural: "signpath_project_" + plural, singular: "signpath_project_" + singular,
			owner: "project:project-b", name: plural,
			parent: "  project = \"project-b\"\n", importID: "project-b", key: "project",
			gone: []string{"Unknown object", "the organization has no"},
		}
	}
	policy := func(plural, singular string) list {
		return list{
			plural: "signpath_signing_policy_" + plural, singular: "signpath_signing_policy_" + singular,
			owner: "policy:project-b/release-signing", name: plural,
			parent: "  project = \"project-b\"\n  signing_policy = \"release-signing\"\n", importID: "project-b/release-signing", key: "project",
			gone: []string{"Unknown object", "the organization has no"},
		}
	}
	return map[string]list{
		"readers":       project("readers", "reader"),
		"configurators": project("configurators", "configurator"),
		"submitters":    policy("submitters", "submitter"),
		"approvers":     policy("approvers", "approver"),
		"members":       groupMembers(team),
	}
}

const team = "group:Core Team"

// groupMembers is the list of members of a user group.
func groupMembers(group string) list {
	return list{
		plural: "signpath_user_group_members", singular: "signpath_user_group_member",
		owner: group, name: "members", parent: fmt.Sprintf("  group = %q\n", group),
		importID: strings.TrimPrefix(group, "group:"), key: "group",
		gone: []string{"Unknown user group", "the organization has no user group"},
	}
}

// withTeam adds an empty user group to the demo organization.
func withTeam(seed *mock.Seed) {
	seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: "Core Team", Description: "Builds the core"})
}

// all is the configuration of the resource for the whole list.
func (l list) all(members ...string) string {
	quoted := make([]string, len(members))
	for i, member := range members {
		quoted[i] = fmt.Sprintf("%q", member)
	}
	return fmt.Sprintf("\nresource %q \"this\" {\n%s  members = [%s]\n}\n", l.plural, l.parent, strings.Join(quoted, ", "))
}

// one is the configuration of the resource for a single entry.
func (l list) one(name, member string) string {
	return fmt.Sprintf("\nresource %q %q {\n%s  member = %q\n}\n", l.singular, name, l.parent, member)
}

const (
	lead     = "user:dev.lead@example.com"
	manager  = "user:release.manager@example.com"
	officer  = "user:security.officer@example.com"
	outsider = "user:outsider@example.com"
	managers = "group:Release Managers"
	synced   = "group:Directory Engineers"
)

// members expects exactly these members in a plan or a state.
func members(want ...string) knownvalue.Check {
	checks := make([]knownvalue.Check, len(want))
	for i, member := range want {
		checks[i] = knownvalue.StringExact(member)
	}
	return knownvalue.SetExact(checks)
}

func TestAccessListLife(t *testing.T) {
	for name, l := range lists() {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t, withTeam)
			address := l.plural + ".this"
			org.run(
				org.membersAre(l.owner, l.name),
				resource.TestStep{
					Config: org.config(l.all(lead, managers)),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectKnownValue(address, tfjsonpath.New("members"), members(lead, managers)),
					}},
					Check: org.membersAre(l.owner, l.name, lead, managers),
				},
				resource.TestStep{Config: org.config(l.all(lead, managers)), PlanOnly: true},
				resource.TestStep{
					ResourceName: address, ImportState: true, ImportStateId: l.importID,
					ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: l.key,
				},
				resource.TestStep{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: l.importID},
				resource.TestStep{ // Another spelling changes nothing.
					Config: org.config(l.all("user:DEV.LEAD@example.com", managers)), PlanOnly: true,
				},
				resource.TestStep{ // Another spelling stays as it is beside a real change.
					Config:           org.config(l.all("user:Dev.Lead@example.com", synced)),
					ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate),
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(address, tfjsonpath.New("members"), members("user:Dev.Lead@example.com", synced)),
					},
					Check: org.membersAre(l.owner, l.name, lead, synced),
				},
				resource.TestStep{ // Drift: somebody was added and somebody removed.
					PreConfig: org.behindTerraform(func(a *mock.Administrator) error {
						return a.ChangeMembers(l.owner, l.name, []string{outsider}, []string{lead})
					}),
					Config: org.config(l.all("user:Dev.Lead@example.com", synced)),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
						expectPriorMembers{address, []string{synced, outsider}},
					}},
					Check: org.membersAre(l.owner, l.name, lead, synced),
				},
				resource.TestStep{ // Nobody, which of approvers has to be allowed.
					Config: org.guarded(`"approval-quorum" = { severity = "ignore" }`, l.all()),
					Check:  org.membersAre(l.owner, l.name),
				},
				resource.TestStep{Config: org.config(l.all()), PlanOnly: true},
				resource.TestStep{Config: org.config(l.all(managers)), Check: org.membersAre(l.owner, l.name, managers)},
				resource.TestStep{ // Disappears: the parent is gone, and the plan says which there are.
					PreConfig:   org.behindTerraform(func(a *mock.Administrator) error { return a.Remove(l.owner) }),
					Config:      org.config(l.all(managers)),
					ExpectError: says(l.gone...),
				},
				resource.TestStep{ // It comes back.
					PreConfig: org.behindTerraform(recreate(l.owner)),
					Config:    org.config(l.all(managers)),
					Check:     org.membersAre(l.owner, l.name, managers),
				},
			)
		})
	}
}

// recreate makes a project or signing policy of the demo organization anew.
func recreate(owner string) func(*mock.Administrator) error {
	return func(a *mock.Administrator) error {
		if owner == team {
			_, err := a.CreateUserGroup(mock.UserGroupSeed{Name: "Core Team"})
			return err
		}
		for _, project := range mock.DemoSeed().Projects {
			if owner == "project:"+project.Slug {
				_, err := a.CreateProject(project)
				return err
			}
			for _, policy := range project.SigningPolicies {
				if owner == "policy:"+project.Slug+"/"+policy.Slug {
					_, err := a.CreateSigningPolicy(project.Slug, policy)
					return err
				}
			}
		}
		return fmt.Errorf("the demo organization has no %s", owner)
	}
}

func TestAccessListTakesOverExistingMembers(t *testing.T) {
	for name, l := range lists() {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t, withTeam)
			org.behindTerraform(func(a *mock.Administrator) error { return a.AddMembers(l.owner, l.name, outsider, officer, synced) })()
			org.run(nil, resource.TestStep{
				Config: org.config(l.all(officer)),
				Check:  org.membersAre(l.owner, l.name, officer),
			})
		})
	}
}

func TestAccessListMembersAreRefused(t *testing.T) {
	approvers, submitters, readers := lists()["approvers"], lists()["submitters"], lists()["readers"]
	trusted := `
resource "signpath_signing_policy_submitters" "this" {
  project        = "project-a"
  signing_policy = "release-signing"
  members        = ["user:dev.lead@example.com"]
}`
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"nobody of that name": {readers.all("ci_user:nobody"), []string{"Unknown member", `no CI user "nobody"`, "refer to the `member` attribute"}},
		"spelling":            {readers.all("group:Release Manager"), []string{"Unknown member", `did you mean "group:Release Managers"?`}},
		"wrong kind":          {readers.all("ci_user:Release Managers"), []string{"Unknown member", `did you mean "group:Release Managers"?`}},
		"no kind":             {readers.all("dev.lead@example.com"), []string{"Invalid member reference", `did you mean "user:dev.lead@example.com"?`}},
		"unknown kind":        {readers.all("team:core"), []string{"Invalid member reference", `unknown kind "team"`}},
		"unidentified entry":  {readers.all("unknown:11111111-1111-4111-8111-111111111111"), []string{"Invalid member reference", "not granted"}},
		"CI user as approver": {approvers.all("ci_user:terraform"), []string{"Member not allowed here", `"ci_user:terraform" cannot be an approver`}},
		"interactive on TBS":  {trusted, []string{"Member not allowed here", "verifies trusted build systems", "Name the CI user"}},
		"inactive":            {submitters.all("ci_user:retired"), []string{"Member not allowed here", "inactive"}},
		"twice":               {readers.all(lead, "user:Dev.Lead@example.com"), []string{"Member named twice"}},
		"unknown project": {
			strings.ReplaceAll(readers.all(lead), "project-b", "project-c"),
			[]string{"Unknown object", `no project "project-c"`, "project-a", "project-b"},
		},
		"unknown policy": {
			strings.ReplaceAll(approvers.all(lead), "release-signing", "relase-signing"),
			[]string{"Unknown object", `no signing policy "project-b/relase-signing"`, "project-b/release-signing"},
		},
		"unknown project of a policy": {
			strings.ReplaceAll(approvers.all(lead), "project-b", "project-c"),
			[]string{"Unknown object", `project = "project-c"`, `no project "project-c"`},
		},
		"slug of another form": {strings.ReplaceAll(readers.all(lead), "project-b", "Project B"), []string{"Invalid slug", "not the display name"}},
		"members left out": {
			"resource \"signpath_project_readers\" \"this\" {\n  project = \"project-b\"\n}",
			[]string{"Missing required argument", `"members" is required`},
		},
		"one list twice":          {readers.all(lead) + strings.Replace(readers.all(officer), `"this"`, `"again"`, 1), []string{"Managed twice"}},
		"whole list and an entry": {readers.all(lead) + readers.one("that", officer), []string{"Managed twice", "not both"}},
		"one entry twice":         {readers.one("this", lead) + readers.one("that", "user:DEV.lead@example.com"), []string{"Managed twice"}},
		"entry: nobody":           {readers.one("this", "user:nobody@example.com"), []string{"Unknown member"}},
		"entry: CI approver":      {approvers.one("this", "ci_user:terraform"), []string{"Member not allowed here"}},
		"entry: interactive on TBS": {
			strings.NewReplacer("project-b", "project-a").Replace(submitters.one("this", lead)),
			[]string{"Member not allowed here", "trusted build system"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t, func(seed *mock.Seed) {
				seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "retired", Inactive: true})
			})
			before := org.Snapshot()
			org.run(nil, resource.TestStep{Config: org.config(c.config), ExpectError: says(c.want...)})
			org.unchangedSince(before)
		})
	}
}

func TestMemberThatWasDeactivatedStaysPlannable(t *testing.T) {
	org := newOrganization(t)
	approvers := lists()["approvers"]
	org.run(nil,
		resource.TestStep{Config: org.config(approvers.all(lead, officer))},
		resource.TestStep{
			PreConfig: org.behindTerraform(func(a *mock.Administrator) error { return a.SetActive(lead, false) }),
			Config:    org.config(approvers.all(lead, officer)), PlanOnly: true,
		},
	)
}

func TestForeignEntriesThatTheProviderWouldNotGrantCanBeKept(t *testing.T) {
	org := newOrganization(t)
	approvers := lists()["approvers"]
	org.behindTerraform(func(a *mock.Administrator) error {
		return a.AddMembers(approvers.owner, approvers.name, "ci_user:terraform")
	})()
	org.run(nil,
		resource.TestStep{Config: org.config(approvers.all("ci_user:terraform", lead))},
		resource.TestStep{Config: org.config(approvers.all("ci_user:terraform", lead)), PlanOnly: true},
	)
}

func TestMembersOfTheSamePlan(t *testing.T) {
	org := newOrganization(t)
	const config = `
resource "signpath_ci_user" "build" {
  name = "build"
}
resource "signpath_user" "approver" {
  name  = "New Approver"
  email = "New.Approver@example.com"
}
resource "signpath_signing_policy_submitters" "this" {
  project        = "project-a"
  signing_policy = "release-signing"
  members        = [signpath_ci_user.build.member]
}
resource "signpath_signing_policy_approver" "this" {
  project        = "project-a"
  signing_policy = "release-signing"
  member         = signpath_user.approver.member
}`
	org.run(nil,
		resource.TestStep{
			Config: org.config(config),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue("signpath_signing_policy_submitters.this", tfjsonpath.New("members"), members("ci_user:build")),
				plancheck.ExpectKnownValue("signpath_signing_policy_approver.this", tfjsonpath.New("member"), knownvalue.StringExact("user:New.Approver@example.com")),
			}},
			Check: all(
				org.membersAre("policy:project-a/release-signing", "submitters", "ci_user:build"),
				org.membersAre("policy:project-a/release-signing", "approvers", "user:New.Approver@example.com"),
			),
		},
		resource.TestStep{Config: org.config(config), PlanOnly: true},
		resource.TestStep{ // A rename in the same plan: the same principal stays on the list.
			Config: org.config(strings.ReplaceAll(config, `"build"`+"\n}", `"renamed"`+"\n}")),
			Check:  org.membersAre("policy:project-a/release-signing", "submitters", "ci_user:renamed"),
		},
		resource.TestStep{Config: org.config(strings.ReplaceAll(config, `"build"`+"\n}", `"renamed"`+"\n}")), PlanOnly: true},
	)
}

func TestRenamedMemberIsStillRemoved(t *testing.T) {
	org := newOrganization(t)
	submitters := lists()["submitters"]
	ciUser := func(name string) string {
		return fmt.Sprintf("resource \"signpath_ci_user\" \"build\" {\n  name = %q\n}\n", name)
	}
	org.run(nil,
		resource.TestStep{Config: org.config(ciUser("build") + strings.Replace(submitters.all(lead), `"`+lead+`"`, "signpath_ci_user.build.member", 1))},
		resource.TestStep{ // Renamed and taken off the list by the same apply.
			Config: org.config(ciUser("renamed") + strings.Replace(submitters.all(lead), "members", "depends_on = [signpath_ci_user.build]\n  members", 1)),
			Check:  org.membersAre(submitters.owner, submitters.name, lead),
		},
	)
}

func TestAccessListEntryLife(t *testing.T) {
	for name, l := range lists() {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t, withTeam)
			org.behindTerraform(func(a *mock.Administrator) error { return a.AddMembers(l.owner, l.name, outsider) })()
			address := l.singular + ".this"
			org.run(
				org.membersAre(l.owner, l.name, outsider),
				resource.TestStep{
					Config: org.config(l.one("this", lead) + l.one("that", managers)),
					Check:  org.membersAre(l.owner, l.name, lead, managers, outsider),
				},
				resource.TestStep{Config: org.config(l.one("this", lead) + l.one("that", managers)), PlanOnly: true},
				resource.TestStep{
					ResourceName: address, ImportState: true, ImportStateId: l.importID + "/" + lead,
					ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "member",
				},
				resource.TestStep{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: l.importID + "/" + lead},
				resource.TestStep{
					ResourceName: address, ImportState: true, ImportStateId: l.importID + "/" + officer,
					ExpectError: says("Not on the list", outsider),
				},
				resource.TestStep{ // Another spelling changes nothing.
					Config: org.config(l.one("this", "user:DEV.lead@example.com") + l.one("that", managers)), PlanOnly: true,
				},
				resource.TestStep{ // Disappears.
					PreConfig:        org.behindTerraform(func(a *mock.Administrator) error { return a.RemoveMembers(l.owner, l.name, lead) }),
					Config:           org.config(l.one("this", lead) + l.one("that", managers)),
					ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate),
					Check:            org.membersAre(l.owner, l.name, lead, managers, outsider),
				},
				resource.TestStep{ // Another member.
					Config:           org.config(l.one("this", officer) + l.one("that", managers)),
					ConfigPlanChecks: expectAction(address, plancheck.ResourceActionReplace),
					Check:            org.membersAre(l.owner, l.name, officer, managers, outsider),
				},
				resource.TestStep{ // One that is on the list already is taken over.
					Config: org.config(l.one("this", officer) + l.one("that", outsider)),
					Check:  org.membersAre(l.owner, l.name, officer, outsider),
				},
				resource.TestStep{ // It goes, and nobody else does.
					PreConfig: org.behindTerraform(func(a *mock.Administrator) error { return a.AddMembers(l.owner, l.name, synced) }),
					Config:    org.config(l.one("this", officer)),
					Check:     org.membersAre(l.owner, l.name, officer, synced),
				},
				resource.TestStep{
					PreConfig: org.behindTerraform(func(a *mock.Administrator) error {
						return a.ChangeMembers(l.owner, l.name, []string{outsider}, []string{synced})
					}),
					Config: org.config(l.one("this", officer)), PlanOnly: true,
				},
			)
		})
	}
}

func TestImportOfAccessListsIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		config, address, id string
		want                []string
	}{
		"project for a policy's list": {
			lists()["approvers"].all(lead), "signpath_signing_policy_approvers.this", "project-b",
			[]string{"Invalid import id", "PROJECT/SIGNING_POLICY"},
		},
		"entry without member": {lists()["readers"].one("this", lead), "signpath_project_reader.this", "project-b", []string{"Invalid import id", "PROJECT/MEMBER"}},
		"unknown project": {
			lists()["readers"].all(lead), "signpath_project_readers.this", "project-c",
			[]string{"Cannot import what does not exist", "project-a, project-b"},
		},
		"unknown member": {
			lists()["readers"].one("this", lead), "signpath_project_reader.this", "project-b/user:nobody@example.com",
			[]string{"Cannot import what does not exist", "PROJECT/MEMBER"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			org.run(nil, resource.TestStep{
				Config: org.config(c.config), ResourceName: c.address, ImportState: true, ImportStateId: c.id, ExpectError: says(c.want...),
			})
		})
	}
}
