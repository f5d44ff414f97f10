// Package baseline is for access that no API can read or change: what access should be, as
// people wrote it down, and how a person brings it about.
//
//   - [Model.Parse] checks places and grants as a configuration has them.
//   - [Baseline.Digest] names them, whatever their order and spelling.
//   - [Baseline.Compare] says who gains and who loses what, and what inheritance makes of it.
//   - [Baseline.Steps] are what a person has to do, in an order that locks nobody out.
//   - [Baseline.Judge] says whether a person's statement confirms the baseline, and [Overdue]
//     whether it is too old.
//   - [Baseline.Review] raises findings by the rules of a vendor.
//   - [Model.ReadCSV] and [Baseline.WriteTemplate] are for what somebody saw.
//
// The words, the menus and who can do what come from the [Model] of a vendor; order and
// safety are the matter of this package. Nothing in it looks at a clock.
package baseline
