// Package terraform is empty: only Terraform's own tests use the real one, and
// it exists here so that `go mod tidy` finds a package under this path.
package terraform
