package testkit

import (
	"context"
	"math/rand/v2"
	"sync"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A Driver is a working directory with its state, and a Terraform without a CLI.
// It may be used by one test at a time.
type Driver struct {
	Providers *Providers
	// Parallelism is how many instances are worked on at a time; 10 if it is zero.
	Parallelism int
	// Random chooses the order among what is ready; nil takes what has been so for
	// longest. With a parallelism of 1 it repeats a run.
	Random *rand.Rand
	// Around is put around each call to a provider, to count, delay or lose it. An
	// error says that the provider is gone; ErrKilled, that the CLI is.
	Around func(call Call, next func() error) error
	// State is what the last run left.
	State *State

	mu    sync.Mutex
	calls int
}

// NewDriver returns a driver with an empty state.
func NewDriver(providers *Providers) *Driver { return &Driver{Providers: providers, State: newState()} }

// Fork returns a driver with a copy of the state, and with nothing around its calls.
func (d *Driver) Fork() *Driver {
	return &Driver{Providers: d.Providers, Parallelism: d.Parallelism, State: d.State.Clone()}
}

func (d *Driver) parallelism() int {
	if d.Parallelism > 0 {
		return d.Parallelism
	}
	return 10
}

// Options are those of a plan.
type Options struct {
	// Destroy plans the end of everything in the state.
	Destroy bool
	// RefreshOnly plans nothing and takes what changed into the state.
	RefreshOnly bool
	// NoRefresh believes the state.
	NoRefresh bool
	// Replace names instances to be replaced.
	Replace []string
	// Variables are the values of input variables, as a command line gives them.
	Variables map[string]string
	// Out is the name under which a plan is saved, and Saved that of the plan that is
	// applied.
	Out, Saved string

	// preDestroy is true for the plan that comes before that of a destroy.
	preDestroy bool
}

// Plan validates the configuration and plans, as the plan of a CLI does. The plan
// holds what was said; the error is that of the plan, or ErrKilled.
func (d *Driver) Plan(source string, options Options) (*Plan, error) {
	ctx := context.Background()
	config, err := parseConfiguration(source)
	if err == nil {
		err = config.take(options.Variables)
	}
	if err != nil {
		return &Plan{Prior: d.State.Clone()}, err
	}
	if diags, err := d.validate(ctx, config); err != nil || diags.hasErrors() {
		return &Plan{Prior: d.State.Clone(), Said: diags}, firstError(err, diags)
	}
	if !options.Destroy {
		plan, err := d.planWalk(ctx, config, d.State.Clone(), options)
		if err != nil {
			return plan, err
		}
		return plan, plan.Said.err()
	}
	return d.planEnd(ctx, config, options)
}

func firstError(err error, diags Diagnostics) error {
	if err != nil {
		return err
	}
	return diags.err()
}

// planEnd plans a destroy. A normal plan comes first, to refresh: its errors end it,
// and its warnings are not told.
func (d *Driver) planEnd(ctx context.Context, config *configuration, options Options) (*Plan, error) {
	state := d.State.Clone()
	if !options.NoRefresh && len(state.instances) > 0 {
		before := options
		before.Destroy, before.preDestroy = false, true
		plan, err := d.planWalk(ctx, config, state, before)
		if err = firstError(err, plan.Said); err != nil {
			return plan, err
		}
		state = plan.Prior
	}
	w, err := d.newWalk(ctx, "plan", config, state, options)
	if err != nil {
		return nil, err
	}
	defer w.kill()
	p := &planWalk{walk: w, plan: &Plan{Prior: state, config: config, options: options}}
	var all []*vertex
	for _, address := range state.addresses() {
		i := state.instances[address]
		if address.data {
			continue
		}
		if i.current != nil {
			all = append(all, single(address.String(), func() Diagnostics { return p.endOf(address, i, i.current, "") }))
		}
		for key, o := range i.deposed {
			all = append(all, single(address.String()+" deposed", func() Diagnostics { return p.endOf(address, i, o, key) }))
		}
	}
	p.plan.Said = w.run(all)
	if w.ctx.Err() != nil {
		return p.plan, ErrKilled
	}
	return p.plan, p.plan.Said.err()
}

func (p *planWalk) endOf(address instanceAddress, i *instance, o *object, deposed string) Diagnostics {
	provider, diags := p.provider(i.provider)
	if diags.hasErrors() {
		return diags
	}
	change, more := p.planDestroy(provider, address, o, deposed)
	if change != nil {
		p.add(change)
	}
	if r := p.config.block(address.resourceAddress); r != nil && r.preventDestroy {
		more = append(more, preventedDestroy(address)...)
	}
	return append(diags, more...)
}

// ApplyPlan carries out a plan that was made before, maybe by another driver with
// the same state. The state is that of the plan, with what was done.
func (d *Driver) ApplyPlan(plan *Plan) (Diagnostics, error) {
	d.State = plan.Prior.Clone()
	diags, err := d.applyWalk(context.Background(), plan, d.State)
	if plan.options.Destroy && err == nil && !diags.hasErrors() {
		for _, address := range d.State.addresses() {
			if address.data {
				delete(d.State.instances, address)
			}
		}
	}
	return diags, firstError(err, diags)
}

// A Run is what came of a plan and its apply.
type Run struct {
	Plan *Plan
	// Applied is true if the plan could be made, and the apply began.
	Applied bool
	// Said is everything that plan and apply said.
	Said Diagnostics
}

// Apply plans and applies, as the apply of a CLI does.
func (d *Driver) Apply(source string, options Options) (*Run, error) {
	plan, err := d.Plan(source, options)
	if err != nil {
		return &Run{Plan: plan, Said: plan.Said}, err
	}
	diags, err := d.ApplyPlan(plan)
	return &Run{Plan: plan, Applied: true, Said: append(plan.Said, diags...)}, err
}

// Import takes an object into the state by its id, as the command of a CLI does.
func (d *Driver) Import(source, address, id string) (Diagnostics, error) {
	config, err := parseConfiguration(source)
	if err == nil {
		err = config.take(nil)
	}
	if err != nil {
		return nil, err
	}
	to, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	r := config.block(to.resourceAddress)
	if r == nil {
		return nil, failure(address, "Resource has no configuration", "The resource to import into is not in the configuration.")
	}
	state := d.State.Clone()
	w, err := d.newWalk(context.Background(), "import", config, state, Options{})
	if err != nil {
		return nil, err
	}
	defer w.kill()
	provider, diags := w.provider(r.providerName())
	if diags.hasErrors() {
		return diags, diags
	}
	o, more := w.importObject(provider, to, cty.StringVal(id))
	if diags = append(diags, more...); diags.hasErrors() {
		return diags, diags
	}
	state.put(to, r.providerName(), o)
	d.State = state
	return diags, nil
}

// validate lets the providers look at the configuration before anything is known.
func (d *Driver) validate(ctx context.Context, config *configuration) (Diagnostics, error) {
	w, err := d.newWalk(ctx, "validate", config, newState(), Options{})
	if err != nil {
		return nil, err
	}
	defer w.kill()
	w.evaluator.anything = true
	var all []*vertex
	for _, r := range config.resources {
		all = append(all, single(r.String(), func() Diagnostics { return w.validateBlock(r) }))
	}
	diags := w.run(all)
	if w.ctx.Err() != nil {
		return diags, ErrKilled
	}
	for _, local := range config.locals { // Those too that nothing refers to.
		_, more := w.evaluator.value(local, each{})
		diags = append(diags, hclDiagnostics(more, config.source, "")...)
	}
	_, more := w.evaluator.outputs()
	return append(diags, more...), nil
}

func (w *walk) validateBlock(r *resourceBlock) Diagnostics {
	provider, diags := w.provider(r.providerName())
	if diags.hasErrors() {
		return diags
	}
	of := each{}
	if r.count != nil {
		of.index = cty.UnknownVal(cty.Number)
	}
	if r.forEach != nil {
		of.key, of.value = cty.UnknownVal(cty.String), cty.DynamicVal
	}
	address := instanceAddress{r.resourceAddress, ""}
	without := *r // Conditions are judged where there are values.
	without.conditions = nil
	if r.data {
		_, _, more := w.dataConfig(provider, &without, address, of)
		return append(diags, more...)
	}
	s, known := provider.schemas.resources[r.kind]
	if !known {
		return unsupported(r.resourceAddress)
	}
	config, hclDiags := w.evaluator.object(r.body, s, of)
	if hclDiags.HasErrors() {
		return hclDiagnostics(hclDiags, w.config.source, address.String())
	}
	return append(diags, w.validateResource(provider, r, address, config, s)...)
}

func bodyOf(r *resourceBlock) *hclsyntax.Body {
	if r == nil {
		return nil
	}
	return r.body
}
