// Package audit tells what SignPath's audit log says beside a plan: who made the changes that
// the plan found outside Terraform, and when; and what else was changed that is about access,
// because Terraform does not manage it or the refresh did not see it.
//
// It names nobody on a guess: an event counts only if it tells of the same object
// and of the same change, and several count only if they agree. What the audit log
// does not tell for sure stays without an author. It leaves nothing out on a guess either:
// an event that is not understood is told as such.
package audit
