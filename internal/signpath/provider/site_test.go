package provider_test

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A site is an organization and a working directory of a Terraform that manages it.
type site struct {
	*organization
	testkit.Terraform
}

// A bench makes the Terraform of a site: in process, or with a CLI.
type bench func(*organization) testkit.Terraform

// inProcess is the bench of nearly every test.
func inProcess(o *organization) testkit.Terraform { return signpathtest.InProcess(o.t) }

// byCLI is the bench of those that prove the other one.
func byCLI(o *organization) testkit.Terraform { return signpathtest.ByCLI(o.t) }

// withCLI lets the tables take the other bench, to compare what both find:
// go test ./internal/signpath/provider -run TestFaults -args -cli.
var withCLI = flag.Bool("cli", false, "run the tables of faults and dialects with a CLI")

// tables is the bench of the tables.
func tables(o *organization) testkit.Terraform {
	if *withCLI {
		return byCLI(o)
	}
	return inProcess(o)
}

// site makes a site with a configuration. Its provider block has no settings but
// those that lead to the organization.
func (o *organization) site(on bench, hcl string) *site {
	return o.siteWith(on, "", hcl)
}

// siteWith is site with more settings in the provider block.
func (o *organization) siteWith(on bench, settings, hcl string) *site {
	s := &site{o, on(o)}
	s.Write("provider.tf", o.with(o.tokenSetting()+"\n"+settings, ""))
	s.Write("main.tf", hcl)
	return s
}

// guard replaces the rules of the provider block.
func (s *site) guard(rules string) {
	s.Write("provider.tf", s.with(s.tokenSetting()+guardrails(rules), ""))
}

// in is the organization for a subtest.
func (o *organization) in(t *testing.T) *organization {
	sub := *o
	sub.t = t
	return &sub
}

// mustApply applies, and returns what was said.
func (s *site) mustApply(options ...testkit.Options) string {
	s.t.Helper()
	applied := s.Apply(option(options))
	if applied.Err != nil {
		s.t.Fatalf("the apply fails: %s", applied)
	}
	return applied.Said
}

// mustPlan plans, and returns what was said.
func (s *site) mustPlan(options ...testkit.Options) testkit.Result {
	s.t.Helper()
	planned := s.Plan(option(options))
	if planned.Err != nil {
		s.t.Fatalf("the plan fails: %s", planned)
	}
	return planned
}

func option(options []testkit.Options) testkit.Options {
	if len(options) == 0 {
		return testkit.Options{}
	}
	return options[0]
}

// planIs expects what a plan does, and no warning but that a list changes.
func (s *site) planIs(want testkit.Summary) {
	s.t.Helper()
	signpathtest.ExpectPlan(s.t, s.Plan(testkit.Options{}), want)
}

// planSays expects phrases in what a plan says that does not fail.
func (s *site) planSays(phrases ...string) {
	s.t.Helper()
	if planned := s.mustPlan(); !says(phrases...).MatchString(planned.Said) {
		s.t.Errorf("the plan does not say %q: %s", phrases, planned)
	}
}

// applySays expects phrases in what an apply says that does not fail.
func (s *site) applySays(phrases ...string) {
	s.t.Helper()
	if said := s.mustApply(); !says(phrases...).MatchString(said) {
		s.t.Errorf("the apply does not say %q:\n%s", phrases, said)
	}
}

// attribute is that of an object of the state.
func (s *site) attribute(address, name string) any {
	s.t.Helper()
	for _, o := range s.Objects() {
		if o.Address == address {
			return o.Values[name]
		}
	}
	s.t.Fatalf("the state has no %s", address)
	return nil
}

// checkOrphans checks that the state has each user and group that was created
// since before, and that each id in it is one of the organization.
func (s *site) checkOrphans(before mock.Seed) {
	s.t.Helper()
	now, existed, managed := knownIDs(s.Snapshot()), knownIDs(before), map[string]bool{}
	for _, o := range s.Objects() {
		id, hasID := o.Values["id"].(string)
		if !hasID {
			continue
		}
		managed[id] = true
		if !now[id] || o.Tainted || o.Deposed {
			s.t.Errorf("%s is in the state as %q (tainted: %t, deposed: %t), which exists: %t", o.Address, id, o.Tainted, o.Deposed, now[id])
		}
	}
	for id := range now {
		if !existed[id] && !managed[id] {
			s.t.Errorf("%s was created, and is not in the state", id)
		}
	}
}

// checkToken checks that the state has the token that SignPath accepts.
func (s *site) checkToken() {
	s.t.Helper()
	token, _ := s.attribute("signpath_ci_user_token.build", "token").(string)
	if !s.Accepts(token) {
		s.t.Error("SignPath does not accept the token in the state")
	}
}

// checkMails checks to whom invitations were sent.
func (o *organization) checkMails(want ...string) {
	o.t.Helper()
	var got []string
	for _, mail := range o.Mails() {
		got = append(got, strings.TrimSuffix(mail.To, "@example.com"))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		o.t.Errorf("invitations were sent to %q, want %q", got, want)
	}
}

// mustBeDone checks that the organization is as wanted, and that a plan is empty.
func (s *site) mustBeDone(want mock.Seed) {
	s.t.Helper()
	if diff := s.differences(want); diff != "" {
		s.t.Errorf("the organization is not as configured (-want +got):\n%s", diff)
	}
	if planned := s.Plan(testkit.Options{}); planned.Err != nil || planned.Changes {
		s.t.Errorf("the plan after the apply is not empty: %s", planned)
	}
}

// injected is a fault of the table on a route, which begins after some requests.
func injected(c testkit.FaultCase, route string, after int) mock.Fault {
	fault := mock.Fault{
		Route: route, After: after, Action: mock.FaultAction(c.Kind), Status: c.Status, Headers: c.Headers, Body: c.Body, BodyBytes: c.BodyBytes,
		DelayMilliseconds: int(c.Delay.Milliseconds()), Times: 1,
	}
	if c.Always {
		fault.Times = 0
	}
	return fault
}
