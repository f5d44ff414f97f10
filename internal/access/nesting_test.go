package access_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// nesting reads "A: x B; B: y" as two groups with their members.
func nesting(text string) access.Nesting {
	n := access.Nesting{}
	for _, line := range strings.Split(text, ";") {
		if group, members, found := strings.Cut(line, ":"); found {
			n[strings.TrimSpace(group)] = strings.Fields(members)
		}
	}
	return n
}

func TestExpand(t *testing.T) {
	tests := map[string]struct {
		groups, list string
		want         []string
	}{
		"nobody":             {"", "", nil},
		"direct members":     {"", "y x", []string{"x", "y"}},
		"twice on the list":  {"", "x x", []string{"x"}},
		"an empty group":     {"A:", "A", []string{"A"}},
		"a group":            {"A: x y", "A", []string{"A", "x via A", "y via A"}},
		"a group of groups":  {"A: B; B: C x; C: y", "A", []string{"A", "B via A", "C via A>B", "x via A>B", "y via A>B>C"}},
		"also direct":        {"A: x", "A x", []string{"A", "x", "x via A"}},
		"in two groups":      {"A: x; B: x", "A B", []string{"A", "B", "x via A", "x via B"}},
		"a diamond":          {"A: B C; B: D; C: D; D: x", "A", []string{"A", "B via A", "C via A", "D via A>B", "D via A>C", "x via A>B>D"}},
		"the shortest":       {"A: B; B: C; C: x", "A C", []string{"A", "C", "B via A", "x via C", "C via A>B"}},
		"in a group twice":   {"A: x x", "A", []string{"A", "x via A"}},
		"a cycle":            {"A: B x; B: A y", "A", []string{"A", "B via A", "x via A", "A via A>B", "y via A>B"}},
		"in itself":          {"A: A x", "A", []string{"A", "A via A", "x via A"}},
		"a group elsewhere":  {"A: x; B: y", "A", []string{"A", "x via A"}},
		"a group of no name": {"A: gone", "A", []string{"A", "gone via A"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, path := range nesting(test.groups).Expand(strings.Fields(test.list)) {
				text := path.Key
				if len(path.Via) > 0 {
					text += " via " + strings.Join(path.Via, ">")
				}
				got = append(got, text)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// Twenty groups, each of which holds the next by two ways, have a million ways
// from the first to the last.
func TestExpandDoesNotExplode(t *testing.T) {
	n := access.Nesting{}
	const levels = 20
	for i := range levels {
		left, right, next := fmt.Sprintf("%02d-left", i), fmt.Sprintf("%02d-right", i), fmt.Sprintf("%02d", i+1)
		n[fmt.Sprintf("%02d", i)] = []string{left, right}
		n[left], n[right] = []string{next}, []string{next}
	}
	if got := len(n.Expand([]string{"00"})); got != 1+4*levels {
		t.Errorf("there are %d paths for %d memberships", got, 4*levels)
	}
}

func TestCycle(t *testing.T) {
	tests := map[string]struct {
		groups, group, add string
		want               string
	}{
		"a person":            {"A: x", "A", "y", ""},
		"itself":              {"", "A", "A", "A A"},
		"another":             {"B: x", "A", "B", ""},
		"back":                {"B: A", "A", "B", "A B A"},
		"a long way back":     {"B: x C; C: D; D: A y", "A", "B", "A B C D A"},
		"one of several":      {"B: x; C: A", "A", "x B C", "A C A"},
		"the shortest":        {"B: C; C: A", "A", "B C", "A C A"},
		"twice is no cycle":   {"B: D; C: D", "A", "B C", ""},
		"a cycle elsewhere":   {"B: C; C: B", "A", "B", ""},
		"out, not in":         {"A: B; B: x", "A", "B", ""},
		"the group above":     {"A: B; B: x", "B", "A", "B A B"},
		"nobody":              {"A: B", "A", "", ""},
		"through an own list": {"A: B; B: C; C: x", "C", "A", "C A B C"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(nesting(test.groups).Cycle(test.group, strings.Fields(test.add)), " ")
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNestAsksForEachOnce(t *testing.T) {
	groups := nesting("A: B C x; B: D; C: D A; D: y; E: z")
	asked := map[string]int{}
	got, err := access.Nest([]string{"A", "A"}, func(key string) ([]string, error) {
		asked[key]++
		return groups[key], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, []string{"A", "B", "C", "D"}) {
		t.Errorf("it has the groups %q", names)
	}
	for key, times := range asked {
		if times != 1 || key == "E" {
			t.Errorf("%s was asked for %d times", key, times)
		}
	}
	if len(asked) != 6 {
		t.Errorf("it asked for %v", asked)
	}
}

func TestNestFailsWhole(t *testing.T) {
	trouble := errors.New("trouble")
	got, err := access.Nest([]string{"A"}, func(key string) ([]string, error) {
		if key == "B" {
			return nil, trouble
		}
		return []string{"B"}, nil
	})
	if !errors.Is(err, trouble) || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestSpellPath(t *testing.T) {
	group := func(name string) access.Reference { return access.Reference{Kind: access.KindGroup, Key: name} }
	for want, groups := range map[string][]access.Reference{
		"":                    nil,
		"group:A":             {group("A")},
		"group:A > group:B C": {group("A"), group("B C")},
	} {
		if got := access.SpellPath(groups); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
