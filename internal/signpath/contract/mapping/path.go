package mapping

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// A Path leads through the names of properties to a value. It is nil if none is given;
// one without a name is the value itself, which is written ".".
type Path []string

// ParsePath reads names that are joined by dots, or "." alone. A name with a dot in it
// cannot be written.
func ParsePath(text string) (Path, error) {
	if text == "." {
		return Path{}, nil
	}
	names := strings.Split(text, ".")
	for _, name := range names {
		if name == "" || strings.TrimSpace(name) != name || strings.ContainsFunc(name, unicode.IsControl) {
			return nil, fmt.Errorf("%q is no path: it is the names of properties, joined by dots, or a dot alone for the value itself", text)
		}
	}
	return names, nil
}

func (p Path) String() string {
	if len(p) == 0 {
		return "."
	}
	return strings.Join(p, ".")
}

// Get returns the value at the path. It returns false where there is none: a name is
// absent, or what should have it is no object.
func (p Path) Get(value json.RawMessage) (json.RawMessage, bool) {
	for _, name := range p {
		var o map[string]json.RawMessage
		if json.Unmarshal(value, &o) != nil {
			return nil, false
		}
		inner, ok := o[name]
		if !ok {
			return nil, false
		}
		value = inner
	}
	return value, true
}

// Begins tells whether the other path is the same, or leads further from the end of p.
func (p Path) Begins(other Path) bool {
	if len(p) > len(other) {
		return false
	}
	for i, name := range p {
		if other[i] != name {
			return false
		}
	}
	return true
}
