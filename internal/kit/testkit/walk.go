package testkit

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A walk is one way over a configuration and a state, with provider servers of its
// own.
type walk struct {
	driver    *Driver
	name      string
	config    *configuration
	evaluator *evaluator
	state     *State
	ctx       context.Context
	kill      context.CancelFunc
	options   Options

	// providers are all of the configuration and the state.
	providers map[string]bool

	mu          sync.Mutex
	connections map[string]*connection
	// pending are the planned actions on the instances of each block so far.
	pending map[resourceAddress][]Action
}

func (d *Driver) newWalk(ctx context.Context, name string, config *configuration, state *State, options Options) (*walk, error) {
	functions, err := d.Providers.functions()
	if err != nil {
		return nil, err
	}
	ctx, kill := context.WithCancel(ctx)
	names := map[string]bool{}
	for _, r := range config.resources {
		names[r.providerName()] = true
	}
	for _, i := range state.instances {
		names[i.provider] = true
	}
	return &walk{
		providers: names, driver: d, name: name, config: config, evaluator: newEvaluator(config, functions, d.schemaOf), state: state, ctx: ctx, kill: kill,
		options: options, connections: map[string]*connection{}, pending: map[resourceAddress][]Action{},
	}, nil
}

// inState changes the state under the lock of the walk.
func (w *walk) inState(change func(*State)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx.Err() == nil { // A CLI that was killed writes nothing any more.
		change(w.state)
	}
}

// A vertex is a part of a walk. It is expanded into tasks once all that it comes
// after is done, and not at all if something of that failed.
type vertex struct {
	name   string
	after  map[*vertex]bool
	expand func() ([]task, Diagnostics)
	left   int
	done   bool
	failed bool
}

type task func() Diagnostics

func newVertex(name string, expand func() ([]task, Diagnostics)) *vertex {
	return &vertex{name: name, after: map[*vertex]bool{}, expand: expand}
}

// single is a vertex of one task.
func single(name string, run task) *vertex {
	return newVertex(name, func() ([]task, Diagnostics) { return []task{run}, nil })
}

type result struct {
	of    *vertex
	diags Diagnostics
}

type readyTask struct {
	of  *vertex
	run task
}

// run goes over the vertices, some tasks at a time. With a random source it takes
// any of those that are ready, and else the one that has been so for longest.
func (w *walk) run(vertices []*vertex) Diagnostics {
	var (
		all     Diagnostics
		ready   []readyTask
		running int
		results = make(chan result)
		finish  func(*vertex)
	)
	begin := func(v *vertex) {
		for other := range v.after {
			if other.failed {
				v.failed = true
			}
		}
		if v.failed {
			finish(v)
			return
		}
		tasks, diags := v.expand()
		all = append(all, diags...)
		v.failed, v.left = diags.hasErrors(), len(tasks)
		if v.failed || len(tasks) == 0 {
			finish(v)
			return
		}
		for _, run := range tasks {
			ready = append(ready, readyTask{v, run})
		}
	}
	isReady := func(v *vertex) bool {
		for other := range v.after {
			if !other.done {
				return false
			}
		}
		return true
	}
	finish = func(v *vertex) {
		v.done = true
		for _, other := range vertices {
			if !other.done && other.after[v] && isReady(other) {
				begin(other)
			}
		}
	}
	for _, v := range vertices {
		if len(v.after) == 0 && !v.done {
			begin(v)
		}
	}
	for len(ready) > 0 || running > 0 {
		for len(ready) > 0 && running < w.driver.parallelism() && w.ctx.Err() == nil {
			next := w.pick(len(ready))
			t := ready[next]
			ready = append(ready[:next], ready[next+1:]...)
			running++
			go func() { results <- result{t.of, t.run()} }()
		}
		if running == 0 {
			break
		}
		r := <-results
		running--
		all = append(all, r.diags...)
		r.of.failed = r.of.failed || r.diags.hasErrors()
		if r.of.left--; r.of.left == 0 {
			finish(r.of)
		}
	}
	if w.ctx.Err() != nil {
		return all
	}
	for _, v := range vertices {
		if !v.done {
			return append(all, failure("", "Cycle", "These wait for each other: "+strings.Join(waiting(vertices), ", "))...)
		}
	}
	if all.hasErrors() {
		return all
	}
	return append(all, w.connectAll()...)
}

// connectAll configures every provider of the configuration and of the state that
// no call needed, as the core does.
func (w *walk) connectAll() Diagnostics {
	var all Diagnostics
	for _, name := range slices.Sorted(maps.Keys(w.providers)) {
		w.mu.Lock()
		connected := w.connections[name] != nil
		w.mu.Unlock()
		if !connected {
			_, diags := w.provider(name)
			all = append(all, diags...)
		}
	}
	return all
}

func waiting(vertices []*vertex) []string {
	var names []string
	for _, v := range vertices {
		if !v.done {
			names = append(names, v.name)
		}
	}
	return names
}

func (w *walk) pick(of int) int {
	if w.driver.Random == nil {
		return 0
	}
	return w.driver.Random.IntN(of)
}

// NewRandom is a source of random orders that a seed repeats.
func NewRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) } //nolint:gosec // A test's order needs no secrecy.

func cutProvider(name string) (local, alias string, found bool) { return strings.Cut(name, ".") }

// withoutAlias is a provider block without what the core takes for itself.
func withoutAlias(body *hclsyntax.Body) *hclsyntax.Body {
	if body.Attributes["alias"] == nil {
		return body
	}
	without := *body
	without.Attributes = hclsyntax.Attributes{}
	for name, a := range body.Attributes {
		if name != "alias" {
			without.Attributes[name] = a
		}
	}
	return &without
}
