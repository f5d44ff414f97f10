package testkit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
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

// refresh reads an object. It is nil if it is gone.
func (w *walk) refresh(provider *connection, r *resourceBlock, address instanceAddress, prior *object) (*object, Diagnostics) {
	s := provider.schemas.resources[address.kind]
	request := &tfprotov6.ReadResourceRequest{
		TypeName: address.kind, CurrentState: pack(prior.value, s.ty), Private: prior.private, CurrentIdentity: packIdentity(prior.identity, s),
	}
	var answer *tfprotov6.ReadResourceResponse
	err := w.call("ReadResource", address.String(), false, func(ctx context.Context) (err error) {
		answer, err = provider.server.ReadResource(ctx, request)
		return err
	})
	if err != nil {
		return prior, gone(address.String(), err)
	}
	diags := w.config.providerDiagnostics(answer.Diagnostics, address.String(), bodyOf(r))
	if diags.hasErrors() {
		return prior, diags
	}
	value, err := unpack(answer.NewState, s.ty)
	if err != nil || !value.IsWhollyKnown() {
		return prior, append(diags, failure(address.String(), "Provider produced invalid object",
			fmt.Sprintf("A refresh returned an object that is not wholly known, or none: %v", err))...)
	}
	identity, more := identityOf(answer.NewIdentity, s, address, true)
	if diags = append(diags, more...); more.hasErrors() {
		return prior, diags
	}
	if value.IsNull() {
		return nil, diags
	}
	read := *prior
	read.value, read.private, read.identity = value, answer.Private, identity
	return &read, diags
}

func packIdentity(identity cty.Value, s *schema) *tfprotov6.ResourceIdentityData {
	if identity == cty.NilVal || identity.IsNull() {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: pack(identity, s.identity)}
}

// identityOf is the identity that a provider returned. It is whole where nothing of
// it can be unknown.
func identityOf(data *tfprotov6.ResourceIdentityData, s *schema, address instanceAddress, whole bool) (cty.Value, Diagnostics) {
	if data == nil || data.IdentityData == nil || s.identity == cty.NilType {
		return cty.NilVal, nil
	}
	identity, err := unpack(data.IdentityData, s.identity)
	switch {
	case err != nil:
		return cty.NilVal, failure(address.String(), "Provider produced an identity that doesn't match the schema", err.Error())
	case identity.IsNull():
		return cty.NilVal, nil
	case whole && !identity.IsWhollyKnown():
		return cty.NilVal, failure(address.String(), "Provider produced invalid identity", "The identity has unknown values.")
	}
	return identity, nil
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

// planDestroy asks the provider about the end of an object.
func (w *walk) planDestroy(provider *connection, address instanceAddress, prior *object, deposed string) (*Change, Diagnostics) {
	s := provider.schemas.resources[address.kind]
	null := pack(s.null(), s.ty)
	var answer *tfprotov6.PlanResourceChangeResponse
	err := w.call("PlanResourceChange", address.String(), true, func(ctx context.Context) (err error) {
		answer, err = provider.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
			TypeName: address.kind, PriorState: pack(prior.value, s.ty), ProposedNewState: null, Config: null,
			PriorPrivate: prior.private, PriorIdentity: packIdentity(prior.identity, s),
		})
		return err
	})
	if err != nil {
		return nil, gone(address.String(), err)
	}
	diags := w.config.providerDiagnostics(answer.Diagnostics, address.String(), nil)
	if diags.hasErrors() {
		return nil, diags
	}
	planned, err := unpack(answer.PlannedState, s.ty)
	if err != nil || !planned.IsNull() {
		return nil, append(diags, failure(address.String(), "Provider produced invalid plan", "The plan of a destroy is no null.")...)
	}
	identity, more := identityOf(answer.PlannedIdentity, s, address, true)
	if diags = append(diags, more...); more.hasErrors() {
		return nil, diags
	}
	return &Change{
		Action: Delete, address: address, Before: prior.value, After: s.null(), Private: answer.PlannedPrivate, Deposed: deposed,
		beforeIdentity: prior.identity, afterIdentity: identity, dependencies: prior.dependencies, beforeSensitive: prior.sensitive,
	}, diags
}

// planChange validates and plans a configured instance. Where it was planned
// before, the action stays what it was.
func (w *walk) planChange(provider *connection, r *resourceBlock, address instanceAddress, of each, prior *object, planned *Change) (*Change, Diagnostics) {
	s, known := provider.schemas.resources[address.kind]
	if !known {
		return nil, unsupported(address.resourceAddress)
	}
	if diags := w.checkConditions(r, address, of, false); diags.hasErrors() {
		return nil, diags
	}
	config, hclDiags := w.evaluator.configured(r, address, s, of)
	if hclDiags.HasErrors() {
		return nil, hclDiagnostics(hclDiags, w.config.source, address.String())
	}
	diags := w.validateResource(provider, r, address, config, s)
	if diags.hasErrors() {
		return nil, diags
	}
	// A tainted object is as if it were not there, up to what the change is called.
	before := &object{value: s.null()}
	if prior != nil && !prior.tainted {
		before = prior
	}
	replace := w.replaceAction(r, planned)
	change, more := w.planAction(provider, r, address, before, config, replace, s)
	if diags = append(diags, more...); more.hasErrors() {
		return nil, diags
	}
	switch {
	case change.Action == Create && prior != nil && prior.tainted:
		change.Action, change.Before = replace, prior.value
	case change.Action == Create && planned != nil && planned.Action.replaces():
		change.Action, change.Before = planned.Action, planned.Before
	}
	change.dependencies = w.config.allDependencies(r)
	if change.afterSensitive = w.evaluator.sensitiveIn(address); prior != nil {
		change.beforeSensitive = prior.sensitive
	}
	return change, diags
}

// replaceAction is what a replacement would be here.
func (w *walk) replaceAction(r *resourceBlock, planned *Change) Action {
	createFirst := w.createsFirst(r)
	if planned != nil {
		createFirst = planned.Action == CreateThenDelete
	}
	if createFirst {
		return CreateThenDelete
	}
	return DeleteThenCreate
}

// planAction asks the provider what becomes of an object, and finds out what that is:
// of a replacement it is asked once more, as of an object that is created.
func (w *walk) planAction(
	provider *connection, r *resourceBlock, address instanceAddress, before *object, config cty.Value, replace Action, s *schema,
) (*Change, Diagnostics) {
	change, diags := w.planOnce(provider, r, address, before, ignoring(r, before.value, config), s)
	if diags.hasErrors() {
		return nil, diags
	}
	change.Action = actionOf(before.value, change, replace, w.isForced(r, address))
	if change.Action == Update || change.Action == NoOp {
		if _, more := identityKnown(change.afterIdentity, address); more.hasErrors() {
			return nil, append(diags, more...)
		}
	}
	if change.Action.replaces() {
		// The warnings of the second answer were told before.
		successor := &object{value: s.null(), private: change.Private, identity: change.afterIdentity}
		again, more := w.planOnce(provider, r, address, successor, config, s)
		if more.hasErrors() {
			return nil, append(diags, more...)
		}
		again.Action, again.replacePaths = change.Action, change.replacePaths
		change = again
	}
	change.Before, change.beforeIdentity = before.value, before.identity
	return change, diags
}

func identityKnown(identity cty.Value, address instanceAddress) (cty.Value, Diagnostics) {
	if identity != cty.NilVal && !identity.IsWhollyKnown() {
		return identity, failure(address.String(), "Provider produced invalid identity", "The identity has unknown values.")
	}
	return identity, nil
}

func actionOf(before cty.Value, change *Change, replace Action, forced bool) Action {
	switch {
	case before.IsNull():
		return Create
	case forced || len(change.replacePaths) > 0:
		return replace
	case change.After.IsWhollyKnown() && change.After.RawEquals(before):
		return NoOp
	}
	return Update
}

// isForced tells whether somebody asked for a replacement, or what triggers it
// changes.
func (w *walk) isForced(r *resourceBlock, address instanceAddress) bool {
	if slices.Contains(w.options.Replace, address.String()) {
		return true
	}
	for _, trigger := range r.replaceTriggers {
		for _, t := range trigger.Variables() {
			of, ok := traversalAddress(t)
			w.mu.Lock()
			actions := w.pending[of.resourceAddress]
			w.mu.Unlock()
			if ok && slices.ContainsFunc(actions, func(a Action) bool { return a == Update || a.replaces() }) {
				return true
			}
		}
	}
	return false
}

// ignoring is the configuration with what ignore_changes names as it was.
func ignoring(r *resourceBlock, before, config cty.Value) cty.Value {
	if len(r.ignored) == 0 || before.IsNull() {
		return config
	}
	values := config.AsValueMap()
	for _, name := range r.ignored {
		if name == "all" {
			return before
		}
		values[name] = before.GetAttr(name)
	}
	return cty.ObjectVal(values)
}

func (w *walk) validateResource(provider *connection, r *resourceBlock, address instanceAddress, config cty.Value, s *schema) Diagnostics {
	var answer *tfprotov6.ValidateResourceConfigResponse
	err := w.call("ValidateResourceConfig", address.String(), false, func(ctx context.Context) (err error) {
		answer, err = provider.server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{
			TypeName: address.kind, Config: pack(config, s.ty),
			ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
		})
		return err
	})
	if err != nil {
		return gone(address.String(), err)
	}
	return w.config.providerDiagnostics(answer.Diagnostics, address.String(), r.body)
}

// planOnce is one call to plan, with what the core checks of its answer.
func (w *walk) planOnce(provider *connection, r *resourceBlock, address instanceAddress, of *object, config cty.Value, s *schema) (*Change, Diagnostics) {
	before := of.value
	var answer *tfprotov6.PlanResourceChangeResponse
	err := w.call("PlanResourceChange", address.String(), false, func(ctx context.Context) (err error) {
		answer, err = provider.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
			TypeName: address.kind, PriorState: pack(before, s.ty), ProposedNewState: pack(s.proposed(before, config), s.ty), Config: pack(config, s.ty),
			PriorPrivate: of.private, PriorIdentity: packIdentity(of.identity, s),
		})
		return err
	})
	if err != nil {
		return nil, gone(address.String(), err)
	}
	diags := w.config.providerDiagnostics(answer.Diagnostics, address.String(), r.body)
	if diags.hasErrors() {
		return nil, diags
	}
	change := &Change{address: address, Private: answer.PlannedPrivate}
	if change.After, err = unpack(answer.PlannedState, s.ty); err != nil {
		return nil, failure(address.String(), "Provider produced invalid plan", err.Error())
	}
	if faults := s.planFaults(before, config, change.After); len(faults) > 0 {
		return nil, failure(address.String(), "Provider produced invalid plan", strings.Join(faults, "\n"))
	}
	var more Diagnostics
	change.afterIdentity, more = identityOf(answer.PlannedIdentity, s, address, false)
	if !before.IsNull() {
		change.replacePaths = replacePaths(answer.RequiresReplace, before, change.After)
	}
	return change, append(diags, more...)
}

// replacePaths are those of the paths at which the value changes.
func replacePaths(paths []*tftypes.AttributePath, before, after cty.Value) []string {
	var changed []string
	for _, path := range paths {
		name, ok := path.Steps()[0].(tftypes.AttributeName)
		if !ok {
			continue
		}
		equal := after.GetAttr(string(name)).Equals(before.GetAttr(string(name)))
		if !equal.IsKnown() || equal.False() {
			changed = append(changed, string(name))
		}
	}
	return changed
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
