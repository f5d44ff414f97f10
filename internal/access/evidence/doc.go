// Package evidence is for whoever has to show later who had access, for any vendor: what
// changed between two reports, who confirmed what, and reports that nobody changed since.
//
//   - [Compare] tells who gained and who lost what between two reports.
//   - [ParseFile] reads a file of attestations, and [Rules] judges an organization by it.
//   - [ReadDecisions] reads what people decided in a table of [Holding].
//   - [Seal] signs a report, and [Open] checks that it is what was signed.
//
// Everybody is compared by id, so that a rename is a rename. Nothing in it looks at a clock, and
// nothing reads or writes a file.
package evidence
