package access

import (
	"slices"
	"strings"
)

// A Nesting says whom each user group holds directly. Groups and their members
// are named by id, or by any other key that means one principal throughout.
// What is no group has no entry.
type Nesting map[string][]string

// Nest collects the groups that can be reached from the keys. membersOf returns
// the direct members of a group, and nothing for any other principal. It is
// asked once for each key.
func Nest(keys []string, membersOf func(key string) ([]string, error)) (Nesting, error) {
	nesting, asked := Nesting{}, map[string]bool{}
	waiting := slices.Clone(keys)
	for len(waiting) > 0 {
		key := waiting[0]
		waiting = waiting[1:]
		if asked[key] {
			continue
		}
		asked[key] = true
		members, err := membersOf(key)
		if err != nil {
			return nil, err
		}
		if len(members) > 0 {
			nesting[key] = members
			waiting = append(waiting, members...)
		}
	}
	return nesting, nil
}

// A Path is one membership by which a principal is on a list in the end.
type Path struct {
	// Key names the principal, as in the nesting.
	Key string
	// Via are the groups from the list to the principal, the one on the list
	// first. It is empty for who is on the list directly.
	Via []string
}

// Expand returns everyone who is on a list that holds the keys: directly, or
// through groups. Groups are in the result, too.
//
// There is one path for each membership: who is in two of the groups has two,
// because taking them out of one leaves them the other. Where a group can be
// reached in several ways, the shortest is given, so that the result does not
// grow beyond the number of memberships, and ends also where groups contain
// each other.
func (n Nesting) Expand(keys []string) []Path {
	var paths []Path
	for _, key := range sortedUnique(keys) {
		paths = append(paths, Path{Key: key})
	}
	entered := map[string]bool{}
	// paths grows while it is walked, which makes this a search in breadth: the
	// first path to a group is the shortest.
	for i := 0; i < len(paths); i++ {
		group := paths[i]
		if entered[group.Key] {
			continue
		}
		entered[group.Key] = true
		via := append(slices.Clone(group.Via), group.Key)
		for _, member := range sortedUnique(n[group.Key]) {
			paths = append(paths, Path{Key: member, Via: via})
		}
	}
	return paths
}

// Cycle tells whether the group would contain itself if it held the members. It
// returns the way from the group back to itself, or nil.
func (n Nesting) Cycle(group string, members []string) []string {
	for _, path := range n.Expand(members) {
		if path.Key == group {
			return append(append([]string{group}, path.Via...), group)
		}
	}
	return nil
}

func sortedUnique(keys []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(keys)))
}

// viaSeparator stands between the groups of a path: "group:A > group:B".
const viaSeparator = " > "

// SpellPath names the groups of a path in order.
func SpellPath(groups []Reference) string { return strings.Join(Spell(groups), viaSeparator) }

// ParsePath reads what [SpellPath] wrote; an empty text is a path of no group.
func ParsePath(text string) ([]Reference, error) {
	if text == "" {
		return nil, nil
	}
	var groups []Reference
	for part := range strings.SplitSeq(text, viaSeparator) {
		group, err := ParseEntry(part)
		if err != nil {
			return nil, err
		}
		groups = append(groups, group)
	}
	return groups, nil
}
