package text

import "regexp"

// formula is how a cell begins that a spreadsheet computes, in full width, too. Where the decimal
// mark is a comma, a semicolon ends a cell whatever quotes are around it.
var formula = regexp.MustCompile(`(^|;)([\s"']*[=+\-@＝＋－＠])`)

// Cell keeps a spreadsheet from computing what somebody chose as a name, and spells out what
// cannot be seen.
func Cell(text string) string { return formula.ReplaceAllString(Visible(text), "$1'$2") }

// ByteOrderMark begins a table for spreadsheets, which else take UTF-8 for the code page of the
// machine.
const ByteOrderMark = "\ufeff"
