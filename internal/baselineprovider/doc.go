// Package baselineprovider is a Terraform provider for a vendor whose access no API tells or
// changes: a resource that records what access should be, and what goes with it. The vendor's
// room brings a [Vendor], and may add data sources and functions of its own.
//
// What the resource says comes from package baseline, which is pure. Here is how that fits
// the life of a Terraform resource:
//
//   - A plan computes everything from the configuration and what is recorded in the state. It
//     asks no clock, so that a saved plan is as good tomorrow, and needs no network.
//   - As long as something is outstanding, confirmation is planned as unknown. So the plan is
//     not empty, and no command says that nothing differs. The apply settles it, and notes the
//     day.
//   - Only a read asks the clock, and sets overdue.
package baselineprovider
