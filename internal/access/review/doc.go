// Package review computes who may do what in an organization, and judges it.
//
//   - [Effective] says what every principal may do, at every project and signing
//     policy, with each reason: a global role, an entry, or the way through groups.
//   - [Review] judges that by a catalogue of rules; [Compare] tells what a change
//     introduces and what it resolves.
//   - [Changes] says who gains and who loses what between two organizations, and
//     [ChangeOfList] and [ChangesOfLists] the same of lists in one line each.
//
// It is pure: the time comes with the [Rulebook], and the same input gives the same
// output in the same order. What the input does not tell makes no rule fire: an
// unknown setting is a nil pointer, and an unfinished list says so.
package review
