package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// id returns the id of a principal of the organization.
func (o *organization) id(reference string) string {
	o.t.Helper()
	id, err := o.ID(reference)
	must(o.t, err)
	return id
}

// identity is the identity block of an import.
func identity(attributes map[string]string) string {
	var lines strings.Builder
	for name, value := range attributes {
		fmt.Fprintf(&lines, "    %s = %q\n", name, value)
	}
	return "  identity = {\n" + lines.String() + "  }\n"
}

// importByIdentity imports into the address.
func importByIdentity(address string, attributes map[string]string) string {
	return "\nimport {\n  to = " + address + "\n" + identity(attributes) + "}\n"
}

// TestPrincipalIdentity imports what is identified by an id.
func TestPrincipalIdentity(t *testing.T) {
	for name, c := range map[string]struct{ address, config, reference string }{
		"user":            {"signpath_user.this", newUser, "user:new.approver@example.com"},
		"CI user":         {"signpath_ci_user.this", newCIUser, "ci_user:build"},
		"group":           {"signpath_user_group.this", newUserGroup, "group:Signers"},
		"role":            {"signpath_role_assignment.this", roleAssignment(lead, "GlobalReader"), lead},
		"role of CI user": {"signpath_role_assignment.this", newCIUser + roleAssignment("ci_user:build", "GlobalReader"), "ci_user:build"},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			org.run(nil,
				resource.TestStep{
					Config: org.config(strings.ReplaceAll(c.config, `member = "ci_user:build"`, "member = signpath_ci_user.this.member")),
					ConfigStateChecks: []statecheck.StateCheck{
						expectIdentity{c.address, func() map[string]string { return map[string]string{"id": org.id(c.reference)} }},
					},
				},
				resource.TestStep{ResourceName: c.address, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
			)
		})
	}
}

// expectIdentity expects just this identity, which may be known only after the
// apply.
type expectIdentity struct {
	address string
	want    func() map[string]string
}

// CheckState implements [statecheck.StateCheck].
func (e expectIdentity) CheckState(ctx context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	checks := map[string]knownvalue.Check{}
	for name, value := range e.want() {
		checks[name] = knownvalue.StringExact(value)
	}
	statecheck.ExpectIdentity(e.address, checks).CheckState(ctx, req, resp)
}

// identityOf is what identifies the parent of a list.
func (l list) identityOf(org *organization) map[string]string {
	switch {
	case l.key == "group":
		return map[string]string{"group_id": org.id(l.owner)}
	case strings.Contains(l.parent, "signing_policy"):
		return map[string]string{"project": "project-b", "signing_policy": "release-signing"}
	}
	return map[string]string{"project": "project-b"}
}

// with returns the identity with one more attribute, unless it is empty.
func with(identity map[string]string, name, value string) map[string]string {
	more := map[string]string{}
	for name, value := range identity {
		more[name] = value
	}
	if value != "" {
		more[name] = value
	}
	return more
}

// TestAccessListIdentity imports whole lists and single entries by identity, and
// renames principals and groups meanwhile: the identity stays.
func TestAccessListIdentity(t *testing.T) {
	for name, l := range lists() {
		for form, c := range map[string]struct{ address, config, renamed, memberOf string }{
			"list":  {l.plural + ".this", l.all(lead, managers), l.all(lead, "group:Renamed"), ""},
			"entry": {l.singular + ".this", l.one("this", managers), l.one("this", "group:Renamed"), managers},
		} {
			t.Run(name+" "+form, func(t *testing.T) {
				org := newOrganization(t, withTeam)
				short := l.identityOf(org)
				if c.memberOf != "" {
					short = with(short, "member_id", org.id(c.memberOf))
				}
				full := short
				if l.key != "group" {
					full = with(short, "organization_id", org.OrganizationID())
				}
				is := []statecheck.StateCheck{expectIdentity{c.address, func() map[string]string { return full }}}
				rename := func(a *mock.Administrator) error {
					name := "Renamed"
					return a.Change(managers, mock.PrincipalChange{Name: &name})
				}
				org.run(nil,
					resource.TestStep{Config: org.config(c.config), ConfigStateChecks: is},
					resource.TestStep{ResourceName: c.address, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
					resource.TestStep{ // Without the organization.
						Config:       org.config(c.config + importByIdentity(c.address, short)),
						ResourceName: c.address, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity, ImportStateConfigExact: true,
					},
					resource.TestStep{PreConfig: org.behindTerraform(rename), Config: org.config(c.renamed), ConfigPlanChecks: resource.ConfigPlanChecks{
						PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(c.address, plancheck.ResourceActionNoop)},
					}, ConfigStateChecks: is},
				)
			})
		}
	}
}

// TestReplacementHasAnotherIdentity replaces objects by others.
func TestReplacementHasAnotherIdentity(t *testing.T) {
	for name, c := range map[string]struct{ address, before, after, reference, attribute string }{
		"user":  {"signpath_user.this", newUser, strings.ReplaceAll(newUser, "new.approver@", "newer.approver@"), "user:newer.approver@example.com", "id"},
		"role":  {"signpath_role_assignment.this", roleAssignment(lead, "GlobalReader"), roleAssignment(officer, "GlobalReader"), officer, "id"},
		"entry": {"signpath_user_group_member.this", groupMembers(managers).one("this", lead), groupMembers(managers).one("this", officer), officer, "member_id"},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			want := func() map[string]string {
				identity := map[string]string{c.attribute: org.id(c.reference)}
				if c.attribute == "member_id" {
					identity["group_id"] = org.id(managers)
				}
				return identity
			}
			org.run(nil,
				resource.TestStep{Config: org.config(c.before)},
				resource.TestStep{
					Config: org.config(c.after), ConfigPlanChecks: expectAction(c.address, plancheck.ResourceActionReplace),
					ConfigStateChecks: []statecheck.StateCheck{expectIdentity{c.address, want}},
				},
				resource.TestStep{Config: org.config(c.after), PlanOnly: true},
			)
		})
	}
}

func TestImportByIdentityIsRefused(t *testing.T) {
	const nobody, elsewhere = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	approvers, members := lists()["approvers"], groupMembers(managers)
	policy := map[string]string{"project": "project-b", "signing_policy": "release-signing"}
	for name, c := range map[string]struct {
		address, config string
		identity        func(*organization) map[string]string
		want            []string
	}{
		"no UUID": {
			"signpath_user.this", newUser, only("id", "new.approver@example.com"),
			[]string{"Invalid identity", "id of the identity is", "not a UUID"},
		},
		"nobody": {
			"signpath_user.this", newUser, only("id", nobody),
			[]string{"Cannot import what does not exist", "no interactive user", "correct it, or import by an id"},
		},
		"another kind": {
			"signpath_user.this", newUser,
			func(o *organization) map[string]string { return map[string]string{"id": o.id("ci_user:terraform")} },
			[]string{"Cannot import what does not exist", "no interactive user", "correct it, or import by an id"},
		},
		"no role": {
			"signpath_role_assignment.this", roleAssignment(lead, "GlobalReader"),
			func(o *organization) map[string]string { return map[string]string{"id": o.id(lead)} },
			[]string{"No role to import"},
		},
		"role of a group": {
			"signpath_role_assignment.this", roleAssignment(lead, "GlobalReader"),
			func(o *organization) map[string]string { return map[string]string{"id": o.id(managers)} },
			[]string{"Unknown member", "nobody with the id"},
		},
		"no slug": {
			approvers.plural + ".this", approvers.all(),
			func(*organization) map[string]string { return with(policy, "project", "Project B") },
			[]string{"Invalid identity", "is not a slug"},
		},
		"no such policy": {
			approvers.plural + ".this", approvers.all(),
			func(*organization) map[string]string { return with(policy, "signing_policy", "sign") },
			[]string{"Cannot import what does not exist", `no signing policy "project-b/sign"`, "correct it, or import by an id"},
		},
		"other organization": {
			approvers.plural + ".this", approvers.all(),
			func(*organization) map[string]string { return with(policy, "organization_id", elsewhere) },
			[]string{"Another organization", elsewhere},
		},
		"not on the list": {
			approvers.singular + ".this", approvers.one("this", lead),
			func(o *organization) map[string]string { return with(policy, "member_id", o.id(lead)) },
			[]string{"Not on the list", `"user:dev.lead@example.com" is not on the approvers`},
		},
		"nobody on the list": {
			approvers.singular + ".this", approvers.one("this", lead),
			func(*organization) map[string]string { return with(policy, "member_id", nobody) },
			[]string{"Unknown member", "nobody with the id"},
		},
		"no such group": {
			members.plural + ".this", members.all(), only("group_id", nobody),
			[]string{"Cannot import what does not exist", "no user group", "correct it, or import by an id"},
		},
		"group by name": {members.plural + ".this", members.all(), only("group_id", "Release Managers"), []string{"Invalid identity", "group_id"}},
		"an API token at all": {
			"signpath_ci_user_token.this", "\nresource \"signpath_ci_user_token\" \"this\" {\n  ci_user = \"ci_user:terraform\"\n}\n",
			func(o *organization) map[string]string { return map[string]string{"id": o.id("ci_user:terraform")} },
			[]string{"An API token cannot be imported"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			before := org.Snapshot()
			org.run(nil, resource.TestStep{Config: org.config(c.config + importByIdentity(c.address, c.identity(org))), ExpectError: says(c.want...)})
			org.unchangedSince(before)
		})
	}
}

// only is an identity of one attribute.
func only(name, value string) func(*organization) map[string]string {
	return func(*organization) map[string]string { return map[string]string{name: value} }
}

// TestCLIStateWithoutIdentities takes the identities out of the state, as an older
// Terraform or an older provider leaves it.
func TestCLIStateWithoutIdentities(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": everyType})
	w.MustRun("apply", "-auto-approve")
	resources := w.forgetIdentities()

	w.expectPlan(testkit.Summary{})
	w.MustRun("apply", "-refresh-only", "-auto-approve")
	if got := w.forgetIdentities(); got != resources {
		t.Errorf("after a refresh %d resources have an identity, want %d", got, resources)
	}
	w.Write("main.tf", strings.NewReplacer(`"New Approver"`, `"Approver"`, `"GlobalReader"`, `"UserAdministrator"`).Replace(everyType))
	w.MustRun("apply", "-refresh=false", "-auto-approve")
	w.expectPlan(testkit.Summary{})

	w.forgetIdentities()
	must(t, w.org.Administrator("").Remove("group:Approvers"))
	must(t, w.org.Administrator("").Remove("ci_user:build"))
	must(t, w.org.Administrator("").SetRole("user:new.approver@example.com", mock.RoleRegularUser))
	must(t, w.org.Administrator("").RemoveMembers("policy:project-b/release-signing", "approvers", "user:qa.lead@example.com"))
	gone := []string{
		"signpath_user_group.this", "signpath_user_group_members.this", "signpath_ci_user.this", "signpath_ci_user_token.this",
		"signpath_role_assignment.user", "signpath_signing_policy_approver.this",
	}
	plan := string(w.MustRun("plan"))
	for _, address := range gone {
		if !strings.Contains(plan, "# "+address+" will be created") {
			t.Errorf("the plan does not create %s, which is gone:\n%s", address, plan)
		}
	}
}

// forgetIdentities takes the identities out of the state, and returns how many
// there were.
func (w *workspace) forgetIdentities() (found int) {
	w.t.Helper()
	var state map[string]any
	must(w.t, json.Unmarshal([]byte(w.Read("terraform.tfstate")), &state))
	for _, r := range state["resources"].([]any) {
		for _, instance := range r.(map[string]any)["instances"].([]any) {
			if _, has := instance.(map[string]any)["identity"]; has {
				found++
			}
			delete(instance.(map[string]any), "identity")
			delete(instance.(map[string]any), "identity_schema_version")
		}
	}
	content, err := json.Marshal(state)
	must(w.t, err)
	w.Write("terraform.tfstate", string(content))
	return found
}
