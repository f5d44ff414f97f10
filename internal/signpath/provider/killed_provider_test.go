package provider_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

var providerKills = flag.Uint64("kill", 0, "begin with the killed provider of this seed")

// killedType has what takes over, removes and replaces. Whoever is there already is to be
// taken over: a create that nobody heard of leaves an account.
var killedType = strings.NewReplacer(
	`email = "new.approver@example.com"`, "email = \"new.approver@example.com\"\n  adopt_existing = true",
	"name   = \"build\"", "name   = \"build\"\n  adopt_existing = true",
	"name  = \"New Approver\"", "name  = \"New Approver\"",
	"  name = \"Approvers\"", "  name = \"Approvers\"\n  adopt_existing = true",
).Replace(everyType)

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

// TestKilledProvider kills the provider in creates, changes and destroys. Each time the
// same command, given again, does the rest: the organization is as configured, the plan
// is empty, and nothing is there twice.
func TestKilledProvider(t *testing.T) {
	const kills = 42
	first := rand.Uint64() >> 32
	if *providerKills != 0 {
		first = *providerKills
	}
	changed := strings.NewReplacer(
		`"New Approver"`, `"Approver"`, `"GlobalReader"`, `"UserAdministrator"`, `"first"`, `"second"`, `"Approvers"`, `"Release Approvers"`,
		`["user:qa.lead@example.com"]`, `["user:qa.lead@example.com", "user:outsider@example.com"]`, `"user:dev.lead@example.com"`, `"user:outsider@example.com"`,
	).Replace(killedType)
	for i := range kills {
		seed := first + uint64(i)
		phase := []string{"create", "change", "destroy"}[i%3]
		t.Run(fmt.Sprintf("%s, seed %d", phase, seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 15))
			org := newOrganization(t, func(seed *mock.Seed) {
				outcome{seed}.project("project-a").Readers = []string{outsider}
				outcome{seed}.policy("project-b", "release-signing").Submitters = []string{outsider}
			})
			seeded := org.Snapshot()
			d := testkit.NewDriver(signpathtest.Providers)
			config, options := org.config(killedType), testkit.Options{}
			if phase != "create" {
				_, err := d.Apply(config, options)
				must(t, err)
			}
			switch phase {
			case "change":
				config = org.config(changed)
			case "destroy":
				options.Destroy = true
			}
			d.Around = killed(1+random.IntN(14), random.IntN(2) == 0)
			_, err := d.Apply(config, options)
			d.Around = nil
			again := fmt.Sprintf("go test ./internal/signpath/provider -run TestKilledProvider -args -kill %d", first)
			if err != nil {
				if run, err := d.Apply(config, options); err != nil {
					t.Fatalf("%s\nthe same command does not do the rest: %s", again, run.Said)
				}
			}
			if phase == "destroy" {
				if left := d.State.Addresses(); len(left) > 0 {
					t.Errorf("%s\nleft are %v", again, left)
				}
				return
			}
			plan, err := d.Plan(config, options)
			must(t, err)
			if plan.Count() > 0 {
				t.Errorf("%s\nthe next plan is not empty:\n%s", again, plan)
			}
			if created := len(knownIDs(org.Snapshot())) - len(knownIDs(seeded)); created != 3 {
				t.Errorf("%s\n%d accounts and groups were created", again, created)
			}
			must(t, org.membersAre("project:project-a", "readers", map[string][]string{
				"create": {"user:qa.lead@example.com"}, "change": {"user:qa.lead@example.com", outsider},
			}[phase]...)(nil))
		})
	}
}
