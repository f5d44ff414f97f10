package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// namedEverywhere has an account that everything names by its attribute.
const namedEverywhere = `
resource "signpath_user" "u" {
  name  = "New Name"
  email = "old.name@example.com"
}
resource "signpath_signing_policy_approvers" "list" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = [signpath_user.u.member, "user:dev.lead@example.com"]
}
resource "signpath_project_reader" "entry" {
  project = "project-b"
  member  = signpath_user.u.member
}
resource "signpath_user_group" "team" {
  name = "Team"
}
resource "signpath_user_group_members" "team" {
  group   = signpath_user_group.team.member
  members = [signpath_user.u.member]
}
`

const (
	oneRole  = "resource \"signpath_role_assignment\" \"role\" {\n  member = signpath_user.u.member\n  role   = \"GlobalReader\"\n}\n"
	allRoles = "resource \"signpath_role_holders\" \"role\" {\n  role    = \"GlobalReader\"\n  members = [signpath_user.u.member]\n}\n"

	oldAddress, newAddress = "user:old.name@example.com", "user:new.name@example.com"
)

// readdress gives the account another address at SignPath.
func (o *organization) readdress() {
	o.t.Helper()
	email := "new.name@example.com"
	o.behindTerraform(func(a *mock.Administrator) error { return a.Change(oldAddress, mock.PrincipalChange{Email: &email}) })()
}

// acceptedElsewhere accepts the invitation with an account of another address.
func (o *organization) acceptedElsewhere() {
	o.t.Helper()
	email, identity := "new.name@example.com", "google:1"
	o.behindTerraform(func(a *mock.Administrator) error {
		return a.Change(oldAddress, mock.PrincipalChange{Email: &email, Identity: &identity})
	})()
}

// TestAddressThatChangedAtSignPath leads an account through a change of its address that nobody planned: nothing is
// replaced, nobody invited, and the new address is taken over without a write.
func TestAddressThatChangedAtSignPath(t *testing.T) {
	for name, c := range map[string]struct {
		roles   string
		changed func(*organization)
	}{
		"by an administrator":        {oneRole, (*organization).readdress},
		"by accepting an invitation": {allRoles, (*organization).acceptedElsewhere},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t)
			s := org.site(inProcess, namedEverywhere+c.roles)
			s.mustApply()
			id := s.attribute("signpath_user.u", "id")
			c.changed(org)
			s.addressIsTold(testkit.Options{})
			s.addressIsTold(testkit.Options{NoRefresh: true})
			s.mustApply(testkit.Options{RefreshOnly: true})
			s.hasAddresses("old.name@example.com", "new.name@example.com", newAddress)
			s.addressIsTold(testkit.Options{})

			// What refers to the account is created with it, in an apply that does not plan it.
			more := namedEverywhere + c.roles +
				"resource \"signpath_project_configurator\" \"more\" {\n  project = \"project-b\"\n  member = signpath_user.u.member\n}\n"
			s.Write("main.tf", more)
			s.mustApply()
			must(t, org.membersAre("project:project-b", "configurators", newAddress)(nil))

			writes := len(org.Requests("POST *"))
			s.Write("main.tf", strings.Replace(more, "old.name@", "New.Name@", 1))
			planned := s.mustPlan(testkit.Options{Out: "takeover"})
			if want := (testkit.Summary{Change: 1}); planned.Summary != want || strings.Contains(planned.Said, "Address changed") {
				t.Errorf("the plan of taking over is %+v: %s", planned.Summary, planned)
			}
			s.mustApply(testkit.Options{Saved: "takeover"})
			s.hasAddresses("New.Name@example.com", "new.name@example.com", newAddress)
			if planned := s.mustPlan(); planned.Changes || strings.Contains(planned.Said, "Address changed") {
				t.Errorf("after it: %s", planned)
			}
			if sent := org.Requests("POST *"); len(sent) != writes {
				t.Errorf("taking it over sent %v", sent[writes:])
			}
			org.checkMails("old.name")
			if got := s.attribute("signpath_user.u", "id"); got != id {
				t.Errorf("the account is now %v, and was %v", got, id)
			}
			must(t, org.userIs(newAddress, isActive(true))(nil))
		})
	}
}

// addressIsTold expects an empty plan that says which line to write.
func (s *site) addressIsTold(options testkit.Options) {
	s.t.Helper()
	planned := s.mustPlan(options)
	if planned.Changes || !says("Address changed at SignPath: "+oldAddress+", now "+newAddress, `email = "new.name@example.com"`).MatchString(planned.Said) {
		s.t.Errorf("%+v: %s", options, planned)
	}
	if len(planned.Diagnostics) != 1 {
		s.t.Errorf("%+v: more is said: %s", options, planned)
	}
}

func (s *site) hasAddresses(email, account, member string) {
	s.t.Helper()
	got := fmt.Sprint(s.attribute("signpath_user.u", "email"), s.attribute("signpath_user.u", "account_email"), s.attribute("signpath_user.u", "member"))
	if want := fmt.Sprint(email, account, member); got != want {
		s.t.Errorf("the state has %s, want %s", got, want)
	}
}

// A third address in the configuration is another account, whatever SignPath has for this one.
func TestAnotherAddressIsAnotherAccountAllTheSame(t *testing.T) {
	for name, options := range map[string]testkit.Options{"refreshed": {}, "as in the state": {NoRefresh: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t)
			s := org.site(inProcess, namedEverywhere)
			s.mustApply()
			org.readdress()
			s.Write("main.tf", strings.Replace(namedEverywhere, "old.name@", "third@", 1))
			if planned := s.mustPlan(options); planned.Summary.Add == 0 || planned.Summary.Remove == 0 {
				t.Errorf("the plan replaces nobody: %s", planned)
			}
			s.mustApply(options)
			must(t, org.userIs(newAddress, isActive(false))(nil))
			must(t, org.userIs("user:third@example.com", isActive(true))(nil))
			org.checkMails("old.name", "third")
		})
	}
}

// Whoever has the old address since is somebody else: the resource keeps the account.
func TestAnAddressThatHasGoneToSomebodyElse(t *testing.T) {
	t.Parallel()
	org := newOrganization(t)
	s := org.site(inProcess, namedEverywhere)
	s.mustApply()
	org.readdress()
	org.behindTerraform(func(a *mock.Administrator) error {
		_, err := a.CreateInteractiveUser(mock.InteractiveUserSeed{Name: "Other", Email: "old.name@example.com", Identity: "example:other"})
		return err
	})()
	s.addressIsTold(testkit.Options{})
	s.mustApply(testkit.Options{Destroy: true})
	must(t, org.userIs(newAddress, isActive(false))(nil))
	must(t, org.userIs(oldAddress, isActive(true))(nil))
}

// A text that names the account by the old address means nobody: the plan says which to write, and no apply grants anything.
func TestTextsThatNameTheOldAddress(t *testing.T) {
	t.Parallel()
	org := newOrganization(t)
	hcl := strings.ReplaceAll(namedEverywhere+oneRole, "signpath_user.u.member", `"`+oldAddress+`"`)
	s := org.site(inProcess, namedEverywhere+oneRole)
	s.mustApply()
	s.Write("main.tf", hcl)
	org.readdress()
	before := org.Snapshot()
	s.planSays("Address changed at SignPath", "Called otherwise since the last apply: "+oldAddress+", now "+newAddress, `Write "`+newAddress+`"`)
	if applied := s.Apply(testkit.Options{}); applied.Err == nil {
		t.Errorf("the apply takes the texts: %s", applied)
	}
	if diff := org.differences(before); diff != "" {
		t.Errorf("it changed something: %s", diff)
	}
	s.Write("main.tf", strings.ReplaceAll(hcl, "old.name@", "new.name@"))
	s.mustApply()
	if diff := org.differences(before); diff != "" {
		t.Errorf("the new address everywhere changed something: %s", diff)
	}
	org.checkMails("old.name")
}

// Whoever is imported, or replaces by what depends on them, has the address that SignPath has.
func TestAddressOfWhoIsImported(t *testing.T) {
	t.Parallel()
	org := newOrganization(t)
	hcl := strings.Replace(namedEverywhere, "\n}", "\n  lifecycle {\n    create_before_destroy = true\n  }\n}", 1)
	s := org.site(inProcess, hcl)
	s.mustApply()
	org.readdress()
	s.addressIsTold(testkit.Options{})
	s.Forget("signpath_user.u")
	if imported := s.Import("signpath_user.u", "new.name@example.com"); imported.Err != nil {
		t.Fatal(imported)
	}
	s.hasAddresses("new.name@example.com", "new.name@example.com", newAddress)
	s.Write("main.tf", strings.Replace(hcl, "old.name@", "new.name@", 1))
	if planned := s.mustPlan(); planned.Changes {
		t.Errorf("the plan after the import: %s", planned)
	}
}

// TestCLIAddressThatChanged sees the same with a CLI, up to the line that is to be written.
func TestCLIAddressThatChanged(t *testing.T) {
	t.Parallel()
	org := newOrganization(t)
	s := org.site(byCLI, namedEverywhere+oneRole)
	s.mustApply()
	org.acceptedElsewhere()
	s.addressIsTold(testkit.Options{})
	s.Write("main.tf", strings.Replace(namedEverywhere+oneRole, "old.name@", "new.name@", 1))
	s.mustApply()
	s.planIs(testkit.Summary{})
	s.hasAddresses("new.name@example.com", "new.name@example.com", newAddress)
	org.checkMails("old.name")
}
