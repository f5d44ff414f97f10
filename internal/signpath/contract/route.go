package contract

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A Route is one operation of the API. Its path is relative to
// <apiUrl>/v1/<organization> and names its parameters in braces.
type Route struct {
	Method, Path string
	Class        httpapi.Class
	// Global routes belong to no organization: their path is relative to the API
	// URL.
	Global bool
	// Preview routes stayed in v1-pre: what they answer has changed without a
	// new version, and may again (documented).
	Preview bool
	// Request is what a request says by itself; an edit sends everything else
	// back as it came.
	Request []Property
	// Answer is what is looked for in the answer. Further properties are taken
	// where they come.
	Answer []Property
	// Lists is true for a route that answers many objects.
	Lists bool
	// Edits is, for an edit, the route that reads what it writes, and Creates, for a
	// create, the one that reads what it makes.
	Edits, Creates *Route
	// Sets is, for a route that changes one property alone, the route that reads it.
	Sets *Route
}

// shownBy is the route that reads what an edit or a create writes; nil for others.
func (r *Route) shownBy() *Route { return cmp.Or(r.Edits, r.Creates, r.Sets) }

// String names the route in messages and logs: "POST /CIUsers/{id}/Edit".
func (r *Route) String() string { return r.Method + " " + r.Path }

// The versions of the API as paths spell them.
const (
	Version        = "v1"
	versionPreview = "v1-pre"
)

var versions = []string{Version, versionPreview}

// Version is the segment before the organization; empty if there is none.
func (r *Route) Version() string {
	switch {
	case r.Global:
		return ""
	case r.Preview:
		return versionPreview
	}
	return Version
}

// Since is the version of SignPath that brought the route (documented); empty if
// that is not known.
func (r *Route) Since() string {
	described, _ := assumed().of(r)
	return described.since
}

// Evidence says how well it is known that the route's request or answer has the
// property under the assumed name, and from where: "inferred: by analogy".
func (r *Route) Evidence(part Part, p Property) string {
	described, _ := assumed().of(r)
	known := described.answer.factOf(string(p))
	if part == PartRequest {
		known = described.request.factOf(p.requestName())
	}
	if known.evidence == "" {
		return "unknown"
	}
	return known.evidence + ": " + known.source
}

// Expand fills the parameters in, in order, each as one escaped path segment.
func (r *Route) Expand(parameters []string) string {
	path := r.Path
	for _, parameter := range parameters {
		start, end := strings.Index(path, "{"), strings.Index(path, "}")
		path = path[:start] + url.PathEscape(parameter) + path[end+1:]
	}
	return path
}

// reads is a route that reads.
func reads(path string, answer ...Property) *Route {
	return &Route{Method: http.MethodGet, Path: path, Answer: answer}
}

// readsMany is a route that reads a list of objects.
func readsMany(path string, answer ...Property) *Route {
	r := reads(path, answer...)
	r.Lists = true
	return r
}

// writes is a route whose request states the whole result.
func writes(path string, request ...Property) *Route {
	return &Route{Method: http.MethodPost, Path: path, Request: request}
}

// edits is a route that takes an object as another one reads it.
func edits(read *Route, request ...Property) *Route {
	return &Route{Method: http.MethodPost, Path: read.Path + "/Edit", Request: request, Edits: read}
}

// creates is a route that makes what another one reads.
func creates(read *Route, path string, request ...Property) *Route {
	return &Route{Method: http.MethodPost, Path: path, Class: httpapi.Once, Request: request, Creates: read}
}

// acts is a route that acts each time it is requested.
func acts(path string) *Route {
	return &Route{Method: http.MethodPost, Path: path, Class: httpapi.Once}
}

// RouteDocument is the server's own OpenAPI document (observed; changelog 1.129.0
// documents /swagger). It does not describe itself.
var RouteDocument = &Route{Method: http.MethodGet, Path: "/swagger/v1/swagger.json", Global: true}

// RouteSystemInfo tells the version of the server. Whether it needs a token is
// unknown. It is asked once: nobody waits long for a version.
var RouteSystemInfo = &Route{Method: http.MethodGet, Path: "/" + Version + "/Meta/SystemInfo", Class: httpapi.Once, Global: true}

// The routes of an organization that belong to no kind of principal.
var (
	RouteOrganization = reads("/Organization", PropYearlySize, PropYearlySignatures, PropQuotaStart, PropQuotaEnd)

	RouteProjects    = readsMany("/Projects", PropSlug, PropName)
	RouteProject     = reads("/Projects/{project}", append([]Property{PropSlug, PropName, PropSigningPolicies}, listsOf(vocabulary.ParentProject)...)...)
	RouteProjectEdit = edits(RouteProject, listsOf(vocabulary.ParentProject)...)

	RoutePolicy = reads("/Projects/{project}/SigningPolicies/{policy}", append([]Property{PropSlug, PropName}, listsOf(vocabulary.ParentSigningPolicy,
		PropVerifiesTrustedBuildSystem, PropVerifiesOriginPolicy, PropUsesApprovalProcess, PropRequiredApprovals)...)...)
	RoutePolicyEdit = edits(RoutePolicy, listsOf(vocabulary.ParentSigningPolicy,
		PropVerifiesTrustedBuildSystem, PropVerifiesOriginPolicy, PropOriginPolicyVerification, PropUsesApprovalProcess, PropRequiredApprovals)...)

	// RouteAuditEvents has the administrative events; those of signing requests
	// have a route of their own since 1.130.0 (documented).
	RouteAuditEvents = &Route{
		Method: http.MethodGet, Path: "/AuditLog/Events", Preview: true, Lists: true,
		Answer: []Property{PropEventTime, PropEventName, PropEventMetadata, PropEventObject, PropEventChanges},
	}
)

// PrincipalRoutes are the routes of one kind of principal; nil where the kind
// does not have one.
type PrincipalRoutes struct {
	List, Me, Create, Read, Edit, Activate, Deactivate, Reinvite, RegenerateToken *Route
	// The members of a user group have routes of their own: since 1.159.0 they are
	// no longer part of its edit (documented). ChangeMembers takes the whole list.
	// ModifyMembers takes who comes and who goes, and may be sent again because
	// both are named.
	ChangeMembers, ModifyMembers *Route
}

var (
	userAnswer   = withSettings(access.KindUser, []Property{PropID, PropName, PropEmail}, PropRole, PropActive, PropSynchronized)
	ciUserAnswer = withSettings(access.KindCIUser, []Property{PropID, PropName}, PropRole, PropActive)

	routeUser   = reads("/InteractiveUsers/{id}", userAnswer...)
	routeCIUser = reads("/CIUsers/{id}", ciUserAnswer...)
	routeGroup  = reads("/UserGroups/{id}", withSettings(access.KindGroup, []Property{PropID, PropName}, PropSynchronized, PropMembers)...)
)

// withSettings puts the settings of a kind of principals between other properties.
func withSettings(kind access.Kind, first []Property, last ...Property) []Property {
	for _, setting := range vocabulary.SignPath.SettingsOf(kind) {
		first = append(first, PropertyOfSetting(setting))
	}
	return append(first, last...)
}

// RoutesOf are the routes of principals, by kind. Lists may have summaries only;
// what is needed is then read by id.
var RoutesOf = map[access.Kind]PrincipalRoutes{
	access.KindUser: {
		List:       readsMany("/InteractiveUsers", PropID, PropName),
		Me:         reads("/InteractiveUsers/Me", userAnswer...),
		Read:       routeUser,
		Create:     creates(routeUser, "/InteractiveUsers", withSettings(access.KindUser, []Property{PropName, PropEmail})...),
		Edit:       edits(routeUser, withSettings(access.KindUser, []Property{PropName}, PropRole)...),
		Activate:   writes("/InteractiveUsers/{id}/Activate"),
		Deactivate: writes("/InteractiveUsers/{id}/Deactivate"),
		Reinvite:   acts("/InteractiveUsers/{id}/Reinvite"),
	},
	access.KindCIUser: {
		List:       readsMany("/CIUsers", PropID, PropName),
		Me:         reads("/CIUsers/Me", ciUserAnswer...),
		Read:       routeCIUser,
		Create:     creates(routeCIUser, "/CIUsers", withSettings(access.KindCIUser, []Property{PropName})...),
		Edit:       edits(routeCIUser, withSettings(access.KindCIUser, []Property{PropName}, PropRole)...),
		Activate:   writes("/CIUsers/{id}/Activate"),
		Deactivate: writes("/CIUsers/{id}/Deactivate"),
		// A token that arrives under a name that nobody knows is lost.
		RegenerateToken: &Route{Method: http.MethodPost, Path: "/CIUsers/{id}/RegenerateApiToken", Class: httpapi.Once, Answer: []Property{PropAPIToken}},
	},
	access.KindGroup: {
		List:          readsMany("/UserGroups", PropID, PropName),
		Read:          routeGroup,
		Create:        creates(routeGroup, "/UserGroups", withSettings(access.KindGroup, []Property{PropName})...),
		Edit:          edits(routeGroup, withSettings(access.KindGroup, []Property{PropName})...),
		ChangeMembers: writes("/UserGroups/{id}/ChangeMembers", PropMembers),
		ModifyMembers: writes("/UserGroups/{id}/ModifyMembers", PropAddedMembers, PropRemovedMembers),
	},
}

// Routes are all routes of an organization, those that read first.
func Routes() []*Route {
	users, ciUsers, groups := RoutesOf[access.KindUser], RoutesOf[access.KindCIUser], RoutesOf[access.KindGroup]
	return []*Route{
		RouteOrganization,
		users.List, users.Me, users.Read, ciUsers.List, ciUsers.Me, ciUsers.Read, groups.List, groups.Read,
		RouteProjects, RouteProject, RoutePolicy, RouteAuditEvents,
		users.Create, users.Edit, users.Activate, users.Deactivate, users.Reinvite,
		ciUsers.Create, ciUsers.Edit, ciUsers.Activate, ciUsers.Deactivate, ciUsers.RegenerateToken,
		groups.Create, groups.Edit, groups.ChangeMembers, groups.ModifyMembers,
		RouteProjectEdit, RoutePolicyEdit,
	}
}
