package export

import (
	"regexp"
	"strings"

	"github.com/gosimple/unidecode"
)

// notInIdentifier is what a resource name does not have here. Terraform would
// also take letters of other scripts, which not everybody can type.
var notInIdentifier = regexp.MustCompile(`[^a-z0-9]+`)

// identifier makes a resource name of any text: "Jürgen (QA)" becomes jurgen_qa.
// What begins with a digit, or has nothing to make a name of, gets the prefix.
func identifier(text, prefix string) string {
	name := strings.ToLower(unidecode.Unidecode(text))
	name = strings.Trim(notInIdentifier.ReplaceAllString(name, "_"), "_")
	switch {
	case name == "":
		return prefix
	case name[0] >= '0' && name[0] <= '9':
		return prefix + "_" + name
	}
	return name
}

// A named thing gets a name of its own among others.
type named struct {
	// key identifies the thing.
	key string
	// candidates are names for it, the shortest first.
	candidates []string
	// mark is a text that nothing else has, to tell it from others whose
	// candidates are the same.
	mark string
}

// candidate returns the name at a level: one of the candidates, and beyond them
// the longest with the beginning of the mark, or with all of it.
func (n named) candidate(level int) string {
	if level < len(n.candidates) {
		return n.candidates[level]
	}
	mark := notInIdentifier.ReplaceAllString(strings.ToLower(n.mark), "_")
	if level == len(n.candidates) {
		mark = mark[:min(len(mark), markLength)]
	}
	return n.candidates[len(n.candidates)-1] + "_" + mark
}

// markLength is how much of a mark usually tells it from others.
const markLength = 8

func (n named) levels() int { return len(n.candidates) + 2 }

// uniqueNames gives everything a name, by key. Where several would have the same,
// each of them gets a longer one. So a name depends on the things themselves, and
// not on the order in which they come.
func uniqueNames(things []named) map[string]string {
	level := make(map[string]int, len(things))
	for {
		holders := map[string][]named{}
		for _, thing := range things {
			name := thing.candidate(level[thing.key])
			holders[name] = append(holders[name], thing)
		}
		if !lengthen(holders, level) {
			return invert(holders)
		}
	}
}

// lengthen raises the level of everything that shares its name, and tells whether
// there was any.
func lengthen(holders map[string][]named, level map[string]int) (lengthened bool) {
	for _, same := range holders {
		if len(same) == 1 {
			continue
		}
		for _, thing := range same {
			if level[thing.key] < thing.levels()-1 {
				level[thing.key]++
				lengthened = true
			}
		}
	}
	return lengthened
}

func invert(holders map[string][]named) map[string]string {
	names := make(map[string]string, len(holders))
	for name, same := range holders {
		for _, thing := range same {
			names[thing.key] = name
		}
	}
	return names
}
