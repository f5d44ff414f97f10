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

// A schedule goes over vertices, some tasks at a time.
type schedule struct {
	walk     *walk
	vertices []*vertex
	ready    []readyTask
	said     Diagnostics
}

// run goes over the vertices. With a random source it takes any of the tasks that are
// ready, and else the one that has been so for longest.
func (w *walk) run(vertices []*vertex) Diagnostics {
	if diags := cycle(vertices); diags != nil {
		return diags
	}
	s := &schedule{walk: w, vertices: vertices}
	for _, v := range vertices {
		if len(v.after) == 0 && !v.done {
			s.begin(v)
		}
	}
	s.work()
	if w.ctx.Err() != nil {
		return s.said
	}
	if s.said.hasErrors() {
		return s.said
	}
	return append(s.said, w.connectAll()...)
}

// work runs tasks until none is ready or under way.
func (s *schedule) work() {
	results := make(chan result)
	for running := 0; ; {
		for len(s.ready) > 0 && running < s.walk.driver.parallelism() && s.walk.ctx.Err() == nil {
			t := s.take()
			running++
			go func() { results <- result{t.of, t.run()} }()
		}
		if running == 0 {
			return
		}
		r := <-results
		running--
		s.said = append(s.said, r.diags...)
		r.of.failed = r.of.failed || r.diags.hasErrors()
		if r.of.left--; r.of.left == 0 {
			s.finish(r.of)
		}
	}
}

func (s *schedule) take() readyTask {
	next := 0
	if random := s.walk.driver.Random; random != nil {
		next = random.IntN(len(s.ready))
	}
	t := s.ready[next]
	s.ready = slices.Delete(s.ready, next, next+1)
	return t
}

// begin makes the tasks of a vertex ready, unless something that it comes after
// failed.
func (s *schedule) begin(v *vertex) {
	for other := range v.after {
		v.failed = v.failed || other.failed
	}
	var tasks []task
	if !v.failed {
		var diags Diagnostics
		tasks, diags = v.expand()
		s.said = append(s.said, diags...)
		v.failed = diags.hasErrors()
	}
	if v.failed || len(tasks) == 0 {
		s.finish(v)
		return
	}
	v.left = len(tasks)
	for _, run := range tasks {
		s.ready = append(s.ready, readyTask{v, run})
	}
}

func (s *schedule) finish(v *vertex) {
	v.done = true
	for _, other := range s.vertices {
		if !other.done && other.after[v] && other.isReady() {
			s.begin(other)
		}
	}
}

func (v *vertex) isReady() bool {
	for other := range v.after {
		if !other.done {
			return false
		}
	}
	return true
}

// cycle reports vertices that wait for each other.
func cycle(vertices []*vertex) Diagnostics {
	waiting := slices.Clone(vertices)
	for before := -1; before != len(waiting); {
		before = len(waiting)
		left := slices.Clone(waiting)
		waiting = slices.DeleteFunc(waiting, func(v *vertex) bool {
			return !slices.ContainsFunc(left, func(other *vertex) bool { return v.after[other] })
		})
	}
	if len(waiting) == 0 {
		return nil
	}
	var names []string
	for _, v := range waiting {
		names = append(names, v.name)
	}
	return failure("", "Cycle", "These wait for each other: "+strings.Join(names, ", "))
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

// NewRandom is a source of random orders that a seed repeats.
func NewRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) }

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
