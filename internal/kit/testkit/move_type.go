package testkit

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// moveTypes asks providers for what moved blocks give another type. A provider that does so the
// driver does not know: it reports that, or what the provider says against it.
func (p *planWalk) moveTypes() (diags Diagnostics) {
	for _, m := range p.config.moves {
		prior := p.state.current(m.from)
		if m.from.kind == m.to.kind || prior == nil {
			continue
		}
		at, name := m.to.String(), p.state.instances[m.from].provider
		provider, _, _ := cutProvider(name)
		server, err := p.driver.Providers.newServer(provider) // The core asks one that is not configured.
		if err != nil {
			return append(diags, failure(at, "No provider", err.Error())...)
		}
		encoded, err := ctyjson.Marshal(prior.value, prior.value.Type())
		if err != nil {
			return append(diags, failure(at, "Unreadable state", err.Error())...)
		}
		request := &tfprotov6.MoveResourceStateRequest{
			SourceTypeName: m.from.kind, TargetTypeName: m.to.kind, SourceProviderAddress: provider, SourceState: &tfprotov6.RawState{JSON: encoded},
		}
		var answer *tfprotov6.MoveResourceStateResponse
		err = p.call("MoveResourceState", at, false, func(ctx context.Context) (err error) {
			answer, err = server.MoveResourceState(ctx, request)
			return err
		})
		if err != nil {
			return append(diags, gone(at, err)...)
		}
		said := p.config.providerDiagnostics(answer.Diagnostics, at, nil)
		if diags = append(diags, said...); !said.hasErrors() {
			diags = append(diags, failure(at, "Moved to another type", "The driver does not know what becomes of that.")...)
		}
	}
	return diags
}
