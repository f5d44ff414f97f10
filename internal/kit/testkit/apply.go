package testkit

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// An applyWalk carries a plan out.
type applyWalk struct {
	*walk
	plan     *Plan
	creators map[resourceAddress][]*vertex
	// destroyers are by instance, and destroyersOf by block.
	destroyers   map[instanceAddress][]*vertex
	destroyersOf map[resourceAddress][]*vertex
	// createsFirst is true for the destroyers of what is created before.
	createsFirst map[*vertex]bool
}

func (d *Driver) applyWalk(ctx context.Context, plan *Plan, state *State) (Diagnostics, error) {
	w, err := d.newWalk(ctx, "apply", plan.config, state, plan.options)
	if err != nil {
		return nil, err
	}
	defer w.kill()
	a := newApplyWalk(w, plan)
	for address, i := range state.instances {
		if i.current != nil && !plan.ends(address) {
			w.evaluator.set(address, i.current.value)
		}
	}
	diags := w.run(a.vertices())
	if w.ctx.Err() != nil {
		return diags, ErrKilled
	}
	if !diags.hasErrors() && !plan.options.Destroy {
		var more Diagnostics
		state.outputs, more = w.evaluator.outputs()
		diags = append(diags, more...)
	}
	return diags, nil
}

func newApplyWalk(w *walk, plan *Plan) *applyWalk {
	return &applyWalk{
		walk: w, plan: plan, creators: map[resourceAddress][]*vertex{}, destroyers: map[instanceAddress][]*vertex{},
		destroyersOf: map[resourceAddress][]*vertex{}, createsFirst: map[*vertex]bool{},
	}
}

// vertices are one for what is created, updated or read, and one for what is
// destroyed; a replacement has both.
func (a *applyWalk) vertices() []*vertex {
	var all []*vertex
	creatorOf, changeOf := map[*vertex]*Change{}, map[*vertex]*Change{}
	blocks := map[resourceAddress][]*vertex{}
	for _, c := range a.plan.Changes {
		if c.Action == Forget {
			a.state.put(c.address, a.state.instances[c.address].provider, nil)
			continue
		}
		if c.Action == NoOp {
			continue
		}
		if c.Action != Delete {
			v := single(c.Address(), func() Diagnostics { return a.applyChange(c) })
			creatorOf[v], changeOf[v] = c, c
			a.creators[c.address.resourceAddress] = append(a.creators[c.address.resourceAddress], v)
			blocks[c.address.resourceAddress] = append(blocks[c.address.resourceAddress], v)
			all = append(all, v)
		}
		if c.Action == Delete || c.Action.replaces() {
			v := single(c.Address()+" (destroy)", func() Diagnostics { return a.destroy(c) })
			changeOf[v] = c
			a.createsFirst[v] = c.Action == CreateThenDelete || c.Deposed != "" || a.state.current(c.address) != nil && a.state.current(c.address).createFirst
			a.destroyers[c.address] = append(a.destroyers[c.address], v)
			a.destroyersOf[c.address.resourceAddress] = append(a.destroyersOf[c.address.resourceAddress], v)
			all = append(all, v)
		}
	}
	for v, c := range creatorOf {
		for _, address := range a.config.allReferences(a.config.block(c.address.resourceAddress)) {
			for _, other := range blocks[address] {
				v.after[other] = true
			}
		}
	}
	a.orderDestroys(changeOf, creatorOf)
	return all
}

// orderDestroys lets what depends on an object go before the object goes, and
// before what it is replaced by comes; where that is created first, the other way
// round.
func (a *applyWalk) orderDestroys(changes, creators map[*vertex]*Change) {
	after := func(v, other *vertex) {
		if v == other {
			return
		}
		// A creator that comes after the destroyer of what is created first: reversed.
		if creators[v] != nil && creators[other] == nil && a.createsFirst[other] {
			v, other = other, v
		}
		v.after[other] = true
	}
	for v, c := range creators {
		for _, destroyer := range a.destroyers[c.address] {
			after(v, destroyer)
		}
		if prior := a.state.current(c.address); prior != nil {
			for _, on := range prior.dependencies {
				for _, destroyer := range a.destroyersOf[on] {
					after(v, destroyer)
				}
			}
		}
	}
	for v, c := range changes {
		if creators[v] != nil {
			continue
		}
		for _, on := range a.stateDependencies(c) {
			for _, destroyer := range a.destroyersOf[on] {
				after(destroyer, v)
			}
			for _, creator := range a.creators[on] {
				after(creator, v)
			}
		}
	}
}

func (a *applyWalk) stateDependencies(c *Change) []resourceAddress {
	i := a.state.instances[c.address]
	switch {
	case i == nil:
		return nil
	case c.Deposed != "":
		return i.deposed[c.Deposed].dependencies
	case i.current != nil:
		return i.current.dependencies
	}
	return nil
}

// allReferences are the blocks, data sources too, that a block comes after.
func (c *configuration) allReferences(r *resourceBlock) []resourceAddress {
	found := map[resourceAddress]bool{}
	var look func(*resourceBlock)
	look = func(r *resourceBlock) {
		for address := range c.dependencies(r) {
			if !found[address] {
				found[address] = true
				look(c.block(address))
			}
		}
	}
	look(r)
	var all []resourceAddress
	for address := range found {
		all = append(all, address)
	}
	return all
}

// eachOf is what each and count are for an instance of a block.
func (w *walk) eachOf(r *resourceBlock, address instanceAddress) (each, Diagnostics) {
	_, eachs, diags := w.evaluator.instances(r)
	if diags.HasErrors() {
		return each{}, hclDiagnostics(diags, w.config.source, address.String())
	}
	return eachs[address.key], nil
}

// applyChange plans an instance again, with what is known by now, and creates,
// updates or reads it.
func (a *applyWalk) applyChange(c *Change) Diagnostics {
	r := a.config.block(c.address.resourceAddress)
	provider, diags := a.provider(r.providerName())
	if diags.hasErrors() {
		return diags
	}
	of, more := a.eachOf(r, c.address)
	if diags = append(diags, more...); more.hasErrors() {
		return diags
	}
	if c.Action == Read {
		return append(diags, a.applyRead(provider, r, c, of)...)
	}
	deposed := ""
	if c.Action == CreateThenDelete {
		deposed = a.depose(c.address)
	}
	a.mu.Lock()
	prior := a.state.current(c.address)
	a.mu.Unlock()
	again, more := a.planChange(provider, r, c.address, of, prior, c)
	if diags = append(diags, more...); more.hasErrors() {
		return diags // What was set aside stays so, and the next run destroys it.
	}
	s := provider.schemas.resources[c.address.kind]
	if faults := inconsistent(s, c, again); len(faults) > 0 {
		return append(diags, failure(c.Address(), "Provider produced inconsistent final plan", strings.Join(faults, "\n"))...)
	}
	if again.Action == NoOp {
		return diags
	}
	config, hclDiags := a.evaluator.object(r.body, s, of)
	if hclDiags.HasErrors() {
		return append(diags, hclDiagnostics(hclDiags, a.config.source, c.Address())...)
	}
	creates := again.Action == Create || again.Action.replaces()
	if creates {
		again.Before, again.beforeIdentity = s.null(), cty.NilVal
	}
	made, more := a.send(provider, r, again, config, prior)
	diags = append(diags, more...)
	if made != nil {
		kept := *made
		kept.tainted = kept.tainted || creates && more.hasErrors()
		kept.createFirst, kept.dependencies = a.walk.createsFirst(r), a.config.allDependencies(r)
		kept.sensitive = again.afterSensitive
		made = &kept
		a.evaluator.set(c.address, made.value)
	}
	a.inState(func(state *State) { state.put(c.address, r.providerName(), made) })
	if more.hasErrors() {
		a.restore(c.address, deposed)
		return diags
	}
	return append(diags, a.checkConditions(r, c.address, of, true)...)
}

// inconsistent tells in what the plan of the apply is not the one that was shown.
func inconsistent(s *schema, planned, again *Change) []string {
	var faults []string
	if planned.Action != again.Action && (planned.Action != Update || again.Action != NoOp) {
		faults = append(faults, fmt.Sprintf("the action changed from %s to %s", planned.Action, again.Action))
	}
	return append(faults, s.incompatible(planned.After, again.After)...)
}

// depose sets the current object aside, to be destroyed after its successor was
// created.
func (a *applyWalk) depose(address instanceAddress) string {
	key := ""
	a.inState(func(s *State) {
		i := s.instances[address]
		if i == nil || i.current == nil {
			return
		}
		key = fmt.Sprintf("%08d", len(i.deposed)+1)
		i.deposed[key], i.current = i.current, nil
	})
	return key
}

// restore makes an object that was set aside the current one, if its successor was
// not created at all.
func (a *applyWalk) restore(address instanceAddress, key string) {
	if key == "" {
		return
	}
	a.inState(func(s *State) {
		i := s.instances[address]
		if i == nil || i.current != nil {
			return
		}
		i.current = i.deposed[key]
		delete(i.deposed, key)
	})
}

func (a *applyWalk) applyRead(provider *connection, r *resourceBlock, c *Change, of each) Diagnostics {
	s, config, diags := a.dataConfig(provider, r, c.address, of)
	if diags.hasErrors() {
		return diags
	}
	value, more := a.readData(provider, r, c.address, config, s)
	if diags = append(diags, more...); more.hasErrors() {
		return diags
	}
	if faults := s.incompatible(c.After, value); len(faults) > 0 {
		return append(diags, failure(c.Address(), "Provider produced inconsistent final plan", strings.Join(faults, "\n"))...)
	}
	a.evaluator.set(c.address, value)
	a.inState(func(state *State) { state.put(c.address, r.providerName(), &object{value: value}) })
	return append(diags, a.checkConditions(r, c.address, of, true)...)
}

// destroy destroys the object of a change: what was planned for it holds, with its
// private state. An object that was deposed by an earlier run is planned again.
func (a *applyWalk) destroy(c *Change) Diagnostics {
	a.mu.Lock()
	i := a.state.instances[c.address]
	var prior *object
	key := c.Deposed
	if i != nil {
		prior = i.current
		if c.Action == CreateThenDelete {
			// This run has deposed it: of several the youngest.
			for k := range i.deposed {
				key = max(key, k)
			}
		}
		if key != "" {
			prior = i.deposed[key]
		}
	}
	a.mu.Unlock()
	if prior == nil {
		return nil
	}
	provider, diags := a.provider(i.provider)
	if diags.hasErrors() {
		return diags
	}
	s := provider.schemas.resources[c.address.kind]
	change := &Change{
		Action: Delete, address: c.address, Before: prior.value, After: s.null(), Private: c.Private, beforeIdentity: prior.identity,
	}
	if c.Action == Delete {
		change.afterIdentity = c.afterIdentity
	}
	if key != "" {
		var more Diagnostics
		change, more = a.planDestroy(provider, c.address, prior, key)
		if diags = append(diags, more...); more.hasErrors() {
			return diags
		}
	}
	left, more := a.send(provider, nil, change, cty.NullVal(s.ty), prior)
	a.inState(func(state *State) {
		if key == "" {
			state.put(c.address, i.provider, left)
			return
		}
		if left == nil {
			delete(state.instances[c.address].deposed, key)
			state.prune(c.address)
		} else {
			state.instances[c.address].deposed[key] = left
		}
	})
	return append(diags, more...)
}

// send lets the provider make the change, and returns what is there then: the
// object as it was, if the provider failed and says of nothing that it changed.
func (a *applyWalk) send(provider *connection, r *resourceBlock, c *Change, config cty.Value, prior *object) (*object, Diagnostics) {
	s := provider.schemas.resources[c.address.kind]
	request := &tfprotov6.ApplyResourceChangeRequest{
		TypeName: c.address.kind, PriorState: pack(c.Before, s.ty), PlannedState: pack(c.After, s.ty), Config: pack(config, s.ty),
		PlannedPrivate: c.Private, PlannedIdentity: packIdentity(c.afterIdentity, s),
	}
	address := c.Address()
	var answer *tfprotov6.ApplyResourceChangeResponse
	err := a.call("ApplyResourceChange", address, c.Action == Delete, func(ctx context.Context) (err error) {
		answer, err = provider.server.ApplyResourceChange(ctx, request)
		return err
	})
	if err != nil {
		return lost(c, prior), gone(address, err)
	}
	diags := a.config.providerDiagnostics(answer.Diagnostics, address, bodyOf(r))
	value, err := unpack(answer.NewState, s.ty)
	if err != nil {
		return prior, append(diags, failure(address, "Provider produced invalid object", err.Error())...)
	}
	identity, more := identityOf(answer.NewIdentity, s, c.address, true)
	diags = append(diags, more...)
	if !value.IsWhollyKnown() {
		diags = append(diags, failure(address, "Provider returned invalid result object after apply", "After the apply some values are unknown.")...)
		value = cty.UnknownAsNull(value)
	}
	if !diags.hasErrors() {
		diags = append(diags, resultFaults(s, c, value)...)
	}
	if value.IsNull() {
		if diags.hasErrors() {
			return prior, diags
		}
		return nil, diags
	}
	made := &object{value: value, private: answer.Private, identity: identity}
	if diags.hasErrors() && prior != nil {
		made.tainted = prior.tainted
	}
	if c.Action == Delete {
		made.dependencies, made.createFirst = prior.dependencies, prior.createFirst
	}
	return made, diags
}

// lost is what the state keeps where the provider did not answer: a destroy counts
// as not done, and so does a create. Of an update the private state is lost.
func lost(c *Change, prior *object) *object {
	if c.Action == Delete || prior == nil || c.Before.IsNull() {
		return prior
	}
	return &object{value: c.Before, tainted: prior.tainted}
}

func resultFaults(s *schema, c *Change, value cty.Value) Diagnostics {
	if c.Action == Delete {
		if !value.IsNull() {
			return failure(c.Address(), "Provider returned invalid result object after apply", "A destroy returned an object.")
		}
		return nil
	}
	if faults := s.incompatible(c.After, value); len(faults) > 0 {
		return failure(c.Address(), "Provider produced inconsistent result after apply", strings.Join(faults, "\n"))
	}
	return nil
}
