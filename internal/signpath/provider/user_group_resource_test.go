package provider_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const newUserGroup = `
resource "signpath_user_group" "this" {
  name        = "Signers"
  description = "May sign"
}`

// userGroupIs checks a user group of the organization.
func (o *organization) userGroupIs(name, description string, members ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		for _, group := range o.Snapshot().UserGroups {
			if group.Name == name && group.Description == description {
				return o.membersAre("group:"+name, "members", members...)(nil)
			}
		}
		return fmt.Errorf("there is no user group %q with the description %q in %+v", name, description, o.Snapshot().UserGroups)
	}
}

func TestUserGroupLife(t *testing.T) {
	org := newOrganization(t)
	const address = "signpath_user_group.this"
	sameID := statecheck.CompareValue(compare.ValuesSame())
	renamed := strings.ReplaceAll(newUserGroup, "Signers", "Release/Signers")
	unmanaged := "\nresource \"signpath_user_group\" \"this\" {\n  name = \"Signers\"\n}"
	org.run(
		all(org.userGroupIs("Signers", ""), org.requestsAre("POST /UserGroups", 2)),
		resource.TestStep{
			Config: org.config(newUserGroup),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue(address, tfjsonpath.New("member"), text("group:Signers")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				sameID.AddStateValue(address, tfjsonpath.New("id")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("directory_synchronized"), knownvalue.Bool(false)),
			},
			Check: all(org.userGroupIs("Signers", "May sign"), org.requestsAre("POST /UserGroups", 1)),
		},
		resource.TestStep{Config: org.config(newUserGroup), PlanOnly: true},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "Signers", ImportStateVerify: true},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "group:Signers", ImportStateVerify: true},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true}, // By id.
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: "Signers"},
		resource.TestStep{ // Renamed in place: the members and the id stay.
			PreConfig:         org.behindTerraform(func(a *mock.Administrator) error { return a.AddMembers("group:Signers", "members", lead) }),
			Config:            org.config(renamed),
			ConfigPlanChecks:  expectAction(address, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{sameID.AddStateValue(address, tfjsonpath.New("id"))},
			Check: all(org.userGroupIs("Release/Signers", "May sign", lead), func(*terraform.State) error {
				for _, edit := range org.Requests("POST /UserGroups/{id}/Edit") {
					if strings.Contains(edit.RequestBody, "embers") {
						return fmt.Errorf("the edit sent members: %s", edit.RequestBody)
					}
				}
				return nil
			}),
		},
		resource.TestStep{ // Drift of both is healed.
			PreConfig: org.behindTerraform(func(a *mock.Administrator) error {
				name, description := "Others", "Anything"
				return a.Change("group:Release/Signers", mock.PrincipalChange{Name: &name, Description: &description})
			}),
			Config:            org.config(newUserGroup),
			ConfigPlanChecks:  expectAction(address, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{sameID.AddStateValue(address, tfjsonpath.New("id"))},
			Check:             org.userGroupIs("Signers", "May sign", lead),
		},
		resource.TestStep{ // Not set, the description is left as it is.
			PreConfig: org.behindTerraform(func(a *mock.Administrator) error {
				description := "Anything"
				return a.Change("group:Signers", mock.PrincipalChange{Description: &description})
			}),
			Config:            org.config(unmanaged),
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("description"), text("Anything"))},
			Check:             org.userGroupIs("Signers", "Anything", lead),
		},
		resource.TestStep{ // Cleared.
			Config: org.config(strings.ReplaceAll(newUserGroup, "May sign", "")),
			Check:  org.userGroupIs("Signers", "", lead),
		},
		resource.TestStep{Config: org.config(strings.ReplaceAll(newUserGroup, "May sign", "")), PlanOnly: true},
		resource.TestStep{ // Disappears.
			PreConfig:        org.behindTerraform(func(a *mock.Administrator) error { return a.Remove("group:Signers") }),
			Config:           org.config(unmanaged),
			ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate),
		},
		resource.TestStep{Config: org.config(unmanaged), PlanOnly: true},
	)
}

func TestUserGroupIsRefused(t *testing.T) {
	named := func(name string) string {
		return fmt.Sprintf("resource \"signpath_user_group\" \"this\" {\n  name = %q\n}\n", name)
	}
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"no name":     {"resource \"signpath_user_group\" \"this\" {}", []string{"Missing required argument"}},
		"empty name":  {named(""), []string{"Invalid name"}},
		"white space": {named("Signers "), []string{"Invalid name"}},
		"exists":      {named("Release Managers"), []string{"Already exists", "to = signpath_user_group.NAME", `id = "Release Managers"`}},
		"synchronized": {
			named("Directory Engineers"),
			[]string{"Synchronized from a directory", "synchronized from your organization's directory", `"group:Directory Engineers"`},
		},
		"twice": {named("Signers") + strings.Replace(named("Signers"), "this", "that", 1), []string{"Managed twice", "signpath_user_group"}},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			before := org.Snapshot()
			org.run(nil, resource.TestStep{Config: org.config(c.config), ExpectError: says(c.want...)})
			org.unchangedSince(before)
		})
	}
}

func TestImportOfUserGroupsIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		address, id string
		want        []string
	}{
		"group: nobody": {
			"signpath_user_group.this", "Singers",
			[]string{"Cannot import what does not exist", `did you mean "group:Signers"?`, "its name or its UUID, and nothing else"},
		},
		"group: nothing":       {"signpath_user_group.this", "group:", []string{"Invalid import id", "its name or its UUID"}},
		"members: nobody":      {"signpath_user_group_members.this", "Singers", []string{"Importing the members of user group", `"Singers"`}},
		"member: no member":    {"signpath_user_group_member.this", "Signers", []string{"Invalid import id", "GROUP/MEMBER"}},
		"member: not in it":    {"signpath_user_group_member.this", "Signers/" + officer, []string{"Not on the list", "nobody"}},
		"member: no group":     {"signpath_user_group_member.this", "group:/" + lead, []string{"Invalid import id", "user group"}},
		"member: unknown user": {"signpath_user_group_member.this", "Signers/user:nobody@example.com", []string{"Cannot import what does not exist", "GROUP/MEMBER"}},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t, func(seed *mock.Seed) {
				seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: "Signers"})
			})
			kind := strings.TrimSuffix(c.address, ".this")
			config := map[string]string{
				"signpath_user_group":         newUserGroup,
				"signpath_user_group_members": groupMembers("group:Signers").all(lead),
				"signpath_user_group_member":  groupMembers("group:Signers").one("this", lead),
			}[kind]
			org.run(nil, resource.TestStep{
				Config: org.config(config), ResourceName: c.address, ImportState: true, ImportStateId: c.id, ExpectError: says(c.want...),
			})
		})
	}
}

func TestUserGroupKnownAfterApply(t *testing.T) {
	org := newOrganization(t)
	config := func(name string) string {
		return org.config(fmt.Sprintf(`
resource "terraform_data" "later" {
  input = %q
}
resource "signpath_user_group" "this" {
  name        = terraform_data.later.output
  description = terraform_data.later.output
}
resource "signpath_user_group_members" "this" {
  group   = signpath_user_group.this.member
  members = ["user:dev.lead@example.com"]
}
resource "signpath_user_group_member" "this" {
  group  = signpath_user_group.other.member
  member = signpath_user_group.this.member
}
resource "signpath_user_group" "other" {
  name = "Other ${terraform_data.later.output}"
}`, name))
	}
	org.run(nil,
		resource.TestStep{
			Config: config("Signers"),
			Check:  all(org.userGroupIs("Signers", "Signers", lead), org.userGroupIs("Other Signers", "", "group:Signers")),
		},
		resource.TestStep{Config: config("Signers"), PlanOnly: true},
		resource.TestStep{
			Config:           config("Renamed"),
			ConfigPlanChecks: expectAction("signpath_user_group.this", plancheck.ResourceActionUpdate),
			Check:            all(org.userGroupIs("Renamed", "Renamed", lead), org.userGroupIs("Other Renamed", "", "group:Renamed")),
		},
		resource.TestStep{Config: config("Renamed"), PlanOnly: true},
	)
}

// A destroy takes out whom its plan named. Who joined after it stays.
func TestUserGroupDestroy(t *testing.T) {
	for name, c := range map[string]struct {
		joins []string
		whole int
	}{
		"as planned":        {nil, 1},
		"somebody came":     {[]string{outsider}, 0},
		"two groups joined": {[]string{managers, synced}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			reads := 0
			join := func() {
				if reads++; reads == 1 && len(c.joins) > 0 {
					must(t, org.Administrator("").AddMembers("group:Signers", "members", c.joins...))
				}
			}
			org.run(
				all(org.userGroupIs("Signers", "May sign", c.joins...), org.requestsAre("POST /UserGroups/{id}/ChangeMembers", c.whole)),
				resource.TestStep{Config: org.config(newUserGroup)},
				resource.TestStep{ // A refresh learns of the members.
					PreConfig: func() {
						must(t, org.Administrator("").AddMembers("group:Signers", "members", lead, officer))
						org.inject(mock.Fault{Route: "GET /UserGroups/{id}", Before: join})
					},
					Config: org.config(newUserGroup), PlanOnly: true,
				},
			)
		})
	}
}

// The plan of a destroy names who leaves the group.
func TestUserGroupDestroyIsAnnounced(t *testing.T) {
	s := newOrganization(t).site(inProcess, newUserGroup)
	s.mustApply()
	must(t, s.Administrator("").AddMembers("group:Signers", "members", lead, managers))
	output := s.mustPlan(testkit.Options{Destroy: true}).Said
	for _, phrase := range []string{"User groups are emptied, not deleted", "group:Signers", lead, managers} {
		if !strings.Contains(output, phrase) {
			t.Errorf("the plan lacks %q:\n%s", phrase, output)
		}
	}
	s.mustApply(testkit.Options{Destroy: true})
	must(t, s.userGroupIs("Signers", "May sign")(nil))
}

// A group that was created half-way, or is replaced by hand, keeps its members.
func TestReplacedUserGroupKeepsItsMembers(t *testing.T) {
	s := newOrganization(t).site(inProcess, newUserGroup)
	s.mustApply()
	must(t, s.Administrator("").AddMembers("group:Signers", "members", lead))
	s.mustApply(testkit.Options{Replace: []string{"signpath_user_group.this"}})
	must(t, errors.Join(s.userGroupIs("Signers", "May sign", lead)(nil), s.requestsAre("POST /UserGroups", 1)(nil)))
	s.planIs(testkit.Summary{})
}

// Once a group is synchronized, nothing of it is managed here any more.
func TestUserGroupThatBecomesSynchronized(t *testing.T) {
	synchronize := func(a *mock.Administrator) error {
		isSynchronized := true
		return a.Change("group:Signers", mock.PrincipalChange{Synchronized: &isSynchronized})
	}
	manual := func(a *mock.Administrator) error {
		isSynchronized := false
		return a.Change("group:Signers", mock.PrincipalChange{Synchronized: &isSynchronized})
	}
	signers := groupMembers("group:Signers")
	for name, c := range map[string]struct{ config, member string }{
		"group":   {newUserGroup, ""},
		"members": {newUserGroup + strings.Replace(signers.all(lead), `"group:Signers"`, "signpath_user_group.this.member", 1), lead},
		"member":  {newUserGroup + strings.Replace(signers.one("this", lead), `"group:Signers"`, "signpath_user_group.this.member", 1), lead},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			steps := []resource.TestStep{
				{Config: org.config(c.config)},
				{
					PreConfig: org.behindTerraform(synchronize), Config: org.config(c.config), PlanOnly: true,
					ExpectError: says("Synchronized from a directory", "synchronized from your organization's directory", `as "group:Signers"`),
				},
			}
			if c.member == "" { // It can be given up, and is left as it is.
				steps = append(steps, resource.TestStep{
					PreConfig: org.behindTerraform(func(a *mock.Administrator) error { return a.AddMembers("group:Signers", "members", outsider) }),
					Config:    org.config("# Nothing.\n"),
					Check:     org.userGroupIs("Signers", "May sign", outsider),
				})
			} else {
				steps = append(steps, resource.TestStep{
					Config:      org.config("# Nothing.\n"),
					ExpectError: says("Synchronized from a directory", "destroy = false"),
				}, resource.TestStep{PreConfig: org.behindTerraform(manual), Config: org.config(c.config), PlanOnly: true})
			}
			org.run(nil, steps...)
		})
	}
}
