package provider_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// inconsistent is what Terraform says where a plan in the apply differs from the one
// before.
const inconsistent = "Provider produced inconsistent final plan"

// elsewhere makes the settings of every provider lead to another organization, as the
// environment does that a saved plan is applied in.
func (o *organization) elsewhere() *testkit.Providers {
	return testkit.NewProviders(testkit.Factories{"signpath": func() (tfprotov6.ProviderServer, error) {
		server, err := signpathtest.Providers.Factories["signpath"]()
		return redirected{server, o}, err
	}})
}

type redirected struct {
	tfprotov6.ProviderServer
	to *organization
}

func (r redirected) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	schema, err := r.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	ty := schema.Provider.ValueType()
	value, err := req.Config.Unmarshal(ty)
	if err != nil {
		return nil, err
	}
	settings := map[string]tftypes.Value{}
	if err := value.As(&settings); err != nil {
		return nil, err
	}
	for name, text := range map[string]string{"api_url": r.to.URL, "organization_id": r.to.OrganizationID(), "api_token": r.to.Token} {
		settings[name] = tftypes.NewValue(tftypes.String, text)
	}
	config, err := tfprotov6.NewDynamicValue(ty, tftypes.NewValue(ty, settings))
	redirect := *req
	redirect.Config = &config
	if err != nil {
		return nil, err
	}
	return r.ProviderServer.ConfigureProvider(ctx, &redirect)
}

// otherOrganization is another one with the same people.
func otherOrganization(t *testing.T, changes ...func(*mock.Seed)) *organization {
	t.Helper()
	return newOrganization(t, append(changes, func(seed *mock.Seed) { seed.Organization.ID = "0a6c1a51-64b1-4d0c-8b35-7f7a3e1f2c11" })...)
}

// A savedPlan is a plan that is applied after somebody has changed the organization.
type savedPlan struct {
	seed func(*mock.Seed)
	// before is what was applied first, and planned is what the plan is of.
	before, planned string
	options         testkit.Options
	changes         []func(*mock.Administrator) error
	// says is how the apply is refused; nothing if it is not.
	says []string
	// warns is what an apply that is not refused warns of.
	warns []string
	// partly is true if something else of the plan was done before that.
	partly bool
	// then is checked at the end.
	then func(*organization) error
}

func (c savedPlan) run(t *testing.T) {
	t.Parallel()
	seeds := []func(*mock.Seed){withTeam}
	if c.seed != nil {
		seeds = append(seeds, c.seed)
	}
	org := newOrganization(t, seeds...)
	d := testkit.NewDriver(signpathtest.Providers)
	if c.before != "" {
		_, err := d.Apply(org.config(c.before), testkit.Options{})
		must(t, err)
	}
	plan, err := d.Plan(org.config(c.planned), c.options)
	must(t, err)
	org.behindTerraform(c.changes...)()
	before := org.Snapshot()
	said, err := d.ApplyPlan(plan)
	if refused := err != nil; refused != (c.says != nil) || refused && !says(c.says...).MatchString(said.String()) {
		t.Errorf("the apply says:\n%s\n(%v)", said, err)
	}
	if c.warns != nil && !says(c.warns...).MatchString(said.String()) {
		t.Errorf("the apply says:\n%s", said)
	}
	if c.says != nil && !c.partly {
		org.unchangedSince(before)
	}
	if c.then != nil {
		must(t, c.then(org))
	}
}

func role(r mock.Role) mock.PrincipalChange { return mock.PrincipalChange{Role: &r} }

// handsOver gives the address or name of a user to another one, who takes its own for it.
func handsOver(from, to string) func(*mock.Administrator) error {
	return func(a *mock.Administrator) error {
		kind, key, _ := strings.Cut(from, ":")
		parked, taken := "parked@example.com", key
		change := func(key *string) mock.PrincipalChange {
			if kind == "user" {
				return mock.PrincipalChange{Email: key}
			}
			return mock.PrincipalChange{Name: key}
		}
		if err := a.Change(from, change(&parked)); err != nil {
			return err
		}
		return a.Change(to, change(&taken))
	}
}

func changed(reference string, change mock.PrincipalChange) func(*mock.Administrator) error {
	return func(a *mock.Administrator) error { return a.Change(reference, change) }
}

// anotherID is that of an object that has the name of one that was there before.
const anotherID = "11111111-2222-4333-8444-555555555555"

func renewed(a *mock.Administrator) error {
	if err := a.Remove(outsider); err != nil {
		return err
	}
	_, err := a.CreateInteractiveUser(mock.InteractiveUserSeed{ID: anotherID, Name: "Another Outsider", Email: "outsider@example.com"})
	return err
}

// TestSavedPlans applies plans after somebody has changed what they are about: what the
// plan has not shown is not done.
func TestSavedPlans(t *testing.T) {
	cases := map[string]savedPlan{}
	for name, l := range lists() {
		come := func(who ...string) func(*mock.Administrator) error {
			return func(a *mock.Administrator) error { return a.AddMembers(l.owner, l.name, who...) }
		}
		held := func(seed *mock.Seed) { seedMembers(seed, l, outsider) }
		cases[name+": who came onto the list after the plan"] = savedPlan{
			planned: l.all(lead), changes: []func(*mock.Administrator) error{come(officer)}, says: []string{inconsistent, "removes"},
		}
		cases[name+": who came beside somebody whom the plan names"] = savedPlan{
			seed: held, planned: l.all(lead), changes: []func(*mock.Administrator) error{come(officer)}, says: []string{inconsistent, "removes"},
		}
		cases[name+": whom the plan names has left"] = savedPlan{
			seed: held, planned: l.all(lead), says: []string{inconsistent, "removes"},
			changes: []func(*mock.Administrator) error{func(a *mock.Administrator) error { return a.RemoveMembers(l.owner, l.name, outsider) }},
		}
		cases[name+": whom the plan names was renamed"] = savedPlan{
			seed: held, planned: l.all(lead), changes: []func(*mock.Administrator) error{handsOver(outsider, officer)},
			then: func(o *organization) error { return o.membersAre(l.owner, l.name, lead)(nil) },
		}
		cases[name+": who came after the plan of an update stays"] = savedPlan{
			before: l.all(lead), planned: l.all(manager), changes: []func(*mock.Administrator) error{come(officer)},
			then: func(o *organization) error { return o.membersAre(l.owner, l.name, manager, officer)(nil) },
		}
		cases[name+": an address in the state that has gone to somebody else"] = savedPlan{
			before: l.all(outsider), planned: l.all(outsider, manager), changes: []func(*mock.Administrator) error{handsOver(outsider, officer)},
			then: func(o *organization) error {
				return o.membersAre(l.owner, l.name, "user:parked@example.com", manager)(nil)
			},
		}
		cases[name+": an address that is added has gone to somebody else"] = savedPlan{
			before: l.all(lead), planned: l.all(lead, outsider), changes: []func(*mock.Administrator) error{handsOver(outsider, officer)},
			says: []string{inconsistent, "member_ids"},
		}
		cases[name+": an address of a new list has gone to somebody else"] = savedPlan{
			planned: l.all(outsider), changes: []func(*mock.Administrator) error{handsOver(outsider, officer)}, says: []string{inconsistent, "member_ids"},
		}
		cases[name+": the account of an address of a new list is another one"] = savedPlan{
			planned: l.all(outsider), changes: []func(*mock.Administrator) error{renewed}, says: []string{inconsistent, "member_ids"},
		}
		cases[name+": an address of an entry has gone to somebody else"] = savedPlan{
			planned: l.one("this", outsider), changes: []func(*mock.Administrator) error{handsOver(outsider, officer)}, says: []string{inconsistent, "member_id"},
		}
		cases[name+": an address of an entry in the state has gone to somebody else"] = savedPlan{
			before: l.one("this", outsider), planned: "", changes: []func(*mock.Administrator) error{handsOver(outsider, officer), come(outsider)},
			then: func(o *organization) error { return o.membersAre(l.owner, l.name, outsider)(nil) },
		}
	}
	approvers := lists()["approvers"]
	elsewhere := strings.Replace(approvers.all(lead), "project-b", "project-a", 1)
	cases["who came onto the list that a list moves to"] = savedPlan{
		before: approvers.all(lead), planned: elsewhere, says: []string{inconsistent, "removes"}, partly: true,
		then: func(o *organization) error {
			return o.membersAre("policy:project-a/release-signing", "approvers", officer)(nil)
		},
		changes: []func(*mock.Administrator) error{
			func(a *mock.Administrator) error {
				return a.AddMembers("policy:project-a/release-signing", "approvers", officer)
			},
		},
	}
	team := groupMembers(team)
	cases["another group of the name"] = savedPlan{
		planned: team.all(lead), says: []string{inconsistent, "group_id"},
		changes: []func(*mock.Administrator) error{
			func(a *mock.Administrator) error { return a.Remove(team.owner) },
			func(a *mock.Administrator) error {
				_, err := a.CreateUserGroup(mock.UserGroupSeed{ID: anotherID, Name: "Core Team"})
				return err
			},
		},
	}
	roleTo := func(member, to string) string {
		return fmt.Sprintf("resource \"signpath_role_assignment\" \"this\" {\n  member = %q\n  role = %q\n}\n", member, to)
	}
	now := func(r mock.Role) []func(*mock.Administrator) error {
		return []func(*mock.Administrator) error{changed(outsider, role(r))}
	}
	cases["a role that somebody got after the plan of a create"] = savedPlan{
		planned: roleTo(outsider, "GlobalReader"), changes: now("GlobalAdministrator"), says: []string{inconsistent, "replaces_role"},
	}
	cases["another role than the plan of a create replaces"] = savedPlan{
		seed:    func(seed *mock.Seed) { outcome{seed}.user("outsider@example.com").Role = "CertificateAdministrator" },
		planned: roleTo(outsider, "GlobalReader"), changes: now("GlobalAdministrator"), says: []string{inconsistent, "replaces_role"},
	}
	cases["a role that the plan of a create replaces"] = savedPlan{
		seed:    func(seed *mock.Seed) { outcome{seed}.user("outsider@example.com").Role = "CertificateAdministrator" },
		planned: roleTo(outsider, "GlobalReader"), then: roleIs(outsider, "GlobalReader"),
	}
	cases["another role than the plan of an update changes"] = savedPlan{
		before: roleTo(outsider, "GlobalReader"), planned: roleTo(outsider, "CertificateAdministrator"), changes: now("GlobalAdministrator"),
		says: []string{"The role has changed since the plan", outsider, "was GlobalReader in the plan, and is GlobalAdministrator now", "plan again"},
	}
	cases["another role than the plan of a destroy takes"] = savedPlan{
		before: roleTo(outsider, "GlobalReader"), planned: "", changes: now("GlobalAdministrator"), then: roleIs(outsider, "GlobalAdministrator"),
		warns: []string{"Has another role by now: " + outsider, "GlobalAdministrator, and not GlobalReader"},
	}
	cases["another role than a plan to destroy everything takes"] = savedPlan{
		before: roleTo(outsider, "GlobalReader"), planned: roleTo(outsider, "GlobalReader"), options: testkit.Options{Destroy: true},
		changes: now("GlobalAdministrator"), then: roleIs(outsider, "GlobalAdministrator"), warns: []string{"Has another role by now"},
	}
	cases["another role than an update that is about something else"] = savedPlan{
		before: roleTo(outsider, "GlobalReader"), changes: now("GlobalAdministrator"), says: []string{"The role has changed since the plan"},
		planned: strings.Replace(roleTo(outsider, "GlobalReader"), "}", "  allow_lockout = true\n}", 1),
	}
	cases["the address of a new role has gone to somebody else"] = savedPlan{
		planned: roleTo(outsider, "GlobalReader"), changes: []func(*mock.Administrator) error{handsOver(outsider, officer)}, says: []string{inconsistent, ".id"},
	}
	cases["the address of a role in the state has gone to somebody else"] = savedPlan{
		before: roleTo(outsider, "GlobalReader"), planned: roleTo(outsider, "CertificateAdministrator"),
		changes: []func(*mock.Administrator) error{handsOver(outsider, officer)},
		then: func(o *organization) error {
			return joined(roleIs("user:parked@example.com", "CertificateAdministrator")(o), roleIs(outsider, "RegularUser")(o))
		},
	}
	was := func(who string, role mock.Role) func(*mock.Seed) {
		return seededRole(strings.TrimPrefix(who, "user:"), role)
	}
	holdersAre := func(want ...string) func(*organization) error {
		return func(o *organization) error { return o.holdersAre(mock.RoleGlobalReader, want...) }
	}
	cases["holders: who got the role after the plan of a create"] = savedPlan{
		planned: roleHolders("GlobalReader", lead), changes: now(mock.RoleGlobalReader), says: []string{inconsistent, "removes"},
	}
	cases["holders: who got the role beside somebody whom the plan names"] = savedPlan{
		seed: was(officer, mock.RoleGlobalReader), planned: roleHolders("GlobalReader", lead), changes: now(mock.RoleGlobalReader),
		says: []string{inconsistent, "removes"},
	}
	cases["holders: who got the role after the plan of an update"] = savedPlan{
		before: roleHolders("GlobalReader", lead), planned: roleHolders("GlobalReader", officer), changes: now(mock.RoleGlobalReader),
		then: holdersAre(officer, outsider), warns: []string{"Somebody got the role after the plan: GlobalReader", outsider},
	}
	cases["holders: who lost the role after the plan of an update"] = savedPlan{
		before: roleHolders("GlobalReader", lead, outsider), planned: roleHolders("GlobalReader", lead), changes: now(mock.RoleUserAdministrator),
		then: joinedChecks(holdersAre(lead), roleIs(outsider, mock.RoleUserAdministrator)), warns: []string{"Has another role by now: " + outsider},
	}
	cases["holders: who got another role after the plan of a create"] = savedPlan{
		planned: roleHolders("GlobalReader", outsider), changes: now(mock.RoleUserAdministrator), says: []string{inconsistent, "replaces_roles"},
	}
	cases["holders: who got another role after the plan of an update"] = savedPlan{
		before: roleHolders("GlobalReader", lead), planned: roleHolders("GlobalReader", lead, outsider), changes: now(mock.RoleUserAdministrator),
		says: []string{inconsistent, "replaces_roles"},
	}
	cases["holders: a member who has another role by now"] = savedPlan{
		before: roleHolders("GlobalReader", lead, outsider), planned: roleHolders("GlobalReader", lead, outsider, officer), changes: now(mock.RoleUserAdministrator),
		says: []string{inconsistent, "replaces_roles"},
	}
	cases["holders: who got another role after the plan of a destroy"] = savedPlan{
		before: roleHolders("GlobalReader", lead, outsider), planned: "", changes: now(mock.RoleUserAdministrator),
		then: joinedChecks(holdersAre(), roleIs(outsider, mock.RoleUserAdministrator)), warns: []string{"Has another role by now: " + outsider},
	}
	cases["holders: an address that is added has gone to somebody else"] = savedPlan{
		before: roleHolders("GlobalReader", lead), planned: roleHolders("GlobalReader", lead, outsider),
		changes: []func(*mock.Administrator) error{handsOver(outsider, officer)}, says: []string{inconsistent, "member_ids"},
	}
	cases["holders: an address in the state has gone to somebody else"] = savedPlan{
		before: roleHolders("GlobalReader", outsider), planned: roleHolders("GlobalReader", outsider, lead),
		changes: []func(*mock.Administrator) error{handsOver(outsider, officer)}, then: holdersAre("user:parked@example.com", lead),
	}
	cases["holders: whom nobody can edit is no reason"] = savedPlan{
		planned: roleHolders("GlobalReader", lead), then: holdersAre(lead, scim),
		changes: []func(*mock.Administrator) error{changed(scim, role(mock.RoleGlobalReader))},
	}
	cases["the name of a token's CI user has gone to another"] = savedPlan{
		seed: func(seed *mock.Seed) {
			seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "build"}, mock.CIUserSeed{Name: "spare"})
		},
		planned: "resource \"signpath_ci_user_token\" \"this\" {\n  ci_user = \"ci_user:build\"\n}\n",
		changes: []func(*mock.Administrator) error{handsOver("ci_user:build", "ci_user:spare")}, says: []string{inconsistent, ".id"},
	}
	adopted := map[string]struct {
		hcl, reference string
		create         func(*mock.Administrator) error
	}{
		"user": {"name = \"Newcomer\"\n  email = \"newcomer@example.com\"", "user:newcomer@example.com", func(a *mock.Administrator) error {
			_, err := a.CreateInteractiveUser(mock.InteractiveUserSeed{ID: anotherID, Name: "Somebody", Email: "newcomer@example.com"})
			return err
		}},
		"ci_user": {"name = \"build\"", "ci_user:build", func(a *mock.Administrator) error {
			_, err := a.CreateCIUser(mock.CIUserSeed{ID: anotherID, Name: "build"})
			return err
		}},
		"user_group": {"name = \"Signers\"", "group:Signers", func(a *mock.Administrator) error {
			_, err := a.CreateUserGroup(mock.UserGroupSeed{ID: anotherID, Name: "Signers"})
			return err
		}},
	}
	exists := func(seed *mock.Seed) {
		seed.InteractiveUsers = append(seed.InteractiveUsers, mock.InteractiveUserSeed{Name: "Somebody", Email: "newcomer@example.com", Inactive: true})
		seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "build"})
		seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: "Signers"})
	}
	for kind, c := range adopted {
		planned := fmt.Sprintf("resource \"signpath_%s\" \"this\" {\n  %s\n  adopt_existing = true\n}\n", kind, c.hcl)
		remove := func(a *mock.Administrator) error { return a.Remove(c.reference) }
		cases[kind+": one came that would be taken over"] = savedPlan{
			planned: planned, changes: []func(*mock.Administrator) error{c.create}, says: []string{inconsistent, "takes_over"},
		}
		cases[kind+": another is to be taken over"] = savedPlan{
			seed: exists, planned: planned, changes: []func(*mock.Administrator) error{remove, c.create}, says: []string{inconsistent, "takes_over"},
		}
		cases[kind+": what was to be taken over has gone"] = savedPlan{
			seed: exists, planned: planned, changes: []func(*mock.Administrator) error{remove}, says: []string{inconsistent, "takes_over"},
		}
		if kind != "user_group" {
			inactive := strings.Replace(planned, "adopt_existing", "active = false\n  adopt_existing", 1)
			isNow := func(active bool) func(*mock.Administrator) error {
				return func(a *mock.Administrator) error { return a.SetActive(c.reference, active) }
			}
			for name, later := range map[string]string{"to be active": planned, "to be inactive": inactive} {
				for _, active := range []bool{true, false} {
					cases[fmt.Sprintf("%s: to be taken over %s, and since then active: %t", kind, name, active)] = savedPlan{
						seed: func(seed *mock.Seed) {
							exists(seed)
							seed.InteractiveUsers[len(seed.InteractiveUsers)-1].Inactive = active
							seed.CIUsers[len(seed.CIUsers)-1].Inactive = active
						},
						planned: later, changes: []func(*mock.Administrator) error{isNow(active)}, says: []string{inconsistent, "was_active"},
					}
				}
			}
		}
		cases[kind+": taken over"] = savedPlan{seed: exists, planned: planned}
	}
	for name, c := range cases {
		t.Run(name, c.run)
	}
}

// seedMembers puts members on a list of the demo organization.
func seedMembers(seed *mock.Seed, l list, members ...string) {
	o := outcome{seed}
	switch l.name {
	case "readers":
		o.project("project-b").Readers = members
	case "configurators":
		o.project("project-b").Configurators = members
	case "submitters":
		o.policy("project-b", "release-signing").Submitters = members
	case "approvers":
		o.policy("project-b", "release-signing").Approvers = members
	default:
		o.group("Core Team").Members = members
	}
}

func roleIs(reference string, want mock.Role) func(*organization) error {
	return func(o *organization) error {
		return o.userIs(reference, func(user mock.UserState) error {
			if user.Role != want {
				return fmt.Errorf("%s is %s, want %s", reference, user.Role, want)
			}
			return nil
		})(nil)
	}
}

func joinedChecks(checks ...func(*organization) error) func(*organization) error {
	return func(o *organization) error {
		for _, check := range checks {
			if err := check(o); err != nil {
				return err
			}
		}
		return nil
	}
}

func joined(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
