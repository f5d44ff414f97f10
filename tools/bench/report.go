package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxConnections is one per request that may be under way, and one to spare.
const maxConnections = 11

// refreshBudget is how many requests a refresh may take: the three lists of
// principals, each project and each policy once, and two for checks.
func refreshBudget(size int) int { return 3 + projects(size) + policies(size) + 2 }

// exceeded tells which budgets were exceeded. Time is not among them.
func exceeded(all []measurement) error {
	var errs []error
	for _, m := range all {
		report := func(what string, got, budget int) {
			errs = append(errs, fmt.Errorf("over budget: %s of N = %d at %s: %s: %d, budget %d", m.step, m.size, m.latency, what, got, budget))
		}
		if m.connectionsOfProcess() > maxConnections {
			report("connections", m.connectionsOfProcess(), maxConnections)
		}
		switch m.step {
		case stepRefresh:
			if got := len(m.requests); got > refreshBudget(m.size) {
				report("requests", got, refreshBudget(m.size))
			}
		case stepCreateUsers:
			if got := m.sent(routeCreateUser); got != m.size {
				report(routeCreateUser, got, m.size)
			}
			if got := m.between(routeCreateUser); got != 0 {
				report("requests between the creates", got, 0)
			}
		}
	}
	return errors.Join(errs...)
}

var columns = []struct {
	title string
	width int
}{
	{"N", 5},
	{"latency", 7},
	{"step", -16},
	{"requests", 8},
	{"reads", 5},
	{"writes", 6},
	{"connections", 11},
	{"peak memory", 11},
	{"seconds", 7},
}

func printHeader(out io.Writer) {
	titles, rules := make([]string, len(columns)), make([]string, len(columns))
	for i, column := range columns {
		titles[i] = column.title
		rules[i] = rule(column.width)
	}
	printRow(out, titles)
	printLine(out, rules)
}

// rule is what separates the title of a column from its values, and aligns them
// in Markdown. A negative width is that of a column of text, as in fmt.
func rule(width int) string {
	if width < 0 {
		return strings.Repeat("-", -width+2)
	}
	return strings.Repeat("-", width+1) + ":"
}

func printMeasurement(out io.Writer, m measurement) {
	seconds := fmt.Sprintf("%.2f", m.duration.Seconds())
	if m.step == stepFloor || m.step == stepFloorCreate {
		printRow(out, []string{strconv.Itoa(m.size), "", string(m.step), "", "", "", "", "", seconds})
		return
	}
	printRow(out, []string{
		strconv.Itoa(m.size), milliseconds(m.latency), string(m.step),
		strconv.Itoa(len(m.requests)), strconv.Itoa(m.reads()), strconv.Itoa(m.writes()), strconv.Itoa(m.connections),
		fmt.Sprintf("%.1f MiB", float64(m.peakMemory)/(1<<20)), seconds,
	})
}

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', -1, 64) + " ms"
}

func printRow(out io.Writer, values []string) {
	cells := make([]string, len(values))
	for i, value := range values {
		cells[i] = fmt.Sprintf(" %*s ", columns[i].width, value)
	}
	printLine(out, cells)
}

func printLine(out io.Writer, cells []string) {
	_, _ = fmt.Fprintf(out, "|%s|\n", strings.Join(cells, "|")) // Who closes the output does not want it.
}

// A finding is a number that matters.
type finding struct {
	size            int
	what, got, goal string
}

func findings(all []measurement) []finding {
	var found []finding
	var sizes []int
	for _, m := range all {
		if !slices.Contains(sizes, m.size) {
			sizes = append(sizes, m.size)
		}
	}
	for _, size := range sizes {
		of := func(wanted step) []measurement {
			return slices.DeleteFunc(slices.Clone(all), func(m measurement) bool { return m.size != size || m.step != wanted })
		}
		found = append(found, timeFindings(size, of(stepFloor), of(stepRefresh))...)
		found = append(found, createFindings(size, of(stepFloorCreate), of(stepCreateUsers), of(stepCreateEntries))...)
		found = append(found, countFindings(size, of(stepRefresh), of(stepCreateUsers), of(stepCreateEntries))...)
		connections := 0
		for _, m := range all {
			if m.size == size {
				connections = max(connections, m.connectionsOfProcess())
			}
		}
		found = append(found, finding{size, "connections of one process, at most", strconv.Itoa(connections), atMost(maxConnections)})
	}
	return found
}

func timeFindings(size int, floors, refreshes []measurement) []finding {
	var found []finding
	base := slices.MinFunc(refreshes, func(a, b measurement) int { return int(a.latency - b.latency) })
	for _, m := range refreshes {
		if m.latency != base.latency {
			found = append(found, finding{
				size, fmt.Sprintf("seconds of a refresh at %s, to %s", milliseconds(m.latency), milliseconds(base.latency)),
				ratio(m.duration, base.duration), "aim <= 1.5",
			})
		}
	}
	return append(found, finding{
		size, fmt.Sprintf("seconds of a refresh at %s, to the floor", milliseconds(base.latency)), ratio(base.duration, floors[0].duration), "",
	})
}

// createFindings relate the creates of the users and the entries, which together
// are as many as those of the floor, to these.
func createFindings(size int, floors, users, entries []measurement) []finding {
	var found []finding
	for i, m := range users {
		found = append(found, finding{
			size, fmt.Sprintf("seconds of both creates at %s, to the floor", milliseconds(m.latency)),
			ratio(m.duration+entries[i].duration, floors[0].duration), "",
		})
	}
	return found
}

func countFindings(size int, refreshes, users, entries []measurement) []finding {
	var found []finding
	for _, m := range refreshes {
		found = append(found, finding{size, "requests of a refresh at " + milliseconds(m.latency), strconv.Itoa(len(m.requests)), atMost(refreshBudget(size))})
	}
	for _, m := range users {
		found = append(found,
			finding{size, "requests per user created at " + milliseconds(m.latency), ratio(len(m.requests), size), "aim 1.00"},
			finding{size, "requests between the creates at " + milliseconds(m.latency), strconv.Itoa(m.between(routeCreateUser)), atMost(0)},
		)
	}
	for _, m := range entries {
		found = append(found, finding{
			size, fmt.Sprintf("edits per policy, for %d entries each, at %s", min(size, entriesPerPolicy), milliseconds(m.latency)),
			ratio(m.sent(routeEditPolicy), policies(size)), "",
		})
	}
	return found
}

func atMost(budget int) string {
	if budget == 0 {
		return "budget 0"
	}
	return fmt.Sprintf("budget <= %d", budget)
}

func ratio[T int | time.Duration](a, b T) string { return fmt.Sprintf("%.2f", float64(a)/float64(b)) }

func printFindings(out io.Writer, found []finding) {
	rows := [][]string{{"N", "what", "measured", "goal"}}
	for _, f := range found {
		rows = append(rows, []string{strconv.Itoa(f.size), f.what, f.got, f.goal})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	_, _ = fmt.Fprintln(out)
	for i, row := range rows {
		printLine(out, []string{
			fmt.Sprintf(" %*s ", widths[0], row[0]), fmt.Sprintf(" %-*s ", widths[1], row[1]),
			fmt.Sprintf(" %*s ", widths[2], row[2]), fmt.Sprintf(" %-*s ", widths[3], row[3]),
		})
		if i == 0 {
			printLine(out, []string{rule(widths[0]), rule(-widths[1]), rule(widths[2]), rule(-widths[3])})
		}
	}
}
