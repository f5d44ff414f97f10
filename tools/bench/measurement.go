package main

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

//go:embed floor.tf
var floorConfiguration string

// A step is what is measured; a row of the table.
type step string

const (
	stepFloorCreate   step = "floor of creates"
	stepFloor         step = "floor of refresh"
	stepPlanUsers     step = "plan users"
	stepCreateUsers   step = "create users"
	stepPlanEntries   step = "plan entries"
	stepCreateEntries step = "create entries"
	stepRefresh       step = "refresh"
	stepPlanDrift     step = "plan after drift"
	stepPlanDestroy   step = "plan destroy"
	stepDestroy       step = "destroy"
)

// A measurement is what one command of the CLI cost.
type measurement struct {
	size     int
	latency  time.Duration
	step     step
	requests []mock.Request
	// connections and peakMemory, in bytes, are those of the provider.
	connections int
	peakMemory  int64
	duration    time.Duration
}

func (m measurement) reads() int {
	count := 0
	for _, request := range m.requests {
		if request.Method == http.MethodGet {
			count++
		}
	}
	return count
}

func (m measurement) writes() int { return len(m.requests) - m.reads() }

// connectionsOfProcess is how many each process of the provider opened. Terraform
// refreshes before it plans a destroy, with a process for each.
func (m measurement) connectionsOfProcess() int {
	if m.step == stepPlanDestroy {
		return (m.connections + 1) / 2
	}
	return m.connections
}

// sent counts the requests to a route.
func (m measurement) sent(route string) int {
	count := 0
	for _, request := range m.requests {
		if request.Route == route {
			count++
		}
	}
	return count
}

const (
	routeCreateUser = "POST /InteractiveUsers"
	routeEditPolicy = "POST /Projects/{project}/SigningPolicies/{policy}/Edit"
)

// between counts the requests after the first to a route, and before the last,
// that are to other routes.
func (m measurement) between(route string) int {
	isTo := func(request mock.Request) bool { return request.Route == route }
	first := slices.IndexFunc(m.requests, isTo)
	if first < 0 {
		return 0
	}
	last := first
	for i, request := range m.requests {
		if isTo(request) {
			last = i
		}
	}
	return last - first + 1 - m.sent(route)
}

// refreshRuns is how often a refresh is measured: its time is compared, so a
// disturbance should not count.
const refreshRuns = 3

// fastest measures several runs that have to cost the same, apart from time and
// memory. The counts are those of the run with the most requests.
func fastest(measure func() (measurement, error)) (measurement, error) {
	best, err := measure()
	for range refreshRuns - 1 {
		if err != nil {
			return best, err
		}
		var next measurement
		next, err = measure()
		if len(next.requests) > len(best.requests) {
			best.requests = next.requests
		}
		best.connections = max(best.connections, next.connections)
		best.peakMemory = max(best.peakMemory, next.peakMemory)
		best.duration = min(best.duration, next.duration)
	}
	return best, err
}

// measureFloor measures what the CLI takes for resources without a provider.
func measureFloor(ctx context.Context, c *cli, size int, measured func(measurement)) error {
	w, err := c.newWorkspace(floorConfiguration)
	if err != nil {
		return err
	}
	resources := fmt.Sprintf("-var=resources=%d", 2*size)
	if _, err := w.plan(ctx, resources); err != nil {
		return err
	}
	started := time.Now()
	if _, err := w.apply(ctx); err != nil {
		return err
	}
	measured(measurement{size: size, step: stepFloorCreate, duration: time.Since(started)})
	m, err := fastest(func() (measurement, error) {
		started := time.Now()
		summary, err := w.plan(ctx, resources)
		if err == nil {
			err = summary.expect(changes{})
		}
		return measurement{size: size, step: stepFloor, duration: time.Since(started)}, err
	})
	if err == nil {
		measured(m)
	}
	return err
}

// A life is that of the users and entries of one organization.
type life struct {
	size      int
	latency   time.Duration
	server    *mock.Server
	workspace *workspace
	measured  func(measurement)
}

// measureLife measures one life from the first plan to the destroy.
func measureLife(ctx context.Context, c *cli, size int, latency time.Duration, measured func(measurement)) error {
	server, err := mock.New(seedOrganization(size), mock.WithLatency(latency))
	if err != nil {
		return err
	}
	url, stop, err := server.Start()
	if err != nil {
		return err
	}
	defer stop()
	token, err := server.Administrator("").IssueToken(callerReference)
	if err != nil {
		return err
	}
	w, err := c.newWorkspace(organizationConfiguration, environmentOf(url, server, token)...)
	if err != nil {
		return err
	}
	return (&life{size, latency, server, w, measured}).live(ctx)
}

// environmentOf leads a provider to the server.
func environmentOf(url string, server *mock.Server, token string) []string {
	return []string{"SIGNPATH_API_URL=" + url + "/Api", "SIGNPATH_ORGANIZATION_ID=" + server.OrganizationID(), "SIGNPATH_API_TOKEN=" + token}
}

func (l *life) live(ctx context.Context) error {
	everything := changes{Add: l.size}
	for _, part := range []struct {
		plan, create   step
		users, entries int
	}{
		{stepPlanUsers, stepCreateUsers, l.size, 0},
		{stepPlanEntries, stepCreateEntries, l.size, l.size},
	} {
		variables := variables(part.users, part.entries)
		if err := l.step(part.plan, everything, func() (changes, error) { return l.workspace.plan(ctx, variables...) }); err != nil {
			return err
		}
		if err := l.step(part.create, everything, func() (changes, error) { return l.workspace.apply(ctx) }); err != nil {
			return err
		}
	}
	variables := variables(l.size, l.size)
	refresh, err := fastest(func() (measurement, error) {
		return l.measure(stepRefresh, changes{}, func() (changes, error) { return l.workspace.plan(ctx, variables...) })
	})
	if err != nil {
		return err
	}
	l.measured(refresh)
	removed, err := removeEveryTenth(l.server, l.size)
	if err != nil {
		return err
	}
	if err := l.step(stepPlanDrift, changes{Add: removed}, func() (changes, error) { return l.workspace.plan(ctx, variables...) }); err != nil {
		return err
	}
	rest := changes{Remove: 2*l.size - removed}
	destroy := append([]string{"-destroy"}, variables...)
	if err := l.step(stepPlanDestroy, rest, func() (changes, error) { return l.workspace.plan(ctx, destroy...) }); err != nil {
		return err
	}
	return l.step(stepDestroy, rest, func() (changes, error) { return l.workspace.apply(ctx) })
}

func variables(users, entries int) []string {
	return []string{
		fmt.Sprintf("-var=users=%d", users), fmt.Sprintf("-var=entries=%d", entries),
		fmt.Sprintf("-var=entries_per_policy=%d", entriesPerPolicy),
		fmt.Sprintf("-var=policies_per_project=%d", policiesPerProject),
	}
}

// step measures one command and reports it.
func (l *life) step(name step, wanted changes, command func() (changes, error)) error {
	m, err := l.measure(name, wanted, command)
	if err == nil {
		l.measured(m)
	}
	return err
}

// measure runs one command, which must make or plan the wanted changes.
func (l *life) measure(name step, wanted changes, command func() (changes, error)) (measurement, error) {
	l.server.ResetRequests()
	connections := l.server.Connections()
	stopWatching := watchMemory(l.workspace.cli.provider)
	started := time.Now()
	summary, err := command()
	m := measurement{size: l.size, latency: l.latency, step: name, duration: time.Since(started)}
	m.peakMemory = stopWatching()
	m.connections = l.server.Connections() - connections
	m.requests = l.server.Requests()
	if err == nil {
		err = summary.expect(wanted)
	}
	if err != nil {
		return m, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}
