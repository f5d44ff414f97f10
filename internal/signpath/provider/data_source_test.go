package provider_test

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func text(value string) knownvalue.Check { return knownvalue.StringExact(value) }

// TestDataSources reads every data source, and checks every attribute that the
// mock knows.
func TestDataSources(t *testing.T) {
	org := newOrganization(t, func(seed *mock.Seed) {
		for i := range seed.InteractiveUsers {
			if seed.InteractiveUsers[i].Email == "qa.lead@example.com" {
				seed.InteractiveUsers[i].Inactive = true
				seed.InteractiveUsers[i].NotificationEmail = "qa@example.com"
			}
		}
		seed.Projects[1].SigningPolicies[1].Approvers = []string{officer, managers}
		seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "build"})
		seed.InteractiveUsers = append(seed.InteractiveUsers,
			mock.InteractiveUserSeed{Name: "SignPath Support", Email: "support@example.com", Identity: "signpath:support", Support: true},
			mock.InteractiveUserSeed{Name: "Newcomer", Email: "newcomer@example.com"})
	})
	id := func(reference string) string {
		id, err := org.ID(reference)
		must(t, err)
		return id
	}
	user := func(email, name string, more map[string]knownvalue.Check) knownvalue.Check {
		attributes := map[string]knownvalue.Check{
			"id": text(id("user:" + email)), "member": text("user:" + email), "name": text(name), "email": text(email),
			"notification_email": knownvalue.Null(), "identity": knownvalue.NotNull(), "role": text("RegularUser"),
			"status": text("active"), "support": knownvalue.Bool(false),
			"active": knownvalue.Bool(true), "directory_synchronized": knownvalue.Bool(false),
		}
		for attribute, check := range more {
			attributes[attribute] = check
		}
		return knownvalue.ObjectExact(attributes)
	}
	inactive := user("qa.lead@example.com", "QA Lead", map[string]knownvalue.Check{
		"active": knownvalue.Bool(false), "status": text("inactive"), "notification_email": text("qa@example.com"),
	})
	expect := func(address, attribute string, check knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data."+address, tfjsonpath.New(attribute), check)
	}
	org.run(nil, resource.TestStep{
		Config: org.config(`
data "signpath_user" "by_email" {
  email = "Sync.User@example.com"
}
data "signpath_user" "by_id" {
  id = "` + id("user:qa.lead@example.com") + `"
}
data "signpath_users" "inactive" {
  active = false
}
data "signpath_users" "admins" {
  role          = "GlobalAdministrator"
  name_contains = "ORG.ADMIN@"
}
data "signpath_users" "nobody" {
  name_contains = "nobody of this name"
}
data "signpath_users" "support" {
  name_contains = "support"
}
data "signpath_user" "newcomer" {
  email = "newcomer@example.com"
}
data "signpath_ci_user" "by_name" {
  name = "terraform"
}
data "signpath_ci_user" "by_id" {
  id = "` + id("ci_user:build") + `"
}
data "signpath_ci_users" "all" {}
data "signpath_project" "a" {
  slug = "project-a"
}
data "signpath_projects" "all" {}
data "signpath_signing_policy" "release" {
  project = "project-b"
  slug    = "release-signing"
}
data "signpath_organization" "this" {}
data "signpath_current_user" "me" {}
data "signpath_roles" "all" {}
`),
		ConfigStateChecks: []statecheck.StateCheck{
			expect("signpath_user.by_email", "member", text("user:sync.user@example.com")),
			expect("signpath_user.by_email", "email", text("Sync.User@example.com")),
			expect("signpath_user.by_email", "identity", text("example:S-1-5-21-1000")),
			expect("signpath_user.by_email", "directory_synchronized", knownvalue.Bool(true)),
			expect("signpath_user.by_id", "email", text("qa.lead@example.com")),
			expect("signpath_users.inactive", "users", knownvalue.ListExact([]knownvalue.Check{inactive})),
			expect("signpath_users.admins", "users", knownvalue.ListExact([]knownvalue.Check{
				user("org.admin@example.com", "Organization Admin", map[string]knownvalue.Check{"role": text("GlobalAdministrator")}),
			})),
			expect("signpath_users.nobody", "users", knownvalue.ListSizeExact(0)),
			expect("signpath_users.support", "users", knownvalue.ListExact([]knownvalue.Check{
				user("support@example.com", "SignPath Support", map[string]knownvalue.Check{"support": knownvalue.Bool(true)}),
			})),
			expect("signpath_user.newcomer", "status", text("invited")),
			expect("signpath_ci_user.by_name", "role", text("GlobalAdministrator")),
			expect("signpath_ci_user.by_name", "id", text(id("ci_user:terraform"))),
			expect("signpath_ci_user.by_id", "member", text("ci_user:build")),
			expect("signpath_ci_users.all", "ci_users", knownvalue.ListSizeExact(2)),
			expect("signpath_project.a", "configurators", members(lead)),
			expect("signpath_project.a", "readers", members()),
			expect("signpath_project.a", "name", text("Project A")),
			expect("signpath_project.a", "signing_policies", knownvalue.ListExact([]knownvalue.Check{text("release-signing"), text("test-signing")})),
			expect("signpath_projects.all", "projects", knownvalue.ListSizeExact(2)),
			expect("signpath_signing_policy.release", "approvers", members(officer, managers)),
			expect("signpath_signing_policy.release", "uses_approval_process", knownvalue.Bool(true)),
			expect("signpath_signing_policy.release", "required_approvals", knownvalue.Int64Exact(1)),
			expect("signpath_signing_policy.release", "verifies_trusted_build_system", knownvalue.Bool(false)),
			expect("signpath_signing_policy.release", "purpose", text("Release")),
			expect("signpath_organization.this", "id", text(org.OrganizationID())),
			expect("signpath_organization.this", "name", text("Example Organization")),
			expect("signpath_organization.this", "yearly_max_number_of_individual_signatures", knownvalue.NotNull()),
			expect("signpath_current_user.me", "kind", text("ci_user")),
			expect("signpath_current_user.me", "email", knownvalue.Null()),
			expect("signpath_roles.all", "roles", knownvalue.ListSizeExact(7)),
		},
	})
}

func TestCurrentUserOfAPersonalToken(t *testing.T) {
	const token = "cGVyc29uYWwtdG9rZW4="
	org := newOrganization(t, func(seed *mock.Seed) { seed.InteractiveUsers[1].Token = token })
	org.run(nil, resource.TestStep{
		Config: org.configAs(token, readMe),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.signpath_current_user.me", tfjsonpath.New("kind"), text("user")),
			statecheck.ExpectKnownValue("data.signpath_current_user.me", tfjsonpath.New("email"), text("security.officer@example.com")),
		},
	})
}

func TestDataSourceLookupsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"user: nothing": {"data \"signpath_user\" \"x\" {}", []string{"Exactly one of these attributes must be configured"}},
		"user: both": {
			"data \"signpath_user\" \"x\" {\n id = \"11111111-1111-4111-8111-111111111111\"\n email = \"a@example.com\"\n}",
			[]string{"Invalid Attribute Combination"},
		},
		"user: unknown": {
			"data \"signpath_user\" \"x\" {\n email = \"outsidr@example.com\"\n}",
			[]string{"Unknown member", `did you mean "user:outsider@example.com"?`},
		},
		"user: unknown id":   {"data \"signpath_user\" \"x\" {\n id = \"11111111-1111-4111-8111-111111111111\"\n}", []string{"Unknown member"}},
		"user: malformed id": {"data \"signpath_user\" \"x\" {\n id = \"1\"\n}", []string{"Invalid id"}},
		"CI user: unknown":   {"data \"signpath_ci_user\" \"x\" {\n name = \"teraform\"\n}", []string{"Unknown member", `"ci_user:terraform"`}},
		"project: unknown":   {"data \"signpath_project\" \"x\" {\n slug = \"project-x\"\n}", []string{"Unknown object", "project-a, project-b"}},
		"policy: unknown": {
			"data \"signpath_signing_policy\" \"x\" {\n project = \"project-a\"\n slug = \"release\"\n}",
			[]string{"Unknown object", "project-a/release-signing"},
		},
		"policy: no project": {
			"data \"signpath_signing_policy\" \"x\" {\n project = \"project-x\"\n slug = \"release\"\n}",
			[]string{"Unknown object", `no project "project-x"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			org.run(nil, resource.TestStep{Config: org.config(c.config), ExpectError: says(c.want...)})
		})
	}
}

// TestAnOldServer reads a signing policy from a server that is too old for it, and from
// one that may be.
func TestAnOldServer(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		info   string
		want   []string
	}{
		"that tells": {http.StatusOK, `{"applicationVersion":"1.176.0"}`, []string{
			"Not found by SignPath", "This installation is SignPath 1.176.0.", "{policy} exists since 1.177.0 (changelog)", "Update it",
		}},
		"that does not": {http.StatusNotFound, "", []string{
			"Not found by SignPath", "Check api_url", "exists since SignPath 1.177.0", "does not tell its version", "since 1.186.1", "may be older than 1.177.0",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			org.inject(mock.Fault{Route: "GET /Projects/{project}/SigningPolicies/{policy}", Action: mock.FaultAnswer, Status: http.StatusNotFound})
			org.inject(mock.Fault{Route: "GET /Meta/SystemInfo", Action: mock.FaultAnswer, Status: test.status, Body: test.info})
			org.run(nil, resource.TestStep{
				Config: org.config(`
data "signpath_signing_policy" "release" {
  project = "project-a"
  slug    = "release-signing"
}`),
				ExpectError: says(test.want...),
			})
		})
	}
}
