package provider_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

var providerKills = flag.Uint64("kill", 0, "begin with the killed provider of this seed")

// killedType has what takes over, removes and replaces. Whoever is there already is to be
// taken over: a create that nobody heard of leaves an account.
var killedType = regexp.MustCompile(`(?m)^resource "signpath_(user|ci_user|user_group)" .*$`).
	ReplaceAllString(everyType, "$0\n  adopt_existing = true")

// killed lets every provider of a walk answer no more from one of its calls to apply on:
// that one, and those that are under way with it, may have been carried out. The CLI goes
// on and hears of nothing.
func killed(number int, carriedOut bool) func(testkit.Call, func() error) error {
	var mu sync.Mutex
	applied, dead := 0, false
	gone := errors.New("the provider was killed")
	return func(call testkit.Call, next func() error) error {
		mu.Lock()
		if call.Method == "ApplyResourceChange" {
			applied++
		}
		first := !dead && applied == number
		wasDead := dead
		dead = dead || first
		mu.Unlock()
		if wasDead || first && !carriedOut {
			return gone
		}
		err := next()
		mu.Lock()
		defer mu.Unlock()
		if dead {
			return gone
		}
		return err
	}
}

// A killedPhase is what a run is about when it is killed.
type killedPhase struct {
	name          string
	begun, config string // begun is applied before, if there is any.
	options       testkit.Options
	// What there is after a run that nobody killed.
	wanted    []string
	addresses int
}

// begin makes the organization of the phase, and what is there before it. The function
// that it returns writes the organization as it is then, without the ids of who is new.
func (p killedPhase) begin(t *testing.T) (*organization, *testkit.Driver, func() []string) {
	t.Helper()
	org := newOrganization(t, func(seed *mock.Seed) {
		outcome{seed}.project("project-a").Readers = []string{outsider}
		outcome{seed}.policy("project-b", "release-signing").Submitters = []string{outsider}
	})
	seeded := org.Snapshot()
	d := testkit.NewDriver(signpathtest.Providers)
	if p.begun != "" {
		_, err := d.Apply(org.config(p.begun), testkit.Options{})
		must(t, err)
	}
	return org, d, func() []string { return linesOf(org.Snapshot(), seeded) }
}

// killedPhases are creates, changes and destroys of every type, with what each leaves
// where nobody is killed.
func killedPhases(t *testing.T) []killedPhase {
	t.Helper()
	changed := strings.NewReplacer(
		`"New Approver"`, `"Approver"`, `"GlobalReader"`, `"UserAdministrator"`, `"first"`, `"second"`, `"Approvers"`, `"Release Approvers"`,
		`["user:qa.lead@example.com"]`, `["user:qa.lead@example.com", "user:outsider@example.com"]`, `"user:dev.lead@example.com"`, `"user:outsider@example.com"`,
	).Replace(killedType)
	phases := []killedPhase{
		{name: "create", config: killedType},
		{name: "change", begun: killedType, config: changed},
		{name: "destroy", begun: everyType, config: everyType, options: testkit.Options{Destroy: true}},
	}
	for i := range phases {
		p := &phases[i]
		org, d, outcome := p.begin(t)
		_, err := d.Apply(org.config(p.config), p.options)
		must(t, err)
		p.wanted, p.addresses = outcome(), len(d.State.Addresses())
	}
	return phases
}

// TestKills kills the provider in creates, changes and destroys, or the CLI with it before
// it has saved the state. Each time the same command, given again, does the rest: the
// organization is as after a run that nobody killed, the plan is empty, and nothing is
// there twice.
func TestKills(t *testing.T) {
	const kills = 42
	first := rand.Uint64() >> 32
	if *providerKills != 0 {
		first = *providerKills
	}
	phases := killedPhases(t)
	for i := range kills {
		seed := first + uint64(i)
		p := phases[seed%3]
		t.Run(fmt.Sprintf("%s, seed %d", p.name, seed), func(t *testing.T) {
			t.Parallel()
			t.Logf("go test ./internal/signpath/provider -run TestKills -args -kill %d", seed)
			random := rand.New(rand.NewPCG(seed, 15))
			org, d, outcome := p.begin(t)
			known, losesState := d.State.Clone(), random.IntN(3) == 0
			d.Around = killed(1+random.IntN(14), random.IntN(2) == 0)
			_, err := d.Apply(org.config(p.config), p.options)
			d.Around = nil
			if err != nil && losesState {
				d.State = known
			}
			if err != nil {
				if run, err := d.Apply(org.config(p.config), p.options); err != nil {
					t.Fatalf("the same command does not do the rest: %s", run.Said)
				}
			}
			if diff := cmp.Diff(p.wanted, outcome()); diff != "" {
				t.Errorf("the organization is not as after a run that nobody killed (-want +got):\n%s", diff)
			}
			if left := d.State.Addresses(); len(left) != p.addresses {
				t.Errorf("the state has %v", left)
			}
			plan, err := d.Plan(org.config(p.config), p.options)
			must(t, err)
			if plan.Count() > 0 {
				t.Errorf("the next plan is not empty:\n%s", plan)
			}
		})
	}
}
