package testkit

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

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
