package mock

import "strings"

// routePattern matches "METHOD path" texts. "*" stands for any text, slashes included; case does not matter. Without a
// method, any method matches.
type routePattern string

// matches tells whether the pattern fits the route template, such as "POST /Projects/{project}/Edit", or the request
// itself, such as "POST /Projects/project-a/Edit".
func (p routePattern) matches(method, template, path string) bool {
	pattern := string(p)
	if !strings.Contains(pattern, " ") {
		pattern = method + " " + pattern
	}
	return matchWildcard(pattern, method+" "+template) || matchWildcard(pattern, method+" "+path)
}

func matchWildcard(pattern, text string) bool {
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
