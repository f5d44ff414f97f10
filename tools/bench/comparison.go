package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// What the provider may cost beside a provider that only sends, and by itself.
const (
	// maxPower is the power of the number of resources with which creates may take the
	// processors longer.
	maxPower = 1.15
	// maxRatio is what creates may take the processors, to those of the reference.
	maxRatio = 1.5
	// maxDestroyRequests is for each object that is destroyed.
	maxDestroyRequests = 1.6
	// maxRefreshRatio is what a refresh may take by the clock, to that of the reference.
	maxRefreshRatio = 1.15
	// comparedSize is at which size the providers are compared, if it is among those asked
	// for, and comparedLatency with which delay of a request the refreshes are.
	comparedSize    = 1000
	comparedLatency = 50 * time.Millisecond
)

const (
	ours      = "ours"
	reference = "reference"
)

// A contender is one of the two providers that are compared.
type contender struct {
	name string
	cli  *cli
	// took is the time of the processors that its creates took, by size, and refreshed the
	// time by the clock of its refresh.
	took      map[int]time.Duration
	refreshed time.Duration
}

// compare measures the provider and the reference by the same calls to servers of the same
// content, and prints what it finds.
func compare(ctx context.Context, o options, directory string, printed func(finding)) error {
	contenders := []*contender{{name: ours, took: map[int]time.Duration{}}, {name: reference, took: map[int]time.Duration{}}}
	packages := map[string]string{ours: modulePath, reference: modulePath + "/tools/bench/reference"}
	if o.profiles != "" {
		packages[ours] = modulePath + "/tools/bench/profiled"
	}
	for _, of := range contenders {
		var err error
		if of.cli, err = newCLI(ctx, o, directory, packages[of.name]); err != nil {
			return err
		}
	}
	at := comparedSize
	if !slices.Contains(o.compared, at) {
		at = slices.Max(o.compared)
	}
	for _, size := range o.compared {
		if err := compareAt(ctx, o, contenders, size, size == at, printed); err != nil {
			return fmt.Errorf("%d users and entries: %w", size, err)
		}
	}
	for _, of := range contenders {
		if first, last := slices.Min(o.compared), slices.Max(o.compared); first < last {
			power := math.Log(quotient(of.took[last], of.took[first])) / math.Log(float64(last)/float64(first))
			printed(of.goal(last, fmt.Sprintf("power with which they grow from %d", first), power, maxPower))
		}
	}
	us, them := contenders[0], contenders[1]
	printed(us.goal(at, "processor seconds of the creates, to the reference", quotient(us.took[at], them.took[at]), maxRatio))
	printed(us.goal(at, fmt.Sprintf("seconds of a refresh at %s, to the reference", milliseconds(comparedLatency)),
		quotient(us.refreshed, them.refreshed), maxRefreshRatio))
	return nil
}

// compareAt measures the creates of one size, and if it is the one for that also the
// refresh and the destroy. The refreshes are measured by turns, so that what else the machine
// does comes to both.
func compareAt(ctx context.Context, o options, contenders []*contender, size int, isWhole bool, printed func(finding)) error {
	var all []*comparison
	for _, of := range contenders {
		c, err := newComparison(of, o, size)
		if err != nil {
			return err
		}
		defer c.stop()
		all = append(all, c)
		if of.took[size], err = c.create(ctx); err != nil {
			return err
		}
		printed(finding{size, "processor seconds of the creates, " + of.name, fmt.Sprintf("%.2f", of.took[size].Seconds()), ""})
		printed(finding{size, "MiB at the peak of the creates, " + of.name, fmt.Sprintf("%.1f", float64(c.peakMemory)/(1<<20)), ""})
	}
	if !isWhole {
		return nil
	}
	for range refreshRuns {
		for _, c := range all {
			took, err := c.refresh(ctx)
			if err != nil {
				return err
			}
			if c.refreshed == 0 || took < c.refreshed {
				c.refreshed = took
			}
		}
	}
	for _, c := range all {
		printed(finding{size, fmt.Sprintf("seconds of a refresh at %s, %s", milliseconds(comparedLatency), c.name), fmt.Sprintf("%.2f", c.refreshed.Seconds()), ""})
		requests, err := c.destroy(ctx)
		if err != nil {
			return err
		}
		printed(c.goal(size, "requests for each object destroyed", requests, maxDestroyRequests))
	}
	return nil
}

// goal is a finding that says whether a goal is met. The reference has none.
func (of *contender) goal(size int, what string, got, most float64) finding {
	f := finding{size, what + ", " + of.name, fmt.Sprintf("%.2f", got), ""}
	if of.name == ours {
		f.goal = fmt.Sprintf("goal <= %.2f: %s", most, map[bool]string{true: "met", false: "missed"}[got <= most])
	}
	return f
}

func quotient(a, b time.Duration) float64 { return a.Seconds() / b.Seconds() }

// A comparison is the life of the resources of one organization, by one provider.
type comparison struct {
	*contender
	options
	size      int
	server    *mock.Server
	stop      func()
	workspace *workspace
	users     []*managed
	entries   []*managed
	// order is in which the resources are taken.
	order *rand.Rand
	// peakMemory is that of the last process, in bytes.
	peakMemory int64
}

func newComparison(of *contender, o options, size int) (*comparison, error) {
	c := &comparison{contender: of, options: o, size: size, order: rand.New(rand.NewPCG(uint64(size), 0))} //nolint:gosec // It is to be the same in each run.
	var err error
	if c.server, err = mock.New(seedOrganization(size)); err != nil {
		return nil, err
	}
	url, stop, err := c.server.Start()
	if err != nil {
		return nil, err
	}
	c.stop = stop
	token, err := c.server.Administrator("").IssueToken(callerReference)
	if err == nil {
		c.workspace, err = of.cli.newWorkspace(organizationConfiguration, append(environmentOf(url, c.server, token), "BENCH_PROFILES="+o.profiles)...)
	}
	if err != nil {
		stop()
		return nil, err
	}
	for i, e := range entries(size) {
		key := fmt.Sprintf("%05d", i)
		c.users = append(c.users, &managed{kind: "signpath_user", address: "signpath_user.new", key: key, config: map[string]string{
			"name": "New user " + key, "email": "new." + key + "@example.com",
		}})
		c.entries = append(c.entries, &managed{
			kind: "signpath_signing_policy_approver", address: "signpath_signing_policy_approver.entry", key: key,
			config: map[string]string{"project": e.project, "signing_policy": e.policy, "member": e.member},
		})
	}
	return c, nil
}

// run lets one process of the provider do something, and returns the time of the
// processors that it took.
func (c *comparison) run(ctx context.Context, do func(*core) error) (time.Duration, error) {
	running, err := startCore(ctx, c.contender.cli.provider, c.workspace.environment, c.parallelism, c.order)
	if err != nil {
		return 0, err
	}
	stopWatching := watchMemory(c.contender.cli.provider)
	err = do(running)
	c.peakMemory = stopWatching()
	return running.stop(), err
}

// all are the users and the entries.
func (c *comparison) all() []*managed { return slices.Concat(c.users, c.entries) }

func (c *comparison) create(ctx context.Context) (time.Duration, error) {
	return c.run(ctx, func(running *core) error { return running.create(ctx, c.all()) })
}

// refresh returns the time by the clock that the CLI takes for a plan that finds nothing to
// change.
func (c *comparison) refresh(ctx context.Context) (time.Duration, error) {
	state, err := stateFile(c.all())
	if err == nil {
		err = os.WriteFile(filepath.Join(c.workspace.directory, "terraform.tfstate"), state, 0o600) //nolint:gosec // In a directory of our own.
	}
	if err != nil {
		return 0, err
	}
	c.server.SetLatency(comparedLatency)
	defer c.server.SetLatency(0)
	started := time.Now()
	summary, err := c.workspace.plan(ctx, variables(c.size, c.size)...)
	return time.Since(started), cmp.Or(err, summary.expect(changes{}))
}

// destroy returns how many requests the destroy of everything took, for each object.
func (c *comparison) destroy(ctx context.Context) (float64, error) {
	if _, err := c.run(ctx, func(running *core) error { return running.planDestroy(ctx, c.all()) }); err != nil {
		return 0, err
	}
	c.server.ResetRequests()
	_, err := c.run(ctx, func(running *core) error { return running.destroy(ctx, c.all()) })
	return float64(len(c.server.Requests())) / float64(len(c.all())), err
}
