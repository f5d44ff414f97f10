package testkit

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// dataSource reads a data source while it is planned, unless its configuration is
// not known yet or something that it depends on changes: then it is read in the
// apply.
func (p *planWalk) dataSource(r *resourceBlock, address instanceAddress, of each) Diagnostics {
	provider, diags := p.provider(r.providerName())
	if diags.hasErrors() {
		return diags
	}
	s, config, more := p.dataConfig(provider, r, address, of)
	if diags = append(diags, more...); more.hasErrors() {
		return diags
	}
	waits := slices.ContainsFunc(r.dependsOn, func(on resourceAddress) bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return slices.ContainsFunc(p.pending[on], func(a Action) bool { return a != NoOp })
	})
	if !config.IsWhollyKnown() || waits {
		planned := s.proposed(cty.UnknownVal(s.ty), config)
		p.add(&Change{Action: Read, address: address, Before: s.null(), After: planned})
		p.evaluator.set(address, planned)
		return diags
	}
	value, more := p.readData(provider, r, address, config, s)
	if diags = append(diags, more...); more.hasErrors() {
		return diags
	}
	p.evaluator.set(address, value)
	p.inState(func(state *State) { state.put(address, r.providerName(), &object{value: value}) })
	return append(diags, p.checkConditions(r, address, of, true)...)
}

func (w *walk) dataConfig(provider *connection, r *resourceBlock, address instanceAddress, of each) (*schema, cty.Value, Diagnostics) {
	s, known := provider.schemas.data[address.kind]
	if !known {
		return nil, cty.NilVal, failure(address.String(), "Invalid data source", "The provider does not support data source "+quoted(address.kind)+".")
	}
	if diags := w.checkConditions(r, address, of, false); diags.hasErrors() {
		return s, cty.NilVal, diags
	}
	config, hclDiags := w.evaluator.configured(r, address, s, of)
	if hclDiags.HasErrors() {
		return s, config, hclDiagnostics(hclDiags, w.config.source, address.String())
	}
	var answer *tfprotov6.ValidateDataResourceConfigResponse
	err := w.call("ValidateDataResourceConfig", address.String(), false, func(ctx context.Context) (err error) {
		answer, err = provider.server.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{
			TypeName: address.kind, Config: pack(config, s.ty),
		})
		return err
	})
	if err != nil {
		return s, config, gone(address.String(), err)
	}
	return s, config, w.config.providerDiagnostics(answer.Diagnostics, address.String(), r.body)
}

func (w *walk) readData(provider *connection, r *resourceBlock, address instanceAddress, config cty.Value, s *schema) (cty.Value, Diagnostics) {
	var answer *tfprotov6.ReadDataSourceResponse
	err := w.call("ReadDataSource", address.String(), false, func(ctx context.Context) (err error) {
		answer, err = provider.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: address.kind, Config: pack(config, s.ty)})
		return err
	})
	if err != nil {
		return cty.NilVal, gone(address.String(), err)
	}
	diags := w.config.providerDiagnostics(answer.Diagnostics, address.String(), r.body)
	if diags.hasErrors() {
		return cty.NilVal, diags
	}
	value, err := unpack(answer.State, s.ty)
	if err != nil || value.IsNull() || !value.IsWhollyKnown() {
		return cty.NilVal, append(diags, failure(address.String(), "Provider produced invalid object", "A data source is null, or not wholly known.")...)
	}
	if faults := s.planFaults(s.null(), config, value); len(faults) > 0 {
		return cty.NilVal, append(diags, failure(address.String(), "Provider produced invalid object", faults[0])...)
	}
	return value, diags
}
