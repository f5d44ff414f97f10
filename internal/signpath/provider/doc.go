// Package provider is the Terraform layer: schemas, plans and diagnostics. It
// asks package api for what SignPath holds and package access for the rules.
package provider
