package provider_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// A settledChange is a change of one resource, and the routes that its apply uses.
type settledChange struct {
	before, after string
	// routes are paths of the document, without what stands before the collection:
	// it is enough for the apply if it has one of those that are separated by "|".
	routes []string
	// replaces names what -replace is given.
	replaces string
}

const (
	settleUser    = "resource \"signpath_user\" \"this\" {\n  name  = \"New\"\n  email = \"new@example.com\"\n%s}\n"
	settleCIUser  = "resource \"signpath_ci_user\" \"this\" {\n  name = \"build\"\n%s}\n"
	settleReaders = "resource \"signpath_project_readers\" \"this\" {\n  project = \"project-a\"\n  members = [%s]\n}\n"
	settleReader  = "resource \"signpath_project_reader\" \"this\" {\n  project = \"project-%s\"\n  member  = \"%s\"\n}\n"
	settlePolicy  = "resource \"signpath_signing_policy_submitters\" \"this\" {\n" +
		"  project = \"project-%s\"\n  signing_policy = \"test-signing\"\n  members = [%s]\n}\n"
)

func filled(template string, values ...string) string {
	for _, value := range values {
		template = strings.Replace(template, "%s", value, 1)
	}
	return template
}

// settledChanges are the creates, updates, destroys and replacements of each type.
func settledChanges() map[string]settledChange {
	const (
		editUser, editCIUser, editGroup = "/InteractiveUsers/{id}/Edit", "/CIUsers/{id}/Edit", "/UserGroups/{id}/Edit"
		editProject                     = "/Projects/{projectSlug}/Edit"
		editPolicy                      = "/Projects/{projectSlug}/SigningPolicies/{signingPolicySlug}/Edit"
		membersOfGroup                  = "/UserGroups/{id}/ChangeMembers|/UserGroups/{id}/ModifyMembers"
	)
	user, ciUser, group := filled(settleUser, ""), filled(settleCIUser, ""), groupHCL("a", "A")
	role := roleAssignment(lead, "GlobalReader")
	roleOfNew := ciUser + "resource \"signpath_role_assignment\" \"new\" {\n  member = signpath_ci_user.this.member\n  role = \"GlobalReader\"\n}\n"
	holderOfNew := ciUser + "resource \"signpath_role_holders\" \"new\" {\n  members = [signpath_ci_user.this.member]\n  role = \"GlobalReader\"\n}\n"
	ofTerraform := func(project string) string { return filled(settlePolicy, project, `"ci_user:terraform"`) }
	readers := filled(settleReaders, `"`+lead+`"`)
	members := group + membersHCL("a", refA, `"user:dev.lead@example.com"`)
	token := ciUser + "resource \"signpath_ci_user_token\" \"this\" {\n  ci_user = signpath_ci_user.this.member\n%s}\n"
	return map[string]settledChange{
		"a user is created":            {"", user, []string{"/InteractiveUsers"}, ""},
		"a user is created inactive":   {"", filled(settleUser, "active = false\n"), []string{"/InteractiveUsers", "/InteractiveUsers/{id}/Deactivate"}, ""},
		"a user is renamed":            {user, strings.Replace(user, "New", "Other", 1), []string{editUser}, ""},
		"a user is deactivated":        {user, filled(settleUser, "active = false\n"), []string{"/InteractiveUsers/{id}/Deactivate"}, ""},
		"a user is activated":          {filled(settleUser, "active = false\n"), user, []string{"/InteractiveUsers/{id}/Activate"}, ""},
		"a user is invited again":      {user, filled(settleUser, "reinvite_triggers = { a = \"b\" }\n"), []string{"/InteractiveUsers/{id}/Reinvite"}, ""},
		"a user is destroyed":          {user, "", []string{"/InteractiveUsers/{id}/Deactivate"}, ""},
		"a user is replaced":           {user, strings.Replace(user, "new@", "other@", 1), []string{"/InteractiveUsers", "/InteractiveUsers/{id}/Deactivate"}, ""},
		"a CI user is created":         {"", ciUser, []string{"/CIUsers"}, ""},
		"a CI user is renamed":         {ciUser, strings.Replace(ciUser, "build", "other", 1), []string{editCIUser}, ""},
		"a CI user is deactivated":     {ciUser, filled(settleCIUser, "active = false\n"), []string{"/CIUsers/{id}/Deactivate"}, ""},
		"a CI user is destroyed":       {ciUser, "", []string{"/CIUsers/{id}/Deactivate"}, ""},
		"a group is created":           {"", group, []string{"/UserGroups"}, ""},
		"a group is renamed":           {group, groupHCL("a", "B"), []string{editGroup}, ""},
		"a group with members goes":    {members, "", []string{membersOfGroup}, ""},
		"a group gets members":         {group, members, []string{membersOfGroup}, ""},
		"a group and members":          {"", members, []string{"/UserGroups", membersOfGroup}, ""},
		"a group gets a member":        {group, group + memberHCL("a", refA, `"user:dev.lead@example.com"`), []string{"/UserGroups/{id}/ModifyMembers"}, ""},
		"a group loses a member":       {group + memberHCL("a", refA, `"user:dev.lead@example.com"`), group, []string{"/UserGroups/{id}/ModifyMembers"}, ""},
		"a role is assigned":           {"", role, []string{editUser}, ""},
		"a role is assigned to a new":  {"", roleOfNew, []string{editCIUser}, ""},
		"a role is changed":            {role, roleAssignment(lead, "ProjectAdministrator"), []string{editUser}, ""},
		"a role is taken away":         {role, "", []string{editUser}, ""},
		"a role goes to another":       {role, roleAssignment("user:qa.lead@example.com", "GlobalReader"), []string{editUser}, ""},
		"a role has holders":           {"", roleHolders("GlobalReader", lead), []string{editUser}, ""},
		"a role has a new holder":      {"", holderOfNew, []string{editCIUser}, ""},
		"a holder loses the role":      {roleHolders("GlobalReader", lead), roleHolders("GlobalReader"), []string{editUser}, ""},
		"the holders of a role end":    {roleHolders("GlobalReader", lead), "", []string{editUser}, ""},
		"another role has holders":     {roleHolders("GlobalReader", lead), roleHolders("ProjectAdministrator"), []string{editUser}, ""},
		"a list is created":            {"", readers, []string{editProject}, ""},
		"a list is changed":            {readers, filled(settleReaders, ""), []string{editProject}, ""},
		"a list is destroyed":          {readers, "", []string{editProject}, ""},
		"a list of a policy":           {"", ofTerraform("a"), []string{editPolicy}, ""},
		"a list moves":                 {ofTerraform("a"), ofTerraform("b"), []string{editPolicy}, ""},
		"a list is replaced":           {readers, readers, []string{editProject}, "signpath_project_readers.this"},
		"an entry is created":          {"", filled(settleReader, "a", lead), []string{editProject}, ""},
		"an entry is destroyed":        {filled(settleReader, "a", lead), "", []string{editProject}, ""},
		"an entry moves":               {filled(settleReader, "a", lead), filled(settleReader, "b", lead), []string{editProject}, ""},
		"an entry is for somebody new": {ciUser, ciUser + filled(settleReader, "a", "ci_user:build"), []string{editProject}, ""},
		"a token is generated":         {ciUser, filled(token, ""), []string{"/CIUsers/{id}/RegenerateApiToken"}, ""},
		"a token is rotated":           {filled(token, ""), filled(token, "rotation_triggers = { a = \"b\" }\n"), []string{"/CIUsers/{id}/RegenerateApiToken"}, ""},
	}
}

// A change that the server's document has no place for fails in its plan, before
// anything of the run is written, and nothing else fails by it.
func TestPlansSettleTheirWrites(t *testing.T) {
	for name, c := range settledChanges() {
		for _, route := range c.routes {
			t.Run(name+": "+strings.ReplaceAll(route, "/", "."), func(t *testing.T) {
				t.Parallel()
				var hidden atomic.Bool
				hides := mock.WithDocument(func(document map[string]any) {
					if !hidden.Load() {
						return
					}
					for _, path := range strings.Split(route, "|") {
						delete(dig(document, "paths", "/v1/{organizationId}"+path), "post")
					}
				})
				s := newOrganizationWith(t, []mock.Option{hides}).site(inProcess, c.before)
				s.mustApply()
				before := s.Snapshot()
				hidden.Store(true)

				// What does not change, and a refresh, ask for no document and do not fail.
				s.ResetRequests()
				s.planIs(testkit.Summary{})
				s.mustPlan(testkit.Options{RefreshOnly: true})
				if asked := s.CountRequests("GET /swagger/*"); asked != 0 {
					t.Errorf("plans without a change asked for the document %d times", asked)
				}

				s.Write("main.tf", c.after)
				options := testkit.Options{}
				if c.replaces != "" {
					options.Replace = []string{c.replaces}
				}
				s.ResetRequests()
				planned := s.Plan(options)
				if planned.Err == nil || !says("SignPath's API is not as expected", "is not sent", "does not have this route").MatchString(planned.Said) {
					t.Errorf("the plan passes, or does not say why: %s", planned)
				}
				if asked := s.CountRequests("GET /swagger/*"); asked != 1 {
					t.Errorf("the plan asked for the document %d times", asked)
				}
				if applied := s.Apply(options); applied.Err == nil {
					t.Errorf("the apply passes: %s", applied)
				}
				if writes := s.CountRequests("POST *"); writes != 0 {
					t.Errorf("%d writes were sent", writes)
				}
				s.unchangedSince(before)

				s.Write("provider.tf", s.with(s.tokenSetting()+"\n  api_contract = \"assumed\"\n", ""))
				s.ResetRequests()
				s.mustPlan(options)
				if asked := s.CountRequests("GET /swagger/*"); asked != 0 {
					t.Errorf("a plan with the assumed contract asked for the document %d times", asked)
				}
			})
		}
	}
}

// A destroy that stopped half-way plans the creates of what it destroyed, so it must not
// end at a create that the document has no place for.
func TestUnsettledCreateOfWhatExists(t *testing.T) {
	hidden := []string{
		"/InteractiveUsers/{id}/Edit", "/CIUsers/{id}/Edit", "/UserGroups/{id}/Edit",
		"/InteractiveUsers/{id}/Activate", "/CIUsers/{id}/Activate",
	}
	for name, hcl := range map[string]string{
		"user":    filled(settleUser, "adopt_existing = true\n"),
		"ci_user": filled(settleCIUser, "adopt_existing = true\n"),
		"group":   "resource \"signpath_user_group\" \"this\" {\n  name = \"A\"\n  description = \"Other\"\n  adopt_existing = true\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			gone := mock.WithDocument(func(document map[string]any) {
				for _, path := range hidden {
					delete(dig(document, "paths", "/v1/{organizationId}"+path), "post")
				}
			})
			org := newOrganizationWith(t, []mock.Option{gone}, func(seed *mock.Seed) {
				seed.InteractiveUsers = append(seed.InteractiveUsers, mock.InteractiveUserSeed{Name: "Old", Email: "new@example.com", Inactive: true})
				seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "build", NotificationEmail: "a@example.com", Inactive: true})
				seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: "A"})
			})
			s := org.site(inProcess, hcl)
			before := s.Snapshot()
			s.planSays("Warning: SignPath's API is not as expected", "does not have this route")
			if applied := s.Apply(testkit.Options{}); applied.Err == nil {
				t.Errorf("the apply passes: %s", applied)
			}
			s.unchangedSince(before)
		})
	}
}
