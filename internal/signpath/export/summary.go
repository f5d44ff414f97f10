package export

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// A Summary says what was exported, and what was not and why.
type Summary struct {
	// Exported counts the resources by their type.
	Exported map[string]int
	LeftOut  []LeftOut
	// Unwatched counts the lists that are left out because nobody is on them.
	Unwatched int
	Files     []string
}

// LeftOut counts what is not managed for one reason.
type LeftOut struct {
	What, Why string
	Count     int
}

func (s *Summary) exported(typeName string) {
	if s.Exported == nil {
		s.Exported = map[string]int{}
	}
	s.Exported[typeName]++
}

func (s *Summary) leftOut(what string, why reason, count int) {
	for i := range s.LeftOut {
		if s.LeftOut[i].What == what && s.LeftOut[i].Why == string(why) {
			s.LeftOut[i].Count += count
			return
		}
	}
	s.LeftOut = append(s.LeftOut, LeftOut{what, string(why), count})
}

// leftOut collects what is not managed, as comments name it, by reason.
type leftOut map[reason][]string

func (l leftOut) note(why reason, what string) { l[why] = append(l[why], what) }

// leaveOut names in a comment what is left out, and counts it.
func (g *generator) leaveOut(d commented, what string, left leftOut) {
	for _, why := range slices.Sorted(maps.Keys(left)) {
		lines := []string{fmt.Sprintf("Not managed here are these %s (%s):", what, why)}
		for _, one := range left[why] {
			lines = append(lines, "  "+one)
		}
		d.comment(lines...)
		g.summary.leftOut(what, why, len(left[why]))
	}
}

// Imports returns how many resources are imported.
func (s Summary) Imports() int {
	sum := 0
	for _, count := range s.Exported {
		sum += count
	}
	return sum
}

// WriteTable writes the summary as a table.
func (s Summary) WriteTable(w io.Writer) error {
	var rows strings.Builder
	fmt.Fprintln(&rows, "EXPORTED\tCOUNT")
	for _, typeName := range slices.Sorted(maps.Keys(s.Exported)) {
		fmt.Fprintf(&rows, "%s\t%d\n", typeName, s.Exported[typeName])
	}
	fmt.Fprintf(&rows, "imports in all\t%d\n", s.Imports())
	if len(s.LeftOut) > 0 {
		fmt.Fprintln(&rows, "\nNOT EXPORTED\tCOUNT\tWHY")
	}
	for _, l := range slices.SortedFunc(slices.Values(s.LeftOut), LeftOut.compare) {
		fmt.Fprintf(&rows, "%s\t%d\t%s\n", l.What, l.Count, l.Why)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if _, err := io.WriteString(table, rows.String()); err != nil {
		return err
	}
	return table.Flush()
}

func (l LeftOut) compare(other LeftOut) int {
	return cmp.Or(cmp.Compare(l.What, other.What), cmp.Compare(l.Why, other.Why))
}
