package provider_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const (
	changeMembers = "POST /UserGroups/{id}/ChangeMembers"
	modifyMembers = "POST /UserGroups/{id}/ModifyMembers"
)

// teams adds empty groups to the demo organization, and then the members that
// are given as "A: B user:x@example.com".
func teams(groups ...string) func(*mock.Seed) {
	return func(seed *mock.Seed) {
		for _, line := range groups {
			name, members, _ := strings.Cut(line, ":")
			group := mock.UserGroupSeed{Name: name}
			for _, member := range strings.Fields(members) {
				if !strings.Contains(member, ":") {
					member = "group:" + member
				}
				group.Members = append(group.Members, member)
			}
			seed.UserGroups = append(seed.UserGroups, group)
		}
	}
}

// groupHCL is the configuration of a user group; memberHCL and membersHCL are
// those of its members. Group and members are HCL expressions.
func groupHCL(label, name string) string {
	return fmt.Sprintf("resource \"signpath_user_group\" %q {\n  name = %q\n}\n", label, name)
}

func memberHCL(label, group, member string) string {
	return fmt.Sprintf("resource \"signpath_user_group_member\" %q {\n  group  = %s\n  member = %s\n}\n", label, group, member)
}

func membersHCL(label, group string, members ...string) string {
	return fmt.Sprintf("resource \"signpath_user_group_members\" %q {\n  group   = %s\n  members = [%s]\n}\n", label, group, strings.Join(members, ", "))
}

const (
	groupA, groupB, groupC = `"group:A"`, `"group:B"`, `"group:C"`
	refA, refB             = "signpath_user_group.a.member", "signpath_user_group.b.member"
)

// A group can be created, filled, put into another group and given rights on
// every list by one plan.
func TestUserGroupsOfTheSamePlan(t *testing.T) {
	config := groupHCL("a", "A") + groupHCL("b", "B") +
		membersHCL("a", refA, `"user:dev.lead@example.com"`, refB) + memberHCL("b", refB, `"ci_user:terraform"`)
	for _, l := range lists() {
		if l.key != "group" {
			config += strings.Replace(l.one("this", "X"), `"X"`, refA, 1)
		}
	}
	org := newOrganization(t)
	given := func(name string) resource.TestCheckFunc {
		return all(
			org.membersAre(name, "members", lead, "group:B"), org.membersAre("group:B", "members", "ci_user:terraform"),
			org.membersAre("project:project-b", "readers", name), org.membersAre("project:project-b", "configurators", name),
			org.membersAre(releaseB, "submitters", name), org.membersAre(releaseB, "approvers", name),
		)
	}
	renamed := strings.Replace(config, `"A"`, `"Renamed"`, 1)
	org.run(
		all(org.membersAre("group:Renamed", "members"), org.membersAre("group:B", "members"), org.membersAre(releaseB, "approvers")),
		resource.TestStep{
			Config: org.guarded(warnSelfApproval, config),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue("signpath_user_group_members.a", tfjsonpath.New("group"), text("group:A")),
				plancheck.ExpectKnownValue("signpath_user_group_members.a", tfjsonpath.New("members"), members(lead, "group:B")),
			}},
			Check: given("group:A"),
		},
		resource.TestStep{Config: org.guarded(warnSelfApproval, config), PlanOnly: true},
		resource.TestStep{ // A rename replaces nothing, and takes nobody out.
			Config: org.guarded(warnSelfApproval, renamed),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction("signpath_user_group.a", plancheck.ResourceActionUpdate),
				plancheck.ExpectResourceAction("signpath_user_group_members.a", plancheck.ResourceActionNoop),
				plancheck.ExpectResourceAction("signpath_user_group_member.b", plancheck.ResourceActionNoop),
			}},
			Check: all(given("group:Renamed"), org.requestsAre(changeMembers, 1), org.requestsAre(modifyMembers, 1)),
		},
		resource.TestStep{Config: org.guarded(warnSelfApproval, renamed), PlanOnly: true},
		resource.TestStep{ // A rename behind Terraform's back is healed by the group's resource.
			PreConfig: org.behindTerraform(func(a *mock.Administrator) error {
				name := "Foreign"
				return a.Change("group:Renamed", mock.PrincipalChange{Name: &name})
			}),
			Config: org.guarded(warnSelfApproval, renamed),
			Check:  all(given("group:Renamed"), org.requestsAre(changeMembers, 1), org.requestsAre(modifyMembers, 1)),
		},
		resource.TestStep{ // The state follows the name.
			Config: org.guarded(warnSelfApproval, renamed),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("signpath_user_group_members.a", tfjsonpath.New("group"), text("group:Renamed")),
			},
		},
	)
}

// A group that is only known after apply may be another one. The plan cannot show whom
// its list displaces then, so that the create of one that has somebody stops.
func TestGroupOfMembersKnownAfterApply(t *testing.T) {
	org := newOrganization(t, teams("A", "B"))
	config := func(group string) string {
		return org.config("resource \"terraform_data\" \"later\" {\n  input = "+group+"\n}\n"+
			memberHCL("this", "terraform_data.later.output", `"user:outsider@example.com"`)) +
			membersHCL("this", `terraform_data.later.output == "group:A" ? "group:B" : "group:A"`, `"user:dev.lead@example.com"`)
	}
	org.run(all(org.membersAre("group:A", "members"), org.membersAre("group:B", "members")),
		resource.TestStep{Config: config(groupA), Check: all(org.membersAre("group:A", "members", outsider), org.membersAre("group:B", "members", lead))},
		resource.TestStep{Config: config(groupA), PlanOnly: true},
		resource.TestStep{Config: config(groupB), ExpectError: regexp.MustCompile(`inconsistent final plan`)},
		resource.TestStep{Config: config(groupB), Check: all(org.membersAre("group:A", "members", lead), org.membersAre("group:B", "members", outsider))},
		resource.TestStep{Config: config(groupB), PlanOnly: true},
	)
}

func TestGroupOfMembersCanBeReplaced(t *testing.T) {
	org := newOrganization(t, teams("A", "B", "C"))
	config := func(group string) string {
		return org.config(membersHCL("this", group, `"user:dev.lead@example.com"`) + memberHCL("this", groupC, `"user:outsider@example.com"`))
	}
	moved := strings.ReplaceAll(config(groupB), groupC, groupA)
	org.run(all(org.membersAre("group:A", "members"), org.membersAre("group:B", "members")),
		resource.TestStep{Config: config(groupA), Check: org.membersAre("group:A", "members", lead)},
		resource.TestStep{
			Config: moved,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction("signpath_user_group_members.this", plancheck.ResourceActionReplace),
				plancheck.ExpectResourceAction("signpath_user_group_member.this", plancheck.ResourceActionReplace),
			}},
			Check: all(org.membersAre("group:A", "members", outsider), org.membersAre("group:B", "members", lead), org.membersAre("group:C", "members")),
		},
		resource.TestStep{Config: moved, PlanOnly: true},
		resource.TestStep{ // The id names the same group: nothing changes.
			Config: strings.ReplaceAll(strings.ReplaceAll(moved, groupA, id(t, org, "group:A")), groupB, id(t, org, "group:B")), PlanOnly: true,
		},
	)
}

// id is the reference by id, as an HCL expression.
func id(t *testing.T, org *organization, reference string) string {
	t.Helper()
	id, err := org.ID(reference)
	must(t, err)
	kind, _, _ := strings.Cut(reference, ":")
	return fmt.Sprintf("%q", kind+":"+id)
}

func TestMembersOfOneOfTwoGroupsOfAName(t *testing.T) {
	const first, second = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	org := newOrganization(t, func(seed *mock.Seed) {
		seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: "Twin", ID: first}, mock.UserGroupSeed{Name: "Twin", ID: second})
	})
	config := org.config(membersHCL("first", `"group:`+first+`"`, `"user:dev.lead@example.com"`) +
		membersHCL("second", `"group:`+second+`"`, `"user:outsider@example.com"`))
	org.run(nil,
		resource.TestStep{Config: org.config(membersHCL("first", `"group:Twin"`)), ExpectError: says("Ambiguous member", "2 principals", first, second)},
		resource.TestStep{
			Config: config,
			Check:  all(org.membersAre("group:"+first, "members", lead), org.membersAre("group:"+second, "members", outsider)),
		},
		resource.TestStep{Config: config, PlanOnly: true},
		resource.TestStep{
			ResourceName: "signpath_user_group_members.second", ImportState: true, ImportStateId: second,
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "group",
		},
		resource.TestStep{ResourceName: "signpath_user_group_members.second", ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: second},
	)
}

func TestUserGroupMembersAreRefused(t *testing.T) {
	const twice = "Managed twice"
	cycle := func(path string) []string { return []string{"User group would contain itself", path} }
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"unknown group": {
			memberHCL("x", `"group:Releese Managers"`, groupA),
			[]string{"Unknown user group", `did you mean "group:Release Managers"?`, "refer to its `member` attribute"},
		},
		"unknown group, whole": {membersHCL("x", `"group:nobody at all"`), []string{"Unknown user group", "nobody at all"}},
		"a user for a group":   {membersHCL("x", `"user:dev.lead@example.com"`), []string{"Invalid member reference", "cannot stand here"}},
		"no kind":              {membersHCL("x", `"Release Managers"`), []string{"Invalid member reference"}},
		"synchronized": {
			memberHCL("x", `"group:Directory Engineers"`, groupA),
			[]string{"Synchronized from a directory", "your organization's directory", "grant it rights"},
		},
		"synchronized, whole": {membersHCL("x", `"group:Directory Engineers"`, groupA), []string{"Synchronized from a directory", "grant it rights"}},
		"unknown member":      {membersHCL("x", groupA, `"user:nobody@example.com"`), []string{"Unknown member"}},
		"inactive member": {
			membersHCL("x", groupA, `"ci_user:retired"`),
			[]string{"Member not allowed here", `"ci_user:retired" cannot be a member`, "inactive"},
		},
		"whole list and an entry": {membersHCL("x", groupA, groupB) + memberHCL("x", groupA, groupC), []string{twice, "not both"}},
		"one list twice":          {membersHCL("x", groupA, groupB) + membersHCL("y", groupA, groupB), []string{twice}},
		"one entry twice":         {memberHCL("x", groupA, groupB) + memberHCL("y", groupA, groupB), []string{twice}},
		"itself":                  {memberHCL("x", groupA, groupA), cycle("group:A > group:A")},
		"itself, whole":           {membersHCL("x", groupA, groupB, groupA), cycle("group:A > group:A")},
		"a new one itself":        {groupHCL("x", "X") + memberHCL("x", "signpath_user_group.x.member", "signpath_user_group.x.member"), cycle("group:X > group:X")},
		"an existing way back":    {memberHCL("x", groupC, `"group:Outer"`), cycle("group:C > group:Outer > group:Inner > group:C")},
		"an existing way, whole":  {membersHCL("x", groupC, groupA, `"group:Outer"`), cycle("group:C > group:Outer > group:Inner > group:C")},
		"two entries":             {memberHCL("x", groupA, groupB) + memberHCL("y", groupB, groupA), []string{"User group would contain itself"}},
		"two lists":               {membersHCL("x", groupA, groupB) + membersHCL("y", groupB, groupA), []string{"User group would contain itself"}},
		"a list and an entry": {
			membersHCL("x", groupA, groupB) + memberHCL("y", groupB, groupC) + memberHCL("z", groupC, groupA),
			[]string{"User group would contain itself"},
		},
		"two new groups": {
			groupHCL("a", "New A") + groupHCL("b", "New B") + memberHCL("x", refA, refB) + memberHCL("y", refB, refA),
			[]string{"User group would contain itself", "group:New"},
		},
		"beside an unknown member": {
			"resource \"terraform_data\" \"x\" {\n input = \"group:A\"\n}\n" + membersHCL("x", groupC, "terraform_data.x.output", `"group:Outer"`),
			cycle("group:C > group:Outer"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t, teams("A", "B", "C", "Inner: C", "Outer: Inner"), func(seed *mock.Seed) {
				seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "retired", Inactive: true})
			})
			before := org.Snapshot()
			org.run(nil, resource.TestStep{Config: org.config(c.config), PlanOnly: true, ExpectError: says(c.want...)})
			org.unchangedSince(before)
			if got := org.CountRequests("GET /UserGroups/{id}"); got != 0 {
				t.Errorf("%d groups were read one by one, although the list has all", got)
			}
		})
	}
}

// What looks like a cycle and is none, or is none after the plan.
func TestUserGroupsThatDoNotContainThemselves(t *testing.T) {
	dependsOn := func(hcl, address string) string {
		return strings.Replace(hcl, "\n}", "\n  depends_on = ["+address+"]\n}", 1)
	}
	turned := membersHCL("b", groupB) + dependsOn(memberHCL("a", groupA, groupB), "signpath_user_group_members.b")
	for name, c := range map[string]struct {
		before, after string
		want          map[string][]string
	}{
		"a diamond": {
			"", membersHCL("x", groupA, groupB, groupC) + memberHCL("b", groupB, `"group:D"`) + memberHCL("c", groupC, `"group:D"`),
			map[string][]string{"group:A": {"group:B", "group:C"}, "group:C": {"group:D"}},
		},
		"turned round": {
			membersHCL("b", groupB, groupA), turned,
			map[string][]string{"group:A": {"group:B"}, "group:B": nil},
		},
		"turned round, by a replacement": {
			memberHCL("b", groupB, groupA), memberHCL("b", groupB, groupC) + dependsOn(memberHCL("a", groupA, groupB), "signpath_user_group_member.b"),
			map[string][]string{"group:A": {"group:B"}, "group:B": {"group:C"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t, teams("A", "B", "C", "D"))
			var steps []resource.TestStep
			if c.before != "" {
				steps = append(steps, resource.TestStep{Config: org.config(c.before)})
			}
			var checks []resource.TestCheckFunc
			for group, members := range c.want {
				checks = append(checks, org.membersAre(group, "members", members...))
			}
			steps = append(steps, resource.TestStep{Config: org.config(c.after), Check: all(checks...)}, resource.TestStep{Config: org.config(c.after), PlanOnly: true})
			org.run(nil, steps...)
		})
	}
}

// Somebody who came into the group after the plan stays, and then nothing is
// written that could remove them.
func TestUserGroupMembersKeepWhoCameAfterThePlan(t *testing.T) {
	org := newOrganization(t, withTeam)
	team := groupMembers(team)
	reads := 0
	org.run(nil,
		resource.TestStep{Config: org.config(team.all(lead, officer)), Check: all(org.requestsAre(changeMembers, 1), org.requestsAre(modifyMembers, 0))},
		resource.TestStep{
			PreConfig: func() {
				org.inject(mock.Fault{Route: "GET /UserGroups/{id}", Before: func() {
					if reads++; reads == 1 {
						must(t, org.Administrator("").AddMembers(team.owner, "members", outsider))
					}
				}})
			},
			Config: org.config(team.all(lead, managers)),
			Check: all(org.membersAre(team.owner, "members", lead, managers, outsider), org.requestsAre(changeMembers, 1),
				org.requestsAre(modifyMembers, 1)),
			ExpectNonEmptyPlan: true,
		},
		resource.TestStep{ // The next plan shows and removes them.
			Config: org.config(team.all(lead, managers)),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				expectPriorMembers{team.plural + ".this", []string{lead, managers, outsider}},
			}},
			Check: all(org.membersAre(team.owner, "members", lead, managers), org.requestsAre(changeMembers, 2)),
		},
	)
}

// TestManyGroupMembersTakeFewWrites counts the writes of 200 resources for one
// member each, and of one for 500.
func TestManyGroupMembersTakeFewWrites(t *testing.T) {
	const count = 500
	many := func(seed *mock.Seed) {
		withTeam(seed)
		for i := range count {
			seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: fmt.Sprintf("build-%03d", i)})
		}
	}
	var names []string
	for i := range count {
		names = append(names, fmt.Sprintf("ci_user:build-%03d", i))
	}
	for name, c := range map[string]struct {
		config          string
		members, writes int
	}{
		"single members": {`
resource "signpath_user_group_member" "this" {
  count  = 200
  group  = "group:Core Team"
  member = format("ci_user:build-%03d", count.index)
}`, 200, 45},
		"whole list": {`
resource "signpath_user_group_members" "this" {
  group   = "group:Core Team"
  members = [for i in range(500) : format("ci_user:build-%03d", i)]
}`, 500, 1},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t, many)
			org.run(org.membersAre(team, "members"), resource.TestStep{
				Config: org.config(c.config),
				Check: all(org.membersAre(team, "members", slices.Clone(names[:c.members])...), func(*terraform.State) error {
					writes := org.CountRequests("POST *")
					t.Logf("%d members took %d writes", c.members, writes)
					if writes > c.writes {
						return fmt.Errorf("%d writes for %d members, want at most %d", writes, c.members, c.writes)
					}
					return nil
				}),
			})
		})
	}
}

func TestUserGroupDataSources(t *testing.T) {
	org := newOrganization(t, teams("Inner: ci_user:terraform "+lead, "Outer: Inner "+lead, "Loop2: "+officer, "Loop: Loop2"), func(seed *mock.Seed) {
		for i := range seed.UserGroups {
			if seed.UserGroups[i].Name == "Loop2" {
				seed.UserGroups[i].Description = "With a description"
			}
		}
		seed.Projects[1].Readers = []string{"group:Outer", lead}
		seed.Projects[1].SigningPolicies[1].Approvers = []string{managers, officer}
	})
	expect := func(address, attribute string, want ...string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data."+address, tfjsonpath.New(attribute), expanded(want...))
	}
	value := func(address, attribute, want string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data."+address, tfjsonpath.New(attribute), text(want))
	}
	org.run(nil, resource.TestStep{
		Config: org.config(`
data "signpath_user_group" "outer" {
  name = "Outer"
}
data "signpath_user_group" "by_id" {
  id = ` + strings.Replace(id(t, org, "group:Loop2"), "group:", "", 1) + `
}
data "signpath_user_groups" "all" {}
data "signpath_user_groups" "some" {
  name_contains = "LOOP2"
}
data "signpath_project" "b" {
  slug = "project-b"
}
data "signpath_signing_policy" "release" {
  project = "project-b"
  slug    = "release-signing"
}
`),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.signpath_user_group.outer", tfjsonpath.New("members"), members("group:Inner", lead)),
			expect("signpath_user_group.outer", "expanded_members", "ci_user:terraform", "group:Inner", lead, "", lead, "group:Inner"),
			value("signpath_user_group.outer", "member", "group:Outer"),
			value("signpath_user_group.by_id", "name", "Loop2"),
			value("signpath_user_group.by_id", "description", "With a description"),
			statecheck.ExpectKnownValue("data.signpath_user_groups.all", tfjsonpath.New("user_groups"), knownvalue.ListSizeExact(6)),
			statecheck.ExpectKnownValue("data.signpath_user_groups.some", tfjsonpath.New("user_groups"),
				knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
					"id": knownvalue.NotNull(), "member": text("group:Loop2"), "name": text("Loop2"),
					"description": text("With a description"), "directory_synchronized": knownvalue.Bool(false),
				})})),
			expect("signpath_project.b", "expanded_readers",
				"ci_user:terraform", "group:Outer > group:Inner", lead, "", lead, "group:Outer", lead, "group:Outer > group:Inner"),
			expect("signpath_project.b", "expanded_configurators"),
			expect("signpath_signing_policy.release", "expanded_approvers", manager, managers, officer, ""),
			statecheck.ExpectKnownValue("data.signpath_signing_policy.release", tfjsonpath.New("approvers"), members(managers, officer)),
			expect("signpath_signing_policy.release", "expanded_submitters"),
		},
	})
	if got := org.CountRequests("GET /UserGroups/{id}"); got != 0 {
		t.Errorf("%d groups were read one by one, although the list has all", got)
	}
}

// expanded expects pairs of member and via, in order.
func expanded(pairs ...string) knownvalue.Check {
	checks := []knownvalue.Check{}
	for i := 0; i < len(pairs); i += 2 {
		checks = append(checks, knownvalue.ObjectExact(map[string]knownvalue.Check{"member": text(pairs[i]), "via": text(pairs[i+1])}))
	}
	return knownvalue.ListExact(checks)
}

func TestUserGroupLookupsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"nothing":    {"data \"signpath_user_group\" \"x\" {}", []string{"Exactly one of these attributes must be configured"}},
		"unknown":    {"data \"signpath_user_group\" \"x\" {\n name = \"Release Manager\"\n}", []string{"Unknown member", `did you mean "group:Release Managers"?`}},
		"unknown id": {"data \"signpath_user_group\" \"x\" {\n id = \"11111111-1111-4111-8111-111111111111\"\n}", []string{"Unknown member"}},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			org.run(nil, resource.TestStep{Config: org.config(c.config), ExpectError: says(c.want...)})
		})
	}
}
