package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

const readMe = "\ndata \"signpath_current_user\" \"me\" {}\n"

func TestProviderSettingsAreRefused(t *testing.T) {
	const id, token = "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90", "c2VjcmV0LXRva2Vu"
	for name, c := range map[string]struct {
		url, id, token string
		want           []string
	}{
		"no organization":        {"", "", token, []string{"Invalid provider configuration", "SIGNPATH_ORGANIZATION_ID"}},
		"malformed organization": {"", "acme", token, []string{"Invalid provider configuration", "organization_id", `"acme" is not an organization id`}},
		"empty UUID":             {"", "00000000-0000-0000-0000-000000000000", token, []string{"is not an organization id"}},
		"no token":               {"", id, "", []string{"Invalid provider configuration", "SIGNPATH_API_TOKEN"}},
		"composite token":        {"", id, token + ":b3RoZXI=", []string{"contains a colon", "composite token", "before the colon"}},
		"token with header":      {"", id, "Bearer " + token, []string{"Leave that word out"}},
		"token with white space": {"", id, token + " " + token, []string{"white space"}},
		"malformed URL":          {"signpath", id, token, []string{"api_url", `"signpath" is not a URL`}},
		"plain http":             {"http://signpath.example.com/Api", id, token, []string{"Plain http would send the API token in the clear"}},
		"credentials in the URL": {"https://user:pass@signpath.example.com/Api", id, token, []string{"must not carry credentials"}},
	} {
		t.Run(name, func(t *testing.T) {
			newOrganization(t).run(nil, resource.TestStep{
				Config:      fmt.Sprintf("provider \"signpath\" {\n  api_url = %q\n  organization_id = %q\n  api_token = %q\n}\n%s", c.url, c.id, c.token, readMe),
				ExpectError: says(c.want...),
			})
		})
	}
}

func TestProviderSettingsFromTheEnvironment(t *testing.T) {
	org := newOrganization(t)
	t.Setenv(api.EnvURL, org.URL+"/v1/")
	t.Setenv(api.EnvOrganizationID, strings.ToUpper(org.OrganizationID()))
	t.Setenv(api.EnvToken, org.Token+"\n")
	org.runOn(signpathtest.Providers, nil, resource.TestStep{
		Config: "provider \"signpath\" {}\n" + readMe,
		Check:  resource.TestCheckResourceAttr("data.signpath_current_user.me", "member", "ci_user:terraform"),
	})
}

func TestProviderSettingKnownAfterApplyIsRefused(t *testing.T) {
	org := newOrganization(t)
	org.run(nil, resource.TestStep{
		Config: fmt.Sprintf(`
resource "terraform_data" "token" {
  input = "later"
}
provider "signpath" {
  api_url         = %q
  organization_id = %q
  api_token       = terraform_data.token.output
}
%s`, org.URL, org.OrganizationID(), readMe),
		ExpectError: says("Setting not known at plan time", "api_token depends on"),
	})
}

func TestTokenIsRefused(t *testing.T) {
	org := newOrganization(t)
	const wrong = "bm90LXRoZS10b2tlbg=="
	for name, config := range map[string]string{
		"data source": readMe,
		"resource":    newUser,
		"list":        lists()["approvers"].all(lead),
	} {
		t.Run(name, func(t *testing.T) {
			org := org.in(t)
			org.run(nil, resource.TestStep{
				Config:      org.configAs(wrong, config),
				ExpectError: says("SignPath refused the API token", "401 Unauthorized", "SIGNPATH_API_TOKEN"),
			})
		})
	}
}

func TestWrongOrganizationIsRefused(t *testing.T) {
	org := newOrganization(t)
	org.run(nil, resource.TestStep{
		Config: strings.ReplaceAll(org.config(newUser), org.OrganizationID(), "11111111-1111-4111-8111-111111111111"),
		ExpectError: says("SignPath refuses everything", "403 Forbidden", "the organization is not that of the token's user",
			"(from organization_id of the provider block)"),
	})
}

// TestTokenWithoutRights lets users of every other role try what needs one, and
// expects SignPath's cause and the role that is needed.
func TestTokenWithoutRights(t *testing.T) {
	approvers := lists()["approvers"]
	for name, c := range map[string]struct {
		role   mock.Role
		config string
		want   []string
	}{
		"regular user creates a user": {
			mock.RoleRegularUser, newUser,
			[]string{"Not allowed by SignPath", "Creating user:new.approver@example.com", "403 Forbidden", "needs the role User Administrator or Global Administrator"},
		},
		"project administrator creates a user": {mock.RoleProjectAdministrator, newUser, []string{"Not allowed by SignPath", "User Administrator"}},
		"project administrator assigns a role": {
			mock.RoleProjectAdministrator, roleAssignment(lead, "GlobalReader"),
			[]string{"Not allowed by SignPath", "Managing users needs the role"},
		},
		"user administrator edits a policy": {
			mock.RoleUserAdministrator, approvers.all(lead),
			[]string{"Not allowed by SignPath", "Reading the approvers of signing policy", "403 Forbidden", "Seeing all of them needs the role"},
		},
		"global reader edits a policy": {
			mock.RoleGlobalReader, approvers.all(lead),
			[]string{
				"Not allowed by SignPath", `Changing the approvers of signing policy "project-b/release-signing"`, "403 Forbidden",
				"needs the role Project Administrator or Global Administrator",
			},
		},
		"global reader edits an entry": {
			mock.RoleGlobalReader, approvers.one("this", lead),
			[]string{"Not allowed by SignPath", "Adding", "needs the role Project Administrator or Global Administrator"},
		},
		"regular user looks at a project": {
			mock.RoleRegularUser, "data \"signpath_project\" \"this\" {\n  slug = \"project-a\"\n}\n",
			[]string{"Not allowed by SignPath", "Seeing all of them needs the role"},
		},
		"regular user looks at an unknown one": {
			mock.RoleRegularUser, "data \"signpath_project\" \"this\" {\n  slug = \"project-c\"\n}\n",
			[]string{"Not allowed by SignPath", "Seeing all of them needs the role"},
		},
		"global reader looks at an unknown one": {
			mock.RoleGlobalReader, "data \"signpath_project\" \"this\" {\n  slug = \"project-c\"\n}\n",
			[]string{"Unknown object", `no project "project-c"`},
		},
		"global reader deactivates on the way": {mock.RoleGlobalReader, newCIUser, []string{"Not allowed by SignPath", "Creating ci_user:build"}},
	} {
		t.Run(name, func(t *testing.T) {
			const token = "dG9rZW4tb2Ytc29tZWJvZHktZWxzZS0wMDAwMDAwMDA="
			org := newOrganization(t, func(seed *mock.Seed) {
				seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "somebody-else", Role: c.role, Token: token})
			})
			before := org.Snapshot()
			org.run(nil, resource.TestStep{Config: org.configAs(token, c.config), ExpectError: says(c.want...)})
			org.unchangedSince(before)
		})
	}
}
