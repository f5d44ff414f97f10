// Package oss takes the place of Terraform's oss backend, which this test
// build does not contain. See the package absent.
package oss

import (
	"github.com/hashicorp/terraform/internal/backend"
	"github.com/hashicorp/terraform/internal/legacy/absent"
)

// New returns a backend that refuses to be configured.
func New() backend.Backend {
	return absent.New("oss")
}
