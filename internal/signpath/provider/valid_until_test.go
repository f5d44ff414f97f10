package provider_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A calendar is the clock of a test of valid_until. Days are counted from the one on which it begins.
type calendar struct{ day, second atomic.Int64 }

var firstDay = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

const lastSecond = 24*60*60 - 1

func (c *calendar) now() time.Time {
	return firstDay.AddDate(0, 0, int(c.day.Load())).Add(time.Duration(c.second.Load()) * time.Second)
}

// is sets the clock to the last second of a day.
func (c *calendar) is(day int) {
	c.day.Store(int64(day))
	c.second.Store(lastSecond)
}

func dayAs(day int) string { return firstDay.AddDate(0, 0, day).Format(time.DateOnly) }

// on is the bench of a provider with the clock.
func (c *calendar) on(isCLI bool) bench {
	providers := signpathtest.ProvidersOf(provider.NewWithClock(c.now))
	return func(o *organization) testkit.Terraform {
		if isCLI {
			return testkit.NewWorkspace(o.t, testkit.Factories{signpathtest.Source: providers.Factories["signpath"]})
		}
		return testkit.InProcess(o.t, testkit.NewDriver(providers))
	}
}

const validManager = "user:release.manager@example.com"

// until is a setting of valid_until; none for a negative day.
func until(day int) string {
	if day < 0 {
		return ""
	}
	return fmt.Sprintf("  valid_until = %q\n", dayAs(day))
}

// onReleaseB is a place of an entry.
const onReleaseB = "project = \"project-b\"\n  signing_policy = \"release-signing\""

// A validKind is a resource that ends by a day, with how the access stands at SignPath, and how somebody gives and
// takes it by hand.
type validKind struct {
	address string
	hcl     func(settings string) string
	has     func(*organization) bool
	give    func(*mock.Administrator) error
	take    func(*mock.Administrator) error
	id      string
}

// validKinds are what TestValidUntil leads across its day. Members of groups have a test of their own.
var validKinds = map[string]validKind{
	"role": {
		"signpath_role_assignment.it",
		func(settings string) string {
			return fmt.Sprintf("resource \"signpath_role_assignment\" \"it\" {\n  member = %q\n  role = \"GlobalReader\"\n%s}\n", validManager, settings)
		},
		func(o *organization) bool {
			user, err := o.User(validManager)
			return err == nil && user.Role == mock.RoleGlobalReader
		},
		func(a *mock.Administrator) error { return a.SetRole(validManager, mock.RoleGlobalReader) },
		func(a *mock.Administrator) error { return a.SetRole(validManager, mock.RoleRegularUser) },
		validManager,
	},
	"approver":     validEntry("signing_policy_approver", onReleaseB, releasePolicyB, "approvers", "project-b/release-signing"),
	"submitter":    validEntry("signing_policy_submitter", onReleaseB, releasePolicyB, "submitters", "project-b/release-signing"),
	"reader":       validEntry("project_reader", "project = \"project-b\"", "project:project-b", "readers", "project-b"),
	"configurator": validEntry("project_configurator", "project = \"project-b\"", "project:project-b", "configurators", "project-b"),
}

func validEntry(kind, place, owner, list, id string) validKind {
	return validKind{
		"signpath_" + kind + ".it",
		func(settings string) string {
			return fmt.Sprintf("resource \"signpath_%s\" \"it\" {\n  %s\n  member = %q\n%s}\n", kind, place, validManager, settings)
		},
		func(o *organization) bool {
			members, err := o.Members(owner, list)
			return err == nil && slices.Contains(members, validManager)
		},
		func(a *mock.Administrator) error { return a.AddMembers(owner, list, validManager) },
		func(a *mock.Administrator) error { return a.RemoveMembers(owner, list, validManager) },
		id + "/" + validManager,
	}
}

// A validSite is a site with one resource that ends.
type validSite struct {
	*site
	*calendar
	kind validKind
}

func newValidSite(o *organization, isCLI bool, kind validKind) *validSite {
	c := &calendar{}
	c.is(0)
	return &validSite{o.site(c.on(isCLI), ""), c, kind}
}

func (s *validSite) until(day int) { s.Write("main.tf", s.kind.hcl(until(day))) }

// stands expects what the state and SignPath have.
func (s *validSite) stands(ended, granted bool) {
	s.t.Helper()
	if got := s.attribute(s.kind.address, "ended"); got != ended {
		s.t.Errorf("on %s, ended is %v, want %t", s.now(), got, ended)
	}
	if got := s.attribute(s.kind.address, "granted"); got != granted {
		s.t.Errorf("on %s, granted is %v, want %t", s.now(), got, granted)
	}
	if got := s.kind.has(s.organization); got != granted {
		s.t.Errorf("on %s, the access is there: %t, want %t", s.now(), got, granted)
	}
}

// planDoes expects what a plan does that does not fail.
func (s *validSite) planDoes(want testkit.Summary, options testkit.Options) testkit.Result {
	s.t.Helper()
	planned := s.mustPlan(options)
	if planned.Summary != want {
		s.t.Errorf("on %s, the plan is %+v, want %+v: %s", s.now(), planned.Summary, want, planned)
	}
	return planned
}

// acrossItsDay leads access across its day, until somebody gives it again by hand.
func acrossItsDay(s *validSite) {
	nothing, change := testkit.Summary{}, testkit.Summary{Change: 1}
	s.until(0)
	s.mustApply()
	s.stands(false, true)
	s.planDoes(nothing, testkit.Options{}) // The last second of the day.

	s.is(1)
	s.planDoes(nothing, testkit.Options{NoRefresh: true}) // It does not look.
	s.mustApply(testkit.Options{NoRefresh: true})
	s.stands(false, true)
	if said := s.planDoes(change, testkit.Options{}).Said; !says("Ends, because valid_until has passed: "+validManager, "loses: "+validManager).MatchString(said) {
		s.t.Errorf("the plan does not say who loses what: %s", said)
	}
	s.mustApply(testkit.Options{RefreshOnly: true})
	s.stands(true, true)
	s.planDoes(change, testkit.Options{NoRefresh: true}) // It goes by the state.
	s.planDoes(change, testkit.Options{Out: "end.tfplan"})
	s.mustApply(testkit.Options{Saved: "end.tfplan"})
	s.stands(true, false)
	s.planDoes(nothing, testkit.Options{})
	s.planDoes(nothing, testkit.Options{NoRefresh: true})

	s.behindTerraform(s.kind.give)() // By hand, though it has ended.
	s.planDoes(nothing, testkit.Options{NoRefresh: true})
	s.planDoes(change, testkit.Options{})
	s.mustApply()
	s.stands(true, false)
}

// andFurther gives it back, changes the day, takes it by hand, and destroys it.
func andFurther(s *validSite) {
	nothing, change := testkit.Summary{}, testkit.Summary{Change: 1}
	s.until(5)
	s.planDoes(change, testkit.Options{})
	s.mustApply()
	s.stands(false, true)
	s.planDoes(nothing, testkit.Options{})

	s.planDoes(nothing, testkit.Options{Out: "before.tfplan"})
	s.until(7)
	s.planDoes(change, testkit.Options{Out: "later.tfplan"})
	s.is(8) // What a plan says is done, whatever day it is.
	s.mustApply(testkit.Options{Saved: "later.tfplan"})
	s.stands(false, true)
	s.until(6)
	if planned := s.Plan(testkit.Options{}); planned.Err == nil || !says("The day has passed", `valid_until is "`+dayAs(6)).MatchString(planned.Said) {
		s.t.Errorf("a new day that has passed is no error: %s", planned)
	}
	s.until(7)
	s.behindTerraform(s.kind.take)() // By hand, before Terraform.
	s.planDoes(nothing, testkit.Options{})
	s.mustApply()
	s.mustApply(testkit.Options{RefreshOnly: true})
	s.stands(true, false)
	s.until(-1)
	s.planDoes(change, testkit.Options{})
	s.mustApply()
	if got := s.attribute(s.kind.address, "ended"); got != nil || !s.kind.has(s.organization) {
		s.t.Errorf("without a day, ended is %v, and the access is there: %t", got, s.kind.has(s.organization))
	}
	s.until(9)
	s.mustApply()
	s.is(10)
	s.mustApply()
	s.stands(true, false)
	s.behindTerraform(s.kind.give)()
	s.mustApply(testkit.Options{Destroy: true, NoRefresh: true})
	if len(s.Objects()) > 0 || !s.kind.has(s.organization) {
		s.t.Errorf("the destroy of what has ended takes what a hand gave: %v", s.Objects())
	}
}

func TestValidUntil(t *testing.T) {
	t.Parallel()
	for name, kind := range validKinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newValidSite(newOrganization(t), false, kind)
			acrossItsDay(s)
			andFurther(s)
		})
	}
}

// TestCLIValidUntil leads a role and an entry across their day by a CLI.
func TestCLIValidUntil(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"role", "approver"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acrossItsDay(newValidSite(newOrganization(t), true, validKinds[name]))
		})
	}
}
