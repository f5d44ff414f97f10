package contract

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var versionNumber = regexp.MustCompile(`^\d+\.\d+(?:\.\d+)*`)

// ServerVersion returns the numbers of the version that an answer of
// [RouteSystemInfo] tells, such as "1.220.0". That the route tells the application's
// version is documented, its name is not. So it is the text that looks like a version
// and has "version" in its name; of several, the one that also has "application". It
// is empty if there is none, or if nobody can know which.
func ServerVersion(answer []byte) string {
	o, err := DecodeObject(answer)
	if err != nil {
		return ""
	}
	named := func(word string) []string {
		var found []string
		for _, name := range slices.Sorted(maps.Keys(o)) {
			version := versionNumber.FindString(Text(o[name]))
			if lower := strings.ToLower(name); version != "" && strings.Contains(lower, "version") && strings.Contains(lower, word) {
				found = append(found, version)
			}
		}
		return slices.Compact(found)
	}
	for _, word := range []string{"", "application"} {
		if found := named(word); len(found) == 1 {
			return found[0]
		}
	}
	return ""
}

// IsOlder tells whether a version of SignPath came before another, as 1.99.2 did
// before 1.177.0. A number that is not told is 0.
func IsOlder(version, than string) bool {
	a, b := numbersOf(version), numbersOf(than)
	longest := max(len(a), len(b))
	a, b = append(a, make([]uint64, longest-len(a))...), append(b, make([]uint64, longest-len(b))...)
	return slices.Compare(a, b) < 0
}

func numbersOf(version string) []uint64 {
	var numbers []uint64
	for part := range strings.SplitSeq(version, ".") {
		number, _ := strconv.ParseUint(part, 10, 64) // What is too large becomes the largest.
		numbers = append(numbers, number)
	}
	return numbers
}

// Since is the version that brought the route that the line is about; empty if that
// is not known.
func (l Line) Since() string {
	for _, r := range Routes() {
		if r.String() == l.Route {
			return r.Since()
		}
	}
	return ""
}
