// Package kubernetes takes the place of Terraform's kubernetes backend, which this test
// build does not contain. See the package absent.
package kubernetes

import (
	"github.com/hashicorp/terraform/internal/backend"
	"github.com/hashicorp/terraform/internal/legacy/absent"
)

// New returns a backend that refuses to be configured.
func New() backend.Backend {
	return absent.New("kubernetes")
}
