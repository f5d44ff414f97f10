// Package baselinereview reads access baselines out of what `terraform show -json` prints of a
// plan or a state, and tells people of them: what a plan changes, what a person has to do, who
// should have access, and since when something is outstanding. It asks no server, because
// there is none to ask: a baseline is for access that no API can read or change.
//
// What differs between vendors is a [Vendor]; which there are is for the caller to say.
package baselinereview
