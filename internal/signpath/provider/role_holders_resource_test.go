package provider_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/zclconf/go-cty/cty"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

const (
	admin   = "user:org.admin@example.com"
	ownUser = "ci_user:terraform"
	tester  = "user:qa.lead@example.com"
	scim    = "user:sync.user@example.com"

	holdersAddress = "signpath_role_holders.this"
)

func roleHolders(role string, members ...string) string {
	return roleHoldersNamed("this", role, members...)
}

func roleHoldersNamed(name, role string, members ...string) string {
	quoted := make([]string, len(members))
	for i, member := range members {
		quoted[i] = fmt.Sprintf("%q", member)
	}
	return fmt.Sprintf("\nresource \"signpath_role_holders\" %q {\n  role    = %q\n  members = [%s]\n}\n", name, role, strings.Join(quoted, ", "))
}

// holdersAre checks who has a global role.
func (o *organization) holdersAre(role mock.Role, want ...string) error {
	seed, got := o.Snapshot(), []string{}
	for _, user := range seed.InteractiveUsers {
		if user.Role == role {
			got = append(got, "user:"+user.Email)
		}
	}
	for _, user := range seed.CIUsers {
		if user.Role == role {
			got = append(got, "ci_user:"+user.Name)
		}
	}
	if got, want := sorted(got), sorted(want); !slices.Equal(got, want) {
		return fmt.Errorf("the holders of %s are %q, want %q", role, got, want)
	}
	return nil
}

// seededRole gives somebody a role from the start.
func seededRole(email string, role mock.Role) func(*mock.Seed) {
	return func(seed *mock.Seed) { outcome{seed}.user(email).Role = role }
}

func TestRoleHoldersLife(t *testing.T) {
	org := newOrganization(t, seededRole("outsider@example.com", mock.RoleGlobalReader))
	const reader = mock.RoleGlobalReader
	config := func(members ...string) string { return org.config(roleHolders("GlobalReader", members...)) }
	are := func(want ...string) resource.TestCheckFunc {
		return func(*terraform.State) error { return org.holdersAre(reader, want...) }
	}
	identified := map[string]string{"role": "GlobalReader", "organization_id": org.OrganizationID()}
	org.run(
		are(),
		resource.TestStep{ // Who has it, and is not named, loses it.
			Config: config(lead, officer), Check: are(lead, officer),
			ConfigStateChecks: []statecheck.StateCheck{expectIdentity{holdersAddress, func() map[string]string { return identified }}},
		},
		resource.TestStep{Config: config(lead, officer), PlanOnly: true},
		resource.TestStep{
			ResourceName: holdersAddress, ImportState: true, ImportStateId: "GlobalReader",
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "role", ImportStateVerifyIgnore: []string{"removes", "replaces_roles"},
		},
		resource.TestStep{ResourceName: holdersAddress, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: "GlobalReader"},
		resource.TestStep{ResourceName: holdersAddress, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
		resource.TestStep{Config: config("user:DEV.Lead@example.com", officer), PlanOnly: true}, // Another spelling is no change.
		resource.TestStep{
			Config:           config("user:DEV.Lead@example.com", tester),
			ConfigPlanChecks: expectAction(holdersAddress, plancheck.ResourceActionUpdate), Check: are(lead, tester),
		},
		resource.TestStep{ // Drift: somebody came, and somebody lost it.
			PreConfig: org.behindTerraform(
				func(a *mock.Administrator) error { return a.SetRole(manager, reader) },
				func(a *mock.Administrator) error { return a.SetRole(tester, mock.RoleRegularUser) },
			),
			Config: config(lead, tester),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				expectPriorMembers{holdersAddress, []string{"user:DEV.Lead@example.com", manager}},
				plancheck.ExpectResourceAction(holdersAddress, plancheck.ResourceActionUpdate),
			}},
			Check: are(lead, tester),
		},
		resource.TestStep{ // Nobody is left: a role does not disappear.
			PreConfig: org.behindTerraform(
				func(a *mock.Administrator) error { return a.SetRole(lead, mock.RoleCertificateAdministrator) },
				func(a *mock.Administrator) error { return a.SetRole(tester, mock.RoleRegularUser) },
			),
			Config: config(lead, tester), ConfigPlanChecks: expectAction(holdersAddress, plancheck.ResourceActionUpdate), Check: are(lead, tester),
		},
		resource.TestStep{ // Another role is another resource. Who is in both has the new one.
			Config:           org.config(roleHolders("CertificateAdministrator", lead, officer)),
			ConfigPlanChecks: expectAction(holdersAddress, plancheck.ResourceActionReplace),
			Check:            all(are(), func(*terraform.State) error { return org.holdersAre(mock.RoleCertificateAdministrator, lead, officer) }),
		},
		resource.TestStep{Config: config(), Check: are()}, // Nobody, and nobody else.
		resource.TestStep{Config: config(lead)},
	)
}

// A user who is created and renamed by the same configuration is a member like any other.
func TestRoleHoldersOfNewUsers(t *testing.T) {
	org := newOrganization(t)
	config := func(name string) string {
		return org.config(fmt.Sprintf("resource \"signpath_ci_user\" \"it\" {\n  name = %q\n}\n", name) +
			"resource \"signpath_role_holders\" \"this\" {\n  role = \"GlobalReader\"\n  members = [signpath_ci_user.it.member]\n}\n")
	}
	org.run(nil,
		resource.TestStep{
			Config: config("drift"), Check: func(*terraform.State) error { return org.holdersAre(mock.RoleGlobalReader, "ci_user:drift") },
		},
		resource.TestStep{
			Config: config("drift-detection"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction("signpath_ci_user.it", plancheck.ResourceActionUpdate),
			}},
			Check: func(*terraform.State) error { return org.holdersAre(mock.RoleGlobalReader, "ci_user:drift-detection") },
		},
		resource.TestStep{Config: config("drift-detection"), PlanOnly: true},
	)
}

func TestRoleHoldersAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"Regular User": {roleHolders("RegularUser", lead), []string{"Invalid role", "is what a user is without a role", "Leave this resource out"}},
		"unknown role": {roleHolders("Global Reader", lead), []string{"Invalid role", `did you mean "GlobalReader"?`}},
		"group":        {roleHolders("GlobalReader", managers), []string{"Invalid member reference", "user group"}},
		"unknown user": {roleHolders("GlobalReader", "user:dev.laed@example.com"), []string{"Unknown member", `did you mean "user:dev.lead@example.com"`}},
		"null":         {strings.Replace(roleHolders("GlobalReader", lead), "[", "[null, ", 1), []string{"Null element", "compact"}},
		"named twice":  {roleHolders("GlobalReader", lead, "user:DEV.Lead@example.com"), []string{"Member named twice"}},
		"synchronized": {roleHolders("GlobalReader", scim), []string{"Synchronized from a directory", scim}},
		"support user": {roleHolders("GlobalReader", supporter), []string{"Support user", supporter}},
		"one role, two": {
			roleHolders("GlobalReader", lead) + roleHoldersNamed("again", "GlobalReader", officer), []string{"Managed twice", "holders of GlobalReader"},
		},
		"one user, two roles": {
			roleHolders("GlobalReader", lead) + roleHoldersNamed("again", "UserAdministrator", "user:Dev.Lead@example.com"),
			[]string{"Managed twice", "the global role of " + lead},
		},
		"with an assignment": {
			roleHolders("GlobalReader", lead) + roleAssignment(lead, "UserAdministrator"), []string{"Managed twice", "the global role of " + lead},
		},
		"with an assignment of the role": {
			roleHolders("GlobalReader", lead) + roleAssignment(officer, "GlobalReader"), []string{"Managed twice", "holders of GlobalReader"},
		},
		"nobody is left": {roleHolders("GlobalAdministrator"), []string{"Terraform would lock itself out", "No Global Administrator would be left"}},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t, matrixSeed)
			before := org.Snapshot()
			org.run(nil, resource.TestStep{Config: org.config(c.config), ExpectError: says(c.want...)})
			org.unchangedSince(before)
		})
	}
}

// Each of the errors is one, and says it once.
func TestRoleHoldersClaimOnce(t *testing.T) {
	t.Parallel()
	s := newOrganization(t).site(inProcess, roleHolders("GlobalReader", lead)+roleAssignment(lead, "GlobalReader"))
	if planned := s.Plan(testkit.Options{}); strings.Count(planned.Said, "Error: Managed twice") != 1 {
		t.Errorf("it is said otherwise: %s", planned)
	}
}

// TestRoleHoldersRemove follows what the create says about who loses the role.
func TestRoleHoldersRemove(t *testing.T) {
	t.Parallel()
	org := newOrganization(t, seededRole("outsider@example.com", mock.RoleGlobalReader), seededRole("dev.lead@example.com", mock.RoleUserAdministrator))
	d := testkit.NewDriver(signpathtest.Providers)
	config := org.config(roleHolders("GlobalReader", lead))
	plan, err := d.Plan(config, testkit.Options{})
	must(t, err)
	expect(t, "the plan removes", planned(plan, holdersAddress, "removes"), org.ids(outsider))
	expect(t, "the plan means", planned(plan, holdersAddress, "member_ids"), org.ids(lead))
	replaced := cty.MapVal(map[string]cty.Value{org.id(lead): cty.StringVal("UserAdministrator")})
	expect(t, "the plan replaces", planned(plan, holdersAddress, "replaces_roles"), replaced)
	want := says("An existing role will be replaced: "+lead+" is a UserAdministrator", inconsistent, "Who gains and who loses: the holders of GlobalReader",
		"gains: "+lead+"; loses: "+outsider, "takes over the role as a whole", inconsistent)
	if said := plan.Said.String(); !want.MatchString(said) {
		t.Errorf("the plan says: %s", said)
	}
	_, err = d.ApplyPlan(plan)
	must(t, err)
	must(t, org.holdersAre(mock.RoleGlobalReader, lead))
	plan, err = d.Plan(config, testkit.Options{})
	must(t, err)
	if plan.Count() > 0 || strings.Contains(plan.Said.String(), "Warning") {
		t.Errorf("the next plan is not empty: %s\n%s", plan, plan.Said)
	}
	expect(t, "later, the plan removes", planned(plan, holdersAddress, "removes"), org.ids(outsider))
	expect(t, "later, the plan replaces", planned(plan, holdersAddress, "replaces_roles"), replaced)
}

// What is known only after the apply takes the role from nobody whom the plan did not name.
func TestRoleHoldersOfUnknownValues(t *testing.T) {
	for name, c := range map[string]struct{ input, hcl, attribute string }{
		"member":  {`"user:dev.lead@example.com"`, "  role = \"GlobalReader\"\n  members = [terraform_data.it.output]\n", "removes"},
		"role":    {`"GlobalReader"`, "  role = terraform_data.it.output\n  members = [\"user:dev.lead@example.com\"]\n", "removes"},
		"members": {`["user:dev.lead@example.com"]`, "  role = \"GlobalReader\"\n  members = terraform_data.it.output\n", "removes"},
		"member with a role": {
			`"user:qa.lead@example.com"`, "  role = \"GlobalReader\"\n  members = [terraform_data.it.output, \"user:outsider@example.com\"]\n", "replaces_roles",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t, seededRole("outsider@example.com", mock.RoleGlobalReader), seededRole("qa.lead@example.com", mock.RoleUserAdministrator))
			s := org.site(inProcess, fmt.Sprintf("resource \"terraform_data\" \"it\" {\n  input = %s\n}\n", c.input)+
				fmt.Sprintf("resource \"signpath_role_holders\" \"this\" {\n%s}\n", c.hcl))
			if applied := s.Apply(testkit.Options{}); applied.Err == nil || !says(inconsistent, c.attribute).MatchString(applied.Said) {
				t.Errorf("the apply says: %s", applied)
			}
			must(t, org.holdersAre(mock.RoleGlobalReader, outsider))
			s.mustApply()
			s.planIs(testkit.Summary{})
		})
	}
}

// Whom nobody can edit is told, and no error; who is a member stays one.
func TestRoleHoldersWhomNobodyCanEdit(t *testing.T) {
	t.Parallel()
	org := newOrganization(t, matrixSeed, seededRole("sync.user@example.com", mock.RoleGlobalReader))
	s := org.site(inProcess, roleHolders("GlobalReader", lead))
	others := func(want ...any) {
		t.Helper()
		if got, _ := s.attribute(holdersAddress, "others").([]any); !slices.Equal(got, want) {
			t.Errorf("the others are %q, want %q", got, want)
		}
	}
	s.mustApply()
	must(t, org.holdersAre(mock.RoleGlobalReader, lead, scim))
	others(scim)
	s.planIs(testkit.Summary{})
	if said := s.mustPlan().Said; strings.Contains(said, "Warning") {
		t.Errorf("the create has shown who else has the role: %s", said)
	}

	org.behindTerraform(func(a *mock.Administrator) error { return a.SetRole(supporter, mock.RoleGlobalReader) })()
	planned := s.mustPlan()
	want := says("Warning: Has GlobalReader, and Terraform cannot take it: "+supporter, "SignPath's support staff")
	if !want.MatchString(planned.Said) || planned.Summary != (testkit.Summary{}) {
		t.Errorf("the plan is: %s", planned)
	}
	s.mustApply()
	others(supporter, scim)
	if said := s.mustPlan().Said; strings.Contains(said, "Warning") {
		t.Errorf("it is in the state now: %s", said)
	}

	// Who is synchronized by now stays a member, and who is named becomes one.
	synchronized := true
	org.behindTerraform(func(a *mock.Administrator) error {
		return a.Change(lead, mock.PrincipalChange{Synchronized: &synchronized})
	})()
	s.planIs(testkit.Summary{})
	s.Write("main.tf", roleHolders("GlobalReader", lead, scim))
	s.mustApply()
	others(supporter)
	s.planIs(testkit.Summary{})
	must(t, org.holdersAre(mock.RoleGlobalReader, lead, scim, supporter))
}

// holderHandOvers hand somebody from one resource to another.
func holderHandOvers() map[string]struct {
	before, after string
	role          mock.Role
} {
	type handed = struct {
		before, after string
		role          mock.Role
	}
	a, b := func(members ...string) string { return roleHoldersNamed("a", "GlobalReader", members...) },
		func(members ...string) string { return roleHoldersNamed("b", "CertificateAdministrator", members...) }
	one := func(role string) string { return roleAssignmentNamed("one", lead, role) }
	return map[string]handed{
		"to another role, and who stays":   {a(lead, officer) + b(tester), a(officer) + b(tester, lead), mock.RoleCertificateAdministrator},
		"to another role, and nobody else": {a(lead) + b(), a() + b(lead), mock.RoleCertificateAdministrator},
		"back to the first role":           {a() + b(lead), a(lead) + b(), mock.RoleGlobalReader},
		"exchanged":                        {a(lead) + b(officer), a(officer) + b(lead), mock.RoleCertificateAdministrator},
		"to an assignment":                 {a(lead), a() + one("CertificateAdministrator"), mock.RoleCertificateAdministrator},
		"to an assignment of the role":     {a(lead), one("GlobalReader"), mock.RoleGlobalReader},
		"from an assignment":               {one("CertificateAdministrator") + a(officer), a(officer, lead), mock.RoleGlobalReader},
		"from an assignment, new":          {one("CertificateAdministrator"), a(lead), mock.RoleGlobalReader},
		"from an assignment of the role":   {one("GlobalReader"), a(lead), mock.RoleGlobalReader},
		"renamed":                          {a(lead), roleHoldersNamed("other", "GlobalReader", lead), mock.RoleGlobalReader},
		"the new holders take from others": {one("UserAdministrator") + roleAssignmentNamed("two", officer, "GlobalReader"), a(lead), mock.RoleGlobalReader},
		"one goes, and one is replaced":    {a(lead), roleHoldersNamed("a", "CertificateAdministrator", lead), mock.RoleCertificateAdministrator},
	}
}

// Whoever is handed from one resource to another has the role in the end, in whichever
// order Terraform goes, and the next plan is empty.
func TestRoleHoldersHandOver(t *testing.T) {
	for name, c := range holderHandOvers() {
		for parallelism, seeds := range map[int]uint64{1: 4, 10: 2} {
			t.Run(fmt.Sprintf("%s, parallelism %d", name, parallelism), func(t *testing.T) {
				t.Parallel()
				for seed := range seeds {
					driver := testkit.NewDriver(signpathtest.Providers)
					driver.Parallelism, driver.Random = parallelism, testkit.NewRandom(seed)
					s := newOrganization(t).site(func(o *organization) testkit.Terraform { return testkit.InProcess(o.t, driver) }, c.before)
					s.mustApply()
					s.Write("main.tf", c.after)
					if name == "to an assignment" { // In whichever order they are planned.
						s.planSays("the holders of GlobalReader, loses: " + lead)
					}
					s.mustApply()
					must(t, roleIs(lead, c.role)(s.organization))
					s.planIs(testkit.Summary{})
				}
			})
		}
	}
}

// Where the other resource fails, who is handed over keeps the role, if the run had planned
// that one before; and where a resource goes to another role, its members keep the old
// one until then.
func TestRoleHoldersHandOverThatFails(t *testing.T) {
	for _, name := range []string{"to an assignment", "to another role, and nobody else", "renamed", "one goes, and one is replaced"} {
		c := holderHandOvers()[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := 0
			for seed := range uint64(12) {
				driver := testkit.NewDriver(signpathtest.Providers)
				s := newOrganization(t).site(func(o *organization) testkit.Terraform { return testkit.InProcess(o.t, driver) }, c.before)
				s.mustApply()
				s.Write("main.tf", c.after)
				// What gives the role is planned before what takes it: in the plan of a destroy, and
				// else in the apply.
				isKept, isTaken, isReplaced := false, false, name == "one goes, and one is replaced"
				driver.Parallelism, driver.Random = 1, testkit.NewRandom(seed)
				driver.Around = func(call testkit.Call, next func() error) error {
					gives := !call.Destroys && (isReplaced || call.Address != "signpath_role_holders.a")
					switch {
					case call.Method == "ApplyResourceChange" && gives:
						return errors.New("the provider has ended")
					case call.Method == "PlanResourceChange" && (name == "renamed" || call.Walk == "apply"), call.Method == "ApplyResourceChange":
						isKept = isKept || gives && !isTaken
						isTaken = isTaken || !gives
					}
					return next()
				}
				if applied := s.Apply(testkit.Options{}); applied.Err == nil {
					t.Fatalf("it does not fail: %s", applied)
				}
				if isKept || isReplaced {
					kept++
					must(t, roleIs(lead, mock.RoleGlobalReader)(s.organization))
				}
			}
			if kept == 0 {
				t.Error("no run came to the other resource first")
			}
		})
	}
}

// TestCLIRoleHolders is the witness that a CLI goes the same ways.
func TestCLIRoleHolders(t *testing.T) {
	t.Parallel()
	org := newOrganization(t, matrixSeed, seededRole("outsider@example.com", mock.RoleGlobalReader), seededRole("sync.user@example.com", mock.RoleGlobalReader))
	a := func(members ...string) string { return roleHoldersNamed("a", "GlobalReader", members...) }
	s := org.site(byCLI, a(lead, officer))
	s.planSays("Who gains and who loses: the holders of GlobalReader", "loses: "+outsider)
	s.mustApply()
	must(t, org.holdersAre(mock.RoleGlobalReader, lead, officer, scim))
	s.planIs(testkit.Summary{})

	org.behindTerraform(
		func(a *mock.Administrator) error { return a.SetRole(outsider, mock.RoleGlobalReader) },
		func(a *mock.Administrator) error { return a.SetRole(supporter, mock.RoleGlobalReader) },
	)()
	s.planSays("Has GlobalReader, and Terraform cannot take it: "+supporter, "loses: "+outsider)
	s.mustApply()
	must(t, org.holdersAre(mock.RoleGlobalReader, lead, officer, scim, supporter))

	for _, config := range []string{
		a(officer) + roleAssignment(lead, "UserAdministrator"), a(officer, lead), a() + roleAssignment(lead, "UserAdministrator"), a(lead),
	} {
		s.Write("main.tf", config)
		s.mustApply()
		s.planIs(testkit.Summary{})
	}
	s.Write("main.tf", a(lead)+imported("signpath_role_holders.all", "GlobalAdministrator")+roleHoldersNamed("all", "GlobalAdministrator", admin, ownUser, owner))
	s.mustApply()
	s.planIs(testkit.Summary{})
	for _, c := range []struct{ config, refused string }{
		{roleHoldersNamed("all", "GlobalAdministrator", admin), "Terraform would lock itself out"},
		{roleHoldersNamed("all", "GlobalAdministrator"), "No Global Administrator would be left"},
	} {
		s.Write("main.tf", a(lead)+c.config)
		if planned := s.Plan(testkit.Options{}); planned.Err == nil || !says(c.refused, ownUser).MatchString(planned.Said) {
			t.Errorf("it is not refused: %s", planned)
		}
	}
	s.Write("main.tf", a(lead)+"removed {\n  from = signpath_role_holders.all\n  lifecycle {\n    destroy = false\n  }\n}\n")
	s.mustApply()
	s.mustApply(testkit.Options{Destroy: true})
	must(t, org.holdersAre(mock.RoleGlobalReader, scim, supporter))
	must(t, org.holdersAre(mock.RoleGlobalAdministrator, admin, ownUser, owner))
}

// Who has a role that nobody knows is no holder of a known one: the role is left, and told.
func TestRoleHoldersLeaveUnknownRoles(t *testing.T) {
	for value, called := range spellings {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			// ProjectAdministrator is spelled otherwise by the server.
			s := spelled(t, mock.RoleProjectAdministrator, value).site(inProcess, roleHolders("ProjectAdministrator", officer))
			s.planSays("Global role "+called+" is in use", lead)
			before := outcome{cloneSeed(s.Snapshot())}
			s.Write("main.tf", roleHolders("GlobalReader", officer))
			s.mustApply()
			s.mustApply(testkit.Options{Destroy: true})
			after := outcome{cloneSeed(s.Snapshot())}
			for _, email := range []string{"dev.lead@example.com", "security.officer@example.com"} {
				if before.user(email).Role != after.user(email).Role {
					t.Errorf("%s had %s, and has %s", email, before.user(email).Role, after.user(email).Role)
				}
			}
		})
	}
}

// What a list does not show yet is not taken for gone.
func TestRoleHoldersWhileListsLag(t *testing.T) {
	t.Parallel()
	s := newOrganizationIn(t, mock.Dialect{ListLag: time.Hour}).site(inProcess, roleHolders("GlobalReader", lead))
	s.mustApply()
	s.planIs(testkit.Summary{})
}

// A CI user whom no list shows yet is looked for among the users of both kinds: not to be a user of one kind is not
// to be gone. The CI user is read after its role here, so that nothing else has found it before.
func TestTheRoleOfACIUserIsTakenWhileListsLag(t *testing.T) {
	t.Parallel()
	org := newOrganizationIn(t, mock.Dialect{ListLag: time.Hour})
	config := func(of, members string) string {
		return "resource \"signpath_ci_user\" \"this\" {\n  name = \"builder\"\n" + of + "}\n" +
			"resource \"signpath_role_holders\" \"this\" {\n  role = \"CertificateAdministrator\"\n  members = [" + members + "]\n}\n"
	}
	s := org.site(inProcess, config("", "signpath_ci_user.this.member"))
	s.mustApply()
	s.Write("main.tf", config("  depends_on = [signpath_role_holders.this]\n", ""))
	s.planIs(testkit.Summary{Change: 1})
	s.mustApply()
	if err := org.holdersAre(mock.RoleCertificateAdministrator); err != nil {
		t.Error(err)
	}
	s.planIs(testkit.Summary{})
}

// Whoever loses the role and is deactivated in one apply has both done, one after the other:
// each is compared with what was there before it.
func TestRoleIsTakenFromWhoIsDeactivated(t *testing.T) {
	t.Parallel()
	edited := make(chan struct{}, 10)
	// The deactivation is answered when the role was edited, if that comes meanwhile.
	waits := mock.WithMiddleware(func(served http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			served.ServeHTTP(w, r)
			switch {
			case strings.HasSuffix(r.URL.Path, "/Edit"):
				edited <- struct{}{}
			case strings.HasSuffix(r.URL.Path, "/Deactivate"):
				select {
				case <-edited:
				case <-time.After(300 * time.Millisecond):
				}
			}
		})
	})
	config := func(more, members string) string {
		return filled(settleCIUser, more) + fmt.Sprintf("resource \"signpath_role_holders\" \"this\" {\n  role = \"GlobalReader\"\n  members = [%s]\n}\n", members)
	}
	s := newOrganizationWith(t, []mock.Option{waits}).site(inProcess, config("", "signpath_ci_user.this.member"))
	s.mustApply()
	<-edited
	s.Write("main.tf", config("active = false\n", ""))
	s.mustApply()
	s.planIs(testkit.Summary{})
}

// The user as whom Terraform acts loses the role after all others.
func TestRoleHoldersOwnRoleGoesLast(t *testing.T) {
	t.Parallel()
	for range 5 {
		s := newOrganization(t, matrixSeed).site(inProcess,
			imported(holdersAddress, "GlobalAdministrator")+roleHolders("GlobalAdministrator", admin, owner, ownUser))
		s.mustApply()
		s.Write("main.tf", strings.Replace(roleHolders("GlobalAdministrator", admin), "}", "  allow_lockout = true\n}", 1))
		s.mustApply()
		must(t, s.holdersAre(mock.RoleGlobalAdministrator, admin))
	}
}

func TestRoleHoldersQuery(t *testing.T) {
	org := newOrganization(t, seededRole("sync.user@example.com", mock.RoleGlobalReader), seededRole("dev.lead@example.com", mock.RoleUserAdministrator))
	org.run(nil,
		resource.TestStep{
			Query: true, Config: org.config(query("signpath_role_holders", "")),
			QueryResultChecks: []querycheck.QueryResultCheck{finds{"holders of GlobalAdministrator", "holders of UserAdministrator"}},
		},
		resource.TestStep{
			Query: true, Config: org.config(query("signpath_role_holders", `role = "GlobalReader"`+"\n include_empty = true")),
			QueryResultChecks: []querycheck.QueryResultCheck{finds{"holders of GlobalReader"}},
		},
	)
}
