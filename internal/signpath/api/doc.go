// Package api is the client of SignPath's REST API: requests and retries, one
// snapshot of what was read, and edits that lose nothing. It knows the model in
// package access and nothing of Terraform.
//
// Much of the API is not published. Every route and every property name lives
// in package contract, with the evidence for it.
package api
