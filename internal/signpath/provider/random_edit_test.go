package provider_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

var (
	randomEdits    = flag.Int("edits", 20, "how many random edits of a configuration are tried; 300 take two minutes")
	randomEditSeed = flag.Uint64("edit", 0, "try only the edit of this seed")
)

// A randomEdit is a configuration that was applied, and what it is edited to.
type randomEdit struct {
	seed   uint64
	a, b   *edited
	said   []string
	apply  testkit.Options
	mishap mishap
	taints string
	// begun is the organization after a, and state its state.
	begun mock.Seed
	state *testkit.State
}

// unguarded are rules that let every configuration pass: what guardrails deny is tried elsewhere.
const unguarded = `"submit-and-approve" = { severity = "ignore" }, "approval-quorum" = { severity = "ignore" }`

// configOf is the configuration with what leads to the organization.
func configOf(org *organization, e *edited) string {
	return org.config("provider \"signpath\" {" + guardrails(unguarded) + "\n}\n" + e.hcl())
}

// A mishap is what goes wrong in an apply.
type mishap struct {
	// kind is "" for nothing, "refused" for a write that SignPath refuses once, "gone" for
	// a provider and "killed" for a CLI that ends.
	kind string
	// at counts the writes, or the calls of the apply.
	at int
}

func newRandomEdit(seed uint64) *randomEdit {
	c := chance{rand.New(rand.NewPCG(seed, 15))}
	e := &randomEdit{seed: seed, a: c.edited()}
	e.b = e.a.clone()
	for range 1 + c.IntN(4) {
		e.said = append(e.said, c.edit(e.b))
	}
	both := slices.DeleteFunc(e.b.addresses(), func(address string) bool { return !slices.Contains(e.a.addresses(), address) })
	if len(both) > 0 && c.IntN(4) == 0 {
		e.apply.Replace = []string{c.one(both)}
	}
	if len(both) > 0 && c.IntN(6) == 0 {
		e.taints = c.one(both)
	}
	if c.IntN(2) == 0 {
		e.mishap = mishap{c.one([]string{"refused", "refused", "gone", "killed"}), c.IntN(6)}
	}
	return e
}

// begin applies the first configuration.
func (e *randomEdit) begin(t *testing.T) {
	t.Helper()
	org := newOrganization(t, savedPlanSeed)
	d := testkit.NewDriver(signpathtest.Providers)
	if _, err := d.Apply(configOf(org, e.a), testkit.Options{}); err != nil {
		t.Fatalf("%s\nthe first apply fails: %v\n%s", e, err, e.a.hcl())
	}
	e.begun, e.state = org.Snapshot(), d.State
}

func (e *randomEdit) String() string {
	return fmt.Sprintf("go test ./internal/signpath/provider -run TestRandomEdits -args -edit %d: %s; replace %q, taint %q, %v",
		e.seed, strings.Join(e.said, ", "), e.apply.Replace, e.taints, e.mishap)
}

// A tally is what came of the edits.
type tally struct {
	mu sync.Mutex
	// words counts how edits were refused, and counts the rest.
	words, counts map[string]int
}

func (y *tally) add(m map[string]int, what string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	m[what]++
}

// TestRandomEdits applies random edits of configurations, one after the other and many at
// a time, fast and slow. Nobody who is in both configurations is off in the end, the next
// plan is empty, and what failed half-way is done by the same command again; or the plan
// is refused, and says what to do.
func TestRandomEdits(t *testing.T) {
	y := &tally{words: map[string]int{}, counts: map[string]int{}}
	first, count := rand.Uint64()>>32, *randomEdits
	if *randomEditSeed != 0 {
		first, count = *randomEditSeed, 1
	}
	t.Cleanup(func() { t.Logf("%d edits from seed %d: %v\nrefused: %v", count, first, y.counts, y.words) })
	for i := range count {
		seed := first + uint64(i)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			e := newRandomEdit(seed)
			e.begin(t)
			for _, parallelism := range []int{1, 10} {
				for _, latency := range []time.Duration{0, 3 * time.Millisecond} {
					e.try(t, parallelism, latency, y)
				}
			}
		})
	}
}

// try applies the edit once.
func (e *randomEdit) try(t *testing.T, parallelism int, latency time.Duration, y *tally) {
	t.Helper()
	begun := *cloneSeed(e.begun)
	for i := range begun.CIUsers {
		if begun.CIUsers[i].Name == "terraform" {
			begun.CIUsers[i].Token = signpathtest.TokenOf(mock.DemoSeed(), "terraform")
		}
	}
	org := newOrganizationWith(t, []mock.Option{mock.WithLatency(latency)}, func(seed *mock.Seed) { *seed = begun })
	d := &testkit.Driver{Providers: signpathtest.Providers, Parallelism: parallelism, Random: testkit.NewRandom(e.seed), State: e.state.Clone()}
	if e.taints != "" {
		must(t, d.State.Taint(e.taints))
	}
	before := org.Snapshot()
	e.befall(org, d)
	fails := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s\nparallelism %d, latency %s: %s\n\nfrom\n%s\nto\n%s", e, parallelism, latency, fmt.Sprintf(format, args...), e.a.hcl(), e.b.hcl())
	}
	config := configOf(org, e.b)
	run, err := d.Apply(config, e.apply)
	said := run.Said
	switch {
	case err != nil && !run.Applied:
		y.add(y.counts, "refused")
		y.add(y.words, summaries(err))
		if sameSeed(before, org.Snapshot()) != nil || !saysWayOut(err) {
			fails("a plan that is refused has changed something, or says no way out: %v", err)
		}
		return
	case err == nil:
		y.add(y.counts, "applied")
	case e.mishap.kind == "":
		y.add(y.counts, "failed in the apply")
		y.add(y.words, "apply: "+summaries(err))
		if !saysWayOut(err) {
			fails("the apply says no way out: %v", err)
		}
	default:
		y.add(y.counts, "failed by a mishap")
	}
	org.ClearFaults()
	d.Around, d.Parallelism = nil, 10
	for range 4 {
		if err == nil {
			break
		}
		run, err = d.Apply(config, testkit.Options{})
		said = append(said, run.Said...)
	}
	if err != nil && strings.Contains(err.Error(), "set adopt_existing") {
		y.add(y.counts, "done with adopt_existing")
		adopting := e.b.clone()
		for _, a := range adopting.accounts {
			a.adopts = true
		}
		config = configOf(org, adopting)
		run, err = d.Apply(config, testkit.Options{})
		said = append(said, run.Said...)
	}
	if err != nil {
		fails("it is stuck: %v\n\nAll that was said:\n%s", err, said)
		return
	}
	if plan, err := d.Plan(config, testkit.Options{}); err != nil || plan.Count() > 0 {
		fails("the next plan is not empty: %v\n%s\nAll that was said:\n%s", err, plan, said)
	}
	e.judge(org, before, fails, said)
	if moments := e.moments(org, before); len(moments) > 0 {
		t.Logf("%s\nparallelism %d: off for a moment: %q", e, parallelism, moments)
		y.add(y.counts, fmt.Sprintf("a moment in between, parallelism %d, by a mishap: %t", parallelism, e.mishap.kind != ""))
	}
}

// befall lets the mishap come.
func (e *randomEdit) befall(org *organization, d *testkit.Driver) {
	calls := 0
	var mu sync.Mutex
	switch e.mishap.kind {
	case "":
	case "refused":
		org.inject(mock.Fault{Route: "POST *", After: e.mishap.at, Times: 1, Action: mock.FaultAnswer, Status: 403, Body: "{}"})
	default:
		d.Around = func(call testkit.Call, next func() error) error {
			if call.Walk != "apply" || call.Method != "ApplyResourceChange" {
				return next()
			}
			mu.Lock()
			calls++
			over, first := calls > e.mishap.at, calls == e.mishap.at+1
			mu.Unlock()
			if first && e.seed%2 == 0 || !over {
				if err := next(); err != nil || !over {
					return err
				}
			}
			if e.mishap.kind == "killed" {
				return testkit.ErrKilled
			}
			return errors.New("the provider has ended")
		}
	}
}

// summaries are those of the errors.
func summaries(err error) string {
	var said testkit.Diagnostics
	if !errors.As(err, &said) {
		return err.Error()
	}
	var all []string
	for _, one := range said {
		summary, _, _ := strings.Cut(one.Summary, ":")
		if !one.Warning && !slices.Contains(all, summary) {
			all = append(all, summary)
		}
	}
	slices.Sort(all)
	return strings.Join(all, " + ")
}

// saysWayOut tells whether the error of a plan says what to do, and blames nobody else. A
// cycle is Terraform's own: an entry that is replaced, create_before_destroy from now on,
// while what it depended on goes.
func saysWayOut(err error) bool {
	ways := []string{"moved {", "depends_on", "two applies", "adopt_existing", "Error: Cycle", "`member` attribute", "another name"}
	return !strings.Contains(err.Error(), "Another writer") && slices.ContainsFunc(ways, func(way string) bool { return strings.Contains(err.Error(), way) })
}

// judge compares what there is with what both configurations want.
func (e *randomEdit) judge(org *organization, before mock.Seed, fails func(string, ...any), said testkit.Diagnostics) {
	after := org.Snapshot()
	was, wanted, is := e.a.facts(before), e.b.facts(after), factsOf(after)
	for fact := range wanted {
		if !is[fact] {
			fails("wanted (in both: %t), and not there: %s\n\nAll that was said:\n%s", was[fact], fact, said)
		}
	}
	for fact := range was {
		if !wanted[fact] && is[fact] && !strings.HasSuffix(fact, " exists") {
			fails("not wanted any more, and still there: %s\n\nAll that was said:\n%s", fact, said)
		}
	}
}

// moments are what both configurations want and was off in between, by the audit log.
func (e *randomEdit) moments(org *organization, before mock.Seed) (all []string) {
	both, wanted := e.a.facts(before), e.b.facts(org.Snapshot())
	places := map[string]string{}
	for _, g := range before.UserGroups {
		places[g.ID] = g.ID
	}
	for _, p := range before.Projects {
		places[p.ID] = p.Slug
		for _, policy := range p.SigningPolicies {
			places[policy.ID] = p.Slug + "/" + policy.Slug
		}
	}
	for _, event := range org.Events() {
		for property, change := range event.Changes {
			var from, to []string
			if json.Unmarshal(change.From, &from) != nil || json.Unmarshal(change.To, &to) != nil {
				from, to = []string{strings.Trim(string(change.From), `"`)}, []string{strings.Trim(string(change.To), `"`)}
			}
			for _, value := range from {
				fact := fmt.Sprintf("%s %s has %s", places[event.Entity.ID], property, value)
				switch property {
				case "role":
					fact = event.Entity.ID + " is " + value
				case "isActive":
					fact = event.Entity.ID + " is active: " + value
				}
				if !slices.Contains(to, value) && both[fact] && wanted[fact] {
					all = append(all, fact)
				}
			}
		}
	}
	return all
}

// TestCLIRandomEdits makes eight edits one after the other, each of what the last one left.
func TestCLIRandomEdits(t *testing.T) {
	t.Parallel()
	const edits = 8
	seed := rand.Uint64() >> 32
	if *randomEditSeed != 0 {
		seed = *randomEditSeed
	}
	c := chance{rand.New(rand.NewPCG(seed, 16))}
	e := &randomEdit{a: c.edited()}
	s := newOrganization(t, savedPlanSeed).site(byCLI, e.a.hcl())
	s.guard(unguarded)
	s.mustApply()
	refused := 0
	for i := range edits {
		e.b = e.a.clone()
		e.b.moved = nil
		e.said = []string{c.edit(e.b), c.edit(e.b)}
		fails := func(format string, args ...any) {
			t.Errorf("-args -edit %d, edit %d, %q: %s\n\nfrom\n%s\nto\n%s", seed, i, e.said, fmt.Sprintf(format, args...), e.a.hcl(), e.b.hcl())
		}
		before := s.Snapshot()
		s.Write("main.tf", e.b.hcl())
		applied := s.Apply(testkit.Options{})
		if applied.Err != nil && sameSeed(before, s.Snapshot()) == nil && saysWayOut(errors.New(applied.Said)) {
			refused++
			s.Write("main.tf", e.a.hcl())
			continue
		}
		if applied.Err != nil { // By the order of things; see TestNamesThatARunFrees.
			applied = s.Apply(testkit.Options{})
		}
		if planned := s.Plan(testkit.Options{}); applied.Err != nil || planned.Err != nil || planned.Changes {
			fails("it is stuck, or the next plan is not empty: %s\n%s", applied, planned)
			return
		}
		e.judge(s.organization, before, fails, applied.Diagnostics)
		e.a = e.b
	}
	t.Logf("%d edits from seed %d, %d of them refused", edits, seed, refused)
}
