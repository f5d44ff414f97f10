package mock

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// handler serves a request that is authenticated, permitted and well-formed.
type handler func(*call) (answer, *problem)

// route is a method and a path below the organization. A route with {project} and {policy} is served only if those
// exist. Without a right it is public.
type route struct {
	name     string // of the operation
	method   string
	template string
	right    *Right
	handle   handler
	// reads and answers are for the OpenAPI document; nil without a body.
	reads   *requestModel
	answers *answerModel
}

// servedRoute is a route as a server has it.
type servedRoute struct {
	route
	// of and call are what a mapping file calls the route by; call is "" if it has no word for it.
	of   thing
	call string
	// shape is what is read of the body; nil for nothing.
	shape *requestShape
	// sets is the property that the route alone is for.
	sets string
	// isMapped tells that the route is none of the default dialect.
	isMapped bool
	// others are at the same place. The body tells which one is meant.
	others []*servedRoute
}

// routeCalls are the calls of mapping files by the operations that they are.
var routeCalls = map[string]string{
	opList: callList, opEvents: callList, opGet: callRead, opMe: callMe, opCreate: callCreate, opEdit: callEdit, opActivate: callActivate,
	opDeactivate: callDeactivate, opReinvite: callReinvite, opRegenerateToken: callRegenerateToken, opChangeMembers: callChangeMembers,
	opModifyMembers: callModifyMembers,
}

// of are the routes of a thing.
func of(t thing, table []route) []servedRoute {
	routes := make([]servedRoute, len(table))
	for i, r := range table {
		routes[i] = servedRoute{route: r, of: t, call: routeCalls[r.name]}
	}
	return routes
}

// publicRoutes are outside of an organization: /Api/v1/….
var publicRoutes = of("", []route{
	{"SystemInfo", http.MethodGet, "/Meta/SystemInfo", nil, readSystemInfo, nil, systemInfoAnswer},
})

// organizationRoutes are those of an organization: /Api/v1/{organization}/….
var organizationRoutes = slices.Concat(
	of(thingOrganization, []route{{opGet, http.MethodGet, "/Organization", readDirectory, readOrganization, nil, organizationAnswer}}),
	userRoutes(kindInteractiveUser),
	userRoutes(kindCIUser),
	userGroupRoutes,
	projectRoutes,
	signingPolicyRoutes,
)

// routes are those that a server has, in its dialect. The preview is what stayed in v1-pre: the audit log, unless a mapping file
// has another place for it.
type routes struct {
	public, preview, organization, document []servedRoute
}

func newRoutes(dialect Dialect, f *front) (routes, error) {
	found := routes{public: publicRoutes, document: documentRoutes}
	if dialect.isBefore(systemInfoVersion) {
		found.public = nil
	}
	own := slices.DeleteFunc(slices.Clone(organizationRoutes), func(r servedRoute) bool { return dialect.lacks(r.route) })
	if list := f.of(thingEvent).list; list != nil && list.template != "" {
		own = append(own, auditLogRoutes...)
	} else {
		found.preview = auditLogRoutes
	}
	for _, r := range own {
		served, err := f.served(r)
		if err != nil {
			return routes{}, err
		}
		for _, r := range served {
			if found.organization, err = withRoute(found.organization, r); err != nil {
				return routes{}, err
			}
		}
	}
	slices.SortStableFunc(found.organization, func(a, b servedRoute) int { return compareTemplates(a.template, b.template) })
	return found, nil
}

// withRoute adds a route to a table, beside one at the same place if the bodies differ.
func withRoute(table []servedRoute, added servedRoute) ([]servedRoute, error) {
	i := slices.IndexFunc(table, func(r servedRoute) bool {
		return r.method == added.method && strings.EqualFold(shapeOf(r.template), shapeOf(added.template))
	})
	if i < 0 {
		return append(table, added), nil
	}
	if added.shape == nil || table[i].shape == nil || added.template != table[i].template || added.of != table[i].of {
		return nil, fmt.Errorf("two things are at %s %s", added.method, added.template)
	}
	table[i].others = append(table[i].others, &added)
	return table, nil
}

// shapeOf is a template without the names of its variables.
func shapeOf(template string) string {
	segments := strings.Split(template, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
}

// compareTemplates puts fixed segments before variables, so that /InteractiveUsers/Me is not taken for an id.
func compareTemplates(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "/"), strings.Split(b, "/"), func(a, b string) int {
		isVariable := map[bool]int{true: 1}
		return isVariable[strings.HasPrefix(a, "{")] - isVariable[strings.HasPrefix(b, "{")]
	})
}

// served are the routes that a route of the default dialect is with a mapping file: none, or the one, and those that set one
// concept of what an edit is for.
func (f *front) served(r servedRoute) ([]servedRoute, error) {
	var served []servedRoute
	if r.call == callEdit {
		for _, set := range sortedKeys(f.of(r.of).set) {
			setting, err := f.setting(r, set)
			if err != nil {
				return nil, err
			}
			served = append(served, setting)
		}
	}
	said := f.call(r.of, r.call)
	if said.isNone {
		return served, nil
	}
	canonical := r.template
	r.method, r.template, r.isMapped = f.route(r.of, r.call, r.method, r.template)
	if shapeVariables(canonical) != shapeVariables(r.template) {
		return nil, refuseLine(f.lineOf(r), "the variables of %s are not those of %s", r.template, canonical)
	}
	if r.method == http.MethodGet {
		return append(served, r), nil
	}
	var err error
	if r.shape, err = f.newShape(r.of, r.call, ""); err != nil {
		return nil, err
	}
	if r.shape.activates() {
		r.handle = activating(r.handle, kind(r.of))
	}
	return append(served, r), nil
}

func (f *front) lineOf(r servedRoute) int {
	if list := f.of(r.of).list; r.call == callList && list != nil {
		return list.line
	}
	return f.call(r.of, r.call).line
}

// setting is the route that sets one concept of what an edit is for.
func (f *front) setting(edits servedRoute, set string) (servedRoute, error) {
	said := f.of(edits.of).set[set]
	c, _ := conceptCalled(edits.of, set)
	r := edits
	r.sets, r.answers, r.isMapped = c.request, nil, true
	r.method, r.template = said.method, said.template
	switch {
	case r.template == "" || shapeVariables(edits.template) != shapeVariables(r.template):
		return r, refuseLine(said.line, "there is no route to set %s at, or its variables are not those of %s", set, edits.template)
	case slices.Contains(bodies[edits.of][callEdit], c.request):
	case c.request == propIsActive && (edits.of == thingUser || edits.of == thingCIUser):
		r.handle = withUser(kind(edits.of), setActivity)
	case c.request == propMembers:
		r.handle = withGroup(replaceMembers)
	default:
		return r, refuseLine(said.line, "nothing sets %s", set)
	}
	r.name = "Set"
	r.reads = &requestModel{schema: "Set"}
	var err error
	r.shape, err = f.newShape(edits.of, "", set)
	return r, err
}

// activates tells whether the body of an edit says whether the user is active.
func (s *requestShape) activates() bool { return slices.ContainsFunc(s.fields, s.isActivity) }

func (s *requestShape) isActivity(field requestField) bool {
	return field.isStated && field.concept.request == propIsActive && (s.thing == thingUser || s.thing == thingCIUser)
}

// chosen is the route that a body is for, of those at one place: the one of which most fits.
func (r *servedRoute) chosen(content []byte) *servedRoute {
	best, most := r, -1
	for _, candidate := range append([]*servedRoute{r}, r.others...) {
		if fitting, fits := candidate.shape.fitting(candidate.sets, content); fits && fitting > most {
			best, most = candidate, fitting
		}
	}
	return best
}

// fitting counts what a body has of what it must have.
func (s *requestShape) fitting(sets string, content []byte) (count int, fits bool) {
	if s == nil {
		return 0, true
	}
	for _, field := range s.fields {
		value, isSent := valueAt(content, field.path)
		isDemanded := field.isLiteral() || sets != "" && field.concept.request == sets
		if !isDemanded {
			continue
		}
		if !isSent || field.isLiteral() && !sameJSON(value, encode(field.literal)) {
			return 0, false
		}
		count++
	}
	return count, true
}

// shapeVariables are the variables of a template, in order.
func shapeVariables(template string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(template, "/"), func(segment string) bool { return !strings.HasPrefix(segment, "{") }), "")
}

// match is a request's route and the variables of its path.
type match struct {
	route        *servedRoute
	organization string // as in the path; "" for a public route
	resource     string // the path below the organization, as sent
	variables    map[string]string
	allowed      []string // methods that the path has, if no route matches
}

// match finds the route of a path, which is still percent-encoded. The last two answers of a match without a
// route differ: with allowed methods the path exists.
func (r routes) match(method, escapedPath string) match {
	segments, valid := mockserver.PathSegments(escapedPath)
	if !valid || len(segments) < 3 || !strings.EqualFold(segments[0], pathAPI) {
		return match{resource: escapedPath}
	}
	version, rest := segments[1], segments[2:]
	switch {
	case strings.EqualFold(version, pathDocument):
		return matchTable(r.document, method, segments[1:])
	case strings.EqualFold(version, pathPreview):
		return matchOrganization(r.preview, method, rest)
	case !strings.EqualFold(version, pathVersion):
		return match{resource: escapedPath}
	case strings.EqualFold(rest[0], pathMeta):
		return matchTable(r.public, method, rest)
	default:
		return matchOrganization(r.organization, method, rest)
	}
}

func matchOrganization(table []servedRoute, method string, segments []string) match {
	found := matchTable(table, method, segments[1:])
	found.organization = segments[0]
	return found
}

// matchTable takes the first route that fits, so that /InteractiveUsers/Me is not taken for an id. Fixed segments are
// compared without case.
func matchTable(table []servedRoute, method string, segments []string) match {
	found := match{resource: "/" + strings.Join(segments, "/")}
	for i := range table {
		variables, fits := mockserver.MatchTemplate(table[i].template, segments, strings.EqualFold)
		if !fits {
			continue
		}
		if table[i].method == method {
			found.route, found.variables, found.allowed = &table[i], variables, nil
			return found
		}
		found.allowed = append(found.allowed, table[i].method)
	}
	return found
}

// pathOf is where a body has a property.
func (s *requestShape) pathOf(property string) jsonPath {
	i := slices.IndexFunc(s.fields, func(field requestField) bool { return field.concept.request == property })
	return s.fields[i].path
}
