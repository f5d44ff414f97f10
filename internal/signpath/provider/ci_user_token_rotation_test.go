package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

const (
	dueTokens  = "API tokens are due for rotation, and replaced"
	heldTokens = "API tokens are due for rotation, and held"
)

// at is the bench of a provider that has the clock.
func (c *testClock) bench(o *organization) testkit.Terraform {
	return testkit.InProcess(o.t, testkit.NewDriver(signpathtest.ProvidersOf(provider.NewWithClock(c.now))))
}

// manyTokens are tokens of as many CI users.
func manyTokens(count int, settings string) string {
	var all strings.Builder
	for i := range count {
		fmt.Fprintf(&all, `
resource "signpath_ci_user" "c%02[1]d" {
  name = "build-%02[1]d"
}

resource "signpath_ci_user_token" "c%02[1]d" {
  ci_user = signpath_ci_user.c%02[1]d.member
  %[2]s
}
`, i, settings)
	}
	return all.String()
}

// moments are rotates_at of each token in the state, by address.
func (s *site) moments() map[string]time.Time {
	s.t.Helper()
	found := map[string]time.Time{}
	for _, o := range s.Objects() {
		if text, ok := o.Values["rotates_at"].(string); ok {
			moment, err := time.Parse(time.RFC3339, text)
			must(s.t, err)
			found[o.Address] = moment
		}
	}
	return found
}

// TestTokensOfOneApplyRotateApart lets the days pass: each token rotates in the early window,
// none gets older than rotate_after, and they do not do it in one run.
func TestTokensOfOneApplyRotateApart(t *testing.T) {
	t.Parallel()
	const count, period, window = 24, 90 * 24 * time.Hour, 9 * 24 * time.Hour
	clock := newTestClock()
	start := clock.now()
	s := newOrganization(t).site(clock.bench, manyTokens(count, `rotate_after = "90d"`))
	s.mustApply()
	first := s.moments()
	for address, moment := range first {
		if age := moment.Sub(start); age <= period-window || age > period {
			t.Errorf("%s rotates after %s", address, age)
		}
	}
	if s.planIs(testkit.Summary{}); len(first) != count || !maps.Equal(first, s.moments()) {
		t.Errorf("there are %d moments, and a plan has changed them: %t", len(first), !maps.Equal(first, s.moments()))
	}
	clock.pass(period - window)()
	most, rotated := 0, 0
	for clock.now().Before(start.Add(period)) {
		clock.pass(12 * time.Hour)()
		planned := s.mustPlan()
		most, rotated = max(most, planned.Summary.Add), rotated+planned.Summary.Add
		s.mustApply()
	}
	if rotated != count || most > count/3 { // Two a run would be even.
		t.Errorf("%d of %d tokens have rotated, %d of them in one run", rotated, count, most)
	}
	for address, moment := range s.moments() {
		if moment.Equal(first[address]) {
			t.Errorf("%s still rotates at %s", address, moment)
		}
	}
}

// TestTheMomentOfARotation compares rotates_at of plan and state through what changes it.
func TestTheMomentOfARotation(t *testing.T) {
	t.Parallel()
	clock := newTestClock()
	s := newOrganization(t).site(clock.bench, newToken())
	s.mustApply()
	is := func(want any) {
		t.Helper()
		if got := s.attribute(tokenAddress, "rotates_at"); got != want {
			t.Errorf("it rotates at %v, want %v", got, want)
		}
		s.planIs(testkit.Summary{})
	}
	is(nil)
	clock.pass(time.Hour)()
	s.Write("main.tf", newToken(`rotate_after = "30d"`, `rotate_early = "0s"`))
	if planned := s.mustPlan(); !strings.Contains(planned.Said, "2026-01-31T00:00:00Z") || planned.Summary.Change != 1 {
		t.Errorf("the plan does not show the moment: %s", planned)
	}
	s.mustApply()
	is("2026-01-31T00:00:00Z")
	s.Write("main.tf", newToken(`rotate_after = "1d12h"`, `rotate_early = "0s"`))
	s.mustPlan(testkit.Options{Out: "saved"})
	clock.pass(time.Hour)()
	s.mustApply(testkit.Options{Saved: "saved"})
	is("2026-01-02T12:00:00Z")
	later := "\nresource \"terraform_data\" \"this\" {\n  input = \"2d\"\n}\n"
	s.Write("main.tf", later+newToken(`rotate_after = terraform_data.this.output`, `rotate_early = "0s"`))
	s.mustApply()
	is("2026-01-03T00:00:00Z")
	s.Write("main.tf", later+newToken(`rotate_after = "2d"`))
	s.mustApply()
	moment, _ := time.Parse(time.RFC3339, s.attribute(tokenAddress, "rotates_at").(string))
	if end := clockStart.Add(48 * time.Hour); moment.After(end) || !moment.After(end.Add(-48*time.Hour/10)) {
		t.Errorf("by default it rotates at %s", moment)
	}
	s.Write("main.tf", later+newToken())
	s.mustApply()
	is(nil)
}

// clockStart is when a new test clock begins.
var clockStart = newTestClock().now()

// A rotation of a token that nothing can use is told as one: the plan says that its CI user is inactive.
func TestARotationTellsOfAnInactiveCIUser(t *testing.T) {
	t.Parallel()
	clock := newTestClock()
	s := newOrganization(t).site(clock.bench, manyTokens(1, `rotate_after = "10d"`))
	s.mustApply()
	clock.pass(10 * 24 * time.Hour)()
	const told = "It is inactive, so that no token of it works."
	if planned := s.mustPlan(); says(told).MatchString(planned.Said) {
		t.Errorf("an active CI user is told to be inactive: %s", planned)
	}
	s.Write("main.tf", strings.Replace(manyTokens(1, `rotate_after = "10d"`), `"build-00"`, `"build-00"
  active = false`, 1))
	s.mustApply()
	clock.pass(10 * 24 * time.Hour)()
	s.planSays(dueTokens, told)
}

// TestHeldTokens holds what is due, and lets it go.
func TestHeldTokens(t *testing.T) {
	t.Parallel()
	clock := newTestClock()
	s := newOrganization(t).siteWith(clock.bench, `token_rotation = "hold"`, manyTokens(3, `rotate_after = "10d"`))
	s.mustApply()
	clock.pass(10 * 24 * time.Hour)()
	planned := s.mustPlan()
	if planned.Changes || warnings(planned)[heldTokens] != 3 || len(warnings(planned)) != 1 {
		t.Errorf("the plan is not empty, or does not warn of three tokens with one title: %s", planned)
	}
	wanted := []string{
		"API token of ci_user:build-00", "generated at 2026-01-01T00:00:00Z", `by rotate_after = "10d"`, "it has been due for rotation since 2026-01-1",
	}
	if !says(wanted...).MatchString(planned.Said) {
		t.Errorf("it does not say what is due, and since when: %s", planned)
	}
	s.mustApply()
	if s.CountRequests(regenerateRoute) != 3 {
		t.Error("what is held was rotated")
	}

	s.Write("main.tf", manyTokens(3, "rotate_after = \"10d\"\n  rotation_triggers = { ticket = \"1\" }"))
	if planned := s.mustPlan(); planned.Summary != (testkit.Summary{Add: 3, Remove: 3}) {
		t.Errorf("what the configuration says is held, too: %s", planned)
	}
	s.Write("main.tf", manyTokens(3, `rotate_after = "10d"`))
	s.Write("provider.tf", s.with(s.tokenSetting()+"\ntoken_rotation = \"due\"", ""))
	planned = s.mustPlan()
	if planned.Summary != (testkit.Summary{Add: 3, Remove: 3}) || warnings(planned)[dueTokens] != 3 || len(warnings(planned)) != 1 {
		t.Errorf("the plan does not replace three tokens, or has several titles: %s", planned)
	}
	s.mustApply()
	s.planIs(testkit.Summary{})
}

// warnings counts those of a result, by their titles.
func warnings(r testkit.Result) map[string]int {
	counts := map[string]int{}
	for _, d := range r.Diagnostics {
		if d.Warning {
			counts[d.Summary]++
		}
	}
	return counts
}

// TestTokenRotationFromTheEnvironment holds by the variable, which a setting outdoes.
func TestTokenRotationFromTheEnvironment(t *testing.T) {
	for name, c := range map[string]struct {
		variable, setting string
		wants             string
	}{
		"held by the variable":           {"hold", "", heldTokens},
		"due by the variable":            {"due", "", dueTokens},
		"an empty variable":              {"", "", dueTokens},
		"a setting beside the variable":  {"hold", `token_rotation = "due"`, dueTokens},
		"a setting beside another one":   {"due", `token_rotation = "hold"`, heldTokens},
		"a variable that is misspelled":  {"held", "", `The environment variable SIGNPATH_TOKEN_ROTATION is "held", and can be "due" or "hold"`},
		"a setting that is misspelled":   {"", `token_rotation = "later"`, `value must be one of: ["due" "hold"]`},
		"a wrong variable, with a right": {"held", `token_rotation = "hold"`, heldTokens},
	} {
		t.Run(name, func(t *testing.T) {
			clock := newTestClock()
			s := newOrganization(t).site(clock.bench, newToken(`rotate_after = "10d"`))
			s.mustApply()
			clock.pass(10 * 24 * time.Hour)()
			t.Setenv("SIGNPATH_TOKEN_ROTATION", c.variable)
			s.Write("provider.tf", s.with(s.tokenSetting()+"\n"+c.setting, ""))
			if planned := s.Plan(testkit.Options{}); !says(c.wants).MatchString(planned.Said) {
				t.Errorf("the plan does not say %q: %s", c.wants, planned)
			}
		})
	}
}

// TestATokenFromTheFuture has a clock that was years ahead, and one that was a minute.
func TestATokenFromTheFuture(t *testing.T) {
	t.Parallel()
	const warning = "The API token comes from the future: ci_user:build"
	clock := newTestClock()
	clock.pass(73 * 365 * 24 * time.Hour)()
	s := newOrganization(t).site(clock.bench, newToken(`rotate_after = "30d"`, `rotation_triggers = { ticket = "1" }`))
	s.mustApply()
	s.planIs(testkit.Summary{})
	clock.pass(-73 * 365 * 24 * time.Hour)()
	s.planSays(warning, "generated at 2098-12-14T00:00:00Z", "and it is 2026-01-01T00:00:00Z now", "change rotation_triggers")
	s.planChangesNothing()
	s.Write("main.tf", newToken(`rotate_after = "30d"`, `rotation_triggers = { ticket = "2" }`))
	s.mustApply()
	s.planIs(testkit.Summary{})
	clock.pass(-5 * time.Minute)()
	s.planIs(testkit.Summary{}) // As much as clocks differ.
	clock.pass(-time.Second)()
	s.planSays(warning)
}

// TestPeriods has what rotate_after and rotate_early take.
func TestPeriods(t *testing.T) {
	t.Parallel()
	s := newOrganization(t).site(inProcess, "")
	for setting, want := range map[string]string{
		"rotate_after = \"90d\"":                              "",
		"rotate_after = \"1d12h30m\"":                         "",
		"rotate_after = \"720h\"":                             "",
		"rotate_after = \"0d1h\"":                             "",
		"rotate_after = \"106751d\"":                          "",
		"rotate_after = \"90d\"\n  rotate_early = \"9d12h\"":  "",
		"rotate_after = \"90d\"\n  rotate_early = \"0s\"":     "",
		"rotate_after = \"106752d\"":                          `"106752d" is not a period: valid are days, hours`,
		"rotate_after = \"106751d24h\"":                       `"106751d24h" is not a period`,
		"rotate_after = \"1.5d\"":                             `"1.5d" is not a period`,
		"rotate_after = \"90 d\"":                             `"90 d" is not a period`,
		"rotate_after = \"d\"":                                `"d" is not a period`,
		"rotate_after = \"90d-1h\"":                           `"90d-1h" is not a period`,
		"rotate_after = \"90d5\"":                             `"90d5" is not a period`,
		"rotate_after = \"12h1d\"":                            `"12h1d" is not a period`,
		"rotate_after = \"90\"":                               `"90" is not a period`,
		"rotate_after = \"\"":                                 `"" is not a period`,
		"rotate_after = \"0d\"":                               `"0d" is not above zero`,
		"rotate_after = \"-1h\"":                              `"-1h" is not above zero`,
		"rotate_after = \"90d\"\n  rotate_early = \"-1h\"":    `"-1h" is below zero`,
		"rotate_after = \"90d\"\n  rotate_early = \"90d\"":    `"90d" is not below rotate_after = "90d"`,
		"rotate_after = \"90d\"\n  rotate_early = \"2161h\"":  `"2161h" is not below rotate_after = "90d"`,
		"rotate_after = \"90d\"\n  rotate_early = \"a week\"": `"a week" is not a period`,
		"rotate_early = \"9d\"":                               "Nothing to rotate early",
	} {
		s.Write("main.tf", newToken(setting))
		planned := s.Plan(testkit.Options{})
		if (planned.Err == nil) != (want == "") || !says(want).MatchString(planned.Said) {
			t.Errorf("of %q it says, without %q: %s", setting, want, planned)
		}
		attribute := "rotate_after"
		if strings.Contains(setting, "rotate_early") {
			attribute = "rotate_early"
		}
		if slices.ContainsFunc(planned.Diagnostics, func(d testkit.Diagnostic) bool { return d.Attribute != attribute }) {
			t.Errorf("of %q it points elsewhere: %s", setting, planned)
		}
	}
}

// TestCLIHeldTokens reads what a plan says to a person of many tokens: one warning.
func TestCLIHeldTokens(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, nil)
	w.Write("main.tf", manyTokens(3, `rotate_after = "1ns"`))
	w.MustRun("apply", "-auto-approve")
	w.MustSay(says("Warning: "+dueTokens, "(and 2 more similar warnings elsewhere)"), "plan")
	w.Write("provider.tf", w.org.with(w.org.tokenSetting()+"\ntoken_rotation = \"hold\"", ""))
	w.MustSay(says("No changes", "Warning: "+heldTokens, "token_rotation is \"hold\" here", "(and 2 more similar warnings elsewhere)"), "plan")
}
