// Package audit tells who made the changes that a plan found outside
// Terraform, and when, from SignPath's audit log.
//
// It names nobody on a guess: an event counts only if it tells of the same object
// and of the same change, and several count only if they agree. What the audit log
// does not tell for sure stays without an author.
package audit
