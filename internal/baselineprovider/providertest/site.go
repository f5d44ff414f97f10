// Package providertest is for tests of providers that record baselines: a working directory
// with a clock.
package providertest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// A NewServer serves a provider with a clock.
type NewServer func(version string, now func() time.Time) tfprotov6.ProviderServer

// A Clock shows the day that a test sets.
type Clock struct{ now time.Time }

// Now is what a provider asks.
func (c *Clock) Now() time.Time { return c.now }

// Set sets the clock to a moment before the end of a day, so that most of what takes place
// crosses no midnight.
func (c *Clock) Set(t *testing.T, day string) {
	t.Helper()
	now, err := time.Parse(time.DateOnly, day)
	testkit.Must(t, err)
	c.now = now.Add(15 * time.Hour)
}

// A Site is a working directory, in process or of a CLI.
type Site struct {
	testkit.Terraform
	Clock *Clock
	t     *testing.T
	// address is that of the baseline in the configuration.
	address string
}

// InProcess makes a site without a CLI, on a day.
func InProcess(t *testing.T, name string, newServer NewServer, day string) *Site {
	t.Helper()
	clock := &Clock{}
	clock.Set(t, day)
	driver := testkit.NewDriver(testkit.NewProviders(testkit.Factories{name: factory(newServer, clock)}))
	return &Site{testkit.InProcess(t, driver), clock, t, name + "_access_baseline.acme"}
}

// A Workspace is a site of a CLI.
type Workspace struct {
	*testkit.Workspace
	*Clock
}

// ByCLI makes a working directory of a CLI, on a day, with a provider by its source.
func ByCLI(t *testing.T, source string, newServer NewServer, day string) Workspace {
	t.Helper()
	clock := &Clock{}
	clock.Set(t, day)
	return Workspace{testkit.NewWorkspace(t, testkit.Factories{source: factory(newServer, clock)}), clock}
}

func factory(newServer NewServer, clock *Clock) func() (tfprotov6.ProviderServer, error) {
	return func() (tfprotov6.ProviderServer, error) { return newServer("test", clock.Now), nil }
}

// On sets the clock.
func (s *Site) On(day string) *Site {
	s.t.Helper()
	s.Clock.Set(s.t, day)
	return s
}

// Configure writes the configuration.
func (s *Site) Configure(configuration string) *Site {
	s.Write("main.tf", configuration)
	return s
}

// MustApply applies, and returns what was said.
func (s *Site) MustApply(options testkit.Options) string {
	s.t.Helper()
	applied := s.Apply(options)
	if applied.Err != nil {
		s.t.Fatalf("the apply fails: %s", applied)
	}
	return applied.Said
}

// PlanIs expects whether a plan changes something, and phrases in what it says.
func (s *Site) PlanIs(changes bool, phrases ...string) {
	s.t.Helper()
	s.planIs(testkit.Options{}, changes, phrases...)
}

// PlanWithoutRefreshIs is the same for a plan that believes the state.
func (s *Site) PlanWithoutRefreshIs(changes bool, phrases ...string) {
	s.t.Helper()
	s.planIs(testkit.Options{NoRefresh: true}, changes, phrases...)
}

func (s *Site) planIs(options testkit.Options, changes bool, phrases ...string) {
	s.t.Helper()
	planned := s.Plan(options)
	if planned.Err != nil {
		s.t.Fatalf("the plan fails: %s", planned)
	}
	if planned.Changes != changes {
		s.t.Errorf("the plan changes something: %t, want %t\n%s", planned.Changes, changes, planned)
	}
	if !testkit.Says(phrases...).MatchString(planned.Said) {
		s.t.Errorf("the plan does not say %q:\n%s", phrases, planned.Said)
	}
	if !changes && len(phrases) == 0 && planned.Said != "" {
		s.t.Errorf("the plan says something:\n%s", planned.Said)
	}
}

// PlanFails expects a plan that fails, with phrases in its error.
func (s *Site) PlanFails(phrases ...string) {
	s.t.Helper()
	planned := s.Plan(testkit.Options{})
	if planned.Err == nil || !testkit.Says(phrases...).MatchString(planned.Err.Error()) {
		s.t.Errorf("the plan does not fail with %q: %s", phrases, planned)
	}
}

// Attribute is that of the baseline in the state.
func (s *Site) Attribute(name string) any {
	s.t.Helper()
	for _, o := range s.Objects() {
		if o.Address == s.address {
			return o.Values[name]
		}
	}
	s.t.Fatalf("the state has no %s", s.address)
	return nil
}

// Texts is an attribute that is a list of text.
func (s *Site) Texts(name string) []string {
	s.t.Helper()
	all, _ := s.Attribute(name).([]any)
	texts := make([]string, len(all))
	for i := range all {
		texts[i], _ = all[i].(string)
	}
	return texts
}

// Is expects the value of an attribute; nil is null.
func (s *Site) Is(name string, want any) {
	s.t.Helper()
	if got := s.Attribute(name); got != want {
		s.t.Errorf("%s is %v, want %v", name, got, want)
	}
}

// StepsBegin expects how the steps begin, each after its number.
func (s *Site) StepsBegin(want ...string) {
	s.t.Helper()
	steps := s.Texts("steps")
	ok := len(steps) == len(want)
	for i := range steps {
		_, text, _ := strings.Cut(steps[i], ". ")
		ok = ok && strings.HasPrefix(text, want[i])
	}
	if !ok {
		s.t.Errorf("the steps are\n%s\nwant\n%s", strings.Join(steps, "\n"), strings.Join(want, "\n"))
	}
}

// Holders are who has a role at a place in an attribute of the form of grants.
func (s *Site) Holders(name, place, role string) []string {
	s.t.Helper()
	places, _ := s.Attribute(name).(map[string]any)
	roles, _ := places[place].(map[string]any)
	all, _ := roles[role].([]any)
	var texts []string
	for _, one := range all {
		text, _ := one.(string)
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return texts
}
