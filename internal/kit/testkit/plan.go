package testkit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// An Action is what a plan does with an instance.
type Action string

// The actions.
const (
	NoOp             Action = "no-op"
	Create           Action = "create"
	Read             Action = "read"
	Update           Action = "update"
	Delete           Action = "delete"
	DeleteThenCreate Action = "delete, then create"
	CreateThenDelete Action = "create, then delete"
	Forget           Action = "forget"
)

func (a Action) replaces() bool { return a == DeleteThenCreate || a == CreateThenDelete }

// A Change is what a plan does with one object.
type Change struct {
	Action        Action
	Before, After cty.Value
	// Importing is true if the object comes into the state by the plan.
	Importing bool
	// Private is the private state that the provider planned.
	Private []byte
	// Deposed is the key of an object that was left to be destroyed.
	Deposed string

	address                       instanceAddress
	beforeIdentity, afterIdentity cty.Value
	dependencies                  []resourceAddress
	replacePaths                  []string
	// beforeSensitive and afterSensitive are what the configuration marks.
	beforeSensitive, afterSensitive []cty.PathValueMarks
}

// Address is that of the instance.
func (c *Change) Address() string { return c.address.String() }

// A Plan is what a run would do. It can be applied later, by another driver.
type Plan struct {
	// Changes has one for each instance, also those that do not change.
	Changes []*Change
	// Said are the warnings and errors of the plan.
	Said Diagnostics
	// Prior is the state as it was refreshed.
	Prior *State

	config  *configuration
	options Options
	outputs map[string]cty.Value
}

// Count is how many objects the plan changes, imports or forgets.
func (p *Plan) Count() int {
	n := 0
	for _, c := range p.Changes {
		if c.Action != NoOp && c.Action != Read || c.Importing {
			n++
		}
	}
	return n
}

// Change is that of an instance's current object, or nil.
func (p *Plan) Change(address string) *Change {
	for _, c := range p.Changes {
		if c.Deposed == "" && c.Address() == address {
			return c
		}
	}
	return nil
}

// ends tells whether the plan destroys or forgets the current object of an instance,
// and puts no other in its place.
func (p *Plan) ends(address instanceAddress) bool {
	return slices.ContainsFunc(p.Changes, func(c *Change) bool {
		return c.address == address && c.Deposed == "" && (c.Action == Delete || c.Action == Forget)
	})
}

// String lists what changes, a line each.
func (p *Plan) String() string {
	var text strings.Builder
	for _, c := range p.Changes {
		if c.Action == NoOp && !c.Importing {
			continue
		}
		fmt.Fprintf(&text, "%s %s%s\n", c.Action, c.address, strings.Join(c.replacePaths, " "))
		if c.Action == Update {
			for name := range c.Before.Type().AttributeTypes() {
				if before, after := c.Before.GetAttr(name), c.After.GetAttr(name); !before.RawEquals(after) {
					fmt.Fprintf(&text, "    %s: %s -> %s\n", name, display(before), display(after))
				}
			}
		}
	}
	return text.String()
}

// A planWalk refreshes and plans.
type planWalk struct {
	*walk
	plan *Plan
	// imports are, by instance, the id or identity to import.
	imports map[instanceAddress]cty.Value
}

func (d *Driver) planWalk(ctx context.Context, config *configuration, state *State, options Options) (*Plan, error) {
	name := "plan"
	if options.RefreshOnly {
		name = "refresh"
	}
	w, err := d.newWalk(ctx, name, config, state, options)
	if err != nil {
		return nil, err
	}
	defer w.kill()
	p := &planWalk{
		walk: w, imports: map[instanceAddress]cty.Value{},
		plan: &Plan{Prior: state, config: config, options: options},
	}
	if diags := p.moveTypes(); diags.hasErrors() {
		p.plan.Said = diags
		return p.plan, nil
	}
	state.move(config)
	if diags := p.readImports(); diags.hasErrors() {
		p.plan.Said = diags
		return p.plan, nil
	}
	p.plan.Said = w.run(p.vertices())
	if w.ctx.Err() != nil {
		return p.plan, ErrKilled
	}
	slices.SortStableFunc(p.plan.Changes, func(a, b *Change) int { return strings.Compare(a.Address()+a.Deposed, b.Address()+b.Deposed) })
	if !p.plan.Said.hasErrors() && !options.preDestroy {
		var diags Diagnostics
		p.plan.outputs, diags = p.evaluator.outputs()
		p.plan.Said = append(p.plan.Said, diags...)
		// The core looks for cycles in the order of the apply before that begins.
		apply := newApplyWalk(&walk{config: config, state: state.Clone()}, p.plan)
		p.plan.Said = append(p.plan.Said, cycle(apply.vertices())...)
	}
	return p.plan, nil
}

func (p *planWalk) readImports() Diagnostics {
	for _, block := range p.config.imports {
		to, err := addressExpression(block, "to")
		if err != nil {
			return failure("", "Invalid import block", err.Error())
		}
		expression := block.Attributes["id"]
		if expression == nil {
			expression = block.Attributes["identity"]
		}
		keys := map[string]each{"": {}}
		if a := block.Attributes["for_each"]; a != nil {
			var diags hcl.Diagnostics
			if _, keys, diags = p.evaluator.keyed(&resourceBlock{forEach: a.Expr}); diags.HasErrors() {
				return hclDiagnostics(diags, p.config.source, to.String())
			}
		}
		for key, of := range keys {
			value, diags := p.evaluator.value(expression.Expr, of)
			if diags.HasErrors() {
				return hclDiagnostics(diags, p.config.source, to.String())
			}
			at := to
			if key != "" {
				at.key = key
			}
			p.imports[at], _ = value.UnmarkDeep()
		}
	}
	for to := range p.imports {
		if p.config.block(to.resourceAddress) == nil {
			return failure(to.String(), "Configuration for import target does not exist", "The configuration for the given import target does not exist.")
		}
	}
	return nil
}

// vertices are one for each resource block, and one for each object that no block
// has any more.
func (p *planWalk) vertices() []*vertex {
	byAddress := map[resourceAddress]*vertex{}
	var all []*vertex
	for _, r := range p.config.resources {
		v := newVertex(r.String(), func() ([]task, Diagnostics) { return p.expand(r) })
		byAddress[r.resourceAddress] = v
		all = append(all, v)
	}
	for _, r := range p.config.resources {
		for address := range p.config.dependencies(r) {
			byAddress[r.resourceAddress].after[byAddress[address]] = true
		}
	}
	for _, address := range p.state.addresses() {
		if p.config.block(address.resourceAddress) == nil {
			if address.data {
				delete(p.state.instances, address)
				continue
			}
			all = append(all, single(address.String(), func() Diagnostics { return p.orphan(address) }))
		}
		for key := range p.state.instances[address].deposed {
			all = append(all, single(address.String()+" deposed", func() Diagnostics { return p.deposed(address, key) }))
		}
	}
	return all
}

// expand makes tasks of the instances of a block, and of those that it has no more.
func (p *planWalk) expand(r *resourceBlock) ([]task, Diagnostics) {
	keys, eachs, diags := p.evaluator.instances(r)
	if diags.HasErrors() {
		return nil, hclDiagnostics(diags, p.config.source, r.String())
	}
	p.evaluator.begin(r.resourceAddress)
	var tasks []task
	for _, key := range keys {
		address := instanceAddress{r.resourceAddress, key}
		tasks = append(tasks, func() Diagnostics {
			if r.data {
				return p.dataSource(r, address, eachs[key])
			}
			return p.instance(r, address, eachs[key])
		})
	}
	p.mu.Lock()
	addresses := p.state.addresses()
	p.mu.Unlock()
	for _, address := range addresses {
		if address.resourceAddress == r.resourceAddress && !slices.Contains(keys, address.key) && p.state.current(address) != nil {
			tasks = append(tasks, func() Diagnostics { return p.orphan(address) })
		}
	}
	return tasks, nil
}

func (p *planWalk) add(c *Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan.Changes = append(p.plan.Changes, c)
	p.pending[c.address.resourceAddress] = append(p.pending[c.address.resourceAddress], c.Action)
}

// unsupported says that the provider has no such resource.
func unsupported(address resourceAddress) Diagnostics {
	return failure(address.String(), "Invalid resource type", "The provider does not support resource type "+quoted(address.kind)+".")
}

// instance refreshes, or imports, and plans an instance that is configured.
func (p *planWalk) instance(r *resourceBlock, address instanceAddress, of each) Diagnostics {
	provider, diags := p.provider(r.providerName())
	if diags.hasErrors() {
		return diags
	}
	prior, importing, more := p.present(provider, r, address)
	if diags = append(diags, more...); more.hasErrors() {
		return diags
	}
	p.inState(func(s *State) { s.put(address, r.providerName(), prior) })
	if p.options.RefreshOnly {
		if prior != nil {
			p.evaluator.set(address, prior.value)
		}
		return diags
	}
	change, more := p.planChange(provider, r, address, of, prior, nil)
	if diags = append(diags, more...); more.hasErrors() {
		return diags
	}
	change.Importing = importing
	if change.Action == NoOp && prior != nil {
		settled := *prior
		settled.dependencies, settled.sensitive = p.config.allDependencies(r), change.afterSensitive
		p.inState(func(s *State) { s.put(address, r.providerName(), &settled) })
	}
	p.add(change)
	p.evaluator.set(address, change.After)
	if r.preventDestroy && change.Action.replaces() {
		return append(diags, preventedDestroy(address)...)
	}
	return append(diags, p.checkConditions(r, address, of, true)...)
}

// present is the object that is there before the change: refreshed, or imported.
func (p *planWalk) present(provider *connection, r *resourceBlock, address instanceAddress) (*object, bool, Diagnostics) {
	p.mu.Lock()
	prior := p.state.current(address)
	p.mu.Unlock()
	target, importing := p.imports[address]
	importing = importing && prior == nil && !p.options.preDestroy
	var diags Diagnostics
	switch {
	case importing:
		prior, diags = p.importObject(provider, address, target)
	case prior != nil && !p.options.NoRefresh:
		prior, diags = p.refresh(provider, r, address, prior)
	}
	if prior == nil || diags.hasErrors() {
		return prior, importing, diags
	}
	kept := *prior
	kept.createFirst = p.createsFirst(r)
	kept.dependencies = mergeDependencies(prior.dependencies, p.config.allDependencies(r))
	return &kept, importing, diags
}

func preventedDestroy(address instanceAddress) Diagnostics {
	return failure(address.String(), "Instance cannot be destroyed", "Resource "+address.String()+" has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed.")
}

// createsFirst tells whether a block creates before it destroys, by itself or
// because a block that depends on it does.
func (w *walk) createsFirst(r *resourceBlock) bool {
	if r.createFirst {
		return true
	}
	return slices.ContainsFunc(w.config.resources, func(other *resourceBlock) bool {
		return other.createFirst && slices.Contains(w.config.allDependencies(other), r.resourceAddress)
	})
}

func mergeDependencies(a, b []resourceAddress) []resourceAddress {
	merged := slices.Concat(a, b)
	slices.SortFunc(merged, compareAddresses)
	return slices.Compact(merged)
}

// orphan plans the end of an object that is not configured any more.
func (p *planWalk) orphan(address instanceAddress) Diagnostics {
	p.mu.Lock()
	prior := p.state.current(address)
	name := p.state.instances[address].provider
	p.mu.Unlock()
	if prior == nil {
		return nil
	}
	if p.isForgotten(address) {
		p.add(&Change{
			Action: Forget, address: address, Before: prior.value, After: cty.NullVal(prior.value.Type()),
			dependencies: prior.dependencies, beforeSensitive: prior.sensitive,
		})
		return nil
	}
	provider, diags := p.provider(name)
	if diags.hasErrors() {
		return diags
	}
	if !p.options.NoRefresh {
		var more Diagnostics
		prior, more = p.refresh(provider, nil, address, prior)
		if diags = append(diags, more...); more.hasErrors() {
			return diags
		}
		p.inState(func(s *State) { s.put(address, name, prior) })
	}
	if prior == nil || p.options.RefreshOnly {
		return diags
	}
	change, more := p.planDestroy(provider, address, prior, "")
	if change != nil {
		p.add(change)
	}
	return append(diags, more...)
}

func (p *planWalk) isForgotten(address instanceAddress) bool {
	return slices.ContainsFunc(p.config.removals, func(r removal) bool {
		return !r.destroy && r.from.resourceAddress == address.resourceAddress
	})
}

func (p *planWalk) deposed(address instanceAddress, key string) Diagnostics {
	p.mu.Lock()
	i := p.state.instances[address]
	prior, name := i.deposed[key], i.provider
	p.mu.Unlock()
	provider, diags := p.provider(name)
	if diags.hasErrors() {
		return diags
	}
	if !p.options.NoRefresh {
		var more Diagnostics
		prior, more = p.refresh(provider, nil, address, prior)
		if diags = append(diags, more...); more.hasErrors() {
			return diags
		}
		p.inState(func(s *State) {
			if prior == nil {
				delete(s.instances[address].deposed, key)
				s.prune(address)
			} else {
				s.instances[address].deposed[key] = prior
			}
		})
	}
	if prior == nil || p.options.RefreshOnly {
		return diags
	}
	change, more := p.planDestroy(provider, address, prior, key)
	if change != nil {
		p.add(change)
	}
	return append(diags, more...)
}

// checkConditions evaluates the preconditions or the postconditions of a block.
func (w *walk) checkConditions(r *resourceBlock, address instanceAddress, of each, post bool) Diagnostics {
	var all Diagnostics
	for _, c := range r.conditions {
		if c.post != post || w.options.preDestroy {
			continue
		}
		ctx, diags := w.evaluator.context([]hcl.Expression{c.holds, c.message}, of)
		if post {
			ctx.Variables["self"] = w.evaluator.self(address)
		}
		value, more := c.holds.Value(ctx)
		value, _ = value.UnmarkDeep()
		message, _ := c.message.Value(ctx)
		message, _ = message.UnmarkDeep()
		if diags = append(diags, more...); diags.HasErrors() {
			all = append(all, hclDiagnostics(diags, w.config.source, address.String())...)
			continue
		}
		if value.IsKnown() && value.False() {
			text := ""
			if message.IsKnown() && !message.IsNull() {
				text = message.AsString()
			}
			all = append(all, failure(address.String(), "Resource condition failed", text)...)
		}
	}
	return all
}
