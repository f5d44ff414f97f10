package mock

import (
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

// publicRoutes are outside of an organization: /Api/v1/….
var publicRoutes = []route{
	{"SystemInfo", http.MethodGet, "/Meta/SystemInfo", nil, readSystemInfo, nil, systemInfoAnswer},
}

// organizationRoutes are those of an organization: /Api/v1/{organization}/….
var organizationRoutes = slices.Concat(
	[]route{{opGet, http.MethodGet, "/Organization", readDirectory, readOrganization, nil, organizationAnswer}},
	userRoutes(kindInteractiveUser),
	userRoutes(kindCIUser),
	userGroupRoutes,
	projectRoutes,
	signingPolicyRoutes,
)

// routes are those that a server has, in its dialect. The preview is what stayed in v1-pre: the audit log.
type routes struct {
	public, preview, organization, document []route
}

func newRoutes(dialect Dialect) routes {
	spell := func(table []route) []route {
		spelled := make([]route, len(table))
		for i, r := range table {
			spelled[i] = dialect.spellRoute(r)
		}
		return spelled
	}
	found := routes{
		public:       spell(publicRoutes),
		preview:      spell(auditLogRoutes),
		organization: spell(slices.DeleteFunc(slices.Clone(organizationRoutes), dialect.lacks)),
		document:     spell(documentRoutes),
	}
	if dialect.isBefore(systemInfoVersion) {
		found.public = nil
	}
	return found
}

// match is a request's route and the variables of its path.
type match struct {
	route        *route
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

func matchOrganization(table []route, method string, segments []string) match {
	found := matchTable(table, method, segments[1:])
	found.organization = segments[0]
	return found
}

// matchTable takes the first route that fits, so that /InteractiveUsers/Me is not taken for an id. Fixed segments are
// compared without case.
func matchTable(table []route, method string, segments []string) match {
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
