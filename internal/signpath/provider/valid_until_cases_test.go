package provider_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func roleUntil(name, member, role, settings string) string {
	return fmt.Sprintf("resource \"signpath_role_assignment\" %q {\n  member = %q\n  role = %q\n%s}\n", name, member, role, settings)
}

func approverUntil(name, member, settings string) string {
	return fmt.Sprintf("resource \"signpath_signing_policy_approver\" %q {\n  %s\n  member = %s\n%s}\n", name, onReleaseB, member, settings)
}

// until makes a site with the calendar set to its first day.
func (o *organization) until(settings, hcl string) (*site, *calendar) {
	c := &calendar{}
	c.is(0)
	return o.siteWith(c.on(false), settings, hcl), c
}

// TestValidUntilKeepsTheLastAdministrator: the end of the last active Global Administrator's role, or of the
// run's own, stays away. Each plan warns of that, is else empty, and carries out everything else.
func TestValidUntilKeepsTheLastAdministrator(t *testing.T) {
	t.Parallel()
	const admin = "user:org.admin@example.com"
	for name, c := range map[string]struct {
		member, because string
		seed            func(*mock.Seed)
	}{
		"last": {admin, "the last active Global Administrator", func(seed *mock.Seed) { seed.CIUsers[0].Role = mock.RoleUserAdministrator }},
		"own":  {"ci_user:terraform", "the user whose API token Terraform uses", func(*mock.Seed) {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t, c.seed)
			s, calendar := org.until("", roleUntil("kept", c.member, "GlobalAdministrator", until(0)))
			s.mustApply()
			calendar.is(1)
			isKept := func() {
				t.Helper()
				planned := s.mustPlan()
				if planned.Changes || !says("Has not ended, though valid_until has passed: "+c.member, c.because).MatchString(planned.Said) {
					t.Errorf("the plan changes something, or does not warn: %s", planned)
				}
				s.mustApply()
				must(t, org.userIs(c.member, hasRole(mock.RoleGlobalAdministrator))(nil))
				if s.attribute("signpath_role_assignment.kept", "granted") != true || s.attribute("signpath_role_assignment.kept", "ended") != true {
					t.Error("the state does not say that it has ended and is granted")
				}
			}
			isKept()
			isKept()
			s.Write("more.tf", "resource \"signpath_user_group\" \"more\" {\n  name = \"More\"\n}\n")
			if planned := s.mustPlan(); planned.Summary != (testkit.Summary{Add: 1}) {
				t.Errorf("the rest of the plan is stopped: %s", planned)
			}
			s.mustApply()
			isKept()
			s.Write("main.tf", roleUntil("kept", c.member, "GlobalAdministrator", until(0)+"  allow_lockout = true\n"))
			if planned := s.mustPlan(); planned.Summary != (testkit.Summary{Change: 1}) || !says("allow_lockout lets it pass").MatchString(planned.Said) {
				t.Errorf("allow_lockout does not end it with a warning: %s", planned)
			}
			s.mustApply()
			must(t, org.userIs(c.member, hasRole(mock.RoleRegularUser))(nil))
		})
	}
}

// TestValidUntilOfAllAdministrators: of those whose day is the same, one stays, and the others end.
func TestValidUntilOfAllAdministrators(t *testing.T) {
	t.Parallel()
	org := newOrganization(t, func(seed *mock.Seed) { seed.CIUsers[0].Role = mock.RoleUserAdministrator })
	members := []string{"user:org.admin@example.com", lead, validManager}
	var hcl strings.Builder
	for i, member := range members {
		hcl.WriteString(roleUntil(fmt.Sprintf("a%d", i), member, "GlobalAdministrator", until(0)))
	}
	s, calendar := org.until("", hcl.String())
	s.mustApply()
	calendar.is(1)
	s.planIsSaid(testkit.Summary{Change: 2})
	s.mustApply()
	s.planIsSaid(testkit.Summary{})
	left := 0
	for _, member := range members {
		if user, err := org.User(member); err == nil && user.Role == mock.RoleGlobalAdministrator {
			left++
		}
	}
	if left != 1 {
		t.Errorf("%d Global Administrators are left", left)
	}
}

// planIsSaid expects what a plan does, whatever it says.
func (s *site) planIsSaid(want testkit.Summary) {
	s.t.Helper()
	if planned := s.mustPlan(); planned.Summary != want {
		s.t.Errorf("the plan is %+v, want %+v: %s", planned.Summary, want, planned)
	}
}

// TestValidUntilAgainstGuardrails: what an end causes is told, and stops no plan, also where it is denied.
func TestValidUntilAgainstGuardrails(t *testing.T) {
	t.Parallel()
	org := newOrganization(t)
	org.behindTerraform(isUsed)()
	s, calendar := org.until(guardrails(deny("approval-quorum")), approverUntil("it", fmt.Sprintf("%q", lead), until(0)))
	s.mustApply()
	calendar.is(1)
	s.planSays("Guardrail approval-quorum", "only a warning, because valid_until has passed")
	s.mustApply()
	must(t, org.membersAre(releasePolicyB, "approvers")(nil))
	s.planIsSaid(testkit.Summary{})
}

// TestValidUntilOfAGroup: the plan says who loses by the end of a group's entry, and of an entry in a group.
func TestValidUntilOfAGroup(t *testing.T) {
	t.Parallel()
	org := newOrganization(t)
	s, calendar := org.until("", approverUntil("it", `"group:Release Managers"`, until(0))+`
resource "signpath_user_group" "g" {
  name = "Temps"
}
resource "signpath_user_group_member" "it" {
  group       = signpath_user_group.g.member
  member      = "`+lead+`"
  valid_until = "`+dayAs(1)+`"
}
resource "signpath_project_reader" "temps" {
  project = "project-b"
  member  = signpath_user_group.g.member
}`)
	s.mustApply()
	calendar.is(1)
	s.planSays("loses: "+validManager, "group:Release Managers")
	s.mustApply()
	calendar.is(2)
	s.planSays("Ends, because valid_until has passed: "+lead, "user group", "loses: "+lead)
	s.mustApply()
	must(t, all(org.membersAre(releasePolicyB, "approvers"), org.membersAre("group:Temps", "members"))(nil))
	s.planIsSaid(testkit.Summary{})
	s.mustApply(testkit.Options{Destroy: true})
}

// TestValidUntilIsNew: a day that has passed is refused where it is new, and nowhere else.
func TestValidUntilIsNew(t *testing.T) {
	t.Parallel()
	for name, hcl := range map[string]func(settings string) string{
		"role":     validKinds["role"].hcl,
		"approver": validKinds["approver"].hcl,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t)
			before := org.Snapshot()
			s, calendar := org.until("", hcl(until(0)))
			calendar.is(1)
			isRefused := func(what string, options testkit.Options) {
				t.Helper()
				if planned := s.Plan(options); planned.Err == nil || !says("The day has passed").MatchString(planned.Said) {
					t.Errorf("%s: %s", what, planned)
				}
			}
			isRefused("create", testkit.Options{})
			isRefused("create without a refresh", testkit.Options{NoRefresh: true})
			s.Write("main.tf", hcl("  valid_until = \"2026-02-30\"\n"))
			if planned := s.Plan(testkit.Options{}); planned.Err == nil || !says("Invalid date").MatchString(planned.Said) {
				t.Errorf("no such day: %s", planned)
			}
			s.Write("main.tf", hcl(until(1)))
			s.mustPlan(testkit.Options{Out: "create.tfplan"})
			calendar.is(2)
			applied := s.Apply(testkit.Options{Saved: "create.tfplan"})
			if applied.Err == nil || !says("The day has passed", "since it was made").MatchString(applied.Said) {
				t.Errorf("a create whose day has passed since: %s", applied)
			}
			org.unchangedSince(before)
			calendar.is(1)
			s.mustApply()
			calendar.is(2)
			s.mustApply()
			address := "signpath_role_assignment.it"
			if name == "approver" {
				address = "signpath_signing_policy_approver.it"
			}
			isRefused("replacement", testkit.Options{Replace: []string{address}})
			s.Write("main.tf", hcl(until(0)))
			isRefused("another one", testkit.Options{})
			isRefused("another one, that would give it back, without a refresh", testkit.Options{NoRefresh: true})
			s.Write("main.tf", hcl("  valid_until = \""+dayAs(1)+"T00:00:00Z\"\n"))
			s.planIsSaid(testkit.Summary{Change: 1}) // The same day in another spelling: only that.
			s.mustApply()
			if s.attribute(address, "granted") != false {
				t.Error("another spelling gives it back")
			}
		})
	}
}

// TestValidUntilImport imports what has a day, and what should have none by now.
func TestValidUntilImport(t *testing.T) {
	t.Parallel()
	for name, kind := range validKinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t)
			org.behindTerraform(kind.give)()
			block := fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", kind.address, kind.id)
			s, calendar := org.until("", block+kind.hcl(until(-1)))
			s.planIsSaid(testkit.Summary{Import: 1})
			s.Write("main.tf", block+kind.hcl(until(0)))
			s.planIsSaid(testkit.Summary{Import: 1, Change: 1})
			calendar.is(1)
			if planned := s.Plan(testkit.Options{}); planned.Err == nil || !says("The day has passed").MatchString(planned.Said) {
				t.Errorf("a day that has passed is imported: %s", planned)
			}
			calendar.is(0)
			org.ResetRequests()
			s.mustApply()
			must(t, all(org.requestsAre("PUT /", 0), org.requestsAre("POST /", 0))(nil))
			calendar.is(1)
			s.mustApply()
			if kind.has(org) {
				t.Error("what was imported does not end")
			}
		})
	}
}

// TestValidUntilUnknown: a day, or a member, that is known after apply only.
func TestValidUntilUnknown(t *testing.T) {
	t.Parallel()
	org := newOrganization(t)
	config := func(trigger, member, day string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"t\" {\n  input = %q\n}\n", trigger) + approverUntil("it", member, "  valid_until = "+day+"\n")
	}
	later := func(text string) string { return fmt.Sprintf("terraform_data.t.output == \"\" ? \"\" : %q", text) }
	member, day := fmt.Sprintf("%q", lead), fmt.Sprintf("%q", dayAs(0))
	s, calendar := org.until("", config("1", member, later(dayAs(0))))
	s.mustApply()
	s.planIsSaid(testkit.Summary{})
	calendar.is(1)
	s.Write("main.tf", config("2", later(lead), day)) // What the plan says of an end holds though the member is not known.
	s.planSays("Ends, because valid_until has passed: " + lead)
	s.mustApply()
	must(t, org.membersAre(releasePolicyB, "approvers")(nil))
	s.Write("main.tf", config("3", member, later(dayAs(0)))) // It turns out to be the same day.
	s.mustApply()
	must(t, org.membersAre(releasePolicyB, "approvers")(nil))
	s.Write("main.tf", config("4", member, later(dayAs(5))))
	s.mustApply()
	must(t, org.membersAre(releasePolicyB, "approvers", lead)(nil))
	s.planIsSaid(testkit.Summary{})
}

// TestValidUntilHandedOver: a whole list that takes over from an entry that has ended keeps whom it names, whether
// somebody has given it by hand or not, and an end in the same plan takes nobody whom the list has.
func TestValidUntilHandedOver(t *testing.T) {
	t.Parallel()
	whole := "resource \"signpath_signing_policy_approvers\" \"all\" {\n  " + onReleaseB + "\n  members = [\"" + lead + "\"]\n}\n"
	for _, isByHand := range []bool{false, true} {
		t.Run(fmt.Sprint(isByHand), func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t)
			s, calendar := org.until("", approverUntil("it", fmt.Sprintf("%q", lead), until(0)))
			s.mustApply()
			calendar.is(1)
			s.mustApply()
			if isByHand {
				org.behindTerraform(func(a *mock.Administrator) error { return a.AddMembers(releasePolicyB, "approvers", lead) })()
			}
			s.Write("main.tf", whole)
			s.mustApply()
			must(t, org.membersAre(releasePolicyB, "approvers", lead)(nil))
			s.planIsSaid(testkit.Summary{})
			s.Write("more.tf", approverUntil("it", fmt.Sprintf("%q", lead), until(3)))
			if planned := s.Plan(testkit.Options{}); planned.Err == nil || !says("Managed twice").MatchString(planned.Said) {
				t.Errorf("an entry beside the whole list: %s", planned)
			}
		})
	}
}

// TestValidUntilTwice: one that has ended and one that has not, for one entry, would undo each other.
func TestValidUntilTwice(t *testing.T) {
	t.Parallel()
	org := newOrganization(t)
	s, calendar := org.until("", approverUntil("it", fmt.Sprintf("%q", lead), until(0))+roleUntil("it", lead, "GlobalReader", until(0)))
	s.mustApply()
	calendar.is(1)
	s.mustApply()
	s.Write("more.tf", approverUntil("other", fmt.Sprintf("%q", lead), until(3)))
	if planned := s.Plan(testkit.Options{}); planned.Err == nil || !says("Managed twice").MatchString(planned.Said) {
		t.Errorf("two resources for one entry: %s", planned)
	}
	s.Write("more.tf", roleUntil("other", lead, "GlobalReader", until(3)))
	if planned := s.Plan(testkit.Options{}); planned.Err == nil || !says("Managed twice").MatchString(planned.Said) {
		t.Errorf("two resources for one role: %s", planned)
	}
}

// TestValidUntilOfWhoIsGone: who is gone has nothing that could end, and no plan fails for that.
func TestValidUntilOfWhoIsGone(t *testing.T) {
	t.Parallel()
	for name, isEnded := range map[string]bool{"ended before": true, "ends": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t)
			s, calendar := org.until("", approverUntil("it", fmt.Sprintf("%q", lead), until(0))+roleUntil("it", lead, "GlobalReader", until(0)))
			s.mustApply()
			calendar.is(1)
			if isEnded {
				s.mustApply()
			}
			org.behindTerraform(func(a *mock.Administrator) error { return a.Remove(lead) })()
			s.planIsSaid(testkit.Summary{})
			s.mustApply()
			s.planIsSaid(testkit.Summary{})
			s.mustApply(testkit.Options{Destroy: true})
		})
	}
}

// TestValidUntilOfAnotherRole: what a hand gave instead of a role that has ended, the plan tells and takes.
func TestValidUntilOfAnotherRole(t *testing.T) {
	t.Parallel()
	org := newOrganization(t)
	s, calendar := org.until("", roleUntil("it", lead, "GlobalReader", until(0)))
	s.mustApply()
	calendar.is(1)
	s.mustApply()
	org.behindTerraform(func(a *mock.Administrator) error { return a.SetRole(lead, mock.RoleUserAdministrator) })()
	s.planSays("Ends, because valid_until has passed: "+lead, "the global role UserAdministrator")
	s.mustApply()
	must(t, org.userIs(lead, hasRole(mock.RoleRegularUser))(nil))
	s.planIsSaid(testkit.Summary{})
	s.Write("main.tf", roleUntil("it", lead, "ProjectAdministrator", until(0))) // Another role for a day that has passed gives nothing.
	s.mustApply()
	must(t, org.userIs(lead, hasRole(mock.RoleRegularUser))(nil))
	s.planIsSaid(testkit.Summary{})
}

// TestValidUntilSaysNothingWithoutIt: of a resource without a day, the plan shows none of its attributes.
func TestValidUntilSaysNothingWithoutIt(t *testing.T) {
	t.Parallel()
	s, _ := newOrganization(t).until("", approverUntil("it", fmt.Sprintf("%q", lead), "")+roleUntil("it", lead, "GlobalReader", ""))
	s.mustApply()
	for _, o := range s.Objects() {
		values := []any{o.Values["valid_until"], o.Values["ended"], o.Values["granted"]}
		if slices.ContainsFunc(values, func(v any) bool { return v != nil }) {
			t.Errorf("%s has %v", o.Address, values)
		}
	}
}

// TestValidUntilChangesHands: another instance takes over from one that has ended, whether that has taken the access yet or
// not. Whoever has a later day by then keeps it or gets it back, and under another address alone nothing changes.
func TestValidUntilChangesHands(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]validKind{"role": validKinds["role"], "approver": validKinds["approver"]} {
		each := func(key string, day int) string {
			return strings.Replace(kind.hcl(fmt.Sprintf("  for_each = toset([%q])\n", key)+until(day)), "\n}\n", "\n}\n", 1)
		}
		for _, isTaken := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, taken %t", name, isTaken), func(t *testing.T) {
				t.Parallel()
				org := newOrganization(t)
				s, calendar := org.until("", each("a", 0))
				s.mustApply()
				calendar.is(1)
				if isTaken {
					s.mustApply()
				} else {
					s.mustApply(testkit.Options{RefreshOnly: true})
				}
				s.Write("main.tf", each("b", 5))
				s.planIsSaid(testkit.Summary{Add: 1, Remove: 1})
				s.mustApply()
				if !kind.has(org) {
					t.Error("what another instance grants is taken with the one that has ended")
				}
				s.planIsSaid(testkit.Summary{})
				calendar.is(6)
				s.Write("main.tf", each("c", 5)+fmt.Sprintf("moved {\n  from = %[1]s[\"b\"]\n  to = %[1]s[\"c\"]\n}\n", kind.address))
				s.mustApply()
				if kind.has(org) {
					t.Error("what has moved does not end")
				}
				s.planIsSaid(testkit.Summary{})
			})
		}
	}
}

// TestValidUntilOfARoleThatWasChangedByHand: the end takes whichever role there is, and no plan says that somebody gets that of
// the configuration, which applied would be an escalation.
func TestValidUntilOfARoleThatWasChangedByHand(t *testing.T) {
	t.Parallel()
	const address = "signpath_role_assignment.it"
	org := newOrganization(t)
	s, calendar := org.until("", roleUntil("it", lead, "GlobalAdministrator", until(0)))
	s.mustApply()
	org.behindTerraform(func(a *mock.Administrator) error { return a.SetRole(lead, mock.RoleUserAdministrator) })()
	calendar.is(1)
	s.planSays("Ends, because valid_until has passed: "+lead, "the global role UserAdministrator")
	s.mustApply() // What is in the state then is what the plan said.
	if got := s.attribute(address, "role"); got != "UserAdministrator" {
		t.Errorf("the plan gives the role %v", got)
	}
	must(t, org.userIs(lead, hasRole(mock.RoleRegularUser))(nil))
	s.planIsSaid(testkit.Summary{})
	s.Write("main.tf", roleUntil("it", lead, "GlobalAdministrator", until(3)))
	s.mustApply()
	if got := s.attribute(address, "role"); got != "GlobalAdministrator" {
		t.Errorf("a later day gives the role %v", got)
	}
	must(t, org.userIs(lead, hasRole(mock.RoleGlobalAdministrator))(nil))
	s.planIsSaid(testkit.Summary{})
}

// TestValidUntilKeepsARoleThatWasGivenByHand: the last active Global Administrator stays that, whatever role the configuration has.
func TestValidUntilKeepsARoleThatWasGivenByHand(t *testing.T) {
	t.Parallel()
	const admin = "user:org.admin@example.com"
	org := newOrganization(t, func(seed *mock.Seed) { seed.CIUsers[0].Role = mock.RoleUserAdministrator })
	s, calendar := org.until("", roleUntil("it", lead, "ProjectAdministrator", until(0)))
	s.mustApply()
	org.behindTerraform(func(a *mock.Administrator) error {
		return errors.Join(a.SetRole(lead, mock.RoleGlobalAdministrator), a.SetRole(admin, mock.RoleRegularUser))
	})()
	calendar.is(1)
	s.planSays("Has not ended, though valid_until has passed: " + lead)
	s.mustApply()
	must(t, org.userIs(lead, hasRole(mock.RoleGlobalAdministrator))(nil))
	if s.attribute("signpath_role_assignment.it", "role") != "GlobalAdministrator" || s.attribute("signpath_role_assignment.it", "granted") != true {
		t.Error("the state does not say which role stays")
	}
	s.planIsSaid(testkit.Summary{})
}
