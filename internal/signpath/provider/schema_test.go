package provider_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// documented are the types that users know of. A type that disappears breaks
// their configurations.
var documented = map[string][]string{
	"resource": {
		"signpath_ci_user", "signpath_ci_user_token",
		"signpath_project_configurator", "signpath_project_configurators", "signpath_project_reader", "signpath_project_readers",
		"signpath_role_assignment", "signpath_role_holders",
		"signpath_signing_policy_approver", "signpath_signing_policy_approvers", "signpath_signing_policy_submitter", "signpath_signing_policy_submitters",
		"signpath_user", "signpath_user_group", "signpath_user_group_member", "signpath_user_group_members",
	},
	"list resource": {
		"signpath_ci_user",
		"signpath_project_configurator", "signpath_project_configurators", "signpath_project_reader", "signpath_project_readers",
		"signpath_role_assignment", "signpath_role_holders",
		"signpath_signing_policy_approver", "signpath_signing_policy_approvers", "signpath_signing_policy_submitter", "signpath_signing_policy_submitters",
		"signpath_user", "signpath_user_group", "signpath_user_group_member", "signpath_user_group_members",
	},
	"data source": {
		"signpath_access_review", "signpath_audit_events",
		"signpath_ci_user", "signpath_ci_users", "signpath_current_user", "signpath_organization", "signpath_project", "signpath_projects",
		"signpath_roles", "signpath_signing_policy", "signpath_user", "signpath_user_group", "signpath_user_groups", "signpath_users",
	},
	"action":   {"signpath_reinvite_user"},
	"function": {"ci_users", "member", "parse_member"},
}

// TestSchemas checks what Terraform is told of the provider: the types, and a
// description on each of them and on every attribute.
func TestSchemas(t *testing.T) {
	server, err := signpathtest.Providers.Factories["signpath"]()
	must(t, err)
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	must(t, err)
	for _, diagnostic := range schemas.Diagnostics {
		t.Errorf("%s: %s", diagnostic.Summary, diagnostic.Detail)
	}
	found := map[string][]string{
		"resource": slices.Sorted(maps.Keys(schemas.ResourceSchemas)), "data source": slices.Sorted(maps.Keys(schemas.DataSourceSchemas)),
		"list resource": slices.Sorted(maps.Keys(schemas.ListResourceSchemas)),
		"action":        slices.Sorted(maps.Keys(schemas.ActionSchemas)), "function": slices.Sorted(maps.Keys(schemas.Functions)),
	}
	for kind, want := range documented {
		if !slices.Equal(found[kind], want) {
			t.Errorf("the %ss are %q, want %q", kind, found[kind], want)
		}
	}
	checkBlock(t, "provider", schemas.Provider.Block)
	for name, schema := range schemas.ResourceSchemas {
		checkBlock(t, "resource "+name, schema.Block)
	}
	for name, schema := range schemas.ListResourceSchemas {
		checkBlock(t, "list resource "+name, schema.Block)
	}
	for name, schema := range schemas.DataSourceSchemas {
		checkBlock(t, "data source "+name, schema.Block)
	}
	for name, schema := range schemas.ActionSchemas {
		checkBlock(t, "action "+name, schema.Schema.Block)
	}
}

// TestEveryResourceHasAnIdentity also keeps the identities as they are: a change
// of one needs a new version of it, and code to upgrade the old.
func TestEveryResourceHasAnIdentity(t *testing.T) {
	server, err := signpathtest.Providers.Factories["signpath"]()
	must(t, err)
	schemas, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	must(t, err)
	want := map[string][]string{
		"signpath_user": {"id"}, "signpath_ci_user": {"id"}, "signpath_ci_user_token": {"id"}, "signpath_user_group": {"id"}, "signpath_role_assignment": {"id"},
		"signpath_role_holders":       {"organization_id", "role"},
		"signpath_user_group_members": {"group_id"}, "signpath_user_group_member": {"group_id", "member_id"},
	}
	for parent, attributes := range map[string][]string{
		"project": {"organization_id", "project"}, "signing_policy": {"organization_id", "project", "signing_policy"},
	} {
		for _, list := range map[string][]string{"project": {"reader", "configurator"}, "signing_policy": {"submitter", "approver"}}[parent] {
			want["signpath_"+parent+"_"+list+"s"] = attributes
			want["signpath_"+parent+"_"+list] = append([]string{"member_id"}, attributes...)
		}
	}
	for _, name := range documented["resource"] {
		var got []string
		for _, attribute := range schemas.IdentitySchemas[name].IdentityAttributes {
			got = append(got, attribute.Name)
			if attribute.Description == "" {
				t.Errorf("%s of the identity of %s has no description", attribute.Name, name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want[name]) {
			t.Errorf("the identity of %s is %q, want %q", name, got, want[name])
		}
	}
}

func checkBlock(t *testing.T, where string, block *tfprotov6.SchemaBlock) {
	t.Helper()
	if block.Description == "" {
		t.Errorf("%s has no description", where)
	}
	checkAttributes(t, where, block.Attributes)
	for _, nested := range block.BlockTypes {
		checkBlock(t, where+" "+nested.TypeName, nested.Block)
	}
}

func checkAttributes(t *testing.T, where string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, attribute := range attributes {
		name := where + " " + attribute.Name
		if attribute.Description == "" {
			t.Errorf("%s has no description", name)
		}
		if attribute.NestedType != nil {
			checkAttributes(t, name, attribute.NestedType.Attributes)
		}
	}
}
