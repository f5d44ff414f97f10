// Package absent provides the answer of a remote state backend that this test
// build of Terraform does not contain.
//
// The real backends are nested modules of Terraform that are not part of its
// module archive, so they can't be had from a module proxy. Nothing else in
// Terraform differs from the release: the core, the commands and the plugin
// protocol are its own. The resulting binary is for this project's tests only
// and is not redistributed.
package absent

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"github.com/hashicorp/terraform/internal/backend"
	"github.com/hashicorp/terraform/internal/backend/remote-state/inmem"
	"github.com/hashicorp/terraform/internal/tfdiags"
)

// absentBackend refuses every configuration. It embeds the in-memory backend
// only to have the rest of the interface; state never reaches it, because
// state that silently stays in memory would be lost.
type absentBackend struct {
	backend.Backend
	name string
}

// New returns a backend called name that can't be configured.
func New(name string) backend.Backend {
	return absentBackend{Backend: inmem.New(), name: name}
}

// PrepareConfig always fails, and says why.
func (b absentBackend) PrepareConfig(config cty.Value) (cty.Value, tfdiags.Diagnostics) {
	return config, b.refuse()
}

// Configure always fails, and says why.
func (b absentBackend) Configure(cty.Value) tfdiags.Diagnostics {
	return b.refuse()
}

func (b absentBackend) refuse() tfdiags.Diagnostics {
	var diags tfdiags.Diagnostics
	return diags.Append(tfdiags.Sourceless(
		tfdiags.Error,
		"Backend not in this test build",
		fmt.Sprintf("This Terraform was built for tests, without the %q backend. Use an official release of Terraform for remote state.", b.name),
	))
}
