// Package planreview reviews a Terraform plan before it is applied: who gains and
// who loses what, which mails are sent, which tokens rotate, and what is wrong with
// the access that results.
//
// It reads what `terraform show -json` prints of a saved plan, and asks no server.
// The plan is made into two organizations of [review]: the one before and the one
// after. So all resources are judged together: a submitter whom one adds and an
// approver whom another adds are found.
//
// [ReviewLive] is given the live organization, too, and makes the plan's changes to
// that, as the apply would make them now.
//
// A plan knows a part of the organization only. What it does not tell is marked as
// incomplete, so that no rule about missing people fires on it; what is known only
// after the apply is said to be so, and denied where it decides who has access. Values
// that Terraform marks as sensitive are judged, and are in no output.
package planreview
