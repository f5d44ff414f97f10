package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// A token without the role gets SignPath's cause, and the role that is needed.
func TestUserGroupsNeedARole(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"create": {newUserGroup, []string{"Not allowed by SignPath", "Creating group:Signers", "403 Forbidden", "Managing user groups needs the role"}},
		"members": {
			groupMembers(managers).all(lead, manager),
			[]string{"Not allowed by SignPath", `Changing the members of user group "Release Managers"`, "Managing user groups needs the role"},
		},
		"member": {groupMembers(managers).one("x", lead), []string{"Not allowed by SignPath", "Adding", "Managing user groups needs the role"}},
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
