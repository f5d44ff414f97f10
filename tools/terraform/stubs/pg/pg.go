// Package pg takes the place of Terraform's pg backend, which this test
// build does not contain. See the package absent.
package pg

import (
	"github.com/hashicorp/terraform/internal/backend"
	"github.com/hashicorp/terraform/internal/legacy/absent"
)

// New returns a backend that refuses to be configured.
func New() backend.Backend {
	return absent.New("pg")
}
