package mockserver

import "strings"

// target is what route patterns are compared with.
type target struct {
	method, template, path, aside string
}

// routePattern matches "METHOD path" texts. "*" stands for any text, slashes included; case does not matter. Without a
// method, any method matches. What is no part of the API is matched only by a pattern that names it.
type routePattern string

// matches tells whether the pattern fits the route template, such as "POST /books/{book}/edit", or the request itself,
// such as "POST /books/b-1/edit".
func (p routePattern) matches(t target) bool {
	pattern := string(p)
	if !strings.Contains(strings.ToLower(pattern), t.aside) {
		return false
	}
	if !strings.Contains(pattern, " ") {
		pattern = t.method + " " + pattern
	}
	return MatchWildcard(pattern, t.method+" "+t.template) || MatchWildcard(pattern, t.method+" "+t.path)
}

// MatchWildcard tells whether a text fits a pattern in which "*" stands for any text. Case does not matter.
func MatchWildcard(pattern, text string) bool {
	pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	rest, found := strings.CutPrefix(text, parts[0])
	if !found {
		return false
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return strings.HasSuffix(rest, parts[last])
}
