package provider_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// groupsBefore is what a run with faults starts from, and groupsAfter what it
// makes of it, with every remote call for groups.
var (
	groupsBefore = groupHCL("a", "A") + membersHCL("a", refA, `"user:dev.lead@example.com"`)
	groupsAfter  = groupHCL("a", "Renamed") + membersHCL("a", refA, `"user:qa.lead@example.com"`, refB) +
		groupHCL("b", "New") + memberHCL("b", refB, `"user:outsider@example.com"`)
)

var groupCalls = []string{
	"GET /UserGroups",
	"GET /UserGroups/{id}",
	"POST /UserGroups",
	"POST /UserGroups/{id}/Edit",
	changeMembers,
	modifyMembers,
}

// TestUserGroupFaults changes groups and who is in them: each group must be there
// once in the end.
func TestUserGroupFaults(t *testing.T) {
	faultTable{calls: groupCalls, before: groupsBefore, config: groupsAfter, check: (*organization).hasGroups}.run(t)
}

// hasGroups checks that the organization is what it was before, with the groups
// of groupsAfter added.
func (o *organization) hasGroups(before mock.Seed) resource.TestCheckFunc {
	return func(*terraform.State) error {
		after := o.Snapshot()
		var got []string
		after.UserGroups = slices.DeleteFunc(after.UserGroups, func(group mock.UserGroupSeed) bool {
			known := slices.ContainsFunc(before.UserGroups, func(b mock.UserGroupSeed) bool { return b.ID == group.ID })
			if !known {
				got = append(got, fmt.Sprintf("%s %q %v", group.Name, group.Description, group.Members))
			}
			return !known
		})
		slices.Sort(got)
		want := []string{`New "" [user:outsider@example.com]`, `Renamed "" [group:New user:qa.lead@example.com]`}
		var err error
		if !slices.Equal(got, want) {
			err = fmt.Errorf("the organization has the groups %q, want %q", got, want)
		}
		return errors.Join(err, sameSeed(before, after))
	}
}

// A token without the role gets SignPath's cause, and the role that is needed.
func TestUserGroupsNeedARole(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"create":  {newUserGroup, []string{"Not allowed by SignPath", "Creating group:Signers", "403 Forbidden", "Managing user groups needs the role"}},
		"members": {groupMembers(managers).all(lead, manager), []string{"Not allowed by SignPath", `Changing the members of user group "Release Managers"`, "Managing user groups needs the role"}},
		"member":  {groupMembers(managers).one("x", lead), []string{"Not allowed by SignPath", "Adding", "Managing user groups needs the role"}},
	} {
		t.Run(name, func(t *testing.T) {
			const token = "dG9rZW4tb2Ytc29tZWJvZHktZWxzZS0wMDAwMDAwMDA="
			org := newOrganization(t, func(seed *mock.Seed) {
				seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "somebody-else", Role: mock.RoleGlobalReader, Token: token})
			})
			before := org.Snapshot()
			org.run(nil, resource.TestStep{Config: org.configAs(token, c.config), ExpectError: says(c.want...)})
			org.unchangedSince(before)
		})
	}
}
