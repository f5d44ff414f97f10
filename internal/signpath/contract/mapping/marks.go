package mapping

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// A proposal is marked in any comment of a line, which may stand right behind a bracket or a
// quote. What only looks like a comment, in a text, counts too: to refuse a write too often is
// the lesser fault.
var proposal = regexp.MustCompile(`#[#\s\p{Z}]*\?(.*)$`)

var comment = regexp.MustCompile(`(?:^|\s)#(.*)$`)

// marksIn returns the marks of a file, in the order of lines.
func (r *reader) marksIn(data []byte) []Mark {
	var marks []Mark
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		if found := proposal.FindStringSubmatch(line); found != nil {
			marks = append(marks, Mark{Line: i + 1, Path: r.placeOf(i+1, lines), Text: strings.TrimSpace(found[1])})
		}
	}
	slices.Sort(r.open)
	for _, line := range slices.Compact(r.open) {
		marks = append(marks, Mark{Line: line, Path: r.placeOf(line, lines), Text: question(lines, line), Open: true})
	}
	slices.SortStableFunc(marks, func(a, b Mark) int { return cmp.Compare(a.Line, b.Line) })
	return marks
}

// placeOf returns what a line is about. A comment that has its line alone is about what
// follows.
func (r *reader) placeOf(line int, lines []string) string {
	for ; line <= len(lines); line++ {
		if place := r.places[line]; place != "" {
			return place
		}
		if text := strings.TrimSpace(lines[line-1]); text != "" && !strings.HasPrefix(text, "#") {
			break
		}
	}
	return ""
}

// question returns the comment of a line, or the one that stands above it.
func question(lines []string, line int) string {
	if found := comment.FindStringSubmatch(lines[line-1]); found != nil {
		return strings.TrimSpace(found[1])
	}
	var above []string
	for i := line - 2; i >= 0; i-- {
		text, isComment := strings.CutPrefix(strings.TrimSpace(lines[i]), "#")
		if !isComment {
			break
		}
		above = append([]string{strings.TrimSpace(text)}, above...)
	}
	return strings.Join(above, " ")
}
