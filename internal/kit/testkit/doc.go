// Package testkit tests providers. Its centre is the [Driver], which does what
// Terraform's core does with a configuration and a state, in the process of the
// test: it talks to the provider's protocol server without a CLI, a process or a
// file. [Run] lets it take the steps of a test case of plugin-testing, so that one
// case runs in process, and as a sample through a real CLI.
//
// The driver holds a provider to what the core holds it to: what was planned and
// known is what was applied, the plan of the apply fits the first one, identities
// are whole, nothing is returned that is unknown. It refuses what it does not
// know of the language, so that a test does not pass because a block was ignored.
//
// Nothing in this package knows a vendor.
package testkit
