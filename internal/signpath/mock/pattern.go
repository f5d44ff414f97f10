package mock

import "strings"

// target is what a request was for: the path below the organization, and the template of its route, if it has one.
type target struct {
	method, template, path string
}

// isDocument tells whether it was the OpenAPI document, which is no part of the API.
func (t target) isDocument() bool { return t.template == documentTemplate }

// routePattern matches "METHOD path" texts. "*" stands for any text, slashes included; case does not matter. Without a
// method, any method matches. The OpenAPI document is matched only by a pattern that names it.
type routePattern string

// matches tells whether the pattern fits the route template, such as "POST /Projects/{project}/Edit", or the request
// itself, such as "POST /Projects/project-a/Edit".
func (p routePattern) matches(t target) bool {
	pattern := string(p)
	if t.isDocument() && !strings.Contains(strings.ToLower(pattern), pathDocument) {
		return false
	}
	if !strings.Contains(pattern, " ") {
		pattern = t.method + " " + pattern
	}
	return matchWildcard(pattern, t.method+" "+t.template) || matchWildcard(pattern, t.method+" "+t.path)
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
