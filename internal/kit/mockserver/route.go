package mockserver

import (
	"net/url"
	"strings"
)

// Match is what a request is for.
type Match struct {
	// Template is that of the route, such as "/books/{book}"; "" if no route matched.
	Template string
	// Path is what a route pattern is compared with besides the template: the path as sent, or the part of it that the
	// template is about.
	Path string
	// Aside is a text that a route pattern has to have in it to match, in lower case, for what is no part of the API and
	// not counted with it, such as a document about it; "" for the API.
	Aside string
	// Variables are those of the template, decoded.
	Variables map[string]string
	// Allowed are the methods that the path has, if no route matched: none if there is no such path.
	Allowed []string
	// Handle serves the request, also one that no route matched.
	Handle Handler
}

func (m Match) routeName(method string) string {
	if m.Template == "" {
		return ""
	}
	return method + " " + m.Template
}

func (m Match) target(method string) target {
	return target{method: method, template: m.Template, path: m.Path, aside: m.Aside}
}

// Route is a method and the template of a path, in which {name} stands for a segment of any text.
type Route struct {
	Method   string
	Template string
	Handle   Handler
}

// Routes is a Config.Match that takes the first route that fits. Fixed segments are compared exactly; a slash at the end
// does not matter. What no route fits is for unrouted, which finds in Call.Allowed whether the path is there.
func Routes(unrouted Handler, table ...Route) func(method, escapedPath string) Match {
	return func(method, escapedPath string) Match {
		found := Match{Path: escapedPath, Handle: unrouted}
		segments, valid := PathSegments(escapedPath)
		if !valid {
			return found
		}
		for _, route := range table {
			variables, fits := MatchTemplate(route.Template, segments, func(a, b string) bool { return a == b })
			switch {
			case !fits:
			case route.Method == method:
				return Match{Template: route.Template, Path: escapedPath, Variables: variables, Handle: route.Handle}
			default:
				found.Allowed = append(found.Allowed, route.Method)
			}
		}
		return found
	}
}

// PathSegments splits and decodes a path. A slash at the end does not matter; valid=false if a segment is empty or
// wrongly encoded.
func PathSegments(escapedPath string) (segments []string, valid bool) {
	for _, escaped := range strings.Split(strings.Trim(escapedPath, "/"), "/") {
		segment, err := url.PathUnescape(escaped)
		if err != nil || segment == "" {
			return nil, false
		}
		segments = append(segments, segment)
	}
	return segments, true
}

// MatchTemplate compares the segments of a path with a template, such as "/books/{book}", fixed ones by isSame.
func MatchTemplate(template string, segments []string, isSame func(a, b string) bool) (variables map[string]string, fits bool) {
	parts := strings.Split(template[1:], "/")
	if len(parts) != len(segments) {
		return nil, false
	}
	variables = map[string]string{}
	for i, part := range parts {
		switch {
		case strings.HasPrefix(part, "{"):
			variables[strings.Trim(part, "{}")] = segments[i]
		case !isSame(part, segments[i]):
			return nil, false
		}
	}
	return variables, true
}
