package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// ids is the set of the ids of principals.
func (o *organization) ids(references ...string) cty.Value {
	if len(references) == 0 {
		return cty.SetValEmpty(cty.String)
	}
	values := make([]cty.Value, len(references))
	for i, reference := range references {
		values[i] = cty.StringVal(o.id(reference))
	}
	return cty.SetVal(values)
}

// planned is an attribute in a plan.
func planned(plan *testkit.Plan, address, name string) cty.Value {
	return plan.Change(address).After.GetAttr(name)
}

func expect(t *testing.T, what string, got, want cty.Value) {
	t.Helper()
	if !got.RawEquals(want) {
		t.Errorf("%s: it is %#v, want %#v", what, got, want)
	}
}

// TestRemoves follows what the create of a whole list says about whom it takes off, from
// the plan through the life of the list.
func TestRemoves(t *testing.T) {
	for name, l := range lists() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t, withTeam, func(seed *mock.Seed) { seedMembers(seed, l, outsider, officer) })
			d := testkit.NewDriver(signpathtest.Providers)
			address := l.plural + ".this"
			inState := func(name string) cty.Value {
				value, _ := d.State.Attribute(address, name)
				return value
			}
			plan, err := d.Plan(org.config(l.all(officer, lead)), testkit.Options{})
			must(t, err)
			expect(t, "the plan of the create removes", planned(plan, address, "removes"), org.ids(outsider))
			expect(t, "the plan of the create means", planned(plan, address, "member_ids"), org.ids(officer, lead))
			if !says("Who gains and who loses", outsider, inconsistent, "plan again").MatchString(plan.Said.String()) {
				t.Errorf("the plan says: %s", plan.Said)
			}
			_, err = d.ApplyPlan(plan)
			must(t, err)
			must(t, org.membersAre(l.owner, l.name, officer, lead)(nil))

			// It stays as it is: in an empty plan, after drift, and in an update.
			org.behindTerraform(func(a *mock.Administrator) error { return a.AddMembers(l.owner, l.name, manager) })()
			for _, wanted := range [][]string{{officer, lead}, {lead}, {lead}} {
				plan, err = d.Plan(org.config(l.all(wanted...)), testkit.Options{})
				must(t, err)
				expect(t, "a later plan removes", planned(plan, address, "removes"), org.ids(outsider))
				_, err = d.ApplyPlan(plan)
				must(t, err)
				expect(t, "later, the state removes", inState("removes"), org.ids(outsider))
				expect(t, "later, the state means", inState("member_ids"), org.ids(wanted...))
			}
			if plan.Count() > 0 {
				t.Errorf("the last plan is not empty:\n%s", plan)
			}

			// A replacement is a create, of what is there before it.
			org.behindTerraform(func(a *mock.Administrator) error { return a.AddMembers(l.owner, l.name, manager) })()
			replaced, err := d.Plan(org.config(l.all(lead)), testkit.Options{Replace: []string{address}})
			must(t, err)
			expect(t, "the plan of the replacement removes", planned(replaced, address, "removes"), org.ids(manager))
			_, err = d.ApplyPlan(replaced)
			must(t, err)
			must(t, org.membersAre(l.owner, l.name, lead)(nil))

			must(t, d.State.Remove(address))
			_, err = d.Import(org.config(l.all(lead)), address, l.importID)
			must(t, err)
			expect(t, "after an import, the state removes", inState("removes"), cty.NullVal(cty.Set(cty.String)))
			plan, err = d.Plan(org.config(l.all("user:Dev.Lead@example.com")), testkit.Options{})
			must(t, err)
			if plan.Count() > 0 {
				t.Errorf("after an import, another spelling is a change:\n%s", plan)
			}
		})
	}
}

// TestRemovesOfUnknownMembers creates a list of which a member is only known after apply,
// and on which there is somebody whom the plan could not name: nobody is taken off, and
// the next apply says who is.
func TestRemovesOfUnknownMembers(t *testing.T) {
	t.Parallel()
	for what, unknown := range map[string][2]string{
		"member": {`"user:dev.lead@example.com"`, "  project = \"project-b\"\n  signing_policy = \"release-signing\"\n  members = [terraform_data.it.output]\n"},
		"list":   {`"project-b"`, "  project = terraform_data.it.output\n  signing_policy = \"release-signing\"\n  members = [\"user:dev.lead@example.com\"]\n"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			l := lists()["approvers"]
			org := newOrganization(t, func(seed *mock.Seed) { seedMembers(seed, l, outsider) })
			config := org.config(fmt.Sprintf("resource \"terraform_data\" \"it\" {\n  input = %s\n}\nresource %q \"this\" {\n%s}\n", unknown[0], l.plural, unknown[1]))
			d := testkit.NewDriver(signpathtest.Providers)
			run, err := d.Apply(config, testkit.Options{})
			if err == nil || !says(inconsistent, "removes").MatchString(run.Said.String()) {
				t.Errorf("the apply says: %s", run.Said)
			}
			expect(t, "the plan removes", planned(run.Plan, l.plural+".this", "removes"), org.ids())
			must(t, org.membersAre(l.owner, l.name, outsider)(nil))
			run, err = d.Apply(config, testkit.Options{})
			must(t, err)
			expect(t, "the next plan removes", planned(run.Plan, l.plural+".this", "removes"), org.ids(outsider))
			must(t, org.membersAre(l.owner, l.name, lead)(nil))
		})
	}
}

// TestDisplacedByOthers takes entries and a role that other resources of the same
// configuration give up, in any order: it is no change since the plan.
func TestDisplacedByOthers(t *testing.T) {
	entries := lists()["approvers"]
	role := func(name, member string) string {
		return fmt.Sprintf("resource \"signpath_role_assignment\" %q {\n  member = %q\n  role = \"GlobalReader\"\n}\n", name, member)
	}
	for name, c := range map[string]struct{ before, after string }{
		"entries become a whole list": {entries.one("a", lead) + entries.one("b", outsider), entries.all(lead)},
		"a role goes to another resource": {
			role("a", outsider), strings.Replace(role("b", outsider), "GlobalReader", "CertificateAdministrator", 1),
		},
	} {
		for parallelism := range 6 {
			t.Run(fmt.Sprintf("%s %d", name, parallelism), func(t *testing.T) {
				t.Parallel()
				org := newOrganization(t)
				d := testkit.NewDriver(signpathtest.Providers)
				d.Parallelism = 1 + 9*(parallelism%2)
				_, err := d.Apply(org.config(c.before), testkit.Options{})
				must(t, err)
				run, err := d.Apply(org.config(c.after), testkit.Options{})
				if err != nil {
					t.Fatalf("the apply says: %s", run.Said)
				}
				plan, err := d.Plan(org.config(c.after), testkit.Options{})
				must(t, err)
				if plan.Count() > 0 {
					t.Errorf("the next plan is not empty:\n%s", plan)
				}
			})
		}
	}
}

// TestTakesOver follows which account or group a create says that it takes over.
func TestTakesOver(t *testing.T) {
	for kind, hcl := range map[string]string{
		"user": "name = \"Outsider\"\n  email = \"outsider@example.com\"", "ci_user": "name = \"build\"", "user_group": "name = \"Core Team\"",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t, withTeam, func(seed *mock.Seed) { seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "build"}) })
			reference := map[string]string{"user": outsider, "ci_user": "ci_user:build", "user_group": team}[kind]
			address := "signpath_" + kind + ".this"
			config := org.config(fmt.Sprintf("resource \"signpath_%s\" \"this\" {\n  %s\n  adopt_existing = true\n}\n", kind, hcl))
			d := testkit.NewDriver(signpathtest.Providers)
			id := cty.StringVal(org.id(reference))
			for _, c := range []struct {
				what    string
				options testkit.Options
				count   int
			}{
				{"the create", testkit.Options{}, 1},
				{"an empty plan", testkit.Options{}, 0},
				{"a replacement", testkit.Options{Replace: []string{address}}, 1},
				{"a replacement without a refresh", testkit.Options{Replace: []string{address}, NoRefresh: true}, 1},
			} {
				plan, err := d.Plan(config, c.options)
				must(t, err)
				expect(t, c.what, planned(plan, address, "takes_over"), id)
				_, err = d.ApplyPlan(plan)
				must(t, err)
				if plan.Count() != c.count {
					t.Errorf("%s is:\n%s", c.what, plan)
				}
			}
			must(t, d.State.Taint(address))
			_, err := d.Apply(config, testkit.Options{})
			must(t, err)
			if value, _ := d.State.Attribute(address, "id"); !value.RawEquals(id) {
				t.Errorf("it is another one now: %#v", value)
			}
		})
	}
}
