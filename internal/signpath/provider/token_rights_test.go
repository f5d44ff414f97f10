package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// What the rights are about, in the words of the mock's table.
const (
	readDirectory  = "read users, user groups and the organization"
	readProject    = "read this project and its signing policies"
	changeUsers    = "change users"
	changeGroups   = "change user groups"
	changeProject  = "edit this project"
	changePolicies = "edit signing policies"
)

// A tokenRight says what a token needs for a resource: to plan, and to apply also.
type tokenRight struct {
	resource string
	plan     []string
	apply    string
	// configuration manages the resource and no other.
	configuration string
}

var tokenRights = []tokenRight{
	{"signpath_user", []string{readDirectory}, changeUsers, `name = "New"` + "\n" + `email = "new@example.com"`},
	{"signpath_ci_user", []string{readDirectory}, changeUsers, `name = "new"`},
	{"signpath_ci_user_token", []string{readDirectory}, changeUsers, `ci_user = "ci_user:idle"`},
	{"signpath_role_assignment", []string{readDirectory}, changeUsers, `member = "user:qa.lead@example.com"` + "\n" + `role = "CertificateAdministrator"`},
	{"signpath_role_holders", []string{readDirectory}, changeUsers, `role = "CertificateAdministrator"` + membersOf},
	{"signpath_user_group", []string{readDirectory}, changeGroups, `name = "New"`},
	{"signpath_user_group_members", []string{readDirectory}, changeGroups, `group = "group:Empty"` + membersOf},
	{"signpath_user_group_member", []string{readDirectory}, changeGroups, `group = "group:Empty"` + memberOf},
	{"signpath_project_readers", ofProject, changeProject, `project = "project-b"` + membersOf},
	{"signpath_project_reader", ofProject, changeProject, `project = "project-b"` + memberOf},
	{"signpath_project_configurators", ofProject, changeProject, `project = "project-b"` + membersOf},
	{"signpath_project_configurator", ofProject, changeProject, `project = "project-b"` + memberOf},
	{"signpath_signing_policy_submitters", ofProject, changePolicies, ofPolicy + membersOf},
	{"signpath_signing_policy_submitter", ofProject, changePolicies, ofPolicy + memberOf},
	{"signpath_signing_policy_approvers", ofProject, changePolicies, ofPolicy + membersOf},
	{"signpath_signing_policy_approver", ofProject, changePolicies, ofPolicy + memberOf},
}

var ofProject = []string{readDirectory, readProject}

const (
	ofPolicy  = "project = \"project-b\"\nsigning_policy = \"release-signing\""
	membersOf = "\nmembers = [\"user:qa.lead@example.com\"]"
	memberOf  = "\nmember = \"user:qa.lead@example.com\""
)

// rightTo finds a right in the table of the mock server.
func rightTo(t *testing.T, action string) mock.Right {
	t.Helper()
	rights := mock.Rights()
	i := slices.IndexFunc(rights, func(r mock.Right) bool { return r.Action == action })
	if i < 0 {
		t.Fatalf("the mock server knows no right to %s", action)
	}
	return rights[i]
}

// TestTokenRights holds the table to what the mock server enforces: each resource is
// managed with the least role, planned with the least role, and refused with less.
func TestTokenRights(t *testing.T) {
	for _, c := range tokenRights {
		t.Run(c.resource, func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
}

func (c tokenRight) check(t *testing.T) {
	org := newOrganization(t, func(seed *mock.Seed) {
		seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "idle"})
		seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: "Empty"})
	})
	configAs := func(role mock.Role) string {
		return org.configAs(tokenWithRole(t, org, role), fmt.Sprintf("resource %q \"this\" {\n%s\n}\n", c.resource, c.configuration))
	}
	planner, roles := c.planRole(t), c.applyRoles(t)
	steps := []acceptance.TestStep{
		{Config: configAs(planner), ExpectError: regexp.MustCompile(`(?s)needs\s+the\s+role`)},
		{Config: configAs(roles[0])},
		{Config: configAs(planner), PlanOnly: true},
	}
	if planner != mock.RoleRegularUser {
		steps = append(steps, acceptance.TestStep{
			Config: configAs(mock.RoleRegularUser), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)needs\s+the\s+role`),
		})
	}
	// What is left is destroyed with the token of the last step.
	steps = append(steps, acceptance.TestStep{Config: configAs(roles[len(roles)-1])})
	org.runOn(signpathtest.Providers, nil, steps...)
}

// planRole is the least role that may plan, which changes nothing.
func (c tokenRight) planRole(t *testing.T) mock.Role {
	t.Helper()
	for _, action := range c.plan {
		if right := rightTo(t, action); !right.AnyUser {
			if !slices.Contains(right.Roles, mock.RoleGlobalReader) {
				t.Errorf("a Global Reader may not %s", action)
			}
			return mock.RoleGlobalReader
		}
	}
	return mock.RoleRegularUser
}

// applyRoles are those that may apply besides the Global Administrator.
func (c tokenRight) applyRoles(t *testing.T) []mock.Role {
	t.Helper()
	roles := slices.DeleteFunc(slices.Clone(rightTo(t, c.apply).Roles), func(r mock.Role) bool { return r == mock.RoleGlobalAdministrator })
	if len(roles) == 0 {
		t.Fatalf("nobody else may %s", c.apply)
	}
	return roles
}

// tokenWithRole returns the token of the CI user that has the role.
func tokenWithRole(t *testing.T, org *organization, role mock.Role) string {
	t.Helper()
	name, token := "with "+string(role), "token-of-"+string(role)
	if _, err := org.User("ci_user:" + name); err != nil {
		_, err := org.Administrator("").CreateCIUser(mock.CIUserSeed{Name: name, Role: role, Token: token})
		must(t, err)
	}
	return token
}

// TestTheGuideTellsTheRights holds the tables of the guide equal to the rights that
// TestTokenRights tries, and to the mock server's table of who has them.
func TestTheGuideTellsTheRights(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(signpathtest.Root, "templates", "guides", "drift-detection.md.tmpl"))
	must(t, err)
	for _, table := range []string{resourceTable(), rightTable(t)} {
		if !strings.Contains(string(content), table) {
			t.Errorf("templates/guides/drift-detection.md.tmpl lacks this table:\n%s", table)
		}
	}
	var told []string
	for _, c := range tokenRights {
		told = append(told, c.resource)
	}
	for _, newResource := range provider.New("test")().Resources(t.Context()) {
		var resp resource.MetadataResponse
		newResource().Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "signpath"}, &resp)
		if !slices.Contains(told, resp.TypeName) {
			t.Errorf("nothing says which rights %s needs", resp.TypeName)
		}
	}
}

// resourceTable has a row for the resources that need the same.
func resourceTable() string {
	table := strings.Builder{}
	table.WriteString("| Resources | A plan has to | An apply also has to |\n|---|---|---|\n")
	for i := 0; i < len(tokenRights); {
		first, names := tokenRights[i], []string(nil)
		for ; i < len(tokenRights) && tokenRights[i].apply == first.apply; i++ {
			names = append(names, "`"+tokenRights[i].resource+"`")
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n", strings.Join(names, ", "), strings.Join(first.plan, "; "), first.apply)
	}
	return table.String()
}

// rightTable has a row for each right that a resource needs.
func rightTable(t *testing.T) string {
	t.Helper()
	table := strings.Builder{}
	table.WriteString("| To | The token's user has to be | How well this is known |\n|---|---|---|\n")
	for _, action := range []string{readDirectory, readProject, changeUsers, changeGroups, changeProject, changePolicies} {
		right := rightTo(t, action)
		evidence := "documented: " + sourceNames.Replace(right.Source)
		if reason, inferred := strings.CutPrefix(right.Source, "inferred "); inferred {
			evidence = "**inferred** " + reason
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n", action, holders(right), evidence)
	}
	return table.String()
}

// sourceNames spells out what the mock's table abbreviates.
var sourceNames = strings.NewReplacer(
	"USR", "[Users](https://docs.signpath.io/users)", "PRJ", "[Projects](https://docs.signpath.io/projects)",
)

func holders(right mock.Right) string {
	if right.AnyUser {
		return "active"
	}
	var names []string
	for _, role := range right.Roles {
		names = append(names, role.Title())
	}
	last := len(names) - 1
	text := strings.TrimPrefix(strings.Join(names[:last], ", ")+" or "+names[last], " or ")
	if len(right.Relations) == 0 {
		return text
	}
	var relations []string
	for _, relation := range right.Relations {
		relations = append(relations, string(relation))
	}
	return text + "; or " + strings.Join(relations, ", ") + " in the project"
}
